"""What people put into messages of their own: found beside them, or by an address. Outside its home none holds a word of it."""

import re
from collections.abc import Sequence
from typing import Any

import pytest

from bot import dispatch
from bot.cards import Card, LinkButton, Verbatim
from bot.replies import Answer, Result
from bot.requests import ConversationSeen
from storage.unit_of_work import unit_of_work
from tests.bot.house import OTHER_HOME, SECRET, House, furnished
from tests.bot.room import HOME, Chair, Room, buttons_of, readable
from tests.bot.test_audit_words import denied
from tests.bot.test_decisions import agreed, decides
from tests.bot.test_one_person import joins, two_platforms

PUBLIC = "https://touchpoint.test"
ELSEWHERE = "slack:T1/C-elsewhere"
KINDS = ("decisions", "risks", "owners")
NUMBER_ALONE = re.compile(r"[DRO]-\d+\n(A decision|A risk|An area of who owns what) in Touchpoint\. .+")


@pytest.fixture
def room() -> Room:
    room = Room()
    room.bot.public_url = PUBLIC
    return room


@pytest.fixture
def both(room: Room) -> tuple[Chair, Chair]:
    sam, dana = room.set_up()
    decides(sam, "Turn off the old VPN")
    sam.types("risk add The gateway is old")
    sam.types("owners")
    sam.presses("Start with 22 usual areas")
    room.settle()
    return sam, dana


def titles(items: Sequence[Result]) -> list[str]:
    return [item.title for item in items]


def link_to(chair: Chair, ref: str, command: str) -> str:
    """By the button of its private card."""
    chair.types(f"{command} {ref}")
    chair.presses("Copy link")
    assert chair.answer
    (address,) = (block.text for block in chair.answer.blocks if isinstance(block, Verbatim))
    return address


# ── what is found ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_decision_is_found_by_its_number_by_the_beginning_of_a_word_and_without_any_the_newest_first(
    room: Room, both: tuple[Chair, Chair]
) -> None:
    sam, dana = both
    agreed(room, dana, sam, "Buy a VPN of our own")
    for typed in ("D-1", "d-1", "1", "old", "tur", "turn vp", "turnn off"):
        assert titles(dana.looks_up("decisions", typed).items)[:1] == ["D-1 Turn off the old VPN"], typed
    newest = ["D-2 Buy a VPN of our own", "D-1 Turn off the old VPN"]
    assert titles(dana.looks_up("decisions").items) == newest
    assert titles(dana.looks_up("decisions", "  ").items) == newest
    assert titles(dana.looks_up("decisions", "vpn").items) == newest


def test_each_search_finds_its_own_kind_alone(both: tuple[Chair, Chair]) -> None:
    sam, _dana = both
    assert titles(sam.looks_up("risks", "gateway").items) == ["R-1 The gateway is old"]
    assert titles(sam.looks_up("risks", "in:decisions old").items) == ["R-1 The gateway is old"]
    assert titles(sam.looks_up("decisions", "gateway").items) == []
    for typed in ("vendor", "ven", "who owns vendors?", "vendr risk", "supply chain"):
        assert "Vendor risk" in titles(sam.looks_up("owners", typed).items), typed


def test_what_finds_nothing_says_so_and_what_is_no_filter_says_why(both: tuple[Chair, Chair]) -> None:
    sam, _dana = both
    for kind in KINDS:
        found = sam.looks_up(kind, "zebra crossing")
        assert found.items == ()
        assert found.note.startswith("Nothing found.")
    assert "since:never" in sam.looks_up("risks", "since:never").note
    assert "older version" in sam.looks_up("no.such.kind", "x").note


def test_looking_around_without_a_chair_is_answered_and_is_no_attempt_in_the_log(
    room: Room, both: tuple[Chair, Chair]
) -> None:
    assert both
    noor = room.chair("Noor")
    for kind in KINDS:
        assert noor.looks_up(kind, "vpn") == noor.looks_up(kind)
        assert "no chair" in noor.looks_up(kind).note
    assert denied(room) == []


