"""Promises: the rows of the action items, by touchpoint and by owner."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Index, UniqueConstraint, select
from sqlmodel import Field, col

from agenda.actions import ActionFields, ActionState
from storage import numbers, rows
from storage.rows import Row
from storage.unit_of_work import Record


class ActionItem(ActionFields, Row, table=True):
    """One promise in one touchpoint; `number` is the 7 of P-7. At most one of the three sources is set."""

    __tablename__ = "action_item"
    __table_args__ = (
        UniqueConstraint("organization_id", "number", name="uq_action_item_number"),
        Index("ix_action_item_open", "touchpoint_id", "state", "due_on"),
    )

    touchpoint_id: int = Field(foreign_key="touchpoint.id")
    owner_id: int = Field(foreign_key="person.id", index=True)
    promised_by_id: int = Field(foreign_key="person.id")
    item_id: int | None = Field(default=None, foreign_key="agenda_item.id")
    decision_id: int | None = Field(default=None, foreign_key="decision.id")
    risk_id: int | None = Field(default=None, foreign_key="risk_item.id")
    sync_id: int | None = Field(default=None, foreign_key="sync.id", index=True)
    number: int = 0

    @property
    def ref(self) -> str:
        """What people call it."""
        return f"P-{self.number}"


def add(record: Record, action: ActionItem) -> ActionItem:
    """Keep a new one, and give it its number."""
    action.number = numbers.next_number(record, "action")
    return rows.add(record, action)


def by_number(
    record: Record, number: int, touchpoint_ids: Sequence[int], *, for_update: bool = False
) -> ActionItem | None:
    """P-`number`, if it belongs to one of these touchpoints; locked where it is about to change."""
    query = select(ActionItem).where(
        col(ActionItem.organization_id) == record.organization_id,
        col(ActionItem.number) == number,
        col(ActionItem.touchpoint_id).in_(touchpoint_ids),
    )
    return record.session.execute(query.with_for_update() if for_update else query).scalar_one_or_none()


def open_ones(
    record: Record,
    touchpoint_ids: Sequence[int],
    *,
    owner_id: int | None = None,
    due_before: date | None = None,
    sync_id: int | None = None,
) -> list[ActionItem]:
    """Open promises, the most urgent first: all, or one person's, or those due before a day, or those of one sync."""
    query = select(ActionItem).where(
        col(ActionItem.organization_id) == record.organization_id,
        col(ActionItem.touchpoint_id).in_(touchpoint_ids),
        col(ActionItem.state) == ActionState.OPEN,
    )
    if owner_id is not None:
        query = query.where(col(ActionItem.owner_id) == owner_id)
    if due_before is not None:
        query = query.where(col(ActionItem.due_on) < due_before)
    if sync_id is not None:
        query = query.where(col(ActionItem.sync_id) == sync_id)
    return list(record.session.execute(query.order_by(col(ActionItem.due_on), col(ActionItem.id))).scalars())


def of_sync(record: Record, sync_id: int) -> list[ActionItem]:
    """Everything that was promised in a sync, as it was promised."""
    query = (
        select(ActionItem)
        .where(col(ActionItem.organization_id) == record.organization_id, col(ActionItem.sync_id) == sync_id)
        .order_by(col(ActionItem.id))
    )
    return list(record.session.execute(query).scalars())
