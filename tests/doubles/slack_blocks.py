"""Block Kit as Slack accepts it: the documented limits, checked, and blocks read back as a person sees them.

Written from https://docs.slack.dev/reference/block-kit and not from the adapter, so that the two can disagree. What a block
may hold is a table of checks by type; `problems` lists everything that Slack would answer `invalid_blocks` to.
"""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

Block = dict[str, Any]
Problems = Iterator[str]

MESSAGE = "message"
MODAL = "modal"
_TOO_LONG = 13_200  # measured by others: slackapi/bolt-js issues 2509 and 2867


def problems(blocks: list[Block], surface: str = MESSAGE) -> list[str]:
    """Why Slack would reject these blocks."""
    return [*_all(blocks, surface)]


def too_long(blocks: list[Block]) -> bool:
    """`msg_blocks_too_long`."""
    return len(json.dumps(blocks, ensure_ascii=False)) > _TOO_LONG


def said(text: str) -> str:
    """A message's `text` as it is read aloud. chat.update refuses one of over 4,000 bytes (`msg_too_long`)."""
    assert 0 < len(text.encode()) <= 4000, f"a text of {len(text.encode())} bytes"
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def name_of(element: Block) -> str:
    """What a screen reader says of a button."""
    return str(element.get("accessibility_label") or label(element))


def _all(blocks: list[Block], surface: str) -> Problems:
    if len(blocks) > (50 if surface == MESSAGE else 100):
        yield f"{len(blocks)} blocks"
    ids = [block["block_id"] for block in blocks if "block_id" in block]
    if len(ids) != len(set(ids)):
        yield "a block_id twice"
    actions = [element.get("action_id") for element in _elements_of(blocks) if "action_id" in element]
    if len(actions) != len(set(actions)):
        yield "an action_id twice"
    kinds = [block.get("type") for block in blocks]
    if kinds.count("table") > 1:
        yield "only_one_table_allowed"
    if kinds.count("data_visualization") > 2:
        yield "more than two charts"
    for block in blocks:
        check = _BLOCKS.get(str(block.get("type")))
        if check is None or (block["type"] == "input") != (surface == MODAL and block["type"] == "input"):
            yield f"no such block in a {surface}: {block.get('type')}"
        else:
            yield from (f"{block['type']}: {problem}" for problem in check(block))


def _text(value: Any, limit: int, *, kinds: tuple[str, ...] = ("plain_text",)) -> Problems:
    if not isinstance(value, dict) or value.get("type") not in kinds or not isinstance(value.get("text"), str):
        yield f"no text object: {value}"
        return
    if not 1 <= len(value["text"]) <= limit:
        yield f"{len(value['text'])} characters, at most {limit}"
    if not is_seen(value["text"]):
        yield "a text of which nothing can be seen"
    if value["type"] == "mrkdwn" and "emoji" in value:
        yield "emoji in mrkdwn"
    if re.search(r"&(?!amp;|lt;|gt;)|<(?![@#!]|https?:|mailto:)", value["text"]):
        yield f"not escaped: {value['text'][:60]}"


_VISIBLE = "[^\\s\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]"
_ANY = ("plain_text", "mrkdwn")


def is_seen(text: str) -> bool:
    """Is there anything to be seen of it?"""
    return bool(re.search(_VISIBLE, text))


def _section(block: Block) -> Problems:
    if "text" in block:
        yield from _text(block["text"], 3000, kinds=_ANY)
    elif not block.get("fields"):
        yield "neither text nor fields"
    if len(block.get("fields", [])) > 10:
        yield "more than ten fields"
    for field in block.get("fields", []):
        yield from _text(field, 2000, kinds=_ANY)
    if "accessory" in block:
        yield from _element(block["accessory"])


def _header(block: Block) -> Problems:
    yield from _text(block.get("text"), 150)


def _context(block: Block) -> Problems:
    if not 1 <= len(block.get("elements", [])) <= 10:
        yield "one to ten elements"
    for element in block.get("elements", []):
        yield from _text(element, 2000, kinds=_ANY)


def _actions(block: Block) -> Problems:
    elements = block.get("elements", [])
    if not 1 <= len(elements) <= 25:
        yield "1 to 25 elements"
    for element in elements:
        yield from _element(element)


def _element(element: Block) -> Problems:
    if not 1 <= len(element.get("action_id", "")) <= 255:
        yield "action_id of 1 to 255 characters"
    check = _ELEMENTS.get(element.get("type", ""))
    if check is None:
        yield f"no such element: {element.get('type')}"
    else:
        yield from check(element)


def _button(element: Block) -> Problems:
    yield from _text(element.get("text"), 75)
    if len(element.get("value", "")) > 2000:
        yield "a value over 2,000 characters"
    if len(element.get("url", "")) > 3000:
        yield "a url over 3,000 characters"
    if element.get("style", "primary") not in ("primary", "danger"):
        yield "a style that is none"
    if not 1 <= len(element.get("accessibility_label", "x")) <= 75:
        yield "an accessibility_label of 1 to 75 characters"
    if "confirm" in element:
        asked = element["confirm"]
        for name, limit in (("title", 100), ("text", 300), ("confirm", 30), ("deny", 30)):
            yield from _text(asked.get(name), limit)


