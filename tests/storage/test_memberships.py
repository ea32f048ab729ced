"""Who else may read a record, and who may add to it."""

import pytest
from sqlalchemy.exc import IntegrityError

from agenda.roles import Role
from storage import memberships, merging, people, rows
from storage.memberships import Membership
from storage.people import Person
from tests.conftest import MONDAY
from tests.storage.firm import Firm


def meets(firm: Firm, name: str) -> int:
    with firm.record() as record:
        return people.meet(record, f"{firm.tenant}/{name}", name=name).key


def lets_in(firm: Firm, person_id: int, role: Role, *, touchpoint_id: int = 0) -> int:
    one = Membership(
        organization_id=firm.organization_id,
        touchpoint_id=touchpoint_id or firm.touchpoint_id,
        person_id=person_id,
        role=role,
        given_by_id=firm.sam_id,
        given_at=MONDAY,
    )
    with firm.record() as record:
        return rows.add(record, one).key


def test_one_role_at_a_time_stands_in_one_touchpoint(firm: Firm):
    kim = meets(firm, "Kim")
    first = lets_in(firm, kim, Role.VIEWER)
    with pytest.raises(IntegrityError):
        lets_in(firm, kim, Role.MEMBER)
    with firm.record() as record:
        rows.get(record, Membership, first).ended_at = MONDAY
    lets_in(firm, kim, Role.MEMBER)
    with firm.record(writes=False) as record:
        assert [one.role for one in memberships.of_person(record, kim)] == [Role.MEMBER]
        assert [one.person_id for one in memberships.of_touchpoint(record, firm.touchpoint_id)] == [kim]


@pytest.mark.parametrize("gone_is", [Role.MEMBER, Role.VIEWER])
@pytest.mark.parametrize("into_is", [Role.MEMBER, Role.VIEWER])
def test_of_two_who_are_one_the_stronger_role_stays(firm: Firm, gone_is: Role, into_is: Role):
    kim, twin = meets(firm, "Kim"), meets(firm, "Kimberly")
    elsewhere = firm.touchpoint("slack:T1/C-board")
    lets_in(firm, kim, into_is)
    lets_in(firm, twin, gone_is)
    lets_in(firm, twin, Role.VIEWER, touchpoint_id=elsewhere)
    with firm.record() as record:
        for one in memberships.doubles(record, gone=twin, into=kim):
            one.ended_at = MONDAY
        merging.merge(record, gone=rows.get(record, Person, twin), into=rows.get(record, Person, kim))
    with firm.record(writes=False) as record:
        (left,) = [one for one in memberships.of_person(record, kim) if one.touchpoint_id == firm.touchpoint_id]
        assert left.role is (Role.MEMBER if Role.MEMBER in {gone_is, into_is} else Role.VIEWER)
        assert memberships.standing(record, elsewhere, kim) is not None
