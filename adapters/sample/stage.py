"""How the sample's year is played: its people talk to the core as anybody does, by a clock that runs from a year ago until now.

No rule of the product lives here, and nothing is written past it: what stands in the record afterwards, the core has written.
While it is played, the organization's clock in the record is behind by as much, so that a server that runs beside it plans
nothing in between by another one.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from itertools import count
from typing import Any, Final
from zlib import crc32
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from adapters.playground.room import Sitter
from adapters.sample.cast import CAST, HALF, HOME, TENANT, TITLES, ZONE
from agenda.errors import TouchpointError
from bot import outbox
from bot.access import Asker
from bot.cards import Button, Card, Item, ItemList, LinkButton
from bot.dispatch import Bot
from bot.forms import Form, Value
from bot.replies import Answer, CloseForm, OpenForm, RejectForm, Reply, Results
from bot.requests import (
    ButtonPressed,
    CommandTyped,
    ConversationSeen,
    FormSubmitted,
    FromPerson,
    MessagePosted,
    Profile,
    ProfileSeen,
    Request,
    Where,
)
from bot.turns import Later
from storage import claims, deliveries, samples, touchpoints
from storage.deliveries import DeliveryState, Owed
from storage.people import SAMPLE
from storage.unit_of_work import Record, opened

SATURDAY: Final = 5
MINUTE, HOUR, DAY, WEEK = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)
YEAR: Final = 52
"""Weeks that the story is written in; a shorter sample leaves out what begins before it."""


class StoryBroke(Exception):
    """The story asks for something that the product does not do: a bug of the sample. The text says where."""


class Strict(Bot):
    """What people in a story ask for is never refused."""

    def _refused(self, request: FromPerson, asker: Asker, now: datetime, error: TouchpointError) -> list[Reply]:
        raise StoryBroke(f"{asker.name} is refused: {error}") from error


@dataclass(frozen=True, slots=True)
class Scene:
    """What happens at a moment."""

    at: datetime
    play: Callable[[], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A message of the bot's, as it stands in its conversation now."""

    owed: Owed
    card: Card


