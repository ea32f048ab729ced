"""Promises, as the two principals and those who owe something live with them."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from bot.forms import Choice
from bot.requests import ButtonPressed, FormSubmitted, Profile, ProfileSeen
from storage import audit, people
from storage.unit_of_work import unit_of_work
from tests.bot.room import HOME, Chair, Posted, Room, buttons_of

VPN = "renew the VPN contract"


def labels(chair: Chair, *, rare: bool = False) -> list[str]:
    """What the last answer offers: its plain buttons, or those behind the menu."""
    assert chair.answer
    return [button.label for button in buttons_of(chair.answer) if button.rare is rare]


def of_kind(kind: str, posted: list[Posted]) -> Posted:
    """The one message of that kind."""
    (found,) = [one for one in posted if one.owed.kind == kind]
    return found


def presses_forged(chair: Chair, action: str, value: str, place: str | None = "direct") -> str:
    """A button that they were never shown."""
    where = chair.where(place)
    chair.sends(ButtonPressed(id=chair.room.new_id(), actor=chair.profile, where=where, action=action, value=value))
    return chair.text


def events(room: Room) -> list[str]:
    with unit_of_work(room.engine, organization_id=1, now=room.now, writes=False) as record:
        return [one.event for one in audit.events(record) if one.event.startswith("promise.")]


def given(room: Room, giver: Chair, to: Chair, title: str = VPN, **values: object) -> Posted:
    """Somebody records a promise for somebody else, who gets it in private."""
    giver.types("promise add")
    giver.fills(title=title, owner=to.account, people=(to.profile,), **values)
    assert giver.form is None, giver.errors
    return next(one for one in room.settle() if one.owed.kind == "promised" and title in str(one))


# Promising


def test_one_line_is_enough(engine: Engine) -> None:
    sam, _dana = Room(engine=engine).set_up()
    sam.types(f"promise add {VPN} by 14 Aug\nthree offers")
    assert sam.text.startswith(f"P-1 {VPN}\nthree offers")
    assert "Owner: Sam" in sam.text
    assert "Due: Thu 14 August" in sam.text
    assert labels(sam) == ["Done", "New date", "Change", "Share here"]
    assert labels(sam, rare=True) == ["Reassign", "Drop"]


@pytest.mark.parametrize("said", [VPN, "get it signed by the board"])
def test_without_a_day_it_is_due_in_two_weeks(said: str) -> None:
    sam, _dana = Room().set_up()
    assert f"P-1 {said}" in sam.types(f"promise add {said}")
    assert "Due: Mon 17 March" in sam.text


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("promise add renew it by 1 Feb 2031", "That day has passed."),
        ("promise add renew it by 1 Feb 2037", "more than 5 years ahead"),
        ("promise show", "wants <P-7> behind it"),
        ("promise show P-9", "There is no P-9 that you can see here."),
        ("promise show R-9", "is not the id of a promise"),
        ("promise show P-9999999999", "is not the id of a promise"),
        ("promise list", "There are no open promises."),
        ("promise list mine", "There are no open promises of Sam."),
        ("promise list overdue", "There are no overdue promises."),
        ("promise list done vpn", "There are no done promises with “vpn”."),
    ],
)
def test_what_cannot_be_done_says_what_to_do(typed: str, says: str) -> None:
    sam, _dana = Room().set_up()
    assert says in sam.types(typed)
    assert len(sam.text.splitlines()) > 1, "it must say what to do next"


def test_the_form_says_what_is_wrong_beside_its_field_and_keeps_the_rest() -> None:
    room = Room()
    sam, dana = room.set_up()
    guest = room.chair("Guest", outsider=True)
    sam.types("promise add")
    assert sam.form
    assert [one.value for one in sam.form.fields if one.name == "due_on"] == ["2031-03-17"]
    sam.fills(title="")
    assert "title" in sam.errors
    sam.fills(title=VPN, due_on="2031-03-02")
    assert sam.errors == {"due_on": "That day has passed."}
    sam.fills(title=VPN, due_on="2037-01-01")
    assert sam.errors == {"due_on": "That is more than 5 years ahead."}
    sam.fills(title=VPN, due_on="")
    assert sam.errors == {"due_on": "Choose the day by which it is kept."}
    sam.fills(title=VPN, owner=guest.account, people=(guest.profile,))
    assert "no guest" in sam.errors["owner"]
    sam.fills(title=VPN, owner="slack:T2/Eve")
    assert "I do not know this person" in sam.errors["owner"]
    room.chair("Gone").types("help")
    room.bot.dispatch(
        ProfileSeen(id="left", profile=Profile(account="slack:T1/Gone", name="Gone"), left=True), room.now
    )
    sam.fills(title=VPN, owner="slack:T1/Gone")
    assert sam.errors == {"owner": "Gone is no member any more. Choose somebody else."}
    sam.fills(title=VPN, owner=dana.account, due_on="2031-03-03")
    assert "Owner: Dana" in sam.text
    assert "State: Open, due today" in sam.text


def test_a_stranger_and_an_outsider_get_nothing() -> None:
    room = Room()
    sam, _dana = room.set_up()
    sam.types(f"promise add {VPN}")
    robin, guest = room.chair("Robin"), room.chair("Guest", outsider=True)
    for command in ("promise add mine", "promise add", "promise list"):
        assert "You have no chair" in robin.types(command)
        assert "for members of this organization" in guest.types(command)
    assert "There is no P-1" in robin.types("promise show P-1")
    for action in ("done", "move", "edit", "reassign", "drop"):
        no = "There is no P-1" if action in {"done", "move"} else "You have no chair"
        assert no in presses_forged(robin, f"promise.{action}", "1"), action
        assert robin.form is None


def test_another_touchpoints_promise_is_not_there() -> None:
    room = Room()
    sam, _dana = room.set_up()
    robin, board = room.chair("Robin"), "slack:T1/C-board"
    sam.types("setup", place=board)
    sam.fills(place=board, cio=sam.account, ciso=robin.account, people=(robin.profile,), weekdays=("TU",), at="9:30")
    sam.presses("Save", place=board)
    sam.types(f"promise add {VPN}")
    sam.types("promise add ask the board", place=board)
    assert "There is no P-1" in robin.types("promise show P-1", "direct")
    assert "There is no P-1" in presses_forged(robin, "promise.done", "1")
    assert "There is no P-2" in sam.types("promise show P-2")  # at home it is that home's record alone
    assert "There is no P-1" in presses_forged(sam, "promise.share", "2|1")
    assert "Open promises (2)" in sam.types("promise list", "direct")
    assert "Share" not in "".join(labels(sam))
    assert "You have a chair in 2 touchpoints." in sam.types("promise add x", "direct")


# Keeping, moving, handing on, dropping


def test_done_is_one_tap_and_final() -> None:
    room = Room()
    sam, dana = room.set_up()
    sam.types(f"promise add {VPN}")
    dana.types("promise show 1")
    dana.presses("Done")
    assert "State: Done on Mon 3 March" in dana.text
    assert "Done (Mon 3 March · Dana)" in dana.text
    assert labels(dana) == ["Share here"]
    for action in ("done", "move", "edit", "reassign", "drop"):
        assert "This promise is done already." in presses_forged(sam, f"promise.{action}", "1"), action
        assert "promise add" in sam.text
    assert events(room) == ["promise.made", "promise.done"]


def test_a_date_moved_three_times_is_said() -> None:
    sam, _dana = Room().set_up()
    sam.types(f"promise add {VPN}")
    for day, because in (("20", "the vendor is late"), ("25", "again"), ("28", "and again")):
        assert "moved" not in sam.text
        sam.presses("New date")
        sam.fills(due_on=f"2031-03-{day}", because=because)
    assert "Due: Fri 28 March · moved 3 times" in sam.text
    assert "Moved from Mon 17 March to Thu 20 March (Mon 3 March · Sam · the vendor is late)" in sam.text
    assert "moved 3 times" in sam.types("promise list")
    assert events(sam.room) == ["promise.made", *["promise.moved"] * 3]


def test_a_new_date_wants_another_day_and_a_reason() -> None:
    sam, _dana = Room().set_up()
    sam.types(f"promise add {VPN}")
    sam.presses("New date")
    assert sam.form
    assert sam.form.intro == f"P-1 {VPN}: due Mon 17 March."
    sam.fills(due_on="2031-03-20", because="  ")
    assert sam.errors == {"because": "Say in a line why."}
    sam.fills(due_on="2031-03-17", because="why not")
    assert sam.errors == {"due_on": "It is due on that day already."}
    sam.fills(due_on="2031-03-02", because="why not")
    assert sam.errors == {"due_on": "That day has passed."}
    assert events(sam.room) == ["promise.made"]


def test_who_takes_it_over_hears_why_and_who_gave_it_away_sees_no_more() -> None:
    room = Room()
    sam, _dana = room.set_up()
    robin, kim = room.chair("Robin"), room.chair("Kim")
    first = given(room, sam, robin)
    sam.presses("Reassign")
    sam.fills(because="on leave")
    assert sam.errors == {"owner": "Choose somebody who takes it over."}
    sam.fills(owner=robin.account, because="on leave")
    assert sam.errors == {"owner": "Choose somebody who takes it over."}
    sam.fills(owner=kim.account, people=(kim.profile,), because="Robin is on leave")
    assert "Reassigned from Robin to Kim (Mon 3 March · Sam · Robin is on leave)" in sam.text
    room.settle()
    assert str(room.posted[first.message]) == "P-1 is no longer yours\nSomebody else has taken it over."
    assert "There is no P-1" in robin.presses("Done", on=first)
    taken = of_kind("promised", room.in_(kim.account))
    assert taken.card.title == f"A promise for you: P-1 {VPN}"
    assert "Handed on by Sam: Robin is on leave" in str(taken)
    kim.presses("Done", on=taken)
    assert events(room) == ["promise.made", "promise.reassigned", "promise.done"]


def test_dropping_keeps_the_reason() -> None:
    sam, _dana = Room().set_up()
    sam.types(f"promise add {VPN}")
    sam.presses("Drop")
    sam.fills(because="")
    assert sam.errors == {"because": "Say in a line why."}
    sam.fills(because="we cancel it")
    assert "State: Dropped on Mon 3 March: we cancel it" in sam.text
    assert "There are no open promises." in sam.types("promise list")
    assert f"P-1 {VPN} (Dropped on Mon 3 March: we cancel it · Sam)" in sam.types("promise list dropped")
    assert events(sam.room) == ["promise.made", "promise.dropped"]


def test_what_was_just_recorded_is_put_right_in_one_form() -> None:
    room = Room()
    sam, dana = room.set_up()
    sam.types(f"promise add {VPN}")
    sam.presses("Change")
    sam.fills(title="renew the EDR contract", owner=dana.account, due_on="2031-03-20", theme="investment")
    assert "P-1 renew the EDR contract" in sam.text
    assert "Owner: Dana" in sam.text
    assert "Due: Thu 20 March" in sam.text
    assert "History" not in sam.text
    assert "renew the EDR contract" in str(of_kind("promised", room.settle()))
    assert "P-1" in sam.types("promise list edr")
    assert "There are no open promises" in sam.types("promise list vpn")


def test_an_hour_later_its_day_and_its_owner_change_only_with_a_reason() -> None:
    room = Room()
    sam, _dana = room.set_up()
    sam.types(f"promise add {VPN}")
    sam.presses("Change")
    room.now += timedelta(hours=1)
    sam.fills(due_on="2031-03-20")
    assert "more than an hour ago" in sam.errors[""]
    assert [one.name for one in sam.form.fields] == ["title", "theme", "detail"]  # type: ignore[union-attr]
    sam.types("promise show 1")
    assert labels(sam, rare=True) == ["Change", "Reassign", "Drop"]
    sam.presses("Change")
    sam.fills(title="renew the EDR contract")
    assert "P-1 renew the EDR contract" in sam.text
    assert "Due: Mon 17 March" in sam.text


def test_a_long_text_stays_whole_when_its_beginning_is_changed() -> None:
    sam, _dana = Room().set_up()
    sam.types("promise add " + VPN + "\n" + " ".join(f"word{n}" for n in range(1400)))
    sam.presses("Change")
    sam.fills(title="renew the EDR contract")
    shown = sam.text
    while "Next page" in labels(sam):
        shown += sam.presses("Next page")
    assert all(f"word{n}" in shown for n in range(1400))


# Those who owe something and have no chair


def test_an_owner_without_a_chair_settles_their_own_and_sees_nothing_else() -> None:
    room = Room()
    sam, _dana = room.set_up()
    robin = room.chair("Robin")
    sam.types("decision add Cancel the secret project")
    sam.presses("Promise")
    assert sam.form
    assert sam.form.fields[0].value == "Cancel the secret project"
    sam.fills(title=VPN, owner=robin.account, people=(robin.profile,))
    assert "Comes from\nD-1 Cancel the secret project" in sam.text
    sam.types("promise add something else")
    room.settle()
    promised = of_kind("promised", room.in_(robin.account))
    assert [one.label for one in buttons_of(promised.card)] == ["Done", "New date"]
    assert "secret" not in str(promised)

    robin.presses("New date", on=promised)
    robin.fills(place="direct", due_on="2031-03-20", because="the vendor is late")
    assert "Due: Thu 20 March" in robin.text
    assert "Moved from Mon 17 March" in robin.text
    assert "secret" not in robin.text
    assert labels(robin) == ["Done", "New date"]
    assert labels(robin, rare=True) == []

    assert "Open promises (1)" in robin.types("promise list", "direct")
    assert "something else" not in robin.text
    assert "There is no P-2" in robin.types("promise show 2", "direct")
    assert "There is no D-1" in robin.types("decision show 1") or "no chair" in robin.text
    for action in ("edit", "reassign", "drop"):
        assert "no chair" in presses_forged(robin, f"promise.{action}", "1"), action
        assert robin.form is None
    assert robin.presses("Done", on=promised) == "P-1 is done. Thank you."
    assert "State: Done" in str(of_kind("promised", room.settle()))
    assert "This promise is done already." in robin.presses("Done", on=promised)


def test_who_takes_it_over_does_not_read_why_others_moved_it() -> None:
    room = Room()
    sam, _dana = room.set_up()
    robin = room.chair("Robin")
    sam.types(f"promise add {VPN}")
    sam.presses("New date")
    sam.fills(due_on="2031-03-20", because="a secret reason")
    sam.presses("Reassign")
    sam.fills(owner=robin.account, people=(robin.profile,), because="on leave")
    assert "a secret reason" in sam.text
    robin.types("promise show 1", "direct")
    assert "on leave" in robin.text
    assert "secret" not in robin.text


def test_who_promises_something_themselves_gets_no_card_about_it() -> None:
    room = Room()
    sam, dana = room.set_up()
    sam.types(f"promise add {VPN}")
    assert [one for one in room.settle() if one.owed.kind == "promised"] == []
    assert given(room, sam, dana, "ask the board").owed.conversation == dana.account


# Listed and shared


def test_the_most_urgent_stands_first_and_says_how_late_it_is() -> None:
    room = Room()
    sam, dana = room.set_up()
    sam.types("promise add later by 20 March")
    sam.types("promise add soon by tomorrow")
    given(room, sam, dana, "of Dana", due_on="2031-03-07")
    room.now += timedelta(days=4)
    assert sam.types("promise list").splitlines()[:4] == [
        "Open promises (3)",
        "P-2 soon (3 days overdue · Sam)",
        "P-3 of Dana (due today · Dana)",
        "P-1 later (due Thu 20 March · Sam)",
    ]
    assert "Overdue promises (1)\nP-2" in sam.types("promise list overdue")
    assert "Open promises of Dana (1)\nP-3" in dana.types("promise list mine")
    assert "Open promises with “dana” (1)\nP-3" in sam.types("promise list dana")
    assert "There are no overdue promises of Dana." in dana.types("promise list mine overdue")


def test_a_long_list_is_turned_and_its_page_is_shared() -> None:
    room = Room()
    sam, _dana = room.set_up()
    for number in range(10):
        sam.types(f"promise add number {number}")
    room.settle()
    sam.types("promise list number")
    assert labels(sam) == ["Next page", "Share here"]
    assert "P-10 number 9" in sam.presses("Next page")
    assert sam.presses("Share here") == "Shared here."
    shared = of_kind("shared_promises", room.settle())
    assert shared.card.title == "Open promises with “number” (10)"
    assert "P-9 number 8" in str(shared)
    assert "P-8 " not in str(shared)
    assert "Shared by Sam." in str(shared)


def test_a_shared_list_of_ones_own_stays_ones_own() -> None:
    room = Room()
    sam, dana = room.set_up()
    sam.types("promise add of Sam")
    dana.types("promise add of Dana")
    dana.types("promise list mine")
    dana.presses("Share here")
    shared = of_kind("shared_promises", room.settle())
    assert shared.card.title == "Open promises of Dana (1)"
    assert "of Sam" not in str(shared)


def test_a_shared_promise_follows_what_becomes_of_it() -> None:
    room = Room()
    sam, dana = room.set_up()
    sam.types(f"promise add {VPN}")
    sam.presses("Share here")
    shared = of_kind("shared_promise", room.settle())
    assert shared.owed.conversation == HOME
    assert dana.presses("Done", on=shared) == "P-1 is done. Thank you."
    shared = of_kind("shared_promise", room.settle())
    assert "State: Done on Mon 3 March" in str(shared)
    assert buttons_of(shared.card) == []


# From a sync, a decision, a risk


def test_what_is_promised_in_a_sync_keeps_its_line_and_its_sync(engine: Engine) -> None:
    room = Room(engine=engine)
    sam, dana = room.set_up()
    sam.says("the old VPN")
    start = next(one for one in room.wait(days=1, minutes=31) if one.owed.kind == "start")
    sam.presses("Start", on=start)
    live = of_kind("sync", room.settle())
    dana.presses("Promise", on=live)
    assert dana.form
    assert dana.form.fields[0].value == "the old VPN"
    dana.fills(title=VPN)
    assert "Comes from\nthe old VPN" in dana.text
    again = of_kind("sync", room.settle())
    assert "Sync in progress: 1 of 1" in again.card.title  # what becomes of the line itself is not said by that
    sam.presses("Discussed", on=again)
    sam.presses("Close", on=of_kind("sync", room.settle()))
    assert f"P-1 {VPN}" in str(of_kind("minutes", room.settle()))


def test_a_risk_gives_its_words_and_is_named() -> None:
    sam, _dana = Room().set_up()
    sam.types("risk add Nobody owns the DNS")
    sam.presses("Promise")
    assert sam.form
    assert sam.form.fields[0].value == "Nobody owns the DNS"
    sam.fills(title="Name an owner for the DNS")
    assert "Comes from\nR-1 Nobody owns the DNS" in sam.text


@pytest.mark.parametrize(
    "context", [{"item": "99"}, {"decision": "99"}, {"risk": "99"}, {"number": "99"}, {"item": "x"}]
)
def test_a_form_about_what_is_not_there_is_answered(context: dict[str, str]) -> None:
    sam, _dana = Room().set_up()
    values = {"title": VPN, "due_on": "2031-03-20"}
    form = FormSubmitted(
        id="x", actor=sam.profile, where=sam.where(None), form_id="promise", context=context, values=values
    )
    assert len(sam.room.bot.dispatch(form, sam.room.now)) == 2
    assert "There are no open promises." in sam.types("promise list")


# Reminded in private


def test_its_owner_is_asked_the_day_before_and_once_after() -> None:
    room = Room()
    sam, _dana = room.set_up()
    robin = room.chair("Robin")
    given(room, sam, robin, due_on="2031-03-12")
    asked = [one for one in room.until(room.now + timedelta(days=14)) if one.owed.conversation == robin.account]
    said = [str(one) for one in asked if one.owed.kind == "nudge"]
    assert [one.splitlines()[:2] for one in said] == [
        [f"P-1 {VPN}", "due tomorrow"],
        [f"P-1 {VPN}", "1 day overdue"],
    ]
    last = asked[-1]
    assert [one.label for one in buttons_of(last.card) if not one.rare] == ["Done", "New date"]
    assert robin.presses("Done", on=last) == "P-1 is done. Thank you."
    told = [one for one in room.settle() if one.owed.conversation == robin.account]
    assert len(told) == 3
    assert all("Done on Mon 17 March" in str(one) and buttons_of(one.card) == [] for one in told)


def test_nobody_is_asked_for_what_is_done_or_anothers() -> None:
    room = Room()
    sam, _dana = room.set_up()
    robin, kim = room.chair("Robin"), room.chair("Kim")
    robin.presses("Done", on=given(room, sam, robin, "done at once", due_on="2031-03-12"))
    given(room, sam, robin, due_on="2031-03-12")
    sam.presses("Reassign")
    sam.fills(owner=kim.account, people=(kim.profile,), because="on leave")
    asked = [one for one in room.until(room.now + timedelta(days=14)) if one.owed.kind == "nudge"]
    assert not [one for one in asked if one.owed.conversation == robin.account]
    assert len([one for one in asked if one.owed.conversation == kim.account]) == 2


def test_one_that_is_kept_late_leaves_the_agenda() -> None:
    room = Room()
    sam, _dana = room.set_up()
    sam.types("promise add renew it by tomorrow")
    room.now += timedelta(days=10)
    assert "P-1 renew it" in sam.types("agenda")
    sam.types("promise show 1")
    sam.presses("New date")
    sam.fills(due_on="2031-05-20", because="the vendor is late")
    assert "P-1 renew it" not in sam.types("agenda")


# On two platforms


def test_an_owner_who_is_only_on_the_other_platform_is_chosen_from_a_list() -> None:
    room = Room()
    sam, _dana = room.set_up()
    with unit_of_work(room.engine, organization_id=1, now=room.now) as record:
        record.session.add(people.Tenant(address="teams:M1", organization_id=1))
        people.meet(record, "teams:M1/Kim", name="Kim")
    sam.types("promise add")
    assert sam.form
    (elsewhere,) = [one for one in sam.form.fields if one.name == "owner_elsewhere"]
    assert isinstance(elsewhere, Choice)
    assert [one.label for one in elsewhere.options] == ["Kim"]
    sam.fills(title=VPN, owner_elsewhere="teams:M1/Somebody")
    assert "I do not know this person" in sam.errors["owner"]
    sam.fills(title=VPN, owner_elsewhere="teams:M1/Kim")
    assert "Owner: Kim" in sam.text
    assert of_kind("promised", room.settle()).owed.conversation == "teams:M1/Kim"
    sam.presses("Change")
    assert [one.value for one in sam.form.fields if one.name.startswith("owner")] == ["", "teams:M1/Kim"]
