"""What people type to find something: words, phrases and filters → a `Query`.

typed                        finds
vpn, vpn*                    words that begin with it
"old vpn", soc-2             these words, one behind the other: whatever is quoted, or written in one piece
D-12                         that one first, and what speaks of it
by:dana, by:me, by:"Dana R"  what is theirs, or came from them
theme:hygiene                what is about that theme
since:2031-03-01             what was recorded from that day on; also since:march, since:30d
state:agreed                 what stands so
in:risks                     one kind alone: decisions, risks, promises, asks, initiatives, agenda, minutes
sort:relevance               the best match first, and not the newest

All words must occur. Of several filters of one kind, any will do. `12:30` and an address in the web are words, and no filters.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Literal, TypeAlias

from rapidfuzz import fuzz, process

from agenda.actions import ActionState
from agenda.asks import AskState
from agenda.dates import days_in
from agenda.decisions import DecisionState
from agenda.errors import BadInput
from agenda.initiatives import InitiativeState
from agenda.items import Outcome
from agenda.risks import RiskState
from agenda.themes import Theme
from agenda.words import Term, words_in

Subject: TypeAlias = Literal["decision", "risk", "promise", "ask", "initiative", "item", "minutes"]

LONGEST = 300  # characters; a button that turns the page carries all of it.
MOST_WORDS = 24
PLACES: Mapping[str, Subject] = {
    "decisions": "decision",
    "risks": "risk",
    "promises": "promise",
    "asks": "ask",
    "initiatives": "initiative",
    "agenda": "item",
    "minutes": "minutes",
}
KINDS_OF_STATE = (DecisionState, RiskState, ActionState, AskState, InitiativeState, Outcome)
STATES = tuple(dict.fromkeys([*(state.value for kind in KINDS_OF_STATE for state in kind), "dissent"]))
SORTS = ("newest", "relevance")
FILTERS = ("by", "theme", "since", "state", "in", "sort")

QUOTES = str.maketrans("“”„‟«»", '""""""')
PIECE = re.compile(
    r'\s*(?:(?P<name>[^\W\d_]{2,}):(?:"(?P<quoted>[^"]+)"|(?P<value>@?\w\S*))|"(?P<phrase>[^"]*)"|(?P<piece>[^\s"]+)|")'
)
REF = re.compile(r"([DRPI]|ASK)-(\d{1,9})", re.IGNORECASE)
AGO = re.compile(r"(\d{1,3})\s?([dwmy])", re.IGNORECASE)
DAYS = {"d": 1, "w": 7, "m": 30, "y": 365}
NEAR = {"today": 0, "yesterday": 1, "tomorrow": -1}
LATELY, A_YEAR = timedelta(days=6), timedelta(days=364)
SINCE_MEND = "Write it like since:2031-03-01, since:march or since:30d."


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What was asked for. `text` is how it was typed; `by` are words of names, and `me` is the asker."""

    text: str = ""
    terms: tuple[Term, ...] = ()
    refs: tuple[str, ...] = ()
    by: tuple[tuple[str, ...], ...] = ()
    me: bool = False
    themes: tuple[Theme, ...] = ()
    since: date | None = None
    states: tuple[str, ...] = ()
    subjects: tuple[Subject, ...] = ()
    by_relevance: bool = False

    def within(self, subject: Subject) -> "Query":
        """The same, of this kind alone."""
        return replace(self, subjects=(subject,))

    def instead(self, word: str, other: str) -> "Query":
        """The same, with another word in the place of one."""
        return replace(
            self, terms=tuple(Term((other,), begins=True) if t == Term((word,), begins=True) else t for t in self.terms)
        )


@dataclass(slots=True)
class _Draft:
    """What was read so far."""

    today: date
    terms: list[Term] = field(default_factory=list)
    refs: list[str] = field(default_factory=list)
    filters: dict[str, list[str]] = field(default_factory=dict)


def query_in(text: str, *, today: date) -> Query:
    """What somebody typed. Raises `BadInput` for what is too long, for unknown filters, and for nothing at all."""
    text = " ".join(text.split())
    if len(text) > LONGEST:
        raise BadInput(
            f"That is {len(text):,} characters; at most {LONGEST} can be looked for.", "Try the few words that matter."
        )
    draft = _Draft(today)
    for found in PIECE.finditer(text.translate(QUOTES)):
        _read(draft, found)
    if sum(len(term.words) for term in draft.terms) > MOST_WORDS:
        raise BadInput(f"That is more than {MOST_WORDS} words.", "Try the few that matter.")
    if not draft.terms and not draft.filters:
        raise BadInput(
            "There is nothing to look for.", "Type a word, a “phrase in quotes”, or a filter like state:open."
        )
    return _query(text, draft)