def test_a_search_holds_up_nobody_who_writes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also of somebody who was last seen on another account of theirs: it is asked at every letter."""
    _room, slack, _dana, teams = two_platforms()
    joins(teams, slack)
    slack.types("agenda add the VPN")
    opened: list[bool] = []

    def noted(*args: Any, writes: bool = True, **more: Any) -> Any:
        opened.append(writes)
        return unit_of_work(*args, writes=writes, **more)

    monkeypatch.setattr(dispatch, "unit_of_work", noted)
    teams.looks_up("decisions", "v")
    teams.pastes(f"{PUBLIC}/open/0123456789/D-1")
    assert opened == [False, False]
    teams.types("agenda", place="direct")
    assert opened[2:] == [True], "what they ask may move where they are told things"


# ── where it may be read ────────────────────────────────────────────────────────────────────────────────────────────────


def test_at_home_and_in_ones_own_chat_it_is_shown_in_full_and_elsewhere_its_number_alone(
    both: tuple[Chair, Chair],
) -> None:
    sam, _dana = both
    for place in (None, "direct"):
        (item,) = sam.looks_up("decisions", "1", place).items
        assert item.detail.endswith("Shown in full here")
        assert "waits for the CISO’s key" in readable(item.card)
        assert "As of Mon 3 March" in readable(item.card), "nobody can redraw it"
    (item,) = sam.looks_up("decisions", "1", ELSEWHERE).items
    assert item.title == "D-1 Turn off the old VPN", "the asker alone reads what there is to choose from"
    assert item.detail.endswith("Only its number will be shown here")
    assert NUMBER_ALONE.fullmatch(readable(item.card))


def test_a_home_that_others_read_shows_the_number_alone(room: Room, both: tuple[Chair, Chair]) -> None:
    sam, _dana = both
    opened = ConversationSeen(id=room.new_id(), conversation=HOME, reference="{}", outsiders=True)
    room.bot.dispatch(opened, room.now)
    for kind in KINDS:
        for item in sam.looks_up(kind).items:
            assert NUMBER_ALONE.fullmatch(readable(item.card))
    closed = ConversationSeen(id=room.new_id(), conversation=HOME, reference="{}", outsiders=False)
    room.bot.dispatch(closed, room.now)
    assert "VPN" in readable(sam.looks_up("decisions").items[0].card)


def test_nothing_on_an_inserted_card_acts_but_open(both: tuple[Chair, Chair]) -> None:
    """It is its writer's message for good: a key or an edit on it would outlive what it was drawn from."""
    sam, _dana = both
    for kind in KINDS:
        for place in (None, "direct", ELSEWHERE):
            for item in sam.looks_up(kind, "", place).items:
                assert [button.label for button in buttons_of(item.card)] == ["Open"]
                assert not any(isinstance(button, LinkButton) for button in item.card.buttons)
                assert not item.card.notify
                assert item.card.mine is None


# ── Open ────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def pressed_open(chair: Chair, card: Card, place: str = ELSEWHERE) -> str:
    return chair.presses("Open", on=card, place=place)


def test_open_shows_all_of_it_to_whoever_has_a_place_and_nothing_to_others(
    room: Room, both: tuple[Chair, Chair]
) -> None:
    sam, dana = both
    mia, noor, eve = room.chair("Mia"), room.chair("Noor"), room.chair("Eve", account="slack:T2/Eve")
    sam.types("access")
    sam.presses("Let somebody in")
    sam.fills(people=(mia.profile,), person=mia.account, role="member")
    for kind, words, said in (
        ("decisions", "1", "VPN"),
        ("risks", "1", "gateway"),
        ("owners", "vendor", "Vendor risk"),
    ):
        (item, *_) = sam.looks_up(kind, words, ELSEWHERE).items
        for chair in (sam, dana, mia):
            assert said in pressed_open(chair, item.card)
        for chair in (noor, eve):
            shown = pressed_open(chair, item.card)
            assert shown.startswith("You cannot open this.")
            assert said not in shown


def test_what_was_opened_elsewhere_can_be_acted_on_but_not_in_another_touchpoints_home() -> None:
    room = Room(admins=frozenset({"slack:T1/Sam"}))
    sam, dana = room.set_up()
    lee = room.chair("Lee")
    sam.types("setup", place=OTHER_HOME)
    sam.fills(people=(sam.profile, lee.profile), place=OTHER_HOME, cio=sam.account, ciso=lee.account)
    sam.presses("Save", place=OTHER_HOME)
    decides(dana, "Turn off the old VPN")
    (item,) = sam.looks_up("decisions", "", ELSEWHERE).items
    pressed_open(sam, item.card)
    assert sam.answer
    assert "Turn my key" in [button.label for button in buttons_of(sam.answer)]
    pressed_open(sam, item.card, OTHER_HOME)
    assert "home of another touchpoint" in sam.text
    assert not buttons_of(sam.answer), "a press there would be about that other touchpoint"


@pytest.mark.parametrize(
    "value", ["", "D-1", "0123456789/D-1", "/D-1", "x" * 900, "0123456789/D-1\n", "0123456789/D-٣", "../D-1"]
)
def test_a_forged_open_shows_nothing(both: tuple[Chair, Chair], value: str) -> None:
    sam, _dana = both
    (reply,) = sam.tries("record.open", value, ELSEWHERE)
    assert isinstance(reply, Answer)
    assert "VPN" not in readable(reply.card)


# ── links ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_address_tells_nothing_and_stays_the_same(room: Room, both: tuple[Chair, Chair]) -> None:
    sam, dana = both
    address = link_to(sam, "D-1", "decision show")
    assert re.fullmatch(rf"{PUBLIC}/open/[0-9a-f]{{10}}/D-1", address)
    room.wait(days=90)
    assert link_to(dana, "D-1", "decision show") == address
    assert link_to(sam, "R-1", "risk show") == address.replace("D-1", "R-1")
    assert "/O-" in link_to(sam, "vendor risk", "owners show")


