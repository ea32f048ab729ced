// The dialogs: a form on one chair, and a yes-or-no question. Both are native dialogs, so focus stays inside them.

import { el, icon } from "./dom.js";
import { drawField } from "./fields.js";
import { warn } from "./cards.js";

export class FormDialog {
  constructor(node, room, question, problem) {
    this.node = node;
    this.room = room;
    this.question = question;
    this.problem = problem;
    node.addEventListener("cancel", (event) => {
      event.preventDefault();
      this.leave();
    });
  }

  // Opens `dialog` ({form, conversation, thread}) for a chair; `rejected` is the same form come back with errors.
  open(dialog, chair, rejected = false) {
    this.dialog = dialog;
    this.chair = chair;
    const { form } = dialog;
    this.fields = form.fields.map((field) => drawField(field, [...this.room.people.values()]));
    this.submit = el("button", { type: "submit", class: "button primary" }, form.submit);
    this.node.replaceChildren(this.#head(form), this.#form(form));
    this.node.dataset.chair = chair.index;
    if (!rejected) this.first = JSON.stringify(this.#values());
    if (!this.node.open) this.node.showModal();
    this.#show(form.errors);
    if (!rejected) this.fields[0]?.focus();
  }

  close() {
    this.dialog = null;
    this.node.close();
  }

  async leave() {
    const typed = this.dialog && JSON.stringify(this.#values()) !== this.first;
    if (typed && !(await this.question.ask("Close this form? What you typed is not saved yet.", "Close it", "danger"))) return;
    this.close();
  }

  #head(form) {
    const close = el("button", { type: "button", class: "bare", "aria-label": "Close", onclick: () => this.leave() }, icon("close"));
    const who = el("p", { class: "who" }, el("span", { class: "avatar tiny" }, this.chair.initials), `${this.chair.name} · ${this.chair.role}`);
    const intro = form.intro ? el("p", { class: "intro" }, form.intro) : null;
    return el("header", {}, who, el("h2", { id: "form-title" }, form.title), intro, close);
  }

  #form(form) {
    const whole = el("div", { class: "whole", role: "alert" });
    const cancel = el("button", { type: "button", class: "button", onclick: () => this.leave() }, "Cancel");
    const node = el("form", { novalidate: true }, el("div", { class: "fields" }, whole, this.fields.map((field) => field.node)), el("footer", {}, cancel, this.submit));
    node.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
    this.whole = whole;
    return node;
  }

  #values() {
    return Object.fromEntries(this.fields.map((field) => [field.name, field.read()]));
  }

  #missing() {
    const values = this.#values();
    const empty = this.fields.filter((field) => field.required && !field.node.classList.contains("check") && values[field.name].length === 0);
    return Object.fromEntries(empty.map((field) => [field.name, "This one is needed."]));
  }

  #show(errors) {
    this.whole.replaceChildren(...(errors[""] ? [warn(errors[""])] : []));
    this.fields.forEach((field) => field.fail(errors[field.name] ?? ""));
    this.fields.find((field) => errors[field.name])?.focus();
  }

  async #send() {
    const missing = this.#missing();
    if (Object.keys(missing).length) return this.#show(missing);
    const { form, conversation, thread } = this.dialog;
    const body = { chair: this.chair.account, conversation, thread, form_id: form.form_id, context: form.context, values: this.#values() };
    this.submit.disabled = true;
    try {
      const answer = await this.room.send("submit", body);
      if (answer.dialog) this.open(answer.dialog, this.chair, answer.dialog.form.form_id === form.form_id);
      else this.close();
    } catch (problem) {
      this.#show({ "": problem.message });
    } finally {
      this.submit.disabled = false;
    }
  }
}

export class Question {
  constructor(node) {
    this.node = node;
  }

  // Resolves to whether they agreed. Escape is a no.
  ask(text, yes, style = "primary") {
    const done = (value) => this.node.close(value);
    const agree = el("button", { type: "button", class: `button ${style}`, onclick: () => done("yes") }, yes);
    const refuse = el("button", { type: "button", class: "button", onclick: () => done("") }, "Not now");
    this.node.replaceChildren(el("p", { id: "question-text" }, text), el("footer", {}, refuse, agree));
    this.node.returnValue = "";
    this.node.showModal();
    agree.focus();
    return new Promise((resolve) => this.node.addEventListener("close", () => resolve(this.node.returnValue === "yes"), { once: true }));
  }
}
