"""The process as whoever runs it sees it: it starts, says whether it is ready, refuses what it must, and stops in order."""

import asyncio
import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from adapters.server import CannotStart, Opened, listening, open_record, serve
from adapters.settings import Settings, names
from adapters.web import BODY_LIMIT, House, Platform
from storage import installations
from storage.engine import open_engine
from storage.vault import BadKeys, Vault, keys_in, new_key
from tests.storage.firm import founded

ROOT = Path(__file__).parents[2]
NOBODY = "http://127.0.0.1:9/"  # the discard port, where nothing listens


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in names():
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def settings(tmp_path: Path) -> Callable[..., Settings]:
    def with_these(**values: object) -> Settings:
        mine = {"database_url": f"sqlite:///{tmp_path / 'record.db'}", "port": 0, "playground_port": 0}
        return Settings(_env_file=None, **(mine | values))  # type: ignore[arg-type]

    return with_these


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[tuple[aiohttp.ClientSession, Opened]]:
    """The whole process in this loop, and a client at its door."""
    stop, opened = asyncio.Event(), asyncio.get_running_loop().create_future()
    process = asyncio.create_task(serve(settings, stop=stop, opened=opened.set_result))
    await asyncio.wait({process, opened}, return_when=asyncio.FIRST_COMPLETED)
    if process.done():
        process.result()
    where = opened.result()
    async with aiohttp.ClientSession(f"http://127.0.0.1:{where.port}") as http:
        yield http, where
    stop.set()
    await process


async def got(http: aiohttp.ClientSession, path: str) -> tuple[int, str]:
    async with http.get(path) as response:
        return response.status, await response.text()


async def test_with_no_settings_it_is_ready_and_the_playground_is_open(settings):
    async with running(settings()) as (http, where):
        assert await got(http, "/healthz") == (200, "touchpoint is alive\n")
        status, body = await got(http, "/readyz")
        assert (status, json.loads(body)) == (200, {"ready": True, "database": "ok"})
        assert where.playground is not None
        async with http.get(where.playground) as page:
            assert "html" in page.headers["Content-Type"]


async def test_a_command_goes_through_the_whole_house_and_back(settings):
    async with running(settings()) as (http, where):
        typed = {"id": "1", "chair": "play:local/cio", "conversation": "play:local/security-sync", "text": "help"}
        async with http.post(f"{where.playground}/command", json=typed) as response:
            assert response.status == 200
        async with http.get(f"{where.playground}/state") as response:
            state = await response.text()
        assert "decision find" in state


async def test_the_playground_never_leaves_this_machine(settings):
    async with running(settings(host="0.0.0.0")) as (_, where):
        assert where.playground is not None
        port = int(where.playground.rsplit(":", 1)[1])
        with socket.socket() as elsewhere:
            elsewhere.settimeout(2)
            assert elsewhere.connect_ex(("127.0.0.2", port)) != 0, "loopback too, and yet not where it listens"


async def test_the_playground_can_be_switched_off(settings):
    async with running(settings(playground=False)) as (_, where):
        assert where.playground is None


@pytest.mark.parametrize("path", ["/slack/events", "/api/messages"])
async def test_a_platform_that_is_off_is_not_found(settings, path: str):
    async with running(settings()) as (http, _), http.post(path, data="{}") as response:
        assert response.status == 404
        assert "not switched on" in await response.text()


async def test_a_platform_that_does_not_answer_keeps_it_from_being_ready(settings):
    slack = {"slack_bot_token": "xoxb-hidden", "slack_signing_secret": "also-hidden", "slack_api_url": NOBODY}
    async with running(settings(**slack)) as (http, _):
        status, body = await got(http, "/readyz")
        assert status == 503
        assert json.loads(body)["database"] == "ok"
        assert json.loads(body)["slack"].startswith("auth.test")
        assert (await got(http, "/healthz"))[0] == 200
        assert "hidden" not in body


