"""Finding anything again, as the two principals do it."""

import pytest
from sqlalchemy import Engine

from bot.cards import Button, Card, ItemList, Span
from tests.bot.room import HOME, Chair, Posted, Room, buttons_of

PAGE = 5


def hits(of: Card | Posted | None) -> list[str]:
    """The titles that are listed."""
    assert of
    card = of.card if isinstance(of, Posted) else of
    return [item.title for block in card.blocks if isinstance(block, ItemList) for item in block.items]


def found(chair: Chair, words: str, place: str | None = None) -> list[str]:
    """What is found by these words; nothing where the answer says so."""
    chair.types(f"find {words}", place)
    return hits(chair.answer)


def labels(chair: Chair) -> list[str]:
    """What the last answer offers."""
    assert chair.answer
    return [button.label for button in buttons_of(chair.answer)]


def talk(room: Room, sam: Chair, dana: Chair) -> None:
    """One of everything about the VPN, and something else of each."""
    sam.types("decision add Move the VPN to the new gateway")
    sam.types("decision add Renew the insurance")
    dana.types("risk add The old VPN is reachable from outside")
    dana.types("risk add Payroll has no backup")
    sam.types("promise add renew the VPN contract by 14 Aug\nthree offers, and the mitigation plan")
    sam.types("promise add ask the board by 14 Aug")
    dana.types("agenda add threats: the VPN in the branches")
    dana.types("agenda add hygiene: passwords")


VPN = [
    "the VPN in the branches",
    "P-1 renew the VPN contract",
    "R-1 The old VPN is reachable from outside",
    "D-1 Move the VPN to the new gateway",
]


def test_everything_is_found_by_its_words_newest_first(engine: Engine) -> None:
    room = Room(engine=engine)
    sam, dana = room.set_up()
    talk(room, sam, dana)
    assert found(sam, "vpn") == found(dana, "VPN*") == VPN
    assert "P-1 renew the VPN contract (promise · open · Mon 3 March 2031 · Sam)" in sam.types("find vpn in:promises")
    assert "D-1 Move the VPN to the new gateway (decision · proposed · Mon 3 March 2031 · Sam)" in sam.types("find D-1")


NARROWED = [
    ("vpn in:risks", VPN[2:3]),
    ("vpn in:agenda", VPN[0:1]),
    ("by:dana vpn", [VPN[0], VPN[2]]),
    ("by:me in:decisions", ["D-2 Renew the insurance", VPN[3]]),
    ("theme:hygiene", ["passwords"]),
    ("state:proposed renew", ["D-2 Renew the insurance"]),
    ('"vpn contract"', VPN[1:2]),
    ('"contract vpn"', []),
    ("since:today vpn in:decisions", VPN[3:]),
    ("R-1", VPN[2:3]),
    ("sort:relevance renew", [VPN[1], "D-2 Renew the insurance"]),
]


def test_filters_and_phrases_narrow_it(engine: Engine) -> None:
    room = Room(engine=engine)
    sam, dana = room.set_up()
    talk(room, sam, dana)
    assert {words: found(sam, words) for words, _ in NARROWED} == dict(NARROWED)


def test_the_excerpt_marks_what_was_looked_for() -> None:
    room = Room()
    sam, dana = room.set_up()
    talk(room, sam, dana)
    sam.types("find mitigation")
    assert sam.answer
    (listed,) = [block for block in sam.answer.blocks if isinstance(block, ItemList)]
    (item,) = listed.items
    assert item.snippet == (Span("three offers, and the "), Span("mitigation", marked=True), Span(" plan"))


def test_a_typing_error_is_forgiven_and_said() -> None:
    room = Room()
    sam, dana = room.set_up()
    talk(room, sam, dana)
    assert "Nothing with “mitagation”; showing “mitigation”." in sam.types("find mitagation offers")
    assert hits(sam.answer) == VPN[1:2]


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("find", "wants <words> behind it"),
        ("find zebra", "Nothing found."),
        ("find zebra in:risks", "or leave a filter out"),
        ("find !!!", "There is nothing to look for."),
        ("find ownr:dana", "There is no filter “ownr:”."),
        ("find state:agred", "Did you mean “state:agreed”?"),
        (f"find {'vpn ' * 80}", "at most 300 can be looked for"),
    ],
)
def test_what_finds_nothing_says_what_to_try(typed: str, says: str) -> None:
    sam, _dana = Room().set_up()
    assert says in sam.types(typed)
    assert typed.strip() in sam.text, "what was typed is given back"


def test_each_hit_is_one_tap_from_the_whole() -> None:
    room = Room()
    sam, dana = room.set_up()
    talk(room, sam, dana)
    for words, title in (("vpn in:decisions", VPN[3]), ("vpn in:risks", VPN[2]), ("vpn in:promises", VPN[1])):
        sam.types(f"find {words}")
        assert sam.presses("Show").startswith(title)
    sam.types("find vpn in:agenda")
    assert sam.presses("Show").startswith("the VPN in the branches\nSync: Tue 4 March, 09:30\nOutcome: open")
    assert "Raised by: Dana" in sam.text


def test_pages_of_the_same_question() -> None:
    room = Room()
    sam, _dana = room.set_up()
    for number in range(12):
        sam.types(f"risk add heron {number}")
    assert found(sam, "heron by:sam in:risks") == [f"R-{number + 1} heron {number}" for number in range(11, 6, -1)]
    sam.presses("Next page")
    assert hits(sam.answer) == [f"R-{number + 1} heron {number}" for number in range(6, 1, -1)]
    sam.presses("Next page")
    assert hits(sam.answer) == ["R-2 heron 1", "R-1 heron 0"]
    assert "Next page" not in labels(sam)
    sam.presses("Previous page")
    assert len(hits(sam.answer)) == PAGE


