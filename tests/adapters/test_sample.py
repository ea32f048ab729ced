"""The sample organization: added and removed by one command each, shown beside the playground, and nobody else's business."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from sqlalchemy import Engine, select

from adapters import cli
from adapters.sample import story
from adapters.sample.cast import CIO, CISO, HALF, HOME, NAME, TENANT
from adapters.sample.stage import Stage
from adapters.settings import Settings, names
from agenda.errors import NotAllowed
from bot.incidents import Incident
from storage import samples, threats, verify
from storage.engine import open_engine
from storage.tables import METADATA
from tests.adapters.test_server import running
from tests.bot.room import Room, readable
from tests.conftest import MONDAY, fresh_sqlite

WEEKS, MANY = 6, 28


def rows_of(engine: Engine) -> dict[str, list[str]]:
    """Every row of every table, in order, and every text that is found by."""
    with engine.connect() as connection:
        found = {
            name: [str(tuple(row)) for row in connection.execute(select(table).order_by(*table.primary_key))]
            for name, table in METADATA.tables.items()
        }
        found["search_text"] = sorted(str(row) for row in connection.exec_driver_sql("SELECT * FROM search_text"))
    return found


def real_people(engine: Engine) -> Room:
    """A record that is somebody's."""
    room = Room(engine)
    sam, dana = room.set_up()
    dana.types("risk add Laptops of leavers are not wiped")
    sam.types("decision add Replace the VPN gateways")
    room.settle()
    return room


@pytest.fixture(scope="module")
def written() -> Iterator[tuple[Engine, int]]:
    """A short sample, written once: what only reads may share it."""
    engine = fresh_sqlite()
    yield engine, story.play(engine, MONDAY, MANY)
    engine.dispose()


# ── what it is ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_it_verifies_like_any_other_record(written):
    engine, organization_id = written
    result = verify.verify(engine, organization_id)
    assert result.intact, result.findings
    assert result.rows > 100


LISTS = {
    "agenda": "R-10",
    "risk list": "R-",
    "risk list above appetite": "R-",
    "risk list expiring": "R-",
    "risk matrix": "impact",
    "decision list": "D-",
    "promise list": "P-",
    "promise list done": "P-",
    "promise list overdue": "P-",
    "owners": "Kwame Mensah (CISO)",
    "owners gaps": "Vendor risk",
    "minutes": "D-",
    "syncs": "10:00",
    "access": "Hana Novák",
    "find gateway": "R-",
    "owe": "D-",
    "threats": "Veeam",
    "threats all": "NetScaler",
    "watch": "Confluence",
    "ask list": "ASK-",
    "portfolio 300k": "ASK-",
    "initiative list": "I-",
    "initiative list all": "I-",
    "hygiene": "passkey",
    "health": "quarter",
}


@pytest.mark.parametrize("command", LISTS)
def test_every_list_has_something_to_show(written, command):
    engine, _organization_id = written
    ciso = Stage(engine, MONDAY + timedelta(minutes=1 + list(LISTS).index(command)), 0).players[CISO]
    ciso.types(command)
    assert ciso.answer
    assert LISTS[command] in readable(ciso.answer)


def test_the_same_moment_gives_the_same_record():
    once, again = fresh_sqlite(), fresh_sqlite()
    for engine in (once, again):
        story.play(engine, MONDAY, WEEKS)
    assert without_secrets(rows_of(once)) == without_secrets(rows_of(again))


def without_secrets(rows: dict[str, list[str]]) -> dict[str, list[str]]:
    """What nobody may guess is another one each time: the addresses of pages."""
    return {name: [re.sub(r"'[\w-]{32,64}'", "'secret'", row) for row in found] for name, found in rows.items()}


@pytest.mark.parametrize("day", range(1, 7))
def test_it_can_be_written_on_any_day_of_the_week(day):
    engine = fresh_sqlite()
    ends = MONDAY + timedelta(days=day, hours=day * 3)
    assert verify.verify(engine, story.play(engine, ends, 4)).intact


# ── added and removed ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_it_goes_again_and_leaves_everything_else_as_it_was(shared: Engine):
    real_people(shared)
    before, heads = rows_of(shared), verify.heads(shared)

    organization_id = story.play(shared, MONDAY, WEEKS)
    assert verify.verify(shared, organization_id).intact
    samples.remove(shared, organization_id, MONDAY)

    assert rows_of(shared) == before
    assert all(verify.verify(shared, whose, [head]).intact for whose, head in heads.items())


def test_while_it_is_there_others_neither_see_nor_feel_it():
    engine = fresh_sqlite()
    room = real_people(engine)
    heads = verify.heads(engine)
    story.play(engine, MONDAY, WEEKS)
    assert verify.heads(engine) == heads  # No head of what will go is ever kept.

    sam = room.chair("Sam")
    assert sam.types("find gateway").count("D-1") == 1  # Their own one; the sample's are not found.
    assert "support" not in sam.text
    assert "R-1 Laptops of leavers" in sam.types("risk list")
    assert "R-2" not in sam.text


def test_nothing_is_fetched_for_it(written):
    engine, _organization_id = written
    assert threats.asking(engine) == []


