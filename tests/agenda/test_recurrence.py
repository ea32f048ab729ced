"""When syncs fall: rules as sentences, wall time over changes of clocks, and what holds for every cadence."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agenda.recurrence import (
    NTH_NAMES,
    WEEKDAYS,
    Cadence,
    describe,
    first_weekday,
    in_words,
    is_zone,
    local_day,
    local_time,
    monthly_rule,
    next_occurrences,
    to_instant,
    to_wall,
    wall_occurrences,
    weekly_rule,
)

ZURICH, NEW_YORK, LORD_HOWE = "Europe/Zurich", "America/New_York", "Australia/Lord_Howe"
ZONES = ("UTC", ZURICH, NEW_YORK, "Australia/Sydney", LORD_HOWE, "America/Santiago", "Africa/Cairo", "Asia/Kolkata")


def cadence(rule: str, *, since: date = date(2031, 3, 3), at: str = "09:30", zone: str = ZURICH) -> Cadence:
    return Cadence(rule=rule, since=since, at=time.fromisoformat(at), zone=zone)


def walls(one: Cadence, count: int, after: datetime | None = None) -> list[str]:
    """The next ones, as people in its zone read them."""
    begin = after or to_instant(datetime.combine(one.since, time.min), one.zone)
    found = next_occurrences(one, begin, count)
    return [f"{instant.astimezone(ZoneInfo(one.zone)):%a %Y-%m-%d %H:%M}" for instant in found]


def test_every_week():
    assert walls(cadence("FREQ=WEEKLY;INTERVAL=1;BYDAY=MO"), 3) == [
        "Mon 2031-03-03 09:30",
        "Mon 2031-03-10 09:30",
        "Mon 2031-03-17 09:30",
    ]


def test_every_other_tuesday_begins_with_the_next_one():
    monday = date(2031, 3, 3)
    since = first_weekday(["TU"], monday)
    assert walls(cadence(weekly_rule(2, ["TU"]), since=since), 3) == [
        "Tue 2031-03-04 09:30",
        "Tue 2031-03-18 09:30",
        "Tue 2031-04-01 09:30",
    ]


def test_several_days_a_week_are_written_in_the_weeks_order():
    rule = weekly_rule(1, ["FR", "MO", "FR"])
    assert rule == "FREQ=WEEKLY;INTERVAL=1;BYDAY=MO,FR"
    assert walls(cadence(rule), 3) == ["Mon 2031-03-03 09:30", "Fri 2031-03-07 09:30", "Mon 2031-03-10 09:30"]


def test_every_other_week_counts_weeks_from_monday():
    """A rule that begins on a Friday skips the whole week behind it (RFC 5545: WKST is Monday unless said otherwise)."""
    assert walls(cadence(weekly_rule(2, ["MO", "FR"]), since=date(2031, 3, 7)), 3) == [
        "Fri 2031-03-07 09:30",
        "Mon 2031-03-17 09:30",
        "Fri 2031-03-21 09:30",
    ]


def test_monthly_on_the_second_and_on_the_last():
    assert walls(cadence(monthly_rule(2, "WE")), 3) == [
        "Wed 2031-03-12 09:30",
        "Wed 2031-04-09 09:30",
        "Wed 2031-05-14 09:30",
    ]
    assert walls(cadence(monthly_rule(-1, "FR")), 3) == [
        "Fri 2031-03-28 09:30",
        "Fri 2031-04-25 09:30",
        "Fri 2031-05-30 09:30",
    ]


def test_a_rule_may_end():
    assert len(walls(cadence("FREQ=WEEKLY;COUNT=2;BYDAY=MO"), 5)) == 2


def test_until_in_utc_ends_by_the_instant():
    """09:30 in Zurich's summer is 07:30 in UTC."""
    assert walls(cadence("FREQ=DAILY;UNTIL=20310602T073000Z", since=date(2031, 6, 1)), 5)[-1] == "Mon 2031-06-02 09:30"
    assert walls(cadence("FREQ=DAILY;UNTIL=20310602T072959Z", since=date(2031, 6, 1)), 5)[-1] == "Sun 2031-06-01 09:30"


def test_a_rule_that_is_ten_years_old_counts_on():
    old = cadence("FREQ=WEEKLY;INTERVAL=3;BYDAY=TU", since=date(2021, 3, 2))
    assert walls(old, 2, datetime(2031, 3, 3, tzinfo=UTC)) == ["Tue 2031-03-04 09:30", "Tue 2031-03-25 09:30"]
    counted = cadence("FREQ=WEEKLY;COUNT=523;BYDAY=TU", since=date(2021, 3, 2))
    assert walls(counted, 5, datetime(2031, 2, 20, tzinfo=UTC)) == ["Tue 2031-02-25 09:30", "Tue 2031-03-04 09:30"]


