"""What is said of a command beforehand, that a form is its answer, is so: a platform opens its window on that word."""

from collections.abc import Iterator

import pytest

from bot.commands import REGISTRY
from bot.replies import OpenForm
from bot.requests import CommandTyped
from bot.turns import Command
from tests.bot.house import House, furnished
from tests.bot.room import HOME

ABOUT = {"risk": "R-1", "decision": "D-1", "promise": "P-1", "ask": "A-1", "initiative": "I-1"}


@pytest.fixture(scope="module")
def house() -> House:
    return furnished()


def ways(command: Command) -> Iterator[str]:
    """As it is, and with something behind it."""
    if not command.argument.startswith("<"):
        yield command.name
    if command.argument:
        yield f"{command.name} {ABOUT.get(command.words[0], 'something')}"


@pytest.mark.parametrize("text", [text for command in REGISTRY for text in ways(command)])
def test_a_form_comes_where_it_is_said_to_and_nowhere_else(house: House, text: str) -> None:
    typed = CommandTyped(id=house.new_id(), actor=house.sam.profile, where=house.sam.where(HOME), text=text)
    replies = house.sam.sends(typed)
    assert any(isinstance(reply, OpenForm) for reply in replies) is REGISTRY.opens_form(text)


@pytest.mark.parametrize("text", ["", "no such thing", "risk accept", "risk add Laptops without encryption"])
def test_none_is_promised_where_the_words_do_not_say_so(text: str) -> None:
    assert not REGISTRY.opens_form(text)
