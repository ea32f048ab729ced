"""Promises on every platform: made, moved, handed on and kept, and remembered in private before their day."""

from datetime import timedelta

from tests.conftest import MONDAY
from tests.contract.stage import Chair, Stage
from tests.contract.world import World, newest, sees

Chairs = tuple[Chair, Chair]


async def test_a_promise_moves_is_handed_on_and_kept(here: World, stage: Stage, chairs: Chairs) -> None:
    sam, dana = chairs
    kim = await stage.seat("Kim")
    await sam.types("promise add renew the VPN contract by 14 March")
    made = newest(sam, "P-1 renew the VPN contract")
    assert "Due: Fri 14 March" in made.text
    await sam.presses("New date", on=made)
    await sam.fills(due_on="2031-03-01", because="the vendor is late")
    assert sam.form, "it must stay open"
    assert "has passed" in sam.form.errors["due_on"]
    assert sam.form.fields["because"] == "the vendor is late"
    await sam.fills(due_on="2031-03-20")
    moved = newest(sam, "P-1 renew the VPN contract")
    assert "Due: Thu 20 March" in moved.text
    await sam.presses("Reassign", on=moved)
    await sam.fills(owner=sam.account, because="on leave")
    assert sam.form, "it must stay open"
    assert "somebody" in sam.form.errors["owner"]
    assert sam.form.fields["because"] == "on leave"
    await sam.fills(owner=kim.account)
    await here.settle()
    assert not sees(dana, "renew the VPN contract"), "what is promised is nobody else's business"
    await kim.presses("Done", on=newest(kim, "A promise for you: P-1 renew the VPN contract"))
    await here.settle()
    assert "Done on Mon 3 March" in newest(kim, "P-1 renew the VPN contract").text
    await dana.types("promise list done")
    assert "P-1 renew the VPN contract" in newest(dana, "Done promises (1)").text


async def test_a_promise_is_remembered_before_its_day_and_kept_from_there(here: World, chairs: Chairs) -> None:
    sam, _dana = chairs
    await sam.types("promise add renew the VPN contract by 1 Feb 2031")
    assert sees(sam, "You typed: promise add renew the VPN contract by 1 Feb 2031")
    await sam.types("promise add renew the VPN contract by 7 March")
    await sam.types("sync skip")
    await here.until(MONDAY + timedelta(days=3, minutes=1))
    nudge = newest(sam, "due tomorrow")
    await sam.presses("Done", on=nudge)
    await here.settle()
    seen = next(one for one in sam.screen() if one.message == nudge.message)
    assert "Done on Thu 6 March" in seen.text
    assert "Done" not in seen.buttons
