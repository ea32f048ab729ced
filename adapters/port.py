"""Where the edges meet the process: what an adapter is given, and what it must be able to do.

Inbound, an adapter turns a payload into a `bot.requests.Request`, awaits `Core.ask` and draws the replies. Outbound, it is an
`Edge`: it sends one card to one conversation and says truthfully what became of it. It never retries and never paces by
itself; the outbox does both (`adapters.deliver`).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.cards import Card
from bot.replies import Reply
from bot.requests import Request


class Core(Protocol):
    """The inner rings behind one thread hop."""

    async def ask(self, request: Request) -> list[Reply]:
        """What to answer at once.

        Never raises for a command, a button, a form or a shortcut: what went wrong comes back as an answer that carries an
        id. It does raise `bot.incidents.Incident` for messages and platform events, so that the adapter does not acknowledge
        them and the platform delivers them again.
        """
        ...

    async def reference(self, conversation: str) -> str | None:
        """The JSON that this adapter last gave with `ConversationSeen`, or nothing."""
        ...


class SendLater(Exception):
    """The platform did not take it now (throttled, briefly out of order). `after` is in seconds.

    `everywhere` says that it takes nothing from us at all, in no conversation: an admin has to mend the token first.
    """

    def __init__(self, after: float, reason: str, *, everywhere: bool = False) -> None:
        super().__init__(f"{reason}; again in {after:g} s")
        self.after = after
        self.reason = reason
        self.everywhere = everywhere


class SendRefused(Exception):
    """It will never be taken: blocked, uninstalled, archived, gone. `reason` is the platform's word for it."""

    def __init__(self, reason: str, *, conversation_gone: bool = True) -> None:
        super().__init__(reason)
        self.reason = reason
        self.conversation_gone = conversation_gone


class SendUnknown(Exception):
    """The connection broke after the request went out: it may have been delivered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How much a platform takes from us: `per_conversation` seconds between two messages, `at_once` sends in flight.

    `in_hand` is how many are claimed beforehand. So many are in doubt when the process dies: few, where history cannot be read.
    """

    per_conversation: float
    at_once: int
    in_hand: int = 400


class Edge(Protocol):
    """The outbound half of an adapter.

    Every method may raise `SendLater`, `SendRefused` or `SendUnknown`, and nothing else that was foreseen.
    """

    @property
    def platform(self) -> str:
        """What its addresses begin with: `slack`, `teams`, `play`."""
        ...

    @property
    def pace(self) -> Pace: ...

    async def post(self, *, conversation: str, card: Card, delivery: str) -> str:
        """Send a new message and return its address. `delivery` names it for `find`.

        A conversation that is an account is the direct chat with that person; it is opened if it never was.
        """
        ...

    async def update(self, *, message: str, card: Card) -> None:
        """Redraw a message in place."""
        ...

    async def find(self, *, conversation: str, delivery: str, since: datetime) -> str | None:
        """Was this delivery, attempted at `since`, delivered after all? Its message, or nothing.

        Raises `SendUnknown` where the platform's history cannot be read.
        """
        ...
