"""Whatever anybody presses in whatever order, and however many days pass: nothing is lived with without both keys.

Two principals, a delegate, a member, an admin and the second account of one of them ask, change, sign, reject, withdraw, renew
and revoke, also by old buttons, while the risks are edited and closed and days go by. After every step the record is looked at.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from os import environ
from threading import Barrier
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import Engine, select
from sqlmodel import col

from agenda.acceptances import AcceptanceState
from agenda.recurrence import local_date
from agenda.risks import RiskState
from agenda.touchpoints import Seat
from bot import outbox
from bot.requests import ButtonPressed, CommandTyped, FormSubmitted
from storage import keys, verify
from storage.acceptances import Acceptance
from storage.risks import RiskItem
from storage.unit_of_work import unit_of_work
from tests.bot.room import Room, buttons_of
from tests.bot.test_decision_machine import QUICK, cast, play_on
from tests.conftest import fresh_sqlite

ROUNDS = int(environ.get("TOUCHPOINT_ROUNDS", "12"))
PEOPLE = ("Sam", "Dana", "Ana", "Noor", "Root", "Samuel")
WHO, RISK, LATELY = st.sampled_from((*PEOPLE, "Sam", "Dana")), st.integers(1, 3), 6
ZONE = "Europe/Zurich"


class Acceptances(RuleBasedStateMachine):
    """`papers` remembers every text that ever stood on a card as the value of its button."""

    engine: Callable[[], Engine] = staticmethod(fresh_sqlite)

    def __init__(self) -> None:
        super().__init__()
        self.room = Room(engine=type(self).engine())
        self.chairs = cast(self.room)
        self.papers: list[str] = ["1|" + "0" * 64]
        self.signed: dict[int, str] = {}
        for title in ("The VPN falls", "The DNS falls", "The lift falls"):
            self.chairs["Sam"].types(f"risk add {title}")
        self.ask("Sam", 1, 30)
        self.does("Dana", "acceptance.sign", self.papers[-1])
        self.ask("Noor", 2, 9)

    def place(self, who: str) -> str | None:
        return "direct" if who == "Samuel" else None

    def rows(self) -> list[Acceptance]:
        with unit_of_work(self.room.engine, organization_id=1, now=self.room.now, writes=False) as record:
            return list(record.session.execute(select(Acceptance).order_by(col(Acceptance.id))).scalars())

    def does(self, who: str, action: str, value: str, **values: Any) -> None:
        """Presses a button, and fills in the form behind it if one opens."""
        chair = self.chairs[who]
        chair.form = None
        chair.tries(action, value, self.place(who))
        if chair.form:
            chair.fills(place=self.place(who), **values)
        for one in self.rows():
            paper = f"{one.number}|{one.text_hash}"
            self.papers += [] if paper in self.papers else [paper]

    def day(self, days: int) -> str:
        return (local_date(self.room.now, ZONE) + timedelta(days=days)).isoformat()

    @rule(who=WHO, risk=RISK, days=st.sampled_from([-1, 0, 1, 3, 9, 365, 366]))
    def ask(self, who: str, risk: int, days: int) -> None:
        self.does(who, "acceptance.ask", str(risk), justification="It is far away.", until=self.day(days))

    @rule(who=WHO, data=st.data(), days=st.sampled_from([1, 5]))
    def change(self, who: str, data: st.DataObject, days: int) -> None:
        number = data.draw(st.sampled_from(self.papers[-LATELY:])).partition("|")[0]
        self.does(who, "acceptance.change", number, justification="It is behind a wall.", until=self.day(days))

    @rule(who=WHO, data=st.data())
    def sign(self, who: str, data: st.DataObject) -> None:
        self.does(who, "acceptance.sign", data.draw(st.sampled_from(self.papers[-LATELY:])))

    @rule(who=st.sampled_from(["Sam", "Dana"]))
    def sign_whatever_there_is(self, who: str) -> None:
        for paper in self.papers[-LATELY:]:
            self.does(who, "acceptance.sign", paper)

    @rule(who=WHO, data=st.data(), how=st.sampled_from(["reject", "withdraw", "revoke"]))
    def end(self, who: str, data: st.DataObject, how: str) -> None:
        number = data.draw(st.sampled_from(self.papers[-LATELY:])).partition("|")[0]
        self.does(who, f"acceptance.{how}", number, because="No.")

    @rule(who=WHO, risk=RISK, impact=st.sampled_from("1345"))
    def move_the_level(self, who: str, risk: int, impact: str) -> None:
        self.does(who, "risk.level", str(risk), impact=impact)

    @rule(
        who=WHO,
        risk=RISK,
        title=st.sampled_from(["It falls", "It stands"]),
        treatment=st.sampled_from(["avoid", "accept"]),
    )
    def edit(self, who: str, risk: int, title: str, treatment: str) -> None:
        self.does(who, "risk.edit", str(risk), title=title, treatment=treatment)

    @rule(who=WHO, risk=st.just(3))
    def close(self, who: str, risk: int) -> None:
        self.does(who, "risk.close", str(risk), because="It fell.")

    @rule(who=st.sampled_from(["Sam", "Dana"]), data=st.data())
    def press_on_a_card_in_private(self, who: str, data: st.DataObject) -> None:
        self.room.settle()
        shown = [(b.action, b.value) for one in self.room.in_(self.chairs[who].account) for b in buttons_of(one.card)]
        mine = [pair for pair in shown if pair[0].startswith("acceptance.")]
        if mine:
            action, value = data.draw(st.sampled_from(mine))
            self.does(who, action, value, because="No.")

    @rule(days=st.sampled_from([0.1, 1, 1, 4, 40]))
    def let_days_pass(self, days: float) -> None:
        """As the hourly planning sees them."""
        self.room.now += timedelta(days=days)
        outbox.plan_everything(self.room.engine, lambda _organization: self.room.now)

    @invariant()
    def nothing_is_lived_with_without_both_keys(self) -> None:
        today = local_date(self.room.now, ZONE)
        with unit_of_work(self.room.engine, organization_id=1, now=self.room.now, writes=False) as record:
            found = list(record.session.execute(select(Acceptance)).scalars())
            standing = {one.risk_id: one for one in found if one.state is AcceptanceState.ACCEPTED}
            assert len(standing) == sum(one.state is AcceptanceState.ACCEPTED for one in found), "two of one risk"
            waiting = [one.risk_id for one in found if one.state is AcceptanceState.PROPOSED]
            assert len(waiting) == len(set(waiting)), "two are asked for of one risk"
            for one in found:
                if one.accepted_at:
                    turned = keys.turned(record, one)
                    assert set(turned) == set(Seat), one.ref
                    assert len({key.person_id for key in turned.values()}) == 2, f"{one.ref}: one person, both keys"
                    assert self.signed.setdefault(one.number, one.text_hash) == one.text_hash, "a signed text changed"
            for risk in record.session.execute(select(RiskItem)).scalars():
                one = standing.get(risk.key)
                assert (risk.state is RiskState.ACCEPTED) == (one is not None), risk.ref
                if one:
                    assert one.expires_on >= today, f"{risk.ref} is lived with past its last day"
                    assert risk.accepted_until == one.expires_on
                    assert risk.level <= one.level, f"{risk.ref} has outgrown what was signed"
                if risk.state is RiskState.CLOSED:
                    assert risk.key not in waiting

    def teardown(self) -> None:
        self.room.settle()
        assert verify.verify(self.room.engine, 1).findings == []


def test_no_path_reaches_accepted_without_the_keys() -> None:
    run_state_machine_as_test(Acceptances, settings=QUICK)  # type: ignore[no-untyped-call]


@pytest.mark.postgres
def test_nor_on_postgresql(postgres_with_tables: Engine) -> None:
    play_on(postgres_with_tables, Acceptances)


def test_signed_edited_and_closed_at_the_same_moment(shared: Engine) -> None:
    """Whoever comes first: what is accepted has both keys on its text, and its risk says the same."""
    room = Room(engine=shared)
    sam, dana = room.set_up()
    outcomes = set()
    for number in range(1, ROUNDS + 1):
        sam.types(f"risk add Number {number}")
        sam.types(f"risk accept {number}")
        sam.fills(justification="It is far away.", until="2031-06-02")
        sam.types(f"risk show {number}")
        sam.presses("New level")
        assert sam.form
        assert sam.answer is None
        paper = papers(room)[number]
        sign = ButtonPressed(
            id=room.new_id(), actor=dana.profile, where=dana.where(None), action="acceptance.sign", value=paper
        )
        raised = FormSubmitted(
            id=room.new_id(),
            actor=sam.profile,
            where=sam.where(None),
            form_id="risk_level",
            context=sam.form.context,
            values={"likelihood": "5", "impact": "5", "because": ""},
        )
        closing = CommandTyped(
            id=room.new_id(), actor=sam.profile, where=sam.where(None), text=f"risk close {number} It is gone"
        )
        at_once(room, sign, raised if number % 2 else closing)
        outcomes.add(whole(room, number))
    assert outcomes <= {("open", "proposed"), ("open", "revoked"), ("closed", "withdrawn"), ("closed", "ended")}
    assert verify.verify(room.engine, 1).findings == []


def papers(room: Room) -> dict[int, str]:
    """What the button of each acceptance carries."""
    with unit_of_work(room.engine, organization_id=1, now=room.now, writes=False) as record:
        found = record.session.execute(select(Acceptance)).scalars()
        return {one.number: f"{one.number}|{one.text_hash}" for one in found}


def at_once(room: Room, *requests: Any) -> None:
    """Each in a thread of its own, begun at the same moment."""
    together = Barrier(len(requests))

    def begun(request: Any) -> None:
        together.wait()
        room.bot.dispatch(request, room.now)

    with ThreadPoolExecutor(len(requests)) as pool:
        list(pool.map(begun, requests))


def whole(room: Room, number: int) -> tuple[str, str]:
    """How the risk and its acceptance stand, if they fit each other."""
    with unit_of_work(room.engine, organization_id=1, now=room.now, writes=False) as record:
        risk = record.session.execute(select(RiskItem).where(col(RiskItem.number) == number)).scalar_one()
        one = record.session.execute(select(Acceptance).where(col(Acceptance.risk_id) == risk.id)).scalar_one()
        if one.accepted_at:
            assert set(keys.turned(record, one)) == set(Seat)
        if one.state is AcceptanceState.PROPOSED:
            assert one.describes(risk.title, risk.likelihood, risk.impact)
            assert not keys.turned(record, one), "a key on a text that was changed"
        return risk.state.value, one.state.value
