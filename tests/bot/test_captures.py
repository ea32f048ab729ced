"""A message is taken into the record: by its own noun's form, with its words and its link, and nothing before it is sent."""

import pytest

from agenda.items import TEXT_LIMIT, TITLE_LIMIT
from bot.cards import Card, ItemList
from bot.commands import REGISTRY
from bot.forms import Form, Text
from bot.handlers.agenda.captures import prefilled
from tests.bot.room import HOME, Chair, Room, readable

LINK = "https://acme.slack.com/archives/C0HOME/p1690000000000100"
SAID = "Renew the VPN contract\nIt runs out in May, and <nobody> owns it."
LABELS = {known.label: action for action, known in REGISTRY.shortcuts.items()}
MORE = {
    "Record as decision": "rationale",
    "Raise a risk": "description",
    "Promise": "detail",
    "Add to the agenda": "detail",
}


@pytest.fixture
def room() -> Room:
    return Room()


def standing(chair: Chair) -> dict[str, object]:
    assert chair.form, f"no form is open: {chair.text}"
    return {field.name: field.value for field in chair.form.fields}


def links_on(card: Card | None) -> list[str | None]:
    assert card
    return [item.link for block in card.blocks if isinstance(block, ItemList) for item in block.items]


@pytest.mark.parametrize("label", MORE)
def test_the_form_opens_with_the_words_and_the_link(room: Room, label: str) -> None:
    sam, _dana = room.set_up()
    sam.takes(label, SAID, link=LINK, author="Dana")
    assert standing(sam)["title"] == "Renew the VPN contract"
    assert standing(sam)[MORE[label]] == "It runs out in May, and <nobody> owns it."
    assert sam.form
    assert sam.form.context["link"] == LINK
    assert sam.form.intro.startswith("From Dana’s message, with its link.")


def test_nothing_is_recorded_before_the_form_is_sent(room: Room) -> None:
    sam, _dana = room.set_up()
    for label in MORE:
        sam.takes(label, SAID, link=LINK)
    for listed in ("decision list", "risk list", "promise list", "agenda"):
        assert "Renew the VPN contract" not in sam.types(listed)


def test_a_promise_knows_the_message_that_it_comes_from(room: Room) -> None:
    sam, _dana = room.set_up()
    sam.takes("Promise", SAID, link=LINK)
    assert "P-1 Renew the VPN contract" in sam.fills()
    assert "Comes from\nA message" in sam.text
    assert links_on(sam.answer) == [LINK]


def test_a_point_of_the_agenda_leads_back_to_the_message(room: Room) -> None:
    sam, dana = room.set_up()
    sam.takes("Add to the agenda", SAID, link=LINK)
    assert "Noted for" in sam.fills(theme="hygiene")
    assert "Renew the VPN contract" in dana.types("agenda")
    assert LINK in links_on(dana.answer)


@pytest.mark.parametrize("label", MORE)
def test_each_is_recorded_as_the_form_says(room: Room, label: str) -> None:
    sam, _dana = room.set_up()
    sam.takes(label, SAID, link=LINK)
    assert "Renew the VPN contract" in sam.fills()
    assert sam.form is None, sam.errors


def test_a_message_without_words_opens_an_empty_form_with_its_link(room: Room) -> None:
    sam, _dana = room.set_up()
    sam.takes("Promise", "  \n", link=LINK, author="Dana")
    assert standing(sam)["title"] == ""
    assert sam.form
    assert sam.form.intro.startswith("There is no text in Dana’s message; its link is kept.")


def test_no_more_is_taken_than_a_form_holds_and_it_says_so(room: Room) -> None:
    sam, _dana = room.set_up()
    sam.takes("Promise", "Title\n" + "x" * 5000, link=LINK)
    assert standing(sam)["detail"] == "x" * 3000
    assert sam.form
    assert "Only the beginning of the message fits here; its link leads to all of it." in sam.form.intro
    sam.takes("Promise", "x" * (TEXT_LIMIT + 1))
    assert "Only the beginning of the message fits here." in (sam.form.intro if sam.form else "")


