"""What Slack's Events API tells of, looked up where it must be and told to the core.

An event is acknowledged only after the core has kept it; what raises here comes again. What Slack has learnt to say since
this was written is acknowledged, counted and left at that. https://docs.slack.dev/apis/events-api
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any

import structlog

from adapters.metrics import ignored
from adapters.port import Core
from adapters.slack import addresses, events, surfaces
from adapters.slack.answer import Answering
from adapters.slack.chats import DirectChats
from adapters.slack.inbound import team_of
from adapters.slack.people import People
from adapters.slack.places import Places

log = structlog.get_logger(__name__)

Body = Mapping[str, Any]

# About a conversation: what is true of it now is looked up, because most of these tell only that something is new.
CHANGED = (
    "channel_rename",
    "group_rename",
    "channel_unarchive",
    "group_unarchive",
    "channel_shared",
    "channel_unshared",
)


class Listening:
    def __init__(
        self,
        *,
        core: Core,
        chats: DirectChats,
        people: People,
        places: Places,
        answering: Answering,
        uninstalled: Callable[[tuple[str, ...], str, datetime], Awaitable[None]],
    ) -> None:
        self._core = core
        self._chats = chats
        self._people = people
        self._places = places
        self._answering = answering
        self._uninstalled = uninstalled
        self._ways: dict[str, Callable[[Body], Awaitable[None]]] = {
            "message": self._words,
            "app_mention": self._words,
            "app_home_opened": self._home_opened,
            "app_uninstalled": self._ended,
            "tokens_revoked": self._ended,
            "user_change": self._user_change,
            "member_joined_channel": self._joined,
            "member_left_channel": self._left,
            "channel_id_changed": self._moved,
            **dict.fromkeys(CHANGED, self._changed),
        }
        self._ways = dict.fromkeys(events.LOST, self._lost) | self._ways

    async def take(self, body: Body) -> None:
        kind = (body.get("event") or {}).get("type")
        way = self._ways.get(str(kind))
        await (way(body) if way else ignore("event", kind, body))

    async def _words(self, body: Body) -> None:
        said = events.said(body)
        if said is None:
            return
        if said.unlinked:
            log.info("slack.files_without_address", event_id=said.event_id, count=said.unlinked)
        account = addresses.account(said.team, said.user)
        if said.direct:
            self._chats.seen(account, said.channel)
        else:
            self._places.visited(said.team, said.channel, shared=body.get("is_ext_shared_channel"))
        actor, link = await asyncio.gather(self._people.profile(account), self._link_of(said))
        name_of = self._people.names_in(said.team)
        await self._answering.words(events.message(said, actor, name_of=name_of, link=link))

    async def _link_of(self, said: events.Said) -> str | None:
        return None if said.deleted else await self._places.permalink(said.team, said.channel, said.ts)

    async def _home_opened(self, body: Body) -> None:
        """Each time that somebody looks."""
        account = addresses.account(team_of(body), body["event"]["user"])
        if asked := surfaces.opened(body, await self._people.profile(account)):
            await self._answering.home(asked)

    async def _ended(self, body: Body) -> None:
        what = body["event"]["type"]
        log.warning("slack.uninstalled", event_id=body["event_id"], what=what)
        if events.bot_ended(body):
            await self._uninstalled(events.ended_in(body), what, events.said_at(body))

    async def _user_change(self, body: Body) -> None:
        """Slack tells of everybody's every change, their status above all; the core hears what concerns it.

        Who was not seen since the start is looked up when they are. Only that somebody left, or is a guest, must be said in
        any case: nobody asks after them, and until then they would be shown what is not theirs any more.
        """
        seen = events.changed(body)
        known = self._people.known(seen.profile.account)
        news = known != seen.profile if known else seen.profile.outsider
        if seen.left or news:
            await self._core.ask(seen)
            self._people.keep(seen.profile)

    async def _joined(self, body: Body) -> None:
        if events.is_of_bot(body):
            by = str(body["event"].get("inviter") or "")
            await self._places.joined(team_of(body), events.channel_of(body), body["event_id"], by=by)

    async def _left(self, body: Body) -> None:
        if events.is_of_bot(body):
            await self._lost(body)

    async def _lost(self, body: Body) -> None:
        await self._core.ask(events.lost(body))

    async def _moved(self, body: Body) -> None:
        await self._core.ask(events.moved(body))

    async def _changed(self, body: Body) -> None:
        await self._places.changed(team_of(body), events.channel_of(body), body["event_id"])


async def ignore(what: str, kind: object, body: Body) -> None:
    """Acknowledged, or it would come again and again."""
    ignored(addresses.PLATFORM, kind)
    log.info("slack.ignored", what=what, type=str(kind)[:60], request=body.get("event_id") or body.get("trigger_id"))
