"""Cards as Slack draws them: every documented limit and one past it, nothing cut, nothing that becomes markup."""

import pytest

from adapters.slack.buttons import action_of
from adapters.slack.cards import render
from adapters.slack.messages import Message
from bot.cards import (
    Block,
    Button,
    Card,
    Chart,
    Divider,
    Facts,
    Item,
    ItemList,
    LinkButton,
    Note,
    Paragraph,
    Table,
    Verbatim,
    card,
)
from tests.doubles import slack_blocks

NASTY = "*bold* _it_ ~no~ `code` <!channel> <@U1> <https://evil.test|bank> :fire: &amp; R&D > quote"


def drawn(*blocks: Block, title: str = "Title", buttons: tuple[Button | LinkButton, ...] = ()) -> list[Message]:
    """The messages of a card, each of which Slack must take in both drawings."""
    messages = render(card(title, *blocks, buttons=buttons))
    for message in messages:
        for blocks_of_it in (message.blocks, message.plainer):
            assert not slack_blocks.problems(blocks_of_it)
            assert not slack_blocks.too_long(blocks_of_it)
        assert len(message.text.encode()) <= 4000
    return messages


def text_of(messages: list[Message]) -> str:
    return "\n".join(slack_blocks.read(message.blocks) for message in messages)


def fallback_of(messages: list[Message]) -> str:
    return "\n".join(message.text for message in messages)


def test_every_kind_of_block_can_be_read_on_one_message() -> None:
    [message] = drawn(
        Paragraph("Plain words."),
        Paragraph("Strong words.", tone="strong"),
        Note("A source."),
        Divider(),
        Facts((("Owner", "Dana"), ("Review", "3 March"))),
        ItemList(items=(Item(title="MFA gap", detail="deferred twice"),), heading="Risks", numbered=True),
        Table(columns=("Risk", "Score"), rows=(("R-7", "12"), ("R-8", "")), caption="Open risks"),
        Chart(title="Open risks", kind="line", categories=("Jan", "Feb"), series=(("high", (3, 4)),)),
    )
    assert slack_blocks.read(message.blocks) == (
        "Title\nPlain words.\nStrong words.\nA source.\nOwner: Dana\nReview: 3 March\nRisks\n1. MFA gap deferred twice\n"
        "Open risks\nRisk | Score\nR-7 | 12\nR-8 | \nOpen risks\nhigh: Jan 3, Feb 4"
    )
    assert "1. MFA gap\ndeferred twice" in message.text
    assert "high: Jan 3, Feb 4" in message.text


def test_nothing_that_was_typed_becomes_markup() -> None:
    """Only ids of ours stand in a mrkdwn object; everything typed is plain text or rich text, and comes back as typed."""
    messages = drawn(
        Paragraph(NASTY),
        Paragraph(NASTY, tone="strong"),
        Note(NASTY),
        Facts(((NASTY, NASTY),)),
        ItemList(items=(Item(title=NASTY, detail=NASTY),)),
        Table(columns=(NASTY,), rows=((NASTY,),)),
        Verbatim(NASTY),
        title=NASTY,
        buttons=(Button(action="x", label=NASTY[:60]),),
    )
    assert text_of(messages).count(NASTY) == 11
    assert '"mrkdwn"' not in str([message.blocks for message in messages]).replace("'", '"')
    assert "&lt;!channel&gt;" in messages[0].text
    arguments = messages[0].arguments()
    assert [arguments[name] for name in ("mrkdwn", "unfurl_links", "unfurl_media")] == [False] * 3


@pytest.mark.parametrize(
    "text",
    [
        "RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=TU",
        f"  indented   columns\n\n\n{NASTY}\n\tlast",
        "\n".join(f"line {n:04} of {NASTY}"[:79] for n in range(125)),
        "\n" * 10_000,
        "\n\n" + "x" * 2_798 + "\n\ny\n",
    ],
)
def test_verbatim_text_is_split_between_lines_and_keeps_every_one(text: str) -> None:
    messages = drawn(Verbatim(text))
    boxes = [block["elements"][0] for message in messages for block in message.blocks if block["type"] == "rich_text"]
    assert {box["type"] for box in boxes} == {"rich_text_preformatted"}
    assert "\n".join(box["elements"][0]["text"] for box in boxes) == text
    assert all(len(box["elements"][0]["text"]) <= 3_000 for box in boxes)


def test_a_line_too_long_for_one_box_goes_on_in_the_next() -> None:
    messages = drawn(Verbatim("&" * 10_000))
    assert text_of(messages).count("&") == 10_000


