"""The core's own stage: people talk to `Bot.dispatch` and read its replies; no platform, no event loop, no sleep.

What is owed to others is "sent" by `settle`, which draws each due card and puts it on the screens of its conversation.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import Engine, func, select
from sqlmodel import col

from bot import outbox
from bot.cards import Button, Card, Facts, HeatMap, Item, ItemList, LinkButton, Note, Paragraph, Table, Verbatim
from bot.dispatch import Bot
from bot.forms import Form
from bot.replies import Answer, CloseForm, OpenForm, RejectForm, Reply, Results
from bot.requests import (
    ButtonPressed,
    CommandTyped,
    FormSubmitted,
    HomeOpened,
    LinkSeen,
    MessagePosted,
    MessageTaken,
    Profile,
    Request,
    SearchTyped,
    Where,
)
from bot.turns import Later
from storage import claims
from storage.deliveries import Delivery, DeliveryState, Owed
from storage.people import Organization
from storage.unit_of_work import transaction
from tests.conftest import MONDAY, fresh_sqlite

HOME = "slack:T1/C-home"
MINUTE, PLANNED_EVERY = timedelta(minutes=1), timedelta(hours=24)


def readable(card: Card) -> str:
    """Everything that can be read on a card, a line each."""
    lines = [card.title]
    for block in card.blocks:
        match block:
            case Paragraph() | Note():
                lines.append(block.text)
            case Facts():
                lines += [f"{name}: {value}" for name, value in block.facts]
            case ItemList():
                lines += [block.heading] if block.heading else []
                lines += [line for item in block.items for line in item_lines(item)]
            case Verbatim():
                lines.append(block.text)
            case Table():
                lines += [" | ".join(row) for row in (block.columns, *block.rows)]
            case HeatMap():
                lines += [block.title, *block.words]
            case _:
                pass
    return "\n".join(lines)


def item_lines(item: Item) -> list[str]:
    """What it is and why it is here, and below that the excerpt, if it has one."""
    return [f"{item.title} ({item.detail})" if item.detail else item.title, *filter(None, [item.excerpt])]


def buttons_of(card: Card) -> list[Button]:
    """All of a card's buttons, its items' own first."""
    own = [
        button
        for block in card.blocks
        if isinstance(block, ItemList)
        for item in block.items
        for button in item.buttons
    ]
    return own + [button for button in card.buttons if not isinstance(button, LinkButton)]


@dataclass
class Posted:
    """A delivered message as it stands now."""

    owed: Owed
    card: Card
    message: str

    def __str__(self) -> str:
        return readable(self.card)


@dataclass(frozen=True, slots=True)
class Kept:
    """A room at one moment, to begin from there again: setting up costs a hundred times what this does."""

    image: bytes
    posted: dict[str, Posted]
    next_id: int


SET_UP: dict[object, Kept] = {}


@dataclass
class Room:
    """One organization's conversations, one clock."""

    engine: Engine = field(default_factory=fresh_sqlite)
    now: datetime = MONDAY
    admins: frozenset[str] = frozenset()
    posted: dict[str, Posted] = field(default_factory=dict)
    closed: set[str] = field(default_factory=set)  # Conversations that take nothing from us.
    ids: "count[int]" = field(default_factory=count)

    def __post_init__(self) -> None:
        self.bot = Bot(self.engine, admins=self.admins)

    def chair(self, name: str, *, account: str | None = None, outsider: bool = False) -> "Chair":
        """A person on Slack, unless their account says otherwise."""
        profile = Profile(account=account or f"slack:T1/{name}", name=name, zone="Europe/Zurich", outsider=outsider)
        return Chair(room=self, profile=profile)

    def new_id(self) -> str:
        """Like the id of a platform's delivery."""
        return f"request-{next(self.ids)}"

    def settle(self) -> list[Posted]:
        """Send whatever is due, and return what was posted or redrawn."""
        sent = []
        for platform in ("slack", "teams", "play"):
            while owed := claims.claim(self.engine, platform=platform, now=self.now, limit=50):
                sent += [posted for one in owed if (posted := self._send(one))]
        return sent

    def _send(self, owed: Owed) -> Posted | None:
        card = outbox.draw(self.engine, owed, self.now, admins=self.admins)
        if isinstance(card, Later):
            claims.settle(self.engine, owed, DeliveryState.DUE, now=self.now, again_at=card.at)
            return None
        if card is None:
            claims.settle(self.engine, owed, DeliveryState.MISSED, now=self.now)
            return None
        if owed.conversation in self.closed:
            claims.settle(self.engine, owed, DeliveryState.DEAD, now=self.now, reason="blocked")
            outbox.refused(self.engine, owed, "blocked", self.now)
            return None
        message = owed.message or f"{owed.conversation}/m{owed.id}"
        claims.settle(self.engine, owed, DeliveryState.SENT, now=self.now, message=message)
        self.posted[message] = Posted(owed=owed, card=card, message=message)
        return self.posted[message]

    def until(self, moment: datetime) -> list[Posted]:
        """Let time pass: what falls due is sent at its moment, and all is planned anew once a day; return what was posted."""
        sent: list[Posted] = []
        plans_at = self.now
        while self.now < moment:
            self.now = min([moment, max(plans_at, self.now + MINUTE), *self._next_due()])
            if self.now >= min(plans_at, moment):
                outbox.plan_everything(self.engine, lambda _organization: self.now)
                plans_at = self.now + PLANNED_EVERY
            sent += self.settle()
        return sent

    def _next_due(self) -> list[datetime]:
        with transaction(self.engine, writes=False) as session:
            earliest = session.execute(
                select(func.min(col(Delivery.due_at))).where(
                    col(Delivery.state) == DeliveryState.DUE, col(Delivery.due_at) > self.now
                )
            ).scalar_one()
        return [earliest] if earliest else []

    def wait(self, **time: float) -> list[Posted]:
        """Let time pass, as the hourly planning and the tick would see it, and return what was posted."""
        self.now += timedelta(**time)
        outbox.plan_everything(self.engine, lambda _organization: self.now)
        return self.settle()

    def in_(self, conversation: str) -> list[Posted]:
        """What stands in a conversation, oldest first."""
        return [posted for posted in self.posted.values() if posted.owed.conversation == conversation]

    def set_up(self, **changes: object) -> tuple["Chair", "Chair"]:
        """Sam (CIO) and Dana (CISO), every other Tuesday at 09:30 in Zurich."""
        sam, dana = self.chair("Sam"), self.chair("Dana")
        as_before = (self.now, self.admins, tuple(changes.items()))
        self.once(as_before, lambda: self.set_up_by_hand(sam, dana, changes))
        return sam, dana

    def once(self, as_before: object, by_hand: Callable[[], None]) -> None:
        """What is done by hand in an empty room is done once a process, and stands there from the beginning in the next."""
        fresh = self.is_empty()
        if fresh and as_before in SET_UP:
            self.resume(SET_UP[as_before])
            return
        by_hand()
        if fresh:
            SET_UP[as_before] = self.as_it_is()

    def set_up_by_hand(self, sam: "Chair", dana: "Chair", changes: dict[str, Any]) -> None:
        """As people do it: the form, and the card that says it back."""
        sam.types("setup")
        values: dict[str, Any] = {"cio": sam.account, "ciso": dana.account, "rhythm": "weekly:2", "weekdays": ("TU",)}
        usual = values | {"at": "09:30", "zone": "Europe/Zurich"}
        sam.fills(people=(sam.profile, dana.profile), **(usual | changes))
        sam.presses("Save")
        self.settle()

    def is_empty(self) -> bool:
        """Did nobody say anything here yet? Only in memory: an empty database there is one that nobody shares."""
        if self.engine.url.database:
            return False
        with transaction(self.engine, writes=False) as session:
            return session.execute(select(Organization)).first() is None

    def as_it_is(self) -> "Kept":
        """The whole record, as a file of SQLite would hold it, and what stands on the screens."""
        with self.engine.connect() as connection:
            image: bytes = connection.connection.dbapi_connection.serialize()  # type: ignore[union-attr]  # sqlite3's
        return Kept(image, dict(self.posted), next(self.ids))

    def resume(self, kept: "Kept") -> None:
        """Goes on from there."""
        pooled = self.engine.raw_connection()
        pooled.dbapi_connection.deserialize(kept.image)  # type: ignore[union-attr]  # sqlite3's
        pooled.close()
        self.posted, self.ids = dict(kept.posted), count(kept.next_id)


