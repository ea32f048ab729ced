"""Figures, their goals, and the one table that they are printed in."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median, quantiles

from bench.audit_log import FEW, Log, ratio
from bench.finding import Asked, Finding
from bench.health import Asked as LookedBack
from bench.investment import ASKS, Counted
from bench.load import Round
from bench.matching import PRODUCTS, Matched
from bench.outbox import FanOut, Idle

# The goals: shares of the bare app's rate; milliseconds at 200 requests a second; seconds; 10^6 bytes.
SHARES = {"help": 0.6, "decision find": 0.5, "risk add": 0.25}
SLOWEST_MS = 50.0
START_S = 1.5
RESIDENT_MB = 120.0
FAN_OUT = 0.7
TICK_MS = 2.0
FLAT = 1.02
RAW = 1.3
NO_MORE = 1.1
VERIFY_S = 10.0
HEALTH_S = 0.2
MATCH_S = 1.0
YEARS_S = 0.2
CHOICE_S = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A line of the table. Without a goal it stands there for comparison."""

    name: str
    measured: str
    goal: str = ""
    met: bool | None = None


def rate(name: str, rounds: Sequence[Round]) -> Figure:
    """Requests a second."""
    rates = [one.answered / one.seconds for one in rounds]
    return Figure(name=name, measured=f"{median(rates):,.0f}/s   ({min(rates):,.0f} to {max(rates):,.0f})")


def share(name: str, rounds: Sequence[Round], bare: Sequence[Round]) -> Figure:
    """Requests a second, and as a share of what the bare app answered in the round just before."""
    rates = [one.answered / one.seconds for one in rounds]
    shares = [own * before.seconds / before.answered for own, before in zip(rates, bare, strict=True)]
    measured = f"{median(rates):,.0f}/s = {median(shares):.2f} of bare   ({min(shares):.2f} to {max(shares):.2f})"
    return Figure(name=name, measured=measured, goal=f"at least {SHARES[name]}", met=median(shares) >= SHARES[name])


def slowness(name: str, rounds: Sequence[Round], *, goal: bool) -> Figure:
    """The middle, the slowest of a hundred and the slowest of all, over all rounds together."""
    latencies = sorted(latency * 1000 for one in rounds for latency in one.latencies)
    p99 = quantiles(latencies, n=100)[98]
    measured = f"p50 {median(latencies):.1f} ms, p99 {p99:.1f} ms   (slowest {latencies[-1]:.0f} ms)"
    if not goal:
        return Figure(name=name, measured=measured)
    return Figure(name=name, measured=measured, goal=f"p99 under {SLOWEST_MS:.0f} ms", met=p99 < SLOWEST_MS)


def start(seconds: Sequence[float]) -> Figure:
    """From the spawn of the process to the first 200 of /readyz."""
    measured = f"{median(seconds):.2f} s   ({min(seconds):.2f} to {max(seconds):.2f})"
    return Figure(name="start to ready", measured=measured, goal=f"under {START_S} s", met=median(seconds) < START_S)


def resident(name: str, megabytes: float, *, goal: bool = True) -> Figure:
    """What the operating system counts as resident."""
    if not goal:
        return Figure(name=name, measured=f"{megabytes:.0f} MB")
    met = megabytes < RESIDENT_MB
    return Figure(name=name, measured=f"{megabytes:.0f} MB", goal=f"under {RESIDENT_MB:.0f} MB", met=met)


def fan_out(name: str, found: FanOut) -> list[Figure]:
    """Messages a second, as a share of what the bare loop posted in the turn just before; and memory from turn to turn."""
    rates = [found.messages / seconds for seconds in found.ours]
    shares = [before / own for before, own in zip(found.bare, found.ours, strict=True)]
    measured = f"{median(rates):,.0f}/s = {median(shares):.2f} of bare   ({min(shares):.2f} to {max(shares):.2f})"
    bare = [found.messages / seconds for seconds in found.bare]
    return [
        Figure(
            name="bare client, posting only", measured=f"{median(bare):,.0f}/s   ({min(bare):,.0f} to {max(bare):,.0f})"
        ),
        Figure(name=name, measured=measured, goal=f"at least {FAN_OUT}", met=median(shares) >= FAN_OUT),
        flat("memory, turn by turn", found.weights[1:], f"{found.weights[0]:.0f} MB before, then "),
    ]


def tick(name: str, few: Idle, many: Idle) -> list[Figure]:
    """Its middle and its slowest of a hundred, over many rows and as a multiple of what it is over few; and memory."""
    p50, p99 = median(many.took) * 1000, quantiles(many.took, n=100)[98] * 1000
    growth = median(many.took) / median(few.took)
    measured = f"p50 {p50:.2f} ms, p99 {p99:.2f} ms; {growth:.2f} times that over {few.ahead:,}"
    return [
        Figure(name=name, measured=measured, goal=f"under {TICK_MS:.0f} ms", met=p50 < TICK_MS),
        flat(f"memory, {len(many.took)} ticks", [many.before, many.after]),
    ]


