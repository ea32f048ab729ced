"""How soon a record is found in: through `storage.search`, beside the same SQL said to the bare driver, and beside LIKE.

The decisions are written in bulk, row for row what `search.put` writes one at a time. PostgreSQL's index is built behind them.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import islice, pairwise
from random import Random
from typing import Any

from sqlalchemy import Connection, Engine, event, insert, text

from agenda.queries import Query, query_in
from bench.load import WrongAnswer
from bench.outbox import emptied
from bench.record import ASKED_FOR, OWNERS, SYSTEMS, VERBS, WORDS, entry_of, set_up, stories
from bot.dispatch import Bot
from storage import finding, schema, search, vocabulary
from storage.decisions import Decision
from storage.engine import open_engine
from storage.finding import Reach
from storage.search import SearchEntry
from storage.unit_of_work import Record, unit_of_work

BATCH = 5_000
PAGE = 6  # A page of hits, and one to know whether there is a next one.
INDEX = "ix_search_text_words"
# Single words from frequent to rare, two at once, a phrase, the beginning of a word, and each filter beside a frequent word.
QUESTIONS = (
    *ASKED_FOR,
    *(f"{one} {other}" for one, other in zip(WORDS[::6], WORDS[3::6], strict=True)),
    *(f'"{one} {other}"' for one, other in pairwise(WORDS[:5])),
    *(f"{letters}*" for letters in ("a", "re", "ven", "fire")),
    f"{VERBS[0]} {SYSTEMS[77]}",
    "access theme:hygiene",
    f"vendor by:{OWNERS[0].split()[0]}",
    "budget state:proposed",
    "network since:30d",
    "cloud in:decisions",
    "risk D-77",
)
LIKE = text(
    "SELECT id, number, title, state, recorded_at FROM decision WHERE organization_id = 1 AND touchpoint_id = 1 "
    "AND (lower(title) LIKE :word OR lower(question) LIKE :word OR lower(rationale) LIKE :word OR lower(owner) LIKE :word) "
    "ORDER BY id DESC LIMIT :limit"
)


@dataclass(slots=True, kw_only=True)
class Asked:
    """Seconds of each question, in one order of hits, through us and said to the bare driver."""

    ours: list[float] = field(default_factory=list)
    raw: list[float] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What it took in a record of so many decisions. `like` are the single words alone."""

    decisions: int
    newest: Asked
    relevance: Asked
    like: list[float]
    put: list[float]


def measure(url: str, how_many: int, turns: int) -> Finding:
    """An empty database is filled, and asked everything in turn."""
    engine = open_engine(emptied(url))
    fill(engine, how_many)
    newest, relevance = Asked(), Asked()
    like: list[float] = []
    for turn in range(turns + 1):  # The first only warms up.
        for typed in QUESTIONS:
            for asked, order in ((newest, ""), (relevance, " sort:relevance")):
                both = ask(engine, query_in(typed + order, today=today()))
                if turn:
                    asked.ours.append(both[0])
                    asked.raw.append(both[1])
        like += list(map_like(engine)) if turn == 1 else []
    written = [put(engine, how_many + n) for n in range(100)]
    engine.dispose()
    return Finding(decisions=how_many, newest=newest, relevance=relevance, like=like, put=written)


def today() -> date:
    """Where `since:` counts from."""
    return datetime.now(UTC).date()


def ask(engine: Engine, query: Query) -> tuple[float, float]:
    """Seconds through us, and of the very same statements through the driver. Raises `WrongAnswer` if they differ."""
    with heard(engine) as said, reading(engine) as record:
        ours, took = timed(lambda: finding.find(record, query, Reach(touchpoint_ids=[1], asker_id=1), limit=PAGE))
    with engine.connect() as connection:
        raw, raw_took = timed(lambda: [rows_of(connection, *one) for one in said])
    if {hit.id for hit in ours} - {row[0] for rows in raw for row in rows if row}:
        raise WrongAnswer(f"{query.text} found {ours}")
    return took, raw_took


def rows_of(connection: Connection, statement: str, values: Any) -> list[Any]:
    """As the driver gives them."""
    cursor = connection.connection.cursor()
    cursor.execute(statement, values)
    return list(cursor.fetchall())


@contextmanager
def heard(engine: Engine) -> Iterator[list[tuple[str, Any]]]:
    """What is said to the driver meanwhile."""
    said: list[tuple[str, Any]] = []

    def hear(_connection: object, _cursor: object, statement: str, values: object, *_more: object) -> None:
        said.append((statement, values))

    event.listen(engine, "before_cursor_execute", hear)
    try:
        yield said
    finally:
        event.remove(engine, "before_cursor_execute", hear)


@contextmanager
def reading(engine: Engine) -> Iterator[Record]:
    with unit_of_work(engine, organization_id=1, now=datetime.now(UTC), writes=False) as record:
        record.execute(text("SELECT 1"))  # A request has found out who asks before it comes to searching.
        yield record


def timed(act: Callable[[], Any]) -> tuple[Any, float]:
    began = time.perf_counter()
    done = act()
    return done, time.perf_counter() - began


def map_like(engine: Engine) -> Iterator[float]:
    """What a plain bot does, for the same single words."""
    for word in ASKED_FOR:
        with engine.connect() as connection:
            values = {"word": f"%{word}%", "limit": PAGE}
            yield timed(lambda: connection.execute(LIKE, values).all())[1]  # noqa: B023  # it is called at once


def put(engine: Engine, number: int) -> float:
    """Seconds to make one more findable."""
    story = next(stories(Random(number)))
    with unit_of_work(engine, organization_id=1, now=datetime.now(UTC)) as record:
        record.execute(text("SELECT 1"))
        return timed(lambda: search.put(record, entry_of(story, number, datetime.now(UTC))))[1]


def fill(engine: Engine, how_many: int) -> None:
    """A touchpoint and so many decisions, as far as finding them goes."""
    schema.upgrade(engine)
    now = datetime.now(UTC)
    set_up(Bot(engine), now)
    told = enumerate(islice(stories(Random(2)), how_many), 1)
    postgres = engine.dialect.name == "postgresql"
    with unit_of_work(engine, organization_id=1, now=now) as record:
        if postgres:
            record.execute(text(f"DROP INDEX {INDEX}"))
        while some := list(islice(told, BATCH)):
            write(record, some, how_many, now)
        if postgres:
            record.execute(text(f"CREATE INDEX {INDEX} ON search_text USING gin (words)"))
            record.execute(text("SELECT setval('search_entry_id_seq', :last)"), {"last": how_many})
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE" if postgres else "ANALYZE"))


def write(record: Record, told: Iterable[tuple[int, Mapping[str, Any]]], how_many: int, now: datetime) -> None:
    """Some of them."""
    known: set[str] = set()
    decisions, entries, documents = [], [], []
    for number, story in told:
        entry = entry_of(story, number, now - timedelta(minutes=20 * (how_many - number)))
        words = search.words_of(entry)
        known.update(word for part in words for word in part)
        ours = {"id": number, "organization_id": 1}
        recorded = {"touchpoint_id": 1, "recorded_by_id": 1, "number": number, "recorded_at": entry.at}
        decisions.append({**ours, **recorded, **story})
        entries.append(ours | search.columns_of(entry))
        documents.append({"id": number, "words": search.document_of(entry, words).said_in(record.dialect)})
    connection = record.transaction.connection
    connection.execute(insert(Decision), decisions)
    connection.execute(insert(SearchEntry), entries)
    connection.execute(search.WRITE[record.dialect], documents)
    vocabulary.learn(record, known)
