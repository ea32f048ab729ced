"""Threats: a catalog of full size is read and held against a thousand watched products, from bytes to matches."""

import gc
import time
from dataclasses import dataclass
from datetime import UTC, datetime

from agenda import matching
from agenda.catalog import exploited, scores
from agenda.matching import Index, Named
from bench.load import WrongAnswer
from tests.doubles import catalogs

PRODUCTS, CALLED = 1_000, "{vendor} {product} 2.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """Seconds of each turn: reading the catalog, matching it, and reading a day's scores."""

    entries: int
    read: list[float]
    matched: list[float]
    scored: list[float]


def measured(turns: int) -> Matched:
    """Nothing is remembered from turn to turn. Raises `WrongAnswer` where a product misses its own entry."""
    today = datetime.now(UTC).date()
    body, packed = catalogs.catalog_json(today), catalogs.scores_csv(today)
    watched = [Named(product=CALLED.format(vendor=vendor, product=product)) for vendor, product in catalogs.names()]
    found = Matched(entries=catalogs.ENTRIES, read=[], matched=[], scored=[])
    for _ in range(turns):
        matching.words.cache_clear()
        matching.vendor_key.cache_clear()
        gc.collect()
        began = time.perf_counter()
        entries = exploited(body).entries
        found.read.append(time.perf_counter() - began)
        began = time.perf_counter()
        index = Index([Named(vendor=one.vendor, product=one.product, about=one.about) for one in entries])
        hits = [index.hits(one) for one in watched[:PRODUCTS]]
        found.matched.append(time.perf_counter() - began)
        began = time.perf_counter()
        scored = scores(packed, {one.cve for one in entries})
        found.scored.append(time.perf_counter() - began)
        missed = [
            place
            for place, places in enumerate(hits)
            if place not in places and "Multiple" not in watched[place].product
        ]
        if missed or len(scored.by_cve) != len(entries):
            raise WrongAnswer(f"{len(missed)} products miss their own entry; {len(scored.by_cve)} are scored")
    return found
