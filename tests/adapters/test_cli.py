"""The operator's commands as an operator types them: what is printed, where, and with which exit code."""

import io
import json
import zipfile
from pathlib import Path

import pytest

from adapters import cli
from adapters.settings import names
from storage.engine import open_engine
from storage.schema import upgrade
from tests.storage.firm import founded

APP = "11111111-2222-3333-4444-555555555555"
TEAMS = {"MICROSOFT_APP_ID": APP, "MICROSOFT_APP_TENANT_ID": APP, "MICROSOFT_APP_PASSWORD": "quite~secret"}


@pytest.fixture(autouse=True)
def _an_empty_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in names():
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def touchpoint(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """`touchpoint <words>` in a shell with these settings: (exit code, stdout, stderr)."""

    def typed(*words: str, **environment: str) -> tuple[int, str, str]:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr("sys.argv", ["touchpoint", *words])
        with pytest.raises(SystemExit) as left:
            cli.main()
        said = capsys.readouterr()
        return int(left.value.code or 0), said.out, said.err

    return typed


def a_decision_is_recorded(folder: Path) -> None:
    engine = open_engine(f"sqlite:///{folder / 'touchpoint.db'}")
    upgrade(engine)
    founded(engine).decides("Retire the VPN gateways")
    engine.dispose()


def test_without_words_it_says_what_there_is(touchpoint):
    _, out, err = touchpoint()
    assert all(word in out + err for word in ("serve", "doctor", "db", "slack", "teams", "decisions", "export"))


def test_an_unknown_word_is_a_usage_error(touchpoint):
    code, _, err = touchpoint("frobnicate")
    assert code == 2
    assert "frobnicate" in err


def test_settings_that_do_not_do_are_said_without_a_trace(touchpoint):
    code, out, err = touchpoint("serve", TOUCHPOINT_PORT="x", SLACK_BOT_TOKEN="xoxp-hidden")
    assert (code, out) == (2, "")
    assert "TOUCHPOINT_PORT: should be a valid integer" in err
    assert "Traceback" not in err
    assert "hidden" not in err


def test_the_database_is_made_and_the_second_time_left_alone(touchpoint, tmp_path: Path):
    code, out, _ = touchpoint("db", "upgrade")
    assert (code, out.splitlines()[-1]) == (0, "The database was brought to the schema of this version.")
    assert (tmp_path / "touchpoint.db").exists()
    assert touchpoint("db", "upgrade")[:2] == (0, "The database has the schema of this version.\n")


@pytest.mark.parametrize("url", ["postgresql://me:hidden@127.0.0.1:1/db", "sqlite:////nowhere/at/all.db"])
def test_a_database_that_does_not_answer_is_one_line_and_no_password(touchpoint, url: str):
    code, _, err = touchpoint("db", "upgrade", TOUCHPOINT_DATABASE_URL=url)
    assert code == 1
    assert "touchpoint doctor" in err
    assert "Traceback" not in err
    assert "hidden" not in err


def test_the_slack_manifest_is_json_and_leads_here(touchpoint):
    code, out, _ = touchpoint("slack", "manifest", TOUCHPOINT_PUBLIC_URL="https://touchpoint.example.com/")
    assert code == 0
    assert "https://touchpoint.example.com/slack/events" in json.dumps(json.loads(out))


def test_the_slack_manifest_for_socket_mode_needs_no_address(touchpoint):
    code, out, _ = touchpoint("slack", "manifest", "--socket-mode")
    assert code == 0
    assert json.loads(out)["settings"]["socket_mode_enabled"] is True
    code, _, err = touchpoint("slack", "manifest")
    assert code == 2
    assert "--socket-mode" in err


def test_the_teams_package_is_written(touchpoint, tmp_path: Path):
    written = tmp_path / "app.zip"
    address = "https://touchpoint.example.com"
    code, out, _ = touchpoint("teams", "package", "--output", str(written), TOUCHPOINT_PUBLIC_URL=address, **TEAMS)
    assert (code, out) == (0, f"Wrote {written}.\n")
    with zipfile.ZipFile(io.BytesIO(written.read_bytes())) as package:
        assert json.loads(package.read("manifest.json"))["bots"][0]["botId"] == APP


def test_an_address_that_slack_would_refuse_is_refused_here(touchpoint):
    for url in ("http://touchpoint.example.com", "https://touchpoint.example.com/slack/events"):
        code, out, err = touchpoint("slack", "manifest", "--url", url)
        assert (code, out) == (2, "")
        assert "address" in err


def test_the_teams_package_says_what_is_missing(touchpoint):
    assert "MICROSOFT_APP_ID" in touchpoint("teams", "package")[2]
    assert "TOUCHPOINT_PUBLIC_URL" in touchpoint("teams", "package", **TEAMS)[2]


def test_the_whole_record_goes_to_the_screen_or_to_a_file_that_others_cannot_read(touchpoint, tmp_path: Path):
    a_decision_is_recorded(tmp_path)
    code, out, _ = touchpoint("export")
    assert code == 0
    assert [one["title"] for one in json.loads(out)[0]["decision"]] == ["Retire the VPN gateways"]
    assert touchpoint("export", "-o", "record.json")[:2] == (0, "Wrote record.json.\n")
    assert json.loads((tmp_path / "record.json").read_text()) == json.loads(out)
    assert (tmp_path / "record.json").stat().st_mode & 0o077 == 0


def test_a_decision_is_found_by_the_beginnings_of_its_words(touchpoint, tmp_path: Path):
    a_decision_is_recorded(tmp_path)
    code, out, _ = touchpoint("decisions", "find", "gateway", "VPN")
    assert code == 0
    assert out.startswith("D-1\t")
    assert out.endswith("\tRetire the VPN gateways\n")
    code, _, err = touchpoint("decisions", "find", "firewall")
    assert code == 1
    assert "No decision with these words" in err


@pytest.mark.parametrize("words", [("export",), ("decisions", "find", "vpn")])
def test_a_database_that_was_never_made_is_said_so(touchpoint, tmp_path: Path, words: tuple[str, ...]):
    code, _, err = touchpoint(*words)
    assert code == 1
    assert "touchpoint db upgrade" in err
    assert not (tmp_path / "touchpoint.db").exists(), "reading makes no database"


def test_a_path_that_cannot_be_written(touchpoint):
    address = "https://touchpoint.example.com"
    code, _, err = touchpoint("teams", "package", "-o", "no/such/folder.zip", TOUCHPOINT_PUBLIC_URL=address, **TEAMS)
    assert code == 1
    assert "no/such/folder.zip" in err
    assert "Traceback" not in err


def test_the_doctor_s_exit_code_tells_well_from_ill(touchpoint):
    touchpoint("db", "upgrade")
    code, out, _ = touchpoint("doctor", TOUCHPOINT_PORT="0")
    assert code == 0
    assert "ok    database" in out
    code, out, _ = touchpoint("doctor", TOUCHPOINT_DATABASE_URL="sqlite:////nowhere/at/all.db")
    assert code == 1
    assert "FAIL  database" in out
    assert "→ mkdir -p" in out


def test_a_bug_is_one_line_and_says_how_to_see_more(touchpoint, monkeypatch: pytest.MonkeyPatch):
    def broken(_engine: object) -> bool:
        raise KeyError("x")

    monkeypatch.setattr("storage.schema.is_current", broken)
    code, _, err = touchpoint("db", "upgrade")
    assert code == 1
    assert "This is a bug in Touchpoint: KeyError." in err
    assert "--trace" in err
