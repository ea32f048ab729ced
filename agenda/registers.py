"""Registers: each noun of the record as a table with documented columns, and what a row of such a table may change.

rule
T1    a row whose key (its ref; an area's name; before that, what a tracker calls it) stands in the touchpoint is about that
      one; every other row is a new one
T2    only an open one is changed, and only in the columns that are taken in; a state never is, unless it is one of them: that
      takes people
T3    what needs keys comes in without: a decision as proposed, an accepted risk as open with the treatment `accept`
T4    what cannot be taken in at all is left out, and said
T5    an empty cell empties a text or a day; a number or a word of a list that must be there stays as it is
T6    one wrong cell, and nothing is taken in
T7    days that belong together run forward
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from itertools import pairwise

from agenda.cells import Line, Sheet
from agenda.errors import BadInput
from agenda.values import Column, Value, is_behind, read, shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A state as it stands in a file: `comes_in` as which state, if at all, with which values, and what is said of it."""

    comes_in: str = ""
    values: Mapping[str, Value] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """`noun` is what one row is called, `key` the column that it is known by; `states` say what comes in as what (T3, T4).

    Of `pairs` both are said, or neither; the days of `forward` are in that order (T7). `tracker` is the column that goes before
    `key` (T1).
    """

    name: str
    noun: str
    columns: tuple[Column, ...]
    key: str = "ref"
    states: Mapping[str, Entry] = field(default_factory=dict)
    pairs: tuple[tuple[str, str], ...] = ()
    forward: tuple[tuple[str, ...], ...] = ()
    tracker: str = ""

    @property
    def taken(self) -> tuple[Column, ...]:
        """What an import takes in; none where a register is only exported."""
        return tuple(column for column in self.columns if column.taken)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A row that is in the record already. `fixed` is why it cannot be changed (`is closed`); empty where it can."""

    ref: str
    values: Mapping[str, Value]
    state: str = ""
    fixed: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Present:
    """What a file is held against: the touchpoint's rows by their key, and by what a tracker calls them; its areas by name;
    and the organization's people by name and account. All are in lower case.
    """

    rows: Mapping[str, Standing] = field(default_factory=dict)
    tracked: Mapping[str, Standing] = field(default_factory=dict)
    people: Mapping[str, Collection[int]] = field(default_factory=dict)
    areas: Mapping[str, str] = field(default_factory=dict)


class Act(StrEnum):
    """What becomes of a row."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    LEFT_OUT = "left out"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What becomes of one row: `values` are those that are written. `said` are its errors if it is wrong, or else its notes."""

    row: int
    act: Act
    ref: str = ""
    values: Mapping[str, Value] = field(default_factory=dict)
    said: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What an import would do. `unknown` are columns that no one knows, `kept_out` those that are never taken in."""

    rows: tuple[Planned, ...]
    unread: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    kept_out: tuple[str, ...] = ()

    @property
    def errors(self) -> tuple[str, ...]:
        """T6: each with its row and its column."""
        wrong = (f"row {one.row}, {said}" for one in self.rows if one.act is Act.WRONG for said in one.said)
        return (*self.unread, *wrong)

    def count(self, act: Act) -> int:
        """How many rows."""
        return sum(one.act is act for one in self.rows)


def plan(register: Register, sheet: Sheet, present: Present) -> Plan:
    """T1 to T6. Raises `BadInput` where the table has none of the register's columns."""
    known = {column.name for column in register.columns}
    if not known & set(sheet.heads):
        raise BadInput(
            f"None of its columns is one of {register.name}.", f"The first row names them: {', '.join(sorted(known))}."
        )
    taken = {column.name for column in register.taken} | {register.key, "state"}
    seen: dict[tuple[str, str], int] = {}
    return Plan(
        rows=tuple(planned(register, line, present, seen) for line in sheet.lines),
        unread=sheet.errors,
        unknown=tuple(head or "(no name)" for head in sheet.heads if head not in known),
        kept_out=tuple(head for head in sheet.heads if head in known - taken),
    )


