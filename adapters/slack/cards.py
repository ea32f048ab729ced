"""A card as Slack messages.

Each block of a card becomes one or more drawn parts: a Block Kit block, and the same thing as readable text, of which
the message's fallback text is made (notifications and screen readers say it). A card that is too long for one message
becomes several, and each says which it is: (1/2), (2/2). Nothing is left out.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, assert_never

from adapters.slack import addresses, figures, limits
from adapters.slack.texts import Block, context, escaped, listed, plain, rich, run, section
from bot import cards
from bot.cards import Button, Card, LinkButton

LINK_ACTION = "link"  # Slack reports presses of link buttons too; nothing is to be done about them


@dataclass(frozen=True, slots=True)
class Message:
    """One Slack message. `plainer` draws the same with no block that a client or workspace may not have yet."""

    text: str
    blocks: list[Block]
    plainer: list[Block]

    def arguments(self, *, plainer: bool = False) -> dict[str, Any]:
        """As chat.* and response_url take it. Unfurling and markup are off: a card is exactly what it says."""
        blocks = self.plainer if plainer else self.blocks
        return {"text": self.text, "blocks": blocks, "mrkdwn": False, "unfurl_links": False, "unfurl_media": False}


@dataclass(frozen=True, slots=True)
class Drawn:
    """A block and what it says. `stays` keeps it in one message with the block before it, as buttons with their item.
    `instead` is the same for whoever rejects the block."""

    block: Block
    text: str = ""
    stays: bool = False
    instead: tuple[Block, ...] = ()

    @property
    def count(self) -> int:
        return max(1, len(self.instead))

    @property
    def size(self) -> int:
        return max(limits.json_length(self.block), sum(map(limits.json_length, self.instead))) + 2 * self.count


def render(card: Card) -> list[Message]:
    """The messages that this card is, at least one, in order."""
    parts = list(_packed(_drawn(card))) or [[]]
    if len(parts) == 1:
        return [_message(parts[0])]
    marks = [f"({number}/{len(parts)})" for number in range(1, len(parts) + 1)]
    return [_message([*part, Drawn(context(mark), mark)]) for part, mark in zip(parts, marks, strict=True)]


def _message(part: list[Drawn]) -> Message:
    text = "\n".join(drawn.text for drawn in part if drawn.text)
    if not limits.fits(text, limits.MESSAGE_TEXT):
        rest = "… The rest stands in the message itself."
        text = next(limits.pieces(text, limits.MESSAGE_TEXT - len(rest) - 1)).rstrip() + "\n" + rest
    plainer = [block for d in part for block in d.instead or (d.block,)]
    return Message(escaped(text), [d.block for d in part], plainer)


def _packed(drawn: Iterable[Drawn]) -> Iterator[list[Drawn]]:
    """As many as fit one message, and so on. One block and 100 characters are left for the mark."""
    part: list[Drawn] = []
    for group in _groups(drawn):
        if part and not _fit_one_message([*part, *group]):
            yield part
            part = []
        part = [*part, *group]
    if part:
        yield part


def _fit_one_message(part: list[Drawn]) -> bool:
    kinds = [d.block["type"] for d in part]
    return (
        sum(d.count for d in part) < limits.BLOCKS_A_MESSAGE
        and sum(d.size for d in part) <= limits.MESSAGE_JSON - 100
        and kinds.count("table") <= limits.TABLES_A_MESSAGE
        and kinds.count("data_visualization") <= limits.CHARTS_A_MESSAGE
    )


def _groups(drawn: Iterable[Drawn]) -> Iterator[list[Drawn]]:
    """What stays together, unless it alone would be half a message: then it is split like anything else."""
    group: list[Drawn] = []
    for each in drawn:
        if group and not (each.stays and len(group) < 10 and sum(d.size for d in group) < limits.MESSAGE_JSON // 2):
            yield group
            group = []
        group.append(each)
    if group:
        yield group


def _drawn(card: Card) -> Iterator[Drawn]:
    yield from _title(card.title)
    yield from _mentions(card.notify)
    for number, block in enumerate(card.blocks):
        yield from _block(block, f"b{number}")
    yield from _buttons(card.buttons, "end")


def _title(title: str) -> Iterator[Drawn]:
    if title and limits.fits(title, limits.HEADER_TEXT) and "\n" not in title:
        yield Drawn({"type": "header", "text": plain(title)}, title)
    else:
        yield from (Drawn(rich(run(piece, bold=True)), piece) for piece in limits.pieces(title, limits.RICH_TEXT))


def _mentions(accounts: tuple[str, ...]) -> Iterator[Drawn]:
    """The one `mrkdwn` object: it holds ids of ours and nothing that anybody typed."""
    mentions = " ".join(f"<@{addresses.last_of(account)}>" for account in accounts if addresses.is_ours(account))
    if mentions:
        yield Drawn({"type": "section", "text": {"type": "mrkdwn", "text": mentions, "verbatim": True}})


def _block(block: cards.Block, key: str) -> Iterator[Drawn]:
    match block:
        case cards.Paragraph(text=text, tone="strong"):
            yield from (Drawn(rich(run(piece, bold=True)), piece) for piece in limits.pieces(text, limits.RICH_TEXT))
        case cards.Paragraph(text=text):
            yield from (Drawn(section(piece), piece) for piece in limits.pieces(text, limits.SECTION_TEXT))
        case cards.Note(text=text):
            yield from (Drawn(context(piece), piece) for piece in limits.pieces(text, limits.CONTEXT_TEXT))
        case cards.Facts(facts=facts):
            yield from _facts(facts)
        case cards.ItemList():
            yield from _items(block, key)
        case cards.Table():
            yield from _table(block)
        case cards.Chart():
            yield from _chart(block)
        case cards.Divider():
            yield Drawn({"type": "divider"})
        case _:
            assert_never(block)


def _facts(facts: tuple[tuple[str, str], ...]) -> Iterator[Drawn]:
    """Bold name, plain value, a line each; as many in one block as a block holds."""
    runs: list[Block] = []
    lines: list[str] = []
    for name, value in facts:
        line = f"{name}: {value}"
        if lines and len(line) + sum(map(len, lines)) > limits.RICH_TEXT:
            yield Drawn(rich(*runs), "\n".join(lines))
            runs, lines = [], []
        head, *rest = limits.pieces(value, limits.RICH_TEXT - len(name) - 2) if value else ("–",)
        runs += [*([run("\n")] if runs else []), run(f"{name}: ", bold=True), run(head)]
        lines.append(f"{name}: {head}")
        for piece in rest:
            yield Drawn(rich(*runs), "\n".join(lines))
            runs, lines = [run(piece)], [piece]
    if lines:
        yield Drawn(rich(*runs), "\n".join(lines))


def _items(items: cards.ItemList, key: str) -> Iterator[Drawn]:
    if items.heading:
        yield from (Drawn(rich(run(p, bold=True)), p) for p in limits.pieces(items.heading, limits.RICH_TEXT))
    for index, item in enumerate(items.items):
        yield from _item(item, index + 1 if items.numbered else None)
        for row in _buttons(item.buttons, f"{key}.{index}"):
            yield Drawn(row.block, row.text, stays=True)


def _item(item: cards.Item, number: int | None) -> Iterator[Drawn]:
    """Title in bold, a link if it has one, and the detail below it."""
    title, *more = limits.pieces(item.title, limits.RICH_TEXT // 2)
    url = item.link if item.link and len(item.link) <= limits.LINK_URL // 2 else None
    runs = [run(title, bold=True, url=url)]
    detail, *rest = limits.pieces(item.detail, limits.RICH_TEXT // 2) if item.detail and not more else ("",)
    if detail:
        runs.append(run(f"\n{detail}"))
    mark = "• " if number is None else f"{number}. "
    yield Drawn(listed(runs, number=number), f"{mark}{title}" + (f"\n{detail}" if detail else ""))
    if more:
        rest = [*more, *limits.pieces(item.detail, limits.RICH_TEXT)]
    yield from (Drawn(rich(run(piece)), piece, stays=True) for piece in rest)
    if item.link and not url:
        yield from (Drawn(section(piece), piece) for piece in limits.pieces(item.link, limits.SECTION_TEXT))


def _table(table: cards.Table) -> Iterator[Drawn]:
    if table.caption:
        yield from (Drawn(rich(run(p, bold=True)), p) for p in limits.pieces(table.caption, limits.RICH_TEXT))
    if not table.rows or not figures.table_fits(table):
        yield from (Drawn(block, text) for block, text in figures.fixed_width_blocks(table.columns, table.rows))
        return
    for rows in figures.table_parts(table):
        text = "\n".join(" | ".join(row) for row in (table.columns, *rows))
        instead = tuple(block for block, _ in figures.fixed_width_blocks(table.columns, rows))
        yield Drawn(figures.table_block(table.columns, rows), text, instead=instead)


def _chart(chart: cards.Chart) -> Iterator[Drawn]:
    if picture := figures.chart_block(chart):
        yield Drawn(picture, chart.title, instead=(rich(run(chart.title, bold=True)),))
    else:
        yield from (Drawn(rich(run(p, bold=True)), p) for p in limits.pieces(chart.title, limits.RICH_TEXT))
    for piece in limits.pieces(figures.chart_lines(chart), limits.CONTEXT_TEXT):
        yield Drawn(context(piece), piece, stays=True)


def _buttons(buttons: Iterable[Button | LinkButton], key: str) -> Iterator[Drawn]:
    """Rows of buttons. A label or a question that is too long for its button stands in full above the row."""
    every = list(buttons)
    for start in range(0, len(every), limits.BUTTONS_A_ROW):
        row = every[start : start + limits.BUTTONS_A_ROW]
        for text in _said_above(row):
            yield from (Drawn(context(piece), piece) for piece in limits.pieces(text, limits.CONTEXT_TEXT))
        elements = [_button(button, f"{key}.{start + at}") for at, button in enumerate(row) if not _only_text(button)]
        links = "\n".join(f"{button.label}: {button.url}" for button in row if isinstance(button, LinkButton))
        if elements:
            yield Drawn({"type": "actions", "elements": elements}, links)


def _said_above(row: list[Button | LinkButton]) -> Iterator[str]:
    for button in row:
        if _only_text(button) and isinstance(button, LinkButton):
            yield f"{button.label}: {button.url}"
        elif not limits.fits(button.label, limits.BUTTON_LABEL):
            yield f"{_short(button.label)} = {button.label}"
        if isinstance(button, Button) and button.confirm and not limits.fits(button.confirm, limits.CONFIRM_TEXT):
            yield f"{_short(button.label)}: {button.confirm}"


def _only_text(button: Button | LinkButton) -> bool:
    return isinstance(button, LinkButton) and len(button.url) > limits.LINK_URL


def _short(label: str) -> str:
    if limits.fits(label, limits.BUTTON_LABEL):
        return label
    return next(limits.pieces(label, limits.BUTTON_LABEL - 1)).rstrip() + "…"


def _button(button: Button | LinkButton, key: str) -> Block:
    """`action_id` must be unique in a message, so the action stands behind a key; `action_of` takes it off again."""
    drawn: Block = {"type": "button", "text": plain(_short(button.label))}
    match button:
        case LinkButton():
            return {**drawn, "action_id": f"{key}|{LINK_ACTION}", "url": button.url}
        case Button():
            drawn["action_id"] = f"{key}|{button.action}"
            if button.value:
                drawn["value"] = button.value
            if button.style != "default":
                drawn["style"] = button.style
            if button.confirm:
                drawn["confirm"] = _confirm(button, button.confirm)
            return drawn
        case _:
            assert_never(button)


def _confirm(button: Button, question: str) -> Block:
    text = (
        question
        if limits.fits(question, limits.CONFIRM_TEXT)
        else "Are you sure? The question stands above the button."
    )
    style = {"style": button.style} if button.style != "default" else {}
    return {"title": plain("Are you sure?"), "text": plain(text), "confirm": plain("Yes"), "deny": plain("No"), **style}


def action_of(action_id: str) -> str:
    return action_id.partition("|")[2]
