"""Decisions on every platform: filled in, changed after a key, agreed with dissent, replaced, and confirmed at their review."""

from datetime import timedelta

from tests.conftest import MONDAY
from tests.contract.stage import Chair
from tests.contract.world import World, newest, sees

Chairs = tuple[Chair, Chair]
VPN = "Switch the old VPN off"


async def test_a_changed_text_voids_the_key_and_dissent_is_kept(here: World, chairs: Chairs) -> None:
    sam, dana = chairs
    await sam.types("decision add")
    assert sam.form
    await sam.fills(
        title=VPN, rationale="Three findings.", options="Keep it\n+ no work\n- three findings", owner="Robin"
    )
    await here.settle()
    assert "Keep it" in newest(dana, "Your key is asked for").text
    await dana.types("decision show 1")
    await dana.presses("Edit", on=newest(dana, f"D-1 {VPN}"))
    assert dana.form
    assert dana.form.fields["options"] == "Keep it\n+ no work\n- three findings"
    await dana.fills(owner="Kim")
    await here.settle()
    void = newest(sam, "Your key is void")
    assert "Robin → Kim" in void.text
    await sam.presses("Agree with dissent", on=void)
    await sam.fills(dissent="June is too early.")
    await here.settle()
    assert "agreed with dissent" in newest(sam, f"D-1 {VPN}").text
    await dana.types("decision show 1")
    assert "Sam (CIO) dissents: June is too early." in newest(dana, f"D-1 {VPN}").text


async def test_more_details_are_checked_and_nothing_typed_is_lost(here: World, chairs: Chairs) -> None:
    sam, _dana = chairs
    await sam.types("risk add Nobody owns the DNS")
    await sam.types(f"decision add {VPN}")
    await sam.presses("More details", on=newest(sam, f"D-1 {VPN}"))
    await sam.fills(outcome="Off by June.", links="http://example.test", concerns="R-1")
    assert sam.form, "it must stay open"
    assert "https" in sam.form.errors["links"]
    assert sam.form.fields["outcome"] == "Off by June."
    await sam.fills(links="The contract https://example.test/c")
    assert not sam.form
    card = newest(sam, f"D-1 {VPN}").text
    assert "Off by June." in card
    assert "R-1 Nobody owns the DNS" in card
    assert "The contract" in card
    await here.settle()


async def test_rejected_with_a_reason(here: World, chairs: Chairs) -> None:
    sam, dana = chairs
    await sam.types(f"decision add {VPN}")
    await here.settle()
    await dana.presses("Reject", on=newest(dana, "Your key is asked for"))
    await dana.fills(because="Too expensive.")
    await here.settle()
    assert "by Dana: Too expensive." in newest(sam, "D-1 is rejected").text


async def test_its_review_is_confirmed_with_one_tap_and_it_is_replaced(here: World, chairs: Chairs) -> None:
    sam, dana = chairs
    await sam.types("decision add")
    await sam.fills(title=VPN, review_on="2031-03-05")
    await here.settle()
    await dana.presses("Turn my key", on=newest(dana, "Your key is asked for"))
    await here.until(MONDAY + timedelta(days=2, minutes=1))
    await dana.types("decision show 1")
    await dana.presses("Confirm", on=newest(dana, f"D-1 {VPN}"))
    assert "Next review: Fri 4 April 2031." in newest(dana, "D-1 is confirmed").text
    await dana.types("decision show 1")
    await dana.presses("Replace", on=newest(dana, "Confirmed by Dana"))
    await dana.fills(title="Switch it off in May")
    await here.settle()
    await sam.presses("Turn my key", on=newest(sam, "Your key is asked for: D-2"))
    await here.settle()
    await sam.types("decision show 1")
    assert sees(sam, "superseded by D-2")
