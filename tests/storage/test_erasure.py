"""Somebody leaves: who they were is forgotten, what they did stays, and the record still verifies."""

import pytest
from sqlalchemy import Engine, text
from sqlmodel import select

from agenda.errors import NotNow
from agenda.roles import Role
from agenda.themes import Theme
from agenda.touchpoints import Seat
from storage import (
    actions,
    asks,
    decisions,
    erasure,
    inbox,
    initiatives,
    keys,
    memberships,
    merging,
    people,
    persons,
    places,
    risks,
    rows,
    tables,
)
from storage.absences import Absence, Delegation
from storage.actions import ActionItem
from storage.asks import Ask
from storage.audit import AuditEvent
from storage.deliveries import Delivery
from storage.erasure import Erased
from storage.health import Pulse, PulseAnswer
from storage.hygiene import HygieneAnswer, HygieneRound
from storage.initiatives import Initiative
from storage.items import AgendaItem
from storage.nudges import Nudge
from storage.owners import OwnershipAnswer, OwnershipCheck, Responsibility
from storage.people import Account, Person
from storage.risks import RiskItem
from storage.touchpoints import Touchpoint
from storage.verify import verify
from tests.conftest import MONDAY
from tests.storage.filled import Filled
from tests.storage.firm import Firm

TODAY = MONDAY.date()
ROBIN = "slack:T1/U-robin"
NAME = "Robin Quillfeather"


class Left:
    """Robin was a delegate, signed, promised, was named as an owner; and leaves."""

    def __init__(self, firm: Firm) -> None:
        self.firm = firm
        with firm.record() as record:
            self.robin_id = people.meet(record, ROBIN, name=NAME, zone="Europe/Zurich").key
            self.mine = {"organization_id": firm.organization_id, "touchpoint_id": firm.touchpoint_id}
            self.lives(record)
            self.works(record)
        firm.posts("to-robin", conversation=ROBIN, kind="key", person_id=self.robin_id)
        firm.posts("nudge", conversation="slack:T1/elsewhere", kind="nudge", subject_id=self.robin_id)
        firm.posts("to-sam", conversation="slack:T1/Sam", kind="key", person_id=firm.sam_id)

    def lives(self, record) -> None:
        alone = {"organization_id": self.firm.organization_id, "person_id": self.robin_id}
        rows.add(record, Absence(**alone, first=TODAY, last=TODAY))
        rows.add(record, Delegation(**self.mine, person_id=self.robin_id, seat=Seat.CIO, until=TODAY, given_at=MONDAY))
        given = {"person_id": self.robin_id, "role": Role.MEMBER, "given_by_id": self.firm.sam_id, "given_at": MONDAY}
        rows.add(record, memberships.Membership(**self.mine, **given))
        rows.add(record, Nudge(**alone, once="x", kind="promise", subject_id=1, slot=MONDAY))
        places.remember(record, ROBIN, reference='{"user": "robin"}')
        inbox.first_time(record, f"form:{ROBIN}:once")

    def works(self, record) -> None:
        by = {"recorded_by_id": self.robin_id, "recorded_at": MONDAY}
        self.signed = decisions.add(record, decisions.Decision(**self.mine, **by, title="Move", owner=NAME)).number
        keys.turn(record, decisions.by_number(record, self.signed, [self.firm.touchpoint_id]), Seat.CIO, self.robin_id)
        risks.add(
            record, RiskItem(**self.mine, title="VPN", owner=NAME.upper(), raised_by_id=self.robin_id, raised_at=MONDAY)
        )
        asks.add(record, Ask(**self.mine, title="Keys", owner=NAME, asked_by_id=self.robin_id, asked_at=MONDAY))
        added = {"title": "CRM", "added_by_id": self.robin_id, "added_at": MONDAY}
        initiatives.add(record, Initiative(**self.mine, **added, sponsor=NAME, partner=NAME.upper()))
        said = {"owner_id": self.robin_id, "promised_by_id": self.robin_id, "promised_at": MONDAY}
        actions.add(record, ActionItem(**self.mine, **said, title="Renew", due_on=TODAY))
        area = rows.add(record, Responsibility(**self.mine, area="Backup", accountable=NAME, informed=f"Kim; {NAME}"))
        check = rows.add(record, OwnershipCheck(**self.mine, asked_by_id=self.firm.sam_id, asked_at=MONDAY))
        whose = {"organization_id": self.firm.organization_id, "check_id": check.key, "responsibility_id": area.key}
        rows.add(record, OwnershipAnswer(**whose, seat=Seat.CIO, person_id=self.firm.sam_id, named=NAME))
        line = {"title": "x", "theme": Theme.HYGIENE, "raised_at": MONDAY, "source_message": f"{ROBIN}/7"}
        raised = {"organization_id": self.firm.organization_id, "raised_by_id": self.robin_id}
        rows.add(record, AgendaItem(**raised, sync_id=self.sync(record), **line))

    def sync(self, record) -> int:
        from storage.syncs import Sync

        times = dict.fromkeys(("starts_at", "prompts_at", "reminds_at", "publishes_at"), MONDAY)
        return rows.add(record, Sync(**self.mine, **times)).key

    def erased(self) -> Erased:
        with self.firm.record(actor="operator") as record:
            return erasure.erase(record, rows.get(record, Person, self.robin_id))

    def former(self) -> str:
        return f"former member {self.robin_id}"


