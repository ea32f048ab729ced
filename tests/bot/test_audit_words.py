"""What the audit log says of people: who was denied what, and never a name, an account or a word that somebody typed."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from agenda.audit import Head
from bot.requests import ButtonPressed, ConversationLost, FormRequested, FormSubmitted, ProfileSeen
from storage import verify
from tests.bot.room import HOME, Chair, Room

SECRET = "the merger with Initech"


@pytest.fixture
def room() -> Room:
    return Room()


@pytest.fixture
def sam(room: Room) -> Chair:
    return room.set_up()[0]


@pytest.fixture
def mallory(room: Room, sam: Chair) -> Chair:
    """Somebody's guest in the channel."""
    return room.chair("Mallory", outsider=True)


def events(room: Room, kind: str = "%") -> list[tuple[str, dict[str, object]]]:
    asked = text("SELECT actor, facts FROM audit_event WHERE event LIKE :kind ORDER BY number")
    with room.engine.connect() as connection:
        return [(actor, json.loads(facts)) for actor, facts in connection.execute(asked, {"kind": kind})]


def denied(room: Room) -> list[tuple[str, object]]:
    return [(actor, facts["asked"]) for actor, facts in events(room, "access.denied")]


def person(room: Room, chair: Chair) -> str:
    with room.engine.connect() as connection:
        asked = text("SELECT person_id FROM account WHERE address = :address")
        return f"person/{connection.execute(asked, {'address': chair.account}).scalar_one()}"


def test_a_guest_is_denied_and_the_log_says_so_without_their_words(room: Room, mallory: Chair):
    mallory.types(f"risk add {SECRET}")
    mallory.says(SECRET)
    mallory.types(SECRET)
    who = person(room, mallory)
    assert denied(room) == [(who, "command risk add"), (who, "message"), (who, "command")]
    assert SECRET not in json.dumps(events(room))


def test_every_kind_of_request_is_told_apart_and_no_name_of_a_client_is_repeated(room: Room, mallory: Chair):
    asked = {"actor": mallory.profile, "where": mallory.where(HOME)}
    mallory.sends(ButtonPressed(id="b1", **asked, action="decision.sign", value="1"))
    mallory.sends(ButtonPressed(id="b2", **asked, action=SECRET, value="1"))
    mallory.sends(FormRequested(id="f1", **asked, form_id="setup", context={}))
    mallory.sends(FormSubmitted(id="f2", **asked, form_id=SECRET, context={}, values={"title": SECRET}, people=()))
    assert [what for _who, what in denied(room)] == ["button decision.sign", "button", "form setup", "form"]


def test_what_the_platform_delivers_again_is_denied_once_in_the_log(room: Room, mallory: Chair):
    mallory.types("risk list")
    assert mallory.last is not None
    mallory.sends(mallory.last)
    assert len(denied(room)) == 1


def test_who_has_left_is_denied_in_the_log(room: Room, sam: Chair):
    leaves(room, sam)
    sam.types("risk list")
    assert denied(room) == [(person(room, sam), "command risk list")]


def leaves(room: Room, chair: Chair) -> None:
    room.bot.dispatch(ProfileSeen(id=room.new_id(), profile=chair.profile, left=True), room.now)


def test_what_a_member_may_not_do_is_denied_in_the_log(room: Room, sam: Chair):
    eve = room.chair("Eve")
    eve.types("risk list")
    assert denied(room) == [(person(room, eve), "command risk list")]


def test_what_can_be_mended_is_no_denial(room: Room, sam: Chair):
    sam.types("risk add")
    sam.types("minutes")
    assert denied(room) == []


def test_no_event_knows_an_account_or_a_name(room: Room, sam: Chair):
    sam.types("risk add The old VPN")
    sam.types("agenda add threats: The old VPN")
    leaves(room, room.chair("Dana"))
    room.bot.dispatch(ConversationLost(id=room.new_id(), conversation=sam.account, reason="closed"), room.now)
    everything = events(room)
    assert {actor.partition("/")[0] for actor, _facts in everything} == {"person", "touchpoint"}
    said = json.dumps(everything)
    assert [word for word in ("Sam", "Dana", "slack:T1", "VPN") if word in said] == []


def test_the_minutes_say_where_the_record_stood_and_that_is_a_head_that_holds(room: Room, sam: Chair):
    called = next(one for one in room.until(room.now + timedelta(days=1, minutes=31)) if one.owed.kind == "start")
    sam.presses("Start", on=called)
    sam.presses("Close", on=next(one for one in room.settle() if one.owed.kind == "sync"))
    minutes = next(one for one in room.settle() if one.owed.kind == "minutes")
    sam.presses("Markdown", on=minutes)
    head = Head.read(sam.text.rpartition("Record at ")[2].split()[0])
    assert f"Record at {head.number:,} · {head.hash[:8]}…" in str(minutes)
    sam.types("risk add The new VPN")
    assert verify.verify(room.engine, 1, [head]).intact
    assert not verify.verify(room.engine, 1, [replace(head, hash="0" * 64)]).intact
