"""What a text of the record points to, a line each: an https address, words beside it or not, or the name of a ticket."""

import re
from dataclasses import dataclass

from agenda.errors import BadInput
from agenda.items import TITLE_LIMIT

ADDRESS = re.compile(r"https://[^\s<>|]+", re.IGNORECASE)
ANY_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://\S*|\b(?:javascript|data|file|mailto):\S*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Reference:
    """`title` is what people read; without an `address` it is the name of something that they know where to find."""

    title: str
    address: str | None = None


def references_in(text: str) -> list[Reference]:
    """One for each line that says something. Raises `BadInput` for an address that is not https."""
    return [reference_in(line) for line in map(str.strip, text.splitlines()) if line]


def reference_in(line: str) -> Reference:
    """`The contract https://…`, `https://…`, `SEC-412`. Raises `BadInput`."""
    found = ANY_ADDRESS.search(line)
    if len(line) > TITLE_LIMIT and not found:
        raise BadInput(f"A line is longer than {TITLE_LIMIT} characters.", "Write one address or name a line.")
    if found is None:
        return Reference(line)
    address = found[0]
    if not ADDRESS.fullmatch(address) or ANY_ADDRESS.search(line, found.end()):
        raise BadInput(f"“{line[:60]}” is not one https address.", "Write one a line, and let it begin with https://.")
    words = f"{line[: found.start()]} {line[found.end() :]}".strip(" :-–,")
    return Reference(words or address, address)
