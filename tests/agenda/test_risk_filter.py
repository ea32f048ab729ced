"""What is typed behind `risk list`, as a filter."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agenda.errors import BadInput
from agenda.risk_filter import RiskFilter, filter_in
from agenda.risks import RiskState
from agenda.themes import Theme

ACCEPTED, CLOSED = (RiskState.ACCEPTED,), (RiskState.CLOSED,)


@pytest.mark.parametrize(
    ("typed", "means"),
    [
        ("", RiskFilter()),
        ("owner:dana", RiskFilter(owner="dana")),
        ("owner:ME", RiskFilter(owner="me")),
        ("owner:“Dana Reyes” vpn", RiskFilter(owner="Dana Reyes", words="vpn")),
        ("Theme:Hygiene", RiskFilter(theme=Theme.HYGIENE)),
        ("above", RiskFilter(above=True)),
        ("above appetite", RiskFilter(above=True)),
        ("above the appetite overdue", RiskFilter(above=True, overdue=True)),
        ("expiring", RiskFilter(expiring=True, states=ACCEPTED)),
        ("accepted closed", RiskFilter(states=(RiskState.ACCEPTED, RiskState.CLOSED))),
        ("closed old vpn", RiskFilter(states=CLOSED, words="old vpn")),
        ("https://example.test 12:30", RiskFilter(words="https://example.test 12:30")),
        ("appetite", RiskFilter(words="appetite")),
    ],
)
def test_what_is_meant(typed: str, means: RiskFilter):
    assert filter_in(typed) == means


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("ownr:dana", "Did you mean “owner:”?"),
        ("overdu:yes", "Did you mean “overdue”?"),
        ("theme:hygeine", "Did you mean “theme:hygiene”?"),
        ("theme:", "It can be threats,"),
        ("owner:", "There is no name behind “owner:”."),
        ("zzz:1", "There are owner:, theme:, above"),
        ("x" * 301, "at most 300 can be read"),
    ],
)
def test_what_it_does_not_know(typed: str, says: str):
    with pytest.raises(BadInput) as wrong:
        filter_in(typed)
    assert says in str(wrong.value)


@given(st.text(max_size=80))
def test_anything_is_read_or_refused_in_words(typed: str):
    with suppress(BadInput):
        assert filter_in(typed).title("Sam")
