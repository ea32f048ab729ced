"""What belongs to another organization is not there: every function of every noun, asked by the wrong one."""

import inspect
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy import Engine, text, true
from sqlalchemy.exc import IntegrityError, NoResultFound

from agenda.acceptances import AcceptanceState
from agenda.catalog import Catalog, Headline, Score, Scores
from agenda.initiatives import GateKind, Tier
from agenda.nudges import NudgeKind
from agenda.quarters import Quarter
from agenda.queries import query_in
from agenda.touchpoints import Seat
from storage import (
    absences,
    acceptances,
    actions,
    ahead,
    asks,
    audit,
    beside,
    decisions,
    deliveries,
    feeds,
    finding,
    gates,
    health,
    homes,
    hygiene,
    inbox,
    initiatives,
    installations,
    items,
    keys,
    links,
    memberships,
    merging,
    minutes,
    nudges,
    numbers,
    owners,
    people,
    places,
    policies,
    readdressing,
    reviews,
    risks,
    rows,
    search,
    syncs,
    tables,
    threats,
    touchpoints,
    vocabulary,
    watching,
)
from storage.actions import ActionItem
from storage.asks import Ask
from storage.decisions import Decision
from storage.hygiene import HygienePost, HygieneRound
from storage.initiatives import Gate, Initiative
from storage.items import AgendaItem
from storage.links import Joins
from storage.people import Organization, Person
from storage.policies import Policy
from storage.reviews import Verdict
from storage.risks import RiskItem
from storage.threats import Feed, ThreatMatch, WatchedProduct
from storage.touchpoints import Touchpoint
from storage.unit_of_work import Record
from tests.conftest import MONDAY
from tests.storage.filled import ASKED, ASKED_NEXT, MESSAGE, SAID, TODAY, WEEK, Filled
from tests.storage.firm import Firm

Asked = Callable[[Filled, Record], Any]
PROMPT = NudgeKind.PROMPT


def keys_read_ahead(filled: Filled, record: Record) -> Any:
    """It answers nothing by itself."""
    keys.read_ahead(record, [filled.one(record, Decision)])
    return keys.history(record, filled.one(record, Decision))


