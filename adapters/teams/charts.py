"""Chart → Adaptive Cards' own `Chart.*` elements: themed, no image. A client that has none shows the numbers in lines.

The numbers stand as a table behind `Show numbers`, which unfolds in the client and asks nobody. Shapes: the Adaptive
Cards documentation hub, "Charts in Adaptive Cards".
"""

from collections.abc import Sequence
from typing import Any, TypeAlias, assert_never

from adapters.teams import limits
from adapters.teams.figures import headed, numbers, size, table
from adapters.teams.text import text_blocks
from bot.cards import Chart

Json: TypeAlias = dict[str, Any]


def charted(chart: Chart, key: str) -> list[Json]:
    """The chart, and its numbers folded away below it; those of a very long one stand open, to be cut between rows, and one
    with whole texts for labels is its numbers alone.

    `key` is the numbers' own on their card.
    """
    drawn = {**_shape(chart), "title": chart.title}
    rows = table(numbers(chart))
    if size(drawn) > limits.GRID:
        return [*headed(chart.title), *rows]
    if size([drawn, rows]) > limits.GRID:
        return [{**drawn, "fallback": "drop"}, *rows]
    folded = {"type": "Container", "id": key, "isVisible": False, "items": rows}
    show = {"type": "Action.ToggleVisibility", "title": "Show numbers", "targetElements": [key]}
    named = {**show, "tooltip": f"Show numbers: {chart.title}"}
    items = [{**drawn, "fallback": _in_lines(chart)}, {"type": "ActionSet", "actions": [named]}, folded]
    return [{"type": "Container", "items": items}]


def _in_lines(chart: Chart) -> Json:
    lines = (
        f"{name}: " + ", ".join(f"{label} {value:g}" for label, value in zip(chart.categories, values, strict=False))
        for name, values in chart.series
    )
    return {"type": "Container", "items": text_blocks("\n".join((chart.title, *lines)))}


def _shape(chart: Chart) -> Json:
    match chart.kind:
        case "pie":
            values = chart.series[0][1] if chart.series else ()
            data = [
                {"legend": category, "value": value} for category, value in zip(chart.categories, values, strict=False)
            ]
            return {"type": "Chart.Pie", "data": data}
        case "line":
            return {"type": "Chart.Line", "data": _by_series(chart)}
        case "bar" if len(chart.series) == 1:
            return {"type": "Chart.VerticalBar", "data": _points(chart.categories, chart.series[0][1])}
        case "bar":
            return {"type": "Chart.VerticalBar.Grouped", "data": _by_series(chart)}
        case _:
            assert_never(chart.kind)


def _by_series(chart: Chart) -> list[Json]:
    return [{"legend": name, "values": _points(chart.categories, values)} for name, values in chart.series]


def _points(categories: Sequence[str], values: Sequence[float]) -> list[Json]:
    return [{"x": category, "y": value} for category, value in zip(categories, values, strict=False)]
