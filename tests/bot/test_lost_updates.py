"""Two have the same form open, and both save: whoever saves second is told first, in every form that changes what stands."""

from collections.abc import Callable
from typing import TypeAlias

import pytest

from tests.bot.room import Chair, Room
from tests.bot.test_decisions import agreed

Opens: TypeAlias = Callable[[Chair], object]


def settings(chair: Chair) -> None:
    chair.types("settings")


def a_point(chair: Chair) -> None:
    chair.tries("item.edit", "1")


def a_sync(chair: Chair) -> None:
    chair.tries("sync.move", "1")


def a_review(chair: Chair) -> None:
    chair.tries("decision.review_on", "1")


@pytest.fixture
def room() -> tuple[Room, Chair, Chair]:
    room = Room()
    sam, dana = room.set_up()
    sam.types("agenda add the VPN")
    agreed(room, sam, dana, review_on="2031-09-01")
    return room, sam, dana


@pytest.mark.parametrize(
    ("opens", "field", "first", "second"),
    [
        (settings, "closings", "24 Dec: inventory", "31 Dec: inventory"),
        (settings, "minutes", "45", "60"),
        (a_point, "title", "the old VPN", "the new VPN"),
        (a_sync, "day", "2031-03-05", "2031-03-06"),
        (a_review, "review_on", "2031-10-01", "2031-11-01"),
    ],
)
def test_the_second_to_save_is_told_what_the_first_one_wrote(
    room: tuple[Room, Chair, Chair], opens: Opens, field: str, first: str, second: str
) -> None:
    _room, sam, dana = room
    opens(sam)
    opens(dana)
    assert sam.form
    assert dana.form
    sam.fills(**{field: first})
    assert sam.form is None, sam.errors
    dana.fills(**{field: second})
    assert "Sam changed this meanwhile" in dana.errors[field]
    dana.fills(**{field: second})
    assert dana.form is None, "saved once more, it is meant"


def test_settings_are_those_of_the_touchpoint_for_which_they_were_opened() -> None:
    room = Room()
    sam, dana = room.set_up()
    sam.types("settings")
    form = sam.form
    sam.types("setup", place="slack:T1/C-other")
    robin = room.chair("Robin")
    sam.fills(place="slack:T1/C-other", people=(sam.profile, robin.profile), cio=sam.account, ciso=robin.account)
    sam.presses("Save", place="slack:T1/C-other")
    sam.form = form
    sam.fills(place="slack:T1/C-other", minutes="45")
    assert sam.form is None, sam.errors
    dana.types("settings")
    assert dana.form
    assert "45" in [field.value for field in dana.form.fields if field.name == "minutes"]
