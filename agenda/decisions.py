"""A decision: an exact text, and the keys that make it binding (`agenda.keys`).

rule  from        on                                             to
D1    –           somebody records it                            proposed
D2    proposed    the text is changed                            proposed, every key void
D3    proposed    a key is turned on the text's hash             proposed, or agreed once the keys suffice (K4)
D4    proposed    a principal rejects it, with the reason        rejected
D5    proposed    a principal or its recorder withdraws it       withdrawn, with the reason
D6    agreed      a decision that replaces it is agreed          superseded, each naming the other; rivals can be agreed no more
D7    agreed      a decision that withdraws it is agreed         withdrawn, each naming the other
D8    agreed      its review confirms it                         agreed, with another day for its next review

Nothing else ever happens to it: the text of an agreed decision is never edited.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlmodel import Field, SQLModel

from agenda.columns import stored
from agenda.errors import BadInput, NotNow
from agenda.items import TITLE_LIMIT
from agenda.keys import hash_of, is_binding
from agenda.themes import Theme
from agenda.touchpoints import Seat

PRO, CON = ("+",), ("-", "–", "−")
BULLET = re.compile(r"^(?:\d+[.)]|[*•])\s*")
CONCERNED = re.compile(r"([ri])-?(\d{1,9})", re.IGNORECASE)
A_MONTH, A_YEAR = timedelta(days=30), timedelta(days=365)
LABELS = {
    "title": "What is decided",
    "question": "Question",
    "outcome": "Outcome",
    "rationale": "Why",
    "options": "Options",
    "theme": "Theme",
    "owner": "Owner",
    "consulted": "Consulted",
    "informed": "Informed",
    "effective_on": "Effective",
    "review_on": "Review",
    "links": "Links",
    "concerns": "Risks and initiatives concerned",
    "one_key": "One key is enough",
}


class DecisionState(StrEnum):
    """Binding only while agreed."""

    PROPOSED = "proposed"
    AGREED = "agreed"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"


class DecisionFields(SQLModel):
    """`title` says what is decided, in one line; `outcome` at length; `rationale` why.

    `options` are those that were considered, as `options_in` reads them. `consulted` and `informed` are names with commas
    between, `links` addresses with line feeds between, `concerns` the risks and initiatives that it is about (`R-7, I-3`).
    `replaces` is the number of the decision that it supersedes, or ends where it `withdraws` it. `one_key`: the touchpoint's
    policy allowed it.

    All of that is the text. What follows `state` is what became of it: `because` it was rejected or withdrawn, `replaced_by`
    which number, `next_review_on` its next review, a day in the touchpoint's zone. `dissent`: somebody agreed against their
    own view.
    """

    title: str = Field(max_length=TITLE_LIMIT)
    question: str = Field(default="")
    options: str = Field(default="")
    outcome: str = Field(default="")
    rationale: str = Field(default="")
    theme: Theme = Field(default=Theme.OPERATIONS, sa_type=stored(Theme))
    owner: str = Field(default="", max_length=TITLE_LIMIT)
    consulted: str = Field(default="")
    informed: str = Field(default="")
    effective_on: date | None = Field(default=None)
    review_on: date | None = Field(default=None)
    links: str = Field(default="")
    concerns: str = Field(default="")
    replaces: int | None = Field(default=None, index=True)
    withdraws: bool = False
    one_key: bool = False
    source_link: str | None = Field(default=None)
    recorded_at: datetime
    state: DecisionState = Field(default=DecisionState.PROPOSED, sa_type=stored(DecisionState))
    dissent: bool = False
    agreed_at: datetime | None = Field(default=None)
    settled_at: datetime | None = Field(default=None)
    because: str = Field(default="")
    replaced_by: int | None = Field(default=None)
    next_review_on: date | None = Field(default=None)
    reviewed_at: datetime | None = Field(default=None)

    @property
    def text_hash(self) -> str:
        """Over everything that is agreed to; a key turned on another hash is void."""
        return hash_of(
            (self.title, self.question, self.rationale, self.theme.value, self.owner, str(self.review_on or "")),
            {
                "options": self.options,
                "outcome": self.outcome,
                "consulted": self.consulted,
                "informed": self.informed,
                "effective_on": str(self.effective_on or ""),
                "links": self.links,
                "concerns": self.concerns,
                "replaces": str(self.replaces or ""),
                "withdraws": "yes" if self.withdraws else "",
                "one_key": "yes" if self.one_key else "",
            },
        )

    @property
    def in_words(self) -> dict[str, str]:
        """The text, part by part, as people read it."""
        said = {name: getattr(self, name) for name in LABELS}
        said |= {"theme": self.theme.label, "one_key": "yes" if self.one_key else ""}
        return {LABELS[name]: str(value or "") for name, value in said.items()}

    @property
    def state_label(self) -> str:
        """`agreed`, `agreed with dissent`, …"""
        return f"{self.state.value} with dissent" if self.dissent else self.state.value

    def require_open(self) -> None:
        """D2 to D5. Raises `NotNow` once it is settled."""
        if self.state is DecisionState.AGREED:
            raise NotNow("This decision is agreed and stands as it is.", "Record a new one that replaces it.")
        if self.state is not DecisionState.PROPOSED:
            because = f"Why: {self.because.rstrip('.')}. " if self.because else ""
            raise NotNow(f"This decision is {self.state.value}.", f"{because}Record a new one.")

    def require_agreed(self) -> None:
        """D6 to D8. Raises `NotNow` unless it is agreed."""
        if self.state is not DecisionState.AGREED:
            raise NotNow(
                f"This decision is {self.state.value}, not agreed.",
                "Only what is agreed can be confirmed, replaced or withdrawn like this.",
            )

    def agree_if(
        self, turned: Collection[Seat], now: datetime, *, dissent: bool = False, allows_one_key: bool = False
    ) -> bool:
        """D3. True if these keys, all turned on this very text, made it binding just now.

        That one key is enough must be in the text, and the policy of this moment must allow it.
        """
        one_key = self.one_key and allows_one_key
        if self.state is not DecisionState.PROPOSED or not is_binding(turned, one_key=one_key):
            return False
        self.state, self.agreed_at, self.dissent, self.next_review_on = (
            DecisionState.AGREED,
            now,
            dissent,
            self.review_on,
        )
        return True

    def reject(self, because: str, now: datetime) -> None:
        """D4. Raises `NotNow` once it is settled."""
        self.require_open()
        self.state, self.because, self.settled_at = DecisionState.REJECTED, because, now

    def withdraw(self, because: str, now: datetime) -> None:
        """D5. Raises `NotNow` once it is settled."""
        self.require_open()
        self.state, self.because, self.settled_at = DecisionState.WITHDRAWN, because, now

    def give_way(self, number: int, now: datetime, *, withdrawn: bool) -> None:
        """D6, D7: the decision with that number was agreed. Raises `NotNow` unless this one still stands."""
        self.require_agreed()
        self.state = DecisionState.WITHDRAWN if withdrawn else DecisionState.SUPERSEDED
        self.replaced_by, self.settled_at, self.next_review_on = number, now, None

    def confirm(self, next_review_on: date | None, now: datetime) -> None:
        """D8. Raises `NotNow` unless it is agreed."""
        self.require_agreed()
        self.next_review_on, self.reviewed_at = next_review_on, now

    def is_review_due(self, today: date) -> bool:
        """Has the day come on which it is to be confirmed, revised or withdrawn?"""
        return self.state is DecisionState.AGREED and self.next_review_on is not None and self.next_review_on <= today

    def following_review(self, since: date, today: date) -> date:
        """The next one after one today: as far ahead as this one was `since` the last, but at least a month; else a year."""
        rhythm = self.next_review_on - since if self.next_review_on else A_YEAR
        return today + (max(rhythm, A_MONTH) if rhythm > timedelta(0) else A_YEAR)


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One way that was considered."""

    title: str
    pros: tuple[str, ...] = ()
    cons: tuple[str, ...] = ()


def options_in(text: str) -> list[Option]:
    """What was considered: a line each, and below it its pros (`+ cheap`) and cons (`- slow`), a line each.

    A pro or con before any option belongs to an option without a name.
    """
    found: list[Option] = []
    for line in filter(None, (line.strip() for line in text.splitlines())):
        if line.startswith(PRO + CON):
            option = found[-1] if found else Option(title="")
            said = line[1:].strip()
            pros, cons = (*option.pros, said), (*option.cons, said)
            pro = line.startswith(PRO)
            found[-1:] = [replace(option, pros=pros) if pro else replace(option, cons=cons)]
        else:
            found.append(Option(title=BULLET.sub("", line)))
    return found


def concerned_in(text: str) -> list[tuple[str, int]]:
    """R 7 and I 3 of `R-7, i3`, each once. Raises `BadInput` for what is the id of neither a risk nor an initiative."""
    found = []
    for word in filter(None, re.split(r"[\s,;]+", text)):
        match = CONCERNED.fullmatch(word)
        if match is None:
            raise BadInput(f"“{word[:40]}” is not the id of a risk or an initiative.", "Write them like R-7, I-3.")
        found.append((match[1].upper(), int(match[2])))
    return list(dict.fromkeys(found))
