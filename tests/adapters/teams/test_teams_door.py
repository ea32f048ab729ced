"""Who is let in: the SDK's real validation of real signatures, and what HTTP says about everybody else."""

import asyncio
import inspect
import json
import re
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from prometheus_client import REGISTRY

from adapters.teams.app import TeamsAdapter
from adapters.teams.config import GOVERNMENT, TeamsConfig, in_cloud
from adapters.teams.port import MakePort
from bot.cards import card
from bot.replies import Answer
from bot.requests import ConversationSeen, MessagePosted
from tests.adapters.teams.fake_core import FakeCore
from tests.contract.teams_stage import TeamsChair, TeamsStage, payload
from tests.doubles.bot_connector import APP_ID, SECRET, TENANT, BotConnector, bot_connector

ELSEWHERE = "99999999-0000-4000-8000-000000000000"


class Door:
    """`POST /api/messages` on an adapter, with whatever token and body."""

    def __init__(self, double: BotConnector, http: aiohttp.ClientSession) -> None:
        self.double = double
        self._http = http

    async def knock(self, auth: str | None, body: Any = None) -> int:
        activity = payload("message-personal") | {"serviceUrl": self.double.service_url}
        data = body if isinstance(body, bytes) else json.dumps(activity if body is None else body).encode()
        headers = {"Authorization": auth} if auth is not None else {}
        async with self._http.post("/api/messages", data=data, headers=headers) as response:
            return response.status


async def opened(core: FakeCore, make_port: MakePort | None, **changes: Any) -> AsyncIterator[Door]:
    async with bot_connector() as double:
        config = TeamsConfig(
            **{
                "app_id": APP_ID,
                "app_password": SECRET,
                "tenant_id": TENANT,
                "login_url": double.url,
                "openid_metadata_url": double.openid_url,
            }
            | changes
        )
        member = double.person("Dana")
        shown = payload("message-personal")["from"]["aadObjectId"]
        double.people = {shown: member}
        member.aad = shown
        chat = double.conversation(payload("message-personal")["conversation"]["id"], "personal")
        chat.members[shown] = member
        adapter = TeamsAdapter(config, core, make_port)
        await adapter.start()
        app = web.Application()
        app.router.add_post("/api/messages", adapter.handle)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        async with aiohttp.ClientSession(f"http://127.0.0.1:{runner.addresses[0][1]}") as http:
            yield Door(double, http)
        await runner.cleanup()
        await adapter.stop()


@pytest.fixture
async def door(core: FakeCore, make_port: MakePort | None) -> AsyncIterator[Door]:
    async for found in opened(core, make_port):
        yield found


def rejected() -> float:
    return REGISTRY.get_sample_value("touchpoint_rejected_requests_total", {"platform": "teams"}) or 0.0


async def test_a_signed_activity_of_our_tenant_is_let_in(core: FakeCore, door: Door) -> None:
    before = rejected()
    assert await door.knock(door.double.sign()) == 200
    assert [asked.text for asked in core.of(MessagePosted)] == ["risk list"]
    assert rejected() == before


@pytest.mark.parametrize("auth", [None, "", "Bearer ", "Bearer x", "Bearer a.b.c", "Basic YTpi", "Bearer e30.e30.e30"])
async def test_no_token_and_no_real_one_is_401_and_only_counted(core: FakeCore, door: Door, auth: str | None) -> None:
    before = rejected()
    assert await door.knock(auth) == 401
    assert core.asked == []
    assert rejected() == before + 1


@pytest.mark.parametrize(
    "claims",
    [
        {"exp": int(time.time()) - 3600},
        {"nbf": int(time.time()) + 3600},
        {"aud": "another-bot"},
        {"aud": None},
        {"iss": "https://sts.windows.net/d6d49420-f39b-4df7-a1dc-d59a935871db/", "ver": "1.0", "appid": APP_ID},
        {"iss": None},
        {"serviceurl": "https://evil.example/"},
        {"serviceurl": None},
        {"key": 1, "kid": "key-0"},
    ],
    ids=["expired", "early", "audience", "no-audience", "emulator", "no-issuer", "service-url", "no-url", "forged"],
)
async def test_a_token_that_does_not_hold_is_401(core: FakeCore, door: Door, claims: dict[str, Any]) -> None:
    before = rejected()
    assert await door.knock(door.double.sign(**claims)) == 401
    assert core.asked == []
    assert rejected() == before + 1


@pytest.mark.parametrize(
    "change", [{"channelId": "webchat"}, {"channelId": None}, {"serviceUrl": None}, {"serviceUrl": ""}]
)
async def test_a_valid_token_on_another_channels_activity_is_401(
    core: FakeCore, door: Door, change: dict[str, Any]
) -> None:
    activity = payload("message-personal") | {"serviceUrl": door.double.service_url} | change
    assert await door.knock(door.double.sign(), activity) == 401
    assert core.asked == []


async def test_another_tenant_is_403_and_counted(core: FakeCore, door: Door) -> None:
    before = rejected()
    activity = payload("message-personal") | {"serviceUrl": door.double.service_url}
    activity["channelData"]["tenant"]["id"] = ELSEWHERE
    assert await door.knock(door.double.sign(), activity) == 403
    activity["channelData"] = {}
    activity["conversation"]["tenantId"] = ""
    assert await door.knock(door.double.sign(), activity) == 403
    assert core.asked == []
    assert rejected() == before + 2