def test_a_wall_time_names_its_occurrence_even_in_a_gap():
    daily = cadence("FREQ=DAILY", at="02:30")
    wall = next(wall_occurrences(daily, datetime(2031, 3, 29, 12, tzinfo=UTC)))
    assert f"{wall:%d %H:%M}" == "30 02:30"
    assert f"{to_wall(to_instant(wall, ZURICH), ZURICH):%d %H:%M}" == "30 03:30"


def test_an_occurrence_at_the_very_moment_is_not_later_than_it():
    weekly = cadence("FREQ=WEEKLY;BYDAY=MO")
    first = next_occurrences(weekly, datetime(2031, 3, 1, tzinfo=UTC), 1)[0]
    assert next_occurrences(weekly, first, 1)[0] == first + timedelta(days=7)
    assert next_occurrences(weekly, first - timedelta(microseconds=1), 1)[0] == first


def test_a_sync_keeps_its_wall_time_over_a_change_of_clocks():
    weekly = cadence("FREQ=WEEKLY;BYDAY=MO", since=date(2031, 3, 24))
    before, after = next_occurrences(weekly, datetime(2031, 3, 24, tzinfo=UTC), 2)
    assert (before.hour, after.hour) == (8, 7)
    assert after - before == timedelta(days=7) - timedelta(hours=1)


# (zone, wall time that does not exist, the instant that it stands for: forward by the gap; RFC 5545 section 3.3.5)
GAPS = [
    (ZURICH, "2031-03-30T02:30", "2031-03-30T01:30Z", "03:30"),
    (NEW_YORK, "2031-03-09T02:00", "2031-03-09T07:00Z", "03:00"),
    ("Australia/Sydney", "2031-10-05T02:15", "2031-10-04T16:15Z", "03:15"),
    (LORD_HOWE, "2031-10-05T02:10", "2031-10-04T15:40Z", "02:40"),  # Half an hour, the only such zone.
    ("America/Santiago", "2031-09-07T00:30", "2031-09-07T04:30Z", "01:30"),  # At midnight: the day begins at 01:00.
    ("Africa/Cairo", "2031-04-25T00:00", "2031-04-24T22:00Z", "01:00"),
]
# (zone, wall time that exists twice, its first instant)
OVERLAPS = [
    (ZURICH, "2031-10-26T02:30", "2031-10-26T00:30Z"),
    (NEW_YORK, "2031-11-02T01:30", "2031-11-02T05:30Z"),
    ("Australia/Sydney", "2031-04-06T02:30", "2031-04-05T15:30Z"),
    (LORD_HOWE, "2031-04-06T01:45", "2031-04-05T14:45Z"),
    ("America/Santiago", "2031-04-05T23:30", "2031-04-06T02:30Z"),
]


@pytest.mark.parametrize(("zone", "wall", "instant", "reads"), GAPS)
def test_a_time_in_a_gap_moves_forward_by_the_gap(zone: str, wall: str, instant: str, reads: str):
    typed = datetime.fromisoformat(wall)
    daily = Cadence(rule="FREQ=DAILY", since=typed.date(), at=typed.time(), zone=zone)
    found = next_occurrences(daily, to_instant(typed, zone) - timedelta(hours=12), 1)[0]
    assert found == datetime.fromisoformat(instant)
    assert f"{found.astimezone(ZoneInfo(zone)):%H:%M}" == reads


@pytest.mark.parametrize(("zone", "wall", "instant"), OVERLAPS)
def test_a_time_that_exists_twice_is_the_first_and_comes_once(zone: str, wall: str, instant: str):
    typed = datetime.fromisoformat(wall)
    daily = Cadence(rule="FREQ=DAILY", since=typed.date(), at=typed.time(), zone=zone)
    first, second = next_occurrences(daily, to_instant(typed, zone) - timedelta(hours=12), 2)
    assert first == datetime.fromisoformat(instant)
    assert second - first > timedelta(hours=23)


