"""Words to record: full text over decisions, newest first. FTS5 on SQLite, `tsvector` on PostgreSQL, one behaviour.

Words are cut out here, the same way for both: letters and digits, without case and accents. A word finds the words that begin
with it; several words must all occur. `scope` is the touchpoint, in a column of its own, so that the index itself leaves
out what the asker has no part in and nothing that is typed can reach beyond it.
"""

import re
import unicodedata
from collections.abc import Sequence

from sqlalchemy import Connection, text
from sqlmodel import Field, Session

from storage.rows import Row
from storage.unit_of_work import Record

WORD = re.compile(r"[^\W_]+")
LONGEST_WORD = 64
MOST_WORDS = 12

# The part of the schema that no table class can say. The first migration says the same; a test holds the two together.
CREATE = {
    "sqlite": ("CREATE VIRTUAL TABLE search_text USING fts5(scope, words, tokenize='unicode61')",),
    "postgresql": (
        "CREATE TABLE search_text (id INTEGER PRIMARY KEY, document TSVECTOR NOT NULL)",
        "CREATE INDEX ix_search_text_document ON search_text USING gin (document)",
    ),
}
FIND = {
    "sqlite": text(
        "SELECT e.subject_id FROM search_text s JOIN search_entry e ON e.id = s.rowid "
        "WHERE s.search_text MATCH :query AND e.organization_id = :organization_id "
        "ORDER BY s.rowid DESC LIMIT :limit OFFSET :offset"
    ),
    "postgresql": text(
        "SELECT e.subject_id FROM search_text s JOIN search_entry e ON e.id = s.id "
        "WHERE s.document @@ CAST(:query AS tsquery) AND e.organization_id = :organization_id AND e.scope = ANY(:scopes) "
        "ORDER BY s.id DESC LIMIT :limit OFFSET :offset"
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


class SearchEntry(Row, table=True):
    """One searchable thing. A changed one gets a new entry, so that newest first is simply the highest id."""

    __tablename__ = "search_entry"

    scope: str = Field(max_length=32)
    subject: str = Field(max_length=20)
    subject_id: int = Field(index=True)


def words_of(typed: str) -> list[str]:
    """The words of a text, without case and accents, each once, in order. Operators are not words."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", typed.casefold()) if not unicodedata.combining(c))
    return list(dict.fromkeys(word[:LONGEST_WORD] for word in WORD.findall(plain)))


def scope_of(touchpoint_id: int) -> str:
    """The word that stands for a touchpoint in the index."""
    return f"t{touchpoint_id}"


def create(connection: Connection) -> None:
    """Creates the full-text part in an empty schema (tests; a real database is migrated)."""
    for statement in CREATE[connection.dialect.name]:
        connection.execute(text(statement))


def dialect_of(session: Session) -> str:
    """`sqlite` or `postgresql`."""
    return session.get_bind().dialect.name


def put(record: Record, *, touchpoint_id: int, subject: str, subject_id: int, words: str) -> None:
    """Make it findable by these words, and by no others, from now on."""
    session, dialect, scope = record.session, dialect_of(record.session), scope_of(touchpoint_id)
    thing = {"organization_id": record.organization_id, "subject": subject, "subject_id": subject_id}
    for gone in list(session.execute(LEAVE, thing).scalars()):
        session.execute(ERASE[dialect], {"id": gone})
    entry = session.execute(ENTER, {**thing, "scope": scope}).scalar_one()
    row = {"id": entry, "words": " ".join(words_of(words))}
    session.execute(WRITE[dialect], {**row, "scope": scope} if dialect == "sqlite" else row)


def find(record: Record, typed: str, touchpoint_ids: Sequence[int], *, limit: int, offset: int = 0) -> list[int]:
    """The ids of what matches every word, newest first. No words, or no touchpoints, find nothing."""
    words, scopes = words_of(typed)[:MOST_WORDS], [scope_of(touchpoint_id) for touchpoint_id in touchpoint_ids]
    if not words or not scopes:
        return []
    page: dict[str, object] = {"organization_id": record.organization_id, "limit": limit, "offset": offset}
    dialect = dialect_of(record.session)
    if dialect == "sqlite":
        wanted = " AND ".join(f'words:"{word}"*' for word in words)
        page["query"] = f"scope:({' OR '.join(scopes)}) AND {wanted}"
    else:
        page["query"] = " & ".join(f"'{word}':*" for word in words)
        page["scopes"] = scopes
    return [int(row[0]) for row in record.session.execute(FIND[dialect], page)]
