"""The outbox: one row for each message owed to a conversation, committed with the change that owes it.

    state     is                                                  next
    due       owed, from `due_at` on                              sending
    sending   claimed by a replica, until `lease_until`           sent, due (later), dead, unknown
    sent      it stands at `message`                              due again, to be redrawn in place
    unknown   a replica died, or the connection, mid-send         reconciled: sent, or due; never resent blindly
    missed    it was too late to be worth sending                 –
    dead      the platform will never take it                     –

A row names what it is about and not what it says: its card is drawn from the record of the moment it is sent. So a message
that is to show a change is simply due again, and ten changes in a second are one redraw.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Engine,
    Executable,
    Index,
    and_,
    bindparam,
    case,
    delete,
    func,
    literal_column,
    or_,
    select,
    text,
    true,
    union_all,
    update,
)
from sqlalchemy.sql.dml import ReturningUpdate
from sqlmodel import Field, col

from agenda.columns import stored
from storage.rows import Row
from storage.unit_of_work import Record, Transaction, insert_once, opened, tried_again

LEASE = timedelta(seconds=60)
LEASED = text("lease_until IS NOT NULL")


class DeliveryState(StrEnum):
    """The table above."""

    DUE = "due"
    SENDING = "sending"
    SENT = "sent"
    UNKNOWN = "unknown"
    MISSED = "missed"
    DEAD = "dead"


class Delivery(Row, table=True):
    """`once` is unique: who plans the same message twice plans it once. `message` is set once it stands somewhere.

    `kind`, `subject_id` and `detail` are all that its card is drawn from; `person_id` is whose eyes it is for, if one's.
    """

    __table_args__ = (
        Index("ix_delivery_due", "state", "platform", "due_at", "id"),
        # Only what is on its way or in doubt is leased: however many were sent, this one stays small.
        Index("ix_delivery_lease", "lease_until", sqlite_where=LEASED, postgresql_where=LEASED),
        Index("ix_delivery_subject", "organization_id", "kind", "subject_id"),
    )

    once: str = Field(max_length=500, unique=True)
    platform: str = Field(max_length=20)
    conversation: str = Field(max_length=400)
    kind: str = Field(max_length=30)
    subject_id: int
    detail: str = Field(default="", max_length=1000)
    person_id: int | None = Field(default=None, foreign_key="person.id")
    state: DeliveryState = Field(default=DeliveryState.DUE, sa_type=stored(DeliveryState))
    due_at: datetime
    lease_until: datetime | None = Field(default=None)
    attempts: int = 0
    revision: int = 0
    claimed_revision: int = 0
    sent_at: datetime | None = Field(default=None)
    message: str | None = Field(default=None, max_length=400, index=True)
    reason: str = Field(default="", max_length=300)


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """A claimed row, as plain values. `lease_until` is the claim itself: who holds another one has nothing to settle."""

    id: int
    organization_id: int
    conversation: str
    kind: str
    subject_id: int
    detail: str
    person_id: int | None
    message: str | None
    attempts: int
    revision: int
    due_at: datetime
    lease_until: datetime | None


# ── the statements of the outbox's own loop: built once, because to build one costs more than to run it ──────────────────────

_TABLE: Final = Delivery.__table__  # type: ignore[attr-defined]  # every table class has one
_FREE: Final = _TABLE.c.conversation.not_in(bindparam("busy", expanding=True))
_OURS: Final = _TABLE.c.lease_until.is_not_distinct_from(bindparam("held", type_=_TABLE.c.lease_until.type))


def _bound(name: str, column: str) -> ColumnElement[Any]:
    """A value as that column holds it."""
    return bindparam(name, type_=_TABLE.c[column].type)


def _taken(**values: Any) -> ReturningUpdate[Any]:
    """These rows are leased to who asks, and are returned as `Owed` names them."""
    columns = {one.name: _TABLE.c[one.name] for one in fields(Owed)} | {"revision": _TABLE.c.claimed_revision}
    return (
        update(_TABLE)
        .where(_TABLE.c.id.in_(bindparam("ids", expanding=True)))
        .values(lease_until=_bound("until", "lease_until"), **values)
        .returning(*(column.label(name) for name, column in columns.items()))
    )


_IN_ORDER: Final = (_TABLE.c.due_at, _TABLE.c.id)


def _due(of: str = "") -> tuple[ColumnElement[bool], ...]:
    """Owed by now, in a conversation where nothing else is on its way. `of` tells one platform's values from another's."""
    return (
        _TABLE.c.state == DeliveryState.DUE,
        _TABLE.c.platform == bindparam(f"platform{of}"),
        _TABLE.c.due_at <= bindparam(f"now{of}"),
        _FREE,
    )


def _lost(of: str = "") -> tuple[ColumnElement[bool], ...]:
    """Leased, and not any more."""
    return (
        _TABLE.c.lease_until <= bindparam(f"now{of}"),
        # Said by what it is not, because a database would look up what it is: in all that was ever in doubt.
        _TABLE.c.state.not_in((DeliveryState.DUE, DeliveryState.SENT, DeliveryState.MISSED, DeliveryState.DEAD)),
        or_(_TABLE.c.state != DeliveryState.SENDING, _TABLE.c.lease_until <= bindparam(f"silent_since{of}")),
        _TABLE.c.platform == bindparam(f"platform{of}"),
        _FREE,
    )


@cache
def _waiting(platforms: int) -> Executable:
    """One question for all platforms, because what a tick costs is mostly the asking.

    It asks for the first, and not whether there is any: any, PostgreSQL would look for from the table's beginning, because it
    does not know that nearly all of what is owed is owed later (measured over a million rows: 200 ms instead of 1).
    """
    firsts = [
        select(_bound(f"platform{n}", "platform").label("platform"), literal_column(f"'{kind}'").label("kind"))
        .where(*wanted(str(n)))
        .order_by(*order)
        .limit(1)
        .subquery()
        for kind, wanted, order in (("due", _due, _IN_ORDER), ("lost", _lost, (_TABLE.c.lease_until,)))
        for n in range(platforms)
    ]
    return union_all(*(select(first.c.platform, first.c.kind) for first in firsts))


_FEW: Final = select(_TABLE.c.id).limit(bindparam("limit")).with_for_update(skip_locked=True)
_DUE: Final = _FEW.where(*_due()).order_by(*_IN_ORDER)
_LOST: Final = _FEW.where(*_lost())
_TAKE: Final = _taken(state=DeliveryState.SENDING, attempts=_TABLE.c.attempts + 1, claimed_revision=_TABLE.c.revision)
_DOUBT: Final = _taken(state=DeliveryState.UNKNOWN)
_WAS_SENT: Final = _bound("became", "state") == DeliveryState.SENT
_STANDS: Final = _bound("stands_at", "message")
_SETTLE: Final = (
    update(_TABLE)
    .where(_TABLE.c.id == bindparam("key"), or_(_OURS, and_(_STANDS.is_not(None), _TABLE.c.message.is_(None))))
    .values(
        state=case(
            (and_(_WAS_SENT, _TABLE.c.revision != bindparam("drawn")), DeliveryState.DUE),
            else_=_bound("became", "state"),
        ),
        sent_at=case((_WAS_SENT, func.coalesce(_TABLE.c.sent_at, _bound("at", "sent_at"))), else_=_TABLE.c.sent_at),
        message=func.coalesce(_STANDS, _TABLE.c.message),
        due_at=func.coalesce(_bound("again_at", "due_at"), _TABLE.c.due_at),
        lease_until=_bound("until", "lease_until"),
        reason=bindparam("because"),
    )
)


def post(
    record: Record,
    *,
    once: str,
    conversation: str,
    kind: str,
    subject_id: int,
    detail: str = "",
    person_id: int | None = None,
    due_at: datetime | None = None,
) -> None:
    """Owe this message to that conversation. `once` is unique within the organization."""
    insert_once(
        record,
        Delivery,
        organization_id=record.organization_id,
        once=f"{record.organization_id}:{once}",
        platform=conversation.split(":", 1)[0],
        conversation=conversation,
        kind=kind,
        subject_id=subject_id,
        detail=detail,
        person_id=person_id,
        state=DeliveryState.DUE,
        due_at=due_at or record.now,
        attempts=0,
        revision=0,
        claimed_revision=0,
        reason="",
    )
    record.posted = True


def redraw(record: Record, *, kind: str, subject_id: int, details: Sequence[str] | None = None) -> None:
    """Show the change wherever this message stands, or is about to stand; with `details`, only those with one of them.

    One that is on its way at this moment was drawn before the change: its higher `revision` makes `settle` owe it again.
    """
    stands = col(Delivery.state) == DeliveryState.SENT
    record.session.execute(
        update(Delivery)
        .where(
            col(Delivery.organization_id) == record.organization_id,
            col(Delivery.kind) == kind,
            col(Delivery.subject_id) == subject_id,
            col(Delivery.state).in_((DeliveryState.SENT, DeliveryState.SENDING, DeliveryState.UNKNOWN)),
            true() if details is None else col(Delivery.detail).in_(details),
        )
        .values(
            revision=col(Delivery.revision) + 1,
            state=case((stands, DeliveryState.DUE), else_=col(Delivery.state)),
            due_at=case((stands, record.now), else_=col(Delivery.due_at)),
            attempts=case((stands, 0), else_=col(Delivery.attempts)),
        )
        .execution_options(synchronize_session=False)
    )
    record.posted = True


def withdraw(record: Record, *, kinds: Sequence[str], subject_id: int, details: Sequence[str] | None = None) -> None:
    """What nobody tried to send yet is not owed any more, and leaves no row; what was sent stands."""
    record.session.execute(
        delete(Delivery)
        .where(
            col(Delivery.organization_id) == record.organization_id,
            col(Delivery.kind).in_(kinds),
            col(Delivery.subject_id) == subject_id,
            true() if details is None else col(Delivery.detail).in_(details),
            col(Delivery.state) == DeliveryState.DUE,
            col(Delivery.message).is_(None),
            col(Delivery.attempts) == 0,
        )
        .execution_options(synchronize_session=False)
    )


def hand_over(record: Record, *, kind: str, gone: int, into: int) -> None:
    """Two turned out to be one: messages about `gone` are about `into`; one that both of them were owed goes out once."""
    before, after = (f"{record.organization_id}:{kind}:{person_id}:" for person_id in (gone, into))
    theirs = select(Delivery).where(
        col(Delivery.organization_id) == record.organization_id,
        col(Delivery.kind) == kind,
        col(Delivery.subject_id) == gone,
    )
    for row in record.session.execute(theirs.order_by(col(Delivery.id))).scalars().all():
        once = after + row.once.removeprefix(before)
        taken = record.session.execute(select(col(Delivery.id)).where(col(Delivery.once) == once)).first()
        if taken and row.state is DeliveryState.DUE and row.message is None:
            record.session.delete(row)
        else:
            row.subject_id, row.once = into, row.once if taken else once
        record.session.flush()


def at_message(record: Record, message: str) -> Delivery | None:
    """Which of our messages stands there."""
    query = select(Delivery).where(
        col(Delivery.organization_id) == record.organization_id, col(Delivery.message) == message
    )
    return record.session.execute(query.limit(1)).scalar_one_or_none()


def latest_sent(record: Record, *, kind: str, person_id: int) -> Delivery | None:
    """The last message of that kind which reached this person."""
    query = (
        select(Delivery)
        .where(
            col(Delivery.organization_id) == record.organization_id,
            col(Delivery.kind) == kind,
            col(Delivery.person_id) == person_id,
            col(Delivery.message).is_not(None),
        )
        .order_by(col(Delivery.sent_at).desc())
    )
    return record.session.execute(query.limit(1)).scalar_one_or_none()


def details_sent(record: Record, *, kind: str, subject_id: int, since: str = "", until: str | None = None) -> list[str]:
    """The details of those that reached somebody, in order: from `since` on, and before `until`."""
    return _details(record, kind, subject_id, col(Delivery.sent_at).is_not(None), since=since, until=until)


def details_out(record: Record, *, kind: str, subject_id: int, since: str) -> list[str]:
    """The details of those that reached somebody, or may be on their way at this moment, in order, from `since` on."""
    on_its_way = col(Delivery.state).in_((DeliveryState.SENDING, DeliveryState.UNKNOWN))
    return _details(record, kind, subject_id, or_(col(Delivery.sent_at).is_not(None), on_its_way), since=since)


def details_standing(record: Record, *, kind: str, subject_id: int, since: str) -> list[str]:
    """The details of those that stand or may yet stand somewhere, in order, from `since` on."""
    gone = (DeliveryState.MISSED, DeliveryState.DEAD)
    return _details(record, kind, subject_id, col(Delivery.state).not_in(gone), since=since)


def details_due(record: Record, *, kind: str, subject_id: int, after: str) -> list[str]:
    """The details of those that could go out by now and have not, in order, later than `after`."""
    waiting = (DeliveryState.DUE, DeliveryState.SENDING)
    due = and_(col(Delivery.state).in_(waiting), col(Delivery.message).is_(None), col(Delivery.due_at) <= record.now)
    return _details(record, kind, subject_id, and_(due, col(Delivery.detail) > after))


def _details(
    record: Record, kind: str, subject_id: int, which: ColumnElement[bool], *, since: str = "", until: str | None = None
) -> list[str]:
    query = select(col(Delivery.detail)).where(
        col(Delivery.organization_id) == record.organization_id,
        col(Delivery.kind) == kind,
        col(Delivery.subject_id) == subject_id,
        col(Delivery.detail) >= since,
        which,
    )
    if until is not None:
        query = query.where(col(Delivery.detail) < until)
    return list(record.session.execute(query.order_by(col(Delivery.detail))).scalars())


def next_due(record: Record, *, after: datetime) -> datetime | None:
    """When the organization's next message after that moment falls due."""
    query = (
        select(col(Delivery.due_at))
        .where(
            col(Delivery.organization_id) == record.organization_id,
            col(Delivery.state) == DeliveryState.DUE,
            col(Delivery.due_at) > after,
        )
        .order_by(col(Delivery.due_at))
    )
    return record.session.execute(query.limit(1)).scalar_one_or_none()