DESCRIBED = [
    (weekly_rule(1, ["TU"]), "Every Tuesday at 09:30, Europe/Zurich"),
    (weekly_rule(2, ["TU"]), "Every other Tuesday at 09:30, Europe/Zurich"),
    (weekly_rule(3, ["MO", "TH"]), "Every third Monday and Thursday at 09:30, Europe/Zurich"),
    (weekly_rule(4, ["WE"]), "Every fourth Wednesday at 09:30, Europe/Zurich"),
    (weekly_rule(6, ["WE"]), "Every 6 weeks on Wednesday at 09:30, Europe/Zurich"),
    (weekly_rule(1, ["FR", "MO", "WE"]), "Every Monday, Wednesday and Friday at 09:30, Europe/Zurich"),
    (weekly_rule(1, WEEKDAYS[:5]), "Every weekday at 09:30, Europe/Zurich"),
    (
        weekly_rule(2, WEEKDAYS[:5]),
        "Every other Monday, Tuesday, Wednesday, Thursday and Friday at 09:30, Europe/Zurich",
    ),
    (monthly_rule(1, "MO"), "The first Monday of each month at 09:30, Europe/Zurich"),
    (monthly_rule(-1, "FR"), "The last Friday of each month at 09:30, Europe/Zurich"),
    # What a rule leaves to its first day, Monday 3 March 2031.
    ("FREQ=WEEKLY", "Every Monday at 09:30, Europe/Zurich"),
    ("FREQ=MONTHLY", "The 3rd of each month at 09:30, Europe/Zurich"),
    ("FREQ=YEARLY", "Every year on 3 March at 09:30, Europe/Zurich"),
    # UNTIL is told as the last day whose sync still begins in time, also where it stands in UTC.
    ("FREQ=WEEKLY;UNTIL=20310701T073000Z", "Every Monday until 1 July 2031 at 09:30, Europe/Zurich"),
    ("FREQ=WEEKLY;UNTIL=20310701T072900Z", "Every Monday until 30 June 2031 at 09:30, Europe/Zurich"),
    # A fifth Monday of January is not the fifth of its quarter if January has but four.
    (
        "FREQ=MONTHLY;BYMONTH=1,4,7,10;BYDAY=5MO",
        "Every year that has one on the fifth Monday of January, April, July and October at 09:30, Europe/Zurich",
    ),
    # What no sentence says.
    *(
        (rule, f"By the rule {rule} at 09:30, Europe/Zurich")
        for rule in (
            "FREQ=DAILY;BYMONTH=1",
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU;WKST=SU",
            "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13",
            "FREQ=MONTHLY;BYMONTHDAY=-5",
            "FREQ=MONTHLY;INTERVAL=2;BYMONTH=1,3;BYMONTHDAY=1;COUNT=3",
            "FREQ=YEARLY;BYDAY=20MO",
            "FREQ=YEARLY;BYMONTH=3,9;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1",
            "FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO",
            "FREQ=YEARLY;BYYEARDAY=100",
        )
    ),
]


@pytest.mark.parametrize(("rule", "sentence"), DESCRIBED)
def test_a_rule_is_a_sentence(rule: str, sentence: str):
    assert describe(cadence(rule)) == sentence


def test_names_in_words():
    assert in_words(["Monday"]) == "Monday"
    assert in_words(["Monday", "Friday"]) == "Monday and Friday"


def test_zones_are_the_iana_ones():
    assert is_zone("Europe/Zurich")
    assert not is_zone("Europe/Zuerich")
    assert not is_zone("")


def test_times_are_told_in_the_readers_zone():
    instant = datetime(2031, 3, 3, 23, 30, tzinfo=UTC)
    assert local_time(instant, ZURICH) == "Tue 4 March, 00:30"
    assert local_day(instant, NEW_YORK) == "Mon 3 March"


rules = st.one_of(
    st.builds(weekly_rule, st.integers(1, 6), st.lists(st.sampled_from(WEEKDAYS), min_size=1)),
    st.builds(monthly_rule, st.sampled_from(sorted(NTH_NAMES)), st.sampled_from(WEEKDAYS)),
)
cadences = st.builds(
    Cadence,
    rule=rules,
    since=st.dates(date(2024, 1, 1), date(2036, 12, 31)),
    at=st.times().map(lambda at: time(at.hour, at.minute)),  # Nobody says which of two half past twos they mean.
    zone=st.sampled_from(ZONES),
)
moments = st.datetimes(datetime(2024, 1, 1), datetime(2037, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(cadences, moments)
def test_whatever_the_cadence_occurrences_come_in_order_at_their_wall_time_and_after_the_moment(
    one: Cadence, after: datetime
):
    found = next_occurrences(one, after, 6)
    assert found == next_occurrences(one, after, 6)
    assert len(found) == 6
    assert all(instant > after for instant in found)
    assert all(earlier < later for earlier, later in pairwise(found))
    for instant in found:
        wall = instant.astimezone(ZoneInfo(one.zone))
        assert wall.date() >= one.since
        in_a_gap = wall.replace(hour=one.at.hour, minute=one.at.minute, fold=0)
        assert wall.time() == one.at or in_a_gap.astimezone(UTC).astimezone(ZoneInfo(one.zone)).time() != one.at


@given(cadences, moments)
def test_whatever_the_cadence_none_is_left_out(one: Cadence, after: datetime):
    """Asking from each occurrence for the next one walks the very same list."""
    listed = next_occurrences(one, after, 5)
    walked = [after]
    for _ in listed:
        walked += next_occurrences(one, walked[-1], 1)
    assert walked[1:] == listed


@given(rules)
def test_whatever_the_rule_it_has_a_sentence(rule: str):
    assert describe(cadence(rule)).endswith(" at 09:30, Europe/Zurich")
