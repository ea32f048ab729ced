"""What an ask is worth: years of losses simulated with it and without it, as FAIR does, simply. No estimate in here is ours.

rule
F1    How often a risk happens in a year is Poisson, with the mean that somebody estimated.
F2    What it costs each time is lognormal: one in twenty costs less than `least`, one in twenty more than `most`. Where the two
      are the same, that is what it costs. Its mean is exp(μ + σ²/2).
F3    Today and after are the same years, bad ones with the ask and without it: whatever is rarer is a part of the same events,
      each kept with the same chance, and each event is as bad for its kind in both (the same quantile).
F4    Events, risks and years are independent of each other. Nothing is discounted.
F5    A risk with more than five events a year on average is simulated for half a million events, and each of these years
      stands for several: the more events a year has, the less one year differs from another.
F6    Loss avoided: the loss of a year today, less the loss of the same year after. It may be negative in a year.
F7    Return on the investment: what the first year avoids less what it costs (one-off and yearly), as a share of what it costs.
F8    It pays back within n years if these avoid at least the one-off cost and n yearly costs.
F9    A quarter of waiting costs the loss that it would have avoided on average, less the yearly cost that is saved:
      (avoided − yearly) / 4. Below zero, waiting saves money.
F10   It is worth at most the one-off cost that three years still pay back on average: 3 × (avoided − yearly), never below 0.

Means are exact, ranges are simulated: P10, P50 and P90 are what one year in ten, in two and nine in ten stays below. A result
keeps the formula and the seed; but the same seed gives the same figures only with the same numpy, so it is kept as it was.
"""

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise, takewhile
from typing import TYPE_CHECKING, TypeAlias

from agenda.errors import BadInput
from agenda.money import MOST

if TYPE_CHECKING:
    import numpy

    Years: TypeAlias = numpy.ndarray[tuple[int], numpy.dtype[numpy.float64]]

FORMULA = "1"
YEARS = 100_000
HORIZON = 3  # years
EVENTS = 500_000  # F5
MOST_OFTEN = 366  # events a year that people may say
MOST_EVENTS = 10_000  # and so many in all the time that a check looks back on
MOST_RISKS = 20
WIDEST = 10_000  # The most, as a multiple of the least: beyond, the mean is made of what nobody has ever seen.
Z95 = 1.6448536269514722  # A standard normal stays below it 19 times in 20.
POINTS, SERIES, VISIBLE = 12, (1, 2, 5), 0.005


@dataclass(frozen=True, slots=True)
class Loss:
    """So `often` a year on average, and from `least` to `most` each time (F1, F2). Raises `BadInput`, field by field."""

    often: float
    least: int
    most: int

    def __post_init__(self) -> None:
        if wrong := self._wrong():
            raise BadInput(next(iter(wrong.values())), fields=wrong)

    def _wrong(self) -> dict[str, str]:
        if not 0 <= self.often <= MOST_EVENTS:
            return {"often": f"From 0 to {MOST_OFTEN} times a year."}
        if self.least < 0:
            return {"least": "What it costs cannot be negative."}
        if self.most > MOST:
            return {"most": "That is more than can be counted: at most 1000bn."}
        if self.most < self.least:
            return {"most": "The most is less than the least. Swap the two."}
        if self.most > self.least * WIDEST:
            return {
                "least": "Write more than 0: the least that it costs in nineteen cases out of twenty."
                if self.least == 0
                else f"The most is over {WIDEST:,} times the least. Bring the two nearer, or make two risks of it."
            }
        return {}

    @property
    def median(self) -> float:
        """What it costs each time, half of the times at least."""
        return math.sqrt(self.least * self.most)

    @property
    def sigma(self) -> float:
        """How far the logarithm spreads."""
        return math.log(self.most / self.least) / (2 * Z95) if self.least else 0.0

    @property
    def each(self) -> float:
        """What it costs each time, on average."""
        return self.median * math.exp(self.sigma**2 / 2)

    @property
    def mean(self) -> float:
        """What it costs a year, on average."""
        return self.often * self.each


@dataclass(frozen=True, slots=True)
class Exposure:
    """One risk without the ask and with it."""

    today: Loss
    after: Loss


@dataclass(frozen=True, slots=True)
class Cost:
    """What the ask costs: once, and every year."""

    one_off: int
    yearly: int

    def of(self, years: int) -> int:
        """In the first so many years."""
        return self.one_off + years * self.yearly


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """The exact mean, and what one year in ten, in two, nine in ten and nineteen in twenty stays below."""

    mean: float
    p10: float
    p50: float
    p90: float
    p95: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Exceedance:
    """The chance, 0 to 1, that a year costs more than that amount."""

    amount: int
    today: float
    after: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """Amounts are a year's, in the organization's currency; chances run from 0 to 1. `returned` is None where nothing is paid.

    The rules above define each figure: `returned` F7, `pays_back` within 1 year and within 3 F8, `waiting` F9, `worth` F10.
    """

    formula: str
    seed: int
    years: int
    today: Spread
    after: Spread
    returned: Spread | None
    pays_back: tuple[float, float]
    waiting: float
    worth: float
    curve: tuple[Exceedance, ...]

    @property
    def avoided(self) -> float:
        """F6, on average."""
        return self.today.mean - self.after.mean