@dataclass
class Stage:
    """One organization and one clock, aware UTC. Nothing of the story is before `begins`, an hour after its start.

    `refs` are the numbers of what was recorded, by title: `R-7`. `sent` is what stands somewhere, oldest first, and `posted`
    hears the kind of each new message.
    """

    engine: Engine
    ends: datetime
    weeks: int = YEAR
    now: datetime = field(init=False)
    begins: datetime = field(init=False)
    refs: dict[str, str] = field(default_factory=dict)
    sent: list[Owed] = field(default_factory=list)
    posted: Callable[[str], None] = lambda _kind: None
    ids: "count[int]" = field(default_factory=count)

    def __post_init__(self) -> None:
        self.bot = Strict(self.engine)
        self.now = self.ends - self.weeks * WEEK
        self.begins = self.now + HOUR
        self.players = {key: Player(self, sitter) for key, sitter in CAST.items()}
        self.organization_id = self.bot.door.organization_id(TENANT, self.now)

    def arrive(self) -> None:
        """Everybody is seen, and the channels are."""
        for key, player in self.players.items():
            self.bot.dispatch(ProfileSeen(id=f"{TENANT}/{key}/seen", profile=player.profile), self.now)
        for place, title in TITLES.items():
            seen = ConversationSeen(id=f"{place}/seen", conversation=place, reference="{}", title=title)
            self.bot.dispatch(seen, self.now)

    # ── time ────────────────────────────────────────────────────────────────────────────────────────────────────────────

    def ago(self, weeks: float, about: str = "") -> datetime:
        """So many weeks before the end, on a working day and in office hours; `about` says at what time."""
        moment = (self.ends - WEEK * weeks).astimezone(ZoneInfo(ZONE))
        day = moment.date() - DAY * max(0, moment.weekday() - SATURDAY + 1)
        minutes = crc32(about.encode()) % (6 * 60)
        at = datetime.combine(day, time(9, 5), ZoneInfo(ZONE)) + minutes * MINUTE
        return min(max(at.astimezone(UTC), self.begins), self.ends - MINUTE)

    def day(self, weeks: float) -> str:
        """The day that was so many weeks ago, or, below 0, that is to come."""
        moment = self.ago(weeks) if weeks > 0 else self.ends - WEEK * weeks
        return moment.astimezone(ZoneInfo(ZONE)).date().isoformat()

    def tells(self, ago: float) -> bool:
        """Did what began so many weeks ago begin after the story did?"""
        return ago < self.weeks

    def until(self, moment: datetime) -> None:
        """Let time pass: what falls due goes out at its moment, and each working day is planned in its first hour."""
        while self.now < moment:
            morning = datetime.combine(self.now.date() + DAY, time.min, UTC)
            self.now = min([moment, morning, *self._next_due()])
            if self.now == morning and morning.weekday() < SATURDAY:
                self.plan()
            self.settle()

    def plan(self) -> None:
        """As the hourly planning does it, for this organization alone."""
        self.call(HALF)
        with opened(self.engine, writes=False) as one:
            found = [each for each in touchpoints.everywhere(one.session) if each[0].key == self.organization_id]
        for organization, touchpoint_id in found:
            outbox.plan_one(self.engine, lambda _organization: self.now, organization, touchpoint_id)

    def call(self, name: str) -> None:
        """What the organization is called, with its clock as far behind as the story is."""
        samples.call(self.engine, self.organization_id, name, self.ends - self.now)

    def _next_due(self) -> list[datetime]:
        with opened(self.engine, writes=False) as one:
            record = Record(transaction=one, organization_id=self.organization_id, now=self.now)
            earliest = deliveries.next_due(record, after=self.now)
        return [earliest] if earliest else []

    # ── messages ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def settle(self) -> None:
        """Whatever is due goes out."""
        while owed := claims.claim(self.engine, platform=SAMPLE, now=self.now, limit=50):
            for one in owed:
                self._send(one)

    def _send(self, owed: Owed) -> None:
        """What stands already is drawn anew only when somebody looks (`latest`): a year of redrawing takes half a minute."""
        if owed.message:
            return claims.settle(self.engine, owed, DeliveryState.SENT, now=self.now, message=owed.message)
        drawn = outbox.draw(self.engine, owed, self.now)
        if isinstance(drawn, Later):
            return claims.settle(self.engine, owed, DeliveryState.DUE, now=self.now, again_at=drawn.at)
        if drawn is None:
            return claims.settle(self.engine, owed, DeliveryState.MISSED, now=self.now)
        address = f"{owed.conversation}/{owed.id}"
        claims.settle(self.engine, owed, DeliveryState.SENT, now=self.now, message=address)
        self.sent.append(replace(owed, message=address))
        return self.posted(owed.kind)

    def latest(self, kind: str, place: str = HOME, about: str = "") -> Standing:
        """The last message of that kind there, with that word in its title, as it stands now. Raises `StoryBroke`."""
        for owed in reversed(self.sent):
            if (owed.kind, owed.conversation) == (kind, place):
                card = outbox.draw(self.engine, owed, self.now)
                if isinstance(card, Card) and (not about or about in card.title.split()):
                    return Standing(owed=owed, card=card)
        raise StoryBroke(f"no {kind} about {about or 'anything'} stands in {place}")

    def keep_ref(self, who: "Player") -> None:
        """The number of what they have just recorded: its card is called `R-7 The old VPN`."""
        ref, _space, title = (who.answer.title if who.answer else "").partition(" ")
        self.refs[title] = ref

    def new_id(self) -> str:
        """What a platform calls a request; of one moment of its clock, so that a later sample repeats none."""
        return f"{TENANT}/{self.ends:%Y%m%d%H%M%S}-{next(self.ids)}"


