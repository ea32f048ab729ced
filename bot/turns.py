"""What a handler is given, and what a noun is made of.

A handler is a plain function: a turn and what was typed or pressed in, replies out. A noun lists its commands, buttons, forms
and cards in one table at the end of its file; `bot.commands` puts the tables together.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol, TypeAlias

from agenda.conversations import Conversation, SwitchedOff
from agenda.errors import NotAllowed, NotFound
from agenda.nudges import NudgeKind
from agenda.roles import WITHOUT, Right, Role
from bot.access import Asker, Chair, may_run
from bot.cards import Block, Button, Card
from bot.forms import Form, Values
from bot.replies import OpenForm, Reply, Result
from bot.requests import ButtonPressed, FromPerson, MessageTaken, Profile, Where
from storage import deliveries, people, rows, touchpoints
from storage.deliveries import Owed
from storage.nudges import Nudge
from storage.touchpoints import Touchpoint
from storage.unit_of_work import Record

Replies: TypeAlias = list[Reply]


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One request of one person, in one transaction. `public_url` is where they reach our own pages, if they do.

    `right` is what the command, button or form declares: every way from here to a touchpoint asks for it. What declares none
    is about the asker alone; should it come to a touchpoint all the same, it needs what most would. `conversation` is what it
    belongs to, if anything: a touchpoint that has not switched that on is passed over. `only` is the one that was chosen.
    """

    record: Record
    asker: Asker
    request: FromPerson
    registry: "Commands"
    right: Right | None = Right.RUN
    conversation: Conversation | None = None
    public_url: str = ""
    only: int | None = None

    @property
    def where(self) -> Where:
        """The conversation it came from."""
        return self.request.where

    @property
    def now(self) -> datetime:
        """This moment, UTC."""
        return self.record.now

    @property
    def needed(self) -> Right:
        """The right that whoever asks this must have."""
        return self.right or Right.RUN

    def scope(self) -> list[int]:
        """The touchpoints in which the asker has the right to this, seen from this place: at home that one, elsewhere all.

        Raises `NotAllowed` if there is none.
        """
        here = self.asker.chairs_at(self.where.conversation)
        meant = [chair for chair in here if self.only in {None, chair.touchpoint_id}]
        return [chair.touchpoint_id for chair in self.strong_enough(meant)]

    def within(self, touchpoint_id: int) -> "Turn":
        """The same, about that touchpoint alone; if it is none of the asker's, about none."""
        return replace(self, only=touchpoint_id)

    def strong_enough(self, chairs: Sequence[Chair]) -> list[Chair]:
        """Those that have the right to this. Raises `NotAllowed` if none has, `SwitchedOff` where its conversation is off."""
        if not chairs:
            raise NotAllowed(
                "You have no chair in a touchpoint here.",
                "Its CIO or its CISO can let you in with “access”. An admin sets one up with “setup”.",
            )
        strong = [chair for chair in chairs if chair.role.may(self.needed)]
        if not strong:
            raise self.too_weak(chairs[0], self.needed)
        return self.switched_on(strong)

    def switched_on(self, chairs: Sequence[Chair]) -> list[Chair]:
        """Those whose touchpoint has this conversation. Raises `SwitchedOff` if none has."""
        on = [chair for chair in chairs if self.conversation is None or self.conversation in chair.conversations]
        if self.conversation and not on:
            raise SwitchedOff(self.conversation)
        return on

    def require_somewhere(self) -> None:
        """Raises `NotAllowed` for whoever may do this nowhere, before a handler can forget to ask.

        What is read may be their own, wherever it lies, so that is left to its handler.
        """
        if self.right and (self.asker.seats or self.right is not Right.READ):
            self.strong_enough(self.asker.seats)

    def touchpoint(self) -> Touchpoint:
        """The one touchpoint that this is about. Raises `NotAllowed`, or `NotFound` where it could be several."""
        return rows.get(self.record, Touchpoint, self.touchpoint_id())

    def touchpoint_id(self) -> int:
        """Which one it is, without reading it."""
        scope = self.scope()
        if len(scope) > 1:
            raise NotFound(
                f"You have a chair in {len(scope)} touchpoints.",
                "Say it again in the home conversation of the one you mean.",
            )
        return scope[0]

    def may_run(self) -> bool:
        """Does the asker run the bot here (`access.may_run`)?"""
        principal = any(chair.role is Role.PRINCIPAL for chair in self.asker.seats)
        return may_run(self.record, admin=self.asker.admin, account=self.asker.account, principal=principal)

    def become_admin(self) -> None:
        """The asker runs the bot from now on."""
        person = rows.get(self.record, people.Person, self.asker.person_id)
        if not person.admin:
            person.admin = True
            self.record.people_changed = True

    def on_delivery(self) -> bool:
        """Does the pressed button stand on a message of the outbox? That one is redrawn, and nothing may take its place."""
        message = self.request.message if isinstance(self.request, ButtonPressed) else None
        return message is not None and deliveries.at_message(self.record, message) is not None

    def require(self, touchpoint_id: int, right: Right | None = None) -> Touchpoint:
        """The touchpoint, if the asker has that right in it, or else the one that the request declares.

        Raises `NotAllowed`, `SwitchedOff`.
        """
        chair, needed = self.asker.chair_in(touchpoint_id), right or self.needed
        if chair is None:
            raise NotAllowed("This belongs to a touchpoint in which you have no chair.", "Ask its CIO or its CISO.")
        if not chair.role.may(needed):
            raise self.too_weak(chair, needed)
        self.switched_on([chair])
        return rows.get(self.record, Touchpoint, touchpoint_id)

    def too_weak(self, chair: Chair, needed: Right) -> NotAllowed:
        """What their role may not, and whom to ask."""
        touchpoint = rows.get(self.record, Touchpoint, chair.touchpoint_id)
        names = [
            f"{one.called} ({seat.label})" for seat, one in touchpoints.principals(self.record, touchpoint).items()
        ]
        return NotAllowed(
            f"You are a {chair.role} of this touchpoint, and a {chair.role} may not {WITHOUT[needed]}.",
            f"Ask {' or '.join(names)}.",
        )


