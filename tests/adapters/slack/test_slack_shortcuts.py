"""Message shortcuts: what the core is told of the message, and what becomes of its answer."""

from typing import Any

import pytest

from bot.forms import Form, Text
from bot.replies import OpenForm, Reply
from bot.requests import MessageTaken
from tests.adapters.slack.conftest import ScriptedCore, answers
from tests.contract.slack_stage import HOME, SlackChair, SlackStage, payload
from tests.doubles.slack_api import BOT_USER, TEAM

OPENS: list[Reply] = [
    OpenForm(form=Form(form_id="promise", title="Promise", fields=(Text(name="title", label="What", value="VPN"),)))
]


async def chosen(stage: SlackStage, dana: SlackChair, **changes: Any) -> Any:
    """The recorded shortcut, chosen by Dana on Ravi's message, which stands in the channel."""
    body = payload("message_action")
    body |= {"user": dana._who(), "trigger_id": stage.slack.trigger(dana._user)}
    said = stage.slack.say(HOME, "U0RAVI", body["message"]["text"])
    body["message"] |= {"ts": said["ts"]} | changes
    body["message_ts"] = said["ts"]
    body["response_url"] = stage.slack.response_url(HOME, dana._user)
    await stage.interaction(body)
    dana._look_at_form()
    return body


async def test_the_core_is_told_what_stands_in_the_message(
    stage: SlackStage, core: ScriptedCore, dana: SlackChair
) -> None:
    core.replies = OPENS
    body = await chosen(stage, dana)
    asked = core.last
    assert isinstance(asked, MessageTaken)
    assert asked.action == "take.decision"
    assert asked.text == "Let us renew the VPN contract, says @Ravi: the offer (https://x.example/vpn) < 10k"
    assert asked.author == "Ravi"
    assert asked.message == f"slack:{TEAM}/{HOME}/{body['message_ts']}"
    assert asked.link == f"https://acme.slack.com/archives/{HOME}/p{body['message_ts'].replace('.', '')}"
    assert (asked.where.conversation, asked.where.title, asked.where.thread) == (stage.home, "#security-sync", None)
    assert dana.form
    assert dana.form.fields == {"title": "VPN"}


async def test_a_reply_belongs_to_its_thread(stage: SlackStage, core: ScriptedCore, dana: SlackChair) -> None:
    await chosen(stage, dana, thread_ts="1690000000.000001")
    assert core.last.where.thread == f"slack:{TEAM}/{HOME}/1690000000.000001"


@pytest.mark.parametrize("changes", [{"user": None, "bot_id": "B0OTHER"}, {"text": None, "files": [{"id": "F1"}]}])
async def test_an_apps_message_and_a_picture_are_taken_too(
    stage: SlackStage, core: ScriptedCore, dana: SlackChair, changes: dict[str, Any]
) -> None:
    core.replies = OPENS
    await chosen(stage, dana, **changes)
    assert (core.last.author == "") is ("bot_id" in changes)
    assert (core.last.text == "") is ("files" in changes)
    assert dana.form


@pytest.mark.parametrize(
    ("text", "taken"), [("See this", "See this\n\nAttached: The offer, plan.xlsx"), ("", "The offer, plan.xlsx")]
)
async def test_what_is_attached_is_named(
    stage: SlackStage, core: ScriptedCore, dana: SlackChair, text: str, taken: str
) -> None:
    attached = [
        {"id": "F1", "name": "offer.pdf", "title": "The offer"},
        {"id": "F2", "name": "plan.xlsx"},
        {"id": "F3"},
    ]
    await chosen(stage, dana, text=text, files=attached)
    assert core.last.text == taken
    assert core.last.link


async def test_in_a_channel_where_the_bot_is_not_the_form_opens_and_the_answer_arrives(
    stage: SlackStage, core: ScriptedCore, dana: SlackChair
) -> None:
    stage.slack.channels[HOME].members.discard(BOT_USER)
    core.replies = OPENS
    body = await chosen(stage, dana, thread_ts="1690000000.000001")
    assert dana.form
    assert core.last.link.endswith(body["message_ts"].replace(".", ""))
    core.replies = answers("no chair here")
    await chosen(stage, dana)
    assert "no chair here" in dana.screen()[-1].text
    assert not stage.slack.called("chat.postMessage")


async def test_a_form_does_not_wait_for_a_link(stage: SlackStage, core: ScriptedCore, dana: SlackChair) -> None:
    core.replies = OPENS
    stage.slack.fail("chat.getPermalink", error="internal_error")
    await chosen(stage, dana)
    assert core.last.link is None
    assert dana.form


async def test_an_answer_is_for_the_asker_alone(
    stage: SlackStage, core: ScriptedCore, dana: SlackChair, ravi: SlackChair
) -> None:
    core.replies = answers("no chair here")
    await chosen(stage, dana)
    assert dana.form is None
    assert "no chair here" in dana.screen()[-1].text
    assert dana.screen()[-1].private
    assert not any("no chair here" in seen.text for seen in ravi.screen())


async def test_a_form_that_did_not_open_is_offered_once_more(
    stage: SlackStage, core: ScriptedCore, dana: SlackChair
) -> None:
    core.replies = OPENS
    stage.slack.fail("views.open", error="expired_trigger_id")
    await chosen(stage, dana)
    assert "Open the form" in dana.screen()[-1].buttons
