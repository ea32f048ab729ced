"""Whatever anybody presses in whatever order: no decision is agreed without its keys, and no agreed text ever changes.

Two principals, a delegate, a member, an admin and the second account of one of them record, edit, sign, dissent, reject,
withdraw and replace, also by old buttons, while the policy changes in between. After every step the record is looked at.
"""

from collections.abc import Callable
from os import environ
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import Engine, select

from agenda.decisions import DecisionState
from bot.requests import Profile
from storage import keys, verify
from storage.decisions import Decision
from storage.keys import SignOff
from storage.unit_of_work import unit_of_work
from tests.bot.room import Chair, Room, buttons_of
from tests.bot.test_decisions import allows, member
from tests.conftest import emptied, fresh_sqlite

QUICK = settings(
    deadline=None,
    max_examples=int(environ.get("TOUCHPOINT_PATHS", "20")),
    stateful_step_count=15,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
PEOPLE = ("Sam", "Dana", "Ana", "Noor", "Root", "Samuel")
TITLES = ("Keep it", "Switch it off", "Replace it")
WHO, WHAT, NUMBER = st.sampled_from((*PEOPLE, "Sam", "Dana")), st.sampled_from(TITLES), st.integers(1, 7)


def cast(room: Room) -> dict[str, Chair]:
    """Two principals, Ana who stands in for one of them, a member, and Sam's second account; the rest just walk by."""
    chairs = {name: room.chair(name) for name in PEOPLE if name != "Samuel"}
    chairs["Samuel"] = room.chair("Samuel", account="teams:x/sam")
    room.once("cast", lambda: come_in(room, chairs["Sam"], chairs["Samuel"]))
    return chairs


def come_in(room: Room, sam: Chair, samuel: Chair) -> None:
    """As people do it."""
    room.set_up()
    member(room)
    sam.types("delegate")
    sam.fills(person="slack:T1/Ana", until="2031-03-20", people=(Profile(account="slack:T1/Ana", name="Ana"),))
    for purpose in ("Join this organization", "Join your own"):
        said = sam.types("link", place="direct").splitlines()
        code = next(line.rpartition(" ")[2] for line in said if line.startswith(purpose))
        samuel.types(f"link {code}", place="direct")


class Decisions(RuleBasedStateMachine):
    """`papers` remembers every text that ever stood on a card as the value of its button."""

    engine: Callable[[], Engine] = staticmethod(fresh_sqlite)

    def __init__(self) -> None:
        super().__init__()
        self.room = Room(engine=type(self).engine())
        self.chairs = cast(self.room)
        self.papers: list[str] = ["1|" + "0" * 64]
        self.texts: dict[int, str] = {}
        self.change_the_policy("operations")
        self.begin()

    def begin(self) -> None:
        """One is agreed, two would take its place, and one waits for one key."""
        self.record("Sam", "Keep it", False)
        self.does("Dana", "decision.sign", self.papers[-1])
        for who in ("Sam", "Dana"):
            self.does(who, "decision.replace", "1", title="Replace it")
        self.record("Noor", "Switch it off", True)

    def place(self, who: str) -> str | None:
        return "direct" if who == "Samuel" else None

    def note(self) -> None:
        """What stands on cards now can be pressed later."""
        with unit_of_work(self.room.engine, organization_id=1, now=self.room.now, writes=False) as record:
            for one in record.session.execute(select(Decision)).scalars():
                paper = f"{one.number}|{one.text_hash}"
                self.papers += [] if paper in self.papers else [paper]

    def does(self, who: str, action: str, value: str, **values: Any) -> None:
        """Presses a button, and fills in the form behind it if one opens."""
        chair = self.chairs[who]
        chair.form = None
        chair.tries(action, value, self.place(who))
        if chair.form:
            chair.fills(place=self.place(who), **values)
        self.note()

    @rule(who=WHO, title=WHAT, one_key=st.booleans())
    def record(self, who: str, title: str, one_key: bool) -> None:
        chair = self.chairs[who]
        chair.form = None
        chair.types("decision add", place=self.place(who))
        if chair.form:
            chair.fills(place=self.place(who), title=title, one_key="yes" if one_key else "")
        self.note()

    @rule(who=WHO, number=NUMBER, title=WHAT, one_key=st.booleans())
    def edit(self, who: str, number: int, title: str, one_key: bool) -> None:
        self.does(who, "decision.edit", str(number), title=title, one_key="yes" if one_key else "")

    @rule(who=WHO, number=NUMBER, links=st.sampled_from(["", "SEC-412", "http://x"]))
    def say_more(self, who: str, number: int, links: str) -> None:
        self.does(who, "decision.more", str(number), links=links)

    @rule(who=WHO, data=st.data())
    def sign(self, who: str, data: st.DataObject) -> None:
        self.does(who, "decision.sign", data.draw(st.sampled_from(self.papers[-6:])))

    @rule(who=st.sampled_from(["Sam", "Dana"]))
    def sign_whatever_there_is(self, who: str) -> None:
        for paper in self.papers[-6:]:
            self.does(who, "decision.sign", paper)
            self.one_key_was_enough_only_by_the_policy_of_the_moment()

    @rule(who=WHO, data=st.data())
    def dissent(self, who: str, data: st.DataObject) -> None:
        self.does(who, "decision.dissent", data.draw(st.sampled_from(self.papers[-6:])), dissent="No.")

    @rule(who=WHO, data=st.data())
    def reject(self, who: str, data: st.DataObject) -> None:
        self.does(who, "decision.reject", data.draw(st.sampled_from(self.papers[-6:])), because="No.")

    @rule(who=WHO, number=NUMBER)
    def withdraw(self, who: str, number: int) -> None:
        self.does(who, "decision.withdraw", str(number), because="Not any more.")

    @rule(who=WHO, number=NUMBER, title=WHAT, one_key=st.booleans())
    def replace(self, who: str, number: int, title: str, one_key: bool) -> None:
        self.does(who, "decision.replace", str(number), title=title, one_key="yes" if one_key else "")

    @rule(who=WHO, data=st.data())
    def press_on_a_card_in_private(self, who: str, data: st.DataObject) -> None:
        self.room.settle()
        shown = [(one, b) for one in self.room.in_(self.chairs[who].account) for b in buttons_of(one.card)]
        mine = [(one, b) for one, b in shown if b.action == "decision.sign"]
        if mine:
            _card, button = data.draw(st.sampled_from(mine))
            self.does(who, button.action, button.value)

    @rule(themes=st.sampled_from(["", "operations"]))
    def change_the_policy(self, themes: str) -> None:
        allows(self.room, themes)
        self.policy = themes

    @invariant()
    def nothing_is_agreed_without_its_keys(self) -> None:
        with unit_of_work(self.room.engine, organization_id=1, now=self.room.now, writes=False) as record:
            for one in record.session.execute(select(Decision)).scalars():
                stood = one.state in {DecisionState.AGREED, DecisionState.SUPERSEDED} or one.replaced_by is not None
                assert stood == (one.agreed_at is not None), one.ref
                if not stood:
                    continue
                turned = keys.turned(record, one)
                whose = {key.person_id for key in turned.values()}
                assert len(whose) == len(turned) == (2 if not one.one_key else len(turned)) >= 1, one.ref
                assert self.texts.setdefault(one.number, one.text_hash) == one.text_hash, "an agreed text changed"
                assert one.dissent == any(key.dissent for key in turned.values())

    @invariant()
    def one_key_was_enough_only_by_the_policy_of_the_moment(self) -> None:
        """Whoever was agreed by one key since the last step was agreed under the policy that stands."""
        with unit_of_work(self.room.engine, organization_id=1, now=self.room.now, writes=False) as record:
            for one in record.session.execute(select(Decision)).scalars():
                alone = one.agreed_at is not None and len(keys.turned(record, one)) == 1
                if alone and one.number not in self.seen_alone:
                    assert self.policy == "operations", one.ref
                    self.seen_alone.add(one.number)

    @invariant()
    def one_takes_the_place_of_another_once(self) -> None:
        with unit_of_work(self.room.engine, organization_id=1, now=self.room.now, writes=False) as record:
            found = {one.number: one for one in record.session.execute(select(Decision)).scalars()}
            taken = [one.replaces for one in found.values() if one.replaces and one.agreed_at]
            assert len(taken) == len(set(taken)), "two took the place of one"
            for number in taken:
                assert found[number].replaced_by
                assert found[number].state in {DecisionState.SUPERSEDED, DecisionState.WITHDRAWN}

    @property
    def seen_alone(self) -> set[int]:
        return self.__dict__.setdefault("_alone", set())

    def teardown(self) -> None:
        assert verify.verify(self.room.engine, 1).findings == []
        with unit_of_work(self.room.engine, organization_id=1, now=self.room.now, writes=False) as record:
            by_seat = [
                (key.subject_id, key.seat, key.text_hash)
                for key in record.session.execute(select(SignOff)).scalars()
                if key.voided_at is None
            ]
        assert len(by_seat) == len(set(by_seat))


def test_no_path_reaches_agreed_without_the_keys() -> None:
    run_state_machine_as_test(Decisions, settings=QUICK)  # type: ignore[no-untyped-call]


@pytest.mark.postgres
def test_nor_on_postgresql(postgres_with_tables: Engine) -> None:
    play_on(postgres_with_tables, Decisions)


def play_on(tables: Engine, machine: Any) -> None:
    """A few runs of it on PostgreSQL, each in an empty database."""
    on_postgresql = type(machine.__name__, (machine,), {"engine": staticmethod(lambda: emptied(tables))})
    run_state_machine_as_test(on_postgresql, settings=settings(QUICK, max_examples=3))  # type: ignore[no-untyped-call]