def test_verbatim_text_stands_in_the_fallback_as_it_is() -> None:
    [message] = drawn(Verbatim("a\n  b < c"))
    assert message.text == "Title\na\n  b &lt; c"


def test_people_to_notify_are_mentioned_on_their_own_platform() -> None:
    [message] = render(Card(title="Prompt", notify=("slack:T1/U1", "teams:x/y", "slack:T1/U2")))
    assert message.blocks[1]["text"]["text"] == "<@U1> <@U2>"
    assert not slack_blocks.problems(message.blocks)


@pytest.mark.parametrize(("length", "kind"), [(150, "header"), (151, "rich_text")])
def test_a_title_too_long_for_a_header_stands_in_bold_and_whole(length: int, kind: str) -> None:
    [message] = drawn(title="x" * length)
    assert message.blocks[0]["type"] == kind
    assert text_of([message]) == "x" * length


def test_escaping_counts_towards_the_limit() -> None:
    [message] = drawn(title="&" * 31)  # 155 characters as Slack counts them
    assert message.blocks[0]["type"] == "rich_text"


@pytest.mark.parametrize(("length", "blocks"), [(3000, 1), (3001, 2), (9000, 5)])
def test_a_long_paragraph_becomes_several_sections(length: int, blocks: int) -> None:
    messages = drawn(Paragraph("y" * length))
    sections = [b for message in messages for b in message.blocks if b["type"] == "section"]
    assert len(sections) == blocks
    assert "".join(b["text"]["text"] for b in sections) == "y" * length


def test_long_text_is_cut_between_words() -> None:
    words = " ".join(f"word{n}" for n in range(900))
    sections = [b["text"]["text"] for m in drawn(Paragraph(words)) for b in m.blocks if b["type"] == "section"]
    assert len(sections) > 1
    assert all(section.endswith(" ") for section in sections[:-1])
    assert "".join(sections) == words


@pytest.mark.parametrize(
    ("block", "mark", "count"),
    [
        (Paragraph("p# " * 6000, tone="strong"), "#", 6000),
        (Note("n# " * 6000), "#", 6000),
        (Facts(tuple((f"Fact {n}", "v# " * 90) for n in range(100))), "#", 9000),
        (Facts((("One", "#" * 15000),)), "#", 15000),
        (ItemList(items=tuple(Item(title=f"I {n}", detail="d# " * 90) for n in range(120)), numbered=True), "#", 10800),
        (ItemList(items=(Item(title="#" * 4000, detail="#" * 9000),)), "#", 13000),
        (Table(columns=("A", "B"), rows=tuple((f"row {n}", "#" * 90) for n in range(250))), "#", 22500),
        (Table(columns=tuple("#" * 21), rows=(tuple("#" * 21),) * 300), "#", 6321),
        (
            Chart(title="t", kind="bar", categories=tuple("#" * n for n in range(1, 200)), series=(("s", (1,) * 199),)),
            "#",
            19900,
        ),
    ],
)
def test_whatever_is_too_long_is_split_and_says_so(block: Block, mark: str, count: int) -> None:
    messages = drawn(block)
    assert len(messages) > 1
    assert text_of(messages).count(mark) == count
    last_lines = [slack_blocks.read(message.blocks).splitlines()[-1] for message in messages]
    assert last_lines == [f"({n}/{len(messages)})" for n in range(1, len(messages) + 1)]


def test_fifty_one_blocks_are_two_messages() -> None:
    first, second = drawn(*[Divider()] * 51)
    assert len(first.blocks) <= 50
    assert sum(b["type"] == "divider" for b in first.blocks + second.blocks) == 51


def test_what_is_too_long_to_be_said_at_once_is_another_message() -> None:
    """A screen reader reads the text of a message and none of its blocks."""
    messages = drawn(Paragraph("z " * 2500))
    assert len(messages) == 2
    assert fallback_of(messages).count("z") == text_of(messages).count("z") == 2500


def test_six_buttons_are_two_rows_and_every_action_id_is_its_own() -> None:
    [message] = drawn(buttons=tuple(Button(action="same", label=f"B{n}", value=str(n)) for n in range(6)))
    rows = [b for b in message.blocks if b["type"] == "actions"]
    ids = [e["action_id"] for row in rows for e in row["elements"]]
    assert [len(row["elements"]) for row in rows] == [5, 1]
    assert len(set(ids)) == 6
    assert {action_of(action_id) for action_id in ids} == {"same"}


