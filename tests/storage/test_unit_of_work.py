"""All or nothing; and a SQLite file that is set up to be shared by threads."""

import contextlib
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy.exc import DataError, IntegrityError
from sqlmodel import SQLModel

from storage import audit, deliveries, inbox, numbers, people, rows
from storage.audit import AuditEvent
from storage.decisions import Decision
from storage.deliveries import Delivery
from storage.engine import open_engine
from storage.inbox import InboxMark
from storage.people import Person
from storage.unit_of_work import Record, transaction
from tests.conftest import MONDAY, fresh_sqlite
from tests.storage.firm import Firm, founded


class Oops(Exception):
    """Nobody foresaw it."""


def counted(firm: Firm, *kinds: type[SQLModel]) -> list[int]:
    with transaction(firm.engine, writes=False) as session:
        return [session.execute(select(func.count()).select_from(kind)).scalar_one() for kind in kinds]


WRITTEN = (Person, AuditEvent, Delivery, InboxMark)


def everything(record: Record) -> None:
    """One of each kind of writing: a session's row, a plain statement, the log, the outbox, the inbox, a number."""
    people.meet(record, "slack:T1/Robin", name="Robin")
    audit.append(record, "person.met")
    deliveries.post(record, once="hello", conversation="slack:T1/C1", kind="agenda", subject_id=1)
    assert inbox.first_time(record, "request-1")
    assert numbers.next_number(record, "risk") == 1


def broken_off(firm: Firm, write: Callable[[Record], object]) -> None:
    """Something is written, and then something breaks."""
    with contextlib.suppress(Oops), firm.record() as record:
        write(record)
        raise Oops


def test_everything_is_committed_together(firm: Firm):
    before = counted(firm, *WRITTEN)
    with firm.record() as record:
        everything(record)
    assert counted(firm, *WRITTEN) == [count + 1 for count in before]


def test_an_exception_takes_everything_back(firm: Firm):
    before = counted(firm, *WRITTEN)
    broken_off(firm, everything)
    assert counted(firm, *WRITTEN) == before
    with firm.record() as record:
        everything(record)


def test_a_change_that_the_database_refuses_at_the_end_takes_everything_back(firm: Firm):
    """The session writes what is new only when the transaction ends."""
    before = counted(firm, *WRITTEN)
    with pytest.raises(IntegrityError):
        everything_and_a_person_of_nobody(firm)
    assert counted(firm, *WRITTEN) == before


def everything_and_a_person_of_nobody(firm: Firm) -> None:
    with firm.record() as record:
        everything(record)
        record.session.add(Person(organization_id=9999))


def test_a_transaction_that_failed_leaves_its_connection_fit_for_the_next(firm: Firm):
    for _ in range(20):  # More than the pool holds.
        broken_off(firm, lambda record: numbers.next_number(record, "risk"))
    with firm.record() as record:
        assert numbers.next_number(record, "risk") == 1


def test_plain_statements_see_what_the_session_changed(firm: Firm):
    with firm.record() as record:
        rows.get(record, Person, firm.sam_id).name = "Samantha"
        assert people.called(record, firm.sam_id) == "Samantha"


def test_moments_come_back_in_utc_whatever_zone_they_were_told_in(firm: Firm):
    told = MONDAY.astimezone(timezone(timedelta(hours=5, minutes=45)))
    with firm.record() as record:
        rows.get(record, Person, firm.sam_id).left_at = told
    with firm.record(writes=False) as record:
        kept = rows.get(record, Person, firm.sam_id).left_at
        assert kept == MONDAY
        assert kept.utcoffset() == timedelta(0)


def test_a_moment_without_a_zone_is_refused(firm: Firm):
    with pytest.raises(Exception, match="timezone"), firm.record(datetime(2031, 3, 3)) as record:  # noqa: DTZ001
        audit.append(record, "told.in.no.zone")


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param("VPN \x00 off", marks=pytest.mark.postgres, id="NUL"),
        pytest.param("VPN \ud83d off", id="half of an emoji"),
    ],
)
def test_what_a_text_cannot_hold_is_refused_and_takes_everything_back(request: pytest.FixtureRequest, typed: str):
    """PostgreSQL's text holds no NUL, and no UTF-8 holds a lone surrogate; both are valid JSON, so `bot.dispatch` takes them
    out of whatever people say before it comes here.
    """
    firm = request.getfixturevalue("shared") if "\x00" in typed else founded(fresh_sqlite())
    before = counted(firm, *WRITTEN, Decision)
    with pytest.raises((DataError, UnicodeEncodeError)):
        firm.decides(typed)
    assert counted(firm, *WRITTEN, Decision) == before


