"""Every card and form of the product, as it is heard and not seen: labels, names, order, words instead of colours.

What Slack and Microsoft ask for: https://docs.slack.dev/reference/methods/chat.postMessage ("Accessibility
considerations"), https://docs.slack.dev/block-kit/designing, and Microsoft Learn, "Accessibility tips for Adaptive Cards".
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from adapters.slack import forms as slack_forms
from adapters.slack.cards import render
from adapters.teams.cards import messages
from adapters.teams.forms import form_card
from bot.cards import Button, Card, Verbatim, seen, spoken_names
from bot.forms import Check, Choice, Form
from bot.requests import Where
from tests.bot.album import Album
from tests.bot.crowd import words_on
from tests.bot.room import buttons_of
from tests.doubles import adaptive_cards, slack_blocks

Json = dict[str, Any]

HERE = Where(conversation="slack:T1/C-home", title="#home")
WRONG = "Say it in other words."
# What ends something. Each opens a form, which is a question too, or asks before the press counts, or is taken back by
# one tap on what it answers with, or stands here with its reason.
ENDS = re.compile(
    r"(Close|Done|Drop|End|Leave|Let go|Mute|Pass|Post|Reject|Remove|Revoke|Skip|Stop|Turn|Unlink|Withdraw)\b"
)
ASKS_NOT = {
    "decision.sign": "the whole text stands above it, it waits for the other key, and it can be replaced",
    "acceptance.sign": "the whole text stands above it, it waits for the other key, and it can be revoked",
    "item.drop": "`Reopen last` takes it back",
    "promise.done": "the good end of a promise, meant to be one tap; nothing of it is lost",
    "sync.skip": "`Hold it after all` takes it back",
    "nudge.mute": "`Undo` takes it back",
    "nudge.silence": "`Turn on` takes it back",
    "nudge.unmute": "it starts something",
    "away.forget": "only days that were typed, and can be typed again",
    "hygiene.done_too": "`Take it back` takes it back",
}


def words(texts: Iterable[str]) -> Counter[str]:
    return Counter(word for text in texts for word in re.findall(r"\w+", text))


def contents(card: Card) -> list[Json]:
    return [message["attachments"][0]["content"] for message in messages(card)]


def nodes(part: Any) -> Iterator[Json]:
    if isinstance(part, list):
        yield from (node for inner in part for node in nodes(inner))
    elif isinstance(part, dict):
        yield part
        yield from (node for inner in part.values() for node in nodes(inner))


def test_what_is_heard_of_a_message_is_all_that_it_says(kept: Album) -> None:
    """Slack reads the text and no block aloud; Teams shows the fallback text where it can draw nothing."""
    for card in kept.cards:
        heard = [slack_blocks.said(message.text) for message in render(card)]
        assert not words(words_on(card)) - words(heard), card.title
        fallbacks = [adaptive_cards.plain(content["fallbackText"]) for content in contents(card)]
        assert not words(words_on(card)) - words(fallbacks), card.title


def test_the_title_comes_first_and_is_a_heading(kept: Album) -> None:
    for card in kept.cards:
        first = render(card)[0]
        assert slack_blocks.said(first.text).startswith(card.title)
        assert slack_blocks.read(first.blocks[:1]) == card.title
        assert first.blocks[0]["type"] == "header" or len(card.title) > 140
        for message in messages(card):
            head = message["attachments"][0]["content"]["body"][0]
            assert (head["style"], adaptive_cards.plain(head["text"])[:60]) == ("heading", card.title[:60])
            assert message["summary"].startswith(card.title[:60])


def test_what_can_be_done_with_a_card_comes_after_all_that_it_says(kept: Album) -> None:
    """An item's own buttons stand with their item; a mark of pages is no content."""
    for card in kept.cards:
        last = [label_of(one) for one in card.buttons][-1:]
        for content in contents(card)[:1]:
            kinds = [element["type"] for element in content["body"]]
            assert not last or kinds[-1] == "ActionSet", card.title
        blocks = [block["type"] for message in render(card) for block in message.blocks if not is_mark(block)]
        assert not last or blocks[-1] == "actions", card.title


