"""Which days are worked: holidays, closings, and the places they hold for."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agenda.calendars import Closing, HolidayPolicy, WorkCalendar, closings_in, closings_text, place_in, place_name
from agenda.errors import BadInput
from agenda.regions import _countries

TODAY = date(2031, 3, 3)
ZURICH = WorkCalendar(country="CH", subdivision="ZH")
GOOD_FRIDAY = date(2031, 4, 11)
EASTER_MONDAY = date(2031, 4, 14)
SHUTDOWN = Closing(date(2031, 12, 24), date(2032, 1, 2), "Christmas shutdown")
COUNTRIES = ("", "CH", "US", "AE", "IL", "HK", "IR", "CN", "BR", "JP")
DAYS = st.dates(date(2030, 1, 1), date(2034, 12, 31))


def week_of(country: str) -> str:
    """Which days of the week of Monday 3 March 2031 are worked."""
    calendar = WorkCalendar(country=country)
    week = [TODAY + timedelta(days=n) for n in range(7)]
    return " ".join(f"{day:%a}" for day in week if calendar.is_working(day))


def test_public_holidays_are_named_in_english():
    assert ZURICH.free(GOOD_FRIDAY) == "Good Friday"
    assert ZURICH.free(date(2031, 8, 1)) == "National Day"
    assert ZURICH.free(TODAY) == ""


def test_a_subdivision_has_holidays_of_its_own():
    corpus_christi = date(2031, 6, 12)
    assert WorkCalendar(country="CH", subdivision="ZG").free(corpus_christi) == "Corpus Christi"
    assert ZURICH.free(corpus_christi) == ""


def test_a_country_that_the_library_knows_in_no_other_language():
    assert WorkCalendar(country="NZ").free(date(2031, 2, 6)) == "Waitangi Day"


@pytest.mark.parametrize(
    ("country", "worked"),
    [
        ("", "Mon Tue Wed Thu Fri"),
        ("CH", "Mon Tue Wed Thu Fri"),
        ("IL", "Mon Tue Wed Thu Sun"),
        ("AE", "Mon Tue Wed Thu Fri"),
        ("HK", "Mon Tue Wed Thu Fri"),  # by law Sunday alone is free
    ],
)
def test_each_country_has_its_weekend(country: str, worked: str):
    assert week_of(country) == worked


def test_a_weekend_can_change_with_the_years():
    emirates = WorkCalendar(country="AE")
    assert emirates.is_working(date(2021, 3, 7)), "a Sunday, when Friday and Saturday were free"
    assert not emirates.is_working(date(2031, 3, 9)), "a Sunday"


def test_a_closing_goes_before_the_holiday_in_it():
    calendar = WorkCalendar(country="CH", closed=(SHUTDOWN,))
    assert calendar.free(date(2031, 12, 25)) == "Christmas shutdown"
    assert calendar.free(date(2032, 1, 2)) == "Christmas shutdown"
    assert calendar.free(date(2032, 1, 3)) == ""
    assert calendar.next_working(date(2031, 12, 23)) == date(2032, 1, 5)


def test_working_days_skip_easter():
    thursday, tuesday = GOOD_FRIDAY - timedelta(days=1), EASTER_MONDAY + timedelta(days=1)
    assert ZURICH.next_working(thursday) == tuesday
    assert ZURICH.previous_working(tuesday) == thursday
    assert ZURICH.working_days_before(tuesday, 2) == date(2031, 4, 9)
    assert ZURICH.working_days_before(GOOD_FRIDAY, 0) == GOOD_FRIDAY


def test_a_holiday_does_to_a_sync_what_was_chosen():
    assert ZURICH.adjusted(GOOD_FRIDAY, HolidayPolicy.NEXT) == date(2031, 4, 15)
    assert ZURICH.adjusted(GOOD_FRIDAY, HolidayPolicy.PREVIOUS) == date(2031, 4, 10)
    assert ZURICH.adjusted(GOOD_FRIDAY, HolidayPolicy.SKIP) is None


def test_a_weekend_that_the_cadence_names_is_no_holiday():
    saturday = date(2031, 3, 8)
    assert {ZURICH.adjusted(saturday, policy) for policy in HolidayPolicy} == {saturday}


def test_each_policy_says_what_it_does():
    assert [policy.label for policy in HolidayPolicy] == [
        "Move to the next working day",
        "Move to the working day before",
        "Skip that sync",
    ]


def test_a_company_that_never_opens_is_told_so():
    closed = WorkCalendar(closed=(Closing(date(2031, 1, 1), date(2039, 1, 1)),))
    with pytest.raises(BadInput, match=r"no working day within 400 days after 2031-03-03. Shorten"):
        closed.next_working(TODAY)
    with pytest.raises(BadInput, match="within 400 days before"):
        closed.previous_working(date(2035, 1, 1))


def test_a_place_without_a_calendar_is_told_so():
    with pytest.raises(BadInput, match=r"no public holidays for CH-QQ. Choose"):
        WorkCalendar(country="CH", subdivision="QQ").free(TODAY)


@settings(max_examples=100, deadline=None)
@given(
    country=st.sampled_from(COUNTRIES),
    day=DAYS,
    closing=st.tuples(DAYS, st.integers(0, 30)),
    policy=st.sampled_from(HolidayPolicy),
)
def test_a_sync_never_lands_on_a_free_day(country: str, day: date, closing: tuple[date, int], policy: HolidayPolicy):
    calendar = WorkCalendar(country=country, closed=(Closing(closing[0], closing[0] + timedelta(days=closing[1])),))
    held = calendar.adjusted(day, policy)
    if held is None:
        assert calendar.free(day)
        assert policy is HolidayPolicy.SKIP
        return
    assert not calendar.free(held)
    assert held == day or calendar.is_working(held)
    assert (held >= day) if policy is HolidayPolicy.NEXT else (held <= day)


@settings(max_examples=60, deadline=None)
@given(country=st.sampled_from(COUNTRIES), day=DAYS, n=st.integers(1, 15))
def test_working_days_count_there_and_back(country: str, day: date, n: int):
    calendar = WorkCalendar(country=country)
    start = there = calendar.next_working(day)
    for _ in range(n):
        there = calendar.next_working(there)
    assert calendar.working_days_before(there, n) == start


@pytest.mark.parametrize(
    ("typed", "place"),
    [
        ("", ("", "")),
        *[(typed, ("CH", "")) for typed in ("CH", "che", "Switzerland", "switzerlnd", " Switzerland, ")],
        *[
            (typed, ("CH", "ZH"))
            for typed in ("CH-ZH", "ch zh", "Switzerland, Zurich", "Zürich", "zuerich", "Zurich/CH")
        ],
        *[
            (typed, ("DE", "BY"))
            for typed in ("Germany/Bavaria", "Bavaria, Germany", "bayern", "germny bavaria", "DE-BY")
        ],
        *[(typed, ("US", "CA")) for typed in ("US-CA", "usa, california", "califronia", "United States: California")],
        *[("uk", ("GB", "")), ("UAE", ("AE", "")), ("england", ("GB", "ENG")), ("Québec", ("CA", "QC"))],
        *[
            ("Georgia", ("GE", "")),
            ("Georgia, USA", ("US", "GA")),
            ("Guinea-Bissau", ("GW", "")),
            ("Vienna", ("AT", "9")),
        ],
    ],
)
def test_a_place_is_typed_in_many_ways(typed: str, place: tuple[str, str]):
    assert place_in(typed) == place


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("Switzerland, Zürich town", "I know no place .*Switzerland, Zürich"),
        ("la rioja", "can be 2 places. Write “Argentina, La Rioja” or “Spain, La Rioja”"),
        ("Austrlia", "can be 2 places. Write “Austria” or “Australia”"),
        ("Basel", "Perhaps “Switzerland, Basel-Landschaft”, “Switzerland, Basel-Stadt”"),
        ("CX-ZH", "I know no place “CX-ZH”.* write a code, like CH or US-CA"),
        ("x" * 5000, "I know no place"),
    ],
)
def test_an_unknown_place_is_answered_with_the_nearest(typed: str, said: str):
    with pytest.raises(BadInput, match=said):
        place_in(typed)


def test_a_place_is_named():
    assert place_name("", "") == ""
    assert place_name("CH", "") == "Switzerland"
    assert place_name("CH", "ZH") == "Switzerland, Zürich"
    assert place_name("DE", "BY") == "Germany, Bavaria"
    assert place_name("AG", "") == "Antigua and Barbuda"
    assert place_name("QQ", "X") == "QQ-X"
    assert place_name("CH", "X") == "Switzerland, X"


def test_every_country_is_known_by_its_code_and_by_its_name():
    assert [code for code in _countries() if {place_in(code), place_in(place_name(code, ""))} != {(code, "")}] == []


def test_closings_are_typed_one_a_line():
    typed = "24 Dec - 2 Jan: Christmas shutdown\n\n2031-05-02\n 1 aug : National day: closed at noon \n"
    assert closings_in(typed, today=TODAY) == (
        SHUTDOWN,
        Closing(date(2031, 5, 2), date(2031, 5, 2), "closed"),
        Closing(date(2031, 8, 1), date(2031, 8, 1), "National day: closed at noon"),
    )


def test_closings_are_printed_as_they_may_be_typed():
    may = Closing(date(2031, 5, 2), date(2031, 5, 2))
    assert closings_text((SHUTDOWN, may)) == "24 Dec 2031 - 2 Jan 2032: Christmas shutdown\n2 May 2031"


def test_a_wrong_closing_is_told_by_its_line():
    with pytest.raises(BadInput, match=r"In the line “3/8: Off”: .*two different days. Write the month's name"):
        closings_in("2 May\n3/8: Off", today=TODAY)


NAMES = st.text(st.characters(categories=("L", "N")), min_size=1, max_size=20)


@settings(max_examples=60, deadline=None)
@given(spans=st.lists(st.tuples(DAYS, st.integers(0, 200), NAMES), max_size=4), today=DAYS)
def test_closings_go_round(spans: list[tuple[date, int, str]], today: date):
    closings = tuple(Closing(first, first + timedelta(days=length), name) for first, length, name in spans)
    assert closings_in(closings_text(closings), today=today) == closings
