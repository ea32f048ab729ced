"""The simulated year of docs/a_year.md, checked: what a reader of that page would otherwise have to believe."""

from collections import Counter
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlmodel import col

from agenda.recurrence import local_time, to_instant
from agenda.schedule import wall_of
from agenda.syncs import SkipReason
from docs.simulate_year import PAGE, syncs_of, transcript
from docs.the_year import DOWN, UP, lived
from docs.year_stage import NEW_YORK, ZURICH, Year, on
from storage.items import AgendaItem
from storage.syncs import Sync
from storage.unit_of_work import transaction
from tests.bot.diary import ALL, Message, Writer
from tests.bot.room import HOME

QUESTION, REMINDER, DIGEST = "What should we talk about?", "Still time to add a point", "Your week"
BY_THE_RULE = [
    *(f"{date(2031, 1, 7) + timedelta(days=14 * n)}T15:30" for n in range(20)),
    *(f"{day}T14:00" for day in ("2031-10-06", "2031-11-03", "2031-12-01", "2032-01-05")),
]
FREE_IN_ZURICH = {date(2031, *day) for day in ((4, 11), (4, 14), (5, 1), (5, 13), (5, 22), (6, 2), (8, 1))} | {
    date(2031, 12, 24) + timedelta(days=n) for n in range(13)
}
AWAY = {
    "Sam": {date(2031, 7, 14) + timedelta(days=n) for n in range(19)},
    "Dana": {date(2031, 5, 24) + timedelta(days=n) for n in range(7)} | {date(2031, 7, 4)},
    "Robin": set[date](),
}


@pytest.fixture(scope="module")
def year() -> Year:
    return lived()


def wall(instant: datetime, zone: str) -> datetime:
    return instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def by_rule(sync: Sync) -> datetime:
    """Where its rule has it; an extra one is where it is."""
    return to_instant(wall_of(sync.occurrence), ZURICH) if sync.occurrence else sync.starts_at


def at_home(year: Year, kind: str, sync: Sync) -> list[Message]:
    return [one for one in year.diary.messages if one.kind == kind and one.posted.owed.subject_id == sync.id]


def nudges_of(year: Year, who: Writer) -> list[Message]:
    return [one for one in year.diary.messages if one.reader is who and one.kind == "nudge"]


def asked(year: Year, who: Writer, what: str, sync: Sync) -> list[datetime]:
    """When somebody was asked this about that sync, as its time then was."""
    zone = who.profile.zone
    times = [f"Our sync is on {local_time(at, zone)}." for at in (sync.starts_at, by_rule(sync))]
    return [
        one.at
        for one in nudges_of(year, who)
        if what in str(one.posted) and any(time in str(one.posted) for time in times)
    ]


def chairs(year: Year, sync: Sync) -> tuple[Writer, Writer]:
    """Who is asked about it: in Sam's leave it is Robin."""
    return (year.robin if wall(sync.starts_at, ZURICH).date() in AWAY["Sam"] else year.sam), year.dana


def test_the_page_is_what_happens(year: Year) -> None:
    assert PAGE.read_text(encoding="utf-8") == transcript(year), "run: make year"


def test_every_sync_of_the_rule_is_held_or_its_people_were_told_why_not(year: Year) -> None:
    syncs = {sync.occurrence: sync for sync in syncs_of(year) if sync.occurrence}
    assert sorted(syncs) == BY_THE_RULE
    told = [one for one in year.diary.messages if one.kind in {"pause", "setup"}]
    for sync in syncs.values():
        assert sync.closed_at or sync.skip_reason, sync.occurrence
        first = min(sync.starts_at, by_rule(sync))
        if sync.skip_reason in {SkipReason.PAUSED, SkipReason.CADENCE}:
            assert any(sync.skipped_at == one.at and one.at < first for one in told), sync.occurrence
        elif sync.skip_reason or (sync.starts_at != by_rule(sync) and sync.occurrence != "2031-02-18T15:30"):
            assert any(one.at < first for one in at_home(year, "notice", sync)), sync.occurrence


def test_the_sync_that_nobody_started_was_offered_again_and_held(year: Year) -> None:
    (sync,) = [one for one in syncs_of(year) if one.occurrence == "2031-02-18T15:30"]
    (offer,) = at_home(year, "unstarted", sync)
    assert (offer.at, sync.starts_at) == (on(2, 19, "08:00"), on(2, 20, "15:30"))
    assert sync.closed_at


def test_everybody_is_asked_exactly_once_for_each_sync(year: Year) -> None:
    for sync in syncs_of(year):
        expected = int(sync.closed_at is not None or sync.occurrence is None)
        for who in chairs(year, sync):
            put_off = who is year.dana and sync.occurrence == "2031-04-15T15:30"
            assert len(asked(year, who, QUESTION, sync)) == expected + put_off, (who.profile.name, sync.occurrence)
            assert len(asked(year, who, REMINDER, sync)) <= expected


def test_question_reminder_agenda_start_and_minutes_come_in_this_order(year: Year) -> None:
    for sync in (one for one in syncs_of(year) if one.closed_at):
        for who in chairs(year, sync):
            steps = [
                asked(year, who, QUESTION, sync)[0],
                *asked(year, who, REMINDER, sync),
                at_home(year, "agenda", sync)[0].at,
                *(at_home(year, kind, sync)[-1].at for kind in ("start", "sync", "minutes")),
            ]
            assert steps == sorted(set(steps)), (who.profile.name, sync.occurrence)


