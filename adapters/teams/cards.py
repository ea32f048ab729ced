"""Card → Adaptive Card messages for Teams: as generous as Teams allows, and nothing dropped.

Version 1.5 is what Teams gives bots on every client. All text is escaped (`text.escaped`), so what somebody typed is
never Markdown. A card that is too long for one message becomes several, the first of which carries title, mentions and
buttons, since it is the one that is updated later.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias, assert_never

from adapters.teams import limits
from adapters.teams.charts import charted
from adapters.teams.figures import facts, headed, heat_map, size, table
from adapters.teams.forms import OURS
from adapters.teams.text import line_chunks, text_blocks, verbatim
from adapters.teams.words import words
from bot.cards import (
    Block,
    Button,
    Card,
    Chart,
    Divider,
    Facts,
    HeatMap,
    Item,
    ItemList,
    LinkButton,
    Note,
    Paragraph,
    Span,
    Table,
    Verbatim,
    seen,
    spoken_names,
)

Json: TypeAlias = dict[str, Any]
Names: TypeAlias = Mapping[Button, str]

_DATE_FUNCTION = re.compile(r"(?<=\{)(?=\{(?:DATE|TIME)\()")
ADAPTIVE = "application/vnd.microsoft.card.adaptive"


def messages(card: Card, names: Mapping[str, str] | None = None) -> list[Json]:
    """The card as one or more message activities, in order. `names` are the accounts to mention, and their names."""
    mentioned = {account: name for account, name in (names or {}).items() if account in card.notify}
    tail = list(_button_rows(card.buttons, {}))
    empty = _message(card, [*_head(card.title, mentioned, 10, 10), *tail], mentioned)
    pages = _paged(_body(card), limits.MESSAGE - size(empty))
    count = len(pages)
    return [
        _message(card, [*_head(card.title, mentioned, 1, count), *pages[0], *tail], mentioned),
        *(_message(card, [*_head(card.title, {}, n, count), *page], {}) for n, page in enumerate(pages[1:], 2)),
    ]


def adaptive_card(card: Card) -> Json:
    """The whole card as one, in place of another card: that is no message, and knows no such limit."""
    return _content([*_head(card.title, {}, 1, 1), *_body(card), *_button_rows(card.buttons, {})], {})


def dialog_card(card: Card) -> Json:
    """The same for a dialog, from which nothing comes back but a plain `Action.Submit`, as `task/submit` ("Dialogs")."""
    drawn: Json = _submitting(adaptive_card(card))
    return drawn


def _submitting(part: Any) -> Any:
    if isinstance(part, list):
        return [_submitting(inner) for inner in part]
    if not isinstance(part, dict):
        return part
    if part.get("type") in {"Action.Execute", "Action.Submit"}:
        kept = {name: value for name, value in part.items() if name != "verb"}
        return {**kept, "type": "Action.Submit", "data": {OURS: part["data"][OURS]}}
    return {name: _submitting(inner) for name, inner in part.items()}


def summary(card: Card) -> str:
    """What a notification says: the title, and what follows in short. The card's own text says all."""
    said = [seen(card.title)]
    for block in card.blocks:
        said += [block.text] if isinstance(block, Paragraph) else block.words if isinstance(block, HeatMap) else []
    text = " – ".join(" ".join(part.split()) for part in said if part)
    return text if len(text) <= limits.SUMMARY else f"{text[: limits.SUMMARY - 1]}…"


def _message(card: Card, body: list[Json], mentioned: Mapping[str, str]) -> Json:
    attachment = {"contentType": ADAPTIVE, "content": _content(body, mentioned)}
    return {"type": "message", "summary": summary(card), "attachments": [attachment]}


def _content(body: list[Json], mentioned: Mapping[str, str]) -> Json:
    teams: Json = {"width": "full"}
    if mentioned:
        teams["entities"] = [_mention(account, name) for account, name in mentioned.items()]
    return {"type": "AdaptiveCard", "version": "1.5", "fallbackText": words(body), "body": body, "msteams": teams}


