"""What a calendar reads: right instants over a change of clocks, one event a sync, and nothing of what is talked about."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar, Event

from agenda.calendars import Closing, HolidayPolicy, WorkCalendar
from agenda.ics import CalendarEvent, calendar, coming, planned, tag, uid
from agenda.syncs import SkipReason, SyncFields
from agenda.touchpoints import TouchpointFields
from tests.conftest import MONDAY

NAME = "Zürcher Brücken 🏔 & Söhne; CIO, CISO \\ „Lagebesprechung“ für Führungskräfte 👩🏽‍💻🔐"
HALF_HOUR = timedelta(minutes=30)


class WithWhitMonday(TouchpointFields):
    @property
    def calendar(self) -> WorkCalendar:
        return WorkCalendar(closed=(Closing(first=date(2031, 6, 2), last=date(2031, 6, 2), name="Whit Monday"),))


WHIT_MONDAY = {"skipped_at": MONDAY, "skip_reason": SkipReason.HOLIDAY, "note": "Whit Monday", "sequence": 1}


def touchpoint(rule: str = "FREQ=WEEKLY;BYDAY=MO", **changes: object) -> TouchpointFields:
    usual = {
        "name": "Security sync",
        "home": "slack:T1/C-home",
        "rule": rule,
        "since": MONDAY.date(),
        "at": time(9, 30),
        "zone": "Europe/Zurich",
        "created_at": MONDAY,
    }
    return WithWhitMonday(**(usual | changes))


def sync(starts_at: datetime, **changes: object) -> SyncFields:
    early = {"prompts_at": starts_at, "reminds_at": starts_at, "publishes_at": starts_at}
    return SyncFields(starts_at=starts_at, **(early | changes))


def ahead(one: TouchpointFields, *known: str, now: datetime = MONDAY) -> list[CalendarEvent]:
    return list(coming(one, 7, known, now=now))


def event(**changes: object) -> CalendarEvent:
    usual = {"uid": "1@touchpoint", "starts_at": MONDAY, "ends_at": MONDAY + HALF_HOUR, "title": "Sync: Security sync"}
    return CalendarEvent(**(usual | changes))


def read(*events: CalendarEvent, name: str = "Touchpoint") -> Calendar:
    return Calendar.from_ical(calendar(name, events, now=MONDAY))


def only(*events: CalendarEvent) -> Event:
    (found,) = read(*events).walk("VEVENT")
    return found


def test_a_sync_at_half_past_nine_stays_there_over_both_changes_of_clocks():
    starts = {one.starts_at.date(): one.starts_at for one in ahead(touchpoint())}
    by_day = {day: f"{starts[day]:%H:%M}" for day in (date(2031, 3, 24), date(2031, 3, 31), date(2031, 10, 27))}
    assert by_day == {date(2031, 3, 24): "08:30", date(2031, 3, 31): "07:30", date(2031, 10, 27): "08:30"}
    assert {f"{one.astimezone(ZoneInfo('Europe/Zurich')):%H:%M}" for one in starts.values()} == {"09:30"}


def test_a_year_ahead_and_no_further():
    events = ahead(touchpoint())
    assert events[0].starts_at == datetime(2031, 3, 3, 8, 30, tzinfo=UTC)
    assert len(events) == 53
    assert events[-1].starts_at < MONDAY + timedelta(days=366)


def test_a_rule_that_ends_ends_in_the_calendar_too():
    assert len(ahead(touchpoint("FREQ=WEEKLY;BYDAY=MO;COUNT=3"))) == 3
    assert ahead(touchpoint("FREQ=WEEKLY;BYDAY=MO;COUNT=3"), now=MONDAY + timedelta(days=30)) == []


def test_what_the_record_knows_is_not_listed_twice():
    known = ahead(touchpoint(), "2031-03-03T09:30", "2031-03-17T09:30")
    assert [one.uid for one in known[:2]] == ["7-2031-03-10T09:30@touchpoint", "7-2031-03-24T09:30@touchpoint"]


def test_nothing_is_expected_of_one_that_is_paused():
    assert ahead(touchpoint(paused_at=MONDAY)) == []


def test_a_pause_whose_end_is_known_leaves_what_comes_after_it():
    events = ahead(touchpoint(paused_at=MONDAY, paused_until=date(2031, 3, 17)))
    assert events[0].starts_at.date() == date(2031, 3, 17)


@pytest.mark.parametrize(
    ("policy", "day"), [(HolidayPolicy.NEXT, date(2031, 6, 3)), (HolidayPolicy.PREVIOUS, date(2031, 5, 30))]
)
def test_a_holiday_moves_it_says_why_and_keeps_its_identity(policy: HolidayPolicy, day: date):
    events = ahead(touchpoint(holiday_policy=policy))
    (found,) = [one for one in events if one.uid == uid(7, "2031-06-02T09:30")]
    assert (found.starts_at.date(), found.description) == (day, "Whit Monday")


def test_a_holiday_that_is_left_out_is_not_in_the_calendar():
    events = ahead(touchpoint(holiday_policy=HolidayPolicy.SKIP))
    assert uid(7, "2031-06-02T09:30") not in [one.uid for one in events]
    assert uid(7, "2031-06-09T09:30") in [one.uid for one in events]


def test_a_planned_sync_is_the_event_that_the_rule_promised():
    (promised,) = [one for one in ahead(touchpoint()) if "2031-03-10" in one.uid]
    row = planned(touchpoint(), 7, sync(promised.starts_at, occurrence="2031-03-10T09:30"), 99)
    assert row == promised


def test_a_moved_one_stands_at_its_new_time_and_counts_its_changes():
    later = MONDAY + timedelta(days=2)
    moved = sync(
        later, occurrence="2031-03-03T09:30", moved_at=MONDAY, sequence=2, note="instead of Mon 3 March, 09:30"
    )
    found = only(planned(touchpoint(minutes=45), 7, moved, 99))
    assert (found["UID"], found["SEQUENCE"]) == ("7-2031-03-03T09:30@touchpoint", 2)
    assert (found.start, found.end) == (later, later + timedelta(minutes=45))
    assert found["LAST-MODIFIED"].dt == MONDAY
    assert found["STATUS"] == "CONFIRMED"


def test_a_skipped_one_is_cancelled_keeps_nobody_busy_and_says_why():
    found = only(planned(touchpoint(), 7, sync(MONDAY, occurrence="2031-03-03T09:30", **WHIT_MONDAY), 99))
    assert (found["STATUS"], found["TRANSP"], found["DESCRIPTION"]) == ("CANCELLED", "TRANSPARENT", "Whit Monday")


@pytest.mark.parametrize(
    "typed",
    [
        {"occurrence": "2031-03-03T09:30", "skipped_at": MONDAY, "skip_reason": SkipReason.PERSON},
        {"occurrence": "2031-03-03T09:30", "moved_at": MONDAY},
        {"occurrence": "2031-03-03T09:30", "moved_at": MONDAY, "skipped_at": MONDAY, "skip_reason": SkipReason.PAUSED},
        {"occurrence": None},
    ],
    ids=["skipped", "moved", "moved, then paused", "extra"],
)
def test_what_a_person_typed_as_the_reason_stays_in_the_record(typed: dict[str, object]):
    assert "DESCRIPTION" not in only(planned(touchpoint(), 7, sync(MONDAY, note="Dana is in hospital", **typed), 99))


def test_an_extra_one_is_known_by_its_own_key():
    assert planned(touchpoint(), 7, sync(MONDAY), 99).uid == "sync-99@touchpoint"


def test_the_calendar_says_what_it_is_and_how_often_to_look():
    found = read(event(), name="Touchpoint")
    assert (found["VERSION"], found["METHOD"], found["X-WR-CALNAME"]) == ("2.0", "PUBLISH", "Touchpoint")
    text = calendar("Touchpoint", [event()], now=MONDAY).decode()
    assert "\r\nREFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n" in text
    assert "\r\nX-PUBLISHED-TTL:PT1H\r\n" in text
    assert "\r\nDTSTART:20310303T080000Z\r\n" in text
    assert "\r\nDTSTAMP:20310303T080000Z\r\n" in text


def test_an_empty_calendar_is_still_one():
    assert read().walk("VEVENT") == []


def test_a_long_name_with_umlauts_and_emoji_is_folded_between_characters_and_comes_back_whole():
    written = calendar(NAME, [event(title=f"Sync: {NAME}")], now=MONDAY)
    assert max(len(line) for line in written.split(b"\r\n")) <= 75
    for line in written.split(b"\r\n"):
        line.decode()  # no character was cut in two
    found = Calendar.from_ical(written)
    assert str(found["X-WR-CALNAME"]) == NAME
    assert [str(one["SUMMARY"]) for one in found.walk("VEVENT")] == [f"Sync: {NAME}"]


def test_no_name_can_write_a_line_of_its_own():
    found = only(event(title="a\r\nATTENDEE:mailto:x@example.com\rB\x0bc\x00"))
    assert str(found["SUMMARY"]) == "a\nATTENDEE:mailto:x@example.comBc"
    assert "ATTENDEE" not in found


def test_the_tag_changes_with_what_is_said_and_not_with_the_time():
    assert tag("a", [event()]) == tag("a", (event(),))
    others = [event(sequence=1), event(cancelled=True), event(title="other"), event(starts_at=MONDAY - HALF_HOUR)]
    assert len({tag("a", [one]) for one in (event(), *others)} | {tag("b", [event()])}) == 6
