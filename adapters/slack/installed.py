"""One client for each workspace that installed the app: `clients.Clients` out of the record.

What was read is believed for `_FRESH`: so long may another replica's news of a renewed token, or of an end, be unknown here.
A client that Slack refuses is read anew at once.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from adapters.port import Edge, Pace, SendLater
from adapters.slack import addresses
from adapters.slack.installations import Grant, Installations, NotInstalled
from adapters.slack.rotation import Rotation
from bot.cards import Card
from storage.vault import BadKeys

log = structlog.get_logger(__name__)

_FRESH: Final = 30.0  # seconds
_LOOK_EVERY: Final = 300.0  # seconds
_SOON: Final = 5.0  # seconds
_MENDED_AFTER: Final = 300.0  # seconds; by somebody who installs it again
_TOO_LATE: Final = timedelta(seconds=30)  # what is sent must arrive before its token ends
NOT_RENEWED: Final = "its token ended and could not be renewed; it is tried again, or install the app there again"


@dataclass(frozen=True, slots=True)
class _Held:
    grant: Grant
    client: AsyncWebClient
    read_at: float


class _NotThere(SendLater):
    """The app is not installed there; who installs it mends that."""


class Installed:
    """`Clients`, and what keeps their tokens good."""

    def __init__(
        self, installations: Installations, rotation: Rotation, client_for: Callable[[str], AsyncWebClient]
    ) -> None:
        self._installations = installations
        self._rotation = rotation
        self._client_for = client_for
        self._held: dict[str, _Held] = {}
        self._keeping: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._keeping = asyncio.create_task(self._keep())

    async def stop(self) -> None:
        if self._keeping:
            self._keeping.cancel()
            await asyncio.gather(self._keeping, return_exceptions=True)
        await self._rotation.stop()

    async def of(self, team: str) -> AsyncWebClient:
        """Raises `SendLater` where the app is not installed, or has no good token now."""
        held = self._held.get(team)
        if held is None or time.monotonic() - held.read_at > _FRESH or self._ended(held.grant):
            held = await self._renewed(team, await self._read(team))
        if self._ended(held.grant):
            raise SendLater(_SOON, f"{team}: {NOT_RENEWED}")
        return held.client

    async def _renewed(self, team: str, held: _Held) -> _Held:
        """The same, while it is renewed in the background; only for a token that has ended the new one is waited for.

        Asked of what was just read: what is kept may be out of date, and every needless claim is a transaction.
        """
        if not self._rotation.is_due(held.grant):
            return held
        renewing = self._rotation.begin(team)
        if not self._ended(held.grant):
            return held
        await renewing
        return await self._read(team)

    async def home_of(self, team: str) -> str:
        """Raises as `of`; whose token ended for a moment is installed all the same."""
        held = self._held.get(team)
        if held is not None:
            return team
        try:
            await self._read(team)
        except _NotThere:
            return ""
        return team

    def forget(self, team: str) -> None:
        """Whatever is asked next reads the record."""
        self._held.pop(team, None)

    async def end(self, teams: tuple[str, ...], because: str, said_at: datetime) -> None:
        """Of the first of these that there is, the tokens are wiped. Raises what the database raises: Slack says it again."""
        if ended := await self._installations.end(teams, because, said_at):
            self.forget(ended)
            log.warning("slack.installation_ended", team=ended, because=because)

    async def _read(self, team: str) -> _Held:
        known = self._held.pop(team, None)
        try:
            grant = await self._installations.standing(team)
        except NotInstalled as error:
            raise _NotThere(_MENDED_AFTER, str(error)) from error
        except BadKeys as error:
            raise SendLater(_MENDED_AFTER, str(error)) from error
        except Exception as error:  # A database that is away, in whichever of its drivers' words.
            log.warning("slack.installation_unread", team=team, kind=type(error).__name__)
            raise SendLater(_SOON, "the record does not answer") from error
        same = known is not None and known.grant.token == grant.token
        client = known.client if known and same else self._client_for(grant.token)
        self._held[team] = _Held(grant, client, time.monotonic())
        return self._held[team]

    def _ended(self, grant: Grant) -> bool:
        return grant.expires_at is not None and grant.expires_at < self._installations.now() + _TOO_LATE

    async def _keep(self) -> None:
        while True:
            try:
                await self._rotation.look()
            except Exception as error:  # Without this loop what is silent for half a day would end.
                log.error("slack.rotation_broke", kind=type(error).__name__)
            await asyncio.sleep(_LOOK_EVERY)


class OneByOne:
    """An `Edge` to many workspaces: what one of them refuses shuts none of the others."""

    def __init__(self, edge: Edge, installed: Installed) -> None:
        self._edge = edge
        self._installed = installed

    @property
    def platform(self) -> str:
        return self._edge.platform

    @property
    def pace(self) -> Pace:
        return self._edge.pace

    async def post(self, *, conversation: str, card: Card, delivery: str) -> str:
        try:
            return await self._edge.post(conversation=conversation, card=card, delivery=delivery)
        except SendLater as later:
            raise self._of_one(conversation, later) from later

    async def update(self, *, message: str, card: Card) -> None:
        try:
            await self._edge.update(message=message, card=card)
        except SendLater as later:
            raise self._of_one(message, later) from later

    async def find(self, *, conversation: str, delivery: str, since: datetime) -> str | None:
        try:
            return await self._edge.find(conversation=conversation, delivery=delivery, since=since)
        except SendLater as later:
            raise self._of_one(conversation, later) from later

    def _of_one(self, address: str, later: SendLater) -> SendLater:
        if not later.everywhere:
            return later
        self._installed.forget(addresses.team_of(address))
        return SendLater(later.after, later.reason)