@pytest.mark.parametrize(("length", "above"), [(75, 0), (76, 1)])
def test_a_label_too_long_for_its_button_stands_above_it(length: int, above: int) -> None:
    label = "L" * length
    [message] = drawn(buttons=(Button(action="x", label=label),))
    assert text_of([message]).count(label) == above


@pytest.mark.parametrize(("length", "above"), [(300, 0), (301, 1)])
def test_a_question_too_long_for_its_dialog_stands_above_the_button(length: int, above: int) -> None:
    [message] = drawn(buttons=(Button(action="x", label="Go", confirm="Q" * length, style="danger"),))
    assert text_of([message]).count("Q" * length) == above
    [button] = slack_blocks.buttons(message.blocks)
    assert button["style"] == "danger"


def test_a_link_too_long_for_a_button_is_written_out() -> None:
    url = "https://acme.test/" + "x" * 3000
    messages = drawn(buttons=(LinkButton(label="Open", url=url), LinkButton(label="Short", url="https://a.test")))
    assert "".join(text_of(messages).split()).count("x" * 3000) == 1
    assert [b["url"] for m in messages for b in slack_blocks.buttons(m.blocks)] == ["https://a.test"]


def test_an_item_keeps_its_link_its_number_and_its_buttons() -> None:
    item = Item(
        title="R-7", link="https://acme.test/r7", buttons=(Button(action="risk.show", label="Show", value="R-7"),)
    )
    [message] = drawn(ItemList(items=(Item(title="R-6"), item), numbered=True))
    _, first, second, actions = message.blocks
    assert first["elements"][0]["offset"] == 0
    assert second["elements"][0]["offset"] == 1
    assert second["elements"][0]["elements"][0]["elements"][0]["url"] == "https://acme.test/r7"
    assert actions["type"] == "actions"


@pytest.mark.parametrize(
    ("chart", "native"),
    [
        (Chart(title="t" * 50, kind="bar", categories=("c" * 20,), series=(("s" * 20, (1,)),)), True),
        (Chart(title="t" * 51, kind="bar", categories=("c",), series=(("s", (1,)),)), False),
        (Chart(title="t", kind="bar", categories=("c" * 21,), series=(("s", (1,)),)), False),
        (Chart(title="t", kind="line", categories=tuple(map(str, range(20))), series=(("s", (1,) * 20),)), True),
        (Chart(title="t", kind="line", categories=tuple(map(str, range(21))), series=(("s", (1,) * 21),)), False),
        (Chart(title="t", kind="bar", categories=("c",), series=tuple((f"s{n}", (1,)) for n in range(6))), True),
        (Chart(title="t", kind="bar", categories=("c",), series=tuple((f"s{n}", (1,)) for n in range(7))), False),
        (Chart(title="t", kind="bar", categories=("c",), series=(("s", (float("nan"),)),)), False),
        (Chart(title="t", kind="pie", categories=("a", "b"), series=(("s", (1, 2)),)), True),
        (Chart(title="t", kind="pie", categories=("a", "b"), series=(("s", (1, 0)),)), False),
        (Chart(title="t", kind="pie", categories=tuple("abcdefg"), series=(("s", (1,) * 7),)), False),
    ],
)
def test_a_chart_is_a_picture_within_the_limits_and_text_always(chart: Chart, native: bool) -> None:
    [message] = drawn(chart)
    assert any(b["type"] == "data_visualization" for b in message.blocks) is native
    assert not any(b["type"] == "data_visualization" for b in message.plainer)
    assert chart.title in slack_blocks.read(message.plainer)
    assert "s" in slack_blocks.read(message.blocks).splitlines()[-1]


def test_a_third_chart_and_a_second_table_go_to_the_next_message() -> None:
    chart = Chart(title="t", kind="bar", categories=("c",), series=(("s", (1,)),))
    assert len(drawn(chart, chart)) == 1
    assert len(drawn(chart, chart, chart)) == 2
    table = Table(columns=("A",), rows=(("1",),))
    assert len(drawn(table, table)) == 2


def test_figures_are_aligned_right_and_the_plainer_table_has_the_same_cells() -> None:
    [message] = drawn(Table(columns=("Risk", "CHF"), rows=(("R-7", "12'000"), ("R-8", "CHF 7"))))
    table = next(b for b in message.blocks if b["type"] == "table")
    assert [column["align"] for column in table["column_settings"]] == ["left", "right"]
    assert "R-7   12'000" in slack_blocks.read(message.plainer)
