"""The mirror draws what each platform is sent: all of it, alive, and nothing that it does not know."""

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from adapters.playground.mirror import adaptive, block_kit, markdown
from adapters.playground.mirror.nodes import Node, Strange, el, markup, texts
from adapters.playground.mirror.sides import Mirror
from adapters.playground.room import HOME, PEOPLE, TENANT
from bot.cards import (
    Button,
    Card,
    Chart,
    Facts,
    HeatCell,
    HeatMap,
    Item,
    ItemList,
    LinkButton,
    Note,
    Paragraph,
    Table,
    card,
)
from bot.forms import Check, Choice, Date, Form, Number, Option, Person, Text, Time, Value
from bot.requests import Where
from tests.adapters.playground.showroom import AGENDA, CIO, CISO, DECISION, EVERY_BLOCK, EVERY_FIELD, SETUP
from tests.bot.crowd import ODD

HERE = Where(conversation=HOME, direct=False, title="#security-sync", thread=None)
SIDES = ("slack", "teams")


def mirror() -> Mirror:
    return Mirror(HOME, lambda: {one.account: one.name for one in PEOPLE})


def said(node: Node) -> str:
    return " ".join("".join(texts(node)).split())


def buttons(node: Node | str) -> Iterator[tuple[str, str, str]]:
    """Label, action and value of everything that counts when it is pressed."""
    if isinstance(node, str):
        return
    if "data-action" in node[1]:
        yield "".join(texts(node)), node[1]["data-action"], node[1]["data-value"]
    for child in node[2]:
        yield from buttons(child)


def found(node: Node | str, **attributes: str) -> Iterator[Node]:
    if isinstance(node, str):
        return
    if all(node[1].get(name.replace("_", "-")) == value for name, value in attributes.items()):
        yield node
    for child in node[2]:
        yield from found(child, **attributes)


@pytest.mark.parametrize("shown", [AGENDA, DECISION, EVERY_BLOCK], ids=lambda shown: shown.title)
def test_both_sides_say_the_same_and_offer_the_same(shown: Card) -> None:
    drawn = mirror().message(shown)
    pressed = {side: {(action, value) for _, action, value in buttons(drawn[side])} for side in SIDES}
    assert pressed["slack"] == pressed["teams"]
    assert pressed["slack"] >= {(one.action, one.value) for one in shown.buttons if isinstance(one, Button)}
    for side in SIDES:
        assert shown.title in said(drawn[side])
        for block in shown.blocks:
            if isinstance(block, Paragraph | Note):
                assert " ".join(block.text.split()) in said(drawn[side]), side


def test_what_people_write_is_read_as_they_wrote_it() -> None:
    """Markup of both platforms, both directions of writing: nothing becomes markup on either side, and nothing is lost."""
    drawn = mirror().message(card("Odd", Paragraph(ODD), Note(ODD), Facts(((ODD, ODD),)), ItemList((Item(title=ODD),))))
    for side in SIDES:
        assert said(drawn[side]).replace("\u2028", "").count(" ".join(ODD.split())) == 5, side
        assert "<script" not in markup(drawn[side])


def test_a_chart_is_drawn_with_its_axes_its_legend_and_its_words() -> None:
    bars = Chart(title="Open risks", kind="bar", categories=("May", "June"), series=(("High", (3, 5)), ("Low", (1, 2))))
    pie = Chart(title="By theme", kind="pie", categories=("Threats", "Hygiene"), series=(("Risks", (3, 1)),))
    for side, drawn in mirror().message(card("Charts", bars, pie)).items():
        whole = markup(drawn)
        assert whole.count("<rect") == 4, side
        assert whole.count('class="arc') == 2, side
        for word in ("May", "June", "High", "Low", "Threats 3", "Hygiene 1"):
            assert word in said(drawn), (side, word)
        assert 'aria-label="Open risks: High 3, 5; Low 1, 2"' in whole, side


def test_a_table_has_a_head_and_a_heat_map_its_letters() -> None:
    cells = ((HeatCell("2", "critical", above=True), HeatCell("", "low")),)
    heat = HeatMap(
        title="Risks", down="likelihood", across="impact", rows=("high",), columns=("low", "high"), cells=cells
    )
    for side, drawn in mirror().message(card("T", Table(columns=("A", "B"), rows=(("1", "2"),)), heat)).items():
        assert len(list(found(drawn, scope="col"))) == 5, side
        assert "C 2 ▲" in said(drawn), side


