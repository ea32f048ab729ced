"""Who owns what, on every platform: asked with typing errors, mended in a tap, and checked in private across two of them."""

from tests.contract.stage import Chair
from tests.contract.test_two_platforms import both, joined
from tests.contract.world import World, newest, sees

__all__ = ["both"]

Chairs = tuple[Chair, Chair]


async def names(world: World, chair: Chair, area: str, label: str) -> None:
    """One tap on the card that moves on."""
    await chair.presses(label, on=newest(chair, f"Who is accountable for {area}?"))
    await world.settle()


async def test_who_owns_is_answered_in_one_line(here: World, chairs: Chairs) -> None:
    sam, dana = chairs
    await sam.types("owners")
    await sam.presses("Start with 22 usual areas")
    assert sees(sam, "22 of 22 areas have no accountable owner.")
    await dana.types("who owns the vendr risk?")
    gap = newest(dana, "Nobody is accountable for Vendor risk.")
    await dana.presses("CIO is accountable", on=gap)
    await sam.types("who owns suply chain")
    line = newest(sam, "Supply chain (Vendor risk): Sam (CIO) is accountable. Confirmed Mon 3 March by Dana.")
    assert not sees(dana, "Supply chain (Vendor risk)"), "it is for the asker alone"
    await sam.presses(next(label for label in line.buttons if label.startswith("Share")), on=line)
    await here.settle()
    assert sees(dana, "Sam (CIO) is accountable. Confirmed Mon 3 March by Dana.\nShared by Sam.")
    await dana.says("who owns the coffee machine?")
    assert "You typed: the coffee machine?" in newest(dana, "There is no area of that name.").text


async def test_names_are_filled_in_and_nothing_typed_is_lost(here: World, chairs: Chairs) -> None:
    sam, _dana = chairs
    await sam.types("owners add Payroll")
    await sam.presses("Edit")
    await sam.fills(area=" ", accountable="ciso", responsible="HR; the bank")
    assert sam.form
    assert sam.form.errors["area"]
    assert sam.form.fields["responsible"] == "HR; the bank"
    await sam.fills(area="Payroll runs")
    assert "Dana (CISO)" in newest(sam, "Payroll runs").text
    await sam.types("who owns payroll runs")
    assert sees(sam, "Payroll runs: Dana (CISO) is accountable; responsible: HR and the bank.")


async def test_a_check_is_answered_on_both_platforms_and_nobody_sees_what_the_other_named(both: World) -> None:
    sam, dana = await joined(both)
    await dana.types("owners add Backup")
    await dana.types("owners add Vendor risk")
    await dana.types("owners check")
    await both.settle()
    await names(both, sam, "Backup", "Dana")
    await sam.presses("Somebody else", on=newest(sam, "Who is accountable for Vendor risk?"))
    await sam.fills(named="Zebedee")
    await both.settle()
    assert "Zebedee" in newest(sam, "Thank you, that is all").text
    await names(both, dana, "Backup", "Me")
    await names(both, dana, "Vendor risk", "Me")
    for chair in (sam, dana):
        _agree, differ = newest(chair, "You two agree on 1 of 2 areas").text.split("You see these differently")
        assert "Vendor risk" in differ.split("They are on the next agenda")[0]
    assert not sees(dana, "Zebedee")
    assert not sees(sam, "Zebedee"), "once it is closed, it is gone from the card of who named it too"
    await dana.types("agenda")
    agenda = newest(dana, "Who owns Vendor risk?").text
    assert "you two see this differently" in agenda
    assert "Backup" not in agenda
