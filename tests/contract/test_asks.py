"""Asks on every platform: filled in and mended, counted and drawn, decided with both keys, paid, and looked at again."""

from tests.contract.stage import Chair
from tests.contract.world import World, newest

Chairs = tuple[Chair, Chair]
ASK = "ASK-1 Sign-in without passwords"


async def asked(here: World, chairs: Chairs) -> None:
    """Sam asks, and says the numbers of one risk."""
    sam, _dana = chairs
    await sam.types("risk add Phishing")
    await sam.types("ask add")
    assert sam.form
    await sam.fills(title="Sign-in without passwords", one_off="250k", yearly="40k", risks=["1"])
    await sam.presses("Estimate R-1", on=newest(sam, ASK))
    await sam.fills(often="2", least="20k", most="400k", often_after="1", most_after="200k")
    await here.settle()


async def test_an_ask_is_counted_and_drawn(here: World, chairs: Chairs) -> None:
    sam, _dana = chairs
    await asked(here, chairs)
    card = newest(sam, ASK)
    assert "Costs 250k, then 40k a year. Its risks cost 270k a year on average today, 81k with it." in card.text
    assert "Years in 100 that cost more" in card.text
    await sam.presses("All numbers", on=card)
    assert "Formula 1, 100,000 years" in newest(sam, "ASK-1: all numbers").text


async def test_negative_costs_and_inverted_ranges_are_said_beside_their_fields(here: World, chairs: Chairs) -> None:
    sam, _dana = chairs
    await sam.types("risk add Phishing")
    await sam.types("ask add")
    await sam.fills(title="Sign-in without passwords", one_off="-250k", risks=["1"])
    assert sam.form, "it must stay open"
    assert "cannot be negative" in sam.form.errors["one_off"]
    assert sam.form.fields["title"] == "Sign-in without passwords"
    await sam.fills(one_off="250k")
    await sam.presses("Estimate R-1", on=newest(sam, ASK))
    await sam.fills(often="2", least="400k", most="20k")
    assert sam.form, "it must stay open"
    assert "Swap the two" in sam.form.errors["most"]
    assert sam.form.fields["least"] == "400k"
    await sam.fills(least="20k", most="400k")
    assert not sam.form
    assert "Its risks cost 270k a year" in newest(sam, ASK).text
    await here.settle()


async def test_it_is_decided_paid_and_held_against_the_forecast(here: World, chairs: Chairs) -> None:
    sam, dana = chairs
    await asked(here, chairs)
    await sam.presses("Decide", on=newest(sam, ASK))
    assert sam.form
    assert "Costs 250k, then 40k a year." in sam.form.fields["rationale"]
    await sam.fills(owner="Robin")
    await here.settle()
    await dana.presses("Turn my key", on=newest(dana, "Your key is asked for"))
    await here.settle()
    await sam.types("ask show 1")
    assert "Funded by D-1" in newest(sam, ASK).text
    await sam.presses("Spent", on=newest(sam, ASK))
    await sam.fills(spent="260k")
    assert "260k spent on Mon 3 March" in newest(sam, ASK).text
    await sam.presses("Say what happened", on=newest(sam, ASK))
    await sam.fills(happened_1="1", lost_1="1m")
    assert "More than expected" in newest(sam, ASK).text
    await here.settle()


async def test_a_portfolio_says_what_fits_and_what_a_cut_loses(here: World, chairs: Chairs) -> None:
    sam, _dana = chairs
    await asked(here, chairs)
    await sam.types("portfolio 300k")
    card = newest(sam, "Portfolio under 300k").text
    assert "All asks fit: 290k in the first year" in card
    assert "A cut of 10 %: ASK-1 falls out" in card
    await here.settle()
