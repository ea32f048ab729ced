"""The doctor's lines: what is well, what is not, and how to mend it; one thing wrong at a time."""

import socket
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from aiohttp import ClientSession, encode_basic_auth, web

from adapters.doctor import examine
from adapters.findings import Finding
from adapters.pages import NOTHING
from adapters.reachability import calendars, install_page
from adapters.settings import names
from storage import places, rows
from storage.engine import open_engine
from storage.touchpoints import Touchpoint
from storage.vault import new_key
from tests.conftest import fresh_sqlite
from tests.doubles.certificates import write_pair
from tests.storage.firm import founded

APP = "11111111-2222-3333-4444-555555555555"
TOKEN = "xoxb-1234567890-1234567890-abcdefghij"
SIGNING = "0123456789abcdef0123456789abcdef"
SLACK = {"SLACK_BOT_TOKEN": TOKEN, "SLACK_SIGNING_SECRET": SIGNING}
TEAMS = {"MICROSOFT_APP_ID": APP, "MICROSOFT_APP_TENANT_ID": APP, "MICROSOFT_APP_PASSWORD": "quite~secret"}


@pytest.fixture(autouse=True)
def _a_healthy_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in names():
        monkeypatch.delenv(name, raising=False)
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TOUCHPOINT_PORT", "0")
    engine = fresh_sqlite(Path("touchpoint.db"))
    engine.dispose()


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """Everything that the doctor says about a machine where this is set."""

    async def look(*, online: bool = False, file: str | None = None, **environment: str) -> list[Finding]:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        env_file = tmp_path / ".env"
        if file is not None:
            env_file.write_text(file)
            env_file.chmod(0o600)
        return [finding async for finding in examine(online=online, env_file=env_file)]

    return look


def about(findings: list[Finding], word: str) -> str:
    """The lines with this word in them, as one text; every one that is not well says how to mend it."""
    assert all(finding.mend for finding in findings if finding.level != "ok")
    return "\n".join(f"{f.level} {f.about}: {f.found} {f.mend}" for f in findings if word in f"{f.about} {f.found}")


async def test_a_fresh_install_is_well(asked):
    findings = await asked()
    assert [finding for finding in findings if finding.level != "ok"] == []
    assert "SLACK_BOT_TOKEN in .env" in about(findings, "slack")


async def test_settings_that_cannot_be_read_end_it(asked):
    findings = await asked(SLACK_BOT_TOKEN="xoxp-1", TOUCHPOINT_PUBLIC_URL="http://a")
    assert [finding.level for finding in findings] == ["fail", "fail"]
    assert "user token" in about(findings, "SLACK_BOT_TOKEN")


async def test_a_misspelt_setting_is_noticed_in_the_file_too(asked):
    findings = await asked(file="TOUCHPOINT_PROT=4000\n", SLACK_BOT_TOKN="x")
    assert "Did you mean TOUCHPOINT_PORT?" in about(findings, "TOUCHPOINT_PROT")
    assert "Did you mean SLACK_BOT_TOKEN?" in about(findings, "SLACK_BOT_TOKN")


async def test_a_file_of_secrets_that_others_can_read(asked, tmp_path: Path):
    await asked(file="")
    (tmp_path / ".env").chmod(0o644)
    assert "chmod 600" in about(await asked(), "others on this machine")


async def test_credentials_that_are_something_else(asked):
    findings = await asked(
        SLACK_BOT_TOKEN="xoxb-your-token", SLACK_SIGNING_SECRET="abc", **TEAMS | {"MICROSOFT_APP_PASSWORD": APP}
    )
    assert "placeholder" in about(findings, "SLACK_BOT_TOKEN")
    assert "32 characters" in about(findings, "SLACK_SIGNING_SECRET")
    assert "column Value" in about(findings, "Secret ID")
    assert "shorter than" in about(findings, "shorter")


