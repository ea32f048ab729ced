"""How a conversation is reached: what we were told at install and by every activity since, and opening direct chats.

The core keeps the references; this remembers only which one it gave last, so that it speaks up when something changed.
"""

import time
from dataclasses import dataclass, replace

from adapters.port import Core
from adapters.teams.config import TeamsConfig
from adapters.teams.install import Installer
from adapters.teams.port import Port
from adapters.teams.references import Reference, is_account, local_id, tenant_id
from adapters.teams.wire import ConnectorAnswered, NotSent
from bot.requests import ConversationSeen

REMEMBERED = 10_000
# Seconds. Another replica may have found meanwhile that nothing can be sent there; to it, being heard from is news.
GIVEN_FOR = 900.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Given:
    reference: str = ""
    title: str = ""
    outsiders: bool | None = None
    until: float = 0.0


_NOTHING = _Given()


class Chats:
    """One for the process."""

    def __init__(self, port: Port, core: Core, config: TeamsConfig, installer: Installer) -> None:
        self._port = port
        self._installer = installer
        self._core = core
        self._config = config
        self._given: dict[str, _Given] = {}
        self._service_urls: dict[str, str] = {}
        self._installed_for: set[str] = set()

    async def note(self, seen: ConversationSeen) -> None:
        """Passes on what is new about a conversation. What the core refuses is new again next time."""
        reference = Reference.from_json(seen.reference)
        self._service_urls[reference.tenant] = reference.service_url
        before = self._given.get(seen.conversation, _NOTHING)
        now = _Given(
            reference=seen.reference,
            title=seen.title or before.title,
            outsiders=before.outsiders if seen.outsiders is None else seen.outsiders,
            until=before.until,
        )
        if now == before and time.monotonic() < before.until and not seen.by:
            return
        await self._core.ask(seen)
        if len(self._given) >= REMEMBERED:
            self._given.pop(next(iter(self._given)))
        self._given[seen.conversation] = replace(now, until=time.monotonic() + GIVEN_FOR)

    def forget(self, conversation: str) -> None:
        """It is gone; should it come back, that is news."""
        self._given.pop(conversation, None)

    async def reference(self, conversation: str, person: str = "", *, install: bool = False) -> Reference:
        """How to reach a conversation or, by their account, a person. Opens the direct chat if it never was.

        `install` says that this is somebody whom the record knows and not whoever speaks: they may be given the app.

        `person` is their id with this bot (`29:…`) where that is known: by it Teams also opens chats with those who only
        share a team with us, by the Entra object id only with those who have the app for themselves.
        """
        known = await self._core.reference(conversation)
        if known:
            return Reference.from_json(known)
        tenant = tenant_id(conversation)
        if is_account(conversation):
            return await self._opened(conversation, tenant, person or local_id(conversation), install=install)
        return replace(self.somewhere(tenant), conversation=local_id(conversation))

    def somewhere(self, tenant: str) -> Reference:
        """A way into the tenant: the service URL last heard from it, or after a restart the one for them all."""
        return Reference(
            service_url=self._service_urls.get(tenant, self._config.service_url),
            conversation="",
            kind="channel",
            tenant=tenant,
            bot=self._config.bot_id,
        )

    async def _opened(self, account: str, tenant: str, person: str, *, install: bool) -> Reference:
        way_in = self.somewhere(tenant)
        try:
            reference = await self._port.open_chat(way_in.service_url, tenant, person)
        except ConnectorAnswered as refused:
            if not install:
                raise
            reference = await self._installed(account, way_in, refused)
        seen = ConversationSeen(
            id=f"opened|{account}|{reference.conversation}", conversation=account, reference=reference.to_json()
        )
        await self.note(seen)
        return reference

    async def _installed(self, account: str, way_in: Reference, refused: ConnectorAnswered) -> Reference:
        """The chat with somebody who did not have the app, where it may be put beside them."""
        first = account not in self._installed_for
        await self._installer.install_for(account, refused)
        self._installed_for.add(account)
        try:
            return await self._port.open_chat(way_in.service_url, way_in.tenant, local_id(account))
        except ConnectorAnswered as still:
            if first and still.code == refused.code:
                raise NotSent("the app was installed for them a moment ago, and Teams does not know it yet") from still
            raise