def test_a_long_first_line_goes_on_in_the_details(room: Room) -> None:
    sam, _dana = room.set_up()
    sam.takes("Raise a risk", "word " * 60)
    title, rest = str(standing(sam)["title"]), str(standing(sam)["description"])
    assert len(title) <= TITLE_LIMIT
    assert (title.removesuffix("…") + rest.removeprefix("…")).replace(" ", "") == "word" * 60


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "http://plain.example/1", "https://a b", "https://x/" + "y" * 1000, ""]
)
def test_only_an_https_link_is_kept(room: Room, link: str) -> None:
    sam, _dana = room.set_up()
    sam.takes("Promise", SAID, link=link)
    assert sam.form
    assert "link" not in sam.form.context
    assert "link" not in sam.form.intro


def test_a_link_that_a_client_made_up_is_no_source(room: Room) -> None:
    """The form's context came back from a client."""
    sam, _dana = room.set_up()
    for label, listed in (("Promise", "promise show 1"), ("Add to the agenda", "agenda")):
        sam.takes(label, SAID, link=LINK)
        assert sam.form
        sam.form.context["link"] = "javascript:alert(1)"  # type: ignore[index]
        sam.fills()
        sam.types(listed)
        assert not [link for link in links_on(sam.answer) if link]


@pytest.mark.parametrize("label", MORE)
def test_nobody_else_gets_a_form(room: Room, label: str) -> None:
    room.set_up()
    noor, guest = room.chair("Noor"), room.chair("Guest", outsider=True)
    assert "You have no chair in a touchpoint here." in noor.takes(label, SAID, link=LINK)
    assert "for members of this organization" in guest.takes(label, SAID, link=LINK)
    assert noor.form is None
    assert guest.form is None
    assert SAID not in noor.text + guest.text


def test_a_point_for_no_sync_is_refused_before_anything_is_filled_in(room: Room) -> None:
    sam, _dana = room.set_up()
    sam.types("pause")
    assert "No sync is planned" in sam.takes("Add to the agenda", SAID)


def test_a_refused_form_keeps_the_message_and_its_link(room: Room) -> None:
    sam, _dana = room.set_up()
    sam.takes("Promise", SAID, link=LINK)
    sam.fills(title="", detail="It runs out in May")
    assert sam.errors["title"]
    assert sam.form
    assert sam.form.context["link"] == LINK
    sam.fills(title="Renew it", due_on="2031-03-20")
    assert links_on(sam.answer) == [LINK]


def test_a_shortcut_of_an_older_version_says_so(room: Room) -> None:
    sam, _dana = room.set_up()
    assert "belongs to an older version" in sam.takes("take.nothing", SAID)


def test_a_message_may_hold_anything(room: Room) -> None:
    sam, _dana = room.set_up()
    for text in ("a\0\ud83db", "\n" * 50, "…", " ", "x" * 200 + "\n", "😀" * 300):
        for label in MORE:
            sam.takes(label, text, author="a\0")
            assert sam.form, readable(sam.answer) if sam.answer else text


def test_a_field_is_filled_as_far_as_its_limit_goes_and_no_other_is_touched() -> None:
    form = Form(
        form_id="x", title="X", fields=(Text(name="a", label="A", limit=3), Text(name="b", label="B", value="kept"))
    )
    assert [field.value for field in prefilled(form, a="12345", c="nowhere").fields] == ["123", "kept"]


def test_the_forms_that_shortcuts_open_have_the_fields_that_they_fill(room: Room) -> None:
    sam, _dana = room.set_up()
    assert set(LABELS) == set(MORE)
    for label, field in MORE.items():
        sam.takes(label, SAID, place=HOME)
        assert {"title", field} <= standing(sam).keys()
