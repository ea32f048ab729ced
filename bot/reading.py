"""How what people fill in and type is read, and how a card shows more than fits it. One place, one wording of each error."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from enum import StrEnum
from typing import Protocol, TypeVar

from agenda.errors import BadInput, NotFound
from agenda.roles import Right
from agenda.themes import Theme
from bot.cards import Button, Card, Note, Paragraph, card
from bot.forms import Choice, Option
from bot.replies import Answer
from bot.turns import Press, Replies, Submission, Turn
from storage.unit_of_work import Record

PAGE = 8
TEXT_PAGE = 2_500
LONGEST_LINK = 1_000  # Half of what a form's context may carry.
HTTPS = re.compile(r"https://[^\s<>\"]+")
Kind = TypeVar("Kind", bound=StrEnum)
Found_co = TypeVar("Found_co", covariant=True)


class ByNumber(Protocol[Found_co]):
    """How each noun's rows are found: the one of that number, if it belongs to one of these touchpoints."""

    def __call__(
        self, record: Record, number: int, touchpoint_ids: Sequence[int], /, *, for_update: bool = False
    ) -> Found_co | None: ...


def number_of(typed: str, letter: str, noun: str) -> int:
    """12 of `D-12`, `d12` or `12`. Raises `BadInput`."""
    bare = typed.strip().upper().removeprefix(letter).removeprefix("-").strip()
    if not bare.isdecimal() or len(bare) > 9:
        article = "an" if noun[0] in "aeiou" else "a"
        raise BadInput(
            f"“{typed[:40]}” is not the id of {article} {noun}.",
            f"It looks like {letter}-12; “{noun} list” shows them.",
        )
    return int(bare)


def no_such(letter: str, number: int, noun: str) -> NotFound:
    """Not there, or not theirs; the two are not told apart."""
    return NotFound(f"There is no {letter}-{number} that you can see here.", f"“{noun} list” shows what there is.")


def seen(
    turn: Turn, number: int, letter: str, noun: str, by_number: ByNumber[Found_co], *, for_update: bool = False
) -> Found_co:
    """What people call by that number, if the asker may see it here; locked where it is about to change. Raises `NotFound`."""
    found = by_number(turn.record, number, turn.scope(), for_update=for_update)
    if found is None:
        raise no_such(letter, number, noun)
    return found


def date_in(submission: Submission, name: str) -> date | None:
    """A date field, if it was filled in. Raises `BadInput` beside the field."""
    typed = submission.text(name)
    if not typed:
        return None
    try:
        return date.fromisoformat(typed)
    except ValueError:
        raise BadInput("That is not a date.", fields={name: "Write it like 2031-12-31."}) from None


def link_in(context: Mapping[str, str]) -> str | None:
    """Where the message is that a form was opened on, if it was. It came back from a client: an https address, or nothing."""
    link = context.get("link", "")
    return link if len(link) <= LONGEST_LINK and HTTPS.fullmatch(link) else None


def one_of(submission: Submission, name: str, kind: type[Kind], otherwise: Kind) -> Kind:
    """A choice. Raises `BadInput` beside the field for a value that was never offered."""
    typed = submission.text(name)
    try:
        return kind(typed) if typed else otherwise
    except ValueError:
        raise BadInput("That choice is not on the list.", fields={name: "Choose one of the list."}) from None


def scale_in(submission: Submission, name: str) -> int:
    """1 to 5. Raises `BadInput` beside the field."""
    typed = submission.text(name) or "3"
    if typed not in {"1", "2", "3", "4", "5"}:
        raise BadInput("That is not on the scale.", fields={name: "Choose 1 to 5."})
    return int(typed)


def short_text(submission: Submission, name: str, limit: int) -> str:
    """A text field within its limit. Raises `BadInput` beside the field."""
    typed = submission.text(name)
    if len(typed) > limit:
        raise BadInput("That is too long.", fields={name: f"At most {limit} characters; this is {len(typed):,}."})
    return typed


