"""An open modal in Slack's hands: what stands in it, what is wrong with it, and `view.state` when it is submitted."""

import re
from collections.abc import Iterator
from typing import Any

from tests.doubles import slack_blocks
from tests.doubles.slack_api import TEAM, Json


def standing(view: Json) -> Iterator[tuple[str, Any]]:
    """What stands in each field; the boxes of a long text are one field."""
    joined: dict[str, Any] = {}
    for block in view["blocks"]:
        if block["type"] == "input":
            name, more, _ = block["block_id"].partition("~")
            value = _initial(block["element"])
            joined[name] = joined[name] + value if more else value
    yield from joined.items()


def _initial(element: Json) -> Any:
    match element["type"]:
        case "users_select":
            return f"slack:{TEAM}/{element['initial_user']}" if "initial_user" in element else ""
        case "checkboxes" | "multi_static_select":
            chosen = tuple(option["value"] for option in element.get("initial_options", ()))
            return bool(chosen) if element["action_id"] == "check" else chosen
        case "static_select" | "radio_buttons":
            return element.get("initial_option", {}).get("value", "")
        case _:
            return element.get("initial_value") or element.get("initial_date") or element.get("initial_time") or ""


def state(view: Json, fields: dict[str, Any]) -> Iterator[tuple[str, Json]]:
    """`view.state.values` as Slack sends it when the form is filled like that."""
    for block in view["blocks"]:
        if block["type"] != "input":
            continue
        name, _, box = block["block_id"].partition("~")
        element, value = block["element"], fields[name]
        if element["type"] == "plain_text_input":
            start = (int(box or 1) - 1) * 3000
            value = value[start : start + 3000]
            assert len(value) <= element["max_length"], f"Slack lets nobody type {len(value)} characters into {name}"
        assert value or block["optional"] or value is False, f"Slack insists on {name}"
        yield block["block_id"], {element["action_id"]: {"type": element["type"], **_typed(element, value)}}


def _typed(element: Json, value: Any) -> Json:
    match element["type"]:
        case "users_select":
            return {"selected_user": value.rpartition("/")[2] or None}
        case "datepicker":
            return {"selected_date": value or None}
        case "timepicker":
            return {"selected_time": value or None}
        case "static_select" | "radio_buttons":
            return {"selected_option": _option(element, value) if value else None}
        case "checkboxes" if element["action_id"] == "check":
            return {"selected_options": element["options"] if value in (True, "yes") else []}
        case "checkboxes" | "multi_static_select":
            return {"selected_options": [_option(element, one) for one in value]}
        case _:
            return {"value": str(value) or None}


def _option(element: Json, value: str) -> Json:
    return next(option for option in element["options"] if option["value"] == value)


def complaints(view: Json) -> Iterator[tuple[str, str]]:
    """Errors of a view that was drawn again stand above the field, after its label; one of the whole form at the top."""
    blocks = view["blocks"]
    for at, block in enumerate(blocks):
        said = slack_blocks.read([block]) if block["type"] == "rich_text" else ""
        if not said.startswith("⚠ "):
            continue
        below = next((b for b in blocks[at:] if b["type"] == "input"), None)
        label = slack_blocks.shown(below["label"], str) if below else ""
        beside = re.fullmatch(re.escape(f"⚠ {label}: ") + r"(.*)", said, re.DOTALL)
        yield (below["block_id"], beside[1]) if below and beside else ("", said.removeprefix("⚠ "))
