"""Each of Slack's limits, reached and passed by one: as it is meant there, and beyond it split, said, or a mistake of ours.

Whatever is drawn is taken by Slack (`tests/doubles/slack_blocks.py`), and nothing of it is missing.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from adapters.slack import forms, limits
from adapters.slack.cards import render
from adapters.slack.messages import Message
from bot.cards import (
    Block,
    Button,
    Card,
    Chart,
    Divider,
    Item,
    ItemList,
    LinkButton,
    Note,
    Paragraph,
    Table,
    card,
)
from bot.forms import Choice, Form, Option, Text
from bot.requests import Where
from tests.doubles import slack_blocks

Json = dict[str, Any]
WHERE = Where(conversation="slack:T0SLACK/C0HOME")
# Our own measures: of what is drawn in one block, and of what Slack's pages do not say.
OURS = {"RICH_TEXT", "RICH_JSON", "PIECE_TEXT", "MESSAGE_JSON"}


CHART = Chart(title="t", kind="bar", categories=("c",), series=(("s", (1,)),))


def drawn(*blocks: Block, title: str = "T", buttons: tuple[Button | LinkButton, ...] = ()) -> list[Message]:
    messages = render(card(title, *blocks, buttons=buttons))
    for message in messages:
        for shown in (message.blocks, message.plainer):
            assert not slack_blocks.problems(shown)
            assert not slack_blocks.too_long(shown)
        slack_blocks.said(message.text)
    return messages


def blocks_of(*blocks: Block, **how: Any) -> list[Json]:
    return [block for message in drawn(*blocks, **how) for block in message.blocks]


def kinds(*blocks: Block, **how: Any) -> list[str]:
    return [block["type"] for block in blocks_of(*blocks, **how)]


def whole(text: str, *blocks: Block, **how: Any) -> None:
    """It can be read, and heard, letter by letter."""
    messages = drawn(*blocks, **how)
    for read in ([slack_blocks.read(m.blocks) for m in messages], [slack_blocks.said(m.text) for m in messages]):
        assert "".join("".join(read).split()).count(text[0]) >= len(text)


def button(**how: Any) -> tuple[Button]:
    return (Button(**({"action": "a", "label": "Go"} | how)),)


def chart(
    kind: Any = "bar", *, title: str = "Open", categories: tuple[str, ...] = ("Jan",), series: int = 1, name: str = "s"
) -> bool:
    named = tuple((f"{name}{n}" if series > 1 else name, (1.0,) * len(categories)) for n in range(series))
    return "data_visualization" in kinds(Chart(title=title, kind=kind, categories=categories, series=named))


def labels(count: int) -> tuple[str, ...]:
    return tuple(f"c{n}" for n in range(count))


def view(*fields: Any, **how: Any) -> Json:
    opened = forms.view(Form(**({"form_id": "f", "title": "Form", "fields": fields} | how)), WHERE)
    assert not slack_blocks.view_problems(opened)
    return opened


def inputs(opened: Json) -> list[Json]:
    return [block for block in opened["blocks"] if block["type"] == "input"]


def options(count: int, *, label: str = "o", value: str = "v") -> tuple[Option, ...]:
    return tuple(Option(f"{value}{n}" if count > 1 else value, label) for n in range(count))


def choice(count: int, *, several: bool = False, **how: str) -> str:
    opened = view(Choice(name="a", label="A", options=options(count, **how), several=several))
    return str(inputs(opened)[0]["element"]["type"])


def title_is_header(length: int) -> bool:
    whole("x" * length, title="x" * length)
    return kinds(title="x" * length) == ["header"]


def one_section(length: int) -> bool:
    whole("y" * length, Paragraph("y" * length))
    return kinds(Paragraph("y" * length)).count("section") == 1


def one_context(length: int) -> bool:
    whole("y" * length, Note("y" * length))
    return kinds(Note("y" * length)).count("context") == 1


def one_said_block(length: int) -> bool:
    text = "漢" * (length // 3) + "y" * (length % 3)
    return kinds(Paragraph(text)).count("section") == 1


def one_text(length: int) -> bool:
    """The title, three paragraphs and what stands between them."""
    whole("y" * length, Paragraph("y" * length))
    rest = length - len("T\n") - 2 * len("\n") - 2_800 - 1
    return len(drawn(Paragraph("y" * 1_400), Paragraph("y" * 1_400), Paragraph("y" * rest))) == 1


def spoken_name(length: int) -> bool:
    """`Show: ` and the title; the title stands whole beside it."""
    item = Item(title="z" * (length - len("Show: ")), buttons=(Button(action="a", label="Show", value="1"),))
    other = Item(title="other", buttons=(Button(action="a", label="Show", value="2"),))
    whole(item.title, ItemList((item, other)))
    pressed = slack_blocks.buttons(blocks_of(ItemList((item, other))))
    return slack_blocks.name_of(pressed[0]) == f"Show: {item.title}"


def placeholder(length: int) -> bool:
    opened = view(Text(name="a", label="A", placeholder="p" * length))
    assert "placeholder" in inputs(opened)[0]["element"] or "p" * length in slack_blocks.read(opened["blocks"])
    return "placeholder" in inputs(opened)[0]["element"]


def labelled(length: int, name: str) -> bool:
    said: dict[str, Any] = {name: "l" * length}
    opened = view(replace(Text(name="a", label="A"), **said))
    assert "l" * length in slack_blocks.read(opened["blocks"])
    shown = inputs(opened)[0].get(name)
    return bool(shown and slack_blocks.shown(shown, str) == "l" * length)


def option_label(length: int) -> bool:
    opened = view(Choice(name="a", label="A", options=options(1, label="o" * length)))
    assert "o" * length in slack_blocks.read(opened["blocks"])
    return bool(opened["blocks"][0]["type"] == "input")


def named_view(length: int, name: str) -> bool:
    opened = view(Text(name="a", label="A"), **{name: "t" * length})
    assert "t" * length in slack_blocks.read(opened["blocks"]) + opened[name]["text"]
    return bool(opened[name]["text"] == "t" * length)


def menu(count: int) -> list[int]:
    rare = tuple(Button(action=f"a{n}", label=f"R{n}", rare=True) for n in range(count))
    rows = [block["elements"] for block in blocks_of(buttons=rare) if block["type"] == "actions"]
    return [len(element.get("options", "")) for row in rows for element in row]


def metadata(length: int) -> bool:
    """Of which the rest takes so many characters."""
    empty = len(view(Text(name="a", label="A"), context={"x": ""})["private_metadata"])
    return taken(lambda: view(Text(name="a", label="A"), context={"x": "x" * (length - empty)}))


def taken(draw: Callable[[], object]) -> bool:
    """What only the code can exceed is said to be its mistake."""
    try:
        draw()
    except ValueError:
        return False
    return True


CASES: dict[str, Callable[[int], bool]] = {
    "BLOCKS_A_MESSAGE": lambda n: len(drawn(*[Divider()] * (n - 1))) == 1,
    "BLOCKS_A_VIEW": lambda n: taken(lambda: view(*(Text(name=f"n{at}", label=f"L{at}") for at in range(n)))),
    "HEADER_TEXT": title_is_header,
    "SECTION_TEXT": one_section,
    "CONTEXT_TEXT": one_context,
    "BUTTONS_A_ROW": lambda n: (
        kinds(buttons=tuple(Button(action=f"a{at}", label="B") for at in range(n))).count("actions") == 1
    ),
    "LABEL_TEXT": lambda n: labelled(n, "label"),
    "HINT_TEXT": lambda n: labelled(n, "hint"),
    "TABLE_ROWS": lambda n: kinds(Table(columns=("A",), rows=(("1",),) * (n - 1))).count("table") == 1,
    "TABLE_COLUMNS": lambda n: "table" in kinds(Table(columns=labels(n), rows=(labels(n),))),
    "TABLES_A_MESSAGE": lambda n: len(drawn(*[Table(columns=("A",), rows=(("1",),))] * n)) == 1,
    "CHART_TITLE": lambda n: chart(title="t" * n),
    "CHART_LABEL": lambda n: chart(categories=("c" * n,)),
    "CHART_SERIES": lambda n: chart(series=n),
    "CHART_SEGMENTS": lambda n: chart("pie", categories=labels(n)),
    "CHART_CATEGORIES": lambda n: chart("line", categories=labels(n)),
    "CHARTS_A_MESSAGE": lambda n: (
        len(drawn(*[Chart(title="t", kind="bar", categories=("c",), series=(("s", (1,)),))] * n)) == 1
    ),
    "BUTTON_LABEL": lambda n: kinds(buttons=button(label="L" * n)) == ["header", "actions"],
    "BUTTON_VALUE": lambda n: taken(lambda: drawn(buttons=button(value="v" * n))),
    "LINK_URL": lambda n: "actions" in kinds(buttons=(LinkButton(label="L", url="https://a.test/".ljust(n, "x")),)),
    "ACTION_ID": lambda n: taken(lambda: drawn(buttons=button(action="a" * (n - len("end.0|"))))),
    "ACCESSIBILITY_LABEL": spoken_name,
    "OPTIONS_IN_MENU": lambda n: len(menu(n)) == 1,
    "OPTIONS_A_SELECT": lambda n: taken(lambda: choice(n)),
    "OPTIONS_AS_BOXES": lambda n: choice(n, several=True) == "checkboxes",
    "OPTIONS_AS_RADIO_BUTTONS": lambda n: choice(n) == "radio_buttons",
    "INPUT_TEXT": lambda n: len(inputs(view(Text(name="a", label="A", limit=n, value="v" * n)))) == 1,
    "PLACEHOLDER": placeholder,
    "OPTION_LABEL": option_label,
    "OPTION_VALUE": lambda n: taken(lambda: choice(1, value="v" * n)),
    "CONFIRM_TEXT": lambda n: kinds(buttons=button(confirm="Q" * n)) == ["header", "actions"],
    "CONFIRM_LABEL": lambda n: (
        blocks_of(buttons=button(label="L" * n, confirm="Q"))[-1]["elements"][0]["confirm"]["confirm"]["text"] != "Yes"
    ),
    "VIEW_TITLE": lambda n: named_view(n, "title"),
    "VIEW_SUBMIT": lambda n: named_view(n, "submit"),
    "VIEW_METADATA": metadata,
    "MESSAGE_TEXT": one_text,
    "DRAWN_TEXT": lambda n: n < 3_000 or one_said_block(n),
}


@pytest.mark.parametrize("name", CASES)
def test_as_it_is_meant_at_the_limit_and_otherwise_beyond_it(name: str) -> None:
    limit = getattr(limits, name)
    assert CASES[name](limit), "Slack takes as much"
    assert not CASES[name](limit + 1), "Slack would refuse it"


def test_a_menu_of_one_is_a_button() -> None:
    assert menu(limits.LEAST_OPTIONS_IN_MENU) == [2]
    assert menu(limits.LEAST_OPTIONS_IN_MENU - 1) == [0]


def test_no_limit_is_left_out() -> None:
    named = {name for name in vars(limits) if name.isupper() and not name.startswith("_")}
    assert named == CASES.keys() | OURS | {"LEAST_OPTIONS_IN_MENU"}


def test_a_text_is_never_cut_within_a_sign() -> None:
    family, accented = "👩‍👩‍👧‍👦", "e\u0301\u0323"
    for sign in (family, accented, "👍🏽"):
        sections = [block["text"]["text"] for block in blocks_of(Paragraph(sign * 2_000)) if block["type"] == "section"]
        assert len(sections) > 1
        assert all(len(section) % len(sign) == 0 for section in sections)


def test_a_message_never_holds_what_it_does_not_say() -> None:
    """Also in scripts whose letters take three bytes: chat.update counts those."""
    shown = Card(title="漢字", blocks=tuple(Paragraph("漢字 " * 300) for _ in range(20)))
    for message in render(shown):
        assert slack_blocks.said(message.text).count("漢字") == slack_blocks.read(message.blocks).count("漢字")
