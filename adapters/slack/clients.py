"""Which client speaks in which workspace: the one place that knows whether there is one token for everything, or one each."""

from typing import Protocol

from slack_sdk.web.async_client import AsyncWebClient


class Clients(Protocol):
    """`team` is what stands in our addresses: a workspace's id, or that of a whole Enterprise organization."""

    async def of(self, team: str) -> AsyncWebClient:
        """Raises `SendLater` where the app is not installed, or its token cannot be read now."""
        ...

    async def home_of(self, team: str) -> str:
        """Whose record a request from there is about; empty where the app is not installed."""
        ...


class OneClient:
    """`SLACK_BOT_TOKEN` is authorized for everything. `teams` is whose it is, as soon as Slack said so."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client
        self.teams: tuple[str, ...] = ()

    async def of(self, team: str) -> AsyncWebClient:
        return self._client

    async def home_of(self, team: str) -> str:
        return team if not self.teams or team in self.teams else self.teams[0]
