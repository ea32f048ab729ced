"""The words that an organization's record has: what a typing error is measured against."""

from collections.abc import Iterable, Iterator

from rapidfuzz import process
from rapidfuzz.distance import OSA
from sqlalchemy import text
from sqlmodel import Field, SQLModel

from storage.unit_of_work import Record

SHORTEST, LONG = 4, 8  # letters; from so many on one slip is forgiven, and two
MOST_NEAR = 20

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
KNOWN = text(
    "SELECT word FROM search_word WHERE organization_id = :organization_id AND length(word) BETWEEN :shortest AND :longest"
)


class SearchWord(SQLModel, table=True):
    """One word that some entry has, or had."""

    __tablename__ = "search_word"

    organization_id: int = Field(primary_key=True, foreign_key="organization.id")
    word: str = Field(primary_key=True, max_length=64)


def learn(record: Record, words: Iterable[str]) -> None:
    """From now on these are words."""
    worth = sorted({word for word in words if len(word) >= SHORTEST and word.isalpha()})
    if worth:
        said = "[" + ",".join(f'"{word}"' for word in worth) + "]"  # Letters alone: nothing to escape.
        record.execute(LEARN[record.dialect], {"organization_id": record.organization_id, "words": said})


def nearest(record: Record, word: str) -> Iterator[str]:
    """The words that may have been meant, the nearest first; a few at most."""
    slips = 0 if len(word) < SHORTEST else 1 if len(word) < LONG else 2
    if not slips:
        return
    lengths = {"shortest": len(word) - slips, "longest": len(word) + slips}
    known = sorted(record.execute(KNOWN, {"organization_id": record.organization_id, **lengths}).scalars())
    near = process.extract(word, known, scorer=OSA.distance, score_cutoff=slips, limit=MOST_NEAR)
    yield from (other for other, distance, _place in near if distance)