def test_a_pasted_address_becomes_the_card_by_the_same_rule(both: tuple[Chair, Chair]) -> None:
    sam, dana = both
    address = link_to(sam, "D-1", "decision show")
    (item,) = dana.pastes(address).items
    assert "VPN" in readable(item.card)
    for place in (ELSEWHERE, OTHER_HOME):
        (item,) = dana.pastes(address, place).items
        assert NUMBER_ALONE.fullmatch(readable(item.card))


def test_an_address_leads_nobody_to_anything_that_is_not_theirs(room: Room, both: tuple[Chair, Chair]) -> None:
    sam, _dana = both
    address = link_to(sam, "D-1", "decision show")
    eve, mallory = room.chair("Eve", account="slack:T2/Eve"), room.chair("Mallory", account="slack:T2/Mallory")
    eve.types("setup", place="slack:T2/C")
    eve.fills(people=(eve.profile, mallory.profile), place="slack:T2/C", cio=eve.account, ciso=mallory.account)
    eve.presses("Save", place="slack:T2/C")
    eve.types("decision add Theirs", place="slack:T2/C")
    assert eve.pastes(address, "slack:T2/C").items == (), "they have a D-1 too"
    assert room.chair("Noor").pastes(address).items == ()
    assert room.chair("Guest", outsider=True).pastes(address).items == ()


@pytest.mark.parametrize(
    "change",
    [
        ("https://touchpoint.test", "https://other.test"),
        ("https://touchpoint.test", "https://touchpoint.test.evil.test"),
        ("https:", "http:"),
        ("/open/", "/sync/"),
        ("/open/", "/x/open/"),
        ("D-1", "D-2"),
        ("D-1", "X-1"),
        ("D-1", "D-1x"),
        ("D-1", ""),
        ("https://", ""),
        ("https://", "https://["),
    ],
)
def test_a_foreign_address_becomes_nothing(both: tuple[Chair, Chair], change: tuple[str, str]) -> None:
    sam, _dana = both
    address = link_to(sam, "D-1", "decision show")
    assert address.replace(*change) != address
    assert sam.pastes(address.replace(*change)).items == ()
    assert sam.pastes(f"{address}/?from=mail#top").items, "what programs hang on it is no other address"


def test_no_link_is_offered_where_nobody_could_follow_it(both: tuple[Chair, Chair]) -> None:
    sam, _dana = both
    address = link_to(sam, "D-1", "decision show")
    sam.room.bot.public_url = ""
    sam.types("decision show 1")
    assert sam.answer
    assert "Copy link" not in [button.label for button in buttons_of(sam.answer)]
    assert sam.pastes(address).items == ()
    (refused,) = sam.tries("record.link", "D-1")
    assert isinstance(refused, Answer)
    assert "/open/" not in readable(refused.card)


# ── the adversary ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def house() -> House:
    return furnished()


def test_outside_its_home_no_card_holds_a_word_of_the_record(house: House) -> None:
    """Each search, by anything that finds something, in each place that is not home: the card has the number and no more."""
    count = 0
    for kind in KINDS:
        for typed in ("", SECRET, SECRET[:3], "1", "D-1", f"{SECRET} agreed", "state:open"):
            for chair in (house.sam, house.dana, house.kim, house.mia, house.vic):
                for place in (OTHER_HOME, ELSEWHERE, house.dana.account + "x", "slack:T1/elsewhere"):
                    for item in chair.looks_up(kind, typed, place).items:
                        shown = readable(item.card)
                        assert NUMBER_ALONE.fullmatch(shown), shown
                        assert SECRET not in repr(item.card), "also not where nobody reads it"
                        count += 1
    assert count > 500, "they did find what there is"


def test_nobody_finds_by_it_what_is_not_theirs(house: House) -> None:
    for kind in KINDS:
        for typed in ("", SECRET, SECRET[:3], "1", "R-1"):
            for stranger, place in [*house.strangers(), (house.robin, "direct"), (house.noor, ELSEWHERE)]:
                assert SECRET not in repr(stranger.looks_up(kind, typed, place).items)


def test_no_address_of_anything_shows_a_stranger_more(house: House) -> None:
    for ref, command in (("D-1", "decision show"), ("R-1", "risk show"), (SECRET, "owners show")):
        address = link_to(house.sam, ref, command)
        assert SECRET not in address
        for stranger, place in house.strangers():
            assert stranger.pastes(address, place).items == ()
        (outside,) = house.sam.pastes(address, ELSEWHERE).items
        assert SECRET not in repr(outside.card)
        (home,) = house.vic.pastes(address, HOME).items
        assert SECRET in repr(home.card)
