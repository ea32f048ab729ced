"""Gates: where they stand, where they move, and what is said of them; and the questions that they ask."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agenda.errors import BadInput, NotNow
from agenda.gate_questions import QUESTIONS, questions_in, starter_set
from agenda.initiatives import (
    GATES,
    GateFields,
    GateKind,
    InitiativeFields,
    InitiativeState,
    Tier,
    first_days,
    followed,
    of_gate,
    spread,
    too_early,
)
from agenda.items import Source

TODAY = date(2031, 3, 3)
NOW = datetime(2031, 3, 3, 8, tzinfo=UTC)
DAYS = st.dates(date(2000, 1, 1), date(9999, 12, 31))


def crm() -> InitiativeFields:
    return InitiativeFields(title="New CRM", added_at=NOW)


def test_gates_stand_between_start_and_end():
    assert spread(date(2031, 3, 3), date(2031, 6, 1), today=TODAY) == {
        GateKind.IDEA: date(2031, 3, 3),
        GateKind.DESIGN: date(2031, 4, 2),
        GateKind.BUILD: date(2031, 5, 2),
        GateKind.LAUNCH: date(2031, 6, 1),
        GateKind.AFTER: date(2031, 7, 1),
    }


def test_without_an_end_only_the_idea_has_a_day_and_without_any_day_none():
    assert spread(date(2031, 4, 1), None, today=TODAY) == {GateKind.IDEA: date(2031, 4, 1)}
    assert spread(None, None, today=TODAY) == {}


def test_without_a_start_it_begins_today_or_where_it_ended():
    assert spread(None, date(2031, 6, 1), today=TODAY)[GateKind.IDEA] == TODAY
    assert spread(None, date(2031, 2, 1), today=TODAY)[GateKind.IDEA] == date(2031, 2, 1)


@given(DAYS, st.timedeltas(timedelta(0), timedelta(9_000)))
def test_a_spread_is_never_out_of_order(start: date, length: timedelta):
    assert too_early(spread(start, min(start, date.max - length) + length, today=TODAY)) is None


def test_a_gate_that_comes_too_early_is_named():
    assert too_early({GateKind.IDEA: TODAY, GateKind.BUILD: TODAY - timedelta(1)}) is GateKind.BUILD
    assert too_early({GateKind.IDEA: TODAY, GateKind.DESIGN: None, GateKind.AFTER: TODAY}) is None


def test_what_somebody_moved_stays_and_the_rest_follows():
    was, now = (spread(TODAY, date(2031, month, 1), today=TODAY) for month in (6, 9))
    days = {**was, GateKind.DESIGN: date(2031, 4, 10)}
    assert followed(days, was, now) == {**now, GateKind.DESIGN: date(2031, 4, 10)}


def test_where_that_turns_their_order_none_moves():
    was, now = (spread(TODAY, date(2031, month, 1), today=TODAY) for month in (9, 4))
    days = {**was, GateKind.DESIGN: date(2031, 6, 20)}
    assert followed(days, was, now) == days


def test_days_that_were_said_go_before_those_that_are_spread():
    late = {GateKind.DESIGN: date(2031, 12, 1)}
    assert first_days(late, TODAY, date(2031, 6, 1), today=TODAY) == late
    said = first_days({GateKind.DESIGN: date(2031, 4, 10)}, TODAY, date(2031, 6, 1), today=TODAY)
    assert (said[GateKind.DESIGN], said[GateKind.LAUNCH]) == (date(2031, 4, 10), date(2031, 6, 1))


@pytest.mark.parametrize(
    ("due", "nears", "overdue"), [(-1, False, True), (0, True, False), (14, True, False), (15, False, False)]
)
def test_a_gate_nears_for_two_weeks(due: int, nears: bool, overdue: bool):
    gate = GateFields(kind=GateKind.DESIGN, due_on=TODAY + timedelta(due))
    assert (gate.nears(TODAY), gate.is_overdue(TODAY)) == (nears, overdue)


@pytest.mark.parametrize(
    ("gate", "source", "why"),
    [
        ({"due_on": TODAY + timedelta(1)}, Source.GATE_NEARS, "2 of 3 questions open, due Tue 4 March"),
        (
            {"due_on": TODAY - timedelta(3)},
            Source.GATE_MISSED,
            "was due Fri 28 February, nobody passed it, 2 of 3 questions open",
        ),
        ({"passed_on": TODAY, "unanswered": 3}, Source.GATE_MISSED, "passed Mon 3 March, 2 of 3 questions open"),
    ],
)
def test_what_is_said_of_a_gate(gate: dict[str, date], source: Source, why: str):
    one = GateFields(kind=GateKind.DESIGN, **gate)  # type: ignore[arg-type]
    cause = of_gate(crm(), one, ref="I-3", key=7, asked=3, unanswered=2, today=TODAY)
    assert (cause.source, cause.title, cause.why) == (source, "I-3 New CRM: design gate", why)


def test_the_first_time_that_security_joins_counts():
    one = crm()
    assert one.joined == "has not joined yet"
    one.join(GateKind.DESIGN, NOW)
    one.join(GateKind.LAUNCH, NOW)
    assert one.joined == "joined at design: 2nd of 5 gates"


def test_who_joins_behind_every_gate_joined_at_the_last():
    one = crm()
    one.join(None, NOW)
    assert one.joined_gate is GateKind.AFTER


def test_what_is_stopped_may_go_on():
    one = crm()
    one.become(InitiativeState.STOPPED, NOW, "too expensive")
    with pytest.raises(NotNow, match="stopped"):
        one.require_active()
    one.become(InitiativeState.ACTIVE, NOW)
    assert (one.settled_at, one.because) == (None, "")


@pytest.mark.parametrize(("tier", "counts"), [("low", {1, 2}), ("medium", {2, 3}), ("high", {3, 4})])
def test_a_higher_tier_is_asked_more(tier: str, counts: set[int]):
    assert {len(starter_set(Tier(tier), kind)) for kind in GATES} == counts


def test_the_starter_set_may_be_typed_as_it_stands():
    for lines in QUESTIONS.values():
        assert questions_in("\n".join(lines)) == list(lines)


def test_a_question_a_line_each_once():
    assert questions_in(" Who?  \n\n Why  so?\nWho?") == ["Who?", "Why so?"]


@pytest.mark.parametrize("typed", ["\n".join(str(number) for number in range(11)), "x" * 251])
def test_too_many_and_too_long_ones_are_refused(typed: str):
    with pytest.raises(BadInput):
        questions_in(typed)
