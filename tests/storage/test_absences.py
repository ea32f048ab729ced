"""Who is away when, and who stands in for whom until when."""

from datetime import date, timedelta

from agenda.touchpoints import Seat
from storage import absences, people, rows
from storage.absences import Absence, Delegation
from storage.touchpoints import Touchpoint
from tests.conftest import MONDAY
from tests.storage.firm import Firm

TODAY = MONDAY.date()
ONE_DAY = timedelta(days=1)


def leaves(firm: Firm, first: date, last: date, person_id: int = 0) -> None:
    with firm.record() as record:
        one = Absence(organization_id=firm.organization_id, person_id=person_id or firm.sam_id, first=first, last=last)
        rows.add(record, one)


def away(firm: Firm, today: date) -> list[tuple[date, date]]:
    with firm.record(writes=False) as record:
        return [(one.first, one.last) for one in absences.ahead(record, firm.sam_id, today=today)]


def robin(firm: Firm, name: str = "Robin") -> int:
    with firm.record() as record:
        return people.meet(record, f"{firm.tenant}/{name}", name=name).key


def lends(firm: Firm, person_id: int, *, seat: Seat = Seat.CIO, until: date = TODAY, touchpoint_id: int = 0) -> int:
    with firm.record() as record:
        one = Delegation(
            organization_id=firm.organization_id,
            touchpoint_id=touchpoint_id or firm.touchpoint_id,
            person_id=person_id,
            seat=seat,
            until=until,
            given_at=MONDAY,
        )
        return rows.add(record, one).key


def ends(firm: Firm, delegation: int) -> None:
    with firm.record() as record:
        rows.get(record, Delegation, delegation).ended_at = MONDAY


def stand_in(firm: Firm, today: date = TODAY, seat: Seat = Seat.CIO) -> int | None:
    with firm.record(writes=False) as record:
        found = absences.delegate(record, firm.touchpoint_id, seat, today=today)
        return found.person_id if found else None


def acts_on(firm: Firm, person_id: int, today: date = TODAY) -> Seat | None:
    with firm.record(writes=False) as record:
        touchpoint = rows.get(record, Touchpoint, firm.touchpoint_id)
        return absences.seat_of(record, touchpoint, person_id, today=today)


def test_leave_is_ahead_until_its_last_day_is_over(firm: Firm):
    first, last = TODAY + ONE_DAY, TODAY + 3 * ONE_DAY
    leaves(firm, first, last)
    assert [bool(away(firm, day)) for day in (TODAY, last, last + ONE_DAY)] == [True, True, False]


def test_the_nearest_leave_stands_first_and_another_persons_is_not_ours(firm: Firm):
    later, sooner = TODAY + 30 * ONE_DAY, TODAY + 5 * ONE_DAY
    leaves(firm, later, later)
    leaves(firm, sooner, sooner)
    leaves(firm, TODAY, TODAY, firm.dana_id)
    assert away(firm, TODAY) == [(sooner, sooner), (later, later)]


def test_somebody_stands_in_up_to_and_including_the_last_day(firm: Firm):
    one = robin(firm)
    lends(firm, one, until=TODAY)
    assert (stand_in(firm), stand_in(firm, TODAY + ONE_DAY)) == (one, None)
    assert (acts_on(firm, one), acts_on(firm, one, TODAY + ONE_DAY)) == (Seat.CIO, None)


def test_a_chair_is_lent_by_itself(firm: Firm):
    one = robin(firm)
    lends(firm, one)
    assert stand_in(firm, seat=Seat.CISO) is None
    elsewhere = firm.touchpoint("slack:T1/C-board")
    lends(firm, one, touchpoint_id=elsewhere, seat=Seat.CISO)
    assert stand_in(firm, seat=Seat.CISO) is None, "of another touchpoint"
    assert acts_on(firm, one) is Seat.CIO


def test_whoever_was_named_last_stands_in(firm: Firm):
    """Both are let in; the one named last is asked."""
    one, other = robin(firm), robin(firm, "Kim")
    lends(firm, one, until=TODAY + 9 * ONE_DAY)
    last = lends(firm, other)
    assert stand_in(firm) == other
    assert stand_in(firm, TODAY + ONE_DAY) == one, "the later one has ended, and the first one is still named"
    ends(firm, last)
    assert stand_in(firm) == one
    assert (acts_on(firm, one), acts_on(firm, other)) == (Seat.CIO, None)


def test_what_was_ended_sooner_has_ended(firm: Firm):
    one = robin(firm)
    ends(firm, lends(firm, one, until=TODAY + 9 * ONE_DAY))
    assert (stand_in(firm), acts_on(firm, one)) == (None, None)


def test_for_whom_somebody_stands_in(firm: Firm):
    one, elsewhere = robin(firm), firm.touchpoint("slack:T1/C-board")
    lends(firm, one)
    lends(firm, one, touchpoint_id=elsewhere, seat=Seat.CISO)
    lends(firm, firm.dana_id)
    ends(firm, lends(firm, one, seat=Seat.CISO))
    with firm.record(writes=False) as record:
        found = absences.standing_in(record, one, today=TODAY)
        assert [(lent.touchpoint_id, lent.seat) for lent in found] == [
            (firm.touchpoint_id, Seat.CIO),
            (elsewhere, Seat.CISO),
        ]


def test_ones_own_chair_comes_before_a_lent_one(firm: Firm):
    """Dana sits on the CISO's chair, also while she stands in for Sam."""
    lends(firm, firm.dana_id, seat=Seat.CIO)
    assert acts_on(firm, firm.dana_id) is Seat.CISO
    assert stand_in(firm) == firm.dana_id
