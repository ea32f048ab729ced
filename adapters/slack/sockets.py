"""Socket Mode's connections together: while one is up, everything that Slack has to say arrives.

Slack sends each envelope over any one of an app's connections, of which it allows ten at once.
https://docs.slack.dev/apis/events-api/using-socket-mode#connections
"""

import asyncio
from typing import Final

from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from adapters.metrics import CONNECTIONS
from adapters.slack.addresses import PLATFORM
from adapters.slack.socket import Socket

UP: Final = "up"


class Sockets:
    """`count` of them. In seconds: how often each is pinged, and after how long without a pong it is replaced."""

    def __init__(
        self,
        app: AsyncApp,
        client: AsyncWebClient,
        app_token: str,
        *,
        count: int,
        ping_every: float,
        stale_after: float,
    ) -> None:
        self._sockets = [
            Socket(app, client, app_token, ping_every=ping_every, stale_after=stale_after, changed=self._count)
            for _ in range(count)
        ]

    def start(self) -> None:
        for socket in self._sockets:
            socket.start()

    async def stop(self) -> None:
        await asyncio.gather(*(socket.stop() for socket in self._sockets))

    @property
    def problem(self) -> str:
        """Why nothing arrives; empty while one is up."""
        problems = [socket.problem for socket in self._sockets]
        return "; ".join(dict.fromkeys(problems)) if all(problems) else ""

    def states(self) -> dict[str, str]:
        """Each by its number: up, or why it is not."""
        return {str(number): socket.problem or UP for number, socket in enumerate(self._sockets, 1)}

    def _count(self) -> None:
        up = sum(not socket.problem for socket in self._sockets)
        CONNECTIONS.labels(PLATFORM, "up").set(up)
        CONNECTIONS.labels(PLATFORM, "down").set(len(self._sockets) - up)
