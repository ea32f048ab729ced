"""Words to record: full text over all nouns. FTS5 on SQLite, `tsvector` on PostgreSQL, one behaviour.

A noun says what it is found by as one `Entry`, and says it anew after each change. Whatever narrows a search is in the index
too (`storage.tokens`): so the index itself leaves out what the asker has no part in, and nothing that is typed reaches beyond.

Newest first is the highest id, because an entry keeps the id that it got when it was recorded. By relevance is the same
question asked up to five times, each time less strictly and each time newest first: no score, so both databases agree.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any

from sqlalchemy import Column, Connection, Index, Integer, String, UniqueConstraint, bindparam, text
from sqlmodel import Field
from sqlmodel.sql.sqltypes import UTCDateTime

from agenda.queries import Query, Subject
from agenda.recurrence import to_instant
from agenda.themes import Theme
from agenda.words import Term, words_in
from storage import people, vocabulary
from storage.rows import Row
from storage.tokens import NAME, TITLE, Condition, Document, asked, document, marked, tag, tagged
from storage.unit_of_work import Record

# The part of the schema that no table class can say. The migrations say the same; a test holds the two together.
CREATE = {
    "sqlite": (
        "CREATE VIRTUAL TABLE search_text USING fts5(words, tokenize='unicode61', prefix='1 2 3 4 5 6 7 8 9 10 11 12')",
    ),
    "postgresql": (
        "CREATE TABLE search_text (id INTEGER PRIMARY KEY, words TSVECTOR NOT NULL)",
        "CREATE INDEX ix_search_text_words ON search_text USING gin (words)",
    ),
}
WRITE = {
    "sqlite": text("INSERT OR REPLACE INTO search_text (rowid, words) VALUES (:id, :words)"),
    "postgresql": text(
        "INSERT INTO search_text (id, words) VALUES (:id, CAST(:words AS tsvector)) "
        "ON CONFLICT (id) DO UPDATE SET words = excluded.words"
    ),
}
ERASE = {
    "sqlite": text("DELETE FROM search_text WHERE rowid = :id"),
    "postgresql": text("DELETE FROM search_text WHERE id = :id"),
}
AT = bindparam("at", type_=UTCDateTime())
ENTER = text(
    "INSERT INTO search_entry "
    "(organization_id, touchpoint_id, subject, subject_id, ref, title, text, state, owner, person_id, at) "
    "VALUES (:organization_id, :touchpoint_id, :subject, :subject_id, :ref, :title, :text, :state, :owner, :person_id, :at) "
    "ON CONFLICT (organization_id, subject, subject_id) DO UPDATE SET touchpoint_id = excluded.touchpoint_id, "
    "ref = excluded.ref, title = excluded.title, text = excluded.text, state = excluded.state, owner = excluded.owner, "
    "person_id = excluded.person_id, at = excluded.at RETURNING id"
).bindparams(AT)
LEAVE = text(
    "DELETE FROM search_entry WHERE organization_id = :organization_id AND subject = :subject AND subject_id = :subject_id "
    "RETURNING id"
)
# Named in order, so that SQLAlchemy need not match names anew for every result.
COLUMNS: tuple[Column[Any], ...] = (
    *(Column(name, Integer) for name in ("id", "touchpoint_id")),
    Column("subject", String),
    Column("subject_id", Integer),
    *(Column(name, String) for name in ("ref", "title", "text", "state", "owner")),
    Column("person_id", Integer),
    Column("at", UTCDateTime()),
)
SHOWN = ", ".join(f"e.{one.name}" for one in COLUMNS)
OURS = "e.organization_id = :organization_id AND e.at >= :at"
FTS5 = (
    f"SELECT {SHOWN} FROM search_text s JOIN search_entry e ON e.id = s.rowid "  # noqa: S608
    f"WHERE s.search_text MATCH :query AND s.rowid >= :first AND {OURS} ORDER BY s.rowid DESC LIMIT :limit OFFSET :offset"
)
# PostgreSQL cannot tell a frequent beginning of a word from a rare one, and would choose the wrong way through: so the way is
# chosen here. What is frequent is found among the newest, one by one; what is rare is found in the index, all at once.
NEWEST = (
    f"SELECT {SHOWN} FROM (SELECT id, words FROM search_text WHERE id >= :first ORDER BY id DESC LIMIT :newest) s "  # noqa: S608
    f"JOIN search_entry e ON e.id = s.id WHERE s.words @@ CAST(:query AS tsquery) AND {OURS} "
    "ORDER BY s.id DESC LIMIT :limit OFFSET :offset"
)
INDEXED = (
    "WITH s AS MATERIALIZED (SELECT id FROM search_text WHERE words @@ CAST(:query AS tsquery) AND id >= :first) "  # noqa: S608
    f"SELECT {SHOWN} FROM (SELECT id FROM s ORDER BY id DESC) m "
    f"CROSS JOIN LATERAL (SELECT * FROM search_entry e WHERE e.id = m.id AND {OURS} OFFSET 0) e "
    "LIMIT :limit OFFSET :offset"
)
FIND = {
    dialect: tuple(text(way).bindparams(AT).columns(*COLUMNS) for way in ways)
    for dialect, ways in (("sqlite", (FTS5,)), ("postgresql", (NEWEST, INDEXED)))
}
SINCE = text(
    "SELECT min(id), count(*) FROM (SELECT id FROM search_entry WHERE organization_id = :organization_id AND at >= :at "
    "LIMIT :most) e"
).bindparams(AT)
ALWAYS = datetime(1, 1, 1, tzinfo=UTC)
AMONG = 2_000  # entries; what is not found among so many, a page of it, is rare enough for the index.
MOST_RECENT = 20_000  # entries; of a day further back than that, most are newer anyway.


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing that can be found: what it says now, and what it can be narrowed by.

    `people` are the ids of those it belongs to or came from, `names` those that were only typed; the owner comes first.
    `readers` see it without a chair. `at` is when it was recorded. `ref` is what people call it, if they call it anything.
    """

    touchpoint_id: int
    subject: Subject
    subject_id: int
    title: str
    at: datetime
    ref: str = ""
    text: str = ""
    theme: Theme | None = None
    state: str = ""
    people: tuple[int, ...] = ()
    names: tuple[str, ...] = ()
    readers: tuple[int, ...] = ()


