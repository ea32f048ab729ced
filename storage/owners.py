"""Who owns what: the areas of each touchpoint, and what the two principals privately named in a check."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint, select
from sqlmodel import Field, col

from agenda.columns import stored
from agenda.owners import AREA_LIMIT, ResponsibilityFields
from agenda.touchpoints import Seat
from storage.rows import Row, Sealed
from storage.unit_of_work import Record


class Responsibility(ResponsibilityFields, Sealed, table=True):
    """One area of one touchpoint."""

    touchpoint_id: int = Field(foreign_key="touchpoint.id", index=True)
    confirmed_by_id: int | None = Field(default=None, foreign_key="person.id")


class OwnershipCheck(Sealed, table=True):
    """A handful of areas about which both principals are asked at once; `closed_at` when both have named all."""

    __tablename__ = "ownership_check"

    touchpoint_id: int = Field(foreign_key="touchpoint.id", index=True)
    asked_by_id: int = Field(foreign_key="person.id")
    asked_at: datetime
    closed_at: datetime | None = Field(default=None)


class OwnershipAnswer(Row, table=True):
    """What one chair named for one area: nothing yet, `cio`, `ciso`, a name, or `nobody`. It is for that person alone."""

    __tablename__ = "ownership_answer"
    __table_args__ = (
        UniqueConstraint("check_id", "responsibility_id", "seat", name="uq_ownership_answer"),
        Index("ix_ownership_answer_area", "responsibility_id"),
    )

    check_id: int = Field(foreign_key="ownership_check.id")
    responsibility_id: int = Field(foreign_key="responsibility.id")
    seat: Seat = Field(sa_type=stored(Seat))
    person_id: int | None = Field(default=None, foreign_key="person.id")
    named: str = Field(default="", max_length=AREA_LIMIT)
    named_at: datetime | None = Field(default=None)


def areas(record: Record, touchpoint_ids: list[int]) -> list[Responsibility]:
    """The areas that are kept, by category and name."""
    query = (
        select(Responsibility)
        .where(
            col(Responsibility.organization_id) == record.organization_id,
            col(Responsibility.touchpoint_id).in_(touchpoint_ids),
            col(Responsibility.dropped_at).is_(None),
        )
        .order_by(col(Responsibility.category), col(Responsibility.area), col(Responsibility.id))
    )
    return list(record.session.execute(query).scalars())
