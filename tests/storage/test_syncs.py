"""Which sync is next, planned once however many plan it; and the lines that wait on it."""

from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from agenda.items import Outcome
from agenda.themes import Theme
from storage import items, rows, syncs
from storage.items import AgendaItem
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


def test_one_is_planned_once_and_a_skipped_one_may_be_planned_again(firm: Firm):
    firm.sync(MONDAY + WEEK, skipped_at=MONDAY)
    firm.sync(MONDAY + WEEK)
    with pytest.raises(IntegrityError):
        firm.sync(MONDAY + WEEK)
    assert firm.sync(MONDAY + WEEK, touchpoint_id=firm.touchpoint("slack:T1/C-board")), "another touchpoint may"


def test_how_far_it_is_planned_and_what_nobody_touched(firm: Firm):
    firm.sync(MONDAY, started_at=MONDAY)
    ahead = firm.sync(MONDAY + WEEK)
    firm.sync(MONDAY + 5 * WEEK, skipped_at=MONDAY)
    with firm.record(writes=False) as record:
        assert syncs.latest_start(record, firm.touchpoint_id) == MONDAY + WEEK
        assert [one.id for one in syncs.untouched(record, firm.touchpoint_id)] == [ahead]


def test_lines_stand_as_they_were_raised_and_a_message_leads_to_its_latest(firm: Firm):
    first, second = firm.sync(MONDAY + WEEK), firm.sync(MONDAY + 2 * WEEK)
    with firm.record() as record:
        for sync_id, title, minutes in ((first, "later", 5), (first, "sooner", 1), (second, "carried", 1)):
            rows.add(
                record,
                AgendaItem(
                    organization_id=firm.organization_id,
                    sync_id=sync_id,
                    raised_by_id=firm.sam_id,
                    title=title,
                    theme=Theme.HYGIENE,
                    raised_at=MONDAY + timedelta(minutes=minutes),
                    source_message="slack:T1/Sam/1",
                ),
            )
    with firm.record(writes=False) as record:
        assert [line.title for line in items.of_sync(record, first)] == ["sooner", "later"]
        latest = items.from_message(record, "slack:T1/Sam/1")
        assert latest is not None
        assert (latest.title, latest.theme, latest.outcome) == ("carried", Theme.HYGIENE, Outcome.OPEN)
        assert items.from_message(record, "slack:T1/Sam/2") is None