class SearchEntry(Row, table=True):
    """One entry, as a hit shows it. `owner` is a name that was typed."""

    __tablename__ = "search_entry"
    __table_args__ = (
        UniqueConstraint("organization_id", "subject", "subject_id", name="uq_search_entry_subject"),
        Index("ix_search_entry_at", "organization_id", "at"),
    )

    touchpoint_id: int = Field(foreign_key="touchpoint.id")
    subject: str = Field(max_length=20)
    subject_id: int
    ref: str = Field(max_length=20)
    title: str
    text: str
    state: str = Field(max_length=40)
    owner: str
    person_id: int | None = Field(default=None, foreign_key="person.id")
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Who asks, and what they may see: all of these touchpoints, and what they are the `reader` of elsewhere."""

    touchpoint_ids: Sequence[int]
    reader_id: int | None = None
    asker_id: int | None = None
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Hit:
    """One entry that was found. Its fields are `COLUMNS`, in order."""

    id: int
    touchpoint_id: int
    subject: Subject
    subject_id: int
    ref: str
    title: str
    text: str
    state: str
    owner: str
    person_id: int | None
    at: datetime


def create(connection: Connection) -> None:
    """Creates the full-text part in an empty schema (tests; a real database is migrated)."""
    for statement in CREATE[connection.dialect.name]:
        connection.execute(text(statement))


def put(record: Record, entry: Entry) -> None:
    """Make it findable by what it says now, and by nothing that it said before."""
    key = record.execute(ENTER, columns_of(entry) | {"organization_id": record.organization_id}).scalar_one()
    words = words_of(entry)
    record.execute(WRITE[record.dialect], {"id": key, "words": document_of(entry, words).said_in(record.dialect)})
    vocabulary.learn(record, (word for part in words for word in part))


def columns_of(entry: Entry) -> dict[str, Any]:
    """What a hit shows of it."""
    return {
        "touchpoint_id": entry.touchpoint_id,
        "subject": entry.subject,
        "subject_id": entry.subject_id,
        "ref": entry.ref,
        "title": entry.title,
        "text": entry.text,
        "state": entry.state,
        "owner": entry.names[0] if entry.names else "",
        "person_id": entry.people[0] if entry.people else None,
        "at": entry.at,
    }


def document_of(entry: Entry, words: Sequence[Sequence[str]]) -> Document:
    """What it is found by; `words` are its own."""
    return document(_placed(entry, words), _tags(entry))


def remove(record: Record, *, subject: Subject, subject_id: int) -> None:
    """Nobody finds it any more."""
    thing = {"organization_id": record.organization_id, "subject": subject, "subject_id": subject_id}
    for gone in list(record.execute(LEAVE, thing).scalars()):
        record.execute(ERASE[record.dialect], {"id": gone})


def words_of(entry: Entry) -> list[list[str]]:
    """Its words, part by part; the title first."""
    parts = (entry.title, entry.text, entry.ref, *entry.names, entry.theme or "")
    return [words_in(part) for part in parts]


def _placed(entry: Entry, words: Sequence[Sequence[str]]) -> Iterator[Sequence[str]]:
    """The title and the names once more as what they are, and all words."""
    yield [TITLE + word for word in words[0]]
    yield from ([NAME + word for word in words_in(name)] for name in entry.names)
    yield from words


def _tags(entry: Entry) -> Iterator[str]:
    """What it can be narrowed by."""
    yield tag("touchpoint", entry.touchpoint_id)
    yield tag("subject", entry.subject)
    yield from (tag("reader", one) for one in entry.readers)
    yield from (tag("person", one) for one in entry.people)
    said = (("ref", entry.ref), ("theme", entry.theme), *(("state", word) for word in entry.state.split()))
    yield from (tag(kind, value) for kind, value in said if value)


def find(record: Record, query: Query, reach: Reach, *, limit: int, offset: int = 0) -> list[Hit]:
    """What the asker may see of what was asked for, in the order that was asked for."""
    may_see = _access(record, reach)
    if not may_see.alternatives:
        return []
    narrowed = [may_see, *_filters(record, query, reach)]
    every = [*narrowed, *(Condition((term,)) for term in query.terms)]
    stricter = [[*narrowed, *more] for more in _better(query)]
    if not stricter:
        return _matching(record, every, query, reach, limit=limit, offset=offset)
    found: dict[int, Hit] = {}
    for conditions in (*stricter, every):
        found |= {
            hit.id: hit
            for hit in _matching(record, conditions, query, reach, limit=offset + limit)
            if hit.id not in found
        }
        if len(found) >= offset + limit:
            break
    return list(found.values())[offset : offset + limit]


def _better(query: Query) -> Iterator[list[Condition]]:
    """What comes before the rest: what is called so; and by relevance, the closer to what was typed the better."""
    if query.refs:
        yield [Condition(tagged("ref", query.refs))]
    if not query.by_relevance or not query.terms:
        return
    whole = [Term(term.words) for term in query.terms]
    if len(whole) > 1:
        yield [Condition((marked(TITLE, Term(tuple(word for term in whole for word in term.words))),))]
    yield [Condition((marked(TITLE, term),)) for term in whole]
    yield [Condition((marked(TITLE, term),)) for term in query.terms]
    yield [Condition((term,)) for term in whole]


def _access(record: Record, reach: Reach) -> Condition:
    """What the asker may see: the first condition of every search."""
    readers = people.same_as(record, reach.reader_id) if reach.reader_id else []
    return Condition((*tagged("touchpoint", reach.touchpoint_ids), *tagged("reader", readers)))


def _filters(record: Record, query: Query, reach: Reach) -> Iterator[Condition]:
    """What was asked for beside the words."""
    for kind, values in (("subject", query.subjects), ("theme", query.themes), ("state", query.states)):
        if values:
            yield Condition(tagged(kind, values))
    if query.by or query.me:
        theirs = [one for name in query.by for one in people.named(record, name)]
        theirs += people.same_as(record, reach.asker_id) if query.me and reach.asker_id else []
        names = (marked(NAME, Term(name, begins=len(name) == 1)) for name in query.by)
        yield Condition((*tagged("person", dict.fromkeys(theirs)), *names))


def _matching(
    record: Record, conditions: Iterable[Condition], query: Query, reach: Reach, *, limit: int, offset: int = 0
) -> list[Hit]:
    """All of these, newest first. Plain statements: this is the hot path."""
    conditions = list(conditions)
    if not all(condition.alternatives for condition in conditions):
        return []
    since = to_instant(datetime.combine(query.since, time.min), reach.zone) if query.since else None
    wanted = {
        "query": asked(record.dialect, conditions),
        "organization_id": record.organization_id,
        "at": since or ALWAYS,
        "first": _first_since(record, since) if since else 0,
        "newest": AMONG,
        "limit": limit,
        "offset": offset,
    }
    for way in FIND[record.dialect]:
        hits = [Hit(*row) for row in record.execute(way, wanted)]
        if len(hits) == limit:
            break
    return hits


def _first_since(record: Record, since: datetime) -> int:
    """The lowest id of what was recorded from then on, where that is little: so that older ones need not be looked at."""
    values = {"organization_id": record.organization_id, "at": since, "most": MOST_RECENT}
    lowest, how_many = record.execute(SINCE, values).one()
    return lowest or 0 if how_many < MOST_RECENT else 0


def forgiven(record: Record, query: Query, reach: Reach) -> Query | None:
    """The same with the nearest word that finds something, for each that finds nothing; where there is one for all of these.

    Only among what the asker may see: no word of anybody else's record is ever given away.
    """
    mended = query
    for term in query.terms:
        if not term.begins or _finds(record, term, reach):
            continue
        near = vocabulary.nearest(record, term.words[0])
        found = next((word for word in near if _finds(record, Term((word,)), reach)), None)
        if found is None:
            return None
        mended = mended.instead(term.words[0], found)
    return mended if mended != query else None


def _finds(record: Record, term: Term, reach: Reach) -> bool:
    """Does it find anything by itself?"""
    return bool(find(record, Query(terms=(term,)), reach, limit=1))
