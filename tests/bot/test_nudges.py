"""What is asked of people in private: at their own hours, at most twice a day, put off or silenced with one tap."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.requests import ProfileSeen
from tests.bot.room import Chair, Posted, Room

TUESDAY = datetime(2031, 3, 4, 8, 30, tzinfo=UTC)
DAY = timedelta(days=1)


def private(posted: list[Posted], chair: Chair) -> list[Posted]:
    """New messages in somebody's direct chat; the weekly digest aside."""
    mine = [one for one in posted if one.owed.conversation == chair.account and one.owed.message is None]
    return [one for one in mine if "Your week" not in str(one)]


def fortnight() -> tuple[Room, Chair, Chair]:
    """Set up on the Wednesday before, so that every lead time lies ahead."""
    room = Room(now=TUESDAY - 6 * DAY)
    sam, dana = room.set_up()
    return room, sam, dana


def test_question_reminder_and_agenda_come_in_order_on_working_days():
    room, sam, dana = fortnight()
    posted = room.until(TUESDAY)
    asked, reminded = private(posted, sam)
    assert "What should we talk about?" in str(asked)
    assert asked.owed.due_at == datetime(2031, 2, 28, 8, 0, tzinfo=UTC)  # Friday 09:00 in Zurich
    assert "Still time to add a point" in str(reminded)
    assert reminded.owed.due_at == datetime(2031, 2, 28, 12, 0, tzinfo=UTC)
    agenda = next(one for one in posted if one.card.title.startswith("Agenda"))
    assert asked.owed.due_at < reminded.owed.due_at < agenda.owed.due_at
    assert len(private(posted, dana)) == 2


def test_who_answered_is_not_reminded():
    room, sam, dana = fortnight()
    room.until(datetime(2031, 2, 28, 9, 0, tzinfo=UTC))
    assert "Noted" in sam.says("threats: the VPN")
    posted = room.until(TUESDAY)
    assert private(posted, sam) == []
    assert len(private(posted, dana)) == 1


def test_each_is_asked_in_their_own_zone_and_hours():
    room, sam, dana = fortnight()
    dana.types("hours 8:00-16:00 mon-fri")
    posted = room.until(TUESDAY)
    assert private(posted, dana)[0].owed.due_at == datetime(2031, 2, 28, 7, 0, tzinfo=UTC)
    assert private(posted, sam)[0].owed.due_at == datetime(2031, 2, 28, 8, 0, tzinfo=UTC)


def becomes_guest(room: Room, chair: Chair) -> None:
    """The platform says so from now on."""
    told = ProfileSeen(id=room.new_id(), profile=replace(chair.profile, outsider=True))
    room.bot.dispatch(told, room.now)


def test_a_principal_who_became_a_guest_is_asked_nothing_any_more():
    room, sam, dana = fortnight()
    sam.types("promise add Renew the contract by 5 March")
    becomes_guest(room, sam)
    dana.types("decision add Switch the VPN off")
    posted = room.until(TUESDAY + 7 * DAY)
    assert [one for one in posted if one.owed.conversation == sam.account] == []
    assert private(posted, dana)


def test_what_was_planned_for_a_guest_is_not_sent_and_a_key_card_is_closed():
    room, sam, dana = fortnight()
    dana.types("decision add Switch the VPN off")
    [key] = [one for one in room.settle() if one.owed.kind == "key"]
    room.until(TUESDAY - 5 * DAY)
    becomes_guest(room, sam)
    dana.types("decision show 1")
    dana.presses("Edit")
    dana.fills(title="Keep it a secret")
    room.until(TUESDAY)
    assert "secret" not in str(room.posted[key.message])
    assert [one for one in room.in_(sam.account) if "secret" in str(one) or "What should we" in str(one)] == []


def test_wrong_hours_get_an_example():
    _room, sam, _dana = fortnight()
    assert "8:30-17:00" in sam.types("hours whenever")


def test_snooze_brings_the_same_question_back_and_says_when():
    room, sam, _dana = fortnight()
    room.until(datetime(2031, 2, 28, 8, 30, tzinfo=UTC))
    (asked,) = room.in_(sam.account)
    sam.presses("Snooze for 1 hour", on=asked)
    room.settle()
    assert "Comes back Fri 28 February, 10:30" in str(room.posted[asked.message])
    again = private(room.until(datetime(2031, 2, 28, 9, 30, tzinfo=UTC)), sam)
    assert [one.card.title for one in again if one.message != asked.message] == ["What should we talk about?"]


