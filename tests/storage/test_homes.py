"""Homes in the outbox: one place each, due when something changed, and what looks as before is known."""

from datetime import timedelta

import pytest

from storage import claims, homes
from storage.deliveries import LEASE, DeliveryState, Owed
from tests.conftest import MONDAY
from tests.storage.firm import Firm
from tests.storage.test_deliveries import SECOND, row, strayed

A_DAY = timedelta(days=1)
ACCOUNT = "slack:T1/Sam"
PLACE = f"{ACCOUNT}/home"
ONCE = f"home:{ACCOUNT}"


def opens(firm: Firm, at: timedelta = timedelta(0), surface: str = PLACE) -> None:
    with firm.record(MONDAY + at) as record:
        until = record.now + A_DAY
        homes.stand(record, account=ACCOUNT, person_id=firm.sam_id, surface=surface, until=until)


def shows(firm: Firm, one: Owed, mark: str = "a card", became: DeliveryState = DeliveryState.SENT) -> None:
    shown = mark if became is DeliveryState.SENT else ""
    claims.settle_all(firm.engine, [claims.Outcome(delivery=one, state=became, now=MONDAY, shown=shown)])


@pytest.fixture
def standing(firm: Firm) -> Firm:
    """Opened and drawn."""
    opens(firm)
    (one,) = firm.claims()
    shows(firm, one)
    return firm


def due(firm: Firm, at: timedelta) -> list[Owed]:
    return firm.claims(MONDAY + at)


def test_it_is_made_where_it_stands(firm: Firm) -> None:
    opens(firm)
    (one,) = firm.claims()
    assert (one.message, one.conversation, one.person_id, one.shown) == (PLACE, ACCOUNT, firm.sam_id, "")


def test_opened_again_it_is_the_same_row_and_is_drawn_whatever_it_showed(standing: Firm) -> None:
    opens(standing, SECOND)
    (one,) = due(standing, SECOND)
    assert (one.message, one.shown) == (PLACE, "")


def test_what_it_showed_is_known_when_it_is_drawn_anew(standing: Firm) -> None:
    standing.sync()
    (one,) = due(standing, homes.A_MOMENT)
    assert one.shown == "a card"


@pytest.mark.parametrize("became", [DeliveryState.DUE, DeliveryState.UNKNOWN, DeliveryState.DEAD])
def test_after_what_broke_off_nobody_knows_what_stands_there(standing: Firm, became: DeliveryState) -> None:
    standing.sync()
    (one,) = due(standing, homes.A_MOMENT)
    shows(standing, one, became=became)
    found = row(standing, ONCE)
    assert found
    assert found.shown == ""


def test_nor_after_a_replica_died(standing: Firm) -> None:
    standing.sync()
    due(standing, homes.A_MOMENT)
    (lost,) = strayed(standing, homes.A_MOMENT + LEASE)
    assert lost.shown == ""


def test_a_change_makes_it_due_a_moment_later_and_at_once_for_whoever_changed_it(standing: Firm) -> None:
    standing.sync()
    assert due(standing, timedelta(0)) == []
    (one,) = due(standing, homes.A_MOMENT)
    shows(standing, one)
    with standing.record(actor=f"person/{standing.sam_id}") as record:
        homes.outdate(record)
    assert len(due(standing, timedelta(0))) == 1


def test_one_that_is_on_its_way_is_drawn_once_more(standing: Firm) -> None:
    standing.sync()
    (one,) = due(standing, homes.A_MOMENT)
    standing.sync()
    shows(standing, one)
    assert len(due(standing, homes.A_MOMENT)) == 1


def test_what_leaves_no_seal_makes_nothing_due(standing: Firm) -> None:
    standing.posts("another", due_at=MONDAY + A_DAY)
    assert due(standing, homes.A_MOMENT) == []


def test_after_its_time_it_is_left_alone(standing: Firm) -> None:
    with standing.record(MONDAY + A_DAY) as record:
        homes.outdate(record)
    assert due(standing, A_DAY + homes.A_MOMENT) == []


def test_one_that_could_not_be_drawn_is_drawn_when_it_is_opened_again(firm: Firm) -> None:
    opens(firm)
    (one,) = firm.claims()
    shows(firm, one, became=DeliveryState.DEAD)
    opens(firm, SECOND)
    assert len(due(firm, SECOND)) == 1


def test_of_two_messages_the_newer_one_is_home(firm: Firm) -> None:
    for number, until in (("1", MONDAY + A_DAY), ("2", MONDAY + A_DAY)):
        with firm.record() as record:
            homes.offer(record, account=ACCOUNT, person_id=firm.sam_id, once=number, until=until)
    assert [bool(one.detail) for one in firm.claims()] == [False, True]
