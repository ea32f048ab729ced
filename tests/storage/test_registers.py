"""The record as registers, and back: everything that may be taken in comes back as it went out."""

from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlmodel import col, select

from agenda.cells import as_csv, as_json, read_csv, read_json
from agenda.decisions import DecisionState
from agenda.registered import DECISIONS, IMPORTED, PROMISES, REGISTERS, RESPONSIBILITIES, RISKS
from agenda.registers import Plan, Register, plan
from agenda.risks import RiskState
from agenda.touchpoints import Seat
from storage import acceptances, audit, decisions, imports, keys, papers, registers, risks, rows, search
from storage.acceptances import Acceptance
from storage.actions import ActionChange, ActionItem
from storage.decisions import Decision
from storage.owners import Responsibility
from storage.risks import RiskItem, RiskLevel
from storage.touchpoints import Touchpoint
from storage.verify import verify
from tests.conftest import MONDAY, fresh_sqlite
from tests.storage.filled import Filled
from tests.storage.firm import Firm, founded

TODAY = MONDAY.date()
# Whatever a person may have typed, or a person who means harm.
WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=30)
LINES = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1, max_size=40)
TITLES = (LINES | st.sampled_from(["=1+1", "+41 44", "-", "@SUM(A1)", "'=x", '"a";b,c'])).map(str.strip).filter(bool)
TEXTS = WORDS | st.sampled_from(["=cmd|' /C calc'!A0", "\r\n", "a\r\nb", "\t=", "'", "''+1", '"', "ﷺ=", "\ufeff"])
DAYS = st.none() | st.dates()
STEPS = st.integers(1, 5)
A_RISK = st.fixed_dictionaries(
    {"title": TITLES, "description": TEXTS, "controls": TEXTS, "owner": TITLES, "likelihood": STEPS, "impact": STEPS},
    optional={
        "review_on": DAYS,
        "due_on": DAYS,
        "state": st.sampled_from(["open", "closed"]),
    },
).flatmap(
    lambda risk: st.just(risk) | STEPS.map(lambda step: {**risk, "inherent_likelihood": step, "inherent_impact": step})
)
A_DECISION = st.fixed_dictionaries(
    {"title": TITLES, "question": TEXTS, "options": TEXTS, "outcome": TEXTS, "rationale": TEXTS, "consulted": TITLES},
    optional={"effective_on": DAYS},
)


def planned(firm: Firm, register: Register, table: str) -> Plan:
    with firm.record(writes=False) as record:
        return plan(register, read_csv(table), imports.present(record, register, firm.touchpoint_id))


def taken_in(firm: Firm, register: Register, table: str) -> Plan:
    """In Dana's name."""
    found = planned(firm, register, table)
    with firm.record() as record:
        touchpoint = rows.get(record, Touchpoint, firm.touchpoint_id)
        list(imports.take_in(record, register, touchpoint, firm.dana_id, found))
    return found


def exported(firm: Firm, register: Register, *, of: list[str] | None = None) -> str:
    """The whole file, or these columns of it."""
    names = [column.name for column in register.columns]
    with firm.record(writes=False) as record:
        found = registers.table_of(record, register, [firm.touchpoint_id])
    wanted = of or names
    return as_csv(wanted, [[row[names.index(name)] for name in wanted] for row in found])


def importable(register: Register) -> list[str]:
    return [column.name for column in register.taken]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(A_RISK, max_size=3), st.lists(A_DECISION, max_size=3))
def test_what_goes_out_comes_back_as_it_was(
    some_risks: list[dict[str, object]], some_decisions: list[dict[str, object]]
):
    there, here = founded(fresh_sqlite()), founded(fresh_sqlite())
    with there.record() as record:
        mine = {"organization_id": there.organization_id, "touchpoint_id": there.touchpoint_id}
        for said in some_risks:
            state = {"state": RiskState(said.get("state", "open"))}
            risks.add(record, RiskItem(**mine, raised_by_id=there.sam_id, raised_at=MONDAY, **said | state))
        for said in some_decisions:
            decisions.add(record, Decision(**mine, recorded_by_id=there.sam_id, recorded_at=MONDAY, **said))
    for register in (RISKS, DECISIONS):
        taken_in(here, register, exported(there, register))
        columns = [*importable(register), "state"]
        assert exported(here, register, of=columns) == exported(there, register, of=columns)
    for firm in (there, here):
        assert verify(firm.engine, firm.organization_id).intact
        firm.engine.dispose()


