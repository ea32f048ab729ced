"""Two keys on an exact text, kept: which count, and that two who turn at once make it binding."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlmodel import col, select

from agenda.decisions import DecisionState
from agenda.touchpoints import Seat
from storage import decisions, keys
from storage.decisions import Decision
from storage.keys import SignOff
from storage.unit_of_work import Record
from tests.storage.firm import Firm, meanwhile


def theirs(record: Record, firm: Firm, number: int, *, for_update: bool = False) -> Decision:
    found = decisions.by_number(record, number, [firm.touchpoint_id], for_update=for_update)
    assert found is not None
    return found


def turns(firm: Firm, number: int, seat: Seat) -> bool:
    """Turns a key as the handler does; says whether it is agreed now."""
    with firm.record() as record:
        return turned(record, firm, number, seat)


def turned(record: Record, firm: Firm, number: int, seat: Seat) -> bool:
    decision = theirs(record, firm, number, for_update=True)
    keys.turn(record, decision, seat, firm.sam_id if seat is Seat.CIO else firm.dana_id)
    return decision.agree_if(set(keys.turned(record, decision)), record.now)


def counting(firm: Firm, number: int) -> set[Seat]:
    with firm.record(writes=False) as record:
        return set(keys.turned(record, theirs(record, firm, number)))


def test_the_second_key_makes_it_binding(firm: Firm):
    number = firm.decides("Switch the VPN off")
    assert (turns(firm, number, Seat.CIO), turns(firm, number, Seat.CISO)) == (False, True)
    with firm.record(writes=False) as record:
        assert theirs(record, firm, number).state is DecisionState.AGREED
        assert decisions.waiting(record, firm.touchpoint_id) == []


def test_one_key_turned_twice_is_one_key(firm: Firm):
    number = firm.decides("Switch the VPN off")
    assert not turns(firm, number, Seat.CIO)
    assert not turns(firm, number, Seat.CIO)
    with firm.record(writes=False) as record:
        assert len(list(record.session.exec(select(SignOff)))) == 1


def test_a_changed_text_voids_the_keys_and_keeps_them_as_history(firm: Firm):
    number = firm.decides("Switch the VPN off")
    turns(firm, number, Seat.CIO)
    firm.rewrites(number, title="Keep the VPN")
    assert counting(firm, number) == set()
    assert not turns(firm, number, Seat.CISO)
    with firm.record(writes=False) as record:
        kept = select(SignOff).where(col(SignOff.organization_id) == firm.organization_id)
        assert {one.seat for one in record.session.exec(kept)} == {Seat.CIO, Seat.CISO}


def test_a_text_that_was_changed_and_changed_back_needs_both_keys_anew(firm: Firm):
    """D2: every key is void with the change. Sam may have agreed to the change since, and never said yes to this again."""
    number = firm.decides("Switch the VPN off")
    turns(firm, number, Seat.CIO)
    firm.rewrites(number, title="Keep the VPN")
    firm.rewrites(number, title="Switch the VPN off")
    assert counting(firm, number) == set()


@pytest.mark.postgres
def test_two_who_turn_their_keys_at_once_make_it_binding(shared: Firm, pool: ThreadPoolExecutor):
    number = shared.decides("Switch the VPN off")
    with shared.record() as record:
        assert not turned(record, shared, number, Seat.CIO)
        other = meanwhile(pool, shared.engine, lambda: turns(shared, number, Seat.CISO))
    assert other.result() is True


@pytest.mark.postgres
def test_a_key_is_turned_on_the_text_that_a_simultaneous_edit_left(shared: Firm, pool: ThreadPoolExecutor):
    number = shared.decides("Switch the VPN off")
    turns(shared, number, Seat.CISO)
    with shared.record() as record:
        decision = theirs(record, shared, number, for_update=True)
        decision.title = "Keep the VPN"
        record.session.flush()
        other = meanwhile(pool, shared.engine, lambda: turns(shared, number, Seat.CIO))
    assert other.result() is False


def test_listed_newest_first_by_state_and_page(firm: Firm):
    numbers = [firm.decides(f"Decision {n}") for n in range(4)]
    turns(firm, numbers[1], Seat.CIO)
    turns(firm, numbers[1], Seat.CISO)
    scope = [firm.touchpoint_id]
    with firm.record(writes=False) as record:
        assert [one.number for one in decisions.listed(record, scope, limit=9)] == numbers[::-1]
        assert [one.number for one in decisions.listed(record, scope, limit=2, offset=1)] == [3, 2]
        agreed = decisions.listed(record, scope, limit=9, state=DecisionState.AGREED)
        assert [one.ref for one in agreed] == ["D-2"]
        assert [one.number for one in decisions.waiting(record, firm.touchpoint_id)] == [1, 3, 4]
        assert (decisions.count(record, scope), decisions.count(record, [])) == (4, 0)
