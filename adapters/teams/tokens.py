"""The bearer token that we show to Teams: fetched off the event loop's back, kept until shortly before it ends.

botbuilder-core asks for a token in every turn and blocks the whole process while it waits (a 3 s endpoint froze it for
2.97 s), so it never gets to: this is RFC 6749 §4.4 over aiohttp, or MSAL in a thread for a managed identity (a
user-assigned one: Azure Bot knows no other).
"""

import asyncio
import time
from datetime import UTC, datetime
from typing import Any

import aiohttp
import structlog

from adapters.teams.config import TeamsConfig
from adapters.teams.credentials import Credentials, CredentialUnusable

log = structlog.get_logger(__name__)

# A token lives for about an hour (managed identities: a day). Five minutes cover clocks that disagree and slow sends.
RENEW_BEFORE = 300.0


class SignInFailed(Exception):
    """No token could be had: the endpoint is out of reach or does not accept our credentials. Nothing was sent."""


class Tokens:
    """One token for one `resource` (an address; without one the connector), whoever asks; whoever asks while it is being
    fetched waits for that fetch.
    """

    def __init__(self, config: TeamsConfig, session: aiohttp.ClientSession, resource: str = "") -> None:
        self._config = config
        self._session = session
        self._resource = resource or config.channel_resource
        self._credentials = Credentials(config)
        self._fetching = asyncio.Lock()
        self._token = ""
        self._ends = 0.0
        self.failure: str | None = None

    async def bearer(self) -> str:
        if time.monotonic() < self._ends - RENEW_BEFORE:
            return self._token
        async with self._fetching:
            if time.monotonic() >= self._ends - RENEW_BEFORE:
                await self._renew()
        return self._token

    async def _renew(self) -> None:
        asked = time.monotonic()
        try:
            self._token, lifetime = await self._fetch()
        except SignInFailed as failed:
            if self.failure != str(failed):
                log.warning("sign_in_failed", reason=str(failed))
            self.failure = str(failed)
            if asked < self._ends:  # the old one still holds: the endpoint may be back before it ends
                return
            raise
        self.failure = None
        # A lifetime shorter than the margin must not mean a fetch for every message.
        self._ends = asked + max(lifetime, RENEW_BEFORE + 30)

    async def _fetch(self) -> tuple[str, float]:
        if self._config.app_type == "UserAssignedMSI":
            return await asyncio.to_thread(_managed_identity_token, self._config.app_id, self._resource)
        try:
            form = sign_in_form(self._config, self._credentials, self._resource)
            async with self._session.post(self._config.token_url, data=form) as response:
                return _token_of(await response.json(content_type=None))
        except CredentialUnusable as unusable:
            raise SignInFailed(f"no sign-in is possible: {unusable}") from unusable
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise SignInFailed(f"the sign-in endpoint did not answer ({type(error).__name__})") from error


def sign_in_form(config: TeamsConfig, credentials: Credentials, resource: str) -> dict[str, str]:
    """What is posted for a token. Raises `CredentialUnusable`."""
    return {
        "grant_type": "client_credentials",
        "client_id": config.app_id,
        "scope": f"{resource}/.default",
        **credentials.proof(datetime.now(UTC)),
    }


def _token_of(answer: Any) -> tuple[str, float]:
    """OAuth's answer, or its error code. The description is left out: it can repeat what was sent."""
    if not isinstance(answer, dict) or "access_token" not in answer:
        code = answer.get("error", "unreadable answer") if isinstance(answer, dict) else "unreadable answer"
        raise SignInFailed(f"the sign-in endpoint refused our credentials ({code})")
    return str(answer["access_token"]), float(answer.get("expires_in", 3600))


def _managed_identity_token(client: str, resource: str) -> tuple[str, float]:
    import msal
    import requests

    identity = msal.UserAssignedManagedIdentity(client_id=client)
    try:
        azure = msal.ManagedIdentityClient(identity, http_client=requests.Session())
        return _token_of(azure.acquire_token_for_client(resource=resource))
    except (requests.RequestException, msal.ManagedIdentityError) as error:
        raise SignInFailed(f"the managed identity gave no token ({type(error).__name__})") from error
