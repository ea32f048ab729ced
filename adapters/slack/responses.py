"""`response_url`: answers to a command or a button, also where the bot is no member of the conversation.

https://docs.slack.dev/interactivity/handling-user-interaction#message_responses: up to five times within 30 minutes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

import aiohttp

from adapters.port import SendLater, SendRefused, SendUnknown
from adapters.slack.messages import Message

USES: Final = 5


@dataclass(slots=True)
class ResponseUrl:
    """One of them, and how often it may still be used."""

    address: str
    left: int = USES


class ResponseUrls:
    def __init__(self, session: aiohttp.ClientSession, *, api_url: str, proxy: str | None) -> None:
        self._session = session
        self._origin = urlsplit(api_url)[:2]
        self._proxy = proxy

    def of(self, body: Mapping[str, Any]) -> ResponseUrl | None:
        """Of a signed payload; only ours or over TLS, whatever the payload says."""
        address = body.get("response_url") or ""
        trusted = address.startswith("https://") or (address and urlsplit(address)[:2] == self._origin)
        return ResponseUrl(address) if trusted else None

    async def send(self, url: ResponseUrl, message: Message, **how: Any) -> None:
        """Raises as an `Edge` does. A drawing that is rejected is sent once more, plainer."""
        arguments = {"response_type": "ephemeral", **how}
        try:
            await self._post(url, {**arguments, **message.arguments()})
        except SendRefused:
            if message.plainer == message.blocks:
                raise
            await self._post(url, {**arguments, **message.arguments(plainer=True)})

    async def _post(self, url: ResponseUrl, payload: Mapping[str, Any]) -> None:
        url.left -= 1
        try:
            async with self._session.post(url.address, json=payload, proxy=self._proxy) as answer:
                said = (await answer.text())[:100]
        except aiohttp.ClientConnectorError as error:
            raise SendLater(5.0, "no connection to Slack") from error
        except (aiohttp.ClientError, TimeoutError) as error:
            raise SendUnknown(type(error).__name__) from error
        if answer.status == 429:
            raise SendLater(float(answer.headers.get("Retry-After", "5")), "ratelimited")
        if answer.status != 200:
            raise SendRefused(said or f"HTTP {answer.status}", conversation_gone=False)