# Every function of a noun that asks the record of one organization, asked for what is the first one's.
QUERIES: dict[Callable[..., Any], Asked] = {
    absences.ahead: lambda f, r: absences.ahead(r, f.firm.sam_id, today=TODAY),
    absences.delegate: lambda f, r: absences.delegate(r, f.firm.touchpoint_id, Seat.CIO, today=TODAY),
    absences.lent: lambda f, r: absences.lent(r, f.firm.touchpoint_id, today=TODAY),
    absences.seat_of: lambda f, r: absences.seat_of(r, f.touchpoint(r), f.robin_id, today=TODAY),
    absences.stood_in: lambda f, r: absences.stood_in(r, f.firm.touchpoint_id, Seat.CIO, f.robin_id, MONDAY),
    absences.standing_in: lambda f, r: absences.standing_in(r, f.robin_id, today=TODAY),
    actions.by_number: lambda f, r: actions.by_number(r, 1, f.scope, also_of=f.firm.sam_id),
    actions.changes: lambda f, r: actions.changes(r, f.one(r, ActionItem)),
    actions.count: lambda f, r: actions.count(r, f.wanted()),
    actions.found: lambda f, r: actions.found(r, f.wanted()),
    actions.listed: lambda f, r: actions.listed(r, f.wanted()),
    actions.of_sync: lambda f, r: actions.of_sync(r, f.sync_id),
    actions.open_ones: lambda f, r: actions.open_ones(r, f.scope),
    asks.about_risk: lambda f, r: asks.about_risk(r, 1),
    asks.by_number: lambda f, r: asks.by_number(r, 1, f.scope),
    asks.count: lambda f, r: asks.count(r, f.asks()),
    asks.exposures: lambda f, r: asks.exposures(r, [1]),
    asks.found: lambda f, r: asks.found(r, f.asks()),
    asks.last_appraisals: lambda f, r: asks.last_appraisals(r, [1]),
    asks.listed: lambda f, r: asks.listed(r, f.asks()),
    asks.of_decision: lambda f, r: asks.of_decision(r, f.one(r, Decision).key),
    asks.to_check: lambda f, r: asks.to_check(r, f.firm.touchpoint_id, before=TODAY + timedelta(days=1)),
    audit.events: lambda f, r: [one for one in audit.events(r) if one.event == "all.there"],
    audit.head: lambda f, r: audit.head(r).number > 1,  # Founding it left the other one event.
    decisions.about_risk: lambda f, r: decisions.about_risk(r, 1),
    decisions.taking_place_of: lambda f, r: decisions.taking_place_of(r, f.one(r, Decision)),
    decisions.by_number: lambda f, r: decisions.by_number(r, f.number, f.scope),
    decisions.listed: lambda f, r: decisions.listed(r, f.scope, limit=9),
    decisions.waiting: lambda f, r: decisions.waiting(r, f.firm.touchpoint_id),
    decisions.due_for_review: lambda f, r: decisions.due_for_review(
        r, f.firm.touchpoint_id, before=TODAY + timedelta(days=1)
    ),
    decisions.count: lambda f, r: decisions.count(r, f.scope),
    decisions.about_initiative: lambda f, r: decisions.about_initiative(r, f.one(r, Initiative).key),
    initiatives.by_number: lambda f, r: initiatives.by_number(r, 1, f.scope),
    initiatives.listed: lambda f, r: initiatives.listed(r, initiatives.Wanted(touchpoint_ids=f.scope)),
    initiatives.tally: lambda f, r: initiatives.tally(r, initiatives.Wanted(touchpoint_ids=f.scope)),
    initiatives.found: lambda f, r: initiatives.found(r, initiatives.Wanted(touchpoint_ids=f.scope, words="vpn")),
    initiatives.joined: lambda f, r: initiatives.joined(r, f.firm.touchpoint_id, MONDAY, MONDAY),
    initiatives.asking: lambda f, r: initiatives.asking(r, f.firm.touchpoint_id, today=TODAY, until=TODAY),
    gates.of_initiative: lambda f, r: gates.of_initiative(r, f.one(r, Initiative).key),
    gates.of_initiatives: lambda f, r: gates.of_initiatives(r, [f.one(r, Initiative).key])[1],
    gates.questions_of: lambda f, r: gates.questions_of(r, [f.one(r, Gate).key]),
    gates.question_sets: lambda f, r: (
        gates.question_sets(r, f.firm.touchpoint_id, Tier.LOW)[GateKind.IDEA] == ["Who may use it?"]
    ),
    merging.named: lambda f, r: f.firm.sam_id in merging.named(r, ["sam"]),
    merging.same_as: lambda f, r: merging.same_as(r, f.firm.sam_id)[1:],
    finding.find: lambda f, r: finding.find(r, query_in("vpn", today=TODAY), f.reach(), limit=9),
    finding.forgiven: lambda f, r: finding.forgiven(r, query_in("swich", today=TODAY), f.reach()),
    vocabulary.beginning: lambda f, r: vocabulary.beginning(r, "swit"),
    vocabulary.nearest: lambda f, r: list(vocabulary.nearest(r, "swich")),
    keys.turned: lambda f, r: keys.turned(r, f.one(r, Decision)),
    keys.read_ahead: keys_read_ahead,
    keys.history: lambda f, r: keys.history(r, f.one(r, Decision)),
    keys.turned_by_both: lambda f, r: keys.turned_by_both(r, f.firm.sam_id, f.firm.sam_id),
    beside.last_sent: lambda f, r: beside.last_sent(r, kind="nudge", subject_id=f.firm.sam_id, before=ASKED_NEXT),
    beside.next_due_at: lambda f, r: beside.next_due_at(r, kind="nudge", subject_id=f.firm.sam_id, after=ASKED),
    deliveries.at_message: lambda f, r: deliveries.at_message(r, MESSAGE),
    deliveries.details_out: lambda f, r: deliveries.details_out(r, kind="nudge", subject_id=f.firm.sam_id, since=ASKED),
    deliveries.details_standing: lambda f, r: deliveries.details_standing(
        r, kind="nudge", subject_id=f.firm.sam_id, since=ASKED
    ),
    deliveries.next_due: lambda f, r: deliveries.next_due(r, after=MONDAY),
    health.reading: lambda f, r: health.reading(r, f.touchpoint(r), Quarter.of(TODAY)),
    health.last_pulse: lambda f, r: health.last_pulse(r, f.firm.touchpoint_id),
    health.pulses: lambda f, r: health.pulses(r, f.touchpoint(r), limit=9),
    health.answers: lambda f, r: health.answers(r, 1),
    hygiene.of_quarter: lambda f, r: hygiene.of_quarter(r, f.firm.touchpoint_id, "2031-Q1"),
    hygiene.open_rounds: lambda f, r: hygiene.open_rounds(r, f.firm.touchpoint_id),
    hygiene.answers: lambda f, r: hygiene.answers(r, f.one(r, HygieneRound).key),
    hygiene.posts: lambda f, r: hygiene.posts(r, f.one(r, HygieneRound).key),
    hygiene.over: lambda f, r: hygiene.over(r, f.firm.touchpoint_id),
    feeds.standing: lambda f, r: feeds.standing(r, f.firm.sam_id),
    items.of_sync: lambda f, r: items.of_sync(r, f.sync_id),
    items.from_message: lambda f, r: items.from_message(r, SAID),
    items.of_skipped: lambda f, r: items.of_skipped(r, f.firm.touchpoint_id),
    items.left_over: lambda f, r: items.left_over(r, f.firm.touchpoint_id),
    items.answered: lambda f, r: items.answered(r, f.firm.touchpoint_id),
    items.settled_last: lambda f, r: items.settled_last(r, f.held_id),
    nudges.planned_for: lambda f, r: nudges.planned_for(r, "a"),
    memberships.doubles: lambda f, r: memberships.doubles(r, gone=f.robin_id, into=f.firm.sam_id),
    memberships.of_person: lambda f, r: memberships.of_person(r, f.robin_id),
    memberships.of_touchpoint: lambda f, r: memberships.of_touchpoint(r, f.firm.touchpoint_id),
    memberships.standing: lambda f, r: memberships.standing(r, f.firm.touchpoint_id, f.robin_id),
    nudges.about: lambda f, r: nudges.about(r, PROMPT, f.sync_id),
    nudges.between: lambda f, r: nudges.between(r, f.firm.sam_id, None, MONDAY),
    nudges.sent: lambda f, r: nudges.sent(r, PROMPT, f.firm.sam_id),
    owners.areas: lambda f, r: owners.areas(r, f.scope),
    owners.disputed: lambda f, r: owners.disputed(r, f.firm.touchpoint_id),
    owners.last_check: lambda f, r: owners.last_check(r, f.firm.touchpoint_id),
    owners.answers: lambda f, r: owners.answers(r, f.check_id),
    people.tenants: lambda f, r: "slack:T1" in people.tenants(r),
    people.account: lambda f, r: people.account(r, "slack:T1/Sam"),
    people.person_at: lambda f, r: people.person_at(r, "slack:T1/Sam"),
    people.accounts_of: lambda f, r: people.accounts_of(r, f.firm.sam_id),
    people.reached_at: lambda f, r: people.reached_at(r, f.firm.sam_id),
    people.last_used: lambda f, r: people.last_used(r, f.firm.sam_id),
    people.is_here: lambda f, r: people.is_here(r, f.firm.sam_id),
    people.everybody: lambda f, r: [1 for _, account in people.everybody(r) if account.address == "slack:T1/Sam"],
    people.has_admin: lambda f, r: people.has_admin(r),
    people.admins: lambda f, r: people.admins(r),
    homes.has_a_place: lambda f, r: homes.has_a_place(r, "slack:T1/Sam"),
    places.added_by: lambda f, r: places.added_by(r, ["slack:T1/Sam"]),
    places.is_open: lambda f, r: places.open_up(r, f.firm.home, outsiders=True) and places.is_open(r, f.firm.home),
    places.is_lost: lambda f, r: places.lose(r, f.firm.home, "archived") and places.is_lost(r, f.firm.home),
    places.lost_since: lambda f, r: places.lost_since(r, f.firm.home),  # Since the line above.
    risks.by_number: lambda f, r: risks.by_number(r, 1, f.scope),
    risks.levels: lambda f, r: risks.levels(r, 1),
    risks.listed: lambda f, r: risks.listed(r, f.risks()),
    risks.found: lambda f, r: risks.found(r, f.risks()),
    risks.tally: lambda f, r: risks.tally(r, f.risks()),
    risks.count: lambda f, r: risks.count(r, f.risks()),
    risks.cells: lambda f, r: risks.cells(r, f.risks()),
    acceptances.standing_in: lambda f, r: acceptances.standing_in(r, f.scope, AcceptanceState.ACCEPTED),
    acceptances.by_number: lambda f, r: acceptances.by_number(r, 1, f.scope),
    acceptances.of_risk: lambda f, r: acceptances.of_risk(r, 1),
    acceptances.in_state: lambda f, r: acceptances.in_state(r, 1, AcceptanceState.ACCEPTED),
    acceptances.standing: lambda f, r: acceptances.standing(r, f.firm.touchpoint_id, AcceptanceState.ACCEPTED),
    acceptances.accepted_between: lambda f, r: acceptances.accepted_between(r, f.firm.touchpoint_id, MONDAY, MONDAY),
    policies.of: lambda f, r: policies.of(r).id,
    risks.asking: lambda f, r: risks.asking(r, f.firm.touchpoint_id, before=TODAY),
    risks.raised_between: lambda f, r: risks.raised_between(r, f.firm.touchpoint_id, MONDAY, MONDAY),
    syncs.current_of: lambda f, r: syncs.current_of(r, f.scope),
    syncs.current: lambda f, r: syncs.current(r, f.firm.touchpoint_id),
    syncs.known: lambda f, r: syncs.known(r, f.firm.touchpoint_id, since="2031"),
    syncs.ahead: lambda f, r: syncs.ahead(r, f.firm.touchpoint_id),
    syncs.listed: lambda f, r: syncs.listed(r, f.firm.touchpoint_id, since=MONDAY - WEEK, until=MONDAY + 2 * WEEK),
    syncs.untouched: lambda f, r: syncs.untouched(r, f.firm.touchpoint_id),
    syncs.closed: lambda f, r: syncs.closed(r, f.scope),
    syncs.closed_after: lambda f, r: syncs.closed_after(r, f.scope, MONDAY - 2 * WEEK),
    syncs.following: lambda f, r: syncs.following(r, f.sync(r)),
    threats.every: lambda f, r: threats.every(r),
    threats.is_empty: lambda f, r: not threats.is_empty(r),
    threats.vendors: lambda f, r: threats.vendors(r),
    threats.recent_news: lambda f, r: threats.recent_news(r, MONDAY - WEEK),
    threats.last_read: lambda f, r: threats.last_read(r),
    watching.counted: lambda f, r: watching.counted(r, f.firm.touchpoint_id),
    watching.met: lambda f, r: watching.met(r, f.firm.touchpoint_id),
    watching.alive: lambda f, r: watching.alive(r, f.firm.touchpoint_id),
    watching.known: lambda f, r: watching.known(r).catalog,
    watching.of_match: lambda f, r: watching.of_match(r, f.one(r, ThreatMatch)),
    watching.pairs: lambda f, r: watching.pairs(r, f.firm.touchpoint_id),
    watching.products: lambda f, r: watching.products(r, f.scope),
    touchpoints.at_home: lambda f, r: touchpoints.at_home(r, f.firm.home),
    touchpoints.of_person: lambda f, r: touchpoints.of_person(r, f.firm.sam_id),
    touchpoints.every: lambda f, r: [one for one in touchpoints.every(r) if one.id == f.firm.touchpoint_id],
    reviews.of_decision: lambda f, r: reviews.of_decision(r, f.one(r, Decision).key),
    rows.of: lambda f, r: rows.of(r, touchpoints.of_people, f.firm.sam_id),
    rows.having: lambda f, r: rows.having(r, Touchpoint, cio_id=f.firm.sam_id),
    rows.numbered: lambda f, r: rows.numbered(r, Decision, f.number, true()),
    rows.find: lambda f, r: rows.find(r, Touchpoint, f.firm.touchpoint_id),
}
# Those that raise for what must be there.
GETTERS: dict[Callable[..., Any], Asked] = {
    risks.locked: lambda f, r: risks.locked(r, 1),
    rows.get: lambda f, r: rows.get(r, Touchpoint, f.firm.touchpoint_id),
    people.called: lambda f, r: people.called(r, f.firm.sam_id),
    touchpoints.principals: lambda f, r: touchpoints.principals(r, f.touchpoint(r)),
}
# These change something: in the other's own name, and of what is the first one's.
CHANGES: dict[Callable[..., Any], Asked] = {
    actions.add: lambda f, r: actions.add(r, f.promise(r)),
    actions.index: lambda f, r: actions.index(r, f.one(r, ActionItem)),
    asks.add: lambda f, r: asks.add(r, f.ask(r)),
    asks.index: lambda f, r: asks.index(r, f.one(r, Ask)),
    asks.reduce: lambda f, r: asks.reduce(r, f.one(r, Ask), []),
    audit.append: lambda f, r: audit.append(r, "something"),
    audit.chain: lambda f, r: audit.chain(r),
    decisions.add: lambda f, r: decisions.add(r, f.decision(r)),
    decisions.index: lambda f, r: decisions.index(r, f.one(r, Decision)),
    decisions.concern: lambda f, r: decisions.concern(r, f.one(r, Decision), []),
    initiatives.add: lambda f, r: initiatives.add(r, f.initiative(r)),
    initiatives.index: lambda f, r: initiatives.index(r, f.one(r, Initiative)),
    gates.open_all: lambda f, r: gates.open_all(r, initiatives.add(r, f.initiative(r)), {}),
    gates.add_questions: lambda f, r: gates.add_questions(r, f.one(r, Gate), ["And who else?"], first=2),
    gates.move: lambda f, r: gates.move(r, f.one(r, Initiative), (TODAY, TODAY)),
    gates.keep_questions: lambda f, r: gates.keep_questions(r, gates.GateNow(gate=f.one(r, Gate)), ["And who else?"]),
    gates.keep_set: lambda f, r: gates.keep_set(r, f.other.touchpoint_id, Tier.LOW, GateKind.IDEA, ["And who else?"]),
    keys.void: lambda f, r: keys.void(r, f.one(r, Decision)),
    keys.turn: lambda f, r: keys.turn(r, f.one(r, Decision), Seat.CISO, f.firm.dana_id),
    deliveries.post: lambda f, r: deliveries.post(r, once="later", conversation="slack:T2/C1", kind="x", subject_id=1),
    deliveries.redraw: lambda f, r: deliveries.redraw(r, "nudge", subject_id=f.firm.sam_id),
    deliveries.follow: lambda f, r: deliveries.follow(
        r, to="teams:x/sam", others=["slack:T1/Sam", "slack:T1/C-home"], kind="nudge", subject_id=f.firm.sam_id
    ),
    deliveries.redraw_at: lambda f, r: deliveries.redraw_at(r, f.firm.home),
    deliveries.withdraw: lambda f, r: deliveries.withdraw(r, kinds=["start"], subject_id=f.sync_id),
    deliveries.owe_again: lambda f, r: deliveries.owe_again(r, f.firm.home, since=r.now),
    deliveries.hand_over: lambda f, r: deliveries.hand_over(r, kind="nudge", gone=f.firm.sam_id, into=f.other.sam_id),
    feeds.issue: lambda f, r: feeds.issue(r, f.firm.sam_id, "another"),
    feeds.revoke: lambda f, r: feeds.revoke(r, f.firm.sam_id),
    feeds.hand_over: lambda f, r: feeds.hand_over(r, gone=f.firm.sam_id, into=f.other.sam_id),
    health.forget: lambda f, r: health.forget(r, health.answers(r, 1).values()),
    hygiene.erase: lambda f, r: hygiene.erase(r, f.one(r, HygieneRound).key),
    hygiene.join: lambda f, r: hygiene.join(r, f.one(r, HygienePost), "f" * 64),
    hygiene.forget_marks: lambda f, r: hygiene.forget_marks(r, f.one(r, HygienePost)),
    homes.outdate: lambda f, r: homes.outdate(r),
    homes.stand: lambda f, r: homes.stand(
        r, account="slack:T1/Sam", person_id=f.other.sam_id, surface="slack:T1/Sam/home", until=MONDAY
    ),
    homes.offer: lambda f, r: homes.offer(
        r, account="slack:T1/Sam", person_id=f.other.sam_id, once="again", until=MONDAY
    ),
    homes.supersede: lambda f, r: homes.supersede(r, "slack:T1/Sam"),
    inbox.first_time: lambda f, r: inbox.first_time(r, "event-1"),
    links.issue: lambda f, r: links.issue(
        r, "another", person_id=f.other.sam_id, joins=Joins.PERSON, expires_at=MONDAY
    ),
    nudges.plan: lambda f, r: nudges.plan(
        r, once="a", person_id=f.other.sam_id, kind=PROMPT, subject_id=f.sync_id, slot=MONDAY
    ),
    nudges.hand_over: lambda f, r: nudges.hand_over(r, gone=f.firm.sam_id, into=f.other.sam_id),
    nudges.forget: lambda f, r: nudges.forget(r, nudges.about(r, PROMPT, f.sync_id)),
    owners.erase: lambda f, r: owners.erase(r, f.check_id),
    people.meet: lambda f, r: people.meet(r, "slack:T1/Sam", name="Somebody else"),
    people.seen: lambda f, r: people.seen(r, "slack:T1/Sam"),
    people.hand_over: lambda f, r: people.hand_over(r, "slack:T1/Sam", f.other.sam_id),
    merging.merge: lambda f, r: merging.merge(
        r, gone=rows.get(r, Person, f.firm.sam_id), into=rows.get(r, Person, f.other.sam_id)
    ),
    places.open_up: lambda f, r: places.open_up(r, f.firm.home, outsiders=True),
    readdressing.readdress: lambda f, r: readdressing.readdress(r, f.firm.home, "slack:T9/C1"),
    places.lose: lambda f, r: places.lose(r, f.firm.home, "archived"),
    places.forget_who_added: lambda f, r: places.forget_who_added(r, ["slack:T1/Sam"]),
    risks.add: lambda f, r: risks.add(r, f.risk(r)),
    risks.remember_level: lambda f, r: risks.remember_level(r, f.one(r, RiskItem), f.firm.sam_id),
    acceptances.add: lambda f, r: acceptances.add(r, f.acceptance(r)),
    policies.keep: lambda f, r: policies.keep(r, Policy(organization_id=r.organization_id)),
    reviews.add: lambda f, r: reviews.add(r, f.one(r, Decision).key, f.firm.sam_id, Verdict.CONFIRMED),
    rows.add: lambda f, r: rows.add(r, f.line(r, f.sync_id)),
    rows.write: lambda f, r: rows.write(r, f.line(r, f.sync_id)),
    installations.end: lambda f, r: installations.end(r, "slack:T1", "removed"),
    installations.install: lambda f, r: installations.install(r, "slack:T1", secret="theirs"),
    items.add: lambda f, r: items.add(r, f.line(r, f.sync_id)),
    items.index: lambda f, r: items.index(r, f.one(r, AgendaItem)),
    minutes.index: lambda f, r: minutes.index(r, f.sync(r)),
    risks.index: lambda f, r: risks.index(r, f.one(r, RiskItem)),
    threats.claim: lambda f, r: threats.claim(r, r.session.get(Organization, r.organization_id)),
    threats.keep_sources: lambda f, r: threats.keep_sources(r, {}),
    threats.of_files: lambda f, r: threats.of_files(r),
    threats.take_catalog: lambda f, r: threats.take_catalog(r, Catalog(version="", entries=())),
    threats.take_news: lambda f, r: threats.take_news(r, f.one(r, Feed).key, [Headline(key="2", title="x", at=MONDAY)]),
    threats.take_scores: lambda f, r: threats.take_scores(
        r, Scores(by_cve={"CVE-2031-1": Score(chance=0.5, rank=0.5)})
    ),
    watching.mark_told: lambda f, r: watching.mark_told(
        r, watching.met(r, f.firm.touchpoint_id), MONDAY, today_passed={}
    ),
    watching.match: lambda f, r: watching.match(r, f.touchpoint(r), watching.known(r), [f.one(r, WatchedProduct)]),
    vocabulary.learn: lambda f, r: vocabulary.learn(r, ["words"]),
    search.put: lambda f, r: search.put(
        r,
        search.Entry(touchpoint_id=f.firm.touchpoint_id, subject="decision", subject_id=1, title="x", at=MONDAY),
    ),
    search.remove: lambda f, r: search.remove(r, subject="decision", subject_id=1),
    numbers.next_number: lambda f, r: numbers.next_number(r, "decision"),
}
# A tenant moves to the organization that its admin joins, and takes its people and conversations along.
MOVES: set[Callable[..., Any]] = {people.move_tenant, places.remember}
# These put what they are given into an answer, and ask others.
OTHERS: set[Callable[..., Any]] = {
    actions.conditions,
    asks.conditions,
    gates.whose,
    initiatives.conditions,
    risks.conditions,
    touchpoints.audience,
}


