"""What was typed becomes a title and a detail, and nothing of it is lost."""

from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from agenda.errors import BadInput
from agenda.items import TEXT_LIMIT, TITLE_LIMIT, ItemFields, Outcome, title_and_detail
from agenda.themes import Theme


def squeezed(text: str) -> str:
    """Without white space: it is what may be trimmed where a text is cut."""
    return "".join(text.split())


def test_a_line_is_a_title():
    assert title_and_detail("  The old VPN \n") == ("The old VPN", "")


def test_what_stands_below_the_first_line_is_the_detail():
    assert title_and_detail("The old VPN\r\n\r\nThree findings.\nNo owner.") == (
        "The old VPN",
        "Three findings.\nNo owner.",
    )


def test_a_long_line_is_cut_between_words_and_says_so_on_both_sides():
    title, detail = title_and_detail("word " * 60)
    assert len(title) <= TITLE_LIMIT
    assert title.endswith("word…")
    assert detail.startswith("…word")


def test_a_line_without_a_space_is_cut_hard():
    title, detail = title_and_detail("x" * 500)
    assert (title, detail) == ("x" * 199 + "…", "…" + "x" * 301)


def test_exactly_the_limit_is_a_title():
    assert title_and_detail("x" * TITLE_LIMIT) == ("x" * TITLE_LIMIT, "")
    assert len(title_and_detail("x" * (TITLE_LIMIT + 1))[0]) == TITLE_LIMIT


@pytest.mark.parametrize("nothing", ["", "   ", "\n\t\r\n"])
def test_no_text(nothing: str):
    with pytest.raises(BadInput, match="There is no point"):
        title_and_detail(nothing, "point")


def test_the_longest_text_is_kept_and_one_character_more_is_refused():
    title, detail = title_and_detail("x" * TEXT_LIMIT)
    assert title[:-1] + detail[1:] == "x" * TEXT_LIMIT
    with pytest.raises(BadInput, match="That is 40,001 characters; at most 40,000"):
        title_and_detail("x" * (TEXT_LIMIT + 1))


typed = st.text(alphabet=st.sampled_from("ab é\u00a0\u2028\n\r\t😀…"), max_size=500).filter(str.strip)


@given(typed)
@example("a" * 195 + " " * 20 + "\nrest")
@example("a" * 205 + "\n" + "b" * 205)
def test_whatever_is_typed_every_character_is_kept(text: str):
    title, detail = title_and_detail(text)
    assert 0 < len(title) <= TITLE_LIMIT
    if title.endswith("…") and detail.startswith("…") and squeezed(title + detail) != squeezed(text):
        title, detail = title[:-1], detail[1:]
    assert squeezed(title + detail) == squeezed(text)


def test_what_is_open_or_deferred_comes_back():
    item = ItemFields(title="VPN", theme=Theme.THREATS, raised_at=datetime(2031, 3, 3, tzinfo=UTC))
    came_back = {}
    for outcome in Outcome:
        item.outcome = outcome
        came_back[outcome.value] = item.carried_over
    assert came_back == {
        "open": True,
        "discussed": False,
        "deferred": True,
        "dropped": False,
        "escalated": False,
    }
