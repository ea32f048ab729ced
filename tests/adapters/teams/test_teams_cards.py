"""Cards and forms as Adaptive Cards: valid by Microsoft's typed models, within Teams' limits, nothing lost, no Markdown."""

import json
from dataclasses import replace

import pytest

from adapters.teams import limits
from adapters.teams.cards import adaptive_card, messages, summary
from adapters.teams.forms import form_card
from adapters.teams.text import chunks, escaped
from bot.cards import (
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
    card,
)
from bot.forms import Check, Choice, Date, Form, Number, Option, Person, Text, Time
from tests.doubles.adaptive_cards import buttons_of, check_card, lines_of, plain, pressed
from tests.doubles.bot_connector import TENANT

DANA = f"teams:{TENANT}/0c7a4d52-91be-4f0b-8d2e-6f3a2b1c4d5e"
EVERYTHING = card(
    "Agenda of Tuesday",
    Paragraph("Two items.\nOne of them is new.", "strong"),
    Facts((("Owner", "Dana"), ("Review", "Tue 3 March"))),
    Divider(),
    ItemList(
        heading="Open risks",
        numbered=True,
        items=(
            Item(title="Phishing", detail="raised by Noor", link="https://x.example/1"),
            Item(title="Backups", buttons=(Button(action="drop", label="Drop", value="2"),)),
        ),
    ),
    Table(caption="Spend", columns=("Year", "kCHF"), rows=(("2030", "12"), ("2031", "14"))),
    Chart(title="Risks", kind="line", categories=("Jan", "Feb"), series=(("open", (3, 2.5)), ("closed", (0, 1)))),
    Note("From the record."),
    buttons=[
        Button(action="start", label="Start", style="primary", value="S-1"),
        Button(action="close", label="Close", style="danger", confirm="Close it for good?"),
        Button(action="record", label="Record decision", opens_form=True),
        LinkButton(label="Help", url="https://x.example/help"),
    ],
    notify=[DANA, "slack:T1/U1"],
)


def drawn(shown: Card, names: dict[str, str] | None = None) -> list[dict[str, object]]:
    """Every message's card, checked as Teams would."""
    sent = messages(shown, names)
    for activity in sent:
        check_card(activity["attachments"][0]["content"])
        assert activity["summary"]
        assert len(json.dumps(activity, ensure_ascii=False).encode()) <= limits.MESSAGE
    return [activity["attachments"][0]["content"] for activity in sent]


def test_every_block_is_drawn_and_can_be_read() -> None:
    (only,) = drawn(EVERYTHING, {DANA: "Dana Frei"})
    assert lines_of(only) == [
        "Agenda of Tuesday",
        "Dana Frei",
        "Two items.\nOne of them is new.",
        "Owner: Dana",
        "Review: Tue 3 March",
        "Open risks",
        "1. Phishing raised by Noor",
        "2. Backups",
        "Spend",
        "Year | kCHF",
        "2030 | 12",
        "2031 | 14",
        "Risks",
        "Risks | open | closed",
        "Jan | 3 | 0",
        "Feb | 2.5 | 1",
        "From the record.",
    ]
    assert [button["title"] for button in buttons_of(only)] == ["Drop", "Start", "Close", "Record decision", "Help"]


def test_buttons_execute_open_dialogs_or_ask_first() -> None:
    (only,) = drawn(EVERYTHING)
    start, close, record, link = buttons_of(only)[1:]
    assert (start["type"], start["verb"], start["style"]) == ("Action.Execute", "start", "positive")
    assert start["data"] == {"touchpoint": {"press": "start", "value": "S-1"}}
    assert close["type"] == "Action.ShowCard"
    assert lines_of(close["card"]) == ["Close it for good?"]
    assert (pressed(close)["verb"], pressed(close)["style"]) == ("close", "destructive")
    assert (record["type"], record["data"]["msteams"]) == ("Action.Submit", {"type": "task/fetch"})
    assert link["url"] == "https://x.example/help"


def test_a_mention_reaches_those_of_this_platform_who_are_there() -> None:
    (only,) = drawn(EVERYTHING, {DANA: "Dana Frei", f"teams:{TENANT}/other": "Not asked for"})
    (mention,) = only["msteams"]["entities"]
    assert (mention["text"], mention["mentioned"]["id"]) == ("<at>Dana Frei</at>", DANA.split("/")[1])
    sam = f"teams:{TENANT}/1d7a4d52-91be-4f0b-8d2e-6f3a2b1c4d5e"
    (two,) = messages(replace(EVERYTHING, notify=(DANA, sam)), {DANA: "Dana", sam: "Sam"})
    assert "<at>Dana</at>, <at>Sam</at>" in str(two), "beside each other they read as one name"
    (silent,) = drawn(EVERYTHING)
    assert "entities" not in silent["msteams"]


