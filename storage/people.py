"""Organizations, the platforms' tenants that belong to them, persons and their accounts."""

from collections.abc import Collection
from datetime import datetime, time
from typing import Final

from sqlalchemy import Select, String, bindparam, func, literal, select, text, update
from sqlmodel import Field, Session, SQLModel, col

from storage import homes, rows
from storage.deliveries import Delivery
from storage.inbox import InboxMark
from storage.installations import Installation
from storage.places import Conversation
from storage.rows import Row
from storage.unit_of_work import Record, once


class Organization(SQLModel, table=True):
    """One customer. `ahead` is how many seconds its clock runs ahead: only the playground's ever does."""

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(default="", max_length=200)
    ahead: int = 0
    created_at: datetime

    @property
    def key(self) -> int:
        """The primary key. Raises `LookupError` for an organization that was never written."""
        if self.id is None:
            raise LookupError("the organization was not written yet")
        return self.id


SAMPLE: Final = "sample"
"""The platform of the sample organization, which is made up (`storage.samples`)."""


class Tenant(SQLModel, table=True):
    """A Slack workspace or a Microsoft 365 tenant: `slack:T1`. An organization may have several."""

    address: str = Field(primary_key=True, max_length=200)
    organization_id: int = Field(foreign_key="organization.id", index=True)


class Person(Row, table=True):
    """A human. `merged_into_id` points on, where two turned out to be one.

    Their working day runs from `begins` to `ends` in their own zone, on `days` (`MO,TU,…`). `muted` are the kinds of nudge
    that they do not want, with commas between.
    """

    name: str = Field(default="")
    zone: str = Field(default="", max_length=64)
    begins: time = time(9, 0)
    ends: time = time(17, 0)
    days: str = Field(default="MO,TU,WE,TH,FR", max_length=20)
    muted: str = Field(default="", max_length=100)
    admin: bool = False
    left_at: datetime | None = Field(default=None)
    merged_into_id: int | None = Field(default=None, foreign_key="person.id")

    @property
    def mutes(self) -> frozenset[str]:
        """The kinds of nudge that they do not want."""
        return frozenset(self.muted.split(",")) - {""}

    @property
    def called(self) -> str:
        """What cards call them."""
        return self.name or f"person {self.id}"


