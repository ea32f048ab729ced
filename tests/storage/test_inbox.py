"""A request that comes again changes nothing twice, on either database, whoever else is at it."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from storage import inbox
from tests.storage.firm import Firm, meanwhile


def marks(firm: Firm, key: str) -> bool:
    with firm.record() as record:
        return inbox.first_time(record, key)


def test_the_first_time_is_told_from_the_second(firm: Firm):
    assert [marks(firm, "event-1"), marks(firm, "event-1"), marks(firm, "event-2")] == [True, False, True]


def test_twice_within_one_transaction(firm: Firm):
    with firm.record() as record:
        assert [inbox.first_time(record, "event-1") for _ in range(2)] == [True, False]


@pytest.mark.postgres
def test_a_second_delivery_waits_for_the_first_and_finds_it_done(shared: Firm, pool: ThreadPoolExecutor):
    with shared.record() as record:
        assert inbox.first_time(record, "event-1")
        again = meanwhile(pool, shared.engine, lambda: marks(shared, "event-1"))
    assert again.result() is False


@pytest.mark.postgres
def test_a_second_delivery_does_it_where_the_first_broke_off(shared: Firm, pool: ThreadPoolExecutor):
    with shared.record() as record:
        assert inbox.first_time(record, "event-1")
        again = meanwhile(pool, shared.engine, lambda: marks(shared, "event-1"))
        record.transaction.connection.rollback()
    assert again.result() is True
