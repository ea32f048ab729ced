"""Home as a conversation: what is theirs on one card, at a place of its own or in the chat, as current as the record."""

from datetime import timedelta

import pytest
from sqlalchemy import event, text

from agenda.conversations import Conversation
from bot import outbox
from bot.handlers.health.pulses import SCALE
from bot.requests import ConversationSeen, Profile, ProfileSeen
from tests.bot.room import HOME, Chair, Posted, Room, buttons_of
from tests.bot.test_changes_midway import lends, seats
from tests.bot.test_conversations import switch
from tests.bot.test_hygiene import says as says_about_hygiene
from tests.bot.test_owners import answers, with_areas
from tests.conftest import MONDAY

Trio = tuple[Room, Chair, Chair]
NEW = "slack:T1/C-new"


@pytest.fixture
def trio() -> Trio:
    room = Room()
    sam, dana = room.set_up()
    return room, sam, dana


def primary(home: Posted | None) -> list[str]:
    """What stands out on it."""
    assert home
    return [button.label for button in buttons_of(home.card) if button.style == "primary"]


def home_rows(room: Room, chair: Chair) -> list[dict[str, object]]:
    """The rows of their homes, oldest first."""
    query = text("SELECT * FROM delivery WHERE kind = 'home' AND conversation = :whose ORDER BY id")
    with room.engine.connect() as connection:
        return [dict(row) for row in connection.execute(query, {"whose": chair.account}).mappings()]


def wait(room: Room, seconds: int = 3) -> list[Posted]:
    """A moment later."""
    room.now += timedelta(seconds=seconds)
    return room.settle()


def puts(room: Room, chair: Chair, place: str = NEW, title: str = "#board", *, again: str = "") -> list[Posted]:
    """They add the bot to a conversation."""
    seen = ConversationSeen(id=room.new_id(), conversation=place, reference="{}", title=title, by=chair.account)
    room.bot.dispatch(seen, room.now)
    return room.settle()


class TestWhoIsNew:
    def test_the_first_to_come_reads_three_lines_and_can_begin(self) -> None:
        room = Room()
        home = room.chair("Sam").opens_home()
        assert str(home).startswith("Touchpoint keeps CIO and CISO in step\n")
        assert "It takes two minutes" in str(home)
        assert primary(home) == ["Set up"]

    def test_who_has_no_place_is_told_whom_to_ask(self, trio: Trio) -> None:
        room, _sam, _dana = trio
        home = room.chair("Noor").opens_home()
        assert "Ask Sam or Dana to let you in, with “access”." in str(home)
        assert primary(home) == []

    def test_where_the_settings_name_an_admin_nobody_else_may_begin(self) -> None:
        room = Room(admins=frozenset({"slack:T1/Ada"}))
        assert primary(room.chair("Noor").opens_home()) == []
        assert "Ask whoever runs Touchpoint here." in str(room.chair("Noor").home)
        assert primary(room.chair("Ada").opens_home()) == ["Set up"]

    def test_a_guest_reads_one_line_and_nothing_stands(self, trio: Trio) -> None:
        room, _sam, _dana = trio
        guest = room.chair("Guest", outsider=True)
        assert guest.opens_home() is None
        assert "Guests and people from outside" in guest.text
        with room.engine.connect() as connection:
            told = connection.execute(text("SELECT count(*) FROM audit_event WHERE event = 'access.denied'")).scalar()
        assert told == 0, "who only looks what this is attempts nothing"

    def test_set_up_begins_in_the_direct_chat(self) -> None:
        room = Room()
        sam, dana = room.chair("Sam"), room.chair("Dana")
        sam.presses("Set up", on=sam.opens_home())
        assert sam.text.startswith("Two steps, and we can begin\nAdd me to the channel")
        steps = sam.answer
        puts(room, room.chair("Noor"), "slack:T1/C-secret", "#secret-plans")
        puts(room, sam)
        sam.presses("Try again", on=steps, place="direct")
        assert sam.form
        (where,) = [field for field in sam.form.fields if field.name == "where"]
        labels = [option.label for option in where.options]  # type: ignore[union-attr]
        assert labels == ["#board"], "of no other conversation even the title is told"
        values = {"where": NEW, "cio": sam.account, "ciso": dana.account, "rhythm": "weekly:2", "weekdays": ("TU",)}
        sam.fills(people=(sam.profile, dana.profile), place="direct", at="09:30", zone="Europe/Zurich", **values)
        assert not sam.errors
        sam.presses("Save", place="direct")
        assert "This touchpoint is set up" in str(next(one for one in room.settle() if one.owed.kind == "setup"))
        assert room.in_(NEW)
        assert "For Tue 4 March, 09:30 (#board)" in str(sam.opens_home())

    def test_a_conversation_that_was_not_offered_is_not_taken(self) -> None:
        room = Room()
        sam, dana = room.chair("Sam"), room.chair("Dana")
        puts(room, room.chair("Noor"), "slack:T1/C-secret", "#secret-plans")
        puts(room, sam)
        sam.types("setup", place="direct")
        values = {"where": "slack:T1/C-secret", "cio": sam.account, "ciso": dana.account}
        usual = {"rhythm": "weekly:2", "weekdays": ("TU",), "at": "09:30", "zone": "Europe/Zurich"}
        sam.fills(people=(sam.profile, dana.profile), place="direct", **values, **usual)
        assert sam.errors == {"where": "Choose where the two of you meet."}

    def test_who_may_not_set_up_hears_it_in_the_direct_chat_too(self, trio: Trio) -> None:
        room, _sam, _dana = trio
        assert "Only an admin can set a touchpoint up." in room.chair("Noor").types("setup", place="direct")


