"""Asks: a hundred thousand years simulated, and the best of a hundred asks under a budget."""

import gc
import time
from dataclasses import dataclass, field
from random import Random

from agenda.portfolio import Candidate, Choice, choose
from agenda.simulation import YEARS, Cost, Exposure, Loss, Result, simulate
from bench.load import WrongAnswer

ASKS = 100
# A rare and dear one, one as phishing is, and one that happens every other month.
USUAL = (
    Exposure(Loss(0.5, 100_000, 5_000_000), Loss(0.2, 100_000, 3_000_000)),
    Exposure(Loss(2, 20_000, 400_000), Loss(1, 20_000, 200_000)),
    Exposure(Loss(6, 1_000, 40_000), Loss(3, 1_000, 40_000)),
)
# As often as is counted event by event: more of them make fewer years.
OFTEN = (Exposure(Loss(5, 1_000, 40_000), Loss(3, 1_000, 30_000)),) * 3


@dataclass(slots=True, kw_only=True)
class Counted:
    """Seconds of each turn; and how much better another choice could be at most, as a share, in the worst of them."""

    usual: list[float] = field(default_factory=list)
    often: list[float] = field(default_factory=list)
    apart: list[float] = field(default_factory=list)
    sharing: list[float] = field(default_factory=list)
    gap: float = 0.0


def measured(turns: int) -> Counted:
    """Another hundred asks each turn. Raises `WrongAnswer` where a mean is not simulated, or a budget is not kept."""
    found = Counted()
    simulate(USUAL, Cost(1, 1), seed=0, years=10)  # Loads what counts.
    for turn in range(turns):
        for exposures, seconds in ((USUAL, found.usual), (OFTEN, found.often)):
            seconds.append(simulated(exposures, turn))
        found.apart.append(chosen(asks(turn, risks=0))[0])
        took, choice = chosen(asks(turn, risks=30))
        found.sharing.append(took)
        found.gap = max(found.gap, choice.gap)
    return found


def simulated(exposures: tuple[Exposure, ...], seed: int) -> float:
    """Seconds for all figures of one ask."""
    gc.collect()
    began = time.perf_counter()
    result = simulate(exposures, Cost(250_000, 40_000), seed)
    took = time.perf_counter() - began
    if result.years != YEARS or not plausible(result):
        raise WrongAnswer(f"{result}")
    return took


def plausible(result: Result) -> bool:
    """The middle lies where the exact mean lets it."""
    return 0 < result.today.p50 < 2 * result.today.mean and result.today.p10 < result.today.p90


def chosen(asked: list[Candidate]) -> tuple[float, Choice]:
    """Seconds for the best under a third of what all cost together."""
    budget = sum(one.cost for one in asked) // 3
    gc.collect()
    began = time.perf_counter()
    choice = choose(asked, budget)
    took = time.perf_counter() - began
    if not choice.ask_ids or choice.cost > budget:
        raise WrongAnswer(f"{choice} under {budget}")
    return took, choice


def asks(seed: int, *, risks: int) -> list[Candidate]:
    """A hundred; each reduces a risk of its own, or one to three of that many."""
    dice = Random(seed)
    losses = [dice.lognormvariate(13, 1) for _ in range(max(risks, ASKS))]
    return [
        Candidate(
            ask_id=number,
            cost=dice.randrange(10, 500) * 1_000,
            losses={
                risk: (losses[risk], losses[risk] * dice.random())
                for risk in (dice.sample(range(risks), dice.randint(1, 3)) if risks else [number])
            },
        )
        for number in range(ASKS)
    ]
