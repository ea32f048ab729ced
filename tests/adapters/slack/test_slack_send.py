"""Sending: what became of a message is said truthfully, nothing is sent twice by itself, and what was sent is found again."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from adapters.port import SendLater, SendRefused, SendUnknown
from adapters.slack.app import SlackAdapter, SlackConfig
from bot.cards import Chart, Item, ItemList, Paragraph, Table, card
from tests.adapters.slack.conftest import ScriptedCore
from tests.contract.slack_stage import HOME, SlackChair, SlackStage
from tests.doubles.slack_api import BOT_TOKEN, TEAM

AGENDA = card("Agenda", Paragraph("One thing."))
LONG = card("Agenda", ItemList(items=tuple(Item(title=f"Item {n}", detail="d" * 300) for n in range(60))))


def since() -> datetime:
    return datetime.now(UTC) - timedelta(minutes=1)


async def test_a_message_says_where_it_is_and_unfurls_nothing(stage: SlackStage, dana: SlackChair) -> None:
    address = await stage.edge.post(conversation=stage.home, card=AGENDA, delivery="d1")
    [seen] = dana.screen()
    assert (seen.message, seen.text, seen.private) == (address, "Agenda\nOne thing.", False)
    [call] = stage.slack.called("chat.postMessage")
    assert (call["unfurl_links"], call["unfurl_media"], call["mrkdwn"]) == (False, False, False)
    assert call["metadata"]["event_payload"]["delivery"] == "d1"


async def test_the_direct_chat_is_opened_once_and_addressed_as_its_messages_are(
    stage: SlackStage, core: ScriptedCore, dana: SlackChair
) -> None:
    first = await stage.edge.post(conversation=dana.account, card=AGENDA, delivery="d1")
    await stage.edge.post(conversation=dana.account, card=AGENDA, delivery="d2")
    assert len(stage.slack.called("conversations.open")) == 1
    await dana.says("a reply", to=dana.screen()[0])
    assert core.last.where.thread == first
    assert first.startswith(f"slack:{TEAM}/D")


async def test_a_message_is_redrawn_in_place(stage: SlackStage, dana: SlackChair) -> None:
    address = await stage.edge.post(conversation=stage.home, card=AGENDA, delivery="d1")
    await stage.edge.update(message=address, card=card("Minutes"))
    assert [seen.text for seen in dana.screen()] == ["Minutes"]
    with pytest.raises(SendRefused, match="message_not_found") as refused:
        await stage.edge.update(message=f"{stage.home}/1.000001", card=AGENDA)
    assert not refused.value.conversation_gone


async def test_a_long_card_is_several_messages_that_shrink_and_grow_together(
    stage: SlackStage, dana: SlackChair
) -> None:
    address = await stage.edge.post(conversation=stage.home, card=LONG, delivery="d1")
    parts = len(dana.screen())
    assert parts > 1
    assert dana.screen()[0].message == address
    assert dana.screen()[-1].text.endswith(f"({parts}/{parts})")
    await stage.edge.update(message=address, card=AGENDA)
    assert [seen.text for seen in dana.screen()] == ["Agenda\nOne thing."]
    await stage.edge.update(message=address, card=LONG)
    assert len(dana.screen()) == parts
    assert {seen.raw.get("thread_ts") for seen in dana.screen()[1:]} == {address.rpartition("/")[2]}


@pytest.mark.parametrize(
    ("how", "outcome"),
    [
        ({"ratelimited": 7}, SendLater(7, "ratelimited")),
        ({"error": "service_unavailable"}, SendLater(5, "service_unavailable")),
        ({"status": 503}, SendLater(5, "HTTP 503")),
        ({"error": "message_limit_exceeded"}, SendLater(5, "message_limit_exceeded")),
        ({"error": "invalid_auth"}, SendLater(300, "invalid_auth", everywhere=True)),
        ({"error": "token_revoked"}, SendLater(300, "token_revoked", everywhere=True)),
        ({"error": "account_inactive"}, SendLater(300, "account_inactive", everywhere=True)),
        ({"error": "org_login_required"}, SendLater(300, "org_login_required", everywhere=True)),
        ({"error": "ekm_access_denied"}, SendLater(300, "ekm_access_denied")),
        ({"error": "missing_scope"}, SendLater(300, "missing_scope")),
        ({"error": "internal_error"}, SendUnknown("internal_error")),
        ({"error": "fatal_error"}, SendUnknown("fatal_error")),
        ({"status": 502}, SendUnknown("HTTP 502 without an answer of Slack's")),
        ({"error": "channel_not_found"}, SendRefused("channel_not_found")),
        ({"error": "is_archived"}, SendRefused("is_archived")),
        ({"error": "not_in_channel"}, SendRefused("not_in_channel")),
        ({"error": "restricted_action"}, SendRefused("restricted_action")),
        ({"error": "restricted_action_read_only_channel"}, SendRefused("restricted_action_read_only_channel")),
        ({"error": "messages_tab_disabled"}, SendRefused("messages_tab_disabled")),
        ({"error": "cannot_dm_bot"}, SendRefused("cannot_dm_bot")),
        ({"error": "user_disabled"}, SendRefused("user_disabled")),
        ({"error": "msg_too_long"}, SendRefused("msg_too_long", conversation_gone=False)),
        ({"error": "invalid_blocks"}, SendRefused("invalid_blocks", conversation_gone=False)),
    ],
    ids=str,
)
async def test_what_slack_answered(stage: SlackStage, how: dict[str, Any], outcome: Exception) -> None:
    stage.slack.fail("chat.postMessage", **how)
    with pytest.raises(type(outcome)) as raised:
        await stage.edge.post(conversation=stage.home, card=AGENDA, delivery="d1")
    assert str(raised.value) == str(outcome)
    assert raised.value.__dict__ == outcome.__dict__
    assert len(stage.slack.called("chat.postMessage")) == 1  # nothing resends by itself


async def test_a_connection_that_breaks_after_delivery_is_unknown_and_then_found(
    stage: SlackStage, dana: SlackChair
) -> None:
    stage.slack.fail("chat.postMessage", drop=True)
    with pytest.raises(SendUnknown):
        await stage.edge.post(conversation=stage.home, card=AGENDA, delivery="d1")
    assert len(stage.slack.called("chat.postMessage")) == 1
    [seen] = dana.screen()
    assert await stage.edge.find(conversation=stage.home, delivery="d1", since=since()) == seen.message
    assert await stage.edge.find(conversation=stage.home, delivery="d2", since=since()) is None


async def test_a_connection_that_breaks_before_delivery_is_unknown_and_not_found(stage: SlackStage) -> None:
    stage.slack.fail("chat.postMessage", before=True)
    with pytest.raises(SendUnknown):
        await stage.edge.post(conversation=stage.home, card=AGENDA, delivery="d1")
    assert await stage.edge.find(conversation=stage.home, delivery="d1", since=since()) is None


async def test_nobody_at_the_other_end_is_later(core: ScriptedCore) -> None:
    adapter = SlackAdapter(SlackConfig(bot_token=BOT_TOKEN, api_url="http://127.0.0.1:9/api/"), core)
    try:
        with pytest.raises(SendLater):
            await adapter.edge.post(conversation=f"slack:{TEAM}/{HOME}", card=AGENDA, delivery="d1")
    finally:
        await adapter.stop()


async def test_a_direct_chat_that_cannot_be_opened(stage: SlackStage, dana: SlackChair) -> None:
    for how, outcome in (
        ({"drop": True}, SendLater),
        ({"error": "user_disabled"}, SendRefused),
        ({"ratelimited": 1}, SendLater),
    ):
        stage.slack.fail("conversations.open", **how)
        with pytest.raises(outcome):
            await stage.edge.post(conversation=dana.account, card=AGENDA, delivery="d1")
    assert stage.slack.called("chat.postMessage") == []


async def test_a_delivery_that_broke_off_goes_on_with_what_is_missing(stage: SlackStage, dana: SlackChair) -> None:
    stage.slack.fail("chat.postMessage", times=1, slow=0.0)
    stage.slack.fail("chat.postMessage", ratelimited=1)
    with pytest.raises(SendUnknown, match="broken off after 1"):  # not later: another process would begin again
        await stage.edge.post(conversation=stage.home, card=LONG, delivery="d1")
    assert len(dana.screen()) == 1
    address = await stage.edge.post(conversation=stage.home, card=LONG, delivery="d1")
    parts = len(dana.screen())
    assert [seen.text[-5:] for seen in dana.screen()] == [f"({n}/{parts})" for n in range(1, parts + 1)]
    assert dana.screen()[0].message == address


async def test_half_a_delivery_is_not_found_and_is_completed_after_a_restart(
    stage: SlackStage, core: ScriptedCore, dana: SlackChair
) -> None:
    stage.slack.fail("chat.postMessage", slow=0.0)
    stage.slack.fail("chat.postMessage", before=True)
    with pytest.raises(SendUnknown):
        await stage.edge.post(conversation=stage.home, card=LONG, delivery="d1")
    restarted = SlackAdapter(SlackConfig(bot_token=BOT_TOKEN, api_url=stage.slack.url), core)
    try:
        assert await restarted.edge.find(conversation=stage.home, delivery="d1", since=since()) is None
        address = await restarted.edge.post(conversation=stage.home, card=LONG, delivery="d1")
        assert dana.screen()[0].message == address
        assert dana.screen()[1].text.splitlines()[0] != "Agenda"  # the first part was not sent again
        assert await restarted.edge.find(conversation=stage.home, delivery="d1", since=since()) == address
    finally:
        await restarted.stop()


@pytest.mark.parametrize("how", [{}, {"drop": True}, {"ratelimited": 1}], ids=str)
async def test_a_redraw_after_a_restart_repeats_no_part(
    stage: SlackStage, core: ScriptedCore, dana: SlackChair, how: dict[str, Any]
) -> None:
    """Which messages a card stands on is looked up; also in its thread, where it grew, and where that broke off."""
    address = await stage.edge.post(conversation=stage.home, card=LONG, delivery="d1")
    before = [seen.message for seen in dana.screen()]
    grown = card("Minutes", *LONG.blocks, *LONG.blocks)
    restarted = SlackAdapter(SlackConfig(bot_token=BOT_TOKEN, api_url=stage.slack.url), core)
    again = SlackAdapter(SlackConfig(bot_token=BOT_TOKEN, api_url=stage.slack.url), core)
    try:
        if how:
            stage.slack.fail("chat.postMessage", **how)
            with pytest.raises((SendUnknown, SendLater)):
                await restarted.edge.update(message=address, card=grown)
        await restarted.edge.update(message=address, card=grown)
        await again.edge.update(message=address, card=grown)
    finally:
        await restarted.stop()
        await again.stop()
    after = dana.screen()
    assert [seen.message for seen in after[: len(before)]] == before
    assert [seen.text.split("\n")[-1] for seen in after] == [f"({n}/{len(after)})" for n in range(1, len(after) + 1)]


async def test_it_is_found_on_any_page_of_the_history(stage: SlackStage, dana: SlackChair) -> None:
    address = await stage.edge.post(conversation=stage.home, card=AGENDA, delivery="d1")
    for n in range(250):
        stage.slack.say(HOME, dana._user, f"chat {n}")
    assert await stage.edge.find(conversation=stage.home, delivery="d1", since=since()) == address
    assert len(stage.slack.called("conversations.history")) == 3


@pytest.mark.parametrize("error", ["missing_scope", "channel_not_found", "internal_error"])
async def test_a_history_that_cannot_be_read_says_nothing(stage: SlackStage, error: str) -> None:
    stage.slack.fail("conversations.history", error=error)
    with pytest.raises((SendUnknown, SendLater)):
        await stage.edge.find(conversation=stage.home, delivery="d1", since=since())


async def test_blocks_that_a_workspace_does_not_have_yet_are_sent_plainer(stage: SlackStage, dana: SlackChair) -> None:
    stage.slack.unknown_blocks |= {"table", "data_visualization"}
    figures = card(
        "Figures",
        Table(columns=("Risk", "Score"), rows=(("R-7", "12"),)),
        Chart(title="Open", kind="bar", categories=("Jan",), series=(("high", (3,)),)),
    )
    await stage.edge.post(conversation=stage.home, card=figures, delivery="d1")
    assert dana.screen()[-1].text == "Figures\nRisk  Score\nR-7   12\nOpen\nhigh: Jan 3"
    assert len(stage.slack.called("chat.postMessage")) == 2


async def test_one_slow_conversation_does_not_delay_another(stage: SlackStage) -> None:
    stage.slack.fail("chat.postMessage", slow=0.5)
    slow = asyncio.create_task(stage.edge.post(conversation=stage.home, card=AGENDA, delivery="d1"))
    await stage.slack.until(lambda: len(stage.slack.called("chat.postMessage")) == 1)
    await asyncio.wait_for(stage.edge.post(conversation=f"slack:{TEAM}/C0OTHER", card=AGENDA, delivery="d2"), 0.4)
    assert not slow.done()
    await slow


async def test_the_edge_says_what_slack_takes(stage: SlackStage) -> None:
    assert (stage.edge.platform, stage.edge.pace.per_conversation) == ("slack", 1.0)