@pytest.mark.parametrize(("allowed", "status"), [((), 200), ((ELSEWHERE,), 200), ((TENANT,), 403)])
async def test_a_multi_tenant_bot_lets_in_whom_it_was_told_to(
    core: FakeCore, make_port: MakePort | None, allowed: tuple[str, ...], status: int
) -> None:
    async for door in opened(core, make_port, app_type="MultiTenant", allowed_tenants=allowed):
        activity = payload("message-personal") | {"serviceUrl": door.double.service_url}
        activity["channelData"]["tenant"]["id"] = ELSEWHERE
        assert await door.knock(door.double.sign(), activity) == status


async def test_a_rotated_key_is_learnt_at_once_and_made_up_keys_are_not_chased(core: FakeCore, door: Door) -> None:
    assert await door.knock(door.double.sign()) == 200
    door.double.published = [1]
    assert await door.knock(door.double.sign(key=1)) == 200
    fetched = door.double.key_fetches
    assert fetched == 2
    for number in range(5):
        assert await door.knock(door.double.sign(key=2, kid=f"made-up-{number}")) == 401
    assert door.double.key_fetches == fetched


async def test_without_keys_nobody_can_be_judged_and_teams_shall_come_again(
    core: FakeCore, make_port: MakePort | None
) -> None:
    async for door in opened(core, make_port, openid_metadata_url="http://127.0.0.1:9/openid"):
        assert await door.knock(door.double.sign()) == 503


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"x"', b"\xff\xfe", b"[" * 100_000])
async def test_what_is_no_activity_is_400(core: FakeCore, door: Door, body: bytes) -> None:
    assert await door.knock(door.double.sign(), body) == 400


async def test_a_body_over_the_limit_is_413(core: FakeCore, door: Door) -> None:
    assert await door.knock(door.double.sign(), b" " * (256 * 1024 + 1)) == 413


@pytest.mark.parametrize("name", ["invoke-execute", "invoke-task-fetch-form"])
async def test_an_invoke_is_answered_200_with_a_body(
    core: FakeCore, stage: TeamsStage, dana: TeamsChair, name: str
) -> None:
    core.answer = lambda request: (
        [] if isinstance(request, ConversationSeen) else [Answer(card=card("Here"), replaces=True)]
    )
    activity = payload(name)
    answer = await stage.deliver(dana._from_me(activity, dana._place("home"), None))
    shown = answer["value"] if name == "invoke-execute" else answer["task"]["value"]["card"]["content"]
    assert stage.last_status == 200
    assert shown["body"][0]["text"] == "Here"


@pytest.mark.parametrize(
    ("name", "status", "kind"),
    [
        ("invoke-unknown", 501, "invoke/something/new"),
        ("activity-from-the-future", 200, "telepathy"),
        ("conversation-update-from-the-future", 200, "conversationUpdate/channelPainted"),
        ("event-meeting-start", 200, "event/application/vnd.microsoft.meetingStart"),
        ("message-reaction", 200, "messageReaction"),
        ("typing", 200, "typing"),
        ("installation-add-team", 200, ""),
    ],
)
async def test_what_we_do_not_know_is_answered_as_the_sdks_do_and_counted(
    door: Door, name: str, status: int, kind: str
) -> None:
    """501 for an invoke (botbuilder-dotnet #2605), 200 for everything else ("Conversation events in your Teams bot")."""
    before = counted(kind)
    activity = payload(name) | {"serviceUrl": door.double.service_url}
    assert await door.knock(door.double.sign(), activity) == status
    assert counted(kind) == before + (1 if kind else 0)


def counted(kind: str) -> float:
    found = REGISTRY.get_sample_value("touchpoint_ignored_total", {"platform": "teams", "type": kind})
    return found or 0.0


async def test_a_slow_token_endpoint_does_not_hold_up_anybody_else(
    core: FakeCore, stage: TeamsStage, dana: TeamsChair
) -> None:
    """The stock SDK froze the whole process for as long as the endpoint took."""
    stage.double.token_delay = 0.5
    posting = asyncio.create_task(stage.adapter.edge.post(conversation=stage.home, card=card("Hi"), delivery="d"))
    longest, last = 0.0, time.perf_counter()
    while not posting.done():
        await asyncio.sleep(0.005)
        now = time.perf_counter()
        longest, last = max(longest, now - last), now
    await posting
    assert longest < 0.25


async def test_a_token_is_fetched_once_for_many_messages(stage: TeamsStage) -> None:
    posts = [stage.adapter.edge.post(conversation=stage.home, card=card(f"{n}"), delivery=f"{n}") for n in range(5)]
    await asyncio.gather(*posts)
    assert stage.double.tokens_given == 1
    assert stage.adapter.ready()


async def test_the_governments_cloud_has_addresses_of_its_own() -> None:
    moved = in_cloud(TeamsConfig(app_id=APP_ID, tenant_id=TENANT), GOVERNMENT)
    assert moved.token_url == f"https://login.microsoftonline.us/{TENANT}/oauth2/v2.0/token"
    assert moved.channel_issuer == "https://api.botframework.us"
    assert in_cloud(moved, "") == moved
    with pytest.raises(ValueError, match="for the public cloud"):
        in_cloud(moved, "https://botframework.example")


def test_one_file_knows_the_sdk() -> None:
    knowing = re.compile(r"^\s*(from|import) (botbuilder|botframework|msrest)\b", re.MULTILINE)
    adapter = Path(inspect.getfile(TeamsAdapter)).parent
    assert [path.name for path in adapter.rglob("*.py") if knowing.search(path.read_text())] == ["botframework.py"]


def test_a_config_does_not_show_its_secret() -> None:
    assert "hush" not in repr(TeamsConfig(app_id=APP_ID, app_password="hush"))
