"""Risks on every platform: lived with under both keys, narrowed in a list, seen as a matrix."""

from tests.contract.stage import Chair
from tests.contract.world import World, newest, sees

Chairs = tuple[Chair, Chair]


async def test_both_live_with_a_risk_for_a_while(here: World, chairs: Chairs) -> None:
    sam, dana = chairs
    await sam.types("risk add The old VPN falls")
    await sam.presses("Accept risk", on=newest(sam, "R-1 The old VPN falls"))
    await sam.fills(justification="The new one comes in May.", until="2033-01-01")
    assert sam.form, "it must stay open"
    assert "At most 365 days ahead" in sam.form.errors["until"]
    assert sam.form.fields["justification"] == "The new one comes in May."
    await sam.fills(until="2031-06-02")
    await here.settle()
    asked = newest(dana, "Live with R-1 until Mon 2 June?")
    assert "The new one comes in May." in asked.text
    await dana.presses("Turn my key", on=asked)
    await here.settle()
    assert sees(sam, "R-1 is accepted until Mon 2 June")
    await sam.types("risk list accepted")
    assert "accepted until Mon 2 June" in newest(sam, "Accepted risks (1)").text


async def test_it_is_rejected_with_a_reason(here: World, chairs: Chairs) -> None:
    sam, dana = chairs
    await sam.types("risk add The old VPN falls")
    await sam.types("risk accept R-1")
    await sam.fills(justification="The new one comes in May.", until="2031-06-02")
    await here.settle()
    await dana.presses("Reject", on=newest(dana, "Live with R-1"))
    await dana.fills(because="It has a known hole.")
    await here.settle()
    assert "It has a known hole." in newest(sam, "R-1 is not accepted: it was rejected").text


async def test_levels_lists_and_the_matrix(here: World, chairs: Chairs) -> None:
    sam, dana = chairs
    await sam.types("risk add The old VPN falls")
    await sam.presses("New level", on=newest(sam, "R-1 The old VPN falls"))
    await sam.fills(likelihood="4", impact="5", because="It was scanned.")
    assert "critical (20 of 25) ▲ above appetite" in newest(sam, "R-1 The old VPN falls").text
    await dana.types("risk list above appetite")
    listed = newest(dana, "Open risks, above appetite (1)")
    assert "R-1 The old VPN falls" in listed.text
    await dana.types("risk matrix")
    drawn = newest(dana, "Risk matrix (1)")
    assert "R-1 The old VPN falls" in drawn.text
    await dana.presses("Share here", on=drawn)
    await here.settle()
    assert sees(sam, "Shared by Dana")
    await sam.types("policy")
    await sam.presses("Change", on=newest(sam, "Policy"))
    await sam.fills(appetite="20")
    await here.settle()
    assert sees(dana, "Sam changed the policy")
