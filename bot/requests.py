"""What comes in: every way a person or a platform can reach the core, as plain values.

An adapter's `inbound` turns one platform payload into exactly one of these and knows nothing else of the core. Addresses
are opaque strings that begin with their platform: an account is `slack:T1/U1`, a conversation `slack:T1/C1`, a message
`slack:T1/C1/1690000000.000100`. **The direct chat with somebody is addressed by that person's account.** Only the adapter
that made an address may look inside it; the core may ask for its `tenant`, which stands before the first `/`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from bot.forms import Values


def tenant_of(address: str) -> str:
    """`slack:T1` of `slack:T1/U1`: the workspace or tenant that an account, conversation or message belongs to."""
    return address.split("/", 1)[0]


def platform_of(address: str) -> str:
    """`slack` of `slack:T1/U1`."""
    return address.split(":", 1)[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A person as their platform knows them. Empty where it did not say; `zone` is an IANA name.

    `outsider` is anyone whom the platform calls a guest, external, a stranger or a bot: they get nothing from us.
    """

    account: str
    name: str = ""
    zone: str = ""
    outsider: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """The conversation that a request came from. `title` is its name for people ("#security-sync"), if known.

    `direct` is the one-to-one chat with the bot; then `conversation` is the asker's own account.
    `thread` is the message at the root of the thread, if the request came from one.
    """

    conversation: str
    direct: bool = False
    title: str = ""
    thread: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What every request of a person carries.

    `id` names this delivery of it, and is the same when the platform delivers it again; that is how it is not done twice.
    """

    id: str
    actor: Profile
    where: Where


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandTyped(Asked):
    """`/touchpoint <text>`, or the same words after a mention of the bot."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ButtonPressed(Asked):
    """A button of one of our cards. `message` is the message it stands on, if the platform says so."""

    action: str
    value: str = ""
    message: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FormRequested(Asked):
    """A form that could not open where it was asked for (Teams, typed command) is asked for by a button instead."""

    form_id: str
    context: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class FormSubmitted(Asked):
    """`people` describes the accounts that stand in `values`, as far as the adapter could look them up."""

    form_id: str
    values: Values
    context: Mapping[str, str] = field(default_factory=dict)
    people: tuple[Profile, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagePosted(Asked):
    """Something said to the bot that is not a slash command: in the direct chat, or with a mention in a conversation.

    `message` addresses it. An edited message comes again with the same `message`, the new text and `edited`; a deleted one
    with `deleted` and no text. `link` opens it in the platform's client. `files` are (name, address) of what is attached: the
    files themselves stay on the platform.
    """

    text: str
    message: str
    link: str | None = None
    files: tuple[tuple[str, str], ...] = ()
    edited: bool = False
    deleted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageTaken(Asked):
    """A shortcut chosen on somebody's message ("Record as decision"), whoever wrote it; `where` is the message's place.

    `action` is the shortcut's, `text` is plain and may be empty, `message` addresses it, and `link` opens it in the platform's
    client, if the platform gave one. `author` is the name of who wrote it, if known.
    """

    action: str
    text: str
    message: str
    link: str | None = None
    author: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeOpened(Asked):
    """Somebody opened the place where the platform shows them what is theirs, or met us in the direct chat for the first time.

    `surface` addresses that place like a message, to be redrawn there; nothing where a card in the direct chat does its work.
    """

    surface: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchTyped(Asked):
    """Words typed beside a message that is being written, to put a card into it; `where` is that message's conversation.

    `kind` is one of the registry's searches. What comes back may be put where everybody there reads it.
    """

    kind: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkSeen(Asked):
    """The address of something in our record was pasted into a message; `where` is that message's conversation."""

    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileSeen:
    """The adapter looked somebody up, or the platform said that they changed."""

    id: str
    profile: Profile
    left: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationSeen:
    """The bot was installed in, or heard from, a conversation. `reference` is the adapter's own JSON to reach it by.

    `outsiders` says whether people of other companies can read there, if the platform said so. `by` is the account of who put
    the bot there, where that is what happened.
    """

    id: str
    conversation: str
    reference: str
    title: str = ""
    outsiders: bool | None = None
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationLost:
    """The bot was removed, or the conversation was archived or deleted: nothing more can be sent there."""

    id: str
    conversation: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationMoved:
    """The platform gave a conversation another address: `conversation` was it, and leads nowhere from now on."""

    id: str
    conversation: str
    to: str


FromPerson: TypeAlias = (
    CommandTyped
    | ButtonPressed
    | FormRequested
    | FormSubmitted
    | MessagePosted
    | MessageTaken
    | HomeOpened
    | SearchTyped
    | LinkSeen
)
FromPlatform: TypeAlias = ProfileSeen | ConversationSeen | ConversationMoved | ConversationLost
Request: TypeAlias = FromPerson | FromPlatform
