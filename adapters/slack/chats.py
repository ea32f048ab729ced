"""Direct chats: which channel Slack made for the one-to-one chat of the bot with somebody.

A slash command works in every chat, also in one between two people where the bot is not. So a channel that begins
with D is the direct chat only if it is the one that Slack opens for that person.
"""

from adapters.port import SendLater, SendUnknown
from adapters.slack import addresses
from adapters.slack.clients import Clients
from adapters.slack.web import truthfully


class DirectChats:
    """Learnt once a person and kept: Slack never gives the same two another channel."""

    def __init__(self, clients: Clients) -> None:
        self._clients = clients
        self._channels: dict[str, str] = {}  # account → channel

    def seen(self, account: str, channel: str) -> None:
        self._channels[account] = channel

    async def channel_of(self, account: str) -> str:
        """Raises as an `Edge` does; never `SendUnknown`, because opening a chat twice is opening it once."""
        if account not in self._channels:
            client = await self._clients.of(addresses.team_of(account))
            try:
                opened = await truthfully(client.conversations_open(users=[addresses.last_of(account)]))
            except SendUnknown as error:
                raise SendLater(5.0, "the direct chat could not be opened") from error
            self._channels[account] = opened["channel"]["id"]
        return self._channels[account]

    async def is_direct(self, account: str, channel: str) -> bool:
        """Is this one-to-one chat the one of this person with the bot?"""
        return await self.channel_of(account) == channel

    async def channel_for(self, conversation: str) -> str:
        """The channel behind an address: its own, or the direct chat with the account."""
        is_account = addresses.is_account(conversation)
        return await self.channel_of(conversation) if is_account else addresses.last_of(conversation)