def label_of(button: Any) -> str:
    return str(button.label)


def is_mark(block: Json) -> bool:
    return block["type"] == "context" and bool(re.fullmatch(r"\(\d+/\d+\)", slack_blocks.read([block])))


def test_no_two_buttons_of_a_message_sound_alike_and_do_something_else(kept: Album) -> None:
    """But those in a menu: it stands beside its item, and Slack lets nobody name its options otherwise."""
    for card in kept.cards:
        for message in render(card):
            does = {
                (slack_blocks.name_of(one), one["action_id"].partition("|")[2], one.get("value"), one.get("url"))
                for one in slack_blocks.buttons(message.blocks)
                if one["type"] == "button"
            }
            alike = [name for name, count in Counter(name for name, *_ in does).items() if count > 1]
            assert not alike, (card.title, alike)
        for content in contents(card):
            pressed = [
                (adaptive_cards.name_of(one), str(one.get("data") or one)) for one in adaptive_cards.buttons_of(content)
            ]
            alike = [name for name, count in Counter(name for name, _ in set(pressed)).items() if count > 1]
            assert not alike, (card.title, alike)


def test_the_name_of_a_button_begins_with_what_stands_on_it(kept: Album) -> None:
    """Who speaks to the machine says what they see."""
    for card in kept.cards:
        for button, name in spoken_names(card, 75).items():
            assert name.startswith(button.label), name
            assert len(name) <= 75


def test_nothing_is_said_by_a_sign_or_a_colour_alone(kept: Album) -> None:
    for card in kept.cards:
        for button in buttons_of(card):
            assert re.search(r"\w", button.label), (card.title, button.label)
        assert re.search(r"\w", card.title)
        for content in contents(card):
            for node in nodes(content["body"]):
                if node.get("type") == "TableCell" and node.get("style", "default") != "default":
                    assert re.search(r"\w", " ".join(adaptive_cards.lines_of({"body": node["items"]}))), card.title
                assert "color" not in node or node["text"].startswith("⚠ "), card.title


def test_nothing_shouts_and_nothing_is_drawn_with_signs(kept: Album) -> None:
    """A screen reader spells what stands in capitals, and reads every dash of a line."""
    for card in kept.cards:
        labels = [button.label for button in buttons_of(card)]
        assert not re.findall(r"\b[A-ZÄÖÜ]{6,}\b", " ".join([card.title, *labels])), card.title
        if not any(isinstance(block, Verbatim) for block in card.blocks):
            texts = [slack_blocks.read(message.plainer) for message in render(card)]
            assert not re.search(r"([-=_*#|+~])\1{2,}", "\n".join(texts)), card.title


def test_every_image_says_what_it_shows(kept: Album) -> None:
    """There is none so far; the first one shall say it."""
    for card in kept.cards:
        for node in nodes([[message.blocks for message in render(card)], contents(card)]):
            assert node.get("type") != "image" or node.get("alt_text"), card.title
            assert node.get("type") != "Image" or node.get("altText"), card.title


def test_a_table_has_a_row_that_names_its_columns(kept: Album) -> None:
    for card in kept.cards:
        tables = [node for node in nodes(contents(card)) if node.get("type") == "Table"]
        assert all(table["firstRowAsHeaders"] is True for table in tables), card.title
        for message in render(card):
            for block in message.blocks:
                if block["type"] == "table":
                    assert all(cell["text"].strip() for cell in block["rows"][0]), (card.title, block["rows"][0])


def test_a_chart_is_followed_by_its_numbers(kept: Album) -> None:
    charts = 0
    for card in kept.cards:
        for message in render(card):
            kinds = [block["type"] for block in message.blocks]
            for at, kind in enumerate(kinds):
                charts += kind == "data_visualization"
                assert kind != "data_visualization" or kinds[at + 1] == "context", card.title
        for content in contents(card):
            for element in content["body"]:
                parts = element.get("items", [element])
                assert not parts[0]["type"].startswith("Chart.") or len(parts) == 3, card.title
    assert charts


def test_one_button_of_a_card_is_the_primary_one(kept: Album) -> None:
    for card in kept.cards:
        primary = [button.label for button in card.buttons if isinstance(button, Button) and button.style == "primary"]
        assert len(primary) <= 1, (card.title, primary)


