"""What the operator sees of the outbox over all organizations, and may do to a single message: try it again, or give it up.

For whoever may read the whole database; nobody in a chat ever reaches this. Nothing here reads what a message says.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Engine, Row, Select, and_, case, func, literal, select
from sqlmodel import col

from agenda.errors import NotFound, NotNow
from storage import audit, rows
from storage.deliveries import Delivery, DeliveryState
from storage.people import Organization
from storage.places import Conversation
from storage.unit_of_work import Record, Transaction, opened

ACTOR = "operator"
LATE = timedelta(minutes=1)
"""A message that has been due for longer than this waits for something: a pace, a token, or a server that runs."""


class Condition(StrEnum):
    """How a message stands, the most urgent first: its state, and of what is due, since when or when again."""

    LATE = "late"
    UNKNOWN = "unknown"
    DEAD = "dead"
    DUE = "due"
    SENDING = "sending"
    AGAIN = "again"
    PLANNED = "planned"
    MISSED = "missed"
    SENT = "sent"


URGENT = (Condition.LATE, Condition.UNKNOWN, Condition.DEAD, Condition.DUE, Condition.SENDING, Condition.AGAIN)


WHY_NOT = {
    Condition.SENDING: "is being sent at this moment.",
    Condition.SENT: "was sent, and stands where it is.",
    Condition.MISSED: "is not worth sending any more: it was too late, dropped, or no longer true.",
    Condition.PLANNED: "is planned, and nobody has tried to send it yet.",
    Condition.DUE: "is due already.",
    Condition.LATE: "is due already, and will be tried as soon as a server runs and its platform takes it.",
}
"""Why there is nothing to try again."""

COLUMNS = (
    *("id", "organization_id", "platform", "conversation", "kind", "subject_id", "due_at", "lease_until", "attempts"),
    *("message", "sent_at", "reason"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One message owed, as the operator may see it. `now` is the moment as its organization lives it."""

    id: int
    organization_id: int
    condition: Condition
    platform: str
    conversation: str
    title: str
    unreachable_because: str
    kind: str
    subject_id: int
    due_at: datetime
    lease_until: datetime | None
    attempts: int
    message: str | None
    sent_at: datetime | None
    reason: str
    now: datetime


def counts(engine: Engine, *, now: datetime) -> dict[str, dict[Condition, int]]:
    """How many there are, by platform and condition."""
    with opened(engine, writes=False) as one:
        condition = Moment(one, now).condition
        query = select(col(Delivery.platform), condition, func.count()).group_by(col(Delivery.platform), condition)
        counted: dict[str, dict[Condition, int]] = {}
        for platform, which, number in one.connection.execute(query.order_by(col(Delivery.platform))):
            counted.setdefault(platform, {})[Condition(which)] = number
        return counted


def urgent(
    engine: Engine, *, now: datetime, limit: int, which: Sequence[Condition] = URGENT, platform: str = ""
) -> list[Line]:
    """The most urgent first: by condition; what waits longest, but the newest of what will not go by itself any more."""
    with opened(engine, writes=False) as one:
        moment = Moment(one, now)
        urgency = case({each.value: number for number, each in enumerate(Condition)}, value=moment.condition)
        newest = case((moment.condition.in_((Condition.UNKNOWN.value, Condition.DEAD.value)), col(Delivery.due_at)))
        query = moment.lines(which, platform).order_by(urgency, newest.desc(), col(Delivery.due_at), col(Delivery.id))
        return [line(row) for row in one.connection.execute(query.limit(limit))]


def look(engine: Engine, key: int, *, now: datetime) -> Line:
    """One of them. Raises `NotFound`."""
    with opened(engine, writes=False) as one:
        return found(one, key, now)


def retry(engine: Engine, key: int, *, now: datetime) -> None:
    """Due again now. Raises `NotFound`, or `NotNow` where that makes no sense."""
    with changing(engine, key, now) as (record, was, delivery):
        if was.condition in WHY_NOT:
            raise NotNow(f"{key} {WHY_NOT[was.condition]}", f"“touchpoint outbox explain {key}” says more.")
        due_now(record, delivery)
        audit.append(record, "delivery.retried", deliveries=[key], was=was.condition.value)


def retry_all(engine: Engine, which: Condition, *, now: datetime, platform: str = "") -> int:
    """Each message in that condition is due again now; how many there were. One audit event an organization."""
    with opened(engine, writes=True) as one:
        moment = Moment(one, now)
        by_organization: dict[int, list[Line]] = {}
        for row in one.connection.execute(moment.lines((which,), platform).order_by(col(Delivery.id))):
            by_organization.setdefault(row.organization_id, []).append(line(row))
        for organization_id, those in sorted(by_organization.items()):
            record = Record(transaction=one, organization_id=organization_id, now=those[0].now, actor=ACTOR)
            for each in those:
                due_now(record, rows.get(record, Delivery, each.id))
            audit.append(record, "delivery.retried", deliveries=[each.id for each in those], was=which.value)
        return sum(map(len, by_organization.values()))


