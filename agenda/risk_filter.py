"""What people type behind `risk list` and `risk matrix`: words and filters → a `RiskFilter`.

typed                            shows
owner:dana, owner:"Dana R"       those that she looks after; owner:me the asker's own
theme:hygiene                    those about that theme
above, above appetite            those whose level is above the organization's appetite
overdue                          those whose treatment or review was due
expiring                         accepted ones whose acceptance ends within 30 days
accepted, open, closed           those that stand so; without a word, all that are not closed
vpn                              words that begin with it

All of it at once is all that must be true. `http:` and the like are words, and no filters.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from agenda.errors import BadInput
from agenda.queries import LONGEST, QUOTES
from agenda.risks import RiskState
from agenda.themes import Theme

FLAGS = ("above", "overdue", "expiring", "accepted", "open", "closed")
NAMES = ("owner", "theme")
PIECE = re.compile(r'(?P<name>[^\W\d_]{2,}):(?:"(?P<quoted>[^"]*)"|(?P<value>[^\s"/\\]*))(?=\s|$)|(?P<word>\S+)')
LIKE_IT = 60.0
MEND = "There are owner:, theme:, above, overdue, expiring, accepted, open and closed."


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskFilter:
    """What was asked for. `owner` is part of a name, or `me`; `words` are looked for in the risks' texts."""

    owner: str = ""
    theme: Theme | None = None
    above: bool = False
    overdue: bool = False
    expiring: bool = False
    states: tuple[RiskState, ...] = (RiskState.OPEN, RiskState.ACCEPTED)
    words: str = ""

    def title(self, asker: str, found: Collection[RiskState] = ()) -> str:
        """`Accepted risks of Sam about Operations, overdue, with “vpn”`; `found` are the states of what there is."""
        states = tuple(found) or self.states
        kind = states[0].value if len(states) == 1 else ""
        owner = asker if self.owner == "me" else self.owner
        parts = [f"{kind} risks".strip().capitalize(), f"of {owner}" if owner else ""]
        parts += [f"about {self.theme.label}"] if self.theme else []
        flags = (("above appetite", self.above), ("overdue", self.overdue), ("expiring", self.expiring))
        said = [" ".join(filter(None, parts)), *(name for name, is_set in flags if is_set)]
        return ", ".join([*said, *([f"with “{self.words[:80]}”"] if self.words else [])])

    @property
    def maybe(self) -> str:
        """The flag that one of the words looks like, if any does: `overdu`."""
        near = (nearest(word, FLAGS) for word in self.words.split())
        return next(filter(None, near), "")


def filter_in(text: str) -> RiskFilter:
    """What somebody typed. Raises `BadInput` for a filter or a theme that there is not, and for too much."""
    text = " ".join(text.translate(QUOTES).split())
    if len(text) > LONGEST:
        raise BadInput(f"That is {len(text):,} characters; at most {LONGEST} can be read.", "Say it shorter.")
    flags, named, words = set[str](), dict[str, str](), list[str]()
    for piece in PIECE.finditer(re.sub(r"(?i)\babove (the )?appetite\b", "above", text)):
        if piece["name"]:
            named[name_in(piece["name"].lower())] = (piece["quoted"] or piece["value"] or "").strip()
        elif piece["word"].lower() in FLAGS:
            flags.add(piece["word"].lower())
        else:
            words.append(piece["word"])
    states = tuple(state for state in RiskState if state.value in flags)
    if "expiring" in flags and not states:
        states = (RiskState.ACCEPTED,)
    return RiskFilter(
        owner=owner_in(named),
        theme=theme_in(named["theme"]) if "theme" in named else None,
        above="above" in flags,
        overdue="overdue" in flags,
        expiring="expiring" in flags,
        states=states or RiskFilter().states,
        words=" ".join(words),
    )


def name_in(name: str) -> str:
    """Raises `BadInput` for a filter that there is not, with the nearest one."""
    if name in NAMES:
        return name
    near = nearest(name, (*NAMES, *FLAGS))
    meant = f" Did you mean “{near}{':' if near in NAMES else ''}”?" if near else ""
    raise BadInput(f"There is no filter “{name}:”.{meant}", MEND)


def owner_in(named: dict[str, str]) -> str:
    """Part of a name; `me` is the asker, however it is written. Raises `BadInput` for none."""
    owner = named.get("owner", "")
    if "owner" in named and not owner:
        raise BadInput("There is no name behind “owner:”.", "Write it like owner:dana or owner:me.")
    return "me" if owner.lower() == "me" else owner


def theme_in(typed: str) -> Theme:
    """Raises `BadInput` with the nearest one, and with all of them."""
    if typed.lower() in set(Theme):
        return Theme(typed.lower())
    near = nearest(typed.lower(), tuple(Theme))
    meant = f" Did you mean “theme:{near}”?" if near else ""
    *some, last = (theme.value for theme in Theme)
    raise BadInput(f"There is no theme “{typed}”.{meant}", f"It can be {', '.join(some)} or {last}.")


def nearest(typed: str, known: tuple[str, ...]) -> str:
    """The one that looks most like it, if any does."""
    found = process.extractOne(typed.lower(), [str(one) for one in known], scorer=fuzz.ratio, score_cutoff=LIKE_IT)
    return found[0] if found else ""
