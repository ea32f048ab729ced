"""The outbox: owed once, claimed by one, shown as it is now, and never resent blindly."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event, select
from sqlmodel import col

from storage import claims, deliveries
from storage.deliveries import LEASE, Delivery, DeliveryState, Outcome, Owed
from storage.unit_of_work import transaction
from tests.conftest import MONDAY, fresh_sqlite
from tests.storage.firm import Firm, founded

SECOND = timedelta(seconds=1)
MESSAGE = "slack:T1/C-home/1"


def row(firm: Firm, once: str = "hello") -> Delivery | None:
    key = f"{firm.organization_id}:{once}"
    with transaction(firm.engine, writes=False) as session:
        return session.execute(select(Delivery).where(col(Delivery.once) == key)).scalar_one_or_none()


def state(firm: Firm, once: str = "hello") -> str | None:
    found = row(firm, once)
    return found.state.value if found else None


def settles(firm: Firm, one: Owed, became: DeliveryState = DeliveryState.SENT, message: str | None = MESSAGE) -> None:
    sent = message if became is DeliveryState.SENT else None
    claims.settle(firm.engine, one, became, now=MONDAY, message=sent)


def redraws(firm: Firm, *, kind: str = "agenda", subject_id: int = 1, after: timedelta = SECOND) -> None:
    with firm.record(MONDAY + after) as record:
        deliveries.redraw(record, kind, subject_id=subject_id)


def sent(firm: Firm, once: str = "hello", message: str = MESSAGE, **changes: object) -> Owed:
    """One that stands already."""
    firm.posts(once, **changes)  # type: ignore[arg-type]
    (one,) = firm.claims()
    settles(firm, one, message=message)
    return one


def strayed(firm: Firm, after: timedelta = LEASE) -> list[Owed]:
    return claims.strayed(firm.engine, platform="slack", now=MONDAY + after, limit=50)


# Owed and claimed.


def test_posted_twice_is_owed_once_and_the_first_stands(firm: Firm):
    firm.posts(detail="first")
    firm.posts(detail="second")
    assert [one.detail for one in firm.claims()] == ["first"]


def test_what_was_sent_is_not_owed_again_by_posting_it_again(firm: Firm):
    sent(firm)
    firm.posts()
    assert (firm.claims(), state(firm)) == ([], "sent")


def test_posting_says_that_somebody_should_look(firm: Firm):
    with firm.record() as record:
        assert not record.posted
        deliveries.post(record, once="hello", conversation=firm.home, kind="agenda", subject_id=1)
        assert record.posted


def test_a_claimed_one_is_as_it_was_posted(firm: Firm):
    firm.posts(kind="prompt", subject_id=7, detail="why", person_id=firm.sam_id, conversation="slack:T1/Sam")
    (one,) = firm.claims()
    assert (one.kind, one.subject_id, one.detail, one.person_id) == ("prompt", 7, "why", firm.sam_id)
    assert (one.conversation, one.message, one.attempts, one.due_at) == ("slack:T1/Sam", None, 1, MONDAY)


def test_nobody_else_gets_a_claimed_one_not_even_when_its_lease_is_over(firm: Firm):
    firm.posts()
    assert len(firm.claims()) == 1
    assert firm.claims() == firm.claims(MONDAY + LEASE * 2) == []


def test_only_what_is_due_and_the_longest_due_first(firm: Firm):
    for once, minutes in (("later", 1), ("now", 0), ("long ago", -5)):
        firm.posts(once, detail=once, due_at=MONDAY + timedelta(minutes=minutes))
    assert [one.detail for one in firm.claims()] == ["long ago", "now"]
    assert [one.detail for one in firm.claims(MONDAY + timedelta(minutes=1))] == ["later"]


def test_no_more_than_was_asked_for(firm: Firm):
    for number in range(5):
        firm.posts(str(number), detail=str(number))
    assert [one.detail for one in firm.claims(limit=2)] == ["0", "1"]
    assert [one.detail for one in firm.claims(limit=9)] == ["2", "3", "4"]


def test_busy_conversations_are_passed_over(firm: Firm):
    for place in ("a", "b", "c"):
        firm.posts(place, conversation=f"slack:T1/{place}")
    got = [one.conversation for one in firm.claims(busy=("slack:T1/a", "slack:T1/c"), limit=1)]
    assert got == ["slack:T1/b"]
    assert len(firm.claims()) == 2


def test_each_platform_claims_its_own(firm: Firm):
    firm.posts("on slack")
    firm.posts("on teams", conversation="teams:x/19:abc@thread.tacv2")
    assert [one.conversation for one in firm.claims()] == [firm.home]
    theirs = claims.claim(firm.engine, platform="teams", now=MONDAY, limit=9)
    assert [one.conversation for one in theirs] == ["teams:x/19:abc@thread.tacv2"]


@pytest.mark.postgres
def test_two_claimers_never_get_the_same_one(shared: Firm, pool: ThreadPoolExecutor):
    for number in range(60):
        shared.posts(str(number))
    got = list(pool.map(lambda _: shared.claims(limit=7), range(16)))
    ids = [one.id for claimed in got for one in claimed]
    assert len(ids) == len(set(ids))
    ids += [one.id for one in shared.claims(limit=100)]
    assert len(ids) == len(set(ids)) == 60


@pytest.mark.postgres
def test_a_claimer_does_not_wait_for_another(shared: Firm):
    shared.posts("held")
    shared.posts("free")
    with shared.record() as record:
        held = select(Delivery).where(col(Delivery.once) == f"{shared.organization_id}:held").with_for_update()
        record.session.execute(held).one()
        assert [one.id for one in shared.claims()] == [getattr(row(shared, "free"), "id", None)]


# Settled, and drawn again.


def test_sent_is_at_its_message(firm: Firm):
    one = sent(firm)
    assert (state(firm), firm.claims()) == ("sent", [])
    with firm.record(writes=False) as record:
        found = deliveries.at_message(record, MESSAGE)
        assert found is not None
        assert (found.id, found.sent_at, found.lease_until) == (one.id, MONDAY, None)
        assert deliveries.at_message(record, "slack:T1/C-home/2") is None


def test_later_is_due_again_then_and_not_before(firm: Firm):
    firm.posts()
    (one,) = firm.claims()
    again_at = MONDAY + timedelta(seconds=30)
    claims.settle(firm.engine, one, DeliveryState.DUE, now=MONDAY, again_at=again_at, reason="the platform is busy")
    assert firm.claims(again_at - SECOND) == []
    (again,) = firm.claims(again_at)
    assert (again.id, again.attempts) == (one.id, 2)


def test_what_only_waits_for_working_hours_was_not_tried_and_can_be_withdrawn(firm: Firm):
    firm.posts()
    (one,) = firm.claims()
    claims.settle(firm.engine, one, DeliveryState.DUE, now=MONDAY, again_at=MONDAY + timedelta(hours=9))
    withdraws(firm)
    assert state(firm) is None


@pytest.mark.parametrize("final", [DeliveryState.DEAD, DeliveryState.MISSED])
def test_what_is_over_is_over_and_keeps_why(firm: Firm, final: DeliveryState):
    firm.posts()
    (one,) = firm.claims()
    claims.settle(firm.engine, one, final, now=MONDAY, reason="because " * 100)
    found = row(firm)
    assert found is not None
    assert found.reason.startswith("because because")
    redraws(firm)
    assert firm.claims(MONDAY + LEASE * 10) == strayed(firm, LEASE * 10) == []


def test_a_change_is_drawn_where_the_message_stands(firm: Firm):
    one = sent(firm)
    redraws(firm)
    (again,) = firm.claims(MONDAY + SECOND)
    assert (again.id, again.message, again.attempts) == (one.id, MESSAGE, 1)
    settles(firm, again, message=None)
    with firm.record(writes=False) as record:
        assert deliveries.at_message(record, MESSAGE), "its address is kept"


def test_ten_changes_are_one_redraw(firm: Firm):
    sent(firm)
    for _ in range(10):
        redraws(firm)
    (again,) = firm.claims(MONDAY + SECOND)
    settles(firm, again)
    assert (state(firm), firm.claims(MONDAY + SECOND)) == ("sent", [])


def test_only_that_kind_of_that_subject_is_drawn_again(firm: Firm):
    sent(firm, "mine", "slack:T1/C-home/1")
    sent(firm, "other kind", "slack:T1/C-home/2", kind="prompt")
    sent(firm, "other subject", "slack:T1/C-home/3", subject_id=2)
    redraws(firm)
    assert [one.message for one in firm.claims(MONDAY + SECOND)] == ["slack:T1/C-home/1"]


def test_what_is_not_due_yet_is_not_hurried_by_a_change(firm: Firm):
    firm.posts(due_at=MONDAY + timedelta(days=1))
    redraws(firm)
    assert firm.claims(MONDAY + timedelta(hours=1)) == []


def test_a_change_in_mid_send_is_owed_after_it(firm: Firm):
    firm.posts()
    (one,) = firm.claims()
    redraws(firm)
    assert firm.claims(MONDAY + SECOND) == [], "it is on its way"
    settles(firm, one)
    (again,) = firm.claims(MONDAY + SECOND)
    assert (again.id, again.message) == (one.id, MESSAGE)
    settles(firm, again)
    assert state(firm) == "sent"


def test_a_change_in_mid_redraw_is_owed_after_it(firm: Firm):
    sent(firm)
    redraws(firm)
    (again,) = firm.claims(MONDAY + SECOND)
    redraws(firm)
    settles(firm, again)
    assert [one.message for one in firm.claims(MONDAY + SECOND)] == [MESSAGE]


# Withdrawn.


def withdraws(firm: Firm) -> None:
    with firm.record() as record:
        deliveries.withdraw(record, kinds=("agenda", "start"), subject_id=1)


def test_what_nobody_tried_to_send_leaves_no_row_and_can_be_posted_anew(firm: Firm):
    firm.posts(due_at=MONDAY + timedelta(days=1))
    withdraws(firm)
    assert state(firm) is None
    firm.posts(due_at=MONDAY + timedelta(days=2))
    assert firm.claims(MONDAY + timedelta(days=1)) == []
    assert len(firm.claims(MONDAY + timedelta(days=2))) == 1


def test_what_was_sent_tried_or_is_on_its_way_stands(firm: Firm):
    sent(firm, "stands")
    sent(firm, "to be redrawn", "slack:T1/C-home/2")
    redraws(firm)
    settles(firm, firm.claims(MONDAY + SECOND, limit=1)[0])
    firm.posts("tried")
    (tried,) = firm.claims()
    claims.settle(firm.engine, tried, DeliveryState.DUE, now=MONDAY, reason="the platform is busy")
    firm.posts("on its way", conversation="slack:T1/C-other")
    firm.claims(busy=(firm.home,))
    withdraws(firm)
    stood = ("stands", "to be redrawn", "tried", "on its way")
    assert [state(firm, once) for once in stood] == ["sent", "due", "due", "sending"]


def test_other_kinds_and_other_subjects_stand(firm: Firm):
    firm.posts("other kind", kind="minutes")
    firm.posts("other subject", subject_id=2)
    withdraws(firm)
    assert len(firm.claims()) == 2


# Strayed.


def test_what_was_claimed_and_never_finished_is_found_after_its_lease_and_by_one(firm: Firm):
    firm.posts()
    (one,) = firm.claims()
    assert strayed(firm, LEASE - SECOND) == []
    assert [lost.id for lost in strayed(firm)] == [one.id]
    assert (state(firm), firm.claims(MONDAY + LEASE)) == ("unknown", [])
    assert strayed(firm) == [], "it is leased to whoever looks for it"
    assert [lost.id for lost in strayed(firm, LEASE * 2)] == [one.id], "until they died as well"


def test_found_is_sent_and_not_found_is_due(firm: Firm):
    for once in ("found", "not found"):
        firm.posts(once)
    firm.claims()
    found, not_found = strayed(firm)
    settles(firm, found)
    settles(firm, not_found, DeliveryState.DUE)
    assert (state(firm, "found"), state(firm, "not found")) == ("sent", "due")
    assert [one.id for one in firm.claims(MONDAY + LEASE)] == [not_found.id]


def test_what_is_given_up_as_unknown_stays_so_until_its_lease(firm: Firm):
    firm.posts()
    (one,) = firm.claims()
    claims.settle(firm.engine, one, DeliveryState.UNKNOWN, now=MONDAY, lease_until=MONDAY + SECOND * 30)
    assert strayed(firm, SECOND * 29) == []
    assert len(strayed(firm, SECOND * 30)) == 1


@pytest.mark.postgres
def test_two_never_look_for_the_same_one(shared: Firm, pool: ThreadPoolExecutor):
    for number in range(40):
        shared.posts(str(number))
    shared.claims()
    got = [one.id for lost in pool.map(lambda _: strayed(shared), range(8)) for one in lost]
    assert len(got) == len(set(got)) == 40


def test_a_change_in_mid_send_is_owed_after_it_was_found_again(firm: Firm):
    """The replica died between its send and its settle; what it had sent was drawn before the change."""
    firm.posts()
    firm.claims()
    redraws(firm)
    (lost,) = strayed(firm, LEASE)
    settles(firm, lost)
    assert [one.message for one in firm.claims(MONDAY + LEASE)] == [MESSAGE]


def test_a_change_while_it_is_being_looked_for_is_owed_after_it_was_found(firm: Firm):
    firm.posts()
    firm.claims()
    (lost,) = strayed(firm, LEASE)
    redraws(firm, after=LEASE)
    settles(firm, lost)
    assert [one.message for one in firm.claims(MONDAY + LEASE)] == [MESSAGE]


def test_a_change_does_not_hide_when_a_strayed_one_was_sent(firm: Firm):
    """It is looked for in the platform's history from a minute before `due_at` on; a later one would not be found."""
    firm.posts()
    firm.claims()
    redraws(firm, after=timedelta(hours=1))
    (lost,) = strayed(firm, timedelta(hours=2))
    assert lost.due_at == MONDAY


