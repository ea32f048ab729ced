"""Text across the border: what somebody wrote becomes plain text, and plain text can never become Markdown."""

import html
import re
from collections.abc import Iterable
from typing import Any, TypeAlias

from adapters.signs import whole_signs
from adapters.teams import limits
from bot.cards import seen

Json: TypeAlias = dict[str, Any]

_AT = re.compile(r"<at[^>]*>(.*?)</at>", re.DOTALL | re.IGNORECASE)
_QUOTED = re.compile(r"<quoted\b[^>]*/>|<quoted\b[^>]*>.*?</quoted>", re.DOTALL | re.IGNORECASE)
_OUR_NAME = re.compile(r"^/?touchpoint(?=\s|$)\s*", re.IGNORECASE)

# What Adaptive Cards read as Markdown in Teams: emphasis, lists and links
# (learn.microsoft.com, "Text formatting in cards"), and what the desktop client's parser knows beyond that.
_INLINE = re.compile(r"([\\*_\[\]`<])|~(?=~)")
_LINE_START = re.compile(r"^(\s*)([-+#>])", re.MULTILINE)
_NUMBERED = re.compile(r"^(\s*\d+)([.)])(?=\s|$)", re.MULTILINE)
_COLLAPSING = re.compile(r"^ +| +(?= )", re.MULTILINE)


def entities(activity: Json, kind: str) -> list[Json]:
    """The activity's entities of one type; whatever is misshapen is not one."""
    listed = activity.get("entities")
    found = listed if isinstance(listed, list) else []
    return [entity for entity in found if isinstance(entity, dict) and entity.get("type") == kind]


def attachments(activity: Json) -> list[Json]:
    """What hangs on the activity: files, cards, and its text once more as HTML. What is misshapen is left out."""
    listed = activity.get("attachments")
    return [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []


def mentions(activity: Json, account_id: str) -> bool:
    """Whether this account stands among the mentions."""
    return any(_mentioned(entity) == account_id for entity in entities(activity, "mention"))


def _mentioned(mention: Json) -> str:
    whom = mention.get("mentioned")
    return str(whom.get("id", "")) if isinstance(whom, dict) else ""


def words_in(activity: Json, bot_id: str) -> str:
    """What was said to us: without the mention of the bot, the quoted message, HTML's entities and our own name first.

    A mention of somebody else stays, as their name.
    """
    text = activity.get("text")
    plain = _QUOTED.sub(" ", text if isinstance(text, str) else "")
    for mention in entities(activity, "mention"):
        if _mentioned(mention) == bot_id and isinstance(mention.get("text"), str):
            plain = plain.replace(mention["text"], " ")
    plain = html.unescape(_AT.sub(r"\1", plain)).replace("\xa0", " ").replace("\r\n", "\n").strip()
    return _OUR_NAME.sub("", plain, count=1).strip()


def escaped(text: str) -> str:
    """Plain text for a TextBlock or a Fact, with a line feed where one was.

    Teams shows a single line feed as a space outside lists, two as a new line ("Newlines for Adaptive Cards").
    """
    safe = _INLINE.sub(lambda found: "\\" + found.group(0), text.replace("\r\n", "\n"))
    safe = _NUMBERED.sub(r"\1\\\2", _LINE_START.sub(r"\1\\\2", safe))
    return "\n\n".join(line.strip() for line in safe.split("\n") if line.strip())


def verbatim(text: str) -> str:
    """Text of which every space counts: where HTML would show several as one, or none, they do not break."""
    return _COLLAPSING.sub(lambda found: "\xa0" * len(found.group(0)), text.replace("\r\n", "\n"))


def line_chunks(text: str, limit: int) -> Iterable[str]:
    """Text of which every line counts, in pieces of at most `limit` UTF-8 bytes, a line feed between any two left out.

    Only a line that is over the limit by itself is cut inside, between words.
    """
    while len(text.encode()) > limit:
        most = len(text.encode()[:limit].decode(errors="ignore"))
        end = text.rfind("\n", 1, most + 1)
        word = text.rfind(" ", most // 2, most) + 1 or whole_signs(text, most)
        yield text[: end if end > 0 else word]
        text = text[end + 1 if end > 0 else word :]
    yield text


def chunks(text: str, limit: int) -> Iterable[str]:
    """The text in pieces of at most `limit` UTF-8 bytes, cut between lines or words where there are any."""
    while len(text.encode()) > limit:
        head = text.encode()[:limit].decode(errors="ignore")
        cut = max(head.rfind("\n"), head.rfind(" "))
        head = head[: cut + 1] if cut > len(head) // 4 else head[: whole_signs(text, len(head))]
        yield head
        text = text[len(head) :]
    yield text


def text_blocks(text: str, **look: str | bool) -> list[Json]:
    """Plain text drawn, in as many elements as it takes; none where nothing can be seen of it."""
    if seen(text) != text:
        return []
    pieces = (escaped(piece) for piece in chunks(text, limits.TEXT))
    return [{"type": "TextBlock", "text": piece, "wrap": True, **look} for piece in pieces if piece]


def object_in(holder: Json, key: str) -> Json:
    """The object under this key, or an empty one: whatever a stranger put there instead is none."""
    found = holder.get(key)
    return found if isinstance(found, dict) else {}


def text_in(holder: Json, key: str) -> str:
    """The text under this key, or none."""
    found = holder.get(key)
    return found if isinstance(found, str) else ""
