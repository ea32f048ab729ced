"""Who has an account on both platforms is asked where they last answered: there, and only there."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.requests import ConversationLost, HomeOpened
from tests.bot.room import Chair, Posted, Room, buttons_of
from tests.bot.test_one_person import joins, two_platforms

FRIDAY = datetime(2031, 2, 28, 9, 0, tzinfo=UTC)  # Both were asked at 09:00 in Zurich, an hour ago.
MINUTE = timedelta(minutes=1)


@pytest.fixture
def both() -> tuple[Room, Chair, Chair]:
    """Sam on Slack and Sam on Teams, who answered on Slack last."""
    room, slack, _dana, teams = two_platforms()
    joins(teams, slack)
    answers(room, slack)
    return room, slack, teams


def answers(room: Room, chair: Chair) -> None:
    """A minute later, in the direct chat."""
    room.now += MINUTE
    assert "Noted" in chair.says("hygiene: passkeys")


def asked(posted: list[Posted], *chairs: Chair) -> set[str]:
    """Where these were asked something new, and nothing twice."""
    places = [chair.account for chair in chairs]
    new = [one.owed for one in posted if one.owed.message is None and one.owed.conversation in places]
    what = [(one.kind, one.subject_id, one.detail) for one in new]
    assert len(set(what)) == len(what), what
    return {one.conversation for one in new}


def promises(chair: Chair, due_on: str) -> None:
    chair.types("promise add", place="direct")
    chair.fills(place="direct", title="renew the contract", due_on=due_on)


def test_what_was_planned_already_follows_to_where_they_answer(both: tuple[Room, Chair, Chair]) -> None:
    room, slack, teams = both
    promises(slack, "2031-02-28")
    answers(room, teams)
    assert asked(room.until(FRIDAY), slack, teams) == {teams.account}


def test_and_back_again(both: tuple[Room, Chair, Chair]) -> None:
    room, slack, teams = both
    promises(slack, "2031-02-28")
    for chair in (teams, slack, teams, slack):
        answers(room, chair)
    assert asked(room.until(FRIDAY), slack, teams) == {slack.account}


def test_what_is_planned_later_comes_there_too(both: tuple[Room, Chair, Chair]) -> None:
    room, slack, teams = both
    answers(room, teams)
    promises(teams, "2031-02-28")
    assert asked(room.until(FRIDAY), slack, teams) == {teams.account}
    answers(room, slack)
    promises(slack, "2031-03-06")
    assert asked(room.until(FRIDAY + timedelta(days=7)), slack, teams) == {slack.account}


def test_a_form_that_is_opened_counts_and_looking_does_not(both: tuple[Room, Chair, Chair]) -> None:
    room, slack, teams = both
    promises(slack, "2031-02-28")
    room.now += MINUTE
    teams.types("agenda", place="direct")
    teams.types("owe", place="direct")
    teams.sends(HomeOpened(id="home", actor=teams.profile, where=teams.where("direct")))
    room.settle()
    kept = room.as_it_is()
    assert asked(room.until(FRIDAY), slack, teams) == {slack.account}
    room.resume(kept)
    room.now = FRIDAY - timedelta(days=1)
    room.bot.door.forget()
    teams.types("promise add", place="direct")
    assert teams.form
    assert asked(room.until(FRIDAY), slack, teams) == {teams.account}


def test_what_stands_is_answered_where_it_stands(both: tuple[Room, Chair, Chair]) -> None:
    room, slack, teams = both
    promises(slack, "2031-02-28")
    room.until(FRIDAY)
    (card,) = [one for one in room.in_(slack.account) if "renew the contract" in str(one)]
    answers(room, teams)
    assert asked(room.until(FRIDAY + 2 * MINUTE), slack, teams) == set()
    teams.types("promise show 1", place="direct")
    teams.presses("Done", place="direct")
    room.settle()
    assert "Done" not in [button.label for button in buttons_of(room.posted[card.message].card)]


def test_a_key_that_is_wanted_comes_where_they_last_answered(both: tuple[Room, Chair, Chair]) -> None:
    room, slack, teams = both
    dana = room.chair("Dana")
    for chair in (teams, slack):
        answers(room, chair)
        dana.types("decision add Switch the old VPN off")
        assert asked(room.settle(), slack, teams) == {chair.account}


def test_who_blocked_us_there_is_not_followed_there(both: tuple[Room, Chair, Chair]) -> None:
    room, slack, teams = both
    room.bot.dispatch(ConversationLost(id="lost", conversation=teams.account, reason="blocked"), room.now)
    room.settle()
    promises(slack, "2031-02-28")
    answers(room, teams)
    assert asked(room.until(FRIDAY), slack, teams) == {slack.account}


def test_whose_direct_chat_is_closed_is_asked_on_the_other_platform(both: tuple[Room, Chair, Chair]) -> None:
    room, slack, teams = both
    promises(slack, "2031-02-28")
    room.settle()
    room.bot.dispatch(ConversationLost(id="lost", conversation=slack.account, reason="closed"), room.now)
    posted = room.until(FRIDAY)
    assert asked(posted, slack, teams) == {teams.account}
    assert "unreachable" not in [one.owed.kind for one in posted]
    room.bot.dispatch(ConversationLost(id="lost too", conversation=teams.account, reason="closed"), room.now)
    assert "unreachable" in [one.owed.kind for one in room.settle()], "where no other is left, somebody is told"


def test_what_a_platform_delivers_again_moves_nobody(both: tuple[Room, Chair, Chair]) -> None:
    room, slack, teams = both
    promises(slack, "2031-02-28")
    answers(room, teams)
    again = teams.last
    answers(room, slack)
    assert again
    room.bot.door.forget()
    room.bot.dispatch(again, room.now + MINUTE)
    assert asked(room.until(FRIDAY), slack, teams) == {slack.account}