@dataclass
class Chair:
    """One person. `answer` is the last private card that they were shown, `form` the dialog that is open."""

    room: Room
    profile: Profile
    answer: Card | None = None
    form: Form | None = None
    errors: dict[str, str] = field(default_factory=dict)
    last: Request | None = None

    @property
    def account(self) -> str:
        return self.profile.account

    @property
    def text(self) -> str:
        """What the last answer says."""
        return readable(self.answer) if self.answer else ""

    def where(self, place: str | None, thread: str | None = None) -> Where:
        conversation = HOME if place is None else self.account if place == "direct" else place
        return Where(conversation=conversation, direct=conversation == self.account, title="#home", thread=thread)

    def sends(self, request: Request) -> list[Reply]:
        """The request itself; what comes back stands in `answer`, `form` and `errors`."""
        self.last = request
        replies = self.room.bot.dispatch(request, self.room.now)
        for reply in replies:
            match reply:
                case Answer():
                    self.answer = reply.card
                case OpenForm():
                    self.form, self.errors = reply.form, {}
                case RejectForm():
                    self.form, self.errors = reply.form, dict(reply.errors)
                case CloseForm():
                    self.form, self.errors = None, {}
        return replies

    def types(self, text: str, place: str | None = None) -> str:
        """A slash command; returns what the answer says."""
        self.answer = None
        self.sends(CommandTyped(id=self.room.new_id(), actor=self.profile, where=self.where(place), text=text))
        return self.text

    def says(self, text: str, *, under: Posted | None = None, message: str | None = None) -> str:
        """A message in the direct chat, or in the thread of one that stands somewhere."""
        self.answer = None
        place = under.owed.conversation if under else "direct"
        self.sends(
            MessagePosted(
                id=self.room.new_id(),
                actor=self.profile,
                where=self.where(place, under.message if under else None),
                text=text,
                message=message or f"{self.account}/{self.room.new_id()}",
                link="https://example.test/message",
            )
        )
        return self.text

    def takes(
        self, shortcut: str, text: str, *, link: str | None = None, author: str = "", place: str | None = None
    ) -> str:
        """A shortcut, by its label, on a message of somebody's; returns what the answer says, if no form opened."""
        self.answer, self.form = None, None
        labels = {known.label: action for action, known in self.room.bot.registry.shortcuts.items()}
        self.sends(
            MessageTaken(
                id=self.room.new_id(),
                actor=self.profile,
                where=self.where(place),
                action=labels.get(shortcut, shortcut),
                text=text,
                message=f"{HOME}/{self.room.new_id()}",
                link=link,
                author=author,
            )
        )
        return self.text

    def looks_up(self, kind: str, text: str = "", place: str | None = None) -> Results:
        """Words typed beside a message; what was found."""
        asked = {"id": self.room.new_id(), "actor": self.profile, "where": self.where(place)}
        (found,) = self.sends(SearchTyped(**asked, kind=kind, text=text))  # type: ignore[arg-type]  # the three of them
        assert isinstance(found, Results)
        return found

    def pastes(self, url: str, place: str | None = None) -> Results:
        """An address, into a message."""
        (found,) = self.sends(LinkSeen(id=self.room.new_id(), actor=self.profile, where=self.where(place), url=url))
        assert isinstance(found, Results)
        return found

    def looks_at(self, posted: "Posted", place: str | None = None) -> Card | None:
        """The message as their client draws it for them alone; nothing where it says nothing else to them."""
        assert posted.card.mine, "it says the same to everybody"
        button, where = posted.card.mine.button, self.where(place or posted.owed.conversation)
        asked = ButtonPressed(
            id=self.room.new_id(),
            actor=self.profile,
            where=where,
            action=button.action,
            value=button.value,
            message=posted.message,
        )
        answers = [reply for reply in self.sends(asked) if isinstance(reply, Answer)]
        assert all(answer.replaces for answer in answers), "it would be a message of its own"
        return answers[0].card if answers else None

    def opens_home(self, surface: str | None = "home") -> "Posted | None":
        """Looks at what is theirs, in the place that the platform has for it, or as a message; what stands there then."""
        self.answer = None
        place = surface and f"{self.account}/{surface}"
        where = self.where("direct")
        self.sends(HomeOpened(id=self.room.new_id(), actor=self.profile, where=where, surface=place))
        self.room.settle()
        return self.home

    @property
    def home(self) -> "Posted | None":
        """What stands there: where there are several, the newest."""
        homes = [one for one in self.room.in_(self.account) if one.owed.kind == "home"]
        return homes[-1] if homes else None

    def edits(self, message: str, text: str | None) -> None:
        """What they said in the direct chat has another text from now on, or is deleted."""
        self.sends(
            MessagePosted(
                id=self.room.new_id(),
                actor=self.profile,
                where=self.where("direct"),
                text=text or "",
                message=message,
                edited=text is not None,
                deleted=text is None,
            )
        )

    def presses(self, label: str, on: Card | Posted | None = None, place: str | None = None) -> str:
        """The button with that label on this card, else on the last answer."""
        card = on.card if isinstance(on, Posted) else on or self.answer
        assert card is not None, "no card to press a button on"
        if isinstance(on, Posted):
            place = on.owed.conversation
        button = next((b for b in buttons_of(card) if b.label == label), None)
        assert button, f"no button {label!r} among {[b.label for b in buttons_of(card)]}"
        self.answer = None
        self.sends(
            ButtonPressed(
                id=self.room.new_id(),
                actor=self.profile,
                where=self.where(place),
                action=button.action,
                value=button.value,
                message=on.message if isinstance(on, Posted) else None,
            )
        )
        return self.text

    def tries(self, action: str, value: str, place: str | None = None) -> list[Reply]:
        """A button that may stand on no card of theirs."""
        return self.sends(
            ButtonPressed(
                id=self.room.new_id(), actor=self.profile, where=self.where(place), action=action, value=value
            )
        )

    def fills(self, *, people: tuple[Profile, ...] = (), place: str | None = None, **values: object) -> str:
        """The open form: what is not named keeps what stands in it."""
        assert self.form, "no form is open"
        standing = {f.name: "yes" if f.value is True else f.value or "" for f in self.form.fields}
        self.sends(
            FormSubmitted(
                id=self.room.new_id(),
                actor=self.profile,
                where=self.where(place),
                form_id=self.form.form_id,
                context=self.form.context,
                values=standing | values,  # type: ignore[arg-type]
                people=people,
            )
        )
        return self.text
