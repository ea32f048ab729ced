"""A home that its platform renames, or gives another address, stays the same home: what stands there goes on being redrawn."""

import pytest

from bot.requests import ConversationLost, ConversationMoved, ConversationSeen
from tests.bot.room import HOME, Room

NEW = "slack:T1/C-new"


@pytest.fixture
def room() -> Room:
    room = Room()
    room.set_up()
    return room


def moves(room: Room, old: str = HOME, new: str = NEW) -> None:
    room.bot.dispatch(ConversationMoved(id=room.new_id(), conversation=old, to=new), room.now)


def renames(room: Room, title: str, place: str = HOME) -> None:
    seen = ConversationSeen(id=room.new_id(), conversation=place, reference="{}", title=title)
    room.bot.dispatch(seen, room.now)


def test_a_home_goes_by_its_new_name(room: Room) -> None:
    sam = room.chair("Sam")
    renames(room, "#security-and-it")
    assert "#security-and-it" in sam.types("access", place=sam.account)
    renames(room, "")
    assert "#security-and-it" in sam.types("access", place=sam.account)


def test_all_of_a_home_is_reached_at_its_new_address(room: Room) -> None:
    sam = room.chair("Sam")
    before = [posted.message for posted in room.in_(HOME)]
    assert before, "something stands there"
    moves(room)
    assert "Agenda" in sam.types("agenda", place=NEW)
    room.wait(days=7)
    sam.types("agenda add Budget of the VPN", place=NEW)
    room.settle()
    assert not [posted for posted in room.in_(HOME) if posted.message not in before], "nothing new goes to the old one"
    assert room.in_(NEW)


def test_a_message_that_stands_there_is_redrawn_where_it_is(room: Room) -> None:
    sam = room.chair("Sam")
    room.wait(days=7)
    live = room.in_(HOME)[-1].message
    moves(room)
    sam.types("agenda add Budget of the VPN", place=NEW)
    assert live.replace(HOME, NEW) in {posted.message for posted in room.settle()}


def test_it_can_be_said_again_and_in_any_order(room: Room) -> None:
    renames(room, "#security-sync", place=NEW)
    moves(room)
    moves(room)
    moves(room, old="slack:T1/C-unknown", new="slack:T1/C-other")
    sam = room.chair("Sam")
    assert "Agenda" in sam.types("agenda", place=NEW)


def test_a_lost_home_is_found_again_under_its_new_address(room: Room) -> None:
    room.bot.dispatch(ConversationLost(id=room.new_id(), conversation=HOME, reason="channel_not_found"), room.now)
    moves(room)
    room.wait(days=7)
    assert room.in_(NEW)
