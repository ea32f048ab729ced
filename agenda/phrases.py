"""What phrases say, in any order: `every 3 weeks` adds a period and an interval, `first and third Monday` days of it.

The table PHRASES is the whole grammar. What the facts make together is `spoken`'s.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from itertools import product

from agenda.errors import BadInput
from agenda.vocabulary import Period, Token


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What phrases said, each fact as the set of all that was said of it. Days are 0 for Monday; a clock is in minutes."""

    periods: frozenset[int] = frozenset()
    spacings: frozenset[int] = frozenset()  # every so many periods
    weekdays: frozenset[int] = frozenset()
    nths: frozenset[tuple[int, int]] = frozenset()  # (nth, weekday)
    working: frozenset[int] = frozenset()  # nth working days
    monthdays: frozenset[int] = frozenset()
    dates: frozenset[tuple[int, int]] = frozenset()  # (month, day)
    months: frozenset[int] = frozenset()
    either: frozenset[tuple[int, int]] = frozenset()  # "every second Tuesday": of the month, or every other one?
    figures: frozenset[int] = frozenset()  # numbers alone: a day of the month, or an hour
    clocks: frozenset[int] = frozenset()
    tallies: frozenset[int] = frozenset()  # "twice a month"
    counts: frozenset[int] = frozenset()
    starts: frozenset[tuple[int, ...]] = frozenset()  # (day, month[, year])
    ends: frozenset[tuple[int, ...]] = frozenset()

    def __or__(self, other: "Said") -> "Said":
        return Said(**{fact.name: getattr(self, fact.name) | getattr(other, fact.name) for fact in fields(Said)})


def said_of(**facts: Iterable[object]) -> Said:
    return Said(**{name: frozenset(values) for name, values in facts.items()})  # type: ignore[arg-type]


Values = tuple[int, ...]


def _every_nth(_: Values, nths: Values, period: Values) -> Said:
    """`every third week`; but `every first day` and `every last day` are days of a month."""
    if len(nths) > 1 or nths[0] < 2:
        return _nth_day(nths, period)
    return said_of(periods=period, spacings=nths)


def _nth_day(nths: Values, period: Values) -> Said:
    """`the 1st and last day`."""
    if period != (Period.DAY,):
        raise BadInput("That names a whole week, month, quarter or year, and not a day of it.")
    return said_of(monthdays=nths)


def _every_nth_working(_: Values, nths: Values, _days: Values) -> Said:
    """`every last working day`; of `every second working day` nobody knows whether it is of the month."""
    if min(nths) > 1:
        raise BadInput("That can mean two things: a day of each month, or one of every few.")
    return said_of(working=nths)


def _span(first: Values, _: Values, last: Values) -> Said:
    """`Monday to Friday`."""
    between = ((first[-1] + n) % 7 for n in range((last[0] - first[-1]) % 7))
    return said_of(weekdays=(*first, *between, *last))


def _date(days: Values, months: Values) -> Said:
    return said_of(dates=product(months, days))


def _dated(fact: str) -> Callable[..., Said]:
    return lambda _, days, months, year=(): said_of(**{fact: [(days[0], months[0], *year)]})


# What a phrase says; the longest that begins at a token is taken. Words of no meaning, and "and", are gone by now.
PHRASES: dict[str, Callable[..., Said]] = {
    "every": lambda _: Said(),
    "unit": lambda period: said_of(periods=period),
    "rhythm": lambda rhythm: said_of(periods=rhythm[:1], spacings=set(rhythm[1:]) - {1}),
    "every other unit": lambda _, _other, period: said_of(periods=period, spacings=[2]),
    "other unit": lambda _, period: said_of(periods=period, spacings=[2]),
    "every numbers unit": lambda _, number, period: said_of(periods=period, spacings=number),
    "every ordinals unit": _every_nth,
    "every numbers days": lambda _, number, days: said_of(periods=[Period.WEEK], spacings=number, weekdays=days),
    "every other days": lambda _, _other, days: said_of(periods=[Period.WEEK], spacings=[2], weekdays=days),
    "other days": lambda _, days: said_of(periods=[Period.WEEK], spacings=[2], weekdays=days),
    "every ordinals days": lambda _, nths, days: said_of(either=product(nths, days)),
    "days": lambda days: said_of(weekdays=days),
    "days to days": _span,
    "from days to days": lambda _, *span: _span(*span),
    "workdays": lambda _: said_of(weekdays=range(5)),
    "ordinals days": lambda nths, days: said_of(nths=product(nths, days)),
    "every ordinals workdays": _every_nth_working,
    "ordinals workdays": lambda nths, _: said_of(working=nths),
    "ordinals unit": _nth_day,
    "ordinals": lambda nths: said_of(monthdays=nths),
    "edge": lambda edge: said_of(monthdays=edge),
    "months": lambda months: said_of(months=months),
    "ordinals months": _date,
    "numbers months": _date,
    "months ordinals days": lambda months, nths, days: said_of(months=months, nths=product(nths, days)),
    "months ordinals workdays": lambda months, nths, _: said_of(months=months, working=nths),
    "months ordinals unit": lambda months, nths, period: said_of(months=months) | _nth_day(nths, period),
    "months ordinals": lambda months, days: _date(days, months),
    "months numbers": lambda months, days: _date(days, months),
    "numbers": lambda numbers: said_of(figures=numbers),
    "clock": lambda clock: said_of(clocks=clock),
    "tally unit": lambda tally, period: said_of(tallies=tally, periods=period),
    "times unit": lambda tally, period: said_of(tallies=tally, periods=period),
    "times": lambda count: said_of(counts=count),
    **{
        f"{mark} {day} months{year}": _dated(fact)
        for mark, fact in (("from", "starts"), ("to", "ends"))
        for day in ("numbers", "ordinals")
        for year in ("", " numbers")
    },
}
LONGEST_PHRASE = max(len(phrase.split()) for phrase in PHRASES)


def heard(tokens: Sequence[Token]) -> Said:
    """Everything that the phrases say. Raises `BadInput` at the first that is none."""
    said, rest = Said(), list(tokens)
    while rest:
        kinds = [token.kind for token in rest[:LONGEST_PHRASE]]
        size = next((size for size in range(len(kinds), 0, -1) if " ".join(kinds[:size]) in PHRASES), 0)
        if not size:
            raise BadInput(f"I do not understand “{' '.join(token.word for token in rest[:3])}” there.")
        said |= PHRASES[" ".join(kinds[:size])](*(token.values for token in rest[:size]))
        rest = rest[size:]
    return said
