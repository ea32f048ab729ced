"""What a cell of a register says, as a value; and a value as its cell says it."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import TypeAlias

from agenda.cells import UNKEEPABLE
from agenda.errors import BadInput
from agenda.items import TEXT_LIMIT, TITLE_LIMIT
from agenda.references import references_in

Value: TypeAlias = str | int | date | None
ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
MOST_SHOWN = 60  # Characters of a wrong cell that an error repeats.


class Kind(StrEnum):
    """What a cell holds, as the documentation says it."""

    LINE = "one line"
    TEXT = "text"
    DAY = "day, as 2031-12-31"
    STEP = "1 to 5"
    WORD = "one of a list"
    LINKS = "a line each: an https address, or the name of a ticket or document"
    ADDRESS = "an https address"
    PERSON = "a person's name, or account"
    AREA = "one of the touchpoint's areas of responsibility"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """`taken` in by an import, or only written by an export; `needed` in every new row. `words` are those of a list.

    Of a column that is never `blank`, an empty cell says nothing (T5); of an `onward` one, nor does a word before the one that
    stands.
    """

    name: str
    says: str
    kind: Kind = Kind.LINE
    taken: bool = True
    needed: bool = False
    blank: bool = True
    limit: int = 0
    words: tuple[str, ...] = ()
    onward: bool = False

    @property
    def most(self) -> int:
        """So many characters can be kept."""
        return self.limit or (TITLE_LIMIT if self.kind in (Kind.LINE, Kind.PERSON) else TEXT_LIMIT)


def is_behind(column: Column, value: Value, standing: Value) -> bool:
    """Does this word say less than the one that stands?"""
    there = column.onward and standing in column.words and value in column.words
    return there and column.words.index(str(value)) < column.words.index(str(standing))


def written(value: object) -> str:
    """A value as its cell says it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else str(value)


def read(
    column: Column, cell: str, people: Mapping[str, Collection[int]], areas: Mapping[str, str]
) -> dict[str, Value]:
    """The value of a cell; nothing where an empty one changes nothing (T5). A person is their id, an area is called as it is
    kept; both are looked up in lower case. Raises `BadInput`.
    """
    if UNKEEPABLE.search(cell):
        raise BadInput("it holds a character that cannot be kept.", "Take out what shows as a box.")
    if column.kind is Kind.TEXT:
        return {column.name: within(cell, column.most)}
    said = cell.strip()
    if column.kind in (Kind.LINKS, Kind.ADDRESS):
        return {column.name: within(linked(column, said), column.most)}
    if column.kind is Kind.DAY:
        return {column.name: day_in(said) if said else None}
    if column.kind in (Kind.STEP, Kind.WORD):
        nothing = "" if column.kind is Kind.WORD else None
        empty: dict[str, Value] = {column.name: nothing} if column.blank else {}
        return {column.name: chosen(column, said)} if said else empty
    if len(said.splitlines()) > 1:
        raise BadInput("it has several lines.", "Write one; the rest belongs into another column.")
    if column.kind in (Kind.PERSON, Kind.AREA) and said:
        return {column.name: person_in(said, people) if column.kind is Kind.PERSON else area_in(said, areas)}
    return {column.name: within(said, column.most)}


def person_in(said: str, people: Mapping[str, Collection[int]]) -> int:
    """Whoever is called exactly that. Raises `BadInput` for nobody, and for several."""
    found = people.get(said.casefold(), ())
    if len(found) > 1:
        raise BadInput(
            f"{len(found)} people are called “{shown(said)}”.",
            "Write the account of one: “touchpoint person show” has it.",
        )
    for one in found:
        return one
    raise BadInput(f"Nobody here is called “{shown(said)}”.", "Write the name as cards show it, or an account.")


def area_in(said: str, areas: Mapping[str, str]) -> str:
    """The area that is called exactly that. Raises `BadInput`."""
    if said.casefold() not in areas:
        raise BadInput(f"There is no area “{shown(said)}”.", "“owners” lists them in the chat; take them in first.")
    return areas[said.casefold()]


def within(text: str, limit: int) -> str:
    """As long as can be kept. Raises `BadInput`."""
    if len(text) > limit:
        raise BadInput(f"it has {len(text):,} characters; at most {limit:,} can be kept.", "Make it shorter.")
    return text


def day_in(said: str) -> date:
    """A day as ISO 8601 writes it: in a file nobody can ask which of 3/4 is the month. Raises `BadInput`."""
    try:
        if ISO_DAY.fullmatch(said):
            return date.fromisoformat(said)
    except ValueError:
        pass
    raise BadInput(f"“{shown(said)}” is no day.", "Write it as 2031-12-31.")


def chosen(column: Column, said: str) -> Value:
    """A step or a word of the column's list, however it is capitalised. Raises `BadInput`."""
    if column.kind is Kind.STEP:
        if said in ("1", "2", "3", "4", "5"):
            return int(said)
        raise BadInput(f"“{shown(said)}” is no step.", "Write a whole number from 1 to 5.")
    for word in column.words:
        if word.casefold() == said.casefold():
            return word
    raise BadInput(f"“{shown(said)}” is none of its words.", f"Write one of: {', '.join(column.words)}.")


def linked(column: Column, said: str) -> str:
    """As it is. Raises `BadInput` for an address of which a card would not make a link."""
    found = references_in(said)
    if column.kind is Kind.ADDRESS and [one.address for one in found] != ([said] if said else []):
        raise BadInput(f"“{shown(said)}” is no https address.", "Write https://…, and nothing else.")
    return said


def shown(said: str) -> str:
    """So much of a cell that it is recognised."""
    return said if len(said) <= MOST_SHOWN else said[: MOST_SHOWN - 1] + "…"
