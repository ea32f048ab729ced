"""Every card and every form of the product, by topic: what two people are shown while they furnish a whole house.

The house of the tests shows each button and each form at least once, which a test holds; here its one secret word is told as
what people really write about. Of cards alike, those with a button or from a source that was not seen before are kept.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from typing import Any, TypeVar

from bot.cards import Button, Card, card
from bot.commands import REGISTRY
from bot.forms import Form, Option, Values
from bot.replies import Answer, OpenForm, RejectForm, Reply
from bot.requests import ButtonPressed, CommandTyped, FormSubmitted, FromPerson, MessagePosted, Request
from storage.deliveries import Owed
from tests.bot.house import House, Neighbour, furnished
from tests.bot.room import Posted, buttons_of

Told = TypeVar("Told")

SUBJECTS = (
    "VPN gateways out of support",
    "Laptops of leavers are not wiped",
    "A second shift in the SOC",
    "Backups were never restored",
    "Vendors log in without a second factor",
    "What the phishing drill showed",
    "Keys of the cloud stand in the code",
    "Ransomware, as the board reads it",
    "Tools that IT does not know of",
    "The plant cannot be patched",
)
LONG = (
    "The maker ends support in June, and a third of the branches cannot be moved before autumn. "
    "Until then we watch them by hand, and the contract for the new ones is with procurement."
)
MADE_UP = (
    (re.compile(r"(?<=/calendar/)[\w-]{30,}"), "a-secret-of-your-own"),
    (re.compile(r"\b[A-Z0-9]{5}-[A-Z0-9]{5}\b"), "QX7RT-4KMPW"),
)
"""What is another one each time."""

AGAIN = re.compile(r"(.{6,200}?)\1{2,}", re.DOTALL)
WORDS: tuple[tuple[str, str], ...] = (
    (r"(?:heron\s+){3,}(?:hero?n?\b)?", f"{LONG} "),
    (r"heron agreed (\d+)", "Passkeys for all admins"),
    (r"heron revised", "Passkeys for everybody"),
    (r"heron project (\d+)", "Customer portal"),
    (r"heron \d+ stopped", "Customer portal"),
    (r"The heron (\d+)", "Wipe laptops from afar"),
    (r"Another heron (\d+)", "A second shift in the SOC"),
    (r"[Tt]he heron number (\d+)", "What we tell the board"),
    (r"heron again", "The new gateways"),
    (r"Acme heron", "Acme Gateway"),
    (r"(?<=the )heron\b", "security"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exhibit:
    """`how` says what leads there: `risk list`, a button's label, a form's title, the kind of a message.

    What its buttons ask before they count is shown too where it is `unfolded`.
    """

    topic: str
    how: str
    what: Card | Form
    values: Values = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    unfolded: bool = False


@dataclass
class Album(House):
    """A house that keeps whatever anybody in it was shown, with what led there."""

    shown_cards: list[tuple[str, Card]] = field(default_factory=list)
    shown_forms: list[tuple[str, OpenForm | RejectForm]] = field(default_factory=list)

    def chair(self, name: str, *, account: str | None = None, outsider: bool = False) -> "Visitor":
        return Visitor(room=self, profile=super().chair(name, account=account, outsider=outsider).profile)

    def _send(self, owed: Owed) -> Posted | None:
        posted = super()._send(owed)
        if posted:
            self.shown_cards.append((f"message {owed.kind}", posted.card))
        return posted


@dataclass
class Visitor(Neighbour):
    """Whatever they are shown is kept."""

    def sends(self, request: Request) -> list[Reply]:
        replies = super().sends(request)
        album = self.room
        if not isinstance(album, Album) or not isinstance(request, FromPerson):
            return replies
        for reply in replies:
            match reply:
                case Answer():
                    album.shown_cards.append((source_of(request), reply.card))
                case OpenForm() | RejectForm():
                    album.shown_forms.append((source_of(request), reply))
                case _:
                    pass
        return replies


def source_of(request: FromPerson) -> str:
    """What somebody did, by the name that the registry has for it."""
    match request:
        case CommandTyped():
            matched = REGISTRY.match(request.text)
            return f"command {matched[0].name}" if matched else "command help"
        case ButtonPressed():
            return f"button {request.action}"
        case FormSubmitted():
            return f"form {request.form_id}"
        case MessagePosted():
            return "command agenda add"
        case _:
            return f"form {getattr(request, 'form_id', '')}"


def topics() -> dict[str, str]:
    """The topic of every source."""
    return {
        source: topic.name
        for topic in REGISTRY.topics
        for noun in topic.nouns
        for source in (
            *(f"command {command.name}" for command in noun.commands),
            *(f"button {action}" for action in noun.buttons),
            *(f"form {form}" for form in noun.forms),
            *(f"message {kind}" for kind in noun.cards),
        )
    } | {"message nudge": "me"}


def exhibits() -> list[Exhibit]:
    """By topic: cards, what their buttons ask first, and forms, each in the order in which it was first seen."""
    album = Album()
    furnished(album)
    found = [*_cards(album), *_questions(album), *_forms(album)]
    order = [topic.name for topic in REGISTRY.topics]
    return [one for topic in order for one in found if one.topic == topic]


def _cards(album: Album) -> Iterator[Exhibit]:
    """Each that shows a new button, or, in its topic, new kinds of blocks under such a title."""
    known: set[object] = {None}
    topic_of, label_of = topics(), _labels(album)
    for source, shown in album.shown_cards:
        if source not in topic_of:
            continue
        topic = topic_of[source]
        news = {_looks(topic, source, shown), *(one.action for one in buttons_of(shown))}
        if not news <= known:
            known |= news
            yield Exhibit(topic=topic, how=_how(source, label_of), what=told(shown))


def _looks(topic: str, source: str, shown: Card) -> object:
    """What it is known by. The next page of something, or a short answer to a press, is known by its buttons alone."""
    kinds = frozenset(type(block).__name__ for block in shown.blocks)
    if not source.startswith("button "):
        return topic, re.sub(r"\d+", "", shown.title.split()[0]), kinds
    return None if source.endswith("page") or kinds <= {"Paragraph", "Note"} else (topic, kinds)


def _questions(album: Album) -> Iterator[Exhibit]:
    """A topic's buttons that ask before they count, each once, on one card."""
    asking = {one.action: told(one) for _, shown in album.shown_cards for one in buttons_of(shown) if one.confirm}
    topic_of = topics()
    for topic in REGISTRY.topics:
        buttons = [button for action, button in asking.items() if topic_of.get(f"button {action}") == topic.name]
        if buttons:
            what = card("What is asked before it counts", buttons=[replace(one, rare=False) for one in buttons])
            yield Exhibit(topic=topic.name, how="press one of these", what=what, unfolded=True)


