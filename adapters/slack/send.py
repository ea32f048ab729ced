"""The outbound half: one card to one conversation, and truthfully what became of it.

A delivery's name travels in the message's metadata, where `find` reads it back from the conversation's history. A
card of several messages says in each which part it is; a delivery that broke off in between goes on with what is
missing.
"""

from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple, TypeVar

from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from adapters.port import Pace, SendLater, SendRefused, SendUnknown
from adapters.slack import addresses, cards, surfaces
from adapters.slack.chats import DirectChats
from adapters.slack.clients import Clients
from adapters.slack.messages import Message
from adapters.slack.web import truthfully
from bot.cards import Card

_EVENT: Final = "touchpoint_delivery"
_REMEMBERED: Final = 1_000
_PAGES: Final = 10
_CLOCKS_DIFFER: Final = timedelta(minutes=2)
_BELOW: Final = (
    3600.0  # seconds in which the later messages of a card follow its first, even if they broke off in between
)
# What Slack answers where a workspace does not know one of our blocks.
_REJECTED: Final = ("invalid_blocks", "invalid_blocks_format", "invalid_attachments", "invalid_arguments")

Kept = TypeVar("Kept")


class _There(NamedTuple):
    """A channel, and who speaks in it."""

    client: AsyncWebClient
    channel: str


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

    def __init__(self, clients: Clients, chats: DirectChats) -> None:
        self._clients = clients
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
        there = await self._there(conversation)
        messages = cards.render(card)
        sent = dict(self._begun.get(delivery, {}))
        for part, message in enumerate(messages):
            if part not in sent:
                try:
                    posted = await self._post(there, message, metadata=_named(delivery, part, len(messages)))
                except SendLater as later:
                    if sent:  # Whoever tries again may be another process: it must look first which parts stand.
                        raise SendUnknown(f"broken off after {len(sent)} of {len(messages)}: {later.reason}") from later
                    raise
                sent[part] = posted["ts"]
                _remember(self._begun, delivery, dict(sent))
        self._begun.pop(delivery, None)
        return self._whole(addresses.team_of(conversation), there.channel, sent)

    async def _there(self, conversation: str) -> _There:
        client = await self._clients.of(addresses.team_of(conversation))
        return _There(client, await self._chats.channel_for(conversation))

    async def _post(self, there: _There, message: Message, **where: Any) -> AsyncSlackResponse:
        # By its name, and not by the client's method of that name: that one searches every block for objects of the SDK.
        where |= {"channel": there.channel}
        return await send(message, lambda **drawn: there.client.api_call("chat.postMessage", json={**where, **drawn}))

    def _whole(self, team: str, channel: str, sent: dict[int, str]) -> str:
        first, *tail = (sent[part] for part in sorted(sent))
        address = addresses.message(team, channel, first)
        if tail:
            _remember(self._tails, address, tail)
        return address

    async def update(self, *, message: str, card: Card) -> None:
        """One that needs more messages than before goes on in the first one's thread; one that needs fewer loses them.

        Which messages a card stood on is remembered while the process runs, and looked up after that. Not for a card that has
        become a single message: to look for each of those would cost more calls than Slack allows.
        """
        channel, ts = addresses.message_at(message)
        there = _There(await self._clients.of(addresses.team_of(message)), channel)
        if addresses.is_home(message):
            await surfaces.publish(there.client, there.channel, card)
            return
        first, *rest = cards.render(card)
        await _redraw(there, ts, first)
        tail = self._tails.pop(message, None)  # Forgotten until all is done: what breaks off here is looked up.
        if tail is None:
            tail = await self._tail(there, ts) if rest else []
        for old, new in zip(tail, rest, strict=False):
            await _redraw(there, old, new)
        for old in tail[len(rest) :]:
            await _delete(there, old)
        tail = tail[: len(rest)] + await self._add(there, ts, rest, begin=len(tail))
        if rest:
            _remember(self._tails, message, tail)

    async def _tail(self, there: _There, ts: str) -> list[str]:
        """What else of the card stands: below its first message, or in that one's thread."""
        first = float(ts)
        delivery = await _delivery_at(there, ts)
        parts: dict[int, str] = {}
        for read in (
            _messages(there, there.client.conversations_history, oldest=ts, latest=f"{first + _BELOW:.6f}"),
            _messages(there, there.client.conversations_replies, ts=ts),
        ):
            async for message in read:
                if message["ts"] != ts and _names(message, delivery):
                    parts[_part(message)] = message["ts"]
        return [parts[part] for part in sorted(parts)]

    async def _add(self, there: _There, ts: str, rest: list[Message], *, begin: int) -> list[str]:
        if not rest[begin:]:
            return []
        delivery = await _delivery_at(there, ts)
        return [
            (await self._post(there, message, thread_ts=ts, metadata=_named(delivery, part + 1, len(rest) + 1)))["ts"]
            for part, message in enumerate(rest)
            if part >= begin
        ]

    async def find(self, *, conversation: str, delivery: str, since: datetime) -> str | None:
        there = await self._there(conversation)
        oldest = f"{(since - _CLOCKS_DIFFER).timestamp():.6f}"
        found: dict[int, str] = {}
        parts = 1
        async for message in _messages(there, there.client.conversations_history, oldest=oldest):
            if _names(message, delivery):
                found[_part(message)] = message["ts"]
                parts = int(_payload(message).get("parts", 1))
        if len(found) == parts:
            return self._whole(addresses.team_of(conversation), there.channel, found)
        if found:  # broken off: posting it again sends what is missing
            _remember(self._begun, delivery, found)
        return None