@pytest.mark.parametrize(
    ("left", "line"),
    [
        (timedelta(days=-2), "fail teams: the certificate ended on"),
        (timedelta(days=29, hours=1), "warn teams: the certificate ends on"),
        (timedelta(days=31), "ok teams: the certificate is good until"),
    ],
)
async def test_a_certificate_that_ends_is_said_a_month_ahead(asked, tmp_path: Path, left: timedelta, line: str):
    ours = TEAMS | {"MICROSOFT_APP_PASSWORD": "", "MICROSOFT_APP_CERTIFICATE": str(tmp_path / "app.pem")}
    file = write_pair(tmp_path / "app.pem", 1, ends=datetime.now(UTC) + left)
    told = about(await asked(**ours), "certificate")
    assert line in told
    assert "in 29 days" in told or left.days != 29
    file.chmod(0o644)
    assert "others on this machine can read it" in about(await asked(**ours), "app.pem")


async def test_a_certificate_that_is_not_there(asked, tmp_path: Path):
    ours = TEAMS | {"MICROSOFT_APP_PASSWORD": "", "MICROSOFT_APP_CERTIFICATE": str(tmp_path / "app.pem")}
    assert "fail teams" in about(await asked(**ours), "cannot be read")


async def test_a_token_of_the_machine_that_is_not_there(asked, tmp_path: Path):
    ours = TEAMS | {"MICROSOFT_APP_PASSWORD": "", "MICROSOFT_APP_TOKEN_FILE": str(tmp_path / "token")}
    assert "cannot be read" in about(await asked(**ours), str(tmp_path / "token"))
    for what in (b"", b"\xff\xfe"):
        (tmp_path / "token").write_bytes(what)
        assert "fail teams" in about(await asked(**ours), "does not hold a token")
    (tmp_path / "token").write_text("a.b.c")
    assert "fail" not in [finding.level for finding in await asked(**ours)]


@pytest.mark.parametrize(
    ("what", "mend"),
    [
        ({"SLACK_TEAMS": "T1"}, "SLACK_CLIENT_ID"),
        ({"TOUCHPOINT_KEYS": new_key()}, "SLACK_CLIENT_ID"),
        ({"SLACK_SOCKETS": "5"}, "SLACK_APP_TOKEN"),
        ({"MICROSOFT_ALLOWED_TENANTS": APP}, "MICROSOFT_APP_TYPE=MultiTenant"),
        ({"TEAMS_TARGETED_MESSAGES": "true"}, "MICROSOFT_APP_ID"),
        ({"TEAMS_CATALOG_APP_ID": APP}, "MICROSOFT_APP_ID"),
    ],
)
async def test_what_was_set_and_nothing_reads_is_named(asked, what: dict[str, str], mend: str):
    """Whoever wrote which workspaces may come in believes that the others may not."""
    assert mend in about(await asked(**SLACK, **what), f"{next(iter(what))} has no effect")


async def test_the_example_as_it_is_has_no_setting_without_effect(asked):
    example = Path(__file__).parents[2] / ".env.example"
    assert about(await asked(file=example.read_text(encoding="utf-8")), "no effect") == ""


async def test_no_line_shows_a_secret(asked):
    findings = await asked(**SLACK, **TEAMS, TOUCHPOINT_DATABASE_URL="postgresql://me:hidden-word@127.0.0.1:1/db")
    said = repr(findings)
    assert [secret for secret in (TOKEN, SIGNING, "quite~secret", "hidden-word") if secret in said] == []
    assert "fail database" in about(findings, "postgresql://me:***@127.0.0.1:1/db")


