"""An organization with one of everything, beside another one that knows all of its ids."""

from datetime import date, timedelta
from typing import TypeVar

from sqlalchemy import Engine
from sqlmodel import col, select

from agenda.acceptances import AcceptanceState
from agenda.actions import ActionAct
from agenda.asks import AskState
from agenda.decisions import DecisionState
from agenda.initiatives import GateKind, Tier
from agenda.items import Outcome, Source
from agenda.nudges import NudgeKind
from agenda.risks import RiskState
from agenda.roles import Role
from agenda.simulation import Cost, Loss, simulate, written
from agenda.simulation import Exposure as SimulatedExposure
from agenda.themes import Theme
from agenda.threats import FeedKind
from agenda.touchpoints import Seat
from storage import (
    acceptances,
    actions,
    asks,
    audit,
    claims,
    decisions,
    feeds,
    homes,
    inbox,
    initiatives,
    installations,
    keys,
    links,
    nudges,
    people,
    places,
    policies,
    reviews,
    risks,
    rows,
)
from storage.absences import Absence, Delegation
from storage.acceptances import Acceptance
from storage.actions import ActionChange, ActionItem, Wanted
from storage.asks import Appraisal, Ask, Exposure
from storage.decisions import Decision
from storage.deliveries import DeliveryState
from storage.finding import Reach
from storage.health import Pulse, PulseAnswer
from storage.hygiene import HygieneAnswer, HygieneMark, HygienePost, HygieneRound
from storage.initiatives import Gate, GateQuestion, Initiative, QuestionSet
from storage.items import AgendaItem
from storage.links import Joins
from storage.memberships import Membership
from storage.owners import OwnershipAnswer, OwnershipCheck, Responsibility
from storage.people import Person
from storage.policies import Policy
from storage.reviews import Verdict
from storage.risks import RiskItem
from storage.rows import Row
from storage.syncs import Sync
from storage.threats import Feed, News, Threat, ThreatMatch, WatchedProduct
from storage.touchpoints import Touchpoint
from storage.unit_of_work import Record
from tests.conftest import MONDAY
from tests.storage.firm import founded

AnyRow = TypeVar("AnyRow", bound=Row)

TODAY = MONDAY.date()
WEEK = timedelta(days=7)
MESSAGE, SAID = "slack:T1/C-home/1", "slack:T1/Sam/7"
TOKEN, CODE, NAMED = "a-secret-token", "A-SECRET-CODE", "a-secret-name"
ASKED, ASKED_NEXT = "2031-03-03T08:00:00Z", "2031-03-03T08:00:01Z"


