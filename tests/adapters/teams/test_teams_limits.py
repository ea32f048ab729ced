"""Each of Teams' limits, reached and passed by one: as it is meant there, and beyond it split, or said whole beside it.

Whatever is drawn is taken by Teams (`tests/doubles/adaptive_cards.py`), and nothing of it is missing.
"""

from collections.abc import Callable
from typing import Any

import pytest

from adapters.teams import limits
from adapters.teams.cards import messages, summary
from adapters.teams.figures import size
from adapters.teams.forms import dialog, form_card
from bot.cards import Block, Button, Card, Item, ItemList, Paragraph, Table, card
from bot.forms import Choice, Form, Option, Text
from tests.doubles import adaptive_cards

Json = dict[str, Any]


def drawn(*blocks: Block, title: str = "T", buttons: tuple[Button, ...] = ()) -> list[Json]:
    """The cards of the messages, each of which Teams takes."""
    sent = messages(card(title, *blocks, buttons=buttons))
    assert max(map(size, sent)) <= limits.MESSAGE
    for message in sent:
        adaptive_cards.check_card(message["attachments"][0]["content"])
    return [message["attachments"][0]["content"] for message in sent]


def whole(text: str, *blocks: Block, **how: Any) -> None:
    """It can be read, and heard, letter by letter."""
    cards = drawn(*blocks, **how)
    assert "".join(line for one in cards for line in adaptive_cards.lines_of(one)).count(text[0]) >= len(text)
    assert "".join(one["fallbackText"] for one in cards).count(text[0]) >= len(text)


def elements(*blocks: Block, **how: Any) -> list[str]:
    return [element["type"] for one in drawn(*blocks, **how) for element in one["body"]]


def one_element(length: int) -> bool:
    whole("y" * length, Paragraph("y" * length))
    return elements(Paragraph("y" * length)) == ["TextBlock"] * 2


def table_of_cells(length: int) -> bool:
    table = Table(columns=("A",), rows=(("c" * length,),))
    whole("c" * length, table)
    return "Table" in elements(table)


def title_stands_above(length: int) -> bool:
    whole("t" * length, title="t" * length)
    [only] = drawn(title="t" * length)
    return len(only["body"]) == 1


def heard_at_once(length: int) -> bool:
    said = summary(Card(title="T", blocks=(Paragraph("y" * (length - len("T – "))),)))
    assert len(said) <= limits.SUMMARY
    return said.count("y") == length - len("T – ")


def titled_dialog(length: int) -> bool:
    form = Form(form_id="f", title="t" * length, fields=(Text(name="a", label="A"),))
    shown = dialog(form_card(form, "tenant"), form.title)["task"]["value"]
    assert "t" * length in [shown["title"], *adaptive_cards.texts_of(shown["card"]["content"])]
    return bool(shown["title"] == form.title)


def spoken_name(length: int) -> bool:
    item = Item(title="z" * (length - len("Show: ")), buttons=(Button(action="a", label="Show", value="1"),))
    other = Item(title="other", buttons=(Button(action="a", label="Show", value="2"),))
    whole(item.title, ItemList((item, other)))
    [only] = drawn(ItemList((item, other)))
    return adaptive_cards.name_of(adaptive_cards.buttons_of(only)[0]) == f"Show: {item.title}"


def tap(length: int) -> bool:
    item = Item(title="z" * length, link="https://x.example/1")
    whole(item.title, ItemList((item,)))
    [only] = drawn(ItemList((item,)))
    return bool(only["body"][1]["selectAction"]["title"] == item.title)


def choices(count: int) -> bool:
    options = tuple(Option(str(n), f"Option {n}") for n in range(count))
    shown = form_card(
        Form(form_id="f", title="F", fields=(Choice(name="a", label="A", options=options, several=True),)), "t"
    )
    [element] = adaptive_cards.inputs_in(shown)
    assert len(element["choices"]) == count
    return bool(element["style"] == "expanded")


def row_of(count: int) -> bool:
    buttons = tuple(Button(action=f"a{n}", label=f"B{n}") for n in range(count))
    [only] = drawn(buttons=buttons)
    assert len(adaptive_cards.buttons_of(only)) == count
    return elements(buttons=buttons).count("ActionSet") == 1


CASES: dict[str, Callable[[int], bool]] = {
    "TEXT": one_element,
    "CELL": table_of_cells,
    "TITLE": title_stands_above,
    "SUMMARY": heard_at_once,
    "DIALOG_TITLE": titled_dialog,
    "BUTTONS_A_ROW": row_of,
    "SPOKEN_NAME": spoken_name,
    "TAP_TITLE": tap,
    "CHOICES_SHOWN": choices,
}


@pytest.mark.parametrize("name", CASES)
def test_as_it_is_meant_at_the_limit_and_otherwise_beyond_it(name: str) -> None:
    limit = getattr(limits, name)
    assert CASES[name](limit), "Teams takes as much"
    assert not CASES[name](limit + 1), "Teams would refuse it, or cut it"


def test_a_message_is_filled_and_never_over() -> None:
    """Letter by letter over the edge: the last that fits is nearly full, and the next is two."""
    fixed = tuple(Paragraph("y" * limits.TEXT) for _ in range(3))
    sizes = {
        length: [size(message) for message in messages(card("T", *fixed, Paragraph("z" * length)))]
        for length in range(1_500, limits.TEXT, 10)
    }
    last = max(length for length, pages in sizes.items() if len(pages) == 1)
    assert all(len(pages) == 1 + (length > last) for length, pages in sizes.items())
    assert limits.MESSAGE - 300 < sizes[last][0] <= limits.MESSAGE
    assert all(max(pages) <= limits.MESSAGE for pages in sizes.values())


def test_a_table_is_cut_where_it_would_take_half_a_message() -> None:
    def grids(count: int) -> list[Json]:
        [only] = drawn(Table(columns=("A", "B"), rows=(("1", "x" * 20),) * count))
        return [element for element in only["body"] if element["type"] == "Table"]

    last = max(count for count in range(1, 60) if len(grids(count)) == 1)
    [whole_grid], [head, rest] = grids(last), grids(last + 1)
    assert size(whole_grid["rows"]) <= limits.GRID < size([*whole_grid["rows"], rest["rows"][1]])
    assert head == whole_grid
    assert rest["rows"][0] == whole_grid["rows"][0], "each names its columns"


def test_no_limit_is_left_out() -> None:
    named = {name for name in vars(limits) if name.isupper() and not name.startswith("_")}
    assert named == CASES.keys() | {"MESSAGE", "GRID"}
