"""Living with a risk for a while: both keys, one exact text, a last day; and what ends it before."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.requests import Profile
from tests.bot.room import HOME, Chair, Posted, Room, buttons_of
from tests.conftest import MONDAY

Trio = tuple[Room, Chair, Chair]
IN_JUNE = "2031-06-02"  # a Monday, 91 days ahead


@pytest.fixture
def trio() -> Trio:
    """A risk of Sam's: R-1."""
    room = Room()
    sam, dana = room.set_up()
    sam.types("risk add The old VPN falls")
    return room, sam, dana


def asks(chair: Chair, until: str = IN_JUNE, why: str = "The new one comes in May.") -> None:
    """Asks for the keys on R-1."""
    chair.types("risk accept R-1")
    chair.fills(justification=why, until=until)
    assert not chair.errors, chair.errors
    chair.room.settle()


def accept(trio: Trio, until: str = IN_JUNE) -> None:
    """Both turn their keys."""
    room, sam, dana = trio
    asks(sam, until)
    dana.presses("Turn my key", on=last(dana, "acceptance_key"))
    room.settle()


def last(chair: Chair, kind: str) -> Posted:
    """The last such card in their direct chat, as it stands."""
    return [posted for posted in chair.room.in_(chair.account) if posted.owed.kind == kind][-1]


def count(chair: Chair, kind: str) -> int:
    """How many such messages they got."""
    return len([posted for posted in chair.room.in_(chair.account) if posted.owed.kind == kind])


def labels(posted: Posted) -> list[str]:
    return [button.label for button in buttons_of(posted.card)]


def at(day: int, month: int = 3, hour: int = 12) -> datetime:
    return datetime(2031, month, day, hour, tzinfo=UTC)


# Two keys


def test_one_asks_the_other_signs_and_the_risk_is_lived_with(trio: Trio) -> None:
    room, sam, dana = trio
    asks(sam)
    assert "Live with R-1 until Mon 2 June?" in sam.text
    assert "CIO’s key: Sam, Mon 3 March 2031" in sam.text
    assert "CISO’s key: missing" in sam.text
    key = last(dana, "acceptance_key")
    assert "The new one comes in May." in str(key)
    assert "Level: medium (9 of 25) · likelihood medium, impact medium" in str(key)
    assert "Last day: Mon 2 June" in str(key)
    assert "An acceptance until Mon 2 June is asked for by Sam; it waits for the CISO’s key." in sam.types(
        "risk show 1"
    )
    assert "Your key is turned: R-1 is accepted until Mon 2 June" in dana.presses("Turn my key", on=key)
    assert "State: Accepted until Mon 2 June, 91 days left" in sam.types("risk show 1")
    room.settle()
    assert last(sam, "acceptance_told").card.title == "R-1 is accepted until Mon 2 June"
    assert labels(last(dana, "acceptance_key")) == []
    assert not [one for one in room.in_(HOME) if "R-1" in str(one)], "it is nobody else's business"


def test_who_asked_never_accepts_alone(trio: Trio) -> None:
    _room, sam, dana = trio
    asks(sam)
    key = last(dana, "acceptance_key")
    assert "Live with R-1" in sam.presses("Turn my key", on=key), "the same key again changes nothing"
    assert "State: Open" in sam.types("risk show 1")


def test_a_delegate_never_turns_the_second_key_on_their_own_first(trio: Trio) -> None:
    room, sam, dana = trio
    kim = room.chair("Kim")
    dana.types("delegate")
    dana.fills(person=kim.account, until="2031-03-20", people=(kim.profile,))
    asks(kim)
    assert "CISO’s key: Kim for the CISO, Mon 3 March 2031" in kim.text
    assert "CIO’s key: missing" in kim.text
    sam.types("delegate")
    sam.fills(person=kim.account, until="2031-03-20", people=(kim.profile,))
    button = next(b for b in buttons_of(last(sam, "acceptance_key").card) if b.label == "Turn my key")
    kim.tries(button.action, button.value)
    assert "State: Open" in sam.types("risk show 1")
    sam.presses("Turn my key", on=last(sam, "acceptance_key"))
    assert "State: Accepted" in sam.types("risk show 1")
    assert dana


def test_a_text_that_was_changed_is_not_signed_by_an_old_button(trio: Trio) -> None:
    room, sam, dana = trio
    asks(sam)
    old = last(dana, "acceptance_key")
    sam.types("risk show 1")
    sam.presses("Read the request")
    sam.presses("Change")
    sam.fills(justification="It is behind a firewall.")
    assert "The text was changed after this card was shown." in dana.presses("Turn my key", on=old)
    room.settle()
    assert "It is behind a firewall." in str(last(dana, "acceptance_key"))
    dana.presses("Turn my key", on=last(dana, "acceptance_key"))
    assert "State: Accepted" in sam.types("risk show 1")