class TestWhereTheBotIsNew:
    def test_it_says_what_it_is_once(self) -> None:
        room = Room()
        sam = room.chair("Sam")
        (said,) = puts(room, sam)
        assert str(said).startswith("Touchpoint keeps CIO and CISO in step\nOne agenda for your syncs")
        assert primary(said) == ["Set up"]
        assert puts(room, sam) == [], "a reinstall is no news"
        sam.presses("Set up", on=said)
        assert sam.form
        assert sam.form.context["home"] == NEW

    def test_nothing_is_said_where_nobody_put_it_or_strangers_read(self) -> None:
        room = Room()
        for number, more in enumerate(({}, {"by": "slack:T1/Sam", "outsiders": True})):
            seen = ConversationSeen(id=room.new_id(), conversation=f"{NEW}{number}", reference="{}", **more)  # type: ignore[arg-type]
            room.bot.dispatch(seen, room.now)
        assert room.settle() == []

    def test_nothing_is_said_where_a_touchpoint_lives(self, trio: Trio) -> None:
        room, sam, _dana = trio
        assert puts(room, sam, HOME, "#home") == []


class TestWhatIsTheirs:
    def test_what_waits_stands_first_and_one_thing_stands_out(self, trio: Trio) -> None:
        room, sam, dana = trio
        dana.types("promise add call the auditor by today")
        sam.types("decision add Switch off the VPN")
        room.until(MONDAY + timedelta(hours=3))
        home = dana.opens_home()
        lines = str(home).splitlines()
        assert lines[0] == "3 things wait for you"
        assert lines[2:5] == [
            "D-1 Switch off the VPN (waits for your key)",
            "What should we talk about? For Tue 4 March, 09:30 (#home)",
            "P-1 call the auditor (due today)",
        ]
        assert primary(home) == ["Read and sign"]

    def test_what_they_own_and_what_was_decided_is_listed(self, trio: Trio) -> None:
        room, sam, dana = trio
        sam.types("decision add Switch off the VPN")
        room.settle()
        dana.presses("Read and sign", on=dana.opens_home())
        dana.presses("Turn my key", place="direct")
        sam.types("risk add The VPN is old")
        sam.types("promise add write the plan by 20 March")
        said = str(sam.opens_home())
        assert "Decided lately\nD-1 Switch off the VPN (agreed Mon 3 March)" in said
        assert "You promised\nP-1 write the plan (due Thu 20 March)" in said

    def test_a_sync_is_started_from_there(self, trio: Trio) -> None:
        room, sam, _dana = trio
        room.until(MONDAY + timedelta(days=1, minutes=15))
        home = sam.opens_home()
        assert primary(home) == ["Start"]
        sam.presses("Start", on=home)
        wait(room)
        assert "In progress since" in str(sam.home)
        assert "Start" not in [button.label for button in buttons_of(sam.home.card)]  # type: ignore[union-attr]

    def test_a_viewer_can_begin_nothing(self, trio: Trio) -> None:
        room, sam, _dana = trio
        vic = room.chair("Vic")
        vic.types("help", place="direct")
        sam.types("access")
        sam.presses("Let somebody in")
        sam.fills(person=vic.account, role="viewer", people=(vic.profile,))
        assert not sam.errors
        assert {button.label for button in buttons_of(vic.opens_home().card)} == {"Agenda", "What I can do"}  # type: ignore[union-attr]

    def test_who_stands_in_is_asked_for_the_key(self, trio: Trio) -> None:
        room, sam, dana = trio
        kim = room.chair("Kim")
        lends(room, sam, kim)
        dana.types("decision add Switch off the VPN")
        assert "D-1 Switch off the VPN (waits for your key)" in str(kim.opens_home())

    def test_who_only_promised_something_sees_that_and_nothing_else(self, trio: Trio) -> None:
        room, sam, _dana = trio
        noor = room.chair("Noor")
        sam.types("risk add The VPN is old")
        sam.types("promise add")
        sam.fills(title="call the auditor", owner=noor.account, due_on="2031-03-03", people=(noor.profile,))
        assert not sam.errors
        assert str(noor.opens_home()) == "1 thing waits for you\nP-1 call the auditor (due today)"

    def test_the_command_answers_it_in_private_anywhere(self, trio: Trio) -> None:
        room, sam, _dana = trio
        assert "For Tue 4 March, 09:30 (#home)" in sam.types("home")
        assert room.settle() == []