def _input(block: Block) -> Problems:
    yield from _text(block.get("label"), 2000)
    if "hint" in block:
        yield from _text(block["hint"], 2000)
    if not 1 <= len(block.get("block_id", "x")) <= 255:
        yield "block_id of 1 to 255 characters"
    yield from _element(block.get("element", {}))


def _plain_text_input(element: Block) -> Problems:
    most = element.get("max_length", 3000)
    if not 1 <= most <= 3000:
        yield f"max_length {most}"
    if len(element.get("initial_value", "")) > most:
        yield "an initial value over max_length"
    if "placeholder" in element:
        yield from _text(element["placeholder"], 150)


def _number_input(element: Block) -> Problems:
    if "is_decimal_allowed" not in element:
        yield "is_decimal_allowed missing"
    for name in ("initial_value", "min_value", "max_value"):
        if not re.fullmatch(r"-?\d+(\.\d+)?", element.get(name, "0")):
            yield f"{name} is no number in text"


def _datepicker(element: Block) -> Problems:
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", element.get("initial_date", "2000-01-01")):
        yield "initial_date"


def _timepicker(element: Block) -> Problems:
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", element.get("initial_time", "00:00")):
        yield "initial_time"


def _options(most: int) -> Callable[[Block], Problems]:
    def check(element: Block) -> Problems:
        options = element.get("options", [])
        if not 1 <= len(options) <= most:
            yield f"1 to {most} options"
        for option in options:
            yield from _text(option.get("text"), 75, kinds=_ANY)
            if not 1 <= len(option.get("value", "")) <= 150:
                yield "an option's value of 1 to 150 characters"
        chosen = [*element.get("initial_options", []), *filter(None, [element.get("initial_option")])]
        if any(option not in options for option in chosen) or element.get("initial_options") == []:
            yield "an initial option that is none"

    return check


def _overflow(element: Block) -> Problems:
    """https://docs.slack.dev/reference/block-kit/block-elements/overflow-menu-element and …/option-object."""
    options = element.get("options", [])
    if not 2 <= len(options) <= 5:
        yield f"{len(options)} options in a menu of 2 to 5"
    for option in options:
        yield from _text(option.get("text"), 75)
        if not 1 <= len(option.get("value", "")) <= 150:
            yield "an option's value of 1 to 150 characters"
        if unknown := option.keys() - {"text", "value", "description", "url"}:
            yield f"an option has no {sorted(unknown)}"
    if len({option.get("value") for option in options}) < len(options):
        yield "two options of one value"
    if unknown := element.keys() - {"type", "action_id", "options", "confirm"}:
        yield f"a menu has no {sorted(unknown)}"


def _users_select(element: Block) -> Problems:
    if not re.fullmatch(r"[UW]\w+", element.get("initial_user", "U1")):
        yield "initial_user"


def _rich_text(block: Block) -> Problems:
    for part in block.get("elements", [{}]):
        match part.get("type"):
            case "rich_text_list":
                if part.get("style") not in ("bullet", "ordered") or part.get("offset", 0) < 0:
                    yield "a list's style"
                yield from _rich_text({"elements": part["elements"]})
            case "rich_text_preformatted" if any(run["type"] not in ("text", "link") for run in part["elements"]):
                yield "verbatim text of more than text and links"
            case "rich_text_section" | "rich_text_preformatted" | "rich_text_quote":
                yield from (problem for run in part["elements"] for problem in _run(run))
            case other:
                yield f"no such rich text: {other}"


def _run(run: Block) -> Problems:
    if run.get("type") not in ("text", "link", "user"):
        yield f"no such run: {run.get('type')}"
    if run.get("type") == "text" and not run.get("text"):
        yield "an empty run"
    if run.get("type") == "link" and not run.get("url"):
        yield "a link to nowhere"


def _table(block: Block) -> Problems:
    rows = block.get("rows", [])
    if not 1 <= len(rows) <= 100 or any(not 1 <= len(row) <= 20 for row in rows):
        yield "100 rows of 20 cells"
    if any(
        cell.get("type") not in ("raw_text", "rich_text", "raw_number") or not cell.get("text")
        for row in rows
        for cell in row
    ):
        yield "a cell"
    if sum(len(cell.get("text", "")) for row in rows for cell in row) > 10_000:
        yield "over 10,000 characters"
    if len(block.get("column_settings", [])) > 20:
        yield "more than 20 column settings"