def test_another_level_is_another_text_and_voids_the_key(trio: Trio) -> None:
    room, sam, dana = trio
    asks(sam)
    old = last(dana, "acceptance_key")
    dana.types("risk show 1")
    dana.presses("New level")
    dana.fills(impact="5")
    assert "The text was changed" in dana.presses("Turn my key", on=old)
    room.settle()
    asked = last(sam, "acceptance_key")
    assert "high (15 of 25) ▲ above appetite" in str(asked)
    assert "The text was changed after Sam signed it: that key is void." in str(asked)
    for chair in (dana, sam):
        assert "State: Open" in sam.types("risk show 1")
        chair.presses("Turn my key", on=last(chair, "acceptance_key"))
    assert "State: Accepted" in sam.types("risk show 1")


@pytest.mark.parametrize(
    ("until", "says"),
    [
        ("2031-03-03", "Choose a day that is ahead."),
        ("2032-03-03", "At most 365 days ahead, as your policy says: until Tue 2 March 2032."),
        ("", "Choose the last day."),
        ("soon", "Write it like 2031-12-31."),
    ],
)
def test_the_last_day_is_ahead_and_within_the_policy(trio: Trio, until: str, says: str) -> None:
    _room, sam, _dana = trio
    sam.types("risk accept R-1")
    assert sam.form
    assert sam.form.fields[1].value == "2032-03-02", "as far as the policy goes"
    sam.fills(justification="It is old.", until=until)
    assert sam.errors == {"until": says}


def test_what_waited_until_its_last_day_cannot_be_signed(trio: Trio) -> None:
    room, sam, dana = trio
    asks(sam, until="2031-03-05")
    room.until(at(5))
    assert "Its last day cannot be signed any more." in dana.presses("Turn my key", on=last(dana, "acceptance_key"))
    assert "State: Open" in sam.types("risk show 1")


def test_it_is_asked_for_once_at_a_time(trio: Trio) -> None:
    _room, sam, dana = trio
    asks(sam)
    assert "It is asked for already, and waits for the CISO’s key." in dana.types("risk accept 1")


# Its end


def test_rejected_with_a_reason_that_the_other_hears(trio: Trio) -> None:
    room, sam, dana = trio
    asks(sam)
    dana.presses("Reject", on=last(dana, "acceptance_key"))
    dana.fills(because="")
    assert dana.errors == {"because": "Say in a line why."}
    dana.fills(because="It has a known hole.")
    room.settle()
    told = last(sam, "acceptance_told")
    assert told.card.title == "R-1 is not accepted: it was rejected"
    assert "Because: It has a known hole." in str(told)
    assert labels(last(dana, "acceptance_key")) == []
    asks(dana)


def test_withdrawn_by_who_asked(trio: Trio) -> None:
    room, sam, dana = trio
    asks(sam)
    old = last(dana, "acceptance_key")
    sam.types("risk show 1")
    sam.presses("Read the request")
    sam.presses("Withdraw")
    sam.fills(because="We mitigate it.")
    room.settle()
    assert last(dana, "acceptance_told").card.title == "R-1 is not to be accepted any more"
    assert "withdrawn already" in dana.presses("Turn my key", on=old)


def test_revoked_and_open_again(trio: Trio) -> None:
    room, sam, dana = trio
    accept(trio)
    dana.types("risk show 1")
    assert dana.answer
    rare = [button.label for button in buttons_of(dana.answer) if button.rare]
    assert rare.index("Revoke") > rare.index("More details"), "where a menu is full, its first one stands in the open"
    dana.presses("Revoke")
    dana.fills(because="The vendor is gone.")
    room.settle()
    assert "Because: The vendor is gone." in str(last(sam, "acceptance_told"))
    assert "State: Open again since Mon 3 March: its acceptance ended" in sam.types("risk show 1")
    assert "R-1 The old VPN falls" in sam.types("agenda")
    assert "open again since Mon 3 March: its acceptance ended" in sam.text


def test_outgrown_is_open_again_and_both_hear_of_it(trio: Trio) -> None:
    room, sam, dana = trio
    accept(trio)
    sam.types("risk show 1")
    sam.presses("New level")
    sam.fills(likelihood="5", because="It was scanned.")
    assert "State: Open again" in sam.text
    room.settle()
    assert "Because: Its level is 15 now; 9 was signed." in str(last(dana, "acceptance_told"))


def test_a_lower_level_stays_accepted(trio: Trio) -> None:
    _room, sam, _dana = trio
    accept(trio)
    sam.types("risk show 1")
    sam.presses("New level")
    sam.fills(likelihood="2")
    assert "State: Accepted until" in sam.text


