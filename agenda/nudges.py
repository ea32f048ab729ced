"""Nudges: what is asked of one person in private, how it can wait, and how it can be silenced.

A nudge goes out only at one of the two moments of its reader's working day (`agenda.hours`), and everything that is asked
of somebody at one moment is one message: so nobody ever gets more than two a day.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from sqlmodel import Field, SQLModel

from agenda.columns import stored


class NudgeKind(StrEnum):
    """What is asked. The order is that of a bundle: what is most urgent to its reader stands first."""

    KEY = "key"
    PROMISE = "promise"
    PROMPT = "prompt"
    REMINDER = "reminder"
    DIGEST = "digest"

    @property
    def label(self) -> str:
        """As people say it, in `nudges` and behind “Mute”."""
        return LABELS[self]


LABELS = {
    NudgeKind.KEY: "reminders of missing keys",
    NudgeKind.PROMISE: "promises that fall due",
    NudgeKind.PROMPT: "questions before a sync",
    NudgeKind.REMINDER: "gentle reminders",
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
        return {Snooze.HOUR: "In 1 hour", Snooze.TOMORROW: "Tomorrow", Snooze.NEXT_SYNC: "At the next sync"}[self]


class NudgeFields(SQLModel):
    """`slot` is the moment of its message, UTC. `shown_at` is when it first went out; `withdrawn_at` when it was not wanted."""

    kind: NudgeKind = Field(sa_type=stored(NudgeKind))
    subject_id: int
    slot: datetime
    snoozes: int = 0
    withdrawn_at: datetime | None = Field(default=None)


HOUR = timedelta(hours=1)
