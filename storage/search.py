"""Words to record: full text over all nouns. FTS5 on SQLite, `tsvector` on PostgreSQL, one behaviour.

A noun says what it is found by as one `Entry`, and says it anew after each change. Whatever narrows a search is in the index
too (`storage.tokens`): so the index itself leaves out what the asker has no part in, and nothing that is typed reaches beyond.
An entry keeps its id for as long as it lives: so the highest id is what was recorded last. How it is asked stands in `finding`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Index, UniqueConstraint, bindparam, text
from sqlmodel import Field
from sqlmodel.sql.sqltypes import UTCDateTime

from agenda.queries import Subject
from agenda.themes import Theme
from agenda.words import words_in
from storage import vocabulary
from storage.rows import Row
from storage.tokens import NAME, TITLE, Document, document, tag
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
