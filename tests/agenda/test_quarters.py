"""Quarters of the year, and when they begin somewhere."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agenda.quarters import Quarter


@pytest.mark.parametrize(
    ("day", "quarter"), [((1, 1), 1), ((3, 31), 1), ((4, 1), 2), ((9, 30), 3), ((10, 1), 4), ((12, 31), 4)]
)
def test_a_day_lies_in_one_quarter(day: tuple[int, int], quarter: int):
    assert Quarter.of(date(2031, *day)) == Quarter(2031, quarter)


def test_they_follow_each_other_over_the_years():
    first = Quarter(2031, 1)
    assert (first.before, first.next, Quarter(2031, 4).next) == (Quarter(2030, 4), Quarter(2031, 2), Quarter(2032, 1))
    assert all(one.next.before == one for one in (Quarter(2031, n) for n in range(1, 5)))


def test_their_names_are_in_the_order_of_time():
    names = [str(Quarter(year, number)) for year in (2030, 2031) for number in range(1, 5)]
    assert names == sorted(names)
    assert Quarter(2031, 4).label == "October to December"


def test_one_ends_when_the_next_one_begins_where_people_are():
    spring = Quarter(2031, 2)
    assert spring.begins("Europe/Zurich") == datetime(2031, 3, 31, 22, tzinfo=UTC)
    assert spring.ends("Pacific/Auckland") == datetime(2031, 6, 30, 12, tzinfo=UTC)


@given(st.integers(1, 9998), st.integers(1, 4))
def test_what_is_written_is_read_again(year: int, number: int):
    assert Quarter.read(str(Quarter(year, number))) == Quarter(year, number)
