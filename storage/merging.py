"""Where two people turned out to be one: every row names the one who stays, and whoever asks for either finds both."""

from collections.abc import Sequence
from functools import cache

from sqlalchemy import Column, and_, select, text, update
from sqlmodel import col

from agenda.words import words_in
from storage import rows
from storage.people import Person
from storage.unit_of_work import Record


def merge(record: Record, *, gone: Person, into: Person) -> None:
    """Two turned out to be one: in every row of every table whoever was `gone` is `into`."""
    record.session.flush()
    tables = {rows.name_of(table): table for table in rows.sealed_tables()}
    for column in naming_people():
        theirs = and_(column.table.c.organization_id == record.organization_id, column == gone.id)
        if table := tables.get(column.table.name):
            record.touch(table, record.session.execute(select(column.table.c.id).where(theirs)).scalars())
        record.session.execute(update(column.table).where(theirs).values({column: into.id}))
    record.session.expire_all()
    gone.merged_into_id = into.id
    into.admin = into.admin or gone.admin
    gone.admin = False


@cache
def naming_people() -> list[Column[int]]:
    """Every column of every table that names a person, whatever this process has imported so far."""
    from storage.tables import METADATA

    columns = (column for table in METADATA.sorted_tables for column in table.columns)
    return [column for column in columns if any(key.target_fullname == "person.id" for key in column.foreign_keys)]


MERGED = text("SELECT id, merged_into_id FROM person WHERE organization_id = :organization_id AND merged_into_id > 0")


def same_as(record: Record, person_id: int) -> list[int]:
    """Theirs, and the ids of all who turned out to be them."""
    merged = record.execute(MERGED, {"organization_id": record.organization_id}).all()
    return _with_merged({person_id}, [(row[0], row[1]) for row in merged])


def named(record: Record, words: Sequence[str]) -> list[int]:
    """Those whose names have words that begin so, and all who turned out to be them."""
    query = select(col(Person.id), col(Person.name), col(Person.merged_into_id)).where(
        col(Person.organization_id) == record.organization_id
    )
    everybody = record.session.execute(query).all()
    meant = {key for key, name, _into in everybody if key and all(_begins(word, words_in(name)) for word in words)}
    return _with_merged(meant, [(row[0], row[2]) for row in everybody])


def _begins(word: str, name: Sequence[str]) -> bool:
    return any(part.startswith(word) for part in name)


def _with_merged(keys: set[int], merged: Sequence[tuple[int | None, int | None]]) -> list[int]:
    """These, and whoever was merged into one of them, directly or by way of others."""
    while more := {gone for gone, into in merged if into in keys and gone} - keys:
        keys = keys | more
    return sorted(keys)
