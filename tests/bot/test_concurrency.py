"""Several at once, on PostgreSQL: what a second replica or a second finger does at the very same moment."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine

from bot.replies import Answer
from bot.requests import CommandTyped, Profile, ProfileSeen
from storage import people
from storage.unit_of_work import unit_of_work
from tests.bot.room import Room, readable

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
    with ThreadPoolExecutor(2) as pool:
        said = list(pool.map(lambda chair: chair.presses("Start", on=reminder), (sam, dana)))
    assert sum("has already started" in text for text in said) == 1
    assert [posted.owed.kind for posted in room.settle()].count("sync") == 1
