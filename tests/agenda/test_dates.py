"""Days and times as people type them: on Monday 3 March 2031, unless said otherwise."""

from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agenda.dates import days_in, moment_in, time_in
from agenda.errors import BadInput

TODAY = date(2031, 3, 3)  # a Monday
NINE_UTC = datetime(2031, 3, 3, 9, 0, tzinfo=UTC)  # 10:00 in Zurich
A_DAY = st.dates(date(2029, 1, 1), date(2035, 12, 31))


def days(text: str, today: date = TODAY) -> str:
    """`08-03 08-14`: the year is shown where it is not 2031, the last day where it is another."""
    first, last = days_in(text, today=today)
    shown = [f"{day:%m-%d}" if day.year == 2031 else f"{day}" for day in (first, last)]
    return " ".join(shown if last != first else shown[:1])


def moment(text: str) -> str:
    day, at = moment_in(text, now=NINE_UTC, zone="Europe/Zurich")
    return f"{day:%a %m-%d}" + (f" {at:%H:%M}" if at else "")


@pytest.mark.parametrize(
    "text",
    [
        "3-14 Aug",
        "3 Aug - 14 Aug",
        "from 3 to 14 august",
        "aug 3-14",
        "AUG 3 – 14",
        "3rd to 14th of August",
        "3aug-14aug",
        "2031-08-03 to 2031-08-14",
        "2031/08/03 - 2031/08/14",
        "3.8.-14.8.",
        "3.8 - 14.8",
        "3.8.2031 until 14.8.2031",
        "Sun 3 to Thu 14 Aug",
        "3 - 14 August 2031",
        "3 agust till 14 agust",
        "aug 3 for 12 days",
    ],
)
def test_one_leave_is_typed_in_many_ways(text: str):
    assert days(text) == "08-03 08-14"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("today", "03-03"),
        ("tomorrow", "03-04"),
        ("tommorow", "03-04"),
        ("fri", "03-07"),
        ("monday", "03-03"),
        ("this week", "03-03 03-07"),
        ("next week", "03-10 03-14"),
        ("next friday", "03-14"),
        ("friday next week", "03-14"),
        ("until friday", "03-03 03-07"),
        ("until 14 march", "03-03 03-14"),
        ("for 2 weeks", "03-03 03-16"),
        ("a week", "03-03 03-09"),
        ("from wednesday for three days", "03-05 03-07"),
        ("in 2 days", "03-05"),
        ("in two weeks for a week", "03-17 03-23"),
        ("mon-wed", "03-03 03-05"),
        ("fri - mon", "03-07 03-10"),
        ("wed to next wed", "03-05 03-12"),
        ("august", "08-01 08-31"),
        ("july to august", "07-01 08-31"),
        ("december", "12-01 12-31"),
    ],
)
def test_days_seen_from_today(text: str, expected: str):
    assert days(text) == expected


def test_a_week_is_over_on_its_weekend():
    assert days("this week", date(2031, 3, 8)) == "03-08"
    assert days("next week", date(2031, 3, 9)) == "03-10 03-14"


def test_over_the_years_end():
    assert days("24 dec - 2 jan") == "12-24 2032-01-02"
    assert days("24.12 - 2.1.") == "12-24 2032-01-02"
    assert days("24 dec - 2 jan 2033") == "2032-12-24 2033-01-02"
    assert days("24 dec 2032 - 2 jan") == "2032-12-24 2033-01-02"


def test_a_date_without_a_year_is_the_next_one():
    assert days("3 march") == "03-03"
    assert days("2 march") == "2032-03-02"
    assert days("29 feb") == "2032-02-29"
    assert days("10 feb - 29 feb") == "2032-02-10 2032-02-29"
    assert days("1 oct - 29 feb", date(2029, 1, 1)) == "10-01 2032-02-29"


def test_a_span_that_still_runs_is_the_current_one():
    assert days("24 dec - 2 jan", date(2032, 1, 1)) == "12-24 2032-01-02"
    assert days("24 dec - 2 jan", date(2032, 1, 3)) == "2032-12-24 2033-01-02"
    assert days("17 feb - 5 mar") == "02-17 03-05"
    assert days("16 feb - 5 mar") == "2032-02-16 2032-03-05"  # it began more than 14 days ago
    assert days("20 feb - 2 mar") == "2032-02-20 2032-03-02"  # it is over


def test_a_year_that_is_written_may_be_past():
    assert days("2031-01-02 to 2031-01-03") == "01-02 01-03"


@pytest.mark.parametrize("text", ["3/8", "3/8/2031", "03-08-2031", "3/8 - 14/8"])
def test_what_has_two_meanings_is_refused_with_a_way_out(text: str):
    with pytest.raises(BadInput, match=r"two different days.*Write the month's name, like 3 Aug"):
        days_in(text, today=TODAY)


@pytest.mark.parametrize(
    "text", ["14-3 aug", "friday - today", "until 1 march", "2031-08-14 to 2031-08-03", "1 aug - 1 may"]
)
def test_an_end_before_its_start_is_refused(text: str):
    with pytest.raises(BadInput, match="The end lies before the start"):
        days_in(text, today=TODAY)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("mon 3 aug", "3 August 2031 is a Sunday, not a Monday"),
        ("mon 3 - thu 7 mar", "7 March 2031 is a Friday, not a Thursday"),
        ("31 feb", "February has no day 31"),
        ("29 feb 2031", "February has no day 29"),
        ("3.13.", "There is no month 13"),
        ("2301-08-03", "The year 2301 is too far away"),
        ("", "I need days"),
        ("3-14", "I cannot read “3-14” as days"),
        ("14th", "I cannot read “14th” as days"),
        ("for 0 days", "I cannot read"),
        ("in 99 weeks for 9999 weeks", "I cannot read"),
        ("until", "I cannot read"),
        ("mon - tue - wed", "I cannot read"),
        ("3 aug please", "I cannot read “3 aug please” as days"),
        ("3 4 aug", "I cannot read"),
        ("until friday for 2 days", "I cannot read"),
        ("x" * 500, "x{50,59}…” as days"),
    ],
)
def test_what_is_wrong_is_said(text: str, said: str):
    with pytest.raises(BadInput, match=said):
        days_in(text, today=TODAY)


