"""The chain: link by link, on both databases, and one chain however many write to it."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import text

from agenda.audit import GENESIS, link_hash
from storage import audit
from storage.audit import AuditEvent
from tests.conftest import MONDAY
from tests.storage.firm import Firm, meanwhile


def appends(firm: Firm, event: str, **facts: object) -> None:
    with firm.record(MONDAY + timedelta(microseconds=1), actor="slack:T1/Sam") as record:
        audit.append(record, event, **facts)


def chain(firm: Firm) -> list[AuditEvent]:
    with firm.record(writes=False) as record:
        return audit.events(record)


def broken_at(links: Sequence[AuditEvent]) -> int | None:
    """The number of the first link that does not hold."""
    before = GENESIS
    for expected, link in enumerate(links, start=1):
        hashed = link_hash(
            prev_hash=before, number=expected, at=link.at, actor=link.actor, event=link.event, facts=link.facts
        )
        if (link.number, link.prev_hash, link.hash) != (expected, before, hashed):
            return expected
        before = link.hash
    return None


def tampered(firm: Firm, statement: str) -> int | None:
    with firm.engine.begin() as connection:
        connection.exec_driver_sql(statement)
    return broken_at(chain(firm))


def test_each_link_holds_the_one_before(firm: Firm):
    for number in range(1, 6):
        appends(firm, "risk.added", risk=number, title="Zürich – 😀", review=MONDAY.date())
    links = chain(firm)
    assert [link.number for link in links] == [1, 2, 3, 4, 5]
    assert links[0].prev_hash == GENESIS
    assert broken_at(links) is None
    assert links[0].facts == '{"review":"2031-03-03","risk":1,"title":"Z\\u00fcrich \\u2013 \\ud83d\\ude00"}'


@pytest.mark.parametrize(
    "forgery",
    [
        "UPDATE audit_event SET facts = replace(facts, '3', '8') WHERE number = 3",
        "UPDATE audit_event SET actor = 'slack:T1/Dana' WHERE number = 3",
        "UPDATE audit_event SET event = 'risk.closed' WHERE number = 3",
        "UPDATE audit_event SET at = '2031-03-04 08:00:00.000000' WHERE number = 3",
        "UPDATE audit_event SET hash = prev_hash WHERE number = 3",
        "UPDATE audit_event SET number = 9 WHERE number = 3",
        "DELETE FROM audit_event WHERE number = 3",
    ],
)
def test_a_link_that_was_tampered_with_breaks_the_chain_there(firm: Firm, forgery: str):
    for number in range(1, 6):
        appends(firm, "risk.added", risk=number)
    assert tampered(firm, forgery) == 3


def test_several_links_of_one_transaction(firm: Firm):
    with firm.record() as record:
        audit.append(record, "sync.closed", sync=1)
        audit.append(record, "item.carried", item=2)
    assert [link.event for link in chain(firm)] == ["sync.closed", "item.carried"]
    assert broken_at(chain(firm)) is None


@pytest.mark.postgres
def test_the_chain_holds_where_the_server_tells_time_in_another_zone(shared: Firm):
    appends(shared, "risk.added", risk=1)
    with shared.engine.connect() as connection:
        connection.execute(text("SET TIME ZONE 'Asia/Kathmandu'"))
        connection.commit()
    assert broken_at(chain(shared)) is None


@pytest.mark.postgres
def test_two_writers_keep_one_chain(shared: Firm, pool: ThreadPoolExecutor):
    appends(shared, "touchpoint.added")
    with shared.record() as record:
        audit.append(record, "risk.added", risk=1)
        other = meanwhile(pool, shared.engine, lambda: appends(shared, "risk.added", risk=2))
    other.result()
    assert [link.number for link in chain(shared)] == [1, 2, 3]
    assert broken_at(chain(shared)) is None


@pytest.mark.postgres
def test_many_writers_keep_one_chain(shared: Firm, pool: ThreadPoolExecutor):
    appends(shared, "touchpoint.added")
    list(pool.map(lambda number: appends(shared, "risk.added", risk=number), range(24)))
    assert len(chain(shared)) == 25
    assert broken_at(chain(shared)) is None


@pytest.mark.postgres
def test_two_first_writers_keep_one_chain(shared: Firm, pool: ThreadPoolExecutor):
    with shared.record() as record:
        audit.append(record, "risk.added", risk=1)
        other = meanwhile(pool, shared.engine, lambda: appends(shared, "risk.added", risk=2))
    other.result()
    assert broken_at(chain(shared)) is None
