"""A risk: how likely, how bad, what is done about it, and whether it still stands.

rule  from        on                                            to
R1    –           somebody raises it                            open
R2    open        both accept it until a day (`acceptances`)    accepted
R3    accepted    the acceptance ends, for whatever reason      open again, and said so until somebody acts
R4    open        somebody closes it, with the reason           closed
R5    accepted    the same                                      closed
R6    closed      –                                             closed: what comes back is a new risk
"""

from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlmodel import Field, SQLModel

from agenda.columns import stored
from agenda.errors import NotNow
from agenda.items import TITLE_LIMIT
from agenda.themes import Theme

SCALE = {1: "very low", 2: "low", 3: "medium", 4: "high", 5: "very high"}
HIGHEST = 25
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


def rating_of(level: int) -> str:
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
    def rating(self) -> str:
        """The level in a word."""
        return rating_of(self.level)

    def require_standing(self) -> None:
        """Raises `NotNow` once it is closed."""
        if self.state is RiskState.CLOSED:
            raise NotNow("This risk is closed already.", "Raise a new one: “risk add …”.")

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
