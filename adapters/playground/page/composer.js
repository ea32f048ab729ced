// Where one types: a message or a command, with suggestions from the registry. A draft stays with its conversation.

import { el, icon } from "./dom.js";
import { gist } from "./messages.js";
import { NARROW } from "./when.js";

const SHOWN = 8;

export class Composer {
  // `send({text, command, to, id})` resolves to whether it went out; a text that did not stays here, under the same id.
  constructor(room, chair, send) {
    this.room = room;
    this.send = send;
    this.drafts = new Map();
    this.id = `suggestions-${chair.index}`;
    this.list = el("ul", { class: "suggestions", id: this.id, role: "listbox", "aria-label": "Commands", hidden: true });
    this.text = el("textarea", { rows: 1, role: "combobox", "aria-expanded": "false", "aria-controls": this.id, "aria-autocomplete": "list", autocomplete: "off", spellcheck: "true" });
    this.answering = el("div", { class: "answering", hidden: true });
    this.button = el("button", { type: "submit", class: "send", "aria-label": "Send" }, icon("send"));
    this.node = el("form", { class: "composer" }, this.list, this.answering, el("div", { class: "line" }, this.text, this.button));
    this.node.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.text.addEventListener("input", () => this.#changed());
    this.text.addEventListener("keydown", (event) => this.#key(event));
    this.text.addEventListener("blur", () => this.#suggest([]));
    this.text.addEventListener("focus", () => this.#changed());
  }

  show(conversation, title) {
    if (this.conversation) this.drafts.set(this.conversation, { text: this.text.value, to: this.to });
    const draft = this.drafts.get(conversation) ?? { text: "", to: null };
    this.conversation = conversation;
    this.text.placeholder = `Message ${title}, or ${NARROW.matches ? "/" : "type / for commands"}`;
    this.text.setAttribute("aria-label", `Message ${title}`);
    this.text.value = draft.text;
    this.answer(draft.to, false);
    this.#grow();
  }

  // Puts words in, ready to be finished by hand.
  begin(text) {
    this.text.value = text;
    this.text.focus();
    this.#changed();
  }

  answer(message, focus = true) {
    this.to = message;
    this.answering.hidden = !message;
    if (!message) return;
    const stop = el("button", { type: "button", class: "bare", "aria-label": "Do not reply to this", onclick: () => this.answer(null) }, icon("close"));
    this.answering.replaceChildren(icon("reply"), el("span", {}, "Reply to ", el("strong", {}, gist(message))), stop);
    if (focus) this.text.focus();
  }

  async #submit() {
    const text = this.text.value.trim();
    if (!text || this.sending) return;
    this.sending = true;
    const [conversation, to] = [this.conversation, this.to];
    const command = to ? null : commandIn(text);
    if (this.tried?.text !== text) this.tried = { text, id: crypto.randomUUID() };
    if (await this.send({ text: command ?? text, command: command !== null, to: to?.address, id: this.tried.id })) this.#clear(conversation);
    this.sending = false;
  }

  #clear(conversation) {
    this.tried = null;
    this.drafts.delete(conversation);
    if (this.conversation !== conversation) return;
    this.text.value = "";
    this.answer(null);
    this.#changed();
  }

  #changed() {
    this.#grow();
    this.button.disabled = !this.text.value.trim();
    this.#suggest(this.to ? [] : suggestionsFor(this.text.value, this.room.commands));
  }

  #grow() {
    this.text.style.height = "auto";
    this.text.style.height = `${Math.min(this.text.scrollHeight, 160)}px`;
    this.button.disabled = !this.text.value.trim();
  }

  #suggest(commands) {
    this.offered = commands.slice(0, SHOWN);
    this.list.hidden = !this.offered.length;
    this.text.setAttribute("aria-expanded", String(!this.list.hidden));
    this.list.replaceChildren(...this.offered.map((command, at) => this.#option(command, at)));
    this.#choose(-1);
  }

  #option(command, at) {
    const node = el("li", { id: `${this.id}-${at}`, role: "option" }, el("code", {}, `/touchpoint ${command.usage}`), el("span", {}, command.summary));
    node.addEventListener("mousedown", (event) => {
      event.preventDefault(); // keeps the focus, and with it the list, until the tap is over
      this.#take(command, true);
    });
    return node;
  }

  #choose(at) {
    this.chosen = at;
    [...this.list.children].forEach((node, index) => node.setAttribute("aria-selected", String(index === at)));
    this.list.children[at]?.scrollIntoView({ block: "nearest" });
    if (at < 0) this.text.removeAttribute("aria-activedescendant");
    else this.text.setAttribute("aria-activedescendant", `${this.id}-${at}`);
  }

  // A command that is complete without further words goes out at once; the others wait for them.
  #take(command, go) {
    const words = literal(command.usage);
    const open = /[<[]/.test(command.usage);
    this.text.value = `/touchpoint ${words}${open ? " " : ""}`;
    this.#changed();
    if (go && !open) this.#submit();
    else this.text.focus();
  }

  #key(event) {
    const [open, count] = [!this.list.hidden, this.offered?.length ?? 0];
    if (open && ["ArrowDown", "ArrowUp"].includes(event.key)) {
      event.preventDefault();
      const next = event.key === "ArrowDown" ? this.chosen + 1 : Math.max(this.chosen, 0) - 1;
      this.#choose((next + count) % count);
    } else if (open && event.key === "Tab" && !event.shiftKey) {
      event.preventDefault();
      this.#take(this.offered[Math.max(this.chosen, 0)], false);
    } else if (event.key === "Escape") {
      if (open) this.#suggest([]);
      else this.answer(null);
    } else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      if (open && this.chosen >= 0) this.#take(this.offered[this.chosen], true);
      else this.#submit();
    }
  }
}

const literal = (usage) => usage.replace(/\s*[<[].*$/, "");

// What stands behind the slash of a command, or null. Without one the server tells a command from something said.
function commandIn(text) {
  const slash = text.match(/^\/(?:touchpoint\b)?\s*(.*)$/is) ?? text.match(/^touchpoint\b\s*(.*)$/is);
  return slash && slash[1];
}

export function suggestionsFor(text, commands) {
  const typed = text.toLowerCase();
  if (typed && "/touchpoint ".startsWith(typed)) return commands;
  const slash = typed.match(/^\/(?:touchpoint\s+)?(.*)$/);
  if (!slash && (typed.trim().length < 3 || typed.length > 24)) return [];
  const words = slash ? slash[1] : typed;
  return commands.filter(({ usage }) => usage.toLowerCase().startsWith(words) && usage.toLowerCase() !== words);
}
