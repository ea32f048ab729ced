"""Who may see and do what: the principals let members and viewers in, each may what their role allows, nobody else anything."""

import pytest

from bot.requests import ProfileSeen
from tests.bot.room import Chair, Room, buttons_of
from tests.bot.test_absences import stands_in

OTHER = "slack:T1/C-other"


def lets_in(principal: Chair, newcomer: Chair, role: str) -> str:
    """By the command, its button and its form; what the card says then."""
    principal.types("access")
    principal.presses("Let somebody in")
    principal.fills(person=newcomer.account, role=role, people=(newcomer.profile,))
    principal.room.settle()
    return principal.text


def staffed() -> tuple[Room, Chair, Chair, Chair, Chair]:
    """Sam and Dana, Mia the member and Vic the viewer."""
    room = Room()
    sam, dana = room.set_up()
    mia, vic = room.chair("Mia"), room.chair("Vic")
    lets_in(sam, mia, "member")
    lets_in(dana, vic, "viewer")
    return room, sam, dana, mia, vic


def labels(chair: Chair) -> set[str]:
    assert chair.answer
    return {button.label for button in buttons_of(chair.answer)}


def told(room: Room, chair: Chair) -> str:
    """What stands in their direct chat."""
    return "\n".join(str(one) for one in room.in_(chair.account))


def test_all_who_have_access_see_who_has_it():
    _room, sam, _dana, mia, vic = staffed()
    for chair in (sam, mia, vic):
        said = chair.types("access")
        assert "Sam (CIO)" in said
        assert "Mia (member · since Mon 3 March · let in by Sam)" in said
        assert "Vic (viewer · since Mon 3 March · let in by Dana)" in said


def test_whoever_is_let_in_is_told_what_they_may_do():
    room, _sam, _dana, mia, vic = staffed()
    assert "You are a member of #home" in told(room, mia)
    assert "adds points, risks, promises and proposals" in told(room, mia)
    assert "Dana let you in. A viewer reads the record, and changes nothing." in told(room, vic)


def test_only_the_principals_themselves_let_in_and_remove():
    room, sam, _dana, mia, _vic = staffed()
    kim, robin = stands_in(room, sam), room.chair("Robin")
    sam.types("access")
    add = next(one for one in buttons_of(sam.answer) if one.label == "Let somebody in")
    remove = next(one for one in buttons_of(sam.answer) if one.label == "Remove")
    for chair in (kim, mia):
        assert "Remove" not in chair.types("access")
        assert labels(chair) == set()
        for button in (add, remove):
            chair.tries(button.action, button.value)
            assert "may not decide or answer for the two themselves" in chair.text
            assert "Ask Sam (CIO) or Dana (CISO)." in chair.text
    assert "no chair" in robin.types("access")
    assert "Mia" in sam.types("access")


def test_a_form_that_was_opened_by_a_principal_serves_nobody_else():
    room, sam, _dana, mia, _vic = staffed()
    robin = room.chair("Robin")
    sam.types("access")
    sam.presses("Let somebody in")
    mia.form = sam.form
    assert "may not decide or answer for the two" in mia.fills(
        person=robin.account, role="member", people=(robin.profile,)
    )
    assert "no chair" in robin.types("agenda")


def test_whoever_is_removed_sees_nothing_from_that_moment():
    room, sam, _dana, mia, _vic = staffed()
    assert "Agenda" in mia.types("agenda")
    sam.types("access")
    sam.presses("Remove")
    room.settle()
    assert "Mia" not in sam.text
    assert "no chair" in mia.types("agenda")
    assert told(room, mia) == "You are no longer a member of #home"


def test_a_role_that_is_given_again_takes_the_place_of_the_old_one():
    room, sam, _dana, mia, _vic = staffed()
    assert "Mia (viewer" in lets_in(sam, mia, "viewer")
    assert "You are no longer a member of #home" in told(room, mia)
    assert "a viewer may not add to its record" in mia.types("agenda add the VPN")
    assert "You typed: agenda add the VPN" in mia.text
    assert lets_in(sam, mia, "viewer").count("Mia") == 1
    assert told(room, mia).count("You are a viewer") == 1


@pytest.mark.parametrize(("who", "says"), [("Dana", "sit at this table already"), ("Gus", "no guest")])
def test_some_cannot_be_let_in(who: str, says: str):
    room, sam, _dana, _mia, _vic = staffed()
    chosen = room.chair(who, outsider=who == "Gus")
    sam.types("access")
    sam.presses("Let somebody in")
    sam.fills(person=chosen.account, role="member", people=(chosen.profile,))
    assert says in " ".join([*sam.errors.values(), sam.text])


def test_a_member_raises_and_promises_and_proposes_but_runs_nothing():
    room, sam, dana, mia, _vic = staffed()
    assert "Noted for" in mia.types("agenda add threats: the VPN")
    assert "P-1" in mia.types("promise add renew the VPN contract by 7 March")
    mia.presses("Done")
    assert "Done" in mia.text
    sam.types("agenda add hygiene: the backups")
    remove = next(one for one in buttons_of(sam.answer) if one.label == "Remove")
    sam.types("promise add read the report by 7 March")
    for command in ("settings", "pause", "sync skip", "sync extra thu 10:00", "sync move thu 10:00", "cadence"):
        assert "a member may not run its syncs" in mia.types(command), command
    mia.tries(remove.action, remove.value)
    assert "a member may not" in mia.text
    mia.types("promise show 2")
    assert labels(mia) == {"Share here"}
    mia.tries("promise.done", "2")
    assert "a member may not" in mia.text
    assert "the backups" in dana.types("agenda")
    assert room.wait(hours=1) is not None


