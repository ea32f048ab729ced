"""Words to record: full text over decisions, newest first. FTS5 on SQLite, `tsvector` on PostgreSQL, one behaviour.

Words are cut out here, the same way for both: letters and digits, without case and accents. A word finds the words that begin
with it; several words must all occur. `scope` is the touchpoint, in a column of its own, so that the index itself leaves
out what the asker has no part in and nothing that is typed can reach beyond it.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, text
from sqlmodel import Field

from agenda.themes import Theme
from storage.rows import Row
from storage.unit_of_work import Record

WORD = re.compile(r"[^\W_]+")
LONGEST_WORD = 64
MOST_WORDS = 24  # Nothing is found by more: who asks so much is told to try fewer.

# The part of the schema that no table class can say. The first migration says the same; a test holds the two together.
CREATE = {
    "sqlite": (
        "CREATE VIRTUAL TABLE search_text USING fts5(scope, words, tokenize='unicode61', "
        "detail=column, prefix='1 2 3 4 5 6 7 8 9 10 11 12')",
    ),
    "postgresql": (
        "CREATE TABLE search_text (id INTEGER PRIMARY KEY, document TSVECTOR NOT NULL)",
        "CREATE INDEX ix_search_text_document ON search_text USING gin (document)",
    ),
}
# What every search of a noun joins to: `found` has the noun's ids, newest first, already paged.
FOUND = {
    "sqlite": (
        "SELECT e.subject_id AS id, e.id AS newest FROM search_text s JOIN search_entry e ON e.id = s.rowid "
        "WHERE s.search_text MATCH :query AND e.organization_id = :organization_id AND e.subject = :subject "
        "ORDER BY s.rowid DESC LIMIT :limit OFFSET :offset"
    ),
    "postgresql": (
        "SELECT e.subject_id AS id, e.id AS newest FROM search_text s JOIN search_entry e ON e.id = s.id "
        "WHERE s.document @@ CAST(:query AS tsquery) AND e.organization_id = :organization_id "
        "AND e.scope = ANY(:scopes) AND e.subject = :subject ORDER BY s.id DESC LIMIT :limit OFFSET :offset"
    ),
}
WRITE = {
    "sqlite": text("INSERT INTO search_text (rowid, scope, words) VALUES (:id, :scope, :words)"),
    "postgresql": text(
        "INSERT INTO search_text (id, document) VALUES (:id, array_to_tsvector(string_to_array(:words, ' ')))"
    ),
}
ERASE = {
    "sqlite": text("DELETE FROM search_text WHERE rowid = :id"),
    "postgresql": text("DELETE FROM search_text WHERE id = :id"),
}
ENTER = text(
    "INSERT INTO search_entry (organization_id, scope, subject, subject_id) "
    "VALUES (:organization_id, :scope, :subject, :subject_id) RETURNING id"
)
LEAVE = text(
    "DELETE FROM search_entry WHERE organization_id = :organization_id AND subject = :subject AND subject_id = :subject_id "
    "RETURNING id"
)


Subject = Literal["decision", "risk", "promise", "item", "minutes"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing that can be found: what it says now, and what it can be narrowed by.

    `people` are the ids of those it belongs to or came from, `names` what its owners are called where they were only typed.
    `at` is when it was recorded. `ref` is what people call it, as far as they call it anything.
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


class SearchEntry(Row, table=True):
    """One searchable thing. A changed one gets a new entry, so that newest first is simply the highest id."""

    __tablename__ = "search_entry"

    scope: str = Field(max_length=32)
    subject: str = Field(max_length=20)
    subject_id: int = Field(index=True)


def words_of(typed: str) -> list[str]:
    """The words of a text, without case and accents, each once, in order. Operators are not words."""
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", typed).casefold())
    plain = "".join(c for c in folded if not unicodedata.combining(c))
    return list(dict.fromkeys(word[:LONGEST_WORD] for word in WORD.findall(plain)))


def scope_of(touchpoint_id: int) -> str:
    """The word that stands for a touchpoint in the index."""
    return f"t{touchpoint_id}"


def create(connection: Connection) -> None:
    """Creates the full-text part in an empty schema (tests; a real database is migrated)."""
    for statement in CREATE[connection.dialect.name]:
        connection.execute(text(statement))


def put(record: Record, entry: Entry) -> None:
    """Make it findable by what it says now, and by nothing that it said before."""
    remove(record, subject=entry.subject, subject_id=entry.subject_id)
    dialect, scope = record.dialect, scope_of(entry.touchpoint_id)
    thing = {"organization_id": record.organization_id, "subject": entry.subject, "subject_id": entry.subject_id}
    key = record.execute(ENTER, {**thing, "scope": scope}).scalar_one()
    words = words_of(" ".join((entry.ref, entry.title, entry.text, *entry.names, entry.theme or "")))
    row = {"id": key, "words": " ".join(words)}
    record.execute(WRITE[dialect], {**row, "scope": scope} if dialect == "sqlite" else row)


def remove(record: Record, *, subject: Subject, subject_id: int) -> None:
    """Nobody finds it any more."""
    thing = {"organization_id": record.organization_id, "subject": subject, "subject_id": subject_id}
    for gone in list(record.execute(LEAVE, thing).scalars()):
        record.execute(ERASE[record.dialect], {"id": gone})


def matching(
    record: Record, typed: str, touchpoint_ids: Sequence[int], *, subject: str, limit: int, offset: int = 0
) -> dict[str, Any] | None:
    """The parameters of `FOUND`: every word must match. Nothing where there are no words, or no touchpoints."""
    words, scopes = words_of(typed), [scope_of(touchpoint_id) for touchpoint_id in touchpoint_ids]
    if not words or not scopes or len(words) > MOST_WORDS:
        return None
    asked = {"organization_id": record.organization_id, "subject": subject, "limit": limit, "offset": offset}
    if record.dialect == "sqlite":
        wanted = " AND ".join(f'words:"{word}"*' for word in words)
        return asked | {"query": f"scope:({' OR '.join(scopes)}) AND {wanted}"}
    return asked | {"query": " & ".join(f"'{word}':*" for word in words), "scopes": scopes}
