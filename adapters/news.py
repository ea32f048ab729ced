"""RSS and Atom, read out of a stranger's bytes. Of an item, its title, its link and its day are kept, as plain text.

Before the parser sees it: the size is bounded, the text is decoded here and by a short list of encodings, and between the XML
declaration and the first element nothing may stand but comments. So there is no DOCTYPE, no ENTITY, and nothing to expand.
feedparser is given bytes and never a name or an address, which it would open. It is imported when the first news is read.
"""

import html
import re
from calendar import timegm
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

from agenda.catalog import Headline, Malformed

MOST_BYTES = 5_000_000
MOST_ITEMS = 200  # the first of a feed, which are its newest
TITLE, LINK = 200, 500  # Characters.
ENCODINGS = {"utf-8", "utf8", "us-ascii", "ascii", "iso-8859-1", "latin-1", "iso-8859-15", "windows-1252"}
_DECLARED = re.compile(r"""^<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9_.-]{1,40})["'][^>]{0,200}?\?>""")
_BEFORE = {"<?": "?>", "<!--": "-->"}
_SPACE = re.compile(r"\s*")
_ROOT = re.compile(r"<[A-Za-z_]")
_CROWDED = re.compile(r"""<[A-Za-z_](?:[^<"'=]*=\s*(?:"[^"<]*"|'[^'<]*')){100}""")  # The parser takes their square.
_TAG = re.compile(r"<[^<>]{0,2000}>")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\u200b-\u200f\u2028-\u202e\u2066-\u2069]+")


def items(body: bytes) -> tuple[Headline, ...]:
    """What a feed says, newest first as a rule. Raises `Malformed`."""
    import feedparser

    text = _guarded(body)
    found = feedparser.parse(
        BytesIO(text.encode()), response_headers={"content-type": "application/xml; charset=utf-8"}, sanitize_html=False
    )
    if not found.get("version"):
        raise Malformed("This is neither RSS nor Atom.", "Check that the address is the feed's, and not the page's.")
    read = (_item(entry) for entry in found.entries[:MOST_ITEMS])
    return tuple(item for item in read if item.title)


def _guarded(body: bytes) -> str:
    """The document as text, with an element as the first thing in it."""
    if len(body) > MOST_BYTES:
        raise Malformed(f"The feed has more than {MOST_BYTES // 1_000_000} MB.", "Choose one with fewer items.")
    text = _decoded(body)
    at = _first_element(text)
    if not _ROOT.match(text, at):
        raise Malformed(
            "The feed declares a document type or entities, or is no XML.", "Such feeds are not read. Choose another."
        )
    if _CROWDED.search(text, at):
        raise Malformed(
            "The feed has an element with a hundred attributes.", "Such feeds are not read. Choose another."
        )
    return text[at:]


def _first_element(text: str) -> int:
    """Where what is neither declaration nor comment begins."""
    at = 0
    while True:
        at = _SPACE.match(text, at).end()  # type: ignore[union-attr]  # it matches nothing, too
        ends = next((end for start, end in _BEFORE.items() if text.startswith(start, at)), "")
        found = text.find(ends, at) if ends else -1
        if found < 0:
            return at
        at = found + len(ends)


def _decoded(body: bytes) -> str:
    text = body.removeprefix(b"\xef\xbb\xbf")
    declared = _DECLARED.match(text[:500].decode("latin-1"))
    encoding = declared[1].lower() if declared else "utf-8"
    if encoding not in ENCODINGS or b"\x00" in text:
        raise Malformed("The feed is not written in UTF-8.", "Such feeds are not read. Choose another.")
    try:
        return text.decode(encoding)
    except UnicodeDecodeError:
        raise Malformed("The feed is not the text that it says it is.", "Fetch or load it again.") from None


def _item(entry: Mapping[str, Any]) -> Headline:
    title, link = plain(str(entry.get("title", ""))), _link(str(entry.get("link", "")))
    said = str(entry.get("id", "")) or link or title
    return Headline(key=sha256(said.encode(errors="replace")).hexdigest()[:32], title=title, link=link, at=_at(entry))


def plain(text: str) -> str:
    """One line without markup. What is too long ends in an ellipsis."""
    text = text[: TITLE * 20]
    for _ in range(2):  # Markup is escaped in titles as often as not.
        text = html.unescape(_TAG.sub(" ", text))
    line = " ".join(_CONTROLS.sub(" ", text).replace("<", " ").replace(">", " ").split())
    return line if len(line) <= TITLE else line[: TITLE - 1].rstrip() + "…"


def _link(address: str) -> str:
    """Only what leads to somewhere else over https; no account, no script, no file."""
    address = address.strip()
    try:
        parts = urlsplit(address)
        fits = parts.scheme == "https" and bool(parts.hostname) and not parts.username and len(address) <= LINK
    except ValueError:
        return ""
    return address if fits and not re.search(r"[\s<>\"'|\\^`{}\x00-\x1f]", address) else ""


def _at(entry: Mapping[str, Any]) -> datetime | None:
    said = entry.get("published_parsed") or entry.get("updated_parsed")
    try:
        return datetime.fromtimestamp(timegm(said), UTC) if said else None
    except (ValueError, OverflowError, OSError, TypeError):
        return None
