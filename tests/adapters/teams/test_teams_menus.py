"""Rare buttons behind Teams' menu, verbatim text, and the files of a message."""

import json
from typing import Any

import pytest
from pydantic import ValidationError

from adapters.teams import limits
from adapters.teams.cards import messages
from adapters.teams.inbound import hear, request_in
from bot.cards import Button, Item, ItemList, LinkButton, Verbatim, card
from bot.forms import Form, Text
from bot.replies import Answer, OpenForm, Reply
from bot.requests import ButtonPressed, FormSubmitted, FromPerson, MessagePosted, Profile, Request
from tests.adapters.teams.fake_core import FakeCore
from tests.contract.teams_stage import TeamsChair, TeamsStage, payload
from tests.doubles.adaptive_cards import buttons_of, check_card, lines_of
from tests.doubles.bot_connector import APP_ID, TENANT

Json = dict[str, Any]

NASTY = "**bold** _italic_ [link](javascript:x) `code` <at>Dana</at> {{DATE(2031-03-03T08:00:00Z, SHORT)}} \\ # > - 1."
BUDGET = ("soc budget.xlsx", "https://contoso-my.sharepoint.com/personal/dana/soc%20budget.xlsx")
PLAN = ("Plan & <cost>.pdf", "https://contoso-my.sharepoint.com/personal/dana/plan.pdf")


def rare(number: int, **how: Any) -> Button:
    shown = {"action": f"rare.{number}", "label": f"Rare {number}", "value": f"R-{number}"} | how
    return Button(rare=True, **shown)


def usual(number: int) -> Button:
    return Button(action=f"usual.{number}", label=f"Usual {number}")


def drawn(*blocks: Verbatim | ItemList, buttons: tuple[Button | LinkButton, ...] = ()) -> list[Json]:
    """The cards of the messages, each of which Teams must take."""
    sent = messages(card("T", *blocks, buttons=buttons))
    for activity in sent:
        check_card(activity["attachments"][0]["content"])
        assert len(json.dumps(activity, ensure_ascii=False).encode()) <= limits.MESSAGE
    return [activity["attachments"][0]["content"] for activity in sent]


def rows(shown: Json) -> list[str]:
    """Each row of buttons: a `u` for a usual one, an `r` for one in its menu."""
    sets = [element["actions"] for element in shown["body"] if element["type"] == "ActionSet"]
    return ["".join("r" if action.get("mode") == "secondary" else "u" for action in actions) for actions in sets]


@pytest.mark.parametrize(
    ("plain", "count", "expected"),
    [
        (2, 1, ["uuu"]),  # one alone is a button like any other
        (2, 2, ["uurr"]),
        (0, 2, ["rr"]),
        (2, 5, ["uurrrrr"]),
        (6, 6, ["uuuuuurrrrrr"]),
        (7, 12, ["uuuuuu", "urrrrrrrrrrrr"]),
    ],
)
def test_rare_buttons_stand_behind_one_menu(plain: int, count: int, expected: list[str]) -> None:
    (only,) = drawn(buttons=(*map(rare, range(count)), *map(usual, range(plain))))
    assert rows(only) == expected
    assert len(buttons_of(only)) == plain + count


def test_a_rare_button_that_asks_first_cannot_unfold_in_a_menu_and_stands_beside_it() -> None:
    (only,) = drawn(
        buttons=(rare(0, confirm="Sure?"), rare(1), rare(2), LinkButton(label="Help", url="https://x.example"))
    )
    assert rows(only) == ["uurr"]
    assert buttons_of(only)[0]["type"] == "Action.ShowCard"


def test_the_double_refuses_a_menu_that_teams_would_not_show_as_meant() -> None:
    (asking,) = drawn(buttons=(rare(0, confirm="Sure?"), rare(1), rare(2)))
    buttons_of(asking)[0]["mode"] = "secondary"
    (many,) = drawn(buttons=(*map(usual, range(6)), rare(1), rare(2)))
    del buttons_of(many)[-1]["mode"]
    (odd,) = drawn(buttons=(rare(1), rare(2)))
    buttons_of(odd)[0]["mode"] = "tertiary"
    for wrong in (asking, many, odd):
        with pytest.raises((AssertionError, ValidationError)):
            check_card(wrong)


def test_a_long_value_has_room_in_a_menu_too() -> None:
    (only,) = drawn(buttons=(rare(0, value="v" * 1_000), rare(1)))
    assert rows(only) == ["rr"]


async def test_a_rare_button_is_pressed_like_any_other(stage: TeamsStage, core: FakeCore, dana: TeamsChair) -> None:
    await dana.types("help", where="direct")
    lines = ItemList((Item(title="Line", buttons=(rare(1), rare(2))),))
    await stage.edge.post(
        conversation=dana.account, card=card("Agenda", lines, buttons=[usual(1), rare(3)]), delivery="d"
    )
    assert dana.screen()[-1].buttons == ("Rare 1", "Rare 2", "Usual 1", "Rare 3")
    core.answer = lambda request: [Answer(card=card("Done"))] if isinstance(request, ButtonPressed) else []
    for number in (2, 3):
        await dana.presses(f"Rare {number}")
        pressed = core.of(ButtonPressed)[-1]
        assert (pressed.action, pressed.value) == (f"rare.{number}", f"R-{number}")


