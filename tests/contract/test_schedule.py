"""When the syncs are, on every platform: the cadence in words, and what people move, skip, add, pause and leave lying."""

from datetime import timedelta

from tests.conftest import MONDAY
from tests.contract.stage import Chair
from tests.contract.world import PAGES, World, newest, sees

Chairs = tuple[Chair, Chair]

TUESDAY = MONDAY + timedelta(days=1, minutes=30)  # 09:30 in Zurich: the first sync
DAY = timedelta(days=1)


async def test_a_cadence_in_words_is_echoed_with_three_dates_and_saved(here: World, chairs: Chairs) -> None:
    sam, dana = chairs
    await sam.types("cadence last friday of each quarter 14:00")
    echo = newest(sam, "The last Friday of each quarter at 14:00, Europe/Zurich")
    assert all(day in echo.text for day in ("Fri 28 March, 14:00", "Fri 27 June, 14:00", "Fri 26 September, 14:00"))
    assert not sees(dana, "The last Friday of each quarter")
    await dana.types("cadence")
    assert sees(dana, "Every other Tuesday at 09:30")
    await sam.presses("Save", on=echo)
    await here.settle()
    assert "Next: Fri 28 March, 14:00." in newest(dana, "This touchpoint has changed").text


async def test_words_that_nobody_understands_get_examples_and_are_given_back(chairs: Chairs) -> None:
    sam, _dana = chairs
    await sam.types("cadence whenever it suits")
    seen = newest(sam, "whenever it suits").text
    assert "every other tuesday 9:30" in seen.lower()


async def test_the_form_takes_words_too_and_change_keeps_what_was_filled_in(here: World, chairs: Chairs) -> None:
    sam, dana = chairs
    await sam.types("setup")
    await sam.fills(words="on the seventeenth full moon")
    assert sam.form, "it must stay open"
    assert "for example" in sam.form.errors["words"].lower() or "“" in sam.form.errors["words"]
    assert sam.form.fields["words"] == "on the seventeenth full moon"
    assert sam.form.fields["ciso"] == dana.account
    await sam.fills(words="weekdays 8:45")
    await sam.presses("Change", on=newest(sam, "Every weekday at 08:45"))
    assert sam.form
    assert sam.form.fields["at"] == "08:45"
    assert (sam.form.fields["cio"], sam.form.fields["ciso"]) == (sam.account, dana.account)
    await sam.fills(words="first monday of the month 14:00")
    await sam.presses("Save", on=newest(sam, "The first Monday of each month at 14:00"))
    await here.settle()
    assert "Next: Mon 3 March, 14:00." in newest(dana, "This touchpoint has changed").text


async def test_a_moved_sync_is_said_to_both_and_takes_its_agenda_along(here: World, chairs: Chairs) -> None:
    sam, dana = chairs
    await sam.types("agenda add the old VPN")
    await dana.types("sync move thu 10:00")
    await here.settle()
    assert "Instead of Tue 4 March, 09:30." in newest(sam, "The sync is on Thu 6 March, 10:00").text
    await here.until(MONDAY + 3 * DAY + timedelta(hours=1))
    assert "the old VPN" in newest(sam, "Agenda for Thu 6 March, 10:00").text
    assert sees(sam, "Time for your sync")


async def test_a_move_into_the_past_keeps_what_was_typed(here: World, chairs: Chairs) -> None:
    sam, _dana = chairs
    await sam.types("sync move 2031-03-03 08:00")
    assert sees(sam, "You typed: sync move 2031-03-03 08:00")
    await sam.types("sync move someday")
    assert sees(sam, "You typed: sync move someday")
    await sam.types("sync move")
    await sam.fills(day="2031-03-01", at="10:15", why="the board meets")
    assert sam.form, "it must stay open"
    assert "has passed" in sam.form.errors["day"]
    assert [sam.form.fields[name] for name in ("day", "at", "why")] == ["2031-03-01", "10:15", "the board meets"]
    await sam.fills(day="2031-03-06")
    await here.settle()
    assert "the board meets" in newest(sam, "The sync is on Thu 6 March, 10:15").text


async def test_a_skipped_sync_can_be_held_after_all(here: World, chairs: Chairs) -> None:
    sam, dana = chairs
    await sam.types("agenda add the old VPN")
    await dana.types("sync skip board meeting")
    await here.settle()
    said = newest(sam, "No sync on Tue 4 March, 09:30")
    assert "Board meeting." in said.text
    await sam.types("agenda")
    assert "the old VPN" in newest(sam, "Agenda for Tue 18 March").text
    await sam.presses("Hold it after all", on=said)
    await here.settle()
    assert sees(dana, "The sync is on Tue 4 March, 09:30")
    await sam.types("agenda")
    assert "the old VPN" in newest(sam, "Agenda for Tue 4 March").text


