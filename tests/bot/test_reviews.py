"""Reviews: a decision whose day has come stands on the agenda and asks; one tap confirms it (rule D8)."""

from datetime import timedelta

import pytest

from tests.bot.room import HOME, Chair, Posted, Room
from tests.bot.test_decisions import VPN, agreed, asked, labels, labels_of

Trio = tuple[Room, Chair, Chair]


@pytest.fixture
def trio() -> Trio:
    """Agreed on Monday; the sync is tomorrow, and the review on Wednesday, before the sync after it."""
    room = Room()
    sam, dana = room.set_up()
    agreed(room, sam, dana, review_on="2031-03-05")
    return room, sam, dana


def live(room: Room) -> Posted:
    room.settle()
    return [one for one in room.in_(HOME) if one.owed.kind == "sync"][-1]


def starts(room: Room, by: Chair) -> Posted:
    room.wait(days=1, minutes=31)
    by.presses("Start", on=next(one for one in room.in_(HOME) if one.owed.kind == "start"))
    return live(room)


def test_it_stands_on_the_agenda_and_is_confirmed_there_with_one_tap(trio: Trio) -> None:
    room, sam, dana = trio
    assert f"D-1 {VPN} (6 min · review is due Wed 5 March)" in sam.types("agenda")
    card = starts(room, sam)
    assert labels_of(card)[:3] == ["Confirm", "Revise", "Withdraw"]
    said = dana.presses("Confirm", on=card)
    assert said.splitlines() == ["D-1 is confirmed", VPN, "Next review: Thu 3 April 2031."], "not every two days"
    assert labels(dana, rare=True) == ["Other date"]
    assert "Everything is settled." in str(live(room))
    assert "D-1 was confirmed already by Dana." in sam.presses("Confirm", on=card)
    sam.presses("Close", on=live(room))
    assert "Confirmed by Dana on Tue 4 March 2031" in sam.types("decision show 1")


def test_another_day_is_one_form_away(trio: Trio) -> None:
    room, sam, dana = trio
    dana.presses("Confirm", on=starts(room, sam))
    dana.presses("Other date", on=dana.answer)
    dana.fills(review_on="2031-03-01")
    assert dana.errors == {"review_on": "Choose a day that is ahead."}
    dana.fills(review_on="2032-03-01")
    assert "Next review: Mon 1 March 2032." in dana.text
    assert "Review: Mon 1 March 2032" in sam.types("decision show 1")
    sam.presses("Close", on=live(room))
    room.now += timedelta(days=8)
    assert VPN not in sam.types("agenda")


def test_what_was_only_talked_about_is_asked_again(trio: Trio) -> None:
    room, sam, _dana = trio
    sam.presses("Discussed", on=starts(room, sam))
    sam.presses("Close", on=live(room))
    assert "review is due Wed 5 March" in sam.types("agenda")


def test_when_it_is_due_its_own_card_asks_too(trio: Trio) -> None:
    room, sam, _dana = trio
    sam.types("decision show 1")
    assert labels(sam) == ["Share here"]
    assert "Replace" in labels(sam, rare=True)
    room.now += timedelta(days=2)
    sam.types("decision show 1")
    assert labels(sam) == ["Confirm", "Revise", "Share here"]
    assert "is confirmed" in sam.presses("Confirm")


def test_a_revision_answers_it_and_the_old_one_stands_until_the_new_one_does(trio: Trio) -> None:
    room, sam, dana = trio
    card = starts(room, sam)
    sam.presses("Revise", on=card)
    sam.fills(title="Switch it off in May", review_on="2032-01-01")
    assert "Everything is settled." in str(live(room))
    assert "review is due" not in sam.types("agenda")
    assert "State: agreed by both" in sam.types("decision show 1")
    dana.presses("Turn my key", on=asked(room, dana))
    assert "State: superseded by D-2" in sam.types("decision show 1")
    assert "Switch it off in May (agreed by both)" in closed(room, sam)


def closed(room: Room, by: Chair) -> str:
    """The minutes."""
    by.presses("Close", on=live(room))
    room.settle()
    return str(next(one for one in room.in_(HOME) if one.owed.kind == "minutes"))


def test_a_proposal_that_is_withdrawn_lets_the_review_come_back(trio: Trio) -> None:
    room, sam, _dana = trio
    sam.types("decision show 1")
    sam.presses("Replace")
    sam.fills(title="Switch it off in May")
    assert "review is due" not in sam.types("agenda")
    sam.types("decision show 2")
    sam.presses("Withdraw")
    sam.fills(because="Not now.")
    assert "review is due Wed 5 March" in sam.types("agenda")
    assert room


def test_a_delegate_confirms_and_a_stranger_does_not(trio: Trio) -> None:
    room, sam, _dana = trio
    stranger = room.chair("Noor")
    stranger.tries("decision.confirm", "1|2031-03-05")
    assert "no chair" in stranger.text
    sam.tries("decision.confirm", "1|garbage")
    assert "confirmed already" in sam.text
    sam.tries("decision.confirm", "99|2031-03-05")
    assert "There is no D-99" in sam.text
