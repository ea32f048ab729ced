"""Who left, and who is only a guest from now on: asked nothing and shown nothing. Turned back, all is theirs again."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot import pages
from bot.requests import HomeOpened, ProfileSeen
from storage import people
from storage.unit_of_work import unit_of_work
from tests.bot.room import HOME, Chair, Room
from tests.bot.test_access import lets_in
from tests.bot.test_calendar import PUBLIC, token
from tests.bot.test_changes_midway import lends
from tests.bot.test_one_person import joins, two_platforms

TUESDAY = datetime(2031, 3, 4, 8, 30, tzinfo=UTC)
A_DAY = timedelta(days=1)


@pytest.fixture(params=["left", "guest"])
def how(request: pytest.FixtureRequest) -> str:
    """Both ways mean the same."""
    return str(request.param)


@pytest.fixture
def room() -> Room:
    return Room(now=TUESDAY - 6 * A_DAY)


def goes(room: Room, chair: Chair, how: str) -> None:
    """The platform says so, of this account."""
    profile = replace(chair.profile, outsider=how == "guest")
    room.bot.dispatch(ProfileSeen(id=room.new_id(), profile=profile, left=how == "left"), room.now)


def comes_back(room: Room, chair: Chair) -> None:
    room.bot.dispatch(ProfileSeen(id=room.new_id(), profile=chair.profile), room.now)


def told(room: Room) -> list[tuple[str, str]]:
    """Who is told what of somebody's going."""
    return [(one.owed.conversation, one.card.title) for one in room.settle() if one.owed.kind == "left"]


def said(room: Room, chair: Chair) -> str:
    """Everything that stands in their direct chat."""
    return "\n".join(str(one) for one in room.in_(chair.account))


def test_a_principal_is_asked_nothing_and_the_other_and_the_admin_are_told_once(room: Room, how: str) -> None:
    sam, dana = room.set_up()
    words = {"left": "Dana (CISO) has left", "guest": "Dana (CISO) is only a guest now"}[how]
    for _ in range(2):
        goes(room, dana, how)
    assert told(room) == [(sam.account, words)]
    assert "members of this organization" in dana.types("agenda")
    room.until(TUESDAY)
    assert "What should we talk about" not in said(room, dana)
    assert "What should we talk about" in said(room, sam)
    comes_back(room, dana)
    assert told(room) == [(sam.account, "Dana is the CISO")]
    assert "Agenda for" in dana.types("agenda")


def test_an_admin_who_sits_nowhere_is_told_too(room: Room, how: str) -> None:
    admin = room.chair("Ada")
    sam, dana = room.chair("Sam"), room.chair("Dana")
    admin.types("setup")
    admin.fills(cio=sam.account, ciso=dana.account, people=(sam.profile, dana.profile))
    admin.presses("Save")
    room.settle()
    goes(room, dana, how)
    assert {account for account, _words in told(room)} == {admin.account, sam.account}


def test_whoever_is_back_is_asked_again(room: Room, how: str) -> None:
    _sam, dana = room.set_up()
    goes(room, dana, how)
    room.settle()
    comes_back(room, dana)
    room.until(TUESDAY)
    assert "What should we talk about" in said(room, dana)


def test_no_key_is_asked_of_them_and_none_turns(room: Room, how: str) -> None:
    sam, dana = room.set_up()
    sam.types("decision add Switch the old VPN off")
    (asked,) = [one for one in room.settle() if one.owed.kind == "key"]
    goes(room, dana, how)
    assert "members of this organization" in dana.presses("Turn my key", on=asked)
    sam.types("decision show 1")
    sam.presses("Edit")
    sam.fills(title="Switch the new VPN off")
    room.until(TUESDAY)
    assert "new VPN" not in said(room, dana)
    comes_back(room, dana)
    dana.types("decision show 1", place="direct")
    assert "Agreed" in dana.presses("Turn my key", place="direct") or "agreed" in dana.text


def test_who_stands_in_is_not_asked_and_may_nothing(room: Room, how: str) -> None:
    sam, dana = room.set_up()
    kim = room.chair("Kim")
    lends(room, dana, kim)
    dana.types("away 3-5 March", place="direct")
    goes(room, kim, how)
    assert "members of this organization" in kim.types("agenda", place="direct")
    room.until(TUESDAY)
    assert "What should we talk about" not in said(room, kim)
    sam.types("decision add Switch the old VPN off")
    room.settle()
    assert "VPN" not in said(room, kim)
    comes_back(room, kim)
    assert "Agenda for" in kim.types("agenda", place="direct")


