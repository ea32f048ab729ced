"""Asks: written down, counted, decided, checked."""

from agenda.conversations import Conversation
from bot.turns import Noun

NOUN = Noun(name="ask", summary=Conversation.INVESTMENT.summary, conversation=Conversation.INVESTMENT)
