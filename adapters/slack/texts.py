"""Plain text into Slack's text objects, and the text that Slack sends back into plain text.

Nothing that a person typed may become markup. So no text of a card ever goes into a `mrkdwn` object: what needs no
style is `plain_text`, and what does (bold, a link) is a `rich_text` element, where the style is data beside the text.
Text objects decode `&amp;`, `&lt;` and `&gt;` (docs.slack.dev, "Formatting message text"), so those three are escaped
there; rich text has no control characters and is given as it is. `emoji: false` leaves `:name:` what it was.
"""

import re
from collections.abc import Callable, Iterable
from typing import Any

from bot.cards import seen

Block = dict[str, Any]


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unescaped(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def plain(text: str) -> Block:
    return {"type": "plain_text", "text": escaped(seen(text)), "emoji": False}


def section(text: str) -> Block:
    return {"type": "section", "text": plain(text)}


def context(text: str) -> Block:
    return {"type": "context", "elements": [plain(text)]}


def run(text: str, *, bold: bool = False, url: str | None = None) -> Block:
    """A stretch of rich text."""
    style: Block = {"style": {"bold": True}} if bold else {}
    return {"type": "link", "url": url, "text": text, **style} if url else {"type": "text", "text": text, **style}


def rich(*runs: Block) -> Block:
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": list(runs)}]}


def listed(lines: Iterable[list[Block]], *, first: int | None) -> Block:
    """Lines of a list, each of some runs; `first` is the first one's number, and None makes bullets."""
    style: Block = {"style": "bullet"} if first is None else {"style": "ordered", "offset": first - 1}
    drawn = [{"type": "rich_text_section", "elements": runs} for runs in lines]
    return {"type": "rich_text", "elements": [{"type": "rich_text_list", **style, "elements": drawn}]}


def fixed_width(text: str) -> Block:
    block = {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": text}]}
    return {"type": "rich_text", "elements": [block]}


def readable(text: str, name_of: Callable[[str], str]) -> str:
    """What somebody wrote, as they saw it: `<@U1>` becomes a name, `<https://x|label>` its label and address."""
    return unescaped(_REFERENCE.sub(lambda match: _reference(match[1], match[2], name_of), text)).strip()


# https://docs.slack.dev/messaging/formatting-message-text: <@user>, <#channel|name>, <!special>, <url|label>
_REFERENCE = re.compile(r"<([^<>|]+)(?:\|([^<>]*))?>")


def _reference(target: str, label: str | None, name_of: Callable[[str], str]) -> str:
    match target[0]:
        case "@":
            return f"@{label or name_of(target[1:])}"
        case "#":
            return f"#{label or target[1:]}"
        case "!":
            return label or f"@{target[1:].partition('^')[0]}"
        case _:
            address = target.removeprefix("mailto:").removeprefix("tel:")
            return address if not label or label in (address, target) else f"{label} ({target})"
