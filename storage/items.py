"""The lines of every agenda, and whose message each came from."""

from collections.abc import Collection

from sqlalchemy import bindparam, select
from sqlmodel import Field, Session, col

from agenda.items import ItemFields
from storage.rows import Row
from storage.unit_of_work import Record


class AgendaItem(ItemFields, Row, table=True):
    """One line of one sync. `carried_from_id` is the line of the sync before that it continues."""

    __tablename__ = "agenda_item"

    sync_id: int = Field(foreign_key="sync.id", index=True)
    raised_by_id: int = Field(foreign_key="person.id")
    carried_from_id: int | None = Field(default=None, foreign_key="agenda_item.id")
    source_message: str | None = Field(default=None, max_length=400, index=True)


OF_SYNCS = (
    select(AgendaItem)
    .where(col(AgendaItem.sync_id).in_(bindparam("sync_ids", expanding=True)))
    .order_by(col(AgendaItem.raised_at), col(AgendaItem.id))
)


def of_sync(record: Record, sync_id: int) -> list[AgendaItem]:
    """All lines of a sync, as they were raised."""
    gathered: dict[int, list[AgendaItem]] = record.session.info.get("lines", {})
    lines = gathered[sync_id] if sync_id in gathered else _of_syncs(record.session, [sync_id])
    return [line for line in lines if line.organization_id == record.organization_id]


def gather(session: Session, sync_ids: Collection[int]) -> None:
    """The lines of all these syncs, for `of_sync` to find. For a transaction that only reads."""
    gathered: dict[int, list[AgendaItem]] = {sync_id: [] for sync_id in sync_ids}
    for line in _of_syncs(session, sync_ids):
        gathered[line.sync_id].append(line)
    session.info["lines"] = gathered


def _of_syncs(session: Session, sync_ids: Collection[int]) -> list[AgendaItem]:
    return list(session.execute(OF_SYNCS, {"sync_ids": list(sync_ids)}).scalars())


def from_message(record: Record, message: str) -> AgendaItem | None:
    """The latest line that this message raised."""
    query = (
        select(AgendaItem)
        .where(col(AgendaItem.organization_id) == record.organization_id, col(AgendaItem.source_message) == message)
        .order_by(col(AgendaItem.id).desc())
        .limit(1)
    )
    return record.session.execute(query).scalar_one_or_none()
