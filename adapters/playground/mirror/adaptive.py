"""Adaptive Cards as Teams draws them, from the JSON that goes to Teams (https://adaptivecards.microsoft.com).

An element, an action or a property that is not known here is `Strange`. Buttons carry what comes back from them, read by the
way that reads it.
"""

from collections.abc import Mapping, Sequence

from adapters.playground.mirror import charts, inputs, markdown
from adapters.playground.mirror.inputs import LAID_OUT, Drawing, Sheet
from adapters.playground.mirror.nodes import Attributes, Json, Node, Strange, classes, el, only, web_address
from adapters.teams.forms import OURS


def card(content: Json, people: Mapping[str, str]) -> Node:
    """A whole card, without what stands around it."""
    only(
        content,
        "$schema",
        "version",
        "body",
        "actions",
        "fallbackText",
        "msteams",
        "speak",
        "lang",
        "refresh",
        "metadata",
    )
    if content["type"] != "AdaptiveCard" or content["version"] != "1.5":
        raise Strange(f"{content['type']} {content['version']}")
    sheet = Sheet(mentioned=_mentioned(content.get("msteams", {})), people=people)
    return el("div", "tm-card", elements(content["body"], sheet), _actions(content.get("actions", ()), sheet))


def _mentioned(teams: Json) -> frozenset[str]:
    only(teams, "width", "entities")
    return frozenset(entity["mentioned"]["name"] for entity in teams.get("entities", ()) if entity["type"] == "mention")


def elements(listed: Sequence[Json], sheet: Sheet) -> list[Node]:
    """Each in order, as far from the one before as it asks to be."""
    return [_placed(part, sheet) for part in listed]


def _placed(part: Json, sheet: Sheet) -> Node:
    drawing = _ELEMENTS.get(str(part.get("type")))
    if drawing is None:
        raise Strange(f"no element is {part.get('type')}")
    css = classes(
        "tm-part",
        f"tm-space-{part['spacing'].lower()}" if "spacing" in part else None,
        "tm-line" if part.get("separator") else None,
        f"tm-{part['horizontalAlignment'].lower()}" if "horizontalAlignment" in part else None,
    )
    hidden = part.get("isVisible") is False
    return el("div", {"class": css, "data-id": part.get("id"), "hidden": hidden}, drawing(part, sheet))


# ── what is read ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _text_block(part: Json, sheet: Sheet) -> Node:
    only(part, "text", "wrap", "weight", "size", "isSubtle", "color", "style", "fontType", "maxLines", *LAID_OUT)
    if not part.get("wrap"):
        raise Strange(f"text that is cut: {part['text'][:40]!r}")
    tag = "h3" if part.get("style") == "heading" else "p"
    return el(tag, _type(part), markdown.runs(part["text"], sheet.mentioned))


def _type(part: Json) -> str:
    looks = [f"tm-{part[name].lower()}" for name in ("size", "weight", "color", "fontType") if name in part]
    return classes("tm-text", *looks, "tm-subtle" if part.get("isSubtle") else None)


def _rich_text_block(part: Json, _: Sheet) -> Node:
    only(part, "inlines", *LAID_OUT)
    return el("p", "tm-text tm-rich", [_text_run(run) for run in part["inlines"]])


def _text_run(run: Json) -> Node:
    """It knows no Markdown."""
    only(run, "text", "size", "weight", "color", "isSubtle", "fontType", "italic", "strikethrough", "highlight")
    if run["type"] != "TextRun":
        raise Strange(f"no run is {run['type']}")
    return el("span", _type(run).replace("tm-text", "tm-run"), run["text"])


def _fact_set(part: Json, sheet: Sheet) -> Node:
    only(part, "facts", *LAID_OUT)
    pairs = []
    for fact in part["facts"]:
        only(fact, "title", "value")
        pairs.append(
            el("div", "", el("dt", "", markdown.runs(fact["title"])), el("dd", "", markdown.runs(fact["value"])))
        )
    return el("dl", "tm-facts", pairs)


def _table(part: Json, sheet: Sheet) -> Node:
    only(part, "columns", "rows", "firstRowAsHeader", "firstRowAsHeaders", "showGridLines", "gridStyle",
         "horizontalCellContentAlignment", "verticalCellContentAlignment", *LAID_OUT)  # fmt: skip
    first, *rest = [_row(row, sheet) for row in part["rows"]]
    headed = part.get("firstRowAsHeader", part.get("firstRowAsHeaders", True))
    head = [("th", {"scope": "col", **attributes}, children) for _, attributes, children in first] if headed else first
    widths = [el("col", {"class": f"tm-wide-{column.get('width', 1)}"}) for column in part["columns"]]
    body = el("tbody", "", [el("tr", "", row) for row in rest])
    css = classes("tm-table", "tm-bare" if part.get("showGridLines") is False else None)
    return el(
        "div", "tm-scroll", el("table", css, el("colgroup", "", widths), el("thead", "", el("tr", "", head)), body)
    )


def _row(row: Json, sheet: Sheet) -> list[Node]:
    only(row, "cells", "style")
    return [_cell(cell, sheet) for cell in row["cells"]]