@pytest.mark.parametrize(
    ("url", "line"),
    [
        ("sqlite:///elsewhere/touchpoint.db", "mkdir -p"),
        ("sqlite:///new.db", "touchpoint db upgrade"),
        ("sqlite:///text.db", "fail database"),
        ("sqlite:///old.db", "does not have the schema of this version"),
        ("sqlite:///later.db", "fail database: The database is of a later version"),
    ],
)
async def test_a_database_that_does_not_do(asked, tmp_path: Path, url: str, line: str):
    (tmp_path / "text.db").write_text("this is no database, and long enough to be seen not to be one " * 20)
    sqlite3.connect(tmp_path / "old.db").close()
    with closing(sqlite3.connect(tmp_path / "later.db")) as later:
        later.executescript(
            "CREATE TABLE alembic_version (version_num TEXT); INSERT INTO alembic_version VALUES ('9999')"
        )
    assert line in about(await asked(TOUCHPOINT_DATABASE_URL=url), "database")
    assert not (tmp_path / "new.db").exists(), "a doctor changes nothing"


async def test_a_port_that_somebody_else_has(asked):
    with socket.create_server(("127.0.0.1", 0)) as stranger:
        findings = await asked(TOUCHPOINT_PORT=str(stranger.getsockname()[1]))
    assert "Stop what listens there" in about(findings, "port")


async def test_no_public_address_where_one_is_needed(asked):
    assert "TOUCHPOINT_PUBLIC_URL" in about(await asked(**SLACK), "public address")
    socket_mode = await asked(SLACK_APP_TOKEN="xapp-1234567890")
    assert "ok public address: not needed" in about(socket_mode, "public address")


async def test_a_proxy_that_keeps_calendars_out(cloud):
    address, answers = cloud
    async with ClientSession() as http:
        assert (await calendars(address, http)).level == "ok"
        answers["calendar"] = "404 Not Found (some proxy)"
        found = await calendars(address, http)
    assert found.level == "warn"
    assert "/calendar/" in found.mend


async def test_a_proxy_that_keeps_installing_out(cloud):
    address, answers = cloud
    async with ClientSession() as http:
        assert "GET /slack/install" in (await install_page(address, http)).mend
        answers["install"] = f"{address}/oauth/v2/authorize?client_id=1.2"
        assert (await install_page(address, http)).level == "ok"


async def test_online_the_app_level_token_is_tried_too(asked, cloud):
    address, answers = cloud
    sockets = {"SLACK_BOT_TOKEN": TOKEN, "SLACK_APP_TOKEN": "xapp-1234567890", "SLACK_API_URL": f"{address}/api/"}
    assert "ok slack: the app-level token opens connections" in about(await asked(online=True, **sockets), "app-level")
    answers["sockets"] = {"ok": False, "error": "not_allowed_token_type"}
    said = about(await asked(online=True), "app-level")
    assert "fail slack: refuses the app-level token: not_allowed_token_type" in said


@pytest.fixture
async def cloud() -> AsyncIterator[tuple[str, dict[str, object]]]:
    """Slack and Microsoft's login on loopback; a test says what they answer and when it is there."""
    answers: dict[str, object] = {"slack": {"ok": True, "team": "Acme"}, "teams": {"access_token": "t"}, "ahead": 0}

    async def slack(request: web.Request) -> web.Response:
        assert request.headers["Authorization"] == f"Bearer {TOKEN}"
        date = format_datetime(datetime.now(UTC) + timedelta(seconds=int(str(answers["ahead"]))), usegmt=True)
        return web.json_response(answers["slack"], headers={"Date": date})

    async def exchange(request: web.Request) -> web.Response:
        assert request.headers["Authorization"] == encode_basic_auth("1.2", "a-client-secret")
        return web.json_response(answers.get("app", {"ok": False, "error": "invalid_code"}))

    async def sockets(request: web.Request) -> web.Response:
        assert request.headers["Authorization"] == "Bearer xapp-1234567890"
        return web.json_response(answers.get("sockets", {"ok": True, "url": "wss://example"}))

    async def install(_request: web.Request) -> web.Response:
        there = str(answers.get("install", ""))
        return web.Response(status=302, headers={"Location": there}) if there else web.Response(status=404)

    async def login(request: web.Request) -> web.Response:
        form = await request.post()
        assert (form["client_id"], form["client_secret"]) == (APP, "quite~secret")
        return web.json_response(answers["teams"])

    async def alive(_request: web.Request) -> web.Response:
        return web.Response(text="touchpoint is alive\n")

    async def no_calendar(_request: web.Request) -> web.Response:
        return web.Response(status=404, text=str(answers.get("calendar", NOTHING)))

    app = web.Application()
    app.router.add_get("/calendar/nobody.ics", no_calendar)
    app.router.add_post("/api/auth.test", slack)
    app.router.add_post("/api/oauth.v2.access", exchange)
    app.router.add_post("/api/apps.connections.open", sockets)
    app.router.add_get("/slack/install", install)
    app.router.add_post(f"/{APP}/oauth2/v2.0/token", login)
    app.router.add_get("/healthz", alive)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}", answers
    await runner.cleanup()


