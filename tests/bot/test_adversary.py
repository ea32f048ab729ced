"""Whoever wants a text binding without its two keys: by chairs that change hands, old cards, another replica, two accounts."""

import pytest

from bot.dispatch import Bot
from tests.bot.room import Chair, Posted, Room, buttons_of
from tests.bot.test_acceptances import asks
from tests.bot.test_acceptances import last as last_of
from tests.bot.test_audit_words import events, leaves
from tests.bot.test_changes_midway import lends, seats
from tests.bot.test_decisions import Trio, asked, decides, member
from tests.bot.test_one_person import TUESDAY, joins, two_platforms


@pytest.fixture
def trio() -> Trio:
    room = Room()
    sam, dana = room.set_up()
    sam.types("risk add The old VPN has a hole")
    room.settle()
    return room, sam, dana


def tries_key(chair: Chair, card: Posted) -> str:
    """Presses the button of a card that need not be theirs."""
    chair.answer = None
    button = next(one for one in buttons_of(card.card) if one.label == "Turn my key")
    chair.tries(button.action, button.value)
    return chair.text


# Chairs that change hands between the two keys


def test_who_swap_chairs_sign_anew_and_the_text_can_still_be_agreed(trio: Trio) -> None:
    room, sam, dana = trio
    decides(sam)
    old = asked(room, dana)
    seats(room, sam, cio=dana, ciso=sam)
    assert "waits for both keys" in sam.types("decision show 1")
    assert "waits for the CISO’s key" in tries_key(dana, old)
    assert "waits for the CISO’s key" in tries_key(dana, old), "the same key again changes nothing"
    sam.presses("Turn my key", on=asked(room, sam))
    assert "agreed by both" in sam.types("decision show 1")


def test_who_takes_a_chair_over_is_asked_and_does_not_stand_behind_the_key_of_the_one_before(trio: Trio) -> None:
    room, sam, dana = trio
    decides(sam)
    asks(sam)
    old = asked(room, dana), last_of(dana, "acceptance_key")
    robin = room.chair("Robin")
    seats(room, dana, cio=robin, ciso=dana)
    for card in old:
        tries_key(dana, card)
    assert "waits for the CIO’s key" in dana.types("decision show 1")
    assert "State: Open" in dana.types("risk show 1")
    robin.presses("Turn my key", on=asked(room, robin))
    robin.presses("Turn my key", on=last_of(robin, "acceptance_key"))
    assert "agreed by both" in dana.types("decision show 1")
    assert "State: Accepted" in dana.types("risk show 1")


def test_the_log_says_which_chairs_keys_are_void_and_who_sits_there(trio: Trio) -> None:
    room, sam, dana = trio
    decides(sam)
    asks(sam)
    seats(room, dana, cio=room.chair("Robin"), ciso=dana)
    void = [facts for _who, facts in events(room, "%.key_void")]
    assert [(one.get("decision"), one.get("acceptance"), one["seat"]) for one in void] == [
        (1, None, "cio"),
        (None, 1, "cio"),
    ]
    ((_who, facts),) = events(room, "touchpoint.changed")
    assert facts["ciso"] == 2
    assert facts["cio"] not in {1, 2}


def test_a_chair_that_keeps_its_principal_keeps_its_key(trio: Trio) -> None:
    room, sam, _dana = trio
    decides(sam)
    seats(room, sam, cio=sam, ciso=room.chair("Robin"))
    assert "waits for the CISO’s key" in sam.types("decision show 1")


def test_who_stands_in_and_the_principal_turn_one_key_between_them(trio: Trio) -> None:
    room, sam, _dana = trio
    kim = room.chair("Kim")
    lends(room, sam, kim)
    noor = member(room)
    decides(noor)
    old = asked(room, sam)
    tries_key(kim, asked(room, kim))
    assert "The key of the CIO is turned already, by Kim." in tries_key(sam, old)
    assert "waits for the CISO’s key" in sam.types("decision show 1")