def waiting(
    engine: Engine, now: Mapping[str, datetime], *, busy: Sequence[str] = (), grace: timedelta = timedelta(0)
) -> tuple[list[str], list[str]]:
    """On which of these platforms, each at its own moment, `claim` would find something, and on which `strayed` would.

    It is all that most ticks ask, and costs the same however much is owed later.
    """
    asked: dict[str, Any] = {"busy": busy}
    for n, (platform, moment) in enumerate(now.items()):
        asked |= {f"platform{n}": platform, f"now{n}": moment, f"silent_since{n}": moment - grace}
    with opened(engine, writes=False) as one:
        found = one.connection.execute(_waiting(len(now)), asked).all()
    due, lost = ([platform for platform, what in found if what == kind] for kind in ("due", "lost"))
    return due, lost


def claim(
    engine: Engine, *, platform: str, now: datetime, limit: int, busy: Sequence[str] = (), lease: timedelta = LEASE
) -> list[Owed]:
    """Take what is due on this platform, oldest first, for the length of the lease; nobody else gets it meanwhile."""
    with opened(engine, writes=True) as one:
        ids = one.connection.execute(_DUE, _asked(platform, now, busy, limit)).scalars().all()
        return taken(one, _TAKE, ids, lease_until=now + lease)


def renew(engine: Engine, delivery: Owed, *, now: datetime, lease: timedelta = LEASE) -> Owed | None:
    """The same claim for another lease; nothing where somebody else took it over. What was unknown is being sent again."""
    until = now + lease
    with opened(engine, writes=True) as one:
        renewed = one.session.execute(
            update(Delivery)
            .where(
                col(Delivery.id) == delivery.id,
                col(Delivery.state).in_((DeliveryState.SENDING, DeliveryState.UNKNOWN)),
                col(Delivery.lease_until) == delivery.lease_until,
            )
            .values(state=DeliveryState.SENDING, lease_until=until)
            .execution_options(synchronize_session=False)
        )
        return replace(delivery, lease_until=until) if renewed.rowcount == 1 else None  # type: ignore[attr-defined]


