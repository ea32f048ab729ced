"""Installations: one of each tenant, revived and ended, their secrets renewed by one alone, and states that are good once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier

import pytest
from sqlalchemy import Engine, select
from sqlmodel import col

from storage import audit, installations, people
from storage.installations import Installation, InstallState
from storage.unit_of_work import transaction, unit_of_work
from tests.conftest import MONDAY
from tests.storage.firm import Firm, founded

HOUR = timedelta(hours=1)
ENDS = MONDAY + 12 * HOUR
T1 = "slack:T1"


@pytest.fixture
def firm(engine: Engine) -> Firm:
    firm = founded(engine, T1)
    installed(firm)
    return firm


def installed(firm: Firm, address: str = T1) -> None:
    with firm.record() as record:
        installations.install(record, address, secret="s1", refresh="r1", expires_at=ENDS, by=f"{address}/U1")


def kept(engine: Engine, address: str = T1) -> Installation:
    with transaction(engine, writes=False) as session:
        found = installations.at(session, address)
    assert found is not None
    return found


def claims(engine: Engine, *, now: datetime, until: datetime, before: datetime | None = None) -> bool:
    with transaction(engine, writes=True) as session:
        return installations.claim_rotation(session, T1, now=now, before=before or now + 2 * HOUR, until=until)


def renews(engine: Engine, *, claimed_until: datetime) -> bool:
    with transaction(engine, writes=True) as session:
        renewed = {"secret": "s2", "refresh": "r2", "expires_at": ENDS + 12 * HOUR}
        return installations.rotated(session, T1, claimed_until=claimed_until, **renewed)


def test_it_is_one_row_for_its_tenant_whoever_installs_it_again(firm: Firm):
    first = kept(firm.engine)
    with firm.record() as record:
        assert installations.end(record, T1, "removed")
        assert not installations.end(record, T1, "removed"), "it ends once"
    ended = kept(firm.engine)
    assert (ended.secret, ended.refresh, ended.expires_at, ended.because) == ("", "", None, "removed")
    installed(firm)
    again = kept(firm.engine)
    assert (again.id, again.secret, again.ended_at, again.because) == (first.id, "s1", None, "")


def test_its_beginning_and_its_end_are_in_the_audit_log_and_no_secret_is(firm: Firm):
    with firm.record() as record:
        installations.end(record, T1, "removed")
    with firm.record() as record:
        told = [(one.event, one.facts) for one in audit.events(record) if one.event.startswith("installation.")]
    assert [event for event, _ in told] == ["installation.made", "installation.ended"]
    assert "s1" not in str(told)


def test_nobody_installs_for_anothers_tenant(firm: Firm):
    other = founded(firm.engine, "slack:T2")
    with pytest.raises(LookupError), other.record() as record:
        installations.install(record, T1, secret="theirs")
    with other.record() as record:
        assert not installations.end(record, T1, "theirs")
    assert kept(firm.engine).secret == "s1"


def test_it_moves_with_its_tenant(engine: Engine):
    with transaction(engine, writes=True) as session:
        left = people.found_organization(session, T1, MONDAY).key
    other = founded(engine, "slack:T2")
    with unit_of_work(engine, organization_id=left, now=MONDAY) as record:
        installations.install(record, T1, secret="s1")
    with other.record() as record:
        people.move_tenant(record, left)
    assert kept(engine).organization_id == other.organization_id


def test_a_claim_is_one_callers_until_it_ends(firm: Firm):
    now = ENDS - HOUR
    until = now + timedelta(minutes=1)
    assert claims(firm.engine, now=now, until=until)
    assert not claims(firm.engine, now=now, until=until + HOUR)
    assert claims(firm.engine, now=until, until=until + HOUR), "who claimed it died"
    assert not renews(firm.engine, claimed_until=until), "and came back too late"
    assert renews(firm.engine, claimed_until=until + HOUR)
    found = kept(firm.engine)
    assert (found.secret, found.refresh, found.rotating_until) == ("s2", "r2", None)


def test_what_is_not_due_is_not_claimed(firm: Firm):
    assert not claims(firm.engine, now=MONDAY, until=MONDAY + HOUR)
    now = ENDS - HOUR
    assert claims(firm.engine, now=now, until=now + HOUR)
    assert renews(firm.engine, claimed_until=now + HOUR)
    assert not claims(firm.engine, now=now, until=now + 2 * HOUR), "it was renewed a moment ago"


def test_what_has_ended_or_needs_no_renewal_is_not_claimed(firm: Firm):
    now = ENDS - HOUR
    with firm.record() as record:
        installations.end(record, T1, "removed")
    assert not claims(firm.engine, now=now, until=ENDS)
    with firm.record() as record:
        installations.install(record, T1, secret="s1")
    assert not claims(firm.engine, now=now, until=ENDS, before=ENDS + 99 * HOUR)
    with transaction(firm.engine, writes=False) as session:
        assert not installations.expiring(session, "slack", now=now, before=ENDS + 99 * HOUR)


@pytest.mark.parametrize("meanwhile", ["end", "install"])
def test_what_happened_meanwhile_is_not_overwritten(firm: Firm, meanwhile: str):
    now = ENDS - HOUR
    assert claims(firm.engine, now=now, until=ENDS)
    with firm.record() as record:
        if meanwhile == "end":
            installations.end(record, T1, "removed")
        else:
            installations.install(record, T1, secret="newer", refresh="newer", expires_at=ENDS)
    assert not renews(firm.engine, claimed_until=ENDS)
    assert kept(firm.engine).secret == ("" if meanwhile == "end" else "newer")


def test_who_got_nothing_lets_others_try_later(firm: Firm):
    now = ENDS - HOUR
    assert claims(firm.engine, now=now, until=now + HOUR)
    with transaction(firm.engine, writes=True) as session:
        assert installations.give_up(session, T1, claimed_until=now + HOUR, until=now + HOUR / 6)
    assert not claims(firm.engine, now=now, until=ENDS)
    assert claims(firm.engine, now=now + HOUR / 6, until=ENDS)


def test_of_many_who_claim_at_once_one_does(shared: Firm, pool: ThreadPoolExecutor):
    installed(shared)
    together, now = Barrier(4), ENDS - HOUR

    def claim(_: int) -> bool:
        together.wait(10)
        return claims(shared.engine, now=now, until=ENDS)

    assert sorted(pool.map(claim, range(4))) == [False, False, False, True]


def test_secrets_that_changed_since_they_were_read_are_not_encrypted_anew(firm: Firm):
    read = kept(firm.engine)
    installed_anew = {"secret": "s9", "refresh": "r9"}
    with transaction(firm.engine, writes=True) as session:
        assert installations.encrypt_anew(session, read, secret="k2:s1", refresh="k2:r1")
    with transaction(firm.engine, writes=True) as session:
        assert not installations.encrypt_anew(session, read, **installed_anew)
    assert kept(firm.engine).secret == "k2:s1"


def test_a_state_is_kept_by_its_hash_good_once_and_forgotten_when_it_is_over(engine: Engine):
    with transaction(engine, writes=True) as session:
        assert installations.use(session, "one", now=MONDAY, expires_at=MONDAY + HOUR)
        assert not installations.use(session, "one", now=MONDAY + HOUR / 2, expires_at=MONDAY + HOUR)
        assert installations.use(session, "two", now=MONDAY + HOUR, expires_at=MONDAY + 2 * HOUR)
        kept = session.execute(select(col(InstallState.hash))).scalars().all()
    assert kept == [installations.hashed("two")]


def test_of_two_who_come_back_with_one_state_one_does(shared: Firm, pool: ThreadPoolExecutor):
    together = Barrier(2)

    def come(_: int) -> bool:
        together.wait(10)
        with transaction(shared.engine, writes=True) as session:
            return installations.use(session, "one", now=MONDAY, expires_at=MONDAY + HOUR)

    assert sorted(pool.map(come, range(2))) == [False, True]


def test_who_installed_it_is_forgotten_with_them(firm: Firm):
    from storage import erasure, rows
    from storage.people import Person

    with firm.record() as record:
        eve = people.meet(record, f"{T1}/U1", name="Eve").key
    with firm.record() as record:
        erasure.erase(record, rows.get(record, Person, eve))
    assert kept(firm.engine).installed_by == ""