async def test_an_extra_sync_stands_between_the_others(here: World, chairs: Chairs) -> None:
    sam, dana = chairs
    await sam.types("sync extra fri 11:00")
    await here.settle()
    assert sees(dana, "Extra sync on Fri 7 March, 11:00")
    await sam.types("syncs")
    seen = newest(sam, "Every other Tuesday at 09:30, Europe/Zurich\n").text
    places = [seen.index(day) for day in ("Tue 4 March, 09:30", "Fri 7 March, 11:00", "Tue 18 March, 09:30")]
    assert places == sorted(places)
    await sam.presses("Add an extra sync")
    await sam.fills(day="2031-03-07", at="11:00")
    assert sam.form
    assert "There is a sync on Fri 7 March, 11:00 already." in sam.form.errors["day"]
    await sam.fills(at="15:00")
    assert sam.form is None
    assert sees(sam, "Added: Fri 7 March, 15:00")


async def test_who_sits_in_two_touchpoints_meets_the_right_one_from_any_card(here: World, chairs: Chairs) -> None:
    sam, dana = chairs
    await sam.types("setup", where="other")
    await sam.fills(cio=sam.account, ciso=dana.account, words="weekdays 8:45", zone="Europe/Zurich")
    await sam.presses("Save as another one", on=newest(sam, "Every weekday at 08:45"))
    await here.settle()
    await sam.types("syncs")
    await sam.presses("Add an extra sync", on=newest(sam, "Every other Tuesday at 09:30, Europe/Zurich\n"))
    await sam.fills(day="2031-03-07", at="11:00")
    await sam.types("cadence first monday of the month 14:00")
    await sam.presses("Save", on=newest(sam, "The first Monday of each month at 14:00"))
    await here.settle()
    await dana.types("syncs")
    assert "Fri 7 March, 11:00" in newest(dana, "The first Monday of each month at 14:00").text
    await dana.types("syncs", where="other")
    assert "Fri 7 March, 11:00" not in newest(dana, "Every weekday at 08:45, Europe/Zurich\n").text


async def test_the_syncs_stand_in_a_calendar_by_a_secret_link(here: World, chairs: Chairs) -> None:
    sam, dana = chairs
    await here.wait(minutes=31)
    assert "Add to calendar" in newest(dana, "Agenda for Tue 4 March").buttons
    await sam.types("calendar")
    first = newest(sam, f"{PAGES}/calendar/")
    assert not sees(dana, f"{PAGES}/calendar/")
    await sam.presses("New link", on=first)
    assert newest(sam, f"{PAGES}/calendar/").text != first.text
    await sam.presses("Stop")
    assert sees(sam, "No calendar reads your syncs any more.")


async def test_a_pause_is_quiet_and_one_tap_ends_it(here: World, chairs: Chairs) -> None:
    sam, dana = chairs
    await sam.types("agenda add the old VPN")
    await sam.types("pause until 32 March")
    assert sees(sam, "You typed: pause until 32 March")
    await sam.types("pause until 20 March")
    await here.settle()
    before = len(dana.screen())
    said = newest(dana, "This touchpoint is paused until 20 March.")
    await here.until(TUESDAY + DAY)
    assert len(dana.screen()) == before
    await dana.presses("Resume", on=said)
    await here.settle()
    assert "Next: Tue 18 March, 09:30." in newest(sam, "This touchpoint goes on").text
    await sam.types("agenda")
    assert "the old VPN" in newest(sam, "Agenda for Tue 18 March").text


async def test_wrong_settings_are_marked_and_kept(here: World, chairs: Chairs) -> None:
    sam, dana = chairs
    await sam.types("settings")
    wrong = {"minutes": "45", "holidays": "Atlantis", "closings": "4 Mar: inventory\n99 Foo: nothing"}
    await sam.fills(**wrong)
    assert sam.form, "it must stay open"
    assert {"holidays", "closings"} <= sam.form.errors.keys()
    assert {name: sam.form.fields[name] for name in wrong} == wrong
    await sam.fills(holidays="Switzerland, Zurich", closings="4 Mar: inventory")
    assert sam.form is None
    await here.settle()
    assert "Inventory." in newest(dana, "The sync is on Wed 5 March, 09:30").text


async def test_a_sync_that_nobody_started_is_offered_the_next_morning_and_moved(here: World, chairs: Chairs) -> None:
    sam, dana = chairs
    await sam.types("agenda add the old VPN")
    await here.until(TUESDAY + DAY)
    offer = newest(dana, "The sync of Tue 4 March, 09:30 was not held")
    assert "Its 1 point is safe." in offer.text
    await dana.presses("Another day", on=offer)
    await dana.fills(day="2031-03-06", at="15:00")
    assert dana.form is None, dana.form
    await here.settle()
    assert sees(sam, "The sync is on Thu 6 March, 15:00")
    await sam.types("agenda")
    assert "the old VPN" in newest(sam, "Agenda for Thu 6 March, 15:00").text
