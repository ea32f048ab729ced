"""The agenda that builds itself: what a sync is about, in the order in which it is talked about, with a time for each line.

rule  the lines come in this order
O1    what must be settled, because it was deferred too often
O2    then by theme, in the order of the themes
O3    inside a theme: what was carried over, the most often first; what the record asks for; what people raised
O4    what is added while the sync runs comes behind what was planned, so that nobody's place on the card jumps
O5    at the end what does not fit the sync's length, in the same order

rule  the time of a sync is given away in this order, and nobody overtakes: once a line does not fit, none behind it does
T1    what must be settled
T2    what was carried over, the most often first
T3    by `FIRST`; inside one of these the most urgent, or the first that was raised

Pure and deterministic: the same rows give the same agenda on every replica.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Generic, TypeVar

from agenda.causes import Cause
from agenda.items import ItemFields, Outcome, Source
from agenda.themes import Theme

A = TypeVar("A", bound=ItemFields)
Order = tuple[float, ...]

THEMES = tuple(Theme)
OPENING_AND_CLOSING = 2  # Minutes of every sync that belong to no line.
MUST_SETTLE_BOX = 8
BOXES: dict[Source | None, int] = {
    None: 5,  # raised by somebody
    Source.DECISION_KEY: 2,
    Source.DECISION_REVIEW: 3,
    Source.RISK_REVIEW: 3,
    Source.RISK_GAP: 2,
    Source.RISK_REOPENED: 5,
    Source.ACCEPTANCE_KEY: 3,
    Source.ACCEPTANCE_EXPIRY: 3,
    Source.RESPONSIBILITY_DISPUTE: 4,
    Source.PROMISE: 2,
    Source.ASK_CHECK: 5,
    Source.GATE_NEARS: 4,
    Source.GATE_MISSED: 4,
}
LONGER_AT_MOST = 2  # times its box, however much time there is
FIRST = (
    Source.DECISION_KEY,
    Source.ACCEPTANCE_KEY,
    Source.RISK_REOPENED,
    None,
    Source.GATE_MISSED,
    Source.PROMISE,
    Source.GATE_NEARS,
    Source.DECISION_REVIEW,
    Source.ACCEPTANCE_EXPIRY,
    Source.RISK_REVIEW,
    Source.ASK_CHECK,
    Source.RESPONSIBILITY_DISPUTE,
    Source.RISK_GAP,
)
MOST_GAPS = 3  # A risk register that is filled in by halves must not become the whole agenda.

MUST_SETTLE, ADDED, IF_TIME_REMAINS = "Must be settled", "Added in this sync", "If time remains"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line(Generic[A]):
    """One line. `item` is its row, or nothing as long as only the record asks for it; `minutes` is its time box.

    `why` is empty where a person raised it. `added`: while the sync was running.
    """

    item: A | None
    title: str
    theme: Theme
    why: str = ""
    owner: str = ""
    deferrals: int = 0
    must_settle: bool = False
    added: bool = False
    source: Source | None = None
    source_id: int | None = None
    urgency: int = 0
    minutes: int = 0
    fits: bool = False

    @property
    def is_open(self) -> bool:
        """Nobody is done with it yet."""
        return self.item is None or self.item.outcome is Outcome.OPEN

    @property
    def box(self) -> int:
        """The minutes that it takes where time is short."""
        return MUST_SETTLE_BOX if self.must_settle else BOXES[self.source]

    @property
    def heading(self) -> str:
        """Under which it stands."""
        if not self.fits:
            return IF_TIME_REMAINS
        return MUST_SETTLE if self.must_settle else ADDED if self.added else self.theme.label


@dataclass(frozen=True, slots=True, kw_only=True)
class Packet(Generic[A]):
    """All lines in their order, and the rows that are left out because what caused them has gone."""

    lines: tuple[Line[A], ...]
    gone: tuple[A, ...] = ()

    @property
    def waiting(self) -> tuple[Line[A], ...]:
        """What is not settled yet."""
        return tuple(line for line in self.lines if line.is_open)

    @property
    def groups(self) -> list[tuple[str, tuple[Line[A], ...]]]:
        """By heading."""
        return [(heading, tuple(lines)) for heading, lines in groupby(self.lines, lambda line: line.heading)]


def build(
    rows: Iterable[A],
    causes: Iterable[Cause],
    *,
    minutes: int,
    defer_limit: int,
    started_at: datetime | None = None,
    resting: frozenset[tuple[Source, int]] = frozenset(),
) -> Packet[A]:
    """The agenda of a sync of that many minutes, of rows as they were raised. Once it has started, no cause adds a line."""
    rows, causes = list(rows), list(causes)
    asking = {(cause.source, cause.source_id): cause for cause in causes}
    gone = [row for row in rows if has_gone(row, asking)]
    left_out = [] if started_at else gone
    lines = [
        line_of(row, asking, defer_limit, started_at)
        for row in rows
        if row.outcome is not Outcome.DROPPED and not any(row is one for one in left_out)
    ]
    if started_at is None:
        lines += [generated(cause) for cause in new_causes(causes, rows, lines, resting)]
    return Packet(lines=timed(lines, minutes), gone=tuple(gone))


def has_gone(row: ItemFields, asking: dict[tuple[Source, int], Cause]) -> bool:
    """The record put it there, and has no reason for it any more."""
    if row.outcome is not Outcome.OPEN or row.source is None or row.source_id is None:
        return False
    return (row.source, row.source_id) not in asking


def line_of(row: A, asking: dict[tuple[Source, int], Cause], defer_limit: int, started_at: datetime | None) -> Line[A]:
    """A row as a line; what the record says of it today counts."""
    cause = asking.get((row.source, row.source_id)) if row.source and row.source_id else None
    return Line(
        item=row,
        title=cause.title if cause else row.title,
        theme=row.theme,
        why=cause.why if cause else "",
        owner=cause.owner if cause else "",
        deferrals=row.deferrals,
        must_settle=row.deferrals >= defer_limit,
        added=started_at is not None and row.source is None and row.raised_at > started_at,
        source=row.source,
        source_id=row.source_id,
        urgency=cause.urgency if cause else 0,
    )


def generated(cause: Cause) -> Line[A]:
    """A line that has no row yet."""
    return Line(
        item=None,
        title=cause.title,
        theme=cause.theme,
        why=cause.why,
        owner=cause.owner,
        source=cause.source,
        source_id=cause.source_id,
        urgency=cause.urgency,
    )


def new_causes(
    causes: Sequence[Cause], rows: Sequence[A], lines: Sequence[Line[A]], resting: frozenset[tuple[Source, int]]
) -> list[Cause]:
    """What asks for a line and has none: one line a thing, whatever else is to be said of it, and only a few gaps."""
    taken = {(row.source.subject, row.source_id) for row in rows if row.source}
    gaps = sum(line.source is Source.RISK_GAP for line in lines)
    found = []
    for cause in sorted(causes, key=lambda one: (FIRST.index(one.source), -one.urgency, one.source_id)):
        subject = (cause.source.subject, cause.source_id)
        is_gap = cause.source is Source.RISK_GAP
        if subject in taken or (cause.source, cause.source_id) in resting or (is_gap and gaps >= MOST_GAPS):
            continue
        taken.add(subject)
        gaps += is_gap
        found.append(cause)
    return found


def timed(lines: Sequence[Line[A]], minutes: int) -> tuple[Line[A], ...]:
    """In order, each with its time, as the two tables say."""
    left = available = max(minutes - OPENING_AND_CLOSING, 1)
    fitting: list[Line[A]] = []
    ranked = sorted(lines, key=importance)
    for line in ranked:
        box = line.box if fitting else min(line.box, left)  # The most important one is talked about in any sync.
        if box > left:
            break
        fitting.append(replace(line, minutes=box, fits=True))
        left -= box
    rest = [replace(line, minutes=line.box) for line in ranked[len(fitting) :]]
    return (*sorted(stretched(fitting, available), key=order), *sorted(rest, key=order))


def stretched(fitting: Sequence[Line[A]], available: int) -> list[Line[A]]:
    """Where there is time, every line gets more of it."""
    needed = sum(line.minutes for line in fitting)
    return [
        replace(line, minutes=min(line.minutes * available // needed, line.minutes * LONGER_AT_MOST))
        for line in fitting
    ]


def importance(line: Line[A]) -> Order:
    """T1 to T3."""
    return (not line.must_settle, line.added, -line.deferrals, FIRST.index(line.source), *among_equals(line))


def order(line: Line[A]) -> Order:
    """O1 to O4."""
    if line.must_settle:
        return (0, 0, -line.deferrals, THEMES.index(line.theme), *among_equals(line))
    kind = 0 if line.deferrals else 2 if line.source is None else 1
    return (
        1,
        line.added,
        THEMES.index(line.theme),
        kind,
        -line.deferrals,
        FIRST.index(line.source),
        *among_equals(line),
    )


def among_equals(line: Line[A]) -> Order:
    """The most urgent, else the first that was raised; what was raised in one breath stays as it was given."""
    raised = line.item.raised_at.timestamp() if line.item and line.source is None else 0
    return (-line.urgency, raised, line.source_id or 0)
