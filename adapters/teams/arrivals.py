"""Which conversations there are: where we are put, what is renamed, and what is taken away from us again. Pure.

Events: learn.microsoft.com, "Conversation events in your Teams bot".
"""

from dataclasses import replace
from typing import Any, TypeAlias

from adapters.teams.inbound import Heard
from adapters.teams.references import conversation_address
from adapters.teams.text import object_in, text_in
from bot.requests import ConversationLost, ConversationSeen

Json: TypeAlias = dict[str, Any]

_LOST = {
    "channelDeleted": "deleted",
    "teamArchived": "archived",
    "teamDeleted": "deleted",
    "teamHardDeleted": "deleted",
}


def sighting(heard: Heard) -> ConversationSeen | None:
    """The conversation that this came from or is about, to be reached again. Never one that the activity takes away,
    nor one in which we may not be."""
    if loss(heard) is not None or heard.is_message_action or (heard.where.direct and heard.stranger):
        return None
    conversation_id = _subject(heard)
    return ConversationSeen(
        id=f"seen|{heard.delivery}",
        conversation=heard.account if heard.where.direct else conversation_address(heard.tenant, conversation_id),
        reference=replace(heard.reference, conversation=conversation_id).to_json(),
        title=heard.where.title,
    )


def loss(heard: Heard) -> ConversationLost | None:
    """We were removed from the conversation, or it is gone."""
    activity = heard.activity
    kind, action = text_in(activity, "type"), text_in(activity, "action")
    event = text_in(object_in(activity, "channelData"), "eventType")
    reason = ""
    if kind == "installationUpdate" and action in {"remove", "remove-upgrade"}:
        reason = "uninstalled" if action == "remove" else ""
    elif kind == "conversationUpdate" and heard.reference.bot in _members(activity, "membersRemoved"):
        reason = "removed"
    elif kind == "conversationUpdate":
        reason = _LOST.get(event, "")
    if not reason:
        return None
    gone = heard.account if heard.where.direct else conversation_address(heard.tenant, _subject(heard))
    return ConversationLost(id=heard.delivery, conversation=gone, reason=reason)


def _subject(heard: Heard) -> str:
    """The conversation's id. News of a channel come from the team's first; the data say which they are about."""
    channel = text_in(object_in(object_in(heard.activity, "channelData"), "channel"), "id")
    if channel and text_in(heard.activity, "type") == "conversationUpdate":
        return channel
    return heard.reference.conversation.split(";", 1)[0]


def _members(activity: Json, key: str) -> set[str]:
    listed = activity.get(key)
    return {
        text_in(member, "id") for member in (listed if isinstance(listed, list) else []) if isinstance(member, dict)
    }
