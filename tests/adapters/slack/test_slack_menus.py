"""Rare buttons: behind a menu where Slack has room for them, beside it where not, and pressed like any other."""

from typing import Any

import pytest

from adapters.slack.cards import render
from bot.cards import Button, Item, ItemList, LinkButton, card
from bot.forms import Form, Text
from bot.replies import OpenForm
from bot.requests import ButtonPressed, FormSubmitted
from tests.adapters.slack.conftest import ScriptedCore, answers
from tests.contract.slack_stage import SlackChair, SlackStage, payload
from tests.doubles import slack_blocks

Block = dict[str, Any]


def rare(number: int, **how: Any) -> Button:
    shown = {"action": f"rare.{number}", "label": f"Rare {number}", "value": f"R-{number}"} | how
    return Button(rare=True, **shown)


def usual(number: int) -> Button:
    return Button(action=f"usual.{number}", label=f"Usual {number}")


def drawn(*buttons: Button | LinkButton, items: tuple[Item, ...] = ()) -> list[Block]:
    """The blocks below the title, which Slack must take."""
    [message] = render(card("T", *([ItemList(items)] if items else []), buttons=buttons))
    assert not slack_blocks.problems(message.blocks)
    return message.blocks[1:]


def shape(blocks: list[Block]) -> list[list[int]]:
    """Each row of buttons: 1 for a button, else how many options its menu has."""
    rows = [block["elements"] for block in blocks if block["type"] == "actions"]
    return [[len(element.get("options", "1")) for element in row] for row in rows]


@pytest.mark.parametrize(
    ("plain", "count", "rows"),
    [
        (2, 1, [[1, 1, 1]]),  # one alone is a button like any other
        (2, 2, [[1, 1, 2]]),
        (0, 2, [[2]]),
        (1, 5, [[1, 5]]),
        (5, 5, [[1, 1, 1, 1, 1, 5]]),  # the menu alone begins no row
        (6, 2, [[1, 1, 1, 1, 1], [1, 2]]),
        (2, 6, [[1, 1, 1, 5]]),  # nobody could tell two menus apart
        (2, 7, [[1, 1, 1, 1, 5]]),
        (5, 6, [[1, 1, 1, 1, 1], [1, 5]]),
    ],
)
def test_rare_buttons_stand_in_one_menu_and_beside_it_where_it_is_full(
    plain: int, count: int, rows: list[list[int]]
) -> None:
    blocks = drawn(*map(rare, range(count)), *map(usual, range(plain)))
    assert shape(blocks) == rows
    labels = [slack_blocks.label(button) for button in slack_blocks.buttons(blocks)]
    assert sorted(labels) == sorted([f"Rare {n}" for n in range(count)] + [f"Usual {n}" for n in range(plain)])


@pytest.mark.parametrize(
    ("button", "in_menu"),
    [
        (rare(0, label="L" * 75), True),
        (rare(0, label="L" * 76), False),
        (rare(0, label="&" * 16), False),  # 80 characters as Slack counts them
        (rare(0, value="v" * (150 - len("5|rare.0|"))), True),
        (rare(0, value="v" * (151 - len("5|rare.0|"))), False),
        (rare(0, value=""), True),
        (rare(0, style="danger"), True),
        (rare(0, confirm="Sure?"), False),
    ],
)
def test_what_has_no_room_in_a_menu_is_a_button(button: Button, in_menu: bool) -> None:
    blocks = drawn(button, rare(1), rare(2))
    assert shape(blocks) == ([[3]] if in_menu else [[1, 2]])


def test_every_action_id_in_a_message_is_its_own() -> None:
    same = [rare(1), rare(1), rare(1)]
    lines = (Item(title="A", buttons=tuple(same)), Item(title="B", buttons=(*same, usual(1), usual(1))))
    blocks = drawn(*same, *same, usual(1), items=lines)  # the double refuses two of a kind
    assert len(slack_blocks.buttons(blocks)) == 15


