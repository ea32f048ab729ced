"""`touchpoint threats load`: for networks without a way out."""

import gzip
import shutil
from datetime import date
from pathlib import Path

import pytest

from storage import rows
from storage.threats import Feed, News, Threat, ThreatMatch, WatchedProduct
from storage.touchpoints import Touchpoint
from tests.adapters.test_registers_cli import firm, touchpoint  # noqa: F401
from tests.doubles import catalogs
from tests.storage.firm import Firm

RECORDED = Path(__file__).parent.parent / "payloads" / "kev"


@pytest.fixture
def talking(firm: Firm) -> Firm:  # noqa: F811
    """Its touchpoint talks about threats, and the files lie beside the operator."""
    with firm.record() as record:
        for one in rows.having(record, Touchpoint):
            one.conversations = "threats"
    for file in RECORDED.glob("*.*"):
        shutil.copy(file, file.name)
    return firm


def kept(firm: Firm, table: type) -> list:  # noqa: F811
    with firm.record(writes=False) as record:
        return rows.having(record, table)


def test_each_file_says_itself_what_it_is(talking: Firm, touchpoint):  # noqa: F811
    Path("scores.gz").write_bytes(gzip.compress(Path("epss.csv").read_bytes()))
    code, out, _err = touchpoint("threats", "load", "rss.xml", "scores.gz", "catalog.json")
    assert (code, out.splitlines()[:2]) == (0, ["catalog.json: 7 new or changed.", "scores.gz: 7 new or changed."])
    assert len(kept(talking, Threat)) == 7
    assert all(threat.epss is not None for threat in kept(talking, Threat))
    assert kept(talking, News) == [] or len(kept(talking, News)) <= 2


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("cut.json", b'{"vulnerabilities": [{'),
        ("other.json", b'{"risks": []}'),
        ("evil.xml", b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss version="2.0"/>'),
        ("bomb.gz", gzip.compress(bytes(70_000_000))),
        ("empty", b""),
    ],
)
def test_what_is_wrong_is_refused_in_a_line_and_nothing_is_taken(talking: Firm, touchpoint, name: str, body: bytes):  # noqa: F811
    Path(name).write_bytes(body)
    code, _out, err = touchpoint("threats", "load", name)
    assert code == 1
    assert "bug" not in err
    assert kept(talking, Threat) == []


@pytest.mark.parametrize("body", [b'{"a": 1', b'{"vulnerabilities": []}'])
def test_of_several_files_the_wrong_one_is_named(talking: Firm, touchpoint, body: bytes):  # noqa: F811
    Path("wrong.json").write_bytes(body)
    code, out, err = touchpoint("threats", "load", "catalog.json", "wrong.json")
    assert (code, err.splitlines()[0].partition(": ")[0]) == (1, "wrong.json")
    assert "wrong.json" not in out


def test_scores_without_a_catalog_say_so(talking: Firm, touchpoint):  # noqa: F811
    code, _out, err = touchpoint("threats", "load", "epss.csv")
    assert code == 1
    assert "Load the KEV catalog first" in err


def test_where_nobody_talks_about_threats_nothing_is_loaded(firm: Firm, touchpoint):  # noqa: F811
    shutil.copy(RECORDED / "catalog.json", "catalog.json")
    code, _out, err = touchpoint("threats", "load", "catalog.json")
    assert code == 1
    assert "No touchpoint talks about threats" in err


def test_a_watch_list_comes_in_as_any_register_does(talking: Firm, touchpoint):  # noqa: F811
    assert touchpoint("threats", "load", "catalog.json")[0] == 0
    Path("products.csv").write_text("Vendor;Product\nMicrosoft;SharePoint Server\n;Palo Alto PAN-OS\n;Log4j\n")
    assert "3 new. Nothing was written" in touchpoint("import", "products", "products.csv")[1]
    assert "3 new. Taken into" in touchpoint("import", "products", "products.csv", "--apply")[1]
    assert len(kept(talking, ThreatMatch)) == 3
    assert "3 unchanged" in touchpoint("import", "products", "products.csv", "--apply")[1]


def test_an_area_that_is_not_there_takes_nothing_in(talking: Firm, touchpoint):  # noqa: F811
    Path("products.csv").write_text("Product;Area\nExchange;\nLog4j;The moon\n")
    for how in ((), ("--apply",)):
        code, _out, err = touchpoint("import", "products", "products.csv", *how)
        assert (code, "row 3, area: There is no area “The moon”" in err) == (1, True)
        assert kept(talking, WatchedProduct) == []


def test_a_thousand_products_against_a_full_catalog_come_in_and_are_matched(talking: Firm, touchpoint):  # noqa: F811
    Path("full.json").write_bytes(catalogs.catalog_json(date(2031, 3, 3)))
    assert touchpoint("threats", "load", "full.json")[0] == 0
    names = list(dict.fromkeys(" ".join(name) for name in catalogs.names() if "Multiple" not in name[1]))[:1000]
    Path("products.csv").write_text("Product\n" + "\n".join(names))
    code, out, err = touchpoint("import", "products", "products.csv", "--apply")
    assert code == 0, (out, err)
    assert len(kept(talking, ThreatMatch)) >= 900


def test_the_doctor_names_a_source_that_cannot_be_read(talking: Firm, touchpoint):  # noqa: F811
    with talking.record() as record:
        mine = {"organization_id": talking.organization_id, "kind": "kev", "next_at": record.now}
        broken = {"failures": 2, "failing_since": record.now, "because": "k.example answers 503."}
        rows.add(record, Feed(address="https://k.example/kev?key=secret", **mine, **broken))
    _code, out, _err = touchpoint("doctor")
    assert "k.example fails since 2031-03-03: k.example answers 503." in out
    assert "secret" not in out


def test_the_doctor_says_from_where_threats_come(talking: Firm, touchpoint, monkeypatch: pytest.MonkeyPatch):  # noqa: F811
    monkeypatch.setenv("TOUCHPOINT_KEV_URL", "https://k.example/kev?key=secret")
    monkeypatch.setenv("TOUCHPOINT_EPSS_URL", "off")
    monkeypatch.setenv("TOUCHPOINT_PROXY", "http://me:secret@proxy.example:3128")
    out = touchpoint("doctor")[1]
    assert "ok    threats: fetched from k.example, through proxy.example" in out
    assert "secret" not in out
    monkeypatch.setenv("TOUCHPOINT_KEV_URL", "off")
    assert "threats: nothing is fetched" in touchpoint("doctor")[1]
    with talking.record() as record:
        for one in rows.having(record, Touchpoint):
            one.conversations = ""
    assert "threats: not switched on in any touchpoint" in touchpoint("doctor")[1]


def test_an_area_is_found_however_it_is_written(talking: Firm, touchpoint):  # noqa: F811
    Path("areas.csv").write_text("Area;Accountable\nE-mail;CISO\n")
    assert touchpoint("import", "responsibilities", "areas.csv", "--apply")[0] == 0
    Path("products.csv").write_text("Product;Area\nExchange;e-MAIL\n")
    assert touchpoint("import", "products", "products.csv", "--apply")[0] == 0
    assert [one.responsibility_id is not None for one in kept(talking, WatchedProduct)] == [True]
    assert "1 unchanged" in touchpoint("import", "products", "products.csv")[1]
