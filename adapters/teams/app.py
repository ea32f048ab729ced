"""The Teams adapter: `POST /api/messages` in, the edge out. It joins the parts and decides only about HTTP.

200 means that the request was taken, 401 and 403 that it was not from Teams or not from our tenant, 5xx that Teams
should deliver it again. botbuilder-core is loaded by `start`, so that a process without Teams never pays for it.
"""

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeAlias

import aiohttp
import structlog
from aiohttp import web

from adapters.metrics import REJECTED, ignored
from adapters.port import Core, Edge, SendLater, SendRefused, SendUnknown
from adapters.teams import extensions
from adapters.teams.arrivals import first_opened, has_closed_roster, loss, sighting, unknown
from adapters.teams.config import TeamsConfig
from adapters.teams.inbound import Heard, hear, request_in
from adapters.teams.keys import KeysUnavailable
from adapters.teams.port import MakePort, Port, tenant_in
from adapters.teams.tokens import Tokens
from adapters.teams.views import asks_again, by_itself
from adapters.teams.wire import ConnectorAnswered, NotSent, PerhapsSent, Wire
from bot.incidents import Incident
from bot.requests import FormSubmitted, FromPerson, Profile

if TYPE_CHECKING:
    from adapters.teams.answer import Answers
    from adapters.teams.chats import Chats
    from adapters.teams.people import People

Json: TypeAlias = dict[str, Any]

log = structlog.get_logger(__name__)

# Teams gives up on a turn after 15 s; nothing that we ask of it may take longer than that.
TIMEOUT = aiohttp.ClientTimeout(total=14, sock_connect=5)
# Below what Microsoft's front ends allow an idle connection: one that they had just closed would look like a message
# that may have arrived.
KEEP_ALIVE = 10.0
# A dialog comes back under another name if a message action opened it ("Respond to the dialog submit action").
SUBMITTED = frozenset({"task/submit", "composeExtension/submitAction"})
LONGEST_KIND = 60
_TROUBLE = (ConnectorAnswered, NotSent, PerhapsSent, SendLater, SendRefused, SendUnknown, KeysUnavailable)


