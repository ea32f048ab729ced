"""Hygiene as a conversation: nobody learns of the other one before both say yes, and colleagues are counted, never named."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from agenda.conversations import Conversation
from agenda.hygiene import HABITS
from bot.requests import ConversationLost, ConversationSeen
from tests.bot.room import Chair, Posted, Room
from tests.bot.test_changes_midway import lends, seats
from tests.bot.test_conversations import switch
from tests.conftest import MONDAY

ALL, THEIRS = "slack:T1/C-all", "slack:T1/C-theirs"
Trio = tuple[Room, Chair, Chair]
FIRST_OF_APRIL = datetime(2031, 4, 1, 8, tzinfo=MONDAY.tzinfo)


@pytest.fixture
def trio() -> Trio:
    room = Room()
    sam, dana = room.set_up()
    switch(sam, Conversation.HYGIENE)
    return room, sam, dana


def says(chair: Chair, *done: int, together: str = "yes") -> str:
    """In private, by the form of their own card."""
    chair.types("hygiene", place="direct")
    chair.presses("Answer" if "Answer" in labels(chair) else "Change", place=chair.account)
    chair.fills(done=tuple(map(str, done)), together=together, place=chair.account)
    chair.room.settle()
    return chair.text


def labels(chair: Chair) -> list[str]:
    return [button.label for button in chair.answer.buttons] if chair.answer else []


def screen(room: Room, chair: Chair) -> str:
    """All that stands in somebody's direct chat."""
    return "\n".join(str(posted) for posted in room.in_(chair.account))


def posts(chair: Chair, place: str = ALL) -> Posted:
    chair.types("hygiene post", place=place)
    chair.presses("Post it in #home", place=place)
    chair.room.settle()
    return chair.room.in_(place)[-1]


def agreed(trio: Trio) -> Trio:
    room, sam, dana = trio
    says(sam, 0, 1, 3)
    says(dana, 1, 2, 3)
    return room, sam, dana


def stored(room: Room, table: str) -> list[dict[str, object]]:
    with room.engine.connect() as connection:
        return [dict(row) for row in connection.execute(text(f"SELECT * FROM {table}")).mappings()]


def test_both_are_asked_in_private_in_their_own_morning(trio: Trio) -> None:
    room, sam, dana = trio
    for chair in (sam, dana):
        assert "What did you do yourself this quarter?" in screen(room, chair)
        assert "Only you see what you tick." in screen(room, chair)
    room.until(MONDAY + timedelta(days=5))
    assert screen(room, sam).count("yourself this quarter") == 1, "asked once"


def test_what_one_did_is_told_to_nobody_before_both_say_yes(trio: Trio) -> None:
    room, sam, dana = trio
    room.until(MONDAY + timedelta(days=1))
    before = {posted.message: str(posted) for posted in room.in_(dana.account)}
    assert "Should Dana say yes too" in says(sam, 0, 1, 3)
    assert f"✓ {HABITS[3]}" in sam.text
    assert {posted.message: str(posted) for posted in room.in_(dana.account)} == before
    dana.types("hygiene", place="direct")
    assert "✓" not in dana.text
    says(dana, 1, 2, 3, together="no")
    assert "nobody is told anything" in dana.text
    sam.types("hygiene", place="direct")
    assert "Should Dana say yes too" in sam.text


def test_an_answer_moves_nothing_that_the_other_one_can_see(trio: Trio) -> None:
    """A message that is sent again is marked as edited, even if it says the same."""
    room, sam, dana = trio
    room.until(MONDAY + timedelta(days=1))
    sam.types("hygiene", place="direct")
    sam.presses("Answer", place=sam.account)
    sam.fills(done=("0",), together="yes", place=sam.account)
    assert dana.account not in {posted.owed.conversation for posted in room.settle()}