class Filled:
    """`firm` has everything. `other` asks for it, and for the same in its own name."""

    def __init__(self, engine: Engine) -> None:
        self.firm, self.other = founded(engine), founded(engine, "slack:T2")
        self.scope = [self.firm.touchpoint_id, self.other.touchpoint_id]
        self.held_id = self.firm.sync(MONDAY - WEEK, started_at=MONDAY - WEEK, closed_at=MONDAY - WEEK)
        self.skipped_id = self.firm.sync(MONDAY - WEEK, skipped_at=MONDAY - WEEK)
        self.sync_id = self.firm.sync(occurrence="2031-03-10T09:30")
        self.number = self.firm.decides("Switch the VPN off")
        self.firm.decides("Retire the VPN", replaces=self.number)
        self.firm.decides("Keep the VPN", state=DecisionState.AGREED, review_on=TODAY, next_review_on=TODAY)
        with self.firm.record() as record:
            self.robin_id = people.meet(record, "slack:T1/Robin", name="Robin").key
            self.fill(record)
        self.send(engine)

    def fill(self, record: Record) -> None:
        firm = self.firm
        keys.turn(record, self.one(record, Decision), Seat.CIO, firm.sam_id)
        rows.get(record, Person, firm.sam_id).admin = True
        people.meet(record, "slack:T1/Samuel", name="Samuel").merged_into_id = firm.sam_id
        risk = risks.add(record, self.risk(record))
        decisions.concern(record, self.one(record, Decision), [risk.key])
        reviews.add(record, self.one(record, Decision).key, firm.sam_id, Verdict.CONFIRMED, TODAY)
        acceptances.add(record, self.acceptance(record))
        policies.keep(record, Policy(organization_id=firm.organization_id))
        action = actions.add(record, self.promise(record))
        rows.add(record, self.change(record, action))
        self.raise_lines(record)
        self.own(record)
        self.talk(record, risk, action)
        mine = {"organization_id": firm.organization_id}
        rows.add(record, Absence(person_id=firm.sam_id, first=TODAY, last=TODAY, **mine))
        lent = {"touchpoint_id": firm.touchpoint_id, "seat": Seat.CIO, "until": TODAY, "given_at": MONDAY}
        rows.add(record, Delegation(person_id=self.robin_id, **lent, **mine))
        given = {"touchpoint_id": firm.touchpoint_id, "given_by_id": firm.sam_id, "given_at": MONDAY}
        rows.add(record, Membership(person_id=self.robin_id, role=Role.MEMBER, **given, **mine))
        rows.add(record, Membership(person_id=firm.sam_id, role=Role.VIEWER, **given, **mine))
        feeds.issue(record, firm.sam_id, TOKEN)
        nudges.plan(
            record, once="a", person_id=firm.sam_id, kind=NudgeKind.PROMPT, subject_id=self.sync_id, slot=MONDAY
        )
        links.issue(record, CODE, person_id=firm.sam_id, joins=Joins.PERSON, expires_at=MONDAY + WEEK)
        places.remember(record, firm.home, reference="{}", title="#home", added_by="slack:T1/Sam")
        installations.install(record, "slack:T1", secret=TOKEN)
        inbox.first_time(record, "event-1")
        audit.append(record, "all.there")

    def raise_lines(self, record: Record) -> None:
        """One that waits, one that the last sync left, one that a skipped sync left, and one that was settled."""
        rows.add(record, self.line(record, self.sync_id, source_message=SAID))
        rows.add(record, self.line(record, self.held_id))
        rows.add(record, self.line(record, self.skipped_id))
        done = {"outcome": Outcome.DISCUSSED, "settled_at": MONDAY, "source": Source.RISK_REVIEW, "source_id": 1}
        rows.add(record, self.line(record, self.held_id, **done))

    def own(self, record: Record) -> None:
        """An area that the two see differently, and a check that asks about it."""
        firm, mine = self.firm, {"organization_id": self.firm.organization_id}
        area = Responsibility(touchpoint_id=firm.touchpoint_id, area="Vendor risk", disputed_at=MONDAY, **mine)
        rows.add(record, area)
        check = OwnershipCheck(touchpoint_id=firm.touchpoint_id, asked_by_id=firm.sam_id, asked_at=MONDAY, **mine)
        self.check_id = rows.add(record, check).key
        asked = {"check_id": self.check_id, "responsibility_id": area.key, "seat": Seat.CIO, "person_id": firm.sam_id}
        rows.add(record, OwnershipAnswer(named=NAMED, named_at=MONDAY, **asked, **mine))

    def talk(self, record: Record, risk: RiskItem, action: ActionItem) -> None:
        """One row of everything that the five conversations keep."""
        mine = {"organization_id": self.firm.organization_id}
        here = {"touchpoint_id": self.firm.touchpoint_id, **mine}
        sam = self.firm.sam_id
        feed = rows.add(
            record, Feed(kind=FeedKind.KEV, address="https://news.example/feed", next_at=MONDAY, read_at=MONDAY, **mine)
        )
        rows.add(record, News(feed_id=feed.key, guid="1", title="VPN", published_at=MONDAY, **mine))
        known = {"cve": "CVE-2031-1", "vendor": "Acme", "product": "VPN", "title": "VPN", "added_on": TODAY}
        threat = rows.add(record, Threat(seen_at=MONDAY, **known, **mine))
        product = rows.add(record, WatchedProduct(product="VPN", watched_at=MONDAY, watched_by_id=sam, **here))
        met = {"threat_id": threat.key, "product_id": product.key, "risk_id": risk.key, "action_id": action.key}
        rows.add(record, ThreatMatch(matched_at=MONDAY, **met, **here))
        spent = {"state": AskState.SPENT, "check_on": TODAY, "decision_id": self.one(record, Decision).key}
        ask = rows.add(record, Ask(title="VPN", asked_at=MONDAY, asked_by_id=sam, number=1, **spent, **here))
        asks.index(record, ask)
        costs = {"often": 0.5, "least": 1, "most": 9, "often_after": 0.1, "least_after": 1, "most_after": 9}
        rows.add(record, Exposure(ask_id=ask.key, risk_id=risk.key, **costs, **mine))
        found = simulate([SimulatedExposure(Loss(1, 1, 9), Loss(0.1, 1, 9))], Cost(9, 1), seed=7, years=10)
        counted = {"formula": "1", "seed": 7, "years": 10, "inputs": "", "result": written(found)}
        rows.add(record, Appraisal(ask_id=ask.key, at=MONDAY, **counted, **mine))
        joined = {"joined_gate": GateKind.IDEA, "joined_at": MONDAY, "partner": "Dana"}
        said = {"title": "VPN", "added_at": MONDAY, "added_by_id": sam, "number": 1}
        initiative = rows.add(record, Initiative(**said, **joined, **here))
        initiatives.index(record, initiative)
        decisions.concern(record, self.one(record, Decision), [risk.key], [initiative.key])
        gate = rows.add(record, Gate(initiative_id=initiative.key, kind=GateKind.DESIGN, due_on=TODAY, **here))
        rows.add(record, GateQuestion(gate_id=gate.key, place=1, question="Who may use it?", **mine))
        rows.add(record, QuestionSet(tier=Tier.LOW, kind=GateKind.IDEA, questions="Who may use it?", **here))
        quarter = rows.add(record, HygieneRound(quarter="2031-Q1", habits="I patch", asked_at=MONDAY, **here))
        said = {"seat": Seat.CIO, "person_id": sam, "answered_at": MONDAY}
        rows.add(record, HygieneAnswer(round_id=quarter.key, done="0", **said, **mine))
        told = {"posted_by_id": sam, "conversation": "slack:T1/C-all", "posted_at": MONDAY, "until": MONDAY}
        post = rows.add(record, HygienePost(round_id=quarter.key, salt=TOKEN, **told, **mine))
        rows.add(record, HygieneMark(post_id=post.key, mark="f" * 64, **mine))
        both = {"cio_id": sam, "ciso_id": self.firm.dana_id, "cio_score": 4, "ciso_score": 4}
        pulse = rows.add(record, Pulse(asked_at=MONDAY, asked_by_id=sam, **both, **here))
        rows.add(record, PulseAnswer(pulse_id=pulse.key, score=4, **said, **mine))

    def send(self, engine: Engine) -> None:
        """Two homes and a message stand, one is due now, and one is due later."""
        home = {"account": "slack:T1/Sam", "person_id": self.firm.sam_id, "until": MONDAY + WEEK}
        with self.firm.record() as record:
            homes.stand(record, surface="slack:T1/Sam/home", **home)
            homes.offer(record, once="1", **home)
        for one in self.firm.claims():
            claims.settle(engine, one, DeliveryState.SENT, now=MONDAY, message=one.message or f"{MESSAGE}0")
        nudge = {"kind": "nudge", "subject_id": self.firm.sam_id, "person_id": self.firm.sam_id}
        self.firm.posts("sent", detail=ASKED, **nudge)
        (one,) = self.firm.claims()
        claims.settle(engine, one, DeliveryState.SENT, now=MONDAY, message=MESSAGE)
        self.firm.posts("due", detail=ASKED_NEXT, **nudge)
        self.firm.posts("later", kind="start", subject_id=self.sync_id, due_at=MONDAY + WEEK)

    def one(self, record: Record, table: type[AnyRow]) -> AnyRow:
        """The firm's first, whoever asks: as if its row had got into somebody else's hands."""
        query = select(table).where(col(table.organization_id) == self.firm.organization_id).order_by(col(table.id))
        found = record.session.execute(query).scalars().first()
        assert found is not None
        return found

    def sync(self, record: Record) -> Sync:
        return self.one(record, Sync)

    def touchpoint(self, record: Record) -> Touchpoint:
        return self.one(record, Touchpoint)

    def reach(self) -> Reach:
        return Reach(touchpoint_ids=self.scope, reader_id=self.firm.sam_id, asker_id=self.firm.sam_id)

    def wanted(self) -> Wanted:
        return Wanted(touchpoint_ids=self.scope, also_of=self.firm.sam_id, words="vpn")

    # New rows, in the name of who asks, about what is the firm's.

    def risk(self, record: Record) -> RiskItem:
        return RiskItem(
            organization_id=record.organization_id,
            touchpoint_id=self.firm.touchpoint_id,
            raised_by_id=self.firm.sam_id,
            title="VPN",
            raised_at=MONDAY,
            state=RiskState.OPEN,
        )

    def initiative(self, record: Record) -> Initiative:
        return Initiative(
            organization_id=record.organization_id,
            touchpoint_id=self.firm.touchpoint_id,
            added_by_id=self.firm.sam_id,
            title="VPN",
            added_at=MONDAY,
        )

    def ask(self, record: Record) -> Ask:
        return Ask(
            organization_id=record.organization_id,
            touchpoint_id=self.firm.touchpoint_id,
            asked_by_id=self.firm.sam_id,
            title="VPN",
            asked_at=MONDAY,
        )

    def asks(self) -> asks.Wanted:
        return asks.Wanted(touchpoint_ids=self.scope, words="vpn")

    def risks(self) -> risks.Wanted:
        return risks.Wanted(touchpoint_ids=self.scope, words="vpn")

    def acceptance(self, record: Record) -> Acceptance:
        return Acceptance(
            organization_id=record.organization_id,
            touchpoint_id=self.firm.touchpoint_id,
            risk_id=self.one(record, RiskItem).key,
            requested_by_id=self.firm.sam_id,
            risk_title="VPN",
            likelihood=3,
            impact=3,
            justification="The new one comes in May.",
            expires_on=TODAY,
            requested_at=MONDAY,
            accepted_at=MONDAY,
            state=AcceptanceState.ACCEPTED,
        )

    def decision(self, record: Record) -> Decision:
        return Decision(
            organization_id=record.organization_id,
            touchpoint_id=self.firm.touchpoint_id,
            recorded_by_id=self.firm.sam_id,
            title="VPN",
            recorded_at=MONDAY,
        )

    def promise(self, record: Record) -> ActionItem:
        return ActionItem(
            organization_id=record.organization_id,
            touchpoint_id=self.firm.touchpoint_id,
            owner_id=self.firm.sam_id,
            promised_by_id=self.firm.sam_id,
            sync_id=self.sync_id,
            title="Renew the VPN contract",
            due_on=date(2031, 3, 7),
            promised_at=MONDAY,
        )

    def change(self, record: Record, action: ActionItem) -> ActionChange:
        return ActionChange(
            organization_id=record.organization_id,
            action_id=action.key,
            person_id=self.firm.sam_id,
            at=MONDAY,
            what=ActionAct.MOVED,
            because="The vendor is late.",
        )

    def line(self, record: Record, sync_id: int, **changes: object) -> AgendaItem:
        return AgendaItem(
            organization_id=record.organization_id,
            sync_id=sync_id,
            raised_by_id=self.firm.sam_id,
            title="VPN",
            theme=Theme.THREATS,
            raised_at=MONDAY,
            **changes,
        )
