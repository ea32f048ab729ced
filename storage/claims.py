"""Taking what the outbox owes, holding it while it is sent, and writing down what became of it.

A claim is a lease: `lease_until` is its fence, and who holds another one has nothing to settle. The statements are built once,
because this is asked on every tick and for every message.
"""

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Engine,
    Executable,
    and_,
    bindparam,
    case,
    func,
    literal_column,
    or_,
    select,
    union_all,
    update,
)
from sqlalchemy.sql.dml import ReturningUpdate
from sqlmodel import col

from storage.deliveries import LEASE, Delivery, DeliveryState, Outcome, Owed
from storage.unit_of_work import Transaction, opened, tried_again

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
_DOUBT: Final = _taken(state=DeliveryState.UNKNOWN, shown="")
_WAS_SENT: Final = _bound("became", "state") == DeliveryState.SENT
_STANDS: Final = _bound("stands_at", "message")
_ONLY_WAITS: Final = and_(_bound("became", "state") == DeliveryState.DUE, bindparam("because") == "")
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
        shown=bindparam("looks"),
        # What only waits for working hours was never tried: a changed plan may still withdraw it.
        attempts=case((_ONLY_WAITS, 0), else_=_TABLE.c.attempts),
    )
)


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
        shown=row.shown,
    )


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
            "looks": outcome.shown,
        }
        for outcome in outcomes
    ]

    def written() -> None:
        with opened(engine, writes=True) as one:
            one.connection.execute(_SETTLE, became)

    tried_again(written)
    return [None for _ in outcomes]
