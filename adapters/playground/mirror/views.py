"""Slack's modals: https://docs.slack.dev/surfaces/modals. What is typed in one goes back as Slack would send it.

Each control carries its `data-key`: the block, the action and the kind of element, of which `state` makes `view.state`.
"""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from adapters.playground.mirror import block_kit
from adapters.playground.mirror.block_kit import People, text
from adapters.playground.mirror.nodes import Attributes, Children, Json, Node, Strange, el, logo, only
from adapters.slack import forms
from adapters.slack.forms import Submitted

Typed: TypeAlias = Mapping[str, str | Sequence[str]]


def modal(view: Json, people: People, errors: Mapping[str, str]) -> Node:
    """An open view; `errors` are those that Slack shows beside the inputs, by block."""
    only(
        view, "callback_id", "title", "submit", "close", "private_metadata", "blocks", "external_id", "notify_on_close"
    )
    if view["type"] != "modal":
        raise Strange(f"no modal, but {view['type']}")
    title = text(view["title"], people)
    inputs = {"input": lambda block, who: _input(block, who, errors.get(block["block_id"], ""))}
    about: Attributes = {"class": "sl-modal", "novalidate": True, "aria-label": title}
    return el(
        "form",
        {**about, "data-by": "slack", "data-back": view["private_metadata"]},
        el("header", "", logo("sl-app"), el("h2", "", title), _leave()),
        el("div", "sl-body", block_kit.blocks(view["blocks"], people, inputs)),
        el("footer", "", _ends(view, people)),
    )


def _leave() -> Node:
    return el("button", {"type": "button", "class": "sl-close", "aria-label": "Close", "data-closes": True}, "✕")


def _ends(view: Json, people: People) -> list[Node]:
    close: Attributes = {"type": "button", "class": "sl-button", "data-closes": True}
    submit = {"type": "submit", "class": "sl-button primary"}
    ends = [el("button", close, text(view["close"], people))]
    return [*ends, el("button", submit, text(view["submit"], people))] if "submit" in view else ends


def _input(block: Json, people: People, error: str) -> Node:
    only(block, "block_id", "label", "element", "optional", "hint", "dispatch_action")
    part, label = block["element"], text(block["label"], people)
    key = f"{block['block_id']}|{part['action_id']}|{part['type']}"
    grouped, control = _control(part, people, key)
    optional = el("span", "sl-optional", " (optional)") if block.get("optional") else None
    hint = el("p", "sl-hint", text(block["hint"], people)) if "hint" in block else None
    missing = None if block.get("optional") else "Please complete this required field."
    about: Attributes = {"class": "sl-field", "data-key": key, "data-missing": missing}
    said = el("p", {"class": "sl-error", "role": "alert", "data-error": True}, error)
    if grouped:
        return el("fieldset", about, el("legend", "sl-label", label, optional), control, said, hint)
    return el("div", about, el("label", "sl-label", el("span", "", label, optional), control), said, hint)


def _control(part: Json, people: People, key: str) -> tuple[bool, Children]:  # noqa: PLR0911, one case an element
    """Whether it is a group of controls, and the control."""
    match part["type"]:
        case "plain_text_input":
            only(
                part,
                "action_id",
                "initial_value",
                "multiline",
                "max_length",
                "min_length",
                "placeholder",
                "focus_on_load",
            )
            return False, _text_input(part, people)
        case "number_input":
            only(part, "action_id", "is_decimal_allowed", "initial_value", "min_value", "max_value", "placeholder")
            return False, _line(part.get("initial_value"), inputmode="decimal")
        case "datepicker":
            only(part, "action_id", "initial_date", "placeholder")
            return False, _line(part.get("initial_date"), type="date")
        case "timepicker":
            only(part, "action_id", "initial_time", "placeholder", "timezone")
            return False, _line(part.get("initial_time"), type="time")
        case "users_select":
            only(part, "action_id", "initial_user", "placeholder")
            return False, _select(list(people.items()), part.get("initial_user", ""), "Select a user")
        case "static_select":
            only(part, "action_id", "options", "initial_option", "placeholder")
            return False, _select(
                _pairs(part, people), part.get("initial_option", {}).get("value", ""), "Select an option"
            )
        case "radio_buttons":
            only(part, "action_id", "options", "initial_option")
            return True, _boxes("radio", _pairs(part, people), [part.get("initial_option", {}).get("value")], key)
        case "checkboxes" | "multi_static_select":
            only(part, "action_id", "options", "initial_options", "placeholder", "max_selected_items")
            chosen = [option["value"] for option in part.get("initial_options", ())]
            return True, _boxes("checkbox", _pairs(part, people), chosen, key)
        case other:
            raise Strange(f"a modal has no input {other}")


def _text_input(part: Json, people: People) -> Node:
    empty = text(part["placeholder"], people) if "placeholder" in part else None
    if part.get("multiline"):
        return el("textarea", {"rows": "4", "placeholder": empty}, part.get("initial_value", ""))
    return _line(part.get("initial_value"), placeholder=empty)


def _line(value: str | None, **attributes: str | None) -> Node:
    return el("input", {"type": "text", "autocomplete": "off", "value": value, **attributes})


def _select(pairs: Sequence[tuple[str, str]], chosen: str, empty: str) -> Node:
    options = [el("option", {"value": value, "selected": value == chosen}, label) for value, label in pairs]
    return el("select", "", el("option", {"value": ""}, empty), options)


def _pairs(part: Json, people: People) -> list[tuple[str, str]]:
    return [(option["value"], text(option["text"], people)) for option in part["options"]]


def _boxes(kind: str, pairs: Sequence[tuple[str, str]], chosen: Sequence[str | None], key: str) -> list[Node]:
    return [
        el(
            "label",
            "sl-choice",
            el("input", {"type": kind, "name": key, "value": value, "checked": value in chosen}),
            label,
        )
        for value, label in pairs
    ]


def submitted(metadata: str, typed: Typed, team: str) -> Submitted:
    """What stood in the controls, by their keys, read back as a `view_submission` is."""
    values: dict[str, Json] = {}
    for key, value in typed.items():
        block, action, kind = key.rsplit("|", 2)
        values.setdefault(block, {})[action] = {"type": kind, **_typed(kind, value)}
    return forms.submitted({"private_metadata": metadata, "state": {"values": values}}, team)


def _typed(kind: str, value: str | Sequence[str]) -> Json:
    one = value if isinstance(value, str) else ""
    match kind:
        case "datepicker":
            return {"selected_date": one or None}
        case "timepicker":
            return {"selected_time": one or None}
        case "users_select":
            return {"selected_user": one or None}
        case "static_select" | "radio_buttons":
            return {"selected_option": {"value": one} if one else None}
        case "checkboxes" | "multi_static_select":
            return {"selected_options": [{"value": each} for each in ([one] if one else value)]}
        case _:
            return {"value": one or None}
