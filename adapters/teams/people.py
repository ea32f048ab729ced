"""Who somebody is, as their tenant knows them: asked of the roster once an hour and person, never guessed.

An activity does not say whether its sender is a guest, so nobody's request reaches the core before the roster did.
"""

import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, TypeAlias
from uuid import uuid4

import structlog

from adapters.teams.inbound import Heard
from adapters.teams.port import Port
from adapters.teams.references import Reference, local_id, tenant_id
from adapters.teams.wire import ConnectorAnswered, NotSent, PerhapsSent
from bot.incidents import Incident
from bot.requests import Profile, ProfileSeen

Json: TypeAlias = dict[str, Any]

log = structlog.get_logger(__name__)

KNOWN_FOR = 3600.0
REMEMBERED = 10_000
# What Teams answers for somebody who is not in the conversation at all.
_NOT_THERE = frozenset({400, 403, 404})


@dataclass(frozen=True, slots=True)
class _Known:
    name: str
    outsider: bool
    until: float
    zone: str
    foreign: bool = False
    person: str = ""


class People:
    """One for the process. `tell` takes what the roster newly says: Teams announces to no bot that somebody became a guest."""

    def __init__(self, port: Port, tell: Callable[[ProfileSeen], Awaitable[Any]]) -> None:
        self._port = port
        self._tell = tell
        self._known: dict[str, _Known] = {}

    async def sender(self, heard: Heard) -> Profile:
        """Raises what the connector raises if Teams cannot say now who this is."""
        known = await self._look_up(heard.account, heard.reference, heard.zone)
        return Profile(
            account=heard.account,
            name=(known.name if known else "") or heard.name,
            zone=heard.zone or (known.zone if known else ""),
            outsider=heard.stranger or known is None or known.outsider,
        )

    def of_another_company(self, account: str) -> bool:
        """Whether the roster said so when they were last looked up. A guest is a member of our tenant."""
        known = self._known.get(account)
        return known is not None and known.foreign

    async def find(self, account: str, reference: Reference) -> Profile | None:
        """Somebody whom a form names, if they are in the conversation where it was filled in."""
        try:
            known = await self._look_up(account, reference)
        except (ConnectorAnswered, NotSent, PerhapsSent) as error:
            log.warning("person_not_looked_up", account=account, error=str(error))
            return None
        if known is None:
            return None
        return Profile(account=account, name=known.name, zone=known.zone, outsider=known.outsider)

    async def names(self, accounts: tuple[str, ...], reference: Reference) -> dict[str, str]:
        """What to call those who are to be mentioned. Whoever is not there cannot be."""
        found = {}
        for account in accounts:
            if account.startswith("teams:") and (profile := await self.find(account, reference)) and profile.name:
                found[account] = profile.name
        return found

    async def ids(self, accounts: tuple[str, ...], reference: Reference) -> list[str]:
        """Their ids with us (`29:…`), of those who are there and no guests."""
        found = []
        for account in accounts:
            profile = await self.find(account, reference) if account.startswith("teams:") else None
            known = self._known.get(account)
            if profile and not profile.outsider and known and known.person:
                found.append(known.person)
        return found

    async def _look_up(self, account: str, reference: Reference, zone: str = "") -> _Known | None:
        known = self._known.get(account)
        if known and known.until > time.monotonic() and (not zone or zone == known.zone):
            return known
        if known and known.until > time.monotonic():
            return self._remember(account, replace(known, zone=zone))
        try:
            member = await self._port.member(reference, local_id(account))
        except ConnectorAnswered as answered:
            if answered.status in _NOT_THERE:
                return None
            raise
        fresh = _Known(
            name=str(member.get("name") or ""),
            outsider=_is_outsider(member, tenant_id(account)),
            foreign=_is_foreign(member, tenant_id(account)),
            until=time.monotonic() + KNOWN_FOR,
            zone=zone or (known.zone if known else ""),
            person=str(member.get("id") or ""),
        )
        if known is None or (known.name, known.outsider) != (fresh.name, fresh.outsider):
            await self._told(account, fresh)
        return self._remember(account, fresh)

    async def _told(self, account: str, fresh: _Known) -> None:
        """Nobody's request waits for this to succeed."""
        profile = Profile(account=account, name=fresh.name, zone=fresh.zone, outsider=fresh.outsider)
        with suppress(Incident):  # The core has logged it.
            await self._tell(ProfileSeen(id=f"roster/{uuid4()}", profile=profile))

    def _remember(self, account: str, known: _Known) -> _Known:
        if len(self._known) >= REMEMBERED:
            self._known.pop(next(iter(self._known)))
        self._known[account] = known
        return known


def _is_outsider(member: Json, tenant: str) -> bool:
    """Guests have the role or a name with `#EXT#`; people of another company come with that company's tenant.

    learn.microsoft.com: "Get Teams specific context for your bot" (roster), "Shared and private channels".
    """
    role, principal = str(member.get("userRole") or "user"), str(member.get("userPrincipalName") or "")
    return role != "user" or "#ext#" in principal.lower() or _is_foreign(member, tenant)


def _is_foreign(member: Json, tenant: str) -> bool:
    return (member.get("tenantId") or tenant) != tenant
