"""A room that keeps a diary: each message when it first arrives, and all that people do, in the order in which it happened.

Time passes as in production, only faster: everything is planned once on each day of the working week, and a message goes out
when it falls due.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import TypeAlias

from bot import outbox
from bot.cards import Card
from bot.forms import Choice, Form
from bot.requests import Profile, Where
from storage import claims
from tests.bot.room import HOME, Chair, Posted, Room

HOME_TITLE = "#security-sync"
ALL = "slack:T1/C-all"
TITLES = {HOME: HOME_TITLE, ALL: "#all"}
SATURDAY = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """It stands in a conversation from then on; how it is redrawn later is not written down. `reader` if it is private. UTC."""

    at: datetime
    posted: Posted
    reader: "Writer | None"

    @property
    def kind(self) -> str:
        return self.posted.owed.kind

    @property
    def place(self) -> str:
        return self.posted.owed.conversation


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Somebody did something; `answer` is the title of the card that they, and they alone, got back."""

    at: datetime
    who: "Writer"
    did: str
    answer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """What the reader must know, and nobody in the room said."""

    at: datetime
    text: str


Entry: TypeAlias = Message | Act | Remark


@dataclass
class Diary(Room):
    """A room that writes down what happens in it."""

    entries: list[Entry] = field(default_factory=list)
    people: dict[str, "Writer"] = field(default_factory=dict)

    def person(self, name: str, zone: str) -> "Writer":
        """Somebody of the organization, who lives there."""
        who = Writer(room=self, profile=Profile(account=f"slack:T1/{name}", name=name, zone=zone))
        self.people[who.account] = who
        return who

    def settle(self) -> list[Posted]:
        due, _lost = claims.waiting(self.engine, {"slack": self.now})
        if not due:
            return []
        sent = super().settle()
        self.entries += [
            Message(at=self.now, posted=one, reader=self.people.get(one.owed.conversation))
            for one in sent
            if one.owed.message is None
        ]
        return sent

    def until(self, moment: datetime) -> list[Posted]:
        sent: list[Posted] = []
        while self.now < moment:
            midnight = datetime.combine(self.now.date() + timedelta(days=1), time.min, UTC)
            self.now = min(moment, midnight, *self._next_due())
            if self.now == midnight and midnight.weekday() < SATURDAY:
                outbox.plan_everything(self.engine, lambda _organization: self.now)
            sent += self.settle()
        return sent

    def down_until(self, moment: datetime, why: str) -> None:
        """Nothing is planned and nothing is sent until then."""
        self.entries.append(Remark(at=self.now, text=why))
        self.now = moment
        outbox.plan_everything(self.engine, lambda _organization: self.now)
        self.settle()

    def remark(self, text: str) -> None:
        self.entries.append(Remark(at=self.now, text=text))

    def latest(self, kind: str, place: str = HOME) -> Posted:
        """The last message of that kind in that conversation, as it stands now."""
        found = (one for one in reversed(self.messages) if one.kind == kind and one.place == place)
        return self.posted[next(found).posted.message]

    @property
    def messages(self) -> list[Message]:
        return [one for one in self.entries if isinstance(one, Message)]


@dataclass
class Writer(Chair):
    """A person whose every act is written down."""

    room: Diary

    def where(self, place: str | None, thread: str | None = None) -> Where:
        conversation = HOME if place is None else self.account if place == "direct" else place
        direct = conversation == self.account
        return Where(conversation=conversation, direct=direct, title=TITLES.get(conversation, ""), thread=thread)

    def types(self, text: str, place: str | None = None) -> str:
        return self._wrote(f"types `/touchpoint {text}`", super().types(text, place))

    def says(self, text: str, *, under: Posted | None = None, message: str | None = None) -> str:
        return self._wrote(f"replies “{text}”", super().says(text, under=under, message=message))

    def presses(self, label: str, on: Card | Posted | None = None, place: str | None = None, about: str = "") -> str:
        shown = about or (on.card.title if isinstance(on, Posted) else "")
        return self._wrote(
            f"presses *{label}*" + (f" on “{shown}”" if shown else ""), super().presses(label, on, place)
        )

    def fills(self, *, people: tuple[Profile, ...] = (), place: str | None = None, **values: object) -> str:
        form = self.form
        text = super().fills(people=people, place=place, **values)
        assert form
        assert not self.errors, self.errors
        names = {profile.account: profile.name for profile in people}
        filled = [f"{label_of(form, name)}: {said(form, name, value, names)}" for name, value in values.items()]
        return self._wrote(f"fills in {'; '.join(filled) or 'nothing more'}", text)

    def _wrote(self, did: str, text: str) -> str:
        """Nothing follows by itself: whatever the act owes to others goes out at once."""
        answer = self.answer.title if self.answer else ""
        self.room.entries.append(Act(at=self.room.now, who=self, did=did, answer=answer))
        self.room.settle()
        return text


def label_of(form: Form, name: str) -> str:
    """What stands beside the field."""
    return next(one.label for one in form.fields if one.name == name)


def said(form: Form, name: str, value: object, names: dict[str, str]) -> str:
    """A value as the form shows it: options and people by their names, lines side by side."""
    one = next(one for one in form.fields if one.name == name)
    if isinstance(one, Choice):
        chosen = value if isinstance(value, tuple) else (value,)
        return ", ".join(option.label for option in one.options if option.value in chosen)
    return names.get(str(value), " / ".join(str(value).splitlines()))
