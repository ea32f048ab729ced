"""The inputs of an Adaptive Card in a dialog of Teams: each with its label, and with what is said where it stays empty."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import TypeAlias

from adapters.playground.mirror.nodes import Attributes, Children, Json, Node, el, only

LAID_OUT = (
    "spacing",
    "separator",
    "id",
    "isVisible",
    "height",
    "horizontalAlignment",
    "fallback",
    "requires",
    "grid.area",
)
"""What every element may have."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the elements of one card share: who is mentioned, whom a picker offers, by local id, and a count."""

    mentioned: frozenset[str] = frozenset()
    people: Mapping[str, str] = field(default_factory=dict)
    ids: "count[int]" = field(default_factory=count)


Drawing: TypeAlias = Callable[[Json, Sheet], Children]


_INPUT = ("label", "isRequired", "errorMessage", "value", "labelPosition", "inputStyle", *LAID_OUT)


def _input(known: Sequence[str], draw: Callable[[Json, Sheet], Children], *, grouped: bool = False) -> Drawing:
    def drawn(part: Json, sheet: Sheet) -> Node:
        only(part, *known, *_INPUT)
        return _field(part, draw(part, sheet), grouped=grouped or bool(part.get("isMultiSelect")))

    return drawn


def _field(part: Json, control: Children, *, grouped: bool) -> Node:
    needed = el("span", {"class": "tm-needed", "aria-hidden": "true"}, " *") if part.get("isRequired") else None
    missing = part.get("errorMessage") if part.get("isRequired") else None
    about: Attributes = {"class": "tm-field", "data-key": part["id"], "data-missing": missing}
    said = el("p", {"class": "tm-text tm-attention", "role": "alert", "data-error": True})
    if grouped:
        return el("fieldset", about, el("legend", "tm-label", part["label"], needed), control, said)
    return el("div", about, el("label", "tm-label", el("span", "", part["label"], needed), control), said)


def _line(kind: str) -> Callable[[Json, Sheet], Node]:
    def draw(part: Json, _: Sheet) -> Node:
        value, empty = str(part["value"]) if "value" in part else None, part.get("placeholder")
        mode, shown = ("decimal", "text") if kind == "number" else (None, kind)
        about = {"type": shown, "inputmode": mode, "autocomplete": "off", "value": value, "placeholder": empty}
        return el("input", about)

    return draw


def _text(part: Json, sheet: Sheet) -> Node:
    if part.get("isMultiline"):
        return el("textarea", {"rows": "4", "placeholder": part.get("placeholder")}, part.get("value", ""))
    return _line("text")(part, sheet)


def _choice_set(part: Json, sheet: Sheet) -> Children:
    chosen = str(part.get("value", "")).split(",") if part.get("isMultiSelect") else [str(part.get("value", ""))]
    pairs = [(choice["value"], choice["title"]) for choice in part["choices"]]
    if data := part.get("choices.data"):
        only(data, "dataset", "associatedInputs")
        pairs = list(sheet.people.items())
    if part.get("isMultiSelect") or part.get("style") == "expanded":
        kind = "checkbox" if part.get("isMultiSelect") else "radio"
        return [_choice(kind, part["id"], value, label, chosen) for value, label in pairs]
    options = [el("option", {"value": value, "selected": value in chosen}, label) for value, label in pairs]
    return el("select", "", el("option", {"value": ""}, part.get("placeholder", "Select")), options)


def _choice(kind: str, name: str, value: str, label: str, chosen: Sequence[str]) -> Node:
    box = el("input", {"type": kind, "name": name, "value": value, "checked": value in chosen})
    return el("label", "tm-choice", box, label)


def _toggle(part: Json, _: Sheet) -> Node:
    on = part.get("valueOn", "true")
    box = {
        "type": "checkbox",
        "value": on,
        "checked": part.get("value") == on,
        "data-off": part.get("valueOff", "false"),
    }
    return el("label", "tm-choice", el("input", box), part["title"])


ELEMENTS: Mapping[str, Drawing] = {
    "Input.Text": _input(("isMultiline", "maxLength", "placeholder", "style"), _text),
    "Input.Date": _input(("min", "max", "placeholder"), _line("date")),
    "Input.Time": _input(("min", "max", "placeholder"), _line("time")),
    "Input.Number": _input(("min", "max", "placeholder"), _line("number")),
    "Input.ChoiceSet": _input(
        ("choices", "choices.data", "isMultiSelect", "style", "wrap", "placeholder"), _choice_set
    ),
    "Input.Toggle": _input(("title", "valueOn", "valueOff", "wrap"), _toggle, grouped=True),
}
