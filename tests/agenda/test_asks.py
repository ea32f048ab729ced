"""An ask's states, how often something happens, and what was expected beside what happened."""

import math
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agenda.asks import AskFields, AskState, ExposureFields, in_often, inputs_of, often_in, rate, wrong_check
from agenda.decisions import DecisionState
from agenda.errors import BadInput, NotNow
from agenda.forecast import few_and_many, forecast
from agenda.simulation import Exposure, Loss

NOW = datetime(2031, 3, 3, 8, 0, tzinfo=UTC)
TODAY, DAY = NOW.date(), timedelta(days=1)
OPEN, PROPOSED, FUNDED, DECLINED, SPENT, CHECKED, WITHDRAWN = AskState


def ask(state: AskState = OPEN) -> AskFields:
    return AskFields(title="Sign-in without passwords", one_off=250_000, yearly=40_000, state=state, asked_at=NOW)


@pytest.mark.parametrize(
    ("state", "decision", "becomes"),
    [
        (OPEN, DecisionState.PROPOSED, PROPOSED),
        (OPEN, DecisionState.AGREED, FUNDED),
        (PROPOSED, DecisionState.AGREED, FUNDED),
        (PROPOSED, DecisionState.REJECTED, DECLINED),
        (PROPOSED, DecisionState.WITHDRAWN, OPEN),
        (FUNDED, DecisionState.WITHDRAWN, OPEN),
        (FUNDED, DecisionState.SUPERSEDED, FUNDED),
        (SPENT, DecisionState.WITHDRAWN, SPENT),
        (CHECKED, DecisionState.SUPERSEDED, CHECKED),
        (WITHDRAWN, DecisionState.AGREED, WITHDRAWN),
    ],
)
def test_it_follows_the_decision_about_it(state: AskState, decision: DecisionState, becomes: AskState):
    one = ask(state)
    assert one.follow(decision, NOW) == (state is not becomes)
    assert one.state is becomes
    assert (one.settled_at is not None) == (becomes is DECLINED)


ACTS = {
    "ask_again": (lambda one: one.ask_again(), {OPEN: OPEN, DECLINED: OPEN}),
    "spend": (lambda one: one.spend(1, TODAY, TODAY + DAY), {FUNDED: SPENT, SPENT: SPENT}),
    "check": (lambda one: one.check("", NOW), {SPENT: CHECKED}),
    "withdraw": (lambda one: one.withdraw("Too dear.", NOW), {OPEN: WITHDRAWN, DECLINED: WITHDRAWN}),
}


@pytest.mark.parametrize("state", list(AskState))
@pytest.mark.parametrize("act", list(ACTS))
def test_the_table(act: str, state: AskState):
    do, allowed = ACTS[act]
    one = ask(state)
    if state in allowed:
        do(one)
        assert one.state is allowed[state]
    else:
        with pytest.raises(NotNow):
            do(one)
        assert one.state is state


@pytest.mark.parametrize(
    ("typed", "often"),
    [
        ("2", 2),
        ("0.25", 0.25),
        ("0,25", 0.25),
        ("1/4", 0.25),
        ("once in 4 years", 0.25),
        ("1 in 4", 0.25),
        ("every 4 years", 0.25),
        ("twice in 3 years", 2 / 3),
        ("Once a year", 1),
        ("twice a year", 2),
        ("3 times a year", 3),
        ("3x per year", 3),
        ("monthly", 12),
        ("never", 0),
        ("0", 0),
        ("366", 366),
    ],
)
def test_how_often_is_read_as_people_say_it(typed: str, often: float):
    assert often_in(typed) == pytest.approx(often)


@pytest.mark.parametrize("typed", ["", "often", "-1", "once in 0 years", "4 years", "1e9", "367", "2 in", "1/2/3"])
def test_how_often_says_how_to_write_it(typed: str):
    with pytest.raises(BadInput, match=r"Write it like 2, 0\.25 or once in 4 years|At most 366"):
        often_in(typed)


