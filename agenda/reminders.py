"""Which prompts a sync owes its people, when each falls due, and when it is too late to send one.

Pure functions: the same sync gives the same plan on every replica and after every restart, and the outbox's unique key
turns "planned twice" into "planned once".
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from agenda.recurrence import Cadence, next_occurrences, working_days_before
from agenda.syncs import SyncFields, SyncState

START_GRACE = timedelta(minutes=15)


class Reminder(StrEnum):
    """The prompts of one sync, in the order in which they fall due."""

    PROMPT = "prompt"
    AGENDA = "agenda"
    START = "start"


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncTimes:
    """When one sync's three prompts fall due, in UTC."""

    prompts_at: datetime
    publishes_at: datetime
    starts_at: datetime


def sync_times(cadence: Cadence, prompt_days: int, agenda_days: int, now: datetime) -> SyncTimes | None:
    """The next sync after `now`, or nothing where the rule has ended."""
    upcoming = next_occurrences(cadence, now, 1)
    if not upcoming:
        return None
    starts_at = upcoming[0]
    return SyncTimes(
        starts_at=starts_at,
        prompts_at=working_days_before(starts_at, prompt_days, cadence.zone),
        publishes_at=working_days_before(starts_at, agenda_days, cadence.zone),
    )


def due_at(reminder: Reminder, sync: SyncFields) -> datetime:
    """When it should go out."""
    times = {Reminder.PROMPT: sync.prompts_at, Reminder.AGENDA: sync.publishes_at, Reminder.START: sync.starts_at}
    return times[reminder]


def still_worth_sending(reminder: Reminder, sync: SyncFields, now: datetime) -> bool:
    """Late is a policy: prompts and agendas go out late while their sync is ahead; a start reminder not after 15 minutes."""
    if sync.state(now) in {SyncState.IN_PROGRESS, SyncState.CLOSED, SyncState.SKIPPED}:
        return False
    deadline = sync.starts_at + START_GRACE if reminder is Reminder.START else sync.starts_at
    return now <= deadline
