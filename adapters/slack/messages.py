"""Drawn parts packed into Slack messages: as few as the limits allow, and each says which it is: (1/2), (2/2).

Here nothing is drawn, and nothing is left out.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from adapters.slack import limits
from adapters.slack.texts import Block, context, escaped


@dataclass(frozen=True, slots=True)
class Message:
    """One Slack message. `text` says all that its blocks say; `plainer` draws the same with no block that a client or
    workspace may not have yet."""

    text: str
    blocks: list[Block]
    plainer: list[Block]

    def arguments(self, *, plainer: bool = False) -> dict[str, Any]:
        """As chat.* and response_url take it. Unfurling and markup are off: a card is exactly what it says."""
        blocks = self.plainer if plainer else self.blocks
        return {"text": self.text, "blocks": blocks, "mrkdwn": False, "unfurl_links": False, "unfurl_media": False}


@dataclass(frozen=True, slots=True)
class Drawn:
    """A block and what it says, at most `limits.DRAWN_TEXT`. `stays` keeps it in one message with the block before it, as
    buttons with their item. `instead` is the same for whoever rejects the block."""

    block: Block
    text: str = ""
    stays: bool = False
    instead: tuple[Block, ...] = ()

    @property
    def count(self) -> int:
        return max(1, len(self.instead))

    @property
    def size(self) -> int:
        return max(limits.json_length(self.block), limits.json_length(self.instead)) + 2

    @property
    def spoken(self) -> int:
        return limits.spoken(self.text) + 1 if self.text else 0


def packed(drawn: list[Drawn]) -> list[Message]:
    """At least one message, in order."""
    parts = list(_packed(drawn))
    if len(parts) == 1:
        return [_message(parts[0])]
    marks = [f"({number}/{len(parts)})" for number in range(1, len(parts) + 1)]
    return [_message([*part, Drawn(context(mark), mark)]) for part, mark in zip(parts, marks, strict=True)]


def _message(part: list[Drawn]) -> Message:
    text = "\n".join(drawn.text for drawn in part if drawn.text)
    plainer = [block for d in part for block in d.instead or (d.block,)]
    return Message(escaped(text), [d.block for d in part], plainer)


def _packed(drawn: list[Drawn]) -> Iterator[list[Drawn]]:
    """As many as fit one message, and so on. One block and 100 characters are left for the mark."""
    if len(drawn) <= limits.BLOCKS_A_MESSAGE and _fit_together(drawn):  # nearly every card, and at once
        yield drawn
        return
    room = _Room()
    part: list[Drawn] = []
    for group in _groups(drawn):
        if not room.takes(group) and part:
            yield part
            room, part = _Room(), []
            room.takes(group)
        part += group
    if part:
        yield part


def _fit_together(drawn: list[Drawn]) -> bool:
    """Of cards without figures only: those have kinds of blocks to count, and two drawings."""
    if any(d.instead for d in drawn) or sum(d.spoken for d in drawn) > limits.MESSAGE_TEXT:
        return False
    return limits.json_length([d.block for d in drawn]) <= limits.MESSAGE_JSON - 100


class _Room:
    """What is left of a message."""

    def __init__(self) -> None:
        self.blocks = limits.BLOCKS_A_MESSAGE - 1
        self.json = limits.MESSAGE_JSON - 100
        self.text = limits.MESSAGE_TEXT - len("(100/100)")
        self.tables = limits.TABLES_A_MESSAGE
        self.charts = limits.CHARTS_A_MESSAGE

    def takes(self, group: list[Drawn]) -> bool:
        """Takes it up and says whether there was room; after a no, it is full."""
        kinds = [d.block["type"] for d in group]
        self.blocks -= sum(d.count for d in group)
        self.json -= sum(d.size for d in group)
        self.text -= sum(d.spoken for d in group)
        self.tables -= kinds.count("table")
        self.charts -= kinds.count("data_visualization")
        return min(self.blocks, self.json, self.text, self.tables, self.charts) >= 0


def _groups(drawn: Iterable[Drawn]) -> Iterator[list[Drawn]]:
    """What stays together, unless it alone would be half a message: then it is split like anything else."""
    group: list[Drawn] = []
    size = spoken = 0
    for each in drawn:
        room = len(group) < 10 and size < limits.MESSAGE_JSON // 2 and spoken + each.spoken < limits.DRAWN_TEXT
        if group and not (each.stays and room):
            yield group
            group, size, spoken = [], 0, 0
        group.append(each)
        size += each.size
        spoken += each.spoken
    if group:
        yield group
