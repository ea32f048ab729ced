"""The polite fetcher against servers that are polite, busy, broken and hostile. All of them are on this machine."""

import asyncio
import gzip
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web

from adapters.feeds import EVERY, LONGEST_PAUSE, FeedFailed, Fetcher, pause, waited
from agenda.catalog import Malformed

NOW = datetime(2031, 3, 3, 12, tzinfo=UTC)
MEGABYTE = 1_000_000
Served = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Server:
    """Answers every path as it is told to, and remembers what it was asked."""

    def __init__(self) -> None:
        self.answer: Served = self.ok
        self.asked: list[web.Request] = []
        self.url = ""

    async def ok(self, _request: web.Request) -> web.StreamResponse:
        return web.Response(body=b"hello", headers={"ETag": '"v1"', "Last-Modified": "Mon, 03 Mar 2031 10:00:00 GMT"})

    async def take(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request)
        return await self.answer(request)


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    served, app = Server(), web.Application()
    app.router.add_get("/{path:.*}", served.take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    served.url = f"http://127.0.0.1:{runner.addresses[0][1]}/feed"
    yield served
    await runner.cleanup()


@pytest.fixture
def fetcher() -> Fetcher:
    return Fetcher(loopback=True, most_bytes=2 * MEGABYTE, most_unpacked=3 * MEGABYTE, seconds=5)


def answers(**kwargs: object) -> Served:
    async def answer(_request: web.Request) -> web.StreamResponse:
        return web.Response(**kwargs)  # type: ignore[arg-type]

    return answer


async def test_a_document_is_fetched_with_its_marks_and_says_who_asks(server: Server, fetcher: Fetcher):
    got = await fetcher.fetch(server.url, now=NOW)
    assert (got.body, got.etag, got.modified) == (b"hello", '"v1"', "Mon, 03 Mar 2031 10:00:00 GMT")
    assert server.asked[0].headers["User-Agent"].startswith("Touchpoint/")


async def test_what_did_not_change_is_not_sent_again(server: Server, fetcher: Fetcher):
    server.answer = answers(status=304)
    got = await fetcher.fetch(server.url, etag='"v1"', modified="Mon, 03 Mar 2031 10:00:00 GMT", now=NOW)
    assert got.body is None
    assert server.asked[0].headers["If-None-Match"] == '"v1"'
    assert server.asked[0].headers["If-Modified-Since"].startswith("Mon")


async def test_what_comes_packed_is_unpacked(server: Server, fetcher: Fetcher):
    server.answer = answers(body=gzip.compress(b"hello"), headers={"Content-Encoding": "gzip"})
    assert (await fetcher.fetch(server.url, now=NOW)).body == b"hello"


async def test_a_redirect_is_followed(server: Server, fetcher: Fetcher):
    async def twice(request: web.Request) -> web.StreamResponse:
        if request.path != "/there":
            raise web.HTTPFound("/there")
        return web.Response(body=b"hello")

    server.answer = twice
    assert (await fetcher.fetch(server.url, now=NOW)).body == b"hello"


async def test_a_redirect_that_leads_in_a_circle_ends(server: Server, fetcher: Fetcher):
    server.answer = answers(status=302, headers={"Location": "/feed"})
    with pytest.raises(FeedFailed, match="more than 3 times"):
        await fetcher.fetch(server.url, now=NOW)
    assert len(server.asked) == 4


@pytest.mark.parametrize(
    "to",
    [
        "http://feeds.example/x",
        "https://169.254.169.254/latest/meta-data",
        "https://localhost/x",
        "https://intranet/x",
        "https://[::1]/x",
        "https://127.1/x",
        "https://0x7f.1/x",
        "https://0177.0.0.1/x",
        "https://169.254.169.254./x",
        "https://①⑥⑨.②⑤④.①⑥⑨.②⑤④/x",
        "file:///etc/passwd",
    ],
)
async def test_a_redirect_leads_neither_out_of_https_nor_into_this_network(server: Server, fetcher: Fetcher, to: str):
    server.answer = answers(status=301, headers={"Location": to})
    with pytest.raises(FeedFailed, match=r"not https|address instead of a name"):
        await fetcher.fetch(server.url, now=NOW)


@pytest.mark.parametrize(
    "name", ["Looks-Fine.example", "looks-fine.example..", "bücher.example", "a@looks-fine.example"]
)
@pytest.mark.parametrize("address", ["169.254.169.254", "10.1.2.3", "127.0.0.1", "::1", "::ffff:10.0.0.1", "fe80::1"])
async def test_a_redirect_to_a_name_that_means_this_network_is_not_followed(
    server: Server, fetcher: Fetcher, name: str, address: str, monkeypatch: pytest.MonkeyPatch
):
    async def looked_up(host: str, port: int, **_kinds: object) -> list[object]:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        return [(family, socket.SOCK_STREAM, 6, host, (address, port, 0, 0)[: 4 if ":" in address else 2])]

    server.answer = answers(status=301, headers={"Location": f"https://{name}/latest/meta-data"})
    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", looked_up)
    with pytest.raises(FeedFailed, match="ClientConnectorDNSError"):
        await fetcher.fetch(server.url, now=NOW)


async def test_what_the_operator_named_may_lie_in_this_network(monkeypatch: pytest.MonkeyPatch):
    asked = []

    async def looked_up(host: str, port: int, **_kinds: object) -> list[object]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, host, ("127.0.0.1", 9))]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", looked_up)
    with pytest.raises(FeedFailed, match=r"intranet.example cannot be reached \(ClientConnectorError"):
        await Fetcher().fetch("https://intranet.example/feed", now=NOW)
    assert asked == ["intranet.example"]


