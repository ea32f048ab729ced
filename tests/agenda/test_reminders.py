"""When a sync's messages fall due, and when it is too late for one."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agenda.recurrence import Cadence, next_occurrences, to_instant
from agenda.reminders import Reminder, due_at, still_worth_sending, sync_times, working_days_before
from agenda.syncs import SyncFields
from agenda.touchpoints import TouchpointFields
from tests.agenda.test_recurrence import cadences, moments

ZURICH = "Europe/Zurich"
STARTS = datetime(2031, 3, 4, 8, 30, tzinfo=UTC)  # A Tuesday, 09:30 in Zurich.
LATE = timedelta(minutes=15)
A_MOMENT = timedelta(microseconds=1)


def touchpoint(**changes: object) -> TouchpointFields:
    values = {
        "name": "Sam and Dana",
        "home": "slack:T1/C-home",
        "rule": "FREQ=WEEKLY;BYDAY=TU",
        "since": date(2031, 3, 4),
        "at": time(9, 30),
        "zone": ZURICH,
        "created_at": datetime(2031, 3, 3, tzinfo=UTC),
    }
    return TouchpointFields(**(values | changes))


def told(one: TouchpointFields, wall: str = "2031-03-04 09:30") -> list[str]:
    """When people are asked, reminded, given the agenda, and meet; as its zone reads it."""
    times = sync_times(one, to_instant(datetime.fromisoformat(wall), one.zone))
    moments = (times.prompts_at, times.reminds_at, times.publishes_at, times.starts_at)
    return [f"{at.astimezone(ZoneInfo(one.zone)):%a %d %H:%M}" for at in moments]


def sync(**changes: datetime) -> SyncFields:
    times = sync_times(touchpoint(), STARTS)
    moments = {"prompts_at": times.prompts_at, "reminds_at": times.reminds_at, "publishes_at": times.publishes_at}
    return SyncFields(starts_at=STARTS, **(moments | changes))


def test_two_working_days_before_four_hours_before_the_agenda_and_one_working_day_before():
    """Of the four hours, an hour and a half are Monday's and the rest is Friday's."""
    assert told(touchpoint()) == ["Fri 28 09:30", "Fri 28 15:30", "Mon 03 09:30", "Tue 04 09:30"]


def test_holidays_and_closings_are_no_working_days():
    """Good Friday and Easter Monday; and a Thursday on which the company is closed."""
    easter = touchpoint(country="CH", subdivision="ZH")
    assert told(easter, "2031-04-15 09:30") == ["Wed 09 09:30", "Wed 09 15:30", "Thu 10 09:30", "Tue 15 09:30"]
    easter.closings = '[["2031-04-10", "2031-04-10", "Moving house"]]'
    assert told(easter, "2031-04-15 09:30") == ["Tue 08 09:30", "Tue 08 15:30", "Wed 09 09:30", "Tue 15 09:30"]


def test_a_country_works_on_its_own_days():
    """In Israel the working week begins on Sunday."""
    assert told(touchpoint(country="IL", zone="Asia/Jerusalem"))[:3] == ["Sun 02 09:30", "Sun 02 15:30", "Mon 03 09:30"]


@pytest.mark.parametrize(
    ("at", "agenda"),
    [("07:00", "Mon 03 08:00"), ("08:00", "Mon 03 08:00"), ("17:59", "Mon 03 17:59"), ("19:30", "Tue 04 08:00")],
)
def test_an_agenda_is_posted_inside_office_hours(at: str, agenda: str):
    assert told(touchpoint(), f"2031-03-04 {at}")[2] == agenda


def test_an_agenda_is_never_later_than_its_sync():
    """A sync before dawn whose agenda is due on its own day gets it as it starts."""
    assert told(touchpoint(agenda_days=0), "2031-03-04 07:00")[2:] == ["Tue 04 07:00", "Tue 04 07:00"]


def test_no_lead_time_at_all():
    assert told(touchpoint(prompt_days=0, agenda_days=0, reminder_hours=0)) == ["Tue 04 09:30"] * 4


def test_without_a_reminder_its_moment_is_the_agendas():
    assert told(touchpoint(reminder_hours=0))[1:3] == ["Mon 03 09:30", "Mon 03 09:30"]


def test_nobody_is_reminded_before_they_were_asked():
    assert told(touchpoint(reminder_hours=40))[:2] == ["Fri 28 09:30", "Fri 28 09:30"]
    assert told(touchpoint(prompt_days=1, agenda_days=2))[:3] == ["Fri 28 09:30"] * 3


def before(wall: str, days: int, zone: str = ZURICH) -> str:
    instant = working_days_before(touchpoint(zone=zone), to_instant(datetime.fromisoformat(wall), zone), days)
    return f"{instant.astimezone(ZoneInfo(zone)):%a %d %H:%M}"


def test_working_days_step_over_the_weekend():
    assert before("2031-03-05 09:30", 2) == "Mon 03 09:30"
    assert before("2031-03-04 09:30", 2) == "Fri 28 09:30"
    assert before("2031-03-08 09:30", 1) == before("2031-03-09 09:30", 1) == "Fri 07 09:30"
    assert before("2031-03-04 09:30", 0) == "Tue 04 09:30"


def test_a_change_of_clocks_moves_no_wall_time():
    """Zurich's go forward on Sunday 30 March: the Friday before is 71 hours away, not 72."""
    assert told(touchpoint(), "2031-03-31 09:30") == ["Thu 27 09:30", "Thu 27 15:30", "Fri 28 09:30", "Mon 31 09:30"]
    monday = to_instant(datetime.fromisoformat("2031-03-31 09:30"), ZURICH)
    assert monday - working_days_before(touchpoint(), monday, 1) == timedelta(hours=71)


