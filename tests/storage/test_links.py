"""Codes that join: known by their hash alone, good once and not for long; and places where the bot can speak."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import text

from storage import links, places
from storage.links import Joins
from storage.unit_of_work import transaction
from tests.conftest import MONDAY
from tests.storage.firm import Firm, meanwhile

CODE = "ABCDE-FGHJK"
LIFE = timedelta(minutes=15)


def issues(firm: Firm) -> None:
    with firm.record() as record:
        links.issue(record, CODE, person_id=firm.sam_id, joins=Joins.PERSON, expires_at=MONDAY + LIFE)


def uses(firm: Firm, typed: str = CODE, after: timedelta = timedelta()) -> bool:
    with transaction(firm.engine, writes=True) as session:
        code = links.valid(session, typed, MONDAY + after)
        if code:
            code.used_at = MONDAY + after
        return code is not None


def test_a_code_works_once(firm: Firm):
    issues(firm)
    assert (uses(firm), uses(firm)) == (True, False)


@pytest.mark.parametrize("typed", ["abcde-fghjk", " ABCDEFGHJK ", "AB-CDEFG-HJK"])
def test_however_it_was_typed(firm: Firm, typed: str):
    issues(firm)
    assert uses(firm, typed)


def test_a_wrong_or_an_old_one_does_not_work(firm: Firm):
    issues(firm)
    assert not uses(firm, "ABCDE-FGHJL")
    assert not uses(firm, "")
    assert not uses(firm, after=LIFE)
    assert uses(firm, after=LIFE - timedelta(seconds=1))


def test_the_record_does_not_hold_a_code_that_works(firm: Firm):
    issues(firm)
    with firm.engine.connect() as connection:
        kept = str(connection.execute(text("SELECT * FROM link_code")).all())
    assert not any(form in kept for form in (CODE, CODE.replace("-", ""), CODE.lower()))


@pytest.mark.postgres
def test_two_who_enter_it_at_once_do_not_both_get_in(shared: Firm, pool: ThreadPoolExecutor):
    issues(shared)
    with transaction(shared.engine, writes=True) as session:
        code = links.valid(session, CODE, MONDAY)
        assert code is not None
        code.used_at = MONDAY
        session.flush()
        other = meanwhile(pool, shared.engine, lambda: uses(shared))
    assert other.result() is False


def test_a_lost_conversation_is_told_once_and_found_again_when_it_is_heard_from(firm: Firm):
    with firm.record() as record:
        places.remember(record, firm.home, reference='{"a": 1}', title="#home")
    with firm.record() as record:
        assert [places.lose(record, firm.home, why) for why in ("archived", "deleted")] == [True, False]
        assert places.remember(record, firm.home).unreachable_since is None
        assert places.lose(record, firm.home, "again")
    with transaction(firm.engine, writes=False) as session:
        assert places.reference(session, firm.home) == '{"a": 1}'
        assert places.reference(session, "slack:T1/unknown") is None


def test_a_conversation_that_nobody_knew_can_be_lost(firm: Firm):
    with firm.record() as record:
        assert places.lose(record, "slack:T1/C-new", "archived")
