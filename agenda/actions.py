"""An action item: somebody's promise, with the day by which it is kept.

rule  from    on                       to
A1    –       somebody promises        open
A2    open    its owner says so        done
A3    open    a new date, with reason  open, and it counts how often it was moved
A4    open    somebody else takes it   open, with another owner
A5    open    it is not needed         dropped, with the reason
"""

from datetime import date, datetime
from enum import StrEnum

from sqlmodel import Field, SQLModel

from agenda.columns import stored
from agenda.errors import NotNow
from agenda.items import TITLE_LIMIT
from agenda.themes import Theme


class ActionState(StrEnum):
    """Open until it is kept, or not needed any more."""

    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"


class ActionFields(SQLModel):
    """`due_on` is a day in its owner's own zone; `moves` counts how often that day was moved."""

    title: str = Field(max_length=TITLE_LIMIT)
    detail: str = Field(default="")
    theme: Theme = Field(default=Theme.OPERATIONS, sa_type=stored(Theme))
    due_on: date
    state: ActionState = Field(default=ActionState.OPEN, sa_type=stored(ActionState))
    moves: int = 0
    promised_at: datetime
    settled_at: datetime | None = Field(default=None)
    because: str = Field(default="")
    source_link: str | None = Field(default=None)

    def require_open(self) -> None:
        """Raises `NotNow` once it is done or dropped."""
        if self.state is not ActionState.OPEN:
            raise NotNow(f"This promise is {self.state.value} already.", "Make a new one with “promise add”.")

    def is_overdue(self, today: date) -> bool:
        """Its day has passed."""
        return self.state is ActionState.OPEN and self.due_on < today
