"""Whatever is done to the record behind its back is found and named, on both databases."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from agenda.audit import GENESIS, Head, link_hash
from agenda.decisions import DecisionState
from agenda.touchpoints import Seat
from storage import audit, decisions, schema, verify
from storage.audit import AuditEvent
from storage.engine import open_engine
from storage.tables import METADATA
from storage.unit_of_work import Record
from storage.verify import Verified
from tests.conftest import fresh_sqlite
from tests.storage.filled import Filled
from tests.storage.firm import Firm, founded
from tests.storage.test_upgrade import filled as filled_long_ago

EVENTS = 8


def written(firm: Firm) -> Firm:
    """Eight events: the founding, a decision, a text that changed, and five that seal nothing."""
    number = firm.decides("Switch the VPN off")
    firm.rewrites(number, title="Switch the VPN off in May")
    for risk in range(1, 6):
        with firm.record(actor=f"person/{firm.sam_id}") as record:
            audit.append(record, "risk.added", risk=risk)
    return firm


@pytest.fixture
def record(firm: Firm) -> Firm:
    return written(firm)


def found(firm: Firm, heads: Sequence[Head] = ()) -> list[str]:
    return [str(finding) for finding in verified(firm, heads).findings]


def verified(firm: Firm, heads: Sequence[Head] = ()) -> Verified:
    return verify.verify(firm.engine, firm.organization_id, heads)


def tamper(firm: Firm, *statements: str) -> None:
    with firm.engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


def head_at(firm: Firm, number: int) -> Head:
    with firm.record(writes=False) as opened:
        return next(Head(one.number, one.hash) for one in audit.events(opened) if one.number == number)


def test_a_record_that_nobody_touched_is_intact(record: Firm):
    result = verified(record, [head_at(record, 3), head_at(record, EVENTS)])
    assert result.intact
    assert result.head == head_at(record, EVENTS)
    assert result.rows == 2


def test_a_record_with_one_of_everything_is_intact(engine: Engine):
    filled = Filled(engine)
    for firm in (filled.firm, filled.other):
        assert found(firm) == []
        assert verified(firm).rows


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def upgraded(request: pytest.FixtureRequest, tmp_path: Path) -> Firm:
    """A record that stood before there were seals."""
    sqlite = request.param == "sqlite"
    engine = open_engine(f"sqlite:///{tmp_path / 'old.db'}") if sqlite else request.getfixturevalue("postgres")
    firm = filled_long_ago(engine)
    schema.upgrade(engine)
    return firm


def test_an_older_record_is_sealed_as_it_is_upgraded(upgraded: Firm):
    result = verified(upgraded)
    assert result.intact
    assert result.rows
    tamper(upgraded, "UPDATE agenda_item SET title = 'Nothing' WHERE id = 1")
    (finding,) = found(upgraded)
    assert finding.startswith("agenda_item/1 is not as event ")


CHANGED = "was changed: its hash is not that of what it says"


@pytest.mark.parametrize(
    ("forgery", "what"),
    [
        ("UPDATE audit_event SET facts = replace(facts, '3', '8') WHERE number = 6", CHANGED),
        ("UPDATE audit_event SET actor = 'person/2' WHERE number = 6", CHANGED),
        ("UPDATE audit_event SET event = 'risk.closed' WHERE number = 6", CHANGED),
        ("UPDATE audit_event SET at = '2031-03-04 08:00:00.000000' WHERE number = 6", CHANGED),
        ("UPDATE audit_event SET hash = prev_hash WHERE number = 6", CHANGED),
        ("UPDATE audit_event SET prev_hash = hash WHERE number = 6", "does not follow event 5: it names another one before it"),
        ("UPDATE audit_event SET number = 19 WHERE number = 6", "is missing"),
        ("DELETE FROM audit_event WHERE number = 6", "is missing"),
    ],
)  # fmt: skip
def test_an_event_that_was_forged_or_removed_is_named(record: Firm, forgery: str, what: str):
    tamper(record, forgery)
    assert found(record) == [f"event 6 {what}"]


def test_events_that_changed_places_are_named(record: Firm):
    swap = ["UPDATE audit_event SET number = 99 WHERE number = 5", "UPDATE audit_event SET number = 5 WHERE number = 6"]
    tamper(record, *swap, "UPDATE audit_event SET number = 6 WHERE number = 99")
    assert found(record) == ["event 5 does not follow event 4: it names another one before it"]


def test_a_log_that_lost_its_end_is_found_by_its_own_head(record: Firm):
    tamper(record, "DELETE FROM audit_event WHERE number > 6")
    assert found(record) == ["event 7 is missing"]


def test_a_log_that_lost_its_end_and_says_so_is_found_by_a_head_that_was_kept(record: Firm):
    kept, earlier = head_at(record, EVENTS), head_at(record, 6)
    cut = f"UPDATE audit_head SET number = 6, hash = '{earlier.hash}'"
    tamper(record, "DELETE FROM audit_event WHERE number > 6", cut)
    assert found(record) == []
    assert found(record, [earlier]) == []
    assert found(record, [kept]) == ["event 7 is missing"]


def test_a_log_that_is_gone_is_found(record: Firm):
    kept = head_at(record, EVENTS)
    tamper(record, "DELETE FROM audit_event", "DELETE FROM audit_head")
    assert found(record, [kept]) == ["event 1 is missing"]
    assert [one.partition(" ")[2] for one in found(record)] == [
        "stands there, and no event tells where it came from"
    ] * 2


def test_an_event_that_was_added_by_hand_is_named(record: Firm):
    last = head_at(record, EVENTS)
    forge(record, last, event="risk.closed")
    assert found(record) == [f"event {EVENTS + 1} was added by hand: the log's own head does not know it"]


def test_an_event_before_the_first_is_named(record: Firm):
    forge(record, Head(-1, GENESIS), event="risk.closed")
    assert found(record) == ["event 0 stands where there can be none"]


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ("number = 9", "event 9 is missing"),
        ("number = 7", "event 8 was added by hand: the log's own head does not know it"),
        (f"hash = '{GENESIS}'", "event 8 is not the one that the log's own head names"),
    ],
)
def test_a_changed_head_is_found(record: Firm, change: str, what: str):
    tamper(record, f"UPDATE audit_head SET {change}")
    assert found(record) == [what]


def forge(firm: Firm, after: Head, *, event: str, facts: str = "{}") -> Head:
    """As the product itself would write it."""
    with firm.record() as opened:
        link = {"number": after.number + 1, "prev_hash": after.hash, "event": event, "facts": facts}
        link |= {"at": opened.now, "actor": "touchpoint"}
        one = AuditEvent(organization_id=firm.organization_id, hash=link_hash(**link), **link)  # type: ignore[arg-type]
        opened.session.add(one)
        return Head(one.number, one.hash)


def test_a_chain_that_was_written_anew_is_found_by_a_kept_head_and_by_nothing_else(record: Firm):
    kept = head_at(record, EVENTS)
    with record.record(writes=False) as opened:
        events = [(one.event, one.facts) for one in audit.events(opened)]
    tamper(record, "DELETE FROM audit_event")
    head = Head()
    for number, (event, facts) in enumerate(events, 1):
        head = forge(record, head, event="risk.closed" if number == 6 else event, facts=facts)
    tamper(record, f"UPDATE audit_head SET hash = '{head.hash}'")
    assert found(record) == []
    anew = "is not the one that the kept head was taken from: the log was written anew"
    assert found(record, [kept]) == [f"event 8 {anew}"]
    assert found(record, [Head(kept.number, kept.hash[:8])]) == [f"event 8 {anew}"]


def test_a_changed_row_is_named_with_the_event_that_sealed_it(record: Firm):
    tamper(record, "UPDATE decision SET title = 'Keep the VPN'")
    assert found(record) == ["decision/1 is not as event 3 left it"]


def test_a_row_that_was_taken_back_to_what_it_was_is_named(record: Firm):
    tamper(record, "UPDATE decision SET title = 'Switch the VPN off'")
    assert found(record) == ["decision/1 is not as event 3 left it"]


def test_a_deleted_row_is_named(record: Firm):
    tamper(record, "DELETE FROM decision")
    assert found(record) == ["decision/1 is missing; event 3 left it there"]


def test_a_row_that_was_put_in_by_hand_is_named(record: Firm):
    firm = record
    with firm.record() as opened:
        decision = decisions.listed(opened, [firm.touchpoint_id], limit=1)[0]
        columns = "organization_id, subject, subject_id, person_id, seat, text_hash, turned_at, dissent"
        values = f"{firm.organization_id}, 'decision', {decision.key}, {firm.dana_id}, '{Seat.CISO.value}'"
        at = opened.now.isoformat(sep=" ").removesuffix("+00:00") + ".000000"
        opened.execute(text(f"INSERT INTO sign_off ({columns}) VALUES ({values}, '{decision.text_hash}', '{at}', '')"))
    assert found(record) == ["sign_off/1 stands there, and no event tells where it came from"]


def test_a_row_that_was_deleted_in_the_open_and_put_back_by_hand_is_named(record: Firm):
    with record.record() as opened:
        (one,) = decisions.listed(opened, [record.touchpoint_id], limit=1)
        again = dict(one.model_dump())
        opened.session.delete(one)
    with record.engine.begin() as connection:
        connection.execute(type(one).__table__.insert().values(**again))  # type: ignore[attr-defined]
    assert found(record) == ["decision/1 stands there, and no event tells where it came from"]


def test_many_wrong_rows_are_counted_and_the_first_ones_named(record: Firm):
    with record.record() as opened:
        for _ in range(30):
            decisions.add(opened, a_copy(opened, record))
    tamper(record, "UPDATE decision SET title = 'Keep the VPN'")
    result = verified(record)
    assert (result.wrong, len(result.findings), result.intact) == (31, verify.MOST_NAMED, False)


def a_copy(opened: Record, firm: Firm) -> decisions.Decision:
    return decisions.Decision(
        organization_id=firm.organization_id,
        touchpoint_id=firm.touchpoint_id,
        recorded_by_id=firm.sam_id,
        title="One more",
        recorded_at=opened.now,
        state=DecisionState.PROPOSED,
    )


def test_pages_and_single_reads_find_the_same(record: Firm, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(verify, "PAGE", 3)
    assert found(record, [head_at(record, EVENTS)]) == []
    tamper(record, "DELETE FROM audit_event WHERE number = 7")
    assert found(record) == ["event 7 is missing"]


# ── one random byte ───────────────────────────────────────────────────────────────────────────────────────────────────────

SEALED_TEXTS = {
    "decision": ("title", "state", "recorded_at"),
    "touchpoint": ("name", "rule", "zone", "created_at", "at"),
}
LINK_TEXTS = ("at", "actor", "event", "facts", "prev_hash", "hash")


def with_another_byte(image: str, place: int, byte: int) -> bytes:
    """The same with one byte changed, of a word and not of what stands between words: it need not be a text any more."""
    old = bytearray(image.encode())
    words = [at for at, one in enumerate(old) if chr(one).isalnum()]
    at = words[place % len(words)]
    old[at] = byte if byte != old[at] else byte ^ 1
    return bytes(old)


def change_a_byte(firm: Firm, table: str, column: str, where: str, place: int, byte: int) -> None:
    with firm.engine.begin() as connection:
        was = connection.execute(text(f"SELECT {column} FROM {table} WHERE {where}")).scalar_one()
        became = with_another_byte(was, place, byte)
        connection.execute(
            text(f"UPDATE {table} SET {column} = CAST(:value AS TEXT) WHERE {where}"),
            {"value": became},
        )


once = settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)


@once
@given(st.integers(1, EVENTS), st.sampled_from(LINK_TEXTS), st.integers(0, 500), st.integers(0, 255))
def test_one_byte_of_an_event_names_it(number: int, column: str, place: int, byte: int):
    firm = written(founded(fresh_sqlite()))
    change_a_byte(firm, "audit_event", column, f"number = {number}", place, byte)
    (finding,) = found(firm)
    assert finding.startswith(f"event {number} ")


@once
@given(
    st.sampled_from([(table, column) for table, columns in SEALED_TEXTS.items() for column in columns]),
    st.integers(0, 500),
    st.integers(0, 255),
)
def test_one_byte_of_a_row_names_it(where: tuple[str, str], place: int, byte: int):
    firm = written(founded(fresh_sqlite()))
    table, column = where
    before = as_read(firm, table)
    change_a_byte(firm, table, column, "id = 1", place, byte)
    if findings := found(firm):
        (finding,) = findings
        assert finding.startswith(f"{table}/1 is not as event ")
    else:  # The same moment can be written in more than one way.
        assert as_read(firm, table) == before


def as_read(firm: Firm, table: str) -> list[object]:
    """The first row of it, as everybody reads it."""
    rows = METADATA.tables[table]
    with firm.engine.connect() as connection:
        return list(connection.execute(rows.select().where(rows.c.id == 1)).one())
