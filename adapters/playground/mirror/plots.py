"""A chart as SVG: axes, grid, marks and a legend. Each platform's chart is read elsewhere into one `Plot`; its colours are CSS.

Nothing here is a style: the page's policy allows none but those of its own files.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from adapters.playground.mirror.nodes import Node, el

WIDTH, HEIGHT = 340, 190
LEFT, RIGHT, TOP, BOTTOM = 34, 8, 14, 24
LINE, LETTER = 12, 5.7
"""From one line of a category's name to the next, and about as wide as one letter; in units of the picture."""
MOST_COLOURS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    """`kind` is line, area, bar or pie. A missing value is None."""

    kind: str
    categories: Sequence[str]
    series: Sequence[tuple[str, Sequence[float | None]]]
    title: str

    @property
    def words(self) -> str:
        """For who cannot see it."""
        said = (f"{name} {', '.join(map(figure, values))}" for name, values in self.series)
        return f"{self.title}: {'; '.join(said)}"


def drawn(plot: Plot, css: str) -> Node:
    """The picture and its legend; `css` is the platform's class."""
    picture = _pie(plot) if plot.kind == "pie" else _axes(plot)
    return el("div", f"plot {plot.kind} {css}", picture, _legend(plot))


def figure(value: float | None) -> str:
    return "–" if value is None else f"{value:,.2f}".rstrip("0").rstrip(".")


def _svg(plot: Plot, width: float, height: float, *inside: Node | Sequence[Node]) -> Node:
    box = {"viewBox": f"0 0 {width} {height}", "role": "img", "aria-label": plot.words}
    return el("svg", box, *inside)


def _at(value: float) -> str:
    return f"{value:.1f}"


# ── axes ────────────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Scale:
    low: float
    high: float
    step: float

    def y(self, value: float) -> float:
        return TOP + (self.high - value) / (self.high - self.low) * (HEIGHT - TOP - BOTTOM)

    @property
    def marks(self) -> list[float]:
        return [self.low + at * self.step for at in range(round((self.high - self.low) / self.step) + 1)]


def _scale(plot: Plot) -> _Scale:
    values = [value for _, series in plot.series for value in series if value is not None]
    low, high = min([0.0, *values]), max([0.0, *values])
    step = _nice((high - low or 1) / 4)
    return _Scale(math.floor(low / step) * step, math.ceil((high or step) / step) * step, step)


def _nice(rough: float) -> float:
    power = 10.0 ** math.floor(math.log10(rough))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough * 0.999)


def _axes(plot: Plot) -> Node:
    scale = _scale(plot)
    slot = (WIDTH - LEFT - RIGHT) / max(len(plot.categories), 1)
    middle = [LEFT + slot * (at + 0.5) for at in range(len(plot.categories))]
    names = _names(plot.categories, slot)
    lines = max((len(name) for name in names), default=1)
    marks = _bars(plot, scale, middle, slot) if plot.kind == "bar" else _lines(plot, scale, middle)
    return _svg(plot, WIDTH, HEIGHT + LINE * (lines - 1), [*_grid(scale), *_ticks(names, middle), *marks])


def _grid(scale: _Scale) -> Iterator[Node]:
    for mark in scale.marks:
        y, css = _at(scale.y(mark)), "base" if mark == 0 else "rule"
        yield el("line", {"x1": str(LEFT), "x2": str(WIDTH - RIGHT), "y1": y, "y2": y, "class": css})
        yield el("text", {"x": str(LEFT - 6), "y": _at(scale.y(mark) + 4), "class": "mark"}, figure(mark))


def _ticks(names: Sequence[Sequence[str]], middle: Sequence[float]) -> Iterator[Node]:
    for name, x in zip(names, middle, strict=True):
        spans = [el("tspan", {"x": _at(x), "y": str(HEIGHT - 8 + LINE * at)}, line) for at, line in enumerate(name)]
        if spans:
            yield el("text", "tick", spans)


def _names(categories: Sequence[str], slot: float) -> list[list[str]]:
    """Each in as many lines as its place is narrow; where even a word has no room, only every second name, or third."""
    letters = max(1, int(slot / LETTER))
    longest = max((len(word) for name in categories for word in name.split()), default=1)
    every = -(-longest // letters)
    last = len(categories) - 1
    room = letters * every
    return [[] if (last - at) % every else _folded(name, room) for at, name in enumerate(categories)]


def _folded(name: str, letters: int) -> list[str]:
    lines: list[str] = []
    for word in name.split():
        if lines and len(lines[-1]) + 1 + len(word) <= letters:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def _lines(plot: Plot, scale: _Scale, middle: Sequence[float]) -> Iterator[Node]:
    for at, (_, values) in enumerate(plot.series):
        points = [(x, scale.y(value)) for x, value in zip(middle, values, strict=False) if value is not None]
        path = "L".join(f"{_at(x)} {_at(y)}" for x, y in points)
        if plot.kind == "area" and points:
            ends = f"L{_at(points[-1][0])} {_at(scale.y(0))}L{_at(points[0][0])} {_at(scale.y(0))}Z"
            yield el("path", {"d": f"M{path}{ends}", "class": f"area {_colour(at)}"})
        yield el("path", {"d": f"M{path}", "class": f"stroke {_colour(at)}"})
        yield from (
            el("circle", {"cx": _at(x), "cy": _at(y), "r": "3", "class": f"dot {_colour(at)}"}) for x, y in points
        )


def _bars(plot: Plot, scale: _Scale, middle: Sequence[float], slot: float) -> Iterator[Node]:
    width = min(32.0, slot * 0.7 / max(len(plot.series), 1))
    for at, (_, values) in enumerate(plot.series):
        for x, value in zip(middle, values, strict=False):
            if value is None:
                continue
            left = x + (at - len(plot.series) / 2) * width
            top, bottom = sorted((scale.y(value), scale.y(0)))
            yield el("rect", {
                "x": _at(left + 1), "y": _at(top), "width": _at(width - 2), "height": _at(max(bottom - top, 1)),
                "rx": "2", "class": f"fill {_colour(at)}",
            })  # fmt: skip
            if width >= LETTER * len(figure(value)):
                yield el("text", {"x": _at(left + width / 2), "y": _at(top - 4), "class": "above"}, figure(value))


# ── pie ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _pie(plot: Plot) -> Node:
    values = [value or 0 for value in plot.series[0][1]] if plot.series else []
    total = sum(values) or 1
    around = 2 * math.pi * 40
    starts = [0.0, *accumulate(values)]
    arcs = [
        el("circle", {
            "cx": "85", "cy": "85", "r": "40", "class": f"arc {_colour(at)}", "transform": "rotate(-90 85 85)",
            "stroke-dasharray": f"{_at(value / total * around)} {_at(around)}",
            "stroke-dashoffset": _at(-starts[at] / total * around),
        })
        for at, value in enumerate(values)
    ]  # fmt: skip
    return _svg(plot, 170, 170, arcs)


def _legend(plot: Plot) -> Node | None:
    if plot.kind == "pie":
        values = plot.series[0][1] if plot.series else ()
        entries = [f"{name} {figure(value)}" for name, value in zip(plot.categories, values, strict=False)]
    else:
        entries = [name for name, _ in plot.series]
    lines = [el("li", "", el("i", f"swatch {_colour(at)}"), entry) for at, entry in enumerate(entries)]
    return el("ul", "legend", lines) if len(entries) > 1 else None


def _colour(at: int) -> str:
    return f"c{at % MOST_COLOURS}"
