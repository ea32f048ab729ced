"""What a person is told of an error that they can mend, with everything that they typed."""

from typing import assert_never

from agenda.conversations import SwitchedOff
from agenda.errors import TouchpointError
from bot.cards import Button, Card, Note, Paragraph, card
from bot.requests import (
    ButtonPressed,
    CommandTyped,
    FormRequested,
    FormSubmitted,
    FromPerson,
    HomeOpened,
    LinkSeen,
    MessagePosted,
    MessageTaken,
    SearchTyped,
)


def typed_in(request: FromPerson) -> str:
    """The words that would be lost with an error."""
    match request:
        case CommandTyped() | MessagePosted():
            return request.text
        case FormSubmitted():
            values = (value if isinstance(value, str) else ", ".join(value) for value in request.values.values())
            return "\n".join(filter(None, values))
        case ButtonPressed() | FormRequested() | MessageTaken() | HomeOpened() | SearchTyped() | LinkSeen():
            return ""
        case _:
            assert_never(request)


def refusal(error: TouchpointError, typed: str) -> Card:
    """What happened, what to do, and what was typed, so that it can be copied back."""
    blocks = [Paragraph(error.mend)] if error.mend else []
    kept = [Note(f"You typed: {typed}")] if typed.strip() else []
    ways = [Button(action="conversations", label="Conversations")] if isinstance(error, SwitchedOff) else []
    return card(error.what, *blocks, *kept, buttons=ways)
