// One message as it stands in a pane: who, when, for whom, and what can be done with it.

import { drawCard } from "./cards.js";
import { el, icon } from "./dom.js";
import { drawMenu } from "./menu.js";
import { drawSides } from "./sides.js";
import { dayOf, hourOf } from "./when.js";

// `pane` gives the verbs: press, reply, edit, remove, take, show.
export function drawMessage(message, pane) {
  const own = message.author === pane.chair.account;
  const kind = message.card ? "bot" : own ? "own" : "other";
  const classes = ["message", kind, message.only_for && "private", message.command && "command"].filter(Boolean).join(" ");
  const body = el("div", { class: "body" }, head(message, pane, own), quote(message, pane), content(message, pane), verbs(message, pane, own));
  return el("article", { class: classes, "data-address": message.address }, own ? null : avatar(message, pane), body);
}

export function drawDay(instant) {
  return el("div", { class: "day", role: "separator" }, el("span", {}, dayOf(instant)));
}

// A message in a few words, for the line that says what a reply answers.
export function gist(message) {
  const text = message.card ? message.card.title : message.text;
  return text.length > 70 ? `${text.slice(0, 67)}…` : text;
}

function avatar(message, pane) {
  if (message.card) return el("span", { class: "avatar bot" }, el("img", { src: "/page/mark.svg", alt: "" }));
  return el("span", { class: `avatar seat-${pane.seatOf(message.author)}`, "aria-hidden": "true" }, pane.initials(message.author));
}

function head(message, pane, own) {
  const name = own ? el("span", { class: "for-readers" }, "You") : el("span", { class: "name" }, message.card ? "Touchpoint" : pane.room.name(message.author));
  const app = message.card ? el("span", { class: "app" }, "App") : null;
  const at = new Date(message.at);
  const time = el("time", { datetime: message.at, title: `${dayOf(at)}, ${hourOf(at)}` }, hourOf(at));
  const edited = message.edited ? el("span", {}, "edited") : null;
  const only = message.only_for && !message.command ? el("span", { class: "only" }, icon("lock"), "Only visible to you") : null;
  return el("header", {}, name, app, time, edited, only);
}

function quote(message, pane) {
  if (!message.thread) return null;
  const root = pane.room.messages.get(message.thread);
  const label = root ? gist(root) : "an earlier message";
  return el("button", { type: "button", class: "quote", onclick: () => pane.point(message.thread) }, icon("reply"), el("span", {}, label));
}

function content(message, pane) {
  if (!message.card) return el("p", { class: "bubble" }, message.text);
  if (message.sides) return drawSides(message.sides, pane.room.look, (button) => pane.press(message, button));
  return drawCard(message.card, (account) => pane.room.name(account), (button) => pane.press(message, button));
}

function verbs(message, pane, own) {
  const verb = (name, label, act) => el("button", { type: "button", class: "bare", "aria-label": label, title: label, onclick: act }, icon(name));
  const answer = message.only_for || message.command ? null : verb("reply", "Reply", () => pane.reply(message));
  const change = own && !message.command ? [verb("pencil", "Edit", () => pane.edit(message)), verb("trash", "Delete", () => pane.remove(message))] : null;
  const taken = message.card || message.command ? null : shortcuts(message, pane);
  return answer || change || taken ? el("div", { class: "verbs" }, answer, change, taken) : null;
}

// What can be made of a message, behind the same “…” as what is rare on a card.
function shortcuts(message, pane) {
  const offered = pane.room.shortcuts.map(({ action, label }) => el("button", { type: "button", class: "button", onclick: () => pane.take(message, action) }, label));
  return offered.length ? drawMenu(offered, gist(message), "bare") : null;
}

// The bubble becomes an editor; `save(text)` resolves when it is done, and a problem leaves the text where it is.
export function drawEditor(message, save, leave) {
  const text = el("textarea", { rows: 2, "aria-label": "Edit your message" });
  text.value = message.text;
  const node = el("form", { class: "editor" }, text,
    el("div", { class: "buttons" }, el("button", { type: "button", class: "button", onclick: leave }, "Cancel"), el("button", { type: "submit", class: "button primary" }, "Save")));
  node.addEventListener("submit", (event) => {
    event.preventDefault();
    if (text.value.trim()) save(text.value.trim());
  });
  text.addEventListener("keydown", (event) => {
    if (event.key === "Escape") leave();
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      node.requestSubmit();
    }
  });
  queueMicrotask(() => text.focus());
  return node;
}
