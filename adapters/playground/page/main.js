// Puts the page together: two chairs at one desk, the clock above, and the channel that keeps it all current.

import { FormDialog, Question } from "./dialogs.js";
import { el } from "./dom.js";
import { Pane, initialsOf } from "./pane.js";
import { Problem, Room } from "./room.js";
import { NAMES, SidesDialog } from "./sides.js";
import { NARROW, RoomClock } from "./when.js";

const at = (id) => document.getElementById(id);
const room = new Room();
const clock = new RoomClock(at("now"), at("zone"));
const question = new Question(at("question"));
const own = new FormDialog(at("form"), room, question);
const native = new SidesDialog(at("sides"), room, question);
const form = { open: (dialog, chair) => (dialog.sides ? native : own).open(dialog, chair) };
let panes = [];
let shown = 0;

const desk = { form, question, attempt, jump, changed: drawSeats, inSight: (pane) => !single() || pane.chair.index === shown };

// One chair at a time: on a narrow screen, and where each message stands there twice.
const single = () => NARROW.matches || room.look === "both";

// Runs one deed and resolves to whether it was done. Where `again`, the same deed, under the same id, can be tried again.
async function attempt(deed, again = true) {
  try {
    await deed();
    return true;
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    notice(problem.message, again ? () => attempt(deed) : null);
    return false;
  }
}

async function jump() {
  at("jump").disabled = true;
  await attempt(async () => {
    const answer = await room.send("jump", {});
    if (!answer.jumped) notice("Nothing is planned yet. Set up a touchpoint first, then the clock has somewhere to go.");
  });
  at("jump").disabled = false;
}

function notice(text, again = null) {
  const node = el("div", { class: "notice" }, el("p", {}, text));
  const gone = () => node.remove();
  if (again) node.append(el("button", { type: "button", class: "button", onclick: () => (gone(), again()) }, "Try again"));
  node.append(el("button", { type: "button", class: "button quiet", onclick: gone }, "Dismiss"));
  at("notices").replaceChildren(node);
  if (!again) setTimeout(gone, 8000);
}

function seat() {
  const chairs = [...room.people.values()].slice(0, 2);
  panes = chairs.map((person, index) => new Pane(room, { ...person, index, initials: initialsOf(person.name) }, desk));
  at("room").replaceChildren(...panes.map((pane) => pane.node));
  panes.forEach((pane) => pane.show(room.home));
  choose(0);
}

function choose(index) {
  shown = index;
  at("room").dataset.shown = index;
  panes[index]?.reveal();
  drawSeats();
}

// On a narrow screen one chair at a time; the other one's badge says when to look.
function drawSeats() {
  const tabs = panes.map((pane, index) => {
    const count = pane.unreadCount();
    const badge = count ? el("span", { class: "badge", "aria-label": `${count} unread` }, String(count)) : null;
    return el("button", { type: "button", role: "tab", "data-chair": index, "aria-selected": String(index === shown), onclick: () => choose(index) }, `${pane.chair.name.split(" ")[0]} · ${pane.chair.role}`, badge);
  });
  at("seats").replaceChildren(...tabs);
  const all = panes.reduce((sum, pane) => sum + pane.unreadCount(), 0);
  const called = `Touchpoint ${(room.called ?? "playground").toLowerCase()}`;
  document.title = all ? `(${all}) ${called}` : called;
}

// Which rendering is looked at stands in the address, so that it can be linked to.
function look() {
  const asked = location.hash.slice(1);
  const chosen = asked in NAMES || asked === "both" ? asked : "";
  document.body.dataset.look = chosen;
  for (const link of at("looks").children) link.setAttribute("aria-current", String(link.hash.slice(1) === (chosen || "cards")));
  room.connect(chosen);
}

// What this room is called, whether its clock can be moved, and which other room is on the same machine.
function sign() {
  at("called").textContent = room.called;
  at("jump").hidden = !room.jumps;
  at("beside").hidden = !room.beside;
  if (room.beside) Object.assign(at("beside"), { href: room.beside.href, textContent: room.beside.label });
}

room.addEventListener("state", ({ detail }) => {
  clock.set(detail.now);
  at("notices").replaceChildren();
  sign();
  if (!panes.length) return seat();
  panes.forEach((pane) => pane.draw());
  drawSeats();
  detail.fresh.forEach((message) => panes.forEach((pane) => pane.receive(message, true)));
});
room.addEventListener("message", ({ detail }) => panes.forEach((pane) => pane.receive(detail.message, detail.fresh)));
room.addEventListener("gone", ({ detail }) => panes.forEach((pane) => pane.forget(detail.message)));
room.addEventListener("clock", ({ detail }) => clock.set(detail.now));
room.addEventListener("lost", () => notice("The connection to Touchpoint is lost. This page comes back by itself as soon as it is there again."));
NARROW.addEventListener("change", drawSeats);
at("jump").addEventListener("click", jump);
addEventListener("hashchange", look);
look();
