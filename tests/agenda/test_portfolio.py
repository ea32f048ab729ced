"""Which asks under a budget: held to every choice there is, where they can be counted, and to an exact table."""

from itertools import combinations
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agenda.portfolio import Candidate, Choice, choose, cut

quick = settings(max_examples=80, deadline=None)


def ask(ask_id: int, cost: int, *avoided: float, risk: int | None = None) -> Candidate:
    """It avoids so much of a risk of its own, or all of that of one risk that costs 1,000."""
    today = 1_000.0
    losses = {100 * ask_id + n if risk is None else risk: (today, today - one) for n, one in enumerate(avoided)}
    return Candidate(ask_id=ask_id, cost=cost, losses=losses)


def together(chosen: tuple[Candidate, ...], asked: list[Candidate]) -> float:
    """O2, written down once more."""
    highest: dict[int, float] = {}
    for one in asked:
        for risk, (today, _after) in one.losses.items():
            highest[risk] = max(today, highest.get(risk, 0.0))
    avoided = 0.0
    for risk, loss in highest.items():
        left = loss
        for one in chosen:
            today, after = one.losses.get(risk, (0.0, 0.0))
            left *= 1 - max(0.0, today - after) / loss if loss else 1
            avoided -= max(0.0, after - today)
        avoided += loss - left
    return avoided


def best_of_all(asked: list[Candidate], budget: int) -> float:
    sets = (some for size in range(len(asked) + 1) for some in combinations(asked, size))
    return max(together(some, asked) for some in sets if sum(one.cost for one in some) <= budget)


losses = st.dictionaries(st.integers(1, 4), st.tuples(st.floats(0, 1e6), st.floats(0, 1e6)), min_size=1, max_size=3)
tables = st.lists(st.tuples(st.integers(0, 1_000), losses), max_size=8).map(
    lambda rows: [Candidate(ask_id=n, cost=cost, losses=found) for n, (cost, found) in enumerate(rows, 1)]
)


@quick
@given(tables, st.integers(0, 4_000))
def test_no_other_choice_is_better(asked: list[Candidate], budget: int):
    found = choose(asked, budget)
    picked = tuple(one for one in asked if one.ask_id in found.ask_ids)
    assert found.gap == 0
    assert sum(one.cost for one in picked) == found.cost <= budget
    assert found.avoided == pytest.approx(together(picked, asked), rel=1e-6, abs=1e-3)
    assert found.avoided == pytest.approx(best_of_all(asked, budget), rel=1e-6, abs=1e-3)


@quick
@given(tables, st.integers(0, 4_000), st.integers(0, 4_000))
def test_more_money_never_avoids_less(asked: list[Candidate], budget: int, more: int):
    assert choose(asked, budget + more).avoided >= choose(asked, budget).avoided - 1e-3


def test_two_asks_for_one_risk_never_avoid_more_than_it_costs():
    asked = [ask(1, 10, 600, risk=7), ask(2, 10, 600, risk=7), ask(3, 10, 300, risk=8)]
    assert choose(asked, 30).avoided == pytest.approx(1_000 * (1 - 0.4 * 0.4) + 300)
    assert set(choose(asked, 20).ask_ids) == {1, 3} or set(choose(asked, 20).ask_ids) == {2, 3}


def test_one_alone_avoids_what_its_own_card_says_whatever_others_say_of_the_risk():
    small = Candidate(ask_id=1, cost=10, losses={7: (100.0, 40.0)})
    large = Candidate(ask_id=2, cost=90, losses={7: (1_000.0, 100.0)})
    assert choose([small, large], 10) == Choice(ask_ids=(1,), cost=10, avoided=60.0)
    assert choose([small, large], 100).avoided == pytest.approx(1_000 - 1_000 * 0.94 * 0.1)


def test_what_makes_one_risk_worse_is_taken_off():
    mixed = Candidate(ask_id=1, cost=10, losses={7: (1_000.0, 200.0), 8: (0.0, 300.0)})
    only_worse = Candidate(ask_id=2, cost=0, losses={9: (100.0, 200.0)})
    assert choose([mixed, only_worse], 50) == Choice(ask_ids=(1,), cost=10, avoided=500.0)


@pytest.mark.parametrize(("asked", "budget"), [([], 100), ([ask(1, 10, 5)], 9), ([ask(1, 10, 0)], 100)])
def test_nothing_may_be_the_best_choice(asked: list[Candidate], budget: int):
    assert choose(asked, budget) == Choice()


def test_what_costs_nothing_and_helps_is_always_in():
    assert choose([ask(1, 0, 5), ask(2, 10, 500)], 0).ask_ids == (1,)


def exact(asked: list[Candidate], budget: int) -> float:
    """The knapsack's own table, for asks that share no risk."""
    best = [0.0] * (budget + 1)
    for one in asked:
        avoided = sum(today - after for today, after in one.losses.values())
        for money in range(budget, one.cost - 1, -1):
            best[money] = max(best[money], best[money - one.cost] + avoided)
    return best[budget]


@pytest.mark.parametrize("seed", range(5))
def test_a_hundred_asks_with_risks_of_their_own_are_chosen_exactly(seed: int):
    dice = Random(seed)
    asked = [ask(n, dice.randint(10, 500), dice.lognormvariate(6, 1)) for n in range(100)]
    found = choose(asked, 8_000)
    assert (found.gap, found.avoided) == (0, pytest.approx(exact(asked, 8_000)))


def sharing(seed: int) -> list[Candidate]:
    """A hundred asks that reduce one to three of thirty risks, each by its own share."""
    dice, own = Random(seed), [Random(n).lognormvariate(13, 1) for n in range(30)]
    return [
        Candidate(
            ask_id=n,
            cost=dice.randrange(10, 500) * 1_000,
            losses={
                risk: (own[risk], own[risk] * dice.random()) for risk in dice.sample(range(30), dice.randint(1, 3))
            },
        )
        for n in range(100)
    ]


@pytest.mark.parametrize("seed", range(3))
def test_a_hundred_asks_that_share_their_risks_are_within_a_hundredth_of_the_best(seed: int):
    asked = sharing(seed)
    found = choose(asked, 8_000_000)
    assert 0 <= found.gap < 0.01
    assert found.cost <= 8_000_000
    picked = tuple(one for one in asked if one.ask_id in found.ask_ids)
    assert found.avoided == pytest.approx(together(picked, asked))


@quick
@given(tables, st.integers(0, 4_000))
def test_the_gap_is_never_told_too_small(asked: list[Candidate], budget: int):
    """The search is stopped at its third step, so that it must say how far it may be off."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("agenda.portfolio.STEPS", 3)
        found = choose(asked, budget)
    assert best_of_all(asked, budget) <= found.avoided * (1 + found.gap) + 1e-3


def test_the_lean_year_says_what_falls_out_and_what_is_lost():
    asked = [ask(1, 60, 600), ask(2, 40, 300), ask(3, 30, 200)]
    found = cut(asked, 100)
    assert (set(found.whole.ask_ids), set(found.lean.ask_ids)) == ({1, 2}, {1, 3})
    assert (found.out, found.instead, found.lost) == ((2,), (3,), pytest.approx(100))


def test_a_cut_that_nobody_feels_loses_nothing():
    found = cut([ask(1, 60, 600)], 100)
    assert (found.out, found.instead, found.lost) == ((), (), 0)
