"""Touchpoints, and who sits on which chair of them."""

from sqlalchemy import or_, select, update
from sqlmodel import Field, SQLModel, col

from agenda.touchpoints import Seat, TouchpointFields
from storage.people import Person, accounts_of
from storage.unit_of_work import Record


class Touchpoint(TouchpointFields, SQLModel, table=True):
    """The rules' fields, and its two principals."""

    id: int | None = Field(default=None, primary_key=True)
    organization_id: int = Field(foreign_key="organization.id", index=True)
    cio_id: int = Field(foreign_key="person.id", index=True)
    ciso_id: int = Field(foreign_key="person.id", index=True)

    def principal(self, seat: Seat) -> int:
        """Who sits there."""
        return self.cio_id if seat is Seat.CIO else self.ciso_id

    def seat_of(self, person_id: int) -> Seat | None:
        """Which chair is theirs, if any."""
        return Seat.CIO if person_id == self.cio_id else Seat.CISO if person_id == self.ciso_id else None

    @property
    def key(self) -> int:
        """The primary key of a flushed row."""
        assert self.id is not None
        return self.id


def add(record: Record, touchpoint: Touchpoint) -> Touchpoint:
    """Keep a new one."""
    record.session.add(touchpoint)
    record.session.flush()
    return touchpoint


def get(record: Record, touchpoint_id: int) -> Touchpoint:
    """Raises `LookupError`: ids come from the record."""
    found = record.session.get(Touchpoint, touchpoint_id)
    if found is None or found.organization_id != record.organization_id:
        raise LookupError(f"touchpoint {touchpoint_id}")
    return found


def at_home(record: Record, conversation: str) -> Touchpoint | None:
    """The one whose home this conversation is."""
    query = select(Touchpoint).where(
        col(Touchpoint.organization_id) == record.organization_id, col(Touchpoint.home) == conversation
    )
    return record.session.execute(query).scalars().first()


def of_person(record: Record, person_id: int) -> list[Touchpoint]:
    """Those on whose chairs this person sits."""
    query = (
        select(Touchpoint)
        .where(
            col(Touchpoint.organization_id) == record.organization_id,
            or_(col(Touchpoint.cio_id) == person_id, col(Touchpoint.ciso_id) == person_id),
        )
        .order_by(col(Touchpoint.id))
    )
    return list(record.session.execute(query).scalars())


def every(record: Record) -> list[Touchpoint]:
    """All of the organization's."""
    query = (
        select(Touchpoint).where(col(Touchpoint.organization_id) == record.organization_id).order_by(col(Touchpoint.id))
    )
    return list(record.session.execute(query).scalars())


def principals(record: Record, touchpoint: Touchpoint) -> dict[Seat, Person]:
    """Who sits on the two chairs."""
    people = {}
    for seat in Seat:
        person = record.session.get(Person, touchpoint.principal(seat))
        assert person is not None
        people[seat] = person
    return people


def audience(record: Record, touchpoint: Touchpoint) -> list[str]:
    """Where its cards go: home, and the direct chat of a principal who has no account on home's platform."""
    platform = touchpoint.home.split(":", 1)[0]
    places = [touchpoint.home]
    for seat in Seat:
        accounts = accounts_of(record, touchpoint.principal(seat))
        if accounts and not any(account.startswith(f"{platform}:") for account in accounts):
            places.append(accounts[0])
    return places


def reseat(record: Record, *, gone: int, into: int) -> None:
    """Whoever sat as `gone` sits as `into`."""
    for column in (Touchpoint.cio_id, Touchpoint.ciso_id):
        record.session.execute(
            update(Touchpoint)
            .where(col(Touchpoint.organization_id) == record.organization_id, col(column) == gone)
            .values({col(column): into})
        )
    record.session.expire_all()
