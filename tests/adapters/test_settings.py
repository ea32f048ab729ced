"""What is accepted from the environment, what is said about the rest, and that no secret is ever shown or logged."""

import json
import logging
from pathlib import Path

import pytest
import structlog
from dotenv import dotenv_values

from adapters import logs
from adapters.settings import BadSettings, Settings, load, names
from adapters.teams.config import teams_config

EXAMPLE = Path(__file__).parents[2] / ".env.example"
APP = "11111111-2222-3333-4444-555555555555"
SECRET = 's3cr3t/with+odd "signs"-é'


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in names():
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch):
    """What an admin reads who sets this: all problems, a line each."""

    def problems(**environment: str) -> str:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        with pytest.raises(BadSettings) as bad:
            load(None)
        return "\n".join(bad.value.problems)

    return problems


def test_nothing_set_is_a_playground_on_loopback_with_sqlite():
    settings = load(None)
    assert (settings.host, settings.port, settings.playground) == ("127.0.0.1", 3978, True)
    assert settings.database_url.get_secret_value() == "sqlite:///touchpoint.db"
    assert not settings.slack_on
    assert not settings.teams_on


def test_the_example_names_every_setting_and_its_defaults_are_the_defaults():
    assert set(dotenv_values(EXAMPLE)) == names()
    assert load(EXAMPLE) == load(None)


def test_a_file_from_notepad_is_read_from_its_first_line(tmp_path: Path):
    file = tmp_path / ".env"
    file.write_bytes("TOUCHPOINT_PORT=4000\r\nTOUCHPOINT_LOG_LEVEL=DEBUG\r\n".encode("utf-8-sig"))
    settings = load(file)
    assert (settings.port, settings.log_level) == (4000, "debug")


def test_the_environment_goes_before_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    file = tmp_path / ".env"
    file.write_text("TOUCHPOINT_PORT=4000\n")
    monkeypatch.setenv("TOUCHPOINT_PORT", "5000")
    assert load(file).port == 5000


def test_settings_are_frozen():
    with pytest.raises(ValueError, match="frozen"):
        load(None).port = 1  # type: ignore[misc]


