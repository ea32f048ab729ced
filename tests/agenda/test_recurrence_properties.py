"""What holds for every cadence: held against a calendar walked day by day, and against dateutil's plain expansion."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import dropwhile, pairwise, takewhile
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from agenda.recurrence import WEEKDAYS, Cadence, occurrences, to_instant, wall_occurrences, weekly_rule
from agenda.rules import days, read

# Years in which a zone's clocks change: by half an hour at Lord Howe, around Ramadan in Casablanca, at midnight
# in São Paulo and Tehran, once for good by a quarter of an hour in Kathmandu, and by a whole day in Apia.
YEARS = {
    "UTC": (2011, 2036),
    "Europe/Zurich": (2011, 2036),
    "America/New_York": (2011, 2036),
    "Australia/Lord_Howe": (2011, 2036),
    "Asia/Kathmandu": (1985, 1987),
    "America/Sao_Paulo": (2010, 2019),
    "Africa/Casablanca": (2012, 2036),
    "Pacific/Apia": (2010, 2013),
    "Asia/Tehran": (2010, 2022),
}
WINDOW = timedelta(days=200)
DAY = timedelta(days=1)
quick = settings(max_examples=60, deadline=None)

# A rule, and whether one that is counted from its first argument falls on its second: told from the calendar alone.
OnDay = Callable[[date, date], bool]
weekday_numbers = st.sets(st.integers(0, 6), min_size=1)


def week_of(day: date) -> int:
    return (day.toordinal() - 1) // 7


def every_days(every: int) -> tuple[str, OnDay]:
    return f"FREQ=DAILY;INTERVAL={every}", lambda since, day: (day - since).days % every == 0


def every_weeks(every: int, on: set[int]) -> tuple[str, OnDay]:
    rule = weekly_rule(every, [WEEKDAYS[weekday] for weekday in on])
    return rule, lambda since, day: day.weekday() in on and (week_of(day) - week_of(since)) % every == 0


def of_months(every: int, rule: str, falls: Callable[[date], bool]) -> tuple[str, OnDay]:
    def on_day(since: date, day: date) -> bool:
        return falls(day) and ((day.year - since.year) * 12 + day.month - since.month) % every == 0

    return f"FREQ=MONTHLY;INTERVAL={every};{rule}", on_day


def nth_weekday(every: int, nth: int, weekday: int) -> tuple[str, OnDay]:
    return of_months(
        every,
        f"BYDAY={nth:+d}{WEEKDAYS[weekday]}",
        lambda day: day.weekday() == weekday and (day.day - 1) // 7 == nth - 1,
    )


def last_weekday(every: int, weekday: int) -> tuple[str, OnDay]:
    rule = f"BYDAY=-1{WEEKDAYS[weekday]}"
    return of_months(every, rule, lambda day: day.weekday() == weekday and (day + 7 * DAY).month != day.month)


def last_day(every: int) -> tuple[str, OnDay]:
    return of_months(every, "BYMONTHDAY=-1", lambda day: (day + DAY).month != day.month)


def month_day(every: int, number: int) -> tuple[str, OnDay]:
    return of_months(every, f"BYMONTHDAY={number}", lambda day: day.day == number)


def last_working_day(every: int) -> tuple[str, OnDay]:
    def falls(day: date) -> bool:
        rest = [day + n * DAY for n in range(1, 4)]
        return day.weekday() < 5 and not any(later.month == day.month and later.weekday() < 5 for later in rest)

    return of_months(every, "BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", falls)


def yearly(month: int, number: int) -> tuple[str, OnDay]:
    rule = f"FREQ=YEARLY;BYMONTH={month};BYMONTHDAY={number}"
    return rule, lambda _, day: (day.month, day.day) == (month, number)


few = st.integers(1, 5)
simple_rules: st.SearchStrategy[tuple[str, OnDay]] = st.one_of(
    st.builds(every_days, st.integers(1, 10)),
    st.builds(every_weeks, st.integers(1, 6), weekday_numbers),
    st.builds(nth_weekday, few, st.integers(1, 4), st.integers(0, 6)),
    st.builds(last_weekday, few, st.integers(0, 6)),
    st.builds(last_day, few),
    st.builds(month_day, few, st.integers(1, 31)),
    st.builds(last_working_day, few),
    st.builds(yearly, st.integers(1, 12), st.integers(1, 28)),
)


@st.composite
def asked(draw: st.DrawFn) -> tuple[Cadence, datetime, OnDay]:
    """A cadence, a moment to ask it at, and the calendar's own answer. Half of the times lie where clocks change."""
    rule, falls = draw(simple_rules)
    zone = draw(st.sampled_from(sorted(YEARS)))
    first, last = (datetime(year, 1, 1, tzinfo=UTC) for year in YEARS[zone])
    after = first + (last - first) * draw(st.floats(0, 1))
    night = st.builds(time, st.integers(0, 3), st.sampled_from([0, 5, 15, 30, 59]))
    at = draw(st.one_of(night, st.builds(time, st.integers(0, 23), st.integers(0, 59))))
    since = after.date() - timedelta(days=draw(st.integers(-60, 4000)))
    return Cadence(rule=rule, since=since, at=at, zone=zone), after, falls


