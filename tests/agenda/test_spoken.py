"""Cadences as people type them: what they say, what is asked back, and what calendars paste."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agenda.errors import BadInput
from agenda.recurrence import (
    WEEKDAY_NAMES,
    Cadence,
    describe,
    local_time,
    next_occurrences,
    occurrences,
)
from agenda.spoken import EXAMPLES, FITTING, cadence_in
from tests.conftest import MONDAY

ZURICH = "Europe/Zurich"
NINE_THIRTY_PASSED = datetime(2031, 3, 3, 12, 0, tzinfo=ZoneInfo(ZURICH))


def heard(text: str, *, now: datetime = MONDAY, zone: str = ZURICH) -> Cadence:
    return cadence_in(text, zone=zone, now=now)


def echoed(text: str, *, now: datetime = MONDAY) -> str:
    """The sentence without its zone."""
    return describe(heard(text, now=now)).removesuffix(f", {ZURICH}")


def refused(text: str) -> BadInput:
    with pytest.raises(BadInput) as wrong:
        heard(text)
    return wrong.value


def next_days(text: str, *, now: datetime = MONDAY) -> list[str]:
    """The next three dates, as they are echoed."""
    one = heard(text, now=now)
    return [local_time(instant, one.zone).split(",")[0] for instant in next_occurrences(one, now, 3)]


# What is typed, and the sentence that comes back.
SAID = [
    ("every other tuesday 9:30", "Every other Tuesday at 09:30"),
    ("first monday of the month 14:00", "The first Monday of each month at 14:00"),
    ("last friday of each quarter", "The last Friday of each quarter at 09:30"),
    ("first monday of each quarter at 2pm", "The first Monday of each quarter at 14:00"),
    ("weekdays 8:45", "Every weekday at 08:45"),
    ("every weekday at 8.45", "Every weekday at 08:45"),
    ("daily 9:00", "Every day at 09:00"),
    ("tuesdays and thursdays 10:00", "Every Tuesday and Thursday at 10:00"),
    ("every mon, wed & fri at noon", "Every Monday, Wednesday and Friday at 12:00"),
    ("every 3 weeks on monday 9h30", "Every third Monday at 09:30"),
    ("fortnightly on tuesday", "Every other Tuesday at 09:30"),
    ("biweekly tue", "Every other Tuesday at 09:30"),
    ("bi-weekly, Tue. @ 9", "Every other Tuesday at 09:00"),
    ("monthly on the 15th at 10", "The 15th of each month at 10:00"),
    ("monthly on 15 at 10", "The 15th of each month at 10:00"),
    ("on the last day of the month", "The last day of each month at 09:30"),
    ("at the end of each month", "The last day of each month at 09:30"),
    ("every 2 months on the first tuesday", "The first Tuesday of every other month at 09:30"),
    ("quarterly on the second wednesday", "The second Wednesday of each quarter at 09:30"),
    ("every other quarter on the first monday", "The first Monday of every other quarter at 09:30"),
    ("first working day of the quarter", "The first working day of each quarter at 09:30"),
    ("every last business day of the month, 16h", "The last working day of each month at 16:00"),
    ("yearly on 3 march", "Every year on 3 March at 09:30"),
    ("march the 3rd", "Every year on 3 March at 09:30"),
    ("every year on the first monday of march", "Every year on the first Monday of March at 09:30"),
    ("march and september, first working day", "Every year on the first working day of March and September at 09:30"),
    ("3 march and 3 september", "Every year on 3 March and 3 September at 09:30"),
    ("every second year on the last day of june", "Every other year on the last day of June at 09:30"),
    ("the last day of the year", "Every year on the last day of December at 09:30"),
    ("half-yearly on the first tuesday", "The first Tuesday of every 6th month at 09:30"),
    ("twice a month on the 1st and 15th", "The 1st and 15th of each month at 09:30"),
    ("three times a week on mon/wed/fri", "Every Monday, Wednesday and Friday at 09:30"),
    ("every second tuesday", "Every other Tuesday at 09:30"),
    ("every second tuesday of the month", "The second Tuesday of each month at 09:30"),
    ("every 2nd and 4th thu 1600", "The second and fourth Thursday of each month at 16:00"),
    ("every last friday", "The last Friday of each month at 09:30"),
    ("second last friday of the month", "The second last Friday of each month at 09:30"),
    (
        "first monday, third wednesday and last friday of every second month 4pm",
        "The first Monday, third Wednesday and last Friday of every other month at 16:00",
    ),
    ("mon-fri 9", "Every weekday at 09:00"),
    ("from Monday to Friday, 2:30 p.m.", "Every weekday at 14:30"),
    ("fri – mon 12am", "Every Monday, Friday, Saturday and Sunday at 00:00"),
    ("weekends at 10am", "Every Saturday and Sunday at 10:00"),
    ("every six weeks on wednesday at 9 o’clock", "Every 6 weeks on Wednesday at 09:00"),
    ("alternate thursdays", "Every other Thursday at 09:30"),
    ("every 10 days", "Every 10 days at 09:30"),
    ("tuesdays until 24 december 2031 9:30", "Every Tuesday until 24 December 2031 at 09:30"),
    ("tuesdays until 3 feb", "Every Tuesday until 3 February 2032 at 09:30"),
    ("tuesday, 10 times, at 9", "Every Tuesday, 10 times, at 09:00"),
    ("EVERY  TUESDAY!!!", "Every Tuesday at 09:30"),
    ("the 31st of each month", "The 31st of each month that has one at 09:30"),
    ("fifth monday of the month", "The fifth Monday of each month that has one at 09:30"),
    ("29 february", "Every year that has one on 29 February at 09:30"),
]


@pytest.mark.parametrize(("text", "sentence"), SAID)
def test_what_people_type_is_echoed_as_a_sentence(text: str, sentence: str):
    assert echoed(text) == sentence


@pytest.mark.parametrize("text", [text for text, _ in SAID])
def test_the_sentence_says_the_same_when_it_is_typed_back(text: str):
    assert heard(echoed(text)) == heard(text)


@pytest.mark.parametrize("text", EXAMPLES)
def test_the_examples_are_understood(text: str):
    assert echoed(text)


@pytest.mark.parametrize("text", [text for fitting in FITTING.values() for text in fitting])
def test_the_examples_in_errors_are_understood(text: str):
    assert echoed(text.format(day="Thursday", at="8:15")).endswith(" at 08:15")


def test_the_default_time_is_the_callers():
    assert cadence_in("tuesdays", zone=ZURICH, now=MONDAY, at=time(16, 5)).at == time(16, 5)


def test_rules_in_words_are_the_rules_of_the_form():
    assert heard("every other tue and fri").rule == "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,FR"
    assert heard("first monday of the month").rule == "FREQ=MONTHLY;BYDAY=+1MO"


def test_a_quarter_depends_on_no_first_day():
    assert heard("last friday of each quarter").rule == "FREQ=MONTHLY;BYMONTH=3,6,9,12;BYDAY=-1FR"
    assert heard("second friday of each quarter").rule == "FREQ=MONTHLY;BYMONTH=1,4,7,10;BYDAY=+2FR"
    assert next_days("last friday of each quarter") == ["Fri 28 March", "Fri 27 June", "Fri 26 September"]


def test_it_begins_today_if_the_time_is_still_ahead_and_else_with_the_next():
    """It is Monday 3 March 2031; at nine in Zurich, and at noon."""
    assert next_days("every other monday 9:30") == ["Mon 3 March", "Mon 17 March", "Mon 31 March"]
    assert next_days("every other monday 9:30", now=NINE_THIRTY_PASSED) == [
        "Mon 10 March",
        "Mon 24 March",
        "Mon 7 April",
    ]
    assert next_days("every other monday 9:00") == ["Mon 10 March", "Mon 24 March", "Mon 7 April"]
    assert next_days("every other tuesday") == ["Tue 4 March", "Tue 18 March", "Tue 1 April"]


def test_every_so_many_months_begins_with_the_next_month_that_has_the_day():
    assert next_days("every 2 months on the first tuesday") == ["Tue 4 March", "Tue 6 May", "Tue 1 July"]
    assert next_days("every 2 months on the first monday 9:00") == ["Mon 7 April", "Mon 2 June", "Mon 4 August"]
    assert next_days("every other month on the 1st") == ["Tue 1 April", "Sun 1 June", "Fri 1 August"]
    assert next_days("every other quarter on the first monday") == ["Mon 7 April", "Mon 6 October", "Mon 5 April"]


def test_who_says_from_when_sets_the_rhythm():
    assert next_days("every other tuesday from 11 march") == ["Tue 11 March", "Tue 25 March", "Tue 8 April"]
    assert next_days("every other tuesday starting 25 february 2031") == ["Tue 11 March", "Tue 25 March", "Tue 8 April"]


def test_today_is_the_zones():
    """It is Monday still in New York, and Tuesday already in Apia."""
    late = datetime(2031, 3, 3, 22, 0, tzinfo=ZoneInfo("UTC"))
    assert heard("tuesdays 12:30", now=late, zone="Pacific/Apia").since == date(2031, 3, 4)
    assert heard("mondays 17:30", now=late, zone="America/New_York").since == date(2031, 3, 3)


# What does not do, what is said about it, and an example that must be among those that fit.
REFUSED = [
    ("tusday 9:15", "I do not understand “tusday”. Did you mean Tuesday?", "“every other Tuesday 9:15”"),
    ("evry mondey at 10", "“evry” and “mondey”. Did you mean every and Monday?", "“every Monday 10:00”"),
    ("every banana", "I do not understand “banana”.", "“first Tuesday of the month 9:30”"),
    ("every day except sunday", "I do not understand “except”.", "“weekdays 9:30”"),
    ("tuesday 25:00", "I do not understand “25:00”.", "“every Tuesday 9:30”"),
    ("tuesday 13pm", "I do not understand “13pm”.", "“every Tuesday 9:30”"),
    ("tuesday 3.3.", "I do not understand “3.3”.", "“every Tuesday 9:30”"),
    ("every other other tuesday", "I do not understand “other other tuesday”", "“every other Tuesday 9:30”"),
    ("", "Say in a few words how often it is to be.", "“every other Tuesday 9:30”"),
    ("tuesday " * 60, "Say in a few words how often it is to be.", "“every other Tuesday 9:30”"),
    ("weekly", "On which day of the week?", "“every Tuesday 9:30”"),
    ("10:15", "On which day of the week?", "“first Tuesday of the month 10:15”"),
    ("monthly", "On which day of the month?", "“on the 15th of each month 9:30”"),
    ("quarterly 10:00", "On which day of the quarter?", "“first Tuesday of each quarter 10:00”"),
    ("yearly", "On which day of the year?", "“every year on 3 March 9:30”"),
    ("yearly on the 15th", "Of which month?", "“every year on 3 March 9:30”"),
    ("monthly on friday", "Which Friday: the first, or the last?", "“last Friday of the month 9:30”"),
    ("every other tuesday in march", "do not go together", "“first Tuesday of March 9:30”"),
    ("every monday and the 15th", "do not go together", "“first Monday of the month 9:30”"),
    ("daily in march", "do not go together", "“every day 9:30”"),
    ("monthly, weekly on monday", "I read two rhythms in that.", "“first Monday of the month 9:30”"),
    ("every 2 weeks, every 3 weeks on monday", "I read two intervals in that.", "“every 3 weeks on Monday 9:30”"),
    ("first week of the month", "not a day of it", "“every Tuesday 9:30”"),
    ("every second working day", "can mean two things", "“first Tuesday of the month 9:30”"),
    ("bimonthly on tuesday", "“bimonthly” has two meanings.", "“every 2 months on the first Tuesday”"),
    ("tuesdays 9:00 and thursdays 10:00", "one time of day, and I read 09:00 and 10:00", "second touchpoint"),
    ("3 march and 10 may", "One rule cannot say 3 March and 10 May.", "two touchpoints"),
    (
        "first and last friday of each quarter",
        "One rule cannot say that of each quarter.",
        "“last Friday of each quarter",
    ),
    ("first working day of march and may every 2 years", "too much for one rule", "“first Tuesday of March"),
    ("monthly on the 3rd of march", "Named months do not go with each month.", "“last Tuesday of the month 9:30”"),
    ("twice a month on the first monday", "That names 1 of 2 days a month.", "“first Monday of the month 9:30”"),
    ("twice a day", "A sync falls once a day at most.", "“every day 9:30”"),
    ("31 april", "No April has 31 days.", "“every year on 3 March 9:30”"),
    ("the 32nd of each month", "No month has a 32nd day.", "“on the 15th of each month 9:30”"),
    ("sixth monday of the month", "No month has a 6th Monday.", "“first Monday of the month 9:30”"),
    ("every 0 weeks on monday", "I cannot count to 0.", "“every 3 weeks on Monday 9:30”"),
    ("every 999 weeks on monday", "I count to 520 at most.", "“every 3 weeks on Monday 9:30”"),
    ("mondays until 30 february", "There is no 30 February.", "“every Monday 9:30”"),
    ("mondays until 3 april, 4 times", "That ends in two ways.", "“every Monday 9:30”"),
    ("mondays until 3 march 2030", "That falls on no day from now on.", "Look at its days"),
    ("tuesday 2575", "I do not understand the number 2575.", "“every Tuesday 9:30”"),
]


@pytest.mark.parametrize(("text", "what", "example"), REFUSED)
def test_what_is_not_understood_is_said_with_examples_that_fit(text: str, what: str, example: str):
    wrong = refused(text)
    assert what in wrong.what
    assert example in wrong.mend


@pytest.mark.parametrize("text", ["tusday", "monthly on friday", "yearly"])
def test_there_are_three_examples(text: str):
    assert refused(text).mend.count("“") == 3


# RRULE lines, and the rule, the first day, the time and the zone that they make.
LINES = [
    ("RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=TU", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU", "2031-03-04 09:30 Europe/Zurich"),
    ("freq=monthly;byday=-1fr", "FREQ=MONTHLY;BYDAY=-1FR", "2031-03-28 09:30 Europe/Zurich"),
    ("RRULE:FREQ=DAILY;BYHOUR=14", "FREQ=DAILY", "2031-03-03 14:00 Europe/Zurich"),
    ("RRULE:FREQ=DAILY;BYHOUR=8;BYMINUTE=45;BYSECOND=0", "FREQ=DAILY", "2031-03-04 08:45 Europe/Zurich"),
    ("RRULE:FREQ=DAILY;BYMINUTE=45", "FREQ=DAILY", "2031-03-03 09:45 Europe/Zurich"),
    ("RRULE:FREQ=WEEKLY;COUNT=5;BYDAY=TU", "FREQ=WEEKLY;COUNT=5;BYDAY=TU", "2031-03-04 09:30 Europe/Zurich"),
    (
        "RRULE:FREQ=WEEKLY;BYDAY=TU;UNTIL=20310701",
        "FREQ=WEEKLY;BYDAY=TU;UNTIL=20310701T235959",
        "2031-03-04 09:30 Europe/Zurich",
    ),
    (
        "RRULE:FREQ=WEEKLY;BYDAY=TU;UNTIL=20310701T073000Z",
        "FREQ=WEEKLY;BYDAY=TU;UNTIL=20310701T093000",
        "2031-03-04 09:30 Europe/Zurich",
    ),
    (
        "DTSTART;TZID=America/New_York:20310218T090000\nRRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=TU",
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU",
        "2031-02-18 09:00 America/New_York",
    ),
    ("DTSTART:20310304T101500\r\nFREQ=WEEKLY", "FREQ=WEEKLY", "2031-03-04 10:15 Europe/Zurich"),
    ("DTSTART:20310304T101500Z RRULE:FREQ=WEEKLY", "FREQ=WEEKLY", "2031-03-04 10:15 UTC"),
    ("DTSTART;VALUE=DATE:20310304 RRULE:FREQ=WEEKLY", "FREQ=WEEKLY", "2031-03-04 09:30 Europe/Zurich"),
]


@pytest.mark.parametrize(("text", "rule", "begins"), LINES)
def test_a_rule_line_is_taken_as_it_is(text: str, rule: str, begins: str):
    one = heard(text)
    assert one.rule == rule
    assert f"{one.since} {one.at:%H:%M} {one.zone}" == begins


def test_until_in_utc_is_kept_to_the_minute():
    until = "RRULE:FREQ=WEEKLY;BYDAY=TU;UNTIL=2031040{}T07{}00Z"
    assert len(next_occurrences(heard(until.format(1, "30")), MONDAY, 9)) == 5
    assert len(next_occurrences(heard(until.format(1, "29")), MONDAY, 9)) == 4


BAD_LINES = [
    ("RRULE:FREQ=HOURLY", "once a day"),
    ("RRULE:FREQ=MINUTELY;INTERVAL=30", "once a day"),
    ("RRULE:FREQ=SECONDLY", "once a day"),
    ("RRULE:FREQ=DAILY;BYHOUR=9,14", "BYHOUR=9,14 falls more than once a day."),
    ("RRULE:FREQ=DAILY;BYMINUTE=0,30", "BYMINUTE=0,30 falls more than once a day."),
    ("RRULE:FREQ=DAILY;BYHOUR=25", "There is no time 25:00."),
    ("RRULE:FREQ=DAILY;BYHOUR=x", "BYHOUR=X is not a number."),
    ("RRULE:FREQ=DAILY;BYSECOND=30", "BYSECOND=30"),
    ("RRULE:FREQ=WEEKLY;BYEASTER=0", "I do not know BYEASTER"),
    ("RRULE:FREQ=WEEKLY;X-NOTE=1", "I do not know X-NOTE"),
    ("RRULE:FREQ=OFTEN", "FREQ=OFTEN"),
    ("RRULE:FREQ=WEEKLY;INTERVAL=0", "INTERVAL=0"),
    ("RRULE:FREQ=WEEKLY;BYDAY=XX", "BYDAY=XX"),
    ("RRULE:FREQ=MONTHLY;BYMONTHDAY=0", "BYMONTHDAY=0"),
    ("RRULE:FREQ=WEEKLY;UNTIL=tomorrow", "UNTIL=TOMORROW"),
    ("RRULE:FREQ=WEEKLY;BYDAY=1MO", "A number before a weekday"),
    ("RRULE:FREQ=MONTHLY;BYWEEKNO=3", "BYWEEKNO does not go with FREQ=MONTHLY."),
    ("RRULE:FREQ=MONTHLY;BYSETPOS=1", "BYSETPOS"),
    ("RRULE:FREQ=WEEKLY;COUNT=2;UNTIL=20320101", "COUNT or by UNTIL"),
    ("RRULE:FREQ=WEEKLY;FREQ=DAILY", "is not a rule"),
    ("RRULE:INTERVAL=2", "needs a FREQ"),
    ("RRULE:", "is not a rule"),
    ("RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "falls on no day"),
    ("RRULE:FREQ=WEEKLY;BYDAY=TU;UNTIL=20310304T082900Z", "falls on no day"),
    ("DTSTART:20300101T090000 RRULE:FREQ=DAILY;COUNT=9", "falls on no day"),
    ("DTSTART:20310304T090000", "There is no rule in it."),
    ("DTSTART:tuesday RRULE:FREQ=DAILY", "DTSTART:tuesday is no time."),
    ("DTSTART;TZID=Mars/Base:20310304T090000 RRULE:FREQ=DAILY", "I do not know the time zone Mars/Base."),
    ("RRULE:FREQ=DAILY EXDATE:20310304T090000", "I cannot take EXDATE."),
    ("RRULE:FREQ=DAILY RRULE:FREQ=WEEKLY", "I cannot take more than one RRULE."),
    (f"RRULE:FREQ=MONTHLY;BYMONTHDAY={','.join(['1'] * 99)}", "longer than 200 characters"),
]


@pytest.mark.parametrize(("text", "what"), BAD_LINES)
def test_a_rule_line_that_will_not_do_is_named(text: str, what: str):
    wrong = refused(text)
    assert what in wrong.what
    assert wrong.mend


nth_words = st.sampled_from(["first", "second", "3rd", "fourth", "last", "second last"])
day_words = st.sampled_from(list(WEEKDAY_NAMES.values()))
month_words = st.sampled_from(["march", "april", "december"])
lists = {"min_size": 1, "max_size": 3, "unique": True}
some_days = st.lists(day_words, **lists).map(" and ".join)
some_nths = st.lists(nth_words, **lists).map(", ".join)
numerals = st.lists(st.integers(4, 31).map("{}th".format), **lists).map(" and ".join)
days_of_month = st.one_of(
    st.builds("{} {}".format, some_nths, some_days),
    st.builds("{} {} and {} {}".format, some_nths, day_words, nth_words, day_words),
    st.builds("{} working day".format, some_nths),
    numerals,
    st.builds("{}, last day".format, numerals),
)
single_days = st.one_of(
    st.builds("{} {}".format, st.sampled_from(["first", "3rd"]), some_days), st.sampled_from(["last friday", "5th"])
)
sentences = st.one_of(
    st.builds("every {} weeks on {}".format, st.integers(1, 9), some_days),
    st.builds("every {} days".format, st.integers(1, 40)),
    st.builds("the {} of every {} month".format, days_of_month, st.sampled_from(["other", "third", "9th", "12th"])),
    st.builds("{} each month".format, days_of_month),
    st.builds("{} of each quarter".format, single_days),
    st.builds("every 5 quarters on the {}".format, single_days),
    st.builds("{} of {} and {}".format, days_of_month.filter(lambda days: "31" not in days), month_words, month_words),
    st.builds("every {} years on {} {}".format, st.integers(1, 4), st.integers(1, 30), month_words),
)
endings = st.sampled_from(["", " until 5 may 2060", ", 7 times,", " at 2pm", " from 6 june"])


@settings(max_examples=150, deadline=None)
@given(sentences, endings)
def test_whatever_is_understood_is_said_in_words_that_say_the_same(sentence: str, ending: str):
    one = heard(sentence + ending)
    said = describe(one)
    assert "rule" not in said
    again = cadence_in(
        said.removesuffix(f", {ZURICH}"), zone=ZURICH, now=datetime.combine(one.since, time(0), MONDAY.tzinfo)
    )
    listed = [list(zip(range(4), occurrences(cadence, MONDAY), strict=False)) for cadence in (one, again)]
    assert listed[0] == listed[1]


SCRAPS = (
    "every|other|second|last|3|15th|mon|tuesdays|to|-|from|until|of|month|quarter|year|march|9:30|noon|4 times|twice|"
    "working day|day|week|end|weekly|rrule:freq=daily"
)
scraps = st.sampled_from(SCRAPS.split("|"))


def answer(text: str) -> tuple[str, ...]:
    try:
        one = heard(text)
    except BadInput as wrong:
        return wrong.what, wrong.mend
    return describe(one), *(local_time(instant, one.zone) for instant in next_occurrences(one, MONDAY, 1))


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.text(max_size=40), st.lists(scraps, max_size=6).map(" ".join)))
def test_whatever_is_typed_there_is_a_date_or_something_to_read(text: str):
    said, then = answer(text)
    assert said
    assert then