@pytest.mark.parametrize(
    ("environment", "advice"),
    [
        ({"SLACK_BOT_TOKEN": "xoxb-1"}, "SLACK_SIGNING_SECRET is missing"),
        ({"SLACK_SIGNING_SECRET": "abc"}, "SLACK_BOT_TOKEN is missing"),
        ({"SLACK_APP_TOKEN": "xapp-1"}, "SLACK_BOT_TOKEN is missing"),
        ({"SLACK_BOT_TOKEN": "xoxp-1"}, "is a user token; copy the Bot User OAuth Token"),
        ({"SLACK_BOT_TOKEN": "xapp-1"}, "belongs in SLACK_APP_TOKEN"),
        ({"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xoxb-1"}, "App-Level Tokens"),
        ({"MICROSOFT_APP_PASSWORD": "abcd"}, "MICROSOFT_APP_ID is missing"),
        ({"MICROSOFT_APP_ID": APP}, "MICROSOFT_APP_PASSWORD is missing"),
        ({"MICROSOFT_APP_ID": APP, "MICROSOFT_APP_PASSWORD": "abcd"}, "MICROSOFT_APP_TENANT_ID is missing"),
        ({"MICROSOFT_APP_ID": APP, "MICROSOFT_APP_TYPE": "UserAssignedMSI"}, "MICROSOFT_APP_TENANT_ID is missing"),
        ({"MICROSOFT_APP_ID": APP}, "or set MICROSOFT_APP_CERTIFICATE to the file of a certificate"),
        ({"MICROSOFT_APP_CERTIFICATE": "/etc/app.pem"}, "MICROSOFT_APP_ID is missing"),
        (
            {"MICROSOFT_APP_ID": APP, "MICROSOFT_APP_PASSWORD": "abcd", "MICROSOFT_APP_CERTIFICATE": "/etc/app.pem"},
            "MICROSOFT_APP_PASSWORD and MICROSOFT_APP_CERTIFICATE are both set",
        ),
        (
            {"MICROSOFT_APP_ID": APP, "MICROSOFT_APP_TOKEN_FILE": "/t", "MICROSOFT_APP_TYPE": "UserAssignedMSI"},
            "MICROSOFT_APP_TOKEN_FILE and MICROSOFT_APP_TYPE=UserAssignedMSI are both set",
        ),
        ({"TEAMS_CATALOG_APP_ID": "touchpoint"}, "TEAMS_CATALOG_APP_ID: should look like"),
        ({"MICROSOFT_APP_ID": "my-bot"}, "MICROSOFT_APP_ID: should look like"),
        ({"MICROSOFT_APP_TYPE": "Both"}, "MICROSOFT_APP_TYPE: should be 'SingleTenant'"),
        ({"MICROSOFT_CHANNEL_SERVICE": "https://example.com"}, "leave it empty"),
        ({"TOUCHPOINT_PORT": "http"}, "TOUCHPOINT_PORT: should be a valid integer"),
        ({"TOUCHPOINT_PORT": "70000"}, "TOUCHPOINT_PORT: should be less than or equal to 65535"),
        ({"TOUCHPOINT_PORT": "3979"}, "give the playground its own"),
        ({"TOUCHPOINT_PUBLIC_URL": "http://example.com"}, "https"),
        ({"TOUCHPOINT_PUBLIC_URL": "https://example.com/slack/events"}, "without /slack/events"),
        ({"TOUCHPOINT_DATABASE_URL": "postgres://h/d"}, "write postgresql:// instead"),
        ({"TOUCHPOINT_DATABASE_URL": "mysql://h/d"}, "write sqlite:///"),
        ({"TOUCHPOINT_ADMINS": "slack:T1/U1, Dana"}, '"Dana" is no account'),
        ({"SLACK_API_URL": "slack.com"}, "SLACK_API_URL: write a whole address"),
    ],
)
def test_half_a_setting_is_answered_with_what_to_do(said, environment: dict[str, str], advice: str):
    assert advice in said(**environment)


def test_every_problem_is_said_at_once(said):
    problems = said(TOUCHPOINT_PORT="x", SLACK_BOT_TOKEN="xoxp-1", TOUCHPOINT_ADMINS="Dana")
    assert all(name in problems for name in ("TOUCHPOINT_PORT", "SLACK_BOT_TOKEN", "TOUCHPOINT_ADMINS"))


def test_socket_mode_needs_no_signing_secret_and_a_managed_identity_no_password():
    assert Settings(_env_file=None, slack_bot_token="xoxb-1", slack_app_token="xapp-1").socket_mode
    managed = {"microsoft_app_type": "UserAssignedMSI", "microsoft_app_tenant_id": APP}
    assert Settings(_env_file=None, microsoft_app_id=APP, **managed).teams_on


def test_admins_are_a_list_and_addresses_lose_their_last_slash():
    settings = Settings(_env_file=None, admins="slack:T1/U1, teams:t/u,", public_url="https://example.com/bot/")
    assert settings.admins == ("slack:T1/U1", "teams:t/u")
    assert settings.public_url == "https://example.com/bot"


def test_teams_is_told_its_cloud_and_what_was_pointed_elsewhere():
    settings = Settings(
        _env_file=None,
        microsoft_channel_service="https://botframework.azure.us",
        microsoft_login_url="https://login.example.com",
    )
    config = teams_config(settings)
    assert config.login_url == "https://login.example.com"
    assert config.channel_issuer == "https://api.botframework.us"


def test_no_repr_and_no_error_shows_a_secret(said):
    url = f"postgresql://me:{SECRET}@host/db"
    settings = Settings(_env_file=None, slack_bot_token="xoxb-hidden", slack_signing_secret=SECRET, database_url=url)
    assert SECRET not in f"{settings!r} {settings}"
    assert "hidden" not in f"{settings!r}"
    assert "hidden" not in said(SLACK_BOT_TOKEN="xoxp-hidden", TOUCHPOINT_DATABASE_URL="mysql://me:hidden@h/d")


