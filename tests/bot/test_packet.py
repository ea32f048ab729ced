"""The agenda that builds itself: what stands on it, why, and what leaves it again, through the public door."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import pytest

from agenda.items import Outcome
from storage import actions, items, rows, syncs
from storage.actions import ActionItem
from storage.items import AgendaItem
from storage.people import account
from storage.touchpoints import Touchpoint
from storage.unit_of_work import Record, unit_of_work
from tests.bot.room import HOME, Chair, Posted, Room, buttons_of

Trio = tuple[Room, Chair, Chair]


@pytest.fixture
def trio() -> Trio:
    """Monday: the sync is tomorrow at 09:30, the one after it on 18 March."""
    room = Room()
    return room, *room.set_up()


@contextmanager
def record(room: Room) -> Iterator[Record]:
    with unit_of_work(room.engine, organization_id=1, now=room.now) as one:
        yield one


def promises(owner: Chair, title: str, due_on: date) -> int:
    """As the promises' own command does."""
    with record(owner.room) as one:
        known = account(one, owner.account)
        assert known
        action = ActionItem(
            organization_id=1,
            touchpoint_id=1,
            owner_id=known.person_id,
            promised_by_id=known.person_id,
            title=title,
            due_on=due_on,
            promised_at=owner.room.now,
        )
        return actions.add(one, action).key


def standing(room: Room, kind: str) -> Posted:
    """The last such card in the channel, as it stands."""
    return [posted for posted in room.in_(HOME) if posted.owed.kind == kind][-1]


def starts(room: Room, by: Chair) -> Posted:
    """It is Tuesday, 09:30."""
    room.wait(days=1, minutes=30)
    by.presses("Start", on=standing(room, "start"))
    room.settle()
    return standing(room, "sync")


def lines_of_next(room: Room) -> list[AgendaItem]:
    """The rows of the current sync."""
    with record(room) as one:
        sync = syncs.current(one, 1)
        return items.of_sync(one, sync.key) if sync else []


def test_what_was_raised_with_its_time(trio: Trio) -> None:
    _room, sam, dana = trio
    assert "Nothing is raised yet. Add the first point." in sam.types("agenda")
    sam.types("agenda add threats: the old VPN")
    dana.types("agenda add Phishing drill")
    assert dana.types("agenda").splitlines() == [
        "Agenda for Tue 4 March, 09:30",
        "30 minutes, 2 points.",
        "Threats and trends",
        "the old VPN (10 min · raised by Sam)",
        "Operations",
        "Phishing drill (10 min · raised by Dana)",
    ]


def test_a_decision_that_waits_for_a_key_stands_there_until_it_is_turned(trio: Trio) -> None:
    room, sam, dana = trio
    sam.types("decision add Renew the EDR")
    room.now += timedelta(hours=1)
    assert "D-1 Renew the EDR (4 min · waits for the CISO’s key since today)" in sam.types("agenda")
    room.wait(minutes=1)
    assert "waits for the CISO’s key" in str(standing(room, "agenda"))
    key = next(posted for posted in room.in_(dana.account) if posted.owed.kind == "key")
    dana.presses("Turn my key", on=key)
    room.settle()
    assert "Renew the EDR" not in str(standing(room, "agenda")), "the card in the channel follows"


def test_days_are_counted_in_the_touchpoints_own_zone(trio: Trio) -> None:
    room, sam, _dana = trio
    sam.types("decision add Renew the EDR")
    room.now += timedelta(days=1, hours=-2)
    assert "for 1 day" in sam.types("agenda")


def test_a_risk_stands_there_until_somebody_owns_it_and_it_has_a_review(trio: Trio) -> None:
    _room, sam, _dana = trio
    sam.types("risk add No restore was ever tested")
    text = sam.types("agenda")
    assert "R-1 No restore was ever tested (4 min · has no owner and no review date)" in text
    assert text.splitlines()[-1] == "Open risks: 1, highest R-1 medium · “risk list”"
    sam.types("risk show R-1")
    sam.presses("Edit")
    sam.fills(owner="Robin", review_on="2031-03-10")
    assert "review is due Mon 10 March · owner Robin" in sam.types("agenda"), "before the next sync, so now"
    sam.types("risk show R-1")
    sam.presses("Edit")
    sam.fills(review_on="2031-03-18")
    assert "R-1 No restore" not in sam.types("agenda"), "the sync of that day is early enough"


def test_a_closed_risk_asks_for_nothing(trio: Trio) -> None:
    _room, sam, _dana = trio
    sam.types("risk add No restore was ever tested")
    sam.types("risk close R-1 It was tested")
    assert "R-1" not in sam.types("agenda")


def test_an_agreed_decision_comes_back_for_its_review_until_it_is_confirmed(trio: Trio) -> None:
    room, sam, dana = trio
    sam.types("decision add")
    sam.fills(title="Keep the VPN until spring", review_on="2031-03-05")
    room.settle()
    dana.presses("Turn my key", on=next(p for p in room.in_(dana.account) if p.owed.kind == "key"))
    assert "D-1 Keep the VPN until spring (6 min · review is due Wed 5 March)" in sam.types("agenda")
    live = starts(room, sam)
    sam.presses("Discussed", on=live)
    room.settle()
    sam.presses("Close", on=standing(room, "sync"))
    room.settle()
    assert "Keep the VPN" in str(standing(room, "minutes"))
    room.now += timedelta(days=8)
    assert "review was due Wed 5 March" in sam.types("agenda"), "nobody answered it"
    sam.types("decision show 1")
    sam.presses("Confirm")
    assert "Keep the VPN" not in sam.types("agenda")


