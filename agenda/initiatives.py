"""Initiatives: IT projects, and the gates at which security has its questions answered.

rule  from      on                                            to
I1    –         somebody adds it, by hand or from a tracker   active, with the gates and questions of its tier
I2    active    it is done                                    done
I3    active    it is given up, with the reason               stopped
I4    stopped   it goes on                                    active

rule  a gate
G1    nears where its day is within `NEARS` and a question is not answered: it is on the agenda before its day
G2    is passed when somebody or the tracker says so; with questions not answered it is said, and stays said
G3    whose day has gone by and that nobody passed is overdue
G4    security joined at the first gate that was still ahead when its partner was named, or a question was answered
"""

from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlmodel import Field, SQLModel

from agenda.columns import stored
from agenda.items import TITLE_LIMIT

NEARS = timedelta(days=14)
QUESTION_LIMIT = 300
MOST_QUESTIONS = 10  # a gate


class InitiativeState(StrEnum):
    """The first table above."""

    ACTIVE = "active"
    DONE = "done"
    STOPPED = "stopped"


class Tier(StrEnum):
    """How much could go wrong with it: which questions it is asked."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class GateKind(StrEnum):
    """In the order in which an initiative passes them."""

    IDEA = "idea"
    DESIGN = "design"
    BUILD = "build"
    LAUNCH = "launch"
    AFTER = "after"

    @property
    def label(self) -> str:
        """As people say it."""
        return "before launch" if self is GateKind.LAUNCH else "after launch" if self is GateKind.AFTER else self.value


class InitiativeFields(SQLModel):
    """`sponsor` is on the CIO's side, `partner` on the CISO's. `tracker_key` is what a tracker calls it.

    `joined_gate` and `joined_at`: G4.
    """

    title: str = Field(max_length=TITLE_LIMIT)
    detail: str = Field(default="")
    sponsor: str = Field(default="", max_length=TITLE_LIMIT)
    partner: str = Field(default="", max_length=TITLE_LIMIT)
    tier: Tier = Field(default=Tier.MEDIUM, sa_type=stored(Tier))
    starts_on: date | None = Field(default=None)
    ends_on: date | None = Field(default=None)
    links: str = Field(default="")
    tracker_key: str = Field(default="", max_length=TITLE_LIMIT)
    state: InitiativeState = Field(default=InitiativeState.ACTIVE, sa_type=stored(InitiativeState))
    joined_gate: GateKind | None = Field(default=None, sa_type=stored(GateKind))
    joined_at: datetime | None = Field(default=None)
    added_at: datetime
    settled_at: datetime | None = Field(default=None)
    because: str = Field(default="")


class GateFields(SQLModel):
    """`due_on` is when it is to be passed, `passed_on` when it was, with so many questions `unanswered`."""

    kind: GateKind = Field(sa_type=stored(GateKind))
    due_on: date | None = Field(default=None)
    passed_on: date | None = Field(default=None)
    unanswered: int | None = Field(default=None)


class QuestionFields(SQLModel):
    """One question of a gate; `place` orders them. An empty `answer` is none yet."""

    place: int
    question: str = Field(max_length=QUESTION_LIMIT)
    answer: str = Field(default="")
    answered_at: datetime | None = Field(default=None)
