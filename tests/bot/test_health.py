"""Health and the pulse as conversations: the two see themselves, others see less, and nobody sees half a pulse."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from agenda.conversations import Conversation
from agenda.health import ABOUT, PULSE, Measure
from bot.cards import Chart
from bot.handlers.health.pulses import SCALE
from tests.bot.room import HOME, Chair, Posted, Room
from tests.bot.test_changes_midway import lends, seats
from tests.bot.test_conversations import switch
from tests.conftest import MONDAY

Trio = tuple[Room, Chair, Chair]


@pytest.fixture
def trio() -> Trio:
    room = Room()
    sam, dana = room.set_up()
    return room, sam, dana


def stored(room: Room, table: str) -> list[dict[str, object]]:
    with room.engine.connect() as connection:
        return [dict(row) for row in connection.execute(text(f"SELECT * FROM {table} ORDER BY id")).mappings()]


def screen(room: Room, chair: Chair) -> str:
    return "\n".join(str(posted) for posted in room.in_(chair.account))


def holds(room: Room, chair: Chair) -> None:
    """The first sync, from its start to its end."""
    room.until(MONDAY + timedelta(days=1, minutes=31))
    chair.presses("Start", on=next(one for one in room.in_(HOME) if one.owed.kind == "start"))
    chair.presses("Close", on=next(one for one in room.settle() if one.owed.kind == "sync"))
    room.settle()


def breaks_promises(chair: Chair, count: int = 2) -> None:
    for number in range(count):
        chair.types(f"promise add send the report {number} by 6 March")


def test_where_nothing_happened_it_says_when_it_begins(trio: Trio) -> None:
    _room, sam, _dana = trio
    assert "It begins with your next sync." in sam.types("health")


def test_a_quarter_is_shown_with_one_thing_to_talk_about(trio: Trio) -> None:
    room, sam, dana = trio
    breaks_promises(sam)
    dana.types("agenda add threats: the VPN")
    holds(room, sam)
    room.until(MONDAY + timedelta(days=7))
    sam.types("health")
    assert sam.text.startswith("How we work together\nTo talk about: Do we promise too much, or for too early a day?")
    assert "Promises kept: 0 %; we look for at least 80 %." in sam.text
    assert "Syncs held | 100 % | – | " in sam.text
    assert "Points from the CIO | 0 % | – | " in sam.text
    assert "Points from the CISO | 100 % | – | " in sam.text
    assert "January to March so far, against October to December." in sam.text


def test_it_is_put_on_the_agenda_as_a_question_and_once(trio: Trio) -> None:
    room, sam, dana = trio
    breaks_promises(sam)
    room.until(MONDAY + timedelta(days=7))
    sam.types("health")
    shown = sam.answer
    assert "Do we promise too much" in sam.presses("Put it on the agenda", on=shown)
    assert "Under Communication and trust." in sam.text
    assert "It is on the agenda already" in sam.presses("Put it on the agenda", on=shown)
    assert "Do we promise too much" in dana.types("agenda")


def test_the_next_quarter_is_held_against_it(trio: Trio) -> None:
    room, sam, _dana = trio
    breaks_promises(sam)
    room.until(MONDAY + timedelta(days=29))
    sam.types("promise add the new report by 3 April")
    sam.types("promise show 3")
    sam.presses("Done")
    room.until(MONDAY + timedelta(days=40))
    sam.types("health")
    assert sam.text.startswith("Better than last quarter in 1 of ")
    assert "Promises kept | 100 % | 0 % | ↑ better" in sam.text
    (chart,) = [block for block in sam.answer.blocks if isinstance(block, Chart)] if sam.answer else []
    assert chart.series[0][1][chart.categories.index("Promises kept")] == 100
    assert [name for name, _values in chart.series] == ["This quarter", "Last quarter"]


def test_every_figure_says_how_it_is_counted(trio: Trio) -> None:
    _room, sam, _dana = trio
    sam.types("health")
    sam.presses("Definitions")
    assert all(f"{about.label} ({about.counted})" in sam.text for about in ABOUT.values())


def test_home_and_who_stands_in_see_nothing_of_one_chair_alone(trio: Trio) -> None:
    room, sam, dana = trio
    kim = room.chair("Kim")
    lends(room, sam, kim)
    breaks_promises(sam)
    holds(room, sam)
    room.until(MONDAY + timedelta(days=7))
    assert "Points from the CISO" in dana.types("health")
    dana.presses("Share here")
    room.settle()
    for said in (str(room.in_(HOME)[-1]), kim.types("health"), kim.presses("Definitions")):
        assert "Syncs held" in said
        assert ABOUT[Measure.CISO_POINTS].label not in said
        assert "Pulse" not in said
    assert "Shared by Dana." in str(room.in_(HOME)[-1])


def test_who_was_let_in_does_not_see_how_the_two_work_together(trio: Trio) -> None:
    room, sam, _dana = trio
    mia = room.chair("Mia")
    sam.types("access")
    sam.presses("Let somebody in")
    sam.fills(person=mia.account, role="member", people=(mia.profile,))
    assert "a member may not run its syncs" in mia.types("health")
    assert "a member may not" in mia.types("pulse")


def asked(room: Room, chair: Chair) -> Posted:
    """The message that asks for the pulse."""
    found = [one for one in room.in_(chair.account) if PULSE in str(one)]
    assert found, screen(room, chair)
    return found[-1]


def test_both_are_asked_and_see_both_answers_at_once(trio: Trio) -> None:
    room, sam, dana = trio
    room.now += timedelta(minutes=5)
    sam.types("pulse", place="direct")
    assert sam.text.startswith(PULSE)
    room.until(room.now + timedelta(days=1))
    asks = asked(room, dana)
    sam.presses(SCALE[3], place=sam.account)
    moved = room.settle()
    assert dana.account not in {one.owed.conversation for one in moved}, "not even an edit tells that Sam answered"
    assert "You said 4 of 5. You may change it until Dana answers." in sam.text
    dana.presses(SCALE[1], on=asks)
    room.settle()
    for chair in (sam, dana):
        assert "You both answered: 4 and 2 of 5" in screen(room, chair)
    assert stored(room, "pulse_answer") == []
    assert [(one["cio_score"], one["ciso_score"]) for one in stored(room, "pulse")] == [(4, 2)]
    assert "Pulse (CIO and CISO, of 5): 4 and 2 in March." in dana.types("health")


def test_an_answer_may_be_changed_until_the_other_one_answers(trio: Trio) -> None:
    _room, sam, dana = trio
    sam.types("pulse", place="direct")
    sam.presses(SCALE[0], place=sam.account)
    sam.types("pulse", place="direct")
    assert "You said 1 of 5." in sam.text
    sam.presses(SCALE[4], place=sam.account)
    dana.types("pulse", place="direct")
    assert "said" not in dana.text
    dana.presses(SCALE[3], place=dana.account)
    assert dana.text.startswith("You both answered: 5 and 4 of 5")


def test_a_pulse_that_one_of_them_leaves_is_erased(trio: Trio) -> None:
    room, sam, dana = trio
    sam.types("pulse", place="direct")
    sam.presses(SCALE[0], place=sam.account)
    switch(sam, Conversation.INVESTMENT)  # It lapses although it was switched off since.
    room.until(room.now + timedelta(days=15))
    assert stored(room, "pulse_answer") == []
    (pulse,) = stored(room, "pulse")
    assert pulse["closed_at"]
    assert pulse["cio_score"] is None
    assert "1 of 5" not in screen(room, dana)
    switch(sam, Conversation.HEALTH)
    assert "Pulse (" not in sam.types("health")


def test_an_old_button_says_that_it_is_over(trio: Trio) -> None:
    _room, sam, dana = trio
    sam.types("pulse", place="direct")
    old = sam.answer
    sam.presses(SCALE[2], on=old, place=sam.account)
    dana.types("pulse", place="direct")
    dana.presses(SCALE[2], place=dana.account)
    assert "This pulse is over." in sam.presses(SCALE[0], on=old, place=sam.account)
    sam.tries("pulse.say", "1|9", sam.account)
    assert "belongs to an older card" in sam.text


def test_nobody_speaks_for_who_takes_the_chair_over(trio: Trio) -> None:
    room, sam, dana = trio
    dana.types("pulse", place="direct")
    dana.presses(SCALE[0], place=dana.account)
    robin = room.chair("Robin")
    seats(room, sam, cio=sam, ciso=robin)
    assert stored(room, "pulse_answer") == []
    room.until(room.now + timedelta(days=2))
    robin.presses(SCALE[4], on=asked(room, robin))
    sam.types("pulse", place="direct")
    sam.presses(SCALE[3], place=sam.account)
    room.settle()
    assert sam.text.startswith("You both answered: 4 and 5 of 5")
    assert "4 and 5" not in screen(room, dana)


def test_what_two_told_each_other_is_not_for_who_comes_after_one_of_them(trio: Trio) -> None:
    room, sam, dana = trio
    answers_both(sam, dana)
    robin = room.chair("Robin")
    seats(room, sam, cio=sam, ciso=robin)
    room.settle()
    assert "Pulse (" not in robin.types("health")
    assert "Pulse (" not in sam.types("health")
    answers_both(sam, robin)
    assert "Last time" not in robin.text
    seats(room, sam, cio=sam, ciso=dana)
    assert "Pulse (CIO and CISO, of 5): 3 and 3 in March." in dana.types("health")


def answers_both(*chairs: Chair) -> None:
    """Each of them, in their direct chat, with what is in the middle."""
    for chair in chairs:
        chair.types("pulse", place="direct")
        chair.presses(SCALE[2], place=chair.account)


def test_the_log_says_that_it_took_place_and_never_who_said_what(trio: Trio) -> None:
    room, sam, dana = trio
    for chair in (sam, dana):
        chair.types("pulse", place="direct")
        chair.presses(SCALE[2], place=chair.account)
    kinds = [str(row["event"]) for row in audit_events(room)]
    assert [kind for kind in kinds if kind.startswith("pulse")] == ["pulse.asked", "pulse.closed"]
    assert not any("score" in str(row["facts"]) for row in audit_events(room))


def audit_events(room: Room) -> list[dict[str, object]]:
    with room.engine.connect() as connection:
        return [dict(row) for row in connection.execute(text("SELECT * FROM audit_event ORDER BY number")).mappings()]
