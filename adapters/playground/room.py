"""The room: who sits in it, its conversations, and every message that stands on a screen. All of it in memory.

The record is SQL and outlives this; the room is what Slack's or Teams' servers are to the other adapters. It knows
cards as values and no HTTP. Addresses: an account is `play:local/cio`, the direct chat with it has the same address,
a conversation is `play:local/security-sync`, and a message `play:local/<conversation's last part>/<number>`.
"""

import asyncio
import itertools
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from bot.cards import Card

TENANT = "play:local"
HOME = f"{TENANT}/security-sync"
OTHER = f"{TENANT}/random"
TITLES = {HOME: "#security-sync", OTHER: "#random"}
KEPT = 500
"""Messages kept a conversation. What is older has left the screen, never the record."""

BEHIND = 1000
"""Happenings that a page may be behind: a frozen browser tab keeps its connection and reads nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitter:
    """Somebody in the room. The first two have a pane on the page; the others can be picked in a form."""

    account: str
    name: str
    role: str = ""
    outsider: bool = False


PEOPLE = (
    Sitter(account=f"{TENANT}/cio", name="Sam Okafor", role="CIO"),
    Sitter(account=f"{TENANT}/ciso", name="Dana Reyes", role="CISO"),
    Sitter(account=f"{TENANT}/robin", name="Robin Vale", role="Head of Infrastructure"),
    Sitter(account=f"{TENANT}/alex", name="Alex Kim", role="Security Architect"),
    Sitter(account=f"{TENANT}/noor", name="Noor Haddad", role="Finance Partner"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What stands on a screen. `author` is an account, or nothing when the bot speaks; then there is a card.

    `only_for` names the one account that sees it in a conversation with others. `command` marks the echo of what was
    typed after `/touchpoint`. `to_bot` says that the core was told of it, and so of its edits. `request` and `delivery`
    are the ids that it came under, from a person or from the outbox.
    """

    address: str
    conversation: str
    at: datetime
    author: str = ""
    text: str = ""
    card: Card | None = None
    only_for: str | None = None
    thread: str | None = None
    command: bool = False
    edited: bool = False
    to_bot: bool = False
    request: str = ""
    delivery: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One thing that every open page must hear of. A `gone` message carries what stood there last."""

    kind: Literal["message", "gone", "clock"]
    message: Message | None = None


class Room:
    """Its methods are called on the event loop only, so nothing here needs a lock.

    `titles` are its conversations by address; the first is the home.
    """

    def __init__(
        self, now: Callable[[], datetime], people: Sequence[Sitter] = PEOPLE, titles: Mapping[str, str] = TITLES
    ) -> None:
        self.now = now
        self.people = {sitter.account: sitter for sitter in people}
        self.titles = dict(titles)
        self.home = next(iter(titles))
        self._messages: dict[str, Message] = {}
        # The record remembers messages of rooms that are gone. Numbers that begin at this process's first millisecond
        # keep an update meant for one of those from redrawing a stranger's message here.
        self._numbers = itertools.count(time.time_ns() // 1_000_000)
        self._listeners: set[asyncio.Queue[Happening | None]] = set()

    def has(self, conversation: str) -> bool:
        return conversation in self.titles or conversation in self.people

    def is_direct(self, conversation: str) -> bool:
        return conversation in self.people

    def messages(self) -> list[Message]:
        """Every message, oldest first."""
        return list(self._messages.values())

    def message(self, address: str) -> Message | None:
        return self._messages.get(address)

    def sees(self, account: str, message: Message) -> bool:
        """Only one's own direct chat, and in a shared conversation what is not for somebody else alone."""
        if self.is_direct(message.conversation):
            return message.conversation == account
        return message.only_for in (None, account)

    def under_request(self, request: str) -> Message | None:
        """What was already said under this id: the browser sends again after a broken connection, as platforms do."""
        return next((m for m in reversed(self._messages.values()) if m.request == request), None)

    def delivered(self, conversation: str, delivery: str) -> Message | None:
        found = (m for m in self._messages.values() if m.conversation == conversation and m.delivery == delivery)
        return next(found, None)

    def put(
        self,
        *,
        conversation: str,
        author: str = "",
        text: str = "",
        card: Card | None = None,
        only_for: str | None = None,
        thread: str | None = None,
        command: bool = False,
        to_bot: bool = False,
        request: str = "",
        delivery: str = "",
    ) -> Message:
        """A new message, at the end of its conversation."""
        message = Message(
            address=f"{conversation}/{next(self._numbers)}",
            conversation=conversation,
            at=self.now(),
            author=author,
            text=text,
            card=card,
            only_for=only_for,
            thread=thread,
            command=command,
            to_bot=to_bot,
            request=request,
            delivery=delivery,
        )
        self._messages[message.address] = message
        self._forget_oldest(conversation)
        self.tell(Happening(kind="message", message=message))
        return message

    def begin(self, messages: Sequence[Message]) -> None:
        """These stood here before this process began, oldest first; whatever stands here now does not any more."""
        for message in self.messages():
            self.remove(message)
        for message in messages:
            self._change(message)

    def redraw(self, message: Message, card: Card) -> None:
        """The bot changes its own message in place; it keeps its time and its address."""
        self._change(replace(message, card=card))

    def reword(self, message: Message, text: str, *, to_bot: bool) -> Message:
        """A person edits what they said."""
        return self._change(replace(message, text=text, edited=True, to_bot=to_bot))

    def remove(self, message: Message) -> None:
        del self._messages[message.address]
        self.tell(Happening(kind="gone", message=message))

    def listen(self) -> asyncio.Queue[Happening | None]:
        """A queue that gets every happening from now on; `None` in it says that the room closes."""
        queue: asyncio.Queue[Happening | None] = asyncio.Queue()
        self._listeners.add(queue)
        return queue

    def leave(self, queue: asyncio.Queue[Happening | None]) -> None:
        self._listeners.discard(queue)

    def close(self) -> None:
        for queue in self._listeners:
            queue.put_nowait(None)

    def tell(self, happening: Happening) -> None:
        """To every open page. One that stopped reading is let go; it gets everything again when it comes back."""
        for queue in list(self._listeners):
            if queue.qsize() >= BEHIND:
                self.leave(queue)
                queue.put_nowait(None)
            else:
                queue.put_nowait(happening)

    def _change(self, message: Message) -> Message:
        self._messages[message.address] = message
        self.tell(Happening(kind="message", message=message))
        return message

    def _forget_oldest(self, conversation: str) -> None:
        kept = [m for m in self._messages.values() if m.conversation == conversation]
        for message in kept[:-KEPT]:
            self.remove(message)
