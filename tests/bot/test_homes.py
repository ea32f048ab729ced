"""A touchpoint moves: to another conversation, because its home is gone or because its people say so."""

from datetime import UTC, datetime, timedelta

from bot.requests import ConversationLost, ConversationSeen
from tests.bot.room import HOME, Chair, Posted, Room, buttons_of

TUESDAY = datetime(2031, 3, 4, 8, 30, tzinfo=UTC)
NEW = "slack:T1/C-new"


def week() -> tuple[Room, Chair, Chair]:
    room = Room(now=TUESDAY - timedelta(days=6))
    sam, dana = room.set_up(rhythm="weekly:1")
    sam.types("agenda add the VPN")
    return room, sam, dana


def sets_up(chair: Chair, place: str, **changes: str) -> list[str]:
    """`setup` there, with what stands in the form; returns what can be pressed on the card that says it back."""
    chair.types("setup", place=place)
    assert chair.form, chair.text
    chair.fills(place=place, **changes)
    assert chair.answer, chair.errors
    return [button.label for button in buttons_of(chair.answer)]


def new_in(posted: list[Posted], place: str) -> list[str]:
    return [one.card.title for one in posted if one.owed.conversation == place and one.owed.message is None]


def test_the_two_may_move_it_and_everything_follows():
    room, sam, dana = week()
    labels = sets_up(sam, NEW, cio=sam.account, ciso=dana.account)
    assert labels == ["Move it here", "Save as another one", "Change"]
    sam.presses("Move it here", place=NEW)
    posted = room.settle()
    assert new_in(posted, HOME) == ["This touchpoint lives in #home now"]
    assert new_in(posted, NEW) == ["This touchpoint has changed"]
    posted = room.until(TUESDAY)
    assert new_in(posted, HOME) == []
    assert new_in(posted, NEW) == ["Agenda for Tue 4 March, 09:30", "Time for your sync"]
    assert "the VPN" in dana.types("agenda", place=NEW)


def test_or_found_another_one():
    room, sam, dana = week()
    sets_up(sam, NEW, cio=sam.account, ciso=dana.account)
    sam.presses("Save as another one", place=NEW)
    assert new_in(room.settle(), NEW) == ["This touchpoint is set up"]
    assert "the VPN" in dana.types("agenda")
    assert "the VPN" not in dana.types("agenda", place=NEW)


def test_one_that_lost_its_home_moves_with_all_that_was_in_its_form():
    room, _sam, dana = week()
    room.bot.dispatch(ConversationLost(id="lost", conversation=HOME, reason="archived"), room.now)
    assert "I cannot post in #home any more" in str(room.settle()[0])
    assert sets_up(dana, NEW) == ["Move it here", "Change"]
    assert "Every Tuesday at 09:30" in dana.text
    dana.presses("Move it here", place=NEW)
    posted = room.until(TUESDAY)
    assert new_in(posted, HOME) == []
    assert "Agenda for Tue 4 March, 09:30" in new_in(posted, NEW)
    assert "the VPN" in dana.types("agenda", place=NEW)


def test_a_principal_who_is_no_admin_may_move_it_and_not_found_another_one():
    room, _sam, dana = week()
    assert sets_up(dana, NEW) == ["Move it here", "Change"]
    dana.presses("Change", place=NEW)
    robin = room.chair("Robin")
    dana.fills(place=NEW, cio=robin.account, people=(robin.profile,))
    assert "Only an admin can set a touchpoint up." in dana.presses("Save", place=NEW)


def test_a_sync_that_is_going_on_goes_along():
    room, sam, dana = week()
    card = [one for one in room.until(TUESDAY) if one.owed.kind == "start"][-1]
    sam.presses("Start", on=card)
    room.settle()
    sets_up(dana, NEW)
    dana.presses("Move it here", place=NEW)
    live = next(one for one in room.settle() if one.owed.kind == "sync" and one.owed.conversation == NEW)
    dana.presses("Discussed", on=live)
    room.settle()
    sam.presses("Close", on=live)
    assert "Minutes of Tue 4 March, 09:30" in new_in(room.settle(), NEW)


def test_nobody_elses_touchpoint_moves():
    room, sam, dana = week()
    robin, lee = room.chair("Robin"), room.chair("Lee")
    sam.types("setup", place="slack:T1/C-other")
    sam.fills(place="slack:T1/C-other", cio=robin.account, ciso=lee.account, people=(robin.profile, lee.profile))
    sam.presses("Save", place="slack:T1/C-other")
    sets_up(robin, NEW)
    value = next(button.value for button in buttons_of(robin.answer) if button.label == "Move it here")  # type: ignore[arg-type]
    robin.tries("setup.save", value.replace(",2]", ",1]"), NEW)
    assert "belongs to an older card" in robin.text
    assert "the VPN" in dana.types("agenda")


def test_the_card_that_says_what_was_set_up_changes_it_from_the_direct_chat_too():
    room, sam, dana = week()
    teams = room.chair("Dana", account="teams:x/dana")
    organization = next(line for line in sam.types("link", place="direct").splitlines() if "this organization" in line)
    teams.types(f"link {organization.rpartition(' ')[2]}", place="direct")
    sam.types("setup")
    sam.fills(ciso="", ciso_elsewhere=teams.account)
    sam.presses("Save")
    (card,) = [one for one in room.settle() if one.owed.conversation == teams.account and one.owed.kind == "setup"]
    teams.presses("Change", on=card)
    assert teams.form, teams.text
    teams.fills(place="direct", words="weekdays 8:45")
    teams.presses("Save", place="direct")
    room.settle()
    assert "Agenda for Thu 27 February, 08:45" in sam.types("agenda")
    assert "no chair" in dana.types("agenda")


def closed_to_us(room: Room, chair: Chair) -> list[tuple[str, str]]:
    """Twice refused; whoever is told of it, and what."""
    for _ in range(2):
        lost = ConversationLost(id=room.new_id(), conversation=chair.account, reason="user_disabled")
        room.bot.dispatch(lost, room.now)
    return [(one.owed.conversation, one.card.title) for one in room.settle() if one.owed.kind == "unreachable"]


def test_whose_direct_chat_is_closed_is_told_to_the_admin_once_and_to_nobody_else():
    room = Room()
    sam, dana = room.set_up()
    assert closed_to_us(room, dana) == [(sam.account, "I cannot write to Dana in private")]


def test_where_it_is_the_only_admins_own_the_other_principal_is_told():
    room = Room()
    sam, dana = room.set_up()
    assert closed_to_us(room, sam) == [(dana.account, "I cannot write to Sam in private")]


def test_what_was_refused_goes_out_when_somebody_can_be_written_to_again():
    room = Room()
    sam, dana = room.set_up()
    sam.types("decision add Replace the old VPN")
    room.closed = {dana.account}
    asked = [one.owed.kind for one in room.settle() if one.owed.conversation == dana.account]
    assert asked == [], "she does not have the app"
    room.closed = set()
    seen = ConversationSeen(id=room.new_id(), conversation=dana.account, reference="{}")
    room.bot.dispatch(seen, room.now)
    again = [one.card.title for one in room.settle() if one.owed.conversation == dana.account]
    assert any("Replace the old VPN" in title or "key" in title for title in again), again
