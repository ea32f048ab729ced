"""How a conversation is reached: what we were told at install and by every activity since, and opening direct chats.

The core keeps the references; this remembers only which one it gave last, so that it speaks up when something changed.
"""

from dataclasses import replace

from adapters.port import Core
from adapters.teams.config import TeamsConfig
from adapters.teams.port import Port
from adapters.teams.references import Reference, is_account, local_id, tenant_id
from bot.requests import ConversationSeen

REMEMBERED = 10_000


class Chats:
    """One for the process."""

    def __init__(self, port: Port, core: Core, config: TeamsConfig) -> None:
        self._port = port
        self._core = core
        self._config = config
        self._given: dict[str, tuple[str, str]] = {}
        self._service_urls: dict[str, str] = {}

    async def note(self, seen: ConversationSeen) -> None:
        """Passes on what is new about a conversation. What the core refuses is new again next time."""
        reference = Reference.from_json(seen.reference)
        self._service_urls[reference.tenant] = reference.service_url
        before = self._given.get(seen.conversation)
        now = (seen.reference, seen.title or (before[1] if before else ""))
        if now == before:
            return
        await self._core.ask(seen)
        if len(self._given) >= REMEMBERED:
            self._given.pop(next(iter(self._given)))
        self._given[seen.conversation] = now

    def forget(self, conversation: str) -> None:
        """It is gone; should it come back, that is news."""
        self._given.pop(conversation, None)

    async def reference(self, conversation: str, person: str = "") -> Reference:
        """How to reach a conversation or, by their account, a person. Opens the direct chat if it never was.

        `person` is their id with this bot (`29:…`) where that is known: by it Teams also opens chats with those who only
        share a team with us, by the Entra object id only with those who have the app for themselves.
        """
        known = await self._core.reference(conversation)
        if known:
            return Reference.from_json(known)
        tenant = tenant_id(conversation)
        if is_account(conversation):
            return await self._opened(conversation, tenant, person or local_id(conversation))
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

    async def _opened(self, account: str, tenant: str, person: str) -> Reference:
        way_in = self.somewhere(tenant)
        reference = await self._port.open_chat(way_in.service_url, tenant, person)
        await self.note(
            ConversationSeen(
                id=f"opened|{account}|{reference.conversation}", conversation=account, reference=reference.to_json()
            )
        )
        return reference
