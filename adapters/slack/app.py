"""The Slack adapter, put together: the one thing that the process starts, stops and mounts.

Either one bot token is authorized for everything, or each workspace that installed the app has its own in the record
(`installed`); which of the two, the settings say.

Slack's requests go through slack-bolt: it reads them, runs the dispatch and answers, over HTTP and over Socket Mode
alike. Everything of ours is one middleware in front of its authorization, because that is all there is to do: one function
reads every payload, and whose token answers it is known from its address. Measured on one core, that is 1.5 times the
rate of a bare Bolt listener. The signature is checked here rather than by Bolt, which answers 500 to a timestamp that
is no number, and logs the whole body of a request that it rejects.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import aiohttp
import structlog
from aiohttp import web
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

from adapters.metrics import REJECTED, ignored
from adapters.port import Core, Edge, SendLater, SendRefused, SendUnknown
from adapters.slack.addresses import PLATFORM
from adapters.slack.answer import Answering
from adapters.slack.chats import DirectChats
from adapters.slack.clients import Clients, OneClient
from adapters.slack.config import OAuthApp
from adapters.slack.installations import Installations
from adapters.slack.installed import Installed, OneByOne
from adapters.slack.listening import Listening, ignore
from adapters.slack.manifest import REDIRECT
from adapters.slack.oauth import INSTALL, Installing
from adapters.slack.people import People
from adapters.slack.places import Places
from adapters.slack.reception import Reception
from adapters.slack.responses import ResponseUrls
from adapters.slack.rotation import Rotation
from adapters.slack.send import SlackEdge
from adapters.slack.shapes import NotUnderstood
from adapters.slack.sockets import Sockets
from adapters.slack.web import client_for, truthfully
from adapters.web import Take
from bot.commands import REGISTRY

log = structlog.get_logger(__name__)

PATH: Final = "/slack/events"
_SLOWEST_RETRY: Final = 60.0
_LAST_WORDS: Final = 5.0  # seconds that answers under way are given at the end

# Bolt and the SDK log contents; a name of our own keeps the level from touching anybody else's loggers
_quiet = logging.getLogger("touchpoint.slack.bolt")
_quiet.setLevel(logging.ERROR)


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackConfig:
    """`app_token` present means Socket Mode; then nothing is expected over HTTP and `signing_secret` may be empty.

    `sockets` is how many connections Socket Mode holds open. In seconds: how often each is pinged, and after how long without a
    pong it is replaced.

    `oauth` is the app that several workspaces install; then there is no `bot_token`.
    """

    bot_token: str = field(default="", repr=False)
    signing_secret: str = field(default="", repr=False)
    app_token: str | None = field(default=None, repr=False)
    api_url: str = "https://slack.com/api/"
    sockets: int = 2
    ping_every: float = 10.0
    stale_after: float = 45.0
    oauth: OAuthApp | None = None


class SlackAdapter:
    """Made inside the running event loop's thread; opens nothing before `start`."""

    def __init__(self, config: SlackConfig, core: Core, installations: Installations | None = None) -> None:
        """`installations` keeps what `config.oauth` is granted."""
        self._config = config
        self._core = core
        self._verifier = SignatureVerifier(config.signing_secret) if config.signing_secret else None
        self._background: set[asyncio.Task[None]] = set()
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30, sock_connect=10))
        self._client = self._client_for(config.bot_token)
        self._installed: Installed | None = None
        self._pages: Installing | None = None
        if config.oauth and installations:
            rotation = Rotation(installations, self._client, config.oauth)
            self._installed = Installed(installations, rotation, self._client_for)
            self._pages = Installing(installations, self._client, config.oauth, self._installed.forget)
        self._own = OneClient(self._client)
        clients: Clients = self._installed or self._own
        chats, people = DirectChats(clients), People(clients, core.ask, self._spawn)
        places = Places(clients, core.ask, self._spawn)
        responses = ResponseUrls(self._session, api_url=config.api_url, proxy=self._client.proxy)
        answering = Answering(core, clients, chats, responses, self._spawn)
        listening = Listening(
            core=core, chats=chats, people=people, places=places, answering=answering, uninstalled=self._uninstalled
        )
        self._reception = Reception(
            clients=clients,
            chats=chats,
            people=people,
            places=places,
            answering=answering,
            listening=listening,
            registry=REGISTRY,
        )
        self._bolt = _bolt(self._client, self._reception)
        self._sockets = _sockets(self._bolt, self._client, config)
        self._authorizing: asyncio.Task[None] | None = None
        self._problem = "" if self._installed else "auth.test was not answered yet"
        edge = SlackEdge(clients, chats)
        self.edge: Edge = OneByOne(edge, self._installed) if self._installed else edge
        self.bot_user = ""
        self.team = ""

    # ── the process's side ──────────────────────────────────────────────────────────────────────────────────────────

    async def start(self) -> None:
        """Never fails and never waits for Slack: what is wrong is tried again, and `ready` says it."""
        if self._installed:
            self._installed.start()
        else:
            self._authorizing = asyncio.create_task(self._authorize())
        if self._sockets:
            self._sockets.start()

    async def stop(self) -> None:
        """Takes nothing new; what was acknowledged is answered, as far as that is quickly done."""
        if self._authorizing:
            self._authorizing.cancel()
            await asyncio.gather(self._authorizing, return_exceptions=True)
        if self._sockets:
            await self._sockets.stop()
        if self._background:
            await asyncio.wait(self._background, timeout=_LAST_WORDS)
        for task in self._background:
            task.cancel()
        if self._installed:
            await self._installed.stop()
        await self._session.close()

    def ready(self) -> bool:
        return not self.reason

    @property
    def reason(self) -> str:
        """Why it is not ready; empty when it is."""
        if self._problem:
            return self._problem
        return f"Socket Mode: {self._sockets.problem}" if self._sockets and self._sockets.problem else ""

    def connections(self) -> dict[str, str]:
        """Socket Mode's, each by its number: up, or why it is not."""
        return self._sockets.states() if self._sockets else {}

    def routes(self) -> list[web.RouteDef]:
        taken = [] if self._sockets else [web.post(PATH, self.handle)]
        return taken + [web.get(path, take) for path, take in self.pages().items()]

    def pages(self) -> dict[str, Take]:
        """What a browser gets, by its path: where several workspaces may install the app."""
        return {INSTALL: self._pages.install, REDIRECT: self._pages.back} if self._pages else {}

    async def settled(self) -> None:
        """Returns when every answer that goes out after an acknowledgement has gone."""
        while self._background:
            await asyncio.wait(self._background)

    # ── Slack's side ────────────────────────────────────────────────────────────────────────────────────────────────

    async def handle(self, request: web.Request) -> web.Response:
        """`POST /slack/events`: commands, interactions and events."""
        raw = await request.read()
        if not self._is_slacks(raw, request):
            REJECTED.labels(PLATFORM).inc()
            return web.Response(status=401)
        try:
            asked = AsyncBoltRequest(body=raw.decode(), headers={"content-type": request.content_type})
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
            # signed, and yet neither a form nor JSON, nested to no end, or of a shape at which Bolt stumbles
            ignored(PLATFORM, "malformed body")
            return web.Response(status=400)
        answered = await self._bolt.async_dispatch(asked)
        kind = "application/json" if answered.body[:1] == "{" else "text/plain"
        return web.Response(status=answered.status, text=answered.body, content_type=kind)

    def _is_slacks(self, raw: bytes, request: web.Request) -> bool:
        """https://docs.slack.dev/authentication/verifying-requests-from-slack: not older than five minutes, and
        signed."""
        stamp = request.headers.get("X-Slack-Request-Timestamp")
        signature = request.headers.get("X-Slack-Signature")
        try:
            return self._verifier is not None and self._verifier.is_valid(raw, stamp, signature)
        except (ValueError, TypeError):  # a timestamp that is no number, a body or signature that is no text
            return False

    # ── between ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._background.discard(task)
        if not task.cancelled() and task.exception():
            log.error("slack.background_failed", exc_info=task.exception())

    async def _authorize(self) -> None:
        """Whose token is it? Asked until Slack says."""
        wait = 1.0
        while True:
            try:
                who = await truthfully(self._client.auth_test())
            except (SendLater, SendRefused, SendUnknown) as error:
                self._problem = f"auth.test: {getattr(error, 'reason', error)}"
                log.warning("slack.not_authorized", reason=self._problem, again_in=wait)
            else:
                self.bot_user, self.team, self._problem = who["user_id"], who["team_id"], ""
                self._own.teams = tuple(filter(None, (who["team_id"], who.get("enterprise_id"))))
                log.info("slack.authorized", team=self.team, bot=self.bot_user)
                return
            await asyncio.sleep(wait)
            wait = min(wait * 2, _SLOWEST_RETRY)

    async def _uninstalled(self, teams: tuple[str, ...], what: str, said_at: datetime) -> None:
        """Of several workspaces one is gone, and the others are served as before."""
        if self._installed:
            await self._installed.end(teams, what, said_at)
        else:
            self._problem = f"the app was uninstalled ({what}); install it again and restart"

    def _client_for(self, token: str) -> AsyncWebClient:
        return client_for(token=token, api_url=self._config.api_url, session=self._session)


