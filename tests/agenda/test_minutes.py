"""Minutes as Markdown: whole, and exactly as it was typed, whatever was typed."""

from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from agenda.minutes import Entry, Minutes, escaped, how_long, markdown

READER = MarkdownIt("commonmark", {"html": True}).enable(["strikethrough", "table"])


def read(tokens: list[Token]) -> str:
    """What a reader sees of inline tokens."""
    words = {"softbreak": "\n", "hardbreak": "\n"}
    return "".join(words.get(token.type, token.content) for token in tokens)


def blocks(text: str) -> list[tuple[str, str]]:
    """Each heading, list item and paragraph, as a reader of Markdown sees it."""
    found, tokens = [], READER.parse(text)
    for before, token in pairwise(tokens):
        if token.type == "inline":
            found.append((before.tag, read(token.children or [])))
    return found


MINUTES = Minutes(
    title="Minutes of Tue 4 March, 09:30",
    name="Sam and Dana",
    took=how_long(27, 30),
    coming="Tue 18 March, 09:30.",
    groups=(
        (
            "Decisions",
            (
                Entry(
                    ref="D-1",
                    title="Switch the *old* VPN off",
                    detail="agreed by both",
                    text="Three findings:\n- no owner\n- no patches\n\nSee https://example.test/a_b?c=1&d=*2*.",
                ),
            ),
        ),
        ("Discussed", (Entry(title="# 1 priority", link="https://example.test/m/1"), Entry(title="2. the budget"))),
    ),
)


def test_the_whole_document():
    assert (
        markdown(MINUTES)
        == r"""# Minutes of Tue 4 March, 09:30

Sam and Dana · 27 of 30 minutes

## Decisions

- **D-1** Switch the \*old\* VPN off (agreed by both)

  Three findings:\
  \- no owner\
  \- no patches

  See <https://example.test/a_b?c=1&d=*2*>.

## Discussed

- \# 1 priority

  <https://example.test/m/1>

- 2\. the budget

Next: Tue 18 March, 09:30.
"""
    )


def test_a_reader_sees_what_was_typed():
    assert blocks(markdown(MINUTES)) == [
        ("h1", "Minutes of Tue 4 March, 09:30"),
        ("p", "Sam and Dana · 27 of 30 minutes"),
        ("h2", "Decisions"),
        ("p", "D-1 Switch the *old* VPN off (agreed by both)"),
        ("p", "Three findings:\n- no owner\n- no patches"),
        ("p", "See https://example.test/a_b?c=1&d=*2*."),
        ("h2", "Discussed"),
        ("p", "# 1 priority"),
        ("p", "https://example.test/m/1"),
        ("p", "2. the budget"),
        ("p", "Next: Tue 18 March, 09:30."),
    ]


PIECES = st.sampled_from([*"ab1 \\`*_[]<>&~|#+-=.)(!:/\"'", "https://a.b/_c_", "www.a.b", "a@b.c", "&lt;"])
TRICKY = st.lists(PIECES, min_size=1, max_size=30).map(lambda pieces: "".join(pieces).strip()).filter(bool)


@settings(max_examples=400, deadline=None)
@given(TRICKY)
@example("a #")  # Markdown lets a heading end like that, and takes the end for no part of it.
@example("# ## ##")
@example("#")
def test_whatever_was_typed_reads_as_it_was_typed(typed: str):
    text = markdown(Minutes(title=typed, name="x", took="", groups=(("Open", (Entry(title=typed, text=typed),)),)))
    title, _name, _heading, item, paragraph = blocks(text)
    assert title == ("h1", " ".join(typed.split(" ")))
    assert item == ("p", typed)
    assert paragraph == ("p", typed)


@pytest.mark.parametrize(
    "typed",
    ["---", "===", "    code", "```\nrm\n```", "~~~", "> quoted", "<b>bold</b>", "&copy;", "1) a", "| a |\n|---|"],
)
def test_nothing_typed_becomes_a_block_of_its_own(typed: str):
    text = markdown(Minutes(title="x", name="x", took="", groups=(("Open", (Entry(title="y", text=typed),)),)))
    assert blocks(text)[4:] == [("p", "\n".join(line.strip() for line in typed.splitlines()))]


def test_an_address_is_a_link_and_nothing_else_in_it_is_markup():
    (token,) = [t for t in READER.parse(escaped("see https://example.test/a_(b)_*c*")) if t.type == "inline"]
    links = [child.attrGet("href") for child in token.children or [] if child.type == "link_open"]
    assert links == ["https://example.test/a_(b)_*c*"]


def test_how_long_it_was():
    assert how_long(27, 30) == "27 of 30 minutes"
    assert how_long(42, 30) == "42 minutes, 12 more than planned"


def test_nothing_was_talked_about():
    assert "Nothing was on the agenda." in markdown(Minutes(title="x", name="y", took="", groups=()))
