"""The short-lived, single-use codes that join a second platform, or a person's second account, to the first."""

from datetime import datetime
from enum import StrEnum
from hashlib import sha256

from sqlmodel import Field, Session, SQLModel

from agenda.columns import stored
from storage.unit_of_work import Record


class Joins(StrEnum):
    """What entering the code brings together."""

    ORGANIZATION = "organization"
    PERSON = "person"


class LinkCode(SQLModel, table=True):
    """Kept by its hash alone, so that the record never holds a code that still works."""

    __tablename__ = "link_code"

    hash: str = Field(primary_key=True, max_length=64)
    organization_id: int = Field(foreign_key="organization.id", index=True)
    person_id: int = Field(foreign_key="person.id")
    joins: Joins = Field(sa_type=stored(Joins))
    expires_at: datetime
    used_at: datetime | None = Field(default=None)


def hashed(code: str) -> str:
    """However it was typed: case and dashes do not matter."""
    return sha256(code.replace("-", "").strip().upper().encode()).hexdigest()


def issue(record: Record, code: str, *, person_id: int, joins: Joins, expires_at: datetime) -> None:
    """Keep a new code."""
    record.session.add(
        LinkCode(
            hash=hashed(code),
            organization_id=record.organization_id,
            person_id=person_id,
            joins=joins,
            expires_at=expires_at,
        )
    )


def valid(session: Session, code: str, now: datetime) -> LinkCode | None:
    """The code, of whichever organization, if it can still be used. The row stays locked until the transaction ends."""
    found = session.get(LinkCode, hashed(code), with_for_update=True)
    return found if found and found.used_at is None and found.expires_at > now else None