def asking_the_record(module: ModuleType) -> set[Callable[..., Any]]:
    """A module's own functions whose first parameter is the record."""
    own = [one for one in vars(module).values() if inspect.isfunction(one) and one.__module__ == module.__name__]
    asking = {one for one in own if next(iter(inspect.signature(one).parameters), "") == "record"}
    return {one for one in asking if not one.__name__.startswith("_")}


def name(function: Callable[..., Any]) -> str:
    return f"{function.__module__}.{function.__name__}"


def test_no_function_is_left_out():
    """A new one belongs into a table above."""
    everyone = set().union(
        *(
            asking_the_record(module)
            for module in (*tables.NOUNS, beside, homes, merging, readdressing, rows, numbers, watching)
        )
    )
    known = {*QUERIES, *GETTERS, *CHANGES} | MOVES | OTHERS
    assert {name(one) for one in everyone ^ known} == set()


def test_every_query_finds_what_is_ours_and_nothing_of_another(engine: Engine):
    filled = Filled(engine)
    for function, ask in QUERIES.items():
        with filled.firm.record() as record:
            assert ask(filled, record), f"{name(function)} finds nothing of ours, so it proves nothing"
        with filled.other.record() as record:
            assert not ask(filled, record), name(function)


def test_what_must_be_there_is_not_there_for_another(engine: Engine):
    filled = Filled(engine)
    for function, ask in GETTERS.items():
        with filled.firm.record() as record:
            assert ask(filled, record), name(function)
        with filled.other.record() as record, pytest.raises(Exception, match=r"Touchpoint|Person|No row"):
            ask(filled, record)


