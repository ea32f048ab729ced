"""What Slack delivered, read, asked and answered: one payload in, one acknowledgement out.

The same for HTTP and for Socket Mode. What must be known first is looked up here: who asks, and whether a channel is
the direct chat. An event is acknowledged only after the core has kept it.
"""

import asyncio
import json
from collections.abc import Mapping
from typing import Any, Final

import structlog

from adapters.port import SendLater, SendRefused
from adapters.slack import addresses, forms, inbound, surfaces
from adapters.slack.answer import Ack, Answering
from adapters.slack.chats import DirectChats
from adapters.slack.clients import Clients
from adapters.slack.listening import Listening, ignore
from adapters.slack.people import People
from adapters.slack.places import Places
from adapters.slack.shapes import NotUnderstood, understood
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
        clients: Clients,
        chats: DirectChats,
        people: People,
        places: Places,
        answering: Answering,
        listening: Listening,
        registry: Registry,
    ) -> None:
        self._clients = clients
        self._chats = chats
        self._people = people
        self._places = places
        self._answering = answering
        self._listening = listening
        self._registry = registry
        self._asked = {
            "command": self._command,
            "block_actions": self._press,
            "message_action": self._taken,
            "shortcut": self._opener,
            "view_submission": self._submission,
        }

    async def take(self, body: Body) -> Ack:
        """The acknowledgement's body. Raises where Slack shall deliver again, and `NotUnderstood`."""
        deadline = asyncio.get_running_loop().time() + ANSWER_WITHIN
        kind = "command" if "command" in body else body.get("type")
        if asked := self._asked.get(str(kind)):
            understood(str(kind), body)
            home = await self._clients.home_of(inbound.team_of(body))
            return await asked(inbound.moved_home(body, home), deadline) if home else await _from_nowhere(body)
        match kind:
            case "event_callback":
                await self._event(body)
            case "url_verification":  # asked once, when the Request URL is entered
                return json.dumps({"challenge": body.get("challenge")})
            case other:
                await ignore("payload", other, body)
        return ""

    async def _event(self, body: Body) -> None:
        """One that cannot be read would be no other the next time."""
        try:
            understood("event_callback", body)
        except NotUnderstood as malformed:
            await ignore("event", f"malformed {malformed}", body)
        else:
            await self._listening.take(body)

    async def _command(self, body: Body, deadline: float) -> Ack:
        team = inbound.team_of(body)
        account = addresses.account(team, body["user_id"])
        async with self._answering.window(
            team, body, framed=self._registry.opens_form(body.get("text") or "")
        ) as window:
            actor, direct = await self._seen(account, body["channel_id"])
            return await self._answering.command(inbound.command(body, actor, direct=direct), body, window, deadline)

    async def _press(self, body: Body, deadline: float) -> Ack:
        if inbound.is_link(body):
            return ""
        async with self._window(body) as window:
            actor, direct = await self._seen(_account(body), inbound.channel_of(body))
            request = inbound.button(body, actor, direct=direct or surfaces.is_in_view(body))
            return await self._answering.press(request, body, window, deadline)

    async def _taken(self, body: Body, deadline: float) -> Ack:
        """A shortcut on a message. All is looked up at once; a link is good to have and not needed."""
        team, channel = inbound.team_of(body), inbound.channel_of(body)
        async with self._window(body) as window:
            (actor, direct), author, link = await asyncio.gather(
                self._seen(_account(body), channel),
                self._author(body),
                self._places.permalink(team, channel, inbound.taken_ts(body)),
            )
            name_of = self._people.names_in(team)
            request = inbound.taken(body, actor, direct=direct, author=author, name_of=name_of, link=link)
            return await self._answering.press(request, body, window, deadline)

    async def _opener(self, body: Body, deadline: float) -> Ack:
        """A shortcut from anywhere."""
        async with self._window(body) as window:
            opener = self._registry.openers.get(body["callback_id"])
            request = inbound.opener(body, await self._actor(body), form_id=opener.form_id if opener else "")
            return await self._answering.press(request, body, window, deadline)

    def _window(self, body: Body) -> Window:
        team = inbound.team_of(body)
        if surfaces.is_in_window(body):
            return surfaces.SameWindow(self._clients, team, body)
        return self._answering.window(team, body, framed=inbound.wants_form(body))

    async def _seen(self, account: str, channel: str) -> tuple[Profile, bool]:
        """Who it is, and whether this is their direct chat with the bot."""
        if channel and not addresses.is_direct_channel(channel):
            self._places.visited(addresses.team_of(account), channel)
        return await asyncio.gather(self._people.profile(account), self._is_direct(account, channel))

    async def _author(self, body: Body) -> str:
        user = inbound.author_of(body)
        return (await self._people.profile(addresses.account(inbound.team_of(body), user))).name if user else ""

    async def _submission(self, body: Body, deadline: float) -> Ack:
        team = inbound.team_of(body)
        submitted = forms.submitted(body["view"], team)
        picked = [
            one for one in forms.people_in(submitted) if addresses.team_of(one) == team
        ]  # a typed text may look so
        actor, *people = await asyncio.gather(self._actor(body), *map(self._people.profile, picked))
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


async def _from_nowhere(body: Body) -> Ack:
    """Of a workspace in which the app is not installed, or no longer."""
    await ignore("workspace", "not_installed", body)
    return ""


def _account(body: Body) -> str:
    """Of an interaction."""
    return addresses.account(inbound.team_of(body), body["user"]["id"])
