"""Communication and trust: what the figures are counted from, and the pulse."""

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from agenda.columns import stored
from agenda.health import PulseAnswerFields, PulseFields
from agenda.touchpoints import Seat
from storage.rows import Row, Sealed


class Pulse(PulseFields, Sealed, table=True):
    """One question to both principals of one touchpoint."""

    touchpoint_id: int = Field(foreign_key="touchpoint.id", index=True)
    asked_by_id: int = Field(foreign_key="person.id")


class PulseAnswer(PulseAnswerFields, Row, table=True):
    """What one principal said, for that person alone: no seal, no export, and erased when the pulse is closed."""

    __tablename__ = "pulse_answer"
    __table_args__ = (UniqueConstraint("pulse_id", "seat", name="uq_pulse_answer"),)

    pulse_id: int = Field(foreign_key="pulse.id")
    seat: Seat = Field(sa_type=stored(Seat))
    person_id: int = Field(foreign_key="person.id")
