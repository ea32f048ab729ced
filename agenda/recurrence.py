"""When syncs fall: an RFC 5545 recurrence rule, expanded as wall time and only then given its zone.

So a sync at 09:30 stays at 09:30 over a change of clocks. A wall time that does not exist moves forward by the gap, and one
that exists twice is the first (RFC 5545 section 3.3.5): that is what attaching a `ZoneInfo` with `fold=0` does.
"""

from calendar import month_name, monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo, available_timezones

from agenda import rules
from agenda.rules import Rule

WEEKDAYS = rules.WEEKDAYS
WEEKDAY_NAMES = dict(
    zip(WEEKDAYS, ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"), strict=True)
)
NTH_NAMES = {1: "first", 2: "second", 3: "third", 4: "fourth", -1: "last"}
ORDINAL_NAMES = {**NTH_NAMES, 5: "fifth", -2: "second last"}
EVERY_NAMES = {1: "Every", 2: "Every other", 3: "Every third", 4: "Every fourth"}
WORKING_WEEK = tuple((0, weekday) for weekday in range(5))
# A quarter's first days are days of its first month, and its last ones of its last: no rule of RFC 5545 says "quarter".
QUARTER_BEGINS, QUARTER_ENDS = (1, 4, 7, 10), (3, 6, 9, 12)
THAT_HAS_ONE = " that has one"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cadence:
    """`rule` is an RRULE's value (`FREQ=WEEKLY;INTERVAL=2;BYDAY=TU`), counted from `since`; `at` is wall time in `zone`."""

    rule: str
    since: date
    at: time
    zone: str


def is_zone(name: str) -> bool:
    """Is it the name of an IANA time zone that this machine knows?"""
    return name in available_timezones()


def weekly_rule(every: int, weekdays: Sequence[str]) -> str:
    """Every `every` weeks on these days (`MO` … `SU`)."""
    ordered = sorted(set(weekdays), key=WEEKDAYS.index)
    return f"FREQ=WEEKLY;INTERVAL={every};BYDAY={','.join(ordered)}"


def monthly_rule(nth: int, weekday: str) -> str:
    """On the `nth` such weekday of each month; -1 is the last."""
    return f"FREQ=MONTHLY;BYDAY={nth:+d}{weekday}"


def first_weekday(weekdays: Sequence[str], on_or_after: date) -> date:
    """The first of these days: where a rule is counted from, so that "every other Tuesday" begins with the next one."""
    return next(
        day for day in (on_or_after + timedelta(days=n) for n in range(7)) if WEEKDAYS[day.weekday()] in weekdays
    )


def to_instant(wall: datetime, zone: str) -> datetime:
    """The UTC instant of a naive wall time."""
    return wall.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def to_wall(instant: datetime, zone: str) -> datetime:
    """What clocks in that zone show, naive."""
    return instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def ends_at(rule: Rule, zone: str) -> datetime:
    """The last wall time that UNTIL lets through; all of time, where there is none."""
    if rule.until is None:
        return datetime.max  # noqa: DTZ901  # a wall time has no zone
    return to_wall(rule.until, zone) if rule.until.tzinfo else rule.until


def wall_occurrences(cadence: Cadence, after: datetime) -> Iterator[datetime]:
    """The wall times (naive) of all occurrences whose instants are later than `after`, in order.

    A wall time names its occurrence, even one that no clock ever shows. Where two are one instant, the first stands for
    both: all of Samoa's 30 December 2011 was a gap, and moved forward by it to the 31st.
    """
    rule = rules.read(cadence.rule)
    last, end = after, ends_at(rule, cadence.zone)
    # One day of slack, for that longest of gaps.
    begin = to_wall(after, cadence.zone).date() - timedelta(days=1)
    for day in rules.days(rule, cadence.since, begin, end.date()):
        wall = datetime.combine(day, cadence.at)
        if wall > end:
            return
        instant = to_instant(wall, cadence.zone)
        if instant > last:
            yield wall
            last = instant


def occurrences(cadence: Cadence, after: datetime) -> Iterator[datetime]:
    """Every occurrence later than `after`, as UTC instants, in order and without end unless the rule ends."""
    return (to_instant(wall, cadence.zone) for wall in wall_occurrences(cadence, after))


def next_occurrences(cadence: Cadence, after: datetime, count: int) -> list[datetime]:
    """The next `count` of them, or fewer where the rule ends."""
    return list(islice(occurrences(cadence, after), count))


def describe(cadence: Cadence) -> str:
    """The rule in one sentence: `Every other Tuesday at 09:30, Europe/Zurich`.

    `spoken.cadence_in` reads every sentence back. What no sentence says is given as the rule that it is.
    """
    rule = rules.read(cadence.rule).counted_from(cadence.since)
    sentence = None if rule.weeks or rule.yeardays or rule.week_start else SENTENCES[rule.freq](rule)
    said = f"{sentence}{_ending(rule, cadence)}" if sentence else f"By the rule {cadence.rule}"
    return f"{said} at {cadence.at:%H:%M}, {cadence.zone}"


def _ending(rule: Rule, cadence: Cadence) -> str:
    """`, 10 times,` or ` until 24 December 2031`: by the last day whose sync still begins in time."""
    if rule.count is not None:
        return f", {rule.count} times,"
    if rule.until is None:
        return ""
    end = ends_at(rule, cadence.zone)
    last = end.date() if cadence.at <= end.time() else end.date() - timedelta(days=1)
    return f" until {last.day} {month_name[last.month]} {last.year}"


def _daily(rule: Rule) -> str | None:
    if rule.months or rule.monthdays or rule.weekdays:
        return None
    return _every(rule.interval, "day")


def _weekly(rule: Rule) -> str | None:
    if rule.months or rule.positions:
        return None
    if rule.weekdays == WORKING_WEEK and rule.interval == 1:
        return "Every weekday"
    names = in_words([WEEKDAY_NAMES[WEEKDAYS[weekday]] for _, weekday in rule.weekdays])
    if rule.interval in EVERY_NAMES:
        return f"{EVERY_NAMES[rule.interval]} {names}"
    return f"Every {rule.interval} weeks on {names}"


def _monthly(rule: Rule) -> str | None:
    days, quarters = _days_of(rule), rule.interval == 1 or rule.interval % 3 == 0
    if days and not rule.months:
        return f"The {days} of {_each(rule.interval, 'month')}{_caveat(rule)}"
    if days and quarters and rule.months == _quarterly_months(rule):
        return f"The {days} of {_each(max(1, rule.interval // 3), 'quarter')}{_caveat(rule)}"
    return _yearly(rule) if rule.interval == 1 else None


def _yearly(rule: Rule) -> str | None:
    days = _days_of(rule)
    # BYSETPOS counts the days of the whole period: of a year's two months it finds one first day, of two months two.
    if not days or not rule.months or (rule.freq == "YEARLY" and rule.positions and rule.months[1:]):
        return None
    months = [month_name[month] for month in rule.months]
    every = f"{_every(rule.interval, 'year')}{_caveat(rule)}"
    if rule.monthdays and rule.monthdays[0] > 0:
        numbers = in_words([str(day) for day in rule.monthdays])
        return f"{every} on {in_words([f'{numbers} {month}' for month in months])}"
    return f"{every} on the {days} of {in_words(months)}"


SENTENCES = {"DAILY": _daily, "WEEKLY": _weekly, "MONTHLY": _monthly, "YEARLY": _yearly}


def _days_of(rule: Rule) -> str | None:
    """`first and third Monday`, `1st, 15th and last day`, `last working day`; nothing where there is no such name."""
    nths = {nth for nth, _ in rule.weekdays}
    if min((*rule.monthdays, *rule.positions, *nths, 0)) < min(ORDINAL_NAMES):
        return None
    if rule.positions:
        return (
            f"{_ordinals(rule.positions)} working day" if rule.weekdays == WORKING_WEEK and not rule.monthdays else None
        )
    if rule.monthdays:
        numbers = in_words([numeral(day) if day > 0 else ORDINAL_NAMES[day] for day in _from_the_front(rule.monthdays)])
        return None if rule.weekdays else f"{numbers}{' day' if rule.monthdays[0] < 0 else ''}"
    return None if 0 in nths or not nths else _nth_weekdays(rule.weekdays)


def _nth_weekdays(weekdays: Sequence[tuple[int, int]]) -> str:
    """Weekdays that share their numbers are said together: `first and third Monday and Friday`."""
    shared: dict[tuple[int, ...], list[str]] = {}
    for weekday, code in enumerate(WEEKDAYS):
        nths = tuple(nth for nth, day in weekdays if day == weekday)
        if nths:
            shared.setdefault(nths, []).append(WEEKDAY_NAMES[code])
    return in_words([f"{_ordinals(nths)} {in_words(names)}" for nths, names in shared.items()])


def _quarterly_months(rule: Rule) -> tuple[int, ...] | None:
    """The months that make a rule on such days a quarterly one."""
    nths = [nth for nth, _ in rule.weekdays if nth]
    numbers = (*rule.monthdays, *rule.positions, *nths)
    if any(
        abs(nth) > 4 for nth in nths
    ):  # A fifth Monday of January need not be the quarter's fifth: it may have none.
        return None
    return QUARTER_BEGINS if min(numbers) > 0 else QUARTER_ENDS if max(numbers) < 0 else None


def _caveat(rule: Rule) -> str:
    """Not every month has a 31st or a fifth Monday, and not every year a 29 February."""
    shortest = min(monthrange(2001, month)[1] for month in rule.months or range(1, 13))
    scarce = any(day > shortest for day in rule.monthdays) or any(abs(nth) > 4 for nth, _ in rule.weekdays)
    return THAT_HAS_ONE if scarce else ""


def _every(number: int, period: str) -> str:
    return {1: f"Every {period}", 2: f"Every other {period}"}.get(number, f"Every {number} {period}s")


def _each(number: int, period: str) -> str:
    return {1: f"each {period}", 2: f"every other {period}"}.get(number, f"every {_ordinals([number])} {period}")


def _ordinals(numbers: Sequence[int]) -> str:
    return in_words([ORDINAL_NAMES.get(number) or numeral(number) for number in _from_the_front(numbers)])


def _from_the_front(numbers: Sequence[int]) -> list[int]:
    """Those that count from the end come last."""
    return sorted(numbers, key=lambda number: (number < 0, number))


def numeral(number: int) -> str:
    """`1st`, `2nd`, `3rd`, `11th`."""
    return f"{number}{'th' if number % 100 in {11, 12, 13} else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"


def in_words(names: Sequence[str]) -> str:
    """`Monday`, `Monday and Friday`, `Monday, Wednesday and Friday`."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def local_time(instant: datetime, zone: str) -> str:
    """As a person in that zone reads it: `Tue 3 March, 09:30`."""
    wall = instant.astimezone(ZoneInfo(zone))
    return f"{local_day(instant, zone)}, {wall:%H:%M}"


def local_date(instant: datetime, zone: str) -> date:
    """The day of an instant in that zone."""
    return to_wall(instant, zone).date()


def local_day(instant: datetime, zone: str) -> str:
    """`Tue 3 March`."""
    wall = instant.astimezone(ZoneInfo(zone))
    return f"{WEEKDAY_NAMES[WEEKDAYS[wall.weekday()]][:3]} {wall.day} {month_name[wall.month]}"
