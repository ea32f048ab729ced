"""Every card and every form of a crowded house, drawn for each platform: nothing refused, nothing cut, nothing made markup."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from adapters.playground.drawing import drawn_card
from adapters.playground.mirror.nodes import texts
from adapters.playground.mirror.sides import Mirror
from adapters.slack import forms as slack_forms
from adapters.slack.cards import render
from adapters.teams.cards import messages
from adapters.teams.extensions import inserted
from adapters.teams.figures import size
from adapters.teams.forms import form_card
from bot.cards import Button, Card, HeatMap
from bot.requests import Where
from tests.bot.crowd import Crowd, crowded, words_on
from tests.bot.room import buttons_of
from tests.doubles import adaptive_cards, slack_blocks

TEAMS_MESSAGE = 25 * 1024
# Adaptive Cards' schema explorer: elements and actions since version 1.3 or before.
OF_1_3 = {
    *(
        "AdaptiveCard",
        "TextBlock",
        "RichTextBlock",
        "TextRun",
        "FactSet",
        "Container",
        "ColumnSet",
        "Column",
        "ActionSet",
    ),
    *("Action.Submit", "Action.OpenUrl", "Action.ShowCard"),
}
LABEL = 30  # Characters by which a button is known again: a longer label stands in full beside it.
HERE = Where(conversation="slack:T1/C-home", direct=False, title="#" + "n" * 79, thread="1930291200.123456")


@pytest.fixture(scope="module")
def crowd() -> Crowd:
    """One for all: cards and forms are only looked at here, and each card once, however often it was shown."""
    crowd = crowded()
    firsts = {card: asked for asked, card in reversed(crowd.cards)}
    crowd.cards = [(asked, card) for card, asked in reversed(firsts.items())]
    return crowd


def words(texts: Iterable[str]) -> Counter[str]:
    return Counter(word for text in texts for word in re.findall(r"\w+", text))


def labels(card: Card) -> Counter[str]:
    return Counter(button.label[:LABEL] for button in buttons_of(card))


def test_slack_takes_every_card_and_shows_all_of_it(crowd: Crowd) -> None:
    for asked, card in crowd.cards:
        drawn = render(card)
        for message in drawn:
            for blocks in (message.blocks, message.plainer):
                assert not slack_blocks.problems(blocks), (asked, card.title)
            assert not slack_blocks.too_long(message.blocks), (asked, card.title)
        assert not words(words_on(card)) - words(slack_blocks.read(m.plainer) for m in drawn), (asked, card.title)
        assert not words(words_on(card)) - words(slack_blocks.said(m.text) for m in drawn), (asked, card.title)
        pressable = Counter(slack_blocks.label(one)[:LABEL] for m in drawn for one in slack_blocks.buttons(m.blocks))
        assert not labels(card) - pressable, (asked, card.title)


def test_teams_takes_every_card_and_shows_all_of_it(crowd: Crowd) -> None:
    for asked, card in crowd.cards:
        drawn = messages(card)
        contents = [message["attachments"][0]["content"] for message in drawn]
        for content in contents:
            adaptive_cards.check_card(content)
        assert max(map(size, drawn)) <= TEAMS_MESSAGE, (asked, card.title)
        shown = words(line for content in contents for line in adaptive_cards.lines_of(content))
        assert not words(words_on(card)) - shown, (asked, card.title)
        fallbacks = words(adaptive_cards.plain(content["fallbackText"]) for content in contents)
        assert not words(words_on(card)) - fallbacks, (asked, card.title)
        pressable = Counter(one["title"][:LABEL] for c in contents for one in adaptive_cards.buttons_of(c))
        assert not labels(card) - pressable, (asked, card.title)


def test_teams_takes_every_card_that_is_put_into_a_message(crowd: Crowd) -> None:
    """Of version 1.3, in one message, and whatever is longer is one tap away."""
    assert len(crowd.inserted) > 20
    for card in crowd.inserted:
        drawn = inserted(card)
        adaptive_cards.check_card(drawn | {"version": "1.5"})
        assert size(drawn) <= TEAMS_MESSAGE, card.title
        shown = words(adaptive_cards.lines_of(drawn))
        longer = "This is longer than one message" in " ".join(adaptive_cards.lines_of(drawn))
        assert longer or not words(words_on(card)) - shown, card.title
        assert {one["type"] for one in nodes(drawn)} <= OF_1_3, card.title
        assert [one["title"] for one in adaptive_cards.buttons_of(drawn)] == ["Open"]


def test_what_is_one_readers_own_takes_nothing_from_a_card_where_it_is_not_drawn(crowd: Crowd) -> None:
    shared = [card for _asked, card in crowd.cards if card.mine]
    assert shared
    for card in shared:
        plain = replace(card, mine=None)
        assert render(card) == render(plain)
        assert drawn_card(card) == drawn_card(plain)
        assert messages(card) == messages(plain), "nor on Teams, for who is no reader of it"


def nodes(part: Any) -> Iterator[dict[str, Any]]:
    """Every element and action; their data are our own."""
    if isinstance(part, list):
        for inner in part:
            yield from nodes(inner)
    elif isinstance(part, dict):
        if isinstance(part.get("type"), str):
            yield part
        for name, inner in part.items():
            if name != "data":
                yield from nodes(inner)


def test_slack_takes_every_form(crowd: Crowd) -> None:
    for asked, form, values, errors in crowd.forms:
        view = slack_forms.view(form, HERE, values=values or None, errors=errors)
        assert not slack_blocks.view_problems(view), (asked, form.form_id)


def test_teams_takes_every_form_and_whatever_stands_in_it(crowd: Crowd) -> None:
    for asked, form, values, errors in crowd.forms:
        drawn = form_card(form, "tenant", values or None, errors)
        adaptive_cards.check_card(drawn)
        for field in adaptive_cards.inputs_in(drawn):
            typed = str(field.get("value", ""))
            assert len(typed) <= field.get("maxLength", len(typed)) or field["id"] in errors, (asked, field["id"])


def test_the_playgrounds_mirror_draws_every_card_and_every_form(crowd: Crowd) -> None:
    """What it does not know it would refuse. Of cards that are alike in their blocks and buttons, one."""
    mirror = Mirror(HERE.conversation, dict)
    kinds = {(*map(type, card.blocks), *(b.action for b in buttons_of(card))): card for _asked, card in crowd.cards}
    for card in kinds.values():
        read = replace(card, blocks=tuple(block for block in card.blocks if not isinstance(block, HeatMap)))
        for side in mirror.message(card).values():
            assert not words(words_on(read)) - words(texts(side)), card.title
    for _asked, form, values, errors in crowd.forms:
        mirror.form(form, HERE, values or None, errors)


def test_every_card_begins_with_one_line_and_leads_to_one_thing(crowd: Crowd) -> None:
    """A notification says the first line and no more; a row of primary buttons says nothing."""
    for asked, card in crowd.cards:
        assert "\n" not in card.title, (asked, card.title)
        primary = [button.label for button in card.buttons if isinstance(button, Button) and button.style == "primary"]
        assert len(primary) <= 1, (asked, primary)


def test_every_button_carries_an_address_and_no_more(crowd: Crowd) -> None:
    for asked, card in crowd.cards:
        assert all(len(button.value) <= 1_000 for button in buttons_of(card)), asked
