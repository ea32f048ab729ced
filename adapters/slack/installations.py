"""Installations in the record, as Slack's adapter needs them: each hop into the core's threads, each token encrypted and back.

Nobody else sees a token in plain text but the client that sends it. What Slack says of an installation stands in `oauth`
and `rotation`; which client speaks where, in `installed`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, TypeVar

from sqlmodel import Session

from adapters.core import ThreadedCore
from adapters.slack.addresses import PLATFORM
from storage import installations
from storage.installations import TABLE, Installation
from storage.unit_of_work import transaction, unit_of_work
from storage.vault import Vault

_CLOCKS_DIFFER: Final = timedelta(seconds=5)

Read = TypeVar("Read")


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """With what the bot speaks in `team`, a workspace or a whole Enterprise organization. Without `expires_at` for ever."""

    team: str
    token: str = field(repr=False)
    refresh: str = field(default="", repr=False)
    expires_at: datetime | None = None
    bot: str = ""
    scopes: str = ""
    by: str = ""  # Slack's id of who installed it


class NotInstalled(Exception):
    """The app is not in that workspace, or no longer: the words say which."""


class Installations:
    """Times are UTC, by the process's clock. Raises `BadKeys` where a token was encrypted with a key that is not there."""

    def __init__(self, core: ThreadedCore, vault: Vault) -> None:
        self._core = core
        self._vault = vault

    def now(self) -> datetime:
        return self._core.clock.now(PLATFORM)

    # ── which there are ─────────────────────────────────────────────────────────────────────────────────────────────────

    async def standing(self, team: str) -> Grant:
        """Raises `NotInstalled`."""
        found = await self._in_session(lambda session: installations.at(session, _address(team)), writes=False)
        if found is None:
            raise NotInstalled(f"the app is not installed in {team}")
        if not found.standing:
            raise NotInstalled(f"the app was removed from {team} ({found.because})")
        return self._opened(found)

    async def keep(self, grant: Grant) -> None:
        """It stands from now on, in an organization of its own if nobody's tenant it was."""
        await self._core.run(self._keep, grant)

    async def end(self, teams: Sequence[str], because: str, said_at: datetime) -> str:
        """Ends the first of these that there is, and returns which.

        Empty where it had ended, or was installed anew since Slack said so: an event may come late, and again.
        """
        return await self._core.run(self._end, teams, because, said_at)

    # ── rotation ────────────────────────────────────────────────────────────────────────────────────────────────────────

    async def expiring(self, before: datetime) -> Sequence[str]:
        """Where a token ends before that moment, and nobody is about to renew it."""

        def read(session: Session) -> Sequence[str]:
            return installations.expiring(session, PLATFORM, now=self.now(), before=before)

        return [address.partition(":")[2] for address in await self._in_session(read, writes=False)]

    async def claim(self, team: str, *, before: datetime, until: datetime) -> Grant | None:
        """What to renew, for the one who is to do it; nothing where it is another's business, or done."""

        def claim(session: Session) -> Installation | None:
            address = _address(team)
            ours = installations.claim_rotation(session, address, now=self.now(), before=before, until=until)
            return installations.at(session, address) if ours else None

        found = await self._in_session(claim)
        return self._opened(found) if found else None

    async def rotated(self, grant: Grant, *, claimed_until: datetime) -> bool:
        """False where the claim is no longer ours: then what stands is newer."""
        secret, refresh = self._shut(grant.team, grant.token), self._shut(grant.team, grant.refresh)

        def write(session: Session) -> bool:
            return installations.rotated(
                session,
                _address(grant.team),
                claimed_until=claimed_until,
                secret=secret,
                refresh=refresh,
                expires_at=grant.expires_at,
            )

        return await self._in_session(write)

    async def give_up(self, team: str, *, claimed_until: datetime, until: datetime) -> None:
        """Nobody tries again before `until`."""

        def write(session: Session) -> bool:
            return installations.give_up(session, _address(team), claimed_until=claimed_until, until=until)

        await self._in_session(write)

    # ── states ──────────────────────────────────────────────────────────────────────────────────────────────────────────

    async def use(self, state: str, expires_at: datetime) -> bool:
        """True for the first who comes back with it."""
        now = self.now()
        return await self._in_session(lambda session: installations.use(session, state, now=now, expires_at=expires_at))

    # ── inside ──────────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _in_session(self, work: Callable[[Session], Read], *, writes: bool = True) -> Read:
        def inside() -> Read:
            with transaction(self._core.bot.engine, writes=writes) as session:
                return work(session)

        return await self._core.run(inside)

    def _keep(self, grant: Grant) -> None:
        address, now = _address(grant.team), self.now()
        organization_id = self._core.bot.door.organization_id(address, now)
        with unit_of_work(self._core.bot.engine, organization_id=organization_id, now=now) as record:
            installations.install(
                record,
                address,
                secret=self._shut(grant.team, grant.token),
                refresh=self._shut(grant.team, grant.refresh),
                expires_at=grant.expires_at,
                bot=grant.bot,
                scopes=grant.scopes,
                by=f"{address}/{grant.by}" if grant.by else "",
            )

    def _end(self, teams: Sequence[str], because: str, said_at: datetime) -> str:
        engine = self._core.bot.engine
        with transaction(engine, writes=False) as session:
            known = [found for team in teams if (found := installations.at(session, _address(team)))]
        for found in known[:1]:
            with unit_of_work(engine, organization_id=found.organization_id, now=self.now()) as record:
                if said_at >= found.installed_at - _CLOCKS_DIFFER and installations.end(record, found.address, because):
                    return found.address.partition(":")[2]
        return ""

    def _shut(self, team: str, secret: str) -> str:
        return self._vault.encrypt(secret, table=TABLE, row=_address(team))

    def _opened(self, found: Installation) -> Grant:
        return Grant(
            team=found.address.partition(":")[2],
            token=self._vault.decrypt(found.secret, table=TABLE, row=found.address),
            refresh=self._vault.decrypt(found.refresh, table=TABLE, row=found.address),
            expires_at=found.expires_at,
            bot=found.bot,
            scopes=found.scopes,
        )


def _address(team: str) -> str:
    return f"{PLATFORM}:{team}"