def test_a_question_is_asked_where_the_platform_asks_it() -> None:
    close = Button(action="close", label="Close", value="7", confirm="Close it for good?", style="danger")
    drawn = mirror().message(card("T", buttons=[close]))
    assert "Close it for good?" in said(drawn["slack"])
    assert next(found(drawn["slack"], data_asks=""))[2] == ("Close",)
    toggled = next(one for one in _all(drawn["teams"]) if "data-toggles" in one[1])
    unfolded = next(found(drawn["teams"], data_id=toggled[1]["data-toggles"]))
    assert "hidden" in unfolded[1]
    assert list(buttons(unfolded)) == [("Close", "close", "7")]


def _all(node: Node | str) -> Iterator[Node]:
    if not isinstance(node, str):
        yield node
        for child in node[2]:
            yield from _all(child)


def test_who_is_notified_is_named_on_both_sides() -> None:
    shown = Card(title="T", notify=(CIO, CISO))
    for side, drawn in mirror().message(shown).items():
        assert all(name in said(drawn) for name in ("Sam Okafor", "Dana Reyes")), side


def test_only_the_web_is_opened() -> None:
    items = ItemList((Item(title="here", link="https://x.test/a"),))
    shown = card("T", items, buttons=[LinkButton(label="no", url="javascript:1")])
    for side, drawn in mirror().message(shown).items():
        assert [one[1].get("href") for one in _all(drawn) if "href" in one[1]] == ["https://x.test/a"], side


# ── forms ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("form", [SETUP, EVERY_FIELD], ids=lambda form: form.form_id)
def test_a_form_sent_as_it_opens_brings_back_what_stood_in_it(form: Form, side: str) -> None:
    opened = mirror().form(form, HERE)[side]
    filled = mirror().filled(side, opened[1]["data-back"], dict(_standing(opened)))
    assert (filled.form_id, dict(filled.context)) == (form.form_id, dict(form.context))
    stood = {one.name: "yes" if one.value is True else one.value or "" for one in form.fields}
    assert dict(filled.values) == stood


def _standing(form: Node) -> Iterator[tuple[str, Any]]:
    """What a browser would find in the controls."""
    for field in _all(form):
        if "data-key" not in field[1]:
            continue
        control = [one for one in _all(field) if one[0] in ("input", "textarea", "select")]
        yield field[1]["data-key"], _value(control)


def _value(controls: list[Node]) -> str | list[str]:
    tag, attributes, children = controls[0]
    kind = attributes.get("type")
    if tag == "textarea":
        return "".join(texts(controls[0]))
    if tag == "select":
        return next((str(one[1]["value"]) for one in children if "selected" in one[1]), "")  # type: ignore[index]
    if kind not in ("checkbox", "radio"):
        return attributes.get("value", "")
    chosen = [one[1]["value"] for one in controls if "checked" in one[1]]
    if "data-off" in attributes or kind == "radio":
        return chosen[0] if chosen else attributes.get("data-off", "")
    return chosen


@pytest.mark.parametrize("side", SIDES)
def test_every_kind_of_answer_comes_back_as_the_core_reads_it(side: str) -> None:
    form = Form(
        form_id="f",
        title="F",
        fields=(
            Text(name="text", label="Text", multiline=True, limit=7000),
            Date(name="date", label="Date"),
            Time(name="time", label="Time"),
            Number(name="number", label="Number"),
            Choice(name="one", label="One", options=(Option("a,b", "A"), Option("c%", "C"))),
            Choice(name="several", label="Several", several=True, options=(Option("a,b", "A"), Option("c%", "C"))),
            Person(name="person", label="Person"),
            Check(name="check", label="Check"),
        ),
    )
    answers: dict[str, Value] = {
        "text": "x" * 5000,
        "date": "2031-03-31",
        "time": "09:30",
        "number": "2.5",
        "one": "a,b",
        "several": ("a,b", "c%"),
        "person": f"{TENANT}/robin",
        "check": "yes",
    }
    opened = mirror().form(form, HERE, answers)[side]
    filled = mirror().filled(side, opened[1]["data-back"], dict(_standing(opened)))
    assert dict(filled.values) == answers


