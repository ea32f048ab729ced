"""The five conversations, by two at the very same moment, on PostgreSQL: it happens once, and nothing of it is lost."""

import json
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Engine, text

from agenda.conversations import Conversation
from bot import tracker
from bot.tracker import Taken
from storage.people import Organization
from storage.verify import verify
from tests.bot.room import Chair, Posted, Room
from tests.bot.test_asks import PHISHING, asks, estimates
from tests.bot.test_concurrency import at_once
from tests.bot.test_conversations import switch

pytestmark = pytest.mark.postgres
ALL = "slack:T1/C-all"
SCORED = "3"


@pytest.fixture
def room(postgres_with_tables: Engine) -> Room:
    return Room(engine=postgres_with_tables)


def pair(room: Room, *on: Conversation) -> tuple[Chair, Chair]:
    sam, dana = room.set_up()
    if on:
        switch(sam, *on)
    return sam, dana


def stored(room: Room, query: str) -> list[dict[str, object]]:
    with room.engine.connect() as connection:
        return [dict(row) for row in connection.execute(text(query)).mappings()]


def whole(room: Room) -> None:
    """The log and every sealed row are as they were written."""
    assert verify(room.engine, 1).intact


def direct(room: Room, chair: Chair) -> str:
    return "\n".join(str(posted) for posted in room.in_(chair.account))


def agreed(room: Room, sam: Chair, dana: Chair) -> None:
    """Both answer hygiene at once, and say yes."""
    for chair in (sam, dana):
        chair.types("hygiene", place="direct")
        chair.presses("Answer", place=chair.account)
    at_once(*(partial(chair.fills, done=("1", "3"), together="yes", place=chair.account) for chair in (sam, dana)))
    room.settle()


def test_both_answer_hygiene_at_once_and_both_are_told_once(room: Room) -> None:
    sam, dana = pair(room, Conversation.HYGIENE)
    agreed(room, sam, dana)
    assert len(stored(room, "SELECT * FROM hygiene_answer")) == 2
    assert len(stored(room, "SELECT * FROM delivery WHERE kind = 'hygiene_agreed'")) == 1
    at_once_told = [f"{chair.text}\n{direct(room, chair)}" for chair in (sam, dana)]
    assert all("You both did 2 of 5" in said for said in at_once_told)
    whole(room)


def test_one_takes_it_back_while_the_other_one_posts_it(room: Room) -> None:
    """Whichever comes first counts; never is something posted that one of them took back."""
    sam, dana = pair(room, Conversation.HYGIENE)
    agreed(room, sam, dana)
    dana.types("hygiene post", place=ALL)
    sam.types("hygiene", place="direct")
    at_once(
        partial(dana.presses, "Post it in #home", place=ALL),
        partial(sam.presses, "Take it back", place=sam.account),
    )
    room.settle()
    taken_back = "Taken back" in sam.text
    assert taken_back == ("One of you took it back" in dana.text)
    assert bool(room.in_(ALL)) is not taken_back
    whole(room)


def test_twenty_colleagues_press_done_too_at_once_and_each_counts_once(room: Room) -> None:
    sam, dana = pair(room, Conversation.HYGIENE)
    agreed(room, sam, dana)
    dana.types("hygiene post", place=ALL)
    dana.presses("Post it in #home", place=ALL)
    room.settle()
    message: Posted = room.in_(ALL)[-1]
    colleagues = [room.chair(f"Kim{number}") for number in range(10)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda chair: chair.presses("Done too", on=message), [*colleagues, *colleagues]))
    room.settle()
    assert "10 colleagues did too." in str(room.in_(ALL)[-1])
    assert len(stored(room, "SELECT * FROM hygiene_mark")) == 10


def test_both_answer_the_pulse_at_once_and_both_see_both(room: Room) -> None:
    sam, dana = pair(room)
    for chair in (sam, dana):
        chair.types("pulse", place="direct")
    at_once(*(partial(chair.presses, SCORED, place=chair.account) for chair in (sam, dana)))
    room.settle()
    assert all("You both answered: 3 and 3 of 5" in f"{one.text}\n{direct(room, one)}" for one in (sam, dana))
    assert stored(room, "SELECT * FROM pulse_answer") == []
    whole(room)


def test_both_ask_for_a_pulse_at_once_and_there_is_one(room: Room) -> None:
    sam, dana = pair(room)
    at_once(*(partial(chair.types, "pulse", place="direct") for chair in (sam, dana)))
    assert len(stored(room, "SELECT * FROM pulse")) == 1


def test_both_press_decide_at_once_and_the_ask_has_one_decision(room: Room) -> None:
    sam, dana = pair(room)
    sam.types("risk add Phishing")
    asks(dana, risks=("1",))
    estimates(dana, "R-1", **PHISHING)
    for chair in (sam, dana):
        chair.types("ask show ASK-1")
        chair.presses("Decide")
    at_once(*(chair.fills for chair in (sam, dana)))
    (ask,) = stored(room, "SELECT state, decision_id FROM ask")
    about = stored(room, "SELECT id FROM decision")
    assert (ask["state"], [ask["decision_id"]]) == ("proposed", [one["id"] for one in about])
    assert sum("in a decision that waits for its keys" in f"{one.text}{one.errors}" for one in (sam, dana)) == 1
    whole(room)


def test_a_gate_is_passed_while_its_questions_are_answered(room: Room) -> None:
    """What was open is counted as it was at that moment: before the answers, or after them, and they are kept."""
    sam, dana = pair(room)
    sam.types("initiative add New CRM")
    dana.types("initiative I-1")
    dana.presses("Answer")
    at_once(
        partial(sam.presses, "Pass gate"),
        partial(dana.fills, **all_of(dana)),
    )
    (gate,) = stored(room, "SELECT unanswered FROM gate WHERE passed_on IS NOT NULL")
    answers = stored(room, "SELECT answer FROM gate_question WHERE answer <> ''")
    assert gate["unanswered"] in {0, 2}
    assert len(answers) == 2 or (dana.errors and gate["unanswered"] == 2)
    whole(room)


def all_of(chair: Chair) -> dict[str, Any]:
    """An answer for each question of their form."""
    assert chair.form
    return {one.name: "yes" for one in chair.form.fields}


def delivers(room: Room, once: str, *keys: str) -> Taken:
    sent = [{"key": key, "title": f"Project {key}"} for key in keys]

    def now_of(_organization: Organization) -> object:
        return room.now

    return tracker.take(room.engine, json.dumps({"touchpoint": 1, "initiatives": sent}), once, now_of)  # type: ignore[arg-type]


def test_one_delivery_of_a_tracker_comes_eight_times_at_once_and_is_taken_once(room: Room) -> None:
    pair(room)
    taken = at_once(*(partial(delivers, room, "same", "A", "B") for _ in range(8)))
    assert sorted(one.again for one in taken) == [False] + [True] * 7
    assert len(stored(room, "SELECT * FROM initiative")) == 2
    whole(room)


def test_two_deliveries_and_a_form_at_once_keep_every_project_once(room: Room) -> None:
    sam, _dana = pair(room)
    sam.types("initiative add")
    at_once(
        partial(delivers, room, "one", "A", "B"),
        partial(delivers, room, "two", "B", "C"),
        partial(sam.fills, title="By hand"),
    )
    kept = stored(room, "SELECT title, number FROM initiative ORDER BY title")
    assert [one["title"] for one in kept] == ["By hand", "Project A", "Project B", "Project C"]
    assert sorted(str(one["number"]) for one in kept) == ["1", "2", "3", "4"]
    whole(room)
