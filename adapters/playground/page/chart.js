// Charts as inline SVG in the page's own colours. The numbers always stand below as a table, for readers of every kind.

import { el, svg } from "./dom.js";
import { NARROW } from "./when.js";

const WIDTH = NARROW.matches ? 280 : 480; // about as wide as it is shown, so that its letters are as large as they are drawn
const HEIGHT = 168;
const LEFT = 34;
const TOP = 12;
const BOTTOM = 24;
const LINE = 12; // from one line of a category's name to the next
const LETTER = 5.6; // about as wide as one of them
const GAP = 8; // between two of them, at least
const LABEL = 20; // as wide as a value above its bar

export function drawChart(block) {
  const draw = { line: lines, bar: bars, pie: ring }[block.kind];
  const summary = `${block.title}: ${block.series.map((one) => `${one.name} ${one.values.map(figure).join(", ")}`).join("; ")}`;
  const most = Math.max(1, ...folded(block.categories).map((name) => name.length));
  const viewBox = block.kind === "pie" ? "0 0 168 168" : `0 0 ${WIDTH} ${HEIGHT + LINE * (most - 1)}`;
  const picture = svg("svg", { viewBox, role: "img", "aria-label": summary, class: block.kind }, draw(block));
  return el("figure", { class: `chart ${block.kind}` }, el("figcaption", {}, block.title), el("div", { class: "plot" }, picture, legend(block)), numbers(block));
}

function legend(block) {
  if (block.kind === "pie") {
    const values = block.series[0]?.values ?? [];
    const total = values.reduce((sum, value) => sum + value, 0) || 1;
    return key(block.categories.map((name, at) => [name, `${figure(values[at])} · ${Math.round((100 * values[at]) / total)} %`]));
  }
  return block.series.length > 1 ? key(block.series.map((one) => [one.name, ""])) : null;
}

const key = (entries) =>
  el("ul", { class: "legend" }, entries.map(([name, value], at) =>
    el("li", {}, el("span", { class: `swatch s${at % 6}` }), el("span", {}, name), value ? el("span", { class: "value" }, value) : null)));

function numbers(block) {
  const head = el("tr", {}, el("th", { scope: "col" }, ""), block.series.map((one) => el("th", { scope: "col", class: "figure" }, one.name)));
  const rows = block.categories.map((name, at) =>
    el("tr", {}, el("th", { scope: "row" }, name), block.series.map((one) => el("td", { class: "figure" }, figure(one.values[at])))));
  return el("details", { class: "numbers" }, el("summary", {}, "The numbers"), el("table", {}, el("thead", {}, head), el("tbody", {}, rows)));
}

function lines(block) {
  const scale = scaleOf(block);
  const x = (at) => LEFT + 14 + (at * (WIDTH - LEFT - 40)) / Math.max(block.categories.length - 1, 1);
  const ends = [];
  const drawn = block.series.map((one, index) => {
    const points = one.values.map((value, at) => [x(at), scale.y(value)]);
    const path = svg("path", { d: `M${points.map((point) => point.join(" ")).join("L")}`, class: `stroke s${index % 6}` });
    const dots = points.map(([cx, cy]) => svg("circle", { cx, cy, r: 3, class: `dot s${index % 6}` }));
    const [lastX, lastY] = points.at(-1) ?? [0, 0];
    if (ends.some((y) => Math.abs(y - lastY) < LINE)) return [path, dots]; // two values would stand on each other
    ends.push(lastY);
    const last = svg("text", { x: lastX + 9, y: lastY + 4, class: `end s${index % 6}` }, figure(one.values.at(-1)));
    return [path, dots, last];
  });
  return [grid(scale), ticks(spaced(block.categories, x(1) - x(0)), x), drawn];
}