def test_closing_ends_what_was_accepted_and_what_was_asked_for(trio: Trio) -> None:
    room, sam, dana = trio
    asks(sam)
    sam.types("risk close 1 It was replaced")
    room.settle()
    assert last(dana, "acceptance_key").card.title == "R-1 is not to be accepted any more"
    assert "closed already" in sam.types("risk accept 1")


# Its last day


def test_warned_30_7_and_1_days_before_and_told_on_the_day_after(trio: Trio) -> None:
    room, _sam, dana = trio
    accept(trio, until="2031-06-05")
    asked = [
        line.partition(" (")[0]
        for posted in room.until(at(9, 6))
        if posted.owed.kind == "nudge" and posted.owed.conversation == dana.account and posted.owed.message is None
        for line in str(posted).splitlines()
        if "R-1" in line
    ]
    assert asked == [
        "The acceptance of R-1 ends in 30 days, on Thu 5 June",
        "The acceptance of R-1 ends in 7 days, on Thu 5 June",
        "The acceptance of R-1 ends tomorrow",
        "R-1 is open again",
    ]


def test_where_nobody_works_on_the_day_it_is_said_on_a_day_before(trio: Trio) -> None:
    room, _sam, dana = trio
    accept(trio)  # 30 days before is a Saturday, the day before is a Sunday.
    room.until(at(2, 5))
    assert "ends in 31 days, on Mon 2 June" in str(last(dana, "nudge"))
    room.until(at(30, 5))
    assert "ends in 3 days, on Mon 2 June" in str(last(dana, "nudge"))


def test_it_ends_at_midnight_where_the_touchpoint_is(trio: Trio) -> None:
    room, sam, _dana = trio
    accept(trio, until="2031-03-05")
    room.wait(days=2, hours=14, minutes=59)
    assert room.now == MONDAY + timedelta(days=2, hours=14, minutes=59)
    assert "State: Accepted until Wed 5 March, its last day" in sam.types("risk show 1")
    room.wait(minutes=1)
    assert "State: Open again since Thu 6 March" in sam.types("risk show 1")


def test_let_it_expire_is_not_asked_again(trio: Trio) -> None:
    room, sam, dana = trio
    accept(trio, until="2031-04-30")
    room.until(at(1, 4))
    asked = last(sam, "nudge")
    assert "The acceptance of R-1 ends in 30 days" in str(asked)
    sam.presses("Let it expire", on=asked)
    room.settle()
    assert "You let its acceptance expire." in str(room.posted[asked.message])
    before = count(sam, "nudge")
    room.until(at(29, 4))
    mine = [str(posted) for posted in room.in_(sam.account) if posted.owed.kind == "nudge"][before:]
    assert not [text for text in mine if "ends" in text]
    assert [str(p) for p in room.in_(dana.account) if "ends tomorrow" in str(p)], "the other one did not say so"
    room.until(at(2, 5))
    assert "R-1 is open again" in str(last(sam, "nudge"))


def test_a_renewal_is_a_new_one_and_the_old_one_stands_until_then(trio: Trio) -> None:
    room, sam, dana = trio
    accept(trio, until="2031-04-30")
    room.until(at(1, 4))
    sam.presses("Renew", on=last(sam, "nudge"))
    assert sam.form
    assert sam.form.title == "Renew the acceptance"
    assert sam.form.fields[0].value == "The new one comes in May."
    sam.fills(until="2031-08-29")
    assert "Renews: the one until Wed 30 April" in sam.text
    assert "State: Accepted until Wed 30 April" in sam.types("risk show 1")
    room.settle()
    dana.presses("Turn my key", on=last(dana, "acceptance_key"))
    assert "State: Accepted until Fri 29 August" in sam.types("risk show 1")
    history = sam.presses("History")
    assert "A-2 until Fri 29 August: accepted" in history
    assert "A-1 until Wed 30 April: renewed" in history
    room.until(at(2, 5))
    assert "State: Accepted until Fri 29 August" in sam.types("risk show 1"), "the old one's end ends nothing"


def test_a_renewal_that_nobody_signs_does_not_keep_it_alive(trio: Trio) -> None:
    room, sam, dana = trio
    accept(trio, until="2031-04-30")
    room.until(at(28, 4))
    sam.types("risk accept 1")
    sam.fills(until="2031-08-29")
    room.until(at(2, 5))
    assert "State: Open again since Thu 1 May" in sam.types("risk show 1")
    dana.presses("Turn my key", on=last(dana, "acceptance_key"))
    assert "State: Accepted until Fri 29 August" in sam.types("risk show 1")


