"""`touchpoint export` and `touchpoint import` as an operator types them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from adapters import cli, registers_cli
from adapters.settings import names
from agenda.registered import IMPORTED
from storage import keys
from storage.decisions import Decision
from storage.deliveries import Delivery
from storage.initiatives import Initiative
from storage.nudges import Nudge
from storage.people import Organization
from storage.risks import RiskItem
from storage.verify import verify
from tests.conftest import fresh_sqlite
from tests.storage.firm import Firm, founded


@pytest.fixture
def firm(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """The only one of this server, in the folder where the operator stands."""
    monkeypatch.chdir(tmp_path)
    for name in names():
        monkeypatch.delenv(name, raising=False)
    engine = fresh_sqlite(tmp_path / "touchpoint.db")
    yield founded(engine)
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


@pytest.fixture
def sample(firm: Firm):
    """An organization with a touchpoint, 2, and a decision, under the sample's tenant."""
    founded(firm.engine, tenant="sample:local").decides("Replace the gateways")


def kept(firm: Firm, table: type) -> list:
    with firm.record(writes=False) as record:
        return list(record.session.execute(select(table)).scalars())


def test_a_dry_run_says_what_every_row_would_do_and_writes_nothing(firm: Firm, touchpoint):
    Path("risks.csv").write_text("Title;Likelihood;Colour\nOld VPN;4;red\nMainframe;5;blue\n")
    code, out, err = touchpoint("import", "risks", "risks.csv")
    assert (code, out) == (0, "row 2: new\nrow 3: new\n2 new. Nothing was written. Add --apply to take it in.\n")
    assert err == "warning: nobody knows the column “colour”; it is left aside.\n"
    assert kept(firm, RiskItem) == []


def test_applied_it_is_there_and_a_second_time_changes_what_differs(firm: Firm, touchpoint):
    Path("risks.csv").write_text("title,likelihood\nOld VPN,4\nMainframe,5\n")
    assert touchpoint("import", "risks", "risks.csv", "--apply")[1].endswith("2 new. Taken into “Sam and Dana”.\n")
    assert touchpoint("export", "--format", "csv", "--to", "out")[0] == 0
    file = Path("out/risks.csv")
    file.write_text(file.read_text(encoding="utf-8-sig").replace("Mainframe", "Old mainframe"))
    assert touchpoint("import", "risks", "out/risks.csv", "--apply")[1].endswith(
        "row 2: unchanged – R-1\nrow 3: changed – R-2 title\n1 changed, 1 unchanged. Taken into “Sam and Dana”.\n"
    )
    assert [(risk.ref, risk.title, risk.raised_by_id) for risk in kept(firm, RiskItem)] == [
        ("R-1", "Old VPN", firm.dana_id),
        ("R-2", "Old mainframe", firm.dana_id),
    ]
    assert verify(firm.engine, firm.organization_id).intact


def test_one_wrong_cell_and_nothing_is_taken_in(firm: Firm, touchpoint):
    Path("risks.csv").write_text("title,likelihood\nOld VPN,4\nMainframe,high\n")
    code, out, err = touchpoint("import", "risks", "risks.csv", "--apply")
    assert (code, out) == (1, "row 2: new\n")
    assert err == (
        "row 3, likelihood: “high” is no step. Write a whole number from 1 to 5.\n"
        "1 cell or row is wrong, so nothing is taken in.\nMend the file, and try again.\n"
    )
    assert kept(firm, RiskItem) == []


def test_both_are_asked_for_the_keys_of_what_came_in(firm: Firm, touchpoint):
    Path("decisions.csv").write_text("title,state\nMove the VPN,agreed\n")
    out = touchpoint("import", "decisions", "decisions.csv", "--apply", "--by", "sam")[1]
    assert "row 2: new – comes in as proposed: both are asked for their keys here." in out
    (decision,) = kept(firm, Decision)
    assert (decision.state, decision.recorded_by_id) == ("proposed", firm.sam_id)
    with firm.record(writes=False) as record:
        assert keys.history(record, decision) == []
    asked = {one.person_id for one in kept(firm, Delivery) if one.kind == "key"}
    assert asked == {firm.sam_id, firm.dana_id}


def test_many_at_once_bury_nobody_in_messages(firm: Firm, touchpoint):
    Path("decisions.csv").write_text("title\n" + "".join(f"Decision {n}\n" for n in range(11)))
    assert touchpoint("import", "decisions", "decisions.csv", "--apply")[0] == 0
    assert len(kept(firm, Decision)) == 11
    assert kept(firm, Delivery) == []


