"""Whatever goes wrong is answered clearly and privately, says what to do next, and loses nothing that was typed."""

from dataclasses import replace

import pytest

from bot.dispatch import Bot
from bot.incidents import Incident, report
from bot.replies import Answer, CloseForm
from bot.requests import ButtonPressed, CommandTyped, MessagePosted, Profile, ProfileSeen
from storage import people
from storage.unit_of_work import unit_of_work
from tests.bot.room import HOME, Room, readable


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("agenda add", "wants <text> behind it"),
        ("decision show", "wants <D-12> behind it"),
        ("decision show D-99", "There is no D-99 that you can see here."),
        ("decision show next", "is not the id of a decision"),
        ("decision find !!!", "Nothing found."),
        ("risk show R-99999999999", "is not the id of a risk"),
        ("risk close R-4 done", "There is no R-4 that you can see here."),
        ("help pizza", "There is no help on “pizza”."),
        ("risk lits", "Did you mean “risk list [filter]”?"),
        ("qqqq", "There is no command “qqqq”."),
        ("link AAAAA-AAAAA", "That code does not work."),
    ],
)
def test_what_cannot_be_done_says_what_to_do(typed: str, says: str) -> None:
    sam, _dana = Room().set_up()
    assert says in sam.types(typed)
    assert len(sam.text.splitlines()) > 1, "it must say what to do next"


def test_a_mistyped_command_gives_back_what_was_typed() -> None:
    sam, _dana = Room().set_up()
    assert "desicion ad Buy a second firewall" in sam.types("desicion ad Buy a second firewall")


@pytest.mark.parametrize("command", ["agenda add", "risk add", "decision add"])
def test_ten_thousand_characters_are_kept_whole(command: str) -> None:
    room = Room()
    sam, _dana = room.set_up()
    words = " ".join(f"word{n}" for n in range(1400))
    assert len(words) > 9_900
    sam.types(f"{command} {words}")
    if command == "agenda add":
        assert "more characters, kept whole" in sam.text
        return
    shown = sam.types(f"{command.split(maxsplit=1)[0]} show 1")
    while "Next page" in [button.label for button in sam.answer.buttons]:  # type: ignore[union-attr]
        shown += sam.presses("Next page")
    assert all(f"word{n}" in shown for n in range(1400))


def test_more_than_can_be_kept_is_given_back() -> None:
    sam, _dana = Room().set_up()
    long = "x" * 40_001
    assert "at most 40,000 can be kept" in sam.types(f"risk add {long}")
    assert long in sam.text


def test_a_form_keeps_everything_and_says_what_is_wrong_beside_the_field() -> None:
    room = Room()
    sam, dana = room.chair("Sam"), room.chair("Dana")
    sam.types("setup")
    sam.fills(cio=sam.account, ciso=sam.account, weekdays=(), at="25:00", zone="Zurich", rhythm="weekly:2")
    assert sam.form
    assert sam.errors == {
        "weekdays": "Choose at least one weekday.",
        "at": "Write it like 09:30.",
        "zone": sam.errors["zone"],
    }
    assert "Europe/Zurich" in sam.errors["zone"]
    sam.fills(cio=sam.account, ciso=sam.account, weekdays=("TU",), at="9:30", zone="Europe/Zurich", rhythm="weekly:2")
    assert "two people" in sam.errors["ciso"]
    sam.fills(
        cio=sam.account, ciso=dana.account, weekdays=("TU", "FR"), at="9:30", zone="Europe/Zurich", rhythm="monthly:1"
    )
    assert sam.errors == {"weekdays": "A monthly sync falls on one weekday; choose just one."}
    sam.fills(
        cio=sam.account, ciso=dana.account, weekdays=("FR",), at="9:30", zone="Europe/Zurich", rhythm="monthly:-1"
    )
    assert sam.form is None
    sam.presses("Save")
    assert "The last Friday of each month at 09:30, Europe/Zurich. Next: Fri 28 March, 09:30." in str(room.settle()[0])


@pytest.mark.parametrize("date", ["31.12.2031", "2031-02-30", "tomorrow"])
def test_a_wrong_date_is_said_beside_its_field(date: str) -> None:
    sam, _dana = Room().set_up()
    sam.types("decision add")
    sam.fills(title="Buy it", review_on=date)
    assert sam.errors == {"review_on": "Write it like 2031-12-31."}


def test_guests_and_bots_cannot_take_a_chair() -> None:
    room = Room()
    sam, guest = room.chair("Sam"), room.chair("Guest", outsider=True)
    sam.types("setup")
    sam.fills(
        people=(guest.profile,), cio=sam.account, ciso=guest.account, weekdays=("TU",), at="9:30", zone="Europe/Zurich"
    )
    assert "Choose a member of your organization" in sam.errors["ciso"]


