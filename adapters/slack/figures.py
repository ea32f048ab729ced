"""Tables, heat maps and charts in Slack's own blocks, where the figures keep to their limits, and always as text.

Both blocks are of 2025 and 2026 and reach workspaces one after the other. So each has a plainer twin, for the second
attempt after one was rejected, and for where a rejection would cost the answer unseen (the body of an acknowledgement).
"""

import math
import re
from collections.abc import Iterator
from typing import Any

from adapters.slack import limits
from adapters.slack.texts import Block, fixed_width
from bot.cards import Chart, HeatCell, HeatMap, Table, seen

_FIGURE = re.compile(r"([A-Z]{3}\s|[$€£]\s?)?[+−–-]?\d[\d.,'’\s]*(%|[A-Za-z]{1,3})?")
_EMPTY_CELL = "\u00a0"  # a cell's text must have at least one character
_SQUARES = {"none": "", "low": "🟩", "medium": "🟨", "high": "🟧", "critical": "🟥"}


def table_block(columns: tuple[str, ...], rows: tuple[tuple[str, ...], ...]) -> Block:
    """https://docs.slack.dev/reference/block-kit/blocks/table-block: the first row is the heading."""
    numeric = [bool(rows) and all(is_figure(row[at]) for row in rows) for at in range(len(columns))]
    cells = [[_cell(text) for text in row] for row in (columns, *rows)]
    settings = [{"align": "right" if figure else "left", "is_wrapped": True} for figure in numeric]
    return {"type": "table", "rows": cells, "column_settings": settings}


def _cell(text: str) -> Block:
    return {"type": "raw_text", "text": text if text.strip() else _EMPTY_CELL}


def is_figure(text: str) -> bool:
    """Is it something that people right-align? `12`, `-1.5`, `3 %`, `CHF 2'000`. An empty cell spoils no column."""
    return not text or _FIGURE.fullmatch(text) is not None


def table_fits(table: Table) -> bool:
    return 0 < len(table.columns) <= limits.TABLE_COLUMNS and all(
        sum(map(limits.spoken, row)) <= limits.DRAWN_TEXT // 2 - 3 * len(row) for row in (table.columns, *table.rows)
    )


def table_parts(table: Table) -> list[tuple[tuple[str, ...], ...]]:
    """The rows in runs that each fit one table under its heading."""
    parts: list[list[tuple[str, ...]]] = [[]]
    heading = _row_length(table.columns)
    room = limits.MESSAGE_JSON // 2
    length, said = heading, _row_spoken(table.columns)
    for row in table.rows:
        full = length + _row_length(row) > room or said + _row_spoken(row) > limits.DRAWN_TEXT
        if parts[-1] and (full or len(parts[-1]) + 1 >= limits.TABLE_ROWS):
            parts.append([])
            length, said = heading, _row_spoken(table.columns)
        parts[-1].append(row)
        length += _row_length(row)
        said += _row_spoken(row)
    return [tuple(part) for part in parts]


def _row_length(row: tuple[str, ...]) -> int:
    return sum(len(cell) + len('{"type": "raw_text", "text": ""}, ') for cell in row)


def _row_spoken(row: tuple[str, ...]) -> int:
    return limits.spoken(" | ".join(row)) + 1


def heat_map_block(heat_map: HeatMap) -> Block:
    """Slack colours no cell, so a square stands before each number, and beside it the letter of its colour."""
    rows = _heat_rows(heat_map, squares=True)
    cells = [[_cell(text) for text in row] for row in rows]
    settings = [{"align": "left", "is_wrapped": True}, *({"align": "center"} for _ in heat_map.columns)]
    return {"type": "table", "rows": cells, "column_settings": settings}


def heat_map_fits(heat_map: HeatMap) -> bool:
    rows = _heat_rows(heat_map, squares=True)
    length = sum(map(_row_length, rows))
    return (
        len(rows) <= limits.TABLE_ROWS and len(rows[0]) <= limits.TABLE_COLUMNS and length <= limits.MESSAGE_JSON // 2
    )