def test_a_member_simply_says_what_should_be_talked_about():
    _room, sam, _dana, mia, vic = staffed()
    mia.says("threats: the VPN gateway")
    assert "Noted for" in mia.text
    vic.says("threats: the badge readers")
    assert "There is no command" in vic.text
    assert "badge" not in sam.types("agenda")
    assert "VPN gateway" in sam.text


def test_a_viewer_reads_and_is_offered_nothing_else():
    room, sam, dana, _mia, vic = staffed()
    sam.types("promise add renew the VPN contract by 7 March")
    room.settle()
    for command in ("agenda", "syncs", "promise list", "promise show 1", "access"):
        shown = sam.types(command)
        assert vic.types(command) == shown or command == "syncs"
        assert labels(vic) <= {"Add to calendar", "Next page"}, command
    for command in ("agenda add the VPN", "promise add the VPN by friday"):
        assert "a viewer may not add to its record" in vic.types(command), command
    vic.tries("promise.share", f"{1}|1")
    assert "a viewer may not add to its record" in vic.text
    assert not [one for one in room.settle() if one.owed.kind == "shared_promise"]
    assert "P-1" in dana.types("promise show 1")


def test_a_promise_of_a_viewer_is_theirs_to_keep():
    room, sam, _dana, _mia, vic = staffed()
    sam.types("promise add")
    sam.fills(title="Renew the VPN contract", owner=vic.account, due_on="2031-03-07", people=(vic.profile,))
    room.settle()
    vic.types("promise show 1")
    assert labels(vic) == {"Done", "New date"}
    vic.presses("Done")
    assert "Done" in vic.text


def test_an_admin_sees_nothing_until_let_in():
    room = Room(admins=frozenset({"slack:T1/Ada"}))
    room.bot.public_url = "https://touchpoint.test"
    ada, sam, dana = room.chair("Ada"), room.chair("Sam"), room.chair("Dana")
    ada.types("setup")
    values = {"cio": sam.account, "ciso": dana.account, "rhythm": "weekly:2", "weekdays": ("TU",), "at": "09:30"}
    ada.fills(people=(sam.profile, dana.profile), zone="Europe/Zurich", **values)
    ada.presses("Save")
    sam.types("agenda add threats: the VPN")
    for command in room.bot.registry:
        if command.right is not None:
            said = ada.types(f"{command.name} 1")
            assert any(no in said for no in ("no chair", "Only the CIO", "There is no P-1")), command.name
    ada.types("setup")
    assert ada.form, "what runs the bot still works"
    lets_in(sam, ada, "viewer")
    assert "VPN" in ada.types("agenda")


def test_whoever_gets_a_chair_is_no_member_beside_it():
    room, sam, dana, mia, _vic = staffed()
    sam.types("setup")
    sam.fills(cio=mia.account, ciso=dana.account, people=(mia.profile, dana.profile))
    sam.presses("Save")
    room.settle()
    assert "Mia (CIO)" in mia.types("access")
    assert "Mia (member" not in mia.text
    mia.types("setup")
    mia.fills(cio=sam.account, ciso=dana.account, people=(sam.profile, dana.profile))
    mia.presses("Save")
    assert "no chair" in mia.types("agenda")


def test_a_member_who_stands_in_has_the_stronger_role_meanwhile():
    room, sam, _dana, _mia, _vic = staffed()
    kim = room.chair("Kim")
    lets_in(sam, kim, "viewer")
    stands_in(room, sam, until="2031-03-10")
    kim.types("settings")
    assert kim.form
    room.until(room.now.replace(day=12))
    assert "a viewer may not run its syncs" in kim.types("settings")
    assert "Agenda" in kim.types("agenda")


def test_whoever_leaves_or_turns_guest_sees_nothing_and_who_left_does_not_come_back_in():
    room, sam, _dana, mia, vic = staffed()
    guest = room.chair("Vic", outsider=True)
    assert "Guests" in guest.types("agenda")
    for left in (True, False):
        room.bot.dispatch(ProfileSeen(id=room.new_id(), profile=mia.profile, left=left), room.now)
        assert "Mia" not in sam.types("access")
        assert "Agenda" not in mia.types("agenda")
    assert vic.account == guest.account


def test_two_accounts_of_one_person_keep_the_stronger_role():
    _room, sam, _dana, mia, vic = staffed()
    code = vic.types("link", place="direct").split("Join your own two accounts: ")[1].split()[0]
    mia.types(f"link {code}", place="direct")
    assert "Joined" in mia.text
    said = sam.types("access")
    assert said.count("Vic") == 1
    assert "Vic (member" in said
    for chair in (mia, vic):
        assert "Noted" in chair.types("agenda add the VPN")
    assert sam.types("access").count("let in by") == 1