async def test_what_is_not_signed_gets_401_and_leaves_a_count(settings):
    slack = {"slack_bot_token": "xoxb-1", "slack_signing_secret": "abcd", "slack_api_url": NOBODY}
    async with running(settings(**slack)) as (http, _):
        before = rejected((await got(http, "/metrics"))[1])
        async with http.post("/slack/events", data="command=/touchpoint") as response:
            assert response.status == 401
        metrics = (await got(http, "/metrics"))[1]
        assert rejected(metrics) == before + 1
        assert 'touchpoint_request_seconds_count{platform="slack",status="401"}' in metrics


def rejected(metrics: str) -> float:
    found = re.search(r'touchpoint_rejected_requests_total\{platform="slack"\} ([\d.]+)', metrics)
    return float(found[1]) if found else 0.0


SEVERAL = {
    "slack_client_id": "1.2",
    "slack_client_secret": "hidden-client-secret",
    "slack_signing_secret": "abcd",
    "slack_api_url": NOBODY,
    "public_url": "https://touchpoint.example",
}


async def test_where_several_workspaces_install_it_their_page_is_open_and_it_is_ready_without_any(settings):
    async with running(settings(**SEVERAL, keys=new_key())) as (http, _):
        async with http.get("/slack/install", allow_redirects=False) as page:
            assert page.status == 302
            assert page.headers["Location"].startswith("http://127.0.0.1:9/oauth/v2/authorize?client_id=1.2")
        assert (await got(http, "/slack/oauth_redirect?code=1"))[0] == 400
        status, body = await got(http, "/readyz")
        assert (status, json.loads(body)["slack"]) == (200, "ok")


async def test_where_one_token_does_there_is_no_such_page(settings):
    slack = {"slack_bot_token": "xoxb-1", "slack_signing_secret": "abcd", "slack_api_url": NOBODY}
    async with running(settings(**slack)) as (http, _):
        assert (await got(http, "/slack/install"))[0] == 404


async def test_it_does_not_start_with_keys_that_open_nothing_that_stands(settings):
    engine = open_record(settings())
    secret = Vault(keys_in(new_key())).encrypt("xoxb-1", table=installations.TABLE, row="slack:T1")
    firm = founded(engine, "slack:T1")
    with firm.record() as record:
        installations.install(record, "slack:T1", secret=secret)
    with pytest.raises(BadKeys, match="slack:T1: its secrets need the key"):
        async with running(settings(**SEVERAL, keys=new_key())):
            pass
    engine.dispose()


async def test_a_body_without_end_is_refused(settings):
    slack = {"slack_bot_token": "xoxb-1", "slack_signing_secret": "abcd", "slack_api_url": NOBODY}
    async with (
        running(settings(**slack)) as (http, _),
        http.post("/slack/events", data=b"x" * (BODY_LIMIT + 1)) as answer,
    ):
        assert answer.status == 413


async def test_a_database_of_another_version_or_out_of_reach_is_not_ready(settings):
    engine = open_record(settings())
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = 'older'")
    async with listening(settings(), House(engine=engine)) as port, aiohttp.ClientSession() as http:
        assert await got(http, f"http://127.0.0.1:{port}/readyz") == (
            503,
            '{"ready": false, "database": "not migrated"}',
        )
    engine.dispose()
    gone = House(engine=open_engine("postgresql://me:hidden@127.0.0.1:9/record"))
    async with listening(settings(), gone) as port, aiohttp.ClientSession() as http:
        assert await got(http, f"http://127.0.0.1:{port}/readyz") == (
            503,
            '{"ready": false, "database": "unreachable"}',
        )


async def test_a_platform_that_takes_nothing_we_send_keeps_it_from_being_ready(settings):
    said = "takes nothing that is sent: token_revoked"
    platforms = {"slack": Platform(take=None, objection=str), "teams": Platform(take=None, objection=str)}
    house = House(engine=open_record(settings()), platforms=platforms, refusal={"slack": said, "teams": ""}.__getitem__)
    async with listening(settings(), house) as port, aiohttp.ClientSession() as http:
        status, body = await got(http, f"http://127.0.0.1:{port}/readyz")
        assert (status, json.loads(body)["slack"], json.loads(body)["teams"]) == (503, said, "ok")
    house.engine.dispose()


