"""The outbox: one row for each message owed to a conversation, committed with the change that owes it.

    state     is                                                  next
    due       owed, from `due_at` on                              sending
    sending   claimed by a replica, until `lease_until`           sent, due (later), dead, unknown
    sent      it stands at `message`                              due again, to be redrawn in place
    unknown   a replica died, or the connection, mid-send         reconciled: sent, or due; never resent blindly
    missed    it was too late to be worth sending                 –
    dead      the platform does not take it                       due again, once it can be sent there after all

A row names what it is about and not what it says: its card is drawn from the record of the moment it is sent. So a message
that is to show a change is simply due again, and ten changes in a second are one redraw.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, Index, bindparam, case, delete, or_, select, text, true, update
from sqlmodel import Field, col

from agenda.columns import stored
from storage.rows import Row
from storage.unit_of_work import Record, insert_once

LEASE = timedelta(seconds=60)
SOON = timedelta(hours=1)  # No refusal for a while puts anything off for longer.
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
    `shown` is the mark of the card that stands there, where that is kept: what looks the same is not sent again.
    """

    __table_args__ = (
        Index("ix_delivery_due", "state", "platform", "due_at", "id"),
        # Only what is on its way or in doubt is leased: however many were sent, this one stays small.
        Index("ix_delivery_lease", "lease_until", sqlite_where=LEASED, postgresql_where=LEASED),
        # `detail` tells one person's messages apart, of which there are two a day for years.
        Index("ix_delivery_subject", "organization_id", "kind", "subject_id", "detail"),
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
    shown: str = Field(default="", max_length=16)


ROWS = Delivery.__table__  # type: ignore[attr-defined]  # every table class has one
STANDS = ROWS.c.state == DeliveryState.SENT
REDRAW = (
    update(ROWS)
    .where(
        ROWS.c.organization_id == bindparam("whose"),
        ROWS.c.kind.in_(bindparam("kinds", expanding=True)),
        ROWS.c.subject_id == bindparam("subject"),
        ROWS.c.state.in_((DeliveryState.SENT, DeliveryState.SENDING, DeliveryState.UNKNOWN)),
    )
    .values(
        revision=ROWS.c.revision + 1,
        state=case((STANDS, DeliveryState.DUE), else_=ROWS.c.state),
        due_at=case((STANDS, bindparam("now", type_=ROWS.c.due_at.type)), else_=ROWS.c.due_at),
        attempts=case((STANDS, 0), else_=ROWS.c.attempts),
    )
)
REDRAW_DETAILS = REDRAW.where(ROWS.c.detail.in_(bindparam("details", expanding=True)))


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
    shown: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a claimed row. `message` is where it stands, `again_at` when it is due again, `shown` the card's mark."""

    delivery: Owed
    state: DeliveryState
    now: datetime
    message: str | None = None
    again_at: datetime | None = None
    lease_until: datetime | None = None
    reason: str = ""
    shown: str = ""


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
        shown="",
    )
    record.posted = True


def redraw(record: Record, *kinds: str, subject_id: int, details: Sequence[str] | None = None) -> None:
    """Show the change wherever these messages stand, or are about to stand; with `details`, only those with one of them.

    One that is on its way at this moment was drawn before the change: its higher `revision` makes `settle` owe it again.
    """
    about = {"whose": record.organization_id, "kinds": kinds, "subject": subject_id, "now": record.now}
    shown = (
        record.execute(REDRAW, about)
        if details is None
        else record.execute(REDRAW_DETAILS, about | {"details": details})
    )
    record.posted |= shown.rowcount > 0


def redraw_at(record: Record, conversation: str) -> None:
    """Whatever stands in that conversation shows how it is now, or says that it is no longer shown there."""
    shown = update(ROWS).where(
        ROWS.c.organization_id == record.organization_id,
        ROWS.c.conversation == conversation,
        ROWS.c.state.in_((DeliveryState.SENT, DeliveryState.SENDING, DeliveryState.UNKNOWN)),
    )
    values = {"revision": ROWS.c.revision + 1, "state": case((STANDS, DeliveryState.DUE), else_=ROWS.c.state)}
    values |= {"due_at": case((STANDS, record.now), else_=ROWS.c.due_at)}
    values |= {"attempts": case((STANDS, 0), else_=ROWS.c.attempts)}
    record.posted |= record.execute(shown.values(**values)).rowcount > 0


