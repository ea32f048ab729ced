"""Initiatives: projects, their gates and the questions of each gate."""

from agenda.conversations import Conversation
from bot.turns import Noun

NOUN = Noun(name="initiative", summary=Conversation.INITIATIVES.summary, conversation=Conversation.INITIATIVES)
