"""People of other companies: who asks from outside gets one line, and a home that they read shows nothing of the record."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.requests import ConversationSeen, LinkSeen
from tests.bot.room import HOME, Chair, Posted, Room
from tests.bot.test_homes import NEW, sets_up

TUESDAY = datetime(2031, 3, 4, 8, 30, tzinfo=UTC)
A_DAY = timedelta(days=1)
SECRET = "the old VPN"


@pytest.fixture
def room() -> Room:
    return Room(now=TUESDAY - 6 * A_DAY)


@pytest.fixture
def both(room: Room) -> tuple[Chair, Chair]:
    return room.set_up(rhythm="weekly:1")


def seen(room: Room, *, outsiders: bool | None, conversation: str = HOME) -> None:
    """The platform says whether others read there."""
    told = ConversationSeen(id=room.new_id(), conversation=conversation, reference="{}", outsiders=outsiders)
    room.bot.dispatch(told, room.now)


def new_in(posted: list[Posted], place: str) -> list[str]:
    return [one.card.title for one in posted if one.owed.conversation == place and one.owed.message is None]


def stands(room: Room, place: str) -> str:
    return "\n".join(str(one) for one in room.in_(place))


def of_kind(posted: list[Posted], kind: str) -> list[tuple[str, str]]:
    return [(one.owed.conversation, one.card.title) for one in posted if one.owed.kind == kind]


def test_a_home_that_others_read_is_said_once_to_both_and_shows_nothing_more(
    room: Room, both: tuple[Chair, Chair]
) -> None:
    sam, dana = both
    sam.types(f"agenda add {SECRET}")
    sam.types(f"risk add {SECRET}")
    sam.presses("Share here")
    room.settle()
    assert SECRET in stands(room, HOME)
    for _ in range(2):
        seen(room, outsiders=True)
    posted = room.settle()
    title = "People of other companies can read #home"
    assert sorted(of_kind(posted, "outsiders")) == [(dana.account, title), (sam.account, title)]
    assert SECRET not in stands(room, HOME), "what stood there is closed"
    posted = room.until(TUESDAY)
    assert new_in(posted, HOME) == []
    for chair in both:
        assert "Agenda for Tue 4 March, 09:30" in new_in(posted, chair.account)
        assert SECRET in stands(room, chair.account)
    start = next(one for one in room.in_(sam.account) if one.owed.kind == "start")
    sam.presses("Start", on=start)
    sam.types("decision add Switch it off")
    posted = room.settle()
    assert new_in(posted, HOME) == []
    assert [one for one in posted if one.owed.kind == "sync" and one.owed.conversation == dana.account]


def test_what_was_typed_there_is_still_answered_in_private(room: Room, both: tuple[Chair, Chair]) -> None:
    sam, dana = both
    seen(room, outsiders=True)
    room.settle()
    assert "Agenda for" in sam.types("agenda")
    sam.types(f"risk add {SECRET}")
    assert "Shared with both of you in private" in sam.presses("Share here")
    posted = room.settle()
    assert new_in(posted, HOME) == []
    assert [SECRET in str(one) for one in posted if one.owed.conversation == dana.account] == [True]


def test_once_nobody_else_reads_it_all_is_as_before(room: Room, both: tuple[Chair, Chair]) -> None:
    sam, _dana = both
    sam.types(f"risk add {SECRET}")
    sam.presses("Share here")
    room.settle()
    seen(room, outsiders=True)
    room.settle()
    seen(room, outsiders=None)
    assert room.settle() == [], "what the platform does not say changes nothing"
    seen(room, outsiders=False)
    room.settle()
    assert SECRET in stands(room, HOME)
    assert "Agendas and minutes are posted in #home" in stands(room, sam.account)
    posted = room.until(TUESDAY)
    assert "Agenda for Tue 4 March, 09:30" in new_in(posted, HOME)
    assert "Agenda for Tue 4 March, 09:30" not in new_in(posted, sam.account)


def test_moving_it_is_all_that_is_needed_and_tells_nothing_to_who_reads_the_old_one(
    room: Room, both: tuple[Chair, Chair]
) -> None:
    sam, dana = both
    seen(room, outsiders=True)
    room.settle()
    sets_up(sam, NEW, cio=sam.account, ciso=dana.account)
    sam.presses("Move it here", place=NEW)
    posted = room.until(TUESDAY)
    assert new_in(posted, HOME) == []
    assert "Agenda for Tue 4 March, 09:30" in new_in(posted, NEW)
    assert "can read" not in str([one for one in room.in_(dana.account) if one.owed.kind == "outsiders"][-1])


def test_a_running_sync_goes_on_in_private(room: Room, both: tuple[Chair, Chair]) -> None:
    sam, dana = both
    sam.types(f"agenda add {SECRET}")
    start = next(one for one in room.until(TUESDAY) if one.owed.kind == "start")
    sam.presses("Start", on=start)
    room.settle()
    seen(room, outsiders=True)
    room.settle()
    live = [one for one in room.in_(dana.account) if one.owed.kind == "sync"]
    assert SECRET in str(live[-1])
    dana.presses("Discussed", on=live[-1])
    room.settle()
    dana.presses("Close", on=live[-1])
    posted = room.settle()
    assert new_in(posted, HOME) == []
    assert "Minutes of Tue 4 March, 09:30" in new_in(posted, sam.account)
    assert SECRET not in stands(room, HOME)


def test_it_is_said_again_wherever_somebody_looks_after_the_touchpoint(room: Room, both: tuple[Chair, Chair]) -> None:
    sam, _dana = both
    words = "People of other companies can read #home: nothing is posted there."
    for opened in (True, False):
        seen(room, outsiders=opened)
        sam.types("settings")
        assert sam.form
        assert (words in sam.form.intro) is opened
        assert (words in sam.types("access")) is opened


def test_no_touchpoint_comes_to_live_where_others_read(room: Room) -> None:
    sam = room.chair("Sam")
    seen(room, outsiders=True)
    assert "People of other companies can read" in sam.types("setup")
    assert sam.form is None
    seen(room, outsiders=False)
    sam.types("setup")
    assert sam.form


def test_others_who_come_between_the_form_and_its_save_keep_it_out(room: Room) -> None:
    sam, dana = room.chair("Sam"), room.chair("Dana")
    sam.types("setup")
    sam.fills(cio=sam.account, ciso=dana.account, people=(sam.profile, dana.profile))
    seen(room, outsiders=True)
    assert "People of other companies can read" in sam.presses("Save")


def test_one_that_lives_there_already_can_still_be_changed(room: Room, both: tuple[Chair, Chair]) -> None:
    sam, _dana = both
    seen(room, outsiders=True)
    room.settle()
    sam.types("setup")
    sam.fills(words="weekdays 8:45")
    sam.presses("Save")
    assert "Saved" in sam.text
    assert new_in(room.settle(), HOME) == []


def test_who_asks_from_outside_gets_one_line_and_an_admin_is_told_once_a_day(
    room: Room, both: tuple[Chair, Chair]
) -> None:
    sam, dana = both
    mallory = room.chair("Mallory", outsider=True)
    for words in (f"risk add {SECRET}", "risk list", "agenda"):
        assert "members of this organization" in mallory.types(words)
    posted = room.settle()
    assert of_kind(posted, "stranger") == [(sam.account, "Somebody from outside asked me in #home")]
    assert SECRET not in stands(room, sam.account)
    assert new_in(posted, mallory.account) == new_in(posted, dana.account) == []
    mallory.types("risk list", place="direct")
    assert of_kind(room.settle(), "stranger") == [(sam.account, "Somebody from outside wrote to me")]
    room.now += A_DAY
    mallory.types("risk list")
    assert len(of_kind(room.settle(), "stranger")) == 1


def test_what_a_platform_sends_by_itself_is_no_question(room: Room, both: tuple[Chair, Chair]) -> None:
    mallory = room.chair("Mallory", outsider=True)
    mallory.sends(LinkSeen(id="link", actor=mallory.profile, where=mallory.where(None), url="https://x.example/D-1"))
    assert of_kind(room.settle(), "stranger") == []
