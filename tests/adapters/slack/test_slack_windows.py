"""A form's window stands within Slack's three seconds, however long the core takes, and nothing typed is lost over it."""

import asyncio
from typing import Any

import pytest

from adapters.slack import reception, windows
from bot.cards import Button, Paragraph, card
from bot.commands import REGISTRY
from bot.forms import Form, Text
from bot.replies import OpenForm, Reply
from bot.requests import CommandTyped, FormRequested, MessageTaken
from tests.adapters.slack.conftest import ScriptedCore, answers, at_once
from tests.contract.slack_stage import HOME, SlackChair, SlackStage, payload
from tests.doubles import slack_blocks

FORM = Form(form_id="decision", title="Decision", fields=(Text(name="title", label="What", value="VPN"),))
OPENS: list[Reply] = [OpenForm(form=FORM)]
ASKS = card("Agenda", buttons=[Button(action="item.points", label="Add points", value="7", opens_form=True)])


@pytest.fixture
def impatient(stage: SlackStage, core: ScriptedCore, monkeypatch: pytest.MonkeyPatch) -> None:
    """A frame at once. The core answers when the trigger is used up, and the acknowledgement is long overdue."""
    monkeypatch.setattr(windows, "PATIENCE", 0.02)
    monkeypatch.setattr(reception, "ANSWER_WITHIN", 0.05)
    core.before = lambda: stage.slack.until(lambda: bool(stage.slack.called("views.open")))
    core.slow = 0.1


def opened(stage: SlackStage) -> list[str]:
    """What stood in each window when it was opened."""
    return [slack_blocks.read(call["view"]["blocks"]) for call in stage.slack.called("views.open")]


async def by_command(stage: SlackStage, dana: SlackChair) -> None:
    await dana.types("decision add")


async def by_button(stage: SlackStage, dana: SlackChair) -> None:
    await stage.edge.post(conversation=stage.home, card=ASKS, delivery="d1")
    await dana.presses("Add points")


async def by_message(stage: SlackStage, dana: SlackChair) -> None:
    await dana.takes("Record as decision", "Let us renew the VPN", by=dana)


async def by_global_shortcut(stage: SlackStage, dana: SlackChair) -> None:
    body = payload("shortcut") | {"user": dana._who(), "trigger_id": stage.slack.trigger(dana._user)}
    await stage.interaction(body)
    dana._look_at_form()


WAYS = pytest.mark.parametrize("ask", [by_command, by_button, by_message, by_global_shortcut])


def test_a_frame_stands_within_a_third_of_a_second() -> None:
    assert windows.PATIENCE <= 0.3


@WAYS
async def test_a_form_that_is_there_at_once_needs_no_frame(
    stage: SlackStage, core: ScriptedCore, dana: SlackChair, ask: Any
) -> None:
    core.replies = OPENS
    await ask(stage, dana)
    assert dana.form
    assert dana.form.fields == {"title": "VPN"}
    assert opened(stage) == ["What"]
    assert not stage.slack.called("views.update")


@WAYS
@pytest.mark.usefixtures("impatient")
async def test_a_slow_core_fills_the_frame_that_stands_there(
    stage: SlackStage, core: ScriptedCore, dana: SlackChair, ask: Any
) -> None:
    core.replies = OPENS
    await ask(stage, dana)
    assert opened(stage) == [windows.WAIT]
    assert len(core.asked) == 1
    assert dana.form
    assert dana.form.fields == {"title": "VPN"}
    core.replies = answers("Saved.")
    await dana.fills(title="VPN for all")
    assert core.last.values == {"title": "VPN for all"}


@WAYS
@pytest.mark.usefixtures("impatient")
async def test_where_no_form_comes_the_frame_says_so(
    stage: SlackStage, core: ScriptedCore, dana: SlackChair, ask: Any
) -> None:
    core.replies = answers("no chair here")
    await ask(stage, dana)
    assert slack_blocks.read(stage.slack.views[dana._user]["blocks"]) == windows.ELSEWHERE
    assert "submit" not in stage.slack.views[dana._user]
    assert any("no chair here" in seen.text for seen in dana.screen())


@pytest.mark.usefixtures("impatient")
async def test_lookups_do_not_delay_the_frame(stage: SlackStage, core: ScriptedCore, dana: SlackChair) -> None:
    core.replies = OPENS
    stage.slack.fail("users.info", slow=0.3)
    stage.slack.fail("chat.getPermalink", slow=0.3)
    asking = asyncio.create_task(by_message(stage, dana))
    await stage.slack.until(lambda: bool(stage.slack.called("views.open")))
    assert not core.asked
    await asking
    assert isinstance(core.last, MessageTaken)
    assert core.last.link
    assert dana.form


@pytest.mark.usefixtures("impatient")
async def test_who_closed_the_frame_gets_a_button(stage: SlackStage, core: ScriptedCore, dana: SlackChair) -> None:
    core.replies = OPENS
    stage.slack.foreseen.add("not_found")
    asking = asyncio.create_task(by_button(stage, dana))
    await stage.slack.until(lambda: dana._user in stage.slack.views)
    del stage.slack.views[dana._user]
    await asking
    assert dana.form is None
    await dana.presses("Open the form")
    assert isinstance(core.last, FormRequested)
    assert dana.form


@pytest.mark.usefixtures("impatient")
async def test_a_frame_of_which_nobody_knows_whether_it_opened_is_filled(
    stage: SlackStage, core: ScriptedCore, dana: SlackChair
) -> None:
    core.replies = OPENS
    stage.slack.fail("views.open", drop=True)
    await by_message(stage, dana)
    assert dana.form
    assert dana.form.fields == {"title": "VPN"}


@pytest.mark.usefixtures("impatient")
async def test_a_frame_that_did_not_open_leaves_a_button(
    stage: SlackStage, core: ScriptedCore, dana: SlackChair
) -> None:
    core.replies = OPENS
    stage.slack.foreseen.add("not_found")
    stage.slack.fail("views.open", error="expired_trigger_id")
    await by_message(stage, dana)
    assert dana.form is None
    assert "Open the form" in dana.screen()[-1].buttons


@pytest.mark.usefixtures("impatient")
async def test_a_frame_does_not_wait_for_what_broke(stage: SlackStage, core: ScriptedCore, dana: SlackChair) -> None:
    core.error = RuntimeError("broken")
    await by_button(stage, dana)
    assert slack_blocks.read(stage.slack.views[dana._user]["blocks"]) == windows.BROKE


@pytest.mark.usefixtures("impatient")
async def test_what_asks_for_no_form_opens_no_window(stage: SlackStage, core: ScriptedCore, dana: SlackChair) -> None:
    core.before = at_once
    core.replies = answers(card("Risks", Paragraph("none"), buttons=[Button(action="a", label="Go")]))
    await dana.types("risk list")
    await dana.presses("Go")
    await dana.types("decision add Move to passkeys")
    assert isinstance(core.last, CommandTyped)
    assert not stage.slack.called("views.open")


async def test_a_global_shortcut_asks_for_its_form_in_the_direct_chat(
    stage: SlackStage, core: ScriptedCore, dana: SlackChair
) -> None:
    core.replies = answers("You have no touchpoint yet.")
    await by_global_shortcut(stage, dana)
    asked = core.last
    assert isinstance(asked, FormRequested)
    assert asked.form_id == REGISTRY.openers["open.item"].form_id
    assert (asked.where.direct, asked.where.conversation) == (True, dana.account)
    assert dana.screen()[-1].place == dana.account
    assert not stage.slack.called("response_url")
    assert HOME not in str(asked)
