"""What an ask is worth: held to the closed forms where there are any, and to what must hold for every ask.

The closed forms of a compound Poisson year: mean λ·E[X], variance λ·E[X²], chance of no event e^(−λ); and of a lognormal cost
E[X] = m·exp(σ²/2), E[X²] = m²·exp(2σ²) with the median m. A tolerance of five standard errors fails by chance once in a million
times; the seeds are fixed, so it fails always or never.
"""

import math
import subprocess
import sys
from dataclasses import replace

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agenda.errors import BadInput
from agenda.simulation import (
    EVENTS,
    FORMULA,
    MOST_RISKS,
    POINTS,
    WIDEST,
    YEARS,
    Cost,
    Exposure,
    Loss,
    Result,
    after_all,
    losses,
    read,
    simulate,
    written,
)

PHISHING = Exposure(Loss(2, 20_000, 400_000), Loss(1, 20_000, 200_000))
RANSOM = Exposure(Loss(0.25, 500_000, 4_000_000), Loss(0.1, 500_000, 2_000_000))
COST = Cost(250_000, 40_000)
quick = settings(max_examples=60, deadline=None)


def years_of(exposure: Exposure, years: int = YEARS) -> tuple[numpy.ndarray, numpy.ndarray]:
    return losses(exposure, numpy.random.default_rng(5), years)


def second_moment(one: Loss, other: Loss) -> float:
    """E[X·Y] of two costs at the same quantile."""
    return one.median * other.median * math.exp((one.sigma + other.sigma) ** 2 / 2)


LOSSES = [
    Loss(0.1, 10_000, 40_000),
    Loss(0.7, 10_000, 400_000),
    Loss(3, 1_000, 1_000_000),
    Loss(9.9, 5_000, 5_000),
    Loss(40, 1_000, 30_000),
    Loss(366, 1_000, 30_000),
]


@pytest.mark.parametrize("loss", LOSSES, ids=str)
def test_the_mean_is_the_closed_form(loss: Loss):
    simulated, _after = years_of(Exposure(loss, loss))
    independent = min(YEARS, EVENTS / loss.often)
    error = math.sqrt(loss.often * second_moment(loss, loss) / independent)
    assert simulated.mean() == pytest.approx(loss.mean, abs=5 * error)
    assert len(simulated) == YEARS


@pytest.mark.parametrize("loss", [one for one in LOSSES if one.most <= 40 * one.least], ids=str)
def test_the_variance_is_the_closed_form(loss: Loss):
    """Where the tail is short: the variance's own error is √(μ₄/n), about 2 % here, and grows with exp(8σ²) in a long one."""
    simulated, _after = years_of(Exposure(loss, loss))
    assert simulated.var() == pytest.approx(loss.often * second_moment(loss, loss), rel=0.1)


@pytest.mark.parametrize("often", [0.01, 0.25, 1, 3])
def test_so_many_years_pass_without_an_event(often: float):
    simulated, _after = years_of(Exposure(Loss(often, 10, 100), Loss(often, 10, 100)))
    nothing = math.exp(-often)
    error = math.sqrt(nothing * (1 - nothing) / YEARS)
    assert (simulated == 0).mean() == pytest.approx(nothing, abs=5 * error)


def test_nine_costs_in_ten_lie_in_the_range_and_as_many_below_it_as_above():
    loss = Loss(0.004, 10_000, 400_000)
    simulated, _after = years_of(Exposure(loss, loss), years=5_000_000)
    costs = simulated[simulated > 0]
    error = math.sqrt(0.05 * 0.95 / len(costs))
    assert (costs < loss.least).mean() == pytest.approx(0.05, abs=5 * error)
    assert (costs > loss.most).mean() == pytest.approx(0.05, abs=5 * error)


@pytest.mark.parametrize("turned", [False, True], ids=["rarer", "more often"])
def test_after_is_thinned_from_the_same_years(turned: bool):
    """Its mean, its chance of nothing, and its covariance with today, which is λ'·E[X·Y] of the events that both have."""
    few, many = Loss(0.5, 20_000, 100_000), Loss(2, 20_000, 400_000)
    today, after = years_of(Exposure(few, many) if turned else Exposure(many, few))
    rare, usual = (today, after) if turned else (after, today)
    assert rare.mean() == pytest.approx(few.mean, rel=0.02)
    assert (rare == 0).mean() == pytest.approx(math.exp(-0.5), abs=0.008)
    assert numpy.cov(rare, usual)[0, 1] == pytest.approx(0.5 * second_moment(few, many), rel=0.06)


def test_a_bad_year_is_the_same_year_after():
    """Half the cost of the same events is half of every single year, not only of the average."""
    today, after = years_of(Exposure(Loss(2, 20_000, 400_000), Loss(2, 10_000, 200_000)))
    numpy.testing.assert_allclose(after, today / 2)


