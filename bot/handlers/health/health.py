"""Health: this quarter against the last, and the pulse."""

from agenda.conversations import Conversation
from bot.turns import Noun

NOUN = Noun(name="health", summary=Conversation.HEALTH.summary, conversation=Conversation.HEALTH)
