"""Text as people type it → tokens: numbers, months, weekdays, wall times and the few words between them.

What the order of the tokens means is read elsewhere (`dates`, `hours`). Nothing here fails: what is no word of ours is the
token `unknown`, and a date in figures with two meanings (`3/8`) is `unclear`; no reading takes either.
"""

import re
import unicodedata
from calendar import day_name, month_name
from collections.abc import Callable, Sequence
from datetime import time

from rapidfuzz.distance import OSA

Token = tuple[str, int]

UNKNOWN: Token = ("unknown", 0)
UNCLEAR: Token = ("unclear", 0)
NOTHING: Token = ("", 0)
TO: Token = ("to", 0)
DAY, WEEK = 1, 7
COUNTS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def _beginnings(names: Sequence[str], kind: str) -> dict[str, Token]:
    """`mar`, `marc` and `march`, for each name."""
    return {name[:size].casefold(): (kind, n) for n, name in enumerate(names) for size in range(3, len(name) + 1)}


# What a longer word with a slip in it may have been.
FULL_WORDS: dict[str, Token] = {
    **{name.casefold(): ("month", n) for n, name in enumerate(month_name) if name},
    **{name.casefold(): ("weekday", n) for n, name in enumerate(day_name)},
    **dict.fromkeys(("until", "through"), TO),
    **dict.fromkeys(("day", "days"), ("unit", DAY)),
    **dict.fromkeys(("week", "weeks"), ("unit", WEEK)),
    **dict.fromkeys(("noon", "midday"), ("clock", 1200)),
    "midnight": ("clock", 0),
    "today": ("ahead", 0),
    "tomorrow": ("ahead", 1),
    "weekdays": ("days", 5),
    "daily": ("days", 7),
}
WORDS: dict[str, Token] = {
    **_beginnings(list(month_name), "month"),
    **_beginnings(list(day_name), "weekday"),
    **{name[:2].casefold(): ("weekday", n) for n, name in enumerate(day_name)},
    "weds": ("weekday", 2),
    **{word: ("number", n) for n, word in enumerate(COUNTS, 1)},
    **dict.fromkeys(("a", "an"), ("number", 1)),
    **dict.fromkeys(("to", "till", "til", "thru", "-", "–", "—"), TO),
    **dict.fromkeys(("this", "coming"), ("this", 0)),
    **{word: (word, 0) for word in ("next", "for", "in", "at")},
    **dict.fromkeys(("from", "on", "the", "of", "and", "starting"), NOTHING),
    **FULL_WORDS,
}


def _word(word: str) -> list[Token]:
    """What a word means; one of five letters may have one wrong, one of eight two."""
    if word in WORDS:
        return [WORDS[word]]
    slips = 0 if len(word) < 5 else 1 if len(word) < 8 else 2
    distances = {full: OSA.distance(word, full) for full in FULL_WORDS}
    nearest = min(distances.values())
    meant = {FULL_WORDS[full] for full, distance in distances.items() if distance == nearest}
    return list(meant) if nearest <= slips and len(meant) == 1 else [UNKNOWN]


def _clock(hours: str, minutes: str | None, half: str = "") -> list[Token]:
    """A wall time as the number `hhmm`; `half` is the `a` or `p` of a twelve-hour clock."""
    hour = int(hours)
    if half:
        hour = hour % 12 + (12 if half == "p" else 0) if 1 <= hour <= 12 else 99  # 99: there is no 13 pm
    return [("clock", hour * 100 + int(minutes or 0))]


def _written(day: str, month: str, year: str | None = None) -> list[Token]:
    """A date in figures, as if its parts had been written apart."""
    return [("number", int(day)), ("month", int(month)), *([("year", int(year))] if year else [])]


# Tried from the top at each place of the text; a reader gets the groups of its pattern.
LEXICON: tuple[tuple[str, Callable[..., list[Token]]], ...] = (
    (r"[\s,;]+", list),
    (r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?!\d)", lambda year, _mark, month, day: _written(day, month, year)),
    (r"\d{1,2}/\d{1,2}(?:/\d{2,4})?(?!\d)|\d{1,2}-\d{1,2}-(?:\d{4}|\d{2})(?!\d)", lambda: [UNCLEAR]),
    (r"(\d{1,2})(?:[:.](\d{2}))?\s?([ap])\.?m\b\.?", _clock),
    (r"(\d{1,2}):(\d{2})(?::\d{2})?(?!\d)", _clock),
    (r"(\d{1,2})\s?h(\d{2})?\b", _clock),
    (r"(\d{1,2})\.(\d{1,2})\.(\d{4})?(?!\d)", _written),
    (r"(\d{1,2})\.(\d)(?!\d)", _written),
    (r"(\d{1,2}\.\d\d)(?!\d)", lambda point: [("point", int(point.replace(".", "")))]),  # 9.30 a time, 24.12 a day
    (r"((?:19|20|21)\d\d)(?!\w)", lambda year: [("year", int(year))]),
    (r"(\d{3,4})(?!\w)", lambda figures: [("figures", int(figures))]),
    (r"(\d{1,2})(?:(?:st|nd|rd|th)\b)?(?!\d)\.?", lambda number: [("number", int(number))]),
    (r"([^\W\d_]+|[-–—])\.?", _word),
)
PATTERNS = tuple((re.compile(pattern), reader) for pattern, reader in LEXICON)


def tokens_in(text: str) -> list[Token]:
    """The text as (kind, value) pairs, in its order."""
    typed = unicodedata.normalize("NFKC", text).casefold().strip()
    tokens: list[Token] = []
    place = 0
    while place < len(typed):
        read, place = _read_at(typed, place)
        tokens += [token for token in read if token != NOTHING]
    return tokens


def is_time(text: str) -> bool:
    """Does every word of it belong to a day, a span of days or a time?"""
    tokens = tokens_in(text)
    return bool(tokens) and UNKNOWN not in tokens


def _read_at(typed: str, place: int) -> tuple[list[Token], int]:
    """What stands at this place, and the place behind it."""
    for pattern, reader in PATTERNS:
        if match := pattern.match(typed, place):
            return reader(*match.groups()), match.end()
    return [UNKNOWN], place + 1


def dates_apart(tokens: Sequence[Token]) -> list[Token]:
    """With `24.12` read as a day and its month, where it can be no time."""
    apart: list[Token] = []
    for kind, value in tokens:
        apart += [("number", value // 100), ("month", value % 100)] if kind == "point" else [(kind, value)]
    return apart


def quoted(text: str) -> str:
    """What was typed, in one line and short enough to be said back."""
    line = " ".join(text.split())
    return f"“{line}”" if len(line) <= 60 else f"“{line[:59]}…”"


def clock_of(token: Token) -> time | None:
    """The wall time that one token can stand for; `2030` may be one as well as a year."""
    kind, value = token
    if kind not in {"clock", "point", "figures", "year", "number"}:
        return None
    hour, minute = (value, 0) if kind == "number" else divmod(value, 100)
    return time(hour, minute) if hour < 24 and minute < 60 else None