def everything(firm: Firm) -> dict[str, list[str]]:
    """All rows of an organization, and the words by which they are found."""
    found = {}
    key = "rowid" if firm.engine.dialect.name == "sqlite" else "id"
    words = text(
        f"SELECT * FROM search_text WHERE {key} IN (SELECT id FROM search_entry WHERE organization_id = :whose)"
    )
    with firm.engine.connect() as connection:
        for table in tables.METADATA.sorted_tables:
            if "organization_id" in table.c:
                query = table.select().where(table.c.organization_id == firm.organization_id)
                found[table.name] = sorted(str(row) for row in connection.execute(query))
        rows_found = connection.execute(words, {"whose": firm.organization_id})
        found["search_text"] = sorted(str(row) for row in rows_found)
    return found


def test_there_is_one_of_everything_to_be_changed(engine: Engine):
    """So that the tests below can fail."""
    kept = everything(Filled(engine).firm)
    assert [table for table, found in kept.items() if not found] == []


def test_a_change_leaves_another_organization_as_it_is(engine: Engine):
    filled = Filled(engine)
    before = everything(filled.firm)
    for function, change in CHANGES.items():
        with suppress(IntegrityError), filled.other.record() as record, suppress(LookupError, NoResultFound):
            change(filled, record)
        assert everything(filled.firm) == before, name(function)


def test_what_was_read_ahead_for_one_is_not_there_for_another(engine: Engine):
    """Cards of several organizations are drawn out of one transaction."""
    filled = Filled(engine)
    with filled.other.record(writes=False) as record:
        ahead.about_syncs(record.session, [filled.sync_id], [filled.firm.sam_id])
        assert items.of_sync(record, filled.sync_id) == []
        assert rows.find(record, Person, filled.firm.sam_id) is None
        assert rows.find(record, Touchpoint, filled.firm.touchpoint_id) is None


def test_a_mark_of_another_organization_is_not_ours(engine: Engine):
    filled = Filled(engine)
    with filled.other.record() as record:
        assert inbox.first_time(record, "event-1")
