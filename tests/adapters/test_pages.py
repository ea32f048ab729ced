"""What a calendar program gets: real HTTP on loopback, read back with a parser; and what it never gets."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
from icalendar import Calendar
from sqlalchemy import text
from structlog.testing import capture_logs

from adapters import server
from adapters.clock import Clock
from adapters.core import ThreadedCore
from adapters.pages import NOTHING
from adapters.settings import Settings, names
from adapters.web import House
from agenda.risks import RiskState
from agenda.themes import Theme
from bot.dispatch import Bot
from storage import feeds, risks, rows
from storage.items import AgendaItem
from storage.people import Organization
from storage.risks import RiskItem
from storage.syncs import Sync
from storage.touchpoints import Touchpoint
from tests.conftest import MONDAY, fresh_sqlite
from tests.storage.firm import Firm, founded

TOKEN = "Zm9yLWEtdGVzdC1hbmQtbm90aGluZy1lbHNlLWF0LWE"
KEY = "a-key-of-one-sync-01234567890123"
NEXT = MONDAY + timedelta(days=7, minutes=30)


class Stopped(Clock):
    """Stands still where the test puts it."""

    moment = MONDAY

    def now_of(self, organization: Organization) -> datetime:
        return self.moment


@dataclass(frozen=True, kw_only=True)
class Installation:
    """A process with one organization, and a calendar program at its door."""

    firm: Firm
    clock: Stopped
    http: aiohttp.ClientSession

    async def get(self, path: str = f"/calendar/{TOKEN}.ics", **headers: str) -> tuple[aiohttp.ClientResponse, bytes]:
        async with self.http.get(path, headers=headers) as response:
            return response, await response.read()

    async def events(self, path: str = f"/calendar/{TOKEN}.ics") -> dict[str, dict[str, object]]:
        """By UID, each as the parser reads it."""
        response, body = await self.get(path)
        assert response.status == 200, body
        found = Calendar.from_ical(body).walk("VEVENT")
        return {str(event["UID"]): {name: event.decoded(name) for name in event} for event in found}


@pytest.fixture
async def installation(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Installation]:
    for name in names():
        monkeypatch.delenv(name, raising=False)
    firm = founded(fresh_sqlite())
    with firm.record() as record:
        feeds.issue(record, firm.sam_id, TOKEN)
    clock = Stopped(firm.engine)
    core = ThreadedCore(Bot(firm.engine), clock)
    house = House(engine=firm.engine, core=core)
    async with (
        server.listening(Settings(_env_file=None, port=0), house) as port,
        aiohttp.ClientSession(f"http://127.0.0.1:{port}") as http,
    ):
        yield Installation(firm=firm, clock=clock, http=http)
    core.close()


def plans(firm: Firm, starts_at: datetime = NEXT, **changes: object) -> int:
    with firm.record() as record:
        times = dict.fromkeys(("starts_at", "prompts_at", "reminds_at", "publishes_at"), starts_at)
        values = {"organization_id": firm.organization_id, "touchpoint_id": firm.touchpoint_id}
        return rows.add(record, Sync(**(values | times | changes))).key


def renames(firm: Firm, name: str) -> None:
    with firm.record() as record:
        rows.get(record, Touchpoint, firm.touchpoint_id).name = name


async def test_a_calendar_program_subscribes(installation: Installation):
    response, body = await installation.get()
    assert response.status == 200
    assert response.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert "private" in response.headers["Cache-Control"]
    assert str(Calendar.from_ical(body)["X-WR-CALNAME"]) == "Touchpoint"


async def test_half_past_nine_in_zurich_on_both_sides_of_a_change_of_clocks(installation: Installation):
    events = await installation.events()
    one = installation.firm.touchpoint_id
    before, after = (events[f"{one}-2031-03-{day}T09:30@touchpoint"]["DTSTART"] for day in ("24", "31"))
    assert (before, after) == (datetime(2031, 3, 24, 8, 30, tzinfo=UTC), datetime(2031, 3, 31, 7, 30, tzinfo=UTC))


async def test_moved_skipped_and_extra_syncs(installation: Installation):
    firm, later = installation.firm, NEXT + timedelta(days=1)
    plans(firm, later, occurrence="2031-03-10T09:30", moved_at=MONDAY, sequence=1)
    plans(firm, NEXT + timedelta(days=7), occurrence="2031-03-17T09:30", skipped_at=MONDAY, note="the firm is closed")
    extra = plans(firm, NEXT + timedelta(days=2))
    events = await installation.events()
    moved, skipped = (events[f"{firm.touchpoint_id}-2031-03-{day}T09:30@touchpoint"] for day in ("10", "17"))
    assert (moved["DTSTART"], moved["SEQUENCE"], moved["STATUS"]) == (later, 1, "CONFIRMED")
    assert (skipped["STATUS"], skipped["DESCRIPTION"]) == ("CANCELLED", "the firm is closed")
    assert f"sync-{extra}@touchpoint" in events


async def test_a_paused_one_and_a_rule_that_ended_have_nothing_ahead(installation: Installation):
    with installation.firm.record() as record:
        rows.get(record, Touchpoint, installation.firm.touchpoint_id).paused_at = MONDAY
    assert await installation.events() == {}
    with installation.firm.record() as record:
        touchpoint = rows.get(record, Touchpoint, installation.firm.touchpoint_id)
        touchpoint.paused_at, touchpoint.rule = None, "FREQ=WEEKLY;BYDAY=MO;COUNT=2"
    assert len(await installation.events()) == 2


async def test_what_has_not_changed_is_not_sent_again(installation: Installation):
    first, _ = await installation.get()
    tag = first.headers["ETag"]
    installation.clock.moment += timedelta(minutes=20)
    again, body = await installation.get(**{"If-None-Match": tag})
    assert (again.status, body, again.headers["ETag"]) == (304, b"", tag)
    assert "private" in again.headers["Cache-Control"]
    renames(installation.firm, "Another name")
    changed, body = await installation.get(**{"If-None-Match": f'"other", {tag}'})
    assert changed.status == 200
    assert b"Another name" in body


async def test_head_says_what_get_would(installation: Installation):
    got, body = await installation.get()
    async with installation.http.head(f"/calendar/{TOKEN}.ics") as head:
        assert (head.status, await head.read()) == (200, b"")
        assert head.headers["ETag"] == got.headers["ETag"]
        assert head.headers["Content-Type"] == got.headers["Content-Type"]
        assert head.headers["Content-Length"] == str(len(body))


async def test_whatever_is_not_there_is_answered_alike(installation: Installation):
    firm = installation.firm
    with firm.record() as record:
        feeds.issue(record, firm.dana_id, "revoked-one")
        feeds.revoke(record, firm.dana_id)
    for path in (
        f"/calendar/{TOKEN[:-1]}B.ics",
        "/calendar/revoked-one.ics",
        f"/calendar/{KEY}.ics",
        f"/sync/{TOKEN}.ics",
    ):
        response, body = await installation.get(path)
        assert (response.status, body.decode()) == (404, NOTHING), path
    for path in ("/sync/.ics", "/calendar/.ics", "/calendar/%00.ics", "/calendar/%ff.ics", "/sync/a%2Fb.ics"):
        assert (await installation.get(path))[0].status == 404, path


async def test_it_can_be_read_and_nothing_else(installation: Installation):
    for method in ("POST", "PUT", "DELETE", "PROPFIND"):
        async with installation.http.request(method, f"/calendar/{TOKEN}.ics") as response:
            assert response.status == 405, method


async def test_one_sync_is_a_file_to_open(installation: Installation):
    sync_id = plans(installation.firm, calendar_key=KEY, sequence=3)
    response, body = await installation.get(f"/sync/{KEY}.ics")
    assert response.headers["Content-Disposition"] == 'attachment; filename="sync.ics"'
    assert str(Calendar.from_ical(body)["X-WR-CALNAME"]) == "Sam and Dana"
    (event,) = (await installation.events(f"/sync/{KEY}.ics")).values()
    assert (event["UID"], event["SUMMARY"]) == (f"sync-{sync_id}@touchpoint", "Sync: Sam and Dana")
    assert event["DTEND"] - event["DTSTART"] == timedelta(minutes=30)  # type: ignore[operator]


async def test_a_sync_without_a_key_is_not_found_by_none(installation: Installation):
    plans(installation.firm, calendar_key="")
    assert (await installation.get("/sync/.ics"))[0].status == 404


async def test_nothing_of_what_is_talked_about_is_in_it(installation: Installation):
    firm, secret = installation.firm, "Sell the Winterthur plant"
    sync_id = plans(firm, occurrence="2031-03-10T09:30", calendar_key=KEY)
    firm.decides(secret)
    with firm.record() as record:
        whose = {
            "organization_id": firm.organization_id,
            "raised_by_id": firm.sam_id,
            "title": secret,
            "raised_at": MONDAY,
        }
        rows.add(record, AgendaItem(sync_id=sync_id, theme=Theme.THREATS, **whose))
        risks.add(record, RiskItem(touchpoint_id=firm.touchpoint_id, state=RiskState.OPEN, **whose))
    for path in (f"/calendar/{TOKEN}.ics", f"/sync/{KEY}.ics"):
        body = (await installation.get(path))[1].replace(b"\r\n ", b"").decode()
        assert "Sync: Sam and Dana" in body
        assert not [word for word in ("Winterthur", "C-home", "slack", "@example") if word in body]
        assert {line.split(":")[0] for line in body.splitlines()} <= ALLOWED


ALLOWED = {
    *(
        "BEGIN",
        "END",
        "PRODID",
        "VERSION",
        "METHOD",
        "X-WR-CALNAME",
        "REFRESH-INTERVAL;VALUE=DURATION",
        "X-PUBLISHED-TTL",
    ),
    *("UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "SEQUENCE", "STATUS"),
}


async def test_a_long_name_with_umlauts_and_emoji_arrives_whole(installation: Installation):
    name = "Lagebesprechung für Führungskräfte; Zürich, Genève \\ 🔐👩🏽‍💻 & größere Brüche 🏔🏔🏔"
    renames(installation.firm, name)
    _, body = await installation.get()
    assert max(map(len, body.split(b"\r\n"))) <= 75
    assert {event["SUMMARY"] for event in (await installation.events()).values()} == {f"Sync: {name}"}


async def test_no_log_line_knows_the_secret(installation: Installation, monkeypatch: pytest.MonkeyPatch, capsys):
    with capture_logs() as said:
        await installation.get()
        with installation.firm.engine.begin() as connection:
            connection.execute(text("DROP TABLE calendar_feed"))
        response, body = await installation.get()
    assert (response.status, b"Incident" in body) == (503, True)
    written = json.dumps(said) + "".join(capsys.readouterr())
    assert "incident" in written
    assert "feed 1" in written
    assert TOKEN not in written
    assert feeds.hashed(TOKEN) not in written


async def test_the_process_leads_the_playgrounds_people_to_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """No public address is set: only who sits at this machine is given one."""
    bots: list[Bot] = []
    monkeypatch.setattr("bot.dispatch.Bot", lambda *args, **kwargs: bots.append(Bot(*args, **kwargs)) or bots[-1])
    monkeypatch.setattr(server, "open_record", lambda _settings: fresh_sqlite(tmp_path / "record.db"))
    for name in names():
        monkeypatch.delenv(name, raising=False)
    settings = Settings(_env_file=None, port=0, playground_port=0)
    stop, opened = asyncio.Event(), asyncio.get_running_loop().create_future()
    process = asyncio.create_task(server.serve(settings, stop=stop, opened=opened.set_result))
    await asyncio.wait({process, opened}, return_when=asyncio.FIRST_COMPLETED)
    if process.done():
        process.result()
    where = opened.result()
    (bot,) = bots
    assert bot.url_for("play:local/cio") == f"http://127.0.0.1:{where.port}"
    assert bot.url_for("slack:T1/U1") == ""
    stop.set()
    await process


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/open/4f1c2a9d07/D-12", "decision show D-12"),
        ("/open/0000000000/R-7", "risk show R-7"),
        ("/open/4f1c2a9d07/O-3", "owners"),
        ("/open/4f1c2a9d07/X-1", "find X-1"),
    ],
)
async def test_a_link_into_the_record_says_how_to_open_it_and_nothing_of_it(
    installation: Installation, path: str, said: str
) -> None:
    response, body = await installation.get(path)
    text = body.decode()
    assert response.status == 200, "whether there is such a thing or not"
    assert response.content_type == "text/html"
    assert f"<strong>{said}</strong>" in text
    assert response.headers["Content-Security-Policy"] == "default-src 'none'"
    assert response.headers["Referrer-Policy"] == "no-referrer"
    other, same = await installation.get(path.replace("/open/4", "/open/5"))
    assert other.status == 200
    assert same == body, "the organization's own part changes nothing"


@pytest.mark.parametrize(
    "path",
    [
        "/open/",
        "/open/D-12",
        "/open/4f1c2a9d07/",
        "/open/4f1c2a9d07/%3Cb%3E",
        "/open/4f1c2a9d07/D-1234567890",
        "/open/x/D-1",
    ],
)
async def test_what_is_no_such_address_is_not_there(installation: Installation, path: str) -> None:
    response, _body = await installation.get(path)
    assert response.status == 404