def test_tomorrow_is_the_next_working_morning():
    room, sam, _dana = fortnight()
    room.until(datetime(2031, 2, 28, 8, 30, tzinfo=UTC))
    (asked,) = room.in_(sam.account)
    sam.presses("Snooze until tomorrow", on=asked)
    room.settle()
    assert "Comes back Mon 3 March, 09:00" in str(room.posted[asked.message])


def test_somebody_elses_question_cannot_be_put_off():
    room, sam, dana = fortnight()
    room.until(datetime(2031, 2, 28, 8, 30, tzinfo=UTC))
    (asked,) = room.in_(sam.account)
    assert "not for you" in dana.presses("Snooze until tomorrow", on=asked.card, place="direct")


def test_a_muted_kind_stays_silent_until_it_is_turned_on_again():
    room, sam, _dana = fortnight()
    room.until(datetime(2031, 2, 28, 8, 30, tzinfo=UTC))
    (asked,) = room.in_(sam.account)
    said = sam.presses("Mute questions before a sync", on=asked)
    assert "No more questions before a sync" in said
    room.until(TUESDAY + 13 * DAY)
    assert not [one for one in room.in_(sam.account) if one.card.title == "What should we talk about?"]
    sam.types("nudges")
    assert "Questions before a sync (off)" in sam.text
    sam.presses("Turn on")
    assert "Questions before a sync (on)" in sam.text


def test_at_most_two_messages_a_day_whatever_falls_due():
    room, sam, dana = fortnight()
    dana.types("cadence weekdays 9:30")
    dana.presses("Save")
    for number in range(6):
        dana.types(f"decision add number {number}")
    posted = room.until(TUESDAY + 14 * DAY)
    asked = {one.message: one.owed.detail for one in private(posted, sam) if one.owed.kind == "nudge"}
    days = Counter(moment[:10] for moment in asked.values())
    assert days
    assert max(days.values()) <= 2


def test_what_falls_due_together_is_one_message():
    room, sam, dana = fortnight()
    dana.types("decision add buy the scanner")
    room.settle()
    posted = room.until(datetime(2031, 2, 28, 9, 0, tzinfo=UTC))
    (bundle,) = [one for one in private(posted, sam) if one.owed.kind == "nudge"]
    assert bundle.card.title == "2 things wait for you"
    assert "What should we talk about?" in str(bundle)
    assert "Your key is missing: D-1 buy the scanner" in str(bundle)
    sam.presses("Read and sign", on=bundle)
    sam.presses("Turn my key")
    room.settle()
    assert "agreed by both" in str(room.posted[bundle.message])


def test_owe_lists_what_waits_and_nothing_else():
    room, sam, dana = fortnight()
    assert "You owe nothing" in sam.types("owe")
    dana.types("decision add buy the scanner")
    room.until(datetime(2031, 2, 28, 9, 0, tzinfo=UTC))
    said = sam.types("owe")
    assert "D-1 buy the scanner" in said
    assert "For Tue 4 March, 09:30" in said
    assert "D-1" not in dana.types("owe")


def test_the_week_begins_with_what_is_owed_and_can_be_turned_off():
    room, sam, dana = fortnight()
    dana.types("decision add buy the scanner")
    posted = room.until(datetime(2031, 3, 3, 9, 0, tzinfo=UTC))
    assert any(
        "Your week" in str(one) and "D-1 buy the scanner" in str(one) and one.owed.conversation == sam.account
        for one in posted
    )
    digest = next(one for one in reversed(room.in_(sam.account)) if "Your week" in str(one))
    sam.presses("Mute the weekly digest", on=digest)
    room.settle()
    later = room.until(datetime(2031, 3, 17, 9, 0, tzinfo=UTC))
    assert not [one for one in later if one.owed.conversation == sam.account and "Your week" in str(one)]


def test_what_was_missed_since_friday_is_one_message_on_monday():
    room, sam, dana = fortnight()
    dana.types("decision add buy the scanner")
    room.wait()
    sam.types("hours 9:00-17:00 mon-fri")  # Planned anew, so that Friday's question is owed after Monday's digest.
    room.now = datetime(2031, 3, 1, 20, 0, tzinfo=UTC)  # Down until Saturday night.
    assert private(room.wait(), sam) == []
    room.until(datetime(2031, 3, 3, 8, 30, tzinfo=UTC))
    (bundle,) = [one for one in room.in_(sam.account) if one.owed.kind == "nudge"]
    assert "What should we talk about?" in str(bundle)
    assert "D-1 buy the scanner" in str(bundle)
