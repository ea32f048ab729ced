"""One Teams activity → one request of the core, or nothing. Pure: no I/O, and nothing that an activity holds breaks it.

Shapes: learn.microsoft.com, "Bot activity handlers", "Universal Actions", "Dialogs"; examples in tests/payloads/teams.
An activity that passed the token check can still carry anything inside, so every field is read as if a stranger wrote
it.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from adapters.teams import extensions, forms
from adapters.teams.files import attached, files_in
from adapters.teams.html import plain_text
from adapters.teams.references import (
    Reference,
    account_address,
    conversation_address,
    message_address,
    message_link,
    root_of,
)
from adapters.teams.text import attachments, entities, mentions, object_in, text_in, words_in
from bot.requests import (
    Asked,
    ButtonPressed,
    CommandTyped,
    FormRequested,
    FormSubmitted,
    FromPerson,
    MessagePosted,
    MessageTaken,
    Profile,
    Where,
)

Json: TypeAlias = dict[str, Any]

_QUOTE = re.compile(r'<blockquote[^>]*schema\.skype\.com/Reply[^>]*itemid="(\d+)"', re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What every activity of a person says about where and who. `person` is their id with us here (`29:…`)."""

    activity: Json
    tenant: str
    reference: Reference
    account: str
    person: str
    name: str
    zone: str
    where: Where
    stranger: bool

    @property
    def activity_id(self) -> str:
        return text_in(self.activity, "id")

    @property
    def may_be_elsewhere(self) -> bool:
        """The message extension, and every dialog, which a card in somebody's own message may have opened. Such a one comes
        also from chats where we are no member: their roster is closed to us."""
        return text_in(self.activity, "name").startswith(("composeExtension/", "task/"))

    @property
    def delivery(self) -> str:
        """The same for every delivery of this activity, and for no other.

        An edit comes under the id of the message that it edits, so its time belongs to the name.
        """
        kind = text_in(self.activity, "type")
        moment = text_in(self.activity, "timestamp") if kind in {"messageUpdate", "messageDelete"} else ""
        data = object_in(self.activity, "channelData")
        parts = (kind, self.reference.conversation, self.activity_id, text_in(data, "eventType"), moment)
        return "|".join(part for part in parts if part)


def hear(activity: Json, *, tenant: str, bot_id: str) -> Heard | None:
    """Nothing for an activity without a conversation or without somebody behind it, and for our own words."""
    sender, conversation = object_in(activity, "from"), object_in(activity, "conversation")
    conversation_id, person = text_in(conversation, "id"), text_in(sender, "id")
    if not conversation_id or not person or person == bot_id:
        return None
    kind = text_in(conversation, "conversationType") or ("personal" if conversation_id.startswith("a:") else "channel")
    # A chat between two people, where a message action works without us, is personal too; its id begins with `19:`.
    direct = kind == "personal" and not conversation_id.startswith("19:")
    account = account_address(tenant, text_in(sender, "aadObjectId") or person)
    return Heard(
        activity=activity,
        tenant=tenant,
        reference=Reference(
            service_url=text_in(activity, "serviceUrl"),
            conversation=conversation_id,
            kind=kind,
            tenant=tenant,
            bot=text_in(object_in(activity, "recipient"), "id") or bot_id,
            user=person if direct else "",
        ),
        account=account,
        person=person,
        name=text_in(sender, "name"),
        zone=_zone(activity),
        where=Where(
            conversation=account if direct else conversation_address(tenant, conversation_id),
            direct=direct,
            title="" if direct else _title(activity),
            thread=_thread(activity, tenant, conversation_id),
        ),
        stranger=not text_in(sender, "aadObjectId") or person.startswith("28:"),
    )


def request_in(heard: Heard, actor: Profile, *, bot_id: str, client_url: str) -> FromPerson | None:
    """What this person asks of the core. Nothing for what is no business of ours, and for what makes no sense."""
    asked = Asked(id=heard.delivery, actor=actor, where=heard.where)
    match text_in(heard.activity, "type"):
        case "message":
            return _message(heard, asked, bot_id, client_url)
        case "messageUpdate":
            return _posted(heard, asked, bot_id, client_url, edited=True)
        case "messageDelete":
            return _posted(heard, asked, bot_id, client_url, deleted=True)
        case "invoke":
            return _invoked(heard, asked, bot_id, client_url)
        case _:
            return None


def _invoked(heard: Heard, asked: Asked, bot_id: str, client_url: str) -> FromPerson | None:
    value = object_in(heard.activity, "value")
    match text_in(heard.activity, "name"):
        case "adaptiveCard/action":
            return _pressed(heard, asked, object_in(object_in(value, "action"), "data"))
        case "task/fetch":
            return _pressed(heard, asked, object_in(value, "data"))
        case "composeExtension/fetchTask":
            return _taken(heard, asked, value, bot_id, client_url) or extensions.opened(value, asked)
        case extensions.QUERY | extensions.LINK:
            return extensions.looked_up(heard.activity, asked, heard.reference.conversation)
        case "task/submit" | "composeExtension/submitAction":
            data = object_in(value, "data")
            return _submitted(heard, asked, data) or _pressed(heard, asked, data)
        case _:
            return None


def _message(heard: Heard, asked: Asked, bot_id: str, client_url: str) -> CommandTyped | MessagePosted | None:
    """In a shared conversation only what is said to us: with a mention, or in a message that nobody else sees."""
    recipient = object_in(heard.activity, "recipient")
    if not heard.where.direct and not mentions(heard.activity, bot_id) and recipient.get("isTargeted") is not True:
        return None
    if heard.where.direct or heard.where.thread or attached(heard.activity):
        return _posted(heard, asked, bot_id, client_url)
    return CommandTyped(id=asked.id, actor=asked.actor, where=asked.where, text=words_in(heard.activity, bot_id))