async def test_a_rare_button_opens_a_form(stage: TeamsStage, core: FakeCore, dana: TeamsChair) -> None:
    form = Form(form_id="move", title="Move this sync", fields=(Text(name="to", label="To"),))

    def answer(request: Request) -> list[Reply]:
        return [OpenForm(form=form)] if isinstance(request, ButtonPressed) else []

    core.answer = answer
    await dana.types("help", where="direct")
    shown = card("Agenda", buttons=[usual(1), rare(1, opens_form=True), rare(2)])
    await stage.edge.post(conversation=dana.account, card=shown, delivery="d")
    await dana.presses("Rare 1")
    assert dana.form
    await dana.fills(to="Friday")
    assert core.of(FormSubmitted)[0].values["to"] == "Friday"


@pytest.mark.parametrize(
    "text",
    [
        "RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=TU",
        f"  indented   columns\n\n\n{NASTY}\n last",
        "\n".join(f"  line {n:04}  of {NASTY}"[:79] for n in range(125)),
        "é*" * 5_000,
        "\n" * 10_000,
    ],
)
def test_verbatim_text_is_fixed_in_width_whole_and_never_markdown(text: str) -> None:
    pages = drawn(Verbatim(text))
    boxes = [element for page in pages for element in page["body"] if element["type"] == "RichTextBlock"]
    assert all(run["fontType"] == "Monospace" for box in boxes for run in box["inlines"])
    shown = [lines_of({"body": [box]})[0] for box in boxes]
    if max(map(len, text.split("\n"))) < 3_000:
        assert "\n".join(shown) == text
    else:
        assert "".join(shown) == text


def test_spaces_that_would_collapse_do_not_break_and_others_do() -> None:
    (only,) = drawn(Verbatim("  two  columns, one space\n end"))
    (run,) = only["body"][1]["inlines"]
    assert run["text"] == "\xa0\xa0two\xa0 columns, one space\n\xa0end"


def posted(activity: Json) -> FromPerson | None:
    heard = hear(activity, tenant=TENANT, bot_id=f"28:{APP_ID}")
    assert heard
    return request_in(heard, Profile(account=heard.account), bot_id=f"28:{APP_ID}", client_url="https://t.example")


def test_a_file_leads_to_where_it_is_kept_and_a_pasted_image_to_its_message() -> None:
    asked = posted(payload("message-personal-files"))
    assert isinstance(asked, MessagePosted)
    file, image = asked.files
    assert file[0] == "soc budget.xlsx"
    assert file[1].endswith("/Documents/Microsoft%20Teams%20Chat%20Files/soc%20budget.xlsx")
    assert image == ("Image", asked.link)
    assert "tempauth" not in str(asked)


@pytest.mark.parametrize(
    ("attachment", "files"),
    [
        ({"contentType": "reference", "contentUrl": "https://x.example/a/The%20plan.pdf"}, "The plan.pdf"),
        ({"contentType": "application/octet-stream", "contentUrl": "https://x.example/"}, "File"),
        ({"contentType": "audio/mp4", "contentUrl": "https://[", "name": None}, "File"),
        ({"contentType": "text/html", "contentUrl": "https://x.example/a"}, None),
        ({"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": "https://x.example/a"}, None),
        ({"contentType": "messageReference", "content": "{}"}, None),
        ({"contentType": "application/pdf", "contentUrl": "javascript:alert(1)"}, None),
    ],
)
def test_only_what_has_an_address_is_a_file(attachment: Json, files: str | None) -> None:
    asked = posted(payload("message-personal") | {"attachments": [attachment]})
    assert isinstance(asked, MessagePosted)
    assert [name for name, _ in asked.files] == ([files] if files else [])


async def test_files_arrive_through_the_sdk_with_words_or_without(core: FakeCore, dana: TeamsChair) -> None:
    await dana.says("", files=(BUDGET, PLAN))
    assert (core.of(MessagePosted)[-1].text, core.of(MessagePosted)[-1].files) == ("", (BUDGET, PLAN))
    message = await dana.says("the plan", where="home", files=(PLAN,))
    assert core.of(MessagePosted)[-1].where.direct is False
    await dana.edits(message, "the new plan")
    edited = core.of(MessagePosted)[-1]
    assert (edited.text, edited.files, edited.edited) == ("the new plan", (PLAN,), True)
    await dana.deletes(message)
    assert (core.of(MessagePosted)[-1].files, core.of(MessagePosted)[-1].deleted) == ((), True)