def test_risks_are_independent_of_each_other():
    """Two risks of the same kind do not have their bad years together: the variance of both is the sum."""
    one = Exposure(Loss(1, 10_000, 40_000), Loss(1, 10_000, 40_000))
    alone, both = simulate([one], COST, 3), simulate([one, one], COST, 3)
    assert both.today.mean == 2 * alone.today.mean
    assert both.today.p90 < 2 * alone.today.p90 * 0.95


def test_a_fixed_amount_is_exact():
    """A certain number of years has a whole number of events, each of which costs exactly that."""
    today, after = years_of(Exposure(Loss(1, 250_000, 250_000), Loss(1, 0, 0)))
    assert set(numpy.unique(today % 250_000)) == {0.0}
    assert not after.any()


def test_the_figures_of_one_ask():
    """Each against its definition, from the means in closed form."""
    found = simulate([PHISHING, RANSOM], COST, seed=7)
    before = PHISHING.today.mean + RANSOM.today.mean
    avoided = before - PHISHING.after.mean - RANSOM.after.mean
    assert (found.formula, found.seed, found.years) == (FORMULA, 7, YEARS)
    assert (found.today.mean, found.avoided) == (before, pytest.approx(avoided))
    assert found.returned is not None
    assert found.returned.mean == pytest.approx((avoided - 290_000) / 290_000)
    assert found.waiting == pytest.approx((avoided - 40_000) / 4)
    assert found.worth == pytest.approx(3 * (avoided - 40_000))
    assert found.today.p10 <= found.today.p50 <= found.today.p90 <= found.today.p95
    assert after_all([PHISHING, RANSOM], 7) == found.after


