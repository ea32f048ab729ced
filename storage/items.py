"""The lines of every agenda, and whose message each came from."""

from collections.abc import Collection
from functools import cache

from sqlalchemy import ColumnElement, bindparam, select
from sqlalchemy.orm import aliased
from sqlmodel import Field, Session, col

from agenda.causes import Answered
from agenda.items import ItemFields, Outcome
from storage import rows, search
from storage.rows import Sealed
from storage.syncs import Sync
from storage.unit_of_work import Record


class AgendaItem(ItemFields, Sealed, table=True):
    """One line of one sync. `carried_from_id` is the line of the sync before that it continues."""

    __tablename__ = "agenda_item"

    sync_id: int = Field(foreign_key="sync.id", index=True)
    raised_by_id: int = Field(foreign_key="person.id")
    carried_from_id: int | None = Field(default=None, foreign_key="agenda_item.id", index=True)
    source_message: str | None = Field(default=None, max_length=400, index=True)


def add(record: Record, item: AgendaItem) -> AgendaItem:
    """Keep a new one and make it findable."""
    rows.add(record, item)
    index(record, item)
    return item


def index(record: Record, item: AgendaItem) -> None:
    """Find it by its present words, and as it stands now, in the place of the line that it continues.

    What the record put there by itself is found where it comes from.
    """
    if item.source is not None:
        return
    if item.carried_from_id:
        search.remove(record, subject="item", subject_id=item.carried_from_id)
    search.put(
        record,
        search.Entry(
            touchpoint_id=rows.get(record, Sync, item.sync_id).touchpoint_id,
            subject="item",
            subject_id=item.key,
            title=item.title,
            text=item.detail,
            theme=item.theme,
            state=item.outcome,
            at=item.raised_at,
            people=(item.raised_by_id,),
        ),
    )


OF_SYNCS = (
    select(AgendaItem)
    .where(col(AgendaItem.sync_id).in_(bindparam("sync_ids", expanding=True)))
    .order_by(col(AgendaItem.raised_at), col(AgendaItem.id))
)


def of_sync(record: Record, sync_id: int) -> list[AgendaItem]:
    """All lines of a sync, as they were raised."""
    return rows.of(record, of_syncs, sync_id)


def of_syncs(session: Session, sync_ids: Collection[int]) -> dict[int, list[AgendaItem]]:
    """The same, for several."""
    lines: dict[int, list[AgendaItem]] = {sync_id: [] for sync_id in sync_ids}
    for line in session.execute(OF_SYNCS, {"sync_ids": list(sync_ids)}).scalars():
        lines[line.sync_id].append(line)
    return lines


def from_message(record: Record, message: str) -> AgendaItem | None:
    """The latest line that this message raised."""
    query = (
        select(AgendaItem)
        .where(col(AgendaItem.organization_id) == record.organization_id, col(AgendaItem.source_message) == message)
        .order_by(col(AgendaItem.id).desc())
        .limit(1)
    )
    return record.session.execute(query).scalar_one_or_none()


def of_skipped(record: Record, touchpoint_id: int) -> list[AgendaItem]:
    """Lines that still wait on syncs that did not take place, and that no later agenda carries yet."""
    query = (
        select(AgendaItem)
        .join(Sync, col(AgendaItem.sync_id) == col(Sync.id))
        .where(
            col(AgendaItem.organization_id) == record.organization_id,
            col(Sync.touchpoint_id) == touchpoint_id,
            col(Sync.skipped_at).is_not(None),
            col(AgendaItem.outcome).in_((Outcome.OPEN, Outcome.DEFERRED)),
            ~_is_carried(),
        )
        .order_by(col(AgendaItem.id))
    )
    return list(record.session.execute(query).scalars())


def left_over(record: Record, touchpoint_id: int) -> list[AgendaItem]:
    """Lines that the last closed sync did not settle, and that no later agenda carries yet."""
    last = (
        select(col(Sync.id))
        .where(col(Sync.organization_id) == record.organization_id, col(Sync.touchpoint_id) == touchpoint_id)
        .where(col(Sync.closed_at).is_not(None))
        .order_by(col(Sync.closed_at).desc())
        .limit(1)
    )
    query = (
        select(AgendaItem)
        .where(
            col(AgendaItem.organization_id) == record.organization_id,
            col(AgendaItem.sync_id) == last.scalar_subquery(),
            col(AgendaItem.outcome).in_((Outcome.OPEN, Outcome.DEFERRED)),
            ~_is_carried(),
        )
        .order_by(col(AgendaItem.id))
    )
    return list(record.session.execute(query).scalars())


@cache  # An alias costs more to build than the statement takes.
def _is_carried() -> ColumnElement[bool]:
    later = aliased(AgendaItem)
    return select(col(later.id)).where(col(later.carried_from_id) == col(AgendaItem.id)).exists()


def answered(record: Record, touchpoint_id: int) -> list[Answered]:
    """What the record once put on an agenda, and people were done with."""
    query = (
        select(col(AgendaItem.source), col(AgendaItem.source_id), col(AgendaItem.outcome), col(Sync.starts_at))
        .join(Sync, col(AgendaItem.sync_id) == col(Sync.id))
        .where(
            col(AgendaItem.organization_id) == record.organization_id,
            col(Sync.touchpoint_id) == touchpoint_id,
            col(AgendaItem.source).is_not(None),
            col(AgendaItem.source_id).is_not(None),
            col(AgendaItem.outcome).in_((Outcome.DISCUSSED, Outcome.DROPPED, Outcome.ESCALATED)),
        )
    )
    return [
        Answered(source=source, source_id=source_id, outcome=outcome, on=starts_at.date())
        for source, source_id, outcome, starts_at in record.session.execute(query)
    ]


def settled_last(record: Record, sync_id: int) -> AgendaItem | None:
    """The line of this sync that somebody settled last and nobody opened again."""
    query = (
        select(AgendaItem)
        .where(
            col(AgendaItem.organization_id) == record.organization_id,
            col(AgendaItem.sync_id) == sync_id,
            col(AgendaItem.settled_at).is_not(None),
        )
        .order_by(col(AgendaItem.settled_at).desc(), col(AgendaItem.id).desc())
        .limit(1)
    )
    return record.session.execute(query).scalar_one_or_none()
