"""What is published and what is watched, on both databases: each once, matched once, and old where it is old."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Engine, event

from agenda.catalog import Headline, Score, Scores, exploited
from agenda.threats import FeedKind
from storage import rows, threats, watching
from storage.threats import Feed, News, Threat, ThreatMatch, WatchedProduct
from storage.touchpoints import Touchpoint
from storage.unit_of_work import Record
from tests.conftest import MONDAY
from tests.storage.firm import Firm, founded

KEV = (Path(__file__).parent.parent / "payloads" / "kev" / "catalog.json").read_bytes()
DAY = timedelta(days=1)


def watch(record: Record, firm: Firm, vendor: str, product: str) -> WatchedProduct:
    mine = {"organization_id": firm.organization_id, "touchpoint_id": firm.touchpoint_id}
    said = {"vendor": vendor, "product": product, "watched_at": record.now, "watched_by_id": firm.sam_id}
    return rows.add(record, WatchedProduct(**said, **mine))


def test_a_catalog_that_comes_twice_is_kept_once_and_what_changed_is_changed(engine: Engine):
    firm, catalog = founded(engine), exploited(KEV)
    with firm.record() as record:
        assert threats.take_catalog(record, catalog) == 7
    with firm.record() as record:
        assert threats.take_catalog(record, catalog) == 0
        changed = tuple(replace(one, ransomware=True) for one in catalog.entries)
        assert threats.take_catalog(record, replace(catalog, entries=changed)) == 1
        assert threats.take_catalog(record, replace(catalog, entries=catalog.entries[:1])) == 1
    with firm.record(writes=False) as record:
        assert len(threats.every(record)) == 7
        assert "Microsoft" in threats.vendors(record)


def test_each_product_meets_each_entry_once(engine: Engine):
    firm, catalog = founded(engine), exploited(KEV)
    fresh = tuple(
        replace(one, added=MONDAY.date() - 10 * DAY) if one.product == "SharePoint" else one for one in catalog.entries
    )
    with firm.record() as record:
        touchpoint = rows.get(record, Touchpoint, firm.touchpoint_id)
        threats.take_catalog(record, replace(catalog, entries=fresh))
        watch(record, firm, "Microsoft", "SharePoint"), watch(record, firm, "MS", "Exchange")
        watch(record, firm, "", "Microsoft")
        assert watching.match(record, touchpoint, watching.known(record)) == 4
        assert watching.match(record, touchpoint, watching.known(record)) == 0
    with firm.record() as record:
        found = {one.threat.product: one for one in watching.met(record, firm.touchpoint_id)}
        assert (found["SharePoint"].first.old, found["Exchange Server"].first.old) == (False, True)
        assert len(found["SharePoint"].products) == 2
        for product in rows.having(record, WatchedProduct):
            product.dropped_at = record.now
        record.session.flush()
        assert watching.met(record, firm.touchpoint_id) == []
        assert len(rows.having(record, ThreatMatch)) == 4


def test_what_is_asked_of_one_entry_reads_that_one_and_what_is_news_no_old_ones(engine: Engine):
    """A list of a thousand is read for a list, and not for each line that is pressed or each hour's planning."""
    firm, catalog = founded(engine), exploited(KEV)
    fresh = tuple(
        replace(one, added=MONDAY.date() - 10 * DAY) if one.product == "SharePoint" else one for one in catalog.entries
    )
    with firm.record() as record:
        threats.take_catalog(record, replace(catalog, entries=fresh))
        watch(record, firm, "Microsoft", "SharePoint"), watch(record, firm, "", "Microsoft")
        watching.match(record, rows.get(record, Touchpoint, firm.touchpoint_id), watching.known(record))
    with firm.record(writes=False) as record, reads(record) as read:
        (news,) = watching.alive(record, firm.touchpoint_id)
        assert (news.threat.product, len(news.products), len(read)) == ("SharePoint", 2, 1)
    with firm.record(writes=False) as record, reads(record) as read:
        one = watching.of_match(record, rows.get(record, ThreatMatch, news.first.key))
        assert one is not None
        assert (len(one.matches), len(read)) == (2, 1)
    with firm.record() as record:
        for match in rows.having(record, ThreatMatch):
            match.set_aside_at = MONDAY
        record.session.flush()
        assert watching.alive(record, firm.touchpoint_id) == []


@contextmanager
def reads(record: Record) -> Iterator[set[str]]:
    """Every entry that is read meanwhile."""
    found: set[str] = set()
    event.listen(
        record.session, "loaded_as_persistent", lambda _, row: found.add(row.cve) if isinstance(row, Threat) else None
    )
    yield found


def test_scores_are_kept_of_what_is_known(engine: Engine):
    firm = founded(engine)
    with firm.record() as record:
        threats.take_catalog(record, exploited(KEV))
        scores = Scores(
            by_cve={"CVE-2021-44228": Score(chance=0.9, rank=0.99), "CVE-1999-0001": Score(chance=0.1, rank=0.1)}
        )
        assert threats.take_scores(record, scores) == 1
        assert threats.take_scores(record, scores) == 0
        (log4j,) = [one for one in rows.having(record, Threat) if one.cve == "CVE-2021-44228"]
        assert (log4j.epss, log4j.percentile) == (0.9, 0.99)


def test_news_are_kept_once_and_for_two_months(engine: Engine):
    firm = founded(engine)
    with firm.record() as record:
        feed = threats.of_files(record)
        assert threats.of_files(record).key == feed.key
        long_ago = Headline(key="3", title="z", at=MONDAY - 90 * DAY)
        told = [Headline(key="1", title="x", at=MONDAY), Headline(key="2", title="y"), long_ago]
        assert threats.take_news(record, feed.key, told) == 2
        assert threats.take_news(record, feed.key, told) == 0
    with firm.record(MONDAY + 70 * DAY) as record:
        assert threats.take_news(record, feed.key, []) == 0
        assert rows.having(record, News) == []


def test_a_source_that_is_claimed_is_not_due_until_its_lease_runs_out(engine: Engine):
    firm = founded(engine)
    with firm.record() as record:
        organization = record.session.get_one(threats.Organization, firm.organization_id)
        threats.keep_sources(record, {"https://a.example/kev": FeedKind.KEV})
        assert len(threats.claim(record, organization)) == 1
        assert threats.claim(record, organization) == []
    with firm.record(MONDAY + timedelta(minutes=11)) as record:
        assert len(threats.claim(record, organization)) == 1
        threats.keep_sources(record, {})
        assert rows.having(record, Feed) == []