@dataclass
class Player:
    """One of the cast. `answer` is the last card that they were shown, `form` the dialog that is open."""

    stage: Stage
    sitter: Sitter
    answer: Card | None = None
    form: Form | None = None

    @property
    def account(self) -> str:
        return self.sitter.account

    @property
    def profile(self) -> Profile:
        return Profile(account=self.sitter.account, name=self.sitter.name, zone=ZONE)

    def types(self, text: str, place: str = HOME, /, **values: Value) -> None:
        """A command where they meet, or there; with `values`, its form is filled in."""
        self._sends(CommandTyped(**self._asked(place), text=text))
        if values:
            self.fills(**values)

    def says(self, text: str) -> None:
        """A point, in private."""
        address = f"{self.account}/{self.stage.new_id()}"
        self._sends(MessagePosted(**self._asked(self.account), text=text, message=address))

    def presses(self, label: str, on: Standing | None = None, /, **values: Value) -> None:
        """A button of that message, or of the last answer; with `values`, its form is filled in. Raises `StoryBroke`."""
        card, place = (on.card, on.owed.conversation) if on else (self.answer, HOME)
        found = [one for one in buttons_of(card) if one.label == label]
        self._press(found, label, place, on.owed.message if on else None, values)

    def presses_beside(self, word: str, label: str, /, **values: Value) -> None:
        """The button of the line of the last answer in which that word stands. Raises `StoryBroke`."""
        lines = [item for item in items_of(self.answer) if word in f"{item.title} {item.detail}"]
        found = [button for line in lines for button in line.buttons if button.label == label]
        self._press(found, f"{label} beside {word}", HOME, None, values)

    def _press(
        self, found: Sequence[Button], label: str, place: str, message: str | None, values: Mapping[str, Value]
    ) -> None:
        if not found:
            raise StoryBroke(f"{self.sitter.name} finds no “{label}” on “{self._read()}”")
        asked, button = self._asked(place), found[0]
        self._sends(ButtonPressed(**asked, action=button.action, value=button.value, message=message))
        if values:
            self.fills(place, **values)

    def fills(self, place: str = HOME, /, **values: Value) -> None:
        """The open form: what is not named stays as it is. Raises `StoryBroke`."""
        form = self.form
        unknown = values.keys() - {one.name for one in form.fields} if form else values.keys()
        if form is None or unknown:
            raise StoryBroke(f"{self.sitter.name} cannot fill in {sorted(unknown)} behind “{self._read()}”")
        before: dict[str, Any] = {one.name: "yes" if one.value is True else one.value or "" for one in form.fields}
        self._sends(
            FormSubmitted(
                **self._asked(place),
                form_id=form.form_id,
                context=form.context,
                values=before | values,
                people=tuple(player.profile for player in self.stage.players.values()),
            )
        )

    def buttons(self) -> set[str]:
        """What the last answer offers."""
        return {one.label for one in buttons_of(self.answer)}

    def _asked(self, place: str) -> dict[str, Any]:
        direct = place == self.account
        where = Where(conversation=place, direct=direct, title=TITLES.get(place, ""))
        return {"id": self.stage.new_id(), "actor": self.profile, "where": where}

    def _sends(self, request: Request) -> None:
        """What it owes to others goes out at once."""
        self.answer = None
        for reply in self.stage.bot.dispatch(request, self.stage.now):
            match reply:
                case Answer():
                    self.answer = reply.card
                case OpenForm():
                    self.form = reply.form
                case CloseForm():
                    self.form = None
                case Results():
                    raise StoryBroke(f"{self.sitter.name} searched")
                case RejectForm():
                    raise StoryBroke(f"{self.sitter.name}, {reply.form.title}: {dict(reply.errors)}")
        self.stage.settle()

    def _read(self) -> str:
        return self.answer.title if self.answer else ""


def items_of(card: Card | None) -> list[Item]:
    """The lines of its lists."""
    return [item for block in card.blocks if isinstance(block, ItemList) for item in block.items] if card else []


def buttons_of(card: Card | None) -> list[Button]:
    """All of a card's buttons, its lines' own first."""
    own = [button for item in items_of(card) for button in item.buttons]
    return [*own, *(button for button in card.buttons if not isinstance(button, LinkButton))] if card else own
