"""How well the two work together, from the record alone: never from what anybody wrote to anybody.

rule
F1    every figure is counted from rows of the record, for one quarter of the year in the touchpoint's zone
F2    a figure that nothing is known about is not shown as zero: it is left out
F3    a pulse is shown when both answered, and to both at once; where one did not, what the other said is erased
"""

from datetime import datetime

from sqlmodel import Field, SQLModel

PULSE = "How well do we two work together at the moment?"
BEST = 5


class PulseFields(SQLModel):
    """One question to both; the scores (1 to 5) stand here once both answered (F3)."""

    question: str = Field(default=PULSE)
    asked_at: datetime
    closed_at: datetime | None = Field(default=None)
    cio_score: int | None = Field(default=None)
    ciso_score: int | None = Field(default=None)


class PulseAnswerFields(SQLModel):
    """What was said from one chair, until the pulse is closed."""

    score: int | None = Field(default=None)
    answered_at: datetime | None = Field(default=None)
