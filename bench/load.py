"""The load: signed slash commands over eight kept connections, sent from a process that does nothing else.

Everything is encoded and signed before the clock starts, so that the generator takes as little as it can of a machine with
few cores. Every answer is read whole and checked: a wrong one ends the measurement, it is never counted.
"""

import asyncio
import hashlib
import hmac
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count, islice
from typing import cast
from urllib.parse import urlencode

import uvloop

from bench.slack import CIO, CISO, HOME
from tests.doubles.slack_api import SIGNING_SECRET, TEAM

CONNECTIONS = 8
PATIENCE = 30.0
PREPARED = 10_000
"""Requests that are signed beforehand for each second. An app that answers more ends its round sooner, no more."""
SPIN = 0.002
"""Seconds. The loop's timers know whole milliseconds; for the last two, it is asked what time it is over and over."""

_numbers = count(1)  # one process sends everything, so no trigger is ever used twice


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One measured command. `asked` pairs what is typed with what the answer must hold; the pairs take turns.

    `{n}` in either is another number every time. An empty answer stands for an acknowledgement without a body.
    """

    name: str
    port: int
    asked: tuple[tuple[str, str], ...]


@dataclass(slots=True, kw_only=True)
class Round:
    """What came of it. `latencies` are in seconds, from the moment at which each request was due to be sent."""

    answered: int
    seconds: float
    latencies: list[float] = field(default_factory=list)


class WrongAnswer(RuntimeError):
    """The app did not do what was asked: however fast that was, it is no figure."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A request as bytes, and what must stand in its answer."""

    sent: bytes
    expected: bytes


def prepare(kind: Kind) -> Iterator[Prepared]:
    """Signed as of now, which is good for five minutes. Both principals ask in turn, in the touchpoint's home."""
    stamp = str(int(time.time()))
    for n in _numbers:
        typed, expected = kind.asked[n % len(kind.asked)]
        body = urlencode(
            {
                "token": "gIkuvaNzQIHg97ATvDxqgjtO",
                "team_id": TEAM,
                "team_domain": "acme",
                "channel_id": HOME,
                "channel_name": "security-sync",
                "user_id": (CIO, CISO)[n % 2],
                "user_name": ("sam", "dana")[n % 2],
                "command": "/touchpoint",
                "text": typed.format(n=n),
                "api_app_id": "A0BENCH",
                "is_enterprise_install": "false",
                "response_url": f"https://hooks.slack.com/commands/{TEAM}/{n}/ZpBxSb1hBxBYgcuwlhOrvOVV",
                "trigger_id": f"{n}.{stamp}.0123456789abcdef0123456789abcdef",
            }
        ).encode()
        signature = hmac.new(SIGNING_SECRET.encode(), b"v0:%s:%s" % (stamp.encode(), body), hashlib.sha256).hexdigest()
        head = (
            f"POST /slack/events HTTP/1.1\r\nHost: 127.0.0.1:{kind.port}\r\n"
            "User-Agent: Slackbot 1.0 (+https://api.slack.com/robots)\r\nAccept: application/json,*/*\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n"
            f"X-Slack-Request-Timestamp: {stamp}\r\nX-Slack-Signature: v0={signature}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        yield Prepared(head.encode() + body, expected.format(n=n).encode())


class Connection(asyncio.Protocol):
    """One kept connection with one request under way. It knows as much HTTP as both apps speak: Content-Length."""

    def __init__(self, done: Callable[["Connection"], None], failed: Callable[[Exception], None]) -> None:
        self._done, self._failed = done, failed
        self._received = b""
        self._asked: Prepared | None = None
        self.due = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.WriteTransport, transport)  # uvloop's own is one, but does not say so

    def ask(self, request: Prepared, due: float) -> None:
        self._asked, self.due = request, due
        self.transport.write(request.sent)

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, whole, body = self._received.partition(b"\r\n\r\n")
        if not whole or self._asked is None or len(body) < _length(head):
            return
        expected = self._asked.expected
        if not head.startswith(b"HTTP/1.1 200 ") or (expected not in body if expected else body):
            self._failed(WrongAnswer(f"{expected.decode()!r} is not in {self._received[:800]!r}"))
            return
        self._received, self._asked = b"", None
        self._done(self)

    def connection_lost(self, error: Exception | None) -> None:
        if self._asked:
            self._failed(WrongAnswer(f"the connection broke off: {error}"))


