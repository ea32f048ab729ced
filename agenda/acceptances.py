"""An acceptance: a time-limited agreement to live with a risk. It needs both keys, always (`agenda.keys`).

rule  from        on                                              to
C1    –           somebody asks for it                            proposed
C2    proposed    its text is changed                             proposed, every key void
C3    proposed    both keys are turned on the text's hash         accepted, and what it renews is renewed
C4    proposed    a principal rejects it, with the reason         rejected
C5    proposed    a principal or its requester withdraws it       withdrawn, with the reason; so does the end of its risk
C6    accepted    its last day has passed                         expired, and the risk is open again
C7    accepted    a principal revokes it, with the reason         revoked, and the risk is open again
C8    accepted    the risk grew beyond the level that was signed  revoked, and the risk is open again
C9    accepted    the risk is closed                              ended

An accepted one is never edited: another day needs another acceptance.
"""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlmodel import Field, SQLModel

from agenda.actions import day_text
from agenda.columns import stored
from agenda.errors import NotNow
from agenda.items import TITLE_LIMIT
from agenda.keys import hash_of, is_binding
from agenda.touchpoints import Seat

WARNED_BEFORE = (30, 7, 1)  # days
WARNED_AHEAD = timedelta(days=4)  # Where nobody works on the day itself, it is said on the last working day before it.
EXPIRING = timedelta(days=WARNED_BEFORE[0])


class AcceptanceState(StrEnum):
    """The table above. The risk may be lived with only while this is accepted."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    RENEWED = "renewed"
    REVOKED = "revoked"
    ENDED = "ended"


class AcceptanceFields(SQLModel):
    """`expires_on` is its last day, in the touchpoint's zone. The risk is signed as it was then: its title and its level.

    `because` says why it was rejected, withdrawn or revoked.
    """

    risk_title: str = Field(max_length=TITLE_LIMIT)
    likelihood: int
    impact: int
    justification: str
    expires_on: date
    requested_at: datetime
    state: AcceptanceState = Field(default=AcceptanceState.PROPOSED, sa_type=stored(AcceptanceState))
    accepted_at: datetime | None = Field(default=None)
    settled_at: datetime | None = Field(default=None)
    because: str = Field(default="")

    @property
    def level(self) -> int:
        """The level that is signed, 1 to 25."""
        return self.likelihood * self.impact

    @property
    def text_hash(self) -> str:
        """Over everything that is accepted."""
        scale = (str(self.likelihood), str(self.impact))
        return hash_of((self.risk_title, *scale, self.justification, self.expires_on.isoformat()))

    def describes(self, title: str, likelihood: int, impact: int) -> bool:
        """Is that the risk whose text is signed here?"""
        return (self.risk_title, self.likelihood, self.impact) == (title, likelihood, impact)

    def require_open(self) -> None:
        """C2 to C5. Raises `NotNow` once it is settled."""
        if self.state is not AcceptanceState.PROPOSED:
            raise NotNow(f"This request is {self.state.value} already.", "Ask for a new one: “risk accept R-…”.")

    def accept_if(self, turned: Collection[Seat], now: datetime) -> bool:
        """C3. True if these keys, all turned on this very text, made it binding just now."""
        if self.state is not AcceptanceState.PROPOSED or not is_binding(turned, one_key=False):
            return False
        self.state, self.accepted_at = AcceptanceState.ACCEPTED, now
        return True

    def refuse(self, state: AcceptanceState, because: str, now: datetime) -> None:
        """C4, C5: rejected or withdrawn. Raises `NotNow` once it is settled."""
        self.require_open()
        self.state, self.because, self.settled_at = state, because, now

    def end(self, state: AcceptanceState, now: datetime, because: str = "") -> None:
        """C3 (renewed), C6 to C9. Raises `NotNow` unless it is accepted."""
        if self.state is not AcceptanceState.ACCEPTED:
            raise NotNow(f"This acceptance is {self.state.value}, not accepted.", "“risk show R-…” shows the risk.")
        self.state, self.because, self.settled_at = state, because, now

    def has_passed(self, today: date) -> bool:
        """C6."""
        return self.state is AcceptanceState.ACCEPTED and self.expires_on < today

    def is_outgrown(self, level: int) -> bool:
        """C8."""
        return self.state is AcceptanceState.ACCEPTED and level > self.level


def wrong_last_day(day: date, today: date, longest: int) -> str:
    """Why a risk cannot be accepted until that day; empty if it can. `longest` is the policy's, in days."""
    if day <= today:
        return "Choose a day that is ahead."
    if (day - today).days > longest:
        last = today + timedelta(days=longest)
        return f"At most {longest} days ahead, as your policy says: until {day_text(last, today)}."
    return ""


def warnings_due(expires_on: date, today: date) -> list[int]:
    """The warning that is due by now, and one that will be in the next days; in days before the last day.

    None that a later one has overtaken: what was missed is not made up for.
    """
    soon = max(today, min(today + WARNED_AHEAD, expires_on - timedelta(days=WARNED_BEFORE[-1])))
    due = {warning_due(expires_on, day) for day in (today, soon)}
    return sorted((days for days in due if days is not None), reverse=True)


def warning_due(expires_on: date, today: date) -> int | None:
    """The latest of the warnings whose day has come; None before the first of them, and after the last day."""
    left = (expires_on - today).days
    return min((days for days in WARNED_BEFORE if left <= days), default=None) if left >= 0 else None
