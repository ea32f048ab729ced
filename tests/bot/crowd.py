"""A crowded house: everything as long, as many and as odd as people can make it, and whatever anybody was ever shown of it."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from agenda.conversations import Conversation
from bot.cards import Block, Card, Chart, Facts, HeatMap, ItemList, Note, Paragraph, Table, Verbatim
from bot.forms import Date, Form, Text, Values
from bot.replies import Answer, OpenForm, RejectForm, Reply, Results
from bot.requests import ConversationSeen, FromPerson, Profile, Request
from storage.deliveries import Owed
from tests.bot import furniture
from tests.bot.room import HOME, Chair, Posted, Room, buttons_of

# Markup of both platforms, both directions of writing, characters of more than one unit, and what only looks like a command.
ODD = (
    "*bold* _it_ ~no~ `code` <b>&amp; &lt;x> [a](https://x.test) | {{DATE(2031-03-04T09:30:00Z)}} <!channel> <@U1> "
    "<at>all</at> :fire: 👩‍👩‍👧‍👦 🟥 مرحبا بالعالم שלום नमस्ते 漢字 Ünïcödé 1. # - + > \\ % , ; “x” "
)
LABELS = "\n".join(
    (
        "قليل جدا ومستبعد للغ",
        "недостаточно опасный",
        "中程度中程度中程度中程度中程度",
        "hoch & <unerwünscht>",
        "*_~`[]()<>&🟥🟧🟨🟩 !",
    )
)
LONGEST = 40_000


def odd(length: int, *, start: str = "", lines: bool = False) -> str:
    """Exactly so many characters of it."""
    more = ODD + ("\n" if lines else "")
    return (start + more * (length // len(more) + 1))[: length - 1].strip().ljust(length, "x")


@dataclass
class Crowd(Room):
    """Remembers each card and each form that anybody was shown, with one of the buttons of each kind of value; and what was put
    into a message.
    """

    cards: list[tuple[str, Card]] = field(default_factory=list)
    inserted: list[Card] = field(default_factory=list)
    forms: list[tuple[str, Form, Values, dict[str, str]]] = field(default_factory=list)

    def chair(self, name: str, *, account: str | None = None, outsider: bool = False) -> "Guest":
        profile = Profile(
            account=account or f"slack:T1/U{name.upper()}", name=odd(80, start=f"{name} "), zone="Asia/Tokyo"
        )
        return Guest(room=self, profile=profile)

    def _send(self, owed: Owed) -> Posted | None:
        posted = super()._send(owed)
        if posted:
            self.cards.append((f"delivery {owed.kind}", posted.card))
        return posted


@dataclass
class Guest(Chair):
    """Whatever comes back is remembered, with what was asked."""

    def sends(self, request: Request) -> list[Reply]:
        replies = super().sends(request)
        crowd = self.room
        assert isinstance(crowd, Crowd)
        assert isinstance(request, FromPerson)
        asked = " ".join(str(getattr(request, name, "")) for name in ("text", "form_id", "action", "value"))[
            :60
        ].strip()
        for reply in replies:
            match reply:
                case Answer():
                    crowd.cards.append((asked, reply.card))
                case OpenForm():
                    crowd.forms.append((asked, reply.form, {}, {}))
                case RejectForm():
                    crowd.forms.append((asked, reply.form, dict(reply.values), dict(reply.errors)))
                case Results():
                    crowd.inserted += [item.card for item in reply.items]
                case _:
                    pass
        return replies

    def fills_up(self, *, place: str | None = None, **values: str) -> None:
        """The open form, with as much in each text as it takes."""
        assert self.form
        texts = {one.name: odd(one.limit, lines=one.multiline) for one in self.form.fields if isinstance(one, Text)}
        days = {one.name: one.value or "2031-03-28" for one in self.form.fields if isinstance(one, Date)}
        self.fills(place=place, **(texts | days | values))  # type: ignore[arg-type]


def crowded() -> Crowd:
    """Filled by hand, then every command typed and every button pressed."""
    crowd = Crowd()
    crowd.bot.public_url = "https://touchpoint.test"
    sam, dana = crowd.chair("Sam"), crowd.chair("Dana")
    crowd.set_up_by_hand(sam, dana, {})
    name(crowd, sam)
    risks(sam)
    decide(crowd, sam, dana)
    promise(sam, dana)
    own(crowd, sam, dana)
    accept(crowd, sam, dana)
    sam.types("conversations")
    sam.presses("Change")
    sam.fills(on=tuple(Conversation))
    for talk in furniture.TALKS:
        talk.fill(crowd, sam, dana)
    ask_from_outside(crowd)
    for chair in (sam, dana):
        for command in (*COMMANDS, *furniture.COMMANDS):
            for place in (HOME, "direct"):
                chair.types(command, place=place)
    look(crowd, sam)
    for chair in (dana, sam):
        press_everything(crowd, chair)
    return crowd


def look(crowd: Crowd, sam: Guest) -> None:
    """Home, at its own place: of who sits there, of who is new, and where the bot is new."""
    for chair in (sam, crowd.chair("New")):
        chair.opens_home()
    new = ConversationSeen(id=crowd.new_id(), conversation="slack:T1/C-new", reference="{}", title="#n", by=sam.account)
    crowd.bot.dispatch(new, crowd.now)
    crowd.settle()
    sam.types("setup", place="direct")
    for kind in crowd.bot.registry.searches:
        for place in (None, "slack:T1/C-elsewhere"):
            sam.looks_up(kind, place=place)
    for posted in [one for one in crowd.posted.values() if one.card.mine]:
        sam.looks_at(posted)


COMMANDS = (
    "home",
    "", "help", "help find", "help risk", "help decision", "help owners", "policy", "access", "settings", "syncs", "agenda",
    "minutes", "owe", "nudges", "hours", "away", "delegate", "calendar", "cadence", "risk list", "risk matrix", "risk list all",
    "risk show 1", "risk show 2", "risk show 3", "risk accept 4", "decision list", "decision show 1", "decision show 2",
    "promise list", "promise show 1", "promise show 2", "owners", "owners gaps", "owners check", "find bold", 'find "bold it"',
    "find state:proposed", "risk list above appetite", "risk list expiring", "who owns everything", "decision add", "risk add",
    "promise add", "agenda add", "history", f"find {odd(290)}", f"who owns {odd(300)}", f"risk {odd(400)}",
)  # fmt: skip


def name(crowd: Crowd, sam: Guest) -> None:
    """Labels of twenty characters in other scripts."""
    sam.types("policy")
    sam.presses("Change")
    sam.fills(likelihood_labels=LABELS, impact_labels=LABELS)
    assert not sam.errors, sam.errors
    crowd.settle()


def risks(sam: Guest) -> None:
    """As many as a register has; of the first, everything is said that can be said."""
    links = "\n".join(f"https://x.test/{number} {odd(4)}" for number in range(70))
    for number in range(300):
        sam.types(f"risk add {odd(200, start=f'{number} ')}" + (f"\n{odd(LONGEST, lines=True)}" if number < 5 else ""))
    for number in (1, 2, 3):
        for button, values in (("More details", {"links": links[:2000]}), ("New level", {}), ("Edit", {})):
            sam.types(f"risk show {number}")
            press_form(sam, button, **values)


def press_form(chair: Guest, label: str, **values: str) -> None:
    """Where the card has that button."""
    if chair.answer and any(button.label == label for button in buttons_of(chair.answer)):
        chair.presses(label)
        if chair.form:
            chair.fills_up(**values)


def decide(crowd: Crowd, sam: Guest, dana: Guest) -> None:
    """Options by the dozen, links by the hundred, a dissent as long as it can be."""
    options = "\n".join(f"{odd(40)}\n+ {odd(40)}\n- {odd(36)}" for _ in range(24))
    links = "\n".join(f"https://x.test/{number}" for number in range(100))
    for _ in range(3):
        dana.types("decision add")
        dana.fills_up(options=options, review_on="2031-03-10", owner="me")
        assert not dana.errors, dana.errors
        dana.types("decision list")
        dana.types("decision show 1")
        press_form(dana, "More details", links=links, concerns="R-1, R-2, R-3", consulted=odd(200))
        crowd.settle()
    for _ in range(12):
        dana.types(f"decision add {odd(200)}\n{odd(LONGEST, lines=True)}")
    crowd.settle()


def promise(sam: Guest, dana: Guest) -> None:
    for number in range(40):
        dana.types(
            f"promise add {odd(180, start=f'{number} ')} by 6 March\n{odd(LONGEST if number < 3 else 300, lines=True)}"
        )
        sam.types(f"agenda add {odd(200)}\n{odd(3000, lines=True)}")


def own(crowd: Crowd, sam: Guest, dana: Guest) -> None:
    """Forty areas with names of eighty characters."""
    for number in range(40):
        sam.types(f"owners add {odd(80, start=f'{number} ')}")
        press_form(sam, "Edit", accountable=odd(80), area=odd(80, start=f"{number} "))
    dana.types("owners check")
    crowd.settle()


def accept(crowd: Crowd, sam: Guest, dana: Guest) -> None:
    for number in (1, 2, 3, 4, 5):
        sam.types(f"risk accept {number}")
        if sam.form:
            sam.fills_up(until="2031-04-02")
        crowd.settle()
        if number < 3:
            for posted in [one for one in crowd.in_(dana.account) if one.owed.kind == "acceptance_key"][-1:]:
                dana.presses("Turn my key", on=posted)
        crowd.settle()


def ask_from_outside(crowd: Crowd) -> None:
    """A stranger, whose name is as long as any."""
    mallory = crowd.chair("Mallory")
    mallory.profile = replace(mallory.profile, outsider=True)
    for place in (HOME, "direct"):
        mallory.types("risk list", place=place)
    crowd.settle()


def press_everything(crowd: Crowd, chair: Guest, most: int = 3) -> None:
    """Every button that stands anywhere, a few of each action; what it opens is sent as it stands, and filled up."""
    pressed: Counter[str] = Counter()
    seen = 0
    while seen < len(crowd.cards):
        _, card = crowd.cards[seen]
        seen += 1
        for button in buttons_of(card):
            if pressed[button.action] >= most:
                continue
            pressed[button.action] += 1
            chair.form = None
            chair.tries(button.action, button.value, HOME if pressed[button.action] % 2 else chair.account)
            if chair.form:
                opened = chair.form
                chair.fills(place=HOME)
                chair.form = opened
                chair.fills_up(place=HOME)
            crowd.settle()
    crowd.until(crowd.now.replace(day=min(crowd.now.day + 8, 28)))


def words_on(card: Card) -> Iterator[str]:
    """Whatever must be readable, text by text."""
    yield card.title
    for block in card.blocks:
        yield from _texts(block)


def _texts(block: Block) -> Iterator[str]:
    match block:
        case Paragraph(text=text) | Note(text=text) | Verbatim(text=text):
            yield text
        case Facts(facts=facts):
            for named, value in facts:
                yield from (named, value)
        case ItemList():
            yield block.heading
            for item in block.items:
                yield from (item.title, item.detail, item.excerpt)
        case Table():
            yield block.caption
            for row in (block.columns, *block.rows):
                yield from row
        case HeatMap():
            yield from (block.title, *block.words)
        case Chart():
            yield block.title
        case _:
            pass
