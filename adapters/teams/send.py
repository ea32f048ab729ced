"""The outbound half: one card to one conversation, and the truth about what became of it. Never retries, never paces.

Which answers are worth another try, code by code: learn.microsoft.com, "Build conversational capability", section "Status
codes from bot conversational APIs"; the numbers: "Optimize your bot with rate limiting in Teams".
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from adapters.port import Pace, SendLater, SendRefused, SendUnknown
from adapters.teams.cards import messages
from adapters.teams.chats import Chats
from adapters.teams.people import People
from adapters.teams.port import Port
from adapters.teams.references import Reference, is_account, message_address, message_parts
from adapters.teams.views import messages_for, readers_of
from adapters.teams.wire import ConnectorAnswered, NoToken, NotSent, PerhapsSent
from bot.cards import Card, Note

# 7 a second, 60 in 30 seconds and 1,800 an hour for one conversation; the outbox sends one at a time, so half a second
# keeps to the first two, and a conversation that ever reached the third would be told by a 429.
PACE = Pace(per_conversation=0.5, at_once=8, in_hand=8)
AFTER_TROUBLE = 30.0
AFTER_SIGN_IN = 60.0
AFTER_MENDED = 300.0
# Seconds, where no Retry-After says it. 401 is about our own token, which an admin mends, and 408 is any proxy's. Of 500
# Microsoft says not to try again; but a message that nobody gets is worse than one that is tried five minutes later.
_TRY_AGAIN = {429: 10.0, 401: AFTER_SIGN_IN, 500: AFTER_MENDED} | dict.fromkeys(
    (408, 412, 502, 503, 504), AFTER_TROUBLE
)
_CONVERSATION_STANDS = frozenset({"MessageNotFound", "ActivityNotFoundInConversation"})
MORE_BELOW = Note("This card has become longer than one message. The parts below it are as they were first posted.")


@contextmanager
def truthfully(*, alone: bool = False) -> Iterator[None]:
    """Turns what the connector did into the outbox's three words. `alone` says that it is about one person's chat."""
    try:
        yield
    except NoToken as error:
        raise SendLater(AFTER_SIGN_IN, str(error), everywhere=True) from error
    except NotSent as error:
        raise SendLater(AFTER_TROUBLE, str(error)) from error
    except PerhapsSent as error:
        raise SendUnknown(str(error)) from error
    except ConnectorAnswered as answered:
        raise verdict(answered, alone=alone) from answered


def verdict(answered: ConnectorAnswered, *, alone: bool) -> SendLater | SendRefused:
    """What is not for later is final. An app that is switched off waits; that one person may not have it is for good."""
    if answered.code == "InvalidBotApiHost":  # we are set up for another cloud: no conversation is to blame
        return SendLater(AFTER_MENDED, str(answered), everywhere=True)
    if answered.code == "BotDisabledByAdmin" and not alone:
        return SendLater(AFTER_MENDED, str(answered))
    if answered.status in _TRY_AGAIN:
        return SendLater(answered.after or _TRY_AGAIN[answered.status], str(answered))
    gone = answered.status in {403, 404} and answered.code not in _CONVERSATION_STANDS
    return SendRefused(str(answered), conversation_gone=gone)


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
        with self._truthfully(conversation):
            reference = await self._chats.reference(conversation, install=True)
            shared = reference.kind != "personal"
            names = await self._people.names(card.notify, reference) if shared and card.notify else {}
            readers = await readers_of(card, self._people, reference) if shared else []
            first, *rest = messages_for(card, readers, names)
            root = await self._port.send(reference, first)
        for part in rest:
            await self._follow(reference.in_thread(root), part)
        return message_address(reference.tenant, reference.conversation, root)

    @contextmanager
    def _truthfully(self, conversation: str) -> Iterator[None]:
        """The core marks as lost what is gone; whoever is heard from there again is news to it then."""
        try:
            with truthfully(alone=is_account(conversation)):
                yield
        except SendRefused as refused:
            if refused.conversation_gone:
                self._chats.forget(conversation)
            raise

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
        readers = await readers_of(card, self._people, reference)
        first, *rest = messages_for(card, readers)
        if rest:
            first = messages(Card(title=card.title, blocks=(MORE_BELOW, *card.blocks), buttons=card.buttons))[0]
        with truthfully():
            await self._port.update(reference, activity_id, first)

    async def find(self, *, conversation: str, delivery: str, since: datetime) -> str | None:
        """Teams shows bots no history (Graph would, with a right to read every message that we do not ask for)."""
        raise SendUnknown("a bot cannot read what stands in a Teams conversation")