@pytest.fixture
def left(firm: Firm) -> Left:
    return Left(firm)


def everything(engine: Engine) -> str:
    """Every value of every row of every table, but for the texts that are signed and what finds them (see below)."""
    with engine.connect() as connection:
        tables_read = [
            table for table in tables.METADATA.sorted_tables if table.name not in {"decision", "search_entry"}
        ]
        found = [str(row) for table in tables_read for row in connection.execute(table.select())]
        return "\n".join([*found, *(str(row) for row in connection.execute(text("SELECT * FROM search_word")))])


def test_nothing_but_a_signed_text_says_who_they_were(left: Left):
    assert {NAME in everything(left.firm.engine), ROBIN in everything(left.firm.engine)} == {True}
    left.erased()
    said = everything(left.firm.engine)
    assert [word for word in (NAME, NAME.upper(), ROBIN, "quillfeather", 'Europe/Zurich", left') if word in said] == []
    with left.firm.record() as record:
        robin = rows.get(record, Person, left.robin_id)
        assert (robin.name, robin.zone, robin.left_at) == (left.former(), "", MONDAY)


def test_the_record_still_verifies_and_the_log_names_nobody(left: Left):
    left.erased()
    verified = verify(left.firm.engine, left.firm.organization_id)
    assert verified.findings == []
    with left.firm.record() as record:
        last = record.session.execute(select(AuditEvent).order_by(AuditEvent.number.desc())).scalars().first()  # type: ignore[attr-defined]
        assert last is not None
        assert (last.event, last.actor) == ("person.erased", "operator")


def test_what_they_signed_stands(left: Left):
    left.erased()
    with left.firm.record() as record:
        decision = decisions.by_number(record, left.signed, [left.firm.touchpoint_id])
        assert decision
        assert keys.turned(record, decision)[Seat.CIO].person_id == left.robin_id
        assert decision.owner == NAME


def test_it_says_what_went_what_ended_and_where_they_are_still_named(left: Left):
    assert left.erased() == Erased(
        now_called=left.former(),
        gone={"delivery": 2, "nudge": 1, "absence": 1, "conversation": 1, "inbox_mark": 1, "account": 1},
        ended={"delegation": 1, "membership": 1},
        rewritten={"risk_item": 1, "ask": 1, "initiative": 1, "responsibility": 1},
        still_named_in=(f"D-{left.signed}",),
    )


def test_where_they_were_an_owner_it_says_what_they_are_called_now(left: Left):
    left.erased()
    with left.firm.record() as record:
        (risk,) = record.session.execute(select(RiskItem)).scalars()
        (area,) = record.session.execute(select(Responsibility)).scalars()
        (ask,) = record.session.execute(select(Ask)).scalars()
        assert (risk.owner, area.accountable, area.informed) == (left.former(), left.former(), f"Kim, {left.former()}")
        assert ask.owner == left.former()


def test_nobody_is_found_by_their_name_any_more_but_in_what_is_signed(left: Left):
    assert found_by_name(left.firm) == {"decision", "risk", "promise", "ask", "initiative"}
    left.erased()
    assert found_by_name(left.firm) == {"decision"}


def found_by_name(firm: Firm) -> set[str]:
    key = "rowid" if firm.engine.dialect.name == "sqlite" else "id"
    query = text(f"SELECT e.*, s.* FROM search_text s JOIN search_entry e ON e.id = s.{key}")
    with firm.engine.connect() as connection:
        return {row.subject for row in connection.execute(query) if "quillfeather" in str(row).casefold()}


def test_what_they_said_in_private_for_themselves_is_gone(left: Left):
    """They sat on a chair once; whoever sits there now said nothing of it."""
    said = {"organization_id": left.firm.organization_id, "seat": Seat.CIO, "person_id": left.robin_id}
    with left.firm.record() as record:
        asked = {**left.mine, "asked_at": MONDAY}
        quarter = rows.add(record, HygieneRound(quarter="2031-Q1", habits="I patch", **asked))
        rows.add(record, HygieneAnswer(round_id=quarter.key, done="0", consents=True, **said))
        pulse = rows.add(record, Pulse(asked_by_id=left.firm.sam_id, **asked))
        rows.add(record, PulseAnswer(pulse_id=pulse.key, score=2, **said))
    gone = left.erased().gone
    assert (gone["hygiene_answer"], gone["pulse_answer"]) == (1, 1)
    with left.firm.record() as record:
        assert rows.having(record, HygieneAnswer) == []
        assert rows.having(record, PulseAnswer) == []


