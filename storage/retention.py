"""What is only machinery is not kept for ever: marks of requests, private messages that were sent, nudges, leave that is over.

The record itself has no end here; a person's data in it has one of its own (`storage.erasure`). Cards in a touchpoint's own
conversation stay too: whenever what they show changes, they are redrawn. `docs/privacy.md` says the same as a table.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, CursorResult, Engine, and_, delete, func, or_, select, tuple_
from sqlmodel import SQLModel, col

from storage.absences import Absence
from storage.deliveries import Delivery, DeliveryState
from storage.feeds import CalendarFeed
from storage.inbox import InboxMark
from storage.links import LinkCode
from storage.nudges import Nudge
from storage.people import Organization
from storage.unit_of_work import transaction, unit_of_work

AT_ONCE = 500  # rows: whoever writes meanwhile waits for milliseconds.
NUDGE = "nudge"


def organizations(engine: Engine) -> list[Organization]:
    """Whose machinery there is."""
    with transaction(engine, writes=False) as session:
        return list(session.execute(select(Organization).order_by(col(Organization.id))).scalars())


def prune(engine: Engine, organization_id: int, *, now: datetime, before: datetime) -> int:
    """Deletes some of what is older than that moment, of each kind; how many. Asked again until there is nothing left."""
    with unit_of_work(engine, organization_id=organization_id, now=now) as record:
        gone = 0
        for table, old in old_ones(before):
            rows = table.__table__  # type: ignore[attr-defined]  # every table class has one
            some = select(*rows.primary_key).where(rows.c.organization_id == organization_id, old).limit(AT_ONCE)
            done = record.session.execute(
                delete(table).where(tuple_(*rows.primary_key).in_(some)).execution_options(synchronize_session=False)
            )
            gone += done.rowcount if isinstance(done, CursorResult) else 0
        return gone


def old_ones(before: datetime) -> tuple[tuple[type[SQLModel], ColumnElement[bool]], ...]:
    """Each table, and which of its rows nobody needs. What is still owed, under way or unknown is never among them."""
    private = or_(col(Delivery.kind) == NUDGE, col(Delivery.person_id).is_not(None))
    sent = and_(col(Delivery.state) == DeliveryState.SENT, private, col(Delivery.sent_at) < before)
    given_up = and_(col(Delivery.state).in_((DeliveryState.MISSED, DeliveryState.DEAD)), col(Delivery.due_at) < before)
    return (
        (InboxMark, col(InboxMark.marked_at) < before),
        (Delivery, or_(sent, given_up)),
        (Nudge, func.coalesce(col(Nudge.again_slot), col(Nudge.slot)) < before),
        (LinkCode, col(LinkCode.expires_at) < before),
        (CalendarFeed, col(CalendarFeed.revoked_at) < before),
        (Absence, col(Absence.last) < before.date()),
    )