def test_who_lost_the_lease_does_not_undo_what_became_of_it(firm: Firm):
    """A slow replica's late "the platform refuses it" must not bury a message that stands."""
    firm.posts()
    (slow,) = firm.claims()
    (lost,) = strayed(firm)
    settles(firm, lost)
    settles(firm, slow, DeliveryState.DEAD)
    assert state(firm) == "sent"


# Looked up.


def test_when_the_next_one_falls_due(firm: Firm):
    for minutes in (5, 3, 9):
        firm.posts(str(minutes), due_at=MONDAY + timedelta(minutes=minutes))
    sent(firm, "past")
    with firm.record(writes=False) as record:
        assert deliveries.next_due(record, after=MONDAY) == MONDAY + timedelta(minutes=3)
        assert deliveries.next_due(record, after=MONDAY + timedelta(minutes=3)) == MONDAY + timedelta(minutes=5)
        assert deliveries.next_due(record, after=MONDAY + timedelta(minutes=9)) is None


def test_who_sent_it_after_losing_the_lease_spares_it_a_second_sending(firm: Firm):
    """The platform was slow; it was looked for in vain, because it had not arrived yet; then it arrived."""
    firm.posts()
    (slow,) = firm.claims()
    (lost,) = strayed(firm)
    settles(firm, lost, DeliveryState.DUE)
    settles(firm, slow)
    assert firm.claims(MONDAY + LEASE) == []


