"""What proves the rows of the record: whoever changes one leaves its fingerprint in the audit log, in the same transaction.

A row says that it is of the record by its base class, `rows.Sealed`. What a session changes is noted here as it is written;
plain statements say so themselves (`Record.touch`). At the end of the transaction each row that was touched is read back, so
that its fingerprint is that of what the database keeps, on either one.
"""

from collections import defaultdict
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from sqlalchemy import Column, Connection, Executable, bindparam, event, select
from sqlalchemy.orm import UOWTransaction
from sqlmodel import Session

from agenda.audit import fingerprint
from storage.rows import Sealed, name_of

if TYPE_CHECKING:
    from storage.unit_of_work import Record

Touched: TypeAlias = set[tuple[type[Sealed], int, int]]  # the table, the organization, the key
TOUCHED: Final = "touched"
AT_ONCE: Final = 500


@event.listens_for(Session, "after_flush")
def note(session: Session, _flush: UOWTransaction) -> None:
    """Every row of the record that was added, changed or deleted."""
    touched: Touched | None = session.info.get(TOUCHED)
    if touched is None:
        return
    changed = (row for row in session.dirty if session.is_modified(row))
    for row in (*session.new, *changed, *session.deleted):
        if isinstance(row, Sealed):
            touched.add((type(row), row.organization_id, row.key))


def taken(record: "Record") -> dict[str, str | None]:
    """`{"decision/12": its fingerprint}` of each touched row of this organization, or None where it is deleted. Once only."""
    touched = record.transaction.touched
    ours: dict[type[Sealed], list[int]] = defaultdict(list)
    for one in [one for one in touched if one[1] == record.organization_id]:
        touched.remove(one)
        ours[one[0]].append(one[2])
    tables = sorted(ours.items(), key=lambda found: name_of(found[0]))
    return {name: seal for table, keys in tables for name, seal in _read_back(record, table, sorted(keys)).items()}


def _read_back(record: "Record", table: type[Sealed], keys: list[int]) -> dict[str, str | None]:
    seals: dict[str, str | None] = {f"{name_of(table)}/{key}": None for key in keys}
    for start in range(0, len(keys), AT_ONCE):
        found = read(record.transaction.connection, table, keys[start : start + AT_ONCE])
        seals |= {f"{name_of(table)}/{key}": seal for key, seal in found}
    return seals


def read(connection: Connection, table: type[Sealed], keys: Sequence[int]) -> list[tuple[int, str]]:
    """The keys and fingerprints of these rows, as the database keeps them: at most `AT_ONCE`."""
    rows = connection.execute(_by_keys(table), {"keys": keys}).mappings()
    return [(row["id"], fingerprint(row)) for row in rows]  # type: ignore[arg-type]  # its keys are names of columns


@cache
def columns(table: type[Sealed]) -> list[Column[Any]]:
    """Everything that a seal covers."""
    return [column for column in table.__table__.columns if column.name not in table.unsealed]  # type: ignore[attr-defined]


@cache
def _by_keys(table: type[Sealed]) -> Executable:
    return select(*columns(table)).where(table.__table__.c.id.in_(bindparam("keys", expanding=True)))  # type: ignore[attr-defined]
