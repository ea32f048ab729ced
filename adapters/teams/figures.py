"""Facts, tables and heat maps as elements of an Adaptive Card, and how many bytes an element is."""

import json
from collections.abc import Sequence
from typing import Any, TypeAlias

from adapters.teams import limits
from adapters.teams.text import escaped, text_blocks
from bot.cards import Chart, HeatCell, HeatMap, Table, seen

Json: TypeAlias = dict[str, Any]

# Teams has three colours for a cell, so high and critical share one; the letter and the square tell them apart.
_STYLES = {"none": "default", "low": "good", "medium": "warning", "high": "attention", "critical": "attention"}
_SQUARES = {"none": "", "low": "🟩", "medium": "🟨", "high": "🟧", "critical": "🟥"}


def size(part: object) -> int:
    return len(json.dumps(part, ensure_ascii=False).encode()) + 2


def facts(pairs: Sequence[tuple[str, str]]) -> list[Json]:
    """Short ones together; a long one would not wrap well beside its name, so it stands alone."""
    drawn: list[Json] = []
    for name, value in pairs:
        if len(name.encode()) + len(value.encode()) > limits.TEXT // 4:
            drawn += [*text_blocks(seen(name), weight="Bolder"), *text_blocks(seen(value))]
            continue
        if not drawn or drawn[-1]["type"] != "FactSet" or size(drawn[-1]) > limits.TEXT:
            drawn.append({"type": "FactSet", "facts": []})
        drawn[-1]["facts"].append({"title": escaped(seen(name)), "value": escaped(seen(value))})
    return drawn


def headed(text: str) -> list[Json]:
    """What stands above a part, and is announced as a heading."""
    return text_blocks(text, weight="Bolder", style="heading")


def numbers(chart: Chart) -> Table:
    """A chart's numbers, one tap below it."""
    columns = (chart.title, *(name for name, _ in chart.series))
    rows = tuple(
        (category, *(f"{values[row]:g}" if row < len(values) else "–" for _, values in chart.series))
        for row, category in enumerate(chart.categories)
    )
    return Table(columns=columns, rows=rows)


def table(whole: Table) -> list[Json]:
    """Cut between rows into tables that fit a message; each repeats the column names.

    A table with whole texts in its cells could not be cut, so it is drawn row by row as facts.
    """
    if any(len(cell.encode()) > limits.CELL for row in whole.rows for cell in row):
        named = (facts(tuple(zip(whole.columns, row, strict=True))) for row in whole.rows)
        return [*headed(whole.caption), *(element for pairs in named for element in pairs)]
    head = _row(whole.columns, bold=True)
    drawn = headed(whole.caption)
    rows: list[Json] = []
    for row in [_row(cells) for cells in whole.rows] or [_row(("–",) * len(whole.columns))]:
        if rows and size([head, *rows, row]) > limits.GRID:
            drawn.append(_grid([head, *rows]))
            rows = []
        rows.append(row)
    return [*drawn, _grid([head, *rows])]


def _grid(rows: list[Json]) -> Json:
    columns = [{"width": 1} for _ in rows[0]["cells"]]
    return {"type": "Table", "firstRowAsHeaders": True, "columns": columns, "rows": rows}


def _row(cells: Sequence[str], *, bold: bool = False) -> Json:
    look: dict[str, str | bool] = {"weight": "Bolder"} if bold else {}
    return {
        "type": "TableRow",
        "cells": [
            {"type": "TableCell", "items": text_blocks(cell, **look) or text_blocks("–", **look)} for cell in cells
        ],
    }


def heat_map(whole: HeatMap) -> list[Json]:
    """A table whose cells have their heat's colour; nothing where it would not fit a message, since its words follow."""
    head = _row((f"{whole.down} ↓ {whole.across} →", *(whole.heads or whole.columns)), bold=True)
    rows = [_heat_row(name, cells) for name, cells in zip(whole.rows, whole.cells, strict=True)]
    grid = _grid([head, *rows])
    grid["columns"][0] = {"width": 2}
    return [grid] if size(grid) <= limits.GRID else []


def _heat_row(name: str, cells: Sequence[HeatCell]) -> Json:
    named = {"type": "TableCell", "items": text_blocks(name or "–", weight="Bolder")}
    return {"type": "TableRow", "cells": [named, *map(_heat_cell, cells)]}


def _heat_cell(cell: HeatCell) -> Json:
    """`🟧 H 2 ▲`; where nothing stands, its colour and its letter."""
    shown = (_SQUARES[cell.heat], cell.letter, cell.text, "▲" if cell.above else "") if cell.text else (cell.letter,)
    look: dict[str, str | bool] = {"weight": "Bolder"} if cell.text else {"isSubtle": True}
    items = text_blocks(" ".join(filter(None, shown)) or "–", horizontalAlignment="Center", **look)
    return {"type": "TableCell", "style": _STYLES[cell.heat], "items": items}
