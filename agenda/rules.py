"""An RFC 5545 recurrence rule (section 3.3.10), as far as it says days: read, checked, and expanded.

Days only: the time of day and its zone are `recurrence`'s. Periods (days, weeks, months or years, by FREQ) are numbered, not
walked: a rule that began ten years ago costs what one costs that begins today, and a search can be told where to give up.
dateutil's `rrule`, which the tests hold this to, can do neither: 5 ms for a daily rule of ten years, and 2.8 s to find that
`FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30` never falls.
"""

from calendar import isleap, monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from functools import lru_cache
from itertools import chain, dropwhile, islice
from typing import Any

from agenda.errors import BadInput

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
LONGEST = 200  # Characters of a rule: what the record keeps of one.

# The parts that a FREQ does not go with: the table of section 3.3.10, and BYDAY's note on numbers in front of a weekday.
NOT_WITH = {
    "DAILY": ("weeks", "yeardays", "positions"),
    "WEEKLY": ("weeks", "yeardays", "monthdays"),
    "MONTHLY": ("weeks", "yeardays"),
    "YEARLY": (),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule that was read. `weekdays` are (nth, 0 for Monday … 6); an nth of 0 is every one, and -1 the last.

    `until` is naive where it is wall time, and aware where it stands in UTC. Whatever is empty does not limit.
    """

    freq: str
    interval: int = 1
    count: int | None = None
    until: datetime | None = None
    months: tuple[int, ...] = ()
    weeks: tuple[int, ...] = ()
    yeardays: tuple[int, ...] = ()
    monthdays: tuple[int, ...] = ()
    weekdays: tuple[tuple[int, int], ...] = ()
    positions: tuple[int, ...] = ()
    week_start: int = 0

    def counted_from(self, since: date) -> "Rule":
        """With what the rule leaves to its first day: "every month" is every month on that day of the month."""
        if self.weekdays or self.monthdays or self.yeardays or self.freq == "DAILY":
            return self
        if self.freq == "WEEKLY" or self.weeks:
            return replace(self, weekdays=((0, since.weekday()),))
        if self.freq == "MONTHLY" or self.months:
            return replace(self, monthdays=(since.day,))
        return replace(self, months=(since.month,), monthdays=(since.day,))

    def falls_on(self, day: date) -> bool:
        """Whether no part of the rule forbids that day. INTERVAL, BYSETPOS, COUNT and UNTIL are not of one day alone."""
        return (
            (not self.months or day.month in self.months)
            and (not self.weekdays or self._on_weekday(day))
            and (not self.monthdays or _counts(day.day, monthrange(day.year, day.month)[1], self.monthdays))
            and (not self.yeardays or _counts(_yearday(day), _year_length(day), self.yeardays))
            and (not self.weeks or self._in_week(day))
        )

    def _on_weekday(self, day: date) -> bool:
        weekday = day.weekday()
        if (0, weekday) in self.weekdays:
            return True
        of_month = self.freq == "MONTHLY" or self.months
        of, last = (day.day, monthrange(day.year, day.month)[1]) if of_month else (_yearday(day), _year_length(day))
        return any((nth, weekday) in self.weekdays for nth in ((of - 1) // 7 + 1, -((last - of) // 7) - 1))

    def _in_week(self, day: date) -> bool:
        year, week = _week(day, self.week_start)
        # Whatever day weeks begin on, 28 December is in a year's last: that week has four days in the year.
        _, last = _week(date(year, 12, 28), self.week_start)
        return _counts(week, last, self.weeks)


def _counts(number: int, last: int, listed: tuple[int, ...]) -> bool:
    """Listed from the front or from the end: the 31st of 31 is also the -1st."""
    return number in listed or number - last - 1 in listed


def _yearday(day: date) -> int:
    return day.toordinal() - date(day.year, 1, 1).toordinal() + 1


def _year_length(day: date) -> int:
    return 366 if isleap(day.year) else 365


def _week(day: date, week_start: int) -> tuple[int, int]:
    """Year and number of its week, which belongs to the year that has four of its days (its fourth day's)."""
    fourth = date.fromordinal(day.toordinal() - (day.weekday() - week_start) % 7 + 3)
    return fourth.year, (_yearday(fourth) - 1) // 7 + 1


# How a FREQ's periods are numbered: a day's period, and the ordinal (`date.toordinal`) on which a period begins.
Numbering = tuple[Callable[[date, int], int], Callable[[int, int], int]]
PERIODS: dict[str, Numbering] = {
    "DAILY": (lambda day, _: day.toordinal(), lambda n, _: n),
    "WEEKLY": (lambda day, begins: (day.toordinal() - 1 - begins) // 7, lambda n, begins: n * 7 + 1 + begins),
    "MONTHLY": (lambda day, _: day.year * 12 + day.month - 1, lambda n, _: date(n // 12, n % 12 + 1, 1).toordinal()),
    "YEARLY": (lambda day, _: day.year, lambda n, _: date(n, 1, 1).toordinal()),
}


def days(rule: Rule, since: date, start: date, through: date = date.max) -> Iterator[date]:
    """The days from `start` to `through` on which a rule falls that is counted from `since`, in order.

    UNTIL is not looked at: it is a time, and this knows days.
    """
    whole = rule.counted_from(since)
    if rule.count is None:
        return _expanded(whole, since, max(since, start), through)
    return dropwhile(lambda day: day < start, islice(_expanded(whole, since, since, through), rule.count))


def _expanded(rule: Rule, since: date, start: date, through: date) -> Iterator[date]:
    number, first_day = PERIODS[rule.freq]
    anchor = number(since, rule.week_start)
    behind = (number(start, rule.week_start) - anchor) // rule.interval * rule.interval
    # The calendar's very last period has no next one to end it: it is left out.
    end = min(number(through, rule.week_start) + 1, number(date.max, rule.week_start))
    periods = range(anchor + behind, end, rule.interval)
    spans = (range(first_day(n, rule.week_start), first_day(n + 1, rule.week_start)) for n in periods)
    chosen = (_chosen(rule, [day for day in map(date.fromordinal, span) if rule.falls_on(day)]) for span in spans)
    return (day for day in chain.from_iterable(chosen) if start <= day <= through)


def _chosen(rule: Rule, fitting: list[date]) -> list[date]:
    """Of a period's days those that BYSETPOS counts out."""
    if not rule.positions:
        return fitting
    return [day for n, day in enumerate(fitting, 1) if _counts(n, len(fitting), rule.positions)]


def parts_of(text: str) -> dict[str, str]:
    """`FREQ=WEEKLY;BYDAY=TU` part by part. Raises `BadInput` where it is not written so."""
    pairs = [part.partition("=") for part in text.strip(";").split(";")]
    if len({name for name, _, _ in pairs}) < len(pairs) or not all(name and value for name, _, value in pairs):
        raise BadInput(f"“{text[:LONGEST]}” is not a rule.", "Write it like RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=TU.")
    return {name: value for name, _, value in pairs}


@lru_cache(maxsize=4096)
def read(text: str) -> Rule:
    """The rule that an RRULE's value says. Raises `BadInput` and names the part that does not do."""
    if len(text) > LONGEST:
        raise BadInput(f"That rule is longer than {LONGEST} characters.", "Say it more shortly, or as two touchpoints.")
    said: dict[str, Any] = {}
    for part, value in parts_of(text).items():
        if part not in PARTS:
            raise BadInput(f"I do not know {part} in a rule.", f"A rule may have {', '.join(PARTS)}.")
        field, reader = PARTS[part]
        try:
            said[field] = reader(value)
        except ValueError:
            raise BadInput(f"{part}={value} does not do in a rule.", f"Write {part} as RFC 5545 has it.") from None
    if "freq" not in said:
        raise BadInput("A rule needs a FREQ.", f"Write FREQ= and one of {', '.join(PERIODS)}.")
    return _checked(Rule(**said))


def _checked(rule: Rule) -> Rule:
    """Raises `BadInput` for parts that do not go together."""
    for part, (field, _) in PARTS.items():
        if field in NOT_WITH[rule.freq] and getattr(rule, field):
            raise BadInput(f"{part} does not go with FREQ={rule.freq}.", "Leave one of the two out.")
    if any(nth for nth, _ in rule.weekdays) and (rule.freq in {"DAILY", "WEEKLY"} or rule.weeks):
        raise BadInput(
            "A number before a weekday goes with months and years only.", "Leave it out, or say FREQ=MONTHLY."
        )
    if rule.positions and not (rule.months or rule.weeks or rule.yeardays or rule.monthdays or rule.weekdays):
        raise BadInput("BYSETPOS counts the days of another part.", "Add BYDAY, for instance.")
    if rule.count is not None and rule.until is not None:
        raise BadInput("A rule ends by COUNT or by UNTIL, not by both.", "Leave one of the two out.")
    return rule


def _frequency(value: str) -> str:
    if value in {"HOURLY", "MINUTELY", "SECONDLY"}:
        raise BadInput("A sync falls once a day at most.", f"Write FREQ= and one of {', '.join(PERIODS)}.")
    if value not in PERIODS:
        raise ValueError(value)
    return value


def _whole(value: str, highest: int, *, signed: bool = False) -> int:
    """A number from 1 to `highest`, or from -`highest` where it may count from the end. Raises `ValueError`."""
    number = int(value)
    if not 1 <= (abs(number) if signed else number) <= highest:
        raise ValueError(value)
    return number


def _upto(highest: int) -> Callable[[str], int]:
    return lambda value: _whole(value, highest)


def _listed(highest: int, *, signed: bool = False) -> Callable[[str], tuple[int, ...]]:
    return lambda value: tuple(sorted({_whole(item, highest, signed=signed) for item in value.split(",")}))


def _moment(value: str) -> datetime:
    """A whole day, a wall time, or (with a Z) a time in UTC."""
    if len(value) == 8:
        return datetime.combine(datetime.strptime(value, "%Y%m%d"), time.max)  # noqa: DTZ007  # a day has no zone
    moment = datetime.strptime(value.removesuffix("Z"), "%Y%m%dT%H%M%S")  # noqa: DTZ007  # wall time
    return moment.replace(tzinfo=UTC) if value.endswith("Z") else moment


def _weekdays(value: str) -> tuple[tuple[int, int], ...]:
    listed = ((item[:-2], WEEKDAYS.index(item[-2:])) for item in value.split(","))
    return tuple(sorted({(_whole(nth, 53, signed=True) if nth else 0, weekday) for nth, weekday in listed}))


# Every part that a rule may have: its field, and what reads its value and raises `ValueError` where that will not do.
PARTS: dict[str, tuple[str, Callable[[str], Any]]] = {
    "FREQ": ("freq", _frequency),
    "INTERVAL": ("interval", _upto(1000)),
    "COUNT": ("count", _upto(10_000)),
    "UNTIL": ("until", _moment),
    "BYMONTH": ("months", _listed(12)),
    "BYWEEKNO": ("weeks", _listed(53, signed=True)),
    "BYYEARDAY": ("yeardays", _listed(366, signed=True)),
    "BYMONTHDAY": ("monthdays", _listed(31, signed=True)),
    "BYDAY": ("weekdays", _weekdays),
    "BYSETPOS": ("positions", _listed(366, signed=True)),
    "WKST": ("week_start", WEEKDAYS.index),
}
