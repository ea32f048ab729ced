"""How the record is asked for its words: what the asker may see of what was typed, in the order that was asked for.

Newest first is the highest id, because an entry keeps the id that it got when it was recorded. By relevance is the same
question asked up to five times, each time less strictly and each time newest first: no score, so both databases agree.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any

from sqlalchemy import Column, Integer, String, text
from sqlmodel.sql.sqltypes import UTCDateTime

from agenda.queries import Query, Subject
from agenda.recurrence import to_instant
from agenda.words import Term
from storage import merging, vocabulary
from storage.search import AT
from storage.tokens import NAME, TITLE, Condition, asked, marked, split, tagged
from storage.unit_of_work import Record

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
    "ORDER BY m.id DESC LIMIT :limit OFFSET :offset"
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
    readers = merging.same_as(record, reach.reader_id) if reach.reader_id else []
    return Condition((*tagged("touchpoint", reach.touchpoint_ids), *tagged("reader", readers)))


def _filters(record: Record, query: Query, reach: Reach) -> Iterator[Condition]:
    """What was asked for beside the words."""
    for kind, values in (("subject", query.subjects), ("theme", query.themes), ("state", query.states)):
        if values:
            yield Condition(tagged(kind, values))
    if query.by or query.me:
        theirs = [one for name in query.by for one in merging.named(record, name)]
        theirs += merging.same_as(record, reach.asker_id) if query.me and reach.asker_id else []
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
        "organization_id": record.organization_id,
        "at": since or ALWAYS,
        "first": _first_since(record, since) if since else 0,
        "newest": AMONG,
        "limit": limit,
        "offset": offset,
    }
    for way in FIND[record.dialect]:
        if way is FIND["postgresql"][-1]:
            conditions = [_spelt_out(record, condition) for condition in conditions]
        said = {"query": asked(record.dialect, conditions)}
        hits = [Hit(*row) for row in record.execute(way, wanted | said).all()]
        if len(hits) == limit:
            break
    return hits


def _spelt_out(record: Record, condition: Condition) -> Condition:
    """The words themselves in the place of their beginning: PostgreSQL's index reads a beginning whole, and skips in words."""
    return Condition(tuple(one for term in condition.alternatives for one in _spelt(record, term)))


def _spelt(record: Record, term: Term) -> list[Term]:
    if not term.begins:
        return [term]
    mark, start = split(term.words[0])
    return [Term((mark + word,)) for word in vocabulary.beginning(record, start)] or [term]


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
