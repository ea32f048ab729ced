"""Days and wall times as people type them, read against today.

`lexicon` makes tokens of the text; here their order says what is meant (`_spans`). What could mean two things is refused,
never guessed: `3/8` is 3 August in one country and 8 March in another. No clock here: `today` and `now` are given.
"""

from calendar import month_name
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from agenda.errors import BadInput
from agenda.lexicon import TO, UNCLEAR, WEEK, Token, clock_of, dates_apart, quoted, tokens_in
from agenda.recurrence import WEEKDAY_NAMES, WEEKDAYS, to_wall

Span = tuple[date, date]  # first and last day, both meant

CURRENT = timedelta(days=14)  # a span that began this lately and still runs is the one that is meant
HALF_YEAR = timedelta(days=184)  # an end that much later, in the next year, was rather typed before its start
YEARS = 10  # nobody plans further
LONGEST = 366 * YEARS  # days
DATE_PARTS = {"weekday", "number", "month", "year", "in"}

DAYS_MEND = "Write it like 3-14 Aug, 24 Dec - 2 Jan, until Friday, next week or for 2 weeks."
MOMENT_MEND = "Write it like Tue 10:00, tomorrow 14:00, 4 March 9:30 or next Monday."
MONTH_MEND = "Write the month's name, like 3 Aug: which figure is the month differs from country to country."


def days_in(text: str, *, today: date) -> Span:
    """First and last day of `3-14 Aug`, `24 dec - 2 jan`, `until friday`, `next week`, `for 2 weeks`, `2031-08-03`.

    A date without a year is the next such one; a span that began up to 14 days ago and still runs is the current one.
    Raises `BadInput`.
    """
    tokens = dates_apart(tokens_in(text))
    unread = _unread(text, tokens, "days", DAYS_MEND)
    tokens, count = _duration(tokens)
    start, end = _sides(tokens, unread)
    if not (start or end or count) or (end and count) or count > LONGEST:
        raise unread
    start, end = _completed(start or [("ahead", 0)], end)
    for first, own_last in _spans(start, today=today, since=today):
        if first < today - CURRENT and not _has(start, "year"):
            continue
        last = _end(end, first, today, unread) if end else first + timedelta(days=count - 1) if count else own_last
        if last and (last >= today or _has(start, "year")):
            _check_weekday(start, first)
            return first, last
    raise unread


def moment_in(text: str, *, now: datetime, zone: str) -> tuple[date, time | None]:
    """The day, and the wall time if one is given, of `tue 10:00`, `4 march 9:30`, `in 2 days`, `next monday`, `10:00`.

    A weekday or a time alone is the next such one after `now`. Raises `BadInput`, also for what is past.
    """
    wall = to_wall(now, zone)
    today = wall.date()
    tokens = tokens_in(text)
    unread = _unread(text, tokens, "a day and a time", MOMENT_MEND)
    tokens, at = _without_clock(tokens)
    tokens = dates_apart(tokens)
    gone = at is not None and at <= wall.time()
    if not tokens and at is not None:
        return today + timedelta(days=1 if gone else 0), at
    # A bare weekday counts from here: today's own is next week's once its time has passed.
    since = today + timedelta(days=1 if gone else 0)
    for first, _last in _spans(tokens, today=today, since=since):
        if first < today and not _has(tokens, "year"):
            continue
        _check_weekday(tokens, first)
        if first < today or (first == today and gone):
            raise BadInput(f"{quoted(text)} is past.", "Give a later day or time.")
        return first, at
    raise unread


def time_in(text: str) -> time | None:
    """The wall time in `9:30`, `9.30`, `09h30`, `930`, `2pm`, `2:15 pm`, `noon`, `14`; or nothing."""
    tokens = tokens_in(text)
    return clock_of(tokens[0]) if len(tokens) == 1 else None


def _unread(text: str, tokens: Sequence[Token], what: str, mend: str) -> BadInput:
    """The error for a text that no reading fits."""
    if UNCLEAR in tokens:
        return BadInput(f"{quoted(text)} can mean two different days.", MONTH_MEND)
    return BadInput(f"I cannot read {quoted(text)} as {what}." if text.strip() else f"I need {what}.", mend)


def _has(tokens: Sequence[Token], kind: str) -> bool:
    return any(token[0] == kind for token in tokens)


def _without_clock(tokens: list[Token]) -> tuple[list[Token], time | None]:
    """The tokens without the wall time, and the time: one written as such, one behind `at`, else figures at the end."""
    places = [n for n, (kind, _value) in enumerate(tokens) if kind == "clock"]
    places = places or [n + 1 for n, token in enumerate(tokens[:-1]) if token == ("at", 0)]
    places = places or [n for n, (kind, _value) in enumerate(tokens) if kind in {"point", "figures"}]
    at = clock_of(tokens[places[-1]]) if places else None
    if at is None:
        return tokens, None
    rest = tokens[: places[-1]] + tokens[places[-1] + 1 :]
    return [token for token in rest if token != ("at", 0)], at


def _duration(tokens: list[Token]) -> tuple[list[Token], int]:
    """The tokens without `for 2 weeks`, and its days; 0 where there is none. `in 2 weeks` is a day, not a duration."""
    for n, (first, second) in enumerate(pairwise(tokens)):
        if (first[0], second[0]) == ("number", "unit") and tokens[:n][-1:] != [("in", 0)]:
            count, rest = first[1] * second[1], tokens[:n] + tokens[n + 2 :]
            return [token for token in rest if token[0] != "for"], count
    return [token for token in tokens if token[0] != "for"], 0


