"""Chart → Adaptive Cards' own `Chart.*` elements: themed, no image. A client that has none drops them.

The numbers stand as text below every chart (`cards.numbers`), so dropping loses nothing. Shapes: the Adaptive Cards
documentation hub, "Charts in Adaptive Cards".
"""

from collections.abc import Sequence
from typing import Any, TypeAlias, assert_never

from bot.cards import Chart

Json: TypeAlias = dict[str, Any]


def charted(chart: Chart) -> Json:
    return {**_shape(chart), "title": chart.title, "fallback": "drop"}


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
