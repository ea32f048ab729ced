"""What the figures are counted from: the same on both databases, and nothing where nothing is known."""

from datetime import date, datetime, timedelta

import pytest

from agenda.acceptances import AcceptanceState
from agenda.actions import ActionState
from agenda.health import Measure
from agenda.initiatives import GateKind
from agenda.items import Outcome, Source
from agenda.quarters import Quarter
from agenda.risks import RiskState
from agenda.syncs import SkipReason
from agenda.themes import Theme
from agenda.touchpoints import Seat
from storage import health, people, rows
from storage.absences import Delegation
from storage.acceptances import Acceptance
from storage.actions import ActionItem
from storage.decisions import Decision
from storage.initiatives import Initiative
from storage.items import AgendaItem
from storage.keys import SignOff
from storage.owners import OwnershipAnswer, OwnershipCheck, Responsibility
from storage.risks import RiskItem, RiskLevel
from storage.touchpoints import Touchpoint
from tests.conftest import MONDAY
from tests.storage.firm import Firm

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
NOW = datetime(2031, 5, 20, 9, tzinfo=MONDAY.tzinfo)
SPRING = Quarter(2031, 2)
APRIL = datetime(2031, 4, 8, 8, tzinfo=MONDAY.tzinfo)


class Book:
    """Writes what happened, straight into the record."""

    def __init__(self, firm: Firm) -> None:
        self.firm = firm
        self.mine = {"organization_id": firm.organization_id}
        self.here = {"touchpoint_id": firm.touchpoint_id, **self.mine}
        self.count = 0

    def add(self, row: rows.Row) -> int:
        with self.firm.record() as record:
            return rows.add(record, row).key

    def number(self) -> int:
        self.count += 1
        return self.count

    def held(self, at: datetime) -> int:
        return self.firm.sync(at, started_at=at, closed_at=at + HOUR)

    def raised(self, sync_id: int, by: int, at: datetime, **changes: object) -> None:
        line = {"title": "x", "theme": Theme.THREATS, "sync_id": sync_id, "raised_by_id": by, "raised_at": at}
        self.add(AgendaItem(**(line | self.mine | changes)))

    def decided(self, recorded_at: datetime, agreed_at: datetime | None, **changes: object) -> int:
        said = {"title": "x", "recorded_by_id": self.firm.sam_id, "number": self.number()}
        return self.add(Decision(recorded_at=recorded_at, agreed_at=agreed_at, **said, **self.here, **changes))

    def promised(self, due_on: date, settled_at: datetime | None = None, **changes: object) -> None:
        state = ActionState.DONE if settled_at else ActionState.OPEN
        whose = {"owner_id": self.firm.sam_id, "promised_by_id": self.firm.sam_id, "number": self.number()}
        row = {"title": "x", "due_on": due_on, "promised_at": MONDAY, "state": state, "settled_at": settled_at}
        self.add(ActionItem(**(row | whose | self.here | changes)))

    def risk(self, raised_at: datetime, *levels: tuple[datetime, int], **changes: object) -> int:
        row = {"title": "x", "raised_by_id": self.firm.sam_id, "raised_at": raised_at, "number": self.number()}
        key = self.add(RiskItem(**(row | self.here | changes)))
        for at, likelihood in levels:
            said = {"risk_id": key, "person_id": self.firm.sam_id, "impact": 5, "likelihood": likelihood}
            self.add(RiskLevel(at=at, **said, **self.mine))
        return key

    def reading(self, quarter: Quarter = SPRING, now: datetime = NOW) -> health.Known:
        with self.firm.record(now, writes=False) as record:
            return dict(health.reading(record, rows.get(record, Touchpoint, self.firm.touchpoint_id), quarter))


@pytest.fixture
def book(firm: Firm) -> Book:
    return Book(firm)


def test_where_nothing_happened_nothing_is_known(book: Book):
    assert book.reading() == {}


def test_the_cadence_is_what_was_planned_and_not_what_a_holiday_took(book: Book):
    book.held(APRIL)
    book.held(APRIL + 7 * DAY)
    for n, reason in enumerate((SkipReason.PERSON, SkipReason.HOLIDAY, SkipReason.PAUSED, SkipReason.CADENCE), 2):
        book.firm.sync(APRIL + n * 7 * DAY, skipped_at=APRIL, skip_reason=reason)
    book.firm.sync(NOW - HOUR)  # Nobody has started it, nor given it up.
    book.firm.sync(NOW + DAY)
    assert book.reading()[Measure.CADENCE] == pytest.approx(200 / 3)


def test_a_quarter_begins_at_midnight_where_the_touchpoint_is(book: Book):
    last = datetime(2031, 3, 31, 21, 59, tzinfo=MONDAY.tzinfo)
    book.held(last)
    assert Measure.CADENCE not in book.reading()
    assert book.reading(SPRING.before)[Measure.CADENCE] == 100
    book.held(last + timedelta(minutes=1))
    assert book.reading()[Measure.CADENCE] == 100


