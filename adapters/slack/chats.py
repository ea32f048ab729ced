"""Direct chats: which channel Slack made for the one-to-one chat of the bot with somebody.

A slash command works in every chat, also in one between two people where the bot is not. So a channel that begins
with D is the direct chat only if it is the one that Slack opens for that person.
"""

from slack_sdk.web.async_client import AsyncWebClient

from adapters.port import SendLater, SendUnknown
from adapters.slack import addresses
from adapters.slack.web import truthfully


class DirectChats:
    """Learnt once a person and kept: Slack never gives the same two another channel."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client
        self._channels: dict[str, str] = {}

    def seen(self, user: str, channel: str) -> None:
        self._channels[user] = channel

    async def channel_of(self, user: str) -> str:
        """Raises as an `Edge` does; never `SendUnknown`, because opening a chat twice is opening it once."""
        if user not in self._channels:
            try:
                opened = await truthfully(self._client.conversations_open(users=[user]))
            except SendUnknown as error:
                raise SendLater(5.0, "the direct chat could not be opened") from error
            self._channels[user] = opened["channel"]["id"]
        return self._channels[user]

    async def is_direct(self, user: str, channel: str) -> bool:
        """Is this one-to-one chat the one of this person with the bot?"""
        return await self.channel_of(user) == channel

    async def channel_for(self, conversation: str) -> str:
        """The channel behind an address: its own, or the direct chat with the account."""
        last = addresses.last_of(conversation)
        return await self.channel_of(last) if addresses.is_account(conversation) else last
