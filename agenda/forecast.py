"""What was expected of an ask since it was paid for, beside what happened: kindly, plainly, and nobody's fault.

The forecast is that of the ask, over the time that really passed: as often as was said for afterwards, times the years.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from agenda.money import in_money
from agenda.simulation import Exposure, Spread, after_all

DAYS_A_YEAR = 365
LARGE = 500.0  # From so many events on, Poisson is normal enough.
Z90 = 1.2815515655446004


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """`events` are how many there are in one case in ten at most, and in nine in ten at most; `loss` what they cost."""

    events: tuple[int, int]
    loss: Spread

    def says(self, happened: int, lost: int, currency: str) -> str:
        """Both in two sentences: `You expected 0 to 3 incidents and CHF 300k; 1 happened and cost CHF 120k. …`."""
        few, many = self.events
        range_of = f"{few} to {many}" if few < many else f"{few}"
        expected = f"{range_of} {'incident' if (few, many) == (1, 1) else 'incidents'}"
        cost = f" and cost {in_money(lost, currency)}" if happened or lost else ""
        return (
            f"You expected {expected} and {in_money(self.loss.mean, currency, 2)}; {happened or 'none'} happened{cost}. "
            f"{self.verdict(lost)}"
        )

    def verdict(self, lost: int) -> str:
        """How the one lies to the other. A forecast is wrong in two cases of ten, by its own words."""
        if lost > self.loss.p90:
            return "More than expected: 1 forecast in 10 is too low. Worth a look at the numbers."
        if lost < self.loss.p10:
            return "Less than expected: better than the forecast."
        if lost <= self.loss.mean:
            return "Within the forecast, and no more than its average."
        return "Within the forecast, and above its average."


def forecast(exposures: Sequence[Exposure], since: date, until: date, seed: int) -> Forecast:
    """Over the time between the two days, of which there is at least one."""
    years = max(1, (until - since).days) / DAYS_A_YEAR
    over = [replace(one, after=replace(one.after, often=one.after.often * years)) for one in exposures]
    passed = [Exposure(one.after, one.after) for one in over]
    return Forecast(events=few_and_many(sum(one.after.often for one in over)), loss=after_all(passed, seed))


def few_and_many(mean: float) -> tuple[int, int]:
    """The tenth and the ninetieth percentile of a Poisson number."""
    if mean > LARGE:
        spread = Z90 * math.sqrt(mean)
        return round(mean - spread), round(mean + spread)
    return percentile(mean, 0.1), percentile(mean, 0.9)


def percentile(mean: float, share: float) -> int:
    """The least number that is not exceeded with that chance."""
    number, chance = 0, math.exp(-mean)
    reached = chance
    while reached < share:
        number += 1
        chance *= mean / number
        reached += chance
    return number
