"""How Slack's ids become the addresses of `bot.requests`, and back. Nobody else takes an address apart.

An account is `slack:T/U`, a conversation `slack:T/C`, a message `slack:T/C/ts`. The direct chat with somebody is
addressed by their account; a message in it by the channel that Slack made for the chat (`slack:T/D/ts`), because that
is what events carry.
"""

from typing import NamedTuple

PLATFORM = "slack"
_HOME = "home"


class MessageAt(NamedTuple):
    """Where a message is: Slack names one by its channel and its timestamp together."""

    channel: str
    ts: str


def account(team: str, user: str) -> str:
    return f"{PLATFORM}:{team}/{user}"


def conversation(team: str, channel: str) -> str:
    return f"{PLATFORM}:{team}/{channel}"


def message(team: str, channel: str, ts: str) -> str:
    return f"{PLATFORM}:{team}/{channel}/{ts}"


def home(account: str) -> str:
    """Their Home tab, addressed like a message: `slack:T/U/home`."""
    return f"{account}/{_HOME}"


def is_home(message: str) -> bool:
    return message.endswith(f"/{_HOME}")


def team_of(address: str) -> str:
    return address.partition(":")[2].partition("/")[0]


def last_of(address: str) -> str:
    """`U1` of `slack:T1/U1`, `C1` of `slack:T1/C1`."""
    return address.rpartition("/")[2]


def is_ours(address: str) -> bool:
    return address.startswith(f"{PLATFORM}:")


def is_account(address: str) -> bool:
    """Slack's user ids begin with U, or with W in an Enterprise organization; no channel's does."""
    return last_of(address)[:1] in ("U", "W")


def is_direct_channel(channel: str) -> bool:
    """A one-to-one chat: with the bot, or, in a slash command, between any two people."""
    return channel.startswith("D")


def message_at(address: str) -> MessageAt:
    channel, _, ts = address.partition("/")[2].partition("/")
    return MessageAt(channel, ts)