class TeamsAdapter:
    """`start` before the first request, `stop` after the last. `edge` stands once it is started."""

    edge: Edge
    _port: Port
    _chats: "Chats"
    _people: "People"
    _answers: "Answers"

    def __init__(self, config: TeamsConfig, core: Core, make_port: MakePort | None = None) -> None:
        """`make_port` makes the port to speak through; without one it is botbuilder-core's."""
        self._config = config
        self._core = core
        self._make_port = make_port
        self._session: aiohttp.ClientSession | None = None
        self._tokens: Tokens | None = None

    async def start(self) -> None:
        from adapters.teams.answer import Answers
        from adapters.teams.chats import Chats
        from adapters.teams.install import Installer
        from adapters.teams.people import People
        from adapters.teams.send import TeamsEdge

        connections = aiohttp.TCPConnector(keepalive_timeout=KEEP_ALIVE)
        self._session = aiohttp.ClientSession(connector=connections, timeout=TIMEOUT, trust_env=True)
        self._tokens = Tokens(self._config, self._session)
        self._port = (self._make_port or _stock_port())(self._config, self._session, Wire(self._session, self._tokens))
        self._chats = Chats(self._port, self._core, self._config, Installer(self._config, self._session))
        self._people = People(self._port, self._core.ask)
        self._answers = Answers(self._port, self._chats, self._people, targeted=self._config.targeted_messages)
        self.edge = TeamsEdge(self._port, self._chats, self._people)

    async def stop(self) -> None:
        if self._session:
            await self._session.close()
        self._session = None

    def ready(self) -> bool:
        """Started, and Microsoft has not refused our credentials the last time that we needed them."""
        return self._session is not None and self._tokens is not None and self._tokens.failure is None

    async def handle(self, request: web.Request) -> web.Response:
        auth = request.headers.get("Authorization", "")
        if not auth.startswith("Bearer "):
            return _rejected(401)
        body = await _body(request, self._config.body_limit)
        if body is None:
            return web.Response(status=413)
        try:
            activity = json.loads(body)
        except (ValueError, RecursionError):  # not JSON, not UTF-8, or nested to no end
            return web.Response(status=400)
        if not isinstance(activity, dict):
            return web.Response(status=400)
        return await self._handled(auth, activity)

    async def _handled(self, auth: str, activity: Json) -> web.Response:
        try:
            status, answer = await self._port.handle(auth, activity, self._turn)
        except _TROUBLE as error:
            log.warning("teams_out_of_reach", error=type(error).__name__)
            return web.Response(status=503)
        except Incident as incident:  # the core has logged it; not acknowledged, so Teams delivers it again
            log.warning("activity_not_taken", incident=incident.incident)
            return web.Response(status=500)
        except Exception:
            log.exception("activity_failed")
            return web.Response(status=500)
        if status in {401, 403}:
            return _rejected(status)
        return web.json_response(answer, status=status) if answer else web.Response(status=status)

    async def _turn(self, activity: Json) -> Json | None:
        heard = hear(activity, tenant=tenant_in(activity), bot_id=self._config.bot_id)
        if heard is None:
            _ignored(activity)
            return None
        if lost := loss(heard):
            self._chats.forget(lost.conversation)
            await self._core.ask(lost)
            return None
        if seen := sighting(heard):
            await self._chats.note(seen)
        nobody = Profile(account=heard.account)
        asked = request_in(heard, nobody, bot_id=self._config.bot_id, client_url=self._config.client_url)
        asked = asked or first_opened(heard)
        if asked is None:
            _ignored(activity)
            return None
        return await self._asked(heard, asked)

    async def _asked(self, heard: Heard, request: FromPerson) -> Json | None:
        request = replace(request, actor=await self._sender(heard))
        if self._people.of_another_company(heard.account) and (seen := sighting(heard)):
            await self._chats.note(replace(seen, id=f"others|{heard.delivery}", outsiders=True))
        if isinstance(request, FormSubmitted):
            request = replace(request, people=await self._named_in(heard, request))
        # A client that looks by itself, for somebody who gets nothing from us, is no attempt of theirs at anything.
        unasked = heard.activity.get("name") == extensions.LINK or by_itself(heard.activity)
        replies = [] if unasked and request.actor.outsider else await self._core.ask(request)
        match heard.activity.get("name") if heard.activity.get("type") == "invoke" else None:
            case None:
                await self._answers.to_message(heard, replies)
                return None
            case extensions.QUERY | extensions.LINK:
                return extensions.results(heard.activity, replies)
            case "adaptiveCard/action" if asks_again(heard.activity):
                return await self._answers.to_look(heard, replies)
            case "adaptiveCard/action":
                return await self._answers.to_action(heard, replies)
            case name:
                return await self._answers.to_dialog(heard, replies, submitted=name in SUBMITTED)

    async def _sender(self, heard: Heard) -> Profile:
        """Where we see no roster, our direct chat with somebody says who they are."""
        here = await self._people.sender(heard)
        closed = heard.may_be_elsewhere or has_closed_roster(heard.activity)
        if not here.outsider or heard.stranger or not closed:
            return here
        try:
            chat = await self._chats.reference(heard.account, heard.person)
        except ConnectorAnswered:  # they do not have the app, and may be anybody
            return here
        known = await self._people.find(heard.account, chat)
        return replace(known, zone=here.zone or known.zone) if known else here

    async def _named_in(self, heard: Heard, request: FormSubmitted) -> tuple[Profile, ...]:
        """Whom the form's person fields name."""
        accounts = {value for value in request.values.values() if isinstance(value, str) and value.startswith("teams:")}
        found = [await self._people.find(account, heard.reference) for account in sorted(accounts)]
        return tuple(profile for profile in found if profile)


def _ignored(activity: Json) -> None:
    """An invoke of a kind that we do not know is answered 501, as the SDKs do, and any other activity 200."""
    if kind := unknown(activity):
        log.info("activity_ignored", kind=kind[:LONGEST_KIND])
        ignored("teams", kind)


def _stock_port() -> MakePort:
    from adapters.teams.botframework import BotFramework

    return BotFramework


def _rejected(status: int) -> web.Response:
    """The counter is all that such a request leaves behind."""
    REJECTED.labels("teams").inc()
    return web.Response(status=status)


async def _body(request: web.Request, limit: int) -> bytes | None:
    """The body, or nothing if it is over the limit; what is over is not read."""
    if (request.content_length or 0) > limit:
        return None
    body = bytearray()
    async for chunk in request.content.iter_chunked(64 * 1024):
        body += chunk
        if len(body) > limit:
            return None
    return bytes(body)