def test_a_member_is_none_any_more_until_somebody_lets_them_in_again(room: Room, how: str) -> None:
    sam, _dana = room.set_up()
    mia = room.chair("Mia")
    lets_in(sam, mia, "member")
    goes(room, mia, how)
    assert "Mia" not in sam.types("access")
    comes_back(room, mia)
    assert "no chair" in mia.types("agenda")
    lets_in(sam, mia, "member")
    assert "Agenda for" in mia.types("agenda")


def test_an_admin_runs_nothing_meanwhile(room: Room, how: str) -> None:
    sam, dana = room.set_up()
    goes(room, sam, how)
    with unit_of_work(room.engine, organization_id=1, now=room.now, writes=False) as record:
        assert people.admins(record) == []
        assert not people.has_admin(record)
    dana.types("setup", place="slack:T1/C-other")
    assert dana.form, "where no admin is left, the principals run it"
    comes_back(room, sam)
    with unit_of_work(room.engine, organization_id=1, now=room.now, writes=False) as record:
        assert people.admins(record)


def test_their_calendar_is_empty_and_fills_again(room: Room, how: str) -> None:
    room.bot.public_url = PUBLIC
    sam, _dana = room.set_up()
    sam.types("calendar", place="direct")
    assert served(room, sam)
    goes(room, sam, how)
    assert served(room, sam) is None
    comes_back(room, sam)
    assert served(room, sam)


def served(room: Room, chair: Chair) -> object:
    """What the address on their card serves now."""
    assert chair.answer
    return pages.feed(room.engine, token(chair), lambda _organization: room.now)


def test_nobody_chooses_them_in_a_form(room: Room, how: str) -> None:
    sam, _dana = room.set_up()
    mia = room.chair("Mia")
    mia.types("help")
    goes(room, mia, how)
    sam.types("promise add")
    sam.fills(title="renew the contract", owner=mia.account, due_on="2031-03-20")
    assert "owner" in sam.errors


def test_a_card_in_their_direct_chat_is_closed_when_it_changes(room: Room, how: str) -> None:
    sam, _dana = room.set_up()
    mia = room.chair("Mia")
    mia.types("help")
    sam.types("promise add")
    sam.fills(title="renew the contract", owner=mia.account, due_on="2031-03-20", people=(mia.profile,))
    room.settle()
    assert "renew the contract" in said(room, mia)
    goes(room, mia, how)
    sam.types("promise show 1")
    sam.presses("Change")
    sam.fills(title="renew the secret contract")
    room.settle()
    assert "secret" not in said(room, mia)


def test_what_stands_in_a_guests_direct_chat_and_on_their_home_is_closed_until_they_are_back(room: Room) -> None:
    sam, dana = room.set_up()
    sam.types("decision add Switch the old VPN off")
    surface = f"{dana.account}/home"
    dana.sends(HomeOpened(id="home", actor=dana.profile, where=dana.where("direct"), surface=surface))
    room.settle()
    room.now += timedelta(minutes=1)
    room.settle()
    assert "old VPN" in str(room.posted[surface])
    assert said(room, dana).count("old VPN") > 1
    goes(room, dana, "guest")
    room.settle()
    assert "old VPN" not in said(room, dana)
    assert "old VPN" not in str(room.posted[surface])
    comes_back(room, dana)
    room.settle()
    assert "old VPN" in str(room.posted[surface])


def test_who_still_has_an_account_that_is_a_members_is_still_here(how: str) -> None:
    room, slack, _dana, teams = two_platforms()
    joins(teams, slack)
    room.now += timedelta(minutes=1)
    assert "Noted" in slack.says("hygiene: passkeys")
    goes(room, slack, how)
    assert told(room) == []
    assert "members of this organization" in slack.types("agenda")
    assert "Agenda for" in teams.types("agenda", place="direct")
    room.until(TUESDAY)
    assert "Your week" not in said(room, slack)
    assert [one for one in room.in_(teams.account) if one.owed.kind == "nudge"]
    goes(room, teams, how)
    assert [account for account, _words in told(room)] == ["slack:T1/Dana"]
    comes_back(room, teams)
    assert "Agenda for" in teams.types("agenda", place="direct")
    assert "members of this organization" in slack.types("agenda", place=HOME)


def test_a_stranger_who_never_was_here_is_nobodys_loss(room: Room) -> None:
    room.set_up()
    mallory = room.chair("Mallory", outsider=True)
    mallory.types("risk list")
    goes(room, mallory, "guest")
    assert told(room) == []