def due_now(record: Record, delivery: Delivery) -> None:
    """Whoever looks for it at this moment loses it, and what they find is still kept (`claims.settle_all`)."""
    delivery.state, delivery.due_at = DeliveryState.DUE, record.now
    delivery.lease_until, delivery.reason = None, ""


def drop(engine: Engine, key: int, *, now: datetime) -> None:
    """Never sent; one that stands already stays as it is. Raises `NotFound`, or `NotNow` where there is nothing to drop."""
    with changing(engine, key, now) as (record, was, delivery):
        if was.condition is Condition.SENDING:
            raise NotNow(f"{key} {WHY_NOT[Condition.SENDING]}", "Look again in a minute.")
        if was.condition in {Condition.SENT, Condition.MISSED}:
            raise NotNow(f"{key} is {was.condition.value} already.", "There is nothing to drop.")
        delivery.state = DeliveryState.SENT if delivery.message else DeliveryState.MISSED
        delivery.lease_until, delivery.reason = None, "dropped by the operator"
        audit.append(record, "delivery.dropped", delivery=key, was=was.condition.value)


# ── how that is asked ─────────────────────────────────────────────────────────────────────────────────────────────────────


class Moment:
    """Columns that depend on what time it is: now, but for an organization whose clock runs ahead (the demonstration's)."""

    def __init__(self, one: Transaction, now: datetime) -> None:
        ahead = select(col(Organization.id), col(Organization.ahead)).where(col(Organization.ahead) != 0)
        self._ahead = [(key, timedelta(seconds=seconds)) for key, seconds in one.connection.execute(ahead)]
        self.now = self._at(now)
        due = col(Delivery.state) == DeliveryState.DUE
        later = and_(due, col(Delivery.due_at) > self.now)
        self.condition: ColumnElement[str] = case(
            (and_(later, col(Delivery.attempts) == 0), Condition.PLANNED.value),
            (later, Condition.AGAIN.value),
            (and_(due, col(Delivery.due_at) <= self._at(now - LATE)), Condition.LATE.value),
            *((col(Delivery.state) == state, state.value) for state in DeliveryState),  # which have the same names
        )

    def _at(self, moment: datetime) -> ColumnElement[Any]:
        kind = Delivery.__table__.c.due_at.type  # type: ignore[attr-defined]  # every table class has one
        elsewhere = [(col(Delivery.organization_id) == key, literal(moment + by, kind)) for key, by in self._ahead]
        return case(*elsewhere, else_=literal(moment, kind)) if elsewhere else literal(moment, kind)

    def lines(self, which: Sequence[Condition] = (), platform: str = "") -> Select[Any]:
        """What a `Line` is made of, of those in these conditions."""
        query = select(
            *(getattr(Delivery, name) for name in COLUMNS),
            self.condition.label("condition"),
            func.coalesce(Conversation.title, "").label("title"),
            func.coalesce(Conversation.unreachable_because, "").label("unreachable_because"),
            self.now.label("now"),
        ).outerjoin(Conversation, col(Conversation.address) == col(Delivery.conversation))
        if which:
            query = query.where(self.condition.in_([each.value for each in which]))
        return query.where(col(Delivery.platform) == platform) if platform else query


def line(row: Row[Any]) -> Line:
    """A row as plain values."""
    return Line(**(dict(row._mapping) | {"condition": Condition(row.condition)}))


def found(one: Transaction, key: int, now: datetime) -> Line:
    """Raises `NotFound`."""
    row = one.connection.execute(Moment(one, now).lines().where(col(Delivery.id) == key)).first()
    if row is None:
        raise NotFound(f"There is no delivery {key}.", "“touchpoint outbox list” shows their numbers.")
    return line(row)


@contextmanager
def changing(engine: Engine, key: int, now: datetime) -> Iterator[tuple[Record, Line, Delivery]]:
    """The message, locked, and how it stands now that nobody else can change it."""
    with opened(engine, writes=True) as one:
        first = found(one, key, now)
        record = Record(transaction=one, organization_id=first.organization_id, now=first.now, actor=ACTOR)
        delivery = rows.find(record, Delivery, key, for_update=True)
        if delivery is None:
            raise NotFound(f"Delivery {key} has just gone.", "It was not owed any more.")
        yield record, found(one, key, now), delivery
