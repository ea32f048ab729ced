"""Leave, and who stands in: who is asked, who may act, and what is offered where nobody does."""

from datetime import UTC, datetime, timedelta

from tests.bot.room import HOME, Chair, Room
from tests.conftest import MONDAY

TUESDAY = datetime(2031, 3, 4, 8, 30, tzinfo=UTC)
DAY = timedelta(days=1)


def fortnight() -> tuple[Room, Chair, Chair]:
    room = Room(now=TUESDAY - 6 * DAY)
    sam, dana = room.set_up()
    return room, sam, dana


def stands_in(room: Room, principal: Chair, until: str = "2031-03-20") -> Chair:
    kim = room.chair("Kim")
    principal.types("delegate")
    principal.fills(person=kim.account, until=until, people=(kim.profile,))
    room.settle()
    return kim


def test_leave_is_said_back_with_the_syncs_that_it_touches():
    _room, sam, _dana = fortnight()
    said = sam.types("away 3-14 March")
    assert said.splitlines()[0] == "You are away from 3 to 14 March"
    assert "Tue 4 March, 09:30 (nobody stands in" in said


def test_the_two_are_offered_another_day_where_nobody_stands_in():
    room, sam, dana = fortnight()
    sam.types("away 3-14 March")
    posted = room.until(TUESDAY - 2 * DAY)
    (offer,) = [one for one in posted if "is away on" in one.card.title]
    assert offer.card.title == "Sam is away on Tue 4 March, 09:30"
    assert offer.owed.conversation == HOME
    assert [one for one in posted if one.owed.conversation == sam.account] == []
    dana.presses("Another day", on=offer)
    dana.fills(day="2031-03-17", at="09:30", place=HOME)
    room.settle()
    assert "Mon 17 March, 09:30" in dana.types("syncs")


def test_the_delegate_is_asked_instead_and_may_drive():
    room, sam, dana = fortnight()
    sam.types("away 3-14 March")
    kim = stands_in(room, sam)
    assert "You stand in for Sam (CIO)" in str(room.in_(kim.account)[0])
    room.until(TUESDAY)
    asked = [one for one in room.in_(kim.account) if "What should we talk about?" in str(one)]
    assert asked
    assert not [one for one in room.in_(sam.account) if "What should we talk about?" in str(one)]
    assert "Noted for Tue 4 March" in kim.says("threats: the VPN")
    start = next(one for one in room.in_(HOME) if one.card.title == "Time for your sync")
    kim.presses("Start", on=start)
    room.settle()
    assert any(one.card.title.startswith("Sync in progress") for one in room.in_(HOME))
    assert dana.types("agenda")


def test_a_delegate_turns_the_key_of_the_chair_that_was_lent():
    room, sam, dana = fortnight()
    kim = stands_in(room, sam)
    dana.types("decision add buy the scanner")
    room.settle()
    asked = next(one for one in room.in_(kim.account) if "Your key is asked for" in str(one))
    kim.presses("Turn my key", on=asked)
    assert "agreed by both" in kim.text


def test_nobody_turns_both_keys():
    room, sam, dana = fortnight()
    kim = stands_in(room, sam)
    kim.types("decision add buy the scanner")
    dana.types("delegate")
    dana.fills(person=kim.account, until="2031-03-20", people=(kim.profile,))
    assert "cannot" in str(dana.errors).lower() or "nobody can sit" in str(dana.errors).lower()


def test_a_delegation_ends_by_itself_and_by_a_tap():
    room, sam, _dana = fortnight()
    kim = stands_in(room, sam, until="2031-03-01")
    assert "Agenda for" in kim.types("agenda")
    room.now = MONDAY + DAY
    assert "no chair" in kim.types("agenda")
    kim = stands_in(room, sam)
    sam.presses("End it now", on=sam.answer)
    room.settle()
    assert "no chair" in kim.types("agenda")


def test_only_a_principal_lends_a_chair():
    room, sam, _dana = fortnight()
    kim = stands_in(room, sam)
    assert "a delegate may not decide or answer for the two themselves" in kim.types("delegate")
    lee = room.chair("Lee")
    assert "no chair" in lee.types("delegate")


def test_wrong_delegates_are_marked_beside_the_field():
    room, sam, dana = fortnight()
    guest = room.chair("Guest", outsider=True)
    sam.types("delegate")
    sam.fills(person=guest.account, until="2031-03-20", people=(guest.profile,))
    assert "guest" in sam.errors["person"]
    sam.fills(person=dana.account, until="2031-03-20", people=(dana.profile,))
    assert "somebody else" in sam.errors["person"]
    kim = room.chair("Kim")
    sam.fills(person=kim.account, until="2031-01-01", people=(kim.profile,))
    assert "ahead" in sam.errors["until"]


def test_coming_back_early_asks_again():
    room, sam, _dana = fortnight()
    sam.types("away 3-14 March")
    sam.types("away")
    sam.presses("Remove")
    posted = room.until(TUESDAY - DAY)
    assert [one for one in posted if one.owed.conversation == sam.account and "What should" in str(one)]
    assert not [one for one in posted if "is away on" in one.card.title]


def test_days_that_make_no_sense_get_an_example():
    _room, sam, _dana = fortnight()
    assert "3-14 Aug" in sam.types("away soonish")
    assert "passed" in sam.types("away 2031-01-01 to 2031-01-05")


def test_in_the_direct_chat_days_are_a_command_and_a_sentence_is_a_point():
    room, sam, _dana = fortnight()
    room.until(TUESDAY - DAY)
    assert "You are away from 10 to 14 March" in sam.says("away next week")
    assert "Noted" in sam.says("away from keyboards: what we do about shared admin desks")
    assert "Every weekday" in sam.says("cadence weekdays 8:45")
    assert "Noted" in sam.says("cadence of patching is too slow")


def test_who_stands_in_owes_what_the_chair_owes():
    room, sam, dana = fortnight()
    sam.types("away 3-14 March")
    kim = stands_in(room, sam)
    dana.types("decision add buy the scanner")
    room.until(datetime(2031, 2, 28, 8, 5, tzinfo=UTC))
    said = kim.types("owe")
    assert "D-1 buy the scanner" in said
    assert "For Tue 4 March, 09:30" in said
    assert "For Tue 4 March" not in sam.types("owe"), "nobody asked him"
