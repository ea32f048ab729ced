"""Writes docs/registers.md from the registers' columns: `python -m docs.make_registers`. A test holds the two together."""

from pathlib import Path

from agenda.registered import REGISTERS
from agenda.registers import Register
from agenda.values import Column, Kind

PAGE = Path(__file__).parent / "registers.md"
HEAD = """# Registers: the record as files, and files into the record

The tables below are written from the code by `python -m docs.make_registers`.

## Out

    touchpoint export                                              everything as JSON, with the audit log
    touchpoint export --format csv --to DIR                        one CSV a register
    touchpoint export --format json --to DIR                       the same, as JSON
    touchpoint export --format markdown --to DIR                   each decision as a Markdown record
    touchpoint export --format csv --to DIR --touchpoint NAME      of one touchpoint alone

Files are readable by their owner alone. Where the server has several organizations, each gets a folder of its own.
The sample organization is left out, unless its touchpoint is named.

**CSV** is UTF-8 with a byte-order mark, because without one Excel reads it as something else; every cell is in quotes. Days
are `2031-12-31`, moments `2031-12-31T08:00:00Z`, in UTC. A cell that a spreadsheet would take for a formula (it begins with
`=`, `+`, `-`, `@`, a tab or a line break) gets an apostrophe in front, as OWASP asks; an import takes exactly that one away
again.

**Markdown** follows [MADR 4](https://adr.github.io/madr/): `0012-move-the-vpn.md`, with status, date, decision-makers,
consulted and informed in front. `agreed` is MADR's `accepted`. Keys, dissent, links and the hash that was signed stand under
More Information; an option that is the outcome word for word is the chosen one, and its pros and cons are the consequences.

What somebody named in private in an ownership check is in no register.

## In

    touchpoint import risks FILE --touchpoint NAME                 says row by row what it would do, and does nothing
    touchpoint import risks FILE --touchpoint NAME --apply         does all of it, or nothing

So come risks, decisions, promises, responsibilities, products and initiatives in, as CSV or JSON. The first row names the
columns, in any order and any capitals; commas, semicolons and tabs all do. Columns that nobody knows are named and left aside.

- A row whose **ref** stands in that touchpoint (of a responsibility its area, of a product its name, of an initiative first of
  all its tracker key) is about that one, and every other row is a new one, with a number of its own. A file of another
  installation has refs too: take its `ref` column out.
- Only what is **open** is changed: an open risk that nobody is asked to accept, a proposed decision without a key, an open
  promise. A state never is: that takes people. Initiatives are different, because a tracker may know them better: their state
  is taken too, and a gate that was passed stays so. [The tracker itself](tracker.md) can send them.
- What needs **keys** comes in without. A decision is proposed, and both are asked for theirs (where more than ten come at once,
  by the usual reminders alone). An accepted risk is open, with the treatment `accept`. Rejected, withdrawn and replaced
  decisions are left out, and that is said.
- An **empty cell** empties a text or a day. Likelihood, impact, theme and treatment stay as they are.
- One **wrong cell**, and nothing is taken in: each is named by its row and column, with what to do.

It is recorded in the name of the CISO of that touchpoint, or of whom `--by` names; the audit log says that the operator did it.
Files of more than 50 MB are refused.
"""


def reference() -> str:
    """The whole page."""
    return HEAD + "".join(section(register) for register in REGISTERS.values())


def section(register: Register) -> str:
    """One register's columns."""
    rows = "\n".join(line(register, column) for column in register.columns)
    title = register.name.replace("_", " ").capitalize()
    return f"\n## {title}\n\n| column | what it says | in an import |\n| --- | --- | --- |\n{rows}\n"


def line(register: Register, column: Column) -> str:
    """`| Title | the risk in one line | needed; one line, up to 200 characters |`."""
    name = column.name.replace("_", " ").capitalize()
    return f"| {name} | {column.says} | {taken(register, column)} |"


def taken(register: Register, column: Column) -> str:
    """What an import makes of it."""
    if not register.taken:
        return "–"
    if column.name == "ref":
        return "which row is meant"
    if column.name == "state":
        return "of a new row"
    if not column.taken:
        return "left aside"
    limit = f", up to {column.most} characters" if column.kind is Kind.LINE else ""
    kind = f"one of {', '.join(column.words)}" if column.words else f"{column.kind}{limit}"
    return f"needed; {kind}" if column.needed else kind


if __name__ == "__main__":
    PAGE.write_text(reference(), encoding="utf-8")
