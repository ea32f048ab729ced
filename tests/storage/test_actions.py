"""Promises in the record: who may see which, in which order, by which words, and what happened to each."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest

from agenda.actions import ActionAct, ActionState
from agenda.errors import NotNow
from storage import actions, merging, people, rows
from storage.actions import ActionChange, ActionItem, Wanted
from storage.people import Person
from storage.syncs import Sync
from tests.conftest import MONDAY
from tests.storage.firm import Firm

FRIDAY = date(2031, 3, 7)


def promised(firm: Firm, title: str, *, due_on: date = FRIDAY, touchpoint_id: int = 0, **others: object) -> int:
    """Records a promise, of Sam unless it is said otherwise; returns its number."""
    with firm.record() as record:
        one = ActionItem(
            organization_id=firm.organization_id,
            touchpoint_id=touchpoint_id or firm.touchpoint_id,
            promised_by_id=firm.sam_id,
            title=title,
            due_on=due_on,
            promised_at=MONDAY,
            **({"owner_id": firm.sam_id} | others),
        )
        return actions.add(record, one).number


def settled(firm: Firm, number: int, days: int) -> None:
    with firm.record() as record:
        one = actions.by_number(record, number, [firm.touchpoint_id], for_update=True)
        assert one is not None
        one.keep(MONDAY + timedelta(days=days))


def listed(firm: Firm, **wanted: object) -> list[str]:
    with firm.record() as record:
        narrowed = Wanted(**({"touchpoint_ids": [firm.touchpoint_id]} | wanted))  # type: ignore[arg-type]
        found = actions.listed(record, narrowed)
        assert actions.count(record, narrowed) == len(found)
        return [one.title for one in found]


def test_the_most_urgent_stands_first_and_the_older_of_two(firm: Firm):
    promised(firm, "later", due_on=FRIDAY + timedelta(days=1))
    promised(firm, "first of two")
    promised(firm, "second of two")
    assert listed(firm) == ["first of two", "second of two", "later"]


def test_what_was_settled_last_stands_first(firm: Firm):
    for title, days in (("one", 2), ("two", 3), ("three", 1)):
        settled(firm, promised(firm, title), days)
    promised(firm, "open")
    assert listed(firm, state=ActionState.DONE) == ["two", "one", "three"]
    assert listed(firm) == ["open"]


def test_a_list_comes_in_pages(firm: Firm):
    for number in range(5):
        promised(firm, str(number))
    with firm.record() as record:
        wanted = Wanted(touchpoint_ids=[firm.touchpoint_id])
        pages = [[one.title for one in actions.listed(record, wanted, limit=2, offset=n)] for n in (0, 2, 4)]
    assert pages == [["0", "1"], ["2", "3"], ["4"]]


def test_somebody_sees_their_own_of_another_touchpoint_and_nothing_else_there(firm: Firm):
    elsewhere = firm.touchpoint(f"{firm.tenant}/C-board")
    promised(firm, "here")
    mine = promised(firm, "mine elsewhere", touchpoint_id=elsewhere, owner_id=firm.dana_id)
    others = promised(firm, "not mine", touchpoint_id=elsewhere)
    assert listed(firm) == ["here"]
    assert listed(firm, also_of=firm.dana_id) == ["here", "mine elsewhere"]
    assert listed(firm, touchpoint_ids=[], also_of=firm.dana_id) == ["mine elsewhere"]
    assert listed(firm, touchpoint_ids=[], also_of=firm.dana_id, words="mine") == ["mine elsewhere"]
    with firm.record() as record:
        assert actions.by_number(record, mine, [], also_of=firm.dana_id)
        assert not actions.by_number(record, others, [], also_of=firm.dana_id)
        assert not actions.by_number(record, mine, [firm.touchpoint_id])


def test_it_is_found_by_its_words_its_theme_and_its_owner(firm: Firm):
    promised(firm, "Renew the VPN contract", detail="three offers")
    promised(firm, "Ask the board", owner_id=firm.dana_id)
    assert listed(firm, words="vpn offer") == ["Renew the VPN contract"]
    assert listed(firm, words="dana") == ["Ask the board"]
    assert listed(firm, words="p 1 operat") == ["Renew the VPN contract"]
    assert listed(firm, words="vpn board") == []


def test_it_is_found_by_its_present_words_alone(firm: Firm):
    number = promised(firm, "Renew the VPN contract")
    with firm.record() as record:
        one = actions.by_number(record, number, [firm.touchpoint_id], for_update=True)
        assert one is not None
        one.title, one.owner_id = "Cancel it", firm.dana_id
        record.session.flush()
        actions.index(record, one)
    assert listed(firm, words="vpn") == []
    assert listed(firm, words="cancel dana") == ["Cancel it"]


def test_one_persons_what_is_overdue_and_what_one_sync_gave(firm: Firm):
    moments = dict.fromkeys(("prompts_at", "reminds_at", "publishes_at", "starts_at"), MONDAY)
    with firm.record() as record:
        sync = Sync(organization_id=firm.organization_id, touchpoint_id=firm.touchpoint_id, **moments)
        sync_id = rows.add(record, sync).key
    promised(firm, "Sam's", sync_id=sync_id)
    promised(firm, "Dana's", owner_id=firm.dana_id, due_on=FRIDAY - timedelta(days=1))
    with firm.record() as record:
        scope = [firm.touchpoint_id]
        for asked, title in (
            ({"owner_id": firm.sam_id}, "Sam's"),
            ({"due_before": FRIDAY}, "Dana's"),
            ({"sync_id": sync_id}, "Sam's"),
        ):
            assert [one.title for one in actions.open_ones(record, scope, **asked)] == [title]  # type: ignore[arg-type]
    settled(firm, 1, 1)
    with firm.record() as record:
        assert [one.title for one in actions.of_sync(record, sync_id)] == ["Sam's"]
        assert not actions.open_ones(record, scope, sync_id=sync_id)


def test_its_history_is_kept_in_order(firm: Firm):
    number, other = promised(firm, "Renew it"), promised(firm, "Another")
    with firm.record() as record:
        for one, because in ((number, "the vendor is late"), (other, "of another"), (number, "again")):
            action = actions.by_number(record, one, [firm.touchpoint_id])
            assert action is not None
            change = ActionChange(
                organization_id=firm.organization_id,
                action_id=action.key,
                person_id=firm.sam_id,
                at=MONDAY,
                what=ActionAct.MOVED,
                because=because,
                from_day=FRIDAY,
                to_day=FRIDAY + timedelta(days=3),
            )
            rows.add(record, change)
    with firm.record() as record:
        action = actions.by_number(record, number, [firm.touchpoint_id])
        assert action is not None
        kept = actions.changes(record, action)
        assert [one.because for one in kept] == ["the vendor is late", "again"]
        assert (kept[0].what, kept[0].from_day, kept[0].from_owner_id) == (ActionAct.MOVED, FRIDAY, None)


def test_who_turns_out_to_be_somebody_else_keeps_their_promises(firm: Firm):
    number = promised(firm, "Renew it", owner_id=firm.dana_id)
    with firm.record() as record:
        again = people.meet(record, f"{firm.tenant}/Dana2", name="Dana")
        merging.merge(record, gone=rows.get(record, Person, firm.dana_id), into=again)
        one = actions.by_number(record, number, [], also_of=again.key)
        assert one is not None
        assert one.owner_id == again.key


@pytest.mark.postgres
def test_of_two_who_settle_it_at_once_one_does(shared: Firm, pool: ThreadPoolExecutor):
    number = promised(shared, "Renew it")

    def keep(_: int) -> bool:
        with shared.record() as record:
            one = actions.by_number(record, number, [shared.touchpoint_id], for_update=True)
            assert one is not None
            try:
                one.keep(MONDAY)
            except NotNow:
                return False
            return True

    assert sorted(pool.map(keep, range(8))) == [False] * 7 + [True]
