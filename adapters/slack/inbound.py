"""Slack's commands and interactions into the core's requests. Pure: what must be looked up first is handed in.

Slash commands: https://docs.slack.dev/interactivity/implementing-slash-commands; interactions:
https://docs.slack.dev/reference/interaction-payloads. Events have a file of their own.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

from adapters.slack import addresses, forms
from adapters.slack.buttons import LINK_ACTION, action_of, opens_form, pressed
from adapters.slack.shapes import NotUnderstood
from adapters.slack.texts import readable, unescaped
from bot.requests import (
    ButtonPressed,
    CommandTyped,
    FormRequested,
    FormSubmitted,
    MessageTaken,
    Profile,
    Where,
)

Payload = Mapping[str, Any]

ASK_FOR_FORM = "touchpoint.form"  # the action of the button that asks for a form which could not open at once


def team_of(body: Payload) -> str:
    """The workspace that the bot was asked in; the Enterprise organization where the app was installed for all of it.

    So a person is one account in every workspace of the organization, as they are one user of Slack's there.
    https://api.slack.com/enterprise/apps/reference
    """
    if enterprise := _installed_for_all(body):
        return enterprise
    given = installed_at(body) or body.get("team_id") or (body.get("team") or {}).get("id")
    for authorization in body.get("authorizations") or ():
        given = authorization.get("team_id") or given
    user = body.get("user")
    theirs = user.get("team_id") if isinstance(user, dict) else None
    return str(given or theirs or (body.get("enterprise") or {}).get("id") or "")


def installed_at(body: Payload) -> str:
    """A view says itself whose installation it is, also where somebody of another company looks at it."""
    return str((body.get("view") or {}).get("app_installed_team_id") or "")


def moved_home(body: Payload, team: str) -> Payload:
    """The same, asked in this workspace: what somebody of another company presses in a shared channel may name theirs."""
    if team_of(body) == team:
        return body
    return {**body, "team_id": team, "team": {"id": team}, "is_enterprise_install": False}


def _installed_for_all(body: Payload) -> str:
    """An event says it of its first authorization, a command with the word `true`, an interaction with a boolean."""
    for said in (*(body.get("authorizations") or ())[:1], body):
        if str(said.get("is_enterprise_install")).lower() == "true":
            return str(said.get("enterprise_id") or (said.get("enterprise") or {}).get("id") or "")
    return ""


def command(body: Payload, actor: Profile, *, direct: bool) -> CommandTyped:
    where = where_of(team_of(body), actor, body["channel_id"], direct=direct, title=body.get("channel_name") or "")
    return CommandTyped(id=body["trigger_id"], actor=actor, where=where, text=unescaped(body.get("text") or "").strip())


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
    title = (body.get("channel") or {}).get("name") or ""
    where = where_of(team, actor, channel, direct=direct, title=title, thread=thread)
    action, value = pressed(body["actions"][0])
    if action == ASK_FOR_FORM:
        form_id, context = _form_in(value)
        return FormRequested(id=body["trigger_id"], actor=actor, where=where, form_id=form_id, context=context)
    ts = container.get("message_ts")
    message = addresses.message(team, channel, ts) if ts and not container.get("is_ephemeral") else None
    return ButtonPressed(id=body["trigger_id"], actor=actor, where=where, action=action, value=value, message=message)


def _form_in(value: str) -> tuple[str, dict[str, str]]:
    """What the button that asks for a form carries. Raises `NotUnderstood`."""
    try:
        asked = json.loads(value)
        return str(asked["form"]), {str(name): str(held) for name, held in asked["context"].items()}
    except (ValueError, LookupError, TypeError, AttributeError):
        raise NotUnderstood(ASK_FOR_FORM) from None


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
    title = (body.get("channel") or {}).get("name") or ""
    root, words, files = on.get("thread_ts"), readable(on.get("text") or "", name_of), ", ".join(_files_of(on))
    return MessageTaken(
        id=body["trigger_id"],
        actor=actor,
        where=where_of(
            team, actor, channel, direct=direct, title=title, thread=root if root != taken_ts(body) else None
        ),
        action=body["callback_id"],
        text=f"{words}\n\nAttached: {files}" if words and files else words or files,
        message=addresses.message(team, channel, taken_ts(body)),
        link=link,
        author=author,
    )


def opener(body: Payload, actor: Profile, *, form_id: str) -> FormRequested:
    """A global shortcut: it is chosen anywhere, and Slack does not say where, so it counts as asked in the direct chat."""
    return FormRequested(
        id=body["trigger_id"], actor=actor, where=where_of(team_of(body), actor, "", direct=True), form_id=form_id
    )


def _files_of(message: Payload) -> list[str]:
    """The names of what is attached; the message's link leads to it."""
    named = (file.get("title") or file.get("name") for file in message.get("files") or ())
    return [str(name) for name in named if name]


def taken_ts(body: Payload) -> str:
    return str(body.get("message_ts") or body["message"]["ts"])


def author_of(body: Payload) -> str | None:
    """Who wrote the message that a shortcut was chosen on; nobody where an app did."""
    on = body["message"]
    return None if on.get("bot_id") else on.get("user")


# What Slack calls conversations that have no name for the one who asks.
_NAMELESS = ("directmessage", "privategroup")


def where_of(
    team: str, actor: Profile, channel: str, *, direct: bool, title: str = "", thread: str | None = None
) -> Where:
    named = title and not direct and title not in _NAMELESS and not title.startswith("mpdm-")
    return Where(
        conversation=actor.account if direct else addresses.conversation(team, channel),
        direct=direct,
        title=f"#{title}" if named else "",
        thread=addresses.message(team, channel, thread) if thread else None,
    )
