"""How bad a risk is, in a word; and that it is closed once."""

from datetime import UTC, datetime

import pytest

from agenda.errors import NotNow
from agenda.risks import SCALE, RiskFields, RiskState

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


@pytest.mark.parametrize("impact", SCALE)
@pytest.mark.parametrize("likelihood", SCALE)
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
