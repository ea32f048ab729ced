"""What must hold on every platform: nothing twice, nothing lost, nothing too long, nothing to those outside."""

import pytest

from tests.contract.stage import Chair, Stage
from tests.contract.world import World, newest, sees

Chairs = tuple[Chair, Chair]


async def test_a_redelivered_reply_is_recorded_once(here: World, stage: Stage, chairs: Chairs) -> None:
    sam, _dana = chairs
    await sam.says("threats: the old VPN")
    await stage.redeliver()
    await here.settle()
    await sam.types("agenda")
    assert newest(sam, "Agenda for").text.count("the old VPN") == 1


async def test_a_redelivered_form_records_once(here: World, stage: Stage, chairs: Chairs) -> None:
    sam, _dana = chairs
    await sam.types("risk add")
    await sam.fills(title="Nobody owns the DNS")
    await stage.redeliver()
    await sam.types("risk list")
    assert "Open risks (1)" in newest(sam, "Open risks").text


async def test_a_form_with_mistakes_keeps_what_was_typed(chairs: Chairs) -> None:
    sam, _dana = chairs
    await sam.types("setup")
    assert sam.form
    await sam.fills(zone="Zurich", at="09:45", weekdays=("WE",))
    assert sam.form, "it must stay open"
    assert "Europe/Zurich" in sam.form.errors["zone"]
    assert sam.form.fields["zone"] == "Zurich"
    assert sam.form.fields["at"] == "09:45"
    await sam.fills(zone="Europe/Zurich")
    assert sam.form is None


async def test_long_lists_page(chairs: Chairs) -> None:
    sam, _dana = chairs
    for number in range(11):
        await sam.types(f"risk add The thing number {number} could break")
    await sam.types("risk list")
    assert "R-1 The thing" in newest(sam, "Open risks (11)").text
    assert "R-11 The thing" not in newest(sam, "Open risks (11)").text
    await sam.presses("Next page")
    assert "R-11 The thing number 10 could break" in newest(sam, "Open risks (11)").text


async def test_long_text_says_where_the_rest_is(here: World, chairs: Chairs) -> None:
    sam, _dana = chairs
    words = " ".join(f"word{number}" for number in range(900))
    await sam.types(f"risk add {words}")
    seen = newest(sam, "R-1").text
    assert "page 1 of" in seen
    for _page in range(2):
        await sam.presses("Next page")
        seen += newest(sam, "R-1").text
    assert all(f"word{number}" in seen for number in range(900))
    await sam.types(f"agenda add {words}")
    await here.wait(minutes=31)
    assert "word0 word1" in newest(sam, "Agenda for Tue 4 March").text


@pytest.mark.parametrize(
    "text", ["*bold* _it_ ~no~ `code`", "<!channel> <@U1> &amp; <script>", "[link](https://x.test) **b**"]
)
async def test_what_people_type_is_never_markup(text: str, chairs: Chairs) -> None:
    sam, _dana = chairs
    await sam.types(f"risk add {text}")
    plain = newest(sam, "R-1").text.replace("\u200b", "").replace("\u2060", "")
    assert text in plain


async def test_outsiders_and_strangers_get_nothing(stage: Stage, chairs: Chairs) -> None:
    sam, _dana = chairs
    await sam.types("risk add Ours alone")
    guest, robin = await stage.seat("Guest", outsider=True), await stage.seat("Robin")
    for chair in (guest, robin):
        await chair.types("risk list")
        assert not sees(chair, "Ours alone")
    assert sees(robin, "You have no chair")


async def test_a_second_start_is_told_that_it_has_started(here: World, chairs: Chairs) -> None:
    sam, dana = chairs
    await sam.types("agenda add the old VPN")
    await here.wait(days=1, minutes=31)
    old = newest(dana, "Time for your sync")
    await sam.presses("Start", on=newest(sam, "Time for your sync"))
    await dana.presses("Start", on=old)
    await here.settle()
    assert sum("Sync in progress" in seen.text for seen in dana.screen()) == 1
