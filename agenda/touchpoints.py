"""A standing forum of the two principals: where it meets, how often, and how early its prompts come."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum

from sqlmodel import Field, SQLModel

from agenda import conversations
from agenda.calendars import Closing, HolidayPolicy, WorkCalendar
from agenda.columns import stored
from agenda.conversations import Conversation
from agenda.hours import WorkingHours
from agenda.recurrence import Cadence
from agenda.themes import Theme

OPENS, SHUTS = time(8, 0), time(18, 0)  # A channel has no working hours of its own; these offend nobody.


class Seat(StrEnum):
    """The two principals. Each turns one key."""

    CIO = "cio"
    CISO = "ciso"

    @property
    def label(self) -> str:
        """As people say it."""
        return self.value.upper()

    @property
    def other(self) -> "Seat":
        """The one across the table."""
        return Seat.CISO if self is Seat.CIO else Seat.CIO


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadTime:
    """One number of a touchpoint that people may choose: the field's `name`, what it means with its unit, its bounds."""

    name: str
    label: str
    least: int
    most: int


LEAD_TIMES = (
    LeadTime(name="prompt_days", label="Ask what to talk about (working days before)", least=0, most=10),
    LeadTime(
        name="reminder_hours", label="Gentle reminder (working hours before the agenda; 0: none)", least=0, most=40
    ),
    LeadTime(name="agenda_days", label="Post the agenda (working days before)", least=0, most=10),
    LeadTime(name="start_minutes", label="Call everybody (minutes before the start)", least=0, most=60),
    LeadTime(name="promise_days", label="Remind of a promise (working days before its day)", least=0, most=10),
    LeadTime(name="minutes", label="Length of a sync (minutes)", least=10, most=240),
    LeadTime(name="defer_limit", label="Deferrals before a point must be settled", least=1, most=10),
)


class TouchpointFields(SQLModel):
    """What is set up by form, with good defaults for all that a first form does not ask.

    `minutes` is how long a sync is. Lead times: `prompt_days` and `agenda_days` are working days before the sync, at its own
    wall time; `reminder_hours` are working hours before the agenda (0: nobody is reminded); `start_minutes` come before the
    start; `promise_days` are working days before a promise falls due. After `defer_limit` deferrals a point must be settled.
    `conversations` are those of the five that it has switched on. `threat_threshold` is the EPSS, in percent, from which a
    threat is told between syncs, `habits` what hygiene asks, a line each; where these two are empty, the usual counts.
    `one_key_themes` are those, with commas between, in which a decision may need one key alone. `closings` are the company's
    closing days as JSON: first day, last day and name of each.
    """

    name: str = Field(max_length=80)
    home: str = Field(max_length=400)
    home_title: str = Field(default="")
    rule: str = Field(max_length=200)
    since: date
    at: time
    zone: str = Field(max_length=64)
    minutes: int = 30
    prompt_days: int = 2
    reminder_hours: int = 4
    agenda_days: int = 1
    start_minutes: int = 0
    promise_days: int = 1
    defer_limit: int = 3
    one_key_themes: str = Field(default="", max_length=120)
    conversations: str = Field(default="", max_length=80)
    threat_threshold: int | None = Field(default=None, ge=1, le=100)
    habits: str = Field(default="")
    country: str = Field(default="", max_length=2)
    subdivision: str = Field(default="", max_length=10)
    closings: str = Field(default="")
    holiday_policy: HolidayPolicy = Field(default=HolidayPolicy.NEXT, sa_type=stored(HolidayPolicy))
    paused_at: datetime | None = Field(default=None)
    paused_until: date | None = Field(default=None)
    created_at: datetime

    @property
    def cadence(self) -> Cadence:
        """When its syncs fall."""
        return Cadence(rule=self.rule, since=self.since, at=self.at, zone=self.zone)

    @property
    def calendar(self) -> WorkCalendar:
        """The days on which nobody here works."""
        kept = json.loads(self.closings or "[]")
        closed = tuple(Closing(date.fromisoformat(first), date.fromisoformat(last), name) for first, last, name in kept)
        return WorkCalendar(country=self.country, subdivision=self.subdivision, closed=closed)

    def talks_about(self, conversation: Conversation) -> bool:
        """Is it switched on here?"""
        return conversation in conversations.read(self.conversations)

    def allows_one_key(self, theme: Theme) -> bool:
        """May a decision about this be recorded as needing one key alone?"""
        return theme.value in self.one_key_themes.split(",")

    def close_on(self, closings: Sequence[Closing]) -> None:
        """From now on these are the company's closing days."""
        kept = [(one.first.isoformat(), one.last.isoformat(), one.name) for one in closings]
        self.closings = json.dumps(kept, ensure_ascii=False)

    @property
    def office(self) -> WorkingHours:
        """When its conversation may be written to."""
        return WorkingHours(zone=self.zone, begins=OPENS, ends=SHUTS, days=(), calendar=self.calendar)
