"""Nobody but this machine's own page gets an answer, and what the page shows cannot become markup."""

import re

import pytest
import yarl
from aiohttp.test_utils import make_mocked_request

from adapters.playground.app import PAGE
from adapters.playground.guard import objection
from tests.adapters.playground.conftest import Play
from tests.adapters.playground.showroom import CIO

COMMAND = {"id": "1", "chair": CIO, "conversation": CIO, "text": "agenda"}


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:3979", "127.0.0.1.evil.example", "localhost.evil", "[::2]"]
)
async def test_a_foreign_host_name_is_turned_away(play: Play, host: str) -> None:
    async with play.http.get("/state", headers={"Host": host}) as response:
        assert response.status == 403
    assert play.core.asked == []


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "[::1]"])
async def test_this_machines_own_names_are_welcome(play: Play, name: str) -> None:
    async with play.http.get("/state", headers={"Host": f"{name}:3979"}) as response:
        assert response.status == 200


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost:8080", "http://127.0.0.1"])
async def test_a_page_from_elsewhere_cannot_act(play: Play, origin: str) -> None:
    async with play.http.post("/command", json=COMMAND, headers={"Origin": origin}) as response:
        assert response.status == 403
    assert play.core.asked == []


async def test_the_own_page_can(play: Play) -> None:
    async with play.http.post("/command", json=COMMAND, headers={"Origin": play.url}) as response:
        assert response.status == 200
    assert len(play.core.asked) == 1


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
async def test_another_page_cannot_read_but_may_link_here(play: Play, site: str) -> None:
    async with play.http.get("/events", headers={"Sec-Fetch-Site": site}) as response:
        assert response.status == 403
    async with play.http.get("/", headers={"Sec-Fetch-Site": site}) as response:
        assert response.status == 200


async def test_a_form_post_without_json_is_refused(play: Play) -> None:
    async with play.http.post("/command", data=b'{"id":"1"}', headers={"Content-Type": "text/plain"}) as response:
        assert response.status == 415


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"])
async def test_nobody_comes_through_a_proxy(play: Play, header: str) -> None:
    async with play.http.get("/", headers={header: "203.0.113.9"}) as response:
        assert response.status == 403


def test_only_loopback_addresses_are_this_machine() -> None:
    local = make_mocked_request("GET", "/", headers={"Host": "localhost"})
    assert objection(local.clone(remote="203.0.113.9")) == "not from this machine"
    assert objection(local.clone(remote="")) == "not from this machine"
    assert objection(local.clone(remote="127.0.0.1")) is None
    assert objection(local.clone(remote="::1")) is None


async def test_the_listener_is_bound_to_loopback_only(play: Play) -> None:
    assert play.adapter._runner is not None
    assert [address[0] for address in play.adapter._runner.addresses] == ["127.0.0.1"]


@pytest.mark.parametrize("path", ["/", "/state", "/page/main.js", "/nowhere"])
async def test_every_response_carries_the_policy(play: Play, path: str) -> None:
    async with play.http.get(path) as response:
        policy = response.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "require-trusted-types-for 'script'" in policy
        assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", ["/page/../app.py", "/page/%2e%2e/app.py", "/page/..%2fapp.py"])
async def test_only_the_page_itself_is_served(play: Play, path: str) -> None:
    async with play.http.get(yarl.URL(play.url + path, encoded=True)) as response:
        assert response.status == 404


def test_no_file_of_the_page_loads_from_elsewhere_or_writes_markup() -> None:
    for file in PAGE.iterdir():
        text = file.read_text("utf-8").replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"https?://|@import|url\(", text), file
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", text), file