def test_an_error_shows_how_it_is_done():
    with pytest.raises(BadInput) as refused:
        days_in("whenever", today=TODAY)
    assert refused.value.mend == "Write it like 3-14 Aug, 24 Dec - 2 Jan, until Friday, next week or for 2 weeks."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("tue 10:00", "Tue 03-04 10:00"),
        ("tomorrow 14:00", "Tue 03-04 14:00"),
        ("tomorrow at 9", "Tue 03-04 09:00"),
        ("9am tomorrow", "Tue 03-04 09:00"),
        ("noon tomorrow", "Tue 03-04 12:00"),
        ("4 march 9:30", "Tue 03-04 09:30"),
        ("tue, 4 March 9h30", "Tue 03-04 09:30"),
        ("4 march 2031 2pm", "Tue 03-04 14:00"),
        ("2031-03-04 10:00", "Tue 03-04 10:00"),
        ("tue 1400", "Tue 03-04 14:00"),
        ("3.12 9:30", "Wed 12-03 09:30"),
        ("next monday", "Mon 03-10"),
        ("next week", "Mon 03-10"),
        ("in 2 days", "Wed 03-05"),
        ("11:00", "Mon 03-03 11:00"),
        ("10:00", "Tue 03-04 10:00"),  # it is 10:00 now
        ("9.30", "Tue 03-04 09:30"),
        ("mon 11:00", "Mon 03-03 11:00"),
        ("mon 9:00", "Mon 03-10 09:00"),
        ("mon", "Mon 03-03"),
    ],
)
def test_a_moment_is_ahead(text: str, expected: str):
    assert moment(text) == expected


def test_today_is_the_zones_own():
    late = datetime(2031, 3, 3, 20, 0, tzinfo=UTC)
    assert moment_in("today", now=late, zone="Asia/Kathmandu") == (date(2031, 3, 4), None)
    assert moment_in("9:30", now=late, zone="Asia/Kathmandu") == (date(2031, 3, 4), time(9, 30))


@pytest.mark.parametrize("text", ["today 9:00", "3 march 9:00", "2031-03-01 10:00", "2031-03-02"])
def test_a_moment_that_is_past_is_refused(text: str):
    with pytest.raises(BadInput, match=r"is past. Give a later day or time"):
        moment(text)


@pytest.mark.parametrize(
    "text", ["", "at", "tue 25:00", "10:00-11:00", "tue 2030", "9:00 10:00", "soon", "mon-wed 9:00"]
)
def test_what_is_no_moment_is_refused_with_examples(text: str):
    with pytest.raises(BadInput, match="Write it like Tue 10:00, tomorrow 14:00"):
        moment(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        *[
            (text, "09:30")
            for text in ("9:30", "9.30", "09h30", "930", "0930", "9:30 am", "9.30am", "09:30:00", "9：30")
        ],
        *[(text, "14:00") for text in ("2pm", "2 p.m.", "14:00", "14", "14h", "1400", "2:00PM")],
        *[("2:15 pm", "14:15"), ("noon", "12:00"), ("12pm", "12:00"), ("12am", "00:00"), ("2030", "20:30")],
    ],
)
def test_a_time(text: str, expected: str):
    assert time_in(text) == time.fromisoformat(expected)


@pytest.mark.parametrize(
    "text", ["", "24:00", "9:75", "13pm", "0am", "2575", "x", "tue", "9:30 10:30", "3/8", "9:30x", "-"]
)
def test_no_time(text: str):
    assert time_in(text) is None


@settings(max_examples=100, deadline=None)
@given(first=A_DAY, length=st.integers(0, 180), today=A_DAY)
def test_whatever_is_written_out_is_read_back(first: date, length: int, today: date):
    last = first + timedelta(days=length)
    for style in ("%Y-%m-%d", "%d %B %Y", "%b %d %Y", "%d.%m.%Y", "%a %d %b %Y"):
        assert days_in(f"{first:{style}} - {last:{style}}", today=today) == (first, last)


@settings(max_examples=100, deadline=None)
@given(first=A_DAY, length=st.integers(0, 180), today=A_DAY)
def test_without_a_year_the_days_are_the_same_and_not_over(first: date, length: int, today: date):
    last = first + timedelta(days=length)
    begins, ends = days_in(f"{first:%d %b} - {last:%d %b}", today=today)
    assert ends >= today
    assert today - timedelta(days=14) <= begins <= today + timedelta(days=8 * 366)
    assert (f"{begins:%d%m}", f"{ends:%d%m}") == (f"{first:%d%m}", f"{last:%d%m}")


PIECES = ("3", "14", "31", "aug", "feb", "-", "to", "until", "for", "in", "2", "weeks", "9:30", "fri", "next", ".", "/")


@settings(max_examples=200, deadline=None)
@given(text=st.text(max_size=40) | st.lists(st.sampled_from(PIECES)).map(" ".join))
def test_whatever_is_typed_is_read_or_refused(text: str):
    with suppress(BadInput):
        first, last = days_in(text, today=TODAY)
        assert first <= last
    with suppress(BadInput):
        day, _at = moment_in(text, now=NINE_UTC, zone="Europe/Zurich")
        assert day >= TODAY
    time_in(text)
