// Text to be copied as it stands.

import { el, icon } from "./dom.js";

const SAID_FOR = 2000; // milliseconds

export function drawVerbatim(block) {
  const text = el("pre", { tabindex: "0", role: "region", "aria-label": "Text to copy" }, block.text);
  const label = el("span", { "aria-live": "polite" }, "Copy");
  const copy = el("button", { type: "button", class: "button copy" }, icon("copy"), label);
  copy.addEventListener("click", async () => {
    label.textContent = await copied(block.text, text);
    setTimeout(() => (label.textContent = "Copy"), SAID_FOR);
  });
  return el("div", { class: "verbatim" }, text, copy);
}

// Where the browser keeps its clipboard to itself, the text is selected, and the person copies it.
async function copied(text, node) {
  try {
    await navigator.clipboard.writeText(text);
    return "Copied";
  } catch {
    getSelection().selectAllChildren(node);
    return "Selected";
  }
}
