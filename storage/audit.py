"""The append-only log: every change leaves one event, chained to the one before it, in the transaction of the change.

A handler tells events; the end of its transaction chains them, all in one go, and seals the rows that were changed on the last
one (`storage.seals`). An event never holds what a person wrote or is called: it can never be forgotten again.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Any, TypedDict

from sqlalchemy import bindparam, insert, select, text, update
from sqlmodel import Field, SQLModel, col

from agenda.audit import GENESIS, Head, canonical, link_hash
from storage import seals

if TYPE_CHECKING:  # A transaction knows this module, because it ends here.
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


class Told(TypedDict):
    """An event that waits for the end of its transaction."""

    at: datetime
    actor: str
    event: str
    facts: dict[str, object]


HEADS = AuditHead.__table__  # type: ignore[attr-defined]  # every table class has one
EVENTS = AuditEvent.__table__  # type: ignore[attr-defined]
HEAD = select(HEADS.c.number, HEADS.c.hash).where(HEADS.c.organization_id == bindparam("organization_id"))
LOCKED_HEAD = HEAD.with_for_update()
FIRST_HEAD = text(
    "INSERT INTO audit_head (organization_id, number, hash) VALUES (:organization_id, 0, :hash) ON CONFLICT DO NOTHING"
)
MOVE_HEAD = update(HEADS).where(HEADS.c.organization_id == bindparam("whose"))
APPEND = insert(EVENTS)


def append(record: "Record", event: str, **facts: object) -> None:
    """`append(record, "risk.added", risk=7)`: ids, numbers, days, states, hashes; never what a person wrote or is called."""
    record.told.append({"at": record.now, "actor": record.actor, "event": event, "facts": facts})


def chain(record: "Record") -> bool:
    """The end of a transaction: what was told is written, one link after the other, with the seals of what was changed.

    True where something of the record was changed.
    """
    sealed = list(seals.taken(record).items())
    for start in range(0, len(sealed), seals.AT_ONCE):
        if start or not record.told:
            append(record, "record.changed")
        record.told[-1]["facts"]["rows"] = dict(sealed[start : start + seals.AT_ONCE])
    if record.told:
        _write(record, record.told)
        record.told.clear()
    return bool(sealed)


def _write(record: "Record", told: list[Told]) -> None:
    execute, whose = record.transaction.connection.execute, record.organization_id
    last, links = _locked_head(record), list[dict[str, Any]]()
    for one in told:
        link: dict[str, Any] = {
            **one,
            "facts": canonical(one["facts"]),
            "number": last.number + 1,
            "prev_hash": last.hash,
        }
        last = Head(last.number + 1, link_hash(**link))
        links.append({**link, "organization_id": whose, "hash": last.hash})
    execute(APPEND, links)
    execute(MOVE_HEAD, {"whose": whose, "number": last.number, "hash": last.hash})


def _locked_head(record: "Record") -> Head:
    """Whoever else writes in this organization waits from here on. Of two first writers one inserts it, and the other waits."""
    execute, whose = record.transaction.connection.execute, {"organization_id": record.organization_id}
    last = execute(LOCKED_HEAD, whose).first()
    if last is None:
        execute(FIRST_HEAD, {**whose, "hash": GENESIS})
        last = execute(LOCKED_HEAD, whose).one()
    return Head(last.number, last.hash)


def head(record: "Record") -> Head:
    """The last link, without what this transaction will add."""
    last = record.execute(HEAD, {"organization_id": record.organization_id}).first()
    return Head(last.number, last.hash) if last else Head()


def events(record: "Record") -> list[AuditEvent]:
    """The whole chain, in order."""
    query = (
        select(AuditEvent)
        .where(col(AuditEvent.organization_id) == record.organization_id)
        .order_by(col(AuditEvent.number))
    )
    return list(record.session.execute(query).scalars())
