"""How a cadence is filled in, said in words, and carried from the form to the button that saves it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

from rapidfuzz import process

from agenda.dates import time_in
from agenda.errors import BadInput
from agenda.recurrence import (
    NTH_NAMES,
    WEEKDAYS,
    Cadence,
    first_weekday,
    is_zone,
    monthly_rule,
    next_occurrences,
    weekly_rule,
)
from agenda.spoken import cadence_in
from agenda.touchpoints import Seat
from bot.reading import key_in
from bot.turns import Submission

RHYTHMS = {
    "weekly:1": "Every week",
    "weekly:2": "Every other week",
    "weekly:3": "Every third week",
    "weekly:4": "Every fourth week",
    **{f"monthly:{nth}": f"Monthly, on the {name} such weekday" for nth, name in NTH_NAMES.items()},
}


def rhythm_of(cadence: Cadence) -> tuple[str, tuple[str, ...], str]:
    """The form's rhythm and weekdays for a rule that they can say; any other rule stands in words."""
    parts = dict(part.split("=", 1) for part in cadence.rule.split(";"))
    days, nth = tuple(parts.get("BYDAY", "").split(",")), parts.get("BYDAY", "")[:-2]
    plain = set(parts) <= {"FREQ", "INTERVAL", "BYDAY"}
    if plain and parts["FREQ"] == "MONTHLY" and len(days) == 1 and "INTERVAL" not in parts and nth:
        monthly = f"monthly:{int(nth)}"
        if monthly in RHYTHMS:
            return monthly, (days[0][-2:],), ""
    weekly = f"weekly:{parts.get('INTERVAL', '1')}"
    if plain and parts["FREQ"] == "WEEKLY" and weekly in RHYTHMS and set(days) <= set(WEEKDAYS):
        return weekly, days, ""
    return "weekly:2", ("TU",), f"RRULE:{cadence.rule}"


def cadence_filled_in(submission: Submission, now: datetime) -> Cadence:
    """The cadence that was filled in. Raises `BadInput` beside every field that does not do."""
    wrong: dict[str, str] = {}
    rhythm, days, zone = submission.text("rhythm"), submission.several("weekdays"), submission.text("zone")
    words = submission.text("words")
    if rhythm not in RHYTHMS and not words:
        wrong["rhythm"] = "Choose one of the list."
    if words:
        pass
    elif not days or not set(days) <= set(WEEKDAYS):
        wrong["weekdays"] = "Choose at least one weekday."
    elif rhythm.startswith("monthly") and len(days) > 1:
        wrong["weekdays"] = "A monthly sync falls on one weekday; choose just one."
    if not is_zone(zone):
        wrong["zone"] = zone_hint(zone)
    at = time_in(submission.text("at"))
    if at is None:
        wrong["at"] = "Write it like 09:30."
    if wrong or at is None:
        raise BadInput("Please look at what is marked.", fields=wrong)
    if words:
        return cadence_beside(words, zone=zone, now=now, at=at)
    kind, every = rhythm.split(":")
    since = first_day(days, at, zone, now)
    rule = weekly_rule(int(every), days) if kind == "weekly" else monthly_rule(int(every), days[0])
    return Cadence(rule=rule, since=since, at=at, zone=zone)


def cadence_beside(words: str, *, zone: str, now: datetime, at: time) -> Cadence:
    """What the words say. Raises `BadInput` beside their field."""
    try:
        return cadence_in(words, zone=zone, now=now, at=at)
    except BadInput as error:
        raise BadInput(error.what, error.mend, fields={"words": str(error)}) from error


def first_day(days: Sequence[str], at: time, zone: str, now: datetime) -> date:
    """The first of these weekdays that is still ahead: from it "every other" is counted."""
    local = now.astimezone(ZoneInfo(zone))
    today = local.date() if local.time().replace(tzinfo=None) < at else local.date() + timedelta(days=1)
    return first_weekday(days, today)


def zone_hint(typed: str) -> str:
    """The zones that were probably meant."""
    close = process.extract(typed, sorted(available_timezones()), limit=3, score_cutoff=60)
    names = ", ".join(match[0] for match in close) or "Europe/Zurich, America/New_York, Asia/Singapore"
    return f"Write an IANA name; perhaps {names}."


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A cadence, where it counts and who sits where, before it is saved: it travels in the button that saves it.

    It is checked again there. That button may stand in the direct chat, so `home` travels along. `moves` is the touchpoint that
    is to live there from now on, if it does not yet; 0 if none is. `seen` is the mark of the touchpoint as it stood when this
    was filled in; empty where there was none.
    """

    cadence: Cadence
    home: str
    chairs: Mapping[Seat, tuple[str, ...]] = field(default_factory=dict)
    seen: str = ""
    moves: int = 0

    def written(self) -> str:
        """As a button carries it."""
        chairs = {seat.value: accounts[0] for seat, accounts in self.chairs.items()}
        when = (self.cadence.rule, self.cadence.since.isoformat(), f"{self.cadence.at:%H:%M}", self.cadence.zone)
        return json.dumps([when, chairs, self.home, self.seen, self.moves], separators=(",", ":"))

    @staticmethod
    def read(value: str) -> "Draft":
        """As it came back. Raises `BadInput` for one that we never wrote."""
        try:
            (rule, since, at, zone), chairs, home, seen, moves = json.loads(value)
            cadence = Cadence(rule=rule, since=date.fromisoformat(since), at=time.fromisoformat(at), zone=zone)
            next_occurrences(cadence, datetime.combine(cadence.since, cadence.at, UTC), 1)
            seated = {Seat(seat): (str(account),) for seat, account in chairs.items()}
            return Draft(cadence=cadence, home=str(home), chairs=seated, seen=str(seen), moves=key_in(str(moves)))
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise BadInput("That button belongs to an older card.", "Run “setup” again.") from error
