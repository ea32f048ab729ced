"""A card as Slack messages.

Each block of a card becomes one or more drawn parts: a Block Kit block, and the same thing as readable text, of which
the message's fallback text is made (notifications and screen readers say it). Every part keeps to its block's limit;
how many parts a message takes is the business of `messages`.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import assert_never

from adapters.slack import addresses, buttons, figures, limits
from adapters.slack.messages import Drawn, Message, packed
from adapters.slack.texts import Block, context, fixed_width, listed, plain, rich, run, section
from bot import cards
from bot.cards import Card, seen, spoken_names


def render(card: Card) -> list[Message]:
    """The messages that this card is, at least one, in order."""
    return packed(drawn(card))


def drawn(card: Card) -> list[Drawn]:
    """All of it in order, for what is no message."""
    return list(_drawn(card))


def _drawn(card: Card) -> Iterator[Drawn]:
    yield from _title(card.title)
    yield from _mentions(card.notify)
    names = spoken_names(card, limits.ACCESSIBILITY_LABEL)
    for number, block in enumerate(card.blocks):
        yield from _block(block, f"b{number}", names)
    yield from buttons.rows(card.buttons, "end")


def _title(title: str) -> Iterator[Drawn]:
    if title and limits.fits(title, limits.HEADER_TEXT) and "\n" not in title:
        yield Drawn({"type": "header", "text": plain(title)}, title)
    else:
        yield from (Drawn(rich(run(piece, bold=True)), piece) for piece in limits.pieces(title, limits.RICH_TEXT))


def _mentions(accounts: tuple[str, ...]) -> Iterator[Drawn]:
    """The one `mrkdwn` object: it holds ids of ours and nothing that anybody typed."""
    mentions = " ".join(f"<@{addresses.last_of(account)}>" for account in accounts if addresses.is_ours(account))
    for piece in limits.pieces(mentions, limits.SECTION_TEXT):
        yield Drawn({"type": "section", "text": {"type": "mrkdwn", "text": piece, "verbatim": True}})


def _block(block: cards.Block, key: str, names: buttons.Names) -> Iterator[Drawn]:
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
            yield from _items(block, key, names)
        case cards.Table():
            yield from _table(block)
        case cards.Chart():
            yield from _chart(block)
        case cards.HeatMap():
            yield from _heat_map(block)
        case cards.Verbatim(text=text):
            yield from (Drawn(fixed_width(piece), piece) for piece in limits.line_pieces(text, limits.RICH_TEXT))
        case cards.Divider():
            yield Drawn({"type": "divider"})
        case _:
            assert_never(block)


def _facts(facts: tuple[tuple[str, str], ...]) -> Iterator[Drawn]:
    """Bold name, plain value, a line each; as many in one block as a block holds. A long one stands alone."""
    together: list[tuple[str, str]] = []
    for name, value in facts:
        long = limits.spoken(name + value) > limits.RICH_TEXT // 2
        if together and (long or not _fit_one_block([*together, (name, value)])):
            yield _named(together)
            together = []
        if long:
            yield from (Drawn(rich(run(piece, bold=True)), piece) for piece in limits.pieces(name, limits.RICH_TEXT))
            yield from (Drawn(rich(run(piece)), piece, stays=True) for piece in limits.pieces(value, limits.RICH_TEXT))
        else:
            together.append((name, value))
    if together:
        yield _named(together)


def _fit_one_block(facts: list[tuple[str, str]]) -> bool:
    drawn = _named(facts)
    return drawn.spoken <= limits.RICH_TEXT and limits.json_length(drawn.block) <= limits.RICH_JSON


def _named(facts: list[tuple[str, str]]) -> Drawn:
    shown = [(seen(name), seen(value)) for name, value in facts]
    runs = [one for name, value in shown for one in (run("\n"), run(f"{name}: ", bold=True), run(value))]
    return Drawn(rich(*runs[1:]), "\n".join(f"{name}: {value}" for name, value in shown))


def _items(items: cards.ItemList, key: str, names: buttons.Names) -> Iterator[Drawn]:
    """One list for the items between two that have buttons or are long: those stand alone, their buttons below them."""
    if items.heading:
        yield from (Drawn(rich(run(p, bold=True)), p) for p in limits.pieces(items.heading, limits.RICH_TEXT))
    together: list[tuple[int, cards.Item]] = []
    length = said = 0
    for number, item in enumerate(items.items, start=1):
        spoken = limits.spoken(item.title + item.excerpt + item.detail) + 10
        menu = _beside_menu(item, number if items.numbered else None, f"{key}.{number}")
        alone = bool(item.buttons) or spoken > limits.RICH_TEXT // 2 or len(item.link or "") > limits.LINK_URL // 2
        size = limits.json_length(_line(item))
        if together and (alone or length + size > limits.RICH_JSON or said + spoken > limits.DRAWN_TEXT):
            yield _lines(together, items.numbered)
            together, length, said = [], 0, 0
        if menu:
            yield menu
        elif alone:
            yield from _long_item(item, number if items.numbered else None)
            for row in buttons.rows(item.buttons, f"{key}.{number}", names):
                yield Drawn(row.block, row.text, stays=True)
        else:
            together.append((number, item))
            length += size
            said += spoken
    if together:
        yield _lines(together, items.numbered)


def _beside_menu(item: cards.Item, number: int | None, key: str) -> Drawn | None:
    """An item in few words with nothing but a menu: side by side, since a row for a “…” alone reads badly."""
    menu = buttons.lone_menu(item.buttons, key) if item.buttons and not item.link else None
    text = f"{f'{number}.' if number else '•'} {seen(item.title)}" + (f"\n{item.detail}" if item.detail else "")
    if menu is None or item.snippet or not limits.fits(text, limits.SECTION_TEXT):
        return None
    return Drawn({**section(text), "accessory": menu}, text)


def _lines(together: list[tuple[int, cards.Item]], numbered: bool) -> Drawn:
    block = listed([_line(item) for _, item in together], first=together[0][0] if numbered else None)
    texts = (
        "\n".join(filter(None, (f"{f'{number}.' if numbered else '•'} {item.title}", item.excerpt, item.detail)))
        for number, item in together
    )
    return Drawn(block, "\n".join(texts))


def _line(item: cards.Item) -> list[Block]:
    """Title in bold, a link if it has one, and below it the excerpt and the detail."""
    title = run(seen(item.title), bold=True, url=item.link)
    excerpt = [run("\n"), *_spans(item.snippet)] if item.excerpt else []
    return [title, *excerpt, *([run(f"\n{item.detail}")] if item.detail else [])]


def _spans(snippet: tuple[cards.Span, ...]) -> list[Block]:
    return [run(span.text, bold=span.marked) for span in snippet if span.text]


def _long_item(item: cards.Item, number: int | None) -> Iterator[Drawn]:
    """Whole where a block holds it, else its title as a line of a list and the rest below it."""
    url = item.link if item.link and len(item.link) <= limits.LINK_URL // 2 else None
    if limits.spoken(item.title + item.excerpt + item.detail) <= limits.RICH_TEXT:
        yield _lines([(number or 0, replace(item, link=url))], number is not None)
    else:
        title, *more = limits.pieces(seen(item.title), limits.RICH_TEXT)
        yield _lines([(number or 0, cards.Item(title=title, link=url))], number is not None)
        rest = (piece for text in (item.excerpt, item.detail) for piece in limits.pieces(text, limits.RICH_TEXT))
        yield from (Drawn(rich(run(piece)), piece, stays=True) for piece in (*more, *rest))
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


def _heat_map(heat_map: cards.HeatMap) -> Iterator[Drawn]:
    """A table where it fits one; its words are what a notification and a screen reader say of it."""
    yield from (Drawn(rich(run(p, bold=True)), p) for p in limits.pieces(heat_map.title, limits.RICH_TEXT))
    words = "\n".join(heat_map.words)
    pieces = tuple(limits.pieces(words, limits.CONTEXT_TEXT))
    if figures.heat_map_fits(heat_map) and limits.spoken(words) <= limits.DRAWN_TEXT:
        grid = tuple(block for block, _ in figures.heat_map_in_fixed_width(heat_map))
        instead = (*grid, *map(context, pieces))
        yield Drawn(figures.heat_map_block(heat_map), words, stays=True, instead=instead)
    else:
        yield from (Drawn(context(piece), piece, stays=True) for piece in pieces)


def _chart(chart: cards.Chart) -> Iterator[Drawn]:
    if picture := figures.chart_block(chart):
        yield Drawn(picture, chart.title, instead=(rich(run(chart.title, bold=True)),))
    else:
        yield from (Drawn(rich(run(p, bold=True)), p) for p in limits.pieces(chart.title, limits.RICH_TEXT))
    for piece in limits.pieces(figures.chart_lines(chart), limits.CONTEXT_TEXT):
        yield Drawn(context(piece), piece, stays=True)
