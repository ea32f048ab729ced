"""Which asks under a budget: those that together avoid the most loss on average.

rule
O1    What an ask costs here is its first year: one-off and yearly.
O2    Asks that reduce the same risk do not add up. The risk's loss is the largest that any of the asks says for it; each
      ask takes its own share of what the others leave. So one alone avoids what its own card says, and all together never more
      than the loss.
O3    Wherever the search comes to its end, no other choice within the budget is better: branch and bound, best value for money
      first. Behind a choice no ask avoids more than before it, so what still fits of the best of them, the last one cut to the
      budget, is a bound. Where it does not end within its steps, the best so far is exchanged one ask for another while that
      helps, and `gap` says how much better another choice could be at most: fractions of asks may be bought then, which makes
      the question a concave one, and its best value is approached from above (Frank and Wolfe, 1956).
O4    A cut shows what falls out, what comes in instead and what is lost: the same question with nine tenths of the budget.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

STEPS = 3_000
ROUNDS = 120
CUT = 0.9
WHOLE = 1 - 1e-12  # The whole loss, as far as its logarithm goes.
NEAR = (
    1e-9  # What is that much better is not better: sums of floating point numbers differ in the order of their parts.
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One ask: its first-year `cost`, and for each risk that it reduces the loss of a year today and after, on average."""

    ask_id: int
    cost: int
    losses: Mapping[int, tuple[float, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The asks that are chosen, in the order of their value for money; `gap` is 0 where no other choice is better (O3)."""

    ask_ids: tuple[int, ...] = ()
    cost: int = 0
    avoided: float = 0.0
    gap: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """O4."""

    whole: Choice
    lean: Choice

    @property
    def out(self) -> tuple[int, ...]:
        """What falls out."""
        return tuple(one for one in self.whole.ask_ids if one not in self.lean.ask_ids)

    @property
    def instead(self) -> tuple[int, ...]:
        """What comes in for it."""
        return tuple(one for one in self.lean.ask_ids if one not in self.whole.ask_ids)

    @property
    def lost(self) -> float:
        """So much more is lost a year, on average."""
        return self.whole.avoided - self.lean.avoided


@dataclass(frozen=True, slots=True)
class Offer:
    """A candidate among the others: by risk, what it avoids alone and which share that is; and what it makes worse (O2)."""

    ask_id: int
    cost: int
    helps: tuple[tuple[int, float, float], ...]
    harm: float

    def gain(self, left: Mapping[int, float]) -> float:
        """What it avoids where such shares of the losses are `left`."""
        return sum(avoided * left.get(risk, 1.0) for risk, avoided, _share in self.helps) - self.harm


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """Some asks are chosen, others are still open; no choice from here avoids more than `bound`."""

    bound: float
    money: int
    avoided: float = 0.0
    chosen: tuple[Offer, ...] = ()
    open: tuple[Offer, ...] = ()
    left: Mapping[int, float] = field(default_factory=dict)

    def ranked(self) -> list[tuple[float, Offer]]:
        """What still fits and helps, with its gain: the best value for money first."""
        gains = ((offer.gain(self.left), offer) for offer in self.open if offer.cost <= self.money)
        worth = [(gain, offer) for gain, offer in gains if gain > 0]
        return sorted(worth, key=lambda one: one[0] / (one[1].cost or NEAR), reverse=True)

    def taking(self, offer: Offer, gain: float, rest: tuple[Offer, ...], bound: float) -> "Node":
        """With one more."""
        left = {risk: self.left.get(risk, 1.0) * (1 - share) for risk, _avoided, share in offer.helps}
        return Node(
            bound=bound,
            money=self.money - offer.cost,
            avoided=self.avoided + gain,
            chosen=(*self.chosen, offer),
            open=rest,
            left={**self.left, **left},
        )


def choose(candidates: Sequence[Candidate], budget: int) -> Choice:
    """O1 to O3. Well under a second for 100 asks."""
    best = start = Node(bound=float("inf"), money=budget, open=offers_of(candidates))
    waiting = [start]
    for _ in range(STEPS):
        if not waiting:
            return chosen(best, gap=0.0)
        branches = branched(waiting.pop(), best.avoided)
        waiting += branches
        best = max((best, *branches[-1:]), key=lambda node: node.avoided)
    best = exchanged(best, start)
    most = min(max((node.bound for node in waiting), default=0.0), bound_of(start.open, budget))
    return chosen(best, gap=max(0.0, most / best.avoided - 1))


def cut(candidates: Sequence[Candidate], budget: int) -> Cut:
    """O4."""
    return Cut(whole=choose(candidates, budget), lean=choose(candidates, int(budget * CUT)))


def offers_of(candidates: Sequence[Candidate]) -> tuple[Offer, ...]:
    """O2."""
    highest: dict[int, float] = {}
    for one in candidates:
        for risk, (today, _after) in one.losses.items():
            highest[risk] = max(today, highest.get(risk, 0.0))
    return tuple(offer_of(one, highest) for one in candidates)


def offer_of(one: Candidate, highest: Mapping[int, float]) -> Offer:
    """What makes a risk worse is taken off as it is: it is no share of anything."""
    avoided = {risk: today - after for risk, (today, after) in one.losses.items()}
    helps = tuple((risk, less, less / highest[risk]) for risk, less in avoided.items() if less > 0)
    return Offer(one.ask_id, one.cost, helps, -sum(less for less in avoided.values() if less < 0))


def branched(node: Node, best: float) -> list[Node]:
    """Without the best value for money, and with it; nothing where no choice from here is better than the best so far."""
    if node.bound <= best * (1 + NEAR):
        return []
    ranked = node.ranked()
    bound = node.avoided + fitting(ranked, node.money)
    if not ranked or bound <= best * (1 + NEAR):
        return []
    (gain, first), rest = ranked[0], tuple(offer for _gain, offer in ranked[1:])
    without = Node(bound=bound, money=node.money, avoided=node.avoided, chosen=node.chosen, open=rest, left=node.left)
    return [without, node.taking(first, gain, rest, bound)]


def fitting(ranked: Sequence[tuple[float, Offer]], money: int) -> float:
    """The gains of those that fit, the first that does not cut to what fits of it."""
    return sum(gain * part for (gain, _offer), part in zip(ranked, parts(ranked, money), strict=True))


def parts(ranked: Sequence[tuple[float, Offer]], money: int) -> list[float]:
    """Which part of each is bought: 1 for as long as there is money, and then what is left of it."""
    bought = []
    for gain, offer in ranked:
        part = min(1.0, money / offer.cost) if offer.cost else 1.0
        bought.append(part if gain > 0 else 0.0)
        money = max(0, money - offer.cost) if gain > 0 else money
    return bought


def bound_of(offers: Sequence[Offer], budget: int) -> float:
    """No choice avoids more (O3). With `parts` of asks a risk is left to the product of (1 - share) ** part."""
    affordable = [offer for offer in offers if offer.cost <= budget]
    bought, least = dict.fromkeys(affordable, 0.0), float("inf")
    for step in range(ROUNDS):
        left = left_of(bought)
        slopes = [(slope_of(offer, left), offer) for offer in affordable]
        ranked = sorted(slopes, key=lambda one: one[0] / (one[1].cost or NEAR), reverse=True)
        better = dict(zip((offer for _slope, offer in ranked), parts(ranked, budget), strict=True))
        ahead = sum(slope * (better[offer] - bought[offer]) for slope, offer in ranked)
        least = min(least, value_of(bought, left) + ahead)
        bought = {one: part + 2 / (step + 2) * (better[one] - part) for one, part in bought.items()}
    return least


def left_of(bought: Mapping[Offer, float]) -> dict[int, float]:
    """Which share of each risk's loss is left with these parts."""
    left: dict[int, float] = {}
    for offer, part in bought.items():
        for risk, _avoided, share in offer.helps:
            left[risk] = left.get(risk, 1.0) * (1 - min(share, WHOLE)) ** part
    return left


def slope_of(offer: Offer, left: Mapping[int, float]) -> float:
    """What a little more of it avoids, for each part of it."""
    helps = (avoided / share * -math.log1p(-min(share, WHOLE)) * left[risk] for risk, avoided, share in offer.helps)
    return sum(helps) - offer.harm


def value_of(bought: Mapping[Offer, float], left: Mapping[int, float]) -> float:
    """What these parts avoid."""
    losses = {risk: avoided / share for offer in bought for risk, avoided, share in offer.helps}
    helped = sum(loss * (1 - left[risk]) for risk, loss in losses.items())
    return helped - sum(offer.harm * part for offer, part in bought.items())


def exchanged(best: Node, start: Node) -> Node:
    """One is taken out and the best value put in, for as long as that is better."""
    while True:
        others = (filled(start, [one for one in best.chosen if one is not out]) for out in best.chosen)
        better = max(others, key=lambda node: node.avoided, default=best)
        if better.avoided <= best.avoided * (1 + NEAR):
            return best
        best = better


def filled(start: Node, kept: Sequence[Offer]) -> Node:
    """These, and then the best value for money that still fits, one after the other."""
    node = start
    for offer in kept:
        node = node.taking(offer, offer.gain(node.left), node.open, node.bound)
    node = Node(
        bound=node.bound,
        money=node.money,
        avoided=node.avoided,
        chosen=node.chosen,
        open=tuple(offer for offer in start.open if offer not in kept),
        left=node.left,
    )
    while ranked := node.ranked():
        (gain, first), rest = ranked[0], tuple(offer for _gain, offer in ranked[1:])
        node = node.taking(first, gain, rest, node.bound)
    return node


def chosen(node: Node, gap: float) -> Choice:
    """In words of asks."""
    return Choice(
        ask_ids=tuple(offer.ask_id for offer in node.chosen),
        cost=sum(offer.cost for offer in node.chosen),
        avoided=node.avoided,
        gap=gap,
    )