def test_a_promise_that_came_in_reminds_its_owner(firm: Firm, touchpoint):
    Path("p.json").write_text('[{"title": "Renew", "owner": "Dana", "due_on": "2099-01-09"}]')
    assert touchpoint("import", "promises", "p.json", "--apply")[0] == 0
    assert {nudge.person_id for nudge in kept(firm, Nudge)} == {firm.dana_id}


def test_initiatives_are_known_by_their_trackers_key_and_then_by_their_ref(firm: Firm, touchpoint):
    Path("i.csv").write_text(
        "tracker key,title,starts on,ends on,design on,passed,partner\n"
        "CRM-1,New CRM,2031-03-03,2031-09-30,2031-04-01,idea,Dana\n"
        ",Data lake,,,,,\n"
    )
    assert touchpoint("import", "initiatives", "i.csv", "--apply")[1].endswith("2 new. Taken into “Sam and Dana”.\n")
    Path("i.csv").write_text(
        "ref,tracker key,title,design on,passed,state\nI-9,CRM-1,New CRM,2031-04-08,design,active\n"
        "I-2,LAKE-1,Data lake,,,done\n"
    )
    code, out, _err = touchpoint("import", "initiatives", "i.csv", "--apply")
    assert (code, out.splitlines()[:2]) == (
        *(0, ["row 2: changed – I-1 design_on, passed", "row 3: changed – I-2 tracker_key, state"]),
    )
    assert [(one.ref, one.tracker_key, one.state, one.joined_gate) for one in kept(firm, Initiative)] == [
        ("I-1", "CRM-1", "active", "design"),
        ("I-2", "LAKE-1", "done", None),
    ]


def test_an_initiative_comes_out_as_it_went_in(firm: Firm, touchpoint):
    Path("i.csv").write_text("title,starts on,ends on,passed\nNew CRM,2031-03-03,2031-09-30,build\n")
    touchpoint("import", "initiatives", "i.csv", "--apply")
    assert touchpoint("export", "--format", "csv", "--to", "out")[0] == 0
    code, out, _err = touchpoint("import", "initiatives", "out/initiatives.csv", "--apply")
    assert (code, out.splitlines()[-2:]) == (0, ["row 2: unchanged – I-1", "1 unchanged. Taken into “Sam and Dana”."])


@pytest.mark.parametrize(
    ("cells", "error"),
    [
        ("2031-09-30,2031-03-03,,", "ends_on: is before starts_on, and the dates run forward. Write a later day."),
        (",,2031-05-01,2031-04-01", "build_on: is before design_on, and the dates run forward. Write a later day."),
    ],
)
def test_an_initiative_whose_dates_run_backwards_is_refused(firm: Firm, touchpoint, cells: str, error: str):
    Path("i.csv").write_text(f"title,starts_on,ends_on,design_on,build_on\nNew CRM,{cells}\nAnother,,,,\n")
    code, _out, err = touchpoint("import", "initiatives", "i.csv", "--apply")
    assert (code, err.splitlines()[0]) == (1, f"row 2, {error}")
    assert kept(firm, Initiative) == []


def test_two_rows_of_one_tracker_key_and_two_keys_for_one_row_are_refused(firm: Firm, touchpoint):
    Path("i.csv").write_text("tracker_key,title\nA,One\nB,Two\n")
    touchpoint("import", "initiatives", "i.csv", "--apply")
    Path("i.csv").write_text("ref,tracker_key,title\nI-2,A,One\nI-1,a,Two\n")
    code, _out, err = touchpoint("import", "initiatives", "i.csv", "--apply")
    assert (code, err.splitlines()[:2]) == (
        1,
        [
            "row 2, ref: another one has this tracker_key. Empty one of the two.",
            "row 3, tracker_key: stands in row 2 too. Keep one.",
        ],
    )


def test_every_register_is_a_file_for_its_owners_eyes_alone(firm: Firm, touchpoint):
    firm.decides("Move the VPN")
    assert touchpoint("export", "--format", "csv", "--to", "out")[0] == 0
    assert {file.name for file in Path("out").iterdir()} == {
        "risks.csv",
        "acceptances.csv",
        "decisions.csv",
        "promises.csv",
        "responsibilities.csv",
        "products.csv",
        "initiatives.csv",
        "asks.csv",
        "agenda_items.csv",
        "syncs.csv",
        "members.csv",
    }
    assert {file.stat().st_mode & 0o777 for file in Path("out").iterdir()} == {0o600}
    assert Path("out").stat().st_mode & 0o777 == 0o700
    assert Path("out/decisions.csv").read_bytes().startswith(b'\xef\xbb\xbf"Ref","Touchpoint","Title"')


