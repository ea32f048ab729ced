"""Who is away when, and who stands in for a principal until when."""

from datetime import date, datetime

from sqlalchemy import Index, select
from sqlmodel import Field, col

from agenda.columns import stored
from agenda.touchpoints import Seat
from storage.rows import Row
from storage.unit_of_work import Record


class Absence(Row, table=True):
    """A person's leave, both days included, in their own zone."""

    __table_args__ = (Index("ix_absence_person", "person_id", "last"),)

    person_id: int = Field(foreign_key="person.id")
    first: date
    last: date


class Delegation(Row, table=True):
    """`person_id` stands in for the principal on `seat`, up to and including the day `until`; `ended_at` if it ended sooner."""

    touchpoint_id: int = Field(foreign_key="touchpoint.id", index=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    seat: Seat = Field(sa_type=stored(Seat))
    until: date
    given_at: datetime
    ended_at: datetime | None = Field(default=None)
