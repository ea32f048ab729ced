"""A card is redrawn only where its touchpoint's people read: who lost their place, and a home that was left, learn no more."""

from datetime import timedelta

import pytest

from bot import readers
from bot.commands import REGISTRY
from bot.requests import ConversationLost
from tests.bot.room import HOME, Chair, Room
from tests.bot.test_acceptances import asks
from tests.bot.test_changes_midway import lends, seats
from tests.bot.test_decisions import Trio, asked, decides

NEW = "Switch the new VPN off as well"


@pytest.fixture
def trio() -> Trio:
    room = Room()
    sam, dana = room.set_up()
    room.settle()
    return room, sam, dana


def said(room: Room, conversation: str) -> str:
    """Everything that stands in a conversation."""
    return "\n".join(str(one) for one in room.in_(conversation))


def test_every_card_says_whose_it_is():
    assert readers.ABOUT.keys() | readers.OF_ITS_READER == REGISTRY.cards.keys()
    assert not readers.ABOUT.keys() & readers.OF_ITS_READER


def test_who_handed_on_the_chair_does_not_read_what_is_decided_later(trio: Trio) -> None:
    room, sam, dana = trio
    decides(sam)
    asked(room, dana)
    sam.types("risk add The old VPN has a hole")
    asks(sam)
    room.settle()
    seats(room, sam, cio=sam, ciso=room.chair("Robin"))
    sam.types("decision show 1")
    sam.presses("Edit")
    sam.fills(title=NEW)
    sam.types("risk show 1")
    sam.presses("New level")
    sam.fills(impact="5")
    room.settle()
    assert "new VPN" not in said(room, dana.account)
    assert "critical" not in said(room, dana.account)
    assert "high" not in said(room, dana.account)
    assert "This is no longer shown here" in said(room, dana.account)


def test_a_reminder_of_a_key_says_nothing_new_to_who_handed_on_the_chair(trio: Trio) -> None:
    room, sam, dana = trio
    decides(sam)
    room.until(room.now + timedelta(days=5))
    assert "Your key is missing: D-1" in said(room, dana.account)
    seats(room, sam, cio=sam, ciso=room.chair("Robin"))
    sam.types("decision show 1")
    sam.presses("Edit")
    sam.fills(title=NEW)
    room.settle()
    assert "new VPN" not in said(room, dana.account)


def test_who_stood_in_does_not_read_what_becomes_of_it(trio: Trio) -> None:
    room, sam, dana = trio
    kim = room.chair("Kim")
    lends(room, dana, kim)
    decides(sam)
    room.settle()
    assert "old VPN" in said(room, kim.account)
    lends(room, dana, room.chair("Robin"))
    sam.types("decision show 1")
    sam.presses("Edit")
    sam.fills(title=NEW)
    room.settle()
    assert "new VPN" not in said(room, kim.account)
    assert "new VPN" in said(room, dana.account)


def test_a_home_that_was_left_shows_no_more_of_the_record(trio: Trio) -> None:
    room, sam, _dana = trio
    decides(sam)
    sam.presses("Share here")
    room.settle()
    assert "old VPN" in said(room, HOME)
    sam.types("setup", place="slack:T1/C-new")
    move(room, sam)
    sam.types("decision show 1")
    sam.presses("Edit")
    sam.fills(title=NEW)
    room.settle()
    assert "new VPN" not in said(room, HOME)


def test_an_admin_without_a_place_still_hears_that_a_home_is_lost():
    room = Room(admins=frozenset({"slack:T1/Ada"}))
    ada = room.chair("Ada")
    ada.types("setup")
    sam, dana = room.chair("Sam"), room.chair("Dana")
    ada.fills(people=(sam.profile, dana.profile), cio=sam.account, ciso=dana.account)
    ada.presses("Save")
    room.settle()
    room.bot.dispatch(ConversationLost(id=room.new_id(), conversation=HOME, reason="archived"), room.now)
    room.settle()
    assert "I cannot post in" in said(room, ada.account)


def move(room: Room, sam: Chair) -> None:
    """The open form of `setup`, in another conversation: that is the home from now on."""
    sam.fills(
        place="slack:T1/C-new", people=(sam.profile, room.chair("Dana").profile), cio=sam.account, ciso="slack:T1/Dana"
    )
    sam.presses("Move it here", place="slack:T1/C-new")
    room.settle()