def test_decisions_are_markdown_files(firm: Firm, touchpoint):
    firm.decides("Move the VPN")
    assert touchpoint("export", "--format", "markdown", "--to", "out") == (0, "Wrote out/0001-move-the-vpn.md.\n", "")
    assert "# Move the VPN" in Path("out/0001-move-the-vpn.md").read_text()


def test_of_several_organizations_each_has_a_folder_of_its_own(firm: Firm, touchpoint):
    other = founded(firm.engine, "slack:T2")
    other.decides("Theirs")
    firm.decides("Ours")
    assert touchpoint("export", "--format", "json", "--to", "out")[0] == 0
    for one, theirs in ((firm, "Theirs"), (other, "Ours")):
        assert f'"{theirs}"' not in Path(f"out/organization-{one.organization_id}/decisions.json").read_text()


def test_where_there_are_several_touchpoints_it_must_be_said_which(firm: Firm, touchpoint):
    second = firm.touchpoint("slack:T1/C2")
    Path("risks.csv").write_text("title\nOld VPN\n")
    code, _out, err = touchpoint("import", "risks", "risks.csv")
    assert (code, err.splitlines()[0]) == (1, "There are several touchpoints.")
    code, _out, err = touchpoint("import", "risks", "risks.csv", "--touchpoint", "sam and dana")
    assert err.splitlines() == [
        "Several touchpoints are called “sam and dana”.",
        f"Say which, by its number: --touchpoint {firm.touchpoint_id}. "
        f"These are: Sam and Dana ({firm.touchpoint_id}), Sam and Dana ({second}).",
    ]
    assert touchpoint("import", "risks", "risks.csv", "--touchpoint", str(second), "--apply")[0] == 0
    assert [risk.touchpoint_id for risk in kept(firm, RiskItem)] == [second]


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (("import", "syncs", "x.csv"), "“syncs” cannot be imported."),
        (("import", "risks", "x.csv", "--touchpoint", "Nope"), "There is no touchpoint “Nope” here."),
        (("import", "risks", "x.csv", "--by", "Nobody"), "Nobody is called “Nobody” there."),
        (("import", "risks", "nowhere.csv"), "nowhere.csv: No such file or directory."),
        (("import", "risks", "latin.csv"), "latin.csv is not UTF-8 text."),
        (("export", "--format", "csv"), "This writes several files."),
        (("export", "--to", "out", "-o", "all.json"), "--to is a folder and --output is a file."),
    ],
)
def test_what_does_not_do_is_said_in_a_line_with_what_to_do(firm: Firm, touchpoint, words: tuple[str, ...], what: str):
    Path("x.csv").write_text("title\nOld VPN\n")
    Path("latin.csv").write_bytes("title\nRüstung\n".encode("latin-1"))
    code, _out, err = touchpoint(*words)
    assert code == 1
    assert err.splitlines()[0] == what
    assert len(err.splitlines()) == 2


def test_a_file_that_is_too_long_is_refused_unread(firm: Firm, touchpoint, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(registers_cli, "MOST_MEGABYTES", 0)
    Path("risks.csv").write_text("title\nOld VPN\n")
    assert "at most 0 can be taken in at once." in touchpoint("import", "risks", "risks.csv")[2]


def test_the_playground_is_written_to_by_its_own_clock(firm: Firm, touchpoint):
    with firm.record() as record:
        record.session.get_one(Organization, firm.organization_id).ahead = 400 * 86400
    Path("risks.csv").write_text("title\nOld VPN\n")
    assert touchpoint("import", "risks", "risks.csv", "--apply")[0] == 0
    (risk,) = kept(firm, RiskItem)
    assert risk.raised_at > datetime.now(UTC) + timedelta(days=399)


def test_every_register_that_can_be_imported_is_named_in_the_help(touchpoint):
    code, out, _ = touchpoint("import", "--help")
    assert code == 0
    assert [name for name in IMPORTED if name not in out] == []


@pytest.mark.usefixtures("sample")
def test_a_sample_is_in_nobodys_way(firm: Firm, touchpoint):
    Path("risks.csv").write_text("title\nOld VPN\n")
    code, out, err = touchpoint("import", "risks", "risks.csv", "--apply")
    assert (code, err) == (0, "")
    assert out.endswith("Taken into “Sam and Dana”.\n")
    assert touchpoint("export", "--format", "csv", "--to", "out")[0] == 0
    assert "Old VPN" in Path("out/risks.csv").read_text()
    assert touchpoint("decisions", "find", "gateways")[0] == 1


@pytest.mark.usefixtures("sample")
def test_a_sample_that_is_named_is_meant(touchpoint):
    assert touchpoint("export", "--format", "csv", "--to", "out", "--touchpoint", "2")[0] == 0
    assert "Replace the gateways" in Path("out/decisions.csv").read_text()
