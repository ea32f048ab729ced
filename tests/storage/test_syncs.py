"""Which sync is next, planned once however many plan it; and the lines that wait on it."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from agenda.causes import Answered
from agenda.items import Outcome, Source
from agenda.themes import Theme
from storage import items, rows, syncs
from storage.items import AgendaItem
from storage.syncs import Sync
from storage.unit_of_work import Record
from tests.conftest import MONDAY
from tests.storage.firm import Firm

WEEK = timedelta(days=7)


def current(firm: Firm) -> int | None:
    with firm.record(writes=False) as record:
        found = syncs.current(record, firm.touchpoint_id)
        return found.id if found else None


def test_the_next_one_that_stands(firm: Firm):
    assert current(firm) is None
    firm.sync(MONDAY, started_at=MONDAY, closed_at=MONDAY)
    firm.sync(MONDAY + WEEK, skipped_at=MONDAY)
    later, sooner = firm.sync(MONDAY + 3 * WEEK), firm.sync(MONDAY + 2 * WEEK)
    assert current(firm) == sooner != later


def test_one_in_progress_comes_before_any_other(firm: Firm):
    firm.sync(MONDAY + WEEK)
    started_early = firm.sync(MONDAY + 2 * WEEK, started_at=MONDAY)
    assert current(firm) == started_early


def test_an_occurrence_is_planned_once_whatever_became_of_it(firm: Firm):
    firm.sync(MONDAY + WEEK, occurrence="2031-03-10T09:30", skipped_at=MONDAY)
    with pytest.raises(IntegrityError):
        firm.sync(MONDAY + 2 * WEEK, occurrence="2031-03-10T09:30")
    elsewhere = firm.touchpoint("slack:T1/C-board")
    assert firm.sync(MONDAY + WEEK, touchpoint_id=elsewhere, occurrence="2031-03-10T09:30"), "another touchpoint may"


def test_extra_ones_may_be_as_many_as_people_want(firm: Firm):
    assert firm.sync(MONDAY + WEEK) != firm.sync(MONDAY + WEEK)


def planned(firm: Firm, ask: Callable[[Record], list[Sync]], *, now: datetime = MONDAY) -> list[int]:
    with firm.record(now, writes=False) as record:
        return [one.key for one in ask(record)]


def test_known_are_all_occurrences_of_the_rule_from_a_day_on(firm: Firm):
    before, on, after = (f"2031-03-{day:02}T09:30" for day in (9, 10, 11))
    firm.sync(MONDAY + WEEK, occurrence=before)
    skipped = firm.sync(MONDAY + WEEK, occurrence=on, skipped_at=MONDAY)
    moved = firm.sync(MONDAY - WEEK, occurrence=after, moved_at=MONDAY)
    firm.sync(MONDAY + WEEK)  # An extra one is none of the rule's.
    assert set(planned(firm, lambda r: syncs.known(r, firm.touchpoint_id, since="2031-03-10"))) == {skipped, moved}


def test_ahead_is_what_stands_and_starts_later_than_now(firm: Firm):
    later, sooner = firm.sync(MONDAY + 2 * WEEK), firm.sync(MONDAY + WEEK)
    now_or_over = [firm.sync(MONDAY), firm.sync(MONDAY - WEEK)]
    firm.sync(MONDAY + WEEK, skipped_at=MONDAY)
    firm.sync(MONDAY + WEEK, started_at=MONDAY)
    assert planned(firm, lambda r: syncs.ahead(r, firm.touchpoint_id)) == [sooner, later]
    assert planned(firm, lambda r: syncs.untouched(r, firm.touchpoint_id)) == [*reversed(now_or_over), sooner, later]
    assert planned(firm, lambda r: syncs.ahead(r, firm.touchpoint_id), now=MONDAY + WEEK) == [later]


def test_listed_is_everything_of_these_days_in_order(firm: Firm):
    end = MONDAY + 2 * WEEK
    firm.sync(end)
    held = firm.sync(MONDAY + WEEK, started_at=MONDAY, closed_at=MONDAY)
    skipped = firm.sync(MONDAY, skipped_at=MONDAY)
    firm.sync(MONDAY - timedelta(seconds=1))
    assert planned(firm, lambda r: syncs.listed(r, firm.touchpoint_id, since=MONDAY, until=end)) == [skipped, held]


def test_from_one_that_took_place_to_the_next(firm: Firm):
    ended = {"started_at": MONDAY, "closed_at": MONDAY}
    first, second = firm.sync(MONDAY, **ended), firm.sync(MONDAY + 2 * WEEK, **ended)
    firm.sync(MONDAY + WEEK, skipped_at=MONDAY)
    coming = firm.sync(MONDAY + 3 * WEEK)
    elsewhere = firm.touchpoint("slack:T1/C-board")
    firm.sync(MONDAY + WEEK, touchpoint_id=elsewhere, **ended)
    here, moments = [firm.touchpoint_id], (MONDAY, MONDAY + WEEK, MONDAY + 2 * WEEK)
    with firm.record(writes=False) as record:
        last = syncs.closed(record, here)
        assert last is not None
        assert last.key == second
        assert [one and one.key for one in (syncs.closed(record, here, before=at) for at in moments)] == [
            None,
            first,
            first,
        ]
        after = [syncs.closed_after(record, here, at) for at in moments]
        assert [one and one.key for one in after] == [second, second, None]
        assert [
            one and one.key
            for one in (syncs.following(record, rows.get(record, Sync, key)) for key in (first, second, coming))
        ] == [second, coming, None]


def line(firm: Firm, sync_id: int, title: str, **changes: object) -> int:
    values = {"theme": Theme.HYGIENE, "raised_at": MONDAY, "raised_by_id": firm.sam_id} | changes
    with firm.record() as record:
        return rows.add(
            record, AgendaItem(organization_id=firm.organization_id, sync_id=sync_id, title=title, **values)
        ).key


def test_lines_stand_as_they_were_raised_and_a_message_leads_to_its_latest(firm: Firm):
    first, second = firm.sync(MONDAY + WEEK), firm.sync(MONDAY + 2 * WEEK)
    for sync_id, title, minutes in ((first, "later", 5), (first, "sooner", 1), (second, "carried", 1)):
        line(firm, sync_id, title, raised_at=MONDAY + timedelta(minutes=minutes), source_message="slack:T1/Sam/1")
    with firm.record(writes=False) as record:
        assert [line.title for line in items.of_sync(record, first)] == ["sooner", "later"]
        latest = items.from_message(record, "slack:T1/Sam/1")
        assert latest is not None
        assert (latest.title, latest.theme, latest.outcome) == ("carried", Theme.HYGIENE, Outcome.OPEN)
        assert items.from_message(record, "slack:T1/Sam/2") is None


def titles(firm: Firm, ask: Callable[[Record, int], list[AgendaItem]]) -> list[str]:
    with firm.record(writes=False) as record:
        return [one.title for one in ask(record, firm.touchpoint_id)]


def test_lines_of_what_did_not_take_place_wait_until_an_agenda_carries_them(firm: Firm):
    skipped, coming = firm.sync(MONDAY, skipped_at=MONDAY), firm.sync(MONDAY + WEEK)
    carried = line(firm, skipped, "carried already")
    line(firm, skipped, "waits")
    line(firm, skipped, "deferred before", outcome=Outcome.DEFERRED)
    for outcome in (Outcome.DROPPED, Outcome.DISCUSSED, Outcome.ESCALATED):
        line(firm, skipped, outcome.value, outcome=outcome)
    line(firm, coming, "carried already", carried_from_id=carried)
    assert titles(firm, items.of_skipped) == ["waits", "deferred before"]
    assert titles(firm, items.left_over) == []


def test_left_over_is_what_the_last_closed_sync_did_not_settle(firm: Firm):
    ended = {"started_at": MONDAY}
    before = firm.sync(MONDAY - WEEK, closed_at=MONDAY - WEEK, **ended)
    last, coming = firm.sync(MONDAY, closed_at=MONDAY, **ended), firm.sync(MONDAY + WEEK)
    line(firm, before, "of the one before")
    carried = line(firm, last, "carried already", outcome=Outcome.DEFERRED)
    line(firm, last, "open")
    line(firm, last, "deferred", outcome=Outcome.DEFERRED)
    line(firm, last, "settled", outcome=Outcome.DISCUSSED)
    line(firm, coming, "carried already", carried_from_id=carried)
    assert titles(firm, items.left_over) == ["open", "deferred"]


def test_what_the_record_put_on_an_agenda_is_answered_once_people_are_done_with_it(firm: Firm):
    sync = firm.sync(MONDAY)
    of_risk = {"source": Source.RISK_REVIEW}
    line(firm, sync, "talked about", source_id=7, outcome=Outcome.DISCUSSED, **of_risk)
    line(firm, sync, "still open", source_id=8, **of_risk)
    line(firm, sync, "its cause had gone", outcome=Outcome.DROPPED, **of_risk)
    line(firm, sync, "a person's", outcome=Outcome.DISCUSSED)
    with firm.record(writes=False) as record:
        assert items.answered(record, firm.touchpoint_id) == [
            Answered(source=Source.RISK_REVIEW, source_id=7, outcome=Outcome.DISCUSSED, on=MONDAY.date())
        ]


def test_settled_last_is_what_a_slipped_thumb_would_open_again(firm: Firm):
    sync = firm.sync(MONDAY)
    for minutes, title in ((2, "first"), (5, "last"), (3, "between")):
        line(firm, sync, title, outcome=Outcome.DISCUSSED, settled_at=MONDAY + timedelta(minutes=minutes))
    line(firm, sync, "open")
    with firm.record() as record:
        last = items.settled_last(record, sync)
        assert last is not None
        assert last.title == "last"
        last.settled_at = None
        record.session.flush()
        again = items.settled_last(record, sync)
        assert again is not None
        assert again.title == "between"
