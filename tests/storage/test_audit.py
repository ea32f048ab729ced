"""The chain: link by link, on both databases, and one chain however many write to it. `test_verify` tampers with it."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from agenda.audit import GENESIS, Head
from storage import audit, decisions, merging, people, rows
from storage.audit import AuditEvent
from storage.decisions import Decision
from storage.people import Person
from storage.unit_of_work import transaction
from storage.verify import verify
from tests.conftest import MONDAY
from tests.storage.firm import Firm, meanwhile


def appends(firm: Firm, event: str, **facts: object) -> None:
    with firm.record(MONDAY + timedelta(microseconds=1), actor="slack:T1/Sam") as record:
        audit.append(record, event, **facts)


def chain(firm: Firm) -> list[AuditEvent]:
    """Without what founding the firm left."""
    with firm.record(writes=False) as record:
        return audit.events(record)[1:]


def holds(firm: Firm) -> bool:
    return verify(firm.engine, firm.organization_id).intact


def rows_of(link: AuditEvent) -> dict[str, str | None]:
    sealed: dict[str, str | None] = json.loads(link.facts)["rows"]
    return sealed


def test_each_link_holds_the_one_before(firm: Firm):
    for number in range(1, 6):
        appends(firm, "risk.added", risk=number, title="Zürich – 😀", review=MONDAY.date())
    with firm.record(writes=False) as record:
        links = audit.events(record)
    assert [link.number for link in links] == [1, 2, 3, 4, 5, 6]
    assert [link.prev_hash for link in links] == [GENESIS, *(link.hash for link in links[:-1])]
    assert links[1].facts == '{"review":"2031-03-03","risk":1,"title":"Z\\u00fcrich \\u2013 \\ud83d\\ude00"}'
    assert holds(firm)


def test_several_links_of_one_transaction(firm: Firm):
    with firm.record() as record:
        audit.append(record, "sync.closed", sync=1)
        audit.append(record, "item.carried", item=2)
    assert [link.event for link in chain(firm)] == ["sync.closed", "item.carried"]
    assert holds(firm)


def test_the_head_is_the_one_before_this_transaction(firm: Firm):
    with firm.record() as record:
        before = audit.head(record)
        audit.append(record, "sync.closed", sync=1)
        assert audit.head(record) == before
    (link,) = chain(firm)
    with firm.record(writes=False) as record:
        assert audit.head(record) == Head(before.number + 1, link.hash)


def test_what_was_changed_is_sealed_on_the_last_event(firm: Firm):
    with firm.record() as record:
        made = decisions.add(record, a_decision(firm))
        audit.append(record, "decision.recorded", decision=made.number)
        audit.append(record, "decision.agreed", decision=made.number)
    recorded, agreed = chain(firm)
    assert "rows" not in recorded.facts
    assert list(rows_of(agreed)) == [f"decision/{made.key}"]


def test_a_change_that_nobody_tells_of_is_sealed_all_the_same(firm: Firm):
    number = firm.decides("Switch the VPN off")
    firm.rewrites(number, title="Switch the VPN off in May")
    assert [link.event for link in chain(firm)] == ["record.changed", "record.changed"]
    before, after = (rows_of(link) for link in chain(firm))
    assert list(before) == list(after)
    assert before != after
    assert holds(firm)


def test_what_is_read_and_written_back_as_it_was_leaves_no_trace(firm: Firm):
    firm.decides("Switch the VPN off")
    with firm.record() as record:
        for one in decisions.listed(record, [firm.touchpoint_id], limit=1):
            one.title = str(one.title)
    assert len(chain(firm)) == 1


def test_a_row_that_is_deleted_is_sealed_as_gone(firm: Firm):
    firm.decides("Switch the VPN off")
    with firm.record() as record:
        (one,) = decisions.listed(record, [firm.touchpoint_id], limit=1)
        record.session.delete(one)
    assert rows_of(chain(firm)[-1]) == {f"decision/{one.key}": None}
    assert holds(firm)


def test_who_turns_out_to_be_somebody_else_is_sealed_under_their_new_name(firm: Firm):
    firm.decides("Switch the VPN off")
    with firm.record() as record:
        robin = people.meet(record, "slack:T1/Robin", name="Robin")
        merging.merge(record, gone=rows.get(record, Person, firm.sam_id), into=robin)
    assert sorted(name.partition("/")[0] for name in rows_of(chain(firm)[-1])) == ["decision", "touchpoint"]
    assert holds(firm)


def test_a_thousand_rows_of_one_transaction_are_sealed_on_several_events(firm: Firm):
    with firm.record() as record:
        record.session.add_all(a_decision(firm, number=number) for number in range(1, 1002))
        audit.append(record, "decisions.imported", how_many=1001)
    assert [link.event for link in chain(firm)] == ["decisions.imported", "record.changed", "record.changed"]
    assert [len(rows_of(link)) for link in chain(firm)] == [500, 500, 1]
    assert holds(firm)


def test_what_belongs_to_nobodys_record_is_not_changed(firm: Firm):
    with pytest.raises(LookupError, match="nobody's record"), transaction(firm.engine, writes=True) as session:
        session.add(a_decision(firm))
    assert chain(firm) == []


def a_decision(firm: Firm, **texts: Any) -> Decision:
    who = {"organization_id": firm.organization_id, "touchpoint_id": firm.touchpoint_id, "recorded_by_id": firm.sam_id}
    return Decision(**(who | {"title": "Switch the VPN off", "recorded_at": MONDAY} | texts))


@pytest.mark.postgres
def test_the_chain_holds_where_the_server_tells_time_in_another_zone(shared: Firm):
    appends(shared, "risk.added", risk=1)
    with shared.engine.connect() as connection:
        connection.execute(text("SET TIME ZONE 'Asia/Kathmandu'"))
        connection.commit()
    assert holds(shared)


@pytest.mark.postgres
def test_two_writers_keep_one_chain(shared: Firm, pool: ThreadPoolExecutor):
    appends(shared, "touchpoint.added")
    with shared.record() as record:
        audit.append(record, "risk.added", risk=1)
        other = meanwhile(pool, shared.engine, lambda: appends(shared, "risk.added", risk=2))
    other.result()
    assert [link.number for link in chain(shared)] == [2, 3, 4]
    assert holds(shared)


@pytest.mark.postgres
def test_many_writers_keep_one_chain(shared: Firm, pool: ThreadPoolExecutor):
    appends(shared, "touchpoint.added")
    list(pool.map(lambda number: appends(shared, "risk.added", risk=number), range(24)))
    assert len(chain(shared)) == 25
    assert holds(shared)


@pytest.mark.postgres
def test_two_first_writers_keep_one_chain(shared: Firm, pool: ThreadPoolExecutor):
    with shared.record() as record:
        audit.append(record, "risk.added", risk=1)
        other = meanwhile(pool, shared.engine, lambda: appends(shared, "risk.added", risk=2))
    other.result()
    assert holds(shared)
