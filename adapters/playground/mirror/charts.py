"""Charts of Adaptive Cards: https://learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/cards/charts-in-adaptive-cards."""

from adapters.playground.mirror import plots
from adapters.playground.mirror.inputs import LAID_OUT, Drawing, Sheet
from adapters.playground.mirror.nodes import Json, Node, el, only


def chart(kind: str) -> Drawing:
    def draw(part: Json, _: Sheet) -> Node:
        only(part, "data", "title", "xAxisTitle", "yAxisTitle", "color", "colorSet", "showTitle", "maxWidth", *LAID_OUT)
        plot = _plot(kind, part)
        return el("figure", "tm-chart", el("figcaption", "", part["title"]), plots.drawn(plot, "tm-plot"))

    return draw


def _plot(kind: str, part: Json) -> plots.Plot:
    """A pie's data are slices, a simple bar chart's are bars, and all others' are series of points."""
    data: list[Json] = part["data"]
    if kind == "pie":
        categories, series = [one["legend"] for one in data], [("", [one["value"] for one in data])]
    elif data and "y" in data[0]:
        categories, series = [str(one["x"]) for one in data], [("", [one["y"] for one in data])]
    else:
        categories = list(dict.fromkeys(str(point["x"]) for one in data for point in one["values"]))
        named = [(one["legend"], {str(point["x"]): point["y"] for point in one["values"]}) for one in data]
        series = [(name, [points.get(category) for category in categories]) for name, points in named]
    return plots.Plot(kind=kind, categories=categories, series=series, title=part["title"])
