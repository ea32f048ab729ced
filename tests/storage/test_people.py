"""Who is who: met once, joined when two turn out to be one, and moved with their tenant."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from storage import inbox, merging, people, places, rows, touchpoints
from storage.people import Account, Organization, Person, Tenant
from storage.places import Conversation
from storage.unit_of_work import transaction
from tests.conftest import MONDAY
from tests.storage.firm import Firm, founded, meanwhile


def meets(firm: Firm, address: str, **said: str) -> int:
    with firm.record() as record:
        return people.meet(record, address, **said).key  # type: ignore[arg-type]


def test_somebody_new_is_known_from_then_on(firm: Firm):
    robin = meets(firm, "slack:T1/Robin", name="Robin", zone="Asia/Tokyo")
    with firm.record(writes=False) as record:
        person = people.person_at(record, "slack:T1/Robin")
        assert person is not None
        assert (person.id, person.name, person.zone, person.admin) == (robin, "Robin", "Asia/Tokyo", False)
        assert people.accounts_of(record, robin) == ["slack:T1/Robin"]
        assert people.called(record, robin) == "Robin"


def test_what_the_platform_newly_says_is_kept_and_silence_wipes_nothing(firm: Firm):
    robin = meets(firm, "slack:T1/Robin", name="Robin", zone="Asia/Tokyo")
    assert meets(firm, "slack:T1/Robin") == robin
    assert meets(firm, "slack:T1/Robin", name="Robin Hood") == robin
    with firm.record(writes=False) as record:
        person = rows.get(record, Person, robin)
        assert (person.name, person.zone) == ("Robin Hood", "Asia/Tokyo")


def test_somebody_without_a_name_is_called_something(firm: Firm):
    nameless = meets(firm, "slack:T1/U1")
    with firm.record(writes=False) as record:
        assert people.called(record, nameless) == rows.get(record, Person, nameless).called == f"person {nameless}"


def test_guests_are_met_and_not_listed(firm: Firm):
    with firm.record() as record:
        people.meet(record, "slack:T1/Guest", name="Guest", outsider=True)
        gone = people.meet(record, "slack:T1/Gone", name="Gone")
        gone.left_at = MONDAY
    with firm.record(writes=False) as record:
        assert [person.name for person, _account in people.everybody(record)] == ["Dana", "Sam"]


def test_an_admin_who_left_is_none(firm: Firm):
    with firm.record() as record:
        assert (people.has_admin(record), people.admins(record)) == (False, [])
        sam = rows.get(record, Person, firm.sam_id)
        sam.admin = True
    with firm.record() as record:
        assert (people.has_admin(record), people.admins(record)) == (True, [firm.sam_id])
        rows.get(record, Person, firm.sam_id).left_at = MONDAY
    with firm.record() as record:
        assert (people.has_admin(record), people.admins(record)) == (False, [])


def test_two_turn_out_to_be_one(firm: Firm):
    """Sam came by Teams as well, was seated there, and became an admin there."""
    twin = meets(firm, "teams:x/sam", name="Samuel")
    touchpoint_id = firm.touchpoint("slack:T1/C-board")
    with firm.record() as record:
        gone, into = rows.get(record, Person, twin), rows.get(record, Person, firm.sam_id)
        gone.admin = True
        touchpoint = rows.get(record, touchpoints.Touchpoint, touchpoint_id)
        touchpoint.cio_id = twin
        record.session.flush()
        merging.merge(record, gone=gone, into=into)
    with firm.record(writes=False) as record:
        assert set(people.accounts_of(record, firm.sam_id)) == {"slack:T1/Sam", "teams:x/sam"}
        assert people.accounts_of(record, twin) == []
        gone, into = rows.get(record, Person, twin), rows.get(record, Person, firm.sam_id)
        assert (gone.merged_into_id, gone.admin, into.admin) == (firm.sam_id, False, True)
        assert {one.key for one in touchpoints.of_person(record, firm.sam_id)} == {firm.touchpoint_id, touchpoint_id}
        assert {person.name for person, _account in people.everybody(record)} == {"Sam", "Dana"}
    assert meets(firm, "teams:x/sam") == firm.sam_id


def test_the_account_that_was_last_used_comes_first(firm: Firm):
    with firm.record() as record:
        for address, minutes in (("teams:x/sam", 5), ("slack:T9/sam", 1)):
            seen_at = MONDAY + timedelta(minutes=minutes)
            organization_id = firm.organization_id
            record.session.add(
                Account(address=address, organization_id=organization_id, person_id=firm.sam_id, seen_at=seen_at)
            )
    with firm.record(writes=False) as record:
        assert people.accounts_of(record, firm.sam_id) == ["teams:x/sam", "slack:T9/sam", "slack:T1/Sam"]


def test_a_tenant_joins_another_organization_with_its_people(engine: Engine):
    ours = founded(engine)
    with transaction(engine, writes=True) as session:
        left = people.found_organization(session, "teams:x", MONDAY).key
    theirs = Firm(engine=engine, tenant="teams:x", organization_id=left, sam_id=0, dana_id=0, touchpoint_id=0)
    robin = meets(theirs, "teams:x/robin", name="Robin")
    with ours.record() as record:
        people.move_tenant(record, left)
    with ours.record() as record:
        assert set(people.tenants(record)) == {"slack:T1", "teams:x"}
        assert rows.get(record, Person, robin).name == "Robin"
        assert people.person_at(record, "teams:x/robin")
    with theirs.record() as record:
        assert (people.tenants(record), people.everybody(record), rows.find(record, Person, robin)) == ([], [], None)
    with transaction(engine, writes=False) as session:
        found = people.organization_of(session, "teams:x")
        assert found is not None
        assert found.id == ours.organization_id


def test_a_request_that_moves_a_tenant_and_comes_again_is_known_where_it_moved_to(engine: Engine):
    ours, theirs = founded(engine), founded(engine, "slack:T2")
    with theirs.record() as record:
        assert inbox.first_time(record, "link-1")
    with ours.record() as record:
        people.move_tenant(record, theirs.organization_id)
        assert not inbox.first_time(record, "link-1")


def test_a_tenant_brings_its_conversations_along(engine: Engine):
    ours = founded(engine)
    with transaction(engine, writes=True) as session:
        left = people.found_organization(session, "teams:x", MONDAY).key
    theirs = Firm(engine=engine, tenant="teams:x", organization_id=left, sam_id=0, dana_id=0, touchpoint_id=0)
    with theirs.record() as record:
        places.remember(record, "teams:x/19:home", reference="{}")
    with ours.record() as record:
        people.move_tenant(record, left)
    with transaction(engine, writes=False) as session:
        place = session.get(Conversation, "teams:x/19:home")
        assert place is not None
        assert place.organization_id == ours.organization_id


@pytest.mark.postgres
def test_two_first_requests_of_one_person_are_one_person(shared: Firm, pool: ThreadPoolExecutor):
    with shared.record() as record:
        first = people.meet(record, "slack:T1/Robin", name="Robin").key
        second = meanwhile(pool, shared.engine, lambda: meets(shared, "slack:T1/Robin"))
    assert second.result() == first


@pytest.mark.postgres
def test_two_first_requests_of_one_tenant_found_one_organization(shared: Firm, pool: ThreadPoolExecutor):
    """What `Door` does, twice at once: as a workspace's first burst of events is."""

    def founds() -> int:
        with transaction(shared.engine, writes=True) as session:
            organization = people.organization_of(session, "slack:T2")
            return (organization or people.found_organization(session, "slack:T2", MONDAY)).key

    with transaction(shared.engine, writes=True) as session:
        first = people.found_organization(session, "slack:T2", MONDAY).key
        second = meanwhile(pool, shared.engine, founds)
    assert second.result() == first
    with transaction(shared.engine, writes=False) as session:
        assert len(list(session.exec(select(Organization)))) == 2
        assert len(list(session.exec(select(Tenant).where(col(Tenant.address) == "slack:T2")))) == 1


# PostgreSQL refuses what is longer than its column, SQLite keeps it; and a refusal is an incident on every request of theirs.
LONG = "x" * 256  # As long as a display name in Entra ID may be.


@pytest.mark.postgres
def test_a_long_name_is_no_hindrance(shared: Firm):
    assert meets(shared, "teams:x/long", name=LONG)


@pytest.mark.postgres
def test_a_long_title_is_no_hindrance(shared: Firm):
    with shared.record() as record:
        places.remember(record, "teams:x/19:long", reference="{}", title=LONG)


@pytest.mark.postgres
def test_a_long_reason_is_no_hindrance(shared: Firm):
    with shared.record() as record:
        assert places.lose(record, "teams:x/19:long", LONG)
