"""Holding a sync from its one live card, and what is left of it: the minutes."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from sqlalchemy import Engine

from bot.cards import Button, Verbatim
from storage import items, syncs
from storage.touchpoints import Touchpoint
from tests.bot.room import Chair, Posted, Room, buttons_of
from tests.bot.test_packet import Trio, lines_of_next, promises, record, standing, starts


@pytest.fixture
def trio() -> Trio:
    """Monday: the sync is tomorrow at 09:30, the one after it on 18 March."""
    room = Room()
    return room, *room.set_up()


def live(room: Room) -> Posted:
    """The card of the running sync, as it stands now."""
    room.settle()
    return standing(room, "sync")


def labels(posted: Posted) -> tuple[list[str], list[str]]:
    """What is one tap away, and what stands behind the menu."""
    buttons = buttons_of(posted.card)
    return [b.label for b in buttons if not b.rare], [b.label for b in buttons if b.rare]


def primary(posted: Posted) -> list[Button]:
    return [button for button in buttons_of(posted.card) if button.style == "primary"]


def defers_often(room: Room, title: str, times: int = 3) -> None:
    """As if this line had been carried over so often."""
    with record(room) as one:
        (item,) = (i for i in items.of_sync(one, 1) if i.title == title)
        item.deferrals = times


def held(room: Room, by: Chair) -> Posted:
    """Started, everything discussed, closed; its minutes."""
    card = starts(room, by)
    while "Discussed" in labels(card)[0]:
        by.presses("Discussed", on=card)
        card = live(room)
    by.presses("Close", on=card)
    room.settle()
    return standing(room, "minutes")


def test_where_we_are_what_is_next_and_what_is_done(trio: Trio) -> None:
    room, sam, dana = trio
    sam.types("agenda add threats: the old VPN\nIts vendor is gone.")
    for number in range(5):
        dana.types(f"agenda add point {number}")
    card = starts(room, sam)
    assert str(card).splitlines() == [
        "Sync in progress: 1 of 6 · 5 min",
        "the old VPN",
        "Its vendor is gone.",
        "Threats and trends · raised by Sam",
        "Next",
        "point 0 (5 min · raised by Dana)",
        "point 1 (5 min · raised by Dana)",
        "point 2 (5 min · raised by Dana)",
        "Then 2 more: “agenda”.",
        "Started at 09:30, 30 minutes.",
    ]
    assert labels(card) == (
        ["Discussed", "Record decision", "Promise", "Defer"],
        ["Escalate", "Drop", "Raise a risk", "Add points", "Close"],
    )
    assert [button.label for button in primary(card)] == ["Discussed"]
    dana.presses("Discussed", on=card)
    assert live(room).card.title == "Sync in progress: 2 of 6 · 5 min"
    assert "Done\nthe old VPN (discussed · raised by Sam · Its vendor is gone.)" in str(live(room))
    for _ in range(4):
        dana.presses("Defer", on=live(room))
    assert live(room).card.title == "Sync in progress: 6 of 6 · if time remains"
    dana.presses("Drop", on=live(room))
    assert "Everything is settled." in str(live(room))
    assert [button.label for button in primary(live(room))] == ["Close"]


def test_a_slipped_thumb_is_undone_line_by_line(trio: Trio) -> None:
    room, sam, dana = trio
    sam.types("agenda add first")
    sam.types("agenda add second")
    starts(room, sam)
    for label in ("Drop", "Discussed"):
        sam.presses(label, on=live(room))
    old = live(room)
    dana.presses("Reopen last", on=old)
    assert "Sync in progress: 1 of 1" in str(live(room)), "what was dropped is no point of this sync"
    assert "second" in str(live(room))
    dana.presses("Reopen last", on=live(room))
    assert "Sync in progress: 1 of 2" in str(live(room))
    assert "Reopen last" not in labels(live(room))[1]
    dana.presses("Reopen last", on=old)
    assert "Sync in progress: 1 of 2" in str(live(room)), "pressed by both, done once"


def test_what_is_added_while_it_runs_waits_for_its_turn(trio: Trio) -> None:
    room, sam, dana = trio
    sam.types("agenda add hygiene: passkeys")
    starts(room, sam)
    room.now += timedelta(minutes=1)
    dana.presses("Add points", on=live(room))
    dana.fills(threats="A new ransomware group")
    text = str(live(room))
    assert text.splitlines()[1] == "passkeys"
    assert "Next\nA new ransomware group" in text


def test_the_key_of_a_waiting_decision_is_turned_on_the_live_card(trio: Trio) -> None:
    room, sam, dana = trio
    sam.types("decision add Renew the EDR")
    card = starts(room, sam)
    assert "D-1 Renew the EDR\nState: waits for the CISO’s key" in str(card)
    assert "Operations · waits for the CISO’s key for 1 day" in str(card)
    assert [button.label for button in primary(card)] == ["Turn my key"]
    dana.presses("Turn my key", on=card)
    assert "Everything is settled.\nDone\nD-1 Renew the EDR (discussed)" in str(live(room))


def test_an_edited_decision_shows_its_new_text_before_a_key_is_turned(trio: Trio) -> None:
    room, sam, dana = trio
    sam.types("decision add Renew the EDR")
    starts(room, sam)
    sam.types("decision show 1")
    sam.presses("Edit")
    sam.fills(title="Renew the EDR for a year")
    dana.presses("Turn my key", on=live(room))
    assert "Everything is settled." in str(live(room))


def test_a_risk_without_owner_is_mended_on_the_live_card(trio: Trio) -> None:
    room, sam, dana = trio
    sam.types("risk add No restore was ever tested")
    dana.presses("Edit R-1", on=starts(room, sam))
    dana.fills(owner="Robin")
    assert "has no review date · owner Robin" in str(live(room)), "half of it is missing still"
    dana.presses("Edit R-1", on=live(room))
    dana.fills(review_on="2031-06-01")
    assert "Everything is settled." in str(live(room))


def test_a_promise_that_is_overdue_is_kept_on_the_live_card(trio: Trio) -> None:
    room, sam, dana = trio
    promises(dana, "Test the restore", date(2031, 3, 1))
    card = starts(room, sam)
    assert "3 days overdue, promised by Dana" in str(card)
    dana.presses("Done", on=card)
    assert "Everything is settled." in str(live(room))


def test_a_risk_is_raised_from_the_line(trio: Trio) -> None:
    room, sam, _dana = trio
    sam.types("agenda add threats: the old VPN\nIts vendor is gone.")
    sam.presses("Raise a risk", on=starts(room, sam))
    assert sam.form
    assert [field.value for field in sam.form.fields[:2]] == ["the old VPN", "Its vendor is gone."]
    sam.fills(title="The VPN falls", owner="Robin")
    assert "R-1 The VPN falls" in sam.text
    assert "1 of 1" in str(live(room)), "a risk alone settles nothing"


def test_what_was_deferred_too_often_cannot_wait_once_more(trio: Trio) -> None:
    room, sam, dana = trio
    sam.types("agenda add threats: the old VPN")
    sam.types("agenda add Phishing drill")
    defers_often(room, "Phishing drill", 2)
    old = starts(room, sam)
    assert "Phishing drill (14 min" not in str(old)
    defers_often(room, "Phishing drill", 3)
    sam.presses("Discussed", on=old)
    card = live(room)
    assert "Operations · deferred 3×: decide, drop or escalate · raised by Sam" in str(card)
    plain, rare = labels(card)
    assert plain == ["Discussed", "Record decision", "Promise", "Escalate", "Drop"]
    assert "Defer" not in rare
    value = next(button.value for button in buttons_of(card.card) if button.label == "Drop")
    old_defer = Posted(owed=card.owed, card=card.card, message=card.message)
    old_defer.card = type(card.card)(title="", buttons=(Button(action="item.defer", label="Defer", value=value),))
    assert "“Phishing drill” was deferred 3× already." in dana.presses("Defer", on=old_defer)
    assert "Decide, drop or escalate it." in dana.text
    assert "“Phishing drill” was deferred too often to wait once more." in dana.presses("Close", on=card)

    dana.presses("Escalate", on=card)
    dana.fills(to="")
    assert dana.errors == {"to": "Say who should settle it."}
    dana.fills(to="The board", due_on="2031-03-01")
    assert dana.errors == {"due_on": "That day has passed."}
    dana.fills(to="The board", due_on="2031-03-14", word="Is it worth a day?")
    assert dana.text == "Escalated to The board: Phishing drill\nP-1 is yours, by Fri 14 March."
    assert "Phishing drill (escalated" in str(live(room))
    sam.presses("Close", on=live(room))
    room.settle()
    minutes = str(standing(room, "minutes"))
    assert "Promises\nP-1 Escalate to The board: Phishing drill (Dana, by Fri 14 March)" in minutes
    assert "Escalated\nPhishing drill" in minutes
    assert "Phishing drill" not in sam.types("agenda").split("P-1")[0]


def test_what_found_no_time_does_not_keep_a_sync_open(trio: Trio) -> None:
    room, sam, _dana = trio
    for number in range(5):
        sam.types(f"agenda add point {number}")
        defers_often(room, f"point {number}")
    starts(room, sam)
    for _ in range(3):
        sam.presses("Discussed", on=live(room))
    assert "if time remains" in live(room).card.title
    sam.presses("Close", on=live(room))
    room.settle()
    assert "Carried over\npoint 3\npoint 4" in str(standing(room, "minutes"))


def test_an_escalated_line_is_escalated_once(trio: Trio) -> None:
    room, sam, dana = trio
    sam.types("agenda add the budget")
    card = starts(room, sam)
    for chair in (sam, dana):
        chair.presses("Escalate", on=card)
    sam.fills(to="The board")
    dana.fills(to="The board")
    assert "This point is settled already: escalated." in dana.text
    assert [i.title for i in lines_of_next(room)] == ["the budget"]


def test_a_delegate_drives_too(trio: Trio) -> None:
    room, sam, dana = trio
    kim = room.chair("Kim")
    sam.types("delegate")
    sam.fills(people=(kim.profile,), person=kim.account, until="2031-03-31")
    dana.types("agenda add first")
    dana.types("agenda add second")
    starts(room, kim)
    kim.presses("Discussed", on=live(room))
    kim.presses("Escalate", on=live(room))
    kim.fills(to="The board")
    kim.presses("Close", on=live(room))
    room.settle()
    assert "Escalate to The board: second (Kim" in str(standing(room, "minutes"))


@pytest.mark.postgres
def test_of_two_thumbs_at_once_one_settles_the_line(postgres_with_tables: Engine) -> None:
    room = Room(engine=postgres_with_tables)
    sam, dana = room.set_up()
    sam.types("agenda add the old VPN")
    card = starts(room, sam)
    with ThreadPoolExecutor(2) as pool:
        presses = (pool.submit(chair.presses, label, card) for chair, label in ((sam, "Discussed"), (dana, "Defer")))
        said = [press.result() for press in presses]
    assert sum("This point is settled already" in text for text in said) == 1


def test_nobody_else_drives(trio: Trio) -> None:
    room, sam, _dana = trio
    sam.types("agenda add first")
    card, eve = starts(room, sam), room.chair("Eve")
    for label in ("Discussed", "Defer", "Drop", "Escalate", "Raise a risk", "Close"):
        assert "no chair" in eve.presses(label, on=card), label
    assert "1 of 1" in str(live(room))


def test_the_minutes_say_all_that_came_of_it(trio: Trio) -> None:
    room, sam, dana = trio
    for line in ("threats: the old VPN", "the budget", "Phishing drill", "office plants"):
        sam.types(f"agenda add {line}")
    dana.presses("Record decision", on=starts(room, sam))
    dana.fills(title="Switch the VPN off by June", rationale="Three findings.", owner="Robin")
    assert "Decisions waiting for a key\nD-1 Switch the VPN off by June (waits for the CIO’s key)" in str(live(room))
    dana.presses("Discussed", on=live(room))
    dana.presses("Defer", on=live(room))
    dana.presses("Drop", on=live(room))
    sam.types("risk add The VPN falls before June")
    room.now += timedelta(minutes=41)
    dana.presses("Close", on=live(room))
    room.settle()
    said, _, head = str(standing(room, "minutes")).rpartition(" Record at ")
    assert re.fullmatch(r"\d+ · [0-9a-f]{8}…", head)
    assert said.splitlines() == [
        "Minutes of Tue 4 March, 09:30",
        "Decisions",
        "D-1 Switch the VPN off by June (waits for the CIO’s key)",
        "Risks raised",
        "R-1 The VPN falls before June (medium · no owner)",
        "Discussed",
        "the old VPN",
        "the budget",
        "Carried over",
        "Phishing drill",
        "Dropped",
        "office plants",
        "41 minutes, 11 more than planned. Next: Tue 18 March, 09:30.",
    ]
    dana.presses("Markdown", on=standing(room, "minutes"))
    assert dana.answer
    (block,) = dana.answer.blocks
    assert isinstance(block, Verbatim)
    assert "# Minutes of Tue 4 March, 09:30\n\nSam and Dana · 2031-03-04 · 41 minutes" in block.text
    assert (
        "- **D-1** Switch the VPN off by June (waits for the CIO’s key)\n\n  Three findings.\n\n  Owner: Robin"
        in block.text
    )
    assert block.text.rpartition("\n\nRecord at ")[0].endswith("Next: Tue 18 March, 09:30.")


def test_minutes_are_found_again_and_shared(trio: Trio) -> None:
    room, sam, dana = trio
    assert "No sync was closed yet." in sam.types("minutes")
    sam.types("agenda add the old VPN")
    held(room, sam)
    room.wait(days=12, hours=23, minutes=30)
    dana.types("agenda add the budget")
    held(room, dana)
    assert "Minutes of Tue 18 March, 09:30" in sam.types("minutes")
    assert "Minutes of Tue 4 March, 09:30" in sam.presses("Earlier")
    assert "the old VPN" in sam.text
    assert "Minutes of Tue 18 March" in sam.presses("Later")
    assert sam.answer
    assert [button.label for button in buttons_of(sam.answer)] == ["Earlier", "Markdown", "Share here"]
    assert "Minutes of Tue 4 March" in sam.types("minutes 2031-03-10")
    assert "Minutes of Tue 4 March" in sam.types("minutes 4 march")
    assert "No sync was closed until then." in sam.types("minutes 3 march")
    sam.types("minutes 4 march")
    sam.presses("Share here")
    room.settle()
    assert "Shared by Sam." in str(standing(room, "shared_minutes"))
    assert "no chair" in room.chair("Eve").presses("Markdown", on=standing(room, "shared_minutes"))


def test_minutes_of_a_sync_that_runs_are_nobodys(trio: Trio) -> None:
    room, sam, _dana = trio
    sam.types("agenda add the old VPN")
    card = held(room, sam)
    with record(room) as one:
        ahead = syncs.current(one, 1)
        assert ahead
        value = str(ahead.key)
    card.card = type(card.card)(title="", buttons=(Button(action="minutes.markdown", label="Markdown", value=value),))
    assert "There are no minutes of that sync." in sam.presses("Markdown", on=card)


def test_the_limits_are_the_touchpoints_own(trio: Trio) -> None:
    room, sam, _dana = trio
    with record(room) as one:
        touchpoint = one.session.get(Touchpoint, 1)
        assert touchpoint
        touchpoint.minutes, touchpoint.defer_limit = 20, 1
    sam.types("agenda add the old VPN")
    defers_often(room, "the old VPN", 1)
    text = sam.types("agenda")
    assert "20 minutes, 1 point." in text
    assert "Must be settled\nthe old VPN (16 min · deferred 1×: decide, drop or escalate" in text


def test_a_text_too_long_for_a_card_is_read_to_its_end_before_a_key_is_turned_on_it(trio: Trio) -> None:
    room, sam, dana = trio
    sam.types(f"decision add Renew the EDR\n{'Because. ' * 600}")
    card = starts(room, sam)
    assert [button.label for button in primary(card)] == ["Discussed"]
    dana.presses("Read and sign", on=card)
    assert dana.answer
    while "Next page" in (shown := [button.label for button in buttons_of(dana.answer)]):
        assert "Turn my key" not in shown
        dana.presses("Next page")
    dana.presses("Turn my key")
    assert "State: agreed by both" in dana.text
