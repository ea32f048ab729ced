"""When a sync's messages fall due, and when it is too late to send one.

Pure functions: the same sync gives the same plan on every replica and after every restart, and the outbox's unique key
turns "planned twice" into "planned once".
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from agenda.recurrence import to_instant, to_wall
from agenda.syncs import SyncFields, SyncState
from agenda.touchpoints import TouchpointFields

START_GRACE = timedelta(minutes=15)
LAPSES_AFTER = timedelta(days=7)
ANNOUNCED_AHEAD = timedelta(days=14)
A_WORKING_DAY = 8  # hours


class Reminder(StrEnum):
    """What the home conversation gets of one sync, in the order in which it falls due."""

    AGENDA = "agenda"
    START = "start"


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncTimes:
    """When one sync's messages fall due, in UTC and in this order."""

    prompts_at: datetime
    reminds_at: datetime
    publishes_at: datetime
    starts_at: datetime


def sync_times(touchpoint: TouchpointFields, starts_at: datetime) -> SyncTimes:
    """By the touchpoint's lead times, on working days, inside its office hours; the agenda before everybody is called."""
    office = touchpoint.office
    published = office.next_open(working_days_before(touchpoint, starts_at, touchpoint.agenda_days))
    publishes_at = min(published, starts_at - timedelta(minutes=touchpoint.start_minutes))
    prompts_at = min(working_days_before(touchpoint, starts_at, touchpoint.prompt_days), publishes_at)
    reminds_at = max(office.hours_before(publishes_at, touchpoint.reminder_hours), prompts_at)
    return SyncTimes(prompts_at=prompts_at, reminds_at=reminds_at, publishes_at=publishes_at, starts_at=starts_at)


def working_days_before(touchpoint: TouchpointFields, instant: datetime, days: int) -> datetime:
    """The same wall time so many working days earlier, in the touchpoint's zone and by its calendar."""
    wall = to_wall(instant, touchpoint.zone)
    day = touchpoint.calendar.working_days_before(wall.date(), days)
    return to_instant(datetime.combine(day, wall.time()), touchpoint.zone)


def due_at(reminder: Reminder, sync: SyncFields, touchpoint: TouchpointFields) -> datetime:
    """When it should go out."""
    if reminder is Reminder.AGENDA:
        return sync.publishes_at
    return sync.starts_at - timedelta(minutes=touchpoint.start_minutes)


def still_worth_sending(reminder: Reminder, sync: SyncFields, now: datetime) -> bool:
    """Late is a policy: an agenda goes out late while its sync is ahead; a start reminder not after 15 minutes."""
    if sync.state(now) in {SyncState.IN_PROGRESS, SyncState.CLOSED, SyncState.SKIPPED}:
        return False
    deadline = sync.starts_at + START_GRACE if reminder is Reminder.START else sync.starts_at
    return now <= deadline


def announced_at(touchpoint: TouchpointFields, sync: SyncFields, now: datetime) -> datetime:
    """When its people hear that it does not stand where its rule has it: two weeks ahead, and before anybody is asked."""
    ahead = min(sync.starts_at - ANNOUNCED_AHEAD, touchpoint.office.hours_before(sync.prompts_at, A_WORKING_DAY))
    return touchpoint.office.next_open(max(now, ahead))


def lapses_at(touchpoint: TouchpointFields, sync: SyncFields, following: SyncFields | None) -> datetime:
    """Not before its people had a morning to say what should become of it, unless the next one is upon them."""
    if following is None:
        return sync.starts_at + LAPSES_AFTER
    offered = touchpoint.office.next_day(sync.starts_at)
    return min(sync.starts_at + LAPSES_AFTER, following.starts_at, max(following.publishes_at, offered))
