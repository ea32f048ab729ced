"""One occurrence of a touchpoint, and what may be done with it when.

    rule  state         is it when                                   may be done
    S1    scheduled     before its prompts go out                    raise, move, start
    S2    collecting    its prompts are out                          raise, move, start
    S3    published     its agenda is out                            raise, move, start
    S4    in_progress   somebody pressed Start                       raise, settle, close
    S5    closed        somebody pressed Close                       –
    S6    skipped       it was cancelled, or its cadence changed     –

S1 to S3 follow from the time alone, so they are computed and never stored: no job has to run for a sync to be collecting.
"""

from datetime import datetime
from enum import StrEnum

from sqlmodel import Field, SQLModel

from agenda.columns import stored
from agenda.errors import NotNow


class SyncState(StrEnum):
    """Where a sync is between its plan and its minutes."""

    SCHEDULED = "scheduled"
    COLLECTING = "collecting"
    PUBLISHED = "published"
    IN_PROGRESS = "in_progress"
    CLOSED = "closed"
    SKIPPED = "skipped"


class Act(StrEnum):
    """What a person can do to a sync."""

    RAISE = "raise"
    MOVE = "move"
    START = "start"
    SETTLE = "settle"
    CLOSE = "close"


MAY: dict[SyncState, frozenset[Act]] = {
    SyncState.SCHEDULED: frozenset({Act.RAISE, Act.MOVE, Act.START}),
    SyncState.COLLECTING: frozenset({Act.RAISE, Act.MOVE, Act.START}),
    SyncState.PUBLISHED: frozenset({Act.RAISE, Act.MOVE, Act.START}),
    SyncState.IN_PROGRESS: frozenset({Act.RAISE, Act.SETTLE, Act.CLOSE}),
    SyncState.CLOSED: frozenset(),
    SyncState.SKIPPED: frozenset(),
}

WHY_NOT = {
    SyncState.CLOSED: ("This sync is closed.", "Its minutes stand; add the point to the next one with “agenda add”."),
    SyncState.SKIPPED: ("This sync was skipped.", "See what is next with “agenda”."),
    SyncState.IN_PROGRESS: ("This sync has already started.", "Its card in the channel shows where you are."),
}


class SkipReason(StrEnum):
    """Why a sync did not take place. Only what `replans` may stand in the plan again."""

    CADENCE = "cadence"
    PAUSED = "paused"
    HOLIDAY = "holiday"
    PERSON = "person"
    NOBODY = "nobody"

    @property
    def replans(self) -> bool:
        """The plan itself took it out, so the plan may put it back."""
        return self in {SkipReason.CADENCE, SkipReason.PAUSED}


class SyncFields(SQLModel):
    """All instants in UTC; `prompts_at` ≤ `reminds_at` ≤ `publishes_at` ≤ `starts_at`.

    `occurrence` is the wall time that the rule gave it (`2031-03-04T09:30`): it stays the same when the sync is moved, or when
    its zone's rules change; an extra sync has none. `moved_at` says that a person chose its time, so no plan moves it again.
    `note` says in words why it does not stand where its rule would have it. `sequence` counts its changes, for calendars.
    """

    occurrence: str | None = Field(default=None, max_length=16)
    starts_at: datetime
    prompts_at: datetime
    reminds_at: datetime
    publishes_at: datetime
    moved_at: datetime | None = Field(default=None)
    skip_reason: SkipReason | None = Field(default=None, sa_type=stored(SkipReason))
    note: str = Field(default="", max_length=200)
    sequence: int = 0
    calendar_key: str = Field(default="", max_length=43)
    head: str = Field(default="", max_length=80)
    started_at: datetime | None = Field(default=None)
    closed_at: datetime | None = Field(default=None)
    skipped_at: datetime | None = Field(default=None)

    def state(self, now: datetime) -> SyncState:
        """Where it is at `now`."""
        if self.closed_at:
            return SyncState.CLOSED
        if self.skipped_at:
            return SyncState.SKIPPED
        if self.started_at:
            return SyncState.IN_PROGRESS
        if now >= self.publishes_at:
            return SyncState.PUBLISHED
        return SyncState.COLLECTING if now >= self.prompts_at else SyncState.SCHEDULED

    def allows(self, act: Act, now: datetime) -> bool:
        """May it be done now, by the table above?"""
        return act in MAY[self.state(now)]

    def require(self, act: Act, now: datetime) -> None:
        """Raises `NotNow` with what to do instead, unless it may be done now."""
        state = self.state(now)
        if act not in MAY[state]:
            raise NotNow(*WHY_NOT.get(state, ("This sync has not started yet.", "Press Start on its card first.")))
