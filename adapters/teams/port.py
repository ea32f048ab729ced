"""The port to Microsoft's connector: all that the adapter needs of an SDK, over plain activity dicts.

`adapters.teams.botframework` is the one that runs; docs/teams-port.md says what another one touches, and the tests run
a second one. Every outbound method raises what became of its request: `ConnectorAnswered`, `NotSent` or `PerhapsSent`
(`adapters.teams.wire`), and sends it once.
"""

from collections.abc import Awaitable, Callable
from typing import Any, Protocol, TypeAlias

import aiohttp

from adapters.teams.config import TeamsConfig
from adapters.teams.references import Reference
from adapters.teams.wire import Wire

Json: TypeAlias = dict[str, Any]
Turn: TypeAlias = Callable[[Json], Awaitable[Json | None]]


class Port(Protocol):
    """What is said by `person` is an id of this bot's (`29:…`) or an Entra object id; Teams takes both."""

    async def handle(self, auth_header: str, activity: Json, turn: Turn) -> tuple[int, Json | None]:
        """(HTTP status, body) for one activity: 401 for a token that does not hold, 403 for a tenant that is not ours.

        `turn` gives the body of an invoke's answer; an invoke without one is answered 501, whatever else 200. What `turn`
        raises passes through. Raises `KeysUnavailable` when no token can be judged.
        """
        ...

    async def send(self, reference: Reference, activity: Json) -> str:
        """A new message in the conversation; its activity id."""
        ...

    async def send_targeted(self, reference: Reference, person: str, activity: Json) -> str:
        """A message in the conversation that this member alone can see; its activity id."""
        ...

    async def update(self, reference: Reference, activity_id: str, activity: Json) -> None:
        """Another content for a message of ours."""
        ...

    async def open_chat(self, service_url: str, tenant: str, person: str) -> Reference:
        """The direct chat with somebody. It is the same chat every time."""
        ...

    async def member(self, reference: Reference, person: str) -> Json:
        """One member of a conversation as Teams describes them. Threads have no roster: their channel is asked."""
        ...


MakePort: TypeAlias = Callable[[TeamsConfig, aiohttp.ClientSession, Wire], Port]


def tenant_in(activity: Json) -> str:
    """The tenant that an activity comes from: `channelData` has it always, the conversation only sometimes."""
    data = activity.get("channelData")
    tenant = data.get("tenant") if isinstance(data, dict) else None
    found = tenant.get("id") if isinstance(tenant, dict) else None
    if not found and isinstance(activity.get("conversation"), dict):
        found = activity["conversation"].get("tenantId")
    return found if isinstance(found, str) else ""
