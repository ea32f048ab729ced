"""When a nudge may reach a person: their hours, their zone, their leave, and what holds for all of them."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agenda.calendars import Closing, WorkCalendar
from agenda.errors import BadInput
from agenda.hours import WorkingHours, hours_in
from agenda.recurrence import WEEKDAYS, to_instant

ZONE = "Europe/Zurich"
EVA = WorkingHours(zone=ZONE)  # 9 to 5, Monday to Friday


def at(text: str, zone: str = ZONE) -> datetime:
    """`03-04 09:30` of 2031, as the clock on that wall shows it."""
    return to_instant(datetime.fromisoformat(f"2031-{text}"), zone)


def wall(instant: datetime, zone: str = ZONE) -> str:
    return f"{instant.astimezone(ZoneInfo(zone)):%a %m-%d %H:%M}"


def goes_out(wanted: str, now: str = "03-03 08:00", before: str = "03-31 09:00", person: WorkingHours = EVA) -> str:
    return wall(person.slot_for(at(wanted), now=at(now), before=at(before)))


def test_a_working_day_is_neither_weekend_nor_holiday_nor_leave():
    person = WorkingHours(
        zone=ZONE,
        calendar=WorkCalendar(country="CH", closed=(Closing(date(2031, 5, 2), date(2031, 5, 2)),)),
        away=((date(2031, 8, 4), date(2031, 8, 15)),),
    )
    assert person.works_on(date(2031, 3, 3))
    assert not person.works_on(date(2031, 3, 8)), "a Saturday"
    assert not person.works_on(date(2031, 8, 1)), "a public holiday"
    assert not person.works_on(date(2031, 5, 2)), "a closing"
    assert not person.works_on(date(2031, 8, 15)), "the last day of a leave"
    assert person.is_away(date(2031, 8, 4))
    assert not person.is_away(date(2031, 8, 16))


def test_who_works_on_sundays_works_on_sundays():
    assert WorkingHours(zone=ZONE, days=("SU", "MO"), calendar=WorkCalendar(country="CH")).works_on(date(2031, 3, 2))


def test_the_day_is_open_from_its_beginning_until_before_its_end():
    opened = [f"{hour}" for hour in ("08:59", "09:00", "16:59", "17:00") if EVA.is_open(at(f"03-03 {hour}"))]
    assert opened == ["09:00", "16:59"]


def test_the_next_opening():
    assert wall(EVA.next_open(at("03-03 10:10"))) == "Mon 03-03 10:10"
    assert wall(EVA.next_open(at("03-03 07:00"))) == "Mon 03-03 09:00"
    assert wall(EVA.next_open(at("03-07 17:00"))) == "Mon 03-10 09:00"


def test_hours_are_the_persons_own_over_a_change_of_clocks():
    """Zurich's clocks go forward on 30 March 2031."""
    assert EVA.next_open(at("03-28 18:00")) == datetime(2031, 3, 31, 7, 0, tzinfo=UTC)
    assert EVA.next_open(at("03-27 18:00")) == datetime(2031, 3, 28, 8, 0, tzinfo=UTC)


def test_the_two_slots_of_a_day():
    assert [wall(slot) for slot in EVA.slots(date(2031, 3, 3))] == ["Mon 03-03 09:00", "Mon 03-03 13:00"]
    early = WorkingHours(zone=ZONE, begins=time(7, 30), ends=time(15, 20))
    assert [wall(slot) for slot in early.slots(date(2031, 3, 3))] == ["Mon 03-03 07:30", "Mon 03-03 11:15"]
    short = WorkingHours(zone=ZONE, begins=time(9, 5), ends=time(9, 15))
    assert [wall(slot) for slot in short.slots(date(2031, 3, 3))] == ["Mon 03-03 09:05"] * 2


def test_a_nudge_takes_the_last_slot_before_it_is_wanted():
    assert goes_out("03-05 12:59") == "Wed 03-05 09:00"
    assert goes_out("03-05 13:00") == "Wed 03-05 13:00"
    assert goes_out("03-05 23:00") == "Wed 03-05 13:00"
    assert goes_out("03-05 06:00") == "Wed 03-05 09:00"


