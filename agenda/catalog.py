"""What others publish about vulnerabilities, read: CISA's catalog of exploited ones (KEV), and FIRST's scores (EPSS).

Pure: bytes in, entries out. The documents come from strangers, so here stands how much is forgiven:

1. Fields that nobody here knows are ignored; the publishers add some every year.
2. An entry that lacks what is needed, or holds what cannot be so, is left out and counted.
3. If more than `FORGIVEN` of a hundred entries are such, or all are, the document is `Malformed`: nothing of it is taken.
4. A document without any entry is `Malformed` too. An empty list would read as “all is well”.

Sources: known_exploited_vulnerabilities_schema.json (cisa.gov), and https://www.first.org/epss/ for the API and the daily CSV.
"""

import gzip
import json
import re
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from typing import Any, TypeVar

from agenda.errors import BadInput
from agenda.threats import FeedKind

FORGIVEN = 2  # of a hundred; one in a document of fewer than fifty
MOST_UNPACKED = 60_000_000  # Bytes. The daily scores unpack to about 10 million.
MOST_VALUES = (
    3_000_000  # Of JSON, which takes up to twenty times its size in memory. All scores there are have a million.
)
LINE, TEXT = 300, 4000  # Characters; the longest that CISA has published are 179 and 572.
CVE = re.compile(r"CVE-[0-9]{4}-[0-9]{4,19}")  # Not `\d`: there are digits in every script.
GZIP = b"\x1f\x8b"
FIRST_YEAR, LAST_YEAR = 1999, 2199
T = TypeVar("T")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\u200b-\u200f\u2028-\u202e\u2066-\u2069]+")


class Malformed(BadInput):
    """A document that is not what it should be. Nothing of it is taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exploited:
    """One entry of the catalog: somebody exploits this. `due` is the day by which US agencies must have acted."""

    cve: str
    vendor: str
    product: str
    name: str
    about: str
    action: str
    added: date
    due: date
    ransomware: bool
    link: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalog:
    """A whole catalog, each CVE once; `left_out` counts the entries that could not be read."""

    version: str
    entries: tuple[Exploited, ...]
    left_out: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """`chance`: that it is exploited within 30 days, 0 to 1. `rank`: the share of all that score no higher, 0 to 1."""

    chance: float
    rank: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """One piece of news. `key` stays the same when the feed is read again; `at` is UTC, or nothing where it does not say."""

    key: str
    title: str
    link: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """By CVE, those that were asked for; and the day of the model's run, where the document says it."""

    by_cve: Mapping[str, Score]
    on: date | None = None
    left_out: int = 0


def unpacked(body: bytes, most: int = MOST_UNPACKED) -> bytes:
    """The document as it was before gzip. Raises `Malformed` for one that is broken or grows beyond `most` bytes."""
    if not body.startswith(GZIP):
        return body
    try:
        with gzip.GzipFile(fileobj=BytesIO(body)) as packed:
            found = packed.read(most + 1)
    except (OSError, EOFError, zlib.error):
        raise Malformed("The packed document is broken.", "Fetch it again.") from None
    if len(found) > most:
        raise Malformed(
            f"The document unpacks to more than {most // 1_000_000} MB.", "This is no feed; check the address."
        )
    return found


def sort_of(body: bytes) -> FeedKind:
    """What an unpacked document is, by its content. Raises `Malformed`."""
    start = body.removeprefix(b"\xef\xbb\xbf").lstrip()[:200].lower()
    if start.startswith(b"<"):
        return FeedKind.NEWS
    if start.startswith((b"#model_version", b"cve,epss")):
        return FeedKind.EPSS
    found = _json(body, "a catalog or scores")
    if "vulnerabilities" in found:
        return FeedKind.KEV
    if "data" in found:
        return FeedKind.EPSS
    raise Malformed(
        "This is neither the KEV catalog, nor EPSS scores, nor a feed.",
        "Load known_exploited_vulnerabilities.json, epss_scores-….csv.gz, or an RSS or Atom file.",
    )


def exploited(body: bytes) -> Catalog:
    """CISA's catalog, out of its published JSON, packed or not. Raises `Malformed`."""
    found = _json(unpacked(body), "the KEV catalog")
    rows = found.get("vulnerabilities")
    if not isinstance(rows, list):
        raise Malformed("The KEV catalog has no list of vulnerabilities.", "Check that it is CISA's own file.")
    entries, left_out = _taken(rows, _entry, "KEV catalog")
    version = _clean(str(found.get("catalogVersion", "")))[:LINE]
    return Catalog(version=version, entries=tuple({one.cve: one for one in entries}.values()), left_out=left_out)


