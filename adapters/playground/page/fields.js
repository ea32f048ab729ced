// One field of a form: its label, its control, its hint, its error. `read()` gives the value back as the core wants it.

import { el, icon } from "./dom.js";

// Returns {node, read, fail}: the element, the value now, and a way to show (or clear) what is wrong.
export function drawField(field, people) {
  const id = `field-${field.name}`;
  const control = (CONTROLS[field.type] ?? CONTROLS.text)(field, id, people);
  const error = el("p", { class: "error", id: `${id}-error`, hidden: true });
  const hint = field.hint ? el("p", { class: "hint", id: `${id}-hint` }, field.hint) : null;
  const node = el("div", { class: `field ${field.type}` }, caption(field, id, control), control.node, control.below, hint, error);
  describe(control, [hint?.id, error.id]);
  const fail = (text) => {
    error.hidden = !text;
    error.replaceChildren(...(text ? [icon("warning"), text] : []));
    node.classList.toggle("wrong", Boolean(text));
    control.inputs.forEach((input) => input.setAttribute("aria-invalid", String(Boolean(text))));
  };
  return { name: field.name, required: field.required, node, read: control.read, fail, focus: () => control.inputs[0]?.focus() };
}

function caption(field, id, control) {
  if (field.type === "check") return null;
  const optional = field.required ? null : el("span", { class: "optional" }, "optional");
  if (control.group) return el("span", { class: "label", id: `${id}-label` }, field.label, optional);
  return el("label", { class: "label", for: id }, field.label, optional);
}

function describe(control, ids) {
  const target = control.group ? [control.node] : control.inputs;
  target.forEach((node) => node.setAttribute("aria-describedby", ids.filter(Boolean).join(" ")));
}

const single = (node, extra = {}) => ({ node, inputs: [node], read: () => node.value, ...extra });

function input(type) {
  return (field, id) => single(el("input", { id, type, value: field.value, autocomplete: "off" }));
}

const CONTROLS = {
  date: input("date"),
  time: input("time"),
  text: drawText,
  // Not type=number: that one swallows what it cannot read, and nothing typed may be lost.
  number: (field, id) => single(el("input", { id, type: "text", inputmode: "decimal", value: field.value, autocomplete: "off" }), { below: bounds(field) }),
  choice: drawChoice,
  person: drawPerson,
  check: drawCheck,
};

function bounds(field) {
  const { least, most } = field;
  if (least === null && most === null) return null;
  const text = least === null ? `At most ${most}` : most === null ? `At least ${least}` : `${least} to ${most}`;
  return el("p", { class: "hint" }, text);
}

// The limit is shown and never enforced here: cutting a pasted text would lose what somebody wrote.
function drawText(field, id) {
  const tag = field.multiline ? "textarea" : "input";
  const node = el(tag, { id, type: field.multiline ? null : "text", placeholder: field.placeholder, rows: field.multiline ? 4 : null, autocomplete: "off" });
  node.value = field.value;
  const count = el("p", { class: "count", "aria-live": "polite" });
  const show = () => {
    const length = [...node.value].length;
    count.hidden = length < field.limit * 0.8;
    count.textContent = `${length.toLocaleString("en-GB")} of ${field.limit.toLocaleString("en-GB")}`;
    count.classList.toggle("over", length > field.limit);
  };
  node.addEventListener("input", show);
  show();
  return single(node, { below: count });
}

function drawChoice(field, id) {
  const short = field.options.length <= 5 && field.options.map((one) => one.label).join("").length <= 48;
  if (field.several || (field.required && short)) return drawPills(field, id);
  return drawSelect(field, id, field.options);
}

function drawSelect(field, id, options) {
  const blank = field.required && field.value ? null : el("option", { value: "" }, field.required ? "Choose…" : "–");
  const choices = options.map((one) => el("option", { value: one.value }, one.label));
  const select = el("select", { id }, blank, choices);
  select.value = field.value;
  return { ...single(select), node: el("div", { class: "select" }, select, icon("down")) };
}

// Where a form asks for a chair and nobody is named yet, whoever sits on it is proposed: "CIO" is the CIO.
function drawPerson(field, id, people) {
  const proposed = people.find((one) => field.required && one.role === field.label)?.account ?? "";
  const options = people.map((one) => ({ value: one.account, label: one.role ? `${one.name} · ${one.role}` : one.name }));
  return drawSelect({ ...field, value: field.value || proposed }, id, options);
}

function drawPills(field, id) {
  const chosen = [].concat(field.value);
  const type = field.several ? "checkbox" : "radio";
  const inputs = field.options.map((one) => el("input", { type, name: id, value: one.value, checked: chosen.includes(one.value) }));
  const pills = field.options.map((one, at) => el("label", { class: "pill" }, inputs[at], el("span", {}, one.label)));
  const node = el("div", { class: "pills", role: field.several ? "group" : "radiogroup", "aria-labelledby": `${id}-label` }, pills);
  const read = () => {
    const values = inputs.filter((one) => one.checked).map((one) => one.value);
    return field.several ? values : values[0] ?? "";
  };
  return { node, inputs, read, group: true };
}

function drawCheck(field, id) {
  const box = el("input", { id, type: "checkbox", checked: field.value === "yes" });
  const node = el("label", { class: "tick", for: id }, box, el("span", { class: "box" }, icon("tick")), el("span", {}, field.label));
  return { node, inputs: [box], read: () => (box.checked ? "yes" : "") };
}