def test_once_both_say_yes_both_learn_what_both_did_and_only_that(trio: Trio) -> None:
    room, sam, dana = agreed(trio)
    for said in (dana.text, screen(room, sam)):
        assert "You both did 2 of 5" in said
        assert f"✓ {HABITS[1]}" in said
        assert f"✓ {HABITS[0]}" not in said.partition("You may now tell")[2]
        assert f"✓ {HABITS[2]}" not in said


def test_nothing_in_common_looks_like_no_answer(trio: Trio) -> None:
    room, sam, dana = trio
    says(sam, 0)
    assert "Should Sam say yes too" in says(dana, 1)
    assert "You may now" not in screen(room, sam)


def test_it_is_taken_back_until_it_is_posted(trio: Trio) -> None:
    room, sam, dana = agreed(trio)
    sam.types("hygiene", place="direct")
    sam.presses("Take it back", place=sam.account)
    room.settle()
    assert "I have forgotten what you said" in sam.text
    assert len(stored(room, "hygiene_answer")) == 1
    assert "Nothing is told at the moment" in screen(room, sam)
    assert "nothing to tell yet" in dana.types("hygiene post", place=ALL)


def test_a_draft_says_nothing_once_it_is_taken_back(trio: Trio) -> None:
    room, sam, dana = agreed(trio)
    dana.types("hygiene post", place=ALL)
    shown = dana.answer
    sam.types("hygiene", place="direct")
    sam.presses("Take it back", place=sam.account)
    assert "One of you took it back" in dana.presses("Post it in #home", on=shown, place=ALL)
    room.settle()
    assert room.in_(ALL) == []


def test_the_message_says_what_both_did_in_both_names(trio: Trio) -> None:
    room, _sam, dana = agreed(trio)
    dana.types("hygiene post", place=ALL)
    assert "So far only you see this." in dana.text
    assert room.in_(ALL) == []
    message = str(posts(dana))
    assert message.startswith("We did this, please do too\nSam (CIO) and Dana (CISO), this quarter:")
    assert [line for line in message.splitlines() if line.startswith("✓")] == [f"✓ {HABITS[1]}", f"✓ {HABITS[3]}"]
    assert stored(room, "hygiene_answer") == [], "what each of them said is erased"


def test_colleagues_are_counted_once_each_and_never_named(trio: Trio) -> None:
    room, sam, dana = agreed(trio)
    message = posts(dana)
    kim, robin = room.chair("Kim"), room.chair("Robin")
    assert "You are counted" in kim.presses("Done too", on=message)
    assert "You had pressed it before" in kim.presses("Done too", on=message)
    robin.presses("Done too", on=message)
    assert "I count your colleagues" in sam.presses("Done too", on=message)
    room.settle()
    assert "2 colleagues did too." in str(room.in_(ALL)[-1])
    assert "Kim" not in str(room.in_(ALL)[-1])
    for table in ("hygiene_mark", "hygiene_post", "audit_event"):
        people = {row["id"] for row in stored(room, "person") if row["name"] in {"Kim", "Robin"}}
        named = [row for row in stored(room, table) if row.get("person_id") in people or row.get("actor") in people]
        assert not named, table
    dana.types("hygiene", place="direct")
    assert "You told your colleagues, and 2 did too" in dana.text


def test_a_guest_is_not_counted(trio: Trio) -> None:
    room, _sam, dana = agreed(trio)
    message = posts(dana)
    guest = room.chair("Guest", outsider=True)
    assert "members of this organization" in guest.presses("Done too", on=message)
    assert stored(room, "hygiene_mark") == []


def test_somebody_of_another_organization_finds_nothing(trio: Trio) -> None:
    room, _sam, dana = agreed(trio)
    button = posts(dana).card.buttons[0]
    eve = room.chair("Eve", account="slack:T2/Eve")
    eve.tries("hygiene.done_too", button.value, "slack:T2/C1")  # type: ignore[union-attr]  # no link
    assert "not there any more" in eve.text
    assert stored(room, "hygiene_post")[0]["joined"] == 0


