"""The short ids that people say: D-12, R-7. They count up per organization and are never given twice."""

from sqlalchemy import text

from storage.unit_of_work import Record

# Both databases have had `INSERT … ON CONFLICT … RETURNING` for years, and it takes the row's lock in one round trip.
NEXT = text(
    "INSERT INTO counter (organization_id, noun, last) VALUES (:organization_id, :noun, 1) "
    "ON CONFLICT (organization_id, noun) DO UPDATE SET last = counter.last + 1 RETURNING last"
)


def next_number(record: Record, noun: str) -> int:
    """The next one, counted from 1."""
    return int(record.execute(NEXT, {"organization_id": record.organization_id, "noun": noun}).scalar_one())
