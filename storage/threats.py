"""What is known to be attacked: the sources, their entries, the products that are watched, and where the two meet.

Sources and what they say are public. Each organization keeps its own, so that nothing of what it watches leaves it. What is
asked of the products and the matches stands in `storage.watching`.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from sqlalchemy import Engine, Index, UniqueConstraint, delete, func, select
from sqlmodel import Field, col

from agenda import conversations
from agenda.catalog import Catalog, Exploited, Headline, Scores
from agenda.conversations import Conversation
from agenda.threats import FeedFields, FeedKind, MatchFields, NewsFields, ThreatFields, WatchFields
from storage import people, rows
from storage.people import Organization
from storage.rows import Row, Sealed
from storage.touchpoints import Touchpoint
from storage.unit_of_work import Record, insert_once, transaction

LEASE = timedelta(minutes=10)  # Who fetches has so long; then another replica tries.
NEWS_KEPT = timedelta(days=60)
FILES = "file"  # The address of what was loaded from files.
NEVER = timedelta(days=36_500)


class Feed(FeedFields, Row, table=True):
    """One source of one organization: public, so nothing of it is sealed."""

    __table_args__ = (
        UniqueConstraint("organization_id", "address", name="uq_feed_address"),
        Index("ix_feed_next", "next_at"),
    )


class Threat(ThreatFields, Row, table=True):
    """One entry of the public catalog, as this organization has read it."""

    __table_args__ = (
        UniqueConstraint("organization_id", "cve", name="uq_threat_cve"),
        Index("ix_threat_added", "organization_id", "added_on"),
    )


class News(NewsFields, Row, table=True):
    """One entry of a public feed."""

    __table_args__ = (UniqueConstraint("feed_id", "guid", name="uq_news_guid"),)

    feed_id: int = Field(foreign_key="feed.id")


class WatchedProduct(WatchFields, Sealed, table=True):
    """What one touchpoint watches, and the area whose owner answers for it."""

    __tablename__ = "watched_product"

    touchpoint_id: int = Field(foreign_key="touchpoint.id", index=True)
    responsibility_id: int | None = Field(default=None, foreign_key="responsibility.id")
    watched_by_id: int = Field(foreign_key="person.id")


class ThreatMatch(MatchFields, Sealed, table=True):
    """An entry that concerns a watched product; what was said of it is only machinery."""

    unsealed: ClassVar[frozenset[str]] = frozenset({"told_at", "told_epss", "told_ransomware", "told_due"})
    __tablename__ = "threat_match"
    __table_args__ = (
        UniqueConstraint("touchpoint_id", "threat_id", "product_id", name="uq_threat_match"),
        Index("ix_threat_match_threat", "threat_id"),
    )

    touchpoint_id: int = Field(foreign_key="touchpoint.id")
    threat_id: int = Field(foreign_key="threat.id")
    product_id: int = Field(foreign_key="watched_product.id", index=True)
    set_aside_by_id: int | None = Field(default=None, foreign_key="person.id")
    risk_id: int | None = Field(default=None, foreign_key="risk_item.id")
    action_id: int | None = Field(default=None, foreign_key="action_item.id")


# ── the sources ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """A source that is to be read now, by whoever holds this."""

    feed_id: int
    organization: Organization
    kind: FeedKind
    address: str
    etag: str
    modified: str


def asking(engine: Engine) -> list[Organization]:
    """The organizations in which some touchpoint talks about threats. Nothing is fetched for all others and the sample."""
    with transaction(engine, writes=False) as session:
        query = (
            select(Organization, col(Touchpoint.conversations))
            .join(Touchpoint, col(Touchpoint.organization_id) == col(Organization.id))
            .where(col(Organization.id).not_in(people.made_up()))
        )
        found = {
            one.key: one for one, kept in session.execute(query) if Conversation.THREATS in conversations.read(kept)
        }
    return list(found.values())


def keep_sources(record: Record, wanted: Mapping[str, FeedKind]) -> None:
    """These are read from now on, by address; what is not among them any more is forgotten with its news."""
    standing = {feed.address: feed for feed in rows.having(record, Feed)}
    for address, feed in standing.items():
        if address not in wanted and address != FILES:
            record.session.execute(delete(News).where(col(News.feed_id) == feed.key))
            record.session.delete(feed)
    for address, kind in wanted.items():
        if address not in standing:
            rows.add(
                record, Feed(organization_id=record.organization_id, kind=kind, address=address, next_at=record.now)
            )
    record.session.flush()


def claim(record: Record, organization: Organization) -> list[Claimed]:
    """Its sources that are due. Another replica that looks meanwhile finds none of them due."""
    due = [feed for feed in rows.having(record, Feed) if feed.next_at <= record.now]
    for feed in due:
        feed.next_at = record.now + LEASE
    record.session.flush()
    return [
        Claimed(
            feed_id=feed.key,
            organization=organization,
            kind=feed.kind,
            address=feed.address,
            etag=feed.etag,
            modified=feed.modified,
        )
        for feed in due
    ]


def of_files(record: Record) -> Feed:
    """Under which the news stands that was loaded from files."""
    found = rows.having(record, Feed, address=FILES)
    never = record.now + NEVER
    return (
        found[0]
        if found
        else rows.add(
            record, Feed(organization_id=record.organization_id, kind=FeedKind.NEWS, address=FILES, next_at=never)
        )
    )


def failing(engine: Engine) -> list[Feed]:
    """Sources of anybody that could not be read the last time. For the operator alone."""
    with transaction(engine, writes=False) as session:
        return list(session.execute(select(Feed).where(col(Feed.failures) > 0).order_by(col(Feed.id))).scalars())


# ── what they say ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def take_catalog(record: Record, catalog: Catalog) -> int:
    """Each entry as it is published now; what the catalog has dropped since stays. Returns how many are new or changed."""
    standing = {threat.cve: threat for threat in rows.having(record, Threat)}
    fresh = []
    changed = 0
    for entry in catalog.entries:
        values = published(entry)
        threat = standing.get(entry.cve)
        if threat is None:
            fresh.append({"organization_id": record.organization_id, "seen_at": record.now, **values})
        elif any(getattr(threat, name) != value for name, value in values.items()):
            changed += 1
            for name, value in values.items():
                setattr(threat, name, value)
    record.session.flush()
    if fresh:
        record.session.execute(Threat.__table__.insert(), fresh)  # type: ignore[attr-defined]  # every table class has one
    return len(fresh) + changed


def published(entry: Exploited) -> dict[str, object]:
    """An entry's columns."""
    return {
        "cve": entry.cve,
        "vendor": entry.vendor,
        "product": entry.product,
        "title": entry.name,
        "detail": entry.about,
        "action": entry.action,
        "added_on": entry.added,
        "due_on": entry.due,
        "ransomware": entry.ransomware,
        "link": entry.link,
    }


