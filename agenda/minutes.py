"""Minutes as values, and as Markdown to be pasted anywhere.

Everything that people typed is escaped (https://spec.commonmark.org/0.31.2/#backslash-escapes and GitHub's `~`), so it reads
in Markdown exactly as it was typed. An address stays one: it stands in angle brackets, where nothing else is markup.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from agenda.audit import Head

MARKUP = re.compile(r"([\\`*_\[\]<>&~|])")
CLOSES_A_HEADING = re.compile(r"(?<=[ \t])(#+)(?=[ \t]*$)")
OPENS_A_BLOCK = re.compile(r"^([#+=-])|^(\d{1,9})([.)])")
LEFT_OPEN = 240  # minutes: no sync is so much longer than planned
ADDRESS = re.compile(r"(https?://[^\s<>]*[^\s<>.,;:!?)])")  # the full stop behind it ends the sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line: `ref` is its short id, `detail` how it stands, `text` what else was written about it, in full."""

    title: str
    ref: str = ""
    detail: str = ""
    text: str = ""
    link: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Minutes:
    """`took` says how long it was, `coming` when the next sync is; groups without entries are left out.

    `head` is the last link of the audit log as the sync was closed: whoever keeps the minutes can prove the record up to there.
    """

    title: str
    name: str
    took: str
    groups: tuple[tuple[str, tuple[Entry, ...]], ...]
    coming: str = ""
    head: Head | None = None


def how_long(minutes: int, planned: int) -> str:
    """`27 of 30 minutes`, `42 minutes, 12 more than planned`; nothing of that kind where it was only forgotten."""
    if minutes <= planned:
        return f"{minutes} of {planned} minutes"
    if minutes >= planned + LEFT_OPEN:
        return f"{planned} minutes were planned, and nobody closed it at its end"
    return f"{minutes} minutes, {minutes - planned} more than planned"


def markdown(minutes: Minutes) -> str:
    """All of it, as a document."""
    title = CLOSES_A_HEADING.sub(r"\\\1", escaped(minutes.title))
    parts = [f"# {title}", f"{escaped(minutes.name)} · {minutes.took}"]
    for heading, entries in minutes.groups:
        parts += [f"## {heading}", *listed(entries)]
    if not minutes.groups:
        parts.append("Nothing was on the agenda.")
    if minutes.coming:
        parts.append(f"Next: {minutes.coming}")
    if minutes.head:
        parts.append(f"Record at {minutes.head}")
    return "\n\n".join(parts) + "\n"


def listed(entries: Iterable[Entry]) -> Iterator[str]:
    """A list item each, and what else belongs to it in paragraphs below, indented so that they do."""
    for entry in entries:
        ref = f"**{entry.ref}** " if entry.ref else ""
        detail = f" ({escaped(entry.detail)})" if entry.detail else ""
        yield f"- {ref}{escaped(entry.title)}{detail}"
        for paragraph in (*paragraphs(entry.text), *([entry.link] if entry.link else [])):
            yield "  " + escaped(paragraph).replace("\n", "\\\n  ")


def paragraphs(text: str) -> list[str]:
    """What stands between empty lines, its lines stripped."""
    flat = "\n".join(line.strip() for line in text.splitlines())
    return [part.strip("\n") for part in re.split(r"\n{2,}", flat) if part.strip()]


def escaped(text: str) -> str:
    """Reads as it was typed, on each of its lines."""
    return "\n".join(escaped_line(line) for line in text.split("\n"))


def escaped_line(line: str) -> str:
    """No character of it is markup, and it begins neither a heading nor a list."""
    parts = ADDRESS.split(line)  # every other one is an address
    safe = "".join(f"<{part}>" if at % 2 else MARKUP.sub(r"\\\1", part) for at, part in enumerate(parts))
    return OPENS_A_BLOCK.sub(lambda found: f"\\{found[1]}" if found[1] else f"{found[2]}\\{found[3]}", safe)
