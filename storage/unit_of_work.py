"""One transaction in one organization: what a handler is given to read and to write with.

Everything that a `Record` writes is committed together or not at all: the change, the audit event, the outbox rows that the
change causes, and the mark that this request was done. A transaction begins when something is first asked of it, so a request
that needs no record costs the database nothing. Its last statements, before the commit, are the links of the audit log.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import Connection, CursorResult, Engine, Executable, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, SQLModel

from agenda.hours import WorkingHours
from storage import audit
from storage.rows import Sealed
from storage.seals import TOUCHED, Touched

Done = TypeVar("Done")
GIVEN_UP, MOST_TRIES = "40P01", 5  # deadlock_detected
ONE_WRITER = text("SELECT 1 FROM organization WHERE id = :organization_id FOR NO KEY UPDATE")


@dataclass(slots=True)
class Transaction:
    """A connection and a session over it, each opened when first used; `commit` or `close` ends both.

    `records` are those of the organizations that it writes in, and `touched` the rows that it must seal.
    """

    engine: Engine
    writes: bool
    records: "dict[int, Record]" = field(default_factory=dict)
    touched: Touched = field(default_factory=set)
    _connection: Connection | None = None
    _session: Session | None = None

    @property
    def connection(self) -> Connection:
        """For plain statements, which cost a third of what a session makes of them."""
        if self._connection is None:
            self._connection = self.engine.connect().execution_options(writes=self.writes)
            self._connection.begin()
        return self._connection

    @property
    def session(self) -> Session:
        """For rows that are read, changed and written back."""
        if self._session is None:
            self._session = Session(self.connection, expire_on_commit=False, join_transaction_mode="control_fully")
            self._session.info[TOUCHED] = self.touched
        return self._session

    def flush(self) -> None:
        """What the session changed is written, and seen by plain statements."""
        if self._session is not None:
            self._session.flush()

    def commit(self) -> None:
        """Everything that was written stands, and is in the audit log of whose it is. Raises `LookupError` for nobody's."""
        from storage import homes  # Its rows know what a transaction is.

        self.flush()
        for _whose, record in sorted(self.records.items()):
            if audit.chain(record):
                homes.outdate(record)
        if self.touched:
            raise LookupError(f"nobody's record was opened to change {self.touched}")
        if self._connection is not None:
            self._connection.commit()

    def close(self) -> None:
        """What was not committed is rolled back."""
        if self._session is not None:
            self._session.close()
        if self._connection is not None:
            self._connection.close()


@dataclass(slots=True, kw_only=True)
class Record:
    """The record of one organization at one moment. `actor` is the person who acts (`person/12`), or `touchpoint` itself.

    `told` are the events that wait for the end of the transaction, to be chained to the audit log.
    `posted` says that the outbox owes something new, `people_changed` that somebody's name, chair or organization is another.
    `names` remembers what people are called, and `hours` when they work. `admins` are the accounts that the settings name.
    """

    transaction: Transaction
    organization_id: int
    now: datetime
    actor: str = "touchpoint"
    posted: bool = False
    people_changed: bool = False
    names: dict[int, str] = field(default_factory=dict)
    hours: dict[int, WorkingHours] = field(default_factory=dict)
    told: list[audit.Told] = field(default_factory=list)
    admins: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        """Two records of one organization in one transaction are one in its audit log."""
        self.told = self.transaction.records.setdefault(self.organization_id, self).told

    @property
    def session(self) -> Session:
        """For rows that are read, changed and written back."""
        return self.transaction.session

    def execute(self, statement: Executable, values: Mapping[str, Any] | None = None) -> CursorResult[*tuple[Any, ...]]:
        """A plain statement, for what is asked on every request. It sees what the session changed."""
        self.transaction.flush()
        return self.transaction.connection.execute(statement, values)

    def touch(self, table: type[SQLModel], keys: Iterable[int]) -> None:
        """These rows were changed by a plain statement: if they are of the record, they are sealed as a session's rows are."""
        if issubclass(table, Sealed):
            self.transaction.touched.update((table, self.organization_id, key) for key in keys)

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return self.transaction.engine.dialect.name


@contextmanager
def opened(engine: Engine, *, writes: bool) -> Iterator[Transaction]:
    """A transaction that commits at the end, or rolls everything back when anything is raised."""
    transaction = Transaction(engine, writes)
    try:
        yield transaction
        transaction.commit()
    finally:
        transaction.close()


@contextmanager
def transaction(engine: Engine, *, writes: bool) -> Iterator[Session]:
    """The session of a transaction of its own, for what belongs to no one organization."""
    with opened(engine, writes=writes) as one:
        yield one.session


@contextmanager
def unit_of_work(
    engine: Engine, *, organization_id: int, now: datetime, actor: str = "touchpoint", writes: bool = True
) -> Iterator[Record]:
    """A `Record` in a transaction of its own. Those that write in one organization come one after the other.

    Every change ends in the organization's one audit log, so they would wait for each other anyway; because they wait at their
    beginning, no two of them ever wait for each other's rows. SQLite has a single writer as it is.
    """
    with opened(engine, writes=writes) as one:
        if writes and engine.dialect.name == "postgresql":
            one.connection.execute(ONE_WRITER, {"organization_id": organization_id})
        yield Record(transaction=one, organization_id=organization_id, now=now, actor=actor)


def tried_again(work: Callable[[], Done]) -> Done:
    """Does it. Where two transactions wait for each other, PostgreSQL gives one of them up, whole: that one is done again.

    Who writes in one organization never meets there; but the outbox writes down what became of messages of all of them.
    """
    for _ in range(MOST_TRIES - 1):
        try:
            return work()
        except OperationalError as error:
            if getattr(error.orig, "sqlstate", "") != GIVEN_UP:
                raise
    return work()


@cache
def once(dialect: str, table: type[SQLModel]) -> Executable:
    """An insert that changes nothing where a row with the same unique key stands already; `rowcount` says which it was."""
    rows = table.__table__  # type: ignore[attr-defined]  # every table class has one
    statement: Executable = (sqlite if dialect == "sqlite" else postgresql).insert(rows).on_conflict_do_nothing()
    return statement.execution_options(preserve_rowcount=True)  # SQLAlchemy keeps it for UPDATE and DELETE alone


def insert_once(record: Record, table: type[SQLModel], **values: object) -> bool:
    """Insert a row unless one with the same unique key stands already. True if it was inserted."""
    return record.execute(once(record.dialect, table), values).rowcount == 1