@pytest.fixture
def file(tmp_path: Path) -> Engine:
    return fresh_sqlite(tmp_path / "touchpoint.db")


def test_a_sqlite_file_is_in_wal_mode_and_keeps_foreign_keys(file: Engine):
    with file.connect() as connection:
        asked = {name: connection.execute(text(f"PRAGMA {name}")).scalar() for name in ("journal_mode", "foreign_keys")}
    assert asked == {"journal_mode": "wal", "foreign_keys": 1}
    with pytest.raises(IntegrityError), transaction(file, writes=True) as session:
        session.add(Person(organization_id=9999))


def test_a_new_sqlite_file_is_for_its_owner_alone_and_what_was_chosen_later_stands(tmp_path: Path):
    path = tmp_path / "new.db"
    engine = open_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE anything (id INTEGER)"))
        rights = {one.name: one.stat().st_mode & 0o777 for one in tmp_path.glob("new.db*")}
    assert rights == {"new.db": 0o600, "new.db-wal": 0o600, "new.db-shm": 0o600}
    path.chmod(0o640)
    engine.dispose()
    with engine.connect():
        assert path.stat().st_mode & 0o777 == 0o640
    engine.dispose()


def test_a_reader_of_a_sqlite_file_does_not_wait_for_the_writer(file: Engine):
    firm = founded(file)
    with firm.record() as writing:
        people.meet(writing, "slack:T1/Robin", name="Robin")
        with firm.record(writes=False) as reading:
            assert people.account(reading, "slack:T1/Robin") is None
    with firm.record(writes=False) as reading:
        assert people.account(reading, "slack:T1/Robin")


def test_writers_of_a_sqlite_file_wait_their_turn(file: Engine, pool: ThreadPoolExecutor):
    firm = founded(file)

    def number(_: int) -> int:
        with firm.record() as record:
            return numbers.next_number(record, "risk")

    assert sorted(pool.map(number, range(12))) == list(range(1, 13))


def test_an_error_of_sqlite_does_not_repeat_what_people_wrote(file: Engine):
    """PostgreSQL's own message repeats the row; that is why incidents are logged without any exception's words."""
    firm = founded(file)
    with pytest.raises(IntegrityError) as failed, firm.record() as record:
        record.session.add(
            Decision(organization_id=9999, title="The secret plan", recorded_at=MONDAY, recorded_by_id=1)
        )
    assert "secret" not in str(failed.value)


def test_a_new_file_that_another_process_is_writing_to_is_waited_for(tmp_path: Path, pool: ThreadPoolExecutor):
    """`db upgrade` and `serve` started together on a database that does not exist yet."""
    path = tmp_path / "new.db"
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    other.execute("CREATE TABLE seen (x INTEGER)")
    engine = open_engine(f"sqlite:///{path}")
    opening = pool.submit(lambda: engine.connect().close())
    with contextlib.suppress(TimeoutError):
        opening.exception(timeout=0.1)
    other.execute("COMMIT")
    other.close()
    opening.result()


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:"])
def test_sqlite_in_memory_is_one_database_for_all_its_connections(url: str):
    engine = open_engine(url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE seen (x INTEGER)"))
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM seen")).scalar() == 0


@pytest.mark.parametrize(
    "url", ["postgresql://me@host/name", "postgres://me@host/name", "postgresql+psycopg2://me@host/name"]
)
def test_any_way_of_writing_a_postgresql_url_means_psycopg(url: str):
    assert open_engine(url).url.drivername == "postgresql+psycopg"


def test_another_database_is_refused_with_what_to_write_instead():
    with pytest.raises(ValueError, match="mysql is not supported: use sqlite:///"):
        open_engine("mysql://host/name")