function bars(block) {
  const scale = scaleOf(block);
  const slot = (WIDTH - LEFT - 12) / Math.max(block.categories.length, 1);
  const width = Math.min(30, (slot * 0.62) / block.series.length);
  const middle = (at) => LEFT + 6 + slot * (at + 0.5);
  const drawn = block.series.map((one, index) => one.values.map((value, at) => {
    const x = middle(at) + (index - block.series.length / 2) * width + 1.5;
    const [top, bottom] = [Math.min(scale.y(value), scale.y(0)), Math.max(scale.y(value), scale.y(0))];
    const bar = svg("rect", { x, y: top, width: width - 3, height: Math.max(bottom - top, 1), rx: 3, class: `fill s${index % 6}` });
    const label = svg("text", { x: x + (width - 3) / 2, y: top - 4, class: "above" }, figure(value));
    return width >= LABEL ? [bar, label] : [bar];
  }));
  return [grid(scale), ticks(block.categories, middle), drawn];
}

function ring(block) {
  const values = block.series[0]?.values ?? [];
  const total = values.reduce((sum, value) => sum + value, 0) || 1;
  const around = 2 * Math.PI * 58;
  let before = 0;
  const arcs = values.map((value, at) => {
    const length = Math.max((value / total) * around - 3, 0.5);
    const arc = svg("circle", { cx: 84, cy: 84, r: 58, class: `arc s${at % 6}`, "stroke-dasharray": `${length} ${around - length}`, "stroke-dashoffset": -before });
    before += (value / total) * around;
    return arc;
  });
  return [svg("g", { transform: "rotate(-90 84 84)" }, arcs), svg("text", { x: 84, y: 91, class: "total" }, figure(total))];
}

function scaleOf(block) {
  const values = block.series.flatMap((one) => one.values);
  const [low, high] = [Math.min(0, ...values), Math.max(0, ...values)];
  const step = niceStep((high - low || 1) / 3);
  const [from, to] = [Math.floor(low / step) * step, Math.ceil((high || 1) / step) * step];
  const y = (value) => TOP + ((to - value) / (to - from)) * (HEIGHT - TOP - BOTTOM);
  const marks = Array.from({ length: Math.round((to - from) / step) + 1 }, (_, at) => from + at * step);
  return { y, marks };
}

function niceStep(rough) {
  const power = 10 ** Math.floor(Math.log10(rough));
  return power * [1, 2, 5, 10].find((factor) => factor * power >= rough * 0.999);
}

const grid = (scale) => scale.marks.flatMap((mark) => [
  svg("line", { x1: LEFT, x2: WIDTH - 6, y1: scale.y(mark), y2: scale.y(mark), class: mark === 0 ? "base" : "rule" }),
  svg("text", { x: LEFT - 8, y: scale.y(mark) + 4, class: "mark" }, figure(mark)),
]);

const ticks = (names, x) => folded(names).map((name, at) =>
  svg("text", { class: "tick" }, name.map((line, down) => svg("tspan", { x: x(at), y: HEIGHT - 6 + LINE * down }, line))));

// Along a line the names go on by themselves: where they have no room, only every second one stands, or third, and the last.
function spaced(names, room) {
  const longest = Math.max(1, ...folded(names).flat().map((line) => line.length));
  const every = Math.ceil((longest * LETTER + GAP) / room);
  return names.map((name, at) => ((names.length - 1 - at) % every ? "" : name));
}

// Each name in as many lines as its place is narrow: on a phone two of them would stand on each other.
function folded(names) {
  const letters = Math.floor((WIDTH - LEFT - 12) / Math.max(names.length, 1) / LETTER);
  return names.map((name) => name.split(" ").reduce((lines, word) => {
    const longer = `${lines.at(-1)} ${word}`;
    return longer.length <= letters ? [...lines.slice(0, -1), longer] : [...lines, word];
  }, [""]).map((line) => line.trim()).filter(Boolean));
}

const figure = (value) => (value === undefined ? "–" : new Intl.NumberFormat("en-GB", { maximumFractionDigits: 2 }).format(value));
