"""Threats: what is known to be attacked, which products we watch, and where the two meet.

rule  a match of a watched product with an entry of the catalog
T1    is old where the entry was added more than `NEWS_FOR` before the product was watched: it is counted, never told as news
T2    is told in the next brief; before it only where ransomware is known to use it, or its EPSS reaches the threshold
T3    is told again when something about it changes: ransomware, its EPSS reaches the threshold, its due date passes
T4    that somebody set aside ("not us", with the reason) is not told again, until that is undone
T5    ends with its product: what is not watched any more matches nothing
"""

from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlmodel import Field, SQLModel

from agenda.columns import stored

NEWS_FOR = timedelta(days=30)
NAME_LIMIT = 120
PUBLISHED_LIMIT = 300  # The longest product that CISA has published so far has 179 characters.
THRESHOLD = 50  # percent: EPSS from here on is told between syncs
IN_A_BRIEF = 5


class FeedKind(StrEnum):
    """What is read: CISA's Known Exploited Vulnerabilities, FIRST's EPSS, or news as RSS or Atom."""

    KEV = "kev"
    EPSS = "epss"
    NEWS = "news"


class FeedFields(SQLModel):
    """One source, and how reading it goes: `next_at` is when it is read again, `failing_since` and `because` say what is wrong.

    `etag` and `modified` are what its server said last, so that nothing is fetched twice. `said_at`: an admin was told.
    """

    kind: FeedKind = Field(sa_type=stored(FeedKind))
    address: str = Field(max_length=1000)
    title: str = Field(default="", max_length=200)
    etag: str = Field(default="", max_length=400)
    modified: str = Field(default="", max_length=100)
    read_at: datetime | None = Field(default=None)
    next_at: datetime
    failures: int = 0
    failing_since: datetime | None = Field(default=None)
    because: str = Field(default="")
    said_at: datetime | None = Field(default=None)


class ThreatFields(SQLModel):
    """One entry of the catalog of what is known to be attacked, as it was published; `added_on` and `due_on` are CISA's days.

    `epss` is the probability (0 to 1) that it is attacked within 30 days, `percentile` (0 to 1) its rank among all.
    """

    cve: str = Field(max_length=32)
    vendor: str = Field(max_length=PUBLISHED_LIMIT)
    product: str = Field(max_length=PUBLISHED_LIMIT)
    title: str = Field(max_length=400)
    detail: str = Field(default="")
    action: str = Field(default="")
    added_on: date
    due_on: date | None = Field(default=None)
    ransomware: bool = False
    epss: float | None = Field(default=None)
    percentile: float | None = Field(default=None)
    link: str = Field(default="")
    seen_at: datetime


class NewsFields(SQLModel):
    """One entry of somebody's feed; `guid` is how the feed itself knows it."""

    guid: str = Field(max_length=1000)
    title: str = Field(max_length=400)
    link: str = Field(default="", max_length=2000)
    published_at: datetime


class WatchFields(SQLModel):
    """One product that we run, as we call it; an empty `vendor` is any."""

    vendor: str = Field(default="", max_length=NAME_LIMIT)
    product: str = Field(max_length=NAME_LIMIT)
    watched_at: datetime
    dropped_at: datetime | None = Field(default=None)


class MatchFields(SQLModel):
    """T1 to T5. What was said of it last: `told_at`, `told_epss`, `told_ransomware`; `told_due` that its day had passed."""

    matched_at: datetime
    old: bool = False
    told_at: datetime | None = Field(default=None)
    told_epss: float | None = Field(default=None)
    told_ransomware: bool = False
    told_due: bool = False
    set_aside_at: datetime | None = Field(default=None)
    because: str = Field(default="")