def test_promises_and_areas_come_back_too(engine: Engine):
    there, here = Filled(engine).firm, founded(fresh_sqlite(), "slack:T9")
    with there.record() as record:
        area = {"area": "=Vendor risk", "synonyms": "suppliers", "category": "GV.SC", "accountable": "CISO"}
        mine = {"organization_id": there.organization_id, "touchpoint_id": there.touchpoint_id}
        rows.add(record, Responsibility(**mine, **area))
    for register in (PROMISES, RESPONSIBILITIES):
        found = taken_in(here, register, exported(there, register))
        assert len(found.rows) > 0
        assert exported(here, register, of=importable(register)) == exported(there, register, of=importable(register))


def test_a_file_that_was_just_written_changes_nothing(engine: Engine):
    firm = Filled(engine).firm
    lived_with(firm)
    for register in IMPORTED.values():
        found = planned(firm, register, exported(firm, register))
        assert {one.act for one in found.rows} == {"unchanged"}, register.name
        assert found.errors == ()


def test_json_says_the_same_as_csv(engine: Engine):
    firm = Filled(engine).firm
    heads = [column.name for column in RISKS.columns]
    with firm.record(writes=False) as record:
        table = registers.table_of(record, RISKS, [firm.touchpoint_id])
    assert [line.cells for line in read_json(as_json(heads, table)).lines] == [
        line.cells for line in read_csv(as_csv(heads, table)).lines
    ]


@pytest.mark.parametrize("register", REGISTERS.values(), ids=lambda register: register.name)
def test_a_register_has_our_rows_and_nobody_elses(engine: Engine, register: Register):
    filled = Filled(engine)
    lived_with(filled.firm)
    with filled.firm.record(writes=False) as record:
        assert registers.table_of(record, register, [filled.firm.touchpoint_id]) != []
    with filled.other.record(writes=False) as record, suppress(LookupError):
        assert registers.table_of(record, register, [filled.firm.touchpoint_id]) == []


def lived_with(firm: Firm) -> None:
    """A risk that both accept, and an area that somebody looks after."""
    mine = {"organization_id": firm.organization_id, "touchpoint_id": firm.touchpoint_id}
    signed = {
        "risk_title": "Old VPN",
        "likelihood": 3,
        "impact": 4,
        "justification": "It goes in May.",
        "expires_on": TODAY,
    }
    with firm.record() as record:
        risk = risks.add(record, RiskItem(**mine, title="Old VPN", raised_by_id=firm.sam_id, raised_at=MONDAY))
        asked = {"risk_id": risk.key, "requested_by_id": firm.sam_id, "requested_at": MONDAY}
        acceptances.add(record, Acceptance(**mine, **signed, **asked))
        rows.add(record, Responsibility(**mine, area="Backup"))


def test_a_risk_that_waits_to_be_accepted_stays_as_it_is(firm: Firm):
    lived_with(firm)
    assert planned(firm, RISKS, "ref,impact\nR-1,5\n").errors == (
        "row 2, impact: R-1 waits for the keys of its acceptance, and stays as it is. Take the row out.",
    )


def test_whose_keys_stand_is_said_in_words(firm: Firm):
    number = firm.decides("Move the VPN")
    with firm.record() as record:
        decision = decisions.by_number(record, number, [firm.touchpoint_id])
        assert decision
        keys.turn(record, decision, Seat.CIO, firm.sam_id)
        keys.turn(record, decision, Seat.CISO, firm.dana_id, dissent="Too early.")
    assert '"CIO Sam on 2031-03-03; CISO Dana on 2031-03-03, with dissent: Too early."' in exported(firm, DECISIONS)
    firm.rewrites(number, question="Which one?")
    assert '"CIO Sam' not in exported(firm, DECISIONS)


# ── taking in ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_import_is_in_the_log_found_by_its_words_and_verified(firm: Firm):
    taken_in(firm, RISKS, "title,likelihood,impact\nLegacy mainframe,4,5\n")
    with firm.record() as record:
        (level,) = record.session.execute(select(RiskLevel)).scalars()
        assert (level.likelihood, level.impact, level.person_id) == (4, 5, firm.dana_id)
        last = audit.events(record)[-1]
        assert last.event == "risk.imported"
        assert "mainframe" not in last.facts
        assert record.session.execute(
            select(search.SearchEntry).where(col(search.SearchEntry.subject) == "risk")
        ).first()
    assert verify(firm.engine, firm.organization_id).intact


