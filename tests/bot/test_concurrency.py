"""Several at once, on PostgreSQL: what a second replica or a second finger does at the very same moment."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlmodel import col

from agenda.nudges import NudgeKind
from bot import outbox
from bot.cards import Card
from bot.replies import Answer
from bot.requests import CommandTyped, Profile, ProfileSeen
from storage import claims, people
from storage.deliveries import DeliveryState, Owed
from storage.engine import open_engine
from storage.nudges import Nudge
from storage.syncs import Sync
from storage.unit_of_work import transaction, unit_of_work
from tests.bot.room import HOME, Posted, Room, readable

pytestmark = pytest.mark.postgres


def test_a_newcomer_who_is_met_by_eight_at_once_is_one_person(postgres_with_tables: Engine) -> None:
    room = Room(engine=postgres_with_tables)
    profile = Profile(account="slack:T1/Robin", name="Robin")

    def meet(number: int) -> None:
        if number % 2:
            room.bot.dispatch(ProfileSeen(id=f"p{number}", profile=profile), room.now)
        else:
            where = room.chair("Robin").where(None)
            room.bot.dispatch(CommandTyped(id=f"c{number}", actor=profile, where=where, text="help"), room.now)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(meet, range(16)))
    ours = room.bot.door.organization_id(
        profile.account, room.now
    )  # Not always 1: who founds it second gives an id back.
    with unit_of_work(room.engine, organization_id=ours, now=room.now, writes=False) as record:
        assert len(people.everybody(record)) == 1


def test_one_request_delivered_eight_times_at_once_is_done_once(postgres_with_tables: Engine) -> None:
    room = Room(engine=postgres_with_tables)
    sam, _dana = room.set_up()
    request = CommandTyped(id="same", actor=sam.profile, where=sam.where(None), text="risk add Nobody owns the DNS")
    with ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(lambda _: room.bot.dispatch(request, room.now), range(8)))
    assert sorted(len(reply) for reply in replies) == [0] * 7 + [1]
    assert "Open risks (1)" in sam.types("risk list")


def test_numbers_are_given_once_and_the_chain_stays_whole(postgres_with_tables: Engine) -> None:
    room = Room(engine=postgres_with_tables)
    sam, _dana = room.set_up()

    def raise_risk(number: int) -> str:
        request = CommandTyped(id=f"r{number}", actor=sam.profile, where=sam.where(None), text=f"risk add {number}")
        (reply,) = room.bot.dispatch(request, room.now)
        assert isinstance(reply, Answer)
        return readable(reply.card).split()[0]

    with ThreadPoolExecutor(8) as pool:
        refs = list(pool.map(raise_risk, range(24)))
    assert sorted(refs, key=lambda ref: int(ref[2:])) == [f"R-{number}" for number in range(1, 25)]


def test_both_press_start_at_once_and_it_starts_once(postgres_with_tables: Engine) -> None:
    room = Room(engine=postgres_with_tables)
    sam, dana = room.set_up()
    reminder = next(p for p in room.wait(days=1, minutes=31) if p.owed.kind == "start")
    said = at_once(*(partial(chair.presses, "Start", on=reminder) for chair in (sam, dana)))
    assert sum("has already started" in text for text in said) == 1
    assert [posted.owed.kind for posted in room.settle()].count("sync") == 1


def test_both_press_skip_at_once_and_one_sync_is_skipped(postgres_with_tables: Engine) -> None:
    room = Room(engine=postgres_with_tables)
    sam, dana = room.set_up()
    sam.types("syncs")
    said = at_once(*(partial(chair.presses, "Skip", on=sam.answer) for chair in (sam, dana)))
    assert sorted("skipped already" in text for text in said) == [False, True]
    assert len(room_syncs(room, "skipped_at")) == 1
    assert titles(room.settle()).count("No sync on Tue 4 March, 09:30") == 1


def test_both_type_skip_at_once_and_one_sync_is_skipped(postgres_with_tables: Engine) -> None:
    room = Room(engine=postgres_with_tables)
    sam, dana = room.set_up()
    said = at_once(*(partial(chair.types, "sync skip") for chair in (sam, dana)))
    assert sorted("skipped already" in text for text in said) == [False, True]
    assert len(room_syncs(room, "skipped_at")) == 1


def test_both_move_it_at_once_and_the_second_is_told(postgres_with_tables: Engine) -> None:
    room = Room(engine=postgres_with_tables)
    sam, dana = room.set_up()
    for chair in (sam, dana):
        chair.types("sync move")
    at_once(
        partial(sam.fills, day="2031-03-06", at="10:00", why=""),
        partial(dana.fills, day="2031-03-07", at="10:00", why=""),
    )
    moved = room_syncs(room, "moved_at")
    assert [sync.sequence for sync in moved] == [1]
    assert [bool(chair.errors) or "meanwhile" in chair.text for chair in (sam, dana)].count(True) == 1
    posted = titles(room.until(room.now + timedelta(days=4, hours=3)))
    assert len([title for title in posted if title.startswith("Agenda for")]) == 1
    assert posted.count("Time for your sync") == 1


def test_of_start_move_and_skip_at_once_only_the_first_counts(postgres_with_tables: Engine) -> None:
    room = Room(engine=postgres_with_tables)
    sam, dana = room.set_up()
    robin = room.chair("Robin")
    sam.types("delegate")
    sam.fills(person=robin.account, until="2031-03-20", people=(robin.profile,))
    card = next(p for p in room.wait(days=1, minutes=31) if p.owed.kind == "start")
    dana.types("syncs")
    dana.presses("Move")
    dana.types("syncs")
    shown = dana.answer
    at_once(
        partial(sam.presses, "Start", on=card),
        partial(robin.presses, "Skip", on=shown, place=HOME),
        partial(dana.fills, day="2031-03-06", at="10:00", why=""),
    )
    (first,) = [sync for sync in room_syncs(room) if sync.occurrence == "2031-03-04T09:30"]
    assert not (first.started_at and first.skipped_at)
    assert not (first.skipped_at and first.sequence > 2)
    room.until(room.now + timedelta(days=3))


def test_three_replicas_plan_the_same_touchpoint_at_once(postgres_with_tables: Engine) -> None:
    """Each with an engine, and so connections, of its own; nothing is planned twice, and none of them breaks."""
    room = Room(engine=postgres_with_tables)
    sam, dana = room.set_up(rhythm="weekly:1")
    dana.types("decision add buy the scanner")
    sam.types("promise add renew the contract by 20 March")
    replicas = [open_engine(postgres_with_tables.url.render_as_string(hide_password=False)) for _ in range(3)]
    for days in (7, 14, 21):
        at_once(*(partial(planned, engine, room.now + timedelta(days=days)) for engine in replicas))
    for engine in replicas:
        engine.dispose()
    occurrences = [sync.occurrence for sync in room_syncs(room)]
    assert len(occurrences) == len(set(occurrences)) >= 4
    with transaction(room.engine, writes=False) as session:
        asked = Counter(
            (one.kind, one.subject_id, one.person_id, one.again_slot is None)
            for one in session.execute(select(Nudge)).scalars()
            if one.kind in {NudgeKind.PROMPT, NudgeKind.REMINDER, NudgeKind.KEY}
        )
    assert set(asked.values()) == {1}


def planned(engine: Engine, now: datetime) -> None:
    """As one replica plans everything."""
    outbox.plan_everything(engine, lambda _organization: now)


@pytest.mark.parametrize("label", ["Snooze until tomorrow", "Mute questions before a sync"])
def test_what_is_said_to_a_message_while_it_is_redrawn_is_shown_in_the_end(engine: Engine, label: str) -> None:
    room = Room(engine=engine)
    sam, _dana = room.set_up()
    (asked,) = room.in_(sam.account)
    sam.says("threats: the VPN")  # So that the message is due again, and a replica takes it:
    (taken,) = [one for one in claimed(room) if one.message == asked.message]
    drawn = outbox.draw(engine, taken, room.now)
    sam.presses(label, on=asked)
    claims.settle(engine, taken, DeliveryState.SENT, now=room.now, message=asked.message)
    assert isinstance(drawn, Card)
    assert "Snooze" in str([button.label for button in drawn.buttons])
    room.settle()
    assert "Snooze" not in str([button.label for button in room.posted[asked.message].card.buttons])


def test_a_question_whose_sync_is_skipped_while_it_goes_out_says_so(engine: Engine) -> None:
    room = Room(engine=engine)
    sam, dana = room.set_up(weekdays=("FR",))
    room.now += timedelta(days=2)
    (taken, *_others) = [one for one in claimed(room) if one.conversation == sam.account]
    dana.types("sync skip")
    claims.settle(engine, taken, DeliveryState.SENT, now=room.now, message="slack:T1/m1")
    room.settle()
    assert room.posted["slack:T1/m1"].card.title == "The sync of Fri 7 March, 09:30 was skipped"


def claimed(room: Room) -> list[Owed]:
    """What a replica has just taken, and is sending."""
    return claims.claim(room.engine, platform="slack", now=room.now, limit=9)


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """All of them, each in a thread of its own, begun at the same moment."""
    together = Barrier(len(acts))

    def begun(act: Callable[[], Any]) -> Any:
        together.wait()
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(begun, acts))


def titles(posted: list[Posted]) -> list[str]:
    """What was newly posted at home."""
    return [one.card.title for one in posted if one.owed.conversation == HOME and one.owed.message is None]


def room_syncs(room: Room, having: str = "id") -> list[Sync]:
    """Those in which that is set, in order."""
    with transaction(room.engine, writes=False) as session:
        found = session.execute(select(Sync).order_by(col(Sync.starts_at))).scalars()
        return [sync for sync in found if getattr(sync, having) is not None]