def test_the_longest_question_still_turns_its_page() -> None:
    """A button's value holds at most 1,000 characters."""
    room = Room()
    sam, _dana = room.set_up()
    for number in range(6):
        sam.types(f"risk add heron {number}")
    words = "heron in:risks " + "state:open " * 25
    assert found(sam, words.strip()) == [f"R-{number + 1} heron {number}" for number in range(5, 0, -1)]
    assert sam.answer
    assert max(len(one.value) for one in buttons_of(sam.answer) if isinstance(one, Button)) < 1_000
    sam.presses("Next page")
    assert hits(sam.answer) == ["R-1 heron 0"]


def test_a_typing_error_is_forgiven_on_every_page() -> None:
    room = Room()
    sam, _dana = room.set_up()
    for number in range(6):
        sam.types(f"risk add mitigation {number}")
    assert len(found(sam, "mitagation")) == PAGE
    sam.presses("Next page")
    assert hits(sam.answer) == ["R-1 mitigation 0"]


def test_what_was_found_is_shared_as_it_is_then(engine: Engine) -> None:
    room = Room(engine=engine)
    sam, dana = room.set_up()
    talk(room, sam, dana)
    room.settle()
    sam.types("find by:me vpn")
    sam.presses("Share here")
    sam.types("decision add The VPN of the branches")
    (shared,) = [one for one in room.settle() if one.owed.kind == "shared_found"]
    assert hits(shared) == ["D-3 The VPN of the branches", VPN[1], VPN[3]]
    assert "Shared by Sam." in str(shared)
    assert [button.label for button in buttons_of(shared.card)] == []


# What becomes of things is found too.


def test_an_edited_point_is_found_by_what_it_says_now() -> None:
    room = Room()
    sam, _dana = room.set_up()
    sam.types("agenda add the old tunnel")
    sam.presses("Change")
    sam.fills(title="the new gateway", detail="with a heron", theme="hygiene")
    assert found(sam, "heron theme:hygiene") == ["the new gateway"]
    assert found(sam, "tunnel") == []


def test_a_removed_point_is_found_as_dropped() -> None:
    room = Room()
    sam, _dana = room.set_up()
    sam.types("agenda add the old tunnel")
    sam.presses("Remove")
    assert found(sam, "tunnel state:open") == []
    assert found(sam, "tunnel state:dropped") == ["the old tunnel"]


def test_a_point_that_is_carried_over_is_found_once_and_minutes_are_found(engine: Engine) -> None:
    room = Room(engine=engine)
    sam, _dana = room.set_up()
    sam.types("agenda add the old tunnel")
    posted = room.until(room.now.replace(day=4, hour=8, minute=31))
    sam.presses("Start", on=next(one for one in posted if one.owed.kind == "start"), place=HOME)
    sam.types("promise add a heron for the tunnel by 14 Aug")
    live = next(one for one in room.settle() if one.owed.kind == "sync")
    assert found(sam, "minutes in:minutes") == []
    sam.presses("Defer", on=live, place=HOME)
    assert found(sam, "tunnel state:deferred") == ["the old tunnel"]
    live = next(one for one in room.settle() if one.owed.kind == "sync")
    sam.presses("Close", on=live, place=HOME)
    room.until(room.now.replace(day=5))
    assert found(sam, "tunnel in:agenda") == ["the old tunnel"]
    assert found(sam, "heron") == ["Minutes of Tue 4 March, 09:30", "P-1 a heron for the tunnel"]
    sam.types("find heron in:minutes")
    assert sam.presses("Show").startswith("Minutes of Tue 4 March, 09:30")


# Only what the asker may see, where they ask.


def test_who_has_no_chair_finds_their_own_promises_and_nothing_else() -> None:
    room = Room()
    sam, dana = room.set_up()
    robin = room.chair("Robin")
    talk(room, sam, dana)
    assert "You have no chair in a touchpoint here." in robin.types("find vpn", place="direct")
    sam.types("promise add")
    sam.fills(title="heron of the VPN", owner=robin.account, people=(robin.profile,), due_on="2031-03-11")
    room.settle()
    assert found(robin, "vpn", "direct") == ["P-3 heron of the VPN"]
    assert labels(robin) == ["Show"]
    assert robin.presses("Show", place="direct").startswith("P-3 heron of the VPN")
    assert "You have no chair in a touchpoint here." in robin.types("find mitigatoin", place="direct")


def test_at_home_only_that_touchpoint_is_searched() -> None:
    room = Room()
    sam, dana = room.set_up()
    talk(room, sam, dana)
    kim = room.chair("Kim")
    sam.types("setup", place="slack:T1/C-other")
    sam.fills(people=(sam.profile, kim.profile), place="slack:T1/C-other", cio=sam.account, ciso=kim.account)
    sam.presses("Save", place="slack:T1/C-other")
    sam.types("risk add Heronworks and its VPN", place="slack:T1/C-other")
    assert found(sam, "vpn", "slack:T1/C-other") == found(kim, "vpn", "direct") == ["R-3 Heronworks and its VPN"]
    assert found(sam, "vpn in:risks", HOME) == VPN[2:3]
    assert found(sam, "vpn in:risks", "direct") == ["R-3 Heronworks and its VPN", VPN[2]]
    assert "Nothing found" in dana.types("find heronworsk")
    assert hits(dana.answer) == []


def test_an_ordinary_sentence_that_begins_with_find_is_something_to_talk_about() -> None:
    room = Room()
    _sam, dana = room.set_up()
    assert dana.says("Find a new vendor for the payroll").startswith("Noted for")
    assert dana.says("find payroll").startswith("Found: payroll")
    assert hits(dana.answer) == ["Find a new vendor for the payroll"]
