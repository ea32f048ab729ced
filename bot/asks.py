"""What asks do when something else changes: their numbers, the decision about them, or the day. The rules are `agenda.asks`.

Lines of an agenda are settled by whoever calls this (`bot.packets`).
"""

from datetime import date

from agenda.asks import inputs_of
from agenda.causes import Cause, review_due
from agenda.decisions import DecisionState
from agenda.errors import NotNow
from agenda.items import Source
from agenda.simulation import FORMULA, Cost, Result, read, simulate, written
from bot.reading import number_of, seen
from bot.turns import Turn
from storage import asks, audit, deliveries, rows
from storage.asks import Appraisal, Ask, Exposure
from storage.decisions import Decision
from storage.risks import RiskItem
from storage.touchpoints import Touchpoint
from storage.unit_of_work import Record

SHARED = "shared_ask"


def theirs_by(turn: Turn, typed: str, *, for_update: bool = False) -> Ask:
    """ASK-7 as it was typed or stands in a button, if the asker may see it here. Raises `BadInput`, `NotFound`."""
    return seen(turn, number_of(typed, "ASK", "ask"), "ASK", "ask", asks.by_number, for_update=for_update)


def reduced(record: Record, ask: Ask) -> list[tuple[Exposure, RiskItem]]:
    """The risks that it reduces, each with what it costs."""
    return asks.exposures(record, [ask.key])


def said(record: Record, ask: Ask) -> list[Exposure]:
    """Those of which somebody said the numbers: what is counted."""
    return [one for one, _risk in reduced(record, ask) if one.is_said]


def counted(record: Record, ask: Ask) -> Result | None:
    """What was counted of its numbers as they stand; nothing where none were said."""
    return counted_of(asks.last_appraisals(record, [ask.key]).get(ask.key), ask, said(record, ask))


def counted_of(last: Appraisal | None, ask: Ask, exposures: list[Exposure]) -> Result | None:
    """The same, of what was read already."""
    fits = last is not None and last.formula == FORMULA and last.inputs == inputs_of(ask, exposures)
    return read(last.result) if last and fits else None


def appraise(record: Record, ask: Ask) -> None:
    """Count it, if its numbers are others than those that were counted last. About a twentieth of a second."""
    exposures = said(record, ask)
    if not exposures or counted(record, ask):
        return
    cost, seed = Cost(ask.one_off, ask.yearly), ask.key
    result = simulate([one.losses for one in exposures], cost, seed)
    inputs = inputs_of(ask, exposures)
    one = Appraisal(
        organization_id=record.organization_id,
        ask_id=ask.key,
        at=record.now,
        formula=result.formula,
        seed=seed,
        years=result.years,
        inputs=inputs,
        result=written(result),
    )
    rows.add(record, one)
    audit.append(record, "ask.counted", ask=ask.number, formula=result.formula, seed=seed, inputs=inputs)


def changed(record: Record, ask: Ask) -> None:
    """Whatever shows it, finds it or was counted of it follows."""
    record.session.flush()
    appraise(record, ask)
    asks.index(record, ask)
    deliveries.redraw(record, SHARED, subject_id=ask.key)
    for one, _risk in reduced(record, ask):
        deliveries.redraw(record, "shared_risk", subject_id=one.risk_id)


def to_decide(turn: Turn, typed: str) -> Ask:
    """One about which a decision may be recorded. Raises `NotFound`, `NotNow`."""
    ask = theirs_by(turn, typed)
    ask.require_changeable()
    if not reduced(turn.record, ask):
        raise NotNow(f"{ask.ref} reduces no risk yet.", "Press “Edit” and choose what it reduces.")
    return ask


def propose(record: Record, ask: Ask, decision: Decision) -> None:
    """S2: this decision is about it from now on."""
    ask.ask_again()
    ask.decision_id = decision.key
    follow_one(record, ask, decision)


def follow(record: Record, decision: Decision, by: Decision | None = None) -> None:
    """S3 to S5, S10, S11: the decision has another state; `by` is the one that took its place."""
    for ask in asks.of_decision(record, decision.key):
        if by and decision.state is DecisionState.SUPERSEDED:
            ask.decision_id = by.key
        follow_one(record, ask, decision)


def follow_one(record: Record, ask: Ask, decision: Decision) -> None:
    """Whatever shows it follows."""
    if ask.follow(decision.state, record.now):
        audit.append(record, f"ask.{ask.state.value}", ask=ask.number, decision=decision.number)
    changed(record, ask)


def causes(record: Record, touchpoint: Touchpoint, today: date, before: date) -> list[Cause]:
    """Those whose check falls before that day."""
    return [
        cause_of(ask, ask.check_on, today)
        for ask in asks.to_check(record, touchpoint.key, before=before)
        if ask.check_on
    ]


def cause_of(ask: Ask, due: date, today: date) -> Cause:
    """What happened since the money was spent?"""
    return Cause(
        source=Source.ASK_CHECK,
        source_id=ask.key,
        title=f"{ask.ref} {ask.title}",
        theme=ask.theme,
        why=review_due("check against the forecast", due, today),
        owner=ask.owner,
        urgency=(today - due).days,
    )
