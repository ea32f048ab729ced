"""`touchpoint verify` and the file of heads, as an operator and their auditor use them."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from adapters import cli, heads
from adapters.heads import Heads
from adapters.settings import Settings, names
from agenda.errors import BadInput
from storage import verify
from tests.conftest import fresh_sqlite
from tests.storage.firm import Firm, founded

NOW = datetime(2031, 3, 3, 8, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _an_empty_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in names():
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def firm(tmp_path: Path) -> Iterator[Firm]:
    engine = fresh_sqlite(tmp_path / "touchpoint.db")
    firm = founded(engine)
    firm.decides("Switch the VPN off")
    yield firm
    engine.dispose()


@pytest.fixture
def touchpoint(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """`touchpoint <words>`: (exit code, stdout, stderr)."""

    def typed(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["touchpoint", *words])
        with pytest.raises(SystemExit) as left:
            cli.main()
        said = capsys.readouterr()
        return int(left.value.code or 0), said.out, said.err

    return typed


def tamper(firm: Firm, *statements: str) -> None:
    with firm.engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


def test_what_is_intact_is_one_line(touchpoint, firm: Firm):
    head = verify.heads(firm.engine)[1]
    expected = f"Organization 1: 2 events, head {head}: intact; 2 rows match.\n"
    assert touchpoint("verify") == (0, expected, "")


def test_an_empty_record_is_said_to_be_one(touchpoint, tmp_path: Path):
    fresh_sqlite(tmp_path / "touchpoint.db").dispose()
    assert "nothing to verify" in touchpoint("verify")[1]


def test_what_is_wrong_is_named_with_exit_code_1(touchpoint, firm: Firm):
    tamper(firm, "UPDATE decision SET title = 'Keep the VPN'")
    code, out, _ = touchpoint("verify")
    assert code == 1
    heading, finding = out.splitlines()
    assert heading.endswith(": NOT INTACT")
    assert finding == "  decision/1 is not as event 2 left it"


def test_what_is_not_named_is_counted(touchpoint, firm: Firm):
    for number in range(30):
        firm.decides(f"Decision {number}")
    tamper(firm, "UPDATE decision SET title = 'Keep the VPN'")
    _code, out, _ = touchpoint("verify")
    assert out.splitlines()[-1] == "  and 11 more"


def test_a_head_that_is_typed_proves_that_nothing_was_cut_off(touchpoint, firm: Firm):
    head = verify.heads(firm.engine)[1]
    code, out, _ = touchpoint("verify", "--head", f"{head.number}:{head.hash[:8]}")
    assert (code, out.endswith("; the kept head holds.\n")) == (0, True)
    cut_off(firm)
    assert touchpoint("verify")[0] == 1  # the row that nothing tells of any more
    code, out, _ = touchpoint("verify", "--head", str(head))
    assert (code, out.splitlines()[1]) == (1, "  event 2 is missing")


def cut_off(firm: Firm) -> None:
    """The last event, and the log's own head with it."""
    tamper(
        firm,
        "DELETE FROM audit_event WHERE number = 2",
        "UPDATE audit_head SET number = 1, hash = (SELECT hash FROM audit_event WHERE number = 1)",
    )


def test_a_head_of_whom_is_asked_where_there_are_several(touchpoint, firm: Firm):
    founded(firm.engine, "slack:T2")
    head = str(verify.heads(firm.engine)[1])
    code, _, err = touchpoint("verify", "--head", head)
    assert (code, "Say whose it is with --organization." in err) == (1, True)
    assert touchpoint("verify", "--head", head, "--organization", "1")[0] == 0
    assert touchpoint("verify", "--head", head, "--organization", "2")[0] == 1
    assert "There is no organization 9." in touchpoint("verify", "--organization", "9")[2]


def test_the_heads_that_are_printed_are_a_file_of_heads(touchpoint, firm: Firm, tmp_path: Path):
    founded(firm.engine, "slack:T2")
    _code, printed, _ = touchpoint("audit", "heads")
    (tmp_path / "kept.jsonl").write_text(printed)
    firm.decides("Keep the VPN")
    code, out, _ = touchpoint("verify", "--heads", "kept.jsonl")
    assert (code, out.count("; the kept head holds.")) == (0, 2)
    tamper(firm, "UPDATE audit_event SET hash = prev_hash WHERE organization_id = 2")
    assert touchpoint("verify", "--heads", "kept.jsonl")[0] == 1


def test_what_is_no_file_of_heads_is_refused_by_its_line(touchpoint, firm: Firm, tmp_path: Path):
    good = heads.lines(verify.heads(firm.engine), NOW)[0]
    (tmp_path / "kept.jsonl").write_text(f"{good}\n{good[:40]}\n")
    code, _, err = touchpoint("verify", "--heads", "kept.jsonl")
    assert (code, "Line 2 of kept.jsonl is no head." in err) == (1, True)
    assert touchpoint("verify", "--heads", "nowhere.jsonl")[0] == 1


def test_the_server_adds_a_line_whenever_a_log_went_on(firm: Firm, tmp_path: Path):
    keeper = Heads(firm.engine, tmp_path / "heads.jsonl")
    keeper.keep(NOW)
    keeper.keep(NOW + timedelta(hours=1))
    firm.decides("Keep the VPN")
    keeper.keep(NOW + timedelta(hours=2))
    said = [json.loads(line) for line in keeper.file.read_text().splitlines()]
    assert [(one["at"], one["organization"], one["number"]) for one in said] == [
        ("2031-03-03T08:00:00+00:00", 1, 2),
        ("2031-03-03T10:00:00+00:00", 1, 3),
    ]
    assert verify.verify(firm.engine, 1, heads.read(keeper.file)[1]).intact
    assert keeper.file.stat().st_mode & 0o077 == 0


def test_what_cannot_be_written_now_is_written_the_next_time(firm: Firm, tmp_path: Path):
    keeper = Heads(firm.engine, tmp_path / "not there yet" / "heads.jsonl")
    with pytest.raises(FileNotFoundError):
        keeper.keep(NOW)
    keeper.file.parent.mkdir()
    keeper.keep(NOW)
    assert len(keeper.file.read_text().splitlines()) == 1


@pytest.mark.parametrize(
    ("url", "said", "file"),
    [
        ("sqlite:///touchpoint.db", "", Path("touchpoint-heads.jsonl")),
        ("sqlite:////var/lib/touchpoint.db?x=1", "", Path("/var/lib/touchpoint-heads.jsonl")),
        ("sqlite:///touchpoint.db", "off", None),
        ("sqlite:///:memory:", "", None),
        ("postgresql://me@host/name", "", None),
        ("postgresql://me@host/name", "/mnt/worm/heads.jsonl", Path("/mnt/worm/heads.jsonl")),
    ],
)
def test_where_the_heads_are_kept(url: str, said: str, file: Path | None):
    assert Settings(database_url=url, audit_heads=said).heads_file == file  # type: ignore[arg-type]


def test_what_is_no_head_of_a_file_says_what_to_do(tmp_path: Path):
    (tmp_path / "kept.jsonl").write_text('{"organization": 1, "number": 2, "hash": "x"}\n')
    with pytest.raises(BadInput, match="Line 1"):
        heads.read(tmp_path / "kept.jsonl")
