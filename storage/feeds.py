"""Secret addresses from which a person's calendar is read: known by their hash alone, one of each person at a time."""

from datetime import datetime
from hashlib import sha256

from sqlalchemy import Index, select, text, update
from sqlmodel import Field, Session, col

from storage import rows
from storage.people import Person
from storage.rows import Row
from storage.syncs import Sync
from storage.unit_of_work import Record


class CalendarFeed(Row, table=True):
    """Kept by its hash, so that the record never holds an address that works. The token has 256 bits: no salt is needed."""

    __tablename__ = "calendar_feed"
    __table_args__ = (
        Index(
            "uq_calendar_feed_standing",
            "organization_id",
            "person_id",
            unique=True,
            sqlite_where=text("revoked_at IS NULL"),
            postgresql_where=text("revoked_at IS NULL"),
        ),
    )

    person_id: int = Field(foreign_key="person.id", index=True)
    token_hash: str = Field(max_length=64, unique=True)
    made_at: datetime
    revoked_at: datetime | None = Field(default=None)


def hashed(token: str) -> str:
    """What is kept of a token."""
    return sha256(token.encode()).hexdigest()


def issue(record: Record, person_id: int, token: str) -> CalendarFeed:
    """Keep a new one. The one before it stops working at the same moment."""
    rows.find(record, Person, person_id, for_update=True)  # Two who ask at once come one after the other.
    revoke(record, person_id)
    feed = CalendarFeed(
        organization_id=record.organization_id, person_id=person_id, token_hash=hashed(token), made_at=record.now
    )
    return rows.add(record, feed)


def standing(record: Record, person_id: int) -> CalendarFeed | None:
    """The one that works, if there is one."""
    query = select(CalendarFeed).where(
        col(CalendarFeed.organization_id) == record.organization_id,
        col(CalendarFeed.person_id) == person_id,
        col(CalendarFeed.revoked_at).is_(None),
    )
    return record.session.execute(query).scalar_one_or_none()


def revoke(record: Record, person_id: int) -> CalendarFeed | None:
    """Stop the one that works. Returns it, if there was one."""
    feed = standing(record, person_id)
    if feed:
        feed.revoked_at = record.now
        record.session.flush()
    return feed


def hand_over(record: Record, *, gone: int, into: int) -> None:
    """Two turned out to be one: their calendar goes on, unless the one who stays has one already."""
    if standing(record, into):
        revoke(record, gone)
    record.session.execute(
        update(CalendarFeed)
        .where(col(CalendarFeed.organization_id) == record.organization_id, col(CalendarFeed.person_id) == gone)
        .values(person_id=into)
    )


def by_token(session: Session, token: str) -> CalendarFeed | None:
    """The feed, of whichever organization, if it still works."""
    query = select(CalendarFeed).where(
        col(CalendarFeed.token_hash) == hashed(token), col(CalendarFeed.revoked_at).is_(None)
    )
    return session.execute(query).scalar_one_or_none()


def sync_by_key(session: Session, key: str) -> Sync | None:
    """The sync, of whichever organization, that this key was made for. One that was planned before there were keys has none."""
    if not key:
        return None
    return session.execute(select(Sync).where(col(Sync.calendar_key) == key)).scalar_one_or_none()
