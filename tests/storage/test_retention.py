"""What is only machinery goes with its age; what the record says, what is owed and what is redrawn stays."""

from datetime import timedelta

from sqlalchemy import Engine
from sqlmodel import func, select

from storage import claims, feeds, inbox, links, nudges, retention, rows
from storage.absences import Absence
from storage.deliveries import Delivery, DeliveryState
from storage.feeds import CalendarFeed
from storage.inbox import InboxMark
from storage.links import Joins, LinkCode
from storage.nudges import Nudge, NudgeKind
from storage.verify import verify
from tests.conftest import MONDAY
from tests.storage.filled import Filled
from tests.storage.firm import Firm

DAY = timedelta(days=1)
BEFORE = MONDAY - 400 * DAY
OLD, NEW = BEFORE - DAY, BEFORE + DAY


def pruned(firm: Firm) -> int:
    return retention.prune(firm.engine, firm.organization_id, now=MONDAY, before=BEFORE)


def left(firm: Firm, table: type) -> int:
    with firm.record(writes=False) as record:
        return int(record.session.execute(select(func.count()).select_from(table)).scalar_one())


def sent(firm: Firm, once: str, at, state: DeliveryState = DeliveryState.SENT, **changes: object) -> None:
    firm.posts(once, now=at, due_at=at, **changes)
    (one,) = firm.claims(at)
    claims.settle(firm.engine, one, state, now=at, message=f"m{once}" if state is DeliveryState.SENT else None)


def test_old_marks_nudges_codes_calendars_and_leave_go(firm: Firm):
    for number, moment in enumerate((OLD, NEW)):
        with firm.record(moment) as record:
            inbox.first_time(record, f"event-{number}")
            nudges.plan(
                record, once=str(number), person_id=firm.sam_id, kind=NudgeKind.PROMPT, subject_id=1, slot=moment
            )
            links.issue(record, f"CODE-{number}", person_id=firm.sam_id, joins=Joins.PERSON, expires_at=moment)
            leave = {"organization_id": firm.organization_id, "first": moment.date(), "last": moment.date()}
            rows.add(record, Absence(person_id=firm.sam_id, **leave))
            feeds.issue(record, firm.sam_id, f"token-{number}")  # The second one ends the first.
    with firm.record(OLD) as record:
        feeds.revoke(record, firm.sam_id)
    assert pruned(firm) == 5
    assert [left(firm, table) for table in (InboxMark, Nudge, LinkCode, Absence, CalendarFeed)] == [1, 1, 1, 1, 1]


def test_a_nudge_that_was_put_off_is_as_young_as_it_came_back(firm: Firm):
    with firm.record(OLD) as record:
        nudges.plan(record, once="a", person_id=firm.sam_id, kind=NudgeKind.PROMPT, subject_id=1, slot=OLD)
        nudges.about(record, NudgeKind.PROMPT, 1)[0].again_slot = NEW
    assert pruned(firm) == 0


def test_old_private_messages_go_and_cards_that_are_redrawn_stay(firm: Firm):
    sent(firm, "private", OLD, person_id=firm.sam_id)
    sent(firm, "nudge", OLD, kind="nudge")
    sent(firm, "dead", OLD, DeliveryState.DEAD)
    sent(firm, "card", OLD)
    sent(firm, "young", NEW, person_id=firm.sam_id)
    firm.posts("owed", now=OLD, due_at=OLD, person_id=firm.sam_id)
    assert pruned(firm) == 3
    with firm.record(writes=False) as record:
        kept = record.session.execute(select(Delivery.once).order_by(Delivery.id)).scalars().all()
    assert [once.split(":")[1] for once in kept] == ["card", "young", "owed"]


def test_a_card_that_is_due_again_is_owed(firm: Firm):
    sent(firm, "private", OLD, person_id=firm.sam_id)
    with firm.record() as record:
        one = record.session.execute(select(Delivery)).scalar_one()
        one.state = DeliveryState.DUE
    assert pruned(firm) == 0


def test_it_goes_a_little_at_a_time(firm: Firm, monkeypatch):
    monkeypatch.setattr(retention, "AT_ONCE", 2)
    with firm.record(OLD) as record:
        for number in range(5):
            inbox.first_time(record, f"event-{number}")
    assert [pruned(firm) for _ in range(4)] == [2, 2, 1, 0]


def test_the_record_and_other_organizations_stay_as_they_are(engine: Engine):
    filled = Filled(engine)
    with filled.other.record(OLD) as record:
        inbox.first_time(record, "theirs")
    before = left(filled.firm, InboxMark)
    assert pruned(filled.firm) == 0
    assert left(filled.firm, InboxMark) == before
    assert [one.key for one in retention.organizations(engine)] == [
        filled.firm.organization_id,
        filled.other.organization_id,
    ]
    ever = MONDAY + 10_000 * DAY
    while retention.prune(engine, filled.firm.organization_id, now=ever, before=ever):
        pass
    assert verify(engine, filled.firm.organization_id).intact