async def _delivery_at(there: _There, ts: str) -> str:
    page = _messages(there, there.client.conversations_history, oldest=ts, latest=ts, inclusive=True)
    async for message in page:
        return str(_payload(message).get("delivery", ""))
    return ""


async def _delete(there: _There, ts: str) -> None:
    """Deleting it twice is deleting it once."""
    try:
        await truthfully(there.client.chat_delete(channel=there.channel, ts=ts))
    except SendUnknown as unknown:
        raise SendLater(5.0, str(unknown)) from unknown
    except SendRefused as refused:
        if refused.reason != "message_not_found":
            raise


async def _redraw(there: _There, ts: str, message: Message) -> None:
    async def call(**drawn: Any) -> AsyncSlackResponse:
        takes = {name: drawn[name] for name in ("text", "blocks")}  # chat.update knows no `mrkdwn` and no unfurling
        return await there.client.chat_update(channel=there.channel, ts=ts, **takes)

    try:
        await send(message, call)
    except SendUnknown as unknown:  # the same redraw twice is one redraw
        raise SendLater(5.0, str(unknown)) from unknown


async def _messages(there: _There, method: Callable[..., Any], **where: Any) -> AsyncIterator[dict[str, Any]]:
    """Of a channel or a thread, over all pages. Raises `SendUnknown` where it cannot be read."""
    cursor = ""
    for _ in range(_PAGES):
        try:
            page = await truthfully(
                method(channel=there.channel, **where, cursor=cursor or None, limit=100, include_all_metadata=True)
            )
        except SendRefused as refused:
            raise SendUnknown(f"the history cannot be read: {refused.reason}") from refused
        for message in page["messages"]:
            yield message
        cursor = (page.get("response_metadata") or {}).get("next_cursor", "")
        if not cursor:
            return
    raise SendUnknown(f"more than {_PAGES} pages of history since the attempt")


def _named(delivery: str, part: int, parts: int) -> dict[str, Any]:
    """https://docs.slack.dev/messaging/message-metadata"""
    return {"event_type": _EVENT, "event_payload": {"delivery": delivery, "part": part, "parts": parts}}


def _payload(message: Mapping[str, Any]) -> Mapping[str, Any]:
    """What `_named` wrote; nothing of messages that are not ours."""
    named = message.get("metadata") or {}
    payload: Mapping[str, Any] = named.get("event_payload") or {}
    return payload if named.get("event_type") == _EVENT else {}


def _names(message: Mapping[str, Any], delivery: str) -> bool:
    return bool(delivery) and _payload(message).get("delivery") == delivery


def _part(message: Mapping[str, Any]) -> int:
    return int(_payload(message).get("part", 0))


def _remember(kept: OrderedDict[str, Kept], name: str, value: Kept) -> None:
    kept[name] = value
    kept.move_to_end(name)
    while len(kept) > _REMEMBERED:
        kept.popitem(last=False)
