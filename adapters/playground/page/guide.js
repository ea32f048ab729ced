// What a newcomer could do next: an empty conversation that invites, and a few taps above the line where one types.

import { el, icon } from "./dom.js";

const IDEAS = [
  ["agenda", "See the agenda"],
  ["agenda add <text>", "Add to the agenda"],
  ["risk add [title]", "Raise a risk"],
  ["decision add [title]", "Record a decision"],
  ["help [topic]", "What else?"],
];

// `begun` is whether the bot has said anything in the open yet.
const begun = (room) => [...room.messages.values()].some((message) => message.card && !message.only_for);

const prompted = (room) => [...room.messages.values()].some((message) => message.card && room.people.has(message.conversation));

export function drawEmpty(pane) {
  if (pane.conversation !== pane.room.home) {
    return empty("Just you and Touchpoint", "Before each sync you are asked here what to talk about. Whatever you reply goes on the agenda.");
  }
  if (pane.chair.index > 0) {
    const other = pane.firstName(pane.others[0]);
    return empty(`${pane.chair.name.split(" ")[0]}’s side of the table`, `You sit on both chairs. What ${other} does in ${pane.title()} appears here at once, and what is private stays with whom it is for.`);
  }
  const start = el("button", { type: "button", class: "button primary big", onclick: () => pane.command("setup") }, "Set up a touchpoint");
  const steps = [
    ["Set the rhythm", "Who, how often, at what time."],
    ["Jump to the first prompt", "The clock above moves as far as you like."],
    ["Answer on both chairs", "The agenda builds itself from what you say."],
  ].map(([title, text]) => el("li", {}, el("strong", {}, title), el("span", {}, text)));
  return empty("Two chairs, one agenda", "Try the whole cycle in a minute. Nothing leaves this machine.", start, el("ol", { class: "steps" }, steps));
}

function empty(title, text, ...more) {
  const mark = el("img", { src: "/page/mark.svg", alt: "", class: "mark", width: 68, height: 52 });
  return el("div", { class: "empty" }, mark, el("h2", {}, title), el("p", {}, text), more);
}

export function drawNext(pane) {
  if (!begun(pane.room)) return [];
  const chips = [];
  const [waiting] = pane.unreadElsewhere();
  if (waiting) chips.push(chip(waiting === pane.chair.account ? "Read the new message" : `See what is new in ${pane.title(waiting)}`, () => pane.show(waiting), "strong"));
  else if (!prompted(pane.room)) chips.push(chip("Jump to the next prompt", () => pane.jump(), "strong", "forward"));
  const most = chips.length ? 4 : 5; // one line of them
  for (const [usage, label] of IDEAS) {
    if (chips.length < most && pane.room.hasCommand(usage)) chips.push(chip(label, () => take(pane, usage)));
  }
  return chips;
}

function take(pane, usage) {
  const words = usage.replace(/\s*[<[].*$/, "");
  if (usage.includes("<")) pane.composer.begin(`/touchpoint ${words} `);
  else pane.command(words);
}

const chip = (label, act, style = "", symbol = null) =>
  el("button", { type: "button", class: `chip ${style}`, onclick: act }, symbol ? icon(symbol) : null, label);
