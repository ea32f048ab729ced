"""Turning the pages of a list: each takes the place of the one before, and a page that is gone is none that lies."""

import pytest

from bot.cards import Button
from bot.replies import Answer, Reply
from tests.bot.room import Chair, Room, buttons_of

OTHER = "slack:T1/C-other"
LISTS = ("find heron", "risk list", "promise list", "decision list", "owners")


@pytest.fixture
def pair() -> tuple[Room, Chair, Chair]:
    room = Room()
    sam, dana = room.set_up()
    for number in range(17):
        sam.types(f"risk add heron {number}")
        sam.types(f"decision add heron {number}")
        sam.types(f"promise add heron {number} by 6 March")
    sam.types("owners")
    sam.presses("Start with 22 usual areas")
    room.settle()
    return room, sam, dana


def turns(chair: Chair, label: str) -> Answer:
    [button] = [one for one in buttons_of(chair.answer) if one.label == label]  # type: ignore[arg-type]
    return shown(chair.tries(button.action, button.value))


def shown(replies: list[Reply]) -> Answer:
    [answer] = replies
    assert isinstance(answer, Answer)
    return answer


def labels(chair: Chair) -> list[str]:
    return [button.label for button in buttons_of(chair.answer)] if chair.answer else []


@pytest.mark.parametrize("typed", LISTS)
def test_to_the_last_page_and_back_in_one_place(pair: tuple[Room, Chair, Chair], typed: str) -> None:
    _room, sam, _dana = pair
    first = sam.types(typed)
    seen = [first]
    while "Next page" in labels(sam):
        assert turns(sam, "Next page").replaces
        seen.append(sam.text)
    assert len(seen) > 2
    for before in seen[-2::-1]:
        assert turns(sam, "Previous page").replaces
        assert sam.text == before
    assert "Previous page" not in labels(sam)


@pytest.mark.parametrize("typed", LISTS)
def test_a_page_that_is_gone_shows_what_there_is(pair: tuple[Room, Chair, Chair], typed: str) -> None:
    _room, sam, _dana = pair
    sam.types(typed)
    [following] = [one for one in buttons_of(sam.answer) if one.label == "Next page"]  # type: ignore[arg-type]
    last = Button(action=following.action, label="", value=following.value.replace("1|", "99|", 1))
    shown(sam.tries(last.action, last.value))
    assert "Nothing" not in sam.text
    assert "There are no" not in sam.text
    assert "heron" in sam.text or "accountable" in sam.text
    assert {"Next page", "Previous page"} & set(labels(sam))


def test_a_page_that_is_gone_is_shared_as_what_there_is(pair: tuple[Room, Chair, Chair]) -> None:
    room, sam, _dana = pair
    for typed in LISTS[1:]:
        sam.types(typed)
        [share] = [one for one in buttons_of(sam.answer) if one.label == "Share here"]  # type: ignore[arg-type]
        sam.tries(share.action, share.value.replace("|0|", "|99|", 1))
        [posted] = [one for one in room.settle() if one.owed.kind.startswith("shared_")]
        assert "heron" in str(posted) or "accountable" in str(posted)


def test_reading_one_of_a_list_leaves_the_list_where_it_is(pair: tuple[Room, Chair, Chair]) -> None:
    _room, _sam, dana = pair
    dana.types("owe")
    [first, *_more] = [one for one in buttons_of(dana.answer) if one.label == "Read and sign"]  # type: ignore[arg-type]
    assert not shown(dana.tries(first.action, first.value)).replaces
    assert "heron" in dana.text


def test_one_thing_is_shared_where_it_belongs_by_somebody_with_two_chairs() -> None:
    """A list over both touchpoints cannot be: it is nobody's alone."""
    room = Room()
    sam, _dana = room.set_up()
    sam.types("setup", place=OTHER)
    lee = room.chair("Lee")
    sam.fills(people=(sam.profile, lee.profile), place=OTHER, cio=sam.account, ciso=lee.account)
    sam.presses("Save", place=OTHER)
    room.settle()
    sam.types("risk add heron", place=OTHER)
    sam.types("risk list", place="direct")
    assert not any("Share" in label for label in labels(sam))
    sam.types("risk show 1", place="direct")
    [share] = [one for one in buttons_of(sam.answer) if one.label.startswith("Share in")]  # type: ignore[arg-type]
    sam.tries(share.action, share.value, sam.account)
    [posted] = [one for one in room.settle() if one.owed.kind == "shared_risk"]
    assert posted.owed.conversation == OTHER
