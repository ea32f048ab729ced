"""A message and those beside it: of the same kind and subject, in the order of their details."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import Mapped, aliased
from sqlmodel import Session, col

from storage.deliveries import Delivery, DeliveryState
from storage.unit_of_work import Record

Number: TypeAlias = int | Mapped[int]
Text: TypeAlias = str | Mapped[str]
Place: TypeAlias = tuple[int, str, int, str]


@dataclass(frozen=True, slots=True)
class Beside:
    """The detail of the last one before it that reached somebody; and when the next one is or was due that came to anything."""

    last_sent: str | None
    next_due_at: datetime | None


def last_sent(record: Record, *, kind: str, subject_id: int, before: str) -> str | None:
    """The detail of the last one before that detail which reached somebody."""
    place = (record.organization_id, kind, subject_id, before)
    known = _gathered(record.session).get(place)
    return known.last_sent if known else record.session.execute(_last_sent(*place)).scalar_one_or_none()


def next_due_at(record: Record, *, kind: str, subject_id: int, after: str) -> datetime | None:
    """When the first of those is or was due that come after that detail, unless it came to nothing."""
    place = (record.organization_id, kind, subject_id, after)
    known = _gathered(record.session).get(place)
    return known.next_due_at if known else record.session.execute(_next_due_at(*place)).scalar_one()


def gather(session: Session, delivery_ids: Collection[int]) -> dict[Place, Beside]:
    """Both, for all of these messages. For a transaction that only reads."""
    found = session.execute(BESIDE, {"ids": list(delivery_ids)})
    gathered: dict[Place, Beside] = {tuple(place): Beside(before, due_at) for *place, before, due_at in found}
    session.info["beside"] = gathered
    return gathered


def _gathered(session: Session) -> dict[Place, Beside]:
    gathered: dict[Place, Beside] = session.info.get("beside", {})
    return gathered


def _last_sent(organization_id: Number, kind: Text, subject_id: Number, before: Text) -> Select[str]:
    earlier = select(col(Delivery.detail)).where(
        col(Delivery.organization_id) == organization_id,
        col(Delivery.kind) == kind,
        col(Delivery.subject_id) == subject_id,
        col(Delivery.detail) < before,
        col(Delivery.sent_at).is_not(None),
    )
    return earlier.order_by(col(Delivery.detail).desc()).limit(1)


def _next_due_at(organization_id: Number, kind: Text, subject_id: Number, after: Text) -> Select[datetime]:
    return select(func.min(col(Delivery.due_at))).where(
        col(Delivery.organization_id) == organization_id,
        col(Delivery.kind) == kind,
        col(Delivery.subject_id) == subject_id,
        col(Delivery.detail) > after,
        col(Delivery.state).not_in((DeliveryState.MISSED, DeliveryState.DEAD)),
    )


_ONE = aliased(Delivery)
_PLACE = (col(_ONE.organization_id), col(_ONE.kind), col(_ONE.subject_id), col(_ONE.detail))
BESIDE = select(*_PLACE, _last_sent(*_PLACE).scalar_subquery(), _next_due_at(*_PLACE).scalar_subquery()).where(
    col(_ONE.id).in_(bindparam("ids", expanding=True))
)
