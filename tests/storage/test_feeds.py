"""Secret calendar addresses: one of each person at a time, known by their hash alone, found in no other organization."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import Engine, text

from storage import feeds
from storage.unit_of_work import transaction
from tests.conftest import MONDAY
from tests.storage.firm import Firm, founded, meanwhile

LATER = MONDAY + timedelta(days=1)


def issues(firm: Firm, token: str, person_id: int = 0) -> None:
    with firm.record() as record:
        feeds.issue(record, person_id or firm.sam_id, token)


def whose(firm: Firm, token: str) -> int | None:
    with transaction(firm.engine, writes=False) as session:
        found = feeds.by_token(session, token)
        return found.person_id if found else None


def test_a_link_is_known_by_its_token_and_by_nothing_else(firm: Firm):
    issues(firm, "one")
    assert whose(firm, "one") == firm.sam_id
    assert [whose(firm, wrong) for wrong in ("", "On", "ONE", feeds.hashed("one"))] == [None] * 4


def test_the_record_does_not_hold_an_address_that_works(firm: Firm):
    issues(firm, "one-secret")
    with firm.engine.connect() as connection:
        assert "one-secret" not in str(connection.execute(text("SELECT * FROM calendar_feed")).all())


def test_a_new_link_stops_the_old_one(firm: Firm):
    issues(firm, "old")
    issues(firm, "new")
    assert (whose(firm, "old"), whose(firm, "new")) == (None, firm.sam_id)


def test_a_stopped_link_stays_stopped_and_another_persons_goes_on(firm: Firm):
    issues(firm, "sams")
    issues(firm, "danas", firm.dana_id)
    with firm.record(LATER) as record:
        stopped = feeds.revoke(record, firm.sam_id)
        assert stopped is not None
        assert stopped.revoked_at == LATER
        assert feeds.standing(record, firm.sam_id) is None
        assert feeds.revoke(record, firm.sam_id) is None
    assert (whose(firm, "sams"), whose(firm, "danas")) == (None, firm.dana_id)


def test_another_organization_neither_sees_nor_stops_it(engine: Engine):
    firm, other = founded(engine), founded(engine, "slack:T2")
    issues(firm, "sams")
    with other.record() as record:
        assert feeds.standing(record, firm.sam_id) is None
        assert feeds.revoke(record, firm.sam_id) is None
        feeds.hand_over(record, gone=firm.sam_id, into=other.sam_id)
    assert whose(firm, "sams") == firm.sam_id


def test_whoever_turns_out_to_be_somebody_else_keeps_their_calendar(firm: Firm):
    issues(firm, "sams")
    with firm.record() as record:
        feeds.hand_over(record, gone=firm.sam_id, into=firm.dana_id)
    assert whose(firm, "sams") == firm.dana_id


def test_of_two_calendars_that_become_one_persons_theirs_goes_on(firm: Firm):
    issues(firm, "sams")
    issues(firm, "danas", firm.dana_id)
    with firm.record() as record:
        feeds.hand_over(record, gone=firm.sam_id, into=firm.dana_id)
        standing = feeds.standing(record, firm.dana_id)
        assert standing is not None
    assert (whose(firm, "sams"), whose(firm, "danas")) == (None, firm.dana_id)


@pytest.mark.postgres
def test_two_who_ask_at_once_leave_one_link(shared: Firm, pool: ThreadPoolExecutor):
    with shared.record() as record:
        feeds.issue(record, shared.sam_id, "first")
        other = meanwhile(pool, shared.engine, lambda: issues(shared, "second"))
    other.result()
    assert (whose(shared, "first"), whose(shared, "second")) == (None, shared.sam_id)