# What a tick asks.


def waits(firm: Firm, after: timedelta = timedelta(0), **how: object) -> tuple[list[str], list[str]]:
    """What is due, and what is lost."""
    now = MONDAY + after
    return claims.waiting(firm.engine, {"slack": now, "teams": now}, **how)  # type: ignore[arg-type]


def test_a_tick_hears_on_which_platform_something_is_due(firm: Firm):
    assert waits(firm) == ([], [])
    firm.posts("later", conversation="teams:x/19:abc", due_at=MONDAY + SECOND)
    firm.posts("now")
    assert waits(firm) == (["slack"], [])
    assert waits(firm, SECOND) == (["slack", "teams"], [])
    assert waits(firm, busy=(firm.home,)) == ([], [])
    firm.claims()
    assert waits(firm) == ([], []), "it is on its way"


def test_a_tick_hears_of_what_is_lost_and_only_after_its_grace(firm: Firm):
    firm.posts()
    firm.claims()
    assert waits(firm, LEASE - SECOND) == ([], [])
    assert waits(firm, LEASE) == ([], ["slack"])
    assert waits(firm, LEASE, grace=SECOND) == ([], [])
    assert waits(firm, LEASE + SECOND, grace=SECOND) == ([], ["slack"])
    assert waits(firm, LEASE, busy=(firm.home,)) == ([], [])
    (lost,) = strayed(firm)
    claims.settle(firm.engine, lost, DeliveryState.UNKNOWN, now=MONDAY)
    assert waits(firm, LEASE * 10) == ([], []), "nobody looks for it any more"