def _cell(cell: Json, sheet: Sheet) -> Node:
    only(cell, "items", "style", "verticalContentAlignment")
    return el("td", f"tm-on-{cell['style']}" if "style" in cell else "", elements(cell["items"], sheet))


def _container(part: Json, sheet: Sheet) -> Node:
    only(part, "items", "style", "selectAction", "bleed", "verticalContentAlignment", "rtl", *LAID_OUT)
    css = classes("tm-container", f"tm-on-{part['style']}" if "style" in part else None)
    inside = elements(part["items"], sheet)
    if "selectAction" not in part:
        return el("div", css, inside)
    action = part["selectAction"]
    only(action, "title", "url", "tooltip")
    if action["type"] != "Action.OpenUrl":
        raise Strange(f"a container that does {action['type']}")
    about = {"class": "tm-select", "href": web_address(action["url"]), "target": "_blank", "rel": "noopener noreferrer"}
    return el("a", {**about, "aria-label": action.get("title")}, inside)


def _column_set(part: Json, sheet: Sheet) -> Node:
    only(part, "columns", "style", "bleed", *LAID_OUT)
    return el("div", "tm-columns", [_column(column, sheet) for column in part["columns"]])


def _column(part: Json, sheet: Sheet) -> Node:
    only(part, "items", "width", "style", "verticalContentAlignment", *LAID_OUT)
    return el("div", classes("tm-column", f"tm-{part.get('width', 'stretch')}"), elements(part["items"], sheet))


# ── what is pressed ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _action_set(part: Json, sheet: Sheet) -> list[Node]:
    only(part, "actions", *LAID_OUT)
    return _actions(part["actions"], sheet)


def _actions(listed: Sequence[Json], sheet: Sheet) -> list[Node]:
    """What is usual in a row, what is secondary behind its "…", and below it what its buttons unfold."""
    usual = [_action(action, sheet) for action in listed if action.get("mode") != "secondary"]
    rare = [_action(action, sheet)[0] for action in listed if action.get("mode") == "secondary"]
    opener: Attributes = {
        "type": "button",
        "class": "tm-button tm-more",
        "aria-label": "More actions",
        "data-menu": True,
    }
    menu = [el("button", opener, "⋯"), el("div", {"class": "tm-menu", "popover": "auto"}, rare)] if rare else []
    row = [el("div", "tm-actions", [button for button, *_ in usual], menu)] if listed else []
    return [*row, *(unfolded for _, *more in usual for unfolded in more)]


def _action(action: Json, sheet: Sheet) -> list[Node]:
    """The button, and behind it what it unfolds."""
    attributes: Attributes = {
        "type": "button",
        "class": _look(action),
        "title": action.get("tooltip"),
    }
    match action["type"]:
        case "Action.OpenUrl":
            only(action, "title", "url", "style", "tooltip", "mode", "role")
            about = {"class": _look(action), "href": web_address(action["url"]), "target": "_blank"}
            return [el("a", {**about, "rel": "noopener noreferrer"}, action["title"])]
        case "Action.Execute" | "Action.Submit":
            only(
                action, "title", "data", "verb", "style", "tooltip", "mode", "associatedInputs", "conditionallyEnabled"
            )
            return [el("button", {**attributes, **pressed(action)}, action["title"])]
        case "Action.ShowCard":
            only(action, "title", "card", "style", "tooltip")
            return _show_card(action, attributes, sheet)
        case "Action.ToggleVisibility":
            only(action, "title", "targetElements", "style", "tooltip", "mode")
            targets = " ".join(one if isinstance(one, str) else one["elementId"] for one in action["targetElements"])
            return [el("button", {**attributes, "data-toggles": targets}, action["title"])]
        case other:
            raise Strange(f"no action is {other}")


def _look(action: Json) -> str:
    return classes("tm-button", action.get("style"))


def pressed(action: Json) -> dict[str, str]:
    """What Teams would send back of it."""
    ours = action["data"][OURS]
    if "press" not in ours:
        raise Strange(f"a button that is no press: {sorted(ours)}")
    return {"data-action": ours["press"], "data-value": ours["value"]}


def _show_card(action: Json, attributes: Attributes, sheet: Sheet) -> list[Node]:
    inner, name = action["card"], f"unfolds-{next(sheet.ids)}"
    only(inner, "body", "actions", "version", "$schema")
    inside = [*elements(inner["body"], sheet), *_actions(inner.get("actions", ()), sheet)]
    button = el("button", {**attributes, "data-toggles": name, "aria-expanded": "false"}, action["title"])
    return [button, el("div", {"class": "tm-unfolded", "data-id": name, "hidden": True}, inside)]


_ELEMENTS: Mapping[str, Drawing] = {
    "TextBlock": _text_block,
    "RichTextBlock": _rich_text_block,
    "FactSet": _fact_set,
    "Table": _table,
    "Container": _container,
    "ColumnSet": _column_set,
    "ActionSet": _action_set,
    "Chart.Line": charts.chart("line"),
    "Chart.Pie": charts.chart("pie"),
    "Chart.VerticalBar": charts.chart("bar"),
    "Chart.VerticalBar.Grouped": charts.chart("bar"),
    **inputs.ELEMENTS,
}
