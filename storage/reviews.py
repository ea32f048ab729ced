"""What came of each review of an agreed decision."""

from datetime import date, datetime
from enum import StrEnum

from sqlmodel import Field

from agenda.columns import stored
from storage import rows
from storage.rows import Sealed
from storage.unit_of_work import Record


class Verdict(StrEnum):
    """Confirmed at once; revised and withdrawn by a decision of its own, which needs its own keys."""

    CONFIRMED = "confirmed"
    REVISED = "revised"
    WITHDRAWN = "withdrawn"


class DecisionReview(Sealed, table=True):
    """One review. `next_on` is the day of the next one, in the touchpoint's zone."""

    __tablename__ = "decision_review"

    decision_id: int = Field(foreign_key="decision.id", index=True)
    person_id: int = Field(foreign_key="person.id")
    at: datetime
    verdict: Verdict = Field(sa_type=stored(Verdict))
    next_on: date | None = Field(default=None)


def of_decision(record: Record, decision_id: int) -> list[DecisionReview]:
    """Its reviews, in order."""
    return rows.having(record, DecisionReview, decision_id=decision_id)


def add(record: Record, decision_id: int, person_id: int, verdict: Verdict, next_on: date | None = None) -> None:
    """One more, of this moment."""
    review = DecisionReview(
        organization_id=record.organization_id,
        decision_id=decision_id,
        person_id=person_id,
        at=record.now,
        verdict=verdict,
        next_on=next_on,
    )
    rows.add(record, review)
