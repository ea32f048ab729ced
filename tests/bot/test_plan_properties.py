"""What holds for every plan: rules, zones, clock changes, lead times, hours and holidays as they come, on a real database.

A world is lived through with planning at any moments and with outages; then its diary is checked against what a person would
say of it.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import datetime, time
from typing import Any
from unittest import mock
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlmodel import col

from agenda import recurrence, reminders, schedule
from agenda.nudges import NudgeKind
from agenda.recurrence import to_instant
from bot import planning
from storage import rows
from storage.deliveries import Delivery
from storage.nudges import Nudge
from storage.syncs import Sync
from storage.touchpoints import Touchpoint
from storage.unit_of_work import transaction, unit_of_work
from tests.bot.diary import Message, Writer
from tests.bot.lives import DAY, HOUR, MINUTE, OUTAGES, SHARES, ZONES, Down, Life, World, lived, moments, worlds

QUESTION, REMINDER = "What should we talk about?", "Still time to add a point"
# A life takes too long to be shrunk: the world that failed is short enough to be read.
QUICK = settings(
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)


@settings(QUICK, max_examples=11)
@given(world=worlds(), shares=SHARES, outage=OUTAGES)
def test_nothing_is_said_twice_nothing_is_missing_and_all_of_it_in_order_and_in_hours(
    world: World, shares: list[float], outage: tuple[float, int] | None
) -> None:
    life, down = lived(world, shares, outage)
    order = {id(message): place for place, message in enumerate(life.diary.messages)}
    for sync in life.stood():
        agenda, start = life.posted("agenda", sync), life.posted("start", sync)
        assert len(agenda) == 1 or (len(agenda) == 0 and touches(down, sync.publishes_at, sync.starts_at))
        assert len(start) == 1 or (len(start) == 0 and touches(down, sync.starts_at - HOUR, sync.starts_at + HOUR))
        assert all(one.at <= sync.starts_at for one in agenda)
        check_lead(life, sync, down, agenda)
        assert all(one.at <= sync.starts_at + 15 * MINUTE for one in start)
        assert not (agenda and start) or order[id(agenda[0])] < order[id(start[0])]
        for who in life.chairs:
            check_asked(life, who, sync, down, agenda)
    for who in life.chairs:
        check_hours(life, who)


def touches(down: Down, since: datetime, until: datetime) -> bool:
    """Was it down at any moment of that time?"""
    return down[0] <= until and since <= down[1]


def check_lead(life: Life, sync: Sync, down: Down, agenda: list[Message]) -> None:
    """So many working days before, at the sync's own wall time; where that is an hour at which people are written to."""
    at, days = life.world.touchpoint["at"], life.world.touchpoint["agenda_days"]
    planned_late = life.known[sync.key] >= sync.publishes_at or touches(down, life.world.begins, sync.starts_at)
    if planned_late or not days or not time(8) <= at < time(18):
        return
    posted, starts = (one.astimezone(ZoneInfo(life.world.touchpoint["zone"])) for one in (agenda[0].at, sync.starts_at))
    between = [posted.date() + n * DAY for n in range((starts.date() - posted.date()).days)]
    assert sum(life.world.calendar.is_working(day) for day in between) == days
    assert life.world.calendar.is_working(between[0])
    assert posted.time() == at


def check_asked(life: Life, who: Writer, sync: Sync, down: Down, agenda: list[Message]) -> None:
    """One person, one sync."""
    world, name = life.world, who.profile.name
    planned_late = life.known[sync.key] > sync.prompts_at and life.known[sync.key] > world.begins
    assert not planned_late or touches(down, world.begins, sync.prompts_at + DAY)
    asked, reminded = life.asked(who, QUESTION, sync), life.asked(who, REMINDER, sync)
    back = down[1] if down[0] < sync.starts_at else world.begins
    since = max(life.known[sync.key], sync.prompts_at, back)
    assert len(asked) <= 1
    assert asked or not world.works_between(name, since, sync.starts_at)
    assert len(reminded) <= len(asked)
    for reminder in reminded:
        assert asked[0].at < reminder.at < sync.publishes_at
    undisturbed = not touches(down, world.begins, sync.starts_at)
    tomorrow = asked[0].at + MINUTE if asked else sync.publishes_at
    if (
        undisturbed
        and world.touchpoint["reminder_hours"]
        and world.begins_work_between(name, tomorrow, sync.publishes_at)
    ):
        assert reminded
    in_time = world.begins_work_between(name, life.known[sync.key], sync.publishes_at)
    if asked and agenda and in_time and undisturbed:
        assert asked[0].at < agenda[0].at


def check_hours(life: Life, who: Writer) -> None:
    """In private only at work, and twice a day; once more where something was planned too late for that."""
    mine = [message.at for message in life.diary.messages if message.reader is who]
    assert not [at for at in mine if not life.world.works(who.profile.name, at)]
    days = Counter(at.astimezone(ZoneInfo(who.profile.zone)).date() for at in mine)
    late = {at.astimezone(ZoneInfo(who.profile.zone)).date() for at in life.known.values()}
    assert all(count <= 2 + (day in late) for day, count in days.items())


