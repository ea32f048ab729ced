"""Drawn elements as text: what a client shows that cannot draw a card, and all that there is to hear of it.

`fallbackText` may hold Markdown, so every text in it is escaped, as it is in the elements.
"""

from collections.abc import Iterable, Iterator
from typing import Any, TypeAlias

from adapters.teams.text import escaped

Json: TypeAlias = dict[str, Any]


def words(elements: Iterable[Json]) -> str:
    """All that they say, a paragraph each, without the buttons."""
    return "\n\n".join(line for element in elements for line in _lines(element) if line)


def _lines(element: Json) -> Iterator[str]:
    match element["type"]:
        case "TextBlock":
            yield element["text"]
        case "RichTextBlock":
            yield escaped("".join(run["text"] for run in element["inlines"]))
        case "FactSet":
            yield from (f"{fact['title']}: {fact['value']}" for fact in element["facts"])
        case "Container" | "TableCell":
            yield from (line for inner in element["items"] for line in _lines(inner))
        case "Table":
            yield from (" | ".join(words([cell]) for cell in row["cells"]) for row in element["rows"])
