"""What people change while something is under way already: the cadence, the chairs, a pause, the holidays."""

from datetime import UTC, datetime, timedelta

from tests.bot.room import HOME, Chair, Posted, Room

TUESDAY = datetime(2031, 3, 4, 8, 30, tzinfo=UTC)
FRIDAY = datetime(2031, 2, 28, 9, 0, tzinfo=UTC)  # Everybody was asked an hour ago about the first sync.
DAY = timedelta(days=1)


def week() -> tuple[Room, Chair, Chair]:
    """Every Tuesday from 4 March on; it is the Wednesday before."""
    room = Room(now=TUESDAY - 6 * DAY)
    sam, dana = room.set_up(rhythm="weekly:1")
    return room, sam, dana


def started(room: Room, chair: Chair) -> Posted:
    """The sync of 4 March begins on time. Returns its live card."""
    card = [one for one in room.until(TUESDAY) if one.owed.kind == "start"][-1]
    chair.presses("Start", on=card)
    return next(one for one in room.settle() if one.owed.kind == "sync")


def asked(posted: list[Posted], chair: Chair) -> list[str]:
    """New questions in somebody's direct chat."""
    mine = [one for one in posted if one.owed.conversation == chair.account and one.owed.message is None]
    return [str(one) for one in mine if "What should we talk about?" in str(one)]


def at_home(posted: list[Posted]) -> list[str]:
    return [one.card.title for one in posted if one.owed.conversation == HOME and one.owed.message is None]


def seats(room: Room, chair: Chair, **chairs: Chair) -> None:
    """`setup` again, with other people on the chairs."""
    chair.types("setup")
    accounts = {seat: one.account for seat, one in chairs.items()}
    chair.fills(people=tuple(one.profile for one in chairs.values()), **accounts)
    chair.presses("Save")
    room.settle()


def lends(room: Room, principal: Chair, stand_in: Chair, until: str = "2031-03-20") -> None:
    principal.types("delegate")
    principal.fills(person=stand_in.account, until=until, people=(stand_in.profile,))
    assert not principal.errors
    room.settle()


def test_another_time_on_the_same_day_is_the_same_sync_and_nobody_is_asked_again():
    room, sam, dana = week()
    room.until(FRIDAY)
    sam.says("threats: the VPN")
    dana.types("cadence every tuesday 10:00")
    dana.presses("Save")
    room.settle()
    assert "Our sync is on Tue 4 March, 10:00" in str(room.in_(sam.account)[0])
    posted = room.until(TUESDAY + timedelta(hours=1))
    assert asked(posted, sam) + asked(posted, dana) == []
    assert at_home(posted) == ["Agenda for Tue 4 March, 10:00", "Time for your sync"]
    assert "the VPN" in dana.types("agenda")


def test_a_cadence_that_is_changed_there_and_back_ends_where_it_began():
    room, sam, _dana = week()
    for words in ("every tuesday 10:00", "every wednesday 9:30", "every tuesday 9:30"):
        sam.types(f"cadence {words}")
        sam.presses("Save")
        room.settle()
    posted = room.until(TUESDAY)
    assert len(asked(posted, sam)) == 1
    assert at_home(posted) == ["Agenda for Tue 4 March, 09:30", "Time for your sync"]


def test_whoever_takes_the_chair_over_takes_over_the_sync_that_is_going_on():
    room, sam, dana = week()
    live = started(room, sam)
    robin = room.chair("Robin")
    seats(room, dana, cio=robin)
    assert "no chair" in sam.presses("Close", on=live)
    robin.presses("Close", on=live)
    assert at_home(room.settle()) == ["Minutes of Tue 4 March, 09:30"]
    posted = room.until(TUESDAY + 7 * DAY)
    assert len(asked(posted, robin)) == 1
    assert asked(posted, sam) == []


def test_who_stood_in_for_the_one_does_not_stand_in_for_the_next():
    room, sam, dana = week()
    kim, robin = room.chair("Kim"), room.chair("Robin")
    lends(room, sam, kim)
    assert "Agenda for" in kim.types("agenda")
    seats(room, dana, cio=robin)
    assert "no chair" in kim.types("agenda")
    assert "You no longer stand in for" in str(room.in_(kim.account)[-1])


def test_a_delegate_who_becomes_principal_stands_in_for_nobody():
    room, sam, dana = week()
    kim = room.chair("Kim")
    lends(room, sam, kim)
    seats(room, dana, ciso=kim)
    sam.types("away 3-7 March")
    assert "nobody stands in" in sam.text
    assert "Sam is away on Tue 4 March, 09:30" in at_home(room.until(TUESDAY))


