"""Who changed a row last, as the audit log says."""

import json

from sqlalchemy import select
from sqlmodel import col

from storage.audit import AuditEvent
from storage.rows import Row, name_of
from storage.unit_of_work import Record

LATELY = 300  # events: a form is not open for longer than that


def last_changer(record: Record, row: Row) -> int | None:
    """The person whose event sealed it last; nobody where that was long ago, or was no person."""
    query = select(col(AuditEvent.actor), col(AuditEvent.facts)).where(
        col(AuditEvent.organization_id) == record.organization_id
    )
    sealed = f"{name_of(type(row))}/{row.key}"
    for actor, facts in record.session.execute(query.order_by(col(AuditEvent.number).desc()).limit(LATELY)):
        if sealed in json.loads(facts).get("rows", {}):
            kind, _slash, key = actor.partition("/")
            return int(key) if kind == "person" and key.isdecimal() else None
    return None
