"""Who else may read a touchpoint's record, and who may add to it."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Index, bindparam, select, text
from sqlmodel import Field, Session, col

from agenda.columns import stored
from agenda.roles import Role
from storage import rows
from storage.rows import Sealed
from storage.unit_of_work import Record

STANDS = text("ended_at IS NULL")


class Membership(Sealed, table=True):
    """A member or a viewer of one touchpoint, until `ended_at`."""

    __table_args__ = (
        Index(
            "uq_membership_stands",
            "touchpoint_id",
            "person_id",
            unique=True,
            sqlite_where=STANDS,
            postgresql_where=STANDS,
        ),
    )

    touchpoint_id: int = Field(foreign_key="touchpoint.id")
    person_id: int = Field(foreign_key="person.id", index=True)
    role: Role = Field(sa_type=stored(Role))
    given_by_id: int = Field(foreign_key="person.id")
    given_at: datetime
    ended_at: datetime | None = Field(default=None)


OF_PEOPLE = (
    select(Membership)
    .where(col(Membership.person_id).in_(bindparam("person_ids", expanding=True)), col(Membership.ended_at).is_(None))
    .order_by(col(Membership.id))
)


def of_person(record: Record, person_id: int) -> list[Membership]:
    """Where this person is a member or a viewer."""
    return rows.of(record, of_people, person_id)


def of_people(session: Session, person_ids: Collection[int]) -> dict[int, list[Membership]]:
    """The same, for several."""
    found: dict[int, list[Membership]] = {person_id: [] for person_id in person_ids}
    for one in session.execute(OF_PEOPLE, {"person_ids": list(person_ids)}).scalars():
        found[one.person_id].append(one)
    return found


def of_touchpoint(record: Record, touchpoint_id: int) -> list[Membership]:
    """Who is a member or a viewer there, in the order in which they were let in."""
    query = (
        select(Membership)
        .where(
            col(Membership.organization_id) == record.organization_id,
            col(Membership.touchpoint_id) == touchpoint_id,
            col(Membership.ended_at).is_(None),
        )
        .order_by(col(Membership.id))
    )
    return list(record.session.execute(query).scalars())


def standing(record: Record, touchpoint_id: int, person_id: int) -> Membership | None:
    """What this person is there beside the chairs, if anything."""
    return next((one for one in of_person(record, person_id) if one.touchpoint_id == touchpoint_id), None)


def doubles(record: Record, *, gone: int, into: int) -> list[Membership]:
    """Of two who turned out to be one: the weaker role wherever both were let in."""
    both = [(one, standing(record, one.touchpoint_id, into)) for one in of_person(record, gone)]
    return [other if one.role is Role.MEMBER else one for one, other in both if other]
