"""One authorized HTTP request to Teams' connector, never a second one, and the truth about what became of it.

Retrying is the outbox's business; what it needs from here is to know whether anything left us.
"""

import json
from collections.abc import Mapping
from typing import Any

import aiohttp

from adapters.teams.tokens import SignInFailed, Tokens


class ConnectorAnswered(Exception):
    """Teams said no. `code` is its own word for it, `after` the seconds of its Retry-After, `more` what we add to it."""

    def __init__(self, status: int, code: str, after: float | None, more: str = "") -> None:
        super().__init__(f"{status} {code}".rstrip() + (f" ({more})" if more else ""))
        self.status = status
        self.code = code
        self.after = after


class NotSent(Exception):
    """Nothing left us: no connection, or no token."""


class NoToken(NotSent):
    """Nothing leaves us at all, to nobody: the sign-in does not give us a token."""


class PerhapsSent(Exception):
    """The connection broke or the time ran out after the request went out."""


class Wire:
    """Requests with our bearer token, over one pool of connections."""

    def __init__(self, session: aiohttp.ClientSession, tokens: Tokens) -> None:
        self._session = session
        self._tokens = tokens

    async def request(
        self, method: str, url: str, headers: Mapping[str, str], data: Any
    ) -> tuple[int, dict[str, str], bytes]:
        """(status, headers with lower-case names, body) of an answer that is not an error."""
        try:
            signed = {**headers, "Authorization": f"Bearer {await self._tokens.bearer()}"}
        except SignInFailed as failed:
            raise NoToken(str(failed)) from failed
        try:
            async with self._session.request(method, url, headers=signed, data=data) as response:
                body = await response.read()
        except aiohttp.ClientConnectorError as error:
            raise NotSent(type(error).__name__) from error
        except (aiohttp.ClientError, TimeoutError) as error:
            raise PerhapsSent(type(error).__name__) from error
        if response.status >= 400:
            raise ConnectorAnswered(response.status, _code_of(body), _seconds(response.headers.get("Retry-After")))
        return response.status, {name.lower(): value for name, value in response.headers.items()}, body


def _code_of(body: bytes) -> str:
    """`{"error": {"code": …}}`; the message is left out, since it may repeat what was sent."""
    try:
        return str(json.loads(body)["error"]["code"])
    except (ValueError, KeyError, TypeError):
        return ""


def _seconds(retry_after: str | None) -> float | None:
    """Retry-After in seconds; its other form, a date, Teams does not use."""
    return float(retry_after) if retry_after and retry_after.replace(".", "", 1).isdigit() else None
