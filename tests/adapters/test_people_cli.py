"""`touchpoint person` as whoever answers for the data types it."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from sqlmodel import select

from adapters import cli, people_cli
from adapters.settings import names
from storage import people
from storage.merging import naming_people
from storage.people import Account, Person
from storage.verify import verify
from tests.conftest import fresh_sqlite
from tests.storage.firm import Firm, founded

ROOT = str(Path(cli.__file__).parent.parent)


@pytest.fixture
def firm(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """Kim belongs to it too."""
    monkeypatch.chdir(tmp_path)
    for name in names():
        monkeypatch.delenv(name, raising=False)
    engine = fresh_sqlite(tmp_path / "touchpoint.db")
    firm = founded(engine)
    with firm.record() as record:
        people.meet(record, "slack:T1/Kim", name="Kim", zone="Europe/Zurich")
    yield firm
    engine.dispose()


@pytest.fixture
def touchpoint(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """`touchpoint <words>` in a shell: (exit code, stdout, stderr)."""

    def typed(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["touchpoint", *words])
        with pytest.raises(SystemExit) as left:
            cli.main()
        said = capsys.readouterr()
        return int(left.value.code or 0), said.out, said.err

    return typed


def test_what_is_kept_is_counted_and_not_told(firm: Firm, touchpoint):
    firm.decides("A secret decision")
    code, out, _err = touchpoint("person", "show", "sam")
    assert (code, out) == (
        0,
        f"person {firm.sam_id}: Sam, in organization {firm.organization_id}\n"
        "accounts: slack:T1/Sam\n"
        "works: MO,TU,WE,TH,FR 09:00 to 17:00, in no zone of their own\n"
        "touchpoints: 1\ndecisions: 1\n",
    )


def test_every_table_has_a_plural() -> None:
    plurals = {people_cli._called(column.table.name) for column in naming_people()}
    assert not [one for one in plurals if re.search(r"[^aeiou]ys$|ss$", one)]


def test_what_they_wrote_is_theirs_to_have(firm: Firm, touchpoint):
    firm.decides("My own decision")
    assert touchpoint("person", "export", "slack:T1/Sam", "-o", "sam.json")[:2] == (0, "Wrote sam.json.\n")
    kept = json.loads(Path("sam.json").read_text())
    assert kept["decision"][0]["title"] == "My own decision"
    assert kept["person"][0]["name"] == "Sam"
    assert Path("sam.json").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("words", [("show", "Sam"), ("export", "Sam"), ("erase", "Kim")], ids=lambda words: words[0])
def test_a_process_of_its_own_knows_every_table(firm: Firm, words: tuple[str, str]):
    """In the tests' process all of them were imported long ago."""
    run = [sys.executable, "-c", "from adapters.cli import main; main()", "person", *words]
    ended = subprocess.run(run, check=False, capture_output=True, text=True, env={"PYTHONPATH": ROOT})
    assert (ended.returncode, ended.stderr) == (0, "")


def test_erasing_is_tried_before_it_is_done(firm: Firm, touchpoint):
    tried = touchpoint("person", "erase", "Kim")
    assert tried[0] == 0
    assert "would be “former member 3” from now on.\ngoes: accounts (1)\n" in tried[1]
    assert tried[1].endswith("Nothing was changed. Add --apply to do it; it cannot be taken back.\n")
    assert "Kim" in called(firm)
    done = touchpoint("person", "erase", "Kim", "--apply")
    assert "Person 3 is “former member 3” from now on." in done[1]
    assert called(firm) == ["Sam", "Dana", "former member 3"]
    assert verify(firm.engine, firm.organization_id).intact


def called(firm: Firm) -> list[str]:
    with firm.record(writes=False) as record:
        assert record.session.execute(select(Account)).first()
        return [one.name for one in record.session.execute(select(Person).order_by(Person.id)).scalars()]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("erase", "Sam"), "Person 1 sits in “Sam and Dana” as CIO."),
        (("show", "Nobody"), "Nobody is called “Nobody” here."),
        (("export", "Twin"), "2 people are called “Twin”."),
    ],
)
def test_what_does_not_do_is_said_with_what_to_do(firm: Firm, touchpoint, words: tuple[str, ...], said: str):
    with firm.record() as record:
        for account in ("slack:T1/a", "slack:T1/b"):
            people.meet(record, account, name="Twin")
    code, _out, err = touchpoint("person", *words)
    assert (code, err.splitlines()[0], len(err.splitlines())) == (1, said, 2)
