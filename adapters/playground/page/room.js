// What the server knows, mirrored: one snapshot at each connection, then one event for each thing that happens.

import { ZONE } from "./when.js";

export class Problem extends Error {}

export class Room extends EventTarget {
  #channel;

  constructor() {
    super();
    this.messages = new Map();
    this.people = new Map();
    this.conversations = [];
    this.commands = [];
    this.shortcuts = [];
  }

  // `look`: the page's own cards (empty), or what `slack`, `teams` or `both` make of them.
  connect(look = "") {
    this.#channel?.close();
    this.look = look;
    const channel = (this.#channel = new EventSource(look ? "events?sides" : "events"));
    channel.addEventListener("state", (event) => this.#begin(JSON.parse(event.data)));
    channel.addEventListener("message", (event) => this.#put(JSON.parse(event.data)));
    channel.addEventListener("gone", (event) => this.#remove(JSON.parse(event.data)));
    channel.addEventListener("clock", (event) => this.#tell("clock", JSON.parse(event.data)));
    channel.addEventListener("error", () => this.#tell("lost"));
  }

  // Sends one deed of a person. The same body sent again, id and all, does nothing twice.
  async send(verb, body) {
    body.id ??= crypto.randomUUID();
    let response;
    try {
      const headers = { "Content-Type": "application/json" };
      response = await fetch(verb, { method: "POST", headers, body: JSON.stringify({ zone: ZONE, ...(this.look && { sides: true }), ...body }) });
    } catch {
      throw new Problem("Touchpoint does not answer. Is its process still running?");
    }
    const answer = await response.json().catch(() => ({}));
    if (!response.ok) throw new Problem(answer.problem ?? `That did not work (${response.status}).`);
    return answer;
  }

  // Everything that this person can see in this conversation, oldest first.
  visible(conversation, account) {
    return [...this.messages.values()].filter((m) => m.conversation === conversation && this.sees(account, m));
  }

  sees(account, message) {
    if (this.people.has(message.conversation)) return message.conversation === account;
    return message.only_for === null || message.only_for === account;
  }

  name(account) {
    return this.people.get(account)?.name ?? "Somebody";
  }

  hasCommand(usage) {
    return this.commands.some((command) => command.usage === usage);
  }

  #begin(state) {
    const fresh = state.messages.filter((message) => this.home && !this.messages.has(message.address));
    this.home = state.home;
    this.called = state.called;
    this.beside = state.beside;
    this.jumps = state.jumps;
    this.people = new Map(state.people.map((person) => [person.account, person]));
    this.conversations = state.conversations;
    this.shortcuts = state.shortcuts;
    this.commands = state.commands.map((command) => ({ ...command, usage: command.usage.replace(/^\/touchpoint\s*/, "") }));
    this.messages = new Map(state.messages.map((message) => [message.address, message]));
    this.#tell("state", { now: state.now, fresh });
  }

  #put(message) {
    const fresh = !this.messages.has(message.address);
    this.messages.set(message.address, message);
    this.#tell("message", { message, fresh });
  }

  #remove(message) {
    this.messages.delete(message.address);
    this.#tell("gone", { message });
  }

  #tell(kind, detail = {}) {
    this.dispatchEvent(new CustomEvent(kind, { detail }));
  }
}
