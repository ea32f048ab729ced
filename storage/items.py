"""The lines of every agenda, and whose message each came from."""

from sqlalchemy import select
from sqlmodel import Field, col

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


def of_sync(record: Record, sync_id: int) -> list[AgendaItem]:
    """All lines of a sync, as they were raised."""
    query = (
        select(AgendaItem)
        .where(col(AgendaItem.organization_id) == record.organization_id, col(AgendaItem.sync_id) == sync_id)
        .order_by(col(AgendaItem.raised_at), col(AgendaItem.id))
    )
    return list(record.session.execute(query).scalars())


def from_message(record: Record, message: str) -> AgendaItem | None:
    """The latest line that this message raised."""
    query = (
        select(AgendaItem)
        .where(col(AgendaItem.organization_id) == record.organization_id, col(AgendaItem.source_message) == message)
        .order_by(col(AgendaItem.id).desc())
        .limit(1)
    )
    return record.session.execute(query).scalar_one_or_none()
