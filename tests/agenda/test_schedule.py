"""From a rule to real syncs: what each policy makes of a holiday, and what holds for every calendar."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agenda.calendars import Closing, HolidayPolicy, WorkCalendar
from agenda.recurrence import Cadence, to_instant, to_wall, wall_occurrences
from agenda.schedule import Meeting, falls, meeting, meetings, wall_of
from tests.agenda.test_recurrence import cadences, moments

ZURICH = "Europe/Zurich"
SWISS = WorkCalendar(country="CH", subdivision="ZH")
NEXT, PREVIOUS, SKIP = HolidayPolicy.NEXT, HolidayPolicy.PREVIOUS, HolidayPolicy.SKIP


def every(days: str, *, zone: str = ZURICH, at: str = "09:30") -> Cadence:
    """Each week on these days, from Monday 3 March 2031 on."""
    rule = f"FREQ=WEEKLY;BYDAY={days}"
    return Cadence(rule=rule, since=date(2031, 3, 3), at=time.fromisoformat(at), zone=zone)


MONDAYS = every("MO")


def closed(*days: str) -> WorkCalendar:
    return WorkCalendar(
        closed=tuple(Closing(date.fromisoformat(day), date.fromisoformat(day), "Retreat") for day in days)
    )


def told(one: Meeting, zone: str = ZURICH) -> tuple[str, str, str]:
    """By the rule, in truth, and why."""
    really = f"{to_wall(one.starts_at, zone):%a %m-%d %H:%M}" if one.starts_at else "skipped"
    return one.occurrence, really, one.why


def on(cadence: Cadence, calendar: WorkCalendar, policy: HolidayPolicy, wall: str) -> str:
    return told(meeting(cadence, calendar, policy, datetime.fromisoformat(wall)), cadence.zone)[1]


def test_an_ordinary_day_is_held_as_the_rule_says():
    assert told(meeting(MONDAYS, SWISS, NEXT, datetime.fromisoformat("2031-03-03 09:30"))) == (
        "2031-03-03T09:30",
        "Mon 03-03 09:30",
        "",
    )


@pytest.mark.parametrize(
    ("policy", "really"), [(NEXT, "Tue 04-15 09:30"), (PREVIOUS, "Thu 04-10 09:30"), (SKIP, "skipped")]
)
def test_easter_monday(policy: HolidayPolicy, really: str):
    """Its neighbours are holidays too: the Friday before it, and then a weekend."""
    found = list(islice(meetings(MONDAYS, SWISS, policy, after=datetime(2031, 4, 7, 12, tzinfo=UTC)), 2))
    assert [told(one) for one in found] == [
        ("2031-04-14T09:30", really, "Easter Monday"),
        ("2031-04-21T09:30", "Mon 04-21 09:30", ""),
    ]


def test_a_company_closing_counts_like_a_holiday_and_gives_its_name():
    assert told(meeting(MONDAYS, closed("2031-03-10"), NEXT, datetime.fromisoformat("2031-03-10 09:30"))) == (
        "2031-03-10T09:30",
        "Tue 03-11 09:30",
        "Retreat",
    )


def test_it_moves_over_all_days_on_which_nobody_works():
    long = WorkCalendar(closed=(Closing(date(2031, 3, 10), date(2031, 3, 13), "Retreat"),))
    assert on(MONDAYS, long, NEXT, "2031-03-10 09:30") == "Fri 03-14 09:30"
    assert on(MONDAYS, long, PREVIOUS, "2031-03-10 09:30") == "Fri 03-07 09:30"


def test_one_that_would_meet_its_neighbour_is_left_out_and_says_why():
    """A Monday moved to Tuesday, where another sync is."""
    both, calendar = every("MO,TU"), closed("2031-03-10")
    assert told(meeting(both, calendar, NEXT, datetime.fromisoformat("2031-03-10 09:30")))[1:] == ("skipped", "Retreat")
    assert on(both, calendar, PREVIOUS, "2031-03-10 09:30") == "Fri 03-07 09:30", "there is room before it"
    assert on(both, calendar, NEXT, "2031-03-11 09:30") == "Tue 03-11 09:30", "the neighbour stays where it is"


def test_one_that_would_meet_the_one_before_it_is_left_out_too():
    assert on(every("MO,TU"), closed("2031-03-11"), PREVIOUS, "2031-03-11 09:30") == "skipped"
    assert on(every("MO,TU"), closed("2031-03-11"), NEXT, "2031-03-11 09:30") == "Wed 03-12 09:30"


def test_one_that_would_overtake_its_neighbour_is_left_out():
    """Monday to Wednesday are closed; Tuesday's neighbour stands between Monday and the Thursday to which it would move."""
    long = WorkCalendar(closed=(Closing(date(2031, 3, 10), date(2031, 3, 12), "Retreat"),))
    assert on(every("MO,TU"), long, NEXT, "2031-03-10 09:30") == "skipped"
    assert on(every("MO,TU"), long, NEXT, "2031-03-11 09:30") == "Thu 03-13 09:30"


