// One card, block by block. Every block of the neutral model is drawn here; an unknown one says so instead of vanishing.

import { drawChart } from "./chart.js";
import { el, icon, isWebAddress, link } from "./dom.js";
import { drawHeatMap } from "./heat.js";
import { drawMenu } from "./menu.js";
import { drawVerbatim } from "./verbatim.js";

// `press(button)` is called for a tap; it returns a promise that is settled when the answer is there.
export function drawCard(card, names, press) {
  const heading = el("h3", { class: "card-title" }, card.title);
  const blocks = card.blocks.map((block) => (DRAW[block.type] ?? unknown)(block, press));
  return el("div", { class: "card" }, heading, mentions(card.notify, names), blocks, row(card.buttons, press, "buttons"));
}

const DRAW = {
  paragraph: (block) => el("p", { class: `text ${block.tone}` }, block.text),
  note: (block) => el("p", { class: "note" }, block.text),
  facts: (block) => el("dl", { class: "facts" }, block.facts.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value)))),
  items: drawItems,
  table: drawTable,
  chart: drawChart,
  heat_map: drawHeatMap,
  verbatim: drawVerbatim,
  divider: () => el("hr"),
};

function drawItems(block, press) {
  const lines = block.items.map((item) => drawItem(item, press));
  const list = el(block.numbered ? "ol" : "ul", { class: block.numbered ? "items numbered" : "items" }, lines);
  return el("section", { class: "list" }, block.heading ? el("h4", {}, block.heading) : null, list);
}

function drawItem(item, press) {
  const title = item.link ? link(item.link, item.title, "item-title") : el("span", { class: "item-title" }, item.title);
  const snippet = item.snippet.length ? el("span", { class: "item-snippet" }, item.snippet.map((span) => (span.marked ? el("mark", {}, span.text) : span.text))) : null;
  const detail = item.detail ? el("span", { class: "item-detail" }, item.detail) : null;
  return el("li", {}, el("div", { class: "item-text" }, title, snippet, detail), row(item.buttons, press, "buttons inline", item.title));
}

const WHOLE = 9; // characters of a cell that stay on one line: `↑ better`, `178 days`

function drawTable(block) {
  const figures = block.columns.map((_, at) => block.rows.length > 0 && block.rows.every((cells) => isFigure(cells[at])));
  const cell = (tag) => (text, at) => el(tag, { class: [figures[at] && "figure", text.length <= WHOLE && "unbroken"].filter(Boolean).join(" ") || null, scope: tag === "th" ? "col" : null }, text);
  const head = el("thead", {}, el("tr", {}, block.columns.map(cell("th"))));
  const body = el("tbody", {}, block.rows.map((cells) => el("tr", {}, cells.map(cell("td")))));
  const caption = block.caption ? el("caption", {}, block.caption) : null;
  return el("div", { class: "table", tabindex: "0", role: "region", "aria-label": block.caption || "Table" }, el("table", {}, caption, head, body));
}

const isFigure = (text) => /^[\s+\-−–]*[\d][\d\s.,'’]*\s*(%|[a-z]{0,4})$/i.test(text ?? "");

function mentions(accounts, names) {
  if (!accounts.length) return null;
  return el("p", { class: "mentions" }, accounts.map((account) => el("span", { class: "mention" }, `@${names(account)}`)));
}

function row(buttons, press, className, about = "") {
  if (!buttons.length) return null;
  const drawn = (button) => (button.type === "link" ? drawLink(button) : drawButton(button, press, about));
  const rare = buttons.filter((button) => button.rare);
  const menu = rare.length ? drawMenu(rare.map(drawn), about) : null;
  return el("div", { class: className }, buttons.filter((button) => !button.rare).map(drawn), menu);
}

function drawLink(button) {
  const label = el("span", {}, button.label);
  if (!isWebAddress(button.url)) return el("span", { class: "button", title: button.url }, label);
  return link(button.url, label, "button away");
}

function drawButton(button, press, about) {
  const node = el("button", { type: "button", class: `button ${button.style}`, "aria-label": about ? `${button.label}: ${about}` : null }, button.label);
  node.addEventListener("click", async () => {
    node.disabled = true;
    node.classList.add("busy");
    await press(button).finally(() => {
      node.disabled = false;
      node.classList.remove("busy");
    });
  });
  return node;
}

const unknown = (block) => el("p", { class: "note" }, `(A “${block.type}” that this page cannot draw.)`);

export const warn = (text) => el("p", { class: "error" }, icon("warning"), text);