async def test_of_several_connections_each_is_shown_and_one_is_enough(settings):
    held = {"1": "up", "2": "no pong for 45 s"}
    platforms = {"slack": Platform(take=None, objection=str, connections=lambda: held)}
    house = House(engine=open_record(settings()), platforms=platforms)
    async with listening(settings(), house) as port, aiohttp.ClientSession() as http:
        status, body = await got(http, f"http://127.0.0.1:{port}/readyz")
        assert (status, json.loads(body)["slack"], json.loads(body)["slack connections"]) == (200, "ok", held)
    house.engine.dispose()


async def test_a_request_in_flight_is_answered_and_no_new_one_is_let_in(settings):
    inside, finish = asyncio.Event(), asyncio.Event()

    async def slow(_request: web.Request) -> web.Response:
        inside.set()
        await finish.wait()
        return web.Response(text="recorded")

    house = House(engine=open_engine("sqlite://"), platforms={"slack": Platform(take=slow, objection=str)})
    door = listening(settings(), house)
    port = await door.__aenter__()
    async with aiohttp.ClientSession() as http:
        request = asyncio.create_task(http.post(f"http://127.0.0.1:{port}/slack/events"))
        await inside.wait()
        closing = asyncio.create_task(door.__aexit__(None, None, None))
        await asyncio.sleep(0)
        with pytest.raises(aiohttp.ClientConnectionError):
            await http.get(f"http://127.0.0.1:{port}/healthz")
        finish.set()
        assert await (await request).text() == "recorded"
        await closing


async def test_a_taken_port_is_said_in_one_line(settings):
    with socket.create_server(("127.0.0.1", 0)) as stranger:
        taken = stranger.getsockname()[1]
        with pytest.raises(CannotStart, match=f"Port {taken} on 127.0.0.1 is taken.*TOUCHPOINT_PORT"):
            async with running(settings(port=taken)):
                pass
        with pytest.raises(CannotStart, match="TOUCHPOINT_PLAYGROUND_PORT"):
            async with running(settings(playground_port=taken)):
                pass


async def test_a_database_out_of_reach_is_said_without_its_password(settings):
    with pytest.raises(CannotStart) as stopped:
        async with running(settings(database_url="postgresql://me:hidden@127.0.0.1:9/record")):
            pass
    assert "does not answer" in str(stopped.value)
    assert "hidden" not in str(stopped.value)


@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGINT])
async def test_the_real_process_starts_says_where_to_click_and_ends_well(tmp_path: Path, by: signal.Signals):
    """What `make run` starts: 0.9 s to ready and 88 MB here; this allows a loaded machine some more."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TOUCHPOINT_PORT": "0", "TOUCHPOINT_PLAYGROUND_PORT": "0"}
    environment |= {"SLACK_BOT_TOKEN": "xoxb-hidden-token", "SLACK_SIGNING_SECRET": "hidden", "SLACK_API_URL": NOBODY}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-c", "from adapters.cli import main; main()", "serve"),
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout
    said = b""
    async with asyncio.timeout(20):
        while b"/readyz" not in said:
            said += await process.stdout.readline()
        page = re.search(rb"Playground\s+(http://127\.0\.0\.1:\d+)", said)
        assert page
        async with aiohttp.ClientSession() as http:
            assert (await got(http, page[1].decode()))[0] == 200
        process.send_signal(by)
        rest, logged = await process.communicate()
    assert process.returncode == 0, logged.decode()
    assert b"Slack       on" in said
    assert b'"event": "stopped"' in logged
    assert b"hidden" not in said + rest + logged
    assert "Traceback" not in logged.decode(), logged.decode()
