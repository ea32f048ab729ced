"""Tokens that expire (12 hours), renewed long before: by whichever replica comes first, and by one alone.

    a token ends within AHEAD             -> claimed for LEASE in one UPDATE; who gets it asks Slack, outside of any transaction
    Slack gives a new pair                -> written back, and the claim is over
    Slack does not answer, or refuses     -> again after AGAIN; the old token is good until its own end
    who claimed it dies                   -> the lease ends, and whoever comes next claims it

Slack says (https://docs.slack.dev/authentication/using-token-rotation): a refresh token is meant to be used once, and is
revoked "after a short grace period". So who died between Slack's answer and our write is made good only by whoever asks again
soon: the lease is short. The access token before it stays good until its own end, so the other replicas go on with it. No more
than two are good at a time: to renew one needlessly would cost those replicas theirs, so the claim itself asks if it is due.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from adapters.port import SendLater, SendRefused, SendUnknown
from adapters.slack.config import OAuthApp
from adapters.slack.installations import Grant, Installations
from adapters.slack.web import truthfully

log = structlog.get_logger(__name__)

AHEAD: Final = timedelta(hours=2)
LEASE: Final = timedelta(minutes=1)  # Longer than the client waits for an answer (30 s).
AGAIN: Final = timedelta(minutes=5)
_WRITES: Final = 5
_WRITE_AGAIN: Final = 2.0  # seconds


class Rotation:
    """`client` carries no token of a workspace: the app itself is asked for."""

    def __init__(self, installations: Installations, client: AsyncWebClient, app: OAuthApp) -> None:
        self._installations = installations
        self._client = client
        self._app = app
        self._under_way: dict[str, asyncio.Task[None]] = {}

    def is_due(self, grant: Grant) -> bool:
        """Does its token end soon enough to be renewed?"""
        ends = grant.expires_at
        return bool(grant.refresh) and ends is not None and ends < self._installations.now() + AHEAD

    def begin(self, team: str) -> "asyncio.Task[None]":
        """In the background; one at a time in this process. It never fails."""
        if team not in self._under_way:
            task = asyncio.create_task(self._renewed(team))
            self._under_way[team] = task
            task.add_done_callback(lambda _: self._under_way.pop(team, None))
        return self._under_way[team]

    async def look(self) -> None:
        """Whatever is due, everywhere: so that nothing ends where nobody speaks."""
        before = self._installations.now() + AHEAD
        await asyncio.gather(*map(self.begin, await self._installations.expiring(before)))

    async def stop(self) -> None:
        """Waits for what Slack was asked already: its answer comes but once."""
        await asyncio.gather(*self._under_way.values(), return_exceptions=True)

    async def _renewed(self, team: str) -> None:
        now = self._installations.now()
        until = now + LEASE
        try:
            grant = await self._installations.claim(team, before=now + AHEAD, until=until)
            if grant:
                await self._exchange(grant, until)
        except Exception as error:  # Nobody waits for it, and the lease ends by itself.
            log.error("slack.rotation_broke", team=team, kind=type(error).__name__)

    async def _exchange(self, grant: Grant, until: datetime) -> None:
        asked_at = self._installations.now()
        call = self._client.oauth_v2_access(
            client_id=self._app.client_id,
            client_secret=self._app.client_secret,
            grant_type="refresh_token",
            refresh_token=grant.refresh,
        )
        try:
            answer = await truthfully(call)
        except (SendLater, SendRefused, SendUnknown) as error:
            log.warning("slack.token_not_renewed", team=grant.team, reason=str(error), ends=str(grant.expires_at))
            await self._installations.give_up(grant.team, claimed_until=until, until=asked_at + AGAIN)
            return
        await self._write(replace(grant, **pair(answer.data, asked_at)), until)

    async def _write(self, grant: Grant, until: datetime) -> None:
        """Slack has given the new pair but once: a database that is away for a moment must not cost it."""
        for attempt in range(1, _WRITES + 1):
            try:
                kept = await self._installations.rotated(grant, claimed_until=until)
            except Exception:  # Whatever it is.
                if attempt == _WRITES:
                    raise
                await asyncio.sleep(_WRITE_AGAIN)
            else:
                log.info("slack.token_renewed", team=grant.team, kept=kept)
                return


def pair(answer: Any, asked_at: datetime) -> dict[str, Any]:
    """The fields of a `Grant` that oauth.v2.access gives. https://docs.slack.dev/reference/methods/oauth.v2.access"""
    given: Mapping[str, Any] = answer
    lives = given.get("expires_in")
    return {
        "token": str(given["access_token"]),
        "refresh": str(given.get("refresh_token") or ""),
        "expires_at": asked_at + timedelta(seconds=int(lives)) if lives else None,
    }
