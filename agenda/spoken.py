"""Cadences as people say them: `every other tuesday 9:30`, `last friday of each quarter`, `weekdays 8:45`.

`vocabulary` makes tokens of the words, `phrases` says what each few of them add, in any order, and here it becomes one rule.
What has two meanings is refused with examples, never guessed.
"""

from calendar import month_name, monthrange
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time
from itertools import product, takewhile

from agenda.errors import BadInput
from agenda.phrases import Said, heard, said_of
from agenda.recurrence import (
    QUARTER_BEGINS,
    QUARTER_ENDS,
    THAT_HAS_ONE,
    WEEKDAY_NAMES,
    WEEKDAYS,
    Cadence,
    in_words,
    numeral,
    to_wall,
    weekly_rule,
)
from agenda.rule_lines import begun, cadence_in_lines, is_rule
from agenda.vocabulary import Period, Token, nearest, tokens_in

EXAMPLES: tuple[str, ...] = (
    "every Tuesday 9:30",
    "every other Tuesday 9:30",
    "weekdays 8:45",
    "every 3 weeks on Monday and Thursday 10:00",
    "first Monday of the month 14:00",
    "on the 1st and 15th of each month at 10",
    "last Friday of each quarter 11:00",
    "every year on 3 March at noon",
)
# What fits what was typed: by the period it speaks of.
FITTING: dict[Period | None, tuple[str, str, str]] = {
    None: ("every other {day} {at}", "first {day} of the month {at}", "last {day} of each quarter {at}"),
    Period.DAY: ("every day {at}", "weekdays {at}", "every other day {at}"),
    Period.WEEK: ("every {day} {at}", "every other {day} {at}", "every 3 weeks on {day} {at}"),
    Period.MONTH: ("first {day} of the month {at}", "last {day} of the month {at}", "on the 15th of each month {at}"),
    Period.QUARTER: (
        "first {day} of each quarter {at}",
        "last {day} of each quarter {at}",
        "quarterly on the 15th {at}",
    ),
    Period.YEAR: ("every year on 3 March {at}", "first {day} of March {at}", "every other year on 3 March {at}"),
}
# The period that is meant where none is named, by what is: the first of these.
GUESSED = {"months": Period.YEAR, "ordinals": Period.MONTH, "days": Period.WEEK}
TWO_MEANINGS = (
    "“twice a month on the 1st and 15th” or “every 2 months on the first Tuesday”",
    "“every 6 months on the first Tuesday” or “every 2 years on 3 March”",
)
# The months of a quarter's or a year's first days, and of its last.
EDGES = {Period.QUARTER: (QUARTER_BEGINS, QUARTER_ENDS), Period.YEAR: ((1,), (12,))}
TYPED_AT_MOST = 300  # characters
YEARS = range(1900, 3000)
SELDOM = 520  # ten years of weeks: nobody counts further


def is_cadence(text: str) -> bool:
    """Is all of it a cadence? Which days it means does not matter, so neither does when this is asked."""
    try:
        return bool(cadence_in(text, zone="UTC", now=datetime.min.replace(year=2000, tzinfo=UTC)))
    except BadInput:
        return False


def cadence_in(text: str, *, zone: str, now: datetime, at: time = time(9, 30)) -> Cadence:
    """The cadence that was typed, in words or as an RRULE, counted from its first day ahead of `now`.

    `zone` is an IANA name; a DTSTART line may bring another. `at` is the time of day where none was typed.
    Raises `BadInput`: what was not understood, and examples that fit.
    """
    if is_rule(text):
        return cadence_in_lines(text, zone=zone, now=now, at=at)
    tokens = tokens_in(text.replace(THAT_HAS_ONE, "")) if len(text) <= TYPED_AT_MOST else []
    try:
        _check_words(tokens)
        said = _settled(heard(tokens))
        today = to_wall(now, zone).date()
        start = max((_day(typed, today) for typed in said.starts), default=None)
        rule = f"{_rule(said)}{_ending(said, start or today)}"
        return begun(rule, zone=zone, now=now, at=_time_of_day(said) or at, start=start)
    except BadInput as wrong:
        raise BadInput(wrong.what, wrong.mend or _like(tokens)) from None


def _check_words(tokens: Sequence[Token]) -> None:
    """Raises `BadInput` for no words, for words that are not ours, and for those with two meanings."""
    if not tokens:
        raise BadInput("Say in a few words how often it is to be.")
    for token in tokens:
        if token.kind == "unclear":
            raise BadInput(f"“{token.word}” has two meanings.", f"Say {TWO_MEANINGS[token.values[0]]}.")
    strange = [token.word for token in tokens if token.kind == "unknown"]
    meant = [word for word in map(nearest, strange) if word]
    if strange:
        perhaps = f" Did you mean {in_words(meant[:3])}?" if meant else ""
        raise BadInput(f"I do not understand {in_words([f'“{word[:30]}”' for word in strange[:3]])}.{perhaps}")


