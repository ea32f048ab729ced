"""An exact text, and the two keys that make it binding: rules D1 to D4."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agenda.decisions import DecisionFields, DecisionState
from agenda.errors import NotNow
from agenda.themes import Theme
from agenda.touchpoints import Seat

NOW = datetime(2031, 3, 3, 8, 0, tzinfo=UTC)
STANDS: dict[str, object] = {
    "title": "Switch the old VPN off",
    "question": "What becomes of it?",
    "rationale": "Three findings.",
    "theme": Theme.THREATS,
    "owner": "Robin",
    "review_on": date(2031, 6, 1),
}


def decision(**changes: object) -> DecisionFields:
    return DecisionFields(**(STANDS | {"recorded_at": NOW} | changes))


def test_d1_a_new_one_is_proposed():
    assert decision().state is DecisionState.PROPOSED
    assert decision().agreed_at is None


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Switch the old VPN off."},
        {"question": ""},
        {"rationale": "Four findings."},
        {"theme": Theme.HYGIENE},
        {"owner": "robin"},
        {"review_on": date(2031, 6, 2)},
        {"review_on": None},
    ],
    ids=str,
)
def test_d2_any_change_to_what_is_agreed_to_is_another_text(change: dict[str, object]):
    assert decision(**change).text_hash != decision().text_hash


def test_d2_what_is_not_agreed_to_does_not_void_a_key():
    later = decision(recorded_at=NOW.replace(year=2032), source_link="https://example.test", state=DecisionState.AGREED)
    assert later.text_hash == decision().text_hash


def test_d2_the_same_words_in_another_field_are_another_text():
    assert decision(question="a", rationale="").text_hash != decision(question="", rationale="a").text_hash


def test_d2_no_typed_character_moves_words_across_a_field_without_voiding_the_keys():
    signed = decision(question="Shall we?", rationale="No.\x1fYes.")
    shifted = decision(question="Shall we?\x1fNo.", rationale="Yes.")
    assert shifted.text_hash != signed.text_hash


@pytest.mark.parametrize("turned", [set(), {Seat.CIO}, {Seat.CISO}])
def test_d3_one_key_is_not_enough(turned: set[Seat]):
    one = decision()
    assert not one.agree_if(turned, NOW)
    assert (one.state, one.agreed_at) == (DecisionState.PROPOSED, None)


def test_d3_both_keys_make_it_binding():
    one = decision()
    assert one.agree_if({Seat.CIO, Seat.CISO}, NOW)
    assert (one.state, one.agreed_at) == (DecisionState.AGREED, NOW)


def test_d4_an_agreed_one_is_never_edited():
    one = decision()
    one.require_open()
    one.agree_if(set(Seat), NOW)
    with pytest.raises(NotNow, match="is agreed and stands as it is"):
        one.require_open()


def test_d4_agreeing_again_does_not_move_the_day_on_which_it_was_agreed():
    one = decision()
    one.agree_if(set(Seat), NOW)
    one.agree_if(set(Seat), NOW.replace(year=2032))
    assert one.agreed_at == NOW


@given(st.fixed_dictionaries({name: st.text(max_size=8) for name in ("title", "question", "rationale", "owner")}))
def test_whatever_is_typed_only_the_same_text_has_the_same_hash(typed: dict[str, str]):
    plain = {name: text.replace("\x1f", "") for name, text in typed.items()}
    same = all(plain[name] == STANDS[name] for name in plain)
    assert (decision(**plain).text_hash == decision().text_hash) is same
    assert decision(**plain).text_hash == decision(**plain).text_hash


def test_the_two_seats_face_each_other():
    assert (Seat.CIO.other, Seat.CISO.other) == (Seat.CISO, Seat.CIO)
    assert [seat.label for seat in Seat] == ["CIO", "CISO"]
