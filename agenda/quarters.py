"""Quarters of the calendar year: what is asked once a quarter, and what is held against the quarter before."""

from calendar import month_name
from datetime import date, datetime, time
from typing import NamedTuple

from agenda.recurrence import to_instant


class Quarter(NamedTuple):
    """`number` runs from 1 to 4. Written like `2031-Q2`, so that the order of the texts is that of time."""

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> "Quarter":
        """The one in which that day lies."""
        return cls(day.year, (day.month + 2) // 3)

    @classmethod
    def read(cls, written: str) -> "Quarter":
        """Of a text that was written by this."""
        year, _q, number = written.partition("-Q")
        return cls(int(year), int(number))

    def __str__(self) -> str:
        return f"{self.year}-Q{self.number}"

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def label(self) -> str:
        """`January to March`."""
        return f"{month_name[3 * self.number - 2]} to {month_name[3 * self.number]}"

    @property
    def next(self) -> "Quarter":
        """The one after it."""
        return Quarter(self.year + self.number // 4, self.number % 4 + 1)

    @property
    def before(self) -> "Quarter":
        """The one before it."""
        return Quarter(self.year, self.number - 1) if self.number > 1 else Quarter(self.year - 1, 4)

    def begins(self, zone: str) -> datetime:
        """Its first instant in that zone, UTC."""
        return to_instant(datetime.combine(self.first, time()), zone)

    def ends(self, zone: str) -> datetime:
        """The first instant in that zone that is not part of it any more, UTC."""
        return self.next.begins(zone)
