"""Nudges: what is asked of one person in private, how it can wait, and how it can be silenced.

A nudge goes out only at one of the two moments of its reader's working day (`agenda.hours`), and everything that is asked
of somebody at one moment is one message: so nobody ever gets more than two a day.
"""

from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlmodel import Field, SQLModel

from agenda.calendars import WorkCalendar
from agenda.columns import stored
from agenda.hours import WorkingHours
from agenda.recurrence import local_date

A_WEEK = timedelta(days=7)
LEFT_ALONE_FOR = 2  # working days


class NudgeKind(StrEnum):
    """What is asked. The order is that of a bundle: what is most urgent to its reader stands first."""

    KEY = "key"
    ACCEPTANCE = "acceptance"
    THREAT = "threat"
    PROMISE = "promise"
    PROMPT = "prompt"
    REMINDER = "reminder"
    HYGIENE = "hygiene"
    PULSE = "pulse"
    DIGEST = "digest"

    @property
    def label(self) -> str:
        """As people say it, in `nudges` and behind “Mute”."""
        return LABELS[self]


LABELS = {
    NudgeKind.KEY: "reminders of missing keys",
    NudgeKind.ACCEPTANCE: "accepted risks",
    NudgeKind.THREAT: "threats to what you run",
    NudgeKind.PROMISE: "promises that fall due",
    NudgeKind.PROMPT: "questions before a sync",
    NudgeKind.REMINDER: "gentle reminders",
    NudgeKind.HYGIENE: "your own cyber hygiene",
    NudgeKind.PULSE: "the pulse",
    NudgeKind.DIGEST: "the weekly digest",
}


class Snooze(StrEnum):
    """How long a nudge waits."""

    HOUR = "hour"
    TOMORROW = "tomorrow"
    NEXT_SYNC = "sync"

    @property
    def label(self) -> str:
        """On its button."""
        until = {Snooze.HOUR: "for 1 hour", Snooze.TOMORROW: "until tomorrow", Snooze.NEXT_SYNC: "until the next sync"}
        return f"Snooze {until[self]}"


class NudgeFields(SQLModel):
    """`slot` is the moment of its message, UTC; `again_slot` the one to which its reader put it off.

    `seen_at` is when they said that they know, and want to hear no more of it.
    """

    kind: NudgeKind = Field(sa_type=stored(NudgeKind))
    subject_id: int
    slot: datetime
    again_slot: datetime | None = Field(default=None)
    seen_at: datetime | None = Field(default=None)

    @property
    def waits_for(self) -> datetime:
        """The moment at which it goes out next, or went out last."""
        return self.again_slot or self.slot


def snoozed_until(snooze: Snooze, hours: WorkingHours, now: datetime, next_sync: datetime | None) -> datetime:
    """When it comes back: in an hour sharp, as its reader asked; else at a moment when nudges go out anyway.

    "Until the next sync" is the last such moment before it, or its start where there is none left; tomorrow where there is no
    sync ahead.
    """
    if snooze is Snooze.HOUR:
        return now + timedelta(hours=1)
    tomorrow = hours.next_day(now)
    if snooze is Snooze.TOMORROW or next_sync is None:
        return tomorrow
    before = hours.slot_for(next_sync, now=now, before=next_sync)
    return before if before > now else next_sync


def key_missed_at(recorded_at: datetime, hours: WorkingHours) -> datetime:
    """Somebody is left alone with a text for two of their working days before they are reminded of their key."""
    asked = recorded_at
    for _ in range(LEFT_ALONE_FOR):
        asked = hours.next_day(asked)
    return asked


def promise_days(due_on: date, calendar: WorkCalendar, days: int) -> dict[str, date]:
    """A promise's owner hears of it so many working days before its day, and once after it."""
    return {"before": calendar.working_days_before(due_on, days), "after": calendar.next_working(due_on)}


def digest_at(hours: WorkingHours, now: datetime) -> tuple[date, datetime] | None:
    """The Monday of the week whose digest is next, and the first moment of that week at which its reader works."""
    monday = local_date(now, hours.zone)
    monday -= timedelta(days=monday.weekday())
    for week in (monday, monday + A_WEEK):
        wanted = hours.next_open(hours.starts(week))
        if now < wanted < hours.starts(week + A_WEEK):
            return week, wanted
    return None
