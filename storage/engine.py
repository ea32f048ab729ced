"""The one way to a database: SQLite on one machine, PostgreSQL when there is more than one.

SQLite runs in WAL mode with `synchronous=NORMAL`: a killed process loses nothing that was committed; a power cut may lose the
last moments. Whoever cannot live with that takes PostgreSQL. Parameters stay out of errors: they hold what people wrote.
"""

import sqlite3
import time
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.pool import StaticPool

BUSY_TIMEOUT_S = 15.0


def open_engine(url: str) -> Engine:
    """An engine for a `sqlite:///` or `postgresql://` URL. Raises `ValueError` with what to write instead."""
    parsed = make_url(url)
    backend = parsed.get_backend_name()
    if backend == "sqlite":
        return _sqlite(parsed)
    if backend in {"postgresql", "postgres"}:
        return create_engine(
            parsed.set(drivername="postgresql+psycopg"),
            hide_parameters=True,
            pool_size=5,
            max_overflow=10,
            pool_pre_ping=True,
        )
    raise ValueError(f"{backend} is not supported: use sqlite:///touchpoint.db or postgresql://user:password@host/name")


def _sqlite(url: URL) -> Engine:
    in_memory = url.database in {None, "", ":memory:"}
    pool = {"poolclass": StaticPool} if in_memory else {"pool_size": 4}
    connect_args = {"check_same_thread": False, "timeout": BUSY_TIMEOUT_S}
    engine = create_engine(url, hide_parameters=True, connect_args=connect_args, **pool)

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: Any) -> None:
        # The driver must not begin transactions by itself: `begin` below says which kind it is to be.
        connection.isolation_level = None
        for pragma in ("synchronous=NORMAL", "foreign_keys=ON", "temp_store=MEMORY", "cache_size=-16000"):
            connection.execute(f"PRAGMA {pragma}")
        keep_private(connection)
        write_ahead(connection)

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        # A transaction that will write takes its lock at once; one that upgrades half-way could fail without waiting.
        writes = connection.get_execution_options().get("writes", True)
        connection.connection.dbapi_connection.execute("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def keep_private(connection: sqlite3.Connection) -> None:
    """A new file is for its owner alone, and SQLite gives its log the same rights. What an operator chose later stands."""
    _number, _name, file = connection.execute("PRAGMA database_list").fetchone()
    if file and (path := Path(file)).exists() and path.stat().st_size == 0:
        path.chmod(0o600)


def write_ahead(connection: sqlite3.Connection) -> None:
    """WAL mode, which a file keeps. Changing to it needs the file alone, and SQLite itself does not wait for that."""
    deadline = time.monotonic() + BUSY_TIMEOUT_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.01)
