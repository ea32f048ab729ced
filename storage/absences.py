"""Who is away when, and who stands in for a principal until when."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from sqlalchemy import Index, Select, bindparam, or_, select
from sqlmodel import Field, Session, col

from agenda.columns import stored
from agenda.touchpoints import Seat
from storage import rows
from storage.rows import Row, Sealed
from storage.touchpoints import Touchpoint
from storage.unit_of_work import Record


class Absence(Row, table=True):
    """A person's leave, both days included, in their own zone."""

    __table_args__ = (Index("ix_absence_person", "person_id", "last"),)

    person_id: int = Field(foreign_key="person.id")
    first: date
    last: date


class Delegation(Sealed, table=True):
    """`person_id` stands in for the principal on `seat`, up to and including the day `until`; `ended_at` if it ended sooner."""

    touchpoint_id: int = Field(foreign_key="touchpoint.id", index=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    seat: Seat = Field(sa_type=stored(Seat))
    until: date
    given_at: datetime
    ended_at: datetime | None = Field(default=None)


OF_PEOPLE = (
    select(Absence)
    .where(col(Absence.person_id).in_(bindparam("person_ids", expanding=True)))
    .order_by(col(Absence.first))
)
LENT_TO = (
    select(Delegation)
    .where(col(Delegation.person_id).in_(bindparam("person_ids", expanding=True)), col(Delegation.ended_at).is_(None))
    .order_by(col(Delegation.id))
)


def ahead(record: Record, person_id: int, *, today: date) -> list[Absence]:
    """A person's leave that is not over, the nearest first."""
    return [absence for absence in rows.of(record, of_people, person_id) if absence.last >= today]


def of_people(session: Session, person_ids: Collection[int]) -> dict[int, list[Absence]]:
    """All leave of several people, the earliest first."""
    leave: dict[int, list[Absence]] = {person_id: [] for person_id in person_ids}
    for absence in session.execute(OF_PEOPLE, {"person_ids": list(person_ids)}).scalars():
        leave[absence.person_id].append(absence)
    return leave


def standing_in(record: Record, person_id: int, *, today: date) -> list[Delegation]:
    """For whom this person stands in."""
    return [one for one in rows.of(record, lent_to, person_id) if one.until >= today]


def lent_to(session: Session, person_ids: Collection[int]) -> dict[int, list[Delegation]]:
    """Every chair that was lent to several people and not taken back, in order."""
    chairs: dict[int, list[Delegation]] = {person_id: [] for person_id in person_ids}
    for one in session.execute(LENT_TO, {"person_ids": list(person_ids)}).scalars():
        chairs[one.person_id].append(one)
    return chairs


def delegate(record: Record, touchpoint_id: int, seat: Seat, *, today: date) -> Delegation | None:
    """Who stands in for that principal, the one named last."""
    query = _active(record, today).where(col(Delegation.touchpoint_id) == touchpoint_id, col(Delegation.seat) == seat)
    return record.session.execute(query.order_by(col(Delegation.id).desc()).limit(1)).scalar_one_or_none()


def stood_in(record: Record, touchpoint_id: int, seat: Seat, person_id: int, at: datetime) -> bool:
    """Did this person act for the principal on that seat at that moment?"""
    query = select(col(Delegation.id)).where(
        col(Delegation.organization_id) == record.organization_id,
        col(Delegation.touchpoint_id) == touchpoint_id,
        col(Delegation.seat) == seat,
        col(Delegation.person_id) == person_id,
        col(Delegation.given_at) <= at,
        col(Delegation.until) >= at.date() - timedelta(days=1),
        or_(col(Delegation.ended_at).is_(None), col(Delegation.ended_at) >= at),
    )
    return record.session.execute(query.limit(1)).first() is not None


def lent(record: Record, touchpoint_id: int, *, today: date) -> list[Delegation]:
    """Everybody who stands in there."""
    query = _active(record, today).where(col(Delegation.touchpoint_id) == touchpoint_id)
    return list(record.session.execute(query.order_by(col(Delegation.id))).scalars())


def seat_of(record: Record, touchpoint: Touchpoint, person_id: int, *, today: date) -> Seat | None:
    """On which chair this person acts: their own, or one that was lent to them."""
    lent = (one.seat for one in standing_in(record, person_id, today=today) if one.touchpoint_id == touchpoint.id)
    return touchpoint.seat_of(person_id) or next(lent, None)


def _active(record: Record, today: date) -> Select[Delegation]:
    return select(Delegation).where(
        col(Delegation.organization_id) == record.organization_id,
        col(Delegation.until) >= today,
        col(Delegation.ended_at).is_(None),
    )
