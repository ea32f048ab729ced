"""Who owns what: the areas of each touchpoint, and what the two principals privately named in a check."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Index, UniqueConstraint, select, update
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
    """What was named from one chair for one area: nothing yet, `CIO`, `CISO`, a name, or `nobody`. It is for that person alone.

    So it leaves no seal in the audit log, where few possible names could be tried out, and no export holds it; and once the
    check is closed, `named` is empty for good, and `agreed` is all that is kept: empty where one of the two named nobody.
    `person_id` is who is asked, and then who named.
    """

    __tablename__ = "ownership_answer"
    __table_args__ = (
        UniqueConstraint("check_id", "responsibility_id", "seat", name="uq_ownership_answer"),
        Index("ix_ownership_answer_area", "responsibility_id"),
    )

    check_id: int = Field(foreign_key="ownership_check.id")
    responsibility_id: int = Field(foreign_key="responsibility.id")
    seat: Seat = Field(sa_type=stored(Seat))
    person_id: int = Field(foreign_key="person.id")
    named: str = Field(default="", max_length=AREA_LIMIT)
    named_at: datetime | None = Field(default=None)
    agreed: bool | None = Field(default=None)


def areas(record: Record, touchpoint_ids: Sequence[int]) -> list[Responsibility]:
    """The areas that are kept, in the order of their list."""
    return sorted(_kept(record, touchpoint_ids), key=lambda area: (area.touchpoint_id, *area.place))


def disputed(record: Record, touchpoint_id: int) -> list[Responsibility]:
    """Those that the two see differently."""
    return list(_kept(record, [touchpoint_id], col(Responsibility.disputed_at).is_not(None)))


def _kept(record: Record, touchpoint_ids: Sequence[int], *which: ColumnElement[bool]) -> Sequence[Responsibility]:
    query = select(Responsibility).where(
        col(Responsibility.organization_id) == record.organization_id,
        col(Responsibility.touchpoint_id).in_(touchpoint_ids),
        col(Responsibility.dropped_at).is_(None),
        *which,
    )
    return record.session.execute(query.order_by(col(Responsibility.id))).scalars().all()


def last_check(record: Record, touchpoint_id: int) -> OwnershipCheck | None:
    """The one that is open, else the last one that was."""
    query = select(OwnershipCheck).where(
        col(OwnershipCheck.organization_id) == record.organization_id,
        col(OwnershipCheck.touchpoint_id) == touchpoint_id,
    )
    return record.session.execute(query.order_by(col(OwnershipCheck.id).desc()).limit(1)).scalar_one_or_none()


def answers(record: Record, check_id: int) -> list[tuple[OwnershipAnswer, Responsibility]]:
    """What both are asked in a check, in order; without areas that were dropped since."""
    query = (
        select(OwnershipAnswer, Responsibility)
        .join(Responsibility, col(OwnershipAnswer.responsibility_id) == col(Responsibility.id))
        .where(
            col(OwnershipAnswer.organization_id) == record.organization_id,
            col(OwnershipAnswer.check_id) == check_id,
            col(Responsibility.dropped_at).is_(None),
        )
        .order_by(col(OwnershipAnswer.id))
    )
    return [(answer, area) for answer, area in record.session.execute(query)]


def erase(record: Record, check_id: int) -> None:
    """What anybody named in a check is gone, also for areas that were dropped since."""
    record.session.flush()
    record.session.execute(
        update(OwnershipAnswer)
        .where(
            col(OwnershipAnswer.organization_id) == record.organization_id, col(OwnershipAnswer.check_id) == check_id
        )
        .values(named="")
    )
