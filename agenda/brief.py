"""The brief: which threats are told, in which order, and in words that nobody needs to look up.

Pure: rows' fields and a day in, words out. The rules T1 to T5 stand in `agenda.threats`; here is what T2 and T3 say.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from math import floor

from agenda.matching import vendor_key
from agenda.threats import NEWS_FOR, MatchFields, ThreatFields

MONTHS = 12
NEW, DAY_PASSED = "new", "its day has passed"

RUN = "lets attackers run their own programs on it"
# What a flaw allows, by the words that the catalog's own names use for its kind; the first that fits is said.
ALLOWS = (
    (
        "authentication bypass|improper authentication|missing auth|auth\\w* bypass",
        "lets attackers in without a password",
    ),
    ("hard-?coded|default credential", "has a built-in password that attackers know"),
    ("sql injection", "lets attackers read and change its data"),
    ("cross-site|xss|csrf|spoofing", "lets attackers act in a user’s name"),
    ("server-side request", "lets attackers reach systems behind it"),
    ("privilege|improper access|access control|authorization", "lets an intruder take full control"),
    (
        "traversal|arbitrary file|file inclusion|link following|xxe|xml external",
        "lets attackers reach files that they should not",
    ),
    ("information|disclosure|out-of-bounds read(?! and)|exposure", "gives away what it should keep to itself"),
    ("denial|resource consumption|infinite loop", "lets attackers bring it to a halt"),
    ("security feature|protection mechanism|bypass", "lets attackers past a safeguard"),
    ("upload", "lets attackers put their own programs on it"),
    ("execution|injection|deserialization|untrusted|overflow|use-after-free|out-of-bounds|memory|type confusion", RUN),
    ("double free|corruption|code|eval|template|unsafe", RUN),
)
OTHERWISE = "has a flaw that attackers use"


def is_old(added_on: date, watched_on: date) -> bool:
    """T1: it was known long before we watched the product, so it is no news."""
    return added_on < watched_on - NEWS_FOR


def presses(threat: ThreatFields, threshold: int) -> bool:
    """T2: it does not wait for the brief. `threshold` is in percent."""
    return threat.ransomware or reaches(threat.epss, threshold)


def reaches(epss: float | None, threshold: int) -> bool:
    """A chance that is not known reaches nothing."""
    return epss is not None and epss * 100 >= threshold


def passed(threat: ThreatFields, today: date) -> bool:
    """Has the day gone by until which it should be mended?"""
    return threat.due_on is not None and threat.due_on < today


def changes(match: MatchFields, threat: ThreatFields, today: date, threshold: int) -> list[str]:
    """T3: what is new about it since it was told last; nothing where nothing is, and nothing of what is old or set aside."""
    if match.old or match.set_aside_at:
        return []
    if match.told_at is None:
        return [NEW]
    said = []
    if threat.ransomware and not match.told_ransomware:
        said.append("ransomware uses it now")
    if reaches(threat.epss, threshold) and not reaches(match.told_epss, threshold):
        said.append("attacks became likely")
    if passed(threat, today) and not match.told_due:
        said.append(DAY_PASSED)
    return said


def urgency(threat: ThreatFields) -> tuple[bool, float, int]:
    """In which order they stand: what ransomware uses, what is likely, what was added last; the highest first."""
    return threat.ransomware, threat.epss or 0, threat.added_on.toordinal()


def called(vendor: str, product: str) -> str:
    """`Microsoft Exchange Server`; a product that names its vendor already is not called twice."""
    if not product or vendor_key(vendor) == vendor_key(product):
        return vendor or product
    return product if not vendor or product.casefold().startswith(vendor.casefold()) else f"{vendor} {product}"


def in_plain(threat: ThreatFields) -> str:
    """`Microsoft SharePoint lets attackers run their own programs on it`."""
    kind = threat.title.casefold().replace(threat.product.casefold(), " ")
    allowed = next((allows for words, allows in ALLOWS if re.search(words, kind)), OTHERWISE)
    return f"{called(threat.vendor, threat.product)} {allowed}"


def odds(threat: ThreatFields) -> str:
    """`94 % likely to be attacked within 30 days, more than 98 % of all flaws`; empty where nobody has scored it."""
    if threat.epss is None:
        return ""
    likely = f"{percent(threat.epss)} likely to be attacked within 30 days"
    if threat.percentile is None or threat.percentile < 0.5:
        return likely
    beaten = min(99, floor(round(threat.percentile * 100, 6)))
    return f"{likely}, more than {beaten} % of all flaws"


def percent(share: float) -> str:
    """`94 %`, `less than 1 %`."""
    return "less than 1 %" if share < 0.01 else f"{min(99, round(share * 100))} %"


def trend(added: Iterable[date], today: date) -> tuple[tuple[str, ...], tuple[float, ...]]:
    """How many were added in each of the last twelve months, this one included: `Mar`, and the counts."""
    months = list(_months(today))
    counts = dict.fromkeys(months, 0.0)
    for day in added:
        if (day.year, day.month) in counts:
            counts[day.year, day.month] += 1
    return tuple(f"{date(year, month, 1):%b}" for year, month in months), tuple(counts.values())


def _months(today: date) -> Sequence[tuple[int, int]]:
    ends, first = [], today.replace(day=1)
    for _ in range(MONTHS):
        ends.append((first.year, first.month))
        first = (first - timedelta(days=1)).replace(day=1)
    return ends[::-1]
