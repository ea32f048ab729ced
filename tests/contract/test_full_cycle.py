"""The first full cycle on every platform, with the same words."""

from tests.contract.stage import Chair
from tests.contract.world import World, newest, sees

Chairs = tuple[Chair, Chair]


async def test_setup_says_in_one_sentence_what_will_happen(here: World, chairs: Chairs) -> None:
    sam, dana = chairs
    for chair in (sam, dana):
        assert (
            "Every other Tuesday at 09:30, Europe/Zurich. Next: Tue 4 March, 09:30." in newest(chair, "is set up").text
        )


async def test_a_prompt_is_answered_by_a_reply_and_by_form(here: World, chairs: Chairs) -> None:
    sam, dana = chairs
    prompt = newest(sam, "What should we talk about?")
    await sam.says("threats: the old VPN", to=prompt)
    await here.settle()
    assert "the old VPN" in newest(sam, "Noted for Tue 4 March, 09:30").text

    await dana.presses("Add points", on=newest(dana, "What should we talk about?"))
    assert dana.form
    await dana.fills(hygiene="Passkeys for the board\nPhishing drill")
    await here.wait(minutes=31)
    agenda = newest(dana, "Agenda for Tue 4 March, 09:30").text
    assert "the old VPN" in agenda
    assert "raised by Sam" in agenda
    assert "Phishing drill" in agenda


async def test_an_edited_and_a_deleted_reply_are_followed(here: World, chairs: Chairs) -> None:
    sam, _dana = chairs
    first = await sam.says("the old VPN")
    second = await sam.says("nothing really")
    await sam.edits(first, "the old VPN and its firewall")
    await sam.deletes(second)
    await sam.types("agenda")
    text = newest(sam, "Agenda for").text
    assert "the old VPN and its firewall" in text
    assert "nothing really" not in text


async def test_a_sync_is_held_and_its_decision_found_again(here: World, chairs: Chairs) -> None:
    sam, dana = chairs
    await sam.types("agenda add threats: the old VPN")
    await dana.types("agenda add Phishing drill")
    await here.wait(days=1, minutes=31)
    await sam.presses("Start", on=newest(sam, "Time for your sync"))
    await here.settle()

    live = newest(dana, "Sync in progress: 1 of 2")
    await dana.presses("Record decision", on=live)
    assert dana.form
    assert dana.form.fields["title"] == "the old VPN"
    await dana.fills(title="Switch the old VPN off by June", rationale="Three findings.")
    await here.settle()
    await sam.presses("Turn my key", on=newest(sam, "Your key is asked for"))
    await here.settle()
    assert sees(sam, "agreed by both")

    await dana.presses("Defer", on=newest(dana, "Sync in progress: 2 of 2"))
    await here.settle()
    await sam.presses("Close", on=newest(sam, "Everything is settled"))
    await here.settle()
    minutes = newest(sam, "Minutes of Tue 4 March, 09:30").text
    assert "D-1 Switch the old VPN off by June" in minutes
    assert "Next: Tue 18 March, 09:30." in minutes

    await sam.types("decision find vpn")
    assert "D-1 Switch the old VPN off by June" in newest(sam, "Found: in:decisions").text
    await sam.types("agenda")
    assert "carried over 1×" in newest(sam, "Agenda for Tue 18 March").text


async def test_lookups_are_private_until_shared(here: World, chairs: Chairs) -> None:
    sam, dana = chairs
    await sam.types("risk add The backup was never restored")
    assert newest(sam, "R-1 The backup was never restored").private or newest(sam, "R-1").place == sam.account
    assert not sees(dana, "The backup was never restored")
    await sam.presses("Share here", on=newest(sam, "R-1"))
    await here.settle()
    assert "Shared by Sam" in newest(dana, "R-1 The backup was never restored").text


async def test_risks_are_listed_shown_and_closed(here: World, chairs: Chairs) -> None:
    sam, dana = chairs
    await sam.types("risk add")
    assert sam.form
    await sam.fills(title="Nobody owns the DNS", likelihood="4", impact="5")
    await dana.types("risk list")
    assert "R-1 Nobody owns the DNS" in newest(dana, "Open risks (1)").text
    await dana.types("risk show r1")
    assert "critical (20 of 25)" in newest(dana, "R-1 Nobody owns").text
    await dana.types("risk close R-1 Robin owns it now")
    assert "Closed on Mon 3 March: Robin owns it now" in newest(dana, "R-1").text


async def test_help_and_the_nearest_command(here: World, chairs: Chairs) -> None:
    sam, _dana = chairs
    await sam.types("help")
    assert "find <words>" in newest(sam, "What Touchpoint does").text
    await sam.presses("Show", on=newest(sam, "What Touchpoint does"))
    assert newest(sam, "Help: ").text
    await sam.types("help decisions")
    assert "decision show <D-12>" in newest(sam, "Help: decisions").text
    await sam.types("desicion list")
    assert "decision list" in newest(sam, "There is no command").text