def shown_at(wall: datetime, zone: str) -> datetime:
    """When clocks there first show it. If they never do: as long behind the gap's beginning as the wall time is."""
    as_utc = wall.replace(tzinfo=UTC)
    before, after = ((as_utc + hours).astimezone(ZoneInfo(zone)).utcoffset() for hours in (-1.1 * DAY, 1.1 * DAY))
    assert before is not None
    assert after is not None
    shown = [
        as_utc - offset
        for offset in (before, after)
        if (as_utc - offset).astimezone(ZoneInfo(zone)).replace(tzinfo=None) == wall
    ]
    return min(shown, default=as_utc - before)


def up_to(end: datetime, found: Iterator[datetime]) -> list[datetime]:
    return list(takewhile(lambda instant: instant <= end, found))


@quick
@given(asked())
def test_no_occurrence_is_missing_and_none_is_made_up(one: tuple[Cadence, datetime, OnDay]):
    cadence, after, falls = one
    end = after + WINDOW
    calendar = (after.date() + n * DAY for n in range(-3, WINDOW.days + 4))
    dates = [day for day in calendar if day >= cadence.since and falls(cadence.since, day)]
    expected = {shown_at(datetime.combine(day, cadence.at), cadence.zone) for day in dates}
    assert up_to(end, occurrences(cadence, after)) == sorted(instant for instant in expected if after < instant <= end)


@quick
@given(asked())
def test_they_come_in_order_later_than_the_moment_and_at_their_wall_time(one: tuple[Cadence, datetime, OnDay]):
    cadence, after, _ = one
    zone = ZoneInfo(cadence.zone)
    walls = list(takewhile(lambda wall: wall.date() < after.date() + WINDOW, wall_occurrences(cadence, after)))
    instants = [to_instant(wall, cadence.zone) for wall in walls]
    assert all(instant > after for instant in instants)
    assert all(earlier < later for earlier, later in pairwise(instants))
    for wall, instant in zip(walls, instants, strict=True):
        assert wall.time() == cadence.at
        read_there = instant.astimezone(zone)
        if read_there.replace(tzinfo=None) != wall:
            behind, ahead = ((instant + hours).astimezone(zone).utcoffset() for hours in (-1.1 * DAY, 1.1 * DAY))
            assert ahead - behind == read_there.replace(tzinfo=None) - wall > timedelta()


@quick
@given(asked(), st.floats(0, 1))
def test_asking_twice_in_parts_is_asking_once(one: tuple[Cadence, datetime, OnDay], part: float):
    cadence, after, _ = one
    middle, end = after + WINDOW * part, after + WINDOW
    whole = up_to(end, occurrences(cadence, after))
    assert up_to(middle, occurrences(cadence, after)) + up_to(end, occurrences(cadence, middle)) == whole
    for instant in whole[:3]:
        assert up_to(end, occurrences(cadence, instant)) == whole[whole.index(instant) + 1 :]


def test_a_day_that_never_was_is_the_next_one_and_comes_once():
    """Samoa went from Thursday 29 to Saturday 31 December 2011."""
    friday = date(2011, 12, 30)
    for rule, dates in (("FREQ=DAILY", ["29", "31", "01"]), ("FREQ=WEEKLY;BYDAY=FR", ["31", "06", "13"])):
        cadence = Cadence(rule=rule, since=friday - DAY, at=time(9, 30), zone="Pacific/Apia")
        found = occurrences(cadence, datetime(2011, 12, 29, tzinfo=UTC))
        assert [f"{next(found).astimezone(ZoneInfo('Pacific/Apia')):%d}" for _ in range(3)] == dates


def test_who_asks_just_behind_a_gap_still_hears_of_what_it_moved():
    """At 02:00 on that Saturday, Friday's sync of 09:30 is seven and a half hours ahead."""
    fridays = Cadence(rule="FREQ=WEEKLY;BYDAY=FR", since=date(2011, 12, 1), at=time(9, 30), zone="Pacific/Apia")
    two_in_the_morning = datetime(2011, 12, 30, 12, tzinfo=UTC)
    assert next(occurrences(fridays, two_in_the_morning)) == two_in_the_morning + timedelta(hours=7.5)


