"""One person's working hours: when a nudge may reach them, in their own zone, on their own working days, outside their leave.

Wall-clock rules in the person's zone; instants are aware UTC, in and out. No clock here: `now` is given. Every search is
bounded, so a person who never works gets an answer too.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from agenda.calendars import WorkCalendar
from agenda.errors import BadInput
from agenda.lexicon import clock_of, quoted, tokens_in
from agenda.recurrence import WEEKDAY_NAMES, WEEKDAYS, in_words, local_date, to_instant

ONE_DAY = timedelta(days=1)
ONE_MINUTE = timedelta(minutes=1)
SEARCHED = 400  # days
QUARTER = 15  # minutes
MONDAY_TO_FRIDAY = WEEKDAYS[:5]
NOBODYS_CALENDAR = WorkCalendar()

HOURS_MEND = "Write it like 8:30-17:00, 9 to 5, 8-16 Mon-Thu or 10:00-18:00 Sun-Thu."

Opening = tuple[datetime, datetime]  # UTC; the end is not part of it


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingHours:
    """`begins` to `ends` is wall time in `zone`, on `days` (`MO` … `SU`) that the calendar leaves and that are no leave.
    Without any `days` they are those on which the calendar's country works.

    `away` is the person's leave: first and last day, both inclusive.
    """

    zone: str
    begins: time = time(9)
    ends: time = time(17)
    days: tuple[str, ...] = MONDAY_TO_FRIDAY
    calendar: WorkCalendar = NOBODYS_CALENDAR
    away: tuple[tuple[date, date], ...] = ()

    def is_away(self, day: date) -> bool:
        """Is that day part of the person's leave?"""
        return any(first <= day <= last for first, last in self.away)

    def works_on(self, day: date) -> bool:
        """A weekday of theirs, no holiday and no leave."""
        if not self.days:
            return self.calendar.is_working(day) and not self.is_away(day)
        return WEEKDAYS[day.weekday()] in self.days and not self.is_away(day) and not self.calendar.free(day)

    def is_open(self, instant: datetime) -> bool:
        """Is the person at work at that instant?"""
        opening = self._opening(self._day(instant))
        return opening is not None and opening[0] <= instant < opening[1]

    def next_open(self, instant: datetime) -> datetime:
        """The instant itself if the person is at work, else when they next begin; itself too if that is 400 days off."""
        for _day, begins, ends in self._openings(self._day(instant), ONE_DAY):
            if instant < ends:
                return max(begins, instant)
        return instant

    def starts(self, day: date) -> datetime:
        """When that day's work begins, were it a working day."""
        return self._instant(day, self.begins)

    def next_day(self, instant: datetime) -> datetime:
        """When the first working day after that instant's own day begins; a day later if that is 400 days off."""
        tomorrow = self._day(instant) + ONE_DAY
        return next((begins for _day, begins, _ends in self._openings(tomorrow, ONE_DAY)), instant + ONE_DAY)

    def next_slot(self, after: datetime) -> datetime:
        """The first slot later than that; a day later if it is 400 days off."""
        return self._first_slot(after + datetime.resolution) or after + ONE_DAY

    def slots(self, day: date) -> tuple[datetime, datetime]:
        """The only two moments of a working day at which nudges go out: its beginning and its middle, to a quarter hour."""
        first, end = self._instant(day, self.begins), self._instant(day, self.ends)
        middle = self._instant(day, _middle(self.begins, self.ends))
        # Where a gap of the clocks moves one of them past another, both are the beginning.
        return first, middle if first <= middle < end else first

    def slot_for(self, wanted: datetime, *, now: datetime, before: datetime) -> datetime:
        """When a nudge goes out that is wanted at `wanted` and of use only before `before`.

        1. At the last slot up to `wanted` on that working day, or at that day's first slot if `wanted` is earlier still.
           From a day that is no working day, at the last slot before it.
        2. Never before `now`: a slot that has passed becomes the next one from `now` on.
        3. Always before `before`: a slot too late becomes the last one before it.
        4. Where there is no slot from `now` until `before`, lateness beats silence: `now` if the person is at work, else
           `wanted` itself, kept between the two (and `now`, if `before` is past).
        """
        first, last = self._first_slot(now), self._last_slot(before - datetime.resolution)
        if first is None or first >= before:
            latest = max(now, before - ONE_MINUTE)
            return now if self.is_open(now) else min(max(wanted, now), latest)
        return min(max(self._wished_slot(wanted) or first, first), last or first)

    def hours_before(self, instant: datetime, hours: float) -> datetime:
        """So many working hours earlier; plain hours where 400 days do not hold as many."""
        if hours <= 0:
            return instant
        left = timedelta(hours=hours)
        for _day, begins, ends in self._openings(self._day(instant), -ONE_DAY):
            worked = min(ends, instant) - begins
            if worked >= left:
                return min(ends, instant) - left
            left -= max(worked, timedelta(0))
        return instant - timedelta(hours=hours)

    def describe(self) -> str:
        """`09:00–17:00, Monday to Friday`."""
        return f"{self.begins:%H:%M}–{self.ends:%H:%M}, {_days_in_words(self.days)}"

    def _wished_slot(self, wanted: datetime) -> datetime | None:
        """Rule 1 of `slot_for`; nothing if there is no slot so early."""
        day = self._day(wanted)
        if self._opening(day) is None:
            return self._last_slot(wanted)
        first, middle = self.slots(day)
        return middle if middle <= wanted else first

    def _first_slot(self, since: datetime) -> datetime | None:
        """The first slot from then on."""
        openings = self._openings(self._day(since), ONE_DAY)
        return next((slot for day, *_ in openings for slot in self.slots(day) if slot >= since), None)

    def _last_slot(self, until: datetime) -> datetime | None:
        """The last slot up to then."""
        openings = self._openings(self._day(until), -ONE_DAY)
        return next((slot for day, *_ in openings for slot in reversed(self.slots(day)) if slot <= until), None)

    def _openings(self, day: date, step: timedelta) -> Iterator[tuple[date, datetime, datetime]]:
        """From that day on, 400 days far: each working day, and from when to when it is worked."""
        for n in range(SEARCHED):
            if opening := self._opening(day + n * step):
                yield day + n * step, *opening

    def _opening(self, day: date) -> Opening | None:
        """From when to when that day is worked; nothing where it is not, or where a gap of the clocks swallows it."""
        if not self.works_on(day):
            return None
        begins, ends = self._instant(day, self.begins), self._instant(day, self.ends)
        return (begins, ends) if begins < ends else None

    def _day(self, instant: datetime) -> date:
        return local_date(instant, self.zone)

    def _instant(self, day: date, wall: time) -> datetime:
        return to_instant(datetime.combine(day, wall), self.zone)