def simulate(
    exposures: Sequence[Exposure], cost: Cost, seed: int, marks: Sequence[int] = (), years: int = YEARS
) -> Result:
    """All figures. The curve has a point at each of the `marks` too. Raises `BadInput` without a risk, and for too many."""
    if not 0 < len(exposures) <= MOST_RISKS:
        raise BadInput(
            f"An ask reduces 1 to {MOST_RISKS} risks; this is {len(exposures)}.", "Name the ones that matter."
        )
    import numpy  # Only whoever counts pays for it: 20 MB and a tenth of a second.

    today, after = numpy.zeros(years), numpy.zeros(years)
    for place, exposure in enumerate(exposures):
        one, other = losses(exposure, numpy.random.default_rng([seed, place]), years)
        today += one
        after += other
    means = sum(one.today.mean for one in exposures), sum(one.after.mean for one in exposures)
    avoided, gained = today - after, means[0] - means[1]
    return Result(
        formula=FORMULA,
        seed=seed,
        years=years,
        today=spread(today, means[0]),
        after=spread(after, means[1]),
        returned=spread(avoided / cost.of(1) - 1, gained / cost.of(1) - 1) if cost.of(1) else None,
        pays_back=(paid_back(avoided, cost, 1), paid_back(avoided, cost, HORIZON)),
        waiting=(gained - cost.yearly) / 4,
        worth=max(0.0, HORIZON * (gained - cost.yearly)),
        curve=curve(today, after),
    )


def after_all(exposures: Sequence[Exposure], seed: int, years: int = YEARS) -> Spread:
    """What these cost with the ask, and nothing else."""
    _today, after = all_losses(exposures, seed, years)
    return spread(after, sum(one.after.mean for one in exposures))


def all_losses(exposures: Sequence[Exposure], seed: int, years: int) -> "tuple[Years, Years]":
    """What all risks together cost in each year, today and after (F4)."""
    import numpy  # Only whoever counts pays for it: 20 MB and a tenth of a second.

    today, after = numpy.zeros(years), numpy.zeros(years)
    for place, exposure in enumerate(exposures):
        one, other = losses(exposure, numpy.random.default_rng([seed, place]), years)
        today += one
        after += other
    return today, after


def losses(exposure: Exposure, dice: "numpy.random.Generator", years: int) -> "tuple[Years, Years]":
    """What one risk costs in each year, today and after (F3)."""
    often = max(exposure.today.often, exposure.after.often)
    own = years if often * years <= EVENTS else max(1, int(EVENTS / often))  # F5
    counts = dice.poisson(often, own)
    quantiles = dice.standard_normal(counts.sum())
    kept = dice.random(len(quantiles)) if exposure.today.often != exposure.after.often else None
    today, after = (summed(costs(loss, often, quantiles, kept), counts) for loss in (exposure.today, exposure.after))
    if own == years:
        return today, after
    drawn = dice.permutation(years) % own
    return today[drawn], after[drawn]


def costs(loss: Loss, often: float, quantiles: "Years", kept: "Years | None") -> "Years":
    """What each event costs; nothing, where it is one of those that do not happen."""
    import numpy

    each: Years = loss.median * numpy.exp(loss.sigma * quantiles)
    if kept is not None and loss.often < often:
        each *= kept < loss.often / often
    return each


def summed(each: "Years", counts: "numpy.ndarray[tuple[int], numpy.dtype[numpy.int64]]") -> "Years":
    """The events of a year stand beside each other: their sum, year by year."""
    import numpy

    totals, some = numpy.zeros(len(counts)), counts > 0
    if some.any():
        starts = numpy.cumsum(counts) - counts
        totals[some] = numpy.add.reduceat(each, starts[some])
    return totals


def spread(values: "Years", mean: float) -> Spread:
    """Its mean is known; the rest is read off."""
    import numpy

    p10, p50, p90, p95 = numpy.quantile(values, (0.1, 0.5, 0.9, 0.95)).tolist()
    return Spread(mean=mean, p10=p10, p50=p50, p90=p90, p95=p95)


def paid_back(avoided: "Years", cost: Cost, years: int) -> float:
    """F8: as a share of all stretches of so many years that do not overlap."""
    stretches = avoided[: len(avoided) // years * years].reshape(-1, years).sum(axis=1)
    return float((stretches >= cost.of(years)).mean())


def curve(today: "Years", after: "Years") -> tuple[Exceedance, ...]:
    """At round amounts, the lowest first: at most so many that a phone shows them, and none below which nothing changes."""
    import numpy

    amounts = round_amounts(float(numpy.quantile(numpy.maximum(today, after), 0.995)), POINTS)
    reached = (numpy.searchsorted(numpy.sort(one), amounts, side="right") for one in (today, after))
    chances = [(len(today) - one) / len(today) for one in reached]
    points = [
        Exceedance(amount=amount, today=float(one), after=float(other))
        for amount, one, other in zip(amounts, *chances, strict=True)
    ]
    flat = takewhile(lambda pair: alike(*pair), pairwise(points))
    return tuple(points[len(list(flat)) :])


def alike(one: Exceedance, other: Exceedance) -> bool:
    """On a picture."""
    return max(one.today - other.today, one.after - other.after) < VISIBLE


def round_amounts(highest: float, how_many: int) -> list[int]:
    """1, 2 and 5 times powers of ten: up to the first one above, and so many below it as there is room for."""
    upward = [digit * 10**power for power in range(26) for digit in SERIES]
    above = next((n for n, amount in enumerate(upward) if amount > highest), len(upward) - 1)
    return upward[max(0, above + 1 - how_many) : above + 1]


def written(result: Result) -> str:
    """As JSON, to be kept."""
    return json.dumps(asdict(result))


def read(text: str) -> Result:
    """And back."""
    kept = json.loads(text)
    kept |= {name: Spread(**kept[name]) for name in ("today", "after", "returned") if kept[name]}
    points = tuple(Exceedance(**point) for point in kept["curve"])
    return Result(**kept | {"pays_back": tuple(kept["pays_back"]), "curve": points})