def test_naming_somebody_else_tells_the_one_before():
    room, sam, _dana = week()
    kim, robin = room.chair("Kim"), room.chair("Robin")
    lends(room, sam, kim)
    lends(room, sam, robin)
    assert "You no longer stand in for Sam" in str(room.in_(kim.account)[-1])
    assert "no chair" in kim.types("agenda")
    assert "Agenda for" in robin.types("agenda")


def test_where_the_stand_in_is_away_too_another_day_is_offered():
    room, sam, dana = week()
    kim = room.chair("Kim")
    lends(room, sam, kim)
    kim.types("away 3-7 March")
    sam.types("away 3-7 March")
    posted = room.until(TUESDAY)
    assert "Sam is away on Tue 4 March, 09:30" in at_home(posted)
    assert len(asked(posted, dana)) == 1


def test_a_delegates_rights_end_at_midnight_of_their_last_day():
    room, sam, _dana = week()
    kim = room.chair("Kim")
    lends(room, sam, kim, until="2031-03-01")
    room.now = datetime(2031, 3, 1, 22, 59, tzinfo=UTC)
    assert "Agenda for" in kim.types("agenda")
    room.now = datetime(2031, 3, 1, 23, 0, tzinfo=UTC)  # Midnight in Zurich
    assert "no chair" in kim.types("agenda")


def test_a_pause_while_a_sync_goes_on_lets_it_end_and_keeps_its_lines():
    room, sam, dana = week()
    sam.types("agenda add the VPN")
    live = started(room, sam)
    dana.types("pause until 20 March")
    sam.presses("Close", on=live)
    assert "Carried over\nthe VPN" in str(next(one for one in room.settle() if one.owed.kind == "minutes"))
    assert "paused" not in str(at_home(room.until(datetime(2031, 3, 19, 12, 0, tzinfo=UTC))))
    assert "Agenda for Tue 25 March, 09:30" in at_home(room.until(datetime(2031, 3, 25, 9, 0, tzinfo=UTC)))
    assert "the VPN" in dana.types("agenda")


def test_what_people_chose_stands_again_after_a_pause():
    room, sam, dana = week()
    sam.types("sync move wed 5 march 11:00")
    sam.types("sync extra fri 7 march 15:00")
    dana.types("pause")
    assert "Wed 5 March" not in dana.types("agenda")
    dana.types("resume")
    assert "Next: Wed 5 March, 11:00" in dana.text
    lines = dana.types("syncs").splitlines()
    assert lines[1].startswith("Wed 5 March, 11:00 (moved")
    assert lines[2] == "Fri 7 March, 15:00 (extra)"
    posted = room.until(TUESDAY + 4 * DAY)
    assert at_home(posted).count("Time for your sync") == 2


def test_a_pause_begins_now():
    _room, sam, _dana = week()
    assert "begins at once" in sam.types("pause 3-14 Aug")
    assert "paused until 14 August" in sam.types("pause until 14 Aug")


def test_a_sync_that_nobody_closed_closes_by_itself_and_gives_its_points_on():
    room, sam, dana = week()
    sam.types("agenda add the VPN")
    started(room, sam)
    sam.types("agenda add what came up later")
    posted = room.until(TUESDAY + DAY)
    (minutes,) = [one for one in posted if one.owed.kind == "minutes"]
    assert minutes.owed.due_at <= TUESDAY + DAY
    assert "nobody closed it at its end" in str(minutes)
    said = dana.types("agenda")
    assert "Agenda for Tue 11 March" in said
    assert "the VPN" in said
    assert "what came up later" in said


def test_a_sync_that_was_started_days_early_is_not_closed_before_its_day():
    room, sam, _dana = week()
    sam.types("agenda")
    sam.presses("Start")
    posted = room.until(TUESDAY)
    assert not [one for one in posted if one.owed.kind == "minutes"]
    assert "In progress since" in sam.types("agenda")


def test_a_holiday_that_is_taken_back_brings_its_sync_back():
    room, sam, _dana = week()
    sam.types("settings")
    sam.fills(closings="4 Mar: inventory", holiday_policy="skip")
    room.settle()
    assert "Agenda for Tue 11 March" in sam.types("agenda")
    sam.types("settings")
    sam.fills(closings="")
    room.settle()
    assert "Agenda for Tue 4 March" in sam.types("agenda")
    posted = room.until(TUESDAY)
    assert at_home(posted).count("Agenda for Tue 4 March, 09:30") == 1