def take_scores(record: Record, scores: Scores) -> int:
    """How likely each known entry is; what is not scored there keeps its score. Returns how many changed."""
    changed = 0
    for threat in rows.having(record, Threat):
        score = scores.by_cve.get(threat.cve)
        if score and (threat.epss, threat.percentile) != (score.chance, score.rank):
            threat.epss, threat.percentile, changed = score.chance, score.rank, changed + 1
    record.session.flush()
    return changed


def take_news(record: Record, feed_id: int, headlines: Sequence[Headline]) -> int:
    """Each once; what is older than two months is forgotten. Returns how many are new."""
    since = record.now - NEWS_KEPT
    new = 0
    for one in headlines:
        at = min(one.at or record.now, record.now)
        if at > since:
            said = {"guid": one.key, "title": one.title, "link": one.link, "published_at": at}
            new += insert_once(record, News, organization_id=record.organization_id, feed_id=feed_id, **said)
    stale = (col(News.organization_id) == record.organization_id, col(News.published_at) <= since)
    record.session.execute(delete(News).where(col(News.feed_id) == feed_id, *stale))
    return new


def known(engine: Engine) -> Collection[str]:
    """Every CVE that anybody here knows: of no other is a score kept."""
    with transaction(engine, writes=False) as session:
        return set(session.execute(select(col(Threat.cve)).distinct()).scalars())


def every(record: Record) -> list[Threat]:
    """The whole catalog, as it came in."""
    return rows.having(record, Threat)


def is_empty(record: Record) -> bool:
    """Was nothing read yet?"""
    query = select(col(Threat.id)).where(col(Threat.organization_id) == record.organization_id).limit(1)
    return record.session.execute(query).first() is None


def vendors(record: Record) -> list[str]:
    """As the catalog writes them."""
    query = select(col(Threat.vendor)).where(col(Threat.organization_id) == record.organization_id).distinct()
    return sorted(record.session.execute(query).scalars())


def recent_news(record: Record, since: datetime) -> list[News]:
    """The newest first."""
    query = select(News).where(col(News.organization_id) == record.organization_id, col(News.published_at) > since)
    return list(record.session.execute(query.order_by(col(News.published_at).desc(), col(News.id))).scalars())


def last_read(record: Record) -> datetime | None:
    """When the catalog was read last."""
    query = select(func.max(col(Feed.read_at))).where(
        col(Feed.organization_id) == record.organization_id, col(Feed.kind) == FeedKind.KEV
    )
    return record.session.execute(query).scalar_one_or_none()