def test_after_thirty_days_the_marks_are_gone_and_the_count_stays(trio: Trio) -> None:
    room, sam, dana = agreed(trio)
    message = posts(dana)
    room.chair("Kim").presses("Done too", on=message)
    switch(sam)  # It goes although hygiene is switched off by then.
    room.until(room.now + timedelta(days=31))
    assert stored(room, "hygiene_mark") == []
    assert stored(room, "hygiene_post")[0]["salt"] == ""
    over = room.in_(ALL)[-1]
    assert "1 colleague did too." in str(over)
    assert over.card.buttons == ()
    late = room.chair("Robin")
    late.tries("hygiene.done_too", str(stored(room, "hygiene_post")[0]["id"]), ALL)
    assert "The counting is over" in late.text


def test_it_is_posted_once_a_channel_and_again_where_it_could_not_be(trio: Trio) -> None:
    room, sam, dana = agreed(trio)
    posts(dana)
    assert "It stands in this conversation already." in sam.types("hygiene post", place=ALL)
    other = posts(sam, place="slack:T1/C-it")
    assert "We did this" in str(other)
    with room.engine.begin() as connection:
        connection.execute(text("UPDATE delivery SET state = 'dead' WHERE conversation = 'slack:T1/C-it'"))
    room.bot.dispatch(ConversationLost(id=room.new_id(), conversation="slack:T1/C-it", reason="gone"), room.now)
    room.bot.dispatch(ConversationSeen(id=room.new_id(), conversation="slack:T1/C-it", reference=""), room.now)
    sam.types("hygiene post", place="slack:T1/C-it")
    assert "So far only you see this." in sam.text


def test_five_conversations_are_enough(trio: Trio) -> None:
    _room, sam, _dana = agreed(trio)
    for number in range(5):
        posts(sam, place=f"slack:T1/C-{number}")
    assert "It stands in 5 conversations already." in sam.types("hygiene post", place=ALL)


def test_nobody_reads_in_a_direct_chat(trio: Trio) -> None:
    _room, sam, _dana = agreed(trio)
    assert "Nobody else reads here." in sam.types("hygiene post", place="direct")


def test_it_is_not_posted_where_two_others_meet(trio: Trio) -> None:
    room, sam, _dana = agreed(trio)
    eve, max_ = room.chair("Eve"), room.chair("Max")
    sam.types("setup", place=THEIRS)
    sam.fills(cio=eve.account, ciso=max_.account, people=(eve.profile, max_.profile), place=THEIRS)
    sam.presses("Save", place=THEIRS)
    assert "This is where two others meet." in sam.types("hygiene post", place=THEIRS)
    assert stored(room, "hygiene_post") == []
    assert "So far only you see this." in sam.types("hygiene post"), "in their own home it may stand"


def test_it_is_not_posted_where_people_of_other_companies_read(trio: Trio) -> None:
    room, sam, _dana = agreed(trio)
    shared = "slack:T1/C-shared"
    for outsiders in (True, False):
        seen = ConversationSeen(id=room.new_id(), conversation=shared, reference="", outsiders=outsiders)
        room.bot.dispatch(seen, room.now)
        refused = "People of other companies can read here." in sam.types("hygiene post", place=shared)
        assert refused is outsiders
    seen = ConversationSeen(id=room.new_id(), conversation=shared, reference="", outsiders=True)
    room.bot.dispatch(seen, room.now)
    sam.types("help", place=shared)
    post = stored(room, "hygiene_post")[-1]
    sam.tries("hygiene.post", str(post["id"]), shared)
    assert "People of other companies can read here." in sam.text, "who came after it was shown"
    room.settle()
    assert room.in_(shared) == []


def test_it_is_not_posted_in_another_organization(trio: Trio) -> None:
    room, sam, _dana = agreed(trio)
    room.chair("Zoe", account="slack:T2/Zoe").types("help", place="slack:T2/C-all")
    assert "not a channel of your organization" in sam.types("hygiene post", place="slack:T2/C-all")
    assert stored(room, "hygiene_post") == []


