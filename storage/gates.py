"""The gates of an initiative, their questions, and what a touchpoint asks by itself (`agenda.initiatives`, G1 to G5)."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from agenda.gate_questions import questions_in, starter_set
from agenda.initiatives import GATES, GateKind, Tier, followed, spread
from agenda.recurrence import local_date
from storage import rows
from storage.initiatives import Gate, GateQuestion, Initiative, QuestionSet
from storage.touchpoints import Touchpoint
from storage.unit_of_work import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class GateNow:
    """A gate with its questions, in their order."""

    gate: Gate
    questions: tuple[GateQuestion, ...] = ()

    @property
    def kind(self) -> GateKind:
        """Which one it is."""
        return self.gate.kind

    @property
    def asked(self) -> int:
        """How many questions."""
        return len(self.questions)

    @property
    def unanswered(self) -> int:
        """How many of them are open."""
        return sum(not one.answer for one in self.questions)


def open_all(record: Record, initiative: Initiative, days: Mapping[GateKind, date | None]) -> None:
    """I1: all five, on these days, with the questions of its tier."""
    sets = question_sets(record, initiative.touchpoint_id, initiative.tier)
    for kind in GATES:
        gate = rows.add(record, Gate(**whose(record, initiative), kind=kind, due_on=days.get(kind)))
        add_questions(record, gate, sets[kind], first=1)


def whose(record: Record, initiative: Initiative) -> dict[str, Any]:
    """What a gate has of its initiative."""
    return {
        "organization_id": record.organization_id,
        "touchpoint_id": initiative.touchpoint_id,
        "initiative_id": initiative.key,
    }


def add_questions(record: Record, gate: Gate, lines: Sequence[str], *, first: int) -> None:
    """Each without an answer, from that place on."""
    mine: dict[str, Any] = {"organization_id": record.organization_id, "gate_id": gate.key}
    record.session.add_all(
        GateQuestion(**mine, place=place, question=line) for place, line in enumerate(lines, start=first)
    )
    record.session.flush()


def of_initiative(record: Record, initiative_id: int) -> list[GateNow]:
    """All of its gates, in their order."""
    return of_initiatives(record, [initiative_id])[initiative_id]


def of_initiatives(record: Record, initiative_ids: Collection[int]) -> dict[int, list[GateNow]]:
    """The same of several."""
    mine = col(Gate.organization_id) == record.organization_id
    query = select(Gate).where(mine, col(Gate.initiative_id).in_(initiative_ids))
    gates = sorted(record.session.execute(query).scalars(), key=lambda gate: gate.kind.place)
    asked = questions_of(record, [gate.key for gate in gates])
    found: dict[int, list[GateNow]] = {one: [] for one in initiative_ids}
    for gate in gates:
        found[gate.initiative_id].append(GateNow(gate=gate, questions=tuple(asked[gate.key])))
    return found


def questions_of(record: Record, gate_ids: Collection[int]) -> Mapping[int, list[GateQuestion]]:
    """Of each gate, in their order."""
    query = (
        select(GateQuestion)
        .where(col(GateQuestion.organization_id) == record.organization_id, col(GateQuestion.gate_id).in_(gate_ids))
        .order_by(col(GateQuestion.place), col(GateQuestion.id))
    )
    found: dict[int, list[GateQuestion]] = defaultdict(list)
    for one in record.session.execute(query).scalars():
        found[one.gate_id].append(one)
    return found


def next_of(gates: Sequence[GateNow]) -> GateNow | None:
    """The first that was not passed."""
    return next((one for one in gates if one.gate.passed_on is None), None)


def pass_until(gates: Sequence[GateNow], kind: GateKind, today: date) -> list[GateNow]:
    """G2: that gate and those before it; what was not answered stays said. Those that were passed just now."""
    passed = [one for one in gates if one.kind.place <= kind.place and one.gate.passed_on is None]
    for one in passed:
        one.gate.passed_on, one.gate.unanswered = today, one.unanswered
    return passed


def leave_behind(gates: Sequence[GateNow], place: int, today: date) -> None:
    """The gates before that place were passed before anybody here could ask."""
    for one in gates:
        if one.kind.place < place:
            one.gate.passed_on = min(one.gate.due_on or today, today)


def move(record: Record, initiative: Initiative, was: tuple[date | None, date | None]) -> None:
    """G5: it runs on other days than it `was`."""
    added_on = local_date(initiative.added_at, rows.get(record, Touchpoint, initiative.touchpoint_id).zone)
    gates = [one.gate for one in of_initiative(record, initiative.key) if one.gate.passed_on is None]
    before, now = spread(*was, today=added_on), spread(initiative.starts_on, initiative.ends_on, today=added_on)
    for kind, day in followed({gate.kind: gate.due_on for gate in gates}, before, now).items():
        next(gate for gate in gates if gate.kind is kind).due_on = day


def keep_questions(record: Record, one: GateNow, lines: Sequence[str]) -> None:
    """From now on these, in this order. What was answered keeps its answer, and stays at the end if it was left out."""
    known = {question.question: question for question in one.questions}
    answered = [question.question for question in one.questions if question.answer and question.question not in lines]
    for place, line in enumerate([*lines, *answered], start=1):
        if line in known:
            known[line].place = place
        else:
            add_questions(record, one.gate, [line], first=place)
    for question in one.questions:
        if not question.answer and question.question not in lines:
            record.session.delete(question)
    record.session.flush()


def question_sets(record: Record, touchpoint_id: int, tier: Tier) -> dict[GateKind, list[str]]:
    """What an initiative of this tier is asked there: the touchpoint's own questions, else the starter set."""
    own = {one.kind: one for one in rows.having(record, QuestionSet, touchpoint_id=touchpoint_id, tier=tier)}
    return {kind: questions_in(own[kind].questions) if kind in own else list(starter_set(tier, kind)) for kind in GATES}


def keep_set(record: Record, touchpoint_id: int, tier: Tier, kind: GateKind, lines: Sequence[str]) -> None:
    """The touchpoint asks these from now on; initiatives that are there already keep theirs."""
    known = rows.having(record, QuestionSet, touchpoint_id=touchpoint_id, tier=tier, kind=kind)
    whose_set: dict[str, Any] = {"organization_id": record.organization_id, "touchpoint_id": touchpoint_id}
    one = known[0] if known else rows.add(record, QuestionSet(**whose_set, tier=tier, kind=kind))
    one.questions = "\n".join(lines)
    record.session.flush()
