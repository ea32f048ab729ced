"""The operator's view of the outbox: every organization's, by condition; and what may be tried again or given up."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, select
from sqlmodel import col

from agenda.errors import NotFound, NotNow
from storage import audit, claims, deliveries, outbox_operator, places
from storage.deliveries import Delivery, DeliveryState, Owed
from storage.outbox_operator import Condition
from storage.people import Organization
from tests.conftest import MONDAY
from tests.storage.firm import Firm, founded

MINUTE = timedelta(minutes=1)
NOW = MONDAY + 10 * MINUTE


@pytest.fixture
def firm(engine: Engine) -> Firm:
    return founded(engine)


def key(firm: Firm, once: str) -> int:
    with firm.record(writes=False) as record:
        query = select(col(Delivery.id)).where(col(Delivery.once) == f"{firm.organization_id}:{once}")
        return int(record.session.execute(query).scalar_one())


def becomes(firm: Firm, once: str, state: DeliveryState, **how: object) -> int:
    """Posted, claimed, and settled like that."""
    firm.posts(once)
    (one,) = [claimed for claimed in firm.claims() if claimed.id == key(firm, once)]
    settled(firm, one, state, **how)
    return one.id


def settled(firm: Firm, one: Owed, state: DeliveryState, **how: object) -> None:
    claims.settle(firm.engine, one, state, now=MONDAY, **how)  # type: ignore[arg-type]


@pytest.fixture
def one_of_each(firm: Firm) -> dict[str, int]:
    """A delivery in every condition there is, ten minutes after Monday eight."""
    made = {
        "sent": becomes(firm, "sent", DeliveryState.SENT, message=f"{firm.home}/1"),
        "dead": becomes(firm, "dead", DeliveryState.DEAD, reason="is_archived"),
        "missed": becomes(firm, "missed", DeliveryState.MISSED, reason="too late"),
        "unknown": becomes(firm, "unknown", DeliveryState.UNKNOWN, reason="connection dropped"),
        "again": becomes(firm, "again", DeliveryState.DUE, again_at=NOW + MINUTE, reason="ratelimited"),
    }
    firm.posts("sending")
    firm.claims()
    firm.posts("late", due_at=NOW - 2 * MINUTE)
    firm.posts("due", due_at=NOW)
    firm.posts("planned", due_at=NOW + 60 * MINUTE)
    return made | {once: key(firm, once) for once in ("sending", "late", "due", "planned")}


def state(firm: Firm, number: int) -> Condition:
    return outbox_operator.look(firm.engine, number, now=NOW).condition


def events(firm: Firm) -> list[tuple[str, str, str]]:
    with firm.record(writes=False) as record:
        return [(one.actor, one.event, one.facts) for one in audit.events(record) if one.event != "record.changed"]


def test_every_condition_is_told_apart(firm: Firm, one_of_each: dict[str, int]):
    assert {once: state(firm, number).value for once, number in one_of_each.items()} == {o: o for o in one_of_each}
    counted = outbox_operator.counts(firm.engine, now=NOW)
    assert counted == {"slack": dict.fromkeys(Condition, 1)}


def test_the_most_urgent_come_first_and_what_went_well_not_at_all(firm: Firm, one_of_each: dict[str, int]):
    shown = outbox_operator.urgent(firm.engine, now=NOW, limit=20)
    assert [one.condition.value for one in shown] == ["late", "unknown", "dead", "due", "sending", "again"]
    assert outbox_operator.urgent(firm.engine, now=NOW, limit=2) == shown[:2]
    planned = outbox_operator.urgent(firm.engine, now=NOW, limit=20, which=[Condition.PLANNED])
    assert [one.id for one in planned] == [one_of_each["planned"]]
    assert outbox_operator.urgent(firm.engine, now=NOW, limit=20, platform="teams") == []


def test_what_waits_longest_is_first_and_of_the_dead_the_newest(firm: Firm):
    for minutes in (2, 4, 3):
        firm.posts(f"late {minutes}", due_at=NOW - minutes * MINUTE)
    shown = outbox_operator.urgent(firm.engine, now=NOW, limit=9)
    assert [one.due_at for one in shown] == [NOW - minutes * MINUTE for minutes in (4, 3, 2)]
    for one in firm.claims(NOW):
        settled(firm, one, DeliveryState.DEAD)
    shown = outbox_operator.urgent(firm.engine, now=NOW, limit=9)
    assert [one.due_at for one in shown] == [NOW - minutes * MINUTE for minutes in (2, 3, 4)]


def test_an_organization_whose_clock_runs_ahead_is_judged_by_it(engine: Engine):
    play = founded(engine, "play:local")
    play.posts("tomorrow", due_at=NOW + timedelta(days=1))
    assert state(play, key(play, "tomorrow")) is Condition.PLANNED
    with play.record() as record:
        organization = record.session.get(Organization, play.organization_id)
        assert organization is not None
        organization.ahead = 2 * 86_400
    assert state(play, key(play, "tomorrow")) is Condition.LATE


def test_where_it_goes_is_said_and_why_that_cannot_be_reached(firm: Firm):
    firm.posts("lost")
    with firm.record() as record:
        places.remember(record, firm.home, title="#home")
        places.lose(record, firm.home, "is_archived")
    line = outbox_operator.look(firm.engine, key(firm, "lost"), now=NOW)
    assert (line.title, line.unreachable_because) == ("#home", "is_archived")


@pytest.mark.parametrize("once", ["dead", "unknown", "again"])
def test_what_failed_is_due_again_and_the_log_says_who_did_it(firm: Firm, one_of_each: dict[str, int], once: str):
    outbox_operator.retry(firm.engine, one_of_each[once], now=NOW)
    assert state(firm, one_of_each[once]) is Condition.DUE
    assert one_of_each[once] in [one.id for one in firm.claims(NOW)]
    facts = f'{{"deliveries":[{one_of_each[once]}],"was":"{once}"}}'
    assert events(firm) == [("operator", "delivery.retried", facts)]


@pytest.mark.parametrize("once", ["sent", "missed", "sending", "planned", "due", "late"])
def test_what_needs_no_retry_is_left_and_it_says_why(firm: Firm, one_of_each: dict[str, int], once: str):
    before = outbox_operator.look(firm.engine, one_of_each[once], now=NOW)
    with pytest.raises(NotNow):
        outbox_operator.retry(firm.engine, one_of_each[once], now=NOW)
    assert outbox_operator.look(firm.engine, one_of_each[once], now=NOW) == before
    assert events(firm) == []


def test_all_of_a_kind_are_due_again_with_one_event_an_organization(engine: Engine):
    firms = [founded(engine, f"slack:T{number}") for number in range(2)]
    dead = [[becomes(firm, str(number), DeliveryState.DEAD) for number in range(2)] for firm in firms]
    unknown = becomes(firms[0], "unknown", DeliveryState.UNKNOWN)
    assert outbox_operator.retry_all(engine, Condition.DEAD, now=NOW, platform="teams") == 0
    assert outbox_operator.retry_all(engine, Condition.DEAD, now=NOW) == 4
    for firm, numbers in zip(firms, dead, strict=True):
        assert [state(firm, number) for number in numbers] == [Condition.DUE] * 2
        assert [event for _, event, _ in events(firm)] == ["delivery.retried"]
    assert state(firms[0], unknown) is Condition.UNKNOWN


@pytest.mark.parametrize("once", ["dead", "unknown", "again", "planned", "due", "late"])
def test_what_is_dropped_is_never_sent(firm: Firm, one_of_each: dict[str, int], once: str):
    outbox_operator.drop(firm.engine, one_of_each[once], now=NOW)
    line = outbox_operator.look(firm.engine, one_of_each[once], now=NOW)
    assert (line.condition, line.reason) == (Condition.MISSED, "dropped by the operator")
    assert one_of_each[once] not in [one.id for one in firm.claims(NOW + timedelta(days=9))]
    assert [event for _, event, _ in events(firm)] == ["delivery.dropped"]


@pytest.mark.parametrize("once", ["sent", "missed", "sending"])
def test_there_is_nothing_to_drop(firm: Firm, one_of_each: dict[str, int], once: str):
    with pytest.raises(NotNow):
        outbox_operator.drop(firm.engine, one_of_each[once], now=NOW)
    assert state(firm, one_of_each[once]).value == once


def test_dropping_a_redraw_leaves_what_stands_and_the_next_change_shows(firm: Firm):
    number = becomes(firm, "sent", DeliveryState.SENT, message=f"{firm.home}/1")
    changes(firm, MONDAY)
    outbox_operator.drop(firm.engine, number, now=NOW)
    assert state(firm, number) is Condition.SENT
    changes(firm, NOW)
    assert [one.id for one in firm.claims(NOW)] == [number]


def changes(firm: Firm, at: datetime) -> None:
    with firm.record(at) as record:
        deliveries.redraw(record, "agenda", subject_id=1)


@pytest.mark.parametrize("act", [outbox_operator.look, outbox_operator.retry, outbox_operator.drop])
def test_a_number_that_is_none(firm: Firm, act: Callable[..., object]):
    with pytest.raises(NotFound, match="no delivery 999"):
        act(firm.engine, 999, now=NOW)


def test_who_was_looking_for_it_changes_nothing_but_keeps_what_they_found(firm: Firm):
    """The operator retries while a server looks: a message that it finds is not sent again."""
    number = becomes(firm, "lost", DeliveryState.UNKNOWN, lease_until=MONDAY)
    (looking,) = claims.strayed(firm.engine, platform="slack", now=NOW, limit=9)
    outbox_operator.retry(firm.engine, number, now=NOW)
    assert claims.renew(firm.engine, looking, now=NOW) is None, "it may not send it any more"
    settled(firm, looking, DeliveryState.UNKNOWN)
    assert state(firm, number) is Condition.DUE
    settled(firm, looking, DeliveryState.SENT, message=f"{firm.home}/found")
    assert firm.claims(NOW) == []