def owe_again(record: Record, conversation: str, *, since: datetime) -> None:
    """What was refused there, because nothing could be sent from `since` on, is owed again; its card says if it is too late."""
    refused = update(ROWS).where(
        ROWS.c.organization_id == record.organization_id,
        ROWS.c.conversation == conversation,
        ROWS.c.state == DeliveryState.DEAD,
        ROWS.c.message.is_(None),
        ROWS.c.due_at > since - SOON,
    )
    values = {"state": DeliveryState.DUE, "due_at": record.now, "attempts": 0}
    record.posted |= record.execute(refused.values(**values)).rowcount > 0


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


def follow(record: Record, *, to: str, others: Sequence[str], kind: str, subject_id: int) -> None:
    """Who reads at `to` now is not told at their other addresses what nobody sent there yet.

    That is what of this kind is about them, however far ahead, and all else that is due or waits to be tried again; but not
    their home there. It goes out once: what is on its way stays where it is.
    """
    ahead = (ROWS.c.kind == kind, ROWS.c.subject_id == subject_id)
    platforms = {other.split(":", 1)[0] for other in others}
    overdue = (ROWS.c.platform.in_(platforms), ROWS.c.due_at <= record.now + SOON, ROWS.c.kind != "home")
    for which in (ahead, overdue):
        waiting = (
            ROWS.c.organization_id == record.organization_id,
            ROWS.c.state == DeliveryState.DUE,
            ROWS.c.message.is_(None),
            ROWS.c.conversation.in_(others),
        )
        tried = ROWS.c.attempts > 0
        moved = (
            update(ROWS)
            .where(*which, *waiting)
            .values(
                conversation=to,
                platform=to.split(":", 1)[0],
                due_at=case((tried, record.now), else_=ROWS.c.due_at),
                attempts=0,
            )
        )
        record.posted |= record.execute(moved).rowcount > 0


def at_message(record: Record, message: str) -> Delivery | None:
    """Which of our messages stands there."""
    query = select(Delivery).where(
        col(Delivery.organization_id) == record.organization_id, col(Delivery.message) == message
    )
    return record.session.execute(query.limit(1)).scalar_one_or_none()


def details_out(record: Record, *, kind: str, subject_id: int, since: str) -> list[str]:
    """The details of those that reached somebody, or may be on their way at this moment, in order, from `since` on."""
    on_its_way = col(Delivery.state).in_((DeliveryState.SENDING, DeliveryState.UNKNOWN))
    return _details(record, kind, subject_id, or_(col(Delivery.sent_at).is_not(None), on_its_way), since=since)


def details_standing(record: Record, *, kind: str, subject_id: int, since: str) -> list[str]:
    """The details of those that stand or may yet stand somewhere, in order, from `since` on."""
    gone = (DeliveryState.MISSED, DeliveryState.DEAD)
    return _details(record, kind, subject_id, col(Delivery.state).not_in(gone), since=since)


def _details(record: Record, kind: str, subject_id: int, which: ColumnElement[bool], *, since: str) -> list[str]:
    query = select(col(Delivery.detail)).where(
        col(Delivery.organization_id) == record.organization_id,
        col(Delivery.kind) == kind,
        col(Delivery.subject_id) == subject_id,
        col(Delivery.detail) >= since,
        which,
    )
    return list(record.session.execute(query.order_by(col(Delivery.detail))).scalars())


def next_due(record: Record, *, after: datetime) -> datetime | None:
    """When the organization's next message after that moment falls due."""
    query = (
        select(col(Delivery.due_at))
        .where(
            col(Delivery.organization_id) == record.organization_id,
            col(Delivery.state) == DeliveryState.DUE,
            col(Delivery.due_at) > after,
            col(Delivery.kind) != "home",  # It only follows what happened.
        )
        .order_by(col(Delivery.due_at))
    )
    return record.session.execute(query.limit(1)).scalar_one_or_none()