def heat_map_in_fixed_width(heat_map: HeatMap) -> Iterator[tuple[Block, str]]:
    """The same without squares, which are wider than a letter."""
    head, *rows = _heat_rows(heat_map, squares=False)
    return fixed_width_blocks(head, tuple(rows))


def _heat_rows(heat_map: HeatMap, *, squares: bool) -> list[tuple[str, ...]]:
    head = (f"{heat_map.down} ↓ {heat_map.across} →", *(heat_map.heads or heat_map.columns))
    cells = [tuple(_heat_text(cell, squares=squares) for cell in row) for row in heat_map.cells]
    return [head, *((name, *row) for name, row in zip(heat_map.rows, cells, strict=True))]


def _heat_text(cell: HeatCell, *, squares: bool) -> str:
    """`🟧 H 2 ▲`; where nothing stands, the letter alone, so that what there is leaps to the eye."""
    if not cell.text:
        return cell.letter
    square = _SQUARES[cell.heat] if squares else ""
    return " ".join(filter(None, (square, cell.letter, cell.text, "▲" if cell.above else "")))


def fixed_width_blocks(columns: tuple[str, ...], rows: tuple[tuple[str, ...], ...]) -> Iterator[tuple[Block, str]]:
    """The table in fixed width, a line a row, and what each block says; what is too long goes on in the next."""
    for piece in limits.pieces("\n".join(_aligned(columns, rows)), limits.RICH_TEXT):
        text = seen(piece.rstrip("\n"))
        yield fixed_width(text), text


def _aligned(columns: tuple[str, ...], rows: tuple[tuple[str, ...], ...]) -> list[str]:
    grid = (columns, *rows)
    widths = [max(len(row[at]) for row in grid) for at in range(len(columns))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in grid]


def chart_block(chart: Chart) -> Block | None:
    """https://docs.slack.dev/reference/block-kit/blocks/data-visualization-block; nothing if it would be rejected."""
    labels = (*chart.categories, *(name for name, _ in chart.series))
    values = [value for _, series in chart.series for value in series]
    fits = (
        0 < len(chart.title) <= limits.CHART_TITLE
        and all(0 < len(label) <= limits.CHART_LABEL for label in labels)
        and len(set(chart.categories)) == len(chart.categories)
        and len({name for name, _ in chart.series}) == len(chart.series)
        and all(math.isfinite(value) for value in values)
        and all(len(series) == len(chart.categories) for _, series in chart.series)
    )
    drawn = (_pie(chart) if chart.kind == "pie" else _axes(chart)) if fits else None
    return {"type": "data_visualization", "title": chart.title, "chart": drawn} if drawn else None


def _pie(chart: Chart) -> dict[str, Any] | None:
    if len(chart.series) != 1 or not 0 < len(chart.categories) <= limits.CHART_SEGMENTS:
        return None
    points = _points(chart.categories, chart.series[0][1])
    return {"type": "pie", "segments": points} if all(point["value"] > 0 for point in points) else None


def _axes(chart: Chart) -> dict[str, Any] | None:
    if not 0 < len(chart.series) <= limits.CHART_SERIES or not 0 < len(chart.categories) <= limits.CHART_CATEGORIES:
        return None
    series = [{"name": name, "data": _points(chart.categories, values)} for name, values in chart.series]
    return {"type": chart.kind, "series": series, "axis_config": {"categories": list(chart.categories)}}


def _points(categories: tuple[str, ...], values: tuple[float, ...]) -> list[dict[str, Any]]:
    return [{"label": label, "value": value} for label, value in zip(categories, values, strict=True)]


def chart_lines(chart: Chart) -> str:
    """The numbers, for whoever does not see the picture."""
    return "\n".join(
        f"{name}: " + ", ".join(f"{label} {value:g}" for label, value in zip(chart.categories, values, strict=False))
        for name, values in chart.series
    )