def _posted(
    heard: Heard, asked: Asked, bot_id: str, client_url: str, *, edited: bool = False, deleted: bool = False
) -> MessagePosted:
    channel_data = object_in(heard.activity, "channelData")
    conversation_id = heard.reference.conversation
    link = message_link(
        client_url=client_url,
        tenant=heard.tenant,
        conversation_id=_linkable(heard, bot_id),
        activity_id=heard.activity_id,
        root=root_of(conversation_id),
        group=text_in(object_in(channel_data, "team"), "aadGroupId"),
    )
    return MessagePosted(
        id=asked.id,
        actor=asked.actor,
        where=asked.where,
        text="" if deleted else words_in(heard.activity, bot_id),
        message=message_address(heard.tenant, conversation_id, heard.activity_id),
        link=link,
        files=() if deleted else files_in(heard.activity, link),
        edited=edited,
        deleted=deleted,
    )


def _taken(heard: Heard, asked: Asked, value: Json, bot_id: str, client_url: str) -> MessageTaken | None:
    """A message action. Teams tells of the message what stands in it and never its attachments ("Define message extension
    action commands"); in some chats it gives no link either."""
    message = object_in(value, "messagePayload")
    message_id, command = text_in(message, "id"), text_in(value, "commandId")
    if not message_id or not command:
        return None
    conversation_id = heard.reference.conversation
    made = message_link(
        client_url=client_url,
        tenant=heard.tenant,
        conversation_id=_linkable(heard, bot_id),
        activity_id=message_id,
        root=text_in(message, "replyToId") or root_of(conversation_id),
        group=text_in(object_in(object_in(heard.activity, "channelData"), "team"), "aadGroupId"),
    )
    body, writer = object_in(message, "body"), object_in(message, "from")
    content = text_in(body, "content")
    return MessageTaken(
        id=asked.id,
        actor=asked.actor,
        where=asked.where,
        action=command,
        text=content.strip() if text_in(body, "contentType") == "text" else plain_text(content),
        message=message_address(heard.tenant, conversation_id, message_id),
        link=text_in(message, "linkToMessage") or made,
        author=text_in(object_in(writer, "user"), "displayName"),
    )


def _linkable(heard: Heard, bot_id: str) -> str:
    """Links know a direct chat by its two parties and not by the id that bots are given for it (`a:1…`)."""
    if not heard.where.direct:
        return heard.reference.conversation
    return f"19:{heard.account.split('/', 1)[1]}_{bot_id.removeprefix('28:')}@unq.gbl.spaces"


def _pressed(heard: Heard, asked: Asked, data: Json) -> ButtonPressed | FormRequested | None:
    ours = object_in(data, forms.OURS)
    if form_id := text_in(ours, "form"):
        return FormRequested(
            id=asked.id, actor=asked.actor, where=asked.where, form_id=form_id, context=forms.context_in(ours)
        )
    action, reply_to = text_in(ours, "press"), text_in(heard.activity, "replyToId")
    if not action:
        return None
    return ButtonPressed(
        id=asked.id,
        actor=asked.actor,
        where=asked.where,
        action=action,
        value=text_in(ours, "value"),
        message=message_address(heard.tenant, heard.reference.conversation, reply_to) if reply_to else None,
    )


def _submitted(heard: Heard, asked: Asked, data: Json) -> FormSubmitted | None:
    ours = object_in(data, forms.OURS)
    form_id = text_in(ours, "form")
    if not form_id:
        return None
    return FormSubmitted(
        id=asked.id,
        actor=asked.actor,
        where=asked.where,
        form_id=form_id,
        values=forms.values_in(data, heard.tenant),
        context=forms.context_in(ours),
    )


def _thread(activity: Json, tenant: str, conversation_id: str) -> str | None:
    """The root of the channel's thread; in a chat, which has no threads, the message that is quoted."""
    root = root_of(conversation_id)
    if root is not None:
        return message_address(tenant, conversation_id, root) if root != text_in(activity, "id") else None
    quoted = _quoted(activity) if text_in(activity, "type").startswith("message") else ""
    return message_address(tenant, conversation_id, quoted) if quoted else None


def _quoted(activity: Json) -> str:
    """Newer clients say it in an entity, older ones in the HTML that comes beside the text."""
    for entity in entities(activity, "quotedReply"):
        if found := text_in(object_in(entity, "quotedReply"), "messageId"):
            return found
    for attachment in attachments(activity):
        if found_in := _QUOTE.search(text_in(attachment, "content")):
            return found_in.group(1)
    return ""


def _title(activity: Json) -> str:
    """What people call the conversation. Teams says it in some activities and not in others."""
    data = object_in(activity, "channelData")
    named = text_in(object_in(data, "channel"), "name") or text_in(object_in(activity, "conversation"), "name")
    return named or text_in(object_in(data, "team"), "name")


def _zone(activity: Json) -> str:
    said = text_in(activity, "localTimezone")
    for entity in entities(activity, "clientInfo"):
        said = said or text_in(entity, "timezone")
    return said if _is_zone(said) else ""


@lru_cache(maxsize=1024)
def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, OSError, ValueError):  # unknown, a folder, empty, or a path that leads out of the zones
        return False
    return True