async def test_a_running_touchpoint_on_the_port_is_ours(asked, cloud):
    address, _ = cloud
    assert "is served by Touchpoint" in about(await asked(TOUCHPOINT_PORT=address.rsplit(":", 1)[1]), "port")


async def test_online_the_platforms_are_asked(asked, cloud):
    address, answers = cloud
    everything = {**SLACK, **TEAMS, "SLACK_API_URL": f"{address}/api/", "MICROSOFT_LOGIN_URL": address}
    findings = await asked(online=True, **everything)
    assert "good for the workspace Acme" in about(findings, "slack")
    assert "ok teams: the credentials are good" in about(findings, "teams")

    answers["slack"] = {"ok": False, "error": "invalid_auth"}
    answers["teams"] = {"error": "x", "error_description": "AADSTS7000215: Invalid client secret. Trace: 1"}
    answers["ahead"] = 400
    findings = await asked(online=True)
    assert "fail slack: refuses the token: invalid_auth" in about(findings, "slack")
    assert "AADSTS7000215: Invalid client secret " in about(findings, "teams")
    assert "Set the clock" in about(findings, "s off")


async def test_online_slack_is_asked_whether_it_knows_the_app_that_several_install(asked, cloud):
    address, answers = cloud
    several = {"SLACK_CLIENT_ID": "1.2", "SLACK_CLIENT_SECRET": "a-client-secret", "SLACK_SIGNING_SECRET": "0" * 32}
    where = {"SLACK_API_URL": f"{address}/api/", "TOUCHPOINT_PUBLIC_URL": "https://localhost:9"}
    findings = await asked(online=True, **several, **where, TOUCHPOINT_KEYS=new_key())
    assert "ok slack: the client id and secret are good" in about(findings, "slack")
    assert "several workspaces, GET /slack/install" in about(findings, "slack")
    answers["app"] = {"ok": False, "error": "bad_client_secret"}
    assert "fail slack: refuses the client id and secret: bad_client_secret" in about(await asked(online=True), "slack")


async def test_offline_nobody_is_given_a_credential(asked, cloud):
    address, _ = cloud
    findings = await asked(**SLACK, SLACK_API_URL=f"{address}/api/")
    assert "workspace" not in about(findings, "slack")


async def test_it_says_how_a_tracker_calls_each_touchpoint(asked):
    assert "ok tracker: not switched on; set TOUCHPOINT_WEBHOOK_SECRET" in about(await asked(), "tracker")
    founded(open_engine("sqlite:///touchpoint.db"))
    said = about(await asked(TOUCHPOINT_WEBHOOK_SECRET="s" * 32), "tracker")
    assert "ok tracker: POST /hooks/initiatives; touchpoint 1 is “Sam and Dana”" in said


async def test_a_home_that_people_of_other_companies_read_is_named(asked) -> None:
    firm = founded(open_engine("sqlite:///touchpoint.db"))
    assert "homes" not in about(await asked(), "homes")
    with firm.record() as record:
        home = rows.get(record, Touchpoint, firm.touchpoint_id).home
        places.remember(record, home, title="security-sync")
        places.open_up(record, home, outsiders=True)
    said = about(await asked(), "homes")
    assert f"people of other companies can read the home of touchpoint {firm.touchpoint_id}" in said
    assert "security-sync" not in said
