"""What is asked of people in private, on every platform: once more, later, or not at all; and who stands in meanwhile."""

from datetime import datetime, timedelta

import pytest

from tests.conftest import MONDAY
from tests.contract.stage import Chair, Seen, Stage
from tests.contract.world import World, newest, sees

Chairs = tuple[Chair, Chair]

FRIDAY = MONDAY - timedelta(days=3)  # 09:00 in Zurich: two working days before the sync of Tuesday
TUESDAY = MONDAY + timedelta(days=1, minutes=30)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
QUESTION = "What should we talk about?"


@pytest.fixture
def starts_at() -> datetime:
    """The Wednesday before, so that every lead time lies ahead."""
    return MONDAY - timedelta(days=5)


async def asked(here: World, chair: Chair) -> Seen:
    """The question before the sync, on Friday morning."""
    await here.until(FRIDAY + MINUTE)
    return newest(chair, QUESTION)


async def test_who_did_not_answer_is_reminded_once(here: World, chairs: Chairs) -> None:
    sam, dana = chairs
    await dana.says("hygiene: passkeys for the board", to=await asked(here, dana))
    await here.until(FRIDAY + 4 * HOUR + MINUTE)
    reminder = newest(sam, "Still time to add a point")
    assert "Nothing to raise? Then just leave it." in reminder.text
    assert not sees(dana, "Still time to add a point")
    await sam.presses("Add points", on=reminder)
    await sam.fills(threats="the old VPN")
    await here.settle()
    assert not sees(sam, "Still time to add a point")
    await here.until(TUESDAY)
    assert not sees(sam, "Still time to add a point")


async def test_a_nudge_is_put_off_for_an_hour(here: World, chairs: Chairs) -> None:
    sam, _dana = chairs
    question = await asked(here, sam)
    await sam.presses("Snooze for 1 hour", on=question)
    await here.settle()
    later = newest(sam, "Comes back Fri 28 February, 10:")
    assert (later.message, later.buttons) == (question.message, ())
    await here.wait(hours=1)
    again = newest(sam, QUESTION)
    assert again.message != question.message
    assert "Add points" in again.buttons


async def test_a_kind_is_muted_from_its_menu_and_turned_on_again(here: World, chairs: Chairs) -> None:
    sam, dana = chairs
    await sam.presses("Mute questions before a sync", on=await asked(here, sam))
    await here.settle()
    assert not sees(sam, QUESTION)
    assert sees(dana, QUESTION)
    await sam.presses("Undo", on=newest(sam, "No more questions before a sync"))
    seen = newest(sam, "What I ask you")
    assert "off" not in seen.text.replace("Turn off", "").split()
    await sam.types("hours all day long")
    assert sees(sam, "You typed: hours all day long")


async def test_owe_lists_what_the_asker_owes(here: World, chairs: Chairs) -> None:
    sam, dana = chairs
    await sam.types("owe")
    assert sees(sam, "You owe nothing")
    await dana.types("decision add Buy the scanner")
    await sam.types("promise add Ask for three offers by 14 March")
    await asked(here, sam)
    await sam.types("owe")
    owed = newest(sam, "What waits for you")
    for part in ("P-1 Ask for three", "D-1 Buy the scanner", "For Tue 4 March, 09:30"):
        assert part in owed.text
    await sam.presses("Read and sign", on=owed)
    await sam.presses("Turn my key")
    await sam.types("owe")
    assert "D-1" not in newest(sam, "What waits for you").text
    await dana.types("owe")
    assert "P-1" not in newest(dana, "What waits for you").text


async def test_the_week_begins_with_what_is_owed(here: World, chairs: Chairs) -> None:
    sam, dana = chairs
    await dana.types("decision add Buy the scanner")
    await here.until(MONDAY + MINUTE)
    digest = newest(sam, "Your week")
    assert "D-1 Buy the scanner" in digest.text
    await sam.presses("Mute the weekly digest", on=digest)
    assert sees(sam, "No more")


async def test_where_nobody_stands_in_the_two_are_offered_another_day(here: World, chairs: Chairs) -> None:
    sam, dana = chairs
    await sam.types("away soonish")
    assert sees(sam, "You typed: away soonish")
    await sam.types("away 3-14 March")
    assert "nobody stands in" in newest(sam, "You are away from 3 to 14 March").text
    await here.settle()
    await dana.presses("Another day", on=newest(dana, "Sam is away on Tue 4 March, 09:30"))
    await dana.fills(day="2031-03-17", at="09:30")
    await here.settle()
    assert sees(sam, "The sync is on Mon 17 March, 09:30")
    await here.until(FRIDAY + 4 * HOUR + MINUTE)
    assert "Our sync is on Mon 17 March, 09:30." in newest(sam, QUESTION).text, "before the leave begins"


async def test_the_delegate_is_asked_and_starts_the_sync(here: World, stage: Stage, chairs: Chairs) -> None:
    sam, dana = chairs
    kim = await stage.seat("Kim")
    await sam.types("away 3-14 March")
    await sam.types("delegate")
    await sam.fills(person=kim.account, until="2031-01-01")
    assert sam.form, "it must stay open"
    assert "ahead" in sam.form.errors["until"]
    assert sam.form.fields["person"] == kim.account
    await sam.fills(until="2031-03-14")
    await here.settle()
    assert sees(kim, "You stand in for Sam (CIO)")
    await kim.says("threats: the old VPN", to=await asked(here, kim))
    assert sees(kim, "Noted for Tue 4 March, 09:30")
    assert not sees(sam, QUESTION)
    await here.until(TUESDAY + MINUTE)
    await kim.presses("Start", on=newest(kim, "Time for your sync"))
    await here.settle()
    assert "the old VPN" in newest(dana, "Sync in progress: 1 of 1").text


async def test_files_of_an_answer_are_kept_as_links(here: World, chairs: Chairs) -> None:
    _sam, dana = chairs
    address = "https://acme.example/files/F0PLAN/vpn-plan.pdf"
    said = await dana.says("threats: the old VPN", files=(("vpn-plan.pdf", address),))
    await dana.types("agenda")
    assert address in newest(dana, "Agenda for").text
    await dana.edits(said, f"threats: the old VPN and its firewall\n{address}")
    await dana.types("agenda")
    seen = newest(dana, "Agenda for").text
    assert "the old VPN and its firewall" in seen
    assert address in seen
