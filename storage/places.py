"""Conversations: where the bot can speak, how its adapter reaches them, and whether it still can."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select, update
from sqlmodel import Field, Session, SQLModel, col

from storage.unit_of_work import Record


class Conversation(SQLModel, table=True):
    """An address and its adapter's own `reference` (JSON). `unreachable_since` is set by a refusal that is final.

    `outsiders_since` says since when people of other companies can read there; None where none can, as far as is known.
    `added_by` is the account of who put the bot there, if the platform said so.
    """

    address: str = Field(primary_key=True, max_length=400)
    organization_id: int = Field(foreign_key="organization.id", index=True)
    title: str = Field(default="")
    reference: str = Field(default="")
    unreachable_since: datetime | None = Field(default=None)
    unreachable_because: str = Field(default="")
    outsiders_since: datetime | None = Field(default=None)
    added_by: str = Field(default="", max_length=300)


def remember(record: Record, address: str, *, reference: str = "", title: str = "", added_by: str = "") -> Conversation:
    """The bot was heard from there: it is reachable, by this reference."""
    place = record.session.get(Conversation, address)
    if place is None:
        place = Conversation(address=address, organization_id=record.organization_id)
        record.session.add(place)
    place.organization_id = record.organization_id
    place.reference = reference or place.reference
    place.title = title or place.title
    place.added_by = added_by or place.added_by
    place.unreachable_since, place.unreachable_because = None, ""
    return place


def lose(record: Record, address: str, because: str) -> bool:
    """Nothing more can be sent there. True the first time: then somebody should be told."""
    place = record.session.get(Conversation, address) or remember(record, address)
    if place.organization_id != record.organization_id:
        return False
    first = place.unreachable_since is None
    if first:
        place.unreachable_since, place.unreachable_because = record.now, because
    return first


def is_lost(record: Record, address: str) -> bool:
    """Was it found that nothing can be sent there?"""
    return lost_since(record, address) is not None


def lost_since(record: Record, address: str) -> datetime | None:
    """When it was found that nothing can be sent there."""
    place = record.session.get(Conversation, address)
    ours = place is not None and place.organization_id == record.organization_id
    return place.unreachable_since if place and ours else None


def open_up(record: Record, address: str, *, outsiders: bool) -> bool:
    """People of other companies can read there from now on, or none can any more. True if that is news."""
    place = record.session.get(Conversation, address)
    if place is None or place.organization_id != record.organization_id:
        return False
    news = (place.outsiders_since is not None) != outsiders
    if news:
        place.outsiders_since = record.now if outsiders else None
    return news


def is_open(record: Record, address: str) -> bool:
    """Can people of other companies read there?"""
    place = record.session.get(Conversation, address)
    return place is not None and place.organization_id == record.organization_id and place.outsiders_since is not None


def reference(session: Session, address: str) -> str | None:
    """How its adapter reaches it."""
    place = session.get(Conversation, address)
    return place.reference if place and place.reference else None


def added_by(record: Record, accounts: Collection[str]) -> list[Conversation]:
    """Where one of these accounts put the bot, and it still can speak; by title."""
    query = select(Conversation).where(
        col(Conversation.organization_id) == record.organization_id,
        col(Conversation.added_by).in_(accounts),
        col(Conversation.unreachable_since).is_(None),
    )
    return list(record.session.execute(query.order_by(col(Conversation.title), col(Conversation.address))).scalars())


def forget_who_added(record: Record, accounts: Collection[str]) -> None:
    """These accounts are of nobody any more."""
    theirs = (col(Conversation.organization_id) == record.organization_id, col(Conversation.added_by).in_(accounts))
    done = update(Conversation).where(*theirs).values(added_by="")
    record.session.execute(done.execution_options(synchronize_session=False))
