"""Homes: one card for each account of all that is theirs, at a place of its own or as a message of their direct chat.

It is a delivery of kind `home`, drawn and carried like any other. Its `detail` is the moment until which it is kept current, in
an order that text keeps, or empty for one that a newer one took over from. Whatever seals a change makes the organization's
homes due again, a little later, so that a burst is one redraw; one that looks as before is not sent (`Delivery.shown`).
"""

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import and_, bindparam, case, select, update

from storage.deliveries import ROWS, STANDS, Delivery, DeliveryState, post
from storage.unit_of_work import Record, insert_once

KIND: Final = "home"
A_MOMENT: Final = timedelta(seconds=2)
ON_ITS_WAY: Final = (DeliveryState.SENDING, DeliveryState.UNKNOWN)
OUTDATE: Final = (
    update(ROWS)
    .where(
        ROWS.c.organization_id == bindparam("whose"),
        ROWS.c.kind == KIND,
        ROWS.c.state.in_((DeliveryState.SENT, *ON_ITS_WAY)),
        ROWS.c.detail > bindparam("now"),
    )
    .values(
        revision=ROWS.c.revision + 1,
        state=case((STANDS, DeliveryState.DUE), else_=ROWS.c.state),
        due_at=case(
            (and_(STANDS, ROWS.c.person_id == bindparam("actor_id")), bindparam("at", type_=ROWS.c.due_at.type)),
            (STANDS, bindparam("soon", type_=ROWS.c.due_at.type)),
            else_=ROWS.c.due_at,
        ),
        attempts=case((STANDS, 0), else_=ROWS.c.attempts),
    )
)


def moment(at: datetime) -> str:
    """As `detail` says it."""
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def outdate(record: Record) -> None:
    """Something changed: whoever changed it sees it in their home at once; the others' are drawn anew in a moment."""
    whose, _bar, actor_id = record.actor.partition("/")
    asked = {
        "whose": record.organization_id,
        "now": moment(record.now),
        "at": record.now,
        "soon": record.now + A_MOMENT,
        "actor_id": int(actor_id) if whose == "person" else 0,
    }
    record.posted |= record.execute(OUTDATE, asked).rowcount > 0


def stand(record: Record, *, account: str, person_id: int, surface: str, until: datetime) -> None:
    """The home of this account stands at that place, and is drawn there now, whether or not it changed."""
    supersede(record, account)
    made = insert_once(
        record,
        Delivery,
        organization_id=record.organization_id,
        once=_once(record, account),
        platform=account.split(":", 1)[0],
        conversation=account,
        kind=KIND,
        subject_id=person_id,
        detail=moment(until),
        person_id=person_id,
        state=DeliveryState.DUE,
        due_at=record.now,
        attempts=0,
        revision=0,
        claimed_revision=0,
        message=surface,
        reason="",
        shown="",
    )
    if not made:
        again = {"message": surface, "detail": moment(until), "person_id": person_id, "shown": ""}
        record.execute(update(ROWS).where(ROWS.c.once == _once(record, account)).values(**again, **_due(record)))
    record.posted = True


def offer(record: Record, *, account: str, person_id: int, once: str, until: datetime) -> None:
    """The home of this account is a message in its direct chat, and the newest one is the only one."""
    supersede(record, account)
    post(
        record,
        once=f"{KIND}:{account}:{once}",
        conversation=account,
        kind=KIND,
        subject_id=person_id,
        detail=moment(until),
        person_id=person_id,
    )


def has_a_place(record: Record, account: str) -> bool:
    """Does the platform show it anywhere but in the direct chat?"""
    found = select(ROWS.c.id).where(ROWS.c.once == _once(record, account))
    return record.execute(found).first() is not None


def supersede(record: Record, account: str) -> None:
    """Messages of this account's home say from now on that there is a newer one."""
    theirs = (
        ROWS.c.organization_id == record.organization_id,
        ROWS.c.kind == KIND,
        ROWS.c.conversation == account,
        ROWS.c.detail != "",
        ROWS.c.once != _once(record, account),
    )
    record.execute(
        update(ROWS)
        .where(*theirs)
        .values(
            detail="",
            revision=ROWS.c.revision + 1,
            state=case((STANDS, DeliveryState.DUE), else_=ROWS.c.state),
            due_at=case((STANDS, record.now), else_=ROWS.c.due_at),
        )
    )


def _due(record: Record) -> dict[str, Any]:
    """Now; one that is on its way at this moment is drawn once more after it."""
    waits = ROWS.c.state.not_in(ON_ITS_WAY)
    return {
        "revision": ROWS.c.revision + 1,
        "state": case((waits, DeliveryState.DUE), else_=ROWS.c.state),
        "due_at": case((waits, record.now), else_=ROWS.c.due_at),
        "attempts": case((waits, 0), else_=ROWS.c.attempts),
    }


def _once(record: Record, account: str) -> str:
    return f"{record.organization_id}:{KIND}:{account}"
