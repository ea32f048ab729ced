"""Two accounts turn out to be one person: what was theirs follows them, and nothing is asked or allowed twice."""

from datetime import UTC, datetime, timedelta

from tests.bot.room import Chair, Room, buttons_of

TUESDAY = datetime(2031, 3, 4, 8, 30, tzinfo=UTC)
DAY = timedelta(days=1)


def two_platforms() -> tuple[Room, Chair, Chair, Chair]:
    """Sam's organization is on Teams as well, and Sam has an account there."""
    room = Room(now=TUESDAY - 6 * DAY)
    sam, dana = room.set_up()
    teams = room.chair("Samuel", account="teams:x/sam")
    teams.types(f"link {code(sam, 'Join this organization')}", place="direct")
    return room, sam, dana, teams


def code(chair: Chair, purpose: str) -> str:
    """The code that `link` hands out for it."""
    lines = chair.types("link", place="direct").splitlines()
    return next(line.rpartition(" ")[2] for line in lines if line.startswith(purpose))


def joins(gone: Chair, into: Chair) -> str:
    return gone.types(f"link {code(into, 'Join your own')}", place="direct")


def test_a_question_that_was_asked_on_the_one_is_not_asked_again_on_the_other():
    room, sam, dana, teams = two_platforms()
    room.until(datetime(2031, 2, 28, 9, 0, tzinfo=UTC))
    assert len(room.in_(sam.account)) == 1
    assert "Joined. You are Samuel" in joins(sam, teams)
    room.settle()
    assert "Noted for Tue 4 March" in teams.says("threats: the VPN")
    room.settle()
    assert "the VPN" in str(room.in_(sam.account)[0])
    posted = room.until(TUESDAY)
    asked = [one for one in posted if one.owed.message is None and "What should we talk about" in str(one)]
    assert {one.owed.conversation for one in asked} <= {dana.account}
    assert not [one for one in posted if "Still time" in str(one) and one.owed.conversation != dana.account]


def test_promises_leave_and_what_was_put_off_follow():
    room, sam, _dana, teams = two_platforms()
    sam.types("promise add renew the contract by 6 March", place="direct")
    sam.types("away 10-11 March", place="direct")
    room.until(datetime(2031, 2, 28, 8, 30, tzinfo=UTC))
    sam.presses("Snooze until tomorrow", on=room.in_(sam.account)[0])
    room.settle()
    joins(sam, teams)
    room.settle()
    assert "P-1 renew the contract" in teams.types("owe", place="direct")
    assert "10 to 11 March" in teams.types("away", place="direct")
    posted = room.until(datetime(2031, 3, 6, 9, 0, tzinfo=UTC))
    mine = [one for one in posted if one.owed.conversation in {sam.account, teams.account}]
    assert [one for one in mine if "What should we talk about" in str(one) and one.owed.message is None]
    assert [one for one in mine if "P-1 renew the contract" in str(one)]
    assert "P-1 renew the contract" in teams.types("promise list Samuel", place="direct")


def test_what_both_accounts_were_owed_at_one_moment_is_one_message():
    room, sam, dana, teams = two_platforms()
    dana.types("promise add")
    dana.fills(title="renew the contract", owner_elsewhere=teams.account, due_on="2031-03-03")
    joins(teams, sam)
    room.settle()
    posted = room.until(datetime(2031, 2, 28, 9, 0, tzinfo=UTC))
    (asked,) = [one for one in posted if one.owed.kind == "nudge" and one.owed.conversation != dana.account]
    assert asked.card.title == "2 things wait for you"
    assert "P-1 renew the contract" in str(asked)


def test_an_account_that_was_parted_with_is_somebody_new_and_shows_nothing_more():
    room, sam, dana, teams = two_platforms()
    assert "this one account" in sam.types("unlink", place="direct")
    joins(teams, sam)
    room.now += timedelta(minutes=1)
    teams.types("promise add renew the contract by 6 March", place="direct")
    room.until(datetime(2031, 2, 28, 9, 0, tzinfo=UTC))
    assert "What should we talk about" in str(room.in_(teams.account)[-1])
    assert "You are also on Teams" in sam.types("unlink", place="direct")
    button = buttons_of(sam.answer)[0]  # type: ignore[arg-type]
    for stranger in (dana, teams):
        stranger.tries("unlink", button.value, "direct")
        assert "not joined with yours" in stranger.text
    sam.presses("Unlink Teams", place="direct")
    assert "unlinked from you" in sam.text
    room.settle()
    assert "What should we talk about" not in "".join(str(one) for one in room.in_(teams.account))
    assert "no chair" in teams.types("agenda", place="direct")
    assert "P-1 renew the contract" in sam.types("promise list", place="direct")
    before = len(room.in_(teams.account))
    posted = room.until(TUESDAY)
    assert [one for one in posted if one.owed.conversation == sam.account and one.owed.kind == "nudge"]
    assert len(room.in_(teams.account)) == before
    assert "Joined" in joins(teams, sam), "and it can be joined again"


def test_who_stands_in_is_still_allowed_to_after_joining():
    room, sam, _dana, _teams = two_platforms()
    kim, kims = room.chair("Kim"), room.chair("Kim", account="teams:x/kim")
    sam.types("delegate")
    sam.fills(person=kim.account, until="2031-03-20", people=(kim.profile,))
    kims.types("help", place="direct")
    assert "no chair" in kims.types("agenda", place="direct")
    joins(kim, kims)
    assert "Agenda for" in kims.types("agenda", place="direct")


def test_nobody_comes_to_sit_on_both_chairs_by_joining():
    _room, sam, dana, teams = two_platforms()
    assert "both chairs" in joins(dana, sam)
    sam.types("delegate")
    sam.fills(person=teams.account, until="2031-03-20", people=(teams.profile,))
    assert "both chairs" in joins(teams, dana), "Teams' Sam stands in for the CIO, and Dana is the CISO"
    assert "Joined" in joins(teams, sam)


def test_a_key_that_was_turned_as_a_delegate_is_the_same_persons():
    room, sam, dana, teams = two_platforms()
    sam.types("delegate")
    sam.fills(person=teams.account, until="2031-02-28", people=(teams.profile,))
    teams.types("decision add buy the scanner", place="direct")
    room.until(TUESDAY)  # The delegation is over.
    assert "Joined" in joins(teams, dana)
    teams.types("decision show 1", place="direct")
    assert "You turned the other key yourself" in teams.presses("Turn my key", place="direct")
