"""The five conversations on which a CISO wants the CIO beside them. Each touchpoint switches on those that it wants.

What is switched on takes part by itself: it brings lines onto the agenda, briefs before a sync, and asks. What is not does
nothing, and its commands say so.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from agenda.errors import NotNow


class Conversation(StrEnum):
    """In the order in which they are listed."""

    THREATS = "threats"
    INVESTMENT = "investment"
    INITIATIVES = "initiatives"
    HYGIENE = "hygiene"
    HEALTH = "health"

    @property
    def label(self) -> str:
        """As people say it."""
        return LABELS[self]

    @property
    def summary(self) -> str:
        """What it does once it is switched on, in one line."""
        return SUMMARIES[self]


LABELS = {
    Conversation.THREATS: "Threats and trends",
    Conversation.INVESTMENT: "Security as an investment",
    Conversation.INITIATIVES: "Security inside IT projects",
    Conversation.HYGIENE: "Cyber hygiene",
    Conversation.HEALTH: "Communication and trust",
}
SUMMARIES = {
    Conversation.THREATS: "A short brief before each sync: which known attacks concern the products that you run.",
    Conversation.INVESTMENT: "What security costs and what it saves, in numbers, until both keys are turned.",
    Conversation.INITIATIVES: "IT projects and their gates; a gate that nears without its answers is on the agenda.",
    Conversation.HYGIENE: "Once a quarter you both say what you did yourselves, and may tell your colleagues.",
    Conversation.HEALTH: "How well you two work together, from the record alone, and one thing to talk about.",
}
FROM_THE_START: Final = (Conversation.INVESTMENT, Conversation.INITIATIVES, Conversation.HEALTH)
"""What a new touchpoint has: whatever asks nothing of anybody, and fetches nothing, before somebody uses it."""


class SwitchedOff(NotNow):
    """A command, a button or a form of a conversation that this touchpoint has not switched on."""

    def __init__(self, conversation: Conversation) -> None:
        super().__init__(f"“{conversation.label}” is not switched on here.", "“conversations” switches it on.")


def written(conversations: Iterable[Conversation]) -> str:
    """As a touchpoint keeps them: with commas between, in their order."""
    chosen = set(conversations)
    return ",".join(one.value for one in Conversation if one in chosen)


def read(kept: str) -> frozenset[Conversation]:
    """And back."""
    return frozenset(one for one in Conversation if one.value in kept.split(","))