def test_a_nudge_wanted_on_a_free_day_comes_before_it():
    assert goes_out("03-09 10:00") == "Fri 03-07 13:00"
    assert goes_out("03-09 10:00", now="03-07 14:00") == "Mon 03-10 09:00"
    on_leave = WorkingHours(zone=ZONE, away=((date(2031, 3, 5), date(2031, 3, 14)),))
    assert goes_out("03-12 10:00", person=on_leave) == "Tue 03-04 13:00"


def test_a_slot_that_has_passed_becomes_the_next_one():
    assert goes_out("03-03 09:00", now="03-03 09:00") == "Mon 03-03 09:00"
    assert goes_out("03-03 09:00", now="03-03 09:01") == "Mon 03-03 13:00"
    assert goes_out("03-03 09:00", now="03-03 13:01") == "Tue 03-04 09:00"


def test_a_slot_too_late_becomes_the_last_one_in_time():
    assert goes_out("03-05 13:00", before="03-05 13:00") == "Wed 03-05 09:00"
    assert goes_out("03-05 13:00", before="03-05 08:30") == "Tue 03-04 13:00"


def test_without_a_slot_in_time_lateness_beats_silence():
    assert goes_out("03-03 13:00", now="03-03 13:30", before="03-03 16:00") == "Mon 03-03 13:30"
    assert goes_out("03-03 13:00", now="03-03 18:00", before="03-04 08:00") == "Mon 03-03 18:00"
    assert goes_out("03-04 07:30", now="03-03 18:00", before="03-04 08:00") == "Tue 03-04 07:30"
    assert goes_out("03-04 10:00", now="03-03 18:00", before="03-04 08:00") == "Tue 03-04 07:59"
    assert goes_out("03-04 10:00", now="03-04 18:00", before="03-04 08:00") == "Tue 03-04 18:00"


def test_whoever_is_away_for_years_is_nudged_when_it_was_wanted():
    gone = WorkingHours(zone=ZONE, away=((date(2030, 1, 1), date(2039, 1, 1)),))
    assert goes_out("03-12 10:00", person=gone) == "Wed 03-12 10:00"
    assert wall(gone.next_open(at("03-12 10:00"))) == "Wed 03-12 10:00"
    assert wall(gone.hours_before(at("03-12 10:00"), 4)) == "Wed 03-12 06:00"


def test_working_hours_earlier():
    assert wall(EVA.hours_before(at("03-10 09:30"), 4)) == "Fri 03-07 13:30"
    assert wall(EVA.hours_before(at("03-10 09:30"), 0.5)) == "Mon 03-10 09:00"
    assert wall(EVA.hours_before(at("03-08 12:00"), 8)) == "Fri 03-07 09:00"
    assert wall(EVA.hours_before(at("03-10 09:30"), 0)) == "Mon 03-10 09:30"
    assert wall(EVA.hours_before(at("03-12 09:30"), 20)) == "Fri 03-07 13:30"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("8:30-17:00", "08:30–17:00, Monday to Friday"),
        ("9 to 5", "09:00–17:00, Monday to Friday"),
        ("9-5:30 weekdays", "09:00–17:30, Monday to Friday"),
        ("8-16 mon-thu", "08:00–16:00, Monday to Thursday"),
        ("10:00–18:00 sun-thu", "10:00–18:00, Sunday to Thursday"),
        ("mon, wed and fri 10-18", "10:00–18:00, Monday, Wednesday and Friday"),
        ("0830-1700 tue thu", "08:30–17:00, Tuesday and Thursday"),
        ("9am to 5pm daily", "09:00–17:00, every day"),
        ("Monday to Wednesday and Friday, 9.30 - 17.15", "09:30–17:15, Monday, Tuesday, Wednesday and Friday"),
        ("1200-2030", "12:00–20:30, Monday to Friday"),
    ],
)
def test_hours_as_people_type_them(typed: str, said: str):
    begins, ends, days = hours_in(typed)
    assert WorkingHours(zone=ZONE, begins=begins, ends=ends, days=days).describe() == said


@pytest.mark.parametrize("typed", ["", "mon-thu", "9", "24-25", "22-6", "9-5 9-5", "9-5 sometimes", "9-5 x"])
def test_what_are_no_hours_is_refused_with_examples(typed: str):
    with pytest.raises(BadInput, match="Write it like 8:30-17:00, 9 to 5, 8-16 Mon-Thu"):
        hours_in(typed)