def _mention(account: str, name: str) -> Json:
    """By Entra object id, which Teams accepts for bots ("Mention support within Adaptive Cards")."""
    return {"type": "mention", "text": _at(name), "mentioned": {"id": account.split("/", 1)[1], "name": name}}


def _at(name: str) -> str:
    return f"<at>{name.replace('<', '').replace('>', '')}</at>"


def _head(title: str, mentioned: Mapping[str, str], number: int, pages: int) -> list[Json]:
    short = title if len(title) <= limits.TITLE else f"{title[: limits.TITLE]}…"
    counted = f"{seen(short)} ({number}/{pages})" if pages > 1 else seen(short)
    drawn = text_blocks(counted, weight="Bolder", size="Medium", style="heading")
    if mentioned:
        drawn.append({"type": "TextBlock", "text": ", ".join(map(_at, mentioned.values())), "wrap": True})
    return drawn


def _paged(elements: list[Json], room: int) -> list[list[Json]]:
    """The elements shared out over as few messages as hold them, each with as much room in bytes as the first one has.

    An element stands in a message twice: drawn, and in words.
    """
    pages: list[list[Json]] = [[]]
    free = room
    for element in elements:
        cost = size(element) + size(words([element]))
        if pages[-1] and cost > free:
            pages.append([])
            free = room
        pages[-1].append(element)
        free -= cost
    return pages


def _body(card: Card) -> list[Json]:
    whole_title = text_blocks(card.title) if len(card.title) > limits.TITLE else []
    return [*whole_title, *_elements(card.blocks, spoken_names(card, limits.SPOKEN_NAME))]


def _elements(blocks: Sequence[Block], names: Names) -> Iterator[Json]:
    divided = False
    for number, block in enumerate(blocks):
        if isinstance(block, Divider):
            divided = True
            continue
        for position, element in enumerate(_drawn(block, f"numbers-{number}", names)):
            yield {**element, "separator": True, "spacing": "Medium"} if divided and position == 0 else element
        divided = False


def _drawn(  # noqa: PLR0911, one case a block
    block: Paragraph | Note | Facts | ItemList | Table | Chart | HeatMap | Verbatim, key: str, names: Names
) -> list[Json]:
    match block:
        case Paragraph():
            return text_blocks(block.text, **({"weight": "Bolder"} if block.tone == "strong" else {}))
        case Note():
            return _small(block.text)
        case Facts():
            return facts(block.facts)
        case ItemList():
            return _items(block, names)
        case Table():
            return table(block)
        case Chart():
            return charted(block, key)
        case HeatMap():
            return [*headed(block.title), *heat_map(block), *_small("\n".join(block.words))]
        case Verbatim():
            return [_verbatim(piece) for piece in line_chunks(block.text, limits.TEXT) if piece]
        case _:
            assert_never(block)


def _small(text: str, **look: str | bool) -> list[Json]:
    return text_blocks(text, isSubtle=True, size="Small", **look)


def _verbatim(text: str) -> Json:
    """In a RichTextBlock, which knows no Markdown and which every client has.

    A CodeBlock would look the part, but phones have none, and what it shows cannot be selected (microsoft/AdaptiveCards
    issue 9072, microsoft/teams.ts issue 234). A date function is broken up, since a text run would carry it out.
    """
    runs = _DATE_FUNCTION.split(verbatim(text))
    return {
        "type": "RichTextBlock",
        "inlines": [{"type": "TextRun", "text": run, "fontType": "Monospace"} for run in runs],
    }


def _items(listed: ItemList, names: Names) -> list[Json]:
    drawn = [{**line, "spacing": "Medium"} for line in headed(listed.heading)]
    for number, item in enumerate(listed.items, 1):
        drawn += _item(item, f"{number}. " if listed.numbered else "", names)
    return drawn


