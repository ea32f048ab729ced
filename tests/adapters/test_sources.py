"""Sources of threats read by the scheduler: once for everybody, only where somebody asked, and never twice at a time."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web

from adapters.clock import Clock
from adapters.core import ThreadedCore
from adapters.feeds import Fetcher
from adapters.metrics import SILENT
from adapters.sources import Sources
from bot.dispatch import Bot
from storage import rows
from storage.people import Organization
from storage.threats import Feed, News, Threat
from storage.unit_of_work import unit_of_work
from tests.bot.room import Room
from tests.conftest import MONDAY, fresh_sqlite

RECORDED = Path(__file__).parent.parent / "payloads" / "kev"
FILES = {"/kev": "catalog.json", "/epss": "epss.csv", "/rss": "rss.xml"}


class Web:
    """The three sources; what a path answers can be changed, and what was asked is remembered."""

    def __init__(self) -> None:
        self.bodies = {path: (RECORDED / file).read_bytes() for path, file in FILES.items()}
        self.asked: list[tuple[str, str]] = []
        self.status = 200
        self.base = ""

    async def answer(self, request: web.Request) -> web.Response:
        mark = request.headers.get("If-None-Match", "")
        self.asked.append((request.path, mark))
        if self.status != 200 or mark == '"1"':
            return web.Response(status=self.status if self.status != 200 else 304)
        return web.Response(body=self.bodies[request.path], headers={"ETag": '"1"'})

    @property
    def wanted(self) -> dict[str, str]:
        return {f"{self.base}/kev": "kev", f"{self.base}/epss": "epss", f"{self.base}/rss": "news"}


@pytest.fixture
async def sources_on_the_web() -> AsyncIterator[Web]:
    served, app = Web(), web.Application()
    app.router.add_get("/{path:.*}", served.answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    served.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield served
    await runner.cleanup()


class StillClock(Clock):
    """It stands, until somebody moves it."""

    moment = MONDAY

    def now_of(self, _organization: Organization) -> datetime:
        return self.moment


class House:
    """A touchpoint that talks about threats, and who reads for it."""

    def __init__(self, file: Path, served: Web) -> None:
        self.room = Room(engine=fresh_sqlite(file))
        self.sam, _dana = self.room.set_up()
        self.clock = StillClock(self.room.engine)
        self.core = ThreadedCore(Bot(self.room.engine), self.clock)
        self.served = served
        self.sources = Sources(self.core, Fetcher(loopback=True), served.wanted)

    def switch_on(self) -> None:
        self.sam.types("conversations")
        self.sam.presses("Change")
        self.sam.fills(on=("threats",))

    def kept(self, table: type) -> list:
        with unit_of_work(self.room.engine, organization_id=1, now=self.room.now, writes=False) as record:
            return rows.having(record, table)

    def later(self, **time: float) -> None:
        self.clock.moment += timedelta(**time)


@pytest.fixture
def house(tmp_path: Path, sources_on_the_web: Web):
    house = House(tmp_path / "record.db", sources_on_the_web)
    yield house
    house.core.close()
    house.room.engine.dispose()


async def test_nothing_is_fetched_unless_somebody_talks_about_threats(house: House):
    await house.sources.read()
    assert house.served.asked == []


async def test_the_catalog_comes_first_then_its_scores_and_the_news(house: House):
    house.switch_on()
    await house.sources.read()
    assert house.served.asked[0][0] == "/kev"
    threats = {threat.cve: threat for threat in house.kept(Threat)}
    assert len(threats) == 7
    assert threats["CVE-2021-44228"].epss == pytest.approx(0.94358)
    assert house.kept(News) == []  # Its headlines are older than two months, by the tests' own clock.


async def test_it_is_read_again_after_some_hours_and_only_if_it_changed(house: House):
    house.switch_on()
    await house.sources.read()
    await house.sources.read()
    assert len(house.served.asked) == 3
    house.later(hours=7)
    await house.sources.read()
    assert [mark for _path, mark in house.served.asked[3:]] == ['"1"'] * 3
    assert len(house.kept(Threat)) == 7


async def test_two_replicas_do_not_read_at_once(house: House):
    house.switch_on()
    first = await house.core.run(house.sources._claim)
    second = await house.core.run(house.sources._claim)
    assert (len(first), second) == (3, [])


@pytest.mark.parametrize("body", [b"", b"{", b'{"vulnerabilities": []}', b"<html>", b'{"vulnerabilities": [{}]}'])
async def test_a_malformed_catalog_changes_nothing_and_is_tried_again(house: House, body: bytes):
    house.switch_on()
    await house.sources.read()
    house.served.bodies["/kev"] = body
    house.later(hours=7)
    for feed in house.kept(Feed):
        with unit_of_work(house.room.engine, organization_id=1, now=house.room.now) as record:
            rows.get(record, Feed, feed.key).etag = ""
    await house.sources.read()
    assert len(house.kept(Threat)) == 7
    (kev,) = [feed for feed in house.kept(Feed) if feed.kind == "kev"]
    assert kev.failures == 1
    assert kev.because
    assert kev.said_at is not None
    house.served.bodies["/kev"] = (RECORDED / "catalog.json").read_bytes()
    house.later(hours=1)
    await house.sources.read()
    (kev,) = [feed for feed in house.kept(Feed) if feed.kind == "kev"]
    assert (kev.failures, kev.because, kev.said_at) == (0, "", None)


async def test_a_server_that_is_down_is_left_alone_for_longer_and_longer(house: House):
    house.switch_on()
    house.served.status = 503
    waits = []
    for _ in range(3):
        await house.sources.read()
        (kev,) = [feed for feed in house.kept(Feed) if feed.kind == "kev"]
        waits.append(kev.next_at - house.clock.moment)
        house.clock.moment = kev.next_at
    assert waits == [timedelta(minutes=15), timedelta(minutes=30), timedelta(hours=1)]


async def test_what_the_operator_took_out_is_forgotten(house: House):
    house.switch_on()
    await house.sources.read()
    house.sources.wanted = {}
    await house.sources.read()
    assert house.kept(Feed) == []
    assert len(house.kept(Threat)) == 7


async def test_what_fails_is_seen_from_outside(house: House):
    house.switch_on()
    house.served.status = 503
    await house.sources.read()
    assert SILENT._value.get() == 2  # The scores wait for their catalog, and that is nobody's fault.
    house.served.status = 200
    house.later(hours=1)
    await house.sources.read()
    assert SILENT._value.get() == 0
    assert len(house.kept(Threat)) == 7
