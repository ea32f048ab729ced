"""When syncs fall: an RFC 5545 recurrence rule, expanded as wall time and only then given its zone.

So a sync at 09:30 stays at 09:30 over a change of clocks. A wall time that does not exist moves forward by the gap, and one
that exists twice is the first (RFC 5545 section 3.3.5): that is what attaching a `ZoneInfo` with `fold=0` does.
"""

from calendar import month_name
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo, available_timezones

from dateutil.rrule import rrulestr

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
WEEKDAY_NAMES = dict(
    zip(WEEKDAYS, ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"), strict=True)
)
NTH_NAMES = {1: "first", 2: "second", 3: "third", 4: "fourth", -1: "last"}
EVERY_NAMES = {1: "Every", 2: "Every other", 3: "Every third", 4: "Every fourth"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cadence:
    """`rule` is an RRULE's value (`FREQ=WEEKLY;INTERVAL=2;BYDAY=TU`), counted from `since`; `at` is wall time in `zone`."""

    rule: str
    since: date
    at: time
    zone: str


def is_zone(name: str) -> bool:
    """Is it the name of an IANA time zone that this machine knows?"""
    return name in available_timezones()


def weekly_rule(every: int, weekdays: Sequence[str]) -> str:
    """Every `every` weeks on these days (`MO` … `SU`)."""
    ordered = sorted(set(weekdays), key=WEEKDAYS.index)
    return f"FREQ=WEEKLY;INTERVAL={every};BYDAY={','.join(ordered)}"


def monthly_rule(nth: int, weekday: str) -> str:
    """On the `nth` such weekday of each month; -1 is the last."""
    return f"FREQ=MONTHLY;BYDAY={nth:+d}{weekday}"


def first_weekday(weekdays: Sequence[str], on_or_after: date) -> date:
    """The first of these days: where a rule is counted from, so that "every other Tuesday" begins with the next one."""
    return next(
        day for day in (on_or_after + timedelta(days=n) for n in range(7)) if WEEKDAYS[day.weekday()] in weekdays
    )


def to_instant(wall: datetime, zone: str) -> datetime:
    """The UTC instant of a naive wall time."""
    return wall.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def wall_occurrences(cadence: Cadence, after: datetime) -> Iterator[datetime]:
    start = datetime.combine(cadence.since, cadence.at)
    rule = rrulestr(cadence.rule, dtstart=start)
    wall_after = after.astimezone(ZoneInfo(cadence.zone)).replace(tzinfo=None) - timedelta(days=1)
    for wall in rule.xafter(max(wall_after, start), inc=True):
        if to_instant(wall, cadence.zone) > after:
            yield wall


def occurrences(cadence: Cadence, after: datetime) -> Iterator[datetime]:
    """Every occurrence later than `after`, as UTC instants, in order and without end unless the rule ends."""
    start = datetime.combine(cadence.since, cadence.at)
    rule = rrulestr(cadence.rule, dtstart=start)
    # One day of slack: a wall time may lie up to 14 hours from its instant, and a gap may move it.
    wall_after = after.astimezone(ZoneInfo(cadence.zone)).replace(tzinfo=None) - timedelta(days=1)
    for wall in rule.xafter(max(wall_after, start), inc=True):
        instant = to_instant(wall, cadence.zone)
        if instant > after:
            yield instant


def next_occurrences(cadence: Cadence, after: datetime, count: int) -> list[datetime]:
    """The next `count` of them, or fewer where the rule ends."""
    return list(islice(occurrences(cadence, after), count))


def working_days_before(instant: datetime, days: int, zone: str) -> datetime:
    """The same wall time `days` working days (Monday to Friday) earlier in that zone."""
    wall = instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    while days > 0:
        wall -= timedelta(days=1)
        if wall.weekday() < 5:
            days -= 1
    return to_instant(wall, zone)


def describe(cadence: Cadence) -> str:
    """The rule in one sentence: `Every other Tuesday at 09:30, Europe/Zurich`."""
    parts = dict(part.split("=", 1) for part in cadence.rule.split(";"))
    when = f"at {cadence.at:%H:%M}, {cadence.zone}"
    days = parts.get("BYDAY", "")
    if parts["FREQ"] == "MONTHLY":
        return f"The {NTH_NAMES[int(days[:-2])]} {WEEKDAY_NAMES[days[-2:]]} of each month {when}"
    every = int(parts.get("INTERVAL", "1"))
    if days == "MO,TU,WE,TH,FR" and every == 1:
        return f"Every weekday {when}"
    names = in_words([WEEKDAY_NAMES[day] for day in days.split(",")])
    if every in EVERY_NAMES:
        return f"{EVERY_NAMES[every]} {names} {when}"
    return f"Every {every} weeks on {names} {when}"


def in_words(names: Sequence[str]) -> str:
    """`Monday`, `Monday and Friday`, `Monday, Wednesday and Friday`."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def local_time(instant: datetime, zone: str) -> str:
    """As a person in that zone reads it: `Tue 3 March, 09:30`."""
    wall = instant.astimezone(ZoneInfo(zone))
    return f"{local_day(instant, zone)}, {wall:%H:%M}"


def local_date(instant: datetime, zone: str) -> date:
    """The day of an instant in that zone."""
    return instant.astimezone(ZoneInfo(zone)).date()


def local_day(instant: datetime, zone: str) -> str:
    """`Tue 3 March`."""
    wall = instant.astimezone(ZoneInfo(zone))
    return f"{WEEKDAY_NAMES[WEEKDAYS[wall.weekday()]][:3]} {wall.day} {month_name[wall.month]}"