def test_nobody_is_asked_at_night_on_a_free_day_or_on_leave(year: Year) -> None:
    for who in (year.sam, year.dana, year.robin):
        free = FREE_IN_ZURICH | AWAY[who.profile.name]
        for message in nudges_of(year, who):
            local = wall(message.at, who.profile.zone)
            assert local.weekday() < 5, local
            assert local.date() not in free, local
            wished = message.at == on(4, 9, "10:05", zone=NEW_YORK)
            assert wished or local.strftime("%H:%M") in {"09:00", "13:00"}, local


def test_the_channel_is_written_to_in_office_hours(year: Year) -> None:
    for message in year.diary.messages:
        if message.place == HOME and message.kind in {"agenda", "unstarted", "start"}:
            local = wall(message.at, ZURICH)
            assert local.weekday() < 5
            assert local.date() not in FREE_IN_ZURICH
            assert 8 <= local.hour < 18


def test_nobody_gets_more_than_two_nudges_a_day(year: Year) -> None:
    for who in (year.sam, year.dana, year.robin):
        days = Counter(wall(one.at, who.profile.zone).date() for one in nudges_of(year, who))
        assert max(days.values()) <= 2


def test_a_sync_stays_where_it_is_when_clocks_change(year: Year) -> None:
    held = [sync for sync in syncs_of(year) if sync.closed_at]
    assert {wall(sync.starts_at, ZURICH).strftime("%H:%M") for sync in held} == {"15:30", "14:00"}
    in_new_york = {
        wall(sync.starts_at, NEW_YORK).strftime("%H:%M") for sync in held if sync.starts_at < on(9, 17, "00:00")
    }
    assert in_new_york == {"09:30", "10:30"}


def test_nothing_that_was_raised_is_lost(year: Year) -> None:
    with transaction(year.diary.engine, writes=False) as session:
        raised = set(session.execute(select(col(AgendaItem.title)).where(col(AgendaItem.source).is_(None))).scalars())
    minutes = "\n".join(str(one.posted) for one in year.diary.messages if one.kind == "minutes")
    assert len(raised) > 15
    assert not [title for title in raised if title not in minutes]


def test_after_the_outage_each_gets_one_message_and_nothing_about_what_has_passed(year: Year) -> None:
    monday = [one for one in year.diary.messages if UP <= one.at < UP + timedelta(hours=14)]
    assert not [one for one in year.diary.messages if DOWN < one.at < UP]
    passed = {sync.id for sync in syncs_of(year) if sync.starts_at < UP}
    about = [one for one in monday if one.reader is None and one.posted.owed.subject_id in passed]
    assert [one.kind for one in about] == ["unstarted"]
    for who in (year.sam, year.dana):
        (message,) = [one for one in monday if one.reader is who]
        assert message.posted.card.title == QUESTION
        assert "20 June" not in str(message.posted)


def test_a_point_that_was_deferred_three_times_must_be_settled(year: Year) -> None:
    (agenda,) = [one for one in year.diary.messages if one.posted.card.title == "Agenda for Tue 15 April, 15:30"]
    assert "Must be settled\nWho may approve a new cloud region" in str(agenda.posted)
    assert "deferred 3×: decide, drop or escalate" in str(agenda.posted)


def test_what_was_muted_stays_silent(year: Year) -> None:
    late = [one for one in nudges_of(year, year.dana) if one.at > on(5, 12, "15:05")]
    assert len(late) > 10
    assert not [one for one in late if REMINDER in str(one.posted)]


def test_a_missing_key_is_asked_for_in_private_then_on_the_agenda(year: Year) -> None:
    told = [
        one for one in year.diary.messages if "D-2 A second SOC shift" in str(one.posted) and one.at < on(2, 4, "15:00")
    ]
    assert [(one.kind, one.reader) for one in told if one.kind != "minutes"] == [
        ("key", year.sam),
        *[("nudge", year.sam)] * 4,
        ("agenda", None),
    ]


def test_the_digest_comes_on_the_first_morning_of_a_week_and_only_if_something_waits(year: Year) -> None:
    digests = [one for who in (year.sam, year.dana) for one in nudges_of(year, who) if DIGEST in str(one.posted)]
    assert 3 <= len(digests) <= 12
    assert {wall(one.at, ZURICH).weekday() for one in digests} == {0}
    assert all("Your promises" in str(one.posted) or "Keys that wait" in str(one.posted) for one in digests)


def test_what_presses_is_asked_of_both_that_morning_and_stands_in_the_brief(year: Year) -> None:
    told = [one for one in year.diary.messages if "CVE-2023-4966" in str(one.posted) and one.at < on(3, 18, "00:00")]
    assert [(one.kind, one.reader) for one in told if "Mend" not in one.posted.card.title][:2] == [
        ("nudge", year.sam),
        ("nudge", year.dana),
    ]
    assert [one.at for one in told if one.kind == "brief"] == [on(3, 17, "15:30")]


def test_each_gate_is_on_the_agenda_until_it_is_passed(year: Year) -> None:
    agendas = [str(one.posted) for one in year.diary.messages if one.kind == "agenda"]
    seen = [[gate in agenda for agenda in agendas].count(True) for gate in ("design gate", "build gate", "launch gate")]
    assert seen == [1, 0, 2], "one that is answered in time is no line; the launch has two gates"


def test_colleagues_learn_of_hygiene_together_and_an_ask_ends_with_both_keys(year: Year) -> None:
    (message,) = [one for one in year.diary.messages if one.place == ALL]
    assert message.kind == "hygiene_post"
    assert "Robin" not in str(message.posted)
    assert [one.posted.card.title for one in year.diary.messages if "D-5 is agreed" in str(one.posted)] == [
        "D-5 is agreed: We pay for Wipe laptops from afar"
    ]
