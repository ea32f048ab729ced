"""Where the bot is: what Slack says of each conversation, looked up when it changed and now and then when somebody asks there.

What is learnt is told to the core as `ConversationSeen`: its name, and whether people of other companies read along. Slack
says the latter with each event too, so that what was missed is noticed. Nobody waits for it.
https://docs.slack.dev/reference/objects/conversation-object
"""

import asyncio
import time
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

import structlog

from adapters.port import SendLater, SendRefused, SendUnknown
from adapters.slack import events
from adapters.slack.clients import Clients
from adapters.slack.people import Spawn
from adapters.slack.web import truthfully
from bot.incidents import Incident
from bot.requests import ConversationSeen

log = structlog.get_logger(__name__)

_LOOK_WITHIN: Final = 1.0  # seconds for what is good to have and not needed
_FRESH: Final = 6 * 3600.0  # seconds
_RETRY: Final = 30.0  # seconds until a look that failed is repeated
_KEPT: Final = 20_000
Channel = tuple[str, str]  # the workspace, the channel


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """`here` says that the bot is a member and may speak. `outsiders` that others read along, or are invited to."""

    title: str
    outsiders: bool
    here: bool


class Places:
    def __init__(self, clients: Clients, tell: Callable[[ConversationSeen], Awaitable[Any]], spawn: Spawn) -> None:
        self._clients = clients
        self._tell = tell
        self._spawn = spawn
        self._known: dict[
            Channel, tuple[float, bool | None]
        ] = {}  # when it was looked at, and whether others read along

    def visited(self, team: str, channel: str, *, shared: bool | None = None) -> None:
        """Somebody asks there. Looked at in the background if it was not for long, or if Slack says something new."""
        at, outsiders = self._known.get((team, channel), (0.0, None))
        known = shared is None or outsiders in (shared, None)  # not known: it is being looked at, or was a moment ago
        if at and time.monotonic() - at < _FRESH and known:
            return
        self._keep((team, channel), None)
        self._spawn(self._told(team, channel))

    async def changed(self, team: str, channel: str, event_id: str) -> None:
        """Something about it is another now. Raises `SendLater` or `SendUnknown` where Slack shall say so again."""
        try:
            looked = await self.look(team, channel)
        except SendRefused as refused:  # not for us to know
            log.info("slack.conversation_unknown", channel=channel, reason=refused.reason)
            return
        if looked.here:
            await self._tell(events.seen(event_id, team, channel, title=looked.title, outsiders=looked.outsiders))

    async def joined(self, team: str, channel: str, event_id: str, *, by: str) -> None:
        """The bot is there from now on, whatever Slack can say of it."""
        title, outsiders = "", None
        try:
            looked = await asyncio.wait_for(self.look(team, channel), _LOOK_WITHIN)
            title, outsiders = looked.title, looked.outsiders
        except (SendLater, SendRefused, SendUnknown, TimeoutError) as error:
            log.info("slack.conversation_unknown", channel=channel, reason=str(error))
        await self._tell(events.seen(event_id, team, channel, title=title, outsiders=outsiders, by=by))

    async def permalink(self, team: str, channel: str, ts: str) -> str | None:
        """None where Slack has none for us: in a conversation that the bot is not in."""
        try:
            client = await self._clients.of(team)
            call = truthfully(client.chat_getPermalink(channel=channel, message_ts=ts))
            return str((await asyncio.wait_for(call, _LOOK_WITHIN))["permalink"])
        except (SendLater, SendRefused, SendUnknown, TimeoutError) as error:
            log.info("slack.no_permalink", channel=channel, reason=str(error))
            return None

    async def look(self, team: str, channel: str) -> Looked:
        client = await self._clients.of(team)
        said = (await truthfully(client.conversations_info(channel=channel)))["channel"]
        outsiders = bool(said.get("is_ext_shared") or said.get("is_pending_ext_shared"))
        self._keep((team, channel), outsiders)
        named = said.get("name") and not said.get("is_mpim")
        return Looked(
            title=f"#{said['name']}" if named else "",
            outsiders=outsiders,
            here=bool(said.get("is_member") or said.get("is_mpim")) and not said.get("is_archived"),
        )

    async def _told(self, team: str, channel: str) -> None:
        try:
            await self.changed(team, channel, f"conversations.info/{uuid.uuid4()}")
        except (SendLater, SendUnknown, Incident) as error:  # Nobody may miss for hours that others read along.
            self._known[team, channel] = (time.monotonic() - _FRESH + _RETRY, None)
            log.info("slack.conversation_unknown", channel=channel, reason=str(error))

    def _keep(self, channel: Channel, outsiders: bool | None) -> None:
        while len(self._known) >= _KEPT:
            self._known.pop(next(iter(self._known)))
        self._known[channel] = (time.monotonic(), outsiders)
