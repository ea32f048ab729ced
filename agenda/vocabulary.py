"""The words in which people say how often: text → tokens of a kind, for `spoken` to read as phrases.

Only words live here, no meaning of their order. Nothing fails: a word that is not in the table is a token of kind
`unknown`. (`lexicon` has the words of single days, and mends slips by itself: a rule stands for years, so here one asks.)
"""

import re
import unicodedata
from calendar import day_name, month_name
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import IntEnum

from rapidfuzz import fuzz, process

from agenda.dates import time_in

ALIKE = 75  # From here on, of 100, a word is taken for a typing error of another.


class Period(IntEnum):
    """What a rhythm is of."""

    DAY = 0
    WEEK = 1
    MONTH = 2
    QUARTER = 3
    YEAR = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """Words of one kind that stand together: `mon, wed & fri` is one token of kind `days`. A clock counts in minutes."""

    kind: str
    values: tuple[int, ...] = ()
    word: str = ""


Meaning = tuple[str, tuple[int, ...]]


def _all(kind: str, words: Iterable[str], first: int = 0) -> dict[str, Meaning]:
    """Each of the words, or of the spellings in it, with its number in the row."""
    return {word: (kind, (n,)) for n, spelt in enumerate(words, first) for word in spelt.split("/")}


def _each(words: str, kind: str, *values: int) -> dict[str, Meaning]:
    return dict.fromkeys(words.split(), (kind, values))


CARDINALS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
ORDINALS = (
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
)
# Words to say in full, which a slip of the fingers is compared with; a final s needs no entry of its own.
FULL_WORDS: dict[str, Meaning] = {
    **_all("days", [name.casefold() for name in day_name]),
    **_all("months", [name.casefold() for name in month_name[1:]], 1),
    **_all("ordinals", ORDINALS, 1),
    **_all("numbers", CARDINALS, 1),
    **_all("unit", [period.name.casefold() for period in Period]),
    **_all("tally", ("once", "twice", "thrice"), 1),
    **_each("every each", "every"),
    **_each("other alternate", "other"),
    **_each("last", "ordinals", -1),
    **_each("weekday workday", "workdays"),
    **_each("weekend", "days", 5, 6),
    **_each("daily", "rhythm", Period.DAY, 1),
    **_each("weekly", "rhythm", Period.WEEK, 1),
    **_each("fortnightly fortnight biweekly", "rhythm", Period.WEEK, 2),
    **_each("monthly", "rhythm", Period.MONTH, 1),
    **_each("quarterly", "rhythm", Period.QUARTER, 1),
    **_each("halfyearly semiannually", "rhythm", Period.MONTH, 6),
    **_each("yearly annually", "rhythm", Period.YEAR, 1),
    **_each("bimonthly", "unclear", 0),
    **_each("biannually biannual", "unclear", 1),
    **_each("noon midday", "clock", 720),
    **_each("midnight", "clock", 0),
    **_each("beginning", "edge", 1),
    **_each("end", "edge", -1),
    **_each("until till through", "to"),
    **_each("starting from", "from"),
}
WORDS: dict[str, Meaning] = {
    **_all("days", ("mo/mon", "tu/tue/tues", "we/wed/weds", "th/thu/thur/thurs", "fr/fri", "sa/sat", "su/sun")),
    **_all("months", ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep/sept", "oct", "nov", "dec"), 1),
    **dict.fromkeys(("working day", "business day", "week day", "work day"), ("workdays", ())),
    **dict.fromkeys(("second last", "last but one", "penultimate"), ("ordinals", (-2,))),
    **_all("times", [f"{cardinal} time" for cardinal in CARDINALS], 1),
    **_each("and the & , + /", "and"),
    **_each("to thru - – —", "to"),
    **_each("on of in at a an per", ""),
    **FULL_WORDS,
}
COUNTED = {"": "numbers", **dict.fromkeys(("st", "nd", "rd", "th"), "ordinals"), "time": "times", "times": "times"}
RUNS = {"days", "months", "ordinals", "numbers"}
SPACED = "|".join(word.replace(" ", r"\s+") for word in WORDS if " " in word)
TOKEN = re.compile(
    rf"""
    (?P<at>\bat\s+|@\s*)? (?P<figures>\d+(?:[:.h]\d+)*) \s?(?P<suffix>[ap]\.?m\b|h\b|o['’]?clock\b|(?:st|nd|rd|th|times?)\b)?
    | (?P<word>(?:{SPACED})s?\b | [^\W\d_]+(?:['’.-][^\W\d_]+)*)
    | (?P<mark>[-–—,&+/])
    """,
    re.VERBOSE,
)


def tokens_in(text: str) -> list[Token]:
    """The text in tokens, without the words that say nothing by themselves."""
    typed = unicodedata.normalize("NFKC", text).casefold()
    tokens: list[Token] = []
    for token in (token for match in TOKEN.finditer(typed) for token in _tokens(match)):
        if token.kind in RUNS and tokens and tokens[-1].kind == token.kind:
            tokens.append(_joined(tokens.pop(), token))
        elif token.kind != "and":
            tokens.append(token)
    return [token for token in tokens if token.kind]


def _joined(first: Token, second: Token) -> Token:
    return replace(first, values=first.values + second.values, word=f"{first.word} {second.word}")


def _tokens(match: re.Match[str]) -> list[Token]:
    """What one piece of text says: one token, but for `mon-fri`."""
    if match["figures"]:
        return [_figures(match["figures"], match["suffix"] or "", match[0], at=bool(match["at"]))]
    word = " ".join((match["word"] or match["mark"]).split())
    whole = _meaning(re.sub(r"['’.-](?=.)", "", word))
    if whole or "-" not in word:
        return [Token(kind=whole[0], values=whole[1], word=word) if whole else Token(kind="unknown", word=word)]
    parts = [part for end in word.split("-") for part in (end, "-")][:-1]
    return [
        Token(kind=kind, values=values, word=part)
        for part in parts
        for kind, values in [_meaning(part) or ("unknown", ())]
    ]


def _meaning(word: str) -> Meaning | None:
    return WORDS.get(word) or WORDS.get(word.removesuffix("s"))


def _figures(figures: str, suffix: str, typed: str, *, at: bool) -> Token:
    """A day's number, how many times, a plain number, or the time of day."""
    if figures.isdecimal() and suffix in COUNTED and (suffix or not at):
        return Token(kind=COUNTED[suffix], values=(int(figures),), word=typed)
    clock = time_in(figures + (suffix if suffix[:1] != "o" else ""))
    return (
        Token(kind="clock", values=(clock.hour * 60 + clock.minute,), word=typed)
        if clock
        else Token(kind="unknown", word=typed)
    )


def nearest(word: str) -> str | None:
    """The word that was probably meant, as it is written, or nothing."""
    found = process.extractOne(
        word,
        [word for word, (kind, _) in FULL_WORDS.items() if kind != "numbers"],
        scorer=fuzz.ratio,
        score_cutoff=ALIKE,
    )
    if found is None:
        return None
    kind, _ = FULL_WORDS[found[0]]
    return found[0].capitalize() if kind in {"days", "months"} else found[0]
