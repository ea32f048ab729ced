"""A promise: read from one line, urgent by its day, moved and settled by the table, and never after it is settled."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest

from agenda.actions import ActionFields, ActionState, day_text, promise_in, wrong_day
from agenda.errors import BadInput, NotNow
from tests.conftest import MONDAY

TODAY = MONDAY.date()


def promise(due_on: date = TODAY) -> ActionFields:
    return ActionFields(title="Renew the VPN contract", due_on=due_on, promised_at=MONDAY)


@pytest.mark.parametrize(
    ("said", "what", "day"),
    [
        ("renew the VPN contract by 14 Aug", "renew the VPN contract", date(2031, 8, 14)),
        ("renew the VPN contract, By friday.", "renew the VPN contract", date(2031, 3, 7)),
        ("stand by the vendor by 14-20 Aug", "stand by the vendor", date(2031, 8, 20)),
        (
            "renew it by tomorrow\nask for\nthree offers by post",
            "renew it\nask for\nthree offers by post",
            date(2031, 3, 4),
        ),
        ("get it signed by the board", "get it signed by the board", None),
        ("send it by 3/8", "send it by 3/8", None),
        ("renew the contract", "renew the contract", None),
        ("by friday", "by friday", None),
    ],
)
def test_the_day_stands_behind_the_last_by(said: str, what: str, day: date | None):
    assert promise_in(said, today=TODAY) == (what, day)


def test_a_day_that_was_understood_and_cannot_be_is_refused():
    with pytest.raises(BadInput, match="Sat 1 February"):
        promise_in("renew it by 1 Feb 2031", today=TODAY)
    with pytest.raises(BadInput, match="more than 5 years ahead"):
        promise_in("renew it by 1 Feb 2037", today=TODAY)


@pytest.mark.parametrize(
    ("day", "wrong"),
    [
        (TODAY - timedelta(days=1), "That day has passed."),
        (TODAY, ""),
        (date(2036, 12, 31), ""),
        (date(2037, 1, 1), "That is more than 5 years ahead."),
    ],
)
def test_days_for_which_something_can_be_promised(day: date, wrong: str):
    assert wrong_day(day, TODAY) == wrong


@pytest.mark.parametrize(
    ("days", "says"),
    [
        (-3, "3 days overdue"),
        (-1, "1 day overdue"),
        (0, "due today"),
        (1, "due tomorrow"),
        (2, "due Wed 5 March"),
        (366, "due Wed 3 March 2032"),
    ],
)
def test_how_urgent_it_is(days: int, says: str):
    assert promise(TODAY + timedelta(days=days)).urgency(TODAY) == says


def test_another_year_is_said():
    assert day_text(date(2031, 8, 14), TODAY) == "Thu 14 August"
    assert day_text(date(2032, 8, 14), TODAY) == "Sat 14 August 2032"


def test_a_move_is_counted():
    one = promise()
    for day in (4, 5, 6):
        one.move(date(2031, 3, day))
    assert (one.due_on, one.moves, one.state) == (date(2031, 3, 6), 3, ActionState.OPEN)


ACTS: dict[str, Callable[[ActionFields, datetime], None]] = {
    "keep": lambda one, now: one.keep(now),
    "move": lambda one, _now: one.move(date(2031, 4, 1)),
    "drop": lambda one, now: one.drop("not needed", now),
}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize(("settle", "state"), [("keep", ActionState.DONE), ("drop", ActionState.DROPPED)])
def test_what_is_settled_stays_as_it_is(settle: str, state: ActionState, act: str):
    one = promise()
    ACTS[settle](one, MONDAY)
    before = one.model_dump()
    with pytest.raises(NotNow, match=f"is {state.value} already"):
        ACTS[act](one, MONDAY + timedelta(days=1))
    assert one.model_dump() == before
    assert (one.state, one.settled_at) == (state, MONDAY)


def test_only_an_open_one_is_overdue():
    one = promise(TODAY - timedelta(days=1))
    assert one.is_overdue(TODAY)
    assert not one.is_overdue(TODAY - timedelta(days=1))
    one.keep(MONDAY)
    assert not one.is_overdue(TODAY)


def test_it_is_fresh_for_an_hour_while_it_is_open():
    one = promise()
    assert one.is_fresh(MONDAY + timedelta(minutes=59))
    assert not one.is_fresh(MONDAY + timedelta(hours=1))
    one.keep(MONDAY)
    assert not one.is_fresh(MONDAY)
