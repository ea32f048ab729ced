// What is rare stands behind one "…". The list lies above the page, so that no box that scrolls can cut it off; the
// browser itself opens it, puts it next in line for the keyboard, and closes it on Escape or on a tap elsewhere.

import { el, icon } from "./dom.js";

const GAP = 6; // pixels between the opener and its list, and at least to the window's edge
let menus = 0;

export function drawMenu(buttons, about, look = "button more") {
  const label = about ? `More: ${about}` : "More";
  const opener = el("button", { type: "button", class: look, "aria-label": label, title: "More" }, icon("more"));
  return attachMenu(opener, el("div", { class: "menu", popover: "auto", "aria-label": label }, buttons));
}

// The two belong together from now on.
export function attachMenu(opener, list) {
  list.id = `menu-${++menus}`;
  list.setAttribute("role", "group");
  opener.setAttribute("popovertarget", list.id);
  opener.setAttribute("aria-expanded", "false");
  list.addEventListener("click", () => list.hidePopover());
  const place = () => standBy(list, opener.getBoundingClientRect());
  list.addEventListener("toggle", ({ newState }) => {
    const open = newState === "open";
    if (open) place();
    list.classList.toggle("placed", open);
    opener.setAttribute("aria-expanded", String(open));
    const listen = open ? "addEventListener" : "removeEventListener";
    document[listen]("scroll", place, true);
    window[listen]("resize", place);
  });
  return [opener, list];
}

// Below the opener, or above it where there is no room; never beyond the window's edges.
function standBy(list, opener) {
  const below = opener.bottom + GAP;
  const fits = below + list.offsetHeight + GAP <= innerHeight;
  list.style.top = `${Math.max(GAP, fits ? below : opener.top - GAP - list.offsetHeight)}px`;
  list.style.left = `${Math.max(GAP, Math.min(opener.left, innerWidth - list.offsetWidth - GAP))}px`;
}
