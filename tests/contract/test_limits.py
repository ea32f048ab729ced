"""As much as a busy fortnight brings: the platforms' doubles refuse what the platforms would, and nothing may be missing."""

from datetime import datetime, timedelta

import pytest

from agenda.themes import Theme
from tests.conftest import MONDAY
from tests.contract.stage import Chair, Stage
from tests.contract.world import World, newest, sees

Chairs = tuple[Chair, Chair]

FRIDAY = MONDAY - timedelta(days=3)
TUESDAY = MONDAY + timedelta(days=1, minutes=30, seconds=1)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def starts_at() -> datetime:
    """The Wednesday before, so that every lead time lies ahead."""
    return MONDAY - timedelta(days=5)


def shown(chair: Chair, first: str) -> str:
    """A card that may have taken several messages: everything from the newest message that says this on."""
    screen = chair.screen()
    start = max(number for number, seen in enumerate(screen) if first in seen.text)
    return "\n".join(seen.text for seen in screen[start:])


async def test_eight_things_in_one_nudge_each_with_its_menu(here: World, chairs: Chairs) -> None:
    sam, dana = chairs
    for number in range(5):
        await dana.types(
            f"decision add Replace the scanner of site {number} and say who pays for its licence from June"
        )
    for number in range(2):
        await sam.types(f"promise add Ask vendor {number} for an offer by 3 March")
    await here.until(FRIDAY + MINUTE)
    bundle = newest(sam, "8 things wait for you")
    told = shown(sam, "8 things wait for you")
    for number in range(5):
        assert f"Replace the scanner of site {number}" in told
    assert "P-2 Ask vendor 1 for an offer" in told
    assert "What should we talk about?" in told
    assert bundle.buttons.count("Read and sign") == 5
    assert bundle.buttons.count("Snooze until the next sync") == 8
    await sam.presses("Read and sign", on=bundle)
    await sam.presses("Turn my key")
    assert sees(sam, "agreed by both")
    await here.settle()
    await sam.presses("Mute promises that fall due", on=newest(sam, "7 things wait for you"))
    await here.settle()
    assert "P-2 Ask vendor" not in newest(sam, "5 things wait for you").text


async def test_forty_lines_from_the_agenda_to_the_minutes(here: World, stage: Stage, chairs: Chairs) -> None:
    sam, dana = chairs
    await sam.types("agenda")
    await sam.presses("Add points", on=newest(sam, "Agenda for"))
    words = "which has been open since the audit of last year and which nobody has answered yet"
    lines = {theme.value: "\n".join(f"{theme.value} {n}, {words}" for n in range(8)) for theme in list(Theme)[:5]}
    await sam.fills(**lines)
    assert "40 on the agenda" in newest(sam, "on the agenda. Thank you.").text
    await dana.types("agenda")
    told = shown(dana, "Agenda for Tue 4 March, 09:30")
    assert "30 minutes, 40 points." in told
    assert all(f"{theme.value} {n}, which" in told for theme in list(Theme)[:5] for n in range(8))

    await here.until(TUESDAY)
    await sam.presses("Start", on=newest(sam, "Time for your sync"))
    await here.settle()
    await sam.presses("Discussed", on=newest(sam, "Sync in progress: 1 of 40"))
    await here.settle()
    await dana.presses("Close", on=newest(dana, "Sync in progress: 2 of 40"))
    await here.settle()
    told = shown(dana, "Minutes of Tue 4 March, 09:30")
    assert all(f"{theme.value} {n}, which" in told for theme in list(Theme)[:5] for n in range(8))
    await dana.presses("Markdown", on=next(seen for seen in reversed(dana.screen()) if "Markdown" in seen.buttons))
    told = shown(dana, "as Markdown")
    assert all(f"{theme.value} {n}, which" in told for theme in list(Theme)[:5] for n in range(8))


async def test_many_syncs_and_a_rule_as_long_as_rules_get(chairs: Chairs) -> None:
    sam, dana = chairs
    days = ",".join(f"{n}{day}" for n in (1, 2, 3, 4) for day in ("MO", "WE", "TH"))
    await sam.types(f"cadence RRULE:FREQ=MONTHLY;BYDAY={days}")
    await sam.presses("Save")
    await dana.types("syncs")
    seen = next(each for each in reversed(dana.screen()) if "Add an extra sync" in each.buttons)
    assert seen.buttons.count("Move") >= 2
    assert len([line for line in seen.text.splitlines() if ", 09:30" in line]) == 6
    await dana.presses("Skip", on=seen)
    assert sees(dana, "Skipped: ")


async def test_what_is_asked_can_be_turned_off_kind_by_kind(chairs: Chairs) -> None:
    sam, _dana = chairs
    await sam.types("nudges")
    for count in range(1, 6):
        await sam.presses("Turn off", on=newest(sam, "What I ask you"))
        assert newest(sam, "What I ask you").buttons.count("Turn on") == count