def audited(name: str, log: Log) -> list[Figure]:
    """An audited change beside so many events, as a multiple of what it is beside few; and verifying all of them."""
    few, many = median(log.few) * 1000, median(log.many) * 1000
    change = f"{many:.2f} ms = {ratio(log):.2f} times that at {FEW:,}   ({few:.2f} ms)"
    return [
        Figure(name=f"a change, {name}", measured=change, goal=f"at most {NO_MORE}", met=ratio(log) <= NO_MORE),
        Figure(
            name=f"verify, {name}",
            measured=f"{log.verified:.1f} s",
            goal=f"under {VERIFY_S:.0f} s",
            met=log.verified < VERIFY_S,
        ),
    ]


def found(name: str, finding: Finding) -> list[Figure]:
    """Both orders, each beside the same SQL; what LIKE takes; and what it costs to make one more findable."""
    like, put = median(finding.like) * 1000, median(finding.put) * 1000
    return [
        order(f"{name}, newest first", finding.newest),
        order(f"{name}, by relevance", finding.relevance),
        Figure(name=f"{name}, LIKE", measured=f"p50 {like:.1f} ms, slowest {max(finding.like) * 1000:.0f} ms"),
        Figure(name=f"{name}, one more", measured=f"p50 {put:.2f} ms"),
    ]


def order(name: str, asked: Asked) -> Figure:
    """The middle, the slowest of a hundred, and all questions together as a multiple of the same SQL."""
    p50, p99 = median(asked.ours) * 1000, quantiles(asked.ours, n=100)[98] * 1000
    times = sum(asked.ours) / sum(asked.raw)
    return Figure(
        name=name,
        measured=f"p50 {p50:.1f} ms, p99 {p99:.1f} ms; {times:.2f} times the same SQL",
        goal=f"p99 under {SLOWEST_MS:.0f} ms, {RAW} times",
        met=p99 < SLOWEST_MS and times <= RAW,
    )


def matched(found: Matched) -> list[Figure]:
    """From a catalog's bytes to what concerns a thousand products, as a share of the second that it may take."""
    took = [one + other for one, other in zip(found.read, found.matched, strict=True)]
    reading, matching, scoring = (median(each) * 1000 for each in (found.read, found.matched, found.scored))
    parts = f"({reading:.0f} read, {matching:.0f} matched)"
    measured = f"{median(took) * 1000:.0f} ms = {median(took) / MATCH_S:.2f} of it   {parts}"
    name = f"{found.entries:,} entries, {PRODUCTS:,} products"
    return [
        Figure(name=name, measured=measured, goal=f"under {MATCH_S:.0f} s", met=median(took) < MATCH_S),
        Figure(name="a day's scores, 300,000 lines", measured=f"{scoring:.0f} ms"),
    ]


def invested(found: Counted) -> list[Figure]:
    """Years and choices, each as a share of what it may take."""
    gap = f"; another choice is {found.gap * 100:.2f} % better at most"
    return [
        within("100,000 years, 3 risks", found.usual, YEARS_S),
        within("100,000 years, 3 risks, 5 events a year each", found.often, YEARS_S),
        within(f"{ASKS} asks, a risk of its own each", found.apart, CHOICE_S),
        within(f"{ASKS} asks that share 30 risks", found.sharing, CHOICE_S, gap),
    ]


def looked_back(name: str, found: LookedBack) -> Figure:
    """From the command to the card."""
    return within(f"{name}, {found.rows:,} rows", found.seconds, HEALTH_S)


def within(name: str, seconds: Sequence[float], most: float, more: str = "") -> Figure:
    """The middle of several turns, as a share of what it may take."""
    took = median(seconds)
    measured = f"{took * 1000:.0f} ms = {took / most:.2f} of it   (slowest {max(seconds) * 1000:.0f} ms){more}"
    return Figure(name=name, measured=measured, goal=f"under {most * 1000:.0f} ms", met=took < most)


def flat(name: str, weights: Sequence[float], before: str = "") -> Figure:
    """In the end no more than in the beginning, but for the fiftieth part."""
    measured = before + " to ".join(f"{weight:.0f}" for weight in (weights[0], weights[-1])) + " MB"
    return Figure(name=name, measured=measured, goal="flat", met=weights[-1] <= weights[0] * FLAT)


def table(sections: Sequence[tuple[str, Sequence[Figure]]]) -> str:
    """For a terminal and for a document alike."""
    every = [figure for _title, lines in sections for figure in lines]
    name, measured, goal = (max(len(getattr(f, column)) for f in every) for column in ("name", "measured", "goal"))
    rows = [f"  {'figure':{name}}   {'measured':{measured}}   {'goal':{goal}}   met"]
    for title, lines in sections:
        rows += ["", title]
        for f in lines:
            met = {None: "", True: "yes", False: "NO"}[f.met]
            rows.append(f"  {f.name:{name}}   {f.measured:{measured}}   {f.goal:{goal}}   {met}".rstrip())
    return "\n".join(rows)
