"""A risk: how likely, how bad, what is done about it, and whether it still stands; how its level has moved.

rule  from        on                                            to
R1    –           somebody raises it                            open
R2    open        both accept it until a day (`acceptances`)    accepted
R3    accepted    the acceptance ends, for whatever reason      open again, and said so until somebody acts
R4    open        somebody closes it, with the reason           closed
R5    accepted    the same                                      closed
R6    closed      –                                             closed: what comes back is a new risk
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Literal, NamedTuple, TypeAlias

from sqlmodel import Field, SQLModel

from agenda.actions import day_text
from agenda.columns import stored
from agenda.errors import NotNow
from agenda.items import TITLE_LIMIT
from agenda.recurrence import local_date
from agenda.themes import Theme

HIGHEST = 25
Rating: TypeAlias = Literal["low", "medium", "high", "critical"]
TREND_OVER = timedelta(days=90)


class RiskState(StrEnum):
    """The table above."""

    OPEN = "open"
    ACCEPTED = "accepted"
    CLOSED = "closed"


class Treatment(StrEnum):
    """What is done about a risk (ISO/IEC 27005's four). Whoever chooses `accept` still needs an acceptance."""

    MITIGATE = "mitigate"
    ACCEPT = "accept"
    AVOID = "avoid"
    TRANSFER = "transfer"


def rating_of(level: int) -> Rating:
    """A level in a word, so that no colour has to say it."""
    return "critical" if level >= 20 else "high" if level >= 12 else "medium" if level >= 6 else "low"


class RiskFields(SQLModel):
    """Likelihood and impact run from 1 (very low) to 5 (very high): as it is now, `inherent_` before any control, `target_`
    once the treatment is done. `due_on` is when the treatment is to be done, `review_on` when it is looked at again.

    `controls` and `source` are as somebody wrote them, `links` addresses with line feeds between. `accepted_until` is the last
    day of the acceptance that stands; `reopened_at` says that one ended and nobody has acted since.
    """

    title: str = Field(max_length=TITLE_LIMIT)
    description: str = Field(default="")
    theme: Theme = Field(default=Theme.OPERATIONS, sa_type=stored(Theme))
    likelihood: int = Field(default=3, ge=1, le=5)
    impact: int = Field(default=3, ge=1, le=5)
    inherent_likelihood: int | None = Field(default=None, ge=1, le=5)
    inherent_impact: int | None = Field(default=None, ge=1, le=5)
    target_likelihood: int | None = Field(default=None, ge=1, le=5)
    target_impact: int | None = Field(default=None, ge=1, le=5)
    treatment: Treatment = Field(default=Treatment.MITIGATE, sa_type=stored(Treatment))
    owner: str = Field(default="", max_length=TITLE_LIMIT)
    due_on: date | None = Field(default=None)
    review_on: date | None = Field(default=None)
    controls: str = Field(default="")
    links: str = Field(default="")
    source: str = Field(default="", max_length=TITLE_LIMIT)
    source_link: str | None = Field(default=None)
    state: RiskState = Field(default=RiskState.OPEN, sa_type=stored(RiskState))
    raised_at: datetime
    accepted_until: date | None = Field(default=None)
    reopened_at: datetime | None = Field(default=None)
    closed_at: datetime | None = Field(default=None)
    closed_because: str = Field(default="")

    @property
    def level(self) -> int:
        """Likelihood times impact, 1 to 25: what lists are ordered by."""
        return self.likelihood * self.impact

    @property
    def inherent_level(self) -> int | None:
        """The level before any control, if somebody said it."""
        return product(self.inherent_likelihood, self.inherent_impact)

    @property
    def target_level(self) -> int | None:
        """The level that the treatment is to reach, if somebody said it."""
        return product(self.target_likelihood, self.target_impact)

    @property
    def rating(self) -> Rating:
        """The level in a word."""
        return rating_of(self.level)

    @property
    def path(self) -> str:
        """`inherent 20 → now 15 → target 6`, as far as it was said; empty where only the present level is."""
        said = (("inherent", self.inherent_level), ("now", self.level), ("target", self.target_level))
        known = [f"{name} {level}" for name, level in said if level]
        return " → ".join(known) if len(known) > 1 else ""

    def is_overdue(self, today: date) -> bool:
        """Has the day of its treatment or of its review passed?"""
        days = (self.due_on, self.review_on)
        return self.state is not RiskState.CLOSED and any(day is not None and day < today for day in days)

    def require_standing(self) -> None:
        """Raises `NotNow` once it is closed."""
        if self.state is RiskState.CLOSED:
            raise NotNow("This risk is closed already.", "What comes back is a new risk: “risk add …”.")

    def accept(self, until: date) -> None:
        """R2, and again at a renewal. Raises `NotNow` once it is closed."""
        self.require_standing()
        self.state, self.treatment, self.accepted_until, self.reopened_at = (
            RiskState.ACCEPTED,
            Treatment.ACCEPT,
            until,
            None,
        )

    def reopen(self, now: datetime) -> None:
        """R3. Raises `NotNow` unless it is accepted."""
        if self.state is not RiskState.ACCEPTED:
            raise NotNow(f"This risk is {self.state.value}, not accepted.", "“risk show R-…” shows it.")
        self.state, self.accepted_until, self.reopened_at = RiskState.OPEN, None, now

    def close(self, because: str, now: datetime) -> None:
        """R4, R5. Raises `NotNow` if it is closed already."""
        self.require_standing()
        self.state, self.closed_because, self.closed_at = RiskState.CLOSED, because, now
        self.accepted_until, self.reopened_at = None, None


def product(likelihood: int | None, impact: int | None) -> int | None:
    """A level, where both of its halves were said."""
    return likelihood * impact if likelihood and impact else None


class Step(NamedTuple):
    """The level from that moment on."""

    at: datetime
    level: int


def trend(steps: Sequence[Step], now: datetime, zone: str) -> str:
    """`rose from 8 to 15 since 3 March`, `back at 8 since 3 March`, `unchanged for 43 days`; over the last 90 days.

    `steps` are all there were, oldest first; the first is how it was raised.
    """
    changes = [(earlier, later) for earlier, later in pairwise(steps) if earlier.level != later.level]
    lately = [(earlier, later) for earlier, later in changes if now - later.at <= TREND_OVER]
    if not lately:
        return f"unchanged for {days_text(changes[-1][1].at if changes else steps[0].at, now, zone)}"
    before, level = lately[0][0].level, lately[-1][1].level
    since = lately[-1 if level == before else 0][1].at
    day = day_text(local_date(since, zone), local_date(now, zone))
    if level == before:
        return f"back at {level} since {day}"
    return f"{'rose' if level > before else 'fell'} from {before} to {level} since {day}"


def days_text(since: datetime, now: datetime, zone: str) -> str:
    """`1 day`, `43 days`: calendar days there; `less than a day`."""
    days = (local_date(now, zone) - local_date(since, zone)).days
    return "less than a day" if days <= 0 else f"{days} {'day' if days == 1 else 'days'}"
