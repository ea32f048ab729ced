"""Worlds as they come, and how one is lived through: a touchpoint, its two people, and whenever it happens to be planned.

When somebody works is said here anew, and without the code that plans by it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st
from sqlalchemy import select, text

from agenda.calendars import Closing, HolidayPolicy, WorkCalendar
from agenda.recurrence import WEEKDAYS, local_time, to_instant
from agenda.syncs import SkipReason
from bot import outbox
from bot.cards import Card, ItemList, Paragraph
from storage import people, rows
from storage.syncs import Sync
from storage.touchpoints import Touchpoint
from storage.unit_of_work import Record, transaction, unit_of_work
from tests.bot.diary import Diary, Message, Writer
from tests.bot.room import HOME

ZONES = ("Europe/Zurich", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Pacific/Auckland")
RULES = {  # and for how many days each is lived
    "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU": 24,
    "FREQ=WEEKLY;BYDAY=MO,TH": 10,
    "FREQ=WEEKLY;BYDAY=SU,FR": 10,
    "FREQ=DAILY": 4,
    "FREQ=MONTHLY;BYDAY=+1MO": 32,
    "FREQ=MONTHLY;BYMONTHDAY=-1": 32,
}
# Clocks change near each: in March and October in the north, in April and October in the south. And Easter, and a year's end.
SINCE = [date(year, *day) for year in (2031, 2035) for day in ((3, 3), (3, 24), (4, 2), (10, 20), (12, 15))]
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
NEVER = (datetime.max.replace(tzinfo=ZoneInfo("UTC")),) * 2
Down = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """A touchpoint, and when its people work: name to zone, hours and days."""

    touchpoint: dict[str, Any]
    closing: Closing
    hours: dict[str, tuple[str, time, time, tuple[str, ...]]]
    begins: datetime
    ends: datetime

    @property
    def calendar(self) -> WorkCalendar:
        place = {name: self.touchpoint[name] for name in ("country", "subdivision")}
        return WorkCalendar(closed=(self.closing,), **place)

    def works(self, name: str, instant: datetime) -> bool:
        """Is that person at work then, as their own clock and the calendar have it?"""
        zone, begins, ends, days = self.hours[name]
        local = instant.astimezone(ZoneInfo(zone))
        free = WEEKDAYS[local.weekday()] not in days or self.calendar.free(local.date())
        return not free and begins <= local.time() < ends

    def quarters(self, since: datetime, until: datetime) -> Iterator[datetime]:
        """All hours here begin and end at one of them."""
        quarter = since - timedelta(minutes=since.minute % 15, seconds=since.second, microseconds=since.microsecond)
        while quarter < until:
            yield max(quarter, since)
            quarter += 15 * MINUTE

    def works_between(self, name: str, since: datetime, until: datetime) -> bool:
        return any(self.works(name, quarter) for quarter in self.quarters(since, until))

    def begins_work_between(self, name: str, since: datetime, until: datetime) -> bool:
        """At the beginning of a working day, nudges go out for sure."""
        return any(self.works(name, one) and not self.works(name, one - MINUTE) for one in self.quarters(since, until))


@st.composite
def worlds(draw: st.DrawFn) -> World:
    rule, since, zone = draw(st.sampled_from(sorted(RULES))), draw(st.sampled_from(SINCE)), draw(st.sampled_from(ZONES))
    agenda_days = draw(st.integers(0, 3))
    country, subdivision = draw(st.sampled_from([("", ""), ("CH", "ZH"), ("US", "NY")]))
    closing = since + timedelta(days=draw(st.integers(0, 20)))
    begins = to_instant(datetime.combine(since, time(draw(st.integers(0, 23)))), zone)
    return World(
        touchpoint={
            "rule": rule,
            "since": since,
            "zone": zone,
            "at": draw(st.sampled_from([time(2, 30), time(8, 15), time(9, 30), time(15, 0), time(23, 45)])),
            "prompt_days": agenda_days + draw(st.integers(0, 3)),
            "agenda_days": agenda_days,
            "reminder_hours": draw(st.sampled_from([0, 4, 12])),
            "start_minutes": draw(st.sampled_from([0, 10])),
            "country": country,
            "subdivision": subdivision,
            "holiday_policy": draw(st.sampled_from(HolidayPolicy)),
        },
        closing=Closing(closing, closing + timedelta(days=draw(st.integers(0, 4)))),
        hours={name: draw(HOURS) for name in ("Sam", "Dana")},
        begins=begins,
        ends=begins + timedelta(days=RULES[rule]),
    )


HOURS = st.tuples(
    st.sampled_from(ZONES),
    st.sampled_from([time(7, 30), time(9)]),
    st.sampled_from([time(12), time(17)]),
    st.sampled_from([WEEKDAYS[:5], WEEKDAYS[1:4], (*WEEKDAYS[:4], WEEKDAYS[6])]),
)
SHARES = st.lists(st.floats(0, 1), min_size=1, max_size=6)
OUTAGES = st.none() | st.tuples(st.floats(0, 1), st.integers(10, 100))  # from when on, and for how many hours


@dataclass(slots=True, kw_only=True)
class Life:
    """A world, and the room in which it is lived. `known` says since when each sync was in the record."""

    world: World
    diary: Diary
    chairs: tuple[Writer, Writer]
    known: dict[int, datetime] = field(default_factory=dict)

    @classmethod
    def of(cls, world: World, now: datetime | None = None) -> "Life":
        diary = Diary(now=now or world.begins)
        chairs = (diary.person("Sam", world.hours["Sam"][0]), diary.person("Dana", world.hours["Dana"][0]))
        with transaction(diary.engine, writes=True) as session:
            organization_id = people.found_organization(session, "slack:T1", diary.now).key
        with unit_of_work(diary.engine, organization_id=organization_id, now=diary.now) as record:
            cio_id, ciso_id = (met(record, who, world) for who in chairs)
            one = Touchpoint(
                organization_id=organization_id,
                name="Sam and Dana",
                home=HOME,
                created_at=diary.now,
                cio_id=cio_id,
                ciso_id=ciso_id,
                **world.touchpoint,
            )
            one.close_on([world.closing])
            rows.add(record, one)
        return cls(world=world, diary=diary, chairs=chairs)

    def plan(self) -> None:
        outbox.plan_everything(self.diary.engine, lambda _organization: self.diary.now)
        for sync in self.syncs():
            self.known.setdefault(sync.key, self.diary.now)

    def passes(self, until: datetime, plans: Sequence[datetime], down: Down = NEVER) -> None:
        """Each message goes out when it falls due; it is planned at these moments; nothing happens while it is `down`."""
        self.diary.settle()
        while self.diary.now < until:
            self.diary.now = min([until, *(at for at in plans if at > self.diary.now), *self.diary._next_due()])
            if down[0] <= self.diary.now < down[1]:
                self.diary.now = down[1]
            if self.diary.now in (*plans, down[1]):
                self.plan()
            self.diary.settle()

    def syncs(self) -> list[Sync]:
        with transaction(self.diary.engine, writes=False) as session:
            found = list(session.execute(select(Sync).order_by(text("starts_at"))).scalars())
            session.expunge_all()
        return found

    def stood(self) -> list[Sync]:
        """Those that could have been held by now."""
        kept = (None, SkipReason.NOBODY)
        return [one for one in self.syncs() if one.skip_reason in kept and one.starts_at < self.diary.now - HOUR]

    def everything(self) -> dict[str, list[tuple[object, ...]]]:
        """All that a plan consists of."""
        with self.diary.engine.connect() as connection:
            return {
                table: [tuple(row) for row in connection.execute(text(f"SELECT * FROM {table} ORDER BY 1"))]
                for table in ("sync", "nudge", "delivery", "audit_event")
            }

    def asked(self, who: Writer, what: str, sync: Sync) -> list[Message]:
        """The messages that asked somebody this about that sync."""
        asking = (what, f"Our sync is on {local_time(sync.starts_at, who.profile.zone)}.")
        return [one for one in self.diary.messages if one.reader is who and asking in questions(one.posted.card)]

    def posted(self, kind: str, sync: Sync) -> list[Message]:
        return [one for one in self.diary.messages if one.kind == kind and one.posted.owed.subject_id == sync.id]


def met(record: Record, who: Writer, world: World) -> int:
    person = people.meet(record, who.account, name=who.profile.name, zone=who.profile.zone)
    _zone, person.begins, person.ends, days = world.hours[who.profile.name]
    person.days = ",".join(days)
    return person.key


def questions(card: Card) -> list[tuple[str, str]]:
    """What a message asks, alone or among others: title and detail."""
    listed = [(one.title, one.detail) for block in card.blocks if isinstance(block, ItemList) for one in block.items]
    return listed + [(card.title, block.text) for block in card.blocks[:1] if isinstance(block, Paragraph)]


def moments(world: World, shares: Sequence[float]) -> list[datetime]:
    """Somewhere in that world's time, in order."""
    return sorted(world.begins + (world.ends - world.begins) * share for share in shares)


def lived(world: World, shares: Sequence[float], outage: tuple[float, int] | None) -> tuple[Life, Down]:
    """Planned at its beginning, every other day or so, and whenever else it happens to be."""
    down = NEVER
    if outage:
        (since,) = moments(world, outage[:1])
        down = (since, since + outage[1] * HOUR)
    life = Life.of(world)
    life.plan()
    regular = [world.begins + n * 2 * DAY + 5 * HOUR for n in range((world.ends - world.begins).days // 2 + 1)]
    life.passes(world.ends, [*regular, *moments(world, shares)], down)
    return life, down
