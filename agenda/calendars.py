"""Which days are worked: public holidays of a country and its subdivision, company closings, and what a holiday does to a sync.

The public holidays are the `holidays` library's, loaded when they are first asked for. Who works at which hours is told in
`hours`; when a sync falls is told in `recurrence`.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING

from agenda.dates import days_in
from agenda.errors import BadInput
from agenda.lexicon import quoted
from agenda.regions import place_in, place_name

if TYPE_CHECKING:
    from holidays import HolidayBase

# Where a calendar is chosen, its place is asked for: `regions` reads and names it.
__all__ = ["Closing", "HolidayPolicy", "WorkCalendar", "closings_in", "closings_text", "place_in", "place_name"]

ONE_DAY = timedelta(days=1)
SEARCHED = 400  # days: whoever closes for longer has no next working day
LONGEST = 366  # days: behind whatever is closed there is a working day within `SEARCHED`
SATURDAY = 5
CLOSED = "closed"


class HolidayPolicy(StrEnum):
    """What becomes of a sync that falls on a holiday."""

    NEXT = "next"
    PREVIOUS = "previous"
    SKIP = "skip"

    @property
    def label(self) -> str:
        return POLICY_LABELS[self]


POLICY_LABELS = {
    HolidayPolicy.NEXT: "Move to the next working day",
    HolidayPolicy.PREVIOUS: "Move to the working day before",
    HolidayPolicy.SKIP: "Skip that sync",
}


@dataclass(frozen=True, slots=True)
class Closing:
    """Days on which the company is closed: both `first` and `last`, and all between."""

    first: date
    last: date
    name: str = CLOSED


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkCalendar:
    """A country (ISO 3166-1 alpha-2), its subdivision (code as the library names it), and the company's closings.

    Without a country the weekend is Saturday and Sunday, and only closings are free.
    """

    country: str = ""
    subdivision: str = ""
    closed: tuple[Closing, ...] = ()

    def free(self, day: date) -> str:
        """The name of the public holiday or the closing on that day, else nothing. A plain weekend is not free."""
        closing = next((closing.name for closing in self.closed if closing.first <= day <= closing.last), "")
        if closing or not self.country:
            return closing
        return _public_holidays(self.country, self.subdivision, day.year).get(day, "").replace("; ", ", ")

    def is_working(self, day: date) -> bool:
        """Neither weekend, holiday nor closing. A Saturday that a country declares a working day in exchange is one."""
        if not self.country:
            return day.weekday() < SATURDAY and not self.free(day)
        public = _public_holidays(self.country, self.subdivision, day.year)
        # Where the law knows Sunday alone (Hong Kong), offices keep Saturday too.
        free_saturday = day.weekday() == SATURDAY and public.weekend == {6}
        return public.is_working_day(day) and not free_saturday and not self.free(day)

    def next_working(self, day: date) -> date:
        """The first working day after it. Raises `BadInput` if there is none within 400 days."""
        return self._working_from(day, ONE_DAY)

    def previous_working(self, day: date) -> date:
        """The last working day before it. Raises `BadInput` if there is none within 400 days."""
        return self._working_from(day, -ONE_DAY)

    def working_days_before(self, day: date, n: int) -> date:
        """The `n`th working day before it; for 0 the day itself."""
        for _ in range(n):
            day = self.previous_working(day)
        return day

    def adjusted(self, day: date, policy: HolidayPolicy) -> date | None:
        """Where a sync of that day is held; nothing if it is skipped. A weekend that the cadence names is no holiday."""
        if not self.free(day):
            return day
        match policy:
            case HolidayPolicy.NEXT:
                return self.next_working(day)
            case HolidayPolicy.PREVIOUS:
                return self.previous_working(day)
            case HolidayPolicy.SKIP:
                return None

    def _working_from(self, day: date, step: timedelta) -> date:
        for n in range(1, SEARCHED + 1):
            if self.is_working(day + n * step):
                return day + n * step
        where = "after" if step > timedelta(0) else "before"
        raise BadInput(
            f"There is no working day within {SEARCHED} days {where} {day}.", "Shorten the company's closings."
        )


@cache
def _public_holidays(country: str, subdivision: str, year: int) -> "HolidayBase":
    """One year of a library calendar, only ever read: one that grew by itself would change under another thread's eyes."""
    import holidays

    try:
        return holidays.country_holidays(
            country,
            subdiv=subdivision or None,
            years=[year],
            expand=False,
            language="en_US",  # where the library lacks it, names stay as its calendar has them
            categories=holidays.PUBLIC,
        )
    except NotImplementedError as unknown:
        raise BadInput(
            f"I know no public holidays for {'-'.join(filter(None, (country, subdivision)))}.",
            "Choose the country and its subdivision again.",
        ) from unknown


def closings_in(text: str, *, today: date) -> tuple[Closing, ...]:
    """One a line: `24 Dec - 2 Jan: Christmas shutdown`, or the days alone. Raises `BadInput` that names the line."""
    return tuple(_closing_in(line, today) for line in text.splitlines() if line.strip())


def _closing_in(line: str, today: date) -> Closing:
    days, _, name = line.partition(":")
    try:
        first, last = days_in(days, today=today)
    except BadInput as wrong:
        raise BadInput(f"In the line {quoted(line)}: {wrong.what}", wrong.mend) from wrong
    if (last - first).days > LONGEST:
        raise BadInput(f"The line {quoted(line)} is longer than a year.", "Pause the touchpoint instead: “pause”.")
    return Closing(first, last, name.strip() or CLOSED)


def closings_text(closings: tuple[Closing, ...]) -> str:
    """As a person would type them; `closings_in` reads the same back."""
    return "\n".join(_closing_text(closing) for closing in closings)


def _closing_text(closing: Closing) -> str:
    days = _written(closing.first)
    if closing.last != closing.first:
        days += f" - {_written(closing.last)}"
    return days if closing.name == CLOSED else f"{days}: {closing.name}"


def _written(day: date) -> str:
    return f"{day.day} {day:%b %Y}"
