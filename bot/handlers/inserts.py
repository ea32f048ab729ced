"""Cards of the record that somebody puts into a message of their own: found beside it, or made of an address pasted there.

Everybody reads them where the message goes. So they show what they are about only in the home of its touchpoint; anywhere else
they name it and no more, and open it for whoever has a place there.
"""

from bot.replies import Results
from bot.turns import Replies, Search, Turn


def found(turn: Turn, search: Search, words: str) -> Replies:
    """The best few."""
    return [Results(items=tuple(search.find(turn, words)))]


def linked(turn: Turn, url: str) -> Replies:
    """The card of what the address names."""
    return [Results()]
