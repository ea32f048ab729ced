"""The outbound half: one card to one conversation, and truthfully what became of it.

A delivery's name travels in the message's metadata, where `find` reads it back from the conversation's history. A
card of several messages says in each which part it is; a delivery that broke off in between goes on with what is
missing.
"""

from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from adapters.port import Pace, SendLater, SendRefused, SendUnknown
from adapters.slack import addresses, cards
from adapters.slack.chats import DirectChats
from adapters.slack.messages import Message
from adapters.slack.web import truthfully
from bot.cards import Card

_EVENT: Final = "touchpoint_delivery"
_REMEMBERED: Final = 1_000
_PAGES: Final = 10
_CLOCKS_DIFFER: Final = timedelta(minutes=2)
# What Slack answers where a workspace does not know one of our blocks.
_REJECTED: Final = ("invalid_blocks", "invalid_blocks_format", "invalid_attachments", "invalid_arguments")

Kept = TypeVar("Kept")


async def send(message: Message, call: Callable[..., Any]) -> AsyncSlackResponse:
    """One message by one method; once more in its plainer drawing if the first was rejected (and so not delivered)."""
    try:
        return await truthfully(call(**message.arguments()))
    except SendRefused as refused:
        if refused.reason not in _REJECTED or message.plainer == message.blocks:
            raise
        return await truthfully(call(**message.arguments(plainer=True)))


class SlackEdge:
    """`adapters.port.Edge` for Slack."""

    def __init__(self, client: AsyncWebClient, chats: DirectChats) -> None:
        self._client = client
        self._chats = chats
        self._begun: OrderedDict[str, dict[int, str]] = OrderedDict()  # delivery → its parts that were sent
        self._tails: OrderedDict[str, list[str]] = OrderedDict()  # a card's first message → the later ones

    @property
    def platform(self) -> str:
        return addresses.PLATFORM

    @property
    def pace(self) -> Pace:
        """https://docs.slack.dev/apis/web-api/rate-limits: about one message a second in a channel."""
        return Pace(per_conversation=1.0, at_once=8)

    async def post(self, *, conversation: str, card: Card, delivery: str) -> str:
        channel = await self._chats.channel_for(conversation)
        messages = cards.render(card)
        sent = dict(self._begun.get(delivery, {}))
        for part, message in enumerate(messages):
            if part not in sent:
                posted = await self._post(message, channel=channel, metadata=_named(delivery, part, len(messages)))
                sent[part] = posted["ts"]
                _remember(self._begun, delivery, dict(sent))
        self._begun.pop(delivery, None)
        return self._whole(addresses.team_of(conversation), channel, sent)

    async def _post(self, message: Message, **where: Any) -> AsyncSlackResponse:
        return await send(message, lambda **drawn: self._client.chat_postMessage(**where, **drawn))

    def _whole(self, team: str, channel: str, sent: dict[int, str]) -> str:
        first, *tail = (sent[part] for part in sorted(sent))
        address = addresses.message(team, channel, first)
        if tail:
            _remember(self._tails, address, tail)
        return address

    async def update(self, *, message: str, card: Card) -> None:
        """One that needs more messages than before goes on in the first one's thread; one that needs fewer loses them.

        Which messages a card stood on is remembered while the process runs.
        """
        channel, ts = addresses.message_at(message)
        first, *rest = cards.render(card)
        await self._redraw(channel, ts, first)
        tail = self._tails.get(message, [])
        for old, new in zip(tail, rest, strict=False):
            await self._redraw(channel, old, new)
        for old in tail[len(rest) :]:
            await truthfully(self._client.chat_delete(channel=channel, ts=old))
        added = [(await self._post(new, channel=channel, thread_ts=ts))["ts"] for new in rest[len(tail) :]]
        if tail or rest:
            _remember(self._tails, message, [*tail[: len(rest)], *added])

    async def _redraw(self, channel: str, ts: str, message: Message) -> None:
        async def call(**drawn: Any) -> AsyncSlackResponse:
            takes = {name: drawn[name] for name in ("text", "blocks")}  # chat.update knows no `mrkdwn` and no unfurling
            return await self._client.chat_update(channel=channel, ts=ts, **takes)

        try:
            await send(message, call)
        except SendUnknown as unknown:  # the same redraw twice is one redraw
            raise SendLater(5.0, str(unknown)) from unknown

    async def find(self, *, conversation: str, delivery: str, since: datetime) -> str | None:
        channel = await self._chats.channel_for(conversation)
        found: dict[int, str] = {}
        parts = 1
        async for message in self._history(channel, since - _CLOCKS_DIFFER):
            named = message.get("metadata") or {}
            payload = named.get("event_payload") or {}
            if named.get("event_type") == _EVENT and payload.get("delivery") == delivery:
                found[int(payload.get("part", 0))] = message["ts"]
                parts = int(payload.get("parts", 1))
        if len(found) == parts:
            return self._whole(addresses.team_of(conversation), channel, found)
        if found:  # broken off: posting it again sends what is missing
            _remember(self._begun, delivery, found)
        return None

    async def _history(self, channel: str, oldest: datetime) -> AsyncIterator[dict[str, Any]]:
        cursor = ""
        for _ in range(_PAGES):
            page = await self._page(channel, f"{oldest.timestamp():.6f}", cursor)
            for message in page["messages"]:
                yield message
            cursor = (page.get("response_metadata") or {}).get("next_cursor", "")
            if not cursor:
                return
        raise SendUnknown(f"more than {_PAGES} pages of history since the attempt")

    async def _page(self, channel: str, oldest: str, cursor: str) -> AsyncSlackResponse:
        try:
            return await truthfully(
                self._client.conversations_history(
                    channel=channel, oldest=oldest, cursor=cursor or None, limit=100, include_all_metadata=True
                )
            )
        except SendRefused as refused:
            raise SendUnknown(f"the history cannot be read: {refused.reason}") from refused


def _named(delivery: str, part: int, parts: int) -> dict[str, Any]:
    """https://docs.slack.dev/messaging/message-metadata"""
    return {"event_type": _EVENT, "event_payload": {"delivery": delivery, "part": part, "parts": parts}}


def _remember(kept: OrderedDict[str, Kept], name: str, value: Kept) -> None:
    kept[name] = value
    kept.move_to_end(name)
    while len(kept) > _REMEMBERED:
        kept.popitem(last=False)