def test_an_item_with_nothing_but_a_menu_has_it_beside_it() -> None:
    lines = (
        Item(title="Plain"),
        Item(title="<Short>", detail="why", buttons=(rare(1), rare(2))),
        Item(title="Linked", link="https://acme.test", buttons=(rare(3), rare(4))),
        Item(title="Long " * 900, buttons=(rare(5), rare(6))),
        Item(title="Mixed", buttons=(rare(7), rare(8), usual(9))),
    )
    blocks = [block for m in render(card("T", ItemList(lines, numbered=True))) for block in m.blocks]
    assert not slack_blocks.problems(blocks)
    [beside] = [block for block in blocks if "accessory" in block]
    assert slack_blocks.read([beside]) == "2. <Short>\nwhy"
    assert shape(blocks) == [[2], [2], [1, 2]]
    assert len(slack_blocks.buttons(blocks)) == 9


@pytest.mark.parametrize(
    "wrong",
    [
        {"options": [{"text": {"type": "plain_text", "text": "One"}, "value": "1"}]},
        {"options": [{"text": {"type": "plain_text", "text": str(n)}, "value": str(n)} for n in range(6)]},
        {"options": [{"text": {"type": "plain_text", "text": "Same"}, "value": "1"}] * 2},
        {"options": [{"text": {"type": "plain_text", "text": "L"}, "value": str(n) * 151} for n in range(2)]},
        {"options": [{"text": {"type": "plain_text", "text": "L" * 76}, "value": str(n)} for n in range(2)]},
        {"options": [{"text": {"type": "mrkdwn", "text": "L"}, "value": str(n)} for n in range(2)]},
        {"action_id": ""},
        {"style": "danger"},
    ],
)
def test_the_double_refuses_a_menu_that_slack_would(wrong: Block) -> None:
    [row] = drawn(rare(1), rare(2))
    assert slack_blocks.problems([{**row, "elements": [row["elements"][0] | wrong]}])


async def test_an_option_is_a_press_like_any_other(stage: SlackStage, core: ScriptedCore, dana: SlackChair) -> None:
    item = Item(title="Line", buttons=(rare(1, value="a|b & <c>"), rare(2)))
    shown = card("D-12", ItemList((item,)), buttons=[usual(1), rare(3, label="Skip & <forget>"), rare(4, value="")])
    posted = await stage.edge.post(conversation=stage.home, card=shown, delivery="d1")
    core.replies = answers("Done.")
    assert dana.screen()[-1].buttons == ("Rare 1", "Rare 2", "Usual 1", "Skip & <forget>", "Rare 4")
    for label, action, value in [
        ("Rare 1", "rare.1", "a|b & <c>"),
        ("Skip & <forget>", "rare.3", "R-3"),
        ("Rare 4", "rare.4", ""),
    ]:
        await dana.presses(label)
        assert isinstance(core.last, ButtonPressed)
        assert (core.last.action, core.last.value, core.last.message) == (action, value, posted)
    assert (dana.screen()[-1].text, dana.screen()[-1].private) == ("Answer\nDone.", True)


async def test_an_option_opens_a_form(stage: SlackStage, core: ScriptedCore, dana: SlackChair) -> None:
    form = Form(form_id="move", title="Move this sync", fields=(Text(name="to", label="To"),))
    core.replies = [OpenForm(form=form)]
    shown = card("Agenda", buttons=[rare(1, opens_form=True), rare(2)])
    await stage.edge.post(conversation=dana.account, card=shown, delivery="d1")
    await dana.presses("Rare 1")
    assert dana.form
    core.replies = []
    await dana.fills(to="Friday")
    assert isinstance(core.last, FormSubmitted)
    assert core.last.values["to"] == "Friday"


async def test_the_payload_of_a_menu_as_slack_sends_it(stage: SlackStage, core: ScriptedCore) -> None:
    await stage.interaction(payload("block_actions_overflow"))
    assert isinstance(core.last, ButtonPressed)
    assert (core.last.action, core.last.value) == ("sync.skip", "R&D|7")


def test_a_question_is_answered_with_what_was_pressed() -> None:
    [row] = drawn(Button(action="drop", label="Usual 1", confirm="It leaves the agenda."))
    asked = row["elements"][0]["confirm"]
    assert (asked["confirm"]["text"], asked["deny"]["text"]) == ("Usual 1", "No")
