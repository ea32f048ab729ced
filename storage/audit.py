"""The append-only log: every change leaves one event, chained to the one before it, in the transaction of the change."""

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlmodel import Field, SQLModel, col

from agenda.audit import GENESIS, canonical, link_hash
from storage.unit_of_work import Record, insert_once


class AuditHead(SQLModel, table=True):
    """The last link of an organization's chain; its row lock orders concurrent writers."""

    __tablename__ = "audit_head"

    organization_id: int = Field(foreign_key="organization.id", primary_key=True)
    number: int
    hash: str = Field(max_length=64)


class AuditEvent(SQLModel, table=True):
    """One change: who did what to what. `facts` is canonical JSON."""

    __tablename__ = "audit_event"

    organization_id: int = Field(foreign_key="organization.id", primary_key=True)
    number: int = Field(primary_key=True)
    at: datetime
    actor: str = Field(max_length=300)
    event: str = Field(max_length=60)
    facts: str
    prev_hash: str = Field(max_length=64)
    hash: str = Field(max_length=64)


HEADS = AuditHead.__table__  # type: ignore[attr-defined]  # every table class has one
EVENTS = AuditEvent.__table__  # type: ignore[attr-defined]
HEAD = (
    select(HEADS.c.number, HEADS.c.hash)
    .where(HEADS.c.organization_id == bindparam("organization_id"))
    .with_for_update()
)
MOVE_HEAD = update(HEADS).where(HEADS.c.organization_id == bindparam("whose"))
APPEND = insert(EVENTS)


def append(record: Record, event: str, **facts: object) -> None:
    """`append(record, "risk.added", risk=7)`: keep ids and what changed; the hash covers all of it and the link before."""
    last = record.execute(HEAD, {"organization_id": record.organization_id}).first()
    if last is None:  # Of two first writers one inserts the head, and the other waits for it.
        insert_once(record, AuditHead, organization_id=record.organization_id, number=0, hash=GENESIS)
        last = record.execute(HEAD, {"organization_id": record.organization_id}).one()
    number, prev_hash = last.number + 1, last.hash
    body = canonical(facts)
    link: dict[str, Any] = {
        "actor": record.actor,
        "event": event,
        "facts": body,
        "number": number,
        "prev_hash": prev_hash,
    }
    hashed = link_hash(at=record.now, **link)
    record.execute(APPEND, {"organization_id": record.organization_id, "at": record.now, "hash": hashed, **link})
    record.execute(MOVE_HEAD, {"whose": record.organization_id, "number": number, "hash": hashed})


def events(record: Record) -> list[AuditEvent]:
    """The whole chain, in order."""
    query = (
        select(AuditEvent)
        .where(col(AuditEvent.organization_id) == record.organization_id)
        .order_by(col(AuditEvent.number))
    )
    return list(record.session.execute(query).scalars())
