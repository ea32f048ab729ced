"""STUB, replaced by the real one."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from agenda.calendars import WorkCalendar
from agenda.recurrence import WEEKDAYS, to_instant


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingHours:
    zone: str
    begins: time = time(9, 0)
    ends: time = time(17, 0)
    days: tuple[str, ...] = ("MO", "TU", "WE", "TH", "FR")
    calendar: WorkCalendar = field(default_factory=WorkCalendar)
    away: tuple[tuple[date, date], ...] = ()

    def is_away(self, day: date) -> bool:
        return any(a <= day <= b for a, b in self.away)

    def works_on(self, day: date) -> bool:
        return WEEKDAYS[day.weekday()] in self.days and not self.calendar.free(day) and not self.is_away(day)

    def local(self, instant: datetime) -> datetime:
        return instant.astimezone(ZoneInfo(self.zone)).replace(tzinfo=None)

    def is_open(self, instant: datetime) -> bool:
        wall = self.local(instant)
        return self.works_on(wall.date()) and self.begins <= wall.time() < self.ends

    def next_open(self, instant: datetime) -> datetime:
        if self.is_open(instant):
            return instant
        wall = self.local(instant)
        day = wall.date()
        if wall.time() >= self.begins:
            day += timedelta(days=1)
        while not self.works_on(day):
            day += timedelta(days=1)
        return to_instant(datetime.combine(day, self.begins), self.zone)

    def slots(self, day: date) -> tuple[datetime, datetime]:
        middle = time((self.begins.hour + self.ends.hour) // 2, 0)
        return tuple(to_instant(datetime.combine(day, t), self.zone) for t in (self.begins, middle))  # type: ignore[return-value]

    def slot_for(self, wanted: datetime, *, now: datetime, before: datetime) -> datetime:
        day = self.local(wanted).date()
        all_slots = [s for n in range(-10, 20) if self.works_on(day + timedelta(days=n)) for s in self.slots(day + timedelta(days=n))]
        ok = [s for s in all_slots if now < s < before]
        same = [s for s in ok if self.local(s).date() == day]
        early = [s for s in ok if s <= wanted]
        if same:
            return ([s for s in same if s <= wanted] or same[:1])[-1]
        if early:
            return early[-1]
        return ok[0] if ok else now

    def hours_before(self, instant: datetime, hours: float) -> datetime:
        left = timedelta(hours=hours)
        wall = self.local(instant)
        while left > timedelta(0):
            wall -= timedelta(minutes=15)
            if self.works_on(wall.date()) and self.begins <= wall.time() < self.ends:
                left -= timedelta(minutes=15)
        return to_instant(wall, self.zone)

    def starts(self, day: date) -> datetime:
        return to_instant(datetime.combine(day, self.begins), self.zone)

    def next_day(self, instant: datetime) -> datetime:
        day = self.local(instant).date() + timedelta(days=1)
        while not self.works_on(day):
            day += timedelta(days=1)
        return self.starts(day)

    def next_slot(self, after: datetime) -> datetime:
        day = self.local(after).date()
        while True:
            if self.works_on(day):
                for slot in self.slots(day):
                    if slot > after:
                        return slot
            day += timedelta(days=1)

    def describe(self) -> str:
        return f"{self.begins:%H:%M}–{self.ends:%H:%M}"


def hours_in(text: str) -> tuple[time, time, tuple[str, ...]]:
    return time(9), time(17), ("MO", "TU", "WE", "TH", "FR")
