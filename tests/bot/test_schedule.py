"""When the syncs are: the cadence in words, holidays, and what people move, skip, add and pause."""

from datetime import UTC, datetime, timedelta

from tests.bot.room import HOME, Posted, Room
from tests.conftest import MONDAY

TUESDAY = datetime(2031, 3, 4, 8, 30, tzinfo=UTC)  # 09:30 in Zurich: the first sync of `set_up`.
DAY = timedelta(days=1)


def at_home(posted: list[Posted]) -> list[str]:
    return [one.card.title for one in posted if one.owed.conversation == HOME]


def test_the_form_is_said_back_with_three_dates_before_anything_is_saved():
    room = Room()
    sam, dana = room.chair("Sam"), room.chair("Dana")
    sam.types("setup")
    said = sam.fills(
        people=(sam.profile, dana.profile),
        cio=sam.account,
        ciso=dana.account,
        words="last friday of each quarter 14:00",
    )
    assert said.splitlines()[0] == "The last Friday of each quarter at 14:00, Europe/Zurich"
    assert [line for line in said.splitlines() if ", 14:00" in line] == [
        "Fri 28 March, 14:00",
        "Fri 27 June, 14:00",
        "Fri 26 September, 14:00",
    ]
    assert "no chair" in sam.types("agenda")
    sam.types("setup")
    sam.fills(people=(sam.profile, dana.profile), cio=sam.account, ciso=dana.account)
    sam.presses("Save")
    assert "Agenda for Tue 4 March, 09:30" in sam.types("agenda")


def test_change_keeps_everything_that_was_filled_in():
    room = Room()
    sam, dana = room.chair("Sam"), room.chair("Dana")
    sam.types("setup")
    sam.fills(people=(sam.profile, dana.profile), cio=sam.account, ciso=dana.account, words="weekdays 8:45")
    sam.presses("Change")
    assert sam.form is not None
    values = {field.name: getattr(field, "value", "") for field in sam.form.fields}
    assert (values["cio"], values["ciso"], values["at"]) == (sam.account, dana.account, "08:45")
    assert values["weekdays"] == ("MO", "TU", "WE", "TH", "FR")


def test_a_cadence_in_words_is_saved_from_its_echo_and_history_stays():
    room = Room()
    sam, dana = room.set_up()
    sam.types("agenda add the old point")
    assert "Every weekday at 08:45" in dana.types("cadence weekdays 8:45")
    assert "Every other Tuesday" in dana.types("cadence")
    dana.types("cadence weekdays 8:45")
    dana.presses("Save")
    assert "Every weekday at 08:45" in dana.types("cadence")
    said = dana.types("agenda")
    assert "Agenda for Tue 4 March, 08:45" in said
    assert "the old point" in said


def test_words_that_nobody_understands_get_examples_and_keep_what_was_typed():
    room = Room()
    sam, _dana = room.set_up()
    said = sam.types("cadence whenever it suits")
    assert "every other tuesday 9:30" in said.lower()
    assert "whenever it suits" in said


def test_saving_the_same_cadence_again_stays_in_step():
    room = Room()
    sam, dana = room.set_up()  # every other Tuesday: 4 and 18 March
    room.until(TUESDAY + 2 * DAY)
    sam.types("setup")
    sam.fills(people=(sam.profile, dana.profile))
    sam.presses("Save")
    assert "Tue 18 March" in sam.types("syncs").splitlines()[1]


def test_a_moved_sync_takes_everything_along_and_both_see_it():
    room = Room()
    sam, dana = room.set_up()
    sam.types("agenda add the VPN")
    assert "Moved to Thu 6 March, 10:00" in dana.types("sync move thu 10:00")
    assert at_home(room.settle()) == ["The sync is on Thu 6 March, 10:00"]
    posted = room.until(TUESDAY + 2 * DAY + timedelta(hours=2))
    assert at_home(posted) == ["Agenda for Thu 6 March, 10:00", "Time for your sync"]
    assert "the VPN" in str(posted[0]) + str(posted[1])


def test_a_sync_cannot_be_moved_into_the_past_or_beyond_its_neighbour():
    room = Room()
    sam, _dana = room.set_up(rhythm="weekly:1")
    room.settle()
    assert "is past" in sam.types("sync move 2031-03-03 08:00")
    assert "would come first" in sam.types("sync move 2031-03-12 10:00")
    sam.types("sync move")
    sam.fills(day="2031-03-01", at="9:30", why="too early")
    assert "has passed" in sam.errors["day"]
    assert sam.form is not None


