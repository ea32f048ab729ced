"""An action item: somebody's promise, with the day by which it is kept.

rule  from    on                         to
A1    –       somebody promises          open
A2    open    it is kept                 done
A3    open    a new date, with reason    open, and it counts how often it was moved
A4    open    somebody else takes it     open, with another owner
A5    open    it is not needed any more  dropped, with the reason
A6    open    it was said wrong          open, put right; its day and owner only within the hour, later by A3 and A4
"""

import re
from calendar import month_name
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlmodel import Field, SQLModel

from agenda.columns import stored
from agenda.dates import days_in
from agenda.errors import BadInput, NotNow
from agenda.items import TITLE_LIMIT
from agenda.recurrence import WEEKDAY_NAMES, WEEKDAYS
from agenda.themes import Theme

USUALLY = timedelta(days=14)  # Where no day is said.
MOST_YEARS = 5
FRESH = timedelta(hours=1)
MOVED_OFTEN = 3  # From here on it is said.
BY = re.compile(r"\sby\s", re.IGNORECASE)


class ActionState(StrEnum):
    """Open until it is kept, or not needed any more."""

    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"


class ActionAct(StrEnum):
    """What happened to a promise: rules A2 to A5."""

    DONE = "done"
    MOVED = "moved"
    REASSIGNED = "reassigned"
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

    def keep(self, now: datetime) -> None:
        """A2. Raises `NotNow` once it is settled."""
        self.require_open()
        self.state, self.settled_at = ActionState.DONE, now

    def move(self, to: date) -> None:
        """A3. Raises `NotNow` once it is settled."""
        self.require_open()
        self.due_on, self.moves = to, self.moves + 1

    def drop(self, because: str, now: datetime) -> None:
        """A5. Raises `NotNow` once it is settled."""
        self.require_open()
        self.state, self.because, self.settled_at = ActionState.DROPPED, because, now

    def is_fresh(self, now: datetime) -> bool:
        """A6: may its day and its owner still be put right without a reason?"""
        return self.state is ActionState.OPEN and now - self.promised_at < FRESH

    def is_overdue(self, today: date) -> bool:
        """Its day has passed."""
        return self.state is ActionState.OPEN and self.due_on < today

    def urgency(self, today: date) -> str:
        """`3 days overdue`, `due today`, `due tomorrow`, `due Thu 14 August`."""
        days = (self.due_on - today).days
        if days < 0:
            return f"{-days} {'day' if days == -1 else 'days'} overdue"
        return {0: "due today", 1: "due tomorrow"}.get(days, f"due {day_text(self.due_on, today)}")


def day_text(day: date, today: date) -> str:
    """`Thu 14 August`, and the year where it is another one."""
    year = f" {day.year}" if day.year != today.year else ""
    return f"{WEEKDAY_NAMES[WEEKDAYS[day.weekday()]][:3]} {day.day} {month_name[day.month]}{year}"


def wrong_day(day: date, today: date) -> str:
    """Why nothing can be promised for that day; empty if it can."""
    if day < today:
        return "That day has passed."
    return f"That is more than {MOST_YEARS} years ahead." if day.year > today.year + MOST_YEARS else ""


def promise_in(text: str, *, today: date) -> tuple[str, date | None]:
    """`renew the VPN contract by 14 Aug`: what, and the day behind the last " by " of its first line, if that is one.

    Raises `BadInput` for a day that was understood and cannot be.
    """
    line, feed, rest = text.strip().partition("\n")
    said = list(BY.finditer(line))
    if not said:
        return text, None
    try:
        _first, day = days_in(line[said[-1].end() :].strip().rstrip(".!"), today=today)
    except BadInput:
        return text, None
    if wrong := wrong_day(day, today):
        raise BadInput(f"It cannot be due on {day_text(day, today)}. {wrong}", "Write a day that is ahead, or none.")
    return line[: said[-1].start()].rstrip(" ,") + feed + rest, day
