"""Owing a message: to one person in private, or to both principals where they meet.

`once` is what makes it one message, however often it is owed; for both, each conversation has its own.
"""

from datetime import datetime

from bot import nudging
from storage import deliveries, people, places, touchpoints
from storage.touchpoints import Touchpoint
from storage.unit_of_work import Record


def in_private(record: Record, person_id: int, *, once: str, kind: str, subject_id: int, detail: str = "") -> None:
    """In their direct chat, on the platform where they were last; a guest, and who left, are told nothing."""
    for account in people.reached_at(record, person_id)[:1]:
        deliveries.post(
            record,
            once=once,
            conversation=account,
            kind=kind,
            subject_id=subject_id,
            detail=detail,
            person_id=person_id,
        )


def follow(record: Record, person_id: int, account: str) -> None:
    """They answered through this account: from now on they are told there, also what they are owed already."""
    if places.is_lost(record, account):
        return
    people.seen(record, account)
    others = [one for one in people.accounts_of(record, person_id) if one != account]
    deliveries.follow(record, to=account, others=others, kind=nudging.KIND, subject_id=person_id)
    record.people_changed = True


def both(
    record: Record,
    touchpoint: Touchpoint,
    *,
    once: str,
    kind: str,
    subject_id: int,
    detail: str = "",
    person_id: int | None = None,
    due_at: datetime | None = None,
) -> None:
    """Where this touchpoint's cards go; `person_id` is whoever caused it."""
    for place in touchpoints.audience(record, touchpoint):
        deliveries.post(
            record,
            once=f"{once}:{place}",
            conversation=place,
            kind=kind,
            subject_id=subject_id,
            detail=detail,
            person_id=person_id,
            due_at=due_at,
        )