def test_a_skipped_sync_hands_its_lines_on_and_can_be_held_after_all():
    room = Room()
    sam, dana = room.set_up()
    sam.types("agenda add the VPN")
    dana.types("sync skip board meeting")
    room.settle()
    assert "No sync on Tue 4 March, 09:30" in at_home(list(room.posted.values()))
    said = sam.types("agenda")
    assert "Agenda for Tue 18 March" in said
    assert "the VPN" in said
    dana.types("syncs")
    assert "board meeting" in dana.text
    dana.presses("Hold it after all")
    room.settle()
    assert "The sync is on Tue 4 March, 09:30" in at_home(list(room.posted.values()))
    assert "Agenda for Tue 4 March" in sam.types("agenda")


def test_who_types_skip_behind_somebody_else_is_asked_before_another_one_goes():
    room = Room()
    sam, dana = room.set_up()
    sam.types("sync skip")
    said = dana.types("sync skip board meeting")
    assert "Tue 4 March, 09:30 is skipped already" in said
    assert "Tue 18 March, 09:30, stands" in said
    dana.presses("Skip Tue 18 March, 09:30 too")
    assert "Skipped: Tue 18 March, 09:30" in dana.text
    assert "board meeting" in dana.types("syncs")
    room.now += timedelta(minutes=11)
    assert "Skipped: Tue 1 April, 09:30" in dana.types("sync skip"), "some time later it is meant"


def test_a_skipped_sync_is_not_planned_again():
    room = Room()
    sam, _dana = room.set_up()
    sam.types("sync skip")
    posted = room.until(TUESDAY + DAY)
    assert at_home(posted) == ["No sync on Tue 4 March, 09:30"]


def test_an_extra_sync_has_its_own_agenda():
    room = Room()
    sam, _dana = room.set_up()
    sam.types("sync skip")
    assert "Added: Fri 7 March, 11:00" in sam.types("sync extra fri 11:00")
    posted = room.until(TUESDAY + 4 * DAY)
    assert at_home(posted) == [
        "No sync on Tue 4 March, 09:30",
        "Extra sync on Fri 7 March, 11:00",
        "Agenda for Fri 7 March, 11:00",
        "Time for your sync",
    ]


def test_a_pause_is_quiet_and_loses_nothing():
    room = Room()
    sam, dana = room.set_up()
    sam.types("agenda add the VPN")
    assert "paused until 20 March" in sam.types("pause until 20 March")
    posted = room.until(TUESDAY + 9 * DAY)
    assert at_home(posted) == ["This touchpoint is paused until 20 March."]
    posted = room.until(TUESDAY + 28 * DAY)
    assert "Agenda for Tue 1 April, 09:30" in at_home(posted)
    assert "the VPN" in dana.types("agenda")


def test_resuming_goes_on_with_the_rule():
    room = Room()
    sam, dana = room.set_up()
    sam.types("pause")
    assert "not paused" not in dana.types("resume")
    assert "Next: Tue 4 March, 09:30" in dana.text
    assert "not paused" in dana.types("resume")


def test_a_public_holiday_moves_a_sync_and_says_so_ahead():
    room = Room(now=datetime(2031, 7, 1, 8, 0, tzinfo=UTC))
    sam, _dana = room.set_up(rhythm="weekly:1", weekdays=("FR",))
    sam.types("settings")
    sam.fills(holidays="Switzerland, Zurich")
    posted = room.until(datetime(2031, 8, 4, 12, 0, tzinfo=UTC))  # 1 August 2031 is a Friday
    titles = at_home(posted)
    assert "The sync is on Mon 4 August, 09:30" in titles
    assert titles.index("The sync is on Mon 4 August, 09:30") < titles.index("Agenda for Mon 4 August, 09:30")
    assert "Agenda for Fri 1 August, 09:30" not in titles


def test_a_holiday_may_skip_the_sync_instead():
    room = Room(now=datetime(2031, 7, 1, 8, 0, tzinfo=UTC))
    sam, _dana = room.set_up(rhythm="weekly:1", weekdays=("FR",))
    sam.types("settings")
    sam.fills(holidays="CH-ZH", holiday_policy="skip")
    titles = at_home(room.until(datetime(2031, 8, 8, 12, 0, tzinfo=UTC)))
    assert "No sync on Fri 1 August, 09:30" in titles
    assert "Agenda for Fri 8 August, 09:30" in titles


def test_company_closing_days_count_as_holidays_and_survive_a_round_trip():
    room = Room()
    sam, _dana = room.set_up()
    sam.types("settings")
    sam.fills(closings="4 Mar - 5 Mar: inventory")
    room.settle()
    assert "Agenda for Thu 6 March, 09:30" in sam.types("agenda")
    sam.types("settings")
    assert sam.form is not None
    values = {field.name: getattr(field, "value", "") for field in sam.form.fields}
    assert "inventory" in str(values["closings"])


