"""A cadence that is given as RFC 5545 lines: `RRULE:FREQ=…`, its bare value, or both `DTSTART` and `RRULE`.

The rule is taken as it is, but for what a cadence keeps elsewhere: the time of day, the zone, and an UNTIL in UTC.
"""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from agenda import rules
from agenda.errors import BadInput
from agenda.recurrence import Cadence, ends_at, is_zone, to_instant, to_wall

HORIZON = timedelta(days=366 * 40)  # A 29 February on a given weekday comes every 28 years, but for 1900, 2100, …


def is_rule(text: str) -> bool:
    """Is it written as a calendar writes it, rather than as people talk?"""
    return text.lstrip().upper().startswith(("RRULE", "DTSTART")) or "FREQ=" in text.upper()


def begun(rule: str, *, zone: str, now: datetime, at: time, start: date | None = None) -> Cadence:
    """The cadence that counts from the rule's first day from `start` on, or whose time is still ahead of `now`.

    So "every other Tuesday" begins with the next Tuesday, and "every two months" with the next month that has the day.
    Raises `BadInput` if no day is left.
    """
    start = start or _first_ahead(now, at, zone)
    every = replace(rules.read(rule), interval=1, count=None)
    since = next(rules.days(every, start, start, start + HORIZON), None)
    if since is None:
        raise _never()
    return _still_ahead(Cadence(rule=rule, since=since, at=at, zone=zone), now)


def _never() -> BadInput:
    return BadInput("That falls on no day from now on.", "Look at its days, and at its end if it has one.")


def _first_ahead(now: datetime, at: time, zone: str) -> date:
    """Today where `at` is still to come, else tomorrow."""
    today = to_wall(now, zone).date()
    return today if to_instant(datetime.combine(today, at), zone) > now else today + timedelta(days=1)


def cadence_in_lines(text: str, *, zone: str, now: datetime, at: time) -> Cadence:
    """Takes DTSTART's day, time and zone, and BYHOUR and BYMINUTE. Raises `BadInput`, which names what will not do."""
    lines = _lines(text)
    first = _first_of(lines["DTSTART"], zone) if "DTSTART" in lines else None
    parts = rules.parts_of(lines["RRULE"][-1].upper())
    at = _time_of_day(parts, first.at if first and first.at else None, at)
    zone = first.zone if first else zone
    until = rules.read(_joined(parts)).until
    if until:
        parts["UNTIL"] = f"{to_wall(until, zone) if until.tzinfo else until:%Y%m%dT%H%M%S}"
    rule = _joined(parts)
    if first is None:
        return begun(rule, zone=zone, now=now, at=at)
    return _still_ahead(Cadence(rule=rule, since=first.day, at=at, zone=zone), now)


def _joined(parts: dict[str, str]) -> str:
    return ";".join(f"{part}={value}" for part, value in parts.items())


def _still_ahead(cadence: Cadence, now: datetime) -> Cadence:
    start = max(cadence.since, _first_ahead(now, cadence.at, cadence.zone))
    rule = rules.read(cadence.rule)
    ahead = next(rules.days(rule, cadence.since, start, start + HORIZON), None)
    if ahead is None or datetime.combine(ahead, cadence.at) > ends_at(rule, cadence.zone):
        raise _never()
    return cadence


def _lines(text: str) -> dict[str, list[str]]:
    """The lines by name, each as its parameters and, last, its value. A rule has no blanks, so any blank ends a line."""
    found: dict[str, list[str]] = {}
    for line in text.split():
        head, colon, value = line.partition(":")
        name, *parameters = head.upper().split(";")[:1] + head.split(";")[1:] if colon else ["RRULE"]
        if name not in {"RRULE", "DTSTART"} or name in found:
            once = "more than one " if name in found else ""
            raise BadInput(
                f"I cannot take {once}{name[:40]}.", "Give one RRULE line, and DTSTART before it if you like."
            )
        found[name] = [*parameters, value if colon else line]
    if "RRULE" not in found:
        raise BadInput("There is no rule in it.", "Add a line like RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=TU.")
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class First:
    """What DTSTART says: a day, perhaps its time, and the zone of both."""

    day: date
    at: time | None
    zone: str


def _first_of(line: list[str], zone: str) -> First:
    """RFC 5545 section 3.8.2.4: a day, a time with TZID or without, or (with a Z) a time in UTC."""
    *parameters, value = line
    for parameter in parameters:
        name, _, named = parameter.partition("=")
        if name.upper() == "TZID":
            zone = named
    zone = "UTC" if value.upper().endswith("Z") else zone
    if not is_zone(zone):
        raise BadInput(f"I do not know the time zone {zone[:64]}.", "Use an IANA name, like TZID=Europe/Zurich.")
    shape = "%Y%m%d" if len(value) == 8 else "%Y%m%dT%H%M%S"
    try:
        first = datetime.strptime(value.upper().removesuffix("Z"), shape).replace(tzinfo=UTC)
    except ValueError:
        raise BadInput(f"DTSTART:{value[:40]} is no time.", "Write it like DTSTART:20310304T093000.") from None
    return First(day=first.date(), at=None if len(value) == 8 else first.time().replace(second=0), zone=zone)


def _time_of_day(parts: dict[str, str], first: time | None, at: time) -> time:
    """Takes BYHOUR, BYMINUTE and BYSECOND out of the parts: a cadence keeps its time of day beside its rule."""
    hour, minute, second = (_only(parts, part) for part in ("BYHOUR", "BYMINUTE", "BYSECOND"))
    if second:
        raise BadInput(f"BYSECOND={second} is too exact.", "A sync begins on the full minute; leave BYSECOND out.")
    base = first or (at if hour is None else time(0))
    try:
        return time(base.hour if hour is None else hour, base.minute if minute is None else minute)
    except ValueError:
        raise BadInput(f"There is no time {hour or 0}:{minute or 0:02}.", "Look at BYHOUR and BYMINUTE.") from None


def _only(parts: dict[str, str], part: str) -> int | None:
    """The part's one number, if it is there."""
    value = parts.pop(part, None)
    if value is None:
        return None
    if "," in value:
        raise BadInput(
            f"{part}={value} falls more than once a day.", "Name one time; a second one is a second touchpoint."
        )
    if not value.isdecimal() or len(value) > 2:
        raise BadInput(f"{part}={value} is not a number.", "Write it like BYHOUR=9;BYMINUTE=30.")
    return int(value)