def test_a_form_sent_twice_records_once() -> None:
    sam, _dana = Room().set_up()
    sam.types("risk add")
    form = sam.form
    sam.fills(title="Nobody owns the DNS")
    sam.form = form
    assert "You sent this form already" in sam.fills(title="Nobody owns the DNS")
    assert "Open risks (1)" in sam.types("risk list")


def test_a_redelivered_request_changes_nothing_twice() -> None:
    sam, _dana = Room().set_up()
    sam.types("risk add Nobody owns the DNS")
    assert sam.last
    assert sam.sends(sam.last) == []
    sam.says("the old VPN", message="slack:T1/Sam/m1")
    assert sam.last
    assert sam.sends(sam.last) == []
    assert "Open risks (1)" in sam.types("risk list")
    assert sam.types("agenda").count("the old VPN") == 1


def test_a_redelivered_form_closes_quietly() -> None:
    sam, _dana = Room().set_up()
    sam.types("risk add")
    sam.fills(title="Nobody owns the DNS")
    assert sam.last
    assert sam.sends(sam.last) == [CloseForm()]


def test_another_organizations_ids_are_not_there() -> None:
    room = Room()
    sam, _dana = room.set_up()
    sam.types("risk add Ours alone")
    sam.types("decision add Ours alone")
    eve, mallory = room.chair("Eve", account="slack:T2/Eve"), room.chair("Mallory", account="slack:T2/Mallory")
    eve.types("setup", place="slack:T2/C-evil")
    eve.fills(
        place="slack:T2/C-evil",
        cio=eve.account,
        ciso=mallory.account,
        weekdays=("TU",),
        at="9:30",
        zone="Europe/Zurich",
    )
    eve.presses("Save", place="slack:T2/C-evil")
    assert "There is no R-1" in eve.types("risk show R-1", place="slack:T2/C-evil")
    assert "There is no D-1" in eve.types("decision show D-1", place="slack:T2/C-evil")
    assert "Nothing found." in eve.types("decision find ours", place="slack:T2/C-evil")


def test_a_button_of_an_old_message_says_how_it_stands() -> None:
    room = Room()
    sam, dana = room.set_up()
    sam.types("agenda add the old VPN")
    reminder = next(p for p in room.wait(days=1, minutes=31) if p.owed.kind == "start")
    sam.presses("Start", on=reminder)
    assert "This sync has already started." in dana.presses("Start", on=reminder)
    live = next(p for p in room.settle() if p.owed.kind == "sync")
    sam.presses("Discussed", on=live)
    assert dana.presses("Discussed", on=live) == ""
    assert "settled already: discussed" in dana.presses("Defer", on=live)
    sam.presses("Close", on=live)
    assert "This sync is closed." in dana.presses("Close", on=live)


def test_a_key_turns_only_on_the_text_that_was_shown() -> None:
    room = Room()
    sam, dana = room.set_up()
    sam.types("decision add Renew the EDR")
    room.settle()
    key = next(p for p in room.in_(dana.account) if p.owed.kind == "key")
    sam.presses("Edit")
    sam.fills(title="Renew the EDR for five years")
    assert "The text was changed after this card was shown." in dana.presses("Turn my key", on=key)
    room.settle()
    key = [p for p in room.in_(dana.account) if p.owed.kind == "key"][-1]
    assert "five years" in str(key)
    dana.presses("Turn my key", on=key)
    assert "agreed by both" in dana.text
    assert "is agreed already" in dana.presses("Turn my key", on=key)


def test_one_person_never_turns_both_keys() -> None:
    sam, _dana = Room().set_up()
    sam.types("decision add Renew the EDR")
    assert "waits for the CISO’s key" in sam.text
    assert "Turn my key" not in [button.label for button in sam.answer.buttons]  # type: ignore[union-attr]
    with unit_of_work(sam.room.engine, organization_id=1, now=sam.room.now, writes=False) as record:
        from storage import decisions

        text_hash = decisions.listed(record, [1], limit=1)[0].text_hash
    sam.sends(
        ButtonPressed(
            id="again", actor=sam.profile, where=sam.where(None), action="decision.sign", value=f"1|{text_hash}"
        )
    )
    assert "waits for the CISO’s key" in sam.text


def test_a_principal_who_left_is_told_to_the_other_and_gets_nothing_more() -> None:
    room = Room()
    sam, dana = room.set_up()
    room.bot.dispatch(ProfileSeen(id="left", profile=Profile(account=sam.account, name="Sam"), left=True), room.now)
    assert "Sam (CIO) has left" in [one.card.title for one in room.settle()]
    assert "for members of this organization" in sam.types("risk list")
    before = len(room.in_(sam.account))
    room.wait(days=14)
    assert len(room.in_(sam.account)) == before

    robin = room.chair("Robin")
    dana.types("setup")
    dana.fills(cio=robin.account, people=(robin.profile,))
    assert dana.form is None
    dana.presses("Save")
    assert "No risk is open" in robin.types("risk list")


