"""What a calendar is told of syncs: when they are, and what their touchpoint is called. Never what is on them, or who said it.

Events are values; `calendar` writes them as RFC 5545, in UTC, so that no reader needs our time zones. The same sync has the
same UID whether it is planned yet or only follows from the rule, is moved or skipped: a calendar replaces it, and never
shows it twice.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import takewhile
from typing import TYPE_CHECKING

from agenda.recurrence import to_instant
from agenda.schedule import Meeting, meetings, wall_of
from agenda.syncs import SkipReason, SyncFields
from agenda.touchpoints import TouchpointFields

if TYPE_CHECKING:
    from icalendar import Event

PRODID = "-//Touchpoint//Syncs//EN"
REFRESH = timedelta(hours=1)
KEPT = timedelta(days=90)  # What is over stays in calendars for so long.
AHEAD = timedelta(days=365)

# RFC 5545 section 3.1 allows no control character in a text but HTAB and, escaped, the line feed.
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarEvent:
    """One sync as calendars show it. `sequence` counts its changes, `changed_at` is the last one, if there was any."""

    uid: str
    starts_at: datetime
    ends_at: datetime
    title: str
    description: str = ""
    cancelled: bool = False
    sequence: int = 0
    changed_at: datetime | None = None


def planned(touchpoint: TouchpointFields, touchpoint_id: int, sync: SyncFields, sync_id: int) -> CalendarEvent:
    """A sync of the record, where it stands now; one that was skipped is cancelled."""
    return CalendarEvent(
        uid=uid(touchpoint_id, sync.occurrence) if sync.occurrence else f"sync-{sync_id}@touchpoint",
        starts_at=sync.starts_at,
        ends_at=sync.starts_at + timedelta(minutes=touchpoint.minutes),
        title=title(touchpoint),
        description="" if _is_by_a_person(sync) else sync.note,
        cancelled=sync.skipped_at is not None,
        sequence=sync.sequence,
        changed_at=max(filter(None, (sync.moved_at, sync.skipped_at)), default=None),
    )


def _is_by_a_person(sync: SyncFields) -> bool:
    """Then its note may hold what they typed, and that stays in the record; the plan's own names a holiday, or nobody."""
    return sync.occurrence is None or sync.moved_at is not None or sync.skip_reason is SkipReason.PERSON


def coming(
    touchpoint: TouchpointFields, touchpoint_id: int, known: Collection[str], *, now: datetime
) -> Iterator[CalendarEvent]:
    """What the rule has ahead for a year, without the occurrences that are `known` to the record."""
    for meeting in takewhile(lambda one: _begins(touchpoint, one) < now + AHEAD, _expected(touchpoint, now)):
        if meeting.starts_at and meeting.occurrence not in known:
            yield CalendarEvent(
                uid=uid(touchpoint_id, meeting.occurrence),
                starts_at=meeting.starts_at,
                ends_at=meeting.starts_at + timedelta(minutes=touchpoint.minutes),
                title=title(touchpoint),
                description=meeting.why,
            )


def _expected(touchpoint: TouchpointFields, now: datetime) -> Iterator[Meeting]:
    """None while it is paused; if it is known when that ends, from that day on."""
    if touchpoint.paused_at and touchpoint.paused_until is None:
        return
    since = touchpoint.paused_until if touchpoint.paused_at else None
    for meeting in meetings(touchpoint.cadence, touchpoint.calendar, touchpoint.holiday_policy, after=now):
        if since is None or wall_of(meeting.occurrence).date() >= since:
            yield meeting


def _begins(touchpoint: TouchpointFields, meeting: Meeting) -> datetime:
    """When the rule alone would have it."""
    return to_instant(wall_of(meeting.occurrence), touchpoint.zone)


def uid(touchpoint_id: int, occurrence: str) -> str:
    """The same for as long as the rule has this occurrence. It names no host: RFC 7986 section 5.3 advises against it."""
    return f"{touchpoint_id}-{occurrence}@touchpoint"


def title(touchpoint: TouchpointFields) -> str:
    """All that is said of a sync."""
    return f"Sync: {touchpoint.name}"


def tag(name: str, events: Collection[CalendarEvent]) -> str:
    """The same for the same events, whenever they are written: what an HTTP cache compares (RFC 9110 section 8.8.3)."""
    return sha256(repr((name, tuple(events))).encode()).hexdigest()[:32]


def calendar(name: str, events: Collection[CalendarEvent], *, now: datetime) -> bytes:
    """An iCalendar object that is published (RFC 5546 section 3.2.1), written at `now`."""
    from icalendar import Calendar, vDuration

    written = Calendar()
    written.add("prodid", PRODID)
    written.add("version", "2.0")
    written.add("method", "PUBLISH")
    written.add("x-wr-calname", printable(name))
    written.add("refresh-interval", REFRESH, parameters={"value": "DURATION"})  # RFC 7986 section 5.7
    written.add("x-published-ttl", vDuration(REFRESH))  # the same, for Outlook
    for event in events:
        written.add_component(_event(event, now))
    lines: bytes = written.to_ical()
    return lines


def _event(event: CalendarEvent, now: datetime) -> "Event":
    from icalendar import Event

    written = Event()
    written.add("uid", event.uid)
    written.add("dtstamp", now)
    written.add("dtstart", event.starts_at)
    written.add("dtend", event.ends_at)
    written.add("summary", printable(event.title))
    if event.description:
        written.add("description", printable(event.description))
    written.add("sequence", event.sequence)
    written.add("status", "CANCELLED" if event.cancelled else "CONFIRMED")
    if event.cancelled:
        written.add("transp", "TRANSPARENT")  # Nobody is busy at that time any more.
    if event.changed_at:
        written.add("last-modified", event.changed_at)
    return written


def printable(text: str) -> str:
    """Without what no calendar may hold; the library escapes and folds the rest."""
    return CONTROL.sub("", text.replace("\r\n", "\n"))