def _item(item: Item, mark: str, names: Names) -> list[Json]:
    """One container an item, so that a screen reader takes it as one; what does not fit into it follows it."""
    head, *rest = text_blocks(mark + item.title) or text_blocks(mark or "–")
    inside = [head, *_snippet(item.snippet)]
    short = not rest and len((item.title + item.excerpt + item.detail).encode()) <= limits.TEXT
    if short:
        inside += _small(item.detail, spacing="None")
    else:
        rest += _small(item.detail)
    container: Json = {"type": "Container", "spacing": "Small", "items": inside}
    if item.link:
        container["selectAction"] = {
            "type": "Action.OpenUrl",
            "title": seen(item.title)[: limits.TAP_TITLE],
            "url": item.link,
        }
    rows = list(_button_rows(item.buttons, names))
    if rest:
        return [container, *rest, *rows]
    inside += rows
    return [container]


def _snippet(snippet: Sequence[Span]) -> list[Json]:
    """In a RichTextBlock: what is marked is bold there by its style, and nothing in it can be Markdown."""
    runs = [_run(piece, marked=span.marked) for span in snippet for piece in _DATE_FUNCTION.split(span.text) if piece]
    return [{"type": "RichTextBlock", "spacing": "None", "inlines": runs}] if runs else []


def _run(text: str, *, marked: bool) -> Json:
    return {
        "type": "TextRun",
        "text": text,
        "size": "Small",
        **({"weight": "Bolder"} if marked else {"isSubtle": True}),
    }


def _button_rows(buttons: Sequence[Button | LinkButton], names: Names) -> Iterator[Json]:
    """What is usual in rows of six; what is rare behind the last one's "…" ("Adaptive Cards overflow menu").

    One alone is a button like any other: a menu would cost a second tap, and save no room.
    """
    hidden = [button for button in buttons if _is_rare(button)]
    hidden = hidden if len(hidden) > 1 else []
    rare = [_named(button, names) | {"mode": "secondary"} for button in hidden]
    usual = [_named(button, names) for button in buttons if button not in hidden]
    rows = [usual[start : start + limits.BUTTONS_A_ROW] for start in range(0, len(usual), limits.BUTTONS_A_ROW)] or [[]]
    rows[-1] += rare
    yield from ({"type": "ActionSet", "actions": row} for row in rows if row)


def _is_rare(button: Button | LinkButton) -> bool:
    """One that asks first cannot stand in the menu: nothing unfolds from there (MicrosoftDocs/msteams-docs issue 9223)."""
    return isinstance(button, Button) and button.rare and not button.confirm


def _named(button: Button | LinkButton, names: Names) -> Json:
    """`tooltip` is also what narration reads ("Action.Execute", tooltip)."""
    name = names.get(button) if isinstance(button, Button) else None
    return _action(button) | ({"tooltip": name} if name else {})


def _action(button: Button | LinkButton) -> Json:
    match button:
        case LinkButton():
            return {"type": "Action.OpenUrl", "title": button.label, "url": button.url}
        case Button(confirm=None):
            return _press(button, button.label)
        case Button():
            return _second_thought(button)
        case _:
            assert_never(button)


def _press(button: Button, title: str) -> Json:
    """`Action.Execute` may answer with a card; only `Action.Submit` opens a dialog, and it must know so beforehand."""
    ours = {OURS: {"press": button.action, "value": button.value}}
    look = {"primary": {"style": "positive"}, "danger": {"style": "destructive"}, "default": {}}[button.style]
    if button.opens_form:
        return {"type": "Action.Submit", "title": title, "data": {"msteams": {"type": "task/fetch"}, **ours}, **look}
    return {"type": "Action.Execute", "title": title, "verb": button.action, "data": ours, **look}


def _second_thought(button: Button) -> Json:
    """Teams has no question of its own before a press counts, so the button first unfolds the question and itself."""
    question = {
        "type": "AdaptiveCard",
        "body": text_blocks(button.confirm or ""),
        "actions": [_press(button, button.label)],
    }
    return {"type": "Action.ShowCard", "title": button.label, "card": question}
