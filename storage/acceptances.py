"""Acceptances of risks: the rows, by risk and by their last day."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import Index, UniqueConstraint, select
from sqlmodel import Field, col

from agenda.acceptances import AcceptanceFields, AcceptanceState
from storage import numbers, rows
from storage.rows import Sealed
from storage.unit_of_work import Record


class Acceptance(AcceptanceFields, Sealed, table=True):
    """One acceptance of one risk; `number` is the 3 of A-3. `renews_id` is the one that it continues."""

    SUBJECT: ClassVar[str] = "acceptance"
    __table_args__ = (
        UniqueConstraint("organization_id", "number", name="uq_acceptance_number"),
        Index("ix_acceptance_state", "touchpoint_id", "state", "expires_on"),
    )

    touchpoint_id: int = Field(foreign_key="touchpoint.id")
    risk_id: int = Field(foreign_key="risk_item.id", index=True)
    requested_by_id: int = Field(foreign_key="person.id")
    renews_id: int | None = Field(default=None, foreign_key="acceptance.id")
    number: int = 0

    @property
    def ref(self) -> str:
        """What people call it."""
        return f"A-{self.number}"


def add(record: Record, acceptance: Acceptance) -> Acceptance:
    """Keep a new one and give it its number."""
    acceptance.number = numbers.next_number(record, "acceptance")
    return rows.add(record, acceptance)


def by_number(
    record: Record, number: int, touchpoint_ids: Sequence[int], *, for_update: bool = False
) -> Acceptance | None:
    """A-`number`, if it belongs to one of these touchpoints; locked where it is about to change."""
    within = col(Acceptance.touchpoint_id).in_(touchpoint_ids)
    return rows.numbered(record, Acceptance, number, within, for_update=for_update)


def of_risk(record: Record, risk_id: int) -> list[Acceptance]:
    """Every acceptance that was ever asked for, the newest first."""
    return rows.having(record, Acceptance, risk_id=risk_id)[::-1]


def in_state(record: Record, risk_id: int, state: AcceptanceState) -> Acceptance | None:
    """The one of this risk that is proposed, or accepted: there is never more than one of each."""
    return next((one for one in of_risk(record, risk_id) if one.state is state), None)


def standing(
    record: Record, touchpoint_id: int, state: AcceptanceState, *, before: date | None = None
) -> list[Acceptance]:
    """Those in that state, the first to expire first; with `before`, those whose last day comes before that day."""
    query = select(Acceptance).where(
        col(Acceptance.organization_id) == record.organization_id,
        col(Acceptance.touchpoint_id) == touchpoint_id,
        col(Acceptance.state) == state,
    )
    if before is not None:
        query = query.where(col(Acceptance.expires_on) < before)
    return list(record.session.execute(query.order_by(col(Acceptance.expires_on), col(Acceptance.id))).scalars())


def standing_in(record: Record, touchpoint_ids: Collection[int], state: AcceptanceState) -> list[Acceptance]:
    """Those of several touchpoints in that state, the first to expire first."""
    query = select(Acceptance).where(
        col(Acceptance.organization_id) == record.organization_id,
        col(Acceptance.touchpoint_id).in_(touchpoint_ids),
        col(Acceptance.state) == state,
    )
    return list(record.session.execute(query.order_by(col(Acceptance.expires_on), col(Acceptance.id))).scalars())


def accepted_between(record: Record, touchpoint_id: int, since: datetime, until: datetime) -> list[Acceptance]:
    """Those that got their second key in that time, both ends included, in order."""
    query = (
        select(Acceptance)
        .where(
            col(Acceptance.organization_id) == record.organization_id,
            col(Acceptance.touchpoint_id) == touchpoint_id,
            col(Acceptance.accepted_at).between(since, until),
        )
        .order_by(col(Acceptance.id))
    )
    return list(record.session.execute(query).scalars())
