"""What a Teams client would make of an Adaptive Card: refuse it, or show these words and these buttons.

Refusing is done by Microsoft's own typed models (microsoft-teams-cards), held strictly: no unknown element, no unknown
property, and the limits that Teams documents and the models do not know.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, TypeAlias

from microsoft_teams import cards as typed
from pydantic import BaseModel

Json: TypeAlias = dict[str, Any]

BUTTONS_A_ROW = 6
TOOLTIP = 100
_VISIBLE = "[^\\s\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]"
PRESSED = ("Action.Execute", "Action.Submit")
_ESCAPE = re.compile(r"\\([\\*_\[\]`<~+#>.)-])")


@cache
def _models() -> dict[str, type[BaseModel]]:
    found = {}
    for thing in vars(typed).values():
        if isinstance(thing, type) and issubclass(thing, BaseModel) and "type" in thing.model_fields:
            kind = thing.model_fields["type"].default
            if isinstance(kind, str):
                found[kind] = thing
    return found


@cache
def _properties(model: type[BaseModel]) -> frozenset[str]:
    generator = getattr(model, "validation_alias_generator")  # noqa: B009 - it is no part of pydantic's own interface
    return frozenset({generator(name) for name in model.model_fields} | {"$schema"})


def check_card(card: Json) -> None:
    """Raises AssertionError or pydantic's ValidationError for a card that Teams would not show as meant."""
    assert card["type"] == "AdaptiveCard", "no Adaptive Card"
    assert card.get("version") == "1.5", "Teams gives bots version 1.5"
    assert card.get("fallbackText") or inputs_in(card), "a client that cannot draw the card shows nothing"
    names = [node["id"] for node in _nodes(card) if "id" in node]
    assert len(names) == len(set(names)), f"two elements of one name: {names}"
    for node in _nodes(card):
        _check_node(node)
        assert set(node.get("targetElements", ())) <= set(names), "it unfolds what is not there"


def _check_node(node: Json) -> None:
    kind = node["type"]
    model = _models().get(kind)
    assert model, f"Teams has no {kind}"
    unknown = node.keys() - _properties(model)
    assert not unknown, f"{kind} has no {sorted(unknown)}"
    model.model_validate(node)
    _check_actions(node.get("actions", ()))
    if kind == "TextBlock":
        assert re.search(_VISIBLE, node["text"]), "a TextBlock of which nothing can be seen"
        assert node.get("wrap"), "text that does not wrap is cut"
    if kind == "RichTextBlock":
        assert node["inlines"], "an empty RichTextBlock"
    if kind == "TextRun":
        assert node["text"], "an empty run"
        assert not re.search(r"\{\{(DATE|TIME)\(", node["text"]), "a text run that calculates"
    if kind == "Action.Execute":
        assert node["verb"]
    if kind.startswith("Action."):
        assert node["title"].strip(), "a button that says nothing"
        assert len(node.get("tooltip", "")) <= TOOLTIP
    if kind.startswith("Input."):
        assert node["label"].strip(), "a placeholder is no label"
        assert not node.get("isRequired") or node["errorMessage"]
    if kind == "Table":
        assert node["firstRowAsHeaders"]
    if kind == "Image":
        assert node.get("altText"), "an image that says nothing"


def _check_actions(actions: Sequence[Json]) -> None:
    """`mode` is of version 1.5: "Adaptive Cards overflow menu" in Microsoft's "Format cards"."""
    usual = [action for action in actions if action.get("mode") != "secondary"]
    assert len(usual) <= BUTTONS_A_ROW, "Teams moves every button after the sixth into its menu"
    rare = [action for action in actions if action.get("mode") == "secondary"]
    assert not any(action["type"] == "Action.ShowCard" for action in rare), "nothing unfolds from Teams' menu"


def _nodes(part: Any) -> Iterator[Json]:
    """Every element and action; an action's `data` are the bot's own."""
    if isinstance(part, list):
        for inner in part:
            yield from _nodes(inner)
    elif isinstance(part, dict):
        if isinstance(part.get("type"), str) and part["type"] not in {"mention", "task/fetch"}:
            yield part
        for key, inner in part.items():
            if not (key == "data" and isinstance(inner, dict)):
                yield from _nodes(inner)


def inputs_in(card: Json) -> list[Json]:
    return [node for node in _nodes(card) if node["type"].startswith("Input.")]


def texts_of(card: Json) -> list[str]:
    """What stands in its TextBlocks, also of a form."""
    return [plain(node["text"]) for node in _nodes(card) if node["type"] == "TextBlock"]


def lines_of(card: Json) -> list[str]:
    """What stands on the card, a line for each block or item."""
    return [line for element in card["body"] for line in _lines(element)]


def _lines(element: Json) -> list[str]:
    match element["type"]:
        case "TextBlock":
            return [plain(element["text"])]
        case "RichTextBlock":
            return ["".join(run["text"] for run in element["inlines"]).replace("\xa0", " ")]
        case "FactSet":
            return [f"{plain(fact['title'])}: {plain(fact['value'])}" for fact in element["facts"]]
        case "Container" if any(inner["type"] in {"Container", "Table"} for inner in element["items"]):
            return [line for inner in element["items"] for line in _lines(inner)]
        case "Container":
            return [" ".join(line for inner in element["items"] for line in _lines(inner))]
        case "Table":
            return [" | ".join(_cell(cell) for cell in row["cells"]) for row in element["rows"]]
        case "ActionSet":
            return []
        case kind if kind.startswith("Chart."):
            return [element["title"]]
    raise AssertionError(f"nobody can read a {element['type']}")


def _cell(cell: Json) -> str:
    return " ".join(line for inner in cell["items"] for line in _lines(inner))


def plain(text: str) -> str:
    """Markdown as Teams shows it, as far as text has none: escapes gone, mentions as names, line feeds single."""
    shown = _ESCAPE.sub(r"\1", text).replace("\n\n", "\n")
    return re.sub(r"^<at>(.*)</at>$", r"\1", shown)


def buttons_of(card: Json) -> list[Json]:
    """Every button in reading order; one that asks first shows its question with the button inside it. What unfolds in the
    client alone is none: nobody hears of it."""
    found = []
    for node in _nodes([card.get("body", []), card.get("actions", [])]):
        if node["type"].startswith("Action.") and node["type"] != "Action.ToggleVisibility" and node.get("title"):
            found.append(node)
    inside = [id(inner) for node in found if node["type"] == "Action.ShowCard" for inner in _nodes(node["card"])]
    return [node for node in found if id(node) not in inside and not _is_tap(card, node)]


def _is_tap(card: Json, action: Json) -> bool:
    return any(node.get("selectAction") is action for node in _nodes(card))


def name_of(button: Json) -> str:
    """What narration says of a button."""
    return str(button.get("tooltip") or button["title"])


def pressed(button: Json) -> Json:
    """The action that counts: for one that asks first, the one behind the question."""
    if button["type"] == "Action.ShowCard":
        inner: Json = button["card"]["actions"][0]
        return inner
    return button
