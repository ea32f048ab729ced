"""A standing forum of the two principals: where it meets, how often, and how early its prompts come."""

from datetime import date, datetime, time
from enum import StrEnum

from sqlmodel import Field, SQLModel

from agenda.recurrence import Cadence


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


class TouchpointFields(SQLModel):
    """What is set up by form. The lead times are in working days before the sync, at the sync's own wall time."""

    name: str = Field(max_length=80)
    home: str = Field(max_length=400)
    home_title: str = Field(default="")
    rule: str = Field(max_length=200)
    since: date
    at: time
    zone: str = Field(max_length=64)
    prompt_days: int = 2
    agenda_days: int = 1
    created_at: datetime

    @property
    def cadence(self) -> Cadence:
        """When its syncs fall."""
        return Cadence(rule=self.rule, since=self.since, at=self.at, zone=self.zone)