def test_strangers_and_outsiders_get_nothing() -> None:
    room = Room()
    sam, _dana = room.set_up()
    sam.types("risk add Ours alone")
    robin, guest = room.chair("Robin"), room.chair("Guest", outsider=True)
    for command in ("risk list", "decision list", "agenda", "risk add mine", "decision find ours", "agenda add mine"):
        assert "You have no chair" in robin.types(command)
        assert "for members of this organization" in guest.types(command)
    assert "Only an admin can set a touchpoint up." in robin.types("setup")
    assert "What Touchpoint does" in robin.types("help")
    assert "for members of this organization" in guest.types("help")


def test_setup_needs_a_conversation_that_both_see() -> None:
    sam = Room().chair("Sam")
    assert "Add me to the channel or group chat where the two of you meet" in sam.types("setup", place="direct")


def test_only_named_admins_set_up_where_the_settings_name_some() -> None:
    room = Room(admins=frozenset({"slack:T1/Robin"}))
    assert "Only an admin can set a touchpoint up." in room.chair("Sam").types("setup")
    robin = room.chair("Robin")
    robin.types("setup")
    assert robin.form


def test_a_bug_is_told_by_its_number_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    room = Room()
    sam, _dana = room.set_up()
    monkeypatch.setattr("storage.risks.listed", lambda *_a, **_k: 1 / 0)
    sam.types("risk add Nobody owns the DNS")
    with pytest.raises(Incident) as incident:
        room.bot.dispatch(CommandTyped(id="x", actor=sam.profile, where=sam.where(None), text="risk list"), room.now)
    assert len(incident.value.incident) == 8
    assert "ZeroDivision" not in str(incident.value)


def test_a_failing_message_is_not_marked_as_done(monkeypatch: pytest.MonkeyPatch) -> None:
    room = Room()
    sam, _dana = room.set_up()
    said = MessagePosted(id="again", actor=sam.profile, where=sam.where("direct"), text="the old VPN", message="m/1")
    with monkeypatch.context() as broken:
        broken.setattr("bot.handlers.agenda.answers.noted", lambda *_a: 1 / 0)
        with pytest.raises(Incident):
            room.bot.dispatch(said, room.now)
    assert isinstance(room.bot.dispatch(said, room.now)[0], Answer)
    assert sam.types("agenda").count("the old VPN") == 1


def test_a_sentence_in_the_direct_chat_is_not_taken_for_a_command() -> None:
    room = Room()
    sam, _dana = room.set_up()
    for sentence in ("risk appetite for the branch offices", "help us with the audit", "agenda of the board"):
        assert "Noted for" in sam.says(sentence), sentence
    assert "Open risks" in sam.says("risk list") or "No risk is open" in sam.text


def test_everybody_may_be_known_before_there_is_a_touchpoint() -> None:
    room = Room()
    robin = room.chair("Robin")
    assert "There is no command" in robin.says("hello there")
    with unit_of_work(room.engine, organization_id=1, now=room.now, writes=False) as record:
        assert [person.name for person, _account in people.everybody(record)] == ["Robin"]


@pytest.mark.parametrize("typed", ["the \x00 VPN", "the \ud83d VPN"])
def test_what_no_database_can_hold_is_left_out(typed: str) -> None:
    sam, _dana = Room().set_up()
    assert "R-1 the  VPN" in sam.types(f"risk add {typed}")
    sam.types("risk add")
    assert "R-2 the  VPN" in sam.fills(title=typed)


def test_several_that_were_chosen_are_given_back_as_words() -> None:
    sam, _dana = Room().set_up()
    sam.types("ask add")
    assert sam.form
    sam.form = replace(sam.form, context={"number": "9"})
    assert "You typed: Keys\n1, 2" in sam.fills(
        title="Keys", one_off="", yearly="", risks=("1", "2"), theme="", detail=""
    )


def test_a_second_bot_of_the_same_record_sees_the_same(tmp_path: object) -> None:
    room = Room()
    sam, _dana = room.set_up()
    sam.types("risk add Nobody owns the DNS")
    other = Bot(room.engine)
    replies = other.dispatch(CommandTyped(id="o", actor=sam.profile, where=sam.where(HOME), text="risk list"), room.now)
    assert isinstance(replies[0], Answer)
    assert "R-1" in readable(replies[0].card)


def test_an_incident_is_logged_without_anybodys_words(capsys: pytest.CaptureFixture[str]) -> None:
    try:
        try:
            raise ValueError("the secret plan")
        except ValueError as error:
            raise RuntimeError("the secret plan, again") from error
    except RuntimeError as error:
        incident = report(error, "request-7")
    logged = capsys.readouterr().out
    assert incident.incident in logged
    assert "ValueError" in logged
    assert "test_bad_input.py" in logged
    assert "secret plan" not in logged
