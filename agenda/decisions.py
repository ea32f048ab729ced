"""A decision: an exact text, and the two keys that make it binding.

rule  from        on                                             to
D1    –           somebody records it                            proposed
D2    proposed    the text is changed                            proposed, every key void
D3    proposed    a principal turns the key on the text's hash   proposed, or agreed once both keys are turned
D4    agreed      anything                                       agreed: it is never edited
"""

import json
from datetime import date, datetime
from enum import StrEnum
from hashlib import sha256

from sqlmodel import Field, SQLModel

from agenda.columns import stored
from agenda.errors import NotNow
from agenda.items import TITLE_LIMIT
from agenda.themes import Theme
from agenda.touchpoints import Seat


class DecisionState(StrEnum):
    """Binding only when agreed."""

    PROPOSED = "proposed"
    AGREED = "agreed"


class DecisionFields(SQLModel):
    """`title` says what is decided, in one line; `rationale` why."""

    title: str = Field(max_length=TITLE_LIMIT)
    question: str = Field(default="")
    rationale: str = Field(default="")
    theme: Theme = Field(default=Theme.OPERATIONS, sa_type=stored(Theme))
    owner: str = Field(default="", max_length=TITLE_LIMIT)
    review_on: date | None = Field(default=None)
    state: DecisionState = Field(default=DecisionState.PROPOSED, sa_type=stored(DecisionState))
    recorded_at: datetime
    agreed_at: datetime | None = Field(default=None)
    source_link: str | None = Field(default=None)

    @property
    def text_hash(self) -> str:
        """SHA-256 over everything that is agreed to; a key turned on another hash is void."""
        parts = (self.title, self.question, self.rationale, self.theme.value, self.owner, str(self.review_on or ""))
        return sha256(json.dumps(parts).encode()).hexdigest()

    def require_open(self) -> None:
        """D4. Raises `NotNow` once it is agreed."""
        if self.state is DecisionState.AGREED:
            raise NotNow("This decision is agreed and stands as it is.", "Record a new one that replaces it.")

    def agree_if(self, turned: set[Seat], now: datetime) -> bool:
        """D3: both keys, both on this very text, make it binding."""
        if self.state is not DecisionState.PROPOSED or turned < set(Seat):
            return False
        self.state, self.agreed_at = DecisionState.AGREED, now
        return True
