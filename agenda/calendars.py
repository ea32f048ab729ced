"""STUB, replaced by the real one."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class HolidayPolicy(StrEnum):
    NEXT = "next"
    PREVIOUS = "previous"
    SKIP = "skip"

    @property
    def label(self) -> str:
        return self.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    first: date
    last: date
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkCalendar:
    country: str = ""
    subdivision: str = ""
    closed: tuple[Closing, ...] = ()

    def free(self, day: date) -> str:
        return next((c.name for c in self.closed if c.first <= day <= c.last), "")

    def is_working(self, day: date) -> bool:
        return day.weekday() < 5 and not self.free(day)

    def next_working(self, day: date) -> date:
        day += timedelta(days=1)
        while not self.is_working(day):
            day += timedelta(days=1)
        return day

    def previous_working(self, day: date) -> date:
        day -= timedelta(days=1)
        while not self.is_working(day):
            day -= timedelta(days=1)
        return day

    def working_days_before(self, day: date, n: int) -> date:
        for _ in range(n):
            day = self.previous_working(day)
        return day

    def working_days_after(self, day: date, n: int) -> date:
        for _ in range(n):
            day = self.next_working(day)
        return day

    def adjusted(self, day: date, policy: HolidayPolicy) -> date | None:
        if not self.free(day):
            return day
        if policy is HolidayPolicy.SKIP:
            return None
        return self.next_working(day) if policy is HolidayPolicy.NEXT else self.previous_working(day)


def closings_in(text: str, *, today: date) -> tuple[Closing, ...]:
    return ()


def closings_text(closings: tuple[Closing, ...]) -> str:
    return ""


def place_in(typed: str) -> tuple[str, str]:
    return "", ""


def place_name(country: str, subdivision: str) -> str:
    return country