def test_a_working_day_whose_time_is_in_a_gap():
    """Cairo's clocks leap at midnight from Thursday to Friday."""
    assert before("2031-04-28 00:30", 1, "Africa/Cairo") == "Fri 25 01:30"


def test_each_is_due_at_its_time():
    one = sync()
    assert due_at(Reminder.AGENDA, one, touchpoint()) == one.publishes_at
    assert due_at(Reminder.START, one, touchpoint()) == STARTS
    assert due_at(Reminder.START, one, touchpoint(start_minutes=10)) == STARTS - timedelta(minutes=10)


# After downtime: what still goes out, by the rules of late.
def test_an_agenda_goes_out_late_as_long_as_its_sync_is_ahead():
    assert still_worth_sending(Reminder.AGENDA, sync(), STARTS)
    assert not still_worth_sending(Reminder.AGENDA, sync(), STARTS + A_MOMENT)


def test_a_start_reminder_goes_out_up_to_fifteen_minutes_late():
    assert still_worth_sending(Reminder.START, sync(), STARTS + LATE)
    assert not still_worth_sending(Reminder.START, sync(), STARTS + LATE + A_MOMENT)


@pytest.mark.parametrize("reminder", Reminder)
@pytest.mark.parametrize("became", ["started_at", "closed_at", "skipped_at"])
def test_nothing_reminds_of_a_sync_that_started_closed_or_was_skipped(reminder: Reminder, became: str):
    assert not still_worth_sending(reminder, sync(**{became: STARTS - timedelta(days=2)}), STARTS - timedelta(hours=1))


@given(cadences, moments, st.integers(0, 10), st.integers(0, 10), st.integers(0, 40))
def test_whatever_the_cadence_each_comes_after_the_one_before_it(
    cadence: Cadence, now: datetime, prompt_days: int, agenda_days: int, hours: int
):
    leads = {"prompt_days": prompt_days, "agenda_days": agenda_days, "reminder_hours": hours}
    rule = {"rule": cadence.rule, "since": cadence.since, "at": cadence.at, "zone": cadence.zone}
    one = touchpoint(country="CH", subdivision="ZH", **rule, **leads)
    starts_at = next_occurrences(cadence, now, 1)[0]
    times = sync_times(one, starts_at)
    assert times.prompts_at <= times.reminds_at <= times.publishes_at <= times.starts_at == starts_at
    assert one.office.is_open(times.publishes_at) or times.publishes_at == starts_at