# Several replicas: who asks is remembered for a few seconds, and a chair may be gone by then


def test_a_chair_that_was_taken_back_on_another_replica_turns_no_key(trio: Trio) -> None:
    room, sam, dana = trio
    kim = room.chair("Kim")
    lends(room, dana, kim)
    decides(sam)
    room.settle()
    card = next(one for one in room.in_(kim.account) if one.owed.kind == "key")
    here, elsewhere = room.bot, Bot(room.engine)
    kim.types("decision list")
    room.bot = elsewhere
    lends(room, dana, room.chair("Robin"))
    room.bot = here
    assert "Only the CIO and the CISO" in tries_key(kim, card)
    assert "waits for the CISO’s key" in sam.types("decision show 1")


# Old cards


def test_an_old_save_button_puts_nobody_back_on_a_chair_in_silence(trio: Trio) -> None:
    room, sam, dana = trio
    sam.types("setup")
    sam.fills(at="10:00", people=(sam.profile, dana.profile))
    old = sam.answer
    seats(room, dana, cio=sam, ciso=room.chair("Robin"))
    sam.presses("Save", on=old)
    assert "This touchpoint was changed meanwhile" in sam.text
    assert "CISO: Robin" in sam.text
    assert "10:00, Europe/Zurich; CIO Sam; CISO Dana." in sam.text
    assert "Robin (CISO)" in sam.types("access")
    sam.presses("Save", on=old)
    sam.presses("Save mine")
    assert "Dana (CISO)" in sam.types("access"), "now it was said, and meant"


def test_a_form_that_was_open_while_the_chairs_changed_says_so(trio: Trio) -> None:
    room, sam, dana = trio
    sam.types("setup")
    seats(room, dana, cio=sam, ciso=room.chair("Robin"))
    sam.fills(at="10:00", people=(sam.profile, dana.profile))
    assert "changed meanwhile" in sam.presses("Save")
    sam.presses("Change")
    sam.fills(ciso="slack:T1/Robin")
    sam.presses("Save")
    assert "Robin (CISO)" in sam.types("access")


def test_of_two_new_cadences_the_second_is_not_saved_over_the_first_in_silence(trio: Trio) -> None:
    _room, sam, dana = trio
    sam.types("cadence every tuesday 10:00")
    dana.types("cadence every friday 8:00")
    assert "Saved" in dana.presses("Save")
    assert "Every Friday" in sam.presses("Save")
    assert "Every Friday" in sam.types("cadence")


def test_who_has_left_is_not_put_on_a_chair_by_an_old_card(trio: Trio) -> None:
    room, sam, _dana = trio
    robin = room.chair("Robin")
    sam.types("setup")
    sam.fills(ciso=robin.account, people=(sam.profile, robin.profile))
    leaves(room, robin)
    assert "have left" in sam.presses("Save")


# Two accounts, and nobody who runs the bot


def test_two_accounts_that_made_a_text_binding_between_them_are_not_joined() -> None:
    room, sam, dana, teams = two_platforms()
    sam.types("delegate")
    sam.fills(person=teams.account, until="2031-02-28", people=(teams.profile,))
    teams.types("decision add buy the scanner", place="direct")
    tries_key(dana, asked(room, dana))
    assert "agreed by both" in dana.types("decision show 1")
    room.until(TUESDAY)  # The delegation is over, so neither sits on both chairs.
    assert "turned both keys of one text" in joins(teams, dana)
    assert "CIO’s key: Samuel" in dana.types("decision show 1")
    assert "Joined" in joins(teams, sam)


def test_once_there_is_a_record_nobody_comes_first_any_more(trio: Trio) -> None:
    room, sam, dana = trio
    leaves(room, sam)  # Sam was the only admin.
    eve = room.chair("Eve")
    assert "Only an admin can set a touchpoint up" in eve.types("setup")
    assert "Join this organization" not in eve.types("link", place="direct")
    seats(room, dana, cio=room.chair("Robin"), ciso=dana)
    assert "Robin (CIO)" in dana.types("access")
