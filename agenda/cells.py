"""Tables as files, and back: CSV that a spreadsheet opens right, and JSON. What was written is read again exactly.

A cell that a spreadsheet would take for a formula gets an apostrophe in front, as OWASP asks (CSV Injection); reading takes
exactly that one away again, so a text that begins with apostrophes of its own keeps them.
"""

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from agenda.errors import BadInput

BOM = "\ufeff"  # Without it, Excel reads UTF-8 as the code page of the country that it was sold in.
FORMULA = re.compile(r"'*(?:[ \u00a0]*[=+\-@＝＋－＠]|[\t\r\n])")
GUARDED = re.compile(r"'" + FORMULA.pattern)
SEPARATORS = ",;\t"
QUOTED = re.compile(r'"(?:[^"]|"")*"')
UNKEEPABLE = re.compile("[\x00\ud800-\udfff]")  # PostgreSQL has no NUL, and half a character is none.


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One row of a table: its number as a spreadsheet shows it (the heads are row 1), and its cells by their column."""

    number: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What was read. `heads` are the columns as `folded` writes them, `errors` what cannot be read at all."""

    heads: tuple[str, ...] = ()
    lines: tuple[Line, ...] = ()
    errors: tuple[str, ...] = field(default=())


def guarded(cell: str) -> str:
    """Text, to any spreadsheet."""
    return f"'{cell}" if FORMULA.match(cell) else cell


def unguarded(cell: str) -> str:
    """What `guarded` was given."""
    return cell[1:] if GUARDED.match(cell) else cell


def folded(head: str) -> str:
    """`Review on` and `REVIEW_ON` are the column `review_on`."""
    return "_".join(re.findall(r"\w+", head.strip().casefold().replace("_", " ")))


def as_csv(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A whole file: every cell in quotes, so that no separator of any country cuts one apart."""
    written = io.StringIO(newline="")
    table = csv.writer(written, quoting=csv.QUOTE_ALL)
    table.writerow([head.replace("_", " ").capitalize() for head in heads])
    table.writerows([guarded(cell) for cell in row] for row in rows)
    return BOM + written.getvalue()


def as_json(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A list of objects, whose values are the cells of the CSV as they are."""
    return json.dumps([dict(zip(heads, row, strict=True)) for row in rows], indent=2, ensure_ascii=False) + "\n"


def read_csv(text: str) -> Sheet:
    """A table that somebody wrote, with commas, semicolons or tabs between. Raises `BadInput` where it is none."""
    text = text.removeprefix(BOM)
    table = csv.reader(io.StringIO(text, newline=""), delimiter=separator_of(text), strict=True)
    try:
        heads, *rows = [row for row in numbered(table) if any(map(str.strip, row[1]))] or [(1, [])]
    except csv.Error as error:
        raise BadInput(
            f"The table cannot be read beyond line {table.line_num}: {error}.",
            "Put each text that has a quote, a separator or a line feed in double quotes, and double the quotes inside.",
        ) from None
    return sheet_of(heads[1], rows)


def numbered(table: Iterable[list[str]]) -> Iterable[tuple[int, list[str]]]:
    """Rows as a spreadsheet counts them: a cell may go over several lines."""
    return enumerate(table, start=1)


def separator_of(text: str) -> str:
    """What stands between the heads: in half of Europe, Excel writes semicolons."""
    heads = QUOTED.sub("", text.lstrip().splitlines()[0]) if text.strip() else ""
    return max(SEPARATORS, key=heads.count)


def sheet_of(heads: Sequence[str], rows: Sequence[tuple[int, Sequence[str]]]) -> Sheet:
    """Each row as long as the heads; one that is not was cut apart, or has lost something."""
    names, lines, errors = tuple(map(folded, heads)), list[Line](), list[str]()
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if twice:
        raise BadInput(f"Two columns are called “{twice[0]}”.", "Give one of them another name.")
    for number, row in rows:
        if len(row) == len(names):
            lines.append(Line(number=number, cells=dict(zip(names, map(unguarded, row), strict=True))))
        else:
            errors.append(
                f"row {number}: {len(row)} cells, and {len(names)} heads. Put texts that have a separator in double quotes."
            )
    return Sheet(heads=names, lines=tuple(lines), errors=tuple(errors))


def read_json(text: str) -> Sheet:
    """A list of objects. A number is as good as its digits, and null as nothing. Raises `BadInput` where it is none."""
    try:
        rows = json.loads(text.removeprefix(BOM))
    except (ValueError, RecursionError) as error:
        raise BadInput(f"This is no JSON: {error}.", "Write a list of objects, one a row.") from None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise BadInput("The JSON is not a list of objects.", "Write [{…}, {…}], one object a row.")
    lines, errors = list[Line](), list[str]()
    for number, row in enumerate(rows, start=1):
        wrong = [name for name, value in row.items() if not isinstance(value, str | int | float | None)]
        errors += [f"row {number}, {name}: neither a text nor a number. Write a text." for name in wrong]
        cells = {folded(name): "" if value is None else str(value) for name, value in row.items()}
        lines.append(Line(number=number, cells=cells))
    heads = dict.fromkeys(name for line in lines for name in line.cells)
    return Sheet(heads=tuple(heads), lines=tuple(lines), errors=tuple(errors))
