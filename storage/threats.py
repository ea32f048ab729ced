"""What is known to be attacked: the sources, their entries, the products that are watched, and where the two meet."""

from typing import ClassVar

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from agenda.threats import FeedFields, MatchFields, NewsFields, ThreatFields, WatchFields
from storage.rows import Row, Sealed


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