def _like(tokens: Sequence[Token]) -> str:
    """Three examples that fit what was typed, with its weekday and its time."""
    meant = [
        other
        for token in tokens
        for other in ([token] if token.kind != "unknown" else tokens_in(nearest(token.word) or ""))
    ]
    before = (
        list(takewhile(lambda token: token.kind not in {"from", "to"}, meant)) or meant
    )  # an end's month is no rhythm
    found = {token.kind: token.values for token in reversed(before) if token.values}
    named = found.get("unit") or found.get("rhythm")
    guessed = next((period for kind, period in GUESSED.items() if kind in found), None)
    hour, minute = divmod(found.get("clock", (570,))[0], 60)
    day = WEEKDAY_NAMES[WEEKDAYS[found.get("days", (1,))[0]]]
    first, second, third = (
        f"“{example.format(day=day, at=f'{hour}:{minute:02}')}”"
        for example in FITTING[Period(named[0]) if named else guessed]
    )
    return f"Write it like {first}, {second} or {third}."


def _settled(said: Said) -> Said:
    """With what only the whole can tell."""
    said = _placed(_numbered(said))
    if not (said.months and said.monthdays):
        return said
    dates = said.dates | frozenset(product(said.months, said.monthdays))
    return replace(said, dates=dates, months=frozenset(), monthdays=frozenset())


def _numbered(said: Said) -> Said:
    """A number alone is a day in `monthly on 9`, and an hour in `Tuesday 9`."""
    named = said.nths | said.working | said.monthdays | said.dates | said.weekdays | said.either
    if said.figures and not named and said.periods & {Period.MONTH, Period.QUARTER}:
        return replace(said, monthdays=said.figures)
    return said | said_of(clocks=(_minutes(figure) for figure in said.figures))


def _placed(said: Said) -> Said:
    """`Every second Tuesday` is every other one, unless a month, a quarter or a year is spoken of."""
    nths = {nth for nth, _ in said.either}
    longer = said.months or said.periods & {Period.MONTH, Period.QUARTER, Period.YEAR}
    if longer or len(nths) > 1 or min(nths, default=1) < 2:
        return said | Said(nths=said.either)
    return said | said_of(periods=[Period.WEEK], spacings=nths, weekdays=(weekday for _, weekday in said.either))


def _minutes(figure: int) -> int:
    """A number alone as a time of day: `9`, `0930`."""
    hour, minute = (figure, 0) if figure < 100 else divmod(figure, 100)
    if hour > 23 or minute > 59:
        raise BadInput(f"I do not understand the number {figure}.")
    return hour * 60 + minute


def _time_of_day(said: Said) -> time | None:
    times = [time(*divmod(minutes, 60)) for minutes in sorted(said.clocks)]
    if len(times) > 1:
        named = in_words([f"{one:%H:%M}" for one in times])
        raise BadInput(
            f"A touchpoint has one time of day, and I read {named}.", "Name one; a second is a second touchpoint."
        )
    return times[0] if times else None


def _rule(said: Said) -> str:
    """The rule's value. Raises `BadInput` where a day is missing, or the days do not go with the period."""
    period, spacing = _period(said), _only(said.spacings, "intervals") or 1
    ways = [name for name in ("weekdays", "nths", "working", "monthdays", "dates") if getattr(said, name)]
    _check_numbers(said, period, spacing, ways)
    match period, ways:
        case Period.DAY, [] if not said.months:
            return f"FREQ=DAILY;INTERVAL={spacing}" if spacing > 1 else "FREQ=DAILY"
        case Period.WEEK, ["weekdays"] if not said.months:
            return weekly_rule(spacing, [WEEKDAYS[day] for day in said.weekdays])
        case Period.WEEK | Period.MONTH | Period.QUARTER | Period.YEAR, []:
            raise BadInput(f"On which day of the {period.name.lower()}?")
        case Period.MONTH | Period.QUARTER | Period.YEAR, ["weekdays"]:
            raise BadInput(f"Which {WEEKDAY_NAMES[WEEKDAYS[min(said.weekdays)]]}: the first, or the last?")
        case Period.MONTH | Period.QUARTER | Period.YEAR, [_]:
            return _monthly_rule(said, period, spacing)
    raise BadInput("Those days do not go together in one rule.")


def _period(said: Said) -> Period:
    if said.periods == {Period.DAY} and said.weekdays and not said.spacings:  # "daily, Monday to Friday"
        return Period.WEEK
    by_days = Period.MONTH if said.nths | said.working | said.monthdays else Period.WEEK
    implied = Period.YEAR if said.dates or said.months else by_days
    period = _only(said.periods, "rhythms")
    return implied if period is None else Period(period)


