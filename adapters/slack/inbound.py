"""Slack's payloads into the core's requests. Pure: what must be looked up first is handed in.

Slash commands: https://docs.slack.dev/interactivity/implementing-slash-commands; interactions:
https://docs.slack.dev/reference/interaction-payloads; events: https://docs.slack.dev/reference/events.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from adapters.slack import addresses, forms
from adapters.slack.buttons import LINK_ACTION, action_of, opens_form, pressed
from adapters.slack.people import has_left, profile_of
from adapters.slack.texts import readable, unescaped
from bot.requests import (
    ButtonPressed,
    CommandTyped,
    ConversationLost,
    ConversationSeen,
    FormRequested,
    FormSubmitted,
    MessagePosted,
    MessageTaken,
    Profile,
    ProfileSeen,
    Where,
)

Payload = Mapping[str, Any]

ASK_FOR_FORM = "touchpoint.form"  # the action of the button that asks for a form which could not open at once

# What people say themselves; every other subtype is Slack speaking (https://docs.slack.dev/reference/events/message).
_WORDS = (None, "file_share", "me_message", "thread_broadcast")
_LOST = {
    "channel_left": "removed",
    "group_left": "removed",
    "channel_archive": "archived",
    "group_archive": "archived",
    "channel_deleted": "deleted",
    "group_deleted": "deleted",
}


def team_of(body: Payload) -> str:
    """The workspace that the bot was asked in; the Enterprise organization where the app was installed for all of it.

    So a person is one account in every workspace of the organization, as they are one user of Slack's there.
    https://api.slack.com/enterprise/apps/reference
    """
    if enterprise := _installed_for_all(body):
        return enterprise
    given = body.get("team_id") or (body.get("team") or {}).get("id")
    for authorization in body.get("authorizations") or ():
        given = authorization.get("team_id") or given
    user = body.get("user")
    theirs = user.get("team_id") if isinstance(user, dict) else None
    return str(given or theirs or (body.get("enterprise") or {}).get("id") or "")


def _installed_for_all(body: Payload) -> str:
    """An event says it of its first authorization, a command with the word `true`, an interaction with a boolean."""
    for said in (*(body.get("authorizations") or ())[:1], body):
        if str(said.get("is_enterprise_install")).lower() == "true":
            return str(said.get("enterprise_id") or (said.get("enterprise") or {}).get("id") or "")
    return ""


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


def command(body: Payload, actor: Profile, *, direct: bool) -> CommandTyped:
    where = _where(team_of(body), actor, body["channel_id"], direct=direct, title=body.get("channel_name", ""))
    return CommandTyped(id=body["trigger_id"], actor=actor, where=where, text=unescaped(body.get("text", "")).strip())


def wants_form(body: Payload) -> bool:
    """Is a form the answer to this interaction, as far as it says?"""
    return body["type"] in {"shortcut", "message_action"} or opens_form(body["actions"][0])


def is_link(body: Payload) -> bool:
    """A press on a link button, which opened without us."""
    return action_of(body["actions"][0]["action_id"]) == LINK_ACTION


def button(body: Payload, actor: Profile, *, direct: bool) -> ButtonPressed | FormRequested:
    team, container = team_of(body), body.get("container") or {}
    channel = channel_of(body)
    thread = container.get("thread_ts") or (body.get("message") or {}).get("thread_ts")
    title = (body.get("channel") or {}).get("name", "")
    where = _where(team, actor, channel, direct=direct, title=title, thread=thread)
    action, value = pressed(body["actions"][0])
    if action == ASK_FOR_FORM:
        asked = json.loads(value)
        return FormRequested(
            id=body["trigger_id"], actor=actor, where=where, form_id=asked["form"], context=asked["context"]
        )
    ts = container.get("message_ts")
    message = addresses.message(team, channel, ts) if ts and not container.get("is_ephemeral") else None
    return ButtonPressed(id=body["trigger_id"], actor=actor, where=where, action=action, value=value, message=message)


def channel_of(body: Payload) -> str:
    return str((body.get("channel") or {}).get("id") or (body.get("container") or {}).get("channel_id") or "")


def form(body: Payload, submitted: forms.Submitted, actor: Profile, people: tuple[Profile, ...]) -> FormSubmitted:
    return FormSubmitted(
        id=body["trigger_id"],
        actor=actor,
        where=submitted.where,
        form_id=submitted.form_id,
        values=submitted.values,
        context=submitted.context,
        people=people,
    )


def taken(
    body: Payload, actor: Profile, *, direct: bool, author: str, name_of: Callable[[str], str], link: str | None
) -> MessageTaken:
    """A message shortcut: https://docs.slack.dev/reference/interaction-payloads/shortcuts-interaction-payload. It says
    nothing of the thread but in the message itself."""
    team, channel, on = team_of(body), channel_of(body), body["message"]
    title = (body.get("channel") or {}).get("name", "")
    root = on.get("thread_ts")
    return MessageTaken(
        id=body["trigger_id"],
        actor=actor,
        where=_where(team, actor, channel, direct=direct, title=title, thread=root if root != taken_ts(body) else None),
        action=body["callback_id"],
        text=readable(on.get("text") or "", name_of),
        message=addresses.message(team, channel, taken_ts(body)),
        link=link,
        author=author,
    )


def opener(body: Payload, actor: Profile, *, form_id: str) -> FormRequested:
    """A global shortcut: it is chosen anywhere, and Slack does not say where, so it counts as asked in the direct chat."""
    return FormRequested(
        id=body["trigger_id"], actor=actor, where=_where(team_of(body), actor, "", direct=True), form_id=form_id
    )


def taken_ts(body: Payload) -> str:
    return str(body.get("message_ts") or body["message"]["ts"])


def author_of(body: Payload) -> str | None:
    """Who wrote the message that a shortcut was chosen on; nobody where an app did."""
    on = body["message"]
    return None if on.get("bot_id") else on.get("user")


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
            after = event["message"]
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
    where = _where(
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


def notice(body: Payload, *, title: str = "") -> ConversationSeen | ConversationLost | None:
    """What the platform says about conversations; None where it does not concern us."""
    event, team, event_id = body["event"], team_of(body), body["event_id"]
    match event["type"]:
        case "member_joined_channel" if event["user"] == bot_of(body):
            reference = json.dumps({"team": team, "channel": event["channel"]})
            where = addresses.conversation(team, event["channel"])
            return ConversationSeen(id=event_id, conversation=where, reference=reference, title=title)
        case lost if lost in _LOST:
            where = addresses.conversation(team, event["channel"])
            return ConversationLost(id=event_id, conversation=where, reason=_LOST[lost])
        case _:
            return None


# What Slack calls conversations that have no name for the one who asks.
_NAMELESS = ("directmessage", "privategroup")


def _where(
    team: str, actor: Profile, channel: str, *, direct: bool, title: str = "", thread: str | None = None
) -> Where:
    named = title and not direct and title not in _NAMELESS and not title.startswith("mpdm-")
    return Where(
        conversation=actor.account if direct else addresses.conversation(team, channel),
        direct=direct,
        title=f"#{title}" if named else "",
        thread=addresses.message(team, channel, thread) if thread else None,
    )