def _data_visualization(block: Block) -> Problems:
    chart = block.get("chart", {})
    if not 1 <= len(block.get("title", "")) <= 50:
        yield "a title of 1 to 50 characters"
    if chart.get("type") == "pie":
        segments = chart.get("segments", [])
        if not 1 <= len(segments) <= 6 or any(point["value"] <= 0 for point in segments):
            yield "one to six segments"
        yield from _points(segments)
        return
    categories = chart.get("axis_config", {}).get("categories", [])
    if chart.get("type") not in ("line", "bar", "area") or not 1 <= len(chart.get("series", [])) <= 6:
        yield "one to six series of a line, bar or area chart"
    if not 1 <= len(categories) <= 20:
        yield "1 to 20 categories"
    for series in chart.get("series", []):
        if not 1 <= len(series["name"]) <= 20 or [point["label"] for point in series["data"]] != categories:
            yield "a series' name, or labels that are not the categories"
        yield from _points(series["data"])


def _points(points: list[Block]) -> Problems:
    if any(not 1 <= len(point["label"]) <= 20 for point in points):
        yield "a label of 1 to 20 characters"


def _nothing(_: Block) -> Problems:
    yield from ()


_BLOCKS: dict[str, Callable[[Block], Problems]] = {
    "section": _section,
    "header": _header,
    "context": _context,
    "actions": _actions,
    "divider": _nothing,
    "input": _input,
    "rich_text": _rich_text,
    "table": _table,
    "data_visualization": _data_visualization,
}
_ELEMENTS: dict[str, Callable[[Block], Problems]] = {
    "button": _button,
    "overflow": _overflow,
    "plain_text_input": _plain_text_input,
    "number_input": _number_input,
    "datepicker": _datepicker,
    "timepicker": _timepicker,
    "users_select": _users_select,
    "static_select": _options(100),
    "multi_static_select": _options(100),
    "checkboxes": _options(10),
    "radio_buttons": _options(10),
}


def view_problems(view: Block) -> list[str]:
    """Why Slack would reject a view."""
    found = [*problems(view.get("blocks", []), MODAL), *_text(view.get("title"), 24)]
    if view.get("type") != "modal":
        found.append("no modal")
    for name in ("submit", "close"):
        found += _text(view[name], 24) if name in view else []
    for name in ("callback_id", "external_id"):
        found += [f"{name} over 255 characters"] if len(view.get(name, "")) > 255 else []
    if len(view.get("private_metadata", "")) > 3000:
        found.append("private_metadata over 3,000 characters")
    if any(block["type"] == "input" for block in view.get("blocks", [])) and "submit" not in view:
        found.append("inputs and no submit")
    return found


# ── as a person sees it ─────────────────────────────────────────────────────────────────────────────────────────────────


def read(blocks: list[Block], name_of: Callable[[str], str] = lambda user: user) -> str:
    """Everything that can be read, a line a block or item, without the buttons."""
    return "\n".join(line for block in blocks for line in [_read(block, name_of)] if line)


def _read(block: Block, name_of: Callable[[str], str]) -> str:
    match block["type"]:
        case "header":
            return shown(block["text"], name_of)
        case "section":
            return "\n".join(shown(t, name_of) for t in [*filter(None, [block.get("text")]), *block.get("fields", [])])
        case "context":
            return "\n".join(shown(element, name_of) for element in block["elements"])
        case "rich_text":
            return "\n".join(_read_rich(part) for part in block["elements"])
        case "table":
            return "\n".join(" | ".join(cell["text"].strip("\u00a0") for cell in row) for row in block["rows"])
        case "data_visualization":
            return str(block["title"])
        case "input":
            element = block["element"]
            options = [shown(option["text"], name_of) for option in element.get("options", ())]
            hint = [shown(block["hint"], name_of)] if "hint" in block else []
            return "\n".join([shown(block["label"], name_of), *options, *hint])
        case _:
            return ""


def shown(text: Block, name_of: Callable[[str], str]) -> str:
    mentioned = re.sub(r"<@(\w+)>", lambda match: f"@{name_of(match[1])}", text["text"])
    return mentioned.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _read_rich(part: Block) -> str:
    if part["type"] == "rich_text_list":
        first = part.get("offset", 0) + 1
        marks = [f"{first + at}. " if part["style"] == "ordered" else "• " for at in range(len(part["elements"]))]
        return "\n".join(
            mark + _read_rich(line).replace("\n", " ") for mark, line in zip(marks, part["elements"], strict=True)
        )
    return "".join(run.get("text") or run.get("url", "") for run in part["elements"])


def buttons(blocks: list[Block]) -> list[Block]:
    """Every button and every option of a menu, in reading order, each as it stands in the payload of a press on it."""
    return [pressed for element in _elements_of(blocks) for pressed in _pressable(element)]


def _elements_of(blocks: list[Block]) -> list[Block]:
    """What stands in the blocks or beside them; an input's element is named by its block."""
    inside = [element for block in blocks for element in [*block.get("elements", []), block.get("accessory")]]
    return [element for element in inside if element]


def _pressable(element: Block) -> Iterator[Block]:
    match element["type"]:
        case "button":
            yield element
        case "overflow":
            for option in element["options"]:
                yield {"type": "overflow", "action_id": element["action_id"], "selected_option": option}


def label(button: Block) -> str:
    """What stands on a button, or on the chosen option."""
    return shown(button.get("text") or button["selected_option"]["text"], str)
