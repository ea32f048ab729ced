"""Who may knock: signatures, what is not acknowledged, and what a redelivery looks like to the core."""

import json
import time
from typing import Any
from urllib.parse import urlencode

import aiohttp
import pytest
from prometheus_client import REGISTRY

from adapters.slack.app import SlackAdapter, SlackConfig
from bot.requests import ConversationLost, ConversationSeen
from tests.adapters.slack.conftest import ScriptedCore, answers
from tests.contract.slack_stage import SlackChair, SlackStage, payload, served, signed
from tests.doubles.slack_api import SlackApi

FORM = "application/x-www-form-urlencoded"


def rejected() -> float:
    return REGISTRY.get_sample_value("touchpoint_rejected_requests_total", {"platform": "slack"}) or 0.0


def stale() -> str:
    return str(int(time.time()) - 301)


BODY = urlencode(payload("slash_command")).encode()


@pytest.mark.parametrize(
    "headers",
    [
        {},
        signed(BODY, secret="somebody else's"),
        signed(BODY, stamp=stale()),
        signed(BODY, stamp="yesterday"),
        signed(BODY) | {"X-Slack-Signature": "v0=ünsigned"},
        {"X-Slack-Signature": signed(BODY)["X-Slack-Signature"]},
        {"X-Slack-Request-Timestamp": str(int(time.time()))},
    ],
    ids=["missing", "bad", "stale", "no number", "no ascii", "no timestamp", "no signature"],
)
async def test_a_request_that_is_not_slacks_gets_401_and_leaves_nothing_but_a_count(
    stage: SlackStage, core: ScriptedCore, headers: dict[str, str], capsys: pytest.CaptureFixture[str], caplog: Any
) -> None:
    before, calls = rejected(), len(stage.slack.called("users.info"))
    async with (
        aiohttp.ClientSession() as http,
        http.post(stage._url, data=BODY, headers={"Content-Type": FORM, **headers}) as got,
    ):
        assert (got.status, await got.text()) == (401, "")
    assert rejected() == before + 1
    assert core.asked == []
    assert len(stage.slack.called("users.info")) == calls
    assert "decision" not in capsys.readouterr().out + caplog.text


async def test_a_signature_is_good_for_its_own_body_only(stage: SlackStage, core: ScriptedCore) -> None:
    async with aiohttp.ClientSession() as http:
        async with http.post(stage._url, data=BODY + b"&x=1", headers={"Content-Type": FORM, **signed(BODY)}) as got:
            assert got.status == 401
        async with http.post(stage._url, data=b"\xff\xfe", headers={"Content-Type": FORM, **signed(b"")}) as got:
            assert got.status == 401
    assert core.asked == []


async def test_signed_nonsense_is_a_bad_request(stage: SlackStage) -> None:
    raw = b"{not json"
    async with aiohttp.ClientSession() as http:
        headers = {"Content-Type": "application/json", **signed(raw)}
        async with http.post(stage._url, data=raw, headers=headers) as got:
            assert got.status == 400


async def test_slack_is_told_its_challenge(stage: SlackStage) -> None:
    body = payload("url_verification")
    assert await stage._deliver(json.dumps(body).encode(), "application/json") == {"challenge": body["challenge"]}


async def test_without_a_signing_secret_nobody_gets_in(core: ScriptedCore) -> None:
    async with SlackApi() as slack:
        adapter = SlackAdapter(SlackConfig(bot_token="xoxb-1-double", api_url=slack.url), core)
        headers = {"Content-Type": FORM, **signed(BODY, secret="")}
        async with (
            served(adapter) as url,
            aiohttp.ClientSession() as http,
            http.post(url, data=BODY, headers=headers) as got,
        ):
            assert got.status == 401


async def test_an_event_that_the_core_did_not_keep_is_not_acknowledged(
    stage: SlackStage, core: ScriptedCore, dana: SlackChair
) -> None:
    said = stage.slack.say(stage.slack.direct(dana._user).id, dana._user, "hello")
    core.error = RuntimeError("the database is away")
    event = {"channel": stage.slack.direct(dana._user).id, "user": dana._user, "ts": said["ts"], "text": "hello"}
    await stage.event("message_im", ok=False, **event)
    assert stage.last_status == 500

    core.error = None
    core.replies = answers("Noted.")
    await stage.redeliver()
    assert stage.last_status == 200
    first, second = core.asked
    assert first == second  # the same id above all
    assert dana.screen()[-1].text == "Answer\nNoted."


@pytest.mark.parametrize("name", ["channel_left", "channel_archive", "member_joined_channel"])
async def test_platform_events_are_not_acknowledged_either(stage: SlackStage, core: ScriptedCore, name: str) -> None:
    core.error = RuntimeError("the database is away")
    await stage.event(name, ok=False)
    core.error = None
    await stage.redeliver()
    assert stage.last_status == 200
    assert core.asked[0] == core.asked[1]


async def test_a_redelivered_command_press_and_form_have_the_same_id(
    stage: SlackStage, core: ScriptedCore, dana: SlackChair
) -> None:
    await dana.types("help")
    await stage.redeliver()
    for name in ("block_actions", "view_submission"):
        await stage.interaction(payload(name))
        await stage.redeliver()
    ids = [request.id for request in core.asked]
    assert [ids[0::2], len(set(ids))] == [ids[1::2], 3]


async def test_conversations_come_and_go(stage: SlackStage, core: ScriptedCore) -> None:
    await stage.event("member_joined_channel")
    seen = core.last
    assert isinstance(seen, ConversationSeen)
    assert (seen.conversation, seen.title) == (stage.home, "#security-sync")
    await stage.event("member_joined_channel", user="U0SOMEBODY")
    assert core.last is seen

    for name, reason in (("channel_left", "removed"), ("channel_archive", "archived")):
        await stage.event(name)
        assert core.last == ConversationLost(id=core.last.id, conversation=stage.home, reason=reason)


async def test_an_uninstalled_app_is_not_ready_and_says_why(stage: SlackStage) -> None:
    await stage.slack.until(stage.adapter.ready)
    await stage.event("app_uninstalled")
    assert not stage.adapter.ready()
    assert "uninstalled" in stage.adapter.reason


async def test_a_wrong_token_does_not_stop_the_process_and_is_mended_without_a_restart(core: ScriptedCore) -> None:
    async with SlackApi() as slack:
        slack.fail("auth.test", error="invalid_auth")
        adapter = SlackAdapter(SlackConfig(bot_token="xoxb-1-double", signing_secret="s", api_url=slack.url), core)
        async with served(adapter):
            await slack.until(lambda: "invalid_auth" in adapter.reason)
            await slack.until(adapter.ready)
            assert (adapter.team, adapter.bot_user, adapter.reason) == ("T0SLACK", "U0BOT", "")


def test_no_secret_shows_in_the_configuration() -> None:
    config = SlackConfig(bot_token="xoxb-secret", signing_secret="signing", app_token="xapp-secret")
    assert "xoxb" not in repr(config)
    assert "xapp" not in repr(config)
