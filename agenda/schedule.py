"""From a rule to real syncs: each occurrence of a cadence, moved or left out where nobody works on its day.

Pure: the same cadence and calendar give the same meetings on every replica. What people move or skip by hand is the record's.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from agenda.calendars import HolidayPolicy, WorkCalendar
from agenda.errors import BadInput
from agenda.recurrence import Cadence, local_time, to_instant, wall_occurrences

OCCURRENCE = "%Y-%m-%dT%H:%M"
FURTHEST = timedelta(days=731)  # Nobody moves a sync further ahead than that.


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """One occurrence: its wall time by the rule (its identity), when it really starts (UTC; nothing if it is left out),
    and `why` it does not stand where the rule has it: the holiday's name.
    """

    occurrence: str
    starts_at: datetime | None
    why: str = ""


def meetings(cadence: Cadence, calendar: WorkCalendar, policy: HolidayPolicy, *, after: datetime) -> Iterator[Meeting]:
    """Every occurrence whose own time by the rule is later than `after`, in order."""
    for wall in wall_occurrences(cadence, after):
        yield meeting(cadence, calendar, policy, wall)


def meeting(cadence: Cadence, calendar: WorkCalendar, policy: HolidayPolicy, wall: datetime) -> Meeting:
    """This occurrence as it really takes place."""
    occurrence = wall.strftime(OCCURRENCE)
    why = calendar.free(wall.date())
    day = calendar.adjusted(wall.date(), policy) if why else wall.date()
    if day is None or (why and is_taken(cadence, wall, day)):
        return Meeting(occurrence=occurrence, starts_at=None, why=why)
    starts_at = to_instant(datetime.combine(day, wall.time()), cadence.zone)
    return Meeting(occurrence=occurrence, starts_at=starts_at, why=why)


def is_taken(cadence: Cadence, wall: datetime, day: date) -> bool:
    """Would a sync that moves to `day` meet, or overtake, its neighbour in the rule? Then it is left out instead."""
    first, last = sorted((wall, datetime.combine(day, time.max if day > wall.date() else time.min)))
    between = wall_occurrences(cadence, to_instant(first, cadence.zone) - timedelta(seconds=1))
    other = next((found for found in between if found != wall), None)
    return other is not None and other <= last


def falls(cadence: Cadence, wall: datetime) -> bool:
    """Is this wall time an occurrence of the rule?"""
    return on_day(cadence, wall.date()) == wall


def on_day(cadence: Cadence, day: date) -> datetime | None:
    """The wall time of the rule's occurrence on that day, if it has one there: it never has two."""
    wall = datetime.combine(day, cadence.at)
    found = next(wall_occurrences(cadence, to_instant(wall, cadence.zone) - timedelta(seconds=1)), None)
    return found if found == wall else None


def wall_of(occurrence: str) -> datetime:
    """The wall time that an occurrence is known by."""
    return datetime.strptime(occurrence, OCCURRENCE)  # noqa: DTZ007  # a wall time has no zone on purpose


def require_free(
    starts_at: datetime, *, was: datetime | None, others: Sequence[datetime], now: datetime, zone: str
) -> None:
    """May a sync be held then? Ahead of now, not years away, at no other's time, and, for one that `was` at another time,
    not beyond its neighbours. Raises `BadInput` about the field `day`.
    """
    when = local_time(starts_at, zone)
    if starts_at <= now:
        raise wrong_day(f"{when} has passed.", "Choose a time that is ahead.")
    if starts_at > now + FURTHEST:
        raise wrong_day(f"{when} {starts_at.year} is more than two years away.", "Choose a nearer day.")
    for other in others:
        if other == starts_at:
            raise wrong_day(f"There is a sync on {when} already.", "Choose another time.")
    for other in others:
        if was and min(was, starts_at) < other < max(was, starts_at):
            first = local_time(other, zone)
            raise wrong_day(f"The sync of {first} would come first then.", "Skip one of the two instead: “syncs”.")


def wrong_day(what: str, mend: str) -> BadInput:
    """Beside the field in a form, in words after a command."""
    return BadInput(what, mend, fields={"day": f"{what} {mend}"})
