// What Slack and what Teams make of a message or a form, side by side. The server draws both as trees of plain values, from
// exactly what each platform would be sent; here they become elements, text as text, and their buttons come alive.

import { el, isWebAddress, svg } from "./dom.js";
import { attachMenu } from "./menu.js";

export const NAMES = { slack: "Slack", teams: "Teams" };
const DRAWN_AS_SVG = new Set(["svg", "path", "line", "rect", "circle", "text", "tspan"]);

// `look` is one side's name, or `both`.
export const shownIn = (look) => (look === "both" ? Object.keys(NAMES) : [look]);

export function drawSides(sides, look, press) {
  const drawn = shownIn(look).map((side) => el("section", { class: `side ${side}`, "aria-label": NAMES[side] }, el("span", { class: "side-name", "aria-hidden": "true" }, NAMES[side]), bring(grow(sides[side]), press)));
  return el("div", { class: "sides" }, drawn);
}

export function grow(node) {
  if (typeof node === "string") return document.createTextNode(node);
  const [tag, attributes, children] = node;
  const kept = Object.fromEntries(Object.entries(attributes).filter(([name, value]) => !name.startsWith("on") && (name !== "href" || isWebAddress(value))));
  for (const name of ["disabled", "hidden", "checked", "selected", "novalidate"]) if (name in kept) kept[name] = true;
  return (DRAWN_AS_SVG.has(tag) ? svg : el)(tag, kept, children.map(grow));
}

// `press({action, value})` is called for a tap that counts; it returns a promise.
function bring(root, press) {
  for (const opener of root.querySelectorAll("[data-menu]")) attachMenu(opener, opener.nextElementSibling);
  root.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if ("asks" in button.dataset) button.nextElementSibling.showModal();
    if ("toggles" in button.dataset) toggle(button);
    if ("closes" in button.dataset) button.closest("dialog")?.close();
    if ("action" in button.dataset) tap(button, press);
  });
  return root;
}

function toggle(button) {
  const card = button.closest(".tm-card");
  for (const name of button.dataset.toggles.split(" ")) {
    const target = card.querySelector(`[data-id="${CSS.escape(name)}"]`);
    target.hidden = !target.hidden;
    button.setAttribute("aria-expanded", String(!target.hidden));
  }
}

async function tap(button, press) {
  button.closest("dialog")?.close();
  button.disabled = true;
  await press({ action: button.dataset.action, value: button.dataset.value }).finally(() => (button.disabled = false));
}

// The open form as each platform draws it. Either can be filled in and sent.
export class SidesDialog {
  constructor(node, room, question) {
    Object.assign(this, { node, room, question });
    node.addEventListener("cancel", (event) => {
      event.preventDefault();
      this.leave();
    });
    node.addEventListener("click", ({ target }) => target.closest("[data-closes]") && this.leave());
  }

  open(dialog, chair, rejected = false) {
    Object.assign(this, { dialog, chair });
    this.forms = shownIn(this.room.look).map((side) => this.#form(side, dialog.sides[side]));
    this.node.replaceChildren(el("div", { class: "sides forms" }, this.forms.map((form) => el("section", { class: `side ${form.dataset.by}`, "aria-label": NAMES[form.dataset.by] }, form))));
    this.node.setAttribute("aria-label", dialog.form.title);
    if (!rejected) this.first = this.#typed();
    if (!this.node.open) this.node.showModal();
    const wrong = this.node.querySelector("[data-error]:not(:empty)")?.closest("[data-key]") ?? this.forms[0].querySelector("[data-key]");
    wrong?.querySelector("input, textarea, select").focus();
  }

  async leave() {
    if (this.#typed() !== this.first && !(await this.question.ask("Close this form? What you typed is not saved yet.", "Close it", "danger"))) return;
    this.node.close();
    this.node.replaceChildren();
  }

  #form(side, drawn) {
    const form = grow(drawn);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send(form);
    });
    return form;
  }

  #typed = () => JSON.stringify(this.forms.map(read));

  async #send(form) {
    if (missing(form)) return;
    const { conversation, thread } = this.dialog;
    const { by: side, back } = form.dataset;
    const submit = form.querySelector("[type=submit]");
    submit.disabled = true;
    try {
      const answer = await this.room.send("submit", { chair: this.chair.account, conversation, thread, side, back, typed: read(form) });
      if (answer.dialog) return this.open(answer.dialog, this.chair, answer.dialog.form.form_id === this.dialog.form.form_id);
      this.node.close();
      this.node.replaceChildren();
    } catch (problem) {
      say(form.querySelector("[data-error]"), problem.message);
    } finally {
      submit.disabled = false;
    }
  }
}

// Everything in the form by the keys of its controls, as the platform would send it.
const read = (form) => Object.fromEntries([...form.querySelectorAll("[data-key]")].map((field) => [field.dataset.key, valueOf(field)]));

function valueOf(field) {
  const boxes = [...field.querySelectorAll("input[type=checkbox], input[type=radio]")];
  if (!boxes.length) return field.querySelector("input, textarea, select").value;
  const chosen = boxes.filter((box) => box.checked).map((box) => box.value);
  if ("off" in boxes[0].dataset) return chosen[0] ?? boxes[0].dataset.off;
  return boxes[0].type === "radio" ? chosen[0] ?? "" : chosen;
}

// As the platforms do it: nothing is sent while something that is needed is empty.
function missing(form) {
  const empty = [...form.querySelectorAll("[data-key]")].filter((field) => {
    const lacks = "missing" in field.dataset && valueOf(field).length === 0;
    say(field.querySelector("[data-error]"), lacks ? field.dataset.missing : "");
    return lacks;
  });
  empty[0]?.querySelector("input, textarea, select").focus();
  return empty.length > 0;
}

const say = (node, text) => node?.replaceChildren(text);
