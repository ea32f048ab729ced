"""The outbound half of the playground: cards go into the room. It never throttles and never loses a message."""

from datetime import datetime

from adapters.playground.room import Message, Room
from adapters.port import Pace, SendRefused
from bot.cards import Card
from bot.requests import platform_of

PACE = Pace(per_conversation=0, at_once=16)


class PlayEdge:
    """`adapters.port.Edge` over a `Room`."""

    def __init__(self, room: Room, pace: Pace = PACE) -> None:
        self.platform = platform_of(room.home)
        self.pace = pace
        self._room = room

    async def post(self, *, conversation: str, card: Card, delivery: str) -> str:
        if not self._room.has(conversation):
            raise SendRefused("no such conversation in this room")
        return self._room.put(conversation=conversation, card=card, delivery=delivery).address

    async def update(self, *, message: str, card: Card) -> None:
        self._room.redraw(self._own(message), card)

    async def find(self, *, conversation: str, delivery: str, since: datetime) -> str | None:
        found = self._room.delivered(conversation, delivery)
        return found.address if found else None

    def _own(self, address: str) -> Message:
        """A message of an earlier process is gone for good: the conversation is not, so others still get there."""
        message = self._room.message(address)
        if message is None or message.card is None:
            raise SendRefused("no such message in this room", conversation_gone=False)
        return message