@pytest.mark.parametrize(("begins", "august"), [("MO", [5, 10, 19, 24]), ("SU", [5, 17, 19, 31])])
def test_every_other_week_depends_on_the_day_that_weeks_begin_on(begins: str, august: list[int]):
    """RFC 5545's own example (section 3.8.5.3)."""
    rule = read(f"FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST={begins}")
    assert [day.day for day in days(rule, date(1997, 8, 5), date(1997, 8, 5))] == august


def test_bysetpos_counts_whole_periods_also_the_first():
    """Of a week that begins before the rule too; dateutil does so for months, and for weeks counts from the first day."""
    rule, wednesday = read("FREQ=WEEKLY;BYDAY=MO,TU,WE;BYSETPOS=1"), date(2031, 3, 5)
    assert next(days(rule, wednesday, wednesday)) == date(2031, 3, 10)


def listed(numbers: list[int], most: int = 4) -> st.SearchStrategy[str]:
    """`1,15,-1`."""
    return st.lists(st.sampled_from(numbers), min_size=1, max_size=most, unique=True).map(
        lambda chosen: ",".join(map(str, chosen))
    )


def rule_of(freq: str, **choices: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """That FREQ, and any of these parts."""
    parts = [st.one_of(st.just(""), choice.map(f";{name}={{}}".format)) for name, choice in choices.items()]
    return st.tuples(*parts).map(lambda chosen: f"FREQ={freq}{''.join(chosen)}")


some_weekdays = st.lists(st.sampled_from(WEEKDAYS), min_size=1, max_size=5, unique=True).map(",".join)
nths = st.sampled_from(
    ["+1", "+2", "+3", "+4", "+5", "-1", "-2"]
)  # "MO,+1MO" is all Mondays, which dateutil gets wrong
nth_weekdays = st.lists(st.builds("{}{}".format, nths, st.sampled_from(WEEKDAYS)), min_size=1, max_size=4).map(
    lambda chosen: ",".join(sorted(set(chosen)))
)
positions = st.builds("{};BYSETPOS={}".format, some_weekdays, listed([1, 2, 3, -1, -2], 2))
every, months, month_days = few.map(str), listed([*range(1, 13)]), listed([*range(1, 29), -1, -2])
any_rule = st.one_of(
    rule_of("DAILY", INTERVAL=every, BYMONTH=months, BYDAY=some_weekdays),
    rule_of("WEEKLY", INTERVAL=every, BYDAY=some_weekdays, WKST=st.sampled_from(WEEKDAYS), COUNT=st.just("9")),
    rule_of("MONTHLY", INTERVAL=every, BYMONTHDAY=month_days, COUNT=st.just("5")),
    rule_of("MONTHLY", INTERVAL=every, BYDAY=nth_weekdays | positions),
    rule_of("YEARLY", INTERVAL=every, BYMONTH=months, BYMONTHDAY=month_days),
    rule_of("YEARLY", BYMONTH=months, BYDAY=nth_weekdays | positions),
    rule_of("YEARLY", BYYEARDAY=listed([*range(1, 366), -1, -365])),
    # Not week 52: dateutil miscounts the year before, and forgets 1 January 2022. The calendar itself is asked below.
    st.builds("FREQ=YEARLY;BYWEEKNO={};BYDAY={}".format, listed([*range(1, 52), -1, -2]), some_weekdays),
)


@quick
@given(any_rule, st.dates(date(2020, 1, 1), date(2031, 12, 31)), st.integers(-50, 1200))
def test_a_rules_days_are_those_of_dateutils_plain_expansion(rule: str, since: date, behind: int):
    start = since + behind * DAY
    through = start + 400 * DAY
    plain = (moment.date() for moment in rrulestr(rule, dtstart=datetime.combine(since, time.min)))
    expected = dropwhile(lambda day: day < start, takewhile(lambda day: day <= through, plain))
    assert list(days(read(rule), since, start, through)) == list(expected)


@quick
@given(
    st.lists(st.integers(1, 53), min_size=1, max_size=3, unique=True),
    st.lists(st.sampled_from(WEEKDAYS), min_size=1, max_size=5, unique=True),
    st.dates(date(2020, 1, 1), date(2031, 12, 31)),
)
def test_the_days_of_a_week_by_its_number_are_those_of_the_iso_calendar(
    weeks: list[int], named: list[str], since: date
):
    rule = f"FREQ=YEARLY;BYWEEKNO={','.join(map(str, weeks))};BYDAY={','.join(named)}"
    through = since + 400 * DAY
    year = (since + number * DAY for number in range(401))
    expected = [day for day in year if day.isocalendar().week in weeks and list(WEEKDAYS)[day.weekday()] in named]
    assert list(days(read(rule), since, since, through)) == expected