@pytest.mark.parametrize(
    ("often", "said"),
    [
        (0, "never"),
        (0.003, "once in 333 years"),
        (0.12, "once in 8 years"),
        (0.25, "once in 4 years"),
        (0.3, "3 times in 10 years"),
        (0.5, "once in 2 years"),
        (0.667, "twice in 3 years"),
        (0.7, "7 times in 10 years"),
        (0.83, "17 times in 20 years"),
        (1, "once a year"),
        (1.43, "1.4 times a year"),
        (2, "twice a year"),
        (52, "52 times a year"),
    ],
)
def test_how_often_is_said_in_whole_times_and_years(often: float, said: str):
    assert in_often(often) == said


@given(st.floats(0.001, 366))
def test_how_often_is_said_as_it_is_read_again(often: float):
    assert often_in(in_often(often)) == pytest.approx(often, rel=0.12)
    assert often_in(rate(often_in(rate(often)))) == often_in(rate(often)) == round(often, 6)


def test_a_number_that_changes_changes_the_hash():
    one = ExposureFields(often=1, least=1, most=9, often_after=0.5, least_after=1, most_after=9)
    other = ExposureFields(often=1, least=1, most=9, often_after=0.5, least_after=1, most_after=8)
    dearer = ask()
    dearer.one_off += 1
    assert inputs_of(ask(), [one]) == inputs_of(ask(), [one])
    assert (
        len({inputs_of(ask(), [one]), inputs_of(ask(), [other]), inputs_of(dearer, [one]), inputs_of(ask(), [])}) == 4
    )


@pytest.mark.parametrize(
    ("spent_on", "check_on", "field"),
    [
        (TODAY + DAY, TODAY + 9 * DAY, "spent_on"),
        (TODAY - 4000 * DAY, TODAY + DAY, "spent_on"),
        (TODAY, TODAY, "check_on"),
        (TODAY, TODAY + 4000 * DAY, "check_on"),
    ],
)
def test_days_that_cannot_be_say_so(spent_on: date, check_on: date, field: str):
    assert list(wrong_check(spent_on, check_on, TODAY)) == [field]
    assert wrong_check(TODAY, TODAY + DAY, TODAY) == {}


PHISHING = Exposure(Loss(4, 20_000, 400_000), Loss(1, 100_000, 400_000))


@pytest.mark.parametrize(
    ("happened", "lost", "says"),
    [
        (0, 0, "none happened. Within the forecast, and no more than its average."),
        (1, 120_000, "1 happened and cost CHF 120k. Within the forecast, and no more than its average."),
        (2, 400_000, "2 happened and cost CHF 400k. Within the forecast, and above its average."),
        (4, 2_000_000, "4 happened and cost CHF 2m. More than expected: 1 forecast in 10 is too low."),
    ],
)
def test_what_happened_beside_what_was_expected(happened: int, lost: int, says: str):
    found = forecast([PHISHING], TODAY - timedelta(days=365), TODAY, seed=1)
    assert found.says(happened, lost, "CHF").startswith(f"You expected 0 to 2 incidents and CHF 220k; {says}")


def test_less_than_anybody_expected_is_said_too():
    found = forecast([Exposure(Loss(90, 1000, 1000), Loss(60, 1000, 1000))], TODAY - timedelta(days=365), TODAY, 1)
    assert "better than the forecast" in found.says(20, 20_000, "")


def test_it_is_expected_for_the_time_that_passed():
    whole = forecast([PHISHING], TODAY - timedelta(days=730), TODAY, seed=1)
    half = forecast([PHISHING], TODAY - timedelta(days=365), TODAY, seed=1)
    assert whole.loss.mean == pytest.approx(2 * half.loss.mean)
    assert forecast([PHISHING], TODAY, TODAY, seed=1).loss.mean == pytest.approx(half.loss.mean / 365)


@pytest.mark.parametrize("mean", [0, 0.05, 1, 3.5, 40, 499, 501, 3660])
def test_few_and_many_are_percentiles_of_poisson(mean: float):
    few, many = few_and_many(mean)
    assert few <= mean <= max(many, mean)
    assert abs(many - (mean + 1.2816 * math.sqrt(mean))) < 2
