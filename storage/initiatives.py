"""Initiatives: the rows, their gates, the questions of each gate, and what a touchpoint asks by itself."""

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from agenda.columns import stored
from agenda.initiatives import GateFields, GateKind, InitiativeFields, QuestionFields, Tier
from storage.rows import Sealed


class Initiative(InitiativeFields, Sealed, table=True):
    """One project in one touchpoint; `number` is the 7 of I-7."""

    __table_args__ = (
        UniqueConstraint("organization_id", "number", name="uq_initiative_number"),
        Index("ix_initiative_tracker", "touchpoint_id", "tracker_key"),
    )

    touchpoint_id: int = Field(foreign_key="touchpoint.id")
    added_by_id: int = Field(foreign_key="person.id")
    number: int = 0

    @property
    def ref(self) -> str:
        """What people call it."""
        return f"I-{self.number}"


class Gate(GateFields, Sealed, table=True):
    """One gate of one initiative."""

    __table_args__ = (
        UniqueConstraint("initiative_id", "kind", name="uq_gate_kind"),
        Index("ix_gate_due", "touchpoint_id", "due_on"),
    )

    touchpoint_id: int = Field(foreign_key="touchpoint.id")
    initiative_id: int = Field(foreign_key="initiative.id")


class GateQuestion(QuestionFields, Sealed, table=True):
    """One question of one gate, and its answer."""

    __tablename__ = "gate_question"

    gate_id: int = Field(foreign_key="gate.id", index=True)
    answered_by_id: int | None = Field(default=None, foreign_key="person.id")


class QuestionSet(Sealed, table=True):
    """What a touchpoint asks at a gate of an initiative of a tier, a line each, where that is not the starter set."""

    __tablename__ = "question_set"
    __table_args__ = (UniqueConstraint("touchpoint_id", "tier", "kind", name="uq_question_set"),)

    touchpoint_id: int = Field(foreign_key="touchpoint.id")
    tier: Tier = Field(sa_type=stored(Tier))
    kind: GateKind = Field(sa_type=stored(GateKind))
    questions: str = Field(default="")
