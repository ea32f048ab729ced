"""The outbound half: one card to one conversation, and the truth about what became of it. Never retries, never paces.

Which answers are worth another try: learn.microsoft.com, "Optimize your bot with rate limiting in Teams" (412, 429,
502, 504), and "Send proactive messages" for those that are final.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from adapters.port import Pace, SendLater, SendRefused, SendUnknown
from adapters.teams.cards import messages
from adapters.teams.chats import Chats
from adapters.teams.people import People
from adapters.teams.port import Port
from adapters.teams.references import Reference, message_address, message_parts
from adapters.teams.wire import ConnectorAnswered, NotSent, PerhapsSent
from bot.cards import Card, Note

# 7 a second, 60 in 30 seconds and 1,800 an hour for one conversation; the outbox sends one at a time, so half a second
# keeps to the first two, and a conversation that ever reached the third would be told by a 429.
PACE = Pace(per_conversation=0.5, at_once=8, in_hand=8)
AFTER_THROTTLE = 10.0
AFTER_TROUBLE = 30.0
AFTER_SIGN_IN = 60.0
AFTER_MENDED = 300.0
# About the bot and not about one conversation: an admin switched it off, or it is set up for another cloud.
_NO_ENTRY = frozenset({"BotDisabledByAdmin", "InvalidBotApiHost"})
_CONVERSATION_STANDS = frozenset({"MessageNotFound", "ActivityNotFoundInConversation", "MessageSizeTooBig"})
MORE_BELOW = Note("This card has become longer than one message. The parts below it are as they were first posted.")


@contextmanager
def truthfully() -> Iterator[None]:
    """Turns what the connector did into the outbox's three words."""
    try:
        yield
    except NotSent as error:
        no_token = "sign-in" in str(error)
        raise SendLater(AFTER_SIGN_IN if no_token else AFTER_TROUBLE, str(error), everywhere=no_token) from error
    except PerhapsSent as error:
        raise SendUnknown(str(error)) from error
    except ConnectorAnswered as answered:
        raise _verdict(answered) from answered


def _verdict(answered: ConnectorAnswered) -> Exception:
    match answered.status:
        case 429:
            return SendLater(answered.after or AFTER_THROTTLE, str(answered))
        case 401:  # our own token: an expired secret is mended by an admin, and the message should still go out then
            return SendLater(answered.after or AFTER_SIGN_IN, str(answered))
        case 408 | 412 | 500 | 502 | 503 | 504:
            return SendLater(answered.after or AFTER_TROUBLE, str(answered))
        case 403 if answered.code in _NO_ENTRY:
            return SendLater(AFTER_MENDED, str(answered), everywhere=True)
        case 403 | 404:
            return SendRefused(str(answered), conversation_gone=answered.code not in _CONVERSATION_STANDS)
        case _:
            return SendRefused(str(answered), conversation_gone=False)


class TeamsEdge:
    """`adapters.port.Edge` for Teams."""

    platform = "teams"
    pace = PACE

    def __init__(self, port: Port, chats: Chats, people: People) -> None:
        self._port = port
        self._chats = chats
        self._people = people

    async def post(self, *, conversation: str, card: Card, delivery: str) -> str:
        """The address of the first message, if it took several. In a channel the others stand in its thread."""
        with truthfully():
            reference = await self._chats.reference(conversation)
            shared = reference.kind != "personal"
            names = await self._people.names(card.notify, reference) if shared and card.notify else {}
            first, *rest = messages(card, names)
            root = await self._port.send(reference, first)
        for part in rest:
            await self._follow(reference.in_thread(root), part)
        return message_address(reference.tenant, reference.conversation, root)

    async def _follow(self, reference: Reference, part: dict[str, object]) -> None:
        """Once the first message is out, trying all again would post it twice, so a failure is not known to be one."""
        try:
            with truthfully():
                await self._port.send(reference, part)
        except (SendLater, SendRefused) as error:
            raise SendUnknown(f"the first part was sent, a later one was not: {error}") from error

    async def update(self, *, message: str, card: Card) -> None:
        tenant, conversation_id, activity_id = message_parts(message)
        way_in = self._chats.somewhere(tenant)
        reference = Reference(
            service_url=way_in.service_url, conversation=conversation_id, kind="channel", tenant=tenant, bot=way_in.bot
        )
        first, *rest = messages(card)
        if rest:
            first = messages(Card(title=card.title, blocks=(MORE_BELOW, *card.blocks), buttons=card.buttons))[0]
        with truthfully():
            await self._port.update(reference, activity_id, first)

    async def find(self, *, conversation: str, delivery: str, since: datetime) -> str | None:
        """Teams shows bots no history (Graph would, with a right to read every message that we do not ask for)."""
        raise SendUnknown("a bot cannot read what stands in a Teams conversation")