def test_an_overdue_promise_says_whose_it_is(trio: Trio) -> None:
    room, sam, dana = trio
    promises(dana, "Test the restore", date(2031, 3, 1))
    promises(dana, "Not due yet", date(2031, 3, 3))
    text = sam.types("agenda")
    assert "P-1 Test the restore (4 min · 2 days overdue, promised by Dana)" in text
    assert "Not due yet" not in text
    assert room


def test_what_does_not_fit_is_named(trio: Trio) -> None:
    _room, sam, _dana = trio
    for number in range(13):
        sam.types(f"agenda add point {number}")
    lines = sam.types("agenda").splitlines()
    assert lines[1] == "30 minutes, 13 points."
    assert lines[lines.index("If time remains") + 1] == "point 5 (5 min · raised by Sam)"
    assert lines[-1] == "Then: point 10 · point 11 · point 12"


def test_at_the_start_each_line_gets_a_row_and_what_is_open_is_carried_over(trio: Trio) -> None:
    room, sam, _dana = trio
    sam.types("risk add No restore was ever tested")
    assert lines_of_next(room) == []
    live = starts(room, sam)
    (line,) = lines_of_next(room)
    assert (line.title, line.source_id) == ("R-1 No restore was ever tested", 1)
    assert "raised by" not in str(live)
    sam.presses("Defer", on=live)
    room.settle()
    sam.presses("Close", on=standing(room, "sync"))
    text = sam.types("agenda")
    assert "R-1 No restore was ever tested (4 min · carried over 1× · has no owner and no review date)" in text
    assert text.count("R-1 No restore") == 1


def test_what_was_carried_over_leaves_when_its_cause_goes(trio: Trio) -> None:
    room, sam, _dana = trio
    sam.types("risk add No restore was ever tested")
    sam.presses("Defer", on=starts(room, sam))
    room.settle()
    sam.presses("Close", on=standing(room, "sync"))
    sam.types("risk close R-1 It was tested")
    assert "Nothing is raised yet." in sam.types("agenda")
    room.wait(days=14)
    sam.presses("Start", on=standing(room, "start"))
    room.settle()
    assert "Nothing is on the agenda." in str(standing(room, "sync"))
    (line,) = lines_of_next(room)
    assert (line.outcome, line.source_id) == (Outcome.DROPPED, None)
    sam.presses("Close", on=standing(room, "sync"))
    room.settle()
    assert "Nothing was on the agenda." in str(standing(room, "minutes"))


def test_what_both_dropped_does_not_come_back_at_once(trio: Trio) -> None:
    room, sam, _dana = trio
    sam.types("risk add No restore was ever tested")
    sam.presses("Drop", on=starts(room, sam))
    room.settle()
    sam.presses("Close", on=standing(room, "sync"))
    assert "R-1 No restore" not in sam.types("agenda")


def test_a_title_that_its_ref_makes_too_long_is_whole_on_the_card(trio: Trio) -> None:
    room, sam, _dana = trio
    title = "word " * 39 + "end"
    sam.types(f"risk add {title}")
    assert f"R-1 {title}" in str(starts(room, sam))
    (line,) = lines_of_next(room)
    assert len(line.title) <= 200
    assert line.title.endswith("…")


def test_the_agenda_can_be_moved_and_put_into_a_calendar(trio: Trio) -> None:
    _room, sam, _dana = trio
    sam.types("agenda")
    assert sam.answer
    assert [(b.label, b.rare) for b in buttons_of(sam.answer)] == [
        ("Add points", False),
        ("Start", False),
        ("Move", True),
        ("Skip", True),
    ]


def test_a_pause_has_no_agenda(trio: Trio) -> None:
    _room, sam, _dana = trio
    sam.types("pause")
    assert sam.types("agenda").splitlines() == [
        "No sync is planned: this touchpoint is paused.",
        "End the pause with “resume”.",
        "You typed: agenda",
    ]


def test_another_touchpoints_record_never_stands_on_this_agenda(trio: Trio) -> None:
    room, sam, dana = trio
    with record(room) as one:
        first = rows.get(one, Touchpoint, 1)
        values = {name: getattr(first, name) for name in Touchpoint.model_fields if name not in {"id", "home"}}
        rows.add(one, Touchpoint(**values, home="slack:T1/C-other"))
    room.bot.door.forget()
    sam.types("risk add Ours alone", place="slack:T1/C-other")
    assert "Ours alone" not in sam.types("agenda")
    assert dana


def test_what_comes_next_stands_first_and_stands_out(trio: Trio) -> None:
    """Adding to it until it is out; from then on, starting."""
    room, sam, _dana = trio
    room.wait(days=1, minutes=30)
    sam.types("sync skip")
    sam.types("agenda")
    assert sam.answer
    first, second, *_more = buttons_of(sam.answer)
    assert [(first.label, first.style), (second.label, second.style)] == [
        ("Add points", "primary"),
        ("Start", "default"),
    ]