class Account(SQLModel, table=True):
    """A person on one platform: `slack:T1/U1`. `seen_at` is kept where they have several: the newest is where they were last.

    An `outsider` gets nothing through it: a guest's, a stranger's, and one that was switched off.
    """

    address: str = Field(primary_key=True, max_length=300)
    organization_id: int = Field(foreign_key="organization.id", index=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    outsider: bool = False
    seen_at: datetime


def organization_of(session: Session, tenant: str) -> Organization | None:
    """Whose tenant it is."""
    return session.execute(_of_tenant(tenant)).scalar_one_or_none()


def _of_tenant(tenant: str) -> Select[Organization]:
    return select(Organization).join(Tenant).where(col(Tenant.address) == tenant)


def made_up() -> Select[int]:
    """The keys of the organizations that are samples: nothing leaves the house for them or about them."""
    return select(col(Tenant.organization_id)).where(col(Tenant.address).startswith(f"{SAMPLE}:"))


def found_organization(session: Session, tenant: str, now: datetime) -> Organization:
    """A new organization for a tenant that nobody knew. Of two that come at once the second gets the first one's."""
    organization = Organization(created_at=now)
    session.add(organization)
    session.flush()
    connection = session.connection()
    joins = {"address": tenant, "organization_id": organization.key}
    if connection.execute(once(connection.dialect.name, Tenant), joins).rowcount == 1:
        return organization
    session.delete(organization)
    session.flush()
    first: Organization = session.execute(_of_tenant(tenant)).scalar_one()
    return first


def tenants(record: Record) -> list[str]:
    """The platforms' tenants that belong to this organization."""
    query = select(col(Tenant.address)).where(col(Tenant.organization_id) == record.organization_id)
    return list(record.session.execute(query).scalars())


def account(record: Record, address: str) -> Account | None:
    """One account of this organization."""
    found = record.session.get(Account, address)
    return found if found and found.organization_id == record.organization_id else None


def person_at(record: Record, address: str) -> Person | None:
    """Whose account it is."""
    found = account(record, address)
    return rows.get(record, Person, found.person_id) if found else None


def meet(record: Record, address: str, *, name: str = "", zone: str = "", outsider: bool = False) -> Person:
    """The person behind an account, known from now on; what the platform newly says of them is kept."""
    known = account(record, address)
    if known is None:
        # Two requests of a newcomer may come at once: the second waits here, and then finds what the first one wrote.
        record.session.get(Organization, record.organization_id, with_for_update=True)
        known = account(record, address)
    if known is None:
        somebody = Person(organization_id=record.organization_id, name=name, zone=zone)
        rows.add(record, somebody)
        record.session.add(
            Account(
                address=address,
                organization_id=record.organization_id,
                person_id=somebody.key,
                outsider=outsider,
                seen_at=record.now,
            )
        )
        record.session.flush()
        return somebody
    known.outsider = outsider
    somebody = rows.get(record, Person, known.person_id)
    somebody.name = name or somebody.name
    somebody.zone = zone or somebody.zone
    return somebody


NAME = select(col(Person.name)).where(
    col(Person.organization_id) == bindparam("organization_id"), col(Person.id) == bindparam("person_id")
)


def called(record: Record, person_id: int) -> str:
    """What cards call them."""
    if person_id not in record.names:
        values = {"organization_id": record.organization_id, "person_id": person_id}
        record.names[person_id] = record.execute(NAME, values).scalar_one() or f"person {person_id}"
    return record.names[person_id]


LAST_USED = text(
    "SELECT address FROM account WHERE organization_id = :organization_id AND person_id = :person_id AND NOT outsider"
    " ORDER BY seen_at DESC, address LIMIT 1"
)


def last_used(record: Record, person_id: int) -> str | None:
    """The account on which they were last, a guest's aside."""
    found: str | None = record.execute(
        LAST_USED, {"organization_id": record.organization_id, "person_id": person_id}
    ).scalar()
    return found


def seen(record: Record, address: str) -> None:
    """From now on this is where they were last."""
    if one := account(record, address):
        one.seen_at = record.now


def hand_over(record: Record, address: str, person_id: int) -> None:
    """This account is that person's from now on."""
    if one := account(record, address):
        one.person_id = person_id
        record.session.flush()


def accounts_of(record: Record, person_id: int) -> list[str]:
    """Their accounts, the one they last used first."""
    query = (
        select(col(Account.address))
        .where(col(Account.organization_id) == record.organization_id, col(Account.person_id) == person_id)
        .order_by(col(Account.seen_at).desc(), col(Account.address))
    )
    return list(record.session.execute(query).scalars())


REACHED = (
    select(Account)
    .join(Person, col(Person.id) == col(Account.person_id))
    .where(
        col(Account.person_id).in_(bindparam("person_ids", expanding=True)),
        col(Account.outsider).is_(False),
        col(Person.left_at).is_(None),
    )
    .order_by(col(Account.seen_at).desc(), col(Account.address))
)


def reached_at(record: Record, person_id: int) -> list[str]:
    """Where something may be said to them, the account they last used first: nowhere as a guest, or once they left."""
    return [one.address for one in rows.of(record, reached, person_id)]


def reached(session: Session, person_ids: Collection[int]) -> dict[int, list[Account]]:
    """The same accounts, of several people."""
    found: dict[int, list[Account]] = {person_id: [] for person_id in person_ids}
    for one in session.execute(REACHED, {"person_ids": list(person_ids)}).scalars():
        found[one.person_id].append(one)
    return found


def is_here(record: Record, person_id: int) -> bool:
    """Have they an account that is no guest's, and have they not left?"""
    return bool(reached_at(record, person_id))


def everybody(record: Record) -> list[tuple[Person, Account]]:
    """Every person who is still here, with each account."""
    query = (
        select(Person, Account)
        .join(Account, col(Account.person_id) == col(Person.id))
        .where(
            col(Person.organization_id) == record.organization_id,
            col(Person.left_at).is_(None),
            col(Account.outsider).is_(False),
        )
        .order_by(col(Person.name))
    )
    return [(row[0], row[1]) for row in record.session.execute(query)]


def has_admin(record: Record) -> bool:
    """Has anybody become its admin yet?"""
    query = select(col(Person.id)).where(
        col(Person.organization_id) == record.organization_id, col(Person.admin), col(Person.left_at).is_(None)
    )
    return record.session.execute(query.limit(1)).first() is not None


def admins(record: Record) -> list[int]:
    """Who runs the bot here."""
    query = select(col(Person.id)).where(
        col(Person.organization_id) == record.organization_id, col(Person.admin), col(Person.left_at).is_(None)
    )
    return [person_id for person_id in record.session.execute(query).scalars() if person_id is not None]


def move_tenant(record: Record, from_organization: int) -> None:
    """Bring a tenant with its people, accounts and conversations into this organization; the one they leave must be empty.

    What was done there already comes along, so that a request which moves a tenant moves it once; and what they are owed, or
    was sent to them, their homes above all.
    """
    for table in (Tenant, Installation, Person, Account, Conversation, InboxMark, Delivery):
        record.session.execute(
            update(table)
            .where(col(table.organization_id) == from_organization)
            .values(organization_id=record.organization_id)
            .execution_options(synchronize_session=False)
        )
    theirs, ours = f"{from_organization}:", f"{record.organization_id}:"  # `once` is unique within the organization.
    once_here = literal(ours, String) + func.substr(col(Delivery.once), len(theirs) + 1)
    brought = (col(Delivery.organization_id) == record.organization_id, col(Delivery.once).startswith(theirs))
    moved = update(Delivery).where(*brought).values(once=once_here)
    record.session.execute(moved.execution_options(synchronize_session=False))
    homes.outdate(record)
    record.session.expire_all()