def test_a_delegate_answers_for_nobody(trio: Trio) -> None:
    room, sam, _dana = trio
    kim = room.chair("Kim")
    lends(room, sam, kim)
    assert "answer for the two themselves" in kim.types("hygiene")
    room.until(MONDAY + timedelta(days=3))
    assert "yourself this quarter" not in screen(room, kim)


def test_who_takes_the_chair_over_answers_for_themselves(trio: Trio) -> None:
    room, sam, dana = agreed(trio)
    robin = room.chair("Robin")
    seats(room, sam, cio=sam, ciso=robin)
    assert "nothing to tell yet" in sam.types("hygiene post", place=ALL)
    assert len(stored(room, "hygiene_answer")) == 1
    assert "You may now" not in screen(room, sam)
    room.until(MONDAY + timedelta(days=2))
    assert "yourself this quarter" in screen(room, robin)
    says(robin, 0, 3)
    assert f"✓ {HABITS[0]}" in robin.text
    assert "Robin (CISO)" in str(posts(robin))
    assert "Dana" not in str(room.in_(ALL)[-1])
    assert "You may now" not in screen(room, dana)


def test_a_quarter_that_is_over_is_erased_and_the_next_one_begins(trio: Trio) -> None:
    room, sam, dana = trio
    says(sam, 0, 1)
    room.until(FIRST_OF_APRIL)
    assert stored(room, "hygiene_answer") == []
    first, second = stored(room, "hygiene_round")
    assert (first["quarter"], second["quarter"]) == ("2031-Q1", "2031-Q2")
    assert first["closed_at"]
    assert not second["closed_at"]
    assert "✓" not in dana.types("hygiene")


def test_nothing_begins_in_the_last_days_of_a_quarter_unless_somebody_wants_to(trio: Trio) -> None:
    room = Room(now=MONDAY + timedelta(days=17))
    sam, _dana = room.set_up()
    switch(sam, Conversation.HYGIENE)
    room.until(room.now + timedelta(days=2))
    assert stored(room, "hygiene_round") == []
    assert "yourself this quarter" in sam.types("hygiene")


def test_the_habits_are_theirs_to_choose_for_the_next_quarter(trio: Trio) -> None:
    room, sam, _dana = trio
    room.settle()
    sam.types("hygiene habits")
    sam.fills(habits="I lock my screen\n\n  I lock my  screen \nI " + "x" * 120)
    assert "At most 120 characters each" in sam.errors["habits"]
    sam.fills(habits="I lock my screen\nI asked who was at the door")
    assert "I lock my screen" in sam.text
    assert HABITS[0] in sam.types("hygiene"), "the quarter that runs keeps its own"
    room.until(FIRST_OF_APRIL)
    assert "I asked who was at the door" in sam.types("hygiene")


def test_the_log_says_that_it_took_place_and_never_who_said_what(trio: Trio) -> None:
    room, _sam, dana = agreed(trio)
    posts(dana)
    kinds = [row["event"] for row in stored(room, "audit_event") if str(row["event"]).startswith("hygiene")]
    assert kinds == ["hygiene.begun", "hygiene.posted"]


def test_what_is_said_and_taken_back_in_private_leaves_no_trace_in_the_log(trio: Trio) -> None:
    room, sam, dana = trio
    sam.types("hygiene")
    before = len(stored(room, "audit_event"))
    says(sam, 0, 1)
    says(dana, 1)
    sam.types("hygiene", place="direct")
    sam.presses("Take it back", place=sam.account)
    says(sam, 2, together="no")
    assert len(stored(room, "audit_event")) == before


def test_a_tick_that_was_never_offered_is_refused_with_all_that_was_filled_in(trio: Trio) -> None:
    _room, sam, _dana = trio
    sam.types("hygiene")
    sam.presses("Answer")
    sam.fills(done=("7",), together="")
    assert sam.errors.keys() == {"done", "together"}
