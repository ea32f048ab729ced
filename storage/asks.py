"""Asks: the rows, which risks each of them reduces, and what was counted."""

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from agenda.asks import AppraisalFields, AskFields, ExposureFields
from storage.rows import Sealed


class Ask(AskFields, Sealed, table=True):
    """One ask of one touchpoint; `number` is the 7 of ASK-7. `decision_id` is the last decision about it."""

    __table_args__ = (
        UniqueConstraint("organization_id", "number", name="uq_ask_number"),
        Index("ix_ask_state", "touchpoint_id", "state", "check_on"),
    )

    touchpoint_id: int = Field(foreign_key="touchpoint.id")
    asked_by_id: int = Field(foreign_key="person.id")
    decision_id: int | None = Field(default=None, foreign_key="decision.id", index=True)
    number: int = 0

    @property
    def ref(self) -> str:
        """What people call it."""
        return f"ASK-{self.number}"


class Exposure(ExposureFields, Sealed, table=True):
    """What one risk costs, with an ask and without it."""

    __table_args__ = (UniqueConstraint("ask_id", "risk_id", name="uq_exposure"),)

    ask_id: int = Field(foreign_key="ask.id")
    risk_id: int = Field(foreign_key="risk_item.id", index=True)


class Appraisal(AppraisalFields, Sealed, table=True):
    """What was counted for an ask at some moment; the last one counts."""

    ask_id: int = Field(foreign_key="ask.id", index=True)