@pytest.mark.parametrize(
    "typed",
    [
        "**bold** _italic_ [link](https://x.example) `code` ~~gone~~",
        "- no list\n1. no list either\n# no heading\n> no quote\n+ nor this",
        "<at>Dana Frei</at> and \\ and <b>",
        "2031. was a good year",
        "snake_case_name * 3",
    ],
)
def test_what_somebody_typed_is_never_markdown(typed: str) -> None:
    (only,) = drawn(card("T", Paragraph(typed), Facts((("k", typed),)), Table(columns=("c",), rows=((typed,),))))
    assert lines_of(only)[1] == typed
    for mark in ("**bold", " _italic", "[link]", "<at>", " `code"):
        assert mark not in escaped(typed).replace("\\" + mark.strip(), "")


def test_no_markdown_parser_finds_anything_in_escaped_text() -> None:
    markdown = pytest.importorskip("markdown_it").MarkdownIt("commonmark", {"html": True}).enable("strikethrough")
    hard = "*a* _b_ __c__ [d](e) ![f](g) `h` ~~i~~ <b>j</b> <https://k>\n- l\n* m\n1. n\n2) o\n# p\n> q\n***\n    r"
    tokens = markdown.parse(escaped(hard))
    inner = [child.type for token in tokens for child in token.children or ()]
    assert {token.type for token in tokens} == {"paragraph_open", "inline", "paragraph_close"}
    assert set(inner) <= {"text", "text_special"}


def test_more_than_six_buttons_stand_in_several_rows() -> None:
    many = [Button(action=f"a{n}", label=f"Button {n}") for n in range(14)]
    (only,) = drawn(card("Choose", buttons=many))
    assert [len(row["actions"]) for row in only["body"] if row["type"] == "ActionSet"] == [6, 6, 2]


def test_a_long_list_becomes_several_messages_that_count_themselves() -> None:
    items = tuple(Item(title=f"Risk {n}", detail="x" * 200) for n in range(300))
    pages = drawn(card("Open risks", ItemList(items), buttons=[Button(action="a", label="Share here")]))
    assert len(pages) > 2
    read = [line for page in pages for line in lines_of(page)]
    assert [line for line in read if line.startswith("Open")] == [
        f"Open risks ({n}/{len(pages)})" for n in range(1, len(pages) + 1)
    ]
    assert [line.split(" x")[0] for line in read if line.startswith("Risk ")] == [f"Risk {n}" for n in range(300)]
    assert [len(buttons_of(page)) for page in pages] == [1] + [0] * (len(pages) - 1)


@pytest.mark.parametrize("letter", ["a", "é", "*", "漢", '"'])
def test_a_text_of_ten_thousand_characters_arrives_whole_wherever_it_stands(letter: str) -> None:
    long = letter * 10_000
    blocks = (
        Paragraph(long),
        Note(long),
        Facts((("Name", long), ("Short", "value"))),
        ItemList((Item(title=long, detail=long, buttons=(Button(action="a", label="B"),)),), heading="H"),
        Table(columns=("One", "Two"), rows=((long, "b"), ("c", "d"))),
    )
    pages = drawn(card(long, *blocks))
    assert "".join(line for page in pages for line in lines_of(page)).count(letter) >= 70_000


def test_a_long_table_is_cut_between_rows_and_repeats_its_columns() -> None:
    rows = tuple((str(n), "y" * 60) for n in range(200))
    read = [line for page in drawn(card("T", Table(columns=("Number", "Text"), rows=rows))) for line in lines_of(page)]
    assert [line.split(" |")[0] for line in read if line.endswith("y")] == [str(n) for n in range(200)]
    assert read.count("Number | Text") > 1


