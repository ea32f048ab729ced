"""What people say to the bot, in the direct chat and after a mention, as conversations over the real adapter."""

import json
from typing import Any

import pytest
import structlog

from bot.cards import card
from bot.requests import MessagePosted
from tests.adapters.slack.conftest import ScriptedCore, answers
from tests.contract.slack_stage import HOME, SlackChair, SlackStage, payload


async def test_a_reply_in_a_thread_of_the_direct_chat(stage: SlackStage, core: ScriptedCore, dana: SlackChair) -> None:
    prompt = await stage.edge.post(conversation=dana.account, card=card("What should we talk about?"), delivery="d1")
    core.replies = answers("Noted.")
    message = await dana.says("The <MFA> gap & more", to=dana.screen()[-1])
    assert isinstance(core.last, MessagePosted)
    assert (core.last.text, core.last.message) == ("The <MFA> gap & more", message)
    assert (core.last.where.conversation, core.last.where.direct, core.last.where.thread) == (
        dana.account,
        True,
        prompt,
    )
    assert (
        core.last.link
        == f"https://acme.slack.com/archives/{message.split('/')[1]}/p{message.split('/')[2].replace('.', '')}"
    )
    assert dana.screen()[-1].raw["thread_ts"] == prompt.split("/")[2]


async def test_an_edit_and_a_deletion_name_the_same_message(core: ScriptedCore, dana: SlackChair) -> None:
    message = await dana.says("first")
    await dana.edits(message, "second")
    assert (core.last.message, core.last.text, core.last.edited) == (message, "second", True)
    await dana.deletes(message)
    assert (core.last.message, core.last.text, core.last.deleted, core.last.link) == (message, "", True, None)
    assert len({request.id for request in core.asked}) == 3


BUDGET = ("SOC budget", "https://acme.slack.com/files/U0DANA/F0BUDGET/soc-budget.xlsx")
PLAN = ("Plan & <cost>.pdf", "https://acme.slack.com/files/U0DANA/F0PLAN/plan.pdf")


async def test_files_come_as_names_and_links_with_words_or_without(core: ScriptedCore, dana: SlackChair) -> None:
    await dana.says("", files=(BUDGET, PLAN))
    assert isinstance(core.last, MessagePosted)
    assert (core.last.text, core.last.files) == ("", (BUDGET, PLAN))
    await dana.says("see the plan", where="home", files=(PLAN,))
    assert (core.last.text, core.last.files, core.last.where.direct) == ("see the plan", (PLAN,), False)
    await dana.says("nothing attached")
    assert core.last.files == ()


async def test_an_edit_keeps_the_files_and_a_deletion_has_none(core: ScriptedCore, dana: SlackChair) -> None:
    message = await dana.says("first", files=(BUDGET,))
    await dana.edits(message, "second")
    assert (core.last.text, core.last.files, core.last.edited) == ("second", (BUDGET,), True)
    await dana.deletes(message)
    assert (core.last.files, core.last.deleted) == ((), True)


async def test_a_file_that_is_gone_or_elsewhere_is_only_counted(
    stage: SlackStage, core: ScriptedCore, dana: SlackChair
) -> None:
    stage.slack.direct("U0DANA")
    stage.slack.say("D0DANA", "U0DANA", "", ts="1690000006.000100")
    with structlog.testing.capture_logs() as logs:
        await stage.event("message_file_share")
    assert (core.last.text, core.last.files) == ("", (BUDGET,))
    [counted] = [line for line in logs if line["event"] == "slack.files_without_address"]
    assert counted["count"] == 2
    assert "budget" not in str(logs)


async def test_a_file_that_is_taken_away_is_an_edit(stage: SlackStage, core: ScriptedCore) -> None:
    stage.slack.direct("U0DANA")
    stage.slack.say("D0DANA", "U0DANA", "", ts="1690000006.000100")
    before = payload("message_file_share")["event"]
    after = before | {"files": [{"id": "F0BUDGET", "mode": "tombstone"}]}
    await stage.event("message_changed", message=after, previous_message=before)
    assert (core.last.edited, core.last.files) == (True, ())


async def test_a_mention_is_read_without_it_and_answered_privately(
    stage: SlackStage, core: ScriptedCore, dana: SlackChair, ravi: SlackChair
) -> None:
    core.replies = answers("For you.")
    message = await dana.says("find passkeys", where="home")
    assert (core.last.text, core.last.message, core.last.where.direct) == ("find passkeys", message, False)
    assert (dana.screen()[-1].text, dana.screen()[-1].private) == ("Answer\nFor you.", True)
    assert not any("For you." in seen.text for seen in ravi.screen())


async def test_references_read_as_people_saw_them(stage: SlackStage, core: ScriptedCore, ravi: SlackChair) -> None:
    stage.slack.say(HOME, "U0DANA", "x", ts="1690000003.000100")
    await stage.event("app_mention")
    assert core.last.text == "find R&D with @U0RAVI in #security-sync see the paper (https://acme.test/x)"
    assert core.last.where.thread == f"{stage.home}/1690000000.000100"


@pytest.mark.parametrize(
    ("name", "event"),
    [
        ("message_of_bot", {}),
        ("message_im", {"user": "U0BOT"}),
        ("message_im", {"bot_id": "B0OTHER"}),
        ("message_im", {"user": "USLACKBOT"}),
        ("message_im", {"subtype": "channel_join"}),
        ("message_im", {"subtype": "bot_message"}),
        (
            "message_changed",
            {"message": json.loads(json.dumps(payload("message_changed")["event"]["previous_message"]))},
        ),
        ("message_changed", {"message": payload("message_of_bot")["event"]}),
    ],
)
async def test_what_nobody_said_is_nobodys_words(
    stage: SlackStage, core: ScriptedCore, name: str, event: dict[str, Any]
) -> None:
    await stage.event(name, **event)
    assert core.asked == []


async def test_an_answer_that_is_throttled_for_a_moment_arrives(
    stage: SlackStage, core: ScriptedCore, dana: SlackChair
) -> None:
    core.replies = answers("Noted.")
    stage.slack.fail("chat.postMessage", ratelimited=0)
    await dana.says("hello")
    assert [seen.text for seen in dana.screen()] == ["hello", "Answer\nNoted."]


async def test_an_answer_that_is_lost_is_logged_and_harms_nobody(
    stage: SlackStage, core: ScriptedCore, dana: SlackChair
) -> None:
    core.replies = answers("Noted.")
    stage.slack.fail("chat.postMessage", ratelimited=30)
    await dana.says("hello")
    assert stage.last_status == 200
    assert [seen.text for seen in dana.screen()] == ["hello"]
