"""One Socket Mode connection, kept up: Slack's deliveries over a WebSocket that we open.

The SDK's client reconnects by itself: it closes first and opens then, and it can wedge doing so while it says that it is
connected. So here it serves one connection and never mends itself, and what counts is when its last pong came, by our own
clock. https://docs.slack.dev/apis/events-api/using-socket-mode

    state       what happens                         then
    connecting  Slack greets                         up
                refused, or no greeting in time      connecting again, after a wait
    up          Slack announces that it will close   connecting a second one; this one is closed when that one is up and
                                                     nothing is under way on this one
                no pong for too long, or it closed   dropped; connecting

What was not acknowledged on a connection, Slack delivers again on another; the core does nothing twice.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine
from typing import Any, Final

import structlog
from slack_bolt.adapter.socket_mode.async_internals import run_async_bolt_app, send_async_response
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.web.async_client import AsyncWebClient

from adapters.metrics import REPLACED
from adapters.port import SendLater, SendRefused, SendUnknown
from adapters.slack.addresses import PLATFORM
from adapters.slack.web import truthfully

log = structlog.get_logger(__name__)

_GREETED_WITHIN: Final = 10.0  # seconds
_SLOWEST_RETRY: Final = 60.0
_BRIEF: Final = 30.0  # seconds; what lasted no longer is not followed by the next at once
_LAST_WORDS: Final = 5.0  # seconds that what is under way on a closing connection is given, and closing it
# Slack goes on delivering for some seconds after it said one of these.
_ANNOUNCED: Final = ("warning", "refresh_requested")
_SILENT: Final = "no pong"

# The SDK logs what it receives, and a traceback a failed connection; what matters of that is logged here, by ids.
_quiet = logging.getLogger("touchpoint.slack.socket")
_quiet.setLevel(logging.CRITICAL)


class Connection(SocketModeClient):
    """The SDK's client for one address, which is good once. It says that it is over, and why."""

    def __init__(self, app: AsyncApp, client: AsyncWebClient, app_token: str, url: str, *, ping_every: float) -> None:
        super().__init__(app_token, logger=_quiet, web_client=client, ping_interval=ping_every)
        self.wss_uri = url
        self.socket_mode_request_listeners.append(self._take)
        self.greeted = asyncio.Event()
        self.over: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._app = app
        self._idle = asyncio.Event()
        self._idle.set()
        self._under_way = 0

    async def run_message_listeners(self, message: dict[str, Any], raw_message: str) -> None:
        match message.get("type"):
            case "hello":
                self.greeted.set()
            case "disconnect":
                self.end(str(message.get("reason") or "disconnect"))
            case _:
                await super().run_message_listeners(message, raw_message)

    async def connect_to_new_endpoint(self, force: bool = False) -> None:
        """What the SDK does where it finds itself cut off."""
        self.end("closed")

    def end(self, reason: str) -> None:
        if not self.over.done():
            self.over.set_result(reason)

    async def _take(self, client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        self._under_way += 1
        self._idle.clear()
        try:
            answered = await run_async_bolt_app(self._app, request)
            await send_async_response(client, request, answered, time.time())
        finally:
            self._under_way -= 1
            if not self._under_way:
                self._idle.set()

    async def silent(self, stale_after: float) -> None:
        """Returns when no pong came for so many seconds."""
        clock = asyncio.get_running_loop().time
        pong, heard = self.last_ping_pong_time, clock()
        while clock() - heard < stale_after:
            await asyncio.sleep(min(self.ping_interval, stale_after) / 2)
            latest = self.last_ping_pong_time
            # None comes from the SDK giving up on its own, and what follows None is its own ping and nobody's pong
            if latest is not None and pong is not None and latest != pong:
                heard = clock()
            pong = latest

    async def leave(self) -> None:
        """Closes it when what is under way on it has been acknowledged."""
        try:
            await asyncio.wait_for(self._idle.wait(), _LAST_WORDS)
        except TimeoutError:
            log.info("slack.socket_left_unfinished", under_way=self._under_way)
        await self.drop()

    async def drop(self) -> None:
        try:
            await asyncio.wait_for(self.close(), _LAST_WORDS)  # type: ignore[no-untyped-call]
        except Exception as error:  # whatever is wrong with a connection that is thrown away
            log.info("slack.socket_dropped_hard", reason=type(error).__name__)
            for task in (self.message_processor, self.current_session_monitor, self.message_receiver):
                if task:
                    task.cancel()
            await self.aiohttp_client_session.close()


class Socket:
    """Times are in seconds. `changed` is called whenever `problem` is another."""

    def __init__(
        self,
        app: AsyncApp,
        client: AsyncWebClient,
        app_token: str,
        *,
        ping_every: float,
        stale_after: float,
        changed: Callable[[], None],
    ) -> None:
        self._app = app
        self._client = client
        self._app_token = app_token
        self._ping_every = ping_every
        self._stale_after = stale_after
        self._changed = changed
        self._keeping: asyncio.Task[None] | None = None
        self._connection: Connection | None = None
        self._leaving: set[asyncio.Task[None]] = set()
        self.problem = "not connected yet"

    def start(self) -> None:
        self._keeping = asyncio.create_task(self._keep())

    async def stop(self) -> None:
        if self._keeping:
            self._keeping.cancel()
            await asyncio.gather(self._keeping, return_exceptions=True)
        self._part(handed_over=True)
        await asyncio.gather(*self._leaving, return_exceptions=True)
        self._say("stopped")

    async def _keep(self) -> None:
        wait = 0.0
        while True:
            await asyncio.sleep(wait)
            began = time.monotonic()
            try:
                await self._serve()
            except Exception as error:  # whatever it is: without this loop there is no Slack until a restart
                foreseen = isinstance(error, (SendLater, SendRefused, SendUnknown, TimeoutError))
                self._say(str(error) or type(error).__name__)
                log.warning("slack.socket_failed", reason=self.problem, exc_info=not foreseen)
            brief = time.monotonic() - began < _BRIEF
            wait = min(max(1.0, wait * 2), _SLOWEST_RETRY) if brief else 0.0

    async def _serve(self) -> None:
        """One connection, from its address until it is over. One that Slack will close serves on until the next is up."""
        connection = await self._connect()
        self._part(handed_over=True)
        self._connection = connection
        self._say("")
        log.info("slack.socket_connected")
        reason = await self._end_of(connection)
        announced = reason in _ANNOUNCED
        kind = "refresh" if announced else "silent" if reason.startswith(_SILENT) else "closed"
        REPLACED.labels(PLATFORM, kind).inc()
        log.info("slack.socket_replaced", reason=reason)
        if not announced:
            self._part(handed_over=False)
            self._say(reason)

    async def _connect(self) -> Connection:
        opened = await truthfully(self._client.apps_connections_open(app_token=self._app_token))
        url = str(opened["url"])
        connection = Connection(self._app, self._client, self._app_token, url, ping_every=self._ping_every)
        try:
            async with asyncio.timeout(_GREETED_WITHIN):  # the SDK would try a used address for ever
                await connection.connect()  # type: ignore[no-untyped-call]
                await connection.greeted.wait()
        except TimeoutError as error:
            self._retire(connection.drop())
            raise TimeoutError(f"no greeting in {_GREETED_WITHIN:g} s") from error
        except BaseException:
            self._retire(connection.drop())
            raise
        return connection

    async def _end_of(self, connection: Connection) -> str:
        silence = asyncio.create_task(connection.silent(self._stale_after))
        silence.add_done_callback(lambda _: connection.end(f"{_SILENT} for {self._stale_after:g} s"))
        try:
            return await connection.over
        finally:
            silence.cancel()

    def _part(self, *, handed_over: bool) -> None:
        """From the connection that there was, in the background: the next one shall not wait for it."""
        if self._connection is None:
            return
        connection, self._connection = self._connection, None
        self._retire(connection.leave() if handed_over else connection.drop())

    def _retire(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._leaving.add(task)
        task.add_done_callback(self._leaving.discard)

    def _say(self, problem: str) -> None:
        self.problem = problem
        self._changed()
