"""Two principals sign, edit and reject one decision at the very same moment, round after round, on both databases.

Whoever is first counts, and the other is told: no update is lost, and no decision is in two states. `TOUCHPOINT_ROUNDS=1000`
plays as many rounds.
"""

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from random import Random
from threading import Barrier

from sqlalchemy import Engine, select
from sqlmodel import col

from agenda.decisions import DecisionState
from bot.forms import Form
from bot.requests import ButtonPressed, FormSubmitted
from storage import decisions, keys, verify
from storage.keys import SignOff
from storage.unit_of_work import unit_of_work
from tests.bot.room import Chair, Room

ROUNDS = int(os.environ.get("TOUCHPOINT_ROUNDS", "12"))
ACTS = ("sign", "edit", "reject", "withdraw", "dissent")


def request_of(chair: Chair, act: str, number: int, text_hash: str, form: Form) -> ButtonPressed | FormSubmitted:
    """What this person's client sends, about the text that all of them saw."""
    asked = {"id": chair.room.new_id(), "actor": chair.profile, "where": chair.where(None)}
    paper = f"{number}|{text_hash}"
    if act == "sign":
        return ButtonPressed(**asked, action="decision.sign", value=paper)  # type: ignore[arg-type]
    form_id, context, values = {
        "edit": (
            "decision",
            form.context,
            {f.name: f.value or "" for f in form.fields} | {"title": chair.profile.name},
        ),
        "reject": ("decision_reject", {"text": paper}, {"because": chair.profile.name}),
        "withdraw": ("decision_withdraw", {"number": str(number)}, {"because": chair.profile.name}),
        "dissent": ("decision_dissent", {"text": paper}, {"dissent": chair.profile.name}),
    }[act]
    context = {**context, "once": chair.room.new_id()}
    return FormSubmitted(**asked, form_id=form_id, context=context, values=values)  # type: ignore[arg-type]


def test_nothing_is_lost_and_nothing_is_two_things_at_once(shared: Engine) -> None:
    room, draw = Room(engine=shared), Random(7)
    people = room.set_up()
    with ThreadPoolExecutor(4) as pool:
        for played in range(ROUNDS):
            said = people[0].types(f"decision add number {played}")
            number = int(said.split()[0].removeprefix("D-"))
            acts = [draw.choice(ACTS) for _ in range(4)]
            together(room, pool, people, number, acts)
            check(room, number, acts)
    assert verify.verify(shared, 1).findings == []


def together(room: Room, pool: ThreadPoolExecutor, people: tuple[Chair, Chair], number: int, acts: list[str]) -> None:
    """Four fingers at the same moment, each on what stood there before."""
    forms = []
    for chair in people:
        chair.tries("decision.edit", str(number))
        assert chair.form
        forms.append(replace(chair.form))
    with unit_of_work(room.engine, organization_id=1, now=room.now, writes=False) as record:
        found = decisions.by_number(record, number, [1])
        assert found
        text_hash = found.text_hash
    asked = [request_of(people[n % 2], act, number, text_hash, forms[n % 2]) for n, act in enumerate(acts)]
    at_once = Barrier(len(asked))

    def send(request: ButtonPressed | FormSubmitted) -> None:
        at_once.wait(30)
        room.bot.dispatch(request, room.now)

    list(pool.map(send, asked))


def check(room: Room, number: int, acts: list[str]) -> None:
    """The decision, its keys and its search entry tell one story."""
    with unit_of_work(room.engine, organization_id=1, now=room.now, writes=False) as record:
        found = decisions.by_number(record, number, [1])
        assert found
        turned = keys.turned(record, found)
        assert (found.agreed_at is not None) == (found.state is DecisionState.AGREED), acts
        assert (found.settled_at is not None) == (found.state in {DecisionState.REJECTED, DecisionState.WITHDRAWN}), (
            acts
        )
        if found.state is DecisionState.AGREED:
            assert len({key.person_id for key in turned.values()}) == 2, acts
        if found.state is DecisionState.PROPOSED:
            assert len(turned) == 1, acts
            assert found.title in {"Sam", "Dana"} or found.title.startswith("number"), acts
        standing = select(SignOff).where(col(SignOff.subject_id) == found.key, col(SignOff.voided_at).is_(None))
        assert {key.text_hash for key in record.session.execute(standing).scalars()} <= {found.text_hash}, acts
