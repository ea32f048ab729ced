"""One transaction in one organization: what a handler is given to read and to write with.

Everything that a `Record` writes is committed together or not at all: the change, the audit event, the outbox rows that the
change causes, and the mark that this request was done.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel


@dataclass(slots=True, kw_only=True)
class Record:
    """The record of one organization at one moment. `actor` is the account that acts, or `touchpoint` itself.

    `posted` says that the outbox owes something new, `people_changed` that somebody's name, chair or organization is another.
    """

    session: Session
    organization_id: int
    now: datetime
    actor: str = "touchpoint"
    posted: bool = False
    people_changed: bool = False


@contextmanager
def transaction(engine: Engine, *, writes: bool) -> Iterator[Session]:
    """A session that commits at the end, or rolls everything back when anything is raised."""
    with (
        engine.connect().execution_options(writes=writes) as connection,
        Session(connection, expire_on_commit=False) as session,
        session.begin(),
    ):
        yield session


@contextmanager
def unit_of_work(
    engine: Engine, *, organization_id: int, now: datetime, actor: str = "touchpoint", writes: bool = True
) -> Iterator[Record]:
    """A `Record` in a transaction of its own."""
    with transaction(engine, writes=writes) as session:
        yield Record(session=session, organization_id=organization_id, now=now, actor=actor)


def insert_once(session: Session, table: type[SQLModel], **values: object) -> bool:
    """Insert a row unless one with the same unique key stands already. True if it was inserted."""
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    rows = table.__table__  # type: ignore[attr-defined]  # every table class has one
    result = session.execute(dialect.insert(rows).values(**values).on_conflict_do_nothing())
    return result.rowcount == 1  # type: ignore[attr-defined,no-any-return]  # an INSERT gives a CursorResult
