"""Syncs that took place, the last one first: what minutes are drawn from."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlmodel import col

from storage.syncs import Sync
from storage.unit_of_work import Record


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
