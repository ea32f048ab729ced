"""One JSON body from the page becomes exactly one `bot.requests.Request`. It changes nothing in the room.

Bodies carry `id` (made by the page once an action, so sending it again does nothing twice), `chair` (the account that
acts) and `zone` (the browser's). What does not fit is `BadBody`, a mistake of the page and never of the person.
"""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from adapters.playground.room import Message, Room, Sitter
from bot.forms import Value, Values
from bot.requests import (
    ButtonPressed,
    CommandTyped,
    FormSubmitted,
    MessagePosted,
    MessageTaken,
    Profile,
    Where,
    tenant_of,
)

if TYPE_CHECKING:
    from adapters.playground.mirror.sides import Mirror

Body = Mapping[str, Any]

DEFAULT_ZONE = "Europe/Zurich"
MENTION = re.compile(r"^\s*@touchpoint\b[,:]?\s*", re.IGNORECASE)
PREFIX = re.compile(r"^\s*/?touchpoint\b\s*|^\s*/", re.IGNORECASE)


class BadBody(Exception):
    """The request does not make sense in this room; the text says why."""


def command_typed(room: Room, body: Body) -> CommandTyped:
    text = PREFIX.sub("", words(body, "text"), count=1).strip()
    return CommandTyped(**_asked(room, body, conversation(room, body)), text=text)


def button_pressed(room: Room, body: Body) -> ButtonPressed:
    message = seen_message(room, body, "message")
    asked = _asked(room, body, message.conversation, message.thread)
    return ButtonPressed(**asked, action=words(body, "action"), value=words(body, "value", ""), message=message.address)


def form_submitted(room: Room, body: Body) -> FormSubmitted:
    values = {name: _value(value) for name, value in _mapping(body, "values").items()}
    context = {name: str(value) for name, value in _mapping(body, "context").items()}
    asked = _asked(room, body, conversation(room, body), body.get("thread"))
    form_id = words(body, "form_id")
    return FormSubmitted(**asked, form_id=form_id, values=values, context=context, people=_people(room, values))


def filled_in(mirror: "Mirror", body: Body) -> dict[str, Any]:
    """What came back from one side's form, `typed` by the keys of its controls, as the body of the page's own form."""
    typed = {key: _value(value) for key, value in _mapping(body, "typed").items()}
    try:
        filled = mirror.filled(words(body, "side"), words(body, "back"), typed)
    except (ValueError, LookupError, TypeError) as error:
        raise BadBody("that is no form of ours") from error
    return {"form_id": filled.form_id, "context": dict(filled.context), "values": _listed(filled.values)}


def message_posted(
    room: Room, body: Body, message: Message, *, edited: bool = False, deleted: bool = False
) -> MessagePosted:
    """The message as it stands in the room now, without the mention that addressed it to the bot."""
    asked = _asked(room, body, message.conversation, message.thread)
    text = "" if deleted else MENTION.sub("", message.text)
    return MessagePosted(**asked, text=text, message=message.address, edited=edited, deleted=deleted)


def message_taken(room: Room, body: Body) -> MessageTaken:
    """A shortcut on what somebody said. Nothing here has an address that a record could keep."""
    message = seen_message(room, body, "message")
    writer = room.people.get(message.author)
    if writer is None or message.command:
        raise BadBody("only what somebody said can be taken into the record")
    asked = _asked(room, body, message.conversation, message.thread)
    text, action = MENTION.sub("", message.text), words(body, "action")
    return MessageTaken(**asked, action=action, text=text, message=message.address, author=writer.name)


def is_to_bot(room: Room, place: str, text: str, thread: str | None) -> bool:
    """In the direct chat always; among others with a mention, or as a reply to one of the bot's own messages."""
    root = room.message(thread) if thread else None
    return room.is_direct(place) or bool(MENTION.match(text)) or (root is not None and not root.author)


def thread_of(room: Room, body: Body) -> str | None:
    """The root of the thread that a reply belongs to: replying to a reply stays in the same thread."""
    if not body.get("to"):
        return None
    answered = seen_message(room, body, "to")
    return answered.thread or answered.address


def sitter(room: Room, body: Body) -> Sitter:
    found = room.people.get(words(body, "chair"))
    if found is None:
        raise BadBody("nobody sits on that chair")
    return found


def conversation(room: Room, body: Body) -> str:
    """The conversation that a body names, if this chair is in it: everybody is, except in others' direct chats."""
    place = words(body, "conversation")
    if not room.has(place) or (room.is_direct(place) and place != sitter(room, body).account):
        raise BadBody("no such conversation for this chair")
    return place


def seen_message(room: Room, body: Body, name: str) -> Message:
    message = room.message(words(body, name))
    if message is None or not room.sees(sitter(room, body).account, message):
        raise BadBody("that message is no longer here; the record still has what it said")
    return message


def own_message(room: Room, body: Body) -> Message:
    message = seen_message(room, body, "message")
    if message.author != sitter(room, body).account or message.command:
        raise BadBody("only what one said oneself can be changed")
    return message


def request_id(room: Room, body: Body) -> str:
    return f"{tenant_of(room.home)}/{words(body, 'id')}"


def profile_of(who: Sitter, zone: str = "") -> Profile:
    return Profile(account=who.account, name=who.name, zone=zone, outsider=who.outsider)


def words(body: Body, name: str, default: str | None = None) -> str:
    value = body.get(name, default)
    if not isinstance(value, str):
        raise BadBody(f"`{name}` must be text")
    return value


def _asked(room: Room, body: Body, place: str, thread: str | None = None) -> dict[str, Any]:
    who = sitter(room, body)
    profile = profile_of(who, _zone(body))
    title = room.titles.get(place, "")
    where = Where(conversation=place, direct=room.is_direct(place), title=title, thread=thread)
    return {"id": request_id(room, body), "actor": profile, "where": where}


def _zone(body: Body) -> str:
    name = words(body, "zone", DEFAULT_ZONE)
    try:
        return ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError, OSError):  # unknown, malformed, or the name of a folder
        return DEFAULT_ZONE


def _people(room: Room, values: Mapping[str, Value]) -> tuple[Profile, ...]:
    """Whoever was picked: the platform's own word on the accounts that stand in the values."""
    named = {part for value in values.values() for part in ((value,) if isinstance(value, str) else value)}
    return tuple(profile_of(room.people[account]) for account in sorted(named & room.people.keys()))


def _value(value: object) -> Value:
    if isinstance(value, list):
        return tuple(str(part) for part in value)
    return value if isinstance(value, str) else ""


def _listed(values: Values) -> dict[str, object]:
    return {name: value if isinstance(value, str) else list(value) for name, value in values.items()}


def _mapping(body: Body, name: str) -> Mapping[str, object]:
    value = body.get(name, {})
    if not isinstance(value, dict):
        raise BadBody(f"`{name}` must be an object")
    return value
