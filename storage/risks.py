"""The risk register's rows."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import UniqueConstraint, func, or_, select
from sqlmodel import Field, col

from agenda.risks import RiskFields, RiskState
from storage import numbers, rows
from storage.rows import Sealed
from storage.unit_of_work import Record


class RiskItem(RiskFields, Sealed, table=True):
    """One risk of one touchpoint; `number` is the 7 of R-7."""

    __tablename__ = "risk_item"
    __table_args__ = (UniqueConstraint("organization_id", "number", name="uq_risk_item_number"),)

    touchpoint_id: int = Field(foreign_key="touchpoint.id", index=True)
    raised_by_id: int = Field(foreign_key="person.id")
    number: int = 0

    @property
    def ref(self) -> str:
        """What people call it."""
        return f"R-{self.number}"


class RiskLevel(Sealed, table=True):
    """What a risk's likelihood and impact were from that moment on: the history that its trend is drawn from."""

    __tablename__ = "risk_level"

    risk_id: int = Field(foreign_key="risk_item.id", index=True)
    person_id: int = Field(foreign_key="person.id")
    at: datetime
    likelihood: int
    impact: int


def add(record: Record, risk: RiskItem) -> RiskItem:
    """Keep a new one, as it is, and give it its number."""
    risk.number = numbers.next_number(record, "risk")
    return rows.write(record, risk)


def by_number(record: Record, number: int, touchpoint_ids: Sequence[int]) -> RiskItem | None:
    """R-`number`, if it belongs to one of these touchpoints."""
    query = select(RiskItem).where(
        col(RiskItem.organization_id) == record.organization_id,
        col(RiskItem.number) == number,
        col(RiskItem.touchpoint_id).in_(touchpoint_ids),
    )
    return record.session.execute(query).scalar_one_or_none()


def open_ones(record: Record, touchpoint_ids: Sequence[int], *, limit: int, offset: int = 0) -> list[RiskItem]:
    """Open risks, the highest level first."""
    query = (
        select(RiskItem)
        .where(
            col(RiskItem.organization_id) == record.organization_id,
            col(RiskItem.touchpoint_id).in_(touchpoint_ids),
            col(RiskItem.state) == RiskState.OPEN,
        )
        .order_by((col(RiskItem.likelihood) * col(RiskItem.impact)).desc(), col(RiskItem.id))
        .limit(limit)
        .offset(offset)
    )
    return list(record.session.execute(query).scalars())


def count_open(record: Record, touchpoint_ids: Sequence[int]) -> int:
    """How many are open."""
    query = (
        select(func.count())
        .select_from(RiskItem)
        .where(
            col(RiskItem.organization_id) == record.organization_id,
            col(RiskItem.touchpoint_id).in_(touchpoint_ids),
            col(RiskItem.state) == RiskState.OPEN,
        )
    )
    return int(record.session.execute(query).scalar_one())


def asking(record: Record, touchpoint_id: int, *, before: date) -> list[RiskItem]:
    """Open ones whose review comes before that day, or that have no owner or no review date; as they were raised."""
    query = (
        select(RiskItem)
        .where(
            col(RiskItem.organization_id) == record.organization_id,
            col(RiskItem.touchpoint_id) == touchpoint_id,
            col(RiskItem.state) == RiskState.OPEN,
            or_(col(RiskItem.review_on).is_(None), col(RiskItem.review_on) < before, col(RiskItem.owner) == ""),
        )
        .order_by(col(RiskItem.id))
    )
    return list(record.session.execute(query).scalars())


def raised_between(record: Record, touchpoint_id: int, since: datetime, until: datetime) -> list[RiskItem]:
    """Those raised in that time, both ends included, as they were raised."""
    query = (
        select(RiskItem)
        .where(
            col(RiskItem.organization_id) == record.organization_id,
            col(RiskItem.touchpoint_id) == touchpoint_id,
            col(RiskItem.raised_at).between(since, until),
        )
        .order_by(col(RiskItem.id))
    )
    return list(record.session.execute(query).scalars())
