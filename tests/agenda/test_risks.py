"""How bad a risk is, in a word; and that it is closed once."""

from datetime import UTC, datetime, timedelta

import pytest

from agenda.errors import NotNow
from agenda.risks import RiskFields, RiskState, Step, Treatment, trend

NOW = datetime(2031, 3, 3, 8, 0, tzinfo=UTC)

# Likelihood down, impact across, each from 1 to 5.
RATINGS = """
low     low     low     low     low
low     low     medium  medium  medium
low     medium  medium  high    high
low     medium  high    high    critical
low     medium  high    critical critical
"""


def risk(likelihood: int = 3, impact: int = 3) -> RiskFields:
    return RiskFields(title="The old VPN", likelihood=likelihood, impact=impact, raised_at=NOW)


@pytest.mark.parametrize("impact", range(1, 6))
@pytest.mark.parametrize("likelihood", range(1, 6))
def test_the_matrix(likelihood: int, impact: int):
    matrix = [line.split() for line in RATINGS.split("\n") if line]
    assert risk(likelihood, impact).rating == matrix[likelihood - 1][impact - 1]
    assert risk(likelihood, impact).level == likelihood * impact


def test_closing_says_why_and_when():
    one = risk()
    one.close("Replaced.", NOW)
    assert (one.state, one.closed_because, one.closed_at) == (RiskState.CLOSED, "Replaced.", NOW)


def test_closing_twice_changes_nothing():
    one = risk()
    one.close("Replaced.", NOW)
    with pytest.raises(NotNow, match="closed already"):
        one.close("Again.", NOW)
    assert one.closed_because == "Replaced."


DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("steps", "says"),
    [
        ([(43, 9)], "unchanged for 43 days"),
        ([(0, 9)], "unchanged for less than a day"),
        ([(200, 4), (100, 9)], "unchanged for 100 days"),
        ([(43, 8), (10, 15)], "rose from 8 to 15 since 21 February"),
        ([(43, 8), (20, 12), (10, 15)], "rose from 8 to 15 since 11 February"),
        ([(43, 15), (10, 8)], "fell from 15 to 8 since 21 February"),
        ([(43, 8), (20, 12), (10, 8)], "back at 8 since 21 February"),
        ([(200, 4), (43, 8), (43, 8)], "rose from 4 to 8 since 19 January"),
        ([(5, 9), (5, 12)], "rose from 9 to 12 since 26 February"),
        ([(43, 6), (10, 6)], "unchanged for 43 days"),
    ],
)
def test_the_trend_in_words(steps: list[tuple[int, int]], says: str):
    kept = [Step(NOW - days * DAY, level) for days, level in steps]
    said = trend(kept, NOW, "UTC")
    assert said.replace("Fri ", "").replace("Tue ", "").replace("Sun ", "").replace("Wed ", "") == says


def test_the_path_is_as_long_as_it_is_known():
    assert risk(3, 5).path == ""
    one = risk(3, 5)
    one.target_likelihood, one.target_impact = 2, 3
    assert one.path == "now 15 → target 6"
    one.inherent_likelihood = one.inherent_impact = 5
    assert one.path == "inherent 25 → now 15 → target 6"


def test_it_is_overdue_by_its_treatment_or_its_review_until_it_is_closed():
    one, today = risk(), NOW.date()
    assert not one.is_overdue(today)
    for name in ("due_on", "review_on"):
        other = risk()
        setattr(other, name, today)
        assert not other.is_overdue(today)
        assert other.is_overdue(today + DAY)
        other.close("Done.", NOW)
        assert not other.is_overdue(today + DAY)


def test_accepted_until_a_day_and_open_again():
    one = risk()
    with pytest.raises(NotNow, match="not accepted"):
        one.reopen(NOW)
    one.accept(NOW.date())
    assert (one.state, one.accepted_until, one.treatment) == (RiskState.ACCEPTED, NOW.date(), Treatment.ACCEPT)
    one.reopen(NOW)
    assert (one.state, one.accepted_until, one.reopened_at) == (RiskState.OPEN, None, NOW)
    one.close("Replaced.", NOW)
    assert one.reopened_at is None
    with pytest.raises(NotNow, match="closed already"):
        one.accept(NOW.date())