def test_the_chance_of_paying_back_has_a_closed_form_where_the_amount_is_fixed():
    """All that happens is avoided, at 100 an event: 250 and 10 a year are back after three events a year, or three in three."""
    found = simulate([Exposure(Loss(1, 100, 100), Loss(0, 100, 100))], Cost(250, 10), seed=1)
    one, three = (1 - sum(math.exp(-n) * n**k / math.factorial(k) for k in range(3)) for n in (1, 3))
    assert found.pays_back[0] == pytest.approx(one, abs=5 * math.sqrt(one * (1 - one) / YEARS))
    assert found.pays_back[1] == pytest.approx(three, abs=5 * math.sqrt(three * (1 - three) / (YEARS // 3)))


def test_the_curve_has_round_amounts_and_falls():
    found = simulate([PHISHING, RANSOM], COST, 7)
    amounts = [point.amount for point in found.curve]
    assert amounts == sorted(amounts)
    assert len(amounts) <= POINTS
    assert {str(amount)[0] for amount in amounts} == {"1", "2", "5"}
    for name in ("today", "after"):
        chances = [getattr(point, name) for point in found.curve]
        assert chances == sorted(chances, reverse=True)
        assert chances[-1] < 0.01
    assert all(point.after <= point.today for point in found.curve)
    first, second = found.curve[:2]
    assert max(first.today - second.today, first.after - second.after) >= 0.005, "nothing happens at its left end"


def test_the_curve_is_what_the_years_say():
    (today, _after) = years_of(Exposure(Loss(1, 10, 10), Loss(1, 10, 10)))
    found = simulate([Exposure(Loss(1, 10, 10), Loss(1, 10, 10))], COST, 7)
    chance = next(point.today for point in found.curve if point.amount == 10)
    assert chance == pytest.approx((today > 10).mean(), abs=0.01)
    assert chance == pytest.approx(1 - 2 * math.exp(-1), abs=0.01)


amounts = st.integers(1, 10**6)
losses_ = st.builds(
    lambda often, least, wide: Loss(often, least, int(least * wide)),
    st.floats(0, 30, allow_subnormal=False),
    amounts,
    st.floats(1, 500),
)
exposures = st.lists(st.builds(Exposure, losses_, losses_), min_size=1, max_size=3)
costs = st.builds(Cost, st.integers(0, 10**9), st.integers(0, 10**8))


def simulated(found: list[Exposure], cost: Cost = COST, seed: int = 3) -> Result:
    return simulate(found, cost, seed, years=3_000)


def scaled(loss: Loss, by: int) -> Loss:
    return replace(loss, least=loss.least * by, most=loss.most * by)


@quick
@given(exposures, costs, st.integers(0, 2**63 - 1))
def test_the_same_seed_gives_the_same_figures_and_they_are_kept_as_they_are(
    found: list[Exposure], cost: Cost, seed: int
):
    result = simulated(found, cost, seed)
    assert result == simulated(found, cost, seed)
    assert read(written(result)) == result


@quick
@given(exposures, costs, st.integers(2, 1000))
def test_money_in_another_unit_changes_no_share_and_scales_every_amount(found: list[Exposure], cost: Cost, by: int):
    one = simulated(found, cost)
    other = simulated(
        [Exposure(scaled(each.today, by), scaled(each.after, by)) for each in found],
        Cost(cost.one_off * by, cost.yearly * by),
    )
    for name in ("p10", "p50", "p90", "mean"):
        assert getattr(other.today, name) == pytest.approx(by * getattr(one.today, name), rel=1e-9)
        if one.returned and other.returned:
            assert getattr(other.returned, name) == pytest.approx(getattr(one.returned, name), rel=1e-6, abs=1e-6)
    assert other.pays_back == pytest.approx(one.pays_back, abs=0.001)
    assert (other.waiting, other.worth) == (
        pytest.approx(by * one.waiting, rel=1e-9, abs=1e-3),
        pytest.approx(by * one.worth, rel=1e-9, abs=1e-3),
    )


@quick
@given(exposures)
def test_where_nothing_changes_nothing_is_avoided(found: list[Exposure]):
    result = simulated([Exposure(each.today, each.today) for each in found])
    assert result.today == result.after
    assert (result.avoided, result.worth, result.waiting) == (0, 0, -10_000)
    assert result.returned is not None
    assert (result.returned.p10, result.returned.p90, result.pays_back) == (-1, -1, (0, 0))


@quick
@given(exposures, st.floats(1, 10))
def test_what_happens_more_often_is_never_cheaper(found: list[Exposure], by: float):
    more = [replace(each, today=replace(each.today, often=each.today.often * by)) for each in found]
    assert simulated(more).today.mean >= simulated(found).today.mean


@quick
@given(exposures)
def test_what_never_happens_after_is_avoided_whole(found: list[Exposure]):
    result = simulated([replace(each, after=replace(each.after, often=0)) for each in found])
    assert (result.after.mean, result.after.p90) == (0, 0)
    assert result.avoided == result.today.mean


@quick
@given(exposures)
def test_an_ask_that_only_helps_never_makes_a_year_worse(found: list[Exposure]):
    better = [replace(each, after=replace(each.today, often=each.today.often / 2)) for each in found]
    result = simulated(better)
    assert result.after.p10 <= result.today.p10
    assert all(point.after <= point.today for point in result.curve)
    assert result.waiting >= -COST.yearly / 4


@quick
@given(exposures, costs)
def test_every_figure_is_a_number_and_every_chance_a_chance(found: list[Exposure], cost: Cost):
    result = simulated(found, cost)
    chances = [*result.pays_back, *(chance for point in result.curve for chance in (point.today, point.after))]
    assert all(0 <= chance <= 1 for chance in chances)
    spreads = [one for one in (result.today, result.after, result.returned) if one]
    figures = [value for one in spreads for value in (one.mean, one.p10, one.p50, one.p90)]
    assert all(map(math.isfinite, [*figures, result.waiting, result.worth]))
    assert len(result.curve) <= POINTS


def test_at_its_largest_it_is_still_counted():
    """Twenty risks, every day, at the highest amounts: finite, and with so few events in memory at once."""
    worst = Loss(366, 10**8, 10**12)
    result = simulate([Exposure(worst, Loss(0, 1, 1))] * MOST_RISKS, Cost(10**12, 10**12), seed=1)
    assert math.isfinite(result.today.p90)
    assert result.today.p50 == pytest.approx(MOST_RISKS * worst.mean, rel=0.5)


def test_it_may_cost_nothing():
    free = simulate([Exposure(PHISHING.today, replace(PHISHING.today, often=1))], Cost(0, 0), seed=1)
    assert (free.returned, free.pays_back) == (None, (1.0, 1.0))


@pytest.mark.parametrize(
    ("loss", "field", "says"),
    [
        ((-1, 1, 2), "often", "From 0 to 366"),
        ((10_001, 1, 2), "often", "From 0 to 366"),
        ((math.nan, 1, 2), "often", "From 0 to 366"),
        ((1, -1, 2), "least", "cannot be negative"),
        ((1, 5, 2), "most", "less than the least"),
        ((1, 0, 2), "least", "more than 0"),
        ((1, 5, 10**12 + 1), "most", "more than can be counted"),
        ((1, 1, WIDEST + 1), "least", "over 10,000 times"),
    ],
)
def test_what_cannot_be_says_so_beside_its_field(loss: tuple[float, int, int], field: str, says: str):
    with pytest.raises(BadInput, match=says) as refused:
        Loss(*loss)
    assert list(refused.value.fields) == [field]


@pytest.mark.parametrize("how_many", [0, MOST_RISKS + 1])
def test_an_ask_reduces_some_risks_and_not_too_many(how_many: int):
    with pytest.raises(BadInput, match=f"this is {how_many}"):
        simulate([PHISHING] * how_many, COST, 1)


def test_nobody_pays_for_numpy_who_does_not_count_nor_for_feedparser_who_reads_no_news():
    heavy = "', '.join({'numpy', 'feedparser'} & {*sys.modules}) or None"
    started = f"import sys, adapters.server, adapters.sources, bot.dispatch; sys.exit({heavy})"
    assert subprocess.run([sys.executable, "-c", started], check=False).returncode == 0
