"""Whoever sits in several touchpoints says in the form which one something new is for, wherever they open it."""

import pytest
from sqlalchemy import text

from bot.forms import Choice
from bot.requests import FormRequested
from tests.bot.room import HOME, Chair, Room

OTHER = "slack:T1/C-other"
Trio = tuple[Room, Chair, Chair]


@pytest.fixture
def trio() -> Trio:
    """Sam sits with Dana, and with Robin."""
    room = Room()
    sam, dana = room.set_up()
    robin = room.chair("Robin")
    sam.types("setup", place=OTHER)
    sam.fills(people=(sam.profile, robin.profile), place=OTHER, cio=sam.account, ciso=robin.account)
    sam.presses("Save", place=OTHER)
    room.settle()
    return room, sam, dana


def asks_for(chair: Chair, form_id: str) -> None:
    """As the platform's own menu does, from anywhere."""
    where = chair.where("direct")
    chair.sends(FormRequested(id=chair.room.new_id(), actor=chair.profile, where=where, form_id=form_id))


def choice(chair: Chair) -> list[str]:
    """The touchpoints that the open form offers."""
    assert chair.form, chair.text
    offered = [field for field in chair.form.fields if field.name == "touchpoint"]
    return [option.label for field in offered if isinstance(field, Choice) for option in field.options]


@pytest.mark.parametrize(("form", "shown"), [("item", "agenda"), ("risk", "risk list"), ("promise", "promise list")])
def test_what_is_begun_from_anywhere_asks_where_it_belongs(trio: Trio, form: str, shown: str) -> None:
    _room, sam, _dana = trio
    asks_for(sam, form)
    assert choice(sam) == ["Sam and Dana in #home", "Sam and Robin in #home"]
    sam.fills(place="direct", title="The VPN is old")
    assert sam.errors == {"touchpoint": "Choose which one it is for."}
    assert sam.form
    sam.fills(place="direct", title="The VPN is old", touchpoint="2")
    assert not sam.errors
    assert "The VPN is old" in sam.types(shown, place=OTHER)
    assert "The VPN is old" not in sam.types(shown, place=HOME)


def test_at_home_nothing_is_asked(trio: Trio) -> None:
    _room, sam, dana = trio
    sam.types("risk add", place=OTHER)
    assert choice(sam) == []
    asks_for(dana, "item")
    assert choice(dana) == []


def test_a_message_elsewhere_keeps_its_words(trio: Trio) -> None:
    room, sam, _dana = trio
    sam.takes(
        "Record as decision", "Switch off the VPN\nIt is old.", place="slack:T1/C-elsewhere", link="https://x.test/1"
    )
    assert len(choice(sam)) == 2
    assert sam.form
    assert [field.value for field in sam.form.fields if field.name in {"title", "rationale"}] == [
        "Switch off the VPN",
        "It is old.",
    ]
    sam.fills(place="slack:T1/C-elsewhere", touchpoint="2")
    assert not sam.errors
    with room.engine.connect() as connection:
        kept = connection.execute(text("SELECT touchpoint_id, source_link FROM decision")).all()
    assert kept == [(2, "https://x.test/1")]
    assert "Switch off the VPN" in sam.types("decision list", place=OTHER)


def test_only_where_it_can_be_done_it_is_offered(trio: Trio) -> None:
    _room, sam, _dana = trio
    sam.types("pause", place=OTHER)
    asks_for(sam, "item")
    assert choice(sam) == []
    sam.fills(place="direct", title="The VPN is old")
    assert "The VPN is old" in sam.types("agenda", place=HOME)


def test_a_touchpoint_of_others_is_not_taken(trio: Trio) -> None:
    _room, sam, _dana = trio
    asks_for(sam, "risk")
    sam.fills(place="direct", title="The VPN is old", touchpoint="99")
    assert "You have no chair in a touchpoint here." in sam.text


def test_typed_without_words_the_form_asks_too(trio: Trio) -> None:
    _room, sam, _dana = trio
    for command in ("decision add", "risk add", "promise add"):
        sam.types(command, place="direct")
        assert len(choice(sam)) == 2, command