def test_a_changed_level_is_a_step_of_its_history(firm: Firm):
    taken_in(firm, RISKS, "title\nLegacy mainframe\n")
    taken_in(firm, RISKS, "ref,likelihood,owner\nR-1,5,Kim\n")
    with firm.record() as record:
        steps = record.session.execute(select(RiskLevel).order_by(col(RiskLevel.id))).scalars().all()
        assert [(step.likelihood, step.person_id) for step in steps] == [(3, firm.dana_id), (5, firm.dana_id)]
        assert (risks.by_number(record, 1, [firm.touchpoint_id])).owner == "Kim"  # type: ignore[union-attr]
    assert verify(firm.engine, firm.organization_id).intact


def test_a_moved_promise_keeps_its_history(firm: Firm):
    taken_in(firm, PROMISES, "title,owner,due_on\nRenew it,Sam,2031-03-07\n")
    taken_in(firm, PROMISES, "ref,owner,due_on\nP-1,Dana,2031-03-14\n")
    with firm.record() as record:
        (promise,) = record.session.execute(select(ActionItem)).scalars()
        assert (promise.owner_id, promise.due_on, promise.moves) == (
            firm.dana_id,
            MONDAY.date() + timedelta(days=11),
            1,
        )
        changes = record.session.execute(select(ActionChange)).scalars().all()
        assert sorted(change.what for change in changes) == ["moved", "reassigned"]


def test_no_path_of_a_file_leads_to_a_key(firm: Firm):
    taken_in(firm, DECISIONS, "title,state,keys,agreed at\nMove,agreed,CIO Sam,2031-01-01T00:00:00Z\n")
    taken_in(firm, RISKS, "title,state,accepted until\nVPN,accepted,2032-01-01\n")
    with firm.record() as record:
        (decision,) = record.session.execute(select(Decision)).scalars()
        assert (decision.state, decision.agreed_at) == (DecisionState.PROPOSED, None)
        assert keys.history(record, decision) == []
        (risk,) = record.session.execute(select(RiskItem)).scalars()
        assert (risk.state, risk.accepted_until, risk.treatment) == (RiskState.OPEN, None, "accept")
        assert record.session.execute(select(Acceptance)).first() is None


def test_a_text_that_is_being_signed_stays_as_it_is(firm: Firm):
    number = firm.decides("Move the VPN")
    with firm.record() as record:
        decision = decisions.by_number(record, number, [firm.touchpoint_id])
        assert decision
        keys.turn(record, decision, Seat.CIO, firm.sam_id)
    found = planned(firm, DECISIONS, f"ref,title\nD-{number},Another\n")
    assert found.errors == (f"row 2, title: D-{number} has a key on its text, and stays as it is. Take the row out.",)


def test_another_accountable_is_confirmed_by_nobody(firm: Firm):
    taken_in(firm, RESPONSIBILITIES, "area,accountable\nBackup,CIO\n")
    with firm.record() as record:
        (area,) = record.session.execute(select(Responsibility)).scalars()
        area.confirmed_at, area.confirmed_by_id = MONDAY, firm.sam_id
    taken_in(firm, RESPONSIBILITIES, "area,accountable\nbackup,CISO\n")
    with firm.record() as record:
        (area,) = record.session.execute(select(Responsibility)).scalars()
        assert (area.area, area.accountable, area.confirmed_at, area.confirmed_by_id) == ("backup", "CISO", None, None)


def test_a_plan_with_an_error_is_not_carried_out(firm: Firm):
    with pytest.raises(ValueError, match="not carried out"):
        taken_in(firm, RISKS, "title,likelihood\nFine,3\nWrong,9\n")
    with firm.record() as record:
        assert record.session.execute(select(RiskItem)).first() is None


def test_decisions_are_written_as_files(firm: Firm):
    firm.decides("Switch the VPN off")
    firm.decides("Keep it")
    with firm.record(writes=False) as record:
        found = dict(papers.records(record, [firm.touchpoint_id]))
    assert list(found) == ["0001-switch-the-vpn-off.md", "0002-keep-it.md"]
    assert 'decision-makers: ["Sam (CIO)", "Dana (CISO)"]' in found["0001-switch-the-vpn-off.md"]
