"""An open risk item: how likely, how bad, what is done about it, and whether it still stands."""

from datetime import date, datetime
from enum import StrEnum

from sqlmodel import Field, SQLModel

from agenda.columns import stored
from agenda.errors import NotNow
from agenda.items import TITLE_LIMIT
from agenda.themes import Theme

SCALE = {1: "very low", 2: "low", 3: "medium", 4: "high", 5: "very high"}


class RiskState(StrEnum):
    """Open until somebody closes it and says why."""

    OPEN = "open"
    CLOSED = "closed"


class Treatment(StrEnum):
    """What is done about a risk (ISO/IEC 27005's four)."""

    MITIGATE = "mitigate"
    ACCEPT = "accept"
    AVOID = "avoid"
    TRANSFER = "transfer"


class RiskFields(SQLModel):
    """Likelihood and impact run from 1 (very low) to 5 (very high)."""

    title: str = Field(max_length=TITLE_LIMIT)
    description: str = Field(default="")
    theme: Theme = Field(default=Theme.OPERATIONS, sa_type=stored(Theme))
    likelihood: int = Field(default=3, ge=1, le=5)
    impact: int = Field(default=3, ge=1, le=5)
    treatment: Treatment = Field(default=Treatment.MITIGATE, sa_type=stored(Treatment))
    owner: str = Field(default="", max_length=TITLE_LIMIT)
    review_on: date | None = Field(default=None)
    state: RiskState = Field(default=RiskState.OPEN, sa_type=stored(RiskState))
    raised_at: datetime
    closed_at: datetime | None = Field(default=None)
    closed_because: str = Field(default="")

    @property
    def level(self) -> int:
        """Likelihood times impact, 1 to 25: what lists are ordered by."""
        return self.likelihood * self.impact

    @property
    def rating(self) -> str:
        """The level in a word, so that no colour has to say it."""
        return (
            "critical" if self.level >= 20 else "high" if self.level >= 12 else "medium" if self.level >= 6 else "low"
        )

    def close(self, because: str, now: datetime) -> None:
        """Raises `NotNow` if it is closed already."""
        if self.state is RiskState.CLOSED:
            raise NotNow("This risk is closed already.", "Nothing to do.")
        self.state, self.closed_because, self.closed_at = RiskState.CLOSED, because, now
