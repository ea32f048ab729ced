"""Touchpoints, and who sits on which chair of them."""

from collections.abc import Collection

from sqlalchemy import Engine, bindparam, or_, select
from sqlmodel import Field, Session, col

from agenda.touchpoints import Seat, TouchpointFields
from storage import places, rows
from storage.people import Organization, Person, reached_at
from storage.rows import Sealed
from storage.unit_of_work import Record, transaction


class Touchpoint(TouchpointFields, Sealed, table=True):
    """The rules' fields, and its two principals."""

    cio_id: int = Field(foreign_key="person.id", index=True)
    ciso_id: int = Field(foreign_key="person.id", index=True)

    def principal(self, seat: Seat) -> int:
        """Who sits there."""
        return self.cio_id if seat is Seat.CIO else self.ciso_id

    def seat_of(self, person_id: int) -> Seat | None:
        """Which chair is theirs, if any."""
        return Seat.CIO if person_id == self.cio_id else Seat.CISO if person_id == self.ciso_id else None


OF_PEOPLE = (
    select(Touchpoint)
    .where(
        or_(
            col(Touchpoint.cio_id).in_(bindparam("person_ids", expanding=True)),
            col(Touchpoint.ciso_id).in_(bindparam("person_ids", expanding=True)),
        )
    )
    .order_by(col(Touchpoint.id))
)


def at_home(record: Record, conversation: str) -> Touchpoint | None:
    """The one whose home this conversation is."""
    query = select(Touchpoint).where(
        col(Touchpoint.organization_id) == record.organization_id, col(Touchpoint.home) == conversation
    )
    return record.session.execute(query).scalars().first()


def of_person(record: Record, person_id: int) -> list[Touchpoint]:
    """Those on whose chairs this person sits."""
    return rows.of(record, of_people, person_id)


def of_people(session: Session, person_ids: Collection[int]) -> dict[int, list[Touchpoint]]:
    """The same, for several."""
    seated: dict[int, list[Touchpoint]] = {person_id: [] for person_id in person_ids}
    for touchpoint in session.execute(OF_PEOPLE, {"person_ids": list(person_ids)}).scalars():
        for person_id in {touchpoint.cio_id, touchpoint.ciso_id} & seated.keys():
            seated[person_id].append(touchpoint)
    return seated


def every(record: Record) -> list[Touchpoint]:
    """All of the organization's."""
    query = (
        select(Touchpoint).where(col(Touchpoint.organization_id) == record.organization_id).order_by(col(Touchpoint.id))
    )
    return list(record.session.execute(query).scalars())


def everywhere(session: Session) -> list[tuple[Organization, int]]:
    """Every touchpoint there is, by its key, and whose it is."""
    query = select(Organization, col(Touchpoint.id)).join(
        Touchpoint, col(Touchpoint.organization_id) == col(Organization.id)
    )
    found = session.execute(query.order_by(col(Organization.id), col(Touchpoint.id)))
    return [(organization, touchpoint_id) for organization, touchpoint_id in found]


def in_open_homes(engine: Engine) -> list[int]:
    """The keys of all that live where people of other companies can read, whosever they are."""
    home = col(Touchpoint.home) == col(places.Conversation.address)
    query = select(col(Touchpoint.id)).join(places.Conversation, home)
    with transaction(engine, writes=False) as session:
        found = session.execute(query.where(col(places.Conversation.outsiders_since).is_not(None)))
        return sorted(key for key in found.scalars() if key)


def principals(record: Record, touchpoint: Touchpoint) -> dict[Seat, Person]:
    """Who sits on the two chairs."""
    return {seat: rows.get(record, Person, touchpoint.principal(seat)) for seat in Seat}


def audience(record: Record, touchpoint: Touchpoint) -> list[str]:
    """Where its cards go: home, and the direct chat of a principal who has no account on home's platform.

    Where people of other companies read the home, nothing of the record goes there: both have it in their direct chats.
    """
    platform, is_open = touchpoint.home.split(":", 1)[0], places.is_open(record, touchpoint.home)
    found = [] if is_open else [touchpoint.home]
    for seat in Seat:
        # Always the same chat, wherever they were last: in another one it would be posted once more.
        accounts = sorted(reached_at(record, touchpoint.principal(seat)))
        there = [account for account in accounts if account.startswith(f"{platform}:")]
        found += [] if there and not is_open else (there or accounts)[:1]
    return found