async def test_plain_http_is_not_fetched(server: Server):
    with pytest.raises(FeedFailed, match="not https"):
        await Fetcher().fetch(server.url, now=NOW)
    assert server.asked == []


async def test_a_feed_of_a_hundred_megabytes_ends_where_the_limit_is(server: Server, fetcher: Fetcher):
    sent = 0

    async def endless(request: web.Request) -> web.StreamResponse:
        nonlocal sent
        response = web.StreamResponse()
        await response.prepare(request)
        for _ in range(100):
            await response.write(bytes(MEGABYTE))
            sent += 1
        return response

    server.answer = endless
    with pytest.raises(Malformed, match="more than 2 MB"):
        await fetcher.fetch(server.url, now=NOW)
    assert sent < 50


async def test_one_that_says_how_long_it_is_is_not_even_begun(server: Server, fetcher: Fetcher):
    server.answer = answers(body=bytes(3 * MEGABYTE))
    with pytest.raises(Malformed, match="more than 2 MB"):
        await fetcher.fetch(server.url, now=NOW)


@pytest.mark.parametrize("headers", [{"Content-Encoding": "gzip"}, {"Content-Type": "application/gzip"}])
async def test_a_bomb_is_not_unpacked(server: Server, fetcher: Fetcher, headers: dict[str, str]):
    server.answer = answers(body=gzip.compress(bytes(100 * MEGABYTE)), headers=headers)
    with pytest.raises(Malformed, match="unpacks to more than 3 MB"):
        await fetcher.fetch(server.url, now=NOW)


async def test_one_that_is_packed_otherwise_is_refused(server: Server, fetcher: Fetcher):
    server.answer = answers(body=b"x", headers={"Content-Encoding": "br"})
    with pytest.raises(Malformed):
        await fetcher.fetch(server.url, now=NOW)


async def test_a_busy_server_says_when_to_come_back(server: Server, fetcher: Fetcher):
    server.answer = answers(status=429, headers={"Retry-After": "1800"})
    with pytest.raises(FeedFailed, match="answers 429") as failed:
        await fetcher.fetch(server.url, now=NOW)
    assert failed.value.retry_after == timedelta(minutes=30)


async def test_a_server_that_never_ends_its_answer_is_left(server: Server):
    async def slow(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b"x")

    server.answer = slow
    with pytest.raises((FeedFailed, Malformed)):
        await Fetcher(loopback=True, seconds=0.2, most_bytes=10**12).fetch(server.url, now=NOW)


async def test_nobody_there_is_said_without_the_address(fetcher: Fetcher):
    with pytest.raises(FeedFailed) as failed:
        await fetcher.fetch("http://127.0.0.1:9/feed?key=secret", now=NOW)
    assert "secret" not in str(failed.value)


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("120", timedelta(minutes=2)),
        ("Mon, 03 Mar 2031 13:00:00 GMT", timedelta(hours=1)),
        ("Mon, 03 Mar 2031 11:00:00 GMT", timedelta()),
        ("999999999999", LONGEST_PAUSE),
        ("soon", None),
        ("", None),
    ],
)
def test_retry_after_is_read_in_both_of_its_forms(said: str, asked: timedelta | None):
    assert waited(said, NOW) == asked


def test_the_pause_grows_and_ends_at_a_day():
    assert pause(0) == EVERY
    assert [pause(n) for n in (1, 2, 3)] == [timedelta(minutes=15), timedelta(minutes=30), timedelta(hours=1)]
    assert pause(1, timedelta(hours=3)) == timedelta(hours=3)
    assert pause(50) == LONGEST_PAUSE
