"""Socket Mode: the same conversation over a WebSocket, and a socket that fell silent is replaced."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from slack_sdk.socket_mode.aiohttp import SocketModeClient

from adapters.slack.app import SlackAdapter, SlackConfig
from bot.requests import CommandTyped
from tests.adapters.slack.conftest import ScriptedCore, answers
from tests.contract.slack_stage import HOME, payload
from tests.doubles.slack_api import APP_TOKEN, BOT_TOKEN, SlackApi


@asynccontextmanager
async def connected(
    core: ScriptedCore, *, ping_every: float = 10.0, stale_after: float = 45.0
) -> AsyncIterator[tuple[SlackApi, SlackAdapter]]:
    async with SlackApi() as slack:
        slack.add_user("U0DANA", "Dana")
        slack.add_channel(HOME, "security-sync", "U0DANA")
        config = SlackConfig(
            bot_token=BOT_TOKEN, app_token=APP_TOKEN, api_url=slack.url, ping_every=ping_every, stale_after=stale_after
        )
        adapter = SlackAdapter(config, core)
        await adapter.start()
        try:
            yield slack, adapter
        finally:
            await adapter.stop()


async def test_a_command_over_the_socket_is_answered_in_its_envelope(core: ScriptedCore) -> None:
    async with connected(core) as (slack, adapter):
        await slack.until(adapter.ready)
        assert adapter.routes() == []
        core.replies = answers("over the socket")
        answer = await slack.push("slash_commands", payload("slash_command"))
        assert isinstance(core.last, CommandTyped)
        assert answer
        assert "over the socket" in answer["text"]


async def test_an_event_that_the_core_did_not_keep_is_not_acknowledged(core: ScriptedCore) -> None:
    async with connected(core) as (slack, adapter):
        await slack.until(adapter.ready)
        core.error = RuntimeError("the database is away")
        assert await slack.push("events_api", payload("channel_left"), within=0.2) is None
        core.error = None
        assert await slack.push("events_api", payload("channel_left")) == {}
        assert core.asked[0] == core.asked[1]


async def test_a_socket_that_fell_silent_is_replaced(core: ScriptedCore, monkeypatch: pytest.MonkeyPatch) -> None:
    async def wedged(*_: object, **__: object) -> None:
        """As the SDK's client can be after a reconnect: it believes itself connected and does nothing more."""

    monkeypatch.setattr(SocketModeClient, "connect_to_new_endpoint", wedged)
    async with connected(core, ping_every=0.1, stale_after=0.5) as (slack, adapter):
        await slack.until(adapter.ready)
        [silent] = slack.sockets
        slack.deaf = True
        await slack.until(lambda: silent.closed)
        slack.deaf = False
        await slack.until(lambda: any(not socket.closed for socket in slack.sockets[1:]) and adapter.ready())
        assert await slack.push("events_api", payload("channel_left")) == {}


async def test_a_socket_that_goes_on_ponging_is_kept(core: ScriptedCore) -> None:
    async with connected(core, ping_every=0.1, stale_after=0.5) as (slack, adapter):
        await slack.until(adapter.ready)
        await slack.until(lambda: slack.pongs >= 15)  # long past `stale_after`
        assert len(slack.sockets) == 1


async def test_slack_may_ask_to_connect_anew(core: ScriptedCore) -> None:
    async with connected(core, ping_every=0.1, stale_after=1.0) as (slack, adapter):
        await slack.until(adapter.ready)
        await slack.sockets[0].send_json({"type": "disconnect", "reason": "refresh_requested"})
        await slack.until(lambda: len(slack.sockets) == 2)
        await slack.until(lambda: slack.sockets[0].closed)
        assert await slack.push("events_api", payload("channel_left")) == {}


@pytest.mark.parametrize("error", ["invalid_auth", "not_allowed_token_type"])
async def test_a_wrong_app_token_is_said_and_tried_again(core: ScriptedCore, error: str) -> None:
    async with SlackApi() as slack:
        slack.fail("apps.connections.open", error=error)
        adapter = SlackAdapter(SlackConfig(bot_token=BOT_TOKEN, app_token=APP_TOKEN, api_url=slack.url), core)
        await adapter.start()
        try:
            await slack.until(lambda: error in adapter.reason)
            await slack.until(adapter.ready)
        finally:
            await adapter.stop()
