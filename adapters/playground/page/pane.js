// One chair: its conversations, what can be seen from there, and what the person on it does.

import { Composer } from "./composer.js";
import { el } from "./dom.js";
import { drawEmpty, drawNext } from "./guide.js";
import { drawDay, drawEditor, drawMessage } from "./messages.js";
import { sameDay } from "./when.js";

const NEAR = 80; // pixels from the end within which a reader counts as reading along

export class Pane {
  // `desk` is what both chairs share: form, question, attempt, jump, changed, inSight(pane).
  constructor(room, chair, desk) {
    Object.assign(this, { room, chair, desk, unread: new Map(), conversation: null });
    this.composer = new Composer(room, chair, (said) => this.#send(said));
    this.tabs = el("div", { class: "tabs", role: "tablist", "aria-label": "Conversations" });
    this.log = el("div", { class: "log", role: "log", "aria-live": "polite", tabindex: "0", id: `log-${chair.index}` });
    this.newer = el("button", { type: "button", class: "newer", hidden: true, onclick: () => this.#toEnd(true) }, "New messages");
    this.next = el("div", { class: "next" });
    const who = el("div", { class: "who" }, el("h2", {}, chair.name), el("p", {}, chair.role));
    const head = el("header", {}, el("span", { class: `avatar seat-${chair.index}`, "aria-hidden": "true" }, chair.initials), who, this.tabs);
    this.node = el("section", { class: "pane", "data-chair": chair.index, "aria-label": `${chair.name}, ${chair.role}` },
      head, el("div", { class: "reading" }, this.log, this.newer), this.next, this.composer.node);
    this.following = true; // the reader is at the end, or on the way there, and stays there
    this.log.addEventListener("scroll", () => this.#scrolled());
    new ResizeObserver(() => this.following && this.#toEnd(false)).observe(this.log);
  }

  get others() {
    return [...this.room.people.keys()].filter((account) => account !== this.chair.account);
  }

  seatOf = (account) => [...this.room.people.keys()].indexOf(account);
  initials = (account) => initialsOf(this.room.name(account));
  firstName = (account) => this.room.name(account).split(" ")[0];

  title(conversation = this.conversation) {
    return this.room.conversations.find((one) => one.address === conversation)?.title ?? "Touchpoint";
  }

  // The home, the chat with the bot, and any other place where something stands.
  places() {
    const busy = this.room.conversations.map((one) => one.address).filter((place) => place !== this.room.home && this.room.visible(place, this.chair.account).length);
    return [this.room.home, this.chair.account, ...busy];
  }

  unreadElsewhere() {
    return [...this.unread].filter(([place, count]) => count && place !== this.conversation).map(([place]) => place);
  }

  unreadCount() {
    return [...this.unread.values()].reduce((sum, count) => sum + count, 0);
  }

  show(conversation) {
    this.conversation = conversation;
    this.composer.show(conversation, this.title());
    this.draw();
    this.#read();
  }

  // Everything anew: after a connection, or in another conversation.
  draw() {
    const messages = this.room.visible(this.conversation, this.chair.account);
    this.last = null;
    this.log.replaceChildren();
    messages.forEach((message) => this.#append(message));
    if (!messages.length) this.log.replaceChildren(drawEmpty(this));
    this.drawAround();
    this.#toEnd(false);
  }

  drawAround() {
    const tabs = this.places().map((place) => this.#tab(place));
    this.tabs.replaceChildren(...tabs);
    this.next.replaceChildren(...drawNext(this));
  }

  receive(message, fresh) {
    if (!this.room.sees(this.chair.account, message)) return;
    const here = message.conversation === this.conversation;
    const along = this.following || message.author === this.chair.account;
    const drawn = this.#nodeOf(message.address);
    if (here && drawn) this.#redraw(drawn, message);
    else if (here && (fresh || !this.last)) this.#arrive(message, along);
    if (fresh && message.author !== this.chair.account && !(here && along && this.desk.inSight(this))) this.#count(message.conversation);
    this.drawAround();
  }

  forget(message) {
    this.#nodeOf(message.address)?.remove();
    if (!this.room.visible(this.conversation, this.chair.account).length) this.draw();
  }

  async press(message, button) {
    if (button.confirm && !(await this.desk.question.ask(button.confirm, button.label, button.style === "danger" ? "danger" : "primary"))) return;
    await this.#deed("press", { message: message.address, action: button.action, value: button.value });
  }

  command(text) {
    return this.#deed("command", { conversation: this.conversation, text });
  }

  jump() {
    return this.desk.jump();
  }

  reply(message) {
    this.composer.answer(message);
  }

  edit(message) {
    const node = this.#nodeOf(message.address);
    const leave = () => this.#redraw(this.#nodeOf(message.address), this.room.messages.get(message.address));
    const save = async (text) => (text === message.text || (await this.#deed("edit", { message: message.address, text }))) && leave();
    node.classList.add("editing");
    node.querySelector(".bubble").replaceWith(drawEditor(message, save, leave));
  }

  async remove(message) {
    if (await this.desk.question.ask("Delete this message?", "Delete", "danger")) await this.#deed("delete", { message: message.address });
  }

  take(message, action) {
    return this.#deed("take", { message: message.address, action });
  }

  // Shows where a quoted message stands.
  point(address) {
    const node = this.#nodeOf(address);
    node?.scrollIntoView({ block: "center", behavior: "smooth" });
    node?.classList.add("pointed");
    setTimeout(() => node?.classList.remove("pointed"), 1600);
  }

  // No second try is offered: the text is still in the composer, and sends under the same id.
  #send({ text, command, to, id }) {
    return this.#deed(command ? "command" : "say", { conversation: this.conversation, text, to, id }, false);
  }

  // Resolves to whether it was done; what went wrong is said, with a way to try the same again.
  #deed(verb, body, again = true) {
    const sent = { chair: this.chair.account, ...body };
    const deed = async () => {
      const answer = await this.room.send(verb, sent);
      if (answer.dialog) this.desk.form.open(answer.dialog, this.chair);
    };
    return this.desk.attempt(deed, again);
  }

  #tab(place) {
    const count = this.unread.get(place) ?? 0;
    const badge = count ? el("span", { class: "badge", "aria-label": `${count} unread` }, String(count)) : null;
    const mark = place === this.chair.account ? el("img", { src: "/page/mark.svg", alt: "", width: 17, height: 13 }) : null;
    const selected = place === this.conversation;
    return el("button", { type: "button", role: "tab", "aria-selected": String(selected), "aria-controls": this.log.id, onclick: () => this.show(place) }, mark, this.title(place), badge);
  }

  #append(message) {
    const at = new Date(message.at);
    if (!this.last || !sameDay(this.last, at)) this.log.append(drawDay(at));
    this.last = at;
    const node = drawMessage(message, this);
    this.log.append(node);
    return node;
  }

  #arrive(message, along) {
    this.log.querySelector(".empty")?.remove();
    const node = this.#append(message);
    node.classList.add("fresh");
    if (!along) this.newer.hidden = false;
    else if (node.offsetHeight > this.log.clientHeight - 40) this.#toTop(node);
    else this.#toEnd(true);
  }

  #redraw(node, message) {
    if (!node || !message) return;
    const fresh = drawMessage(message, this);
    node.replaceWith(fresh);
    fresh.classList.add("changed");
    if (this.following) this.#toEnd(false);
  }

  #nodeOf = (address) => this.log.querySelector(`[data-address="${CSS.escape(address)}"]`);
  #atEnd = () => this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < NEAR;

  #scrolled() {
    if (this.#atEnd()) {
      this.following = true;
      this.#read();
    } else if (this.log.scrollTop < this.top) this.following = false;
    this.top = this.log.scrollTop;
  }

  // A card taller than the pane is read from its beginning.
  #toTop(node) {
    this.log.scrollTo({ top: node.offsetTop - 6, behavior: "instant" });
    this.following = this.#atEnd();
  }

  #toEnd(smoothly) {
    this.following = true;
    this.log.scrollTo({ top: this.log.scrollHeight, behavior: smoothly ? "smooth" : "instant" });
    this.newer.hidden = true;
  }

  #count(conversation) {
    this.unread.set(conversation, (this.unread.get(conversation) ?? 0) + 1);
    this.desk.changed();
  }

  #read() {
    if (!this.desk.inSight(this)) return;
    this.newer.hidden = true;
    if (!this.unread.get(this.conversation)) return;
    this.unread.delete(this.conversation);
    this.drawAround();
    this.desk.changed();
  }

  // This chair comes into sight, after messages came that nobody could scroll to.
  reveal() {
    if (this.unread.get(this.conversation)) this.#toEnd(false);
    this.#read();
  }
}

export const initialsOf = (name) => name.split(/\s+/).map((word) => word[0]).slice(0, 2).join("");
