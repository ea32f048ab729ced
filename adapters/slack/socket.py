"""Socket Mode: Slack's deliveries over a WebSocket that we open, for whoever cannot be reached from outside.

The SDK's client reconnects by itself, and can wedge doing so while it says that it is connected. So it is not
believed: what counts is when its last pong came, by our own clock. A socket that is silent for too long is thrown
away whole and replaced. https://docs.slack.dev/apis/events-api/using-socket-mode
"""

import asyncio
import logging
from typing import Final

import structlog
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.web.async_client import AsyncWebClient

from adapters.port import SendLater, SendRefused, SendUnknown
from adapters.slack.web import truthfully

log = structlog.get_logger(__name__)

_SLOWEST_RETRY: Final = 60.0

# The SDK logs what it receives, and a traceback a failed connection; what matters of that is logged here, by ids.
_quiet = logging.getLogger("touchpoint.slack.socket")
_quiet.setLevel(logging.CRITICAL)


class Socket:
    """One live connection, kept up. Times are in seconds."""

    def __init__(
        self,
        app: AsyncApp,
        client: AsyncWebClient,
        app_token: str,
        *,
        ping_every: float,
        stale_after: float,
    ) -> None:
        self._app = app
        self._client = client
        self._app_token = app_token
        self._ping_every = ping_every
        self._stale_after = stale_after
        self._handler: AsyncSocketModeHandler | None = None
        self._keeping: asyncio.Task[None] | None = None
        self.problem = "not connected yet"

    def start(self) -> None:
        self._keeping = asyncio.create_task(self._keep())

    async def stop(self) -> None:
        if self._keeping:
            self._keeping.cancel()
            await asyncio.gather(self._keeping, return_exceptions=True)
        await self._drop()
        self.problem = "stopped"

    async def _keep(self) -> None:
        wait = 1.0
        while True:
            try:
                socket = await self._connect()
                self.problem, wait = "", 1.0
                log.info("slack.socket_connected")
                self.problem = await self._watch(socket)
                log.warning("slack.socket_replaced", reason=self.problem)
            except Exception as error:  # whatever it is: without this loop there is no Slack until a restart
                self.problem = str(error) or type(error).__name__
                foreseen = isinstance(error, (SendLater, SendRefused, SendUnknown, TimeoutError))
                log.warning("slack.socket_failed", reason=self.problem, again_in=wait, exc_info=not foreseen)
                await asyncio.sleep(wait)
                wait = min(wait * 2, _SLOWEST_RETRY)
            finally:
                await self._drop()

    async def _connect(self) -> SocketModeClient:
        """A fresh address for every socket: the SDK would try a used one, which is good only once, for ever."""
        opened = await truthfully(self._client.apps_connections_open(app_token=self._app_token))
        handler = AsyncSocketModeHandler(
            self._app, self._app_token, logger=_quiet, web_client=self._client, ping_interval=self._ping_every
        )
        self._handler, socket = handler, handler.client
        socket.wss_uri = opened["url"]
        await asyncio.wait_for(socket.connect(), self._stale_after)  # type: ignore[no-untyped-call]
        return socket

    async def _watch(self, socket: SocketModeClient) -> str:
        """Returns why the socket is no good any more."""
        clock = asyncio.get_running_loop().time
        pong, heard = socket.last_ping_pong_time, clock()
        while clock() - heard < self._stale_after:
            await asyncio.sleep(min(self._ping_every, self._stale_after) / 2)
            latest = socket.last_ping_pong_time
            # None comes from the SDK giving up on its own, and what follows None is its own ping and nobody's pong
            if latest is not None and pong is not None and latest != pong:
                heard = clock()
            pong = latest
        return f"no pong for {self._stale_after:g} s"

    async def _drop(self) -> None:
        if self._handler is None:
            return
        handler, self._handler = self._handler, None
        try:
            await asyncio.wait_for(handler.client.close(), 5.0)  # type: ignore[no-untyped-call]
        except Exception as error:  # whatever is wrong with a socket that is thrown away
            log.info("slack.socket_dropped_hard", reason=type(error).__name__)
            await handler.client.aiohttp_client_session.close()
