"""An exact text, the keys that make it binding, and what becomes of it: rules D1 to D8."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agenda.changes import changes, packed, unpacked
from agenda.decisions import DecisionFields, DecisionState, Option, concerned_in, options_in
from agenda.errors import BadInput, NotNow
from agenda.references import Reference, references_in
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
        {"options": "Keep it"},
        {"outcome": "Off by June."},
        {"consulted": "Lee"},
        {"informed": "Lee"},
        {"effective_on": date(2031, 4, 1)},
        {"links": "SEC-412"},
        {"concerns": "R-7"},
        {"replaces": 4},
        {"withdraws": True},
        {"one_key": True},
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


# What becomes of it


@pytest.mark.parametrize(
    ("says", "allows", "binding"), [(True, True, True), (True, False, False), (False, True, False)]
)
def test_d3_one_key_is_enough_where_the_text_says_so_and_the_policy_allows_it(says: bool, allows: bool, binding: bool):
    assert decision(one_key=says).agree_if({Seat.CIO}, NOW, allows_one_key=allows) is binding


def test_d3_dissent_stands_beside_the_agreement():
    one = decision()
    one.agree_if(set(Seat), NOW, dissent=True)
    assert (one.dissent, one.state_label, decision().state_label) == (True, "agreed with dissent", "proposed")


def test_d4_d5_once_it_ended_nothing_more_happens_to_it():
    for end in ("reject", "withdraw"):
        one = decision()
        getattr(one, end)("too expensive", NOW)
        assert (one.because, one.settled_at) == ("too expensive", NOW)
        assert not one.agree_if(set(Seat), NOW)
        for again in ("reject", "withdraw"):
            with pytest.raises(NotNow):
                getattr(one, again)("once more", NOW)


def test_d6_d7_only_an_agreed_one_gives_way():
    with pytest.raises(NotNow, match="is proposed, not agreed"):
        decision().give_way(7, NOW, withdrawn=False)
    for withdrawn, state in ((False, DecisionState.SUPERSEDED), (True, DecisionState.WITHDRAWN)):
        one = decision()
        one.agree_if(set(Seat), NOW)
        one.give_way(7, NOW, withdrawn=withdrawn)
        assert (one.state, one.replaced_by, one.next_review_on) == (state, 7, None)


@pytest.mark.parametrize(
    ("review_on", "since", "following"),
    [
        (date(2031, 6, 1), date(2031, 3, 1), date(2031, 9, 2)),
        (date(2031, 6, 1), date(2031, 5, 30), date(2031, 7, 2)),
        (None, date(2031, 3, 1), date(2032, 6, 1)),
        (date(2031, 3, 1), date(2031, 3, 1), date(2032, 6, 1)),
    ],
)
def test_d8_the_next_review_comes_after_as_long_again(review_on: date | None, since: date, following: date):
    one = decision(review_on=review_on)
    one.agree_if(set(Seat), NOW)
    assert one.is_review_due(date(2031, 6, 1)) is (review_on is not None)
    assert one.following_review(since, date(2031, 6, 2)) == following


# What was typed


def test_options_with_what_speaks_for_and_against_them():
    typed = "+ anyway\n1. Keep it\n + no work\n- three findings\n– a vendor that is gone\n\n* Replace it"
    assert options_in(typed) == [
        Option(title="", pros=("anyway",)),
        Option(title="Keep it", pros=("no work",), cons=("three findings", "a vendor that is gone")),
        Option(title="Replace it"),
    ]


@given(st.text(max_size=40))
def test_whatever_is_typed_as_options_no_word_is_lost(typed: str):
    kept = " ".join(" ".join((one.title, *one.pros, *one.cons)) for one in options_in(typed))
    assert [word for word in typed.split() if word.isalpha() and word not in kept] == []


def test_links_are_https_or_names():
    assert references_in("The contract: https://a.test/x?y=1\n\nSEC-412: keys\nhttps://b.test") == [
        Reference("The contract", "https://a.test/x?y=1"),
        Reference("SEC-412: keys"),
        Reference("https://b.test", "https://b.test"),
    ]


@pytest.mark.parametrize(
    "typed",
    [
        "http://a.test",
        "see ftp://a.test",
        "JavaScript:alert(1)",
        "https://",
        "https://a.test https://b.test",
        "x" * 201,
    ],
)
def test_links_that_are_neither_are_refused(typed: str):
    with pytest.raises(BadInput):
        references_in(typed)


def test_the_risks_that_it_is_about():
    assert concerned_in("r7, I-9; R-7 i3") == [("R", 7), ("I", 9), ("I", 3)]
    with pytest.raises(BadInput, match="“the” is not the id of a risk"):
        concerned_in("R-7, the DNS")


def test_what_changed_is_said_in_few_words():
    before = decision(rationale="Three findings of the audit were never closed.").in_words
    after = decision(rationale="Four findings of the audit were never closed.", owner="").in_words
    found = changes(before, after)
    assert [(one.label, one.words) for one in found] == [
        ("Why", "Three findings of the audit w… → Four findings of the audit w…"),
        ("Owner", "Robin → (empty)"),
    ]
    assert unpacked(packed(found, 900)) == found


@given(st.text(max_size=2000), st.text(max_size=2000))
def test_however_much_changed_it_fits(before: str, after: str):
    found = changes({"Why": before, "Owner": ""}, {"Why": after, "Owner": after})
    assert len(packed(found, 900)) <= 900
    assert [one.label for one in unpacked(packed(found, 900))] == [one.label for one in found]
