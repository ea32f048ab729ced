"""The message extension: what somebody looks up beside a message that they write, and a link of ours that they paste there.

Shapes: learn.microsoft.com, "Respond to search command" (5 seconds, 25 results a page, a preview for each), "Link unfurling".

- The card goes out as its writer's own message, so we can never redraw it, and in that chat we may be strangers. Hence every
  button on it asks for a dialog (`task/fetch`): that comes to us from wherever its presser has the app, and is private.
  `Action.Execute` would have Teams add the bot to that chat for everybody ("Just-in-time install").
- It says version 1.3, because a link's card may not say more, and holds nothing that is younger.
- Teams keeps what a link became for 30 minutes, and shows it in the next conversation too, where it may not be read: so each
  answer says that it is for this once ("Remove link unfurling cache").
- From the command box, a share dialog or an unknown place nobody knows where a card will go: it shows no word there.
- Who has not installed us gets nothing: `composeExtension/anonymousQueryLink` is not asked for in the manifest.
"""

import html
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, TypeAlias

from adapters.teams.cards import ADAPTIVE, messages
from adapters.teams.forms import OURS
from adapters.teams.references import conversation_address, tenant_id
from adapters.teams.text import object_in, text_in
from bot.cards import Card, Note
from bot.replies import Reply, Result, Results
from bot.requests import Asked, FormRequested, LinkSeen, SearchTyped, Where

Json: TypeAlias = dict[str, Any]

QUERY, LINK = "composeExtension/query", "composeExtension/queryLink"
WORDS = "words"
FORM = "form:"
A_PAGE = 25
ELSEWHERE = "elsewhere"
LONGER = Note("This is longer than one message. “Open” shows all of it.")
ONCE = {"actions": [{"type": "setCachePolicy", "value": '{"type":"no-cache"}'}]}


def looked_up(activity: Json, asked: Asked, conversation_id: str) -> SearchTyped | LinkSeen | None:
    """The words typed so far, none when the search has just been opened (`initialRun`); or the address that was pasted."""
    value, asked = object_in(activity, "value"), replace(asked, where=_goes_to(activity, asked.where, conversation_id))
    url, kind = text_in(value, "url"), text_in(value, "commandId")
    if text_in(activity, "name") == LINK:
        return LinkSeen(id=asked.id, actor=asked.actor, where=asked.where, url=url) if url else None
    return (
        SearchTyped(id=asked.id, actor=asked.actor, where=asked.where, kind=kind, text=_typed(value)) if kind else None
    )


def opened(value: Json, asked: Asked) -> FormRequested | None:
    """A form chosen in our menu beside a message, or in the command box; the manifest puts its name into the command's."""
    command = text_in(value, "commandId")
    if not command.startswith(FORM) or text_in(value, "commandContext") == "message":
        return None
    return FormRequested(id=asked.id, actor=asked.actor, where=asked.where, form_id=command.removeprefix(FORM))


def results(activity: Json, replies: Sequence[Reply]) -> Json:
    """A page of what was found, or the line that says why there is nothing; for a link its card or nothing."""
    found = next((reply for reply in replies if isinstance(reply, Results)), Results())
    if text_in(activity, "name") == LINK:
        return _listed(found.items[:1]) if found.items else {}
    if not found.items:
        return {"composeExtension": {"type": "message", "text": found.note}} if found.note else _listed(())
    skip, count = _page(object_in(object_in(activity, "value"), "queryOptions"))
    return _listed(found.items[skip : skip + count])


def _listed(items: Sequence[Result]) -> Json:
    attachments = [_attachment(item) for item in items]
    listed = {"type": "result", "attachmentLayout": "list", "attachments": attachments, "suggestedActions": ONCE}
    return {"composeExtension": listed}


def _attachment(item: Result) -> Json:
    """The line to choose it by is a card of an older kind, whose text is HTML."""
    line = {"title": html.escape(item.title, quote=False), "text": html.escape(item.detail, quote=False)}
    preview = {"contentType": "application/vnd.microsoft.card.thumbnail", "content": line}
    return {"contentType": ADAPTIVE, "content": inserted(item.card), "preview": preview}


def inserted(card: Card) -> Json:
    """The card in somebody's message: of a longer one its beginning, and every button a dialog's."""
    first, *rest = messages(card)
    if rest:
        first = messages(replace(card, blocks=(LONGER, *card.blocks)))[0]
    content: Json = _fetching(first["attachments"][0]["content"])
    return {**content, "version": "1.3"}


def _fetching(part: Any) -> Any:
    if isinstance(part, list):
        return [_fetching(inner) for inner in part]
    if not isinstance(part, dict):
        return part
    if part.get("type") == "Action.Execute":
        kept = {name: value for name, value in part.items() if name != "verb"}
        data = {"msteams": {"type": "task/fetch"}, OURS: part["data"][OURS]}
        return {**kept, "type": "Action.Submit", "data": data}
    return {name: _fetching(inner) for name, inner in part.items()}


def _goes_to(activity: Json, here: Where, conversation_id: str) -> Where:
    """The conversation in which a card from here will be read, if that is sure. A chat with somebody else is never our own."""
    source = text_in(object_in(object_in(activity, "channelData"), "source"), "name")
    sure = source == "compose" and (not here.direct or conversation_id.startswith("a:"))
    return here if sure else Where(conversation=conversation_address(tenant_id(here.conversation), ELSEWHERE))


def _typed(value: Json) -> str:
    listed = value.get("parameters")
    for parameter in listed if isinstance(listed, list) else []:
        if isinstance(parameter, dict) and parameter.get("name") == WORDS:
            return text_in(parameter, "value")
    return ""


def _page(options: Json) -> tuple[int, int]:
    """How many were shown already, and how many are wanted."""
    skip, count = (options.get(name) for name in ("skip", "count"))
    at = skip if isinstance(skip, int) and skip > 0 else 0
    return at, min(count, A_PAGE) if isinstance(count, int) and count > 0 else A_PAGE