def test_whoever_never_works_is_described_too():
    assert WorkingHours(zone=ZONE, days=()).describe() == "09:00–17:00, on no day"


ZONES = (
    "UTC",
    ZONE,
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Africa/Casablanca",
    "America/Sao_Paulo",
)
DST_YEARS = st.sampled_from((2017, 2018, 2024, 2031))  # Sao Paulo gave its summer time up in 2019
QUARTERS = st.integers(0, 95).map(lambda n: time(n // 4, n % 4 * 15))


@st.composite
def people(draw: st.DrawFn) -> tuple[WorkingHours, datetime]:
    """Anybody, and an instant near a year of theirs."""
    begins, ends = sorted(draw(st.lists(QUARTERS, min_size=2, max_size=2, unique=True)))
    start = date(draw(DST_YEARS), 1, 1) + timedelta(days=draw(st.integers(0, 364)))
    leaves = draw(st.lists(st.tuples(st.integers(-20, 40), st.integers(0, 25)), max_size=2))
    person = WorkingHours(
        zone=draw(st.sampled_from(ZONES)),
        begins=begins,
        ends=ends,
        days=tuple(draw(st.lists(st.sampled_from(WEEKDAYS), unique=True, max_size=7))),
        calendar=WorkCalendar(country=draw(st.sampled_from(("", "CH")))),
        away=tuple((start + timedelta(days=n), start + timedelta(days=n + length)) for n, length in leaves),
    )
    return person, datetime(start.year, start.month, start.day, tzinfo=UTC) + timedelta(
        minutes=draw(st.integers(0, 1439))
    )


AHEAD = st.integers(0, 45 * 24 * 60).map(lambda minutes: timedelta(minutes=minutes))
ANYWHERE = st.integers(-10 * 24 * 60, 60 * 24 * 60).map(lambda minutes: timedelta(minutes=minutes))


def slots_between(person: WorkingHours, now: datetime, before: datetime) -> list[datetime]:
    """By going through every day: the slow and plain way."""
    first = now.date() - timedelta(days=2)
    days = [first + timedelta(days=n) for n in range((before - now).days + 5)]
    found = {slot for day in days if person.works_on(day) for slot in person.slots(day) if person.is_open(slot)}
    return sorted(slot for slot in found if now <= slot < before)


@settings(max_examples=150, deadline=None)
@given(someone=people(), ahead=AHEAD, wishes=st.lists(ANYWHERE, min_size=2, max_size=6).map(sorted))
def test_every_nudge_finds_its_slot(someone: tuple[WorkingHours, datetime], ahead: timedelta, wishes: list[timedelta]):
    """Never before now, always in time, in working hours wherever that can be, at most twice a day, order kept."""
    person, now = someone
    before = now + ahead
    found = [person.slot_for(now + wish, now=now, before=before) for wish in wishes]
    assert found == sorted(found)
    assert all(slot >= now for slot in found)
    assert all(slot < before for slot in found) or before <= now
    possible = slots_between(person, now, before)
    if possible:
        assert set(found) <= set(possible)
        assert all(person.is_open(slot) for slot in found)
        days = [slot.astimezone(ZoneInfo(person.zone)).date() for slot in set(found)]
        assert all(days.count(day) <= 2 for day in days)


@settings(max_examples=100, deadline=None)
@given(someone=people(), days=st.integers(0, 30))
def test_slots_lie_in_the_day_and_in_order(someone: tuple[WorkingHours, datetime], days: int):
    person, now = someone
    day = now.date() + timedelta(days=days)
    first, second = person.slots(day)
    assert first <= second
    if person.works_on(day) and to_instant(datetime.combine(day, person.ends), person.zone) > first:
        assert person.is_open(first)
        assert person.is_open(second)


@settings(max_examples=100, deadline=None)
@given(someone=people(), hours=st.floats(0, 60))
def test_openings_and_hours_agree(someone: tuple[WorkingHours, datetime], hours: float):
    person, now = someone
    opened = person.next_open(now)
    assert opened >= now
    assert person.is_open(opened) or not person.days
    earlier = person.hours_before(now, hours)
    assert earlier <= now
    assert person.hours_before(now, hours + 1) < earlier or not person.days
