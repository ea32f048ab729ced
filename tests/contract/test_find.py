"""Finding things on every platform: the excerpt, the pages, the whole behind each hit, and sharing what was found."""

from tests.contract.stage import Chair
from tests.contract.world import World, newest, sees

Chairs = tuple[Chair, Chair]


async def test_what_was_recorded_is_found_opened_and_shared(here: World, chairs: Chairs) -> None:
    sam, dana = chairs
    await sam.types("decision add Move the VPN to the new gateway")
    await dana.types("promise add renew the VPN contract by 14 March\nthree offers, and the mitigation plan")
    await here.settle()
    await sam.types("find vpn")
    seen = newest(sam, "Found: vpn").text
    assert seen.index("P-1 renew the VPN contract") < seen.index("D-1 Move the VPN to the new gateway")
    await sam.types("find mitagation in:promises")
    found = newest(sam, "Found: mitagation in:promises")
    assert "Nothing with “mitagation”; showing “mitigation”." in found.text
    assert "three offers, and the mitigation plan" in found.text.replace("*", "")
    await sam.presses("Show", on=found)
    assert "Due: Fri 14 March" in newest(sam, "P-1 renew the VPN contract").text
    assert not sees(dana, "Found:"), "a lookup is nobody else's business"
    await sam.types("find “VPN contract”")
    await sam.presses("Share here", on=newest(sam, "Found: “VPN contract”"))
    await here.settle()
    assert "Shared by Sam" in newest(dana, "Found: “VPN contract”").text


async def test_many_hits_have_pages(chairs: Chairs) -> None:
    sam, _dana = chairs
    for number in range(1, 8):
        await sam.types(f"risk add heron {number}")
    await sam.types("find heron")
    await sam.presses("Next page", on=newest(sam, "Found: heron"))
    last = newest(sam, "R-1 heron 1")
    assert "R-2 heron 2" in last.text
    assert "R-3 heron 3" not in last.text
    assert "Previous page" in last.buttons
    assert "Next page" not in last.buttons


async def test_what_is_no_filter_is_said_with_what_there_is(chairs: Chairs) -> None:
    sam, _dana = chairs
    await sam.types("find vpn stat:open")
    assert "Did you mean “state:”?" in newest(sam, "There is no filter").text
    assert sees(sam, "You typed: find vpn stat:open")
