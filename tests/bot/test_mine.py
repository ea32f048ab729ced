"""What a shared card says to one of its readers alone, where a platform can: what is theirs, and nobody else's."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlmodel import col

from bot import outbox
from bot.cards import Card, ItemList
from bot.replies import Answer
from storage.audit import AuditEvent
from storage.deliveries import Delivery
from storage.unit_of_work import transaction
from tests.bot.room import HOME, Chair, Posted, Room, buttons_of, readable
from tests.bot.test_acceptances import asks
from tests.bot.test_audit_words import denied
from tests.bot.test_changes_midway import lends, seats
from tests.bot.test_decisions import VPN, asked, decides
from tests.bot.test_homes import NEW, sets_up

TUESDAY = datetime(2031, 3, 4, 8, 30, tzinfo=UTC)
MISSING = "Your key is missing."


@pytest.fixture
def room() -> Room:
    return Room()


@pytest.fixture
def both(room: Room) -> tuple[Chair, Chair]:
    return room.set_up()


def shared(room: Room, chair: Chair, command: str) -> Posted:
    """What they share at home."""
    chair.types(command)
    chair.presses("Share here")
    room.settle()
    return last(room, "shared_")


def last(room: Room, kind: str) -> Posted:
    return [one for one in room.in_(HOME) if one.owed.kind.startswith(kind)][-1]


def said(card: Card | None) -> str:
    return readable(card) if card else ""


def labels(card: Card | None) -> list[str]:
    return [button.label for button in buttons_of(card)] if card else []


def drawn_now(room: Room, posted: Posted) -> Card:
    """What everybody would read on it at this moment."""
    drawn = outbox.draw(room.engine, replace(posted.owed, message=posted.message), room.now)
    assert isinstance(drawn, Card)
    return drawn


def member(room: Room, chair: Chair, name: str) -> Chair:
    one = room.chair(name)
    chair.types("access")
    chair.presses("Let somebody in")
    chair.fills(people=(one.profile,), person=one.account, role="member")
    return one


def written(room: Room) -> int:
    """Rows of the audit log and of what is owed: what a change leaves."""
    with transaction(room.engine, writes=False) as session:
        counted = (select(func.count()).select_from(table) for table in (AuditEvent, Delivery))
        return sum(int(session.execute(count).scalar_one()) for count in counted)


# ── a decision ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_whose_key_is_missing_is_told_so_and_who_turned_theirs_is_offered_none(
    room: Room, both: tuple[Chair, Chair]
) -> None:
    sam, dana = both
    decides(sam)
    posted = shared(room, sam, "decision show 1")
    assert posted.card.mine
    assert set(posted.card.mine.accounts) == {sam.account, dana.account}
    hers, his = dana.looks_at(posted), sam.looks_at(posted)
    assert said(hers).splitlines()[:2] == [f"D-1 {VPN}", MISSING]
    assert labels(hers)[0] == "Turn my key"
    assert MISSING not in said(his)
    assert "The key of the CIO is turned." in said(his)
    assert labels(his) == []
    assert MISSING not in said(posted.card), "all others read it too"


def test_a_key_that_is_turned_on_ones_own_view_is_turned_and_the_view_follows(
    room: Room, both: tuple[Chair, Chair]
) -> None:
    sam, dana = both
    decides(sam)
    posted = shared(room, sam, "decision show 1")
    hers = dana.looks_at(posted)
    dana.presses("Turn my key", on=Posted(owed=posted.owed, card=hers or posted.card, message=posted.message))
    assert dana.text.startswith("Your key is turned"), "a word in private: the card itself is redrawn"
    (again,) = [one for one in room.settle() if one.message == posted.message]
    assert "agreed by both" in said(again.card)
    assert again.card.mine is None, "nobody's client asks any more"
    for chair in (sam, dana):
        assert MISSING not in said(chair.looks_at(posted)), "one that was drawn before asks all the same"
        assert "agreed by both" in said(chair.looks_at(posted))


def test_the_same_words_stand_in_private_where_no_platform_draws_it(room: Room, both: tuple[Chair, Chair]) -> None:
    sam, dana = both
    decides(sam)
    private = asked(room, dana)
    hers = dana.looks_at(shared(room, sam, "decision show 1"))
    assert set(labels(hers)) == set(labels(private.card))


# ── an acceptance, an agenda, a sync ────────────────────────────────────────────────────────────────────────────────────


def test_on_a_risk_the_key_on_its_acceptance_is_one_tap_away(room: Room, both: tuple[Chair, Chair]) -> None:
    sam, dana = both
    sam.types("risk add The old VPN has a hole")
    posted = shared(room, sam, "risk show 1")
    assert posted.card.mine is None, "nothing on it waits for anybody"
    asks(sam)
    posted = shared(room, sam, "risk show 1")
    hers = dana.looks_at(posted)
    assert "Your key is missing: live with R-1?" in said(hers)
    assert labels(hers) == ["Read the request"]
    assert "Your key is missing" not in said(sam.looks_at(posted))


def test_an_agenda_says_what_waits_for_its_reader(room: Room, both: tuple[Chair, Chair]) -> None:
    sam, dana = both
    decides(sam)
    dana.types("promise add Call the vendor by 3 March", place="direct")
    room.until(TUESDAY - timedelta(hours=1))
    posted = last(room, "agenda")
    hers, his = dana.looks_at(posted), sam.looks_at(posted)
    assert said(hers).splitlines()[1] == MISSING
    assert f"D-1 {VPN}" in said(hers)
    assert "Call the vendor" in said(hers)
    assert "Read and sign" in labels(hers)
    assert MISSING not in said(his)
    assert "Call the vendor" not in said(his).split("Agenda for")[0]
    below = said(drawn_now(room, posted)).splitlines()[1:]
    assert said(hers).splitlines()[-len(below) :] == below, "below it stands what all read"


def test_a_sync_that_runs_says_it_too_and_one_that_is_closed_says_it_to_nobody(
    room: Room, both: tuple[Chair, Chair]
) -> None:
    sam, dana = both
    sam.says("hygiene: the laptops")
    room.until(TUESDAY)
    sam.presses("Start", on=last(room, "start"))
    room.settle()
    live = last(room, "sync")
    assert MISSING not in said(dana.looks_at(live))
    sam.presses("Record decision", on=live)
    sam.fills(title=VPN)
    room.settle()
    live = last(room, "sync")
    assert said(dana.looks_at(live)).splitlines()[1] == MISSING
    assert "Read and sign" in labels(dana.looks_at(live))
    sam.presses("Close", on=live)
    room.settle()
    closed = last(room, "sync")
    assert closed.card.mine is None
    assert said(dana.looks_at(live)) == said(closed.card), "a client that asks all the same gets what all see"


# ── nobody else ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_member_sees_what_all_see_and_a_stranger_gets_nothing_and_no_word(
    room: Room, both: tuple[Chair, Chair]
) -> None:
    sam, _dana = both
    mia, noor = member(room, sam, "Mia"), room.chair("Noor")
    decides(sam)
    posted = shared(room, sam, "decision show 1")
    theirs = mia.looks_at(posted)
    assert said(theirs) == said(posted.card)
    assert labels(theirs) == [], "they turn no key, so none is offered"
    assert noor.looks_at(posted) is None
    assert room.chair("Eve", account="slack:T2/Eve").looks_at(posted) is None
    assert denied(room) == [], "a client that looks is no attempt of anybody's"


def test_looking_writes_nothing(room: Room, both: tuple[Chair, Chair]) -> None:
    sam, dana = both
    decides(sam)
    posted = shared(room, sam, "decision show 1")
    before = written(room)
    for chair in (sam, dana, room.chair("Noor")):
        chair.looks_at(posted)
    assert written(room) == before
    assert room.settle() == []


def test_it_is_shown_only_where_the_card_stands(room: Room, both: tuple[Chair, Chair]) -> None:
    sam, dana = both
    decides(sam)
    posted = shared(room, sam, "decision show 1")
    for place in ("direct", "slack:T1/C-elsewhere"):
        assert dana.looks_at(posted, place) is None


def test_a_forged_number_shows_nothing_that_does_not_stand_there(room: Room, both: tuple[Chair, Chair]) -> None:
    """Each delivery that there is, asked for at home by a member: only what stands there comes back, as it stands there."""
    sam, dana = both
    mia = member(room, sam, "Mia")
    decides(sam)
    asks_with_risk(sam)
    shared(room, sam, "decision show 1")
    room.until(TUESDAY)
    with transaction(room.engine, writes=False) as session:
        numbers = list(session.execute(select(col(Delivery.id))).scalars())
    assert len(numbers) > 8
    home = {said(drawn_now(room, one)) for one in room.in_(HOME)}
    shown = 0
    for number in numbers:
        for reply in mia.tries("mine", str(number)):
            assert isinstance(reply, Answer)
            assert said(reply.card) in home
            shown += 1
    assert shown >= 2
    for value in ("", "x", "0", "-1", "999999", "1|", "9" * 30):
        for reply in dana.tries("mine", value):
            assert isinstance(reply, Answer)
            assert VPN not in said(reply.card)


def asks_with_risk(chair: Chair) -> None:
    chair.types("risk add The old VPN has a hole")
    asks(chair)


def test_who_handed_on_the_chair_is_shown_nothing_more(room: Room, both: tuple[Chair, Chair]) -> None:
    sam, dana = both
    robin = room.chair("Robin")
    decides(sam)
    posted = shared(room, sam, "decision show 1")
    assert MISSING in said(dana.looks_at(posted))
    seats(room, sam, cio=sam, ciso=robin)
    assert dana.looks_at(posted) is None
    assert MISSING in said(robin.looks_at(posted)), "it is theirs now"


def test_who_stands_in_is_asked_as_well(room: Room, both: tuple[Chair, Chair]) -> None:
    sam, dana = both
    kim = room.chair("Kim")
    lends(room, dana, kim)
    decides(sam)
    posted = shared(room, sam, "decision show 1")
    assert posted.card.mine
    assert kim.account in posted.card.mine.accounts
    assert MISSING in said(kim.looks_at(posted))


def test_what_is_theirs_in_another_touchpoint_does_not_appear_here() -> None:
    room = Room(admins=frozenset({"slack:T1/Sam"}))
    sam, dana = room.set_up()
    lee, other = room.chair("Lee"), "slack:T1/C-other"
    sam.types("setup", place=other)
    sam.fills(people=(dana.profile, lee.profile), place=other, cio=lee.account, ciso=dana.account)
    sam.presses("Save", place=other)
    lee.types("decision add", place=other)
    lee.fills(title="A matter of the other two", place=other)
    lee.types("promise add of the other two by 3 March", place=other)
    dana.types("promise add another of the other two by 3 March", place=other)
    room.until(TUESDAY - timedelta(hours=1))
    hers = dana.looks_at(last(room, "agenda"))
    assert hers
    assert "other two" not in said(hers)


def test_a_home_that_was_left_says_nothing_more(room: Room, both: tuple[Chair, Chair]) -> None:
    sam, dana = both
    decides(sam)
    posted = shared(room, sam, "decision show 1")
    sets_up(sam, NEW, cio=sam.account, ciso=dana.account)
    sam.presses("Move it here", place=NEW)
    room.settle()
    assert dana.looks_at(posted) is None


def test_in_a_direct_chat_there_is_nothing_to_tell_apart(room: Room, both: tuple[Chair, Chair]) -> None:
    sam, dana = both
    decides(sam)
    room.settle()
    for chair in both:
        assert all(one.card.mine is None for one in room.in_(chair.account))
    assert dana.account not in {posted.owed.conversation for posted in room.posted.values() if posted.card.mine}


def test_only_the_accounts_of_the_cards_own_platform_are_named(room: Room, both: tuple[Chair, Chair]) -> None:
    sam, _dana = both
    decides(sam)
    posted = shared(room, sam, "decision show 1")
    (drawn,) = outbox.draw_all(room.engine, lambda _address: "", [(posted.owed, room.now)])
    assert isinstance(drawn, Card)
    assert drawn.mine
    assert all(account.startswith("slack:") for account in drawn.mine.accounts)
    assert not any(isinstance(block, ItemList) and block.heading == "Yours" for block in drawn.blocks)
