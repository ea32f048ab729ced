"""What every row has: a key, and the organization that owns it."""

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, ClassVar, Final, Protocol, TypeAlias, TypeVar

from sqlalchemy import ColumnElement, Executable, Select, bindparam, select
from sqlmodel import Field, Session, SQLModel

if TYPE_CHECKING:  # A transaction knows rows, because it seals them.
    from storage.unit_of_work import Record


class Row(SQLModel):
    """A row of one organization; nothing is read without asking whose it is."""

    id: int | None = Field(default=None, primary_key=True)
    organization_id: int = Field(foreign_key="organization.id")

    @property
    def key(self) -> int:
        """The primary key. Raises `LookupError` for a row that was never written."""
        if self.id is None:
            raise LookupError(f"{type(self).__name__} was not written yet")
        return self.id


class Sealed(Row):
    """A row that is part of the record: whatever changes it leaves its fingerprint in the audit log (`storage.seals`).

    `unsealed` are columns that are only machinery, and may change without a trace.
    """

    unsealed: ClassVar[frozenset[str]] = frozenset()


def name_of(table: type[Row]) -> str:
    """What the database calls it."""
    name: str = table.__table__.name  # type: ignore[attr-defined]  # every table class has one
    return name


def sealed_tables() -> list[type[Sealed]]:
    """Every table of the record, whatever this process has imported so far: an upgrade or a merge must miss none."""
    from storage import tables

    return [one for one in _below(Sealed) if name_of(one) in tables.METADATA.tables]


def _below(base: type[Sealed]) -> list[type[Sealed]]:
    below = [one for direct in base.__subclasses__() for one in _below(direct)]
    return [base, *below] if hasattr(base, "__table__") else below


class Owned(Protocol):
    """What one organization owns, whatever its key is."""

    organization_id: int


AnyRow = TypeVar("AnyRow", bound=Row)
AnyOwned = TypeVar("AnyOwned", bound=Owned)
HELD: Final = "held"  # A session forgets a row that nobody holds, and would ask for it again.
Read: TypeAlias = Callable[[Session, Collection[int]], Mapping[int, Sequence[AnyOwned]]]
"""Reads what belongs to each of these keys, in one statement; every key is in the answer."""


def add(record: "Record", row: AnyRow) -> AnyRow:
    """Write a new one; it has its key from here on."""
    record.session.add(row)
    record.session.flush()
    return row


@cache
def _insert(table: type[Row]) -> Executable:
    rows = table.__table__  # type: ignore[attr-defined]  # every table class has one
    statement: Executable = rows.insert().returning(rows.c.id)
    return statement


def write(record: "Record", row: AnyRow) -> AnyRow:
    """Write a new one that nothing will change in this transaction: a third of the cost of `add`."""
    values = {name: getattr(row, name) for name in type(row).model_fields if name != "id"}
    row.id = record.execute(_insert(type(row)), values).scalar_one()
    record.touch(type(row), [row.key])
    return row


def find(record: "Record", table: type[AnyRow], key: int, *, for_update: bool = False) -> AnyRow | None:
    """One of this organization's, or nothing; locked where its state is about to change."""
    found = record.session.get(table, key, with_for_update=for_update or None)
    record.session.info.setdefault(HELD, {})[table, key] = found
    return found if found is not None and found.organization_id == record.organization_id else None


def get(record: "Record", table: type[AnyRow], key: int) -> AnyRow:
    """One that must be there, because its key came out of the record. Raises `LookupError` otherwise."""
    found = find(record, table, key)
    if found is None:
        raise LookupError(f"{table.__name__} {key}")
    return found


def having(record: "Record", table: type[AnyRow], **values: object) -> list[AnyRow]:
    """All of this organization's whose columns have these values, in the order in which they were written."""
    asked = _having(table, tuple(values))
    return list(record.session.execute(asked, values | {"organization_id": record.organization_id}).scalars())


@cache
def _having(table: type[AnyRow], names: tuple[str, ...]) -> Select[AnyRow]:
    columns = table.__table__.c  # type: ignore[attr-defined]  # every table class has one
    conditions = [columns[name] == bindparam(name) for name in ("organization_id", *names)]
    return select(table).where(*conditions).order_by(columns.id)


def numbered(
    record: "Record", table: type[AnyRow], number: int, within: ColumnElement[bool], *, for_update: bool = False
) -> AnyRow | None:
    """The one that people call by this number, if it lies within what the asker may see; locked where it is about to change."""
    columns = table.__table__.c  # type: ignore[attr-defined]  # every table class has one
    query = select(table).where(columns.organization_id == record.organization_id, columns.number == number, within)
    locked = query.with_for_update().execution_options(populate_existing=True)
    found: AnyRow | None = record.session.execute(locked if for_update else query).scalar_one_or_none()
    return found


def gather(session: Session, read: Read[AnyOwned], keys: Collection[int]) -> None:
    """Reads it for all of these keys, and leaves it for `of` to find. For a transaction that only reads."""
    session.info[read] = read(session, keys)


def of(record: "Record", read: Read[AnyOwned], key: int) -> list[AnyOwned]:
    """What belongs to one key, and to this organization."""
    gathered: Mapping[int, Sequence[AnyOwned]] = record.session.info.get(read, {})
    found = gathered[key] if key in gathered else read(record.session, [key])[key]
    return [row for row in found if row.organization_id == record.organization_id]