def _sides(tokens: list[Token], unread: BadInput) -> tuple[list[Token], list[Token]]:
    """What stands before and behind the `to`. Raises `unread` if there are several, or nothing behind it."""
    if TO not in tokens:
        return tokens, []
    mark = tokens.index(TO)
    start, end = tokens[:mark], tokens[mark + 1 :]
    if not end or TO in end:
        raise unread
    return start, end


def _completed(start: list[Token], end: list[Token]) -> tuple[list[Token], list[Token]]:
    """`3 - 14 aug 2031`: either side lends the other the month and the year that it lacks."""
    start, end = _lent(start, end), _lent(end, start)
    if _has(end, "year") and _has(start, "month") and not _has(start, "year"):
        year = dict(end)["year"] - (_place_in_year(start) > _place_in_year(end))
        start = [*start, ("year", year)]
    return start, end


def _lent(side: list[Token], other: list[Token]) -> list[Token]:
    """With the other side's month, where this one has but the day's number."""
    lacks = _has(side, "number") and not _has(side, "month") and not _has(side, "unit")
    return [*side, *(token for token in other if token[0] == "month")] if lacks else side


def _place_in_year(side: list[Token]) -> tuple[int, int]:
    parts = dict(side)
    return parts.get("month", 0), parts.get("number", 0)


def _end(end: list[Token], first: date, today: date, unread: BadInput) -> date | None:
    """The last day that these tokens mean, seen from the first one. Raises `BadInput` if it lies before it.

    None if this first day has no such end: from 1 October to 29 February is not every year.
    """
    over_new_year = False
    for _begins, last in _spans(end, today=today, since=first):
        if last < first and _has(end, "month") and not _has(end, "year"):
            continue
        if not _has(end, "year"):
            over_new_year = (last.month, last.day) < (first.month, first.day)
            if last.year > first.year + over_new_year:
                return None
        if last < first or (over_new_year and last - first > HALF_YEAR):
            raise BadInput("The end lies before the start.", "Write the earlier day first.")
        _check_weekday(end, last)
        return last
    raise unread


def _spans(tokens: list[Token], *, today: date, since: date) -> Iterator[Span]:
    """What the tokens can mean, earliest first: a date without a year has one meaning a year. None: they mean no day."""
    monday = today - timedelta(days=today.weekday())
    match tokens:
        case [("ahead", days)]:
            yield _days_after(today, days)
        case [("in", _), ("number", count), ("unit", days)] if count * days <= LONGEST:
            yield _days_after(today, count * days)
        case [("next", _), ("unit", 7)]:
            yield monday + timedelta(days=WEEK), monday + timedelta(days=WEEK + 4)
        case [("this", _), ("unit", 7)]:
            yield today, max(today, monday + timedelta(days=4))
        case [("weekday", weekday)]:
            yield _days_after(since, (weekday - since.weekday()) % WEEK)
        case [("this", _), ("weekday", weekday)]:
            yield _days_after(today, (weekday - today.weekday()) % WEEK)
        case (
            [("next", _), ("weekday", weekday)]
            | [("next", _), ("unit", 7), ("weekday", weekday)]
            | [("weekday", weekday), ("next", _), ("unit", 7)]
        ):
            yield _days_after(monday, WEEK + weekday)
        case _:
            yield from _dated(tokens, today=today, since=since)


def _days_after(day: date, days: int) -> Span:
    return (day + timedelta(days=days),) * 2


def _dated(tokens: list[Token], *, today: date, since: date) -> Iterator[Span]:
    """A date, or a whole month, in each year in question. Raises `BadInput` for a date that no year has."""
    parts = dict(tokens)
    if "month" not in parts or len(parts) < len(tokens) or not parts.keys() <= DATE_PARTS:
        return
    if not 1 <= parts["month"] <= 12:
        raise BadInput(f"There is no month {parts['month']}.", MONTH_MEND)
    if "year" in parts and abs(parts["year"] - today.year) > YEARS:
        raise BadInput(f"The year {parts['year']} is too far away.", "Check the year.")
    years = [parts["year"]] if "year" in parts else range(since.year - 1, since.year + YEARS)
    found = [span for year in years if (span := _in_year(year, parts["month"], parts.get("number")))]
    if not found:
        raise BadInput(
            f"{month_name[parts['month']]} has no day {parts.get('number')}.", "Check the day and the month."
        )
    yield from found


def _in_year(year: int, month: int, day: int | None) -> Span | None:
    """That day, or that whole month, or nothing if that year has none."""
    try:
        if day is not None:
            return (date(year, month, day),) * 2
        following = date(year + month // 12, month % 12 + 1, 1)
        return date(year, month, 1), following - timedelta(days=1)
    except ValueError:
        return None


def _check_weekday(tokens: Sequence[Token], day: date) -> None:
    """Raises `BadInput` where the weekday that stands beside a date is not that date's."""
    typed = dict(tokens).get("weekday", day.weekday())
    if typed != day.weekday():
        names = [WEEKDAY_NAMES[WEEKDAYS[n]] for n in (day.weekday(), typed)]
        raise BadInput(
            f"{day.day} {month_name[day.month]} {day.year} is a {names[0]}, not a {names[1]}.", "Correct one of them."
        )
