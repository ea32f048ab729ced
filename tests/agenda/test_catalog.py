"""What strangers publish: read as it was published, forgiven a little, and refused whole where it is something else."""

import gzip
import json
from copy import deepcopy
from datetime import date
from pathlib import Path

import jsonschema
import pytest

from agenda.catalog import Malformed, exploited, scores, sort_of, unpacked
from agenda.threats import FeedKind
from tests.doubles import catalogs

RECORDED = Path(__file__).parent.parent / "payloads" / "kev"
KEV = (RECORDED / "catalog.json").read_bytes()
PUBLISHED = json.loads(KEV)
EPSS = (RECORDED / "epss.csv").read_bytes()
LAST = date(2031, 3, 3)


def test_the_recorded_catalog_is_read_and_fits_the_published_schema():
    jsonschema.validate(PUBLISHED, json.loads((RECORDED / "schema.json").read_text()))
    catalog = exploited(KEV)
    assert (catalog.version, catalog.left_out) == ("2025.08.25", 0)
    log4j = {entry.cve: entry for entry in catalog.entries}["CVE-2021-44228"]
    assert (log4j.vendor, log4j.product, log4j.ransomware) == ("Apache", "Log4j2", True)
    assert (log4j.added, log4j.due) == (date(2021, 12, 10), date(2021, 12, 24))


def test_a_generated_catalog_of_full_size_fits_the_same_schema():
    whole = catalogs.catalog(LAST)
    jsonschema.validate(whole, json.loads((RECORDED / "schema.json").read_text()))
    assert len(exploited(catalogs.catalog_json(LAST)).entries) == catalogs.ENTRIES


def with_entry(**changes: object) -> bytes:
    """The recorded catalog ten times over, and in one entry something else. None leaves a field out."""
    told = deepcopy(PUBLISHED)
    rows = [dict(row, cveID=f"{row['cveID']}{turn}") for turn in range(10) for row in told["vulnerabilities"]]
    rows[0] = {name: value for name, value in {**rows[0], **changes}.items() if value is not None}
    return json.dumps({**told, "vulnerabilities": rows}).encode()


@pytest.mark.parametrize(
    "changes",
    [
        {"cveID": None},
        {"cveID": "CVE-1"},
        {"cveID": "CVE-２０２４-１２３４"},
        {"dueDate": "soon"},
        {"dateAdded": "0001-01-01"},
        {"product": ["x"]},
        {"vendorProject": "\x00"},
        {"shortDescription": "x" * 5000},
    ],
)
def test_one_bad_entry_is_left_out_and_counted(changes: dict[str, object]):
    catalog = exploited(with_entry(**changes))
    assert (len(catalog.entries), catalog.left_out) == (69, 1)


def test_what_nobody_knows_yet_is_ignored_and_what_may_be_missing_is_not_missed():
    catalog = exploited(with_entry(severity={"x": 1}, notes=None, cwes=None, knownRansomwareCampaignUse=None))
    assert catalog.left_out == 0


def test_text_is_one_plain_line():
    entry = exploited(with_entry(vulnerabilityName="A\u202egnp.\x00flaw\n here")).entries[0]
    assert entry.name == "A gnp. flaw here"


BAD = [
    b"",
    b"\xff\xfe\x00",
    b"{",
    b"[]",
    b'{"vulnerabilities": {}}',
    b'{"vulnerabilities": []}',
    b'{"vulnerabilities": [1, null, "x"]}',
    b"[" * 200_000,
    KEV[: len(KEV) // 2],
    gzip.compress(KEV)[:-20],
    b"<html>Please sign in</html>",
]


@pytest.mark.parametrize("body", BAD)
def test_what_is_no_catalog_is_refused_in_plain_words(body: bytes):
    with pytest.raises(Malformed) as refused:
        exploited(body)
    assert refused.value.what
    assert refused.value.mend


def test_where_too_many_entries_are_bad_nothing_is_taken():
    rows = [dict(row, dueDate="?") if place < 2 else row for place, row in enumerate(PUBLISHED["vulnerabilities"])]
    with pytest.raises(Malformed, match="2 of its 7 entries"):
        exploited(json.dumps({**PUBLISHED, "vulnerabilities": rows}).encode())


def test_scores_are_read_from_both_of_their_formats_packed_or_not():
    api = scores((RECORDED / "epss.json").read_bytes())
    assert api.on == date(2025, 8, 25)
    assert api.by_cve["CVE-2024-3400"].chance == pytest.approx(0.94315)
    for body in (EPSS, gzip.compress(EPSS), b"\xef\xbb\xbf" + EPSS):
        table = scores(body)
        assert (table.on, len(table.by_cve)) == (date(2025, 8, 25), 8)
        assert table.by_cve["CVE-2021-44228"].rank == pytest.approx(0.99972)


def test_only_the_scores_that_are_wanted_are_kept():
    assert list(scores(EPSS, {"CVE-2024-3400"}).by_cve) == ["CVE-2024-3400"]
    assert scores(EPSS, set()).by_cve == {}


@pytest.mark.parametrize("value", ["nan", "-0.1", "1.1", "inf", "", "often"])
def test_a_score_out_of_range_is_none(value: str):
    with pytest.raises(Malformed):
        scores(f"cve,epss,percentile\nCVE-2024-3400,{value},0.5\n".encode())


@pytest.mark.parametrize(
    "body", [b"", b"cve;epss\n", b'{"data": 1}', b'{"data": []}', b"\x80abc", b"cve,epss,percentile\n"]
)
def test_what_are_no_scores_is_refused(body: bytes):
    with pytest.raises(Malformed):
        scores(body)


def test_a_document_that_unpacks_without_end_is_refused():
    with pytest.raises(Malformed, match="more than 1 MB"):
        unpacked(gzip.compress(bytes(50_000_000)), most=1_000_000)


def test_a_file_is_known_by_its_content():
    assert sort_of(KEV) is FeedKind.KEV
    assert sort_of(EPSS) is FeedKind.EPSS
    assert sort_of((RECORDED / "epss.json").read_bytes()) is FeedKind.EPSS
    assert sort_of((RECORDED / "rss.xml").read_bytes()) is FeedKind.NEWS
    with pytest.raises(Malformed, match="neither"):
        sort_of(b'{"risks": []}')


@pytest.mark.parametrize("inside", ["[]," * 4_000_000 + "[]", "1.5," * 4_000_000 + "1"])
def test_json_that_would_fill_the_memory_is_not_read(inside: str):
    with pytest.raises(Malformed, match="far more in it"):
        exploited(f'{{"vulnerabilities": [{inside}]}}'.encode())
