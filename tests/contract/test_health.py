"""Health and the pulse on every platform: figures as a picture and as text, and both answers at once."""

from datetime import timedelta

from tests.contract.stage import Chair
from tests.contract.test_two_platforms import both, joined
from tests.contract.world import World, newest, sees

__all__ = ["both"]

Chairs = tuple[Chair, Chair]


async def lives(here: World, sam: Chair, dana: Chair) -> None:
    """Two quarters: a sync that was held, a promise that was not kept, and one that was."""
    await sam.types("promise add send the report by 6 March")
    await dana.types("agenda add threats: the VPN")
    await here.wait(days=1, minutes=31)
    await sam.presses("Start", on=newest(sam, "Time for your sync"))
    await here.settle()
    await here.until(here.clock.now() + timedelta(days=29))
    await sam.types("promise add send the next report by 4 April")
    await sam.presses("Done", on=newest(sam, "P-2 send the next report"))
    await here.until(here.clock.now() + timedelta(days=7))


async def test_a_quarter_is_held_against_the_last_one(here: World, chairs: Chairs) -> None:
    sam, dana = chairs
    await lives(here, sam, dana)
    await sam.types("health")
    shown = newest(sam, "Better than last quarter in")
    assert "Promises kept" in shown.text
    assert "↑ better" in shown.text
    assert "In percent: more is better" in shown.text
    assert "To talk about: Do our syncs still fit both of us?" in shown.text
    await sam.presses("Put it on the agenda", on=shown)
    assert "Under Communication and trust." in newest(sam, "Do our syncs still fit both of us?").text
    await sam.presses("Definitions", on=shown)
    assert "Of the promises that fell due" in newest(sam, "How each figure is counted").text


async def test_it_is_shared_without_what_is_said_of_one_chair(here: World, chairs: Chairs) -> None:
    sam, dana = chairs
    await lives(here, sam, dana)
    await sam.types("health")
    shown = newest(sam, "Better than last quarter in")
    assert "Points from the CISO" in shown.text
    await sam.presses(next(label for label in shown.buttons if label.startswith("Share")), on=shown)
    await here.settle()
    assert "Points from the CISO" not in newest(dana, "Shared by Sam.").text


async def test_both_see_both_answers_at_once(here: World, chairs: Chairs) -> None:
    sam, dana = chairs
    await sam.types("pulse", where="direct")
    await sam.presses("4", on=newest(sam, "How well do we two work together"))
    await here.settle()
    assert sees(sam, "You said 4 of 5.")
    assert not sees(dana, "4 of 5")
    await dana.types("pulse", where="direct")
    await dana.presses("2", on=newest(dana, "How well do we two work together"))
    await here.settle()
    for chair in chairs:
        assert sees(chair, "You both answered: 4 and 2 of 5")


async def test_the_pulse_of_two_platforms(both: World) -> None:
    sam, dana = await joined(both)
    await both.wait(minutes=5)
    await dana.types("pulse", where="direct")
    await dana.presses("5 very well", on=newest(dana, "How well do we two work together"))
    await both.until(both.clock.now() + timedelta(days=1))
    await sam.presses("4", on=newest(sam, "How well do we two work together"))
    await both.settle()
    for chair in (sam, dana):
        assert sees(chair, "You both answered: 4 and 5 of 5")
