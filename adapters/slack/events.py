"""Slack's events into the core's requests. Pure: what must be looked up first is handed in.

https://docs.slack.dev/reference/events. What an event carries beyond what is read here is ignored.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from adapters.slack import addresses
from adapters.slack.inbound import team_of, where_of
from adapters.slack.people import has_left, profile_of
from adapters.slack.texts import readable
from bot.requests import ConversationLost, ConversationMoved, ConversationSeen, MessagePosted, Profile, ProfileSeen

Payload = Mapping[str, Any]

# What people say themselves; every other subtype is Slack speaking (https://docs.slack.dev/reference/events/message).
_WORDS = (None, "file_share", "me_message", "thread_broadcast")
LOST = {
    "member_left_channel": "removed",
    "channel_left": "removed",
    "group_left": "removed",
    "channel_archive": "archived",
    "group_archive": "archived",
    "channel_deleted": "deleted",
    "group_deleted": "deleted",
}


def bot_of(body: Payload) -> str:
    """The bot's own user id, which every event carries."""
    return next((str(a.get("user_id")) for a in body.get("authorizations") or () if a.get("is_bot")), "")


def bot_ended(body: Payload) -> bool:
    """Is it the bot that may no longer speak? `tokens_revoked` also tells of people's own tokens, and we have none.
    https://docs.slack.dev/reference/events/tokens_revoked"""
    tokens = body["event"].get("tokens")
    return tokens is None or bool(tokens.get("bot"))


def ended_in(body: Payload) -> tuple[str, ...]:
    """Where it may have been installed, the likeliest first: an event about an end may carry no authorization to tell it."""
    whole = body.get("enterprise_id") or body.get("context_enterprise_id") or ""
    return tuple(filter(None, dict.fromkeys((team_of(body), str(whole)))))


def said_at(body: Payload) -> datetime:
    """When what an event tells of happened; an event may come an hour late."""
    return datetime.fromtimestamp(int(body.get("event_time") or 0), UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What an event says that somebody said, before it is known who they are.

    `unlinked` counts the files that have no address: deleted ones, and those of another workspace of which Slack tells
    nothing but the id (https://docs.slack.dev/reference/objects/file-object).
    """

    event_id: str
    team: str
    user: str
    channel: str
    ts: str
    text: str
    thread: str | None
    direct: bool
    files: tuple[tuple[str, str], ...] = ()
    unlinked: int = 0
    edited: bool = False
    deleted: bool = False


def said(body: Payload) -> Said | None:
    """A message or a mention; None where it is nobody's words: the bot's own, another bot's, Slack's own notices."""
    event = body["event"]
    written = _written(event)
    if written is None:
        return None
    message, edited, deleted = written
    user = message.get("user")
    if not user or message.get("bot_id") or user == bot_of(body) or user == "USLACKBOT":
        return None
    files = () if deleted else files_of(message)
    return Said(
        event_id=body["event_id"],
        team=team_of(body),
        user=user,
        channel=event["channel"],
        ts=message.get("ts") or event.get("deleted_ts") or "",
        text="" if deleted else _without_mention(message.get("text") or "", bot_of(body)),
        thread=message.get("thread_ts"),
        direct=event.get("channel_type") == "im",
        files=files,
        unlinked=0 if deleted else len(message.get("files") or ()) - len(files),
        edited=edited,
        deleted=deleted,
    )


def _written(event: Payload) -> tuple[Payload, bool, bool] | None:
    """The message that somebody wrote, was it edited, was it deleted."""
    before = event.get("previous_message") or {}
    match event.get("subtype"):
        case "message_deleted":
            return before, False, True
        case "message_changed":
            after = event.get("message") or {}
            if after.get("subtype") == "tombstone":  # the root of a thread was deleted
                return before | {"ts": after.get("ts")}, False, True
            # Else a link was unfurled, a reply was counted.
            same = after.get("text") == before.get("text") and files_of(after) == files_of(before)
            return None if same or after.get("subtype") not in _WORDS else (after, True, False)
        case subtype if subtype in _WORDS:
            return event, "edited" in event, False
        case _:
            return None


def files_of(message: Payload) -> tuple[tuple[str, str], ...]:
    """(name, address) of each attached file that can be opened in Slack. Events tell of files without `files:read`."""
    return tuple(
        (str(file.get("title") or file.get("name") or "File"), str(file["permalink"]))
        for file in message.get("files") or ()
        if file.get("permalink")
    )


def _without_mention(text: str, bot: str) -> str:
    return text.replace(f"<@{bot}>", " ", 1).strip() if bot else text


def message(what: Said, actor: Profile, *, name_of: Callable[[str], str], link: str | None) -> MessagePosted:
    where = where_of(
        what.team, actor, what.channel, direct=what.direct, thread=what.thread if what.thread != what.ts else None
    )
    return MessagePosted(
        id=what.event_id,
        actor=actor,
        where=where,
        text=readable(what.text, name_of),
        message=addresses.message(what.team, what.channel, what.ts),
        link=link,
        files=what.files,
        edited=what.edited,
        deleted=what.deleted,
    )


def changed(body: Payload) -> ProfileSeen:
    """A `user_change`: another name, another zone, gone."""
    user = body["event"]["user"]
    return ProfileSeen(id=body["event_id"], profile=profile_of(user, team_of(body)), left=has_left(user))


def is_of_bot(body: Payload) -> bool:
    """Is it the bot itself that joined, or left?"""
    return bool(body["event"].get("user") == bot_of(body))


def channel_of(body: Payload) -> str:
    """What an event about a conversation is about; some describe it, some name it."""
    channel = body["event"]["channel"]
    return str(channel["id"] if isinstance(channel, dict) else channel)


def lost(body: Payload) -> ConversationLost:
    """Nothing more can be said there."""
    where = addresses.conversation(team_of(body), channel_of(body))
    return ConversationLost(id=body["event_id"], conversation=where, reason=LOST[body["event"]["type"]])


def moved(body: Payload) -> ConversationMoved:
    """A private channel that is shared with another company gets another id, for good.
    https://docs.slack.dev/reference/events/channel_id_changed"""
    team, event = team_of(body), body["event"]
    old, new = (addresses.conversation(team, event[name]) for name in ("old_channel_id", "new_channel_id"))
    return ConversationMoved(id=body["event_id"], conversation=old, to=new)


def seen(
    request_id: str, team: str, channel: str, *, title: str, outsiders: bool | None, by: str = ""
) -> ConversationSeen:
    """The bot is there, and may speak."""
    return ConversationSeen(
        id=request_id,
        conversation=addresses.conversation(team, channel),
        reference=json.dumps({"team": team, "channel": channel}),
        title=title,
        outsiders=outsiders,
        by=addresses.account(team, by) if by else "",
    )
