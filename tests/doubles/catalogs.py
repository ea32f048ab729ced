"""A catalog of full size, generated to the published schema: the same on every machine, with vendors as uneven as in life."""

import gzip
import json
import random
from datetime import date, timedelta

ENTRIES, VENDORS = 1500, 230
FLAWS = ("Command Injection", "Use-After-Free", "Path Traversal", "Authentication Bypass", "Privilege Escalation")
SYLLABLES = ("net", "soft", "cor", "vex", "data", "sec", "lin", "ora", "max", "tek", "nova", "plex")
KINDS = (
    "Server",
    "Gateway",
    "Manager",
    "Firewall",
    "Access Manager",
    "Data Center",
    "Office",
    "Mail Server",
    "Multiple Products",
)


def names(seed: int = 7) -> list[tuple[str, str]]:
    """Vendor and product of each entry."""
    dice = random.Random(seed)
    vendors = sorted({_name(dice) for _ in range(VENDORS * 2)})[:VENDORS]
    weights = [1 / (place + 1) for place in range(len(vendors))]
    found = []
    for vendor in dice.choices(vendors, weights, k=ENTRIES):
        kind = dice.choice(KINDS)
        found.append((vendor, kind if kind.startswith("Multiple") else f"{_name(dice)} {kind}"))
    return found


def _name(dice: random.Random) -> str:
    return "".join(dice.choices(SYLLABLES, k=2)).capitalize()


def catalog(until: date, seed: int = 7) -> dict[str, object]:
    """To known_exploited_vulnerabilities_schema.json; the last entry was added on `until`, the rest over four years before."""
    dice = random.Random(seed)
    rows = [_entry(dice, place, vendor, product, until) for place, (vendor, product) in enumerate(names(seed))]
    return {
        "title": "CISA Catalog of Known Exploited Vulnerabilities",
        "catalogVersion": f"{until:%Y.%m.%d}",
        "dateReleased": f"{until.isoformat()}T12:00:00.0000Z",
        "count": len(rows),
        "vulnerabilities": rows,
    }


def _entry(dice: random.Random, place: int, vendor: str, product: str, until: date) -> dict[str, object]:
    added, flaw = until - timedelta(days=place), dice.choice(FLAWS)
    cve = f"CVE-{added.year}-{10_000 + place}"
    return {
        "cveID": cve,
        "vendorProject": vendor,
        "product": product,
        "vulnerabilityName": f"{vendor} {product} {flaw} Vulnerability",
        "dateAdded": added.isoformat(),
        "shortDescription": f"{vendor} {product} contains a vulnerability that lets an attacker in. "
        * dice.randint(1, 4),
        "requiredAction": "Apply mitigations per vendor instructions or discontinue use of the product.",
        "dueDate": (added + timedelta(days=21)).isoformat(),
        "knownRansomwareCampaignUse": "Known" if dice.random() < 0.2 else "Unknown",
        "notes": f"https://vendor.example/advisories/{place} ; https://nvd.nist.gov/vuln/detail/{cve}",
        "cwes": [f"CWE-{dice.randint(20, 900)}"],
    }


def catalog_json(until: date) -> bytes:
    """As it is published."""
    return json.dumps(catalog(until), indent=4).encode()


def scores_csv(until: date, lines: int = 300_000) -> bytes:
    """The daily file of EPSS, packed: every CVE of the catalog, and the many others."""
    dice = random.Random(11)
    known = [str(row["cveID"]) for row in catalog(until)["vulnerabilities"]]  # type: ignore[attr-defined]
    others = (f"CVE-{2000 + place % 25}-{100_000 + place}" for place in range(lines - len(known)))
    told = "".join(f"{cve},{dice.random():.5f},{dice.random():.5f}\n" for cve in (*known, *others))
    heads = f"#model_version:v2025.03.14,score_date:{until.isoformat()}T12:55:00Z\ncve,epss,percentile\n"
    return gzip.compress((heads + told).encode(), 1, mtime=0)
