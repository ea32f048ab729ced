// A matrix in colours. What a colour says also stands in its cell as a letter, and is read aloud in words.

import { el } from "./dom.js";

export function drawHeatMap(block) {
  const corner = el("td", { class: "axes" }, el("span", {}, `${block.down} ↓`), el("span", {}, `${block.across} →`));
  const head = el("tr", {}, corner, block.heads.map((name) => el("th", { scope: "col" }, name)));
  const rows = block.rows.map((name, at) => el("tr", {}, el("th", { scope: "row" }, name), block.cells[at].map(drawCell)));
  return el("div", { class: "heat-map" }, el("table", {}, el("caption", {}, block.title), el("thead", {}, head), el("tbody", {}, rows)));
}

function drawCell(cell) {
  const about = cell.text ? cell.words : `none (${cell.heat})`;
  const seen = el("span", { "aria-hidden": "true" }, cell.text ? el("b", {}, cell.text) : null, el("i", {}, cell.letter), cell.above ? el("i", { class: "above" }, "▲") : null);
  return el("td", { class: `heat ${cell.heat}${cell.text ? " full" : ""}`, title: about }, seen, el("span", { class: "for-readers" }, about));
}