def scores(body: bytes, wanted: Collection[str] | None = None) -> Scores:
    """FIRST's scores, out of the API's JSON or the daily CSV, packed or not; of the `wanted` alone, or all. Raises `Malformed`.

    What is not wanted is not looked at: a quarter of a million lines cost a moment that way.
    """
    body = unpacked(body)
    table = not body.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{")
    on, rows = _csv_rows(body, wanted) if table else _json_rows(body, wanted)
    taken, left_out = _taken(rows, _score, "EPSS scores") if rows else ([], 0)
    return Scores(by_cve=dict(taken), on=on, left_out=left_out)


def _json(body: bytes, what: str) -> dict[str, Any]:
    if sum(map(body.count, (b",", b"[", b"{"))) > MOST_VALUES:
        raise Malformed(f"This JSON has far more in it than {what}.", "Check that it is the file as it was published.")
    try:
        found = json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise Malformed(
            f"This is no JSON, so it is not {what}.", "Fetch or load it again; it may have been cut off."
        ) from None
    if not isinstance(found, dict):
        raise Malformed(f"This JSON is not {what}.", "Check that it is the file as it was published.")
    return found


def _taken(rows: Iterable[object], read: Callable[[Any], T], what: str) -> tuple[list[T], int]:
    """What can be read, and how many cannot; rules 2 to 4."""
    taken: list[T] = []
    left_out = 0
    for row in rows:
        try:
            taken.append(read(row))
        except (KeyError, TypeError, ValueError):
            left_out += 1
    if not taken or left_out > max(1, (len(taken) + left_out) * FORGIVEN // 100):
        said = (
            f"{left_out:,} of its {len(taken) + left_out:,} entries cannot be read" if left_out else "it has no entries"
        )
        raise Malformed(f"The {what} is not as published: {said}.", "Nothing of it was taken. Fetch or load it again.")
    return taken, left_out


def _entry(row: Mapping[str, object]) -> Exploited:
    """Raises `KeyError`, `TypeError` or `ValueError`, which count as one bad entry."""
    cve = _cve(row["cveID"])
    return Exploited(
        cve=cve,
        vendor=_line(row["vendorProject"]),
        product=_line(row["product"]),
        name=_line(row["vulnerabilityName"]),
        about=_text(row["shortDescription"]),
        action=_text(row["requiredAction"]),
        added=_day(row["dateAdded"]),
        due=_day(row["dueDate"]),
        ransomware=str(row.get("knownRansomwareCampaignUse", "")).strip().casefold() == "known",
        link=f"https://nvd.nist.gov/vuln/detail/{cve}",
    )


def _cve(value: object) -> str:
    if not isinstance(value, str) or not CVE.fullmatch(value.strip()):
        raise ValueError(value)
    return value.strip()


def _line(value: object) -> str:
    found = _text(value)
    if len(found) > LINE:
        raise ValueError(found)
    return found


def _text(value: object) -> str:
    """Plain text of one paragraph: no control character, and none that turns the direction of what follows."""
    found = _clean(value) if isinstance(value, str) else ""
    if not found or len(found) > TEXT:
        raise ValueError(value)
    return found


def _clean(value: str) -> str:
    return " ".join(_CONTROLS.sub(" ", value).split())


def _day(value: object) -> date:
    found = date.fromisoformat(str(value).strip()[:10])
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise ValueError(value)
    return found


def _score(row: tuple[object, object, object]) -> tuple[str, Score]:
    cve, chance, rank = row
    return _cve(cve), Score(chance=_share(chance), rank=_share(rank))


def _share(value: object) -> float:
    found = float(str(value))
    if not 0 <= found <= 1:  # Not a number is in no range.
        raise ValueError(value)
    return found


def _json_rows(body: bytes, wanted: Collection[str] | None) -> tuple[date | None, list[tuple[object, object, object]]]:
    """`{"data": [{"cve": …, "epss": "0.97", "percentile": "0.99", "date": …}]}`."""
    rows = _json(body, "EPSS scores").get("data")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise Malformed("The EPSS scores have no list called data.", "Check that it is FIRST's own answer.")
    if not rows:
        raise Malformed("The EPSS scores are not as published: it has no entries.", "Fetch or load it again.")
    kept = [row for row in rows if wanted is None or row.get("cve") in wanted]
    return _on(str(rows[0].get("date", ""))), [(row.get("cve"), row.get("epss"), row.get("percentile")) for row in kept]


def _csv_rows(body: bytes, wanted: Collection[str] | None) -> tuple[date | None, list[tuple[object, object, object]]]:
    """A comment that says the model and its day, the heads, and a line each."""
    try:
        lines = iter(body.decode("utf-8-sig").splitlines())
    except UnicodeDecodeError:
        raise Malformed("The EPSS scores are no text.", "Fetch or load them again.") from None
    comment, heads = _heads(lines)
    told = list(filter(None, lines))
    if heads[:3] != ["cve", "epss", "percentile"] or not told:
        raise Malformed(
            "The EPSS scores are not a table that begins with cve,epss,percentile.",
            "Check that it is FIRST's own file.",
        )
    rows = [line.split(",") for line in told if wanted is None or line.partition(",")[0] in wanted]
    said = re.search(r"score_date:(\d{4}-\d\d-\d\d)", comment)
    return _on(said[1] if said else ""), [(*row[:3], *[""] * (3 - len(row[:3]))) for row in rows]  # type: ignore[misc]


def _heads(lines: Iterator[str]) -> tuple[str, list[str]]:
    comment = next(lines, "")
    heads = next(lines, "") if comment.startswith("#") else comment
    return comment, [head.strip() for head in heads.split(",")]


def _on(said: str) -> date | None:
    try:
        return _day(said)
    except ValueError:
        return None