def _forms(album: Album) -> Iterator[Exhibit]:
    """Each once as it opens, and once as it comes back with something to mend, if it did."""
    known: set[tuple[str, bool]] = set()
    topic_of, label_of = topics(), _labels(album)
    for source, reply in album.shown_forms:
        form, rejected = reply.form, isinstance(reply, RejectForm)
        if (form.form_id, rejected) in known:
            continue
        known.add((form.form_id, rejected))
        values, errors = (reply.values, reply.errors) if isinstance(reply, RejectForm) else ({}, {})
        topic, how = topic_of[f"form {form.form_id}"], _how(source, label_of)
        yield Exhibit(topic=topic, how=how, what=told(form), values=told(dict(values)), errors=told(dict(errors)))


def _labels(album: Album) -> dict[str, str]:
    return {one.action: one.label for _, shown in reversed(album.shown_cards) for one in buttons_of(shown)}


def _how(source: str, label_of: Mapping[str, str]) -> str:
    kind, _, name = source.partition(" ")
    match kind:
        case "command":
            return f"/touchpoint {name}"
        case "button":
            return f"press “{label_of.get(name, name.replace('.', ' '))}”"
        case "form":
            return f"fill in “{name.replace('_', ' ')}”"
        case _:
            return f"message: {name.replace('_', ' ')}"


def told(thing: Told) -> Told:
    """The same in the words of people; what travels and is never read stays as it is."""
    return _told(thing)  # type: ignore[no-any-return]


def _told(thing: Any) -> Any:
    if isinstance(thing, str):
        return _in_words(thing)
    if isinstance(thing, tuple | list):
        return type(thing)(_told(one) for one in thing)
    if isinstance(thing, dict):
        return {name: _told(one) for name, one in thing.items()}
    if not is_dataclass(thing) or isinstance(thing, type):
        return thing
    unread = {"action", "url", "link", "form_id", "context", "name", "notify", "mine"}
    unread |= {"value"} if isinstance(thing, Button | Option) else set()
    changed = {one.name: _told(getattr(thing, one.name)) for one in fields(thing) if one.name not in unread}
    return replace(thing, **changed)


def _in_words(text: str) -> str:
    """What the house says over and over, to be long, is said once."""
    for pattern, words in WORDS:
        text = re.sub(pattern, words, text)
    for secret, instead in MADE_UP:
        text = secret.sub(instead, text)
    text = re.sub(r"heron (\d)\b", lambda found: SUBJECTS[int(found[1])], text)
    return AGAIN.sub(r"\1", text.replace("heron", "gateway").replace("Heron", "Gateway"))
