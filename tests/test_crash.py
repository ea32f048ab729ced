"""The crash campaign, judged and run: that it would see a loss, and that a few kills leave none."""

from pathlib import Path

import pytest

from crash import campaign
from crash.campaign import Plan
from crash.verdict import Owed, Standing, judge


def owed(number: int, state: str = "sent", at: str | None = "a", **more: object) -> Owed:
    return Owed(id=number, state=state, message=at, revision=0, **more)  # type: ignore[arg-type]


def stands(delivery: int | None, at: str = "a", part: int = 0, parts: int = 1, text: str = "") -> Standing:
    return Standing(delivery=delivery, part=part, parts=parts, at=at, text=text)


def test_all_is_well():
    found = judge([owed(1)], [stands(1)], last_change={})
    assert (found.good, found.owed, found.sent) == (True, 1, 1)


@pytest.mark.parametrize(
    ("row", "messages"),
    [
        (owed(1), []),
        (owed(1), [stands(1, at="elsewhere")]),
        (owed(1), [stands(1, parts=2)]),
        (owed(1, "due", None), []),
        (owed(1, "dead", None, reason="incident"), []),
        (owed(1, "missed", None), [stands(1)]),
    ],
)
def test_a_loss_is_seen(row: Owed, messages: list[Standing]):
    found = judge([row], messages, last_change={})
    assert (found.lost, found.good) == ([1], False)


def test_a_second_sending_is_seen_also_of_one_part_and_of_what_is_unknown():
    twice = [stands(1), stands(1, at="b")]
    assert judge([owed(1)], twice, last_change={}).doubled == [1]
    assert judge([owed(1, "unknown", None)], twice, last_change={}).doubled == [1]
    parts = [stands(1, parts=2), stands(1, at="b", part=1, parts=2), stands(1, at="c", part=1, parts=2)]
    assert judge([owed(1)], parts, last_change={}).doubled == [1]


def test_what_is_out_of_date_or_nobodys_is_seen():
    found = judge(
        [owed(1)], [stands(1, text="change 1"), stands(None, at="b"), stands(7, at="c")], last_change={1: "change 2"}
    )
    assert (found.stale, found.unaccounted, found.good) == ([1], ["b", "c"], False)


def test_what_is_unknown_is_counted_by_what_became_of_it_in_truth():
    rows = [owed(number, "unknown", None) for number in (1, 2, 3)]
    found = judge(rows, [stands(1), stands(2, at="b", parts=2)], last_change={})
    assert (found.unknown, found.unknown_but_delivered, found.unknown_in_part, found.unknown_undelivered) == (
        3,
        1,
        1,
        1,
    )
    assert found.good


def test_a_few_kills_lose_nothing(tmp_path: Path):
    outcome = campaign.run(Plan(database="sqlite", replicas=1, kills=2, seed=1, lease=2.0), tmp_path)
    assert outcome.good, outcome
    assert outcome.verdict.sent >= 10