@settings(QUICK, max_examples=8)
@given(world=worlds(), shares=SHARES)
def test_planning_again_changes_nothing(world: World, shares: list[float]) -> None:
    life = Life.of(world)
    for moment in moments(world, shares):
        life.diary.now = moment
        life.plan()
        planned = life.everything()
        life.plan()
        assert life.everything() == planned
        life.diary.now = (
            moment - 2 * MINUTE
        )  # Another replica's clock may be behind; for it, this week's digest may be ahead.
        life.plan()
        after = life.everything()
        assert all(set(planned[table]) <= set(after[table]) for table in planned)
        assert after["sync"] == planned["sync"]


@settings(QUICK, max_examples=9)
@given(world=worlds(), share=st.floats(0, 1), zone=st.none() | st.sampled_from(ZONES))
def test_when_a_zone_or_its_rules_change_only_what_is_not_sent_follows(
    world: World, share: float, zone: str | None
) -> None:
    life = Life.of(world)
    life.plan()
    first = next(sync for sync in life.syncs() if not sync.skipped_at)
    asked_from = max(world.begins, min(first.prompts_at, first.starts_at - DAY))
    moment = asked_from + (first.starts_at - asked_from) * share
    life.passes(moment, [])
    life.plan()
    life.diary.settle()
    sent, known = sent_rows(life), life.everything()["sync"]
    replanned(life, world.touchpoint["zone"])  # with nothing changed
    assert (sent_rows(life), life.everything()["sync"]) == (sent, known)
    for sync in life.syncs():
        assert not [kind for kind in unsent(life, sync) if life.posted(kind, sync)]
        assert max(Counter(one[:2] for one in nudges_of(life, sync)).values(), default=1) == 1
    zone = zone or world.touchpoint["zone"]
    anew = Life.of(replace(world, touchpoint=world.touchpoint | {"zone": zone}), now=moment)
    with clocks(moving_from=moment if zone == world.touchpoint["zone"] else None):
        replanned(life, zone)
        anew.plan()
    assert sent_rows(life) == sent
    follows(life, anew, moment)


def replanned(life: Life, zone: str) -> None:
    """As a change of the cadence does it."""
    with unit_of_work(life.diary.engine, organization_id=1, now=life.diary.now) as record:
        touchpoint = rows.get(record, Touchpoint, 1)
        touchpoint.zone = zone
        planning.replan(record, touchpoint)


def follows(life: Life, anew: Life, moment: datetime) -> None:
    """Each sync that is ahead is where a new plan has it, and so is each message of it that was not sent yet."""
    known = {sync.occurrence: sync for sync in life.syncs()}
    for sync in (one for one in anew.syncs() if not one.skipped_at and one.occurrence in known):
        mine = known[sync.occurrence]
        if mine.starts_at <= moment:
            continue  # It was over by the old clock, and does not come again by the new one.
        assert [getattr(mine, name) for name in TIMES] == [getattr(sync, name) for name in TIMES]
        asked = {person for _kind, person, slot in nudges_of(life, mine) if slot < moment}
        assert {one for one in nudges_of(anew, sync) if one[1] not in asked} <= set(nudges_of(life, mine))
        assert unsent(life, mine).items() <= unsent(anew, sync).items()


TIMES = ("prompts_at", "reminds_at", "publishes_at", "starts_at")


def nudges_of(life: Life, sync: Sync) -> list[tuple[NudgeKind, int, datetime]]:
    """What is asked of whom about it, and when."""
    with transaction(life.diary.engine, writes=False) as session:
        kinds = (NudgeKind.PROMPT, NudgeKind.REMINDER)
        query = select(Nudge).where(col(Nudge.subject_id) == sync.id, col(Nudge.kind).in_(kinds))
        return [(one.kind, one.person_id, one.slot) for one in session.execute(query).scalars()]


def unsent(life: Life, sync: Sync) -> dict[str, list[datetime]]:
    """When the channel gets what it has not got yet."""
    with transaction(life.diary.engine, writes=False) as session:
        query = select(Delivery).where(col(Delivery.subject_id) == sync.id, col(Delivery.message).is_(None))
        found = list(session.execute(query.where(col(Delivery.kind).in_(planning.LIVE_CARDS))).scalars())
        return {kind: [one.due_at for one in found if one.kind == kind] for kind in {one.kind for one in found}}


def sent_rows(life: Life) -> list[Any]:
    """What stands in a conversation, and when it came there."""
    query = text("SELECT id, once, detail, message, sent_at FROM delivery WHERE message IS NOT NULL ORDER BY id")
    with life.diary.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(query)]


@contextmanager
def clocks(moving_from: datetime | None) -> Iterator[None]:
    """From the day after that moment on, clocks everywhere show an hour more."""

    def moved(wall: datetime, zone: str) -> datetime:
        instant = to_instant(wall, zone)
        return instant - HOUR if moving_from and instant > moving_from + DAY else instant

    with ExitStack() as patched:
        for module in (planning, recurrence, reminders, schedule):
            patched.enter_context(mock.patch.object(module, "to_instant", moved))
        yield
