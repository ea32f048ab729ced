"""What is asked of whom: planned once, shown by the message of its moment, put off, and forgotten."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest

from agenda.nudges import NudgeKind
from storage import nudges
from storage.nudges import Nudge
from tests.conftest import MONDAY
from tests.storage.firm import Firm, founded, meanwhile

ONE, NOON, TUESDAY = timedelta(hours=1), MONDAY + timedelta(hours=4), MONDAY + timedelta(days=1)


def asks(firm: Firm, once: str, slot: datetime = MONDAY, **changes: object) -> bool:
    values = {"person_id": firm.sam_id, "kind": NudgeKind.PROMPT, "subject_id": 1} | changes
    with firm.record() as record:
        return nudges.plan(record, once=once, slot=slot, **values)  # type: ignore[arg-type]


def shown(firm: Firm, after: datetime | None, until: datetime, person_id: int = 0) -> list[str]:
    """What one message asks."""
    with firm.record(writes=False) as record:
        return [one.once for one in nudges.between(record, person_id or firm.sam_id, after, until)]


def put_off(firm: Firm, once: str, until: datetime) -> None:
    with firm.record() as record:
        (one,) = [one for one in record.session.execute(nudges.select(Nudge)).scalars() if one.once == once]
        one.again_slot = until


def test_the_same_question_is_planned_once_and_keeps_its_moment(firm: Firm):
    assert [asks(firm, "a"), asks(firm, "a", TUESDAY), asks(firm, "b", TUESDAY)] == [True, False, True]
    with firm.record(writes=False) as record:
        assert [nudges.planned_for(record, once) for once in "abc"] == [MONDAY, TUESDAY, None]


def test_another_organization_asks_the_same_for_itself(firm: Firm):
    other = founded(firm.engine, "slack:T2")
    assert asks(firm, "a")
    assert asks(other, "a", TUESDAY)
    with other.record(writes=False) as record:
        assert nudges.planned_for(record, "a") == TUESDAY


def test_the_first_message_asks_all_that_fell_due_and_the_next_one_only_what_is_new(firm: Firm):
    asks(firm, "long ago", MONDAY - timedelta(days=30))
    asks(firm, "now")
    asks(firm, "later", NOON)
    assert shown(firm, None, MONDAY) == ["long ago", "now"]
    assert shown(firm, MONDAY, NOON) == ["later"]
    assert shown(firm, MONDAY - ONE, NOON) == ["now", "later"], "a message that never went out is made up for"
    assert shown(firm, NOON, TUESDAY) == []


def test_the_most_urgent_kind_stands_first_and_the_older_of_two(firm: Firm):
    for kind in (NudgeKind.DIGEST, NudgeKind.REMINDER, NudgeKind.KEY, NudgeKind.PROMISE, NudgeKind.PROMPT):
        asks(firm, f"{kind} 1", kind=kind)
    asks(firm, "key 2", kind=NudgeKind.KEY)
    assert shown(firm, None, MONDAY) == ["key 1", "key 2", "promise 1", "prompt 1", "reminder 1", "digest 1"]


def test_a_message_asks_one_person(firm: Firm):
    asks(firm, "of Sam")
    asks(firm, "of Dana", person_id=firm.dana_id)
    assert shown(firm, None, MONDAY) == ["of Sam"]
    assert shown(firm, None, MONDAY, firm.dana_id) == ["of Dana"]


def test_what_was_put_off_stands_in_both_messages(firm: Firm):
    """The first says until when it waits; the later one asks it again."""
    asks(firm, "a")
    put_off(firm, "a", TUESDAY)
    assert shown(firm, None, MONDAY) == ["a"]
    assert shown(firm, MONDAY, NOON) == []
    assert shown(firm, NOON, TUESDAY) == ["a"]
    assert shown(firm, TUESDAY, TUESDAY + ONE) == []


def test_who_is_asked_about_something(firm: Firm):
    asks(firm, "Sam", subject_id=7)
    asks(firm, "Dana", subject_id=7, person_id=firm.dana_id)
    asks(firm, "of another", subject_id=8)
    asks(firm, "of another kind", subject_id=7, kind=NudgeKind.KEY)
    with firm.record(writes=False) as record:
        assert sorted(one.once for one in nudges.about(record, NudgeKind.PROMPT, 7)) == ["Dana", "Sam"]


def test_what_somebody_was_asked_up_to_now_the_last_first(firm: Firm):
    for once, slot in (("first", MONDAY - ONE), ("last", MONDAY), ("first of the last", MONDAY), ("not yet", NOON)):
        asks(firm, once, slot)
    asks(firm, "of another kind", kind=NudgeKind.KEY)
    asks(firm, "of Dana", person_id=firm.dana_id)
    with firm.record(MONDAY, writes=False) as record:
        found = nudges.sent(record, NudgeKind.PROMPT, firm.sam_id)
        assert [one.once for one in found] == ["first of the last", "last", "first"]
        assert [one.once for one in nudges.sent(record, NudgeKind.PROMPT, firm.sam_id, limit=1)] == [
            "first of the last"
        ]


def test_what_is_forgotten_may_be_planned_again(firm: Firm):
    asks(firm, "a")
    asks(firm, "b")
    with firm.record() as record:
        nudges.forget(record, [one for one in nudges.about(record, NudgeKind.PROMPT, 1) if one.once == "a"])
        assert nudges.planned_for(record, "a") is None
    assert shown(firm, None, TUESDAY) == ["b"]
    assert asks(firm, "a", TUESDAY)


@pytest.mark.postgres
def test_two_replicas_that_plan_at_once_ask_once(shared: Firm, pool: ThreadPoolExecutor):
    with shared.record() as record:
        values = {"person_id": shared.sam_id, "kind": NudgeKind.PROMPT, "subject_id": 1}
        assert nudges.plan(record, once="a", slot=MONDAY, **values)  # type: ignore[arg-type]
        other = meanwhile(pool, shared.engine, lambda: asks(shared, "a", TUESDAY))
    assert other.result() is False
    assert shown(shared, None, TUESDAY) == ["a"]