def test_a_point_counts_for_the_side_from_which_it_was_raised_before_the_start(book: Book):
    firm, one, two = book.firm, book.held(APRIL), book.held(APRIL + 7 * DAY)
    with firm.record() as record:
        kim = people.meet(record, "slack:T1/Kim", name="Kim").key
    lent = {"person_id": kim, "seat": Seat.CISO, "until": MONDAY.date(), "given_at": MONDAY}
    book.add(Delegation(**lent, **book.here))
    book.raised(one, firm.sam_id, APRIL - DAY)
    book.raised(one, firm.sam_id, APRIL - HOUR)
    book.raised(two, kim, APRIL)
    book.raised(two, firm.sam_id, APRIL + 7 * DAY + HOUR)  # after the start
    carried = AgendaItem(**book.mine, title="x", theme=Theme.THREATS, sync_id=one, raised_by_id=kim, raised_at=MONDAY)
    book.raised(two, firm.sam_id, APRIL, carried_from_id=book.add(carried))
    book.raised(two, firm.sam_id, APRIL, source=Source.RISK_GAP)
    found = book.reading()
    assert (found[Measure.CIO_POINTS], found[Measure.CISO_POINTS]) == (50, 100)


def test_who_had_the_chair_before_answers_for_that_side(book: Book):
    firm, one = book.firm, book.held(APRIL)
    with firm.record() as record:
        former = people.meet(record, "slack:T1/Robin", name="Robin").key
    book.raised(one, former, APRIL - DAY)
    assert book.reading()[Measure.CISO_POINTS] == 0
    decision = book.decided(MONDAY, None)
    signed = {"subject": "decision", "subject_id": decision, "text_hash": "x", "turned_at": MONDAY}
    book.add(SignOff(**signed, person_id=former, seat=Seat.CISO, **book.mine))
    assert book.reading()[Measure.CISO_POINTS] == 100


def test_the_middle_decision_says_how_long_a_second_key_takes(book: Book):
    for days in (1, 2, 12):
        book.decided(APRIL - days * DAY, APRIL)
    book.decided(APRIL, None)
    book.decided(APRIL - 50 * DAY, APRIL, one_key=True)
    assert book.reading()[Measure.KEYS] == 2


def test_what_goes_on_to_the_next_sync_is_deferred(book: Book):
    one, _two = book.held(APRIL), book.held(APRIL + 7 * DAY)
    for outcome in (Outcome.OPEN, Outcome.DEFERRED, Outcome.DEFERRED, Outcome.DISCUSSED, Outcome.DROPPED):
        book.raised(one, book.firm.sam_id, APRIL - DAY, outcome=outcome)
    assert book.reading()[Measure.DEFERRALS] == 1.5


def test_a_promise_is_kept_until_its_day_ends_where_the_touchpoint_is(book: Book):
    day = date(2031, 4, 10)
    midnight = datetime(2031, 4, 10, 22, tzinfo=MONDAY.tzinfo)
    book.promised(day, midnight - HOUR)
    book.promised(day, midnight)
    book.promised(day)
    book.promised(day, midnight - HOUR)
    book.promised(day, state=ActionState.DROPPED, settled_at=midnight)
    book.promised(NOW.date())
    book.promised(date(2031, 3, 31))
    assert book.reading()[Measure.PROMISES] == 50


def test_a_high_risk_is_as_old_as_at_the_end_of_the_quarter(book: Book):
    january = datetime(2031, 1, 10, tzinfo=MONDAY.tzinfo)
    book.risk(NOW - 20 * DAY, (NOW - 20 * DAY, 5))
    book.risk(NOW - 40 * DAY, (NOW - 40 * DAY, 1), (NOW - 30 * DAY, 5))
    book.risk(january, (january, 5), (APRIL, 1))
    book.risk(january, (january, 5), state=RiskState.CLOSED, closed_at=APRIL)
    accepted = book.risk(january, (january, 5), state=RiskState.ACCEPTED)
    text = {"risk_title": "x", "likelihood": 5, "impact": 5, "justification": "x", "requested_at": MONDAY}
    agreed = {"state": AcceptanceState.ACCEPTED, "accepted_at": APRIL, "expires_on": NOW.date(), "number": 1}
    book.add(Acceptance(risk_id=accepted, requested_by_id=book.firm.sam_id, **text, **agreed, **book.here))
    assert book.reading()[Measure.RISK_AGE] == 30
    ends = datetime(2031, 3, 31, 22, tzinfo=MONDAY.tzinfo)
    assert book.reading(SPRING.before)[Measure.RISK_AGE] == (ends - january) / DAY


def test_the_areas_that_a_check_found_to_be_seen_differently(book: Book):
    whose = {"touchpoint_id": book.firm.touchpoint_id, "asked_by_id": book.firm.sam_id, "asked_at": MONDAY}
    check = book.add(OwnershipCheck(**whose, closed_at=APRIL, **book.mine))
    for agreed in (True, False, False, None):
        area = book.add(Responsibility(area=f"{agreed} {book.number()}", **book.here))
        for seat, person in ((Seat.CIO, book.firm.sam_id), (Seat.CISO, book.firm.dana_id)):
            asked = {"check_id": check, "responsibility_id": area, "seat": seat, "person_id": person}
            book.add(OwnershipAnswer(**asked, agreed=agreed, **book.mine))
    assert book.reading()[Measure.OWNERS] == 2


def test_security_is_early_at_the_idea_or_the_design(book: Book):
    for gate in (GateKind.IDEA, GateKind.DESIGN, GateKind.BUILD, GateKind.LAUNCH, None):
        joined = {"joined_gate": gate, "joined_at": APRIL if gate else None, "number": book.number()}
        book.add(Initiative(title="x", added_at=MONDAY, added_by_id=book.firm.sam_id, **joined, **book.here))
    assert book.reading()[Measure.JOINED] == 50
