"""How long a nudge waits when its reader puts it off."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agenda.hours import WorkingHours
from agenda.nudges import NudgeFields, NudgeKind, Snooze, snoozed_until
from agenda.recurrence import to_instant
from tests.agenda.test_recurrence import moments

ZURICH = "Europe/Zurich"
EVA = WorkingHours(zone=ZURICH)  # 9 to 5, Monday to Friday; nudges go out at 9 and at 1.


def at(text: str, zone: str = ZURICH) -> datetime:
    """`03-04 09:30` of 2031, as the clock on that wall shows it."""
    return to_instant(datetime.fromisoformat(f"2031-{text}"), zone)


def waits(snooze: Snooze, *, now: str, sync: str = "", person: WorkingHours = EVA) -> str:
    """When it comes back, as its reader's clock shows it."""
    back = snoozed_until(snooze, person, at(now), at(sync) if sync else None)
    return f"{back.astimezone(ZoneInfo(person.zone)):%a %m-%d %H:%M}"


@pytest.mark.parametrize(("now", "back"), [("03-03 10:07", "Mon 03-03 11:07"), ("03-03 16:50", "Mon 03-03 17:50")])
def test_an_hour_is_an_hour_whatever_the_hours(now: str, back: str):
    """Who asks for it in the evening gets it in the evening."""
    assert waits(Snooze.HOUR, now=now, sync="03-03 10:30") == back


@pytest.mark.parametrize(
    ("now", "back"),
    [
        ("03-03 10:00", "Tue 03-04 09:00"),
        ("03-03 23:59", "Tue 03-04 09:00"),
        ("03-04 00:01", "Wed 03-05 09:00"),  # After midnight it is another tomorrow.
        ("03-07 10:00", "Mon 03-10 09:00"),
        ("03-28 10:00", "Mon 03-31 09:00"),  # Clocks change in between.
    ],
)
def test_tomorrow_is_the_beginning_of_the_next_working_day(now: str, back: str):
    assert waits(Snooze.TOMORROW, now=now) == back


def test_tomorrow_is_after_a_leave_and_at_ones_own_hours():
    person = WorkingHours(zone=ZURICH, begins=time(7, 30), ends=time(16), away=((date(2031, 3, 4), date(2031, 3, 6)),))
    assert waits(Snooze.TOMORROW, now="03-03 10:00", person=person) == "Fri 03-07 07:30"


@pytest.mark.parametrize(
    ("sync", "back"),
    [
        ("03-10 14:00", "Mon 03-10 13:00"),
        ("03-10 11:00", "Mon 03-10 09:00"),
        ("03-10 09:00", "Fri 03-07 13:00"),  # Before it, not as it begins.
        ("03-10 07:00", "Fri 03-07 13:00"),
    ],
)
def test_at_the_next_sync_is_the_last_moment_before_it_that_is_of_use(sync: str, back: str):
    assert waits(Snooze.NEXT_SYNC, now="03-03 10:00", sync=sync) == back


def test_where_no_moment_is_left_before_the_sync_it_comes_back_as_the_sync_starts():
    """It must not come back at the very moment at which it was put off."""
    assert waits(Snooze.NEXT_SYNC, now="03-03 10:07", sync="03-03 10:30") == "Mon 03-03 10:30"
    assert waits(Snooze.NEXT_SYNC, now="03-03 09:00", sync="03-03 10:30") == "Mon 03-03 10:30"


def test_without_a_sync_ahead_it_comes_back_tomorrow():
    assert waits(Snooze.NEXT_SYNC, now="03-03 10:00") == waits(Snooze.TOMORROW, now="03-03 10:00")


def test_a_nudge_waits_for_the_moment_to_which_it_was_put_off():
    first, later = at("03-03 09:00"), at("03-04 09:00")
    nudge = NudgeFields(kind=NudgeKind.PROMPT, subject_id=1, slot=first)
    assert nudge.waits_for == first
    nudge.again_slot = later
    assert nudge.waits_for == later


@pytest.mark.parametrize("words", [NudgeKind, Snooze])
def test_each_is_called_something_else(words: type[NudgeKind] | type[Snooze]):
    labels = [word.label for word in words]
    assert len(set(labels)) == len(labels)


@given(moments, st.timedeltas(timedelta(minutes=1), timedelta(days=60)), st.sampled_from(Snooze))
def test_whatever_was_chosen_it_comes_back_later_and_where_a_sync_is_waited_for_not_after_it(
    now: datetime, ahead: timedelta, snooze: Snooze
):
    sync = now + ahead
    back = snoozed_until(snooze, EVA, now, sync)
    assert back > now
    if snooze is Snooze.NEXT_SYNC:
        assert back <= sync
    elif snooze is Snooze.TOMORROW:
        assert back in EVA.slots(back.astimezone(ZoneInfo(ZURICH)).date())
