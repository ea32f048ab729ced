"""Socket Mode: the same conversation over WebSockets. One may fall silent, be refreshed or break, and nothing is lost."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from prometheus_client import REGISTRY

from adapters.slack import socket as module
from adapters.slack.app import SlackAdapter, SlackConfig
from adapters.slack.socket import Connection
from bot.requests import CommandTyped
from tests.adapters.slack.conftest import ScriptedCore, answers
from tests.contract.slack_stage import HOME, payload
from tests.doubles.slack_api import APP_TOKEN, BOT_TOKEN, SlackApi


@asynccontextmanager
async def connected(
    core: ScriptedCore, *, sockets: int = 1, ping_every: float = 10.0, stale_after: float = 45.0
) -> AsyncIterator[tuple[SlackApi, SlackAdapter]]:
    async with SlackApi() as slack:
        slack.add_user("U0DANA", "Dana")
        slack.add_channel(HOME, "security-sync", "U0DANA")
        config = SlackConfig(
            bot_token=BOT_TOKEN,
            app_token=APP_TOKEN,
            api_url=slack.url,
            sockets=sockets,
            ping_every=ping_every,
            stale_after=stale_after,
        )
        adapter = SlackAdapter(config, core)
        await adapter.start()
        try:
            await slack.until(lambda: adapter.ready() and len(slack.sockets) == sockets)
            yield slack, adapter
        finally:
            await adapter.stop()


def live(slack: SlackApi) -> list[web.WebSocketResponse]:
    return [socket for socket in slack.sockets if not socket.closed]


def counted(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, {"platform": "slack", **labels}) or 0.0


def replaced(reason: str) -> float:
    return counted("touchpoint_socket_replacements_total", reason=reason)


async def test_a_command_over_the_socket_is_answered_in_its_envelope(core: ScriptedCore) -> None:
    async with connected(core) as (slack, adapter):
        assert adapter.routes() == []
        core.replies = answers("over the socket")
        answer = await slack.push("slash_commands", payload("slash_command"))
        assert isinstance(core.last, CommandTyped)
        assert answer
        assert "over the socket" in answer["text"]


async def test_an_event_that_the_core_did_not_keep_is_not_acknowledged(core: ScriptedCore) -> None:
    async with connected(core) as (slack, _):
        core.error = RuntimeError("the database is away")
        assert await slack.push("events_api", payload("channel_left"), within=0.2) is None
        core.error = None
        assert await slack.push("events_api", payload("channel_left")) == {}
        assert core.asked[0] == core.asked[1]


async def test_an_envelope_of_a_kind_that_we_do_not_know_breaks_nothing(core: ScriptedCore) -> None:
    async with connected(core) as (slack, _):
        assert await slack.push("holograms", {"type": "hologram"}) == {}
        assert await slack.push("events_api", payload("channel_left")) == {}


async def test_several_connections_and_one_of_them_is_enough(core: ScriptedCore) -> None:
    async with connected(core, sockets=3, ping_every=0.1, stale_after=60) as (slack, adapter):
        assert adapter.connections() == {"1": "up", "2": "up", "3": "up"}
        assert counted("touchpoint_socket_connections", state="up") == 3
        slack.fail("apps.connections.open", error="too_many_websockets", times=9)
        slack.foreseen.add("too_many_websockets")
        await asyncio.gather(*(socket.close() for socket in slack.sockets[:2]))
        await slack.until(lambda: list(adapter.connections().values()).count("too_many_websockets") == 2)
        assert adapter.ready(), "one is up"
        assert counted("touchpoint_socket_connections", state="up") == 1
        assert counted("touchpoint_socket_connections", state="down") == 2
        assert await slack.push("events_api", payload("channel_left"), over=slack.sockets[2]) == {}
        await slack.sockets[2].close()
        await slack.until(lambda: adapter.reason == "Socket Mode: too_many_websockets")


async def test_a_connection_that_fell_silent_is_replaced(core: ScriptedCore, monkeypatch: pytest.MonkeyPatch) -> None:
    async def wedged(*_: object, **__: object) -> None:
        """As the SDK's client can be: it believes itself connected and does nothing more."""

    monkeypatch.setattr(Connection, "connect_to_new_endpoint", wedged)
    before = replaced("silent")
    async with connected(core, ping_every=0.1, stale_after=0.5) as (slack, adapter):
        [silent] = slack.sockets
        slack.deaf = True
        await slack.until(lambda: silent.closed)
        slack.deaf = False
        await slack.until(lambda: len(live(slack)) == 1 and adapter.ready())
        assert replaced("silent") > before
        assert await slack.push("events_api", payload("channel_left")) == {}


