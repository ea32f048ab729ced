"""Cards, forms and messages as JSON for the page. The page draws them; here nothing is laid out and nothing is left
out.

Texts stay plain text all the way: the page sets them as text nodes, so there is nothing to escape and nothing to
forget.
"""

from collections.abc import Mapping
from typing import Any, assert_never

from adapters.playground.room import Message
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
    Table,
    Verbatim,
)
from bot.forms import AnyField, Check, Choice, Date, Form, Number, Person, Text, Time, Values

Drawn = dict[str, Any]


def drawn_message(message: Message) -> Drawn:
    return {
        "address": message.address,
        "conversation": message.conversation,
        "at": message.at.isoformat(),
        "author": message.author,
        "text": message.text,
        "card": drawn_card(message.card) if message.card else None,
        "only_for": message.only_for,
        "thread": message.thread,
        "command": message.command,
        "edited": message.edited,
    }


def drawn_card(card: Card) -> Drawn:
    return {
        "title": card.title,
        "blocks": [_block(block) for block in card.blocks],
        "buttons": [_button(button) for button in card.buttons],
        "notify": list(card.notify),
    }


def drawn_form(form: Form, values: Values | None = None, errors: Mapping[str, str] | None = None) -> Drawn:
    """`values` are what was typed before: they stand in the fields again, in place of what the form began with."""
    typed = values or {}
    return {
        "form_id": form.form_id,
        "title": form.title,
        "intro": form.intro,
        "submit": form.submit,
        "context": dict(form.context),
        "fields": [
            _field(field) | ({"value": typed[field.name]} if field.name in typed else {}) for field in form.fields
        ],
        "errors": dict(errors or {}),
    }


def _block(block: Block) -> Drawn:  # noqa: PLR0911, one case a block
    match block:
        case Paragraph(text, tone):
            return {"type": "paragraph", "text": text, "tone": tone}
        case Note(text):
            return {"type": "note", "text": text}
        case Facts(facts):
            return {"type": "facts", "facts": [list(fact) for fact in facts]}
        case ItemList(items, heading, numbered):
            return {"type": "items", "heading": heading, "numbered": numbered, "items": [_item(i) for i in items]}
        case Table():
            rows = [list(row) for row in block.rows]
            return {"type": "table", "caption": block.caption, "columns": list(block.columns), "rows": rows}
        case Chart():
            return _chart(block)
        case HeatMap():
            return _heat_map(block)
        case Verbatim(text):
            return {"type": "verbatim", "text": text}
        case Divider():
            return {"type": "divider"}
    assert_never(block)


def _chart(chart: Chart) -> Drawn:
    series = [{"name": name, "values": list(values)} for name, values in chart.series]
    drawn = {"type": "chart", "title": chart.title, "kind": chart.kind}
    return drawn | {"categories": list(chart.categories), "series": series}


def _heat_map(whole: HeatMap) -> Drawn:
    cells = [
        [{"text": c.text, "heat": c.heat, "letter": c.letter, "words": c.words, "above": c.above} for c in row]
        for row in whole.cells
    ]
    drawn = {"type": "heat_map", "title": whole.title, "down": whole.down, "across": whole.across}
    return drawn | {
        "rows": list(whole.rows),
        "columns": list(whole.columns),
        "heads": list(whole.heads or whole.columns),
        "cells": cells,
    }


def _item(item: Item) -> Drawn:
    snippet = [{"text": span.text, "marked": span.marked} for span in item.snippet]
    drawn = {"title": item.title, "snippet": snippet, "detail": item.detail, "link": item.link}
    return drawn | {"buttons": [_button(button) for button in item.buttons]}


def _button(button: Button | LinkButton) -> Drawn:
    if isinstance(button, LinkButton):
        return {"type": "link", "label": button.label, "url": button.url}
    return {
        "type": "button",
        "action": button.action,
        "label": button.label,
        "value": button.value,
        "style": button.style,
        "confirm": button.confirm,
        "rare": button.rare,
    }


def _field(field: AnyField) -> Drawn:  # noqa: PLR0911, one case a field
    base = {"name": field.name, "label": field.label, "hint": field.hint, "required": field.required}
    match field:
        case Text():
            kind = {
                "type": "text",
                "placeholder": field.placeholder,
                "multiline": field.multiline,
                "limit": field.limit,
            }
            return base | kind | {"value": field.value}
        case Date():
            return base | {"type": "date", "value": field.value}
        case Time():
            return base | {"type": "time", "value": field.value}
        case Number():
            return base | {"type": "number", "value": field.value, "least": field.least, "most": field.most}
        case Choice():
            options = [{"value": option.value, "label": option.label} for option in field.options]
            return base | {"type": "choice", "options": options, "several": field.several, "value": field.value}
        case Person():
            return base | {"type": "person", "value": field.value}
        case Check():
            return base | {"type": "check", "value": "yes" if field.value else ""}
    assert_never(field)
