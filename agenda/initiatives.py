"""Initiatives: IT projects, and the gates at which security has its questions answered.

rule  from      on                                            to
I1    –         somebody adds it, by hand or from a tracker   active, with the gates and questions of its tier
I2    active    it is done                                    done
I3    active    it is given up, with the reason               stopped
I4    settled   it goes on                                    active

rule  a gate
G1    nears where its day is within `NEARS` and a question is not answered: it is on the agenda before its day
G2    is passed when somebody or the tracker says so, and those before it with it; open questions are said, and stay said
G3    whose day has gone by and that nobody passed is overdue; of several of one initiative, the first is said
G4    security joined at the first gate that was still ahead when its partner was named, or a question was answered
G5    stands where `spread` puts it, and moves with the initiative's days, until somebody gives it a day of its own

A gate that was behind an initiative when it was added asks nothing: its `unanswered` is not known.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TypeAlias

from sqlmodel import Field, SQLModel

from agenda.actions import day_text
from agenda.causes import Cause
from agenda.columns import stored
from agenda.errors import NotNow
from agenda.items import TITLE_LIMIT, Source
from agenda.themes import Theme

NEARS = timedelta(days=14)
AFTER_THE_END = timedelta(days=30)
QUESTION_LIMIT = 250  # characters: ten of them fit one field of a dialog
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

    @property
    def place(self) -> int:
        """Its place among them, from 1."""
        return GATES.index(self) + 1


GATES = tuple(GateKind)
EARLY = (GateKind.IDEA, GateKind.DESIGN)
ORDINALS = ("1st", "2nd", "3rd", "4th", "5th")


class InitiativeFields(SQLModel):
    """`sponsor` is on the CIO's side, `partner` on the CISO's. `tracker_key` is what a tracker calls it.

    `joined_gate` and `joined_at`: G4. `because` says why it was stopped.
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

    def require_active(self) -> None:
        """Raises `NotNow` once it is done or stopped."""
        if self.state is not InitiativeState.ACTIVE:
            raise NotNow(f"This initiative is {self.state.value}.", "“Go on” on its card makes it active again.")

    def become(self, state: InitiativeState, now: datetime, because: str = "") -> None:
        """I2 to I4."""
        self.state, self.because = state, because
        self.settled_at = None if state is InitiativeState.ACTIVE else now

    def join(self, gate: GateKind | None, now: datetime) -> None:
        """G4: the first time counts. `gate` is the next one; where all were passed, the last."""
        if self.joined_at is None:
            self.joined_gate, self.joined_at = gate or GateKind.AFTER, now

    @property
    def joined(self) -> str:
        """`joined at design: 2nd of 5 gates`."""
        if self.joined_gate is None:
            return "has not joined yet"
        return f"joined at {self.joined_gate.label}: {ORDINALS[self.joined_gate.place - 1]} of {len(GATES)} gates"


class GateFields(SQLModel):
    """`due_on` is when it is to be passed, `passed_on` when it was, with so many questions `unanswered`."""

    kind: GateKind = Field(sa_type=stored(GateKind))
    due_on: date | None = Field(default=None)
    passed_on: date | None = Field(default=None)
    unanswered: int | None = Field(default=None)

    def is_overdue(self, today: date) -> bool:
        """G3."""
        return self.passed_on is None and self.due_on is not None and self.due_on < today

    def nears(self, today: date) -> bool:
        """G1, whatever is answered."""
        return self.passed_on is None and self.due_on is not None and today <= self.due_on <= today + NEARS


class QuestionFields(SQLModel):
    """One question of a gate; `place` orders them. An empty `answer` is none yet."""

    place: int
    question: str = Field(max_length=QUESTION_LIMIT)
    answer: str = Field(default="")
    answered_at: datetime | None = Field(default=None)


def spread(starts_on: date | None, ends_on: date | None, *, today: date) -> dict[GateKind, date]:
    """G5: the idea at the start, the launch at the end, design and build between them, a look back a month behind.

    Without a start it begins `today`, or at its end where that has passed; without an end, only the idea has a day.
    """
    if ends_on is None:
        return {GateKind.IDEA: starts_on} if starts_on else {}
    start = starts_on or min(today, ends_on)
    third = (ends_on - start) / 3
    return {
        GateKind.IDEA: start,
        GateKind.DESIGN: start + third,
        GateKind.BUILD: start + third * 2,
        GateKind.LAUNCH: ends_on,
        GateKind.AFTER: min(ends_on, date.max - AFTER_THE_END) + AFTER_THE_END,
    }


Days: TypeAlias = Mapping[GateKind, date | None]


def first_days(said: Days, starts_on: date | None, ends_on: date | None, *, today: date) -> dict[GateKind, date | None]:
    """What was said of its gates, and where nothing was, what `spread` says; but not out of order."""
    known = {kind: day for kind, day in said.items() if day}
    filled = {**spread(starts_on, ends_on, today=today), **known}
    return dict(known) if too_early(filled) else dict(filled)


def followed(days: Days, was: Days, now: Days) -> dict[GateKind, date | None]:
    """G5: gates that stood where `was` put them stand where `now` does; where that turns their order, none moves."""
    moved = {kind: now.get(kind) if day == was.get(kind) else day for kind, day in days.items()}
    return dict(days) if too_early(moved) else moved


def too_early(days: Days) -> GateKind | None:
    """The first gate whose day is before that of a gate in front of it."""
    last: date | None = None
    for kind in GATES:
        day = days.get(kind)
        if day and last and day < last:
            return kind
        last = day or last
    return None


def answered_text(asked: int, unanswered: int) -> str:
    """`2 of 3 questions answered`."""
    return f"{asked - unanswered} of {asked} {'question' if asked == 1 else 'questions'} answered" if asked else ""


def open_text(asked: int, unanswered: int) -> str:
    """`2 of 3 questions open`."""
    return f"{unanswered} of {asked} {'question' if asked == 1 else 'questions'} open"


def of_gate(
    initiative: InitiativeFields, gate: GateFields, *, ref: str, key: int, asked: int, unanswered: int, today: date
) -> Cause:
    """G1 to G3. `key` is the gate's row, `ref` its initiative's; of its `asked` questions so many are `unanswered`."""
    nears = gate.passed_on is None and not gate.is_overdue(today)
    return Cause(
        source=Source.GATE_NEARS if nears else Source.GATE_MISSED,
        source_id=key,
        title=f"{ref} {initiative.title}: {gate.kind.label} gate",
        theme=Theme.STRATEGY,
        why=why_of(gate, asked, unanswered, today),
        owner=initiative.sponsor,
        urgency=(today - (gate.passed_on or gate.due_on or today)).days,
    )


def why_of(gate: GateFields, asked: int, unanswered: int, today: date) -> str:
    """`2 of 3 questions open, due Tue 4 March`."""
    left = open_text(asked, unanswered) if unanswered else ""
    if gate.passed_on:
        return f"passed {day_text(gate.passed_on, today)}, {left}"
    if gate.is_overdue(today) and gate.due_on:
        return ", ".join(filter(None, (f"was due {day_text(gate.due_on, today)}, nobody passed it", left)))
    return f"{left}, due {day_text(gate.due_on, today)}" if gate.due_on else left