def theme_choice(value: Theme) -> Choice:
    """Which of the conversations it belongs to."""
    options = tuple(Option(theme.value, theme.label) for theme in Theme)
    return Choice(name="theme", label="Theme", options=options, value=value.value)


def paged(title: str, text: str, page: int, *, action: str, value: str) -> tuple[list[Paragraph | Note], list[Button]]:
    """A long text, a page at a time, with the buttons that turn it. `title` names what is continued."""
    if len(text) <= TEXT_PAGE:
        return ([Paragraph(text)] if text else []), []
    parts = pages_of(text)
    page = max(0, min(page, len(parts) - 1))
    note = Note(f"{title}: page {page + 1} of {len(parts)}, {len(text):,} characters in all.")
    return [Paragraph(parts[page]), note], turning(page, len(parts) - 1, action=action, value=value)


def pages_of(text: str) -> list[str]:
    """The text in parts of at most a page, broken between words where there is a space to break at."""
    parts = []
    while len(text) > TEXT_PAGE:
        cut = max(text.rfind(" ", 1, TEXT_PAGE), text.rfind("\n", 1, TEXT_PAGE)) + 1 or TEXT_PAGE
        parts.append(text[:cut])
        text = text[cut:]
    return [*parts, text]


def turning(page: int, last: int, *, action: str, value: str) -> list[Button]:
    """The buttons to the page before and after, where there is one."""
    buttons = []
    if page > 0:
        buttons.append(Button(action=action, label="Previous page", value=f"{page - 1}|{value}"))
    if page < last:
        buttons.append(Button(action=action, label="Next page", value=f"{page + 1}|{value}"))
    return buttons


def still_there(page: int, total: int) -> int:
    """That page of a list of so many, or its last one: a list may have become shorter since its card was drawn."""
    return min(page, max(total - 1, 0) // PAGE)


def goes_on(page: int, buttons: Iterable[Button]) -> bool:
    """Is there a page behind this one?"""
    return any(button.value.startswith(f"{page + 1}|") for button in buttons)


def turned(show: Callable[[Turn, str, int], Replies]) -> Press:
    """What such a button does: the same again, at its page, in the place of the page before."""

    def handle(turn: Turn, value: str) -> Replies:
        page, rest = page_in(value)
        beside = turn.on_delivery()
        return [
            replace(reply, replaces=not beside) if isinstance(reply, Answer) else reply
            for reply in show(turn, rest, page)
        ]

    return Press(handle=handle, right=Right.READ)


def key_in(value: str) -> int:
    """The row's key in a button's value or a form's context. Raises `BadInput` for one that we never made."""
    if not value.isdecimal() or len(value) > 9:
        raise BadInput("That button belongs to an older card.", "Ask for the card again with a command.")
    return int(value)


def pair_in(value: str) -> tuple[int, str]:
    """A row's key and what stands behind it in a button's value. Raises `BadInput` for one that we never made."""
    key, _bar, rest = value.partition("|")
    return key_in(key), rest


def page_in(value: str) -> tuple[int, str]:
    """The page and the rest of a turning button's value. Raises `BadInput` for one that we never made."""
    page, bar, rest = value.partition("|")
    if not bar or not page.isdecimal() or len(page) > 6:
        raise BadInput("That button belongs to an older card.", "Ask for the list again with a command.")
    return int(page), rest


def first_words(text: str, limit: int = 160) -> str:
    """The beginning of a text, marked where it goes on; the full text is one tap away."""
    flat = " ".join(text.split())
    return flat if len(flat) <= limit else flat[: limit - 1].rsplit(" ", 1)[0] + "…"


def joined(parts: Iterable[str]) -> str:
    """The parts that say something, in one small line."""
    return " · ".join(part for part in parts if part)


def note_card(title: str, *lines: str) -> Card:
    """A short word back."""
    return card(title, *(Paragraph(line) for line in lines if line))
