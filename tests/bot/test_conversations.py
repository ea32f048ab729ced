"""The five conversations are switched on and off; what is off is silent, and says so."""

import pytest

from agenda.conversations import Conversation
from bot.commands import REGISTRY
from bot.turns import Press
from tests.bot.room import HOME, Chair, Room


@pytest.fixture
def sam() -> Chair:
    return Room().set_up()[0]


def test_a_new_touchpoint_has_what_asks_nothing_of_anybody(sam: Chair):
    sam.types("conversations")
    lines = [line.partition(" (")[0] for line in sam.text.splitlines()]
    assert lines[1:4] == [
        "✓ Security as an investment: on",
        "✓ Security inside IT projects: on",
        "✓ Communication and trust: on",
    ]
    assert lines[4:] == ["– Threats and trends: off", "– Cyber hygiene: off"]


def test_switching_is_told_where_the_two_meet(sam: Chair):
    switch(sam, Conversation.THREATS)
    told = str(sam.room.in_(HOME)[-1])
    assert told.startswith("Sam changed what you two talk about")
    assert "✓ Threats and trends: on" in told
    assert "– Security as an investment: off" in told


def test_the_same_again_is_told_to_nobody(sam: Chair):
    before = len(sam.room.in_(HOME))
    switch(sam, Conversation.INVESTMENT, Conversation.INITIATIVES, Conversation.HEALTH)
    assert len(sam.room.in_(HOME)) == before


def test_what_is_off_says_so_and_leads_to_the_switch(sam: Chair):
    switch(sam)
    for command in [one for one in REGISTRY.commands if one.conversation and one.right]:
        sam.types(f"{command.name} 1" if command.argument else command.name)
        assert sam.text.startswith(f"“{command.conversation.label}” is not switched on here."), command.name
    for action, press in REGISTRY.buttons.items():
        if press.conversation and press.right:
            sam.answer = None
            sam.tries(action, "1", HOME)
            assert "is not switched on here" in sam.text, action
    assert sam.presses("Conversations").startswith("Your conversations")


def test_everything_in_a_noun_belongs_to_its_conversation():
    marked: dict[str, Press] = REGISTRY.buttons
    for noun in REGISTRY.nouns:
        for action in noun.buttons:
            assert marked[action].conversation is noun.conversation
        for form in noun.forms:
            assert REGISTRY.forms[form].conversation is noun.conversation


def switch(chair: Chair, *on: Conversation) -> None:
    """From now on these, and no others."""
    chair.types("conversations")
    chair.presses("Change")
    chair.fills(on=tuple(on))
    chair.room.settle()
