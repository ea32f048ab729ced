"""Which prompts a sync owes, when each is due, and when it is too late for it."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agenda.recurrence import Cadence, next_occurrences
from agenda.reminders import Reminder, due_at, still_worth_sending, sync_times
from agenda.syncs import SyncFields
from tests.agenda.test_recurrence import cadences, moments

TUESDAY = Cadence(rule="FREQ=WEEKLY;BYDAY=TU", since=date(2031, 3, 4), at=time(9, 30), zone="Europe/Zurich")
STARTS = datetime(2031, 3, 4, 8, 30, tzinfo=UTC)
LATE = timedelta(minutes=15)
A_MOMENT = timedelta(microseconds=1)


def sync(**changes: datetime) -> SyncFields:
    return SyncFields(
        starts_at=STARTS, prompts_at=STARTS - timedelta(days=4), publishes_at=STARTS - timedelta(days=1), **changes
    )


def test_two_working_days_before_one_working_day_before_and_at_the_hour():
    times = sync_times(TUESDAY, 2, 1, datetime(2031, 2, 1, tzinfo=UTC))
    assert times is not None
    zurich = ZoneInfo("Europe/Zurich")
    told = [f"{at.astimezone(zurich):%a %d %H:%M}" for at in (times.prompts_at, times.publishes_at, times.starts_at)]
    assert told == ["Fri 28 09:30", "Mon 03 09:30", "Tue 04 09:30"]


def test_a_rule_that_has_ended_owes_nothing():
    ended = Cadence(rule="FREQ=WEEKLY;COUNT=1;BYDAY=TU", since=TUESDAY.since, at=TUESDAY.at, zone=TUESDAY.zone)
    assert sync_times(ended, 2, 1, STARTS) is None


def test_each_is_due_at_its_time():
    one = sync()
    assert [due_at(reminder, one) for reminder in Reminder] == [one.prompts_at, one.publishes_at, one.starts_at]


# After downtime: what still goes out, by the rules of late.
@pytest.mark.parametrize("reminder", [Reminder.PROMPT, Reminder.AGENDA])
def test_prompts_and_agendas_go_out_late_as_long_as_their_sync_is_ahead(reminder: Reminder):
    assert still_worth_sending(reminder, sync(), STARTS)
    assert not still_worth_sending(reminder, sync(), STARTS + A_MOMENT)


def test_a_start_reminder_goes_out_up_to_fifteen_minutes_late():
    assert still_worth_sending(Reminder.START, sync(), STARTS + LATE)
    assert not still_worth_sending(Reminder.START, sync(), STARTS + LATE + A_MOMENT)


@pytest.mark.parametrize("reminder", Reminder)
@pytest.mark.parametrize("became", ["started_at", "closed_at", "skipped_at"])
def test_nothing_reminds_of_a_sync_that_started_closed_or_was_skipped(reminder: Reminder, became: str):
    assert not still_worth_sending(reminder, sync(**{became: STARTS - timedelta(days=2)}), STARTS - timedelta(hours=1))


@given(cadences, moments, st.integers(0, 15), st.integers(0, 15))
def test_whatever_the_cadence_prompts_come_before_the_agenda_and_the_agenda_before_the_start(
    cadence: Cadence, now: datetime, one: int, other: int
):
    agenda_days, prompt_days = sorted((one, other))
    times = sync_times(cadence, prompt_days, agenda_days, now)
    assert times is not None
    assert times.prompts_at <= times.publishes_at <= times.starts_at
    assert times.starts_at == next_occurrences(cadence, now, 1)[0]