@pytest.mark.parametrize("kind", ["line", "bar", "pie"])
@pytest.mark.parametrize("count", [1, 2])
def test_a_chart_is_drawn_and_its_numbers_unfold_below_it(kind: str, count: int) -> None:
    """A client without charts shows them in lines."""
    series = tuple((f"s{n}", (1.0, 2.0)) for n in range(count))
    (only,) = drawn(card("C", Chart(title="Risks", kind=kind, categories=("Jan", "Feb"), series=series)))  # type: ignore[arg-type]
    chart, show, numbers = only["body"][-1]["items"]
    assert chart["type"].startswith("Chart.")
    assert lines_of({"body": [chart["fallback"]]})[0].startswith("Risks\ns0: Jan 1, Feb 2")
    [toggle] = show["actions"]
    assert (toggle["type"], toggle["title"]) == ("Action.ToggleVisibility", "Show numbers")
    assert (toggle["targetElements"], numbers["isVisible"]) == ([numbers["id"]], False)
    assert "Feb | 2" in "\n".join(lines_of({"body": [numbers]}))
    assert "Feb | 2" in only["fallbackText"]


def test_two_charts_unfold_their_own_numbers() -> None:
    chart = Chart(title="Risks", kind="line", categories=("Jan", "Feb"), series=(("open", (3, 2)),))
    (only,) = drawn(card("C", chart, chart))
    names = [part["id"] for element in only["body"] for part in element.get("items", ()) if "id" in part]
    assert len(set(names)) == 2


def test_the_numbers_of_a_long_chart_stand_open_and_are_cut_between_rows() -> None:
    months = tuple(f"Month {n}" for n in range(300))
    pages = drawn(card("C", Chart(title="Risks", kind="line", categories=months, series=(("open", (1.0,) * 300),))))
    read = [line for page in pages for line in lines_of(page)]
    assert [line for line in read if line.startswith("Month ")] == [f"{month} | 1" for month in months]


def test_an_empty_card_and_empty_blocks_are_still_cards() -> None:
    blocks = (Paragraph(""), Facts(()), ItemList(()), Facts((("k", ""),)), Table(columns=("a",), rows=()), Divider())
    (only,) = drawn(card("Nothing yet", *blocks))
    assert lines_of(only)[0] == "Nothing yet"


def test_a_notification_says_the_title_and_what_follows_in_short() -> None:
    assert summary(card("Ready?", Paragraph("Sync in\n15 minutes."))) == "Ready? – Sync in 15 minutes."
    assert len(summary(card("x", Paragraph("y" * 999)))) == 300


def test_a_card_for_a_dialog_is_one_however_long() -> None:
    long = adaptive_card(card("Open risks", ItemList(tuple(Item(title=f"Risk {n} " * 40) for n in range(100)))))
    check_card(long)
    assert lines_of(long)[-1].startswith("Risk 99")


def test_every_field_of_a_form_is_drawn() -> None:
    form = Form(
        form_id="f",
        title="T" * 80,
        intro="An *intro*.",
        submit="Go",
        fields=(
            Text(name="t", label="Text", limit=10_000, multiline=True, placeholder="say it", hint="A _hint_"),
            Date(name="d", label="Date", value="2031-03-31"),
            Time(name="c", label="Time"),
            Number(name="n", label="Number", value="not a number", least=0.5, required=False),
            Choice(name="o", label="One", options=(Option("a,b", "A"), Option("c", "C")), value="a,b"),
            Choice(
                name="s",
                label="Several",
                options=(Option("a,b", "A"), Option("c", "C")),
                value=("a,b", "c"),
                several=True,
            ),
            Person(name="p", label="Person", value=DANA),
            Person(name="q", label="Other", value="slack:T1/U1"),
            Check(name="k", label="Check"),
        ),
    )
    drawn_form = form_card(form, TENANT)
    check_card(drawn_form)
    by_name = {element["id"]: element for element in drawn_form["body"] if "id" in element}
    assert plain(drawn_form["body"][0]["text"]) == "T" * 80
    assert (by_name["t"]["maxLength"], by_name["t"]["isMultiline"]) == (10_000, True)
    assert by_name["o"]["value"] == "a,b"
    assert by_name["s"]["value"] == "a%2Cb,c"
    assert by_name["p"]["value"] == DANA.split("/")[1]
    assert "value" not in by_name["q"]
    assert "value" not in by_name["n"]
    assert "isRequired" not in by_name["k"]
    assert "isRequired" not in by_name["n"]
    assert by_name["t"]["isRequired"]
    assert drawn_form["actions"][0]["title"] == "Go"


def test_text_is_cut_between_words_and_nothing_of_it_is_lost() -> None:
    text = "one two three four five six seven " * 40
    pieces = list(chunks(text, 100))
    assert "".join(pieces) == text
    assert all(len(piece) <= 100 and piece.endswith(" ") for piece in pieces)
