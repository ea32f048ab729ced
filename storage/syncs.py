"""The syncs of each touchpoint: the next one always stands in the record before its first prompt is due."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import ClassVar

from sqlalchemy import Index, select, text
from sqlmodel import Field, col

from agenda.syncs import SyncFields
from storage.rows import Sealed
from storage.unit_of_work import Record


class Sync(SyncFields, Sealed, table=True):
    """One per touchpoint and occurrence of its rule, whoever plans it and however often."""

    unsealed: ClassVar[frozenset[str]] = frozenset({"calendar_key"})
    __table_args__ = (
        Index(
            "uq_sync_occurrence",
            "touchpoint_id",
            "occurrence",
            unique=True,
            sqlite_where=text("occurrence IS NOT NULL"),
            postgresql_where=text("occurrence IS NOT NULL"),
        ),
    )

    touchpoint_id: int = Field(foreign_key="touchpoint.id", index=True)
    calendar_key: str = Field(default="", max_length=43, index=True)


def current(record: Record, touchpoint_id: int) -> Sync | None:
    """The one in progress, else the next that is neither closed nor skipped: where a new item goes."""
    query = (
        select(Sync)
        .where(
            col(Sync.organization_id) == record.organization_id,
            col(Sync.touchpoint_id) == touchpoint_id,
            col(Sync.closed_at).is_(None),
            col(Sync.skipped_at).is_(None),
        )
        .order_by(col(Sync.started_at).is_(None), col(Sync.starts_at))
        .limit(1)
    )
    return record.session.execute(query).scalar_one_or_none()


def current_of(record: Record, touchpoint_ids: Collection[int]) -> list[Sync]:
    """The same for each of these touchpoints, in the order in which they are held."""
    query = (
        select(Sync)
        .where(
            col(Sync.organization_id) == record.organization_id,
            col(Sync.touchpoint_id).in_(touchpoint_ids),
            col(Sync.closed_at).is_(None),
            col(Sync.skipped_at).is_(None),
        )
        .order_by(col(Sync.started_at).is_(None), col(Sync.starts_at))
    )
    first: dict[int, Sync] = {}
    for sync in record.session.execute(query).scalars():
        first.setdefault(sync.touchpoint_id, sync)
    return list(first.values())


def known(record: Record, touchpoint_id: int, *, since: str) -> list[Sync]:
    """Every occurrence of the rule from `since` on that stands in the record, whatever became of it."""
    query = select(Sync).where(
        col(Sync.organization_id) == record.organization_id,
        col(Sync.touchpoint_id) == touchpoint_id,
        col(Sync.occurrence) >= since,
    )
    return list(record.session.execute(query).scalars())


def ahead(record: Record, touchpoint_id: int) -> list[Sync]:
    """Those that start later than now and stand, the next one first."""
    return [sync for sync in untouched(record, touchpoint_id) if sync.starts_at > record.now]


def listed(record: Record, touchpoint_id: int, *, since: datetime, until: datetime) -> list[Sync]:
    """Every sync of these days, whatever became of it, in order."""
    query = (
        select(Sync)
        .where(
            col(Sync.organization_id) == record.organization_id,
            col(Sync.touchpoint_id) == touchpoint_id,
            col(Sync.starts_at) >= since,
            col(Sync.starts_at) < until,
        )
        .order_by(col(Sync.starts_at), col(Sync.id))
    )
    return list(record.session.execute(query).scalars())


def untouched(record: Record, touchpoint_id: int) -> list[Sync]:
    """Those that nobody started: what a changed cadence plans anew."""
    query = select(Sync).where(
        col(Sync.organization_id) == record.organization_id,
        col(Sync.touchpoint_id) == touchpoint_id,
        col(Sync.started_at).is_(None),
        col(Sync.closed_at).is_(None),
        col(Sync.skipped_at).is_(None),
    )
    return list(record.session.execute(query.order_by(col(Sync.starts_at), col(Sync.id))).scalars())


def closed(record: Record, touchpoint_ids: Sequence[int], *, before: datetime | None = None) -> Sync | None:
    """The last sync that was closed, of those that were to start before that moment."""
    query = select(Sync).where(
        col(Sync.organization_id) == record.organization_id,
        col(Sync.touchpoint_id).in_(touchpoint_ids),
        col(Sync.closed_at).is_not(None),
    )
    if before is not None:
        query = query.where(col(Sync.starts_at) < before)
    return record.session.execute(query.order_by(col(Sync.starts_at).desc()).limit(1)).scalar_one_or_none()


def closed_after(record: Record, touchpoint_ids: Sequence[int], moment: datetime) -> Sync | None:
    """The first sync that was closed, of those that were to start after that moment."""
    query = (
        select(Sync)
        .where(
            col(Sync.organization_id) == record.organization_id,
            col(Sync.touchpoint_id).in_(touchpoint_ids),
            col(Sync.closed_at).is_not(None),
            col(Sync.starts_at) > moment,
        )
        .order_by(col(Sync.starts_at))
    )
    return record.session.execute(query.limit(1)).scalar_one_or_none()


def following(record: Record, sync: Sync) -> Sync | None:
    """The next sync of the same touchpoint that was not skipped."""
    query = (
        select(Sync)
        .where(
            col(Sync.organization_id) == record.organization_id,
            col(Sync.touchpoint_id) == sync.touchpoint_id,
            col(Sync.skipped_at).is_(None),
            col(Sync.starts_at) > sync.starts_at,
        )
        .order_by(col(Sync.starts_at))
    )
    return record.session.execute(query.limit(1)).scalar_one_or_none()
