"""Hygiene: a round, a message to colleagues."""

from tests.bot.room import Chair, Room

COMMANDS: tuple[str, ...] = ()


def furnish(house: Room, sam: Chair, dana: Chair) -> None:
    """Every button and form of it is shown to them."""


def fill(crowd: Room, sam: Chair, dana: Chair) -> None:
    """As long, as many and as odd as people can make it."""