class TestKeptCurrent:
    def test_whoever_acts_sees_it_at_once_and_the_other_a_moment_later(self, trio: Trio) -> None:
        room, sam, dana = trio
        sam.opens_home()
        dana.opens_home()
        sam.types("decision add Switch off the VPN")
        assert dana.account not in {one.owed.conversation for one in room.settle() if one.owed.kind == "home"}
        wait(room)
        assert "D-1 Switch off the VPN" in str(dana.home)
        dana.types("promise add call the auditor by today")
        assert [one.owed.conversation for one in room.settle() if one.owed.kind == "home"] == [dana.account]

    def test_a_burst_is_one_redraw(self, trio: Trio) -> None:
        room, sam, dana = trio
        dana.opens_home()
        for number in range(10):
            sam.types(f"agenda add point {number}")
        assert (
            len([one for one in wait(room) if one.owed.conversation == dana.account and one.owed.kind == "home"]) == 1
        )

    def test_opening_it_again_draws_it_in_the_same_place(self, trio: Trio) -> None:
        room, sam, _dana = trio
        sam.opens_home()
        sam.opens_home()
        (row,) = home_rows(room, sam)
        assert (row["message"], row["state"]) == (f"{sam.account}/home", "sent")

    def test_one_that_nobody_looked_at_for_a_day_is_left_alone(self, trio: Trio) -> None:
        room, sam, dana = trio
        dana.opens_home()
        room.now += timedelta(hours=25)
        sam.types("risk add The VPN is old")
        assert home_rows(room, dana)[0]["state"] == "sent"

    def test_what_time_alone_changed_is_there_after_the_next_planning(self, trio: Trio) -> None:
        room, sam, _dana = trio
        sam.types("promise add call the auditor by tomorrow")
        sam.opens_home()
        assert "1 thing waits for you" in str(sam.home)
        room.wait(hours=23)
        wait(room)
        assert "2 things wait for you" in str(sam.home)

    def test_in_a_chat_the_newest_alone_is_kept_current(self, trio: Trio) -> None:
        room, sam, _dana = trio
        first = sam.opens_home(None)
        assert sam.types("home", place="direct") == ""
        room.settle()
        assert first
        assert "A newer one stands below." in str(room.posted[first.message])
        assert sam.home != first
        assert sam.home
        sam.types("promise add call the auditor by today")
        wait(room)
        assert "P-1 call the auditor" in str(sam.home)
        assert "A newer one stands below." in str(room.posted[first.message])

    def test_who_lost_their_place_sees_nothing_more(self, trio: Trio) -> None:
        room, sam, dana = trio
        lee = room.chair("Lee")
        dana.types("decision add Switch off the VPN")
        assert "Switch off the VPN" in str(sam.opens_home())
        seats(room, dana, cio=lee, ciso=dana)
        wait(room)
        assert "Switch off the VPN" not in str(sam.home)
        assert primary(sam.home) == ["Set up"], "still an admin"

    def test_who_became_a_guest_sees_nothing_more(self, trio: Trio) -> None:
        room, sam, dana = trio
        sam.opens_home()
        gone = Profile(account=sam.account, name="Sam", outsider=True)
        room.bot.dispatch(ProfileSeen(id=room.new_id(), profile=gone), room.now)
        dana.types("decision add Switch off the VPN")
        wait(room)
        assert sam.home
        assert "#home" not in str(sam.home)
        assert buttons_of(sam.home.card) == []


