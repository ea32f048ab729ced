"""Which conversations there are: where we are put, what is renamed, and what is taken away from us again. Pure.

Events: learn.microsoft.com, "Conversation events in your Teams bot".
"""

from dataclasses import replace
from typing import Any, TypeAlias

from adapters.teams.inbound import Heard
from adapters.teams.references import conversation_address
from adapters.teams.text import object_in, text_in
from bot.requests import ConversationLost, ConversationSeen, HomeOpened, Profile

Json: TypeAlias = dict[str, Any]

_LOST = {
    "channelDeleted": "deleted",
    "teamArchived": "archived",
    "teamDeleted": "deleted",
    "teamHardDeleted": "deleted",
}


# Without a name: a change of members. All of them are in "Conversation events in your Teams bot".
_NEWS = frozenset({"channelCreated", "channelRenamed", "channelRestored", "channelShared", "channelUnshared", ""}) | {
    *("channelMemberAdded", "channelMemberRemoved", "teamMemberAdded", "teamMemberRemoved"),
    *("teamRenamed", "teamRestored", "teamUnarchived", *_LOST),
}
_OURS = frozenset({"message", "messageUpdate", "messageDelete", "installationUpdate"})


def unknown(activity: Json) -> str:
    """What to call an activity that asks nothing of us, where we know nothing of its kind; empty where we do."""
    kind = text_in(activity, "type")
    if kind in _OURS:
        return ""
    if kind == "conversationUpdate":
        event = text_in(object_in(activity, "channelData"), "eventType")
        return "" if event in _NEWS else f"{kind}/{event}"
    name = text_in(activity, "name")
    return f"{kind}/{name}" if name else kind or "none"


def sighting(heard: Heard) -> ConversationSeen | None:
    """The conversation that this came from or is about, to be reached again. Never one that the activity takes away,
    nor one in which we may not be."""
    if loss(heard) is not None or heard.may_be_elsewhere or (heard.where.direct and heard.stranger):
        return None
    conversation_id = _subject(heard)
    return ConversationSeen(
        id=f"seen|{heard.delivery}",
        conversation=heard.account if heard.where.direct else conversation_address(heard.tenant, conversation_id),
        reference=replace(heard.reference, conversation=conversation_id).to_json(),
        title=heard.where.title,
        outsiders=_open_to_others(heard.activity),
        by="" if heard.where.direct or heard.stranger or not _puts_us_there(heard) else heard.account,
    )


def first_opened(heard: Heard) -> HomeOpened | None:
    """Somebody added the app for themselves: of the two activities that say so, this is the one that comes each time."""
    if text_in(heard.activity, "type") != "installationUpdate" or not heard.where.direct or heard.stranger:
        return None
    if text_in(heard.activity, "action") != "add":
        return None
    return HomeOpened(id=heard.delivery, actor=Profile(account=heard.account), where=heard.where)


def _puts_us_there(heard: Heard) -> bool:
    """Teams tells twice of a team or a chat that gets the app, and once of a private or shared channel of such a team."""
    match text_in(heard.activity, "type"):
        case "installationUpdate":
            return text_in(heard.activity, "action") == "add"
        case "conversationUpdate":
            return heard.reference.bot in _members(heard.activity, "membersAdded")
    return False


def _open_to_others(activity: Json) -> bool | None:
    """A shared channel may have people of other companies in it, today or tomorrow, and no activity says whether it does;
    so it counts as one that has. Of a chat nothing is said.

    learn.microsoft.com: "ChannelInfo.Type" (standard, private, shared), "Agents and tab apps for shared and private channels".
    """
    return {"shared": True, "standard": False, "private": False}.get(_channel_type(activity))


def has_closed_roster(activity: Json) -> bool:
    """Who is in a private or shared channel Teams tells only to apps with the consent ChannelMember.Read.Group."""
    return _channel_type(activity) in {"private", "shared"}


def _channel_type(activity: Json) -> str:
    return text_in(object_in(object_in(activity, "channelData"), "channel"), "type")


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