def test_what_ends_something_asks_first(kept: Album) -> None:
    for card in kept.cards:
        for button in buttons_of(card):
            asks = button.confirm or button.opens_form or button.action in ASKS_NOT
            assert asks or not ENDS.match(button.label), (card.title, button.action, button.label)


def test_every_reason_not_to_ask_is_still_needed(kept: Album) -> None:
    unasked = {
        one.action for card in kept.cards for one in buttons_of(card) if ENDS.match(one.label) and not one.confirm
    }
    assert ASKS_NOT.keys() - unasked == set()


# ── forms ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


def inputs_of(view: Json) -> dict[str, Json]:
    """The first input of each field."""
    return {
        block["block_id"]: block
        for block in view["blocks"]
        if block["type"] == "input" and "~" not in block["block_id"]
    }


def drawn_fields(form: Form) -> list[Any]:
    return [field for field in form.fields if not isinstance(field, Choice) or field.options]


def test_every_input_has_a_label_that_is_no_placeholder(kept: Album) -> None:
    for form in kept.papers:
        view = slack_forms.view(form, HERE)
        card = form_card(form, "tenant")
        teams = {one["id"]: one for one in adaptive_cards.inputs_in(card)}
        for field in drawn_fields(form):
            label = slack_blocks.shown(inputs_of(view)[field.name]["label"], str)
            assert label == field.label == seen(field.label), (form.form_id, field.name)
            assert teams[field.name]["label"].startswith(field.label)
            assert field.label not in {getattr(field, "placeholder", ""), field.hint}
        labels = [field.label for field in form.fields]
        assert len(labels) == len(set(labels)), (form.form_id, labels)


def test_what_must_be_filled_in_is_said_by_a_word(kept: Album) -> None:
    """Slack writes “(optional)” beside every input that is; on Teams we do. Its star comes with a sentence."""
    for form in kept.papers:
        view, card = slack_forms.view(form, HERE), form_card(form, "tenant")
        teams = {one["id"]: one for one in adaptive_cards.inputs_in(card)}
        for field in drawn_fields(form):
            insists = field.required and not isinstance(field, Check)
            assert inputs_of(view)[field.name]["optional"] is not insists
            drawn = teams[field.name]
            assert bool(drawn.get("isRequired")) is insists
            assert drawn["label"].endswith("(optional)") is not (insists or isinstance(field, Check))
            assert not insists or field.label in drawn["errorMessage"]


def test_what_is_wrong_stands_beside_its_field_and_names_it(kept: Album) -> None:
    for form in kept.papers:
        errors = {field.name: WRONG for field in form.fields}
        view, card = slack_forms.view(form, HERE, errors=errors), form_card(form, "tenant", {}, errors)
        blocks, body = view["blocks"], card["body"]
        for field in drawn_fields(form):
            said = f"⚠ {field.label}: {WRONG}"
            at = next(n for n, block in enumerate(blocks) if block.get("block_id") == field.name)
            above = [slack_blocks.read([block]) for block in blocks[:at]]
            assert said in above[max(at - 3, 0) :], (form.form_id, field.name)
            at = next(n for n, element in enumerate(body) if element.get("id") == field.name)
            below = [adaptive_cards.plain(one["text"]) for one in body[at + 1 : at + 4] if one["type"] == "TextBlock"]
            assert said in below, (form.form_id, field.name)


def test_a_form_says_first_what_it_is_for(kept: Album) -> None:
    for form in kept.papers:
        view, card = slack_forms.view(form, HERE), form_card(form, "tenant")
        assert (
            slack_blocks.shown(view["title"], str) == form.title or slack_blocks.read(view["blocks"][:1]) == form.title
        )
        inputs = [element["type"].startswith("Input.") for element in card["body"]]
        texts = [element for element in card["body"][: inputs.index(True)] if element["type"] == "TextBlock"]
        assert not form.intro or any(adaptive_cards.plain(one["text"]) == form.intro.strip() for one in texts)
        assert re.search(r"[a-z]", form.submit), form.submit