def test_a_closing_day_that_would_move_a_sync_into_the_past_leaves_it_out():
    room, sam, _dana = week()
    room.until(TUESDAY - timedelta(hours=20))  # Monday noon: the working day before has begun.
    sam.types("settings")
    sam.fills(closings="4 Mar: the power is off", holiday_policy="previous")
    posted = room.settle()
    assert "No sync on Tue 4 March, 09:30" in at_home(posted)
    assert "was not held" not in str(at_home(room.until(TUESDAY + 2 * DAY)))


def test_a_kind_that_is_turned_on_again_is_asked_for_the_very_next_sync():
    """Also where that sync was planned while its questions were off."""
    room, sam, _dana = week()
    sam.tries("nudge.silence", "prompt")
    room.until(TUESDAY + DAY)
    assert not [one for one in room.in_(sam.account) if "What should we talk about?" in str(one)]
    sam.tries("nudge.unmute", "prompt")
    assert len(asked(room.until(TUESDAY + 7 * DAY), sam)) == 1


def test_a_question_to_who_has_lost_the_chair_asks_nothing_more():
    room, sam, dana = week()
    room.until(FRIDAY)
    seats(room, dana, cio=room.chair("Robin"))
    message = room.in_(sam.account)[0]
    assert message.card.title == "Somebody else has your chair in the sync of Tue 4 March, 09:30"
    assert not message.card.buttons


def test_a_point_that_waits_in_a_pause_can_still_be_changed_and_taken_back():
    _room, sam, dana = week()
    sam.says("threats: the VPN", message="m/1")
    sam.says("threats: the DNS", message="m/2")
    dana.types("pause")
    sam.edits("m/1", "threats: the other VPN")
    sam.edits("m/2", None)
    dana.types("resume")
    said = dana.types("agenda")
    assert "the other VPN" in said
    assert "the DNS" not in said


def test_what_was_discussed_stays_discussed_if_its_message_is_deleted():
    room, sam, dana = week()
    room.until(FRIDAY)
    sam.says("threats: the VPN", message="m/1")
    live = started(room, sam)
    dana.presses("Discussed", on=live)
    sam.edits("m/1", None)
    sam.presses("Close", on=live)
    assert "Discussed\nthe VPN" in str(next(one for one in room.settle() if one.owed.kind == "minutes"))


def test_points_that_were_filled_in_while_the_sync_was_skipped_go_to_the_next():
    room, sam, dana = week()
    room.until(FRIDAY)
    sam.presses("Add points", on=room.in_(sam.account)[0])
    dana.types("sync skip")
    assert "For Tue 11 March, 09:30" in sam.fills(threats="the VPN\nthe DNS")
    assert "the DNS" in dana.types("agenda")


def test_two_touchpoints_of_one_person_are_told_apart():
    room, sam, _dana = week()
    robin, other = room.chair("Robin"), "slack:T1/C-other"
    sam.types("setup", place=other)
    sam.fills(place=other, people=(robin.profile,), cio=sam.account, ciso=robin.account, at="11:00")
    sam.presses("Save", place=other)
    room.until(FRIDAY)
    asked_in_both = "\n".join(map(str, room.in_(sam.account)))
    assert "Our sync in #home is on Tue 4 March, 09:30" in asked_in_both
    assert "Our sync in #home is on Tue 4 March, 11:00" in asked_in_both
    assert "cannot tell which one" in sam.says("threats: the VPN")


def test_a_reply_in_the_thread_of_a_question_is_for_what_it_asked():
    room, sam, _dana = week()
    sam.types("sync extra wed 5 march 15:00")
    posted = room.until(TUESDAY - timedelta(hours=20))
    first, *_others, last = [one for one in posted if one.owed.conversation == sam.account]
    assert "Tue 4 March" in str(first)
    assert "Wed 5 March" in str(last)
    assert "Noted for Tue 4 March" in sam.says("threats: the VPN", under=first)
    assert "Noted for Wed 5 March" in sam.says("threats: the DNS", under=last)


def test_another_zone_moves_what_is_planned_and_is_said_once():
    room, sam, _dana = week()
    room.until(FRIDAY)
    sam.types("setup")
    sam.fills(zone="America/New_York")
    sam.presses("Save")
    titles = at_home(room.until(TUESDAY + timedelta(hours=6)))
    assert titles == ["This touchpoint has changed", "Agenda for Tue 4 March, 09:30", "Time for your sync"]
    assert room.in_(HOME)[-1].owed.due_at == TUESDAY + timedelta(hours=6)
