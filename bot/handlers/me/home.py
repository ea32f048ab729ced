"""One card for each person of what is theirs: what they owe, the keys that wait for them, when they meet next.

It is a delivery like any other, redrawn in place when the record changes.
"""

from bot.requests import HomeOpened
from bot.turns import Noun, Replies, Turn


def opened(turn: Turn, request: HomeOpened) -> Replies:
    """Owe it."""
    return []


NOUN = Noun(name="home", summary="What is yours, on one card.")
