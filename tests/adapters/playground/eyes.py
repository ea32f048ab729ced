"""What a person would see on the page with both renderings open, and what nobody should meet there: run in the browser."""

SEEN = r"""() => {
  const text = (node) =>
    [...node.childNodes].map((one) => (one.nodeType === 3 ? one.data : ` ${text(one)} `)).join("");
  const read = (side) => {
    const presses = [...side.querySelectorAll("[data-action]")];
    const copy = side.cloneNode(true);
    copy.querySelectorAll("dialog, .tm-unfolded, .side-name").forEach((one) => one.remove());
    return {
      words: text(copy).match(/[\p{L}\p{N}]+/gu).sort().join(" "),
      presses: [...new Set(presses.map((one) => `${one.dataset.action} ${one.dataset.value}`))].sort(),
    };
  };
  const panes = [...document.querySelectorAll(".pane")].filter((pane) => pane.checkVisibility());
  const messages = panes.flatMap((pane) => [...pane.querySelectorAll(".sides")]);
  return messages.map((sides) => [...sides.querySelectorAll(".side")].map(read));
}"""
"""Of each message in sight, Slack first: all its words, and all that can be pressed on it."""

LABELS = r"""(form) => [...form.querySelectorAll("legend, label > span")]
  .map((one) => one.firstChild.data.replace(/ \(optional\)$/, ""))"""
"""Those of a form's fields, in order."""

FAULTS = r"""() => {
  const found = [];
  const all = (what) => [...document.querySelectorAll(what)];
  const name = (one) => `${one.tagName} ${one.className} “${one.textContent.slice(0, 40)}”`;
  const fault = (kind, one) => found.push(`${kind}: ${name(one)}`);

  const wide = document.documentElement.scrollWidth;
  if (wide > innerWidth) found.push(`the page is ${wide} wide`);
  all(".side").filter((one) => one.scrollWidth > one.clientWidth + 1).forEach((one) => fault("overflow", one));
  all("input, textarea, select")
    .filter((one) => !one.labels?.length && !one.ariaLabel && !one.getAttribute("aria-labelledby"))
    .forEach((one) => fault("no label", one));
  all("button, a[href]")
    .filter((one) => !one.textContent.trim() && !one.ariaLabel)
    .forEach((one) => fault("no name", one));

  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const known = new Map();
  const parts = (colour) => {
    if (!known.has(colour)) {
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = colour;
      canvas.fillRect(0, 0, 1, 1);
      known.set(colour, [...canvas.getImageData(0, 0, 1, 1).data]);
    }
    return known.get(colour);
  };
  const over = ([r, g, b, a], below) => [r, g, b].map((part, at) => (part * a + below[at] * (255 - a)) / 255);
  const ground = (one) =>
    one ? over(parts(getComputedStyle(one).backgroundColor), ground(one.parentElement)) : [255, 255, 255];
  const linear = (part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
  const light = (colour) => {
    const [r, g, b] = colour.map((part) => linear(part / 255));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const written = (one) => [...one.childNodes].some((child) => child.nodeType === 3 && child.data.trim());
  for (const one of all(".side *, .looks a, .seats button")) {
    if (!written(one) || one.closest("svg, :disabled") || !one.checkVisibility()) continue;
    const below = ground(one);
    const both = [light(below), light(over(parts(getComputedStyle(one).color), below))].sort((a, b) => b - a);
    const contrast = (both[0] + 0.05) / (both[1] + 0.05);
    if (contrast < 4.5) fault(`contrast of ${contrast.toFixed(1)}`, one);
  }
  return [...new Set(found)];
}"""
"""A page wider than its window, controls without a name, and letters that are hard to see (WCAG 2.2, 1.4.3)."""
