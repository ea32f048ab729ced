"""An acceptance on its own: what is signed, when it is warned of, and that it ends once."""

from datetime import UTC, date, datetime, timedelta

import pytest

from agenda.acceptances import AcceptanceFields, AcceptanceState, warnings_due, wrong_last_day
from agenda.errors import NotNow
from agenda.touchpoints import Seat

NOW = datetime(2031, 3, 3, 8, 0, tzinfo=UTC)
LAST = date(2031, 6, 5)


def acceptance(**changes: object) -> AcceptanceFields:
    text = {
        "risk_title": "The old VPN",
        "likelihood": 3,
        "impact": 4,
        "justification": "It is far.",
        "expires_on": LAST,
    }
    return AcceptanceFields(**(text | {"requested_at": NOW} | changes))


@pytest.mark.parametrize(
    "changes",
    [
        {"risk_title": "The new VPN"},
        {"likelihood": 4, "impact": 3},
        {"justification": "It is near."},
        {"expires_on": LAST + timedelta(days=1)},
    ],
)
def test_every_part_of_it_is_signed(changes: dict[str, object]):
    assert acceptance(**changes).text_hash != acceptance().text_hash


@pytest.mark.parametrize(("turned", "accepted"), [((), False), ((Seat.CIO,), False), (tuple(Seat), True)])
def test_it_takes_both_keys(turned: tuple[Seat, ...], accepted: bool):
    one = acceptance()
    assert one.accept_if(turned, NOW) is accepted
    assert (one.state is AcceptanceState.ACCEPTED) is accepted


@pytest.mark.parametrize("state", [AcceptanceState.EXPIRED, AcceptanceState.REVOKED, AcceptanceState.ENDED])
def test_what_has_ended_is_never_accepted_again(state: AcceptanceState):
    one = acceptance(state=AcceptanceState.ACCEPTED)
    one.end(state, NOW)
    assert not one.accept_if(tuple(Seat), NOW)
    with pytest.raises(NotNow, match=state.value):
        one.end(AcceptanceState.REVOKED, NOW)
    with pytest.raises(NotNow, match=state.value):
        one.refuse(AcceptanceState.REJECTED, "No.", NOW)


def test_its_last_day_belongs_to_it():
    one = acceptance(state=AcceptanceState.ACCEPTED)
    assert [one.has_passed(LAST + timedelta(days=days)) for days in (-1, 0, 1)] == [False, False, True]


def test_it_is_outgrown_by_a_higher_level_alone():
    one = acceptance(state=AcceptanceState.ACCEPTED)
    assert [one.is_outgrown(level) for level in (11, 12, 13)] == [False, False, True]


@pytest.mark.parametrize(
    ("left", "due"),
    [(40, []), (35, []), (34, [30]), (30, [30]), (12, [30]), (11, [30, 7]), (8, [30, 7]), (7, [7]), (6, [7]), (5, [7, 1]),
     (2, [7, 1]), (1, [1]), (0, [1]), (-1, [])],
)  # fmt: skip
def test_only_the_warning_that_is_due_and_the_one_that_comes_next(left: int, due: list[int]):
    assert warnings_due(LAST, LAST - timedelta(days=left)) == due


@pytest.mark.parametrize(("days", "wrong"), [(-1, True), (0, True), (1, False), (90, False), (91, True)])
def test_the_last_day_is_ahead_and_within_the_policy(days: int, wrong: bool):
    today = NOW.date()
    assert bool(wrong_last_day(today + timedelta(days=days), today, 90)) is wrong
