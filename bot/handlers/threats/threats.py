"""Threats: the brief, and what is done about each of its lines."""

from agenda.conversations import Conversation
from bot.cards import Card
from bot.turns import Noun
from storage.deliveries import Owed
from storage.unit_of_work import Record


def draw_brief(record: Record, owed: Owed) -> Card | None:
    """Posted with the agenda, about the sync that it comes before."""
    return None


NOUN = Noun(
    name="threat",
    summary=Conversation.THREATS.summary,
    conversation=Conversation.THREATS,
    cards={"brief": draw_brief},
)
