"""The record's own stage: an organization on each database, and a pool of threads where two have to meet."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine

from storage import search, tables
from tests.storage.firm import Firm, founded


@pytest.fixture
def firm(engine: Engine) -> Firm:
    """On each database."""
    return founded(engine)


@pytest.fixture
def shared(postgres: Engine) -> Firm:
    """On PostgreSQL alone: what several replicas do at once."""
    with postgres.begin() as connection:
        tables.METADATA.create_all(connection)
        search.create(connection)
    return founded(postgres)


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(8) as threads:
        yield threads
