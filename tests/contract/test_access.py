"""Letting people in on every platform: told in private, able to do what their role allows, and out again at once."""

from tests.contract.stage import Chair, Stage
from tests.contract.world import World, newest, sees

Chairs = tuple[Chair, Chair]


async def lets_in(here: World, principal: Chair, newcomer: Chair, role: str) -> None:
    await principal.types("access")
    await principal.presses("Let somebody in", on=newest(principal, "Who has access"))
    await principal.fills(person=newcomer.account, role=role)
    await here.settle()


async def test_a_member_is_let_in_adds_a_point_and_is_removed(here: World, stage: Stage, chairs: Chairs) -> None:
    sam, dana = chairs
    kim = await stage.seat("Kim")
    await kim.types("agenda")
    assert sees(kim, "You have no chair")
    await lets_in(here, sam, kim, "member")
    told = newest(kim, "You are a member of")
    assert told.place != stage.home
    assert not sees(dana, "You are a member of"), "it is told to nobody else"
    await kim.types("agenda add threats: the old VPN")
    await kim.types("sync skip")
    assert sees(kim, "a member may not run its syncs")
    await dana.types("agenda")
    assert "the old VPN" in newest(dana, "Agenda for").text
    await sam.types("access")
    await sam.presses("Remove", on=newest(sam, "Who has access"))
    await here.settle()
    assert "You are no longer a member of" in next(one for one in kim.screen() if one.message == told.message).text
    await kim.types("risk list")
    assert "You have no chair" in newest(kim, "You have no chair").text


async def test_a_viewer_reads_and_is_offered_nothing_to_change(here: World, stage: Stage, chairs: Chairs) -> None:
    sam, _dana = chairs
    vic = await stage.seat("Vic")
    await sam.types("promise add renew the VPN contract by 14 March")
    await lets_in(here, sam, vic, "viewer")
    await vic.types("promise show P-1")
    assert not newest(vic, "P-1 renew the VPN contract").buttons
    await vic.types("agenda add threats: the badge readers")
    assert sees(vic, "a viewer may not add to its record")
    assert sees(vic, "You typed: agenda add threats: the badge readers"), "nothing typed is lost"
