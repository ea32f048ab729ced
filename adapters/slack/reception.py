"""What Slack delivered, read, asked and answered: one payload in, one acknowledgement out.

The same for HTTP and for Socket Mode. What must be known first is looked up here: who asks, and whether a channel is
the direct chat. An event is acknowledged only after the core has kept it.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any, Final

import structlog

from adapters.metrics import ignored
from adapters.port import Core, SendLater, SendRefused, SendUnknown
from adapters.slack import addresses, forms, inbound
from adapters.slack.answer import Ack, Answering
from adapters.slack.chats import DirectChats
from adapters.slack.clients import Clients
from adapters.slack.people import People
from adapters.slack.web import truthfully
from adapters.slack.windows import Window
from bot.commands import Registry
from bot.requests import Profile

log = structlog.get_logger(__name__)

Body = Mapping[str, Any]

ANSWER_WITHIN: Final = 2.4  # seconds, of the three that Slack waits
_LOOK_WITHIN: Final = 1.0  # seconds for what is good to have and not needed: a permalink, a channel's name


class Reception:
    def __init__(
        self,
        *,
        core: Core,
        clients: Clients,
        chats: DirectChats,
        people: People,
        answering: Answering,
        registry: Registry,
        uninstalled: Callable[[tuple[str, ...], str, datetime], Awaitable[None]],
    ) -> None:
        self._core = core
        self._clients = clients
        self._chats = chats
        self._people = people
        self._answering = answering
        self._registry = registry
        self._uninstalled = uninstalled
        self._interactions = {
            "block_actions": self._press,
            "message_action": self._taken,
            "shortcut": self._opener,
            "view_submission": self._submission,
        }

    async def take(self, body: Body) -> Ack:
        """The acknowledgement's body. Raises where Slack shall deliver again."""
        deadline = asyncio.get_running_loop().time() + ANSWER_WITHIN
        if "command" in body:
            return await self._command(body, deadline)
        if interaction := self._interactions.get(body.get("type", "")):
            return await interaction(body, deadline)
        match body.get("type"):
            case "event_callback":
                await self._event(body)
            case "url_verification":  # asked once, when the Request URL is entered
                return json.dumps({"challenge": body["challenge"]})
            case other:
                _ignore("payload", other, body)
        return ""

    async def _command(self, body: Body, deadline: float) -> Ack:
        team = inbound.team_of(body)
        account = addresses.account(team, body["user_id"])
        async with self._answering.window(team, body, framed=self._registry.opens_form(body.get("text", ""))) as window:
            actor, direct = await self._seen(account, body["channel_id"])
            return await self._answering.command(inbound.command(body, actor, direct=direct), body, window, deadline)

    async def _press(self, body: Body, deadline: float) -> Ack:
        if inbound.is_link(body):
            return ""
        async with self._window(body) as window:
            actor, direct = await self._seen(_account(body), inbound.channel_of(body))
            request = inbound.button(body, actor, direct=direct)
            return await self._answering.press(request, body, window, deadline)

    async def _taken(self, body: Body, deadline: float) -> Ack:
        """A shortcut on a message. All is looked up at once; a link is good to have and not needed."""
        team, channel = inbound.team_of(body), inbound.channel_of(body)
        async with self._window(body) as window:
            (actor, direct), author, link = await asyncio.gather(
                self._seen(_account(body), channel),
                self._author(body),
                self._permalink(team, channel, inbound.taken_ts(body), body["trigger_id"]),
            )
            request = inbound.taken(
                body, actor, direct=direct, author=author, name_of=lambda user: self._name(team, user), link=link
            )
            return await self._answering.press(request, body, window, deadline)

    async def _opener(self, body: Body, deadline: float) -> Ack:
        """A shortcut from anywhere."""
        async with self._window(body) as window:
            opener = self._registry.openers.get(body["callback_id"])
            request = inbound.opener(body, await self._actor(body), form_id=opener.form_id if opener else "")
            return await self._answering.press(request, body, window, deadline)

    def _window(self, body: Body) -> Window:
        return self._answering.window(inbound.team_of(body), body, framed=inbound.wants_form(body))

    async def _seen(self, account: str, channel: str) -> tuple[Profile, bool]:
        """Who it is, and whether this is their direct chat with the bot."""
        return await asyncio.gather(self._people.profile(account), self._is_direct(account, channel))

    async def _author(self, body: Body) -> str:
        user = inbound.author_of(body)
        return (await self._people.profile(addresses.account(inbound.team_of(body), user))).name if user else ""

    async def _submission(self, body: Body, deadline: float) -> Ack:
        submitted = forms.submitted(body["view"], inbound.team_of(body))
        actor, *people = await asyncio.gather(self._actor(body), *map(self._people.profile, forms.people_in(submitted)))
        request = inbound.form(body, submitted, actor, tuple(people))
        return await self._answering.submission(request, body, deadline)

    async def _actor(self, body: Body) -> Profile:
        return await self._people.profile(_account(body))

    async def _is_direct(self, account: str, channel: str) -> bool:
        """Where Slack does not say, a one-to-one chat counts as ours: the answer is private there in any case."""
        if not addresses.is_direct_channel(channel):
            return False
        try:
            return await asyncio.wait_for(self._chats.is_direct(account, channel), _LOOK_WITHIN)
        except (SendLater, SendRefused, TimeoutError) as error:
            log.warning("slack.direct_chat_unknown", account=account, reason=str(error))
            return addresses.is_direct_channel(channel)

    async def _event(self, body: Body) -> None:
        match body["event"]["type"]:
            case "message" | "app_mention":
                await self._words(body)
            case "app_uninstalled" | "tokens_revoked" as what:
                await self._ended(body, what)
            case "user_change":
                await self._user_change(body)
            case "member_joined_channel":
                await self._joined(body)
            case _:
                if notice := inbound.notice(body):
                    await self._core.ask(notice)

    async def _ended(self, body: Body, what: str) -> None:
        log.warning("slack.uninstalled", event_id=body["event_id"], what=what)
        if inbound.bot_ended(body):
            await self._uninstalled(inbound.ended_in(body), what, inbound.said_at(body))

    async def _words(self, body: Body) -> None:
        said = inbound.said(body)
        if said is None:
            return
        if said.unlinked:
            log.info("slack.files_without_address", event_id=said.event_id, count=said.unlinked)
        account = addresses.account(said.team, said.user)
        if said.direct:
            self._chats.seen(account, said.channel)
        actor, link = await asyncio.gather(self._people.profile(account), self._link_of(said))
        await self._answering.words(
            inbound.message(said, actor, name_of=lambda user: self._name(said.team, user), link=link)
        )

    def _name(self, team: str, user: str) -> str:
        known = self._people.known(addresses.account(team, user))
        return known.name if known and known.name else user

    async def _link_of(self, said: inbound.Said) -> str | None:
        return None if said.deleted else await self._permalink(said.team, said.channel, said.ts, said.event_id)

    async def _permalink(self, team: str, channel: str, ts: str, request: str) -> str | None:
        """None where Slack has none for us: in a conversation that the bot is not in."""
        try:
            client = await self._clients.of(team)
            call = truthfully(client.chat_getPermalink(channel=channel, message_ts=ts))
            return str((await asyncio.wait_for(call, _LOOK_WITHIN))["permalink"])
        except (SendLater, SendRefused, SendUnknown, TimeoutError) as error:
            log.info("slack.no_permalink", request=request, reason=str(error))
            return None

    async def _user_change(self, body: Body) -> None:
        """Slack tells of everybody's every change, their status above all; the core hears what concerns it.

        Who was not seen since the start is looked up when they are; only that somebody left must be said in any case.
        """
        seen = inbound.changed(body)
        known = self._people.known(seen.profile.account)
        if seen.left or (known and known != seen.profile):
            await self._core.ask(seen)
            self._people.keep(seen.profile)

    async def _joined(self, body: Body) -> None:
        if inbound.notice(body) is None:
            return
        title = await self._title(inbound.team_of(body), body["event"]["channel"])
        if notice := inbound.notice(body, title=title):
            await self._core.ask(notice)

    async def _title(self, team: str, channel: str) -> str:
        try:
            client = await self._clients.of(team)
            call = truthfully(client.conversations_info(channel=channel))
            name = (await asyncio.wait_for(call, _LOOK_WITHIN))["channel"].get("name")
        except (SendLater, SendRefused, SendUnknown, TimeoutError) as error:
            log.info("slack.no_channel_name", channel=channel, reason=str(error))
            return ""
        return f"#{name}" if name else ""


def _ignore(what: str, kind: object, body: Body) -> None:
    """Slack has more to say than it had when this was written: acknowledged, or it would come again and again."""
    ignored(addresses.PLATFORM, kind)
    log.info("slack.ignored", what=what, type=kind, request=body.get("event_id") or body.get("trigger_id"))


def _account(body: Body) -> str:
    """Of an interaction."""
    return addresses.account(inbound.team_of(body), body["user"]["id"])
