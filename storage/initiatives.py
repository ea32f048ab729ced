"""Initiatives: the rows, how they are found and listed, and when security joined. Their gates are `storage.gates`'."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Index, UniqueConstraint, func, nulls_last, or_, select
from sqlmodel import Field, col

from agenda.columns import stored
from agenda.initiatives import GateFields, GateKind, InitiativeFields, InitiativeState, QuestionFields, Tier
from agenda.queries import query_in
from agenda.themes import Theme
from storage import finding, numbers, rows, search
from storage.rows import Sealed
from storage.unit_of_work import Record

MOST_FOUND = 1000  # Of so many with the same words, the newest are looked at.


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a list shows: of these touchpoints, in these states; of all with these words."""

    touchpoint_ids: Sequence[int]
    states: Sequence[InitiativeState] = (InitiativeState.ACTIVE,)
    words: str = ""


def add(record: Record, initiative: Initiative) -> Initiative:
    """Keep a new one, give it its number and make it findable. Its gates come after it: `storage.gates.open_all`."""
    initiative.number = numbers.next_number(record, "initiative")
    rows.add(record, initiative)
    index(record, initiative)
    return initiative


def index(record: Record, initiative: Initiative) -> None:
    """Find it by its present words, and as it stands now."""
    said = (initiative.detail, initiative.tracker_key, initiative.links, initiative.because)
    search.put(
        record,
        search.Entry(
            touchpoint_id=initiative.touchpoint_id,
            subject="initiative",
            subject_id=initiative.key,
            ref=initiative.ref,
            title=initiative.title,
            text="\n".join(filter(None, said)),
            theme=Theme.STRATEGY,
            state=initiative.state,
            at=initiative.added_at,
            people=(initiative.added_by_id,),
            names=tuple(name for name in (initiative.sponsor, initiative.partner) if name),
        ),
    )


def by_number(
    record: Record, number: int, touchpoint_ids: Sequence[int], *, for_update: bool = False
) -> Initiative | None:
    """I-`number`, if it belongs to one of these touchpoints; locked where it is about to change."""
    within = col(Initiative.touchpoint_id).in_(touchpoint_ids)
    return rows.numbered(record, Initiative, number, within, for_update=for_update)


def listed(record: Record, wanted: Wanted, *, limit: int | None = None, offset: int = 0) -> list[Initiative]:
    """Whose next gate comes first; those without a day behind them, as they were added."""
    next_day = (
        select(func.min(col(Gate.due_on)))
        .where(col(Gate.initiative_id) == col(Initiative.id), col(Gate.passed_on).is_(None))
        .correlate(Initiative)
        .scalar_subquery()
    )
    query = select(Initiative).where(*conditions(record, wanted)).order_by(nulls_last(next_day), col(Initiative.id))
    return list(record.session.execute(query.limit(limit).offset(offset)).scalars())


def tally(record: Record, wanted: Wanted) -> dict[GateKind | None, int]:
    """How many there are, by the gate at which security joined; under nothing, those where it has not yet."""
    joined_at = col(Initiative.joined_gate)
    query = select(joined_at, func.count()).where(*conditions(record, wanted)).group_by(joined_at)
    return {row[0]: row[1] for row in record.session.execute(query)}


def conditions(record: Record, wanted: Wanted) -> list[ColumnElement[bool]]:
    """What is wanted, and nothing else."""
    asked: list[ColumnElement[bool]] = [
        col(Initiative.organization_id) == record.organization_id,
        col(Initiative.touchpoint_id).in_(wanted.touchpoint_ids),
        col(Initiative.state).in_(wanted.states),
    ]
    if wanted.words:
        asked.append(col(Initiative.id).in_(found(record, wanted)))
    return asked


def found(record: Record, wanted: Wanted) -> list[int]:
    """Those with all these words."""
    query = query_in(wanted.words, today=record.now.date()).within("initiative")
    reach = finding.Reach(touchpoint_ids=wanted.touchpoint_ids)
    return [hit.subject_id for hit in finding.find(record, query, reach, limit=MOST_FOUND)]


def joined(record: Record, touchpoint_id: int, since: datetime, until: datetime) -> Mapping[GateKind, int]:
    """In how many security joined in that time, both ends included, by the gate at which it did (G4)."""
    query = select(col(Initiative.joined_gate)).where(
        col(Initiative.organization_id) == record.organization_id,
        col(Initiative.touchpoint_id) == touchpoint_id,
        col(Initiative.joined_at).between(since, until),
    )
    return Counter(record.session.execute(query).scalars())


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """A gate that wants to be talked about: of its `asked` questions so many are `unanswered`."""

    initiative: Initiative
    gate: Gate
    asked: int
    unanswered: int


def asking(record: Record, touchpoint_id: int, *, today: date, until: date) -> list[Asking]:
    """Gates of active initiatives that are overdue, or due by `until` with a question open; and those of any that was not
    stopped which were passed with one open that is open still. By their day.
    """
    counted = select(func.count()).where(col(GateQuestion.gate_id) == col(Gate.id)).correlate(Gate)
    asked = counted.scalar_subquery()
    unanswered = counted.where(col(GateQuestion.answer) == "").scalar_subquery()
    waits = (col(Gate.due_on) < today) | ((col(Gate.due_on) <= until) & (unanswered > 0))
    query = (
        select(Initiative, Gate, asked, unanswered)
        .join(Initiative, col(Gate.initiative_id) == col(Initiative.id))
        .where(
            col(Gate.organization_id) == record.organization_id,
            col(Gate.touchpoint_id) == touchpoint_id,
            or_(
                (col(Initiative.state) == InitiativeState.ACTIVE) & col(Gate.passed_on).is_(None) & waits,
                (col(Initiative.state) != InitiativeState.STOPPED) & (col(Gate.unanswered) > 0) & (unanswered > 0),
            ),
        )
        .order_by(col(Gate.due_on), col(Gate.id))
    )
    found_rows = record.session.execute(query)
    return [Asking(initiative=row[0], gate=row[1], asked=row[2], unanswered=row[3]) for row in found_rows]