def _read(draft: _Draft, found: re.Match[str]) -> None:
    """One piece of what was typed."""
    if found["name"]:
        draft.filters.setdefault(_filter(found["name"].lower()), []).append(found["quoted"] or found["value"])
    elif found["phrase"] is not None:
        draft.terms += _terms(found["phrase"], begins=False)
    elif found["piece"]:
        ref = REF.fullmatch(found["piece"])
        typed = f"{ref[1].upper()}-{int(ref[2])}" if ref else found["piece"]
        draft.refs += [typed] if ref else []
        draft.terms += _terms(typed, begins=True)


def _terms(text: str, *, begins: bool) -> list[Term]:
    """Of one word that was typed freely its beginning is enough; several in one piece are meant as they stand."""
    words = tuple(words_in(text))
    return [Term(words, begins=begins and len(words) == 1)] if words else []


def _filter(name: str) -> str:
    """Raises `BadInput` for a name that is none."""
    if name in FILTERS:
        return name
    if name in set(Theme):
        raise BadInput(f"There is no filter “{name}:”.", f"Write “theme:{name}”.")
    near = _nearest(name, FILTERS)
    raise BadInput(
        f"There is no filter “{name}:”." + (f" Did you mean “{near}:”?" if near else ""),
        f"There are {_listed(f'{one}:' for one in FILTERS)}. Put it in quotes to look for it as words.",
    )


def _query(text: str, draft: _Draft) -> Query:
    asked = draft.filters
    names = [tuple(words_in(name)) for name in asked.get("by", ())]
    days = [_since(typed, draft.today) for typed in asked.get("since", ())]
    return Query(
        text=text,
        terms=tuple(dict.fromkeys(draft.terms)),
        refs=tuple(dict.fromkeys(draft.refs)),
        by=tuple(name for name in names if name and name != ("me",)),
        me=("me",) in names,
        themes=tuple(Theme(_one_of("theme", typed, tuple(Theme))) for typed in asked.get("theme", ())),
        since=max(days, default=None),
        states=tuple(_one_of("state", typed, STATES) for typed in asked.get("state", ())),
        subjects=tuple(PLACES[_place(typed)] for typed in asked.get("in", ())),
        by_relevance=[_one_of("sort", typed, SORTS) for typed in asked.get("sort", ())][-1:] == ["relevance"],
    )


def _place(typed: str) -> str:
    """`risks`, and `risk` as well."""
    plural = f"{typed.lower()}s"
    return plural if plural in PLACES else _one_of("in", typed, tuple(PLACES))


def _one_of(name: str, typed: str, values: tuple[str, ...]) -> str:
    """A value that there is. Raises `BadInput` with the nearest one, and with all of them."""
    value = typed.strip().lower()
    if value in values:
        return value
    near = _nearest(value, values)
    raise BadInput(
        f"There is no “{name}:{typed}”." + (f" Did you mean “{name}:{near}”?" if near else ""),
        f"It can be {_listed(values)}.",
    )


def _nearest(typed: str, values: Iterable[str]) -> str:
    """The one that looks most like it, if any does."""
    found = process.extractOne(typed, [str(value) for value in values], scorer=fuzz.ratio, score_cutoff=60)
    return found[0] if found else ""


def _listed(values: Iterable[str]) -> str:
    """`one, two or three`."""
    *some, last = values
    return f"{', '.join(some)} or {last}"


def _since(typed: str, today: date) -> date:
    """The first day that is meant: the last such one that was. Raises `BadInput`."""
    if ago := AGO.fullmatch(typed.strip()):
        return today - timedelta(days=int(ago[1]) * DAYS[ago[2].lower()])
    if typed.strip().lower() in NEAR:
        return _passed(today - timedelta(days=NEAR[typed.strip().lower()]), typed, today)
    if re.fullmatch(r"(19|20|21)\d\d", typed.strip()):
        return _passed(date(int(typed), 1, 1), typed, today)
    try:
        first, _last = days_in(typed, today=today - LATELY)
        return first if first <= today else _passed(days_in(typed, today=today - A_YEAR)[0], typed, today)
    except BadInput as unread:
        raise BadInput(f"I cannot read “since:{typed}” as a day that was.", SINCE_MEND) from unread


def _passed(day: date, typed: str, today: date) -> date:
    """Raises `BadInput` for a day that is ahead."""
    if day > today:
        raise BadInput(f"“since:{typed}” is ahead.", SINCE_MEND)
    return day