@pytest.mark.parametrize("side", SIDES)
def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_stays(side: str) -> None:
    typed = {"title": "VPN", "detail": "Line one\nline two", "likelihood": "3", "owner": CISO}
    drawn = mirror().form(EVERY_FIELD, HERE, typed, {"title": "Say it in a few words.", "": "Not yet."})[side]
    assert "Say it in a few words." in said(drawn)
    assert "Not yet." in said(drawn)
    standing = dict(_standing(drawn))
    back = mirror().filled(side, drawn[1]["data-back"], standing)
    assert {name: back.values[name] for name in typed} == typed


@pytest.mark.parametrize("side", SIDES)
def test_every_control_has_a_label_and_every_button_a_name(side: str) -> None:
    for drawn in (mirror().form(EVERY_FIELD, HERE)[side], mirror().message(EVERY_BLOCK)[side]):
        for one in _all(drawn):
            if one[0] == "button":
                assert "".join(texts(one)).strip() or one[1].get("aria-label")
        labelled = [inner for one in _all(drawn) if one[0] == "label" for inner in _all(one)]
        assert all(one in labelled for one in _all(drawn) if one[0] in ("input", "textarea", "select"))


# ── what is not known ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "block",
    [
        {"type": "video", "video_url": "https://x.test"},
        {"type": "section", "text": {"type": "plain_text", "text": "a"}, "colour": "red"},
        {"type": "section", "text": {"type": "markdown", "text": "a"}},
        {"type": "actions", "elements": [{"type": "datepicker", "action_id": "a"}]},
        {"type": "rich_text", "elements": [{"type": "rich_text_color", "elements": []}]},
        {"type": "data_visualization", "title": "T", "chart": {"type": "radar"}},
    ],
    ids=lambda block: block["type"],
)
def test_what_slack_is_sent_and_the_mirror_does_not_know_is_an_error(block: dict[str, Any]) -> None:
    with pytest.raises(Strange):
        block_kit.blocks([block], {})


@pytest.mark.parametrize(
    "element",
    [
        {"type": "Media", "sources": []},
        {"type": "TextBlock", "text": "a", "wrap": True, "colour": "red"},
        {"type": "TextBlock", "text": "cut"},
        {"type": "TextBlock", "text": "- a list", "wrap": True},
        {"type": "TextBlock", "text": "a `code`", "wrap": True},
        {"type": "ActionSet", "actions": [{"type": "Action.Http", "title": "a"}]},
        {"type": "Container", "items": [{"type": "Chart.Gauge", "title": "a", "data": []}]},
    ],
    ids=json.dumps,
)
def test_what_teams_is_sent_and_the_mirror_does_not_know_is_an_error(element: dict[str, Any]) -> None:
    with pytest.raises(Strange):
        adaptive.card({"type": "AdaptiveCard", "version": "1.5", "body": [element]}, {})


def test_a_room_shows_what_could_not_be_drawn_and_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(block_kit, "_BLOCKS", {})
    drawn = mirror().shown(card("T", Paragraph("a")))
    assert all("cannot draw this" in said(drawn[side]) for side in SIDES)


def test_the_markdown_of_teams_is_read_back() -> None:
    shown = el(
        "p",
        "",
        markdown.runs(r"**bold** and _it_ and 1\. \*no\* [a](https://x.test)" + "\n\nnext <at>Sam</at>", ["Sam"]),
    )
    assert said(shown) == "bold and it and 1. *no* a next Sam"
    assert [one[0] for one in _all(shown)][1:] == ["strong", "em", "a", "span"]
    with pytest.raises(Strange):
        markdown.runs("<at>Nobody</at>")


def test_no_sdk_is_loaded_for_it_and_nothing_of_it_at_the_start() -> None:
    ours = "adapters.playground.mirror.sides"
    program = (
        f"import sys, adapters.playground.app; early = {ours!r} in sys.modules\nimport {ours}\n"
        "print(early, {name.split('.')[0] for name in sys.modules} & {'slack_sdk', 'slack_bolt', 'botbuilder', 'botframework'})"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=30)
    assert done.stdout.split(maxsplit=1) == ["False", "set()\n"]