def test_a_weekend_that_the_rule_names_is_no_holiday():
    assert on(every("SA"), SWISS, NEXT, "2031-03-08 09:30") == "Sat 03-08 09:30"


def test_it_keeps_its_wall_time_over_a_change_of_clocks():
    """Friday is winter time, Monday is summer time."""
    found = meeting(every("FR"), closed("2031-03-28"), NEXT, datetime.fromisoformat("2031-03-28 09:30"))
    assert found.starts_at == datetime(2031, 3, 31, 7, 30, tzinfo=UTC)


def test_a_wall_time_in_a_gap_is_held_after_it_and_keeps_its_name():
    daily = Cadence(rule="FREQ=DAILY", since=date(2031, 3, 3), at=time(2, 30), zone=ZURICH)
    found = next(meetings(daily, WorkCalendar(), NEXT, after=datetime(2031, 3, 29, 12, tzinfo=UTC)))
    assert told(found)[:2] == ("2031-03-30T02:30", "Sun 03-30 03:30")


def test_the_same_moment_is_not_later_than_itself():
    first = next(meetings(MONDAYS, SWISS, NEXT, after=datetime(2031, 3, 3, tzinfo=UTC)))
    assert first.starts_at is not None
    assert next(meetings(MONDAYS, SWISS, NEXT, after=first.starts_at)).occurrence == "2031-03-10T09:30"


@pytest.mark.parametrize(
    ("wall", "is_one"),
    [
        ("2031-03-10 09:30", True),
        ("2031-03-10 09:31", False),
        ("2031-03-11 09:30", False),
        ("2031-02-24 09:30", False),  # Before the rule began.
    ],
)
def test_which_wall_times_the_rule_gives(wall: str, is_one: bool):
    assert falls(MONDAYS, datetime.fromisoformat(wall)) is is_one


def test_a_rule_that_has_ended_gives_none():
    once = Cadence(rule="FREQ=WEEKLY;COUNT=1;BYDAY=MO", since=date(2031, 3, 3), at=time(9, 30), zone=ZURICH)
    assert falls(once, datetime.fromisoformat("2031-03-03 09:30"))
    assert not falls(once, datetime.fromisoformat("2031-03-10 09:30"))
    assert list(meetings(once, SWISS, NEXT, after=datetime(2031, 3, 3, 12, tzinfo=UTC))) == []


calendars = st.builds(
    lambda country, first, days: WorkCalendar(country=country, closed=(Closing(first, first + timedelta(days), "x"),)),
    st.sampled_from(["", "CH", "IL", "JP", "US"]),
    st.dates(date(2024, 1, 1), date(2037, 1, 1)),
    st.integers(0, 40),
)


@settings(deadline=None)  # The first to ask for a country waits until its holidays are loaded.
@given(cadences, calendars, st.sampled_from(HolidayPolicy), moments)
def test_whatever_the_rule_every_occurrence_is_told_once_in_order_and_on_a_working_day(
    cadence: Cadence, calendar: WorkCalendar, policy: HolidayPolicy, after: datetime
):
    found = list(islice(meetings(cadence, calendar, policy, after=after), 12))
    walls = [wall_of(one.occurrence) for one in found]
    assert walls == list(islice(wall_occurrences(cadence, after), 12)), "none is missing, none is there twice"
    held = [one.starts_at for one in found if one.starts_at]
    assert all(earlier < later for earlier, later in pairwise(held)), "none meets or overtakes another"
    for one, wall in zip(found, walls, strict=True):
        by_rule = to_instant(wall, cadence.zone)
        assert falls(cadence, wall)
        assert one.why == calendar.free(wall.date())
        if not one.why:
            assert one.starts_at == by_rule
        elif one.starts_at:
            assert calendar.is_working(to_wall(one.starts_at, cadence.zone).date())
            assert (one.starts_at > by_rule) is (policy is NEXT)
            assert policy is not SKIP
