"""What people see: one card, said by intent and never by widget.

A handler says *these are facts*, *this is a list*; each adapter draws that as generously as its platform allows. Text here
is plain text: renderers escape it, so nothing that a person typed can become markup. Nothing may be cut in silence: a
renderer that cannot fit a card splits it over several messages, and the core pages long lists before it comes to that.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

_VISIBLE = re.compile(r"[^\s\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]")

Style: TypeAlias = Literal["default", "primary", "danger"]
Heat: TypeAlias = Literal["none", "low", "medium", "high", "critical"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """One tap. It comes back as `requests.ButtonPressed(action, value)`.

    `value` travels through the client and comes back from it, so it is an address and never a permission (at most 1,000
    characters). `opens_form` says that the answer is always a form, which Teams must know when it draws the button.
    `confirm` is a question asked by the platform before the press counts, for what is final. `rare` buttons stand together
    behind one small menu, so that what is usual is one tap and nothing else is in its way.
    """

    action: str
    label: str
    value: str = ""
    style: Style = "default"
    opens_form: bool = False
    confirm: str | None = None
    rare: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkButton:
    """Opens an address in the browser or the platform's client; nothing comes back.

    A `url` that begins with `/` is a page of our own; `bot.pages` puts the address of this installation before it.
    """

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text. A line feed is a line feed."""

    text: str
    tone: Literal["plain", "strong"] = "plain"


@dataclass(frozen=True, slots=True)
class Note:
    """What is good to know and small: a source, a hint, why this is here."""

    text: str


@dataclass(frozen=True, slots=True)
class Facts:
    """Short named values, in order: `(("Owner", "Dana"), ("Review", "Tue 3 March"))`."""

    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of an excerpt; `marked` where it is what was looked for."""

    text: str
    marked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One line of a list: what it is, and in smaller type why it is here. Its buttons belong to it alone.

    `snippet` is an excerpt of the text behind it, on a line of its own between the two.
    """

    title: str
    detail: str = ""
    link: str | None = None
    buttons: tuple[Button, ...] = ()
    snippet: tuple[Span, ...] = ()

    @property
    def excerpt(self) -> str:
        """The snippet as plain text."""
        return "".join(span.text for span in self.snippet)


@dataclass(frozen=True, slots=True)
class ItemList:
    """Things of one kind under an optional heading."""

    items: tuple[Item, ...]
    heading: str = ""
    numbered: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows under column names; every row is as long as `columns`. For figures; a list of things is an `ItemList`."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Numbers worth a picture: `series` maps a name to one value a category. They always stand as text too."""

    title: str
    kind: Literal["line", "bar", "pie"]
    categories: tuple[str, ...]
    series: tuple[tuple[str, tuple[float, ...]], ...]


@dataclass(frozen=True, slots=True)
class HeatCell:
    """`text` is what stands in it, a number mostly, and empty where nothing does. `above` is above what is accepted."""

    text: str
    heat: Heat
    above: bool = False

    @property
    def letter(self) -> str:
        """H for high: a colour alone tells nothing to who cannot see it."""
        return "" if self.heat == "none" else self.heat[0].upper()

    @property
    def words(self) -> str:
        """`2 (critical, above appetite)`."""
        said = [*([] if self.heat == "none" else [self.heat]), *(["above appetite"] if self.above else [])]
        return f"{self.text} ({', '.join(said)})" if said else self.text


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatMap:
    """A matrix in colours: `down` names what `rows` are, the top one first, and `across` what `columns` are.

    Every row of `cells` is as long as `columns`. Its numbers are read in `words` where it cannot be seen. `heads` stand above
    the columns in place of their names, which a phone would break.
    """

    title: str
    down: str
    across: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: tuple[tuple[HeatCell, ...], ...]
    heads: tuple[str, ...] = ()

    @property
    def words(self) -> list[str]:
        """Each cell in which something stands: `Likelihood high, impact very high: 2 (critical, above appetite)`."""
        down, across = self.down.capitalize(), self.across.lower()
        return [
            f"{down} {row}, {across} {column}: {cell.words}"
            for row, cells in zip(self.rows, self.cells, strict=True)
            for column, cell in zip(self.columns, cells, strict=True)
            if cell.text
        ]


@dataclass(frozen=True, slots=True)
class Verbatim:
    """Text to be copied as it stands, in a fixed-width font: line feeds and spaces count, nothing in it is markup."""

    text: str


@dataclass(frozen=True, slots=True)
class Divider:
    """A quiet line between two parts."""


Block: TypeAlias = Paragraph | Note | Facts | ItemList | Table | Chart | HeatMap | Verbatim | Divider


@dataclass(frozen=True, slots=True, kw_only=True)
class Mine:
    """A shared card says something of its own to these `accounts`: what pressing `button` would answer them with.

    A platform that draws one message differently for each reader presses it by itself, for each of them, and shows everybody
    else the card without the buttons of these `actions`. Where there is none, nothing is lost: what is theirs reaches them in
    private in any case.
    """

    accounts: tuple[str, ...]
    button: Button
    actions: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One message. `title` is also what a notification and a screen reader say first.

    `notify` are the accounts (`slack:T1/U1`) whose attention it wants; a renderer mentions those of its own platform.
    `mine` is what some of its readers see in its place.
    """

    title: str
    blocks: tuple[Block, ...] = ()
    buttons: tuple[Button | LinkButton, ...] = ()
    notify: tuple[str, ...] = ()
    mine: Mine | None = None


def seen(text: str) -> str:
    """The text, or a dash where nothing of it can be seen: platforms refuse such a text, or show a hole."""
    return text if _VISIBLE.search(text) else "–"


def spoken_names(whole: Card, room: int) -> dict[Button, str]:
    """What a screen reader says of buttons whose label stands more than once on the card: `Show: R-7 The old gateway`.

    At most `room` characters, the label first. Two that would still sound alike are numbered: `Show 2: …`.
    """
    lines = [(button, item.title) for item in _items(whole) for button in item.buttons]
    if not lines:
        return {}
    buttons = {button for button, _ in lines} | {button for button in whole.buttons if isinstance(button, Button)}
    often = Counter(button.label for button in buttons)
    named = {button: _cut(f"{button.label}: {title}", room) for button, title in lines if often[button.label] > 1}
    again, count = Counter(named.values()), Counter[str]()
    for button, title in lines:
        if again[named.get(button, "")] > 1:
            count[button.label] += 1
            named[button] = _cut(f"{button.label} {count[button.label]}: {title}", room)
    return named


def _items(whole: Card) -> Iterator[Item]:
    for block in whole.blocks:
        if isinstance(block, ItemList):
            yield from block.items


def _cut(text: str, room: int) -> str:
    """The whole of it stands on the card beside it."""
    return text if len(text) <= room else f"{text[: room - 1].rstrip()}…"


def card(title: str, *blocks: Block, buttons: Sequence[Button | LinkButton] = (), notify: Sequence[str] = ()) -> Card:
    """A card, its blocks in reading order."""
    return Card(title=title, blocks=blocks, buttons=tuple(buttons), notify=tuple(notify))