class TestPrivateRounds:
    """What one says in private draws nothing anew for the other, and stands on nobody's home."""

    def untouched(self, room: Room, chair: Chair, before: list[dict[str, object]]) -> None:
        assert home_rows(room, chair) == before
        assert chair.account not in {one.owed.conversation for one in wait(room)}
        assert home_rows(room, chair) == before
        room.chair("Sam").types("risk add The VPN is old")
        assert home_rows(room, chair) != before, "what is of the record does"

    def test_hygiene(self, trio: Trio) -> None:
        room, sam, dana = trio
        switch(sam, Conversation.HYGIENE)
        room.until(MONDAY + timedelta(days=1))
        dana.opens_home()
        before = home_rows(room, dana)
        says_about_hygiene(sam, 0, 1, 3)
        self.untouched(room, dana, before)

    def test_the_pulse(self, trio: Trio) -> None:
        room, sam, dana = trio
        sam.types("pulse", place="direct")
        asked = sam.answer
        room.settle()
        dana.opens_home()
        before = home_rows(room, dana)
        sam.presses(SCALE[3], on=asked, place=sam.account)
        self.untouched(room, dana, before)

    def test_the_ownership_check(self, trio: Trio) -> None:
        room, sam, dana = trio
        with_areas(sam, "Vendor risk", "Backup")
        sam.types("owners check")
        room.settle()
        dana.opens_home()
        before = home_rows(room, dana)
        answers(room, sam, "Dana", "Me")
        self.untouched(room, dana, before)


class TestCost:
    def asked(self, room: Room, chair: Chair) -> int:
        """How many statements it takes to draw their home."""
        count = 0

        def counted(*_: object) -> None:
            nonlocal count
            count += 1

        (owed,) = [posted.owed for posted in [chair.opens_home()] if posted]
        event.listen(room.engine, "before_cursor_execute", counted)
        outbox.draw(room.engine, owed, room.now)
        event.remove(room.engine, "before_cursor_execute", counted)
        return count

    def test_it_is_asked_for_once_however_much_there_is(self, trio: Trio) -> None:
        room, sam, dana = trio
        dana.types("decision add Switch off the VPN")
        sam.types("risk add A risk owner:Sam")
        few = self.asked(room, sam)
        for number in range(8):
            dana.types(f"decision add Decide {number}")
            sam.types(f"risk add Risk {number}")
            sam.types(f"promise add promise {number} by today")
        for number in range(4):
            found_touchpoint(room, sam, dana, f"slack:T1/C-{number}")
        assert self.asked(room, sam) <= few + 2
        assert few < 30, few

    def test_a_write_pays_one_statement(self, trio: Trio) -> None:
        room, sam, dana = trio
        dana.opens_home()
        said: list[str] = []
        event.listen(room.engine, "before_cursor_execute", lambda *given: said.append(given[2]))
        sam.types("agenda add the VPN")
        updates = [one for one in said if one.startswith("UPDATE delivery") and "delivery.detail >" in one]
        assert len(updates) == 1


def found_touchpoint(room: Room, cio: Chair, ciso: Chair, place: str) -> None:
    """Another one of the same two."""
    cio.types("setup", place=place)
    cio.fills(people=(cio.profile, ciso.profile), place=place, cio=cio.account, ciso=ciso.account)
    cio.presses("Save as another one", place=place)
    room.settle()
