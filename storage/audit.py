"""The append-only log: every change leaves one event, chained to the one before it, in the transaction of the change."""

from datetime import datetime

from sqlalchemy import insert, select, update
from sqlmodel import Field, SQLModel, col

from agenda.audit import GENESIS, canonical, link_hash
from storage.unit_of_work import Record


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


def append(record: Record, event: str, **facts: object) -> None:
    """`append(record, "risk.added", risk=7)`: keep ids and what changed; the hash covers all of it and the link before."""
    head = AuditHead.__table__  # type: ignore[attr-defined]
    query = select(head.c.number, head.c.hash).where(head.c.organization_id == record.organization_id).with_for_update()
    last = record.session.execute(query).first()
    number, prev_hash = (last[0] + 1, last[1]) if last else (1, GENESIS)
    body = canonical(facts)
    new_hash = link_hash(prev_hash=prev_hash, number=number, at=record.now, actor=record.actor, event=event, facts=body)
    record.session.execute(
        insert(AuditEvent).values(
            organization_id=record.organization_id,
            number=number,
            at=record.now,
            actor=record.actor,
            event=event,
            facts=body,
            prev_hash=prev_hash,
            hash=new_hash,
        )
    )
    values = {"number": number, "hash": new_hash}
    if last is None:
        record.session.execute(insert(head).values(organization_id=record.organization_id, **values))
    else:
        record.session.execute(update(head).where(head.c.organization_id == record.organization_id).values(**values))


def events(record: Record) -> list[AuditEvent]:
    """The whole chain, in order."""
    query = (
        select(AuditEvent)
        .where(col(AuditEvent.organization_id) == record.organization_id)
        .order_by(col(AuditEvent.number))
    )
    return list(record.session.execute(query).scalars())