def test_what_is_no_sample_cannot_be_removed():
    engine = fresh_sqlite()
    real_people(engine)
    before = rows_of(engine)
    with pytest.raises(NotAllowed, match="no sample"):
        samples.remove(engine, 1, MONDAY)
    assert rows_of(engine) == before


def test_while_it_is_written_its_clock_is_that_of_its_story():
    engine, seen = fresh_sqlite(), []

    def look(share: float) -> None:
        found = samples.there(engine, TENANT)
        assert found
        seen.append((found.name, found.ahead, share))

    story.play(engine, MONDAY, WEEKS, look)
    assert {name for name, _ahead, _share in seen} == {HALF}
    assert -WEEKS * 7 * 86_400 <= min(ahead for _name, ahead, _share in seen) < 0
    assert seen[-1][2] == 1
    whole = samples.there(engine, TENANT)
    assert whole
    assert (whole.name, whole.ahead) == (NAME, 0)


# ── the commands ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def touchpoint(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path):
    """`touchpoint <words>` in a folder of its own, with a story of a few weeks: (exit code, stdout, stderr)."""
    monkeypatch.chdir(tmp_path)
    for name in names():
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TOUCHPOINT_PLAYGROUND_PORT", "9")  # the discard port, where nothing listens
    whole = story.play
    monkeypatch.setattr(story, "play", lambda engine, ends, told: whole(engine, ends, WEEKS, told))

    def typed(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["touchpoint", *words])
        with pytest.raises(SystemExit) as left:
            cli.main()
        said = capsys.readouterr()
        return int(left.value.code or 0), said.out, said.err

    fresh_sqlite(Path("touchpoint.db"))
    return typed


def test_one_command_adds_it_and_one_removes_it(touchpoint):
    code, said, _wrong = touchpoint("sample", "add")
    assert (code, "http://127.0.0.1:9/sample/" in said) == (0, True)

    code, _said, wrong = touchpoint("sample", "add")
    assert (code, wrong.splitlines()) == (
        1,
        ["There is one already: Sample organization.", "`touchpoint sample remove` removes it."],
    )

    code, said, _wrong = touchpoint("sample", "remove")
    assert code == 0
    assert said.startswith("The sample organization is gone: ")

    code, _said, wrong = touchpoint("sample", "remove")
    assert (code, "`touchpoint sample add` writes one." in wrong) == (1, True)


def test_what_breaks_off_half_way_leaves_nothing_behind(touchpoint, monkeypatch):
    engine = open_engine("sqlite:///touchpoint.db")
    before = rows_of(engine)

    def breaks(engine: Engine, ends: datetime, told: Callable[[float], None]) -> int:
        Stage(engine, ends, WEEKS).arrive()
        raise Incident("0badcafe")

    monkeypatch.setattr(story, "play", breaks)
    code, _said, _wrong = touchpoint("sample", "add")
    assert code == 1
    assert rows_of(engine) == before


# ── the playground ───────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_running_playground_shows_it_as_soon_as_it_is_there_and_no_longer(tmp_path, monkeypatch):
    for name in names():
        monkeypatch.delenv(name, raising=False)
    url = f"sqlite:///{tmp_path / 'record.db'}"
    settings = Settings(_env_file=None, database_url=url, port=0, playground_port=0)  # type: ignore[call-arg, arg-type]
    async with running(settings) as (_http, where), aiohttp.ClientSession(where.playground) as play:
        async with play.get("/state") as answer:
            assert (await answer.json())["beside"] == {"href": "/sample/", "label": "Sample organization"}
        async with play.get("/sample/") as answer:
            assert (answer.status, "touchpoint sample add" in await answer.text()) == (404, True)

        engine = open_engine(url)
        organization_id = story.play(engine, datetime.now(UTC), WEEKS)

        async with play.get("/sample/") as answer:
            assert (answer.status, "html" in answer.headers["Content-Type"]) == (200, True)
        shown = await state(play)
        assert shown["people"][0] == {"account": f"{TENANT}/{CIO}", "name": "Ingrid Solberg", "role": "CIO"}
        assert (shown["called"], shown["jumps"], shown["home"]) == (NAME, False, HOME)
        assert {message["conversation"] for message in shown["messages"]} >= {HOME, f"{TENANT}/{CISO}"}
        assert [m["at"] for m in shown["messages"]] == sorted(m["at"] for m in shown["messages"])

        typed = {"id": "1", "chair": f"{TENANT}/{CIO}", "conversation": HOME, "text": "risk list"}
        async with play.post("/sample/command", json=typed) as answer:
            assert answer.status == 200
        assert any("risks" in (m["card"] or {}).get("title", "") for m in (await state(play))["messages"])

        samples.remove(engine, organization_id, datetime.now(UTC))
        async with play.post("/sample/command", json=typed | {"id": "2"}) as answer:
            assert (answer.status, "sample add" in (await answer.json())["problem"]) == (404, True)
        assert samples.there(engine, TENANT) is None


async def state(play: aiohttp.ClientSession) -> dict[str, Any]:
    async with play.get("/sample/state") as answer:
        found: dict[str, Any] = await answer.json()
        return found
