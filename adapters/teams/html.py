"""The HTML that Teams describes a message with, as the plain text that its readers saw."""

import re
from html.parser import HTMLParser

_LINES = frozenset({"p", "div", "br", "li", "tr", "blockquote", "pre", "h1", "h2", "h3", "hr", "table", "ul", "ol"})
_VOID = frozenset({"br", "hr", "img", "input", "meta", "link", "wbr", "col"})  # what is never closed
_QUOTED = "http://schema.skype.com/Reply"
_MANY = re.compile(r"\n{3,}")


def plain_text(content: str) -> str:
    """Lines where paragraphs were, a mention as its name, an emoji as itself. A quoted message is somebody else's: left out."""
    reader = _Reader()
    reader.feed(content)
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.said).splitlines())
    return _MANY.sub("\n\n", "\n".join(lines)).strip()


class _Reader(HTMLParser):
    """`left_out` counts the open elements inside of a quotation, itself included."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[str] = []
        self.left_out = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if self.left_out or given.get("itemtype") == _QUOTED:
            self.left_out += tag not in _VOID
        elif tag in {"emoji", "img"}:
            self.said.append(given.get("alt") or "" if tag == "emoji" or _is_emoji(given) else "")
        elif tag in _LINES:
            self.said.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if self.left_out:
            self.left_out -= tag not in _VOID
        elif tag in _LINES - _VOID:
            self.said.append("\n")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.handle_endtag(tag)

    def handle_data(self, data: str) -> None:
        if not self.left_out:
            self.said.append(data.replace("\n", " "))


def _is_emoji(given: dict[str, str | None]) -> bool:
    return "emoji" in (given.get("itemtype") or "").lower()
