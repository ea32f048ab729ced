"""The Markdown that Adaptive Cards know in Teams, as far as a card may hold it ("Text formatting in cards",
https://learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/cards/cards-format).

A backslash makes the next mark a plain character; a line feed is a space, two are a new line. What would be markup and is not
known here is `Strange`: whoever typed it would see something else than they typed.
"""

import re
from collections.abc import Iterable, Iterator

from adapters.playground.mirror.nodes import Child, Node, Strange, el, web_address

_TOKEN = re.compile(
    r"\\(?P<plain>[\\*_\[\]`<~+#>.)!{}()|-])"
    r"|<at>(?P<at>.*?)</at>"
    r"|\*\*(?P<bold>(?:\\.|[^\\*])+)\*\*"
    r"|(?<!\w)_(?P<italic>(?:\\.|[^\\_])+)_(?!\w)"
    r"|\[(?P<label>(?:\\.|[^\\\]])+)\]\((?P<url>[^)\s]+)\)"
    r"|(?P<line>\s*\n\s*\n\s*)|(?P<feed>\n)"
    r"|(?P<markup>[*`\[\]<]|~~)",
    re.DOTALL,
)
_LIST = re.compile(r"^\s*(?:[-+*#>]|\d+[.)])\s", re.MULTILINE)


def runs(text: str, mentioned: Iterable[str] = ()) -> list[Child]:
    """The text as a person sees it. `mentioned` are the names that the card has an entity for."""
    if found := _LIST.search(text):
        raise Strange(f"a list or a heading in {text[found.start() :][:40]!r}")
    return [*_runs(text, frozenset(mentioned))]


def _runs(text: str, mentioned: frozenset[str]) -> Iterator[Child]:
    end = 0
    for found in _TOKEN.finditer(text):
        yield text[end : found.start()]
        yield _run(found, mentioned)
        end = found.end()
    yield text[end:]


def _run(found: re.Match[str], mentioned: frozenset[str]) -> Child:
    kind, said = str(found.lastgroup), found[str(found.lastgroup)]
    match kind:
        case "plain":
            return said
        case "line":
            return "\n"
        case "feed":
            return " "
        case "at" if said in mentioned:
            return el("span", "tm-mention", said)
        case "bold" | "italic":
            return el("strong" if kind == "bold" else "em", "", list(_runs(said, mentioned)))
        case "url":
            return _link(found["label"], said, mentioned)
        case _:
            raise Strange(f"markup in {found.string[found.start() :][:40]!r}")


def _link(label: str, url: str, mentioned: frozenset[str]) -> Node:
    return el("a", {"class": "tm-link", "href": web_address(url), "target": "_blank", "rel": "noopener noreferrer"},
        list(_runs(label, mentioned)))  # fmt: skip
