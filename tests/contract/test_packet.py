"""The agenda that builds itself and what a sync leaves behind, on every platform: why a line is there, what becomes of it."""

from datetime import timedelta

from tests.conftest import MONDAY
from tests.contract.stage import Chair
from tests.contract.world import World, newest, sees

Chairs = tuple[Chair, Chair]

AGENDA = MONDAY + timedelta(minutes=31)  # one working day before the sync
TUESDAY = MONDAY + timedelta(days=1, minutes=30, seconds=1)
FORTNIGHT = timedelta(days=14)


async def started(here: World, by: Chair, other: Chair) -> None:
    """The next sync is on."""
    await by.presses("Start", on=newest(by, "Time for your sync"))
    await here.settle()
    assert sees(other, "Sync in progress")


async def presses(here: World, chair: Chair, label: str) -> None:
    """On the live card."""
    await chair.presses(label, on=newest(chair, "Sync in progress"))
    await here.settle()


async def test_each_line_says_why_it_is_there_until_its_cause_is_gone(here: World, chairs: Chairs) -> None:
    sam, dana = chairs
    await sam.types("decision add Renew the EDR")
    await dana.types("risk add No restore was ever tested")
    await here.until(AGENDA)
    agenda = newest(dana, "Agenda for Tue 4 March, 09:30").text
    assert "D-1 Renew the EDR" in agenda
    assert "waits for the CISO’s key since today" in agenda
    assert "R-1 No restore was ever tested" in agenda
    assert "has no owner and no review date" in agenda
    await dana.presses("Turn my key", on=newest(dana, "Your key is asked for"))
    await here.settle()
    agenda = newest(sam, "Agenda for Tue 4 March, 09:30").text
    assert "D-1" not in agenda, "the card follows the record"
    assert "R-1" in agenda


async def test_what_was_deferred_too_often_is_escalated_with_a_promise(here: World, chairs: Chairs) -> None:
    sam, dana = chairs
    await sam.types("settings")
    await sam.fills(defer_limit="1")
    await sam.types("agenda add the old VPN")
    await here.until(TUESDAY)
    await started(here, sam, dana)
    await presses(here, sam, "Defer")
    await presses(here, dana, "Close")

    await here.until(TUESDAY + FORTNIGHT)
    await started(here, dana, sam)
    live = newest(sam, "Sync in progress: 1 of 1")
    assert "deferred 1×: decide, drop or escalate" in live.text
    assert "Defer" not in live.buttons
    await presses(here, sam, "Close")
    assert sees(sam, "“the old VPN” was deferred too often to wait once more.")
    await dana.presses("Escalate", on=newest(dana, "Sync in progress"))
    assert dana.form
    await dana.fills(to="The board", due_on="2031-03-01", word="Who pays for it?")
    assert dana.form, "it must stay open"
    assert "due_on" in dana.form.errors
    assert (dana.form.fields["to"], dana.form.fields["word"]) == ("The board", "Who pays for it?")
    await dana.fills(due_on="2031-03-25")
    await here.settle()
    assert sees(sam, "Everything is settled.")
    await sam.types("promise show P-1")
    assert "Owner: Dana" in newest(sam, "P-1 Escalate to The board: the old VPN").text


async def test_all_that_a_sync_yields_stands_in_its_minutes_and_as_markdown(here: World, chairs: Chairs) -> None:
    sam, dana = chairs
    await sam.types("agenda add threats: the old VPN")
    await here.until(TUESDAY)
    await started(here, sam, dana)
    await presses(here, dana, "Promise")
    await dana.fills(title="Ask for *three* offers", due_on="2031-03-10")
    await presses(here, sam, "Raise a risk")
    await sam.fills(title="The VPN has no owner")
    await presses(here, sam, "Record decision")
    await sam.fills(title="Switch the VPN off by June", rationale="Nobody <patches> it.")
    await here.settle()
    await presses(here, dana, "Close")
    minutes = newest(dana, "Minutes of Tue 4 March, 09:30")
    for entry in ("D-1 Switch the VPN off by June", "P-1 Ask for *three* offers", "R-1 The VPN has no owner"):
        assert entry in minutes.text
    await dana.presses("Markdown", on=minutes)
    markdown = newest(dana, "as Markdown").text
    assert "## Decisions" in markdown
    assert r"Ask for \*three\* offers" in markdown
    assert "Nobody" in markdown
    await sam.types("minutes")
    assert "P-1 Ask for" in newest(sam, "Minutes of Tue 4 March, 09:30").text
    await sam.types("minutes the day before yesteryear")
    assert sees(sam, "You typed: minutes the day before yesteryear")


async def test_a_line_that_slipped_is_taken_up_again(here: World, chairs: Chairs) -> None:
    sam, dana = chairs
    await sam.types("agenda add the old VPN")
    await here.until(TUESDAY)
    await started(here, sam, dana)
    await presses(here, sam, "Drop")
    assert "the old VPN" not in newest(dana, "Sync in progress").text
    await presses(here, dana, "Reopen last")
    assert "the old VPN" in newest(sam, "Sync in progress: 1 of 1").text
