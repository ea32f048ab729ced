"""Owing a message: to one person in private, or to both principals where they meet.

`once` is what makes it one message, however often it is owed; for both, each conversation has its own.
"""

from datetime import datetime

from storage import deliveries, people, touchpoints
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
