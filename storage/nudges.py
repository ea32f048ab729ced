"""What is asked of whom at which moment; the message of one moment is one delivery, and shows all of it."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint, select
from sqlmodel import Field, col

from agenda.nudges import NudgeFields, NudgeKind
from storage.rows import Row
from storage.unit_of_work import Record, insert_once


class Nudge(NudgeFields, Row, table=True):
    """`once` is unique: who plans the same nudge twice plans it once."""

    __table_args__ = (
        UniqueConstraint("organization_id", "once", name="uq_nudge_once"),
        Index("ix_nudge_person", "person_id", "slot"),
        Index("ix_nudge_subject", "organization_id", "kind", "subject_id"),
    )

    once: str = Field(max_length=200)
    person_id: int = Field(foreign_key="person.id")
    touchpoint_id: int | None = Field(default=None, foreign_key="touchpoint.id")
