"""How a value of the glossary is written into a column, said once for every noun."""

from enum import StrEnum

from sqlalchemy import Enum


def stored(kind: type[StrEnum]) -> Enum:
    """A plain string column that comes back as the enum. No database type of its own, so a new word needs no migration."""
    return Enum(
        kind, native_enum=False, create_constraint=False, length=32, values_callable=lambda e: [m.value for m in e]
    )
