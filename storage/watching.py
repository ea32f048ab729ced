"""The products that a touchpoint watches, and the entries of the catalog that concern them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlmodel import col

from agenda.brief import is_old
from agenda.matching import Index, Named
from agenda.recurrence import local_date
from storage import threats
from storage.threats import Threat, ThreatMatch, WatchedProduct
from storage.touchpoints import Touchpoint
from storage.unit_of_work import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Met:
    """One entry, and each product of one touchpoint that it concerns. What people did about it stands in the first match."""

    threat: Threat
    matches: tuple[ThreatMatch, ...]
    products: tuple[WatchedProduct, ...]

    @property
    def first(self) -> ThreatMatch:
        """The match that its buttons name."""
        return self.matches[0]


def products(record: Record, touchpoint_ids: Sequence[int]) -> list[WatchedProduct]:
    """What is watched, by name."""
    query = select(WatchedProduct).where(
        col(WatchedProduct.organization_id) == record.organization_id,
        col(WatchedProduct.touchpoint_id).in_(touchpoint_ids),
        col(WatchedProduct.dropped_at).is_(None),
    )
    found = record.session.execute(query).scalars()
    return sorted(found, key=lambda one: (one.vendor.casefold(), one.product.casefold(), one.key))


@dataclass(frozen=True, slots=True)
class Known:
    """The whole catalog, and its index: made once for all touchpoints of an organization."""

    catalog: Sequence[Threat]
    index: Index


def known(record: Record) -> Known:
    """As it stands now."""
    catalog = threats.every(record)
    return Known(catalog, Index([Named(vendor=one.vendor, product=one.product, about=one.detail) for one in catalog]))


def match(record: Record, touchpoint: Touchpoint, known: Known, watched: Sequence[WatchedProduct] | None = None) -> int:
    """Every entry that concerns one of these products, or of all that it watches; each match once. Returns how many are new."""
    catalog = known.catalog
    standing = pairs(record, touchpoint.key)
    fresh = [
        ThreatMatch(
            organization_id=record.organization_id,
            touchpoint_id=touchpoint.key,
            threat_id=catalog[place].key,
            product_id=product.key,
            matched_at=record.now,
            old=is_old(catalog[place].added_on, local_date(product.watched_at, touchpoint.zone)),
        )
        for product in (products(record, [touchpoint.key]) if watched is None else watched)
        for place in known.index.hits(Named(vendor=product.vendor, product=product.product))
        if (catalog[place].key, product.key) not in standing
    ]
    record.session.add_all(fresh)
    record.session.flush()
    return len(fresh)


def pairs(record: Record, touchpoint_id: int) -> set[tuple[int, int]]:
    """What meets already: the entry's key, and the product's."""
    query = select(col(ThreatMatch.threat_id), col(ThreatMatch.product_id)).where(
        col(ThreatMatch.organization_id) == record.organization_id, col(ThreatMatch.touchpoint_id) == touchpoint_id
    )
    return {(threat_id, product_id) for threat_id, product_id in record.session.execute(query)}


def met(record: Record, touchpoint_id: int, *within: ColumnElement[bool]) -> list[Met]:
    """All that concerns what it watches today (T5), or the part of it `within` these conditions; an entry once."""
    query = (
        select(ThreatMatch, Threat, WatchedProduct)
        .join(Threat, col(ThreatMatch.threat_id) == col(Threat.id))
        .join(WatchedProduct, col(ThreatMatch.product_id) == col(WatchedProduct.id))
        .where(
            col(ThreatMatch.organization_id) == record.organization_id,
            col(ThreatMatch.touchpoint_id) == touchpoint_id,
            col(WatchedProduct.dropped_at).is_(None),
            *within,
        )
        .order_by(col(ThreatMatch.id))
    )
    return together((match, threat, product) for match, threat, product in record.session.execute(query))


def alive(record: Record, touchpoint_id: int) -> list[Met]:
    """Those of which there may be news: neither known long before they were watched, nor set aside. Most never are."""
    news = select(col(ThreatMatch.threat_id)).where(
        col(ThreatMatch.touchpoint_id) == touchpoint_id,
        col(ThreatMatch.old).is_(False),
        col(ThreatMatch.set_aside_at).is_(None),
    )
    return met(record, touchpoint_id, col(ThreatMatch.threat_id).in_(news))


def together(found: Iterable[tuple[ThreatMatch, Threat, WatchedProduct]]) -> list[Met]:
    """One a threat; new where it is new for any of the products."""
    grouped: Mapping[int, list[tuple[ThreatMatch, Threat, WatchedProduct]]] = defaultdict(list)
    for one in found:
        grouped[one[1].key].append(one)
    return [
        Met(
            threat=group[0][1],
            matches=tuple(sorted((one[0] for one in group), key=lambda match: (match.old, match.key))),
            products=tuple(one[2] for one in group),
        )
        for group in grouped.values()
    ]


def of_match(record: Record, match: ThreatMatch) -> Met | None:
    """The entry of that match with all of its matches in the same touchpoint; nothing once nobody watches it there."""
    return next(iter(met(record, match.touchpoint_id, col(ThreatMatch.threat_id) == match.threat_id)), None)


def counted(record: Record, touchpoint_id: int) -> dict[int, int]:
    """How many entries concern each product."""
    query = select(col(ThreatMatch.product_id)).where(
        col(ThreatMatch.organization_id) == record.organization_id, col(ThreatMatch.touchpoint_id) == touchpoint_id
    )
    found: dict[int, int] = defaultdict(int)
    for product_id in record.session.execute(query).scalars():
        found[product_id] += 1
    return found


def mark_told(record: Record, told: Iterable[Met], at: datetime, *, today_passed: Mapping[int, bool]) -> None:
    """T3: what was said of them, so that only what changes is said again."""
    for one in told:
        for match in one.matches:
            match.told_at, match.told_epss = at, one.threat.epss
            match.told_ransomware, match.told_due = one.threat.ransomware, today_passed[one.threat.key]
    record.session.flush()
