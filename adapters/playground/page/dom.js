// Elements without markup: every text is a text node, so what somebody typed can never become part of the page.

export function el(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

export function svg(tag, attributes = {}, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== ""));
  return node;
}

const PATHS = {
  lock: "M7 10V7.5a5 5 0 0 1 10 0V10M6 10h12v9.5H6z",
  reply: "M10 7 5 12l5 5M5.5 12H14a5 5 0 0 1 5 5v1",
  pencil: "M5 19l.8-3.8L15.6 5.4a1.6 1.6 0 0 1 2.3 0l.7.7a1.6 1.6 0 0 1 0 2.3L8.8 18.2z",
  trash: "M5 7.5h14M10 7V5h4v2M7 7.5 8 19h8l1-11.5",
  send: "M12 19V5.5M6 11.5l6-6 6 6",
  close: "M6.5 6.5l11 11M17.5 6.5l-11 11",
  forward: "M5 6.5 11.5 12 5 17.5zM12.5 6.5 19 12l-6.5 5.5z",
  away: "M10 6H6v12h12v-4M13 5h6v6M19 5l-8.5 8.5",
  down: "M7 10l5 5 5-5",
  warning: "M12 8v5M12 16.2v.3M12 4.2 20.4 19H3.6z",
  tick: "M5 12.5l4.5 4.5L19 7.5",
  more: "M6 12h.01M12 12h.01M18 12h.01",
  copy: "M9 9h10v10H9zM5 15V5h10",
  at: "M12 20a8 8 0 1 1 8-8c0 3-4 3.500-4 .5V8.500M16 12a4 4 0 1 1-8 0 4 4 0 0 1 8 0",
};

export function icon(name) {
  const shape = svg("path", { d: PATHS[name], class: name === "forward" ? "solid" : null });
  return svg("svg", { viewBox: "0 0 24 24", class: "icon", "aria-hidden": "true", focusable: "false" }, shape);
}

// Only the web is opened: a `javascript:` address stays text.
export function isWebAddress(url) {
  try {
    return ["http:", "https:"].includes(new URL(url).protocol);
  } catch {
    return false;
  }
}

export function link(url, label, className) {
  if (!isWebAddress(url)) return el("span", { class: className }, label);
  return el("a", { href: url, target: "_blank", rel: "noopener noreferrer", class: className }, label);
}