def test_each_platform_lives_at_its_own_moment(firm: Firm):
    firm.posts("here", due_at=MONDAY + SECOND)
    firm.posts("there", conversation="play:local/C1", due_at=MONDAY + SECOND)
    assert claims.waiting(firm.engine, {"slack": MONDAY, "play": MONDAY + SECOND}) == (["play"], [])


def test_a_tick_walks_through_no_table_however_long_it_is():
    firm = founded(fresh_sqlite())
    asked: list[tuple[str, object]] = []
    event.listen(firm.engine, "before_cursor_execute", lambda _c, _k, query, values, *_: asked.append((query, values)))
    waits(firm)
    ((query, values),) = asked
    with firm.engine.connect() as connection:
        plan = [row.detail for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}", values)]  # type: ignore[arg-type]
    looked_up = [line for line in plan if "delivery" in line]
    assert len(looked_up) == 4
    assert all("USING INDEX ix_delivery_" in line or "USING COVERING INDEX ix_delivery_" in line for line in looked_up)
    assert all(line.startswith("SEARCH") for line in looked_up)


# Settled together.


def test_many_are_settled_at_once_each_as_if_alone(firm: Firm):
    for once in ("sent", "later", "never", "changed", "taken over"):
        firm.posts(once, subject_id=2 if once == "changed" else 1)
    claimed = firm.claims()
    by_once = dict(zip(("sent", "later", "never", "changed", "taken over"), claimed, strict=True))
    redraws(firm, subject_id=2)
    again_at = MONDAY + timedelta(hours=1)
    gone = replace(by_once["taken over"], lease_until=MONDAY)
    claims.settle_all(
        firm.engine,
        [
            Outcome(delivery=by_once["sent"], state=DeliveryState.SENT, now=MONDAY, message=MESSAGE),
            Outcome(delivery=by_once["later"], state=DeliveryState.DUE, now=MONDAY, again_at=again_at),
            Outcome(delivery=by_once["never"], state=DeliveryState.DEAD, now=MONDAY, reason="is_archived"),
            Outcome(delivery=by_once["changed"], state=DeliveryState.SENT, now=MONDAY, message=f"{MESSAGE}0"),
            Outcome(delivery=gone, state=DeliveryState.DEAD, now=MONDAY),
        ],
    )
    became = [(found.state.value, found.message, found.due_at) for once in by_once if (found := row(firm, once))]
    assert became == [
        ("sent", MESSAGE, MONDAY),
        ("due", None, again_at),
        ("dead", None, MONDAY),
        ("due", f"{MESSAGE}0", MONDAY),
        ("sending", None, MONDAY),
    ]
