"""Every shape of card and form that the product has, with the oddest texts in all its places: taken, whole, and nothing cut."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import fields, is_dataclass, replace
from typing import Any

import pytest

from adapters.slack import forms as slack_forms
from adapters.slack.cards import render
from adapters.teams.cards import messages
from adapters.teams.figures import size
from adapters.teams.forms import form_card
from bot.cards import Button, Card, Chart, HeatCell, HeatMap, Item, ItemList, LinkButton, Span
from bot.forms import AnyField, Form, Option, Person
from bot.requests import Where
from tests.bot.album import Album
from tests.bot.crowd import words_on
from tests.doubles import adaptive_cards, slack_blocks

TEAMS_MESSAGE = 25 * 1024
PARAGRAPH = 500
HERE = Where(conversation="slack:T1/C-home", title="#home")
MARKUP = (
    "*b* _i_ ~s~ `c` ```d``` <!channel> <@U1> <https://x.test|y> :fire: &amp; R&D > q {{DATE(2031-03-04T09:30:00Z)}} "
    "**b** __i__ ~~s~~ [l](https://x.test) ![p](https://x.test) <at>all</at> <b>&lt;</b> \\ 1. - + # | "
)
TEXTS = {
    "nothing": "",
    "only spaces": " \t\u00a0\u2003 ",
    "zero width": "\u200b\u200d\ufeff\u2060",
    "one letter": "x",
    "one word of 3,000 letters": "x" * 3_000,
    "emoji of four bytes": "🟥👩‍👩‍👧‍👦👍🏽🏳️‍🌈" * 40,
    "right to left": "مرحبا بالعالم \u200fשלום עולם\u200e \u202bأهلا\u202c " * 20,
    "three bytes a letter": "漢字仮名交じり文" * 200,
    "combining marks": "Z͑ͫ̓ͪ̂ͫ̽a̴̵̞l̷̢g̵o̸ e\u0301" * 40,
    "markup of both": MARKUP * 5,
    "what is escaped": "&<>" * 400,
    "lines": "one\ntwo\n\n\nthree\r\n" * 30,
}


def shape(card: Card) -> tuple[object, ...]:
    """Cards of one shape are drawn alike."""
    blocks = [
        (type(block).__name__, *sorted({(len(i.buttons), bool(i.detail), bool(i.link)) for i in block.items})[:3])
        if isinstance(block, ItemList)
        else type(block).__name__
        for block in card.blocks
    ]
    return (*dict.fromkeys(blocks), bool(card.buttons))


def shapes(kept: Album) -> list[Card]:
    return list({shape(card): card for card in kept.cards}.values())


def stuffed(part: Any, text: str) -> Any:
    """The same with this text wherever people's words may stand; a title and a label are one line, and labels are ours."""
    match part:
        case tuple():
            return tuple(stuffed(one, text) for one in part)
        case str():
            return text
        case Button():
            return replace(part, confirm=part.confirm and (text or "?"))
        case LinkButton() | HeatCell():
            return part
        case Card():
            return replace(
                part, title=line(text), blocks=stuffed(part.blocks, text), buttons=stuffed(part.buttons, text)
            )
        case Item(snippet=snippet):
            inside = {
                "buttons": stuffed(part.buttons, text),
                "snippet": snippet and (Span(text), Span(text, marked=True)),
            }
            return replace(part, title=text, detail=text, **inside)
        case Chart():
            return replace(part, title=line(text), categories=stuffed(part.categories, text))
        case HeatMap():
            return replace(part, title=line(text), rows=stuffed(part.rows, text), columns=stuffed(part.columns, text))
        case _ if is_dataclass(part):
            kept = {"tone", "numbered", "link", "marked"}
            changed = {f.name: stuffed(getattr(part, f.name), text) for f in fields(part) if f.name not in kept}
            return replace(part, **changed)  # type: ignore[type-var]
        case _:
            return part


def line(text: str) -> str:
    return " ".join(text.split())


def signs(texts: Iterable[str]) -> Counter[str]:
    """Every character that can be seen."""
    return Counter("".join("".join(text.split()) for text in texts)) - Counter("–" * 10_000)


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_slack_takes_every_shape_of_card_with_it_and_says_all_of_it(kept: Album, text: str) -> None:
    for card in (stuffed(one, text) for one in shapes(kept)):
        drawn = render(card)
        for message in drawn:
            for blocks in (message.blocks, message.plainer):
                assert not slack_blocks.problems(blocks), card.title
                assert not slack_blocks.too_long(blocks)
        expected = signs(words_on(card))
        if slack_blocks.is_seen(text):
            assert not expected - signs(slack_blocks.read(m.plainer) for m in drawn)
            assert not expected - signs(slack_blocks.said(m.text) for m in drawn)


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_teams_takes_every_shape_of_card_with_it_and_says_all_of_it(kept: Album, text: str) -> None:
    for card in (stuffed(one, text) for one in shapes(kept)):
        drawn = messages(card)
        assert max(map(size, drawn)) <= TEAMS_MESSAGE
        contents = [message["attachments"][0]["content"] for message in drawn]
        for content in contents:
            adaptive_cards.check_card(content)
        expected = signs(words_on(card))
        if slack_blocks.is_seen(text):
            assert not expected - signs(line for one in contents for line in adaptive_cards.lines_of(one))
            assert not expected - signs(one["fallbackText"] for one in contents)


def paper(form: Form, text: str) -> tuple[Form, dict[str, str]]:
    """A form with it in every place, and beside every field what is wrong: in a paragraph, and not in pages."""
    wrong = text[:PARAGRAPH]
    filled = tuple(stuffed_field(field, text) for field in form.fields)
    whole = replace(form, title=line(text) or "Form", intro=text, fields=filled)
    return whole, {"": wrong, **{field.name: wrong for field in form.fields}} if text.strip() else {}


def stuffed_field(field: AnyField, text: str) -> AnyField:
    said: dict[str, Any] = {"label": line(text)[:PARAGRAPH] or "Label", "hint": text[:PARAGRAPH]}
    if isinstance(field, Person):
        said["value"] = ""  # The house's people have names for keys.
    if hasattr(field, "options"):
        said["options"] = tuple(Option(option.value, line(text)[:PARAGRAPH]) for option in field.options)
    if hasattr(field, "placeholder"):
        said |= {"placeholder": line(text), "value": text[: getattr(field, "limit", 200)]}
    return replace(field, **said)


def kinds(kept: Album) -> list[Form]:
    """One of each."""
    return list({form.form_id: form for form in kept.papers}.values())


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_both_take_every_form_with_it(kept: Album, text: str) -> None:
    for form, errors in (paper(one, text) for one in kinds(kept)):
        view = slack_forms.view(form, HERE, errors=errors)
        assert not slack_blocks.view_problems(view), form.form_id
        card = form_card(form, "tenant", {}, errors)
        adaptive_cards.check_card(card)
        if slack_blocks.is_seen(text):
            shown = signs([slack_blocks.read(view["blocks"])])
            assert signs([text[:PARAGRAPH]] * len(form.fields)) <= shown, form.form_id