class CommandHandler(Protocol):
    """`argument` is what stands behind the command's words, stripped."""

    def __call__(self, turn: Turn, argument: str, /) -> Replies: ...


class ButtonHandler(Protocol):
    """`value` came from a client: an address, never a permission."""

    def __call__(self, turn: Turn, value: str, /) -> Replies: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """`argument` is `<what>` if it must be there, `[what]` if it may, and empty if there is none.

    `right` is what it takes in the touchpoint that it is about: what declares nothing is for the principals and who stands in
    for them, and what declares `None` is for everybody, because it is about the asker alone or has a rule of its own.
    `reads` tells whether a text can be that argument, where the whole may as well be an ordinary sentence.
    `opens_form` says that the answer is a form; where the argument may be left out, only without it.
    """

    words: tuple[str, ...]
    handle: CommandHandler
    summary: str
    argument: str = ""
    writes: bool = False
    right: Right | None = Right.RUN
    conversation: Conversation | None = None
    reads: Callable[[str], bool] = lambda argument: len(argument.split()) <= 1
    opens_form: bool = False

    @property
    def name(self) -> str:
        """`decision add`."""
        return " ".join(self.words)

    @property
    def usage(self) -> str:
        """`decision add [title]`."""
        return f"{self.name} {self.argument}".strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """What a button does, and the right that it takes."""

    handle: ButtonHandler
    writes: bool = False
    right: Right | None = Right.RUN
    conversation: Conversation | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortcut:
    """What can be done with anybody's message, in the menu that the platform shows beside it. It opens a form.

    At most 24 characters for `label`, 128 for `summary`, and ten shortcuts in all: what every platform takes.
    """

    label: str
    summary: str
    handle: Callable[[Turn, MessageTaken], Replies]
    right: Right | None = Right.RAISE
    conversation: Conversation | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """What was filled in. `people` describes the accounts among the values."""

    context: Mapping[str, str]
    values: Values
    people: tuple[Profile, ...] = ()

    def text(self, name: str) -> str:
        """A single value, stripped; empty where there is none."""
        value = self.values.get(name, "")
        return value.strip() if isinstance(value, str) else ", ".join(value)

    def several(self, name: str) -> tuple[str, ...]:
        """A value of which there may be several."""
        value = self.values.get(name, ())
        return tuple(part for part in (value,) if part) if isinstance(value, str) else value


