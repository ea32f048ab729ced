"""Hygiene: what the two did themselves, in private, and then together."""

from agenda.conversations import Conversation
from bot.turns import Noun

NOUN = Noun(name="hygiene", summary=Conversation.HYGIENE.summary, conversation=Conversation.HYGIENE)
