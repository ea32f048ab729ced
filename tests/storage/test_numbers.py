"""D-12 is D-12 for good: counted per organization and per noun, and given once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine

from storage import numbers
from tests.storage.firm import Firm, founded


def taken(firm: Firm, noun: str = "decision") -> int:
    with firm.record() as record:
        return numbers.next_number(record, noun)


def test_each_noun_counts_from_one(firm: Firm):
    assert [taken(firm), taken(firm), taken(firm, "risk"), taken(firm)] == [1, 2, 1, 3]


def test_each_organization_counts_for_itself(engine: Engine):
    one, other = founded(engine), founded(engine, "slack:T2")
    assert [taken(one), taken(one), taken(other)] == [1, 2, 1]


@pytest.mark.postgres
def test_nobody_gets_a_number_twice(shared: Firm, pool: ThreadPoolExecutor):
    assert sorted(pool.map(lambda _: taken(shared), range(40))) == list(range(1, 41))