def strayed(
    engine: Engine,
    *,
    platform: str,
    now: datetime,
    limit: int,
    busy: Sequence[str] = (),
    lease: timedelta = LEASE,
    grace: timedelta = timedelta(0),
) -> list[Owed]:
    """What some replica claimed and never finished: from now on `unknown`, and leased to who asks to reconcile it.

    `grace` is how long after the end of its lease a message that was being sent may still arrive.
    """
    asked = _asked(platform, now, busy, limit) | {"silent_since": now - grace}
    with opened(engine, writes=True) as one:
        ids = one.connection.execute(_LOST, asked).scalars().all()
        return taken(one, _DOUBT, ids, lease_until=now + lease)


def _asked(platform: str, now: datetime, busy: Sequence[str], limit: int) -> dict[str, Any]:
    return {"platform": platform, "now": now, "busy": busy, "limit": limit}


def taken(one: Transaction, change: ReturningUpdate[Any], ids: Sequence[int], *, lease_until: datetime) -> list[Owed]:
    """These rows, changed like that, in the order in which they fell due."""
    rows = one.connection.execute(change, {"ids": ids, "until": lease_until})
    return sorted((Owed(**row._mapping) for row in rows), key=lambda one: (one.due_at, one.id))


def owed(row: Delivery) -> Owed:
    """A row as plain values."""
    return Owed(
        id=row.key,
        organization_id=row.organization_id,
        conversation=row.conversation,
        kind=row.kind,
        subject_id=row.subject_id,
        detail=row.detail,
        person_id=row.person_id,
        message=row.message,
        attempts=row.attempts,
        revision=row.claimed_revision,
        due_at=row.due_at,
        lease_until=row.lease_until,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a claimed row. `message` is where it stands, `again_at` when it is due again."""

    delivery: Owed
    state: DeliveryState
    now: datetime
    message: str | None = None
    again_at: datetime | None = None
    lease_until: datetime | None = None
    reason: str = ""


def settle(
    engine: Engine,
    delivery: Owed,
    state: DeliveryState,
    *,
    now: datetime,
    message: str | None = None,
    again_at: datetime | None = None,
    lease_until: datetime | None = None,
    reason: str = "",
) -> None:
    """What became of one claimed row."""
    outcome = Outcome(
        delivery=delivery,
        state=state,
        now=now,
        message=message,
        again_at=again_at,
        lease_until=lease_until,
        reason=reason,
    )
    settle_all(engine, [outcome])


def settle_all(engine: Engine, outcomes: Sequence[Outcome]) -> list[None]:
    """What became of claimed rows, written down for all of them or for none.

    If a change wanted one redrawn meanwhile, what was sent is owed again.
    Whoever lost the lease, because another replica took the row over, changes nothing; but that it was sent after all, where
    nobody knew of a message yet, is kept: it spares a second sending.
    """
    became = [
        {
            "key": outcome.delivery.id,
            "held": outcome.delivery.lease_until,
            "drawn": outcome.delivery.revision,
            "became": outcome.state,
            "at": outcome.now,
            "stands_at": outcome.message,
            "again_at": outcome.again_at,
            "until": outcome.lease_until,
            "because": outcome.reason[:300],
        }
        for outcome in outcomes
    ]

    def written() -> None:
        with opened(engine, writes=True) as one:
            one.connection.execute(_SETTLE, became)

    tried_again(written)
    return [None for _ in outcomes]