class _Middleware(AsyncMiddleware):
    """All of ours in Bolt: the body in, the acknowledgement out."""

    def __init__(self, reception: Reception) -> None:
        self._reception = reception

    async def async_process(
        self, *, req: AsyncBoltRequest, resp: BoltResponse, next: Callable[[], Awaitable[BoltResponse]]
    ) -> BoltResponse:
        try:
            ack = await self._reception.take(req.body)
        except NotUnderstood as malformed:  # a form stays open with all that was typed in it
            await ignore("payload", f"malformed {malformed}", req.body)
            return BoltResponse(status=400)
        except Exception as error:
            # not acknowledged: an event is delivered again, and a form stays open with all that was typed in it
            log.error("slack.not_acknowledged", request=_id_of(req.body), exc_info=error)
            return BoltResponse(status=500)
        return BoltResponse(status=200, body=ack)


def _sockets(app: AsyncApp, client: AsyncWebClient, config: SlackConfig) -> Sockets | None:
    if not config.app_token:
        return None
    kept = {"ping_every": config.ping_every, "stale_after": config.stale_after}
    return Sockets(app, client, config.app_token, count=config.sockets, **kept)


def _id_of(body: dict[str, Any]) -> str:
    return str(body.get("event_id") or body.get("trigger_id") or "")


def _bolt(client: AsyncWebClient, reception: Reception) -> AsyncApp:
    async def authorize(**_: Any) -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=None, team_id=None, bot_token=client.token)

    return AsyncApp(
        name="touchpoint",
        logger=_quiet,
        client=client,
        authorize=authorize,
        before_authorize=_Middleware(reception),
        process_before_response=True,
        request_verification_enabled=False,
        ssl_check_enabled=False,
        url_verification_enabled=False,
    )