def test_wrong_settings_are_marked_and_kept():
    room = Room()
    sam, _dana = room.set_up()
    sam.types("settings")
    sam.fills(prompt_days="1", agenda_days="3", minutes="9", holidays="Atlantis-Nowhere-X", closings="99 Foo: x")
    assert {"minutes", "holidays", "closings"} <= set(sam.errors)


def test_every_lead_time_counts():
    room = Room()
    sam, _dana = room.set_up(weekdays=("FR",))
    sam.types("settings")
    sam.fills(prompt_days="3", agenda_days="2", start_minutes="30", reminder_hours="0")
    start = datetime(2031, 3, 7, 8, 30, tzinfo=UTC)
    posted = room.until(start)
    agenda = next(one for one in posted if one.card.title.startswith("Agenda"))
    begun = next(one for one in posted if one.card.title == "Time for your sync")
    assert agenda.owed.due_at == start - 2 * DAY
    assert begun.owed.due_at == start - timedelta(minutes=30)
    assert not [one for one in posted if "Still time" in one.card.title]


def test_a_sync_that_nobody_started_is_offered_the_next_morning():
    room = Room()
    sam, dana = room.set_up()
    sam.types("agenda add the VPN")
    room.until(TUESDAY + timedelta(hours=20))
    (offer,) = [one for one in room.until(TUESDAY + DAY) if "was not held" in one.card.title]
    assert "1 point is safe" in str(offer)
    dana.presses("Another day", on=offer)
    dana.fills(day="2031-03-06", at="15:00", why="both were ill", place=HOME)
    room.settle()
    assert "Thu 6 March, 15:00" in sam.types("agenda")
    assert "the VPN" in sam.text
    posted = room.until(datetime(2031, 3, 6, 14, 0, tzinfo=UTC))
    assert "Time for your sync" in at_home(posted)


def test_an_unstarted_sync_left_alone_gives_its_lines_to_the_next_agenda():
    room = Room()
    sam, _dana = room.set_up(rhythm="weekly:1")
    sam.types("agenda add the VPN")
    posted = room.until(TUESDAY + 7 * DAY)
    agenda = [one for one in posted if one.card.title == "Agenda for Tue 11 March, 09:30"][-1]
    assert "the VPN" in str(agenda)
    assert "the VPN" in sam.types("agenda")


def test_an_outage_over_a_weekend_makes_sense_on_monday():
    room = Room(now=MONDAY + 3 * DAY)  # Thursday
    sam, dana = room.set_up(weekdays=("TU",))
    room.now = datetime(2031, 3, 9, 22, 0, tzinfo=UTC)  # Down until Sunday night.
    assert room.wait() == []
    posted = room.until(datetime(2031, 3, 10, 9, 0, tzinfo=UTC))  # Monday 10:00 in Zurich
    private = [one for one in posted if one.owed.conversation == sam.account]
    assert len(private) == 1
    assert at_home(posted) == ["Agenda for Tue 11 March, 09:30"]
    assert "threats" in str(private[0])
    assert dana.account in {one.owed.conversation for one in posted}


def test_an_agenda_that_waits_for_the_morning_is_posted_once_also_when_its_sync_moves_meanwhile():
    room = Room(now=datetime(2031, 3, 3, 20, 0, tzinfo=UTC))  # Monday night: the agenda of tomorrow is late, and waits.
    sam, _dana = room.set_up()
    sam.types("sync move wed 10:00")
    posted = room.until(datetime(2031, 3, 5, 9, 0, tzinfo=UTC))
    assert at_home(posted).count("Agenda for Wed 5 March, 10:00") == 1


def test_a_company_that_closes_for_good_is_told_to_pause():
    sam, _dana = Room().set_up()
    sam.types("settings")
    sam.fills(closings="1 Jan 2032 - 31 Mar 2033: moving house")
    assert "longer than a year" in sam.errors["closings"]
    assert "pause" in sam.errors["closings"]


def test_after_days_of_silence_one_planning_is_enough():
    room = Room()
    sam, _dana = room.set_up(rhythm="weekly:1", weekdays=("MO", "TH"), at="15:00")
    room.now = datetime(2031, 3, 14, 15, 0, tzinfo=UTC)  # Friday: Thursday was not held, and Monday is near.
    room.wait()
    assert "Agenda for Mon 17 March, 15:00" in sam.types("agenda")