def hours_in(text: str) -> tuple[time, time, tuple[str, ...]]:
    """From when, until when and on which days: `8:30-17:00`, `9 to 5`, `8-16 mon-thu`, `mon, wed, fri 10-18`.

    Without days it is Monday to Friday. Raises `BadInput`.
    """
    hours: tuple[time, time] | None = None
    days: set[str] = set()
    tokens = tokens_in(text)
    while tokens:
        match tokens:
            case [("weekday", first), ("to", _), ("weekday", last), *tokens]:
                days |= {WEEKDAYS[(first + n) % 7] for n in range((last - first) % 7 + 1)}
            case [("weekday", day), *tokens]:
                days.add(WEEKDAYS[day])
            case [("days", count), *tokens]:
                days |= set(WEEKDAYS[:count])
            case [start, ("to", _), end, *tokens] if hours is None:
                hours = _begin_and_end(clock_of(start), clock_of(end))
            case _:
                hours = None
                break
    if hours is None:
        raise BadInput(f"I cannot read {quoted(text)} as working hours.", HOURS_MEND)
    return *hours, tuple(day for day in WEEKDAYS if day in (days or MONDAY_TO_FRIDAY))


def _begin_and_end(begins: time | None, ends: time | None) -> tuple[time, time] | None:
    """The two in order; the 5 of `9 to 5` is 17. Raises `BadInput` for hours over midnight."""
    if begins is None or ends is None:
        return None
    if ends <= begins and ends.hour < 12:
        ends = ends.replace(hour=ends.hour + 12)
    if ends <= begins:
        raise BadInput("The hours must end on the day on which they begin.", HOURS_MEND)
    return begins, ends


def _middle(begins: time, ends: time) -> time:
    """Half-way, rounded down to the quarter hour."""
    minutes = (begins.hour * 60 + begins.minute + ends.hour * 60 + ends.minute) // 2
    return time(minutes // 60, minutes % 60 // QUARTER * QUARTER)


def _days_in_words(days: tuple[str, ...]) -> str:
    """`Sunday to Thursday` where three or more follow each other, else each by name."""
    for first in days:
        run = [WEEKDAYS[(WEEKDAYS.index(first) + n) % 7] for n in range(len(days))]
        if set(run) == set(days) and 3 <= len(run) < 7:
            return f"{WEEKDAY_NAMES[run[0]]} to {WEEKDAY_NAMES[run[-1]]}"
    named = [WEEKDAY_NAMES[day] for day in WEEKDAYS if day in days]
    return "every day" if len(named) == 7 else in_words(named) if named else "on no day"
