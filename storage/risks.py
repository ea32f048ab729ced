"""The risk register's rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, TypeAlias

from sqlalchemy import ColumnElement, UniqueConstraint, func, or_, select
from sqlmodel import Field, col

from agenda.queries import query_in
from agenda.risks import RiskFields, RiskState, Step
from agenda.themes import Theme
from storage import finding, numbers, rows, search
from storage.rows import Sealed
from storage.unit_of_work import Record

View: TypeAlias = Literal["inherent", "now", "target"]
MOST_FOUND = 1000  # Of so many with the same words, the newest are looked at.
STANDING = (RiskState.OPEN, RiskState.ACCEPTED)


class RiskItem(RiskFields, Sealed, table=True):
    """One risk of one touchpoint; `number` is the 7 of R-7."""

    __tablename__ = "risk_item"
    __table_args__ = (UniqueConstraint("organization_id", "number", name="uq_risk_item_number"),)

    touchpoint_id: int = Field(foreign_key="touchpoint.id", index=True)
    raised_by_id: int = Field(foreign_key="person.id")
    number: int = 0

    @property
    def ref(self) -> str:
        """What people call it."""
        return f"R-{self.number}"


class RiskLevel(Sealed, table=True):
    """What a risk's likelihood and impact were from that moment on: the history that its trend is drawn from."""

    __tablename__ = "risk_level"

    risk_id: int = Field(foreign_key="risk_item.id", index=True)
    person_id: int = Field(foreign_key="person.id")
    at: datetime
    likelihood: int
    impact: int
    because: str = Field(default="")

    @property
    def step(self) -> Step:
        """As `agenda.risks.trend` reads it."""
        return Step(self.at, self.likelihood * self.impact)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a list or a matrix shows: of these touchpoints, and whatever narrows it. `owner` is part of a typed name.

    `above` is a level, `overdue_on` a day, `expiring_until` the last day that an acceptance may have.
    """

    touchpoint_ids: Sequence[int]
    states: Sequence[RiskState] = STANDING
    owner: str = ""
    theme: Theme | None = None
    above: int | None = None
    overdue_on: date | None = None
    expiring_until: date | None = None
    words: str = ""


def add(record: Record, risk: RiskItem) -> RiskItem:
    """Keep a new one, as it is, give it its number and make it findable."""
    risk.number = numbers.next_number(record, "risk")
    rows.write(record, risk)
    remember_level(record, risk, risk.raised_by_id)
    index(record, risk)
    return risk


def remember_level(record: Record, risk: RiskItem, person_id: int, because: str = "") -> RiskLevel:
    """From now on its likelihood and impact are these, as that person says."""
    level = RiskLevel(
        organization_id=record.organization_id,
        risk_id=risk.key,
        person_id=person_id,
        at=record.now,
        likelihood=risk.likelihood,
        impact=risk.impact,
        because=because,
    )
    return rows.write(record, level)


def levels(record: Record, risk_id: int) -> list[RiskLevel]:
    """Its history, oldest first."""
    return rows.having(record, RiskLevel, risk_id=risk_id)


def index(record: Record, risk: RiskItem) -> None:
    """Find it by its present words, and as it stands now."""
    said = (risk.description, risk.controls, risk.source, risk.links, risk.closed_because)
    search.put(
        record,
        search.Entry(
            touchpoint_id=risk.touchpoint_id,
            subject="risk",
            subject_id=risk.key,
            ref=risk.ref,
            title=risk.title,
            text="\n".join(filter(None, said)),
            theme=risk.theme,
            state=risk.state,
            at=risk.raised_at,
            people=(risk.raised_by_id,),
            names=(risk.owner,),
        ),
    )


def by_number(
    record: Record, number: int, touchpoint_ids: Sequence[int], *, for_update: bool = False
) -> RiskItem | None:
    """R-`number`, if it belongs to one of these touchpoints; locked where it is about to change."""
    within = col(RiskItem.touchpoint_id).in_(touchpoint_ids)
    return rows.numbered(record, RiskItem, number, within, for_update=for_update)


def locked(record: Record, risk_id: int) -> RiskItem:
    """As it is at this moment; whoever else wants to change it or its acceptances waits from here on."""
    query = select(RiskItem).where(col(RiskItem.organization_id) == record.organization_id, col(RiskItem.id) == risk_id)
    found: RiskItem = record.session.execute(
        query.with_for_update().execution_options(populate_existing=True)
    ).scalar_one()
    return found


def listed(record: Record, wanted: Wanted, *, limit: int | None = None, offset: int = 0) -> list[RiskItem]:
    """The highest level first; of closed ones alone, the last to be closed first."""
    closed = list(wanted.states) == [RiskState.CLOSED]
    level = col(RiskItem.likelihood) * col(RiskItem.impact)
    order = col(RiskItem.closed_at).desc() if closed else level.desc()
    query = select(RiskItem).where(*conditions(record, wanted)).order_by(order, col(RiskItem.id))
    return list(record.session.execute(query.limit(limit).offset(offset)).scalars())


def tally(record: Record, wanted: Wanted) -> dict[RiskState, int]:
    """How many there are in each state, as far as there are any."""
    query = select(col(RiskItem.state), func.count()).where(*conditions(record, wanted)).group_by(col(RiskItem.state))
    return {row[0]: row[1] for row in record.session.execute(query)}


def count(record: Record, wanted: Wanted) -> int:
    """How many there are."""
    return sum(tally(record, wanted).values())


def cells(record: Record, wanted: Wanted, view: View = "now") -> dict[tuple[int, int], int]:
    """How many there are of each (likelihood, impact), as it is now, was before any control, or is to be. Where it was not
    said, a risk is in none.
    """
    likelihood, impact = {
        "inherent": (col(RiskItem.inherent_likelihood), col(RiskItem.inherent_impact)),
        "now": (col(RiskItem.likelihood), col(RiskItem.impact)),
        "target": (col(RiskItem.target_likelihood), col(RiskItem.target_impact)),
    }[view]
    said = (likelihood.is_not(None), impact.is_not(None))
    query = select(likelihood, impact, func.count()).where(*conditions(record, wanted), *said)
    found = record.session.execute(query.group_by(likelihood, impact))
    return {(row[0], row[1]): row[2] for row in found}


def conditions(record: Record, wanted: Wanted) -> list[ColumnElement[bool]]:
    """What is wanted, and nothing else."""
    asked: list[ColumnElement[bool]] = [
        col(RiskItem.organization_id) == record.organization_id,
        col(RiskItem.touchpoint_id).in_(wanted.touchpoint_ids),
        col(RiskItem.state).in_(wanted.states),
    ]
    if wanted.owner:
        asked.append(col(RiskItem.owner).icontains(wanted.owner, autoescape=True))
    if wanted.theme:
        asked.append(col(RiskItem.theme) == wanted.theme)
    if wanted.above is not None:
        asked.append(col(RiskItem.likelihood) * col(RiskItem.impact) > wanted.above)
    if wanted.overdue_on is not None:
        asked.append(or_(col(RiskItem.due_on) < wanted.overdue_on, col(RiskItem.review_on) < wanted.overdue_on))
        asked.append(col(RiskItem.state) != RiskState.CLOSED)
    if wanted.expiring_until is not None:
        asked.append(col(RiskItem.accepted_until) <= wanted.expiring_until)
    if wanted.words:
        asked.append(col(RiskItem.id).in_(found(record, wanted)))
    return asked


def found(record: Record, wanted: Wanted) -> list[int]:
    """Those with all these words."""
    query = query_in(wanted.words, today=record.now.date()).within("risk")
    reach = finding.Reach(touchpoint_ids=wanted.touchpoint_ids)
    return [hit.subject_id for hit in finding.find(record, query, reach, limit=MOST_FOUND)]


def asking(record: Record, touchpoint_id: int, *, before: date) -> list[RiskItem]:
    """Open ones whose review comes before that day, that have no owner or no review date, or whose acceptance has ended; as
    they were raised.
    """
    query = (
        select(RiskItem)
        .where(
            col(RiskItem.organization_id) == record.organization_id,
            col(RiskItem.touchpoint_id) == touchpoint_id,
            col(RiskItem.state) == RiskState.OPEN,
            or_(
                col(RiskItem.review_on).is_(None),
                col(RiskItem.review_on) < before,
                col(RiskItem.owner) == "",
                col(RiskItem.reopened_at).is_not(None),
            ),
        )
        .order_by(col(RiskItem.id))
    )
    return list(record.session.execute(query).scalars())


def raised_between(record: Record, touchpoint_id: int, since: datetime, until: datetime) -> list[RiskItem]:
    """Those raised in that time, both ends included, as they were raised."""
    query = (
        select(RiskItem)
        .where(
            col(RiskItem.organization_id) == record.organization_id,
            col(RiskItem.touchpoint_id) == touchpoint_id,
            col(RiskItem.raised_at).between(since, until),
        )
        .order_by(col(RiskItem.id))
    )
    return list(record.session.execute(query).scalars())