def _length(head: bytes) -> int:
    """Both apps always say it."""
    return int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])


class Load:
    """Connections, and the requests that wait for one. Made anew for each round."""

    def __init__(self, requests: list[Prepared]) -> None:
        self.requests = requests[::-1]
        self.latencies: list[float] = []
        self.finished: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.idle: list[Connection] = []
        self.all: list[Connection] = []

    async def connect(self, port: int, done: Callable[[Connection], None]) -> None:
        loop = asyncio.get_running_loop()
        for _ in range(CONNECTIONS):
            _transport, connection = await loop.create_connection(
                lambda: Connection(done, self.fail), "127.0.0.1", port
            )
            self.all.append(connection)

    def fail(self, error: Exception) -> None:
        if not self.finished.done():
            self.finished.set_exception(error)

    def close(self) -> None:
        for connection in self.all:
            connection.transport.abort()


async def _saturate(kind: Kind, seconds: float, requests: list[Prepared]) -> Round:
    """Each connection sends its next request as soon as the last one is answered."""
    load = Load(requests)
    clock = time.perf_counter
    answered, busy, ended = 0, CONNECTIONS, 0.0

    def done(connection: Connection) -> None:
        nonlocal answered, busy, ended
        answered += 1
        now = clock()
        if now < end and load.requests:
            connection.ask(load.requests.pop(), now)
            return
        busy, ended = busy - 1, now
        if not busy and not load.finished.done():
            load.finished.set_result(None)

    await load.connect(kind.port, done)
    began = clock()
    end = began + seconds
    for connection in load.all:
        connection.ask(load.requests.pop(), began)
    try:
        await asyncio.wait_for(load.finished, seconds + PATIENCE)
    finally:
        load.close()
    return Round(answered=answered, seconds=ended - began)


async def _steadily(kind: Kind, rate: float, requests: list[Prepared]) -> Round:
    """One request every 1/rate seconds, whether or not the ones before it are answered.

    Where all connections are busy a request waits for one, and its wait counts: no stall of the app can hide in the load.
    """
    load, clock, loop = Load(requests), time.perf_counter, asyncio.get_running_loop()
    waiting: deque[float] = deque()
    sent, total = 0, len(requests)

    def done(connection: Connection) -> None:
        load.latencies.append(clock() - connection.due)
        if waiting:
            connection.ask(load.requests.pop(), waiting.popleft())
        else:
            load.idle.append(connection)
        if len(load.latencies) == total and not load.finished.done():
            load.finished.set_result(None)

    def tick() -> None:
        nonlocal sent
        while sent < total and (due := began + sent / rate) <= clock():
            sent += 1
            if load.idle:
                load.idle.pop().ask(load.requests.pop(), due)
            else:
                waiting.append(due)
        if sent < total and not load.finished.done():
            ahead = began + sent / rate - clock()
            loop.call_later(ahead - SPIN, tick) if ahead > 2 * SPIN else loop.call_soon(tick)

    await load.connect(kind.port, done)
    load.idle = list(load.all)
    began = clock() + SPIN
    tick()
    try:
        await asyncio.wait_for(load.finished, total / rate + PATIENCE)
    finally:
        load.close()
    return Round(answered=total, seconds=clock() - began, latencies=load.latencies)


def saturate(kind: Kind, seconds: float) -> Round:
    """As many as the app can answer."""
    requests = list(islice(prepare(kind), int(PREPARED * seconds)))
    return uvloop.run(_saturate(kind, seconds, requests))


def steadily(kind: Kind, rate: float, seconds: float) -> Round:
    """So many a second, for so long."""
    requests = list(islice(prepare(kind), int(rate * seconds)))
    return uvloop.run(_steadily(kind, rate, requests))
