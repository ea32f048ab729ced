"""The contract suite's words: people on chairs, what they do, and what stands on their screen then.

Each platform's stage (`slack_stage`, `teams_stage`, `play_stage`) drives the real adapter from outside: signed HTTP requests
into the real SDK, and a local double of the platform behind it that checks what it is sent. A scenario is written once.
"""

from dataclasses import dataclass, field
from typing import Any, Protocol


@dataclass(slots=True)
class Seen:
    """One message on somebody's screen, as it stands now (edited in place where it was).

    `text` is everything that can be read on it, in order, title first, one line a block or item. `buttons` are the labels,
    those in menus too. `private` is what only this person sees in a conversation with others. `place` is the
    conversation's address.
    """

    text: str
    buttons: tuple[str, ...]
    private: bool
    place: str
    message: str
    raw: Any = None


@dataclass(slots=True)
class SeenForm:
    """The dialog that is open now: what stands in each field (by `Field.name`), and what is wrong with it."""

    title: str
    fields: dict[str, Any]
    errors: dict[str, str] = field(default_factory=dict)
    raw: Any = None


class Chair(Protocol):
    """One person at one platform. Every verb returns when the platform has been answered."""

    account: str
    form: SeenForm | None

    async def types(self, text: str, *, where: str = "home") -> None:
        """`/touchpoint <text>` in the home conversation (`where="home"`), in the direct chat ("direct") or in any other
        conversation by name. On Teams the same words after a mention (none in the direct chat). `text` is without the
        `/touchpoint`. Where a typed command cannot open a dialog, the one button that opens it is pressed too."""
        ...

    async def says(
        self, text: str, *, to: Seen | None = None, where: str = "direct", files: tuple[tuple[str, str], ...] = ()
    ) -> str:
        """An ordinary message; `to` makes it a reply in the thread of that message (quoted reply on Teams' direct chat is an
        ordinary message). In a shared conversation the bot is mentioned. `files` are (name, address) of what is attached;
        the playground has no files, so there they stand below the text as links. Returns the address of the message."""
        ...

    async def takes(self, label: str, text: str, *, by: "Chair", where: str = "home") -> str | None:
        """Somebody said `text` there, and not to the bot; this person chooses the shortcut with this label in the menu of
        that message. `form` is set if one opens. Returns the platform's link to the message, if it gives one."""
        ...

    async def edits(self, message: str, text: str) -> None: ...

    async def deletes(self, message: str) -> None: ...

    async def presses(self, label: str, *, on: Seen | None = None) -> None:
        """The button with this label, in a row or in a menu: on that message, else on the newest message on the screen that
        has one. If it opens a dialog, `form` is set."""
        ...

    async def fills(self, **values: str | tuple[str, ...] | bool) -> None:
        """Writes into the open dialog by field name (other fields keep what stands in them) and submits it. Dates are ISO,
        times `HH:MM`, persons accounts. Afterwards `form` is None, or the same dialog with errors."""
        ...

    async def opens_home(self) -> None:
        """Looks at what is theirs: Slack's Home tab, Teams' personal chat right after the app was added, the playground's word
        for it. It stands on the screen once all is settled; on Slack first of all."""
        ...

    def screen(self) -> list[Seen]:
        """Every message that this person can see, in all their conversations, oldest first."""
        ...


class Stage(Protocol):
    """One platform with its double, connected to the one core of the test."""

    platform: str
    home: str

    async def seat(self, name: str, *, zone: str = "Europe/Zurich", outsider: bool = False) -> Chair:
        """A new person on this platform, who is in the home conversation and in the one named `other`."""
        ...

    def refused(self) -> list[str]:
        """What the platform would not have taken from us so far, and why."""
        ...

    async def redeliver(self) -> None:
        """The platform delivers its last inbound event or activity a second time, byte for byte, as it does after a timeout."""
        ...