def test_messages_to_others_stand(left: Left):
    left.erased()
    with left.firm.record() as record:
        assert [one.conversation for one in record.session.execute(select(Delivery)).scalars()] == ["slack:T1/Sam"]
        assert {one.address for one in record.session.execute(select(Account)).scalars()} == {
            "slack:T1/Sam",
            "slack:T1/Dana",
        }


def test_whoever_has_the_same_name_keeps_it(left: Left):
    with left.firm.record() as record:
        people.meet(record, "slack:T1/U-other", name=NAME)
    assert left.erased().rewritten == {}
    with left.firm.record() as record:
        (area,) = record.session.execute(select(Responsibility)).scalars()
        assert area.accountable == NAME


def test_a_principal_goes_only_when_somebody_else_sits_there(firm: Firm):
    with firm.record() as record:
        sam = rows.get(record, Person, firm.sam_id)
        with pytest.raises(NotNow, match="sits in “Sam and Dana” as CIO"):
            erasure.erase(record, sam)
        kim = people.meet(record, "slack:T1/Kim", name="Kim")
        rows.get(record, Touchpoint, firm.touchpoint_id).cio_id = kim.key
        record.session.flush()
        erasure.erase(record, sam)
    assert verify(firm.engine, firm.organization_id).intact


def test_the_only_admin_does_not_go(left: Left):
    with left.firm.record() as record:
        robin = rows.get(record, Person, left.robin_id)
        robin.admin = True
        record.session.flush()
        with pytest.raises(NotNow, match="only admin"):
            erasure.erase(record, robin)


def test_whoever_turned_out_to_be_them_is_forgotten_too(left: Left):
    with left.firm.record() as record:
        twin = people.meet(record, "teams:t/robin", name=NAME)
        merging.merge(record, gone=twin, into=rows.get(record, Person, left.robin_id))
    left.erased()
    said = everything(left.firm.engine)
    assert [word for word in (NAME, "teams:t/robin") if word in said] == []


def test_another_organization_is_left_alone(engine: Engine):
    filled = Filled(engine)
    with filled.firm.record() as record:
        before = persons.kept(record, rows.get(record, Person, filled.robin_id))
    with filled.other.record() as record:
        newcomer = people.meet(record, "slack:T2/Robin", name="Robin")
        erasure.erase(record, newcomer)
    with filled.firm.record() as record:
        assert persons.kept(record, rows.get(record, Person, filled.robin_id)) == before


def test_all_that_names_somebody_is_theirs_to_have_and_nothing_that_opens_a_door(left: Left):
    with left.firm.record() as record:
        kept = persons.kept(record, rows.get(record, Person, left.robin_id))
    assert {table: len(found) for table, found in kept.items()} == {
        "person": 1,
        "account": 1,
        "conversation": 1,
        "absence": 1,
        "delegation": 1,
        "membership": 1,
        "decision": 1,
        "sign_off": 1,
        "risk_item": 1,
        "risk_level": 1,
        "ask": 1,
        "initiative": 1,
        "action_item": 1,
        "agenda_item": 1,
        "nudge": 1,
        "delivery": 1,
    }
    assert not {"hash", "token_hash", "calendar_key"} & {
        name for found in kept.values() for row in found for name in row
    }


def test_what_two_others_answered_is_not_theirs_to_have_because_they_asked(left: Left):
    firm = left.firm
    both = {"cio_id": firm.sam_id, "ciso_id": firm.dana_id, "cio_score": 4, "ciso_score": 2}
    with firm.record() as record:
        rows.add(record, Pulse(asked_by_id=left.robin_id, asked_at=MONDAY, closed_at=MONDAY, **left.mine, **both))
    with firm.record(writes=False) as record:
        (asked,) = persons.kept(record, rows.get(record, Person, left.robin_id))["pulse"]
        (answered,) = persons.kept(record, rows.get(record, Person, firm.sam_id))["pulse"]
    assert asked.keys() & {"cio_score", "ciso_score"} == set()
    assert (answered["cio_score"], answered["ciso_score"]) == (4, 2)


def test_somebody_is_meant_by_name_account_or_number(left: Left):
    for said in (NAME.lower(), ROBIN, str(left.robin_id)):
        with left.firm.record() as record:
            assert [one.key for one in persons.meant(record.session, said)] == [left.robin_id]