def _only(values: frozenset[int], what: str) -> int | None:
    if len(values) > 1:
        raise BadInput(f"I read two {what} in that.")
    return next(iter(values), None)


def _check_numbers(said: Said, period: Period, spacing: int, ways: Sequence[str]) -> None:
    """Raises `BadInput` for numbers that no calendar has, and for a tally that is not that of the days."""
    days = said.monthdays | {day for _, day in said.dates}
    beyond = [f"month has a {numeral(day)} day" for day in days if day > 31]
    beyond += [f"month has a {numeral(nth)} {WEEKDAY_NAMES[WEEKDAYS[day]]}" for nth, day in said.nths if nth > 5]
    beyond += [f"{month_name[month]} has {day} days" for month, day in said.dates if day > monthrange(2000, month)[1]]
    if beyond or 0 in days | said.counts | said.spacings:
        raise BadInput(f"No {beyond[0]}." if beyond else "I cannot count to 0.")
    if spacing > SELDOM or max(said.counts, default=0) > SELDOM:
        raise BadInput(f"I count to {SELDOM} at most.")
    tally, named = _only(said.tallies, "tallies"), sum(len(getattr(said, way)) for way in ways)
    if tally and period == Period.DAY and tally > 1:
        raise BadInput("A sync falls once a day at most.")
    if tally and period != Period.DAY and tally != named:
        raise BadInput(f"That names {named or 'no'} of {tally} days a {period.name.lower()}.")


def _monthly_rule(said: Said, period: Period, spacing: int) -> str:
    """Days of months, of quarters and of years are all days of months: of each, of every third, of those named."""
    monthdays, months = said.monthdays or {day for _, day in said.dates}, _months(said, period)
    if said.dates and len(said.dates) < len(months) * len(monthdays):
        named = in_words([f"{day} {month_name[month]}" for month, day in sorted(said.dates)])
        raise BadInput(f"One rule cannot say {named}.", "Say the same days of each month, or set up two touchpoints.")
    # A year's BYSETPOS finds one day of all its months together; a month's finds one of each.
    of_each = period != Period.YEAR or (said.working and len(months) > 1)
    if of_each and period == Period.YEAR and spacing > 1:
        raise BadInput("That is too much for one rule.")
    parts: dict[str, Sequence[object]] = {
        "FREQ": ["MONTHLY" if of_each else "YEARLY"],
        "INTERVAL": [spacing * 3 if period == Period.QUARTER else spacing] if spacing > 1 else [],
        "BYMONTH": sorted(months),
        "BYMONTHDAY": sorted(monthdays),
        "BYDAY": WEEKDAYS[:5] if said.working else [f"{nth:+d}{WEEKDAYS[day]}" for nth, day in sorted(said.nths)],
        "BYSETPOS": sorted(said.working),
    }
    return ";".join(f"{part}={','.join(map(str, values))}" for part, values in parts.items() if values)


def _months(said: Said, period: Period) -> Sequence[int]:
    """The months that are named; else a quarter's or a year's first ones or last, as its days count from there."""
    named = said.months | {month for month, _ in said.dates}
    if period == Period.MONTH or named:
        if named and period != Period.YEAR:
            raise BadInput(f"Named months do not go with each {period.name.lower()}.")
        return sorted(named)
    numbers = said.monthdays | said.working | {nth for nth, _ in said.nths}
    if period == Period.YEAR and not said.monthdays <= {1, -1}:
        raise BadInput("Of which month?")
    if min(numbers) < 0 < max(numbers) or max(nth for nth, _ in {(0, 0), *said.nths}) > 4:
        raise BadInput(f"One rule cannot say that of each {period.name.lower()}.")
    first, last = EDGES[period]
    return first if min(numbers) > 0 else last


def _ending(said: Said, start: date) -> str:
    """`;COUNT=10`, or UNTIL with the end of the day that was named."""
    endings = [f";COUNT={count}" for count in said.counts]
    endings += [f";UNTIL={_day(typed, start):%Y%m%d}T235959" for typed in said.ends]
    if len(endings) > 1:
        raise BadInput("That ends in two ways.")
    return "".join(endings)


def _day(typed: Sequence[int], on_or_after: date) -> date:
    """A day that was named, in the year that was named or the next that has it."""
    day, month, *years = typed
    for year in years or range(on_or_after.year, on_or_after.year + 9):
        if YEARS.start <= year < YEARS.stop and 1 <= day <= monthrange(year, month)[1]:
            found = date(year, month, day)
            if years or found >= on_or_after:
                return found
    raise BadInput(f"There is no {day} {month_name[month]}{f' {years[0]}' if years else ''}.")