def test_after_weeks_of_downtime_it_ends_late_once_and_only_what_is_true_is_said(trio: Trio) -> None:
    room, sam, dana = trio
    accept(trio, until="2031-04-30")
    room.now = at(12, 6, hour=9)
    posted = room.wait(minutes=1)
    room.until(room.now + timedelta(days=3))
    about = [str(p) for p in room.in_(dana.account) if p.owed.kind == "nudge" and "R-1" in str(p)]
    assert len(about) == 1
    assert "R-1 is open again" in about[0]
    assert "ends" not in about[0].replace("depends", "")
    assert posted is not None
    assert sam


def test_it_ends_while_the_touchpoint_is_paused(trio: Trio) -> None:
    room, sam, _dana = trio
    accept(trio, until="2031-03-05")
    sam.types("pause")
    room.until(at(7))
    assert "State: Open again since Thu 6 March" in sam.types("risk show 1")


def test_a_muted_kind_is_not_asked(trio: Trio) -> None:
    room, sam, _dana = trio
    accept(trio, until="2031-04-30")
    room.until(at(1, 4))
    sam.presses("Mute accepted risks", on=last(sam, "nudge"))
    before = count(sam, "nudge")
    room.until(at(2, 5))
    later = [str(p) for p in room.in_(sam.account) if p.owed.kind == "nudge"][before:]
    assert not [text for text in later if "R-1" in text]


def test_a_key_that_is_missing_for_two_working_days_is_asked_for_once_more(trio: Trio) -> None:
    room, sam, dana = trio
    asks(sam)
    room.until(at(6))
    asked = [p for p in room.in_(dana.account) if p.owed.kind == "nudge" and "Your key is missing" in str(p)]
    assert len(asked) == 1
    assert "The new one comes in May." in str(asked[0]), "what is signed is shown whole"
    assert "Live with R-1 until Mon 2 June?" in dana.types("owe")
    dana.presses("Turn my key", on=asked[0])
    assert "State: Accepted" in sam.types("risk show 1")


# On an agenda


def test_a_missing_key_stands_on_the_agenda_and_is_turned_on_the_live_card(trio: Trio) -> None:
    room, sam, dana = trio
    asks(sam)
    assert "its acceptance waits for the CISO’s key since today" in sam.types("agenda")
    assert "R-1 The old VPN falls" in sam.text
    live = starts(room, sam)
    assert "The new one comes in May." in str(live)
    dana.presses("Turn my key", on=live)
    room.settle()
    assert "R-1 The old VPN falls (discussed)" in str(standing(room, "sync"))
    sam.presses("Close", on=standing(room, "sync"))
    room.settle()
    assert "Risks accepted\nR-1 The old VPN falls (until Mon 2 June)" in str(standing(room, "minutes"))


def test_one_that_ends_before_the_next_sync_but_one_stands_on_the_agenda(trio: Trio) -> None:
    room, sam, _dana = trio
    accept(trio, until="2031-03-17")
    assert "its acceptance ends Mon 17 March" in sam.types("agenda")
    live = starts(room, sam)
    assert "Renew" in labels(live)


def test_one_that_is_open_again_stands_there_until_somebody_acts(trio: Trio) -> None:
    room, sam, _dana = trio
    accept(trio, until="2031-03-04")
    sam.types("risk show 1")
    sam.presses("Edit")
    sam.fills(owner="Robin", review_on="2032-01-05")
    room.until(at(10))
    assert "open again since Wed 5 March: its acceptance ended" in sam.types("agenda")
    sam.types("risk show 1")
    sam.presses("Edit")
    sam.fills(treatment="mitigate")
    assert "R-1" not in sam.types("agenda").split("Open risks")[0]


def standing(room: Room, kind: str) -> Posted:
    return [posted for posted in room.in_(HOME) if posted.owed.kind == kind][-1]


def starts(room: Room, by: Chair) -> Posted:
    """It is Tuesday, 09:30."""
    room.wait(days=1, minutes=30)
    by.presses("Start", on=standing(room, "start"))
    room.settle()
    return standing(room, "sync")


# A member


def test_a_member_asks_and_has_no_key(trio: Trio) -> None:
    room, sam, dana = trio
    noor = room.chair("Noor")
    joins(sam, noor.profile)
    noor.types("risk accept 1")
    noor.fills(justification="It is behind a firewall.", until=IN_JUNE)
    assert "CIO’s key: missing" in noor.text
    room.settle()
    sam.presses("Turn my key", on=last(sam, "acceptance_key"))
    assert "State: Open" in noor.types("risk show 1")
    dana.presses("Turn my key", on=last(dana, "acceptance_key"))
    room.settle()
    assert last(noor, "acceptance_told").card.title == "R-1 is accepted until Mon 2 June"


def joins(principal: Chair, profile: Profile) -> None:
    """They become a member."""
    principal.types("access")
    principal.presses("Let somebody in")
    principal.fills(person=profile.account, role="member", people=(profile,))
    assert not principal.errors, principal.errors
