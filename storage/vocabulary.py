"""The words that an organization's record has: what a typing error is measured against."""

from collections.abc import Iterable, Iterator

from rapidfuzz import process
from rapidfuzz.distance import OSA
from sqlalchemy import String, text
from sqlmodel import Field, SQLModel

from storage.unit_of_work import Record

SHORTEST, LONG = 4, 8  # letters; from so many on one slip is forgiven, and two
MOST_NEAR = 20
MOST_BEGINNING = 100

# One statement however many words there are; sorted, so that no two transactions wait for each other.
LEARN = {
    "sqlite": text(
        "INSERT OR IGNORE INTO search_word (organization_id, word) "
        "SELECT :organization_id, value FROM json_each(:words)"
    ),
    "postgresql": text(
        "INSERT INTO search_word (organization_id, word) "
        "SELECT :organization_id, value FROM json_array_elements_text(CAST(:words AS json)) ON CONFLICT DO NOTHING"
    ),
}
BEGINNING = text(
    "SELECT word FROM search_word WHERE organization_id = :organization_id AND word >= :first AND word < :behind "
    "ORDER BY word LIMIT :most"
)
KNOWN = text(
    "SELECT word FROM search_word WHERE organization_id = :organization_id AND length(word) BETWEEN :shortest AND :longest"
)


class SearchWord(SQLModel, table=True):
    """One word that some entry has, or had."""

    __tablename__ = "search_word"

    organization_id: int = Field(primary_key=True, foreign_key="organization.id")
    # Compared letter by letter, so that the index finds all words with one beginning.
    word: str = Field(
        primary_key=True,
        sa_type=String(64).with_variant(String(64, collation="C"), "postgresql"),
    )


def learn(record: Record, words: Iterable[str]) -> None:
    """From now on these are words."""
    worth = sorted({word for word in words if len(word) >= SHORTEST})
    if worth:
        said = "[" + ",".join(f'"{word}"' for word in worth) + "]"  # Letters and digits alone: nothing to escape.
        record.execute(LEARN[record.dialect], {"organization_id": record.organization_id, "words": said})


def beginning(record: Record, start: str) -> list[str]:
    """All words that begin so; none where it is too short to know them all, or too many do."""
    if len(start) < SHORTEST:
        return []
    values = {"organization_id": record.organization_id, "first": start, "behind": f"{start}\U0010ffff"}
    found = list(record.execute(BEGINNING, values | {"most": MOST_BEGINNING + 1}).scalars())
    return found if len(found) <= MOST_BEGINNING else []


def nearest(record: Record, word: str) -> Iterator[str]:
    """The words that may have been meant, the nearest first; a few at most."""
    slips = 0 if len(word) < SHORTEST or not word.isalpha() else 1 if len(word) < LONG else 2
    if not slips:
        return
    lengths = {"shortest": len(word) - slips, "longest": len(word) + slips}
    known = sorted(record.execute(KNOWN, {"organization_id": record.organization_id, **lengths}).scalars())
    near = process.extract(word, known, scorer=OSA.distance, score_cutoff=slips, limit=MOST_NEAR)
    yield from (other for other, distance, _place in near if distance)
