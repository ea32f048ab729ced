"""Requests without what JSON can say and no database's text can hold: NUL, and halves of a character."""

from dataclasses import replace

from bot.requests import CommandTyped, FormSubmitted, MessagePosted, MessageTaken, Request, SearchTyped


def legible(request: Request) -> Request:
    """The request as it can be kept."""
    match request:
        case CommandTyped() | SearchTyped():
            return request if request.text.isprintable() else replace(request, text=printable(request.text))
        case MessagePosted():
            files = tuple((printable(name), printable(address)) for name, address in request.files)
            return replace(request, text=printable(request.text), files=files)
        case MessageTaken():
            return replace(request, text=printable(request.text), author=printable(request.author))
        case FormSubmitted():
            return replace(
                request,
                values={
                    name: printable(value) if isinstance(value, str) else tuple(map(printable, value))
                    for name, value in request.values.items()
                },
            )
        case _:
            return request


def printable(text: str) -> str:
    """The text as UTF-8 can write it, and without NUL."""
    return text.replace("\0", "").encode("utf-8", "ignore").decode("utf-8")