async def test_a_connection_that_goes_on_ponging_is_kept(core: ScriptedCore) -> None:
    async with connected(core, sockets=2, ping_every=0.1, stale_after=0.5) as (slack, _):
        await slack.until(lambda: slack.pongs >= 30)  # long past `stale_after` on both
        assert len(slack.sockets) == 2


@pytest.mark.parametrize("reason", ["warning", "refresh_requested"])
async def test_slack_announces_a_refresh_and_the_next_connection_is_up_before_this_one_is_closed(
    core: ScriptedCore, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_BRIEF", 0.0)
    before = replaced("refresh")
    async with connected(core) as (slack, adapter):
        old, core.slow, core.replies = slack.sockets[0], 0.5, answers("asked on the old one")
        under_way = asyncio.create_task(slack.push("slash_commands", payload("slash_command"), over=old))
        await slack.until(lambda: "users.info" in dict(slack.calls))
        await old.send_json(payload("socket_disconnect") | {"reason": reason})
        await slack.until(lambda: slack.sockets[-1] is not old)
        assert not old.closed, "the next one was opened first"
        assert adapter.ready()
        assert "asked on the old one" in ((await under_way) or {})["text"], "and what was under way is answered there"
        await slack.until(lambda: old.closed)
        core.slow = 0.0
        assert await slack.push("events_api", payload("channel_left")) == {}
        assert replaced("refresh") > before


async def test_what_was_not_acknowledged_before_the_connection_broke_comes_again(core: ScriptedCore) -> None:
    async with connected(core, sockets=2) as (slack, adapter):
        first, second = slack.sockets
        core.slow = 0.3
        under_way = asyncio.create_task(slack.push("events_api", payload("channel_left"), over=first))
        await slack.until(lambda: bool(slack._unacknowledged))
        await first.close()
        assert await under_way == {}, "over the other one"
        assert not second.closed
        await slack.until(lambda: len(core.asked) == 2)
        assert core.asked[0] == core.asked[1], "with the same id, by which the core knows it"
        await slack.until(lambda: adapter.connections() == {"1": "up", "2": "up"})


async def test_socket_mode_that_was_switched_off_is_said(core: ScriptedCore) -> None:
    async with connected(core, ping_every=0.1, stale_after=60) as (slack, adapter):
        slack.fail("apps.connections.open", error="link_disabled", times=9)
        await slack.sockets[0].send_json(payload("socket_disconnect") | {"reason": "link_disabled"})
        await slack.until(lambda: "link_disabled" in adapter.reason)
        await slack.until(lambda: slack.sockets[0].closed)


async def test_a_connection_without_a_greeting_is_none(core: ScriptedCore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_GREETED_WITHIN", 0.1)
    async with SlackApi() as slack:
        slack.speechless = True
        config = SlackConfig(bot_token=BOT_TOKEN, app_token=APP_TOKEN, api_url=slack.url, sockets=1)
        adapter = SlackAdapter(config, core)
        await adapter.start()
        try:
            await slack.until(lambda: "no greeting" in adapter.reason)
            await slack.until(lambda: slack.sockets[0].closed)
            slack.speechless = False
            await slack.until(adapter.ready)
        finally:
            await adapter.stop()


@pytest.mark.parametrize("error", ["invalid_auth", "not_allowed_token_type"])
async def test_a_wrong_app_token_is_said_and_tried_again(core: ScriptedCore, error: str) -> None:
    async with SlackApi() as slack:
        slack.fail("apps.connections.open", error=error, times=2)
        adapter = SlackAdapter(SlackConfig(bot_token=BOT_TOKEN, app_token=APP_TOKEN, api_url=slack.url), core)
        await adapter.start()
        try:
            await slack.until(lambda: error in adapter.reason)
            await slack.until(adapter.ready)
        finally:
            await adapter.stop()


async def test_nothing_of_ours_stays_open(core: ScriptedCore) -> None:
    before = asyncio.all_tasks()
    async with connected(core, sockets=2) as (slack, adapter):
        pass
    assert all(socket.closed for socket in slack.sockets)
    assert set(adapter.connections().values()) == {"stopped"}
    await asyncio.wait(asyncio.all_tasks() - before or [asyncio.ensure_future(asyncio.sleep(0))], timeout=1)
    assert not {task for task in asyncio.all_tasks() - before if "slack_sdk" in repr(task)}