def planned(register: Register, line: Line, present: Present, seen: dict[tuple[str, str], int]) -> Planned:
    """What becomes of this row."""
    keys = [(name, line.cells.get(name, "").strip().casefold()) for name in (register.tracker, register.key) if name]
    for name, key in keys:
        first = seen.setdefault((name, key), line.number) if key else line.number
        if first != line.number:
            return Planned(row=line.number, act=Act.WRONG, said=(f"{name}: stands in row {first} too. Keep one.",))
    tracked = present.tracked.get(keys[0][1]) if register.tracker else None
    there, values, wrong = present.rows.get(keys[-1][1]), dict[str, Value](), dict[str, str]()
    if tracked and there and tracked.ref != there.ref:
        wrong[register.key] = f"another one has this {register.tracker}. Empty one of the two."
    there = tracked or there
    for column in register.taken:
        try:
            if column.name in line.cells:
                values |= read(column, line.cells[column.name], present.people, present.areas)
        except BadInput as error:
            wrong[column.name] = str(error)
    said = {**there.values, **values} if there else values
    for one, other in register.pairs:
        if (said.get(one) is None) != (said.get(other) is None):
            wrong.setdefault(one, "a level has two halves. Write both, or neither.")
    wrong |= {name: why for name, why in backwards(register, said, values) if name not in wrong}
    if not there:
        wrong = dict(lacking(register, line, values)) | wrong
    if wrong:
        return Planned(row=line.number, act=Act.WRONG, said=tuple(f"{name}: {why}" for name, why in wrong.items()))
    return change(register, line, there, values) if there else entered(register, line, values)


def backwards(register: Register, said: Mapping[str, Value], values: Mapping[str, Value]) -> Iterator[tuple[str, str]]:
    """T7: the first day of each order that comes before the one in front of it, beside the one of the two that is in the file.
    No day of the record is repeated.
    """
    for names in register.forward:
        days = [(name, day) for name in names if isinstance(day := said.get(name), date)]
        for (before, earlier), (name, later) in pairwise(days):
            if later < earlier:
                too_early = (name, f"is before {before}, and the dates run forward. Write a later day.")
                too_late = (before, f"is after {name}, and the dates run forward. Write an earlier day, or {name} too.")
                yield too_early if name in values else too_late
                break


def lacking(register: Register, line: Line, values: Mapping[str, Value]) -> Iterator[tuple[str, str]]:
    """Columns without which no row is new, and why."""
    for column in register.columns:
        if column.needed and not values.get(column.name):
            yield column.name, f"is empty, and a {register.noun} needs it."
    state = line.cells.get("state", "").strip().casefold()
    if state and register.states and state not in register.states:
        yield "state", f"“{shown(state)}” is none. Write {' or '.join(register.states)}, or nothing."


def entered(register: Register, line: Line, values: dict[str, Value]) -> Planned:
    """A new one, with all that it needs."""
    entry = register.states.get(line.cells.get("state", "").strip().casefold())
    notes = (entry.note,) if entry and entry.note else ()
    if entry and not entry.comes_in:
        return Planned(row=line.number, act=Act.LEFT_OUT, said=notes)
    comes_in = {"state": entry.comes_in, **entry.values} if entry else {}
    return Planned(row=line.number, act=Act.NEW, values=values | comes_in, said=notes)


def change(register: Register, line: Line, there: Standing, values: dict[str, Value]) -> Planned:
    """T2."""
    state = line.cells.get("state", "").strip().casefold() or there.state
    emptied = [column.name for column in register.taken if column.needed and values.get(column.name, 1) in ("", None)]
    behind = [one.name for one in register.taken if is_behind(one, values.get(one.name), there.values.get(one.name))]
    other = {
        name: value
        for name, value in values.items()
        if (value or None) != (there.values[name] or None) and name not in emptied and name not in behind
    }
    wrong = [f"{name}: is empty, and a {register.noun} needs it." for name in emptied]
    if other and there.fixed:
        wrong.append(f"{next(iter(other))}: {there.ref} {there.fixed}, and stays as it is. Take the row out.")
    if there.state and state != there.state:
        wrong.append(
            f"state: {there.ref} is {there.state} here, and a state changes in the chat alone. Empty the cell."
        )
    if wrong:
        return Planned(row=line.number, act=Act.WRONG, ref=there.ref, said=tuple(wrong))
    act = Act.CHANGED if other else Act.UNCHANGED
    return Planned(row=line.number, act=act, ref=there.ref, values=other, said=tuple(other))