@pytest.mark.parametrize("style", ["json", "console"])
def test_no_log_line_shows_a_secret_however_it_got_there(style: str, capsys: pytest.CaptureFixture[str]):
    settings = Settings(
        _env_file=None,
        log_format=style,
        slack_bot_token="xoxb-hidden-one",
        slack_signing_secret=SECRET,
        database_url="postgresql://me:pa%40ss-word@host/db",
    )
    before = logging.getLogger().handlers[:], logging.getLogger().level
    try:
        logs.configure(settings)
        log = structlog.get_logger("test")
        log.warning("told", secret=SECRET, nested={"deep": [SECRET]}, other="pa@ss-word")
        log.warning("shapes", token="xoxb-of-somebody-else", link="https://hooks.slack.com/commands/T1/2/abc")
        logging.getLogger("some.library").warning("POST https://me:%s@host with %s", "pa%40ss-word", "xoxb-hidden-one")
        try:
            raise ValueError(f"could not reach postgresql://me:pa%40ss-word@host/db for {SECRET}")
        except ValueError:
            log.exception("failed")
        written = capsys.readouterr().err
    finally:
        logging.getLogger().handlers[:], logging.getLogger().level = before
        structlog.reset_defaults()
    hidden = (
        SECRET,
        json.dumps(SECRET)[1:-1],
        repr(SECRET)[1:-1],
        "pa@ss-word",
        "pa%40ss-word",
        "hidden-one",
        "of-somebody",
        "/2/abc",
    )
    assert [secret for secret in hidden if secret in written] == []
    assert written.count(logs.STRUCK) >= 8
    assert "ValueError" in written, "the trace itself must still be there"
    if style == "json":
        assert {json.loads(line)["event"] for line in written.splitlines()} >= {"told", "shapes", "failed"}


def test_libraries_that_print_bodies_stay_quiet_even_at_debug(capsys: pytest.CaptureFixture[str]):
    before = logging.getLogger().handlers[:], logging.getLogger().level
    try:
        logs.configure(Settings(_env_file=None, log_level="debug", log_format="json"))
        logging.getLogger("slack_sdk.web.async_client").debug("body of a message")
        logging.getLogger("aiohttp.access").info("POST /slack/events")
        assert capsys.readouterr().err == ""
    finally:
        logging.getLogger().handlers[:], logging.getLogger().level = before
        structlog.reset_defaults()


def test_what_is_fetched_for_threats_is_the_admins_alone(monkeypatch: pytest.MonkeyPatch):
    assert sorted(load(None).sources.values()) == ["epss", "kev"]
    monkeypatch.setenv("TOUCHPOINT_EPSS_URL", "OFF")
    monkeypatch.setenv("TOUCHPOINT_FEEDS", "https://a.example/rss, https://b.example/atom")
    assert sorted(load(None).sources.values()) == ["kev", "news", "news"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TOUCHPOINT_KEV_URL", "http://a.example/kev.json"),
        ("TOUCHPOINT_FEEDS", "https://a.example/rss,file:///etc/passwd"),
        ("TOUCHPOINT_FEEDS", ",".join(f"https://a.example/{n}" for n in range(21))),
        ("TOUCHPOINT_PROXY", "socks5://a.example"),
    ],
)
def test_only_https_is_fetched_and_only_through_an_http_proxy(said, name: str, value: str):
    assert name in said(**{name: value})


def test_a_tracker_needs_a_secret_that_nobody_guesses(said):
    assert "openssl rand -hex 32" in said(TOUCHPOINT_WEBHOOK_SECRET="short")


def test_a_trackers_secret_is_one_of_those_that_are_never_seen(monkeypatch: pytest.MonkeyPatch):
    assert load(None).tracker_secret == ""
    monkeypatch.setenv("TOUCHPOINT_WEBHOOK_SECRET", "s" * 32)
    assert load(None).tracker_secret == "s" * 32
    assert "s" * 32 in load(None).secrets()
    assert "s" * 32 not in repr(load(None))
