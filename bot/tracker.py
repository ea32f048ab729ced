"""What a tracker sends about initiatives comes into the record as a file does: all of it, or nothing.

It is recorded in the name of the touchpoint's CISO, and the audit log says that the tracker did it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine

from agenda.conversations import Conversation, SwitchedOff
from agenda.registered import INITIATIVES
from agenda.registers import plan as planned
from agenda.tracker import delivery_in, refused, wrong_in
from bot import importing
from storage import imports, inbox, registers, rows
from storage.people import Organization
from storage.touchpoints import Touchpoint
from storage.unit_of_work import Record, opened, tried_again, unit_of_work

ACTOR = "tracker"


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """Of which touchpoint, how many initiatives were sent; `again` if this very delivery was taken before.

    `posted` says that somebody is owed a message.
    """

    touchpoint_id: int
    sent: int
    again: bool = False
    posted: bool = False


def take(engine: Engine, text: str, once: str, now_of: Callable[[Organization], datetime]) -> Taken:
    """`once` names the delivery. Raises `BadInput` with what is wrong field by field, `SwitchedOff`."""
    name, sheet = delivery_in(text)
    touchpoint_id, organization_id, now = meant(engine, name, now_of)

    def taken() -> Taken:
        with unit_of_work(engine, organization_id=organization_id, now=now, actor=ACTOR) as record:
            again = not inbox.first_time(record, f"tracker:{once}")
            if not again:
                take_in(record, touchpoint_id)
        return Taken(touchpoint_id=touchpoint_id, sent=len(sheet.lines), again=again, posted=record.posted)

    def take_in(record: Record, touchpoint_id: int) -> None:
        touchpoint = rows.get(record, Touchpoint, touchpoint_id)
        if not touchpoint.talks_about(Conversation.INITIATIVES):
            raise SwitchedOff(Conversation.INITIATIVES)
        plan = planned(INITIATIVES, sheet, imports.present(record, INITIATIVES, touchpoint_id))
        if plan.errors:
            raise refused(wrong_in(plan))
        importing.take_in(record, INITIATIVES, touchpoint, touchpoint.ciso_id, plan)

    return tried_again(taken)


def meant(engine: Engine, name: str, now_of: Callable[[Organization], datetime]) -> tuple[int, int, datetime]:
    """The touchpoint of that name or number, its organization, and what time it is there. Raises `BadInput`."""
    with opened(engine, writes=False) as transaction:
        found = registers.called(transaction.session, name)
        if len(found) != 1:
            several = "Several are called so; write the number. " if found else "There is none of that name or number. "
            raise refused({"touchpoint": f"{several}“touchpoint doctor” shows them."})
        organization = transaction.session.get_one(Organization, found[0].organization_id)
        return found[0].key, organization.key, now_of(organization)
