"""The sample organization, which is made up: found, named while it is being written, and taken out again. Nothing else ever is.

When it goes, every row of it goes, in one transaction: what refers to others before what is referred to. Its audit log goes
with it; those of others do not know that it was there. Its head is kept nowhere (`storage.verify.heads`), because the next
organization may get its number.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Engine, delete, select, text, update
from sqlmodel import col

from agenda.errors import NotAllowed
from storage import claims, people, tables
from storage.deliveries import Delivery, Owed
from storage.people import SAMPLE, Organization
from storage.unit_of_work import Record, transaction, unit_of_work

UNFINDABLE: Final = {
    "sqlite": text(
        "DELETE FROM search_text WHERE rowid IN (SELECT id FROM search_entry WHERE organization_id = :whose)"
    ),
    "postgresql": text(
        "DELETE FROM search_text WHERE id IN (SELECT id FROM search_entry WHERE organization_id = :whose)"
    ),
}


def there(engine: Engine, tenant: str) -> Organization | None:
    """Whose tenant that is, whole or half-written."""
    with transaction(engine, writes=False) as session:
        return people.organization_of(session, tenant)


def call(engine: Engine, organization_id: int, name: str, behind: timedelta) -> None:
    """What it is called from now on, and how far its clock is behind."""
    this = col(Organization.id) == organization_id
    with transaction(engine, writes=True) as session:
        session.execute(update(Organization).where(this).values(name=name, ahead=-round(behind.total_seconds())))


def standing(
    engine: Engine, organization_id: int, conversations: Sequence[str], most: int
) -> list[tuple[Owed, datetime]]:
    """What was sent there last, with the moment when it was: of each conversation at most so many, oldest first."""
    found: list[Delivery] = []
    with transaction(engine, writes=False) as session:
        for conversation in conversations:
            sent = (
                col(Delivery.organization_id) == organization_id,
                col(Delivery.conversation) == conversation,
                col(Delivery.message).is_not(None),
            )
            newest = select(Delivery).where(*sent).order_by(col(Delivery.sent_at).desc(), col(Delivery.id).desc())
            found += session.execute(newest.limit(most)).scalars()
    return sorted(((claims.owed(one), one.sent_at or one.due_at) for one in found), key=lambda one: (one[1], one[0].id))


def remove(engine: Engine, organization_id: int, now: datetime) -> int:
    """Deletes every row of it, and returns how many. Raises `NotAllowed` for one that is on any other platform too."""
    with unit_of_work(engine, organization_id=organization_id, now=now) as record:
        require_sample(record)
        record.execute(UNFINDABLE[record.dialect], {"whose": organization_id})
        gone = 0
        for table in reversed(tables.METADATA.sorted_tables):
            owner = table.c.id if table.name == "organization" else table.c.get("organization_id")
            if owner is None:
                continue  # It is nobody's.
            gone += record.execute(delete(table).where(owner == organization_id)).rowcount
        return gone


def require_sample(record: Record) -> None:
    """Raises `NotAllowed`."""
    tenants = people.tenants(record)
    if not tenants or any(not one.startswith(f"{SAMPLE}:") for one in tenants):
        raise NotAllowed("That organization is no sample.", "Only the sample organization can be removed.")
