"""Block Kit as Slack draws it: the blocks of a message or a view, and the buttons and menus in them.

Drawn from the JSON that goes to Slack, after https://docs.slack.dev/reference/block-kit. A block, an element or a property
that is not known here is `Strange`.
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import zip_longest
from typing import TypeAlias

from adapters.playground.mirror import plots
from adapters.playground.mirror.nodes import Attributes, Child, Json, Node, Strange, classes, el, only, web_address
from adapters.slack import buttons
from adapters.slack.texts import readable

People: TypeAlias = Mapping[str, str]
"""Their names, by their local ids."""

Drawing: TypeAlias = Callable[[Json, People], Node]


def blocks(listed: Sequence[Json], people: People, more: Mapping[str, Drawing] | None = None) -> list[Node]:
    """Each in order; `more` are the kinds of block that this surface has besides."""
    return [_known({**_BLOCKS, **(more or {})}, block)(block, people) for block in listed]


def _known(drawings: Mapping[str, Drawing], part: Json) -> Drawing:
    kind = str(part.get("type"))
    if kind not in drawings:
        raise Strange(f"Block Kit has no {kind} here")
    return drawings[kind]


def text(value: Json, people: People) -> str:
    """A text object in full: our own names for people stand in `mrkdwn`, and nothing else does."""
    only(value, "text", "emoji", "verbatim")
    if value["type"] not in ("plain_text", "mrkdwn"):
        raise Strange(f"a text of {value['type']}")
    return readable(value["text"], lambda user: people.get(user, user))


def _text(value: Json, people: People, css: str) -> Node:
    """People who are mentioned stand out."""
    if value["type"] == "plain_text":
        return el("p", css, text(value, people))
    only(value, "text", "verbatim")
    words = [text({**value, "text": word}, people) for word in value["text"].split(" ")]
    named = [el("span", "sl-mention", word) if word.startswith("@") else word for word in words]
    return el("p", css, [part for word in named for part in (word, " ")][:-1])


# ── blocks ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _header(block: Json, people: People) -> Node:
    only(block, "text", "block_id", "level")
    return el("h3", "sl-header", text(block["text"], people))


def _section(block: Json, people: People) -> Node:
    only(block, "text", "fields", "accessory", "block_id", "expand")
    said = _text(block["text"], people, "sl-text") if "text" in block else None
    fields = [_text(field, people, "sl-text") for field in block.get("fields", ())]
    beside = [element(block["accessory"], people)] if "accessory" in block else []
    words = el("div", "sl-words", said, el("div", "sl-fields", fields) if fields else None)
    return el("div", "sl-section", words, *beside)


def _context(block: Json, people: People) -> Node:
    only(block, "elements", "block_id")
    return el("div", "sl-context", [_text(one, people, "sl-text") for one in block["elements"]])


def _divider(block: Json, _: People) -> Node:
    only(block, "block_id")
    return el("hr", "sl-divider")


def _actions(block: Json, people: People) -> Node:
    only(block, "elements", "block_id")
    return el("div", "sl-actions", [element(one, people) for one in block["elements"]])


def _rich_text(block: Json, people: People) -> Node:
    only(block, "elements", "block_id")
    return el("div", "sl-rich", [_rich(part, people) for part in block["elements"]])


def _rich(part: Json, people: People) -> Node:
    match part["type"]:
        case "rich_text_section":
            only(part, "elements")
            return el("p", "sl-text", [_run(run, people) for run in part["elements"]])
        case "rich_text_list":
            only(part, "elements", "style", "offset", "indent", "border")
            tag, start = ("ol", str(part.get("offset", 0) + 1)) if part["style"] == "ordered" else ("ul", None)
            lines = [el("li", "", [_run(run, people) for run in line["elements"]]) for line in part["elements"]]
            return el(tag, {"start": start, "class": "sl-list"}, lines)
        case "rich_text_preformatted":
            only(part, "elements", "border", "language")
            return el("pre", "sl-pre", [_run(run, people) for run in part["elements"]])
        case "rich_text_quote":
            only(part, "elements", "border")
            return el("blockquote", "sl-quote", [_run(run, people) for run in part["elements"]])
        case other:
            raise Strange(f"rich text has no {other}")


def _run(run: Json, people: People) -> Child:
    style = run.get("style", {})
    only(style, "bold", "italic", "strike", "code", "underline")
    css = classes(*(f"sl-{name}" for name, on in style.items() if on))
    match run["type"]:
        case "text":
            only(run, "text", "style")
            return el("span", css, run["text"]) if css else run["text"]
        case "link":
            only(run, "url", "text", "style", "unsafe")
            shown = run.get("text") or run["url"]
            return el("a", {"class": classes("sl-link", css), **_leads(run["url"])}, shown)
        case "user":
            only(run, "user_id", "style")
            return el("span", "sl-mention", f"@{people.get(run['user_id'], run['user_id'])}")
        case other:
            raise Strange(f"rich text has no run {other}")


def _leads(url: str) -> Attributes:
    return {"href": web_address(url), "target": "_blank", "rel": "noopener noreferrer"}


def _table(block: Json, people: People) -> Node:
    """The first row is its heading."""
    only(block, "rows", "column_settings", "block_id")
    settings = block.get("column_settings", ())
    head, *rows = [
        [_cell(cell, setting or {}, people) for cell, setting in zip_longest(row, settings[: len(row)])]
        for row in block["rows"]
    ]
    heads = [el("th", {"scope": "col", **attributes}, children) for _, attributes, children in head]
    body = [el("tr", "", cells) for cells in rows]
    return el("div", "sl-scroll", el("table", "sl-table", el("thead", "", el("tr", "", heads)), el("tbody", "", body)))


def _cell(cell: Json, setting: Json, people: People) -> Node:
    only(setting, "align", "is_wrapped")
    css = classes(f"sl-{setting.get('align', 'left')}", "sl-wrapped" if setting.get("is_wrapped") else "sl-line")
    match cell["type"]:
        case "raw_text" | "raw_number":
            only(cell, "text", "value")
            return el("td", css, cell["text"])
        case "rich_text":
            return el("td", css, [_rich(part, people) for part in cell["elements"]])
        case other:
            raise Strange(f"a table has no {other}")


def _data_visualization(block: Json, _: People) -> Node:
    only(block, "title", "chart", "block_id")
    chart = block["chart"]
    if chart["type"] == "pie":
        only(chart, "segments")
        points = chart["segments"]
        series = [("", [point["value"] for point in points])]
        categories = [point["label"] for point in points]
    elif chart["type"] in ("line", "bar", "area"):
        only(chart, "series", "axis_config")
        only(chart["axis_config"], "categories", "x_label", "y_label")
        categories = chart["axis_config"]["categories"]
        series = [(one["name"], _values(one["data"], categories)) for one in chart["series"]]
    else:
        raise Strange(f"no chart is {chart['type']}")
    plot = plots.Plot(kind=chart["type"], categories=categories, series=series, title=block["title"])
    return el("figure", "sl-chart", el("figcaption", "", block["title"]), plots.drawn(plot, "sl-plot"))


def _values(points: Sequence[Json], categories: Sequence[str]) -> list[float | None]:
    known = {point["label"]: point["value"] for point in points}
    return [known.get(category) for category in categories]


# ── elements ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def element(part: Json, people: People) -> list[Node]:
    """A button or a menu; behind it what it opens: a question, or its options."""
    match part["type"]:
        case "button" if "url" in part:
            only(part, "text", "action_id", "url", "style", "accessibility_label")
            return [el("a", {"class": _look(part), **_leads(part["url"])}, text(part["text"], people))]
        case "button":
            return _button(part, people)
        case "overflow":
            return _overflow(part, people)
        case other:
            raise Strange(f"Block Kit has no element {other} here")


def _look(part: Json) -> str:
    return classes("sl-button", part.get("style"))


def _button(part: Json, people: People) -> list[Node]:
    only(part, "text", "action_id", "value", "style", "confirm", "accessibility_label")
    attributes: Attributes = {"type": "button", "aria-label": part.get("accessibility_label")}
    label = text(part["text"], people)
    if "confirm" in part:
        opener = el("button", {**attributes, "class": _look(part), "data-asks": True}, label)
        return [opener, _question(part["confirm"], part, people)]
    return [el("button", {**attributes, "class": _look(part), **pressed(part)}, label)]


def pressed(part: Json) -> dict[str, str]:
    """What Slack would send back of it, read as we read it."""
    action, value = buttons.pressed(part)
    return {"data-action": action, "data-value": value}


def _question(confirm: Json, part: Json, people: People) -> Node:
    """https://docs.slack.dev/reference/block-kit/composition-objects/confirmation-dialog-object"""
    only(confirm, "title", "text", "confirm", "deny", "style")
    danger = confirm.get("style") == "danger"
    deny = el("button", {"type": "button", "class": "sl-button", "data-closes": True}, text(confirm["deny"], people))
    agree = {"type": "button", "class": classes("sl-button", "danger" if danger else "primary"), **pressed(part)}
    title = text(confirm["title"], people)
    return el("dialog", {"class": "sl-modal sl-question", "aria-label": title},
        el("header", "", el("h2", "", title)),
        el("div", "sl-body", _text(confirm["text"], people, "sl-text")),
        el("footer", "", deny, el("button", agree, text(confirm["confirm"], people))),
    )  # fmt: skip


def _overflow(part: Json, people: People) -> list[Node]:
    only(part, "action_id", "options", "confirm", "accessibility_label")
    if "confirm" in part:
        raise Strange("a menu that asks first")
    label = part.get("accessibility_label", "More")
    opener = {"type": "button", "class": "sl-button sl-more", "aria-label": label, "data-menu": True}
    return [el("button", opener, "⋯"), el("div", {"class": "sl-menu", "popover": "auto"}, _options(part, people))]


def _options(part: Json, people: People) -> list[Node]:
    drawn = []
    for option in part["options"]:
        only(option, "text", "value")
        back = pressed({"type": "overflow", "action_id": part["action_id"], "selected_option": option})
        drawn.append(el("button", {"type": "button", **back}, text(option["text"], people)))
    return drawn


_BLOCKS: Mapping[str, Drawing] = {
    "header": _header,
    "section": _section,
    "context": _context,
    "divider": _divider,
    "actions": _actions,
    "rich_text": _rich_text,
    "table": _table,
    "data_visualization": _data_visualization,
}