@dataclass(frozen=True, slots=True, kw_only=True)
class FormKind:
    """`build` makes the form from its context alone, so it can be made again; `submit` takes what was filled in."""

    build: Callable[[Turn, Mapping[str, str]], Form]
    submit: Callable[[Turn, Submission], Replies]
    right: Right | None = Right.RUN
    conversation: Conversation | None = None

    def opened_by(self, about: str = "number") -> Press:
        """The button that opens it. Its value says what it is about: that stands in the form's context, under this name."""

        def handle(turn: Turn, value: str) -> Replies:
            return [OpenForm(form=self.build(turn, {about: value}))]

        return Press(handle=handle, right=self.right)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opener:
    """A form that the platform offers in its own menu, wherever somebody is: its `label` and `summary` within a shortcut's
    limits, and the `form_id` that it opens.
    """

    label: str
    summary: str
    form_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What can be looked up beside a message that is being written: `find` answers with the best few for the words typed,
    none being the newest. What is chosen is read by everybody where the message goes.

    At most 32 characters for `label`, 128 for `summary`.
    """

    label: str
    summary: str
    find: Callable[[Turn, str], Sequence[Result]]
    right: Right | None = Right.READ
    conversation: Conversation | None = None


Guarded: TypeAlias = Command | Press | FormKind | Shortcut | Search
"""What somebody can do, with the right that it takes and the conversation that it belongs to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Later:
    """Not now, because nobody there works at this hour: the message is due again at that moment."""

    at: datetime


Draw: TypeAlias = Callable[[Record, Owed], Card | Later | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What one nudge asks of its reader: a card of its own, or a line where several are asked for at once.

    `listed` are its buttons in a list, where there is no room for its `blocks`: the way to them. `open` says that it still
    waits; one that is settled shows how, and asks for nothing.
    """

    title: str
    detail: str = ""
    blocks: tuple[Block, ...] = ()
    buttons: tuple[Button, ...] = ()
    listed: tuple[Button, ...] = ()
    open: bool = True


Ask: TypeAlias = Callable[[Record, Nudge], Asked | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Noun:
    """One thing that people talk about: its commands by words, buttons by action, forms by id, cards by delivery kind.

    `asks` are what it may ask of somebody in private; `shortcuts`, by action, what it makes of a message; `openers`, by action,
    the forms that open anywhere; `searches`, by kind, what can be put into a message. Where it belongs to a `conversation`, so
    does everything in it.
    """

    name: str
    summary: str
    conversation: Conversation | None = None
    commands: tuple[Command, ...] = ()
    buttons: Mapping[str, Press] = field(default_factory=dict)
    forms: Mapping[str, FormKind] = field(default_factory=dict)
    cards: Mapping[str, Draw] = field(default_factory=dict)
    asks: Mapping[NudgeKind, Ask] = field(default_factory=dict)
    shortcuts: Mapping[str, Shortcut] = field(default_factory=dict)
    openers: Mapping[str, Opener] = field(default_factory=dict)
    searches: Mapping[str, Search] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """Nouns that people think of as one thing, by the name under which they ask for help on it."""

    name: str
    summary: str
    nouns: tuple[Noun, ...]


class Commands(Protocol):
    """What a handler may need of the registry."""

    @property
    def topics(self) -> Sequence[Topic]: ...

    @property
    def daily(self) -> Sequence[Command]: ...

    @property
    def forms(self) -> Mapping[str, FormKind]: ...

    @property
    def cards(self) -> Mapping[str, Draw]: ...

    def nearest(self, text: str) -> Command | None:
        """The command whose words look most like what was typed, if any does."""
        ...
