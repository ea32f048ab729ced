"""Asks: the rows, which risks each of them reduces, and what was counted."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Index, UniqueConstraint, func, select
from sqlmodel import Field, col

from agenda.asks import STANDING, AppraisalFields, AskFields, AskState, ExposureFields
from agenda.queries import query_in
from storage import finding, numbers, rows, search
from storage.risks import RiskItem
from storage.rows import Sealed
from storage.unit_of_work import Record

MOST_FOUND = 1000  # Of so many with the same words, the newest are looked at.


class Ask(AskFields, Sealed, table=True):
    """One ask of one touchpoint; `number` is the 7 of ASK-7. `decision_id` is the last decision about it."""

    __table_args__ = (
        UniqueConstraint("organization_id", "number", name="uq_ask_number"),
        Index("ix_ask_state", "touchpoint_id", "state", "check_on"),
    )

    touchpoint_id: int = Field(foreign_key="touchpoint.id")
    asked_by_id: int = Field(foreign_key="person.id")
    decision_id: int | None = Field(default=None, foreign_key="decision.id", index=True)
    number: int = 0

    @property
    def ref(self) -> str:
        """What people call it."""
        return f"ASK-{self.number}"


class Exposure(ExposureFields, Sealed, table=True):
    """What one risk costs, with an ask and without it."""

    __table_args__ = (UniqueConstraint("ask_id", "risk_id", name="uq_exposure"),)

    ask_id: int = Field(foreign_key="ask.id")
    risk_id: int = Field(foreign_key="risk_item.id", index=True)


class Appraisal(AppraisalFields, Sealed, table=True):
    """What was counted for an ask at some moment; the last one counts."""

    ask_id: int = Field(foreign_key="ask.id", index=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a list shows: of these touchpoints, in these states, with all these words."""

    touchpoint_ids: Sequence[int]
    states: Sequence[AskState] = STANDING
    words: str = ""


def add(record: Record, ask: Ask) -> Ask:
    """Keep a new one, give it its number and make it findable."""
    ask.number = numbers.next_number(record, "ask")
    rows.add(record, ask)
    index(record, ask)
    return ask


def index(record: Record, ask: Ask) -> None:
    """Find it by its present words, and as it stands now."""
    search.put(
        record,
        search.Entry(
            touchpoint_id=ask.touchpoint_id,
            subject="ask",
            subject_id=ask.key,
            ref=ask.ref,
            title=ask.title,
            text="\n".join(filter(None, (ask.detail, ask.found, ask.because))),
            theme=ask.theme,
            state=ask.state,
            at=ask.asked_at,
            people=(ask.asked_by_id,),
            names=(ask.owner,),
        ),
    )


def by_number(record: Record, number: int, touchpoint_ids: Sequence[int], *, for_update: bool = False) -> Ask | None:
    """ASK-`number`, if it belongs to one of these touchpoints; locked where it is about to change."""
    within = col(Ask.touchpoint_id).in_(touchpoint_ids)
    return rows.numbered(record, Ask, number, within, for_update=for_update)


def listed(record: Record, wanted: Wanted, *, limit: int | None = None, offset: int = 0) -> list[Ask]:
    """The newest first."""
    query = select(Ask).where(*conditions(record, wanted)).order_by(col(Ask.id).desc())
    return list(record.session.execute(query.limit(limit).offset(offset)).scalars())


def count(record: Record, wanted: Wanted) -> int:
    """How many there are."""
    query = select(func.count()).select_from(Ask).where(*conditions(record, wanted))
    return int(record.session.execute(query).scalar_one())


def conditions(record: Record, wanted: Wanted) -> list[ColumnElement[bool]]:
    """What is wanted, and nothing else."""
    asked = [
        col(Ask.organization_id) == record.organization_id,
        col(Ask.touchpoint_id).in_(wanted.touchpoint_ids),
        col(Ask.state).in_(wanted.states),
    ]
    if wanted.words:
        asked.append(col(Ask.id).in_(found(record, wanted)))
    return asked


def found(record: Record, wanted: Wanted) -> list[int]:
    """Those with all these words."""
    query = query_in(wanted.words, today=record.now.date()).within("ask")
    reach = finding.Reach(touchpoint_ids=wanted.touchpoint_ids)
    return [hit.subject_id for hit in finding.find(record, query, reach, limit=MOST_FOUND)]


def exposures(record: Record, ask_ids: Collection[int]) -> list[tuple[Exposure, RiskItem]]:
    """What each of them reduces, always in the same order: that of the risks, by which the simulation draws."""
    query = (
        select(Exposure, RiskItem)
        .join(RiskItem, col(Exposure.risk_id) == col(RiskItem.id))
        .where(col(Exposure.organization_id) == record.organization_id, col(Exposure.ask_id).in_(ask_ids))
        .order_by(col(Exposure.ask_id), col(Exposure.risk_id))
    )
    return [(row[0], row[1]) for row in record.session.execute(query)]


def reduce(record: Record, ask: Ask, risk_ids: Collection[int]) -> None:
    """It reduces these risks and no other; what was said of one that stays, stays."""
    standing = {one.risk_id: one for one in rows.having(record, Exposure, ask_id=ask.key)}
    for risk_id in standing.keys() - set(risk_ids):
        record.session.delete(standing[risk_id])
    for risk_id in sorted(set(risk_ids) - standing.keys()):
        record.session.add(Exposure(organization_id=record.organization_id, ask_id=ask.key, risk_id=risk_id))
    record.session.flush()


def last_appraisals(record: Record, ask_ids: Collection[int]) -> dict[int, Appraisal]:
    """What was counted last, of each of which anything was."""
    last = (
        select(func.max(col(Appraisal.id)))
        .where(col(Appraisal.organization_id) == record.organization_id, col(Appraisal.ask_id).in_(ask_ids))
        .group_by(col(Appraisal.ask_id))
    )
    query = select(Appraisal).where(
        col(Appraisal.organization_id) == record.organization_id, col(Appraisal.id).in_(last)
    )
    return {one.ask_id: one for one in record.session.execute(query).scalars()}


def about_risk(record: Record, risk_id: int) -> list[Ask]:
    """Those that reduce it, newest first, however they stand."""
    query = (
        select(Ask)
        .join(Exposure, col(Exposure.ask_id) == col(Ask.id))
        .where(col(Ask.organization_id) == record.organization_id, col(Exposure.risk_id) == risk_id)
        .order_by(col(Ask.id).desc())
    )
    return list(record.session.execute(query).scalars())


def of_decision(record: Record, decision_id: int) -> list[Ask]:
    """Those that this decision is about, as they stand at this moment."""
    return rows.having(record, Ask, decision_id=decision_id)


def to_check(record: Record, touchpoint_id: int, *, before: date) -> list[Ask]:
    """Those on which something was spent and whose check comes before that day, the longest due first."""
    query = (
        select(Ask)
        .where(
            col(Ask.organization_id) == record.organization_id,
            col(Ask.touchpoint_id) == touchpoint_id,
            col(Ask.state) == AskState.SPENT,
            col(Ask.check_on) < before,
        )
        .order_by(col(Ask.check_on), col(Ask.id))
    )
    return list(record.session.execute(query).scalars())
