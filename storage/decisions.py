"""The decision log's rows, and how they are found again."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import UniqueConstraint, exists, func, select
from sqlalchemy.orm import aliased
from sqlmodel import Field, col

from agenda.decisions import DecisionFields, DecisionState
from storage import keys, numbers, rows, search
from storage.rows import Sealed
from storage.unit_of_work import Record


class Decision(DecisionFields, Sealed, table=True):
    """One decision of one touchpoint; `number` is the 12 of D-12. `item_id` is the agenda line that it settles.

    `settled_by_id` is who rejected or withdrew it, or turned the key by which another one took its place; `edited_by_id` who
    changed its text last, while it was proposed.
    """

    SUBJECT: ClassVar[str] = "decision"
    __table_args__ = (UniqueConstraint("organization_id", "number", name="uq_decision_number"),)

    touchpoint_id: int = Field(foreign_key="touchpoint.id", index=True)
    recorded_by_id: int = Field(foreign_key="person.id")
    settled_by_id: int | None = Field(default=None, foreign_key="person.id")
    edited_by_id: int | None = Field(default=None, foreign_key="person.id")
    edited_at: datetime | None = Field(default=None)
    sync_id: int | None = Field(default=None, foreign_key="sync.id", index=True)
    item_id: int | None = Field(default=None, foreign_key="agenda_item.id")
    number: int = 0

    @property
    def ref(self) -> str:
        """What people call it."""
        return f"D-{self.number}"


class DecisionRisk(Sealed, table=True):
    """A decision is about that risk: what its text says, kept so that the risk finds its decisions."""

    __tablename__ = "decision_risk"
    __table_args__ = (UniqueConstraint("decision_id", "risk_id", name="uq_decision_risk"),)

    decision_id: int = Field(foreign_key="decision.id")
    risk_id: int = Field(foreign_key="risk_item.id", index=True)


class DecisionInitiative(Sealed, table=True):
    """The same of an initiative."""

    __tablename__ = "decision_initiative"
    __table_args__ = (UniqueConstraint("decision_id", "initiative_id", name="uq_decision_initiative"),)

    decision_id: int = Field(foreign_key="decision.id")
    initiative_id: int = Field(foreign_key="initiative.id", index=True)


def add(record: Record, decision: Decision) -> Decision:
    """Keep a new one, give it its number and make it findable."""
    decision.number = numbers.next_number(record, "decision")
    rows.add(record, decision)
    index(record, decision)
    return decision


def index(record: Record, decision: Decision) -> None:
    """Find it by its present words, and as it stands now."""
    said = (decision.question, decision.outcome, decision.rationale, decision.options, decision.consulted)
    search.put(
        record,
        search.Entry(
            touchpoint_id=decision.touchpoint_id,
            subject="decision",
            subject_id=decision.key,
            ref=decision.ref,
            title=decision.title,
            text="\n".join(
                filter(None, (*said, decision.informed, decision.links, decision.concerns, decision.because))
            ),
            theme=decision.theme,
            state=decision.state_label,
            at=decision.recorded_at,
            people=(decision.recorded_by_id, *(key.person_id for key in keys.turned(record, decision).values())),
            names=(decision.owner, *names_in(decision.consulted), *names_in(decision.informed)),
        ),
    )


def names_in(text: str) -> list[str]:
    """`Robin, the board`: each of them."""
    return [name.strip() for name in text.split(",") if name.strip()]


def concern(
    record: Record, decision: Decision, risk_ids: Collection[int], initiative_ids: Collection[int] = ()
) -> None:
    """It is about these risks and these initiatives, and about no other."""
    mine: dict[str, int] = {"organization_id": record.organization_id, "decision_id": decision.key}
    risks = {one.risk_id: one for one in rows.having(record, DecisionRisk, decision_id=decision.key)}
    initiatives = {one.initiative_id: one for one in rows.having(record, DecisionInitiative, decision_id=decision.key)}
    for one in risks.keys() - set(risk_ids):
        record.session.delete(risks[one])
    for one in initiatives.keys() - set(initiative_ids):
        record.session.delete(initiatives[one])
    record.session.add_all(DecisionRisk(**mine, risk_id=one) for one in risk_ids if one not in risks)
    record.session.add_all(
        DecisionInitiative(**mine, initiative_id=one) for one in initiative_ids if one not in initiatives
    )
    record.session.flush()


def about_risk(record: Record, risk_id: int) -> list[Decision]:
    """Those that say they are about it, newest first, however they stand."""
    query = (
        select(Decision)
        .join(DecisionRisk, col(DecisionRisk.decision_id) == col(Decision.id))
        .where(col(DecisionRisk.organization_id) == record.organization_id, col(DecisionRisk.risk_id) == risk_id)
        .order_by(col(Decision.id).desc())
    )
    return list(record.session.execute(query).scalars())


def about_initiative(record: Record, initiative_id: int) -> list[Decision]:
    """The same of an initiative."""
    query = (
        select(Decision)
        .join(DecisionInitiative, col(DecisionInitiative.decision_id) == col(Decision.id))
        .where(
            col(DecisionInitiative.organization_id) == record.organization_id,
            col(DecisionInitiative.initiative_id) == initiative_id,
        )
        .order_by(col(Decision.id).desc())
    )
    return list(record.session.execute(query).scalars())


def taking_place_of(record: Record, decision: Decision) -> list[Decision]:
    """Proposed ones that would replace or withdraw it, oldest first."""
    query = (
        select(Decision)
        .where(
            col(Decision.organization_id) == record.organization_id,
            col(Decision.replaces) == decision.number,
            col(Decision.state) == DecisionState.PROPOSED,
        )
        .order_by(col(Decision.id))
    )
    return list(record.session.execute(query).scalars())


def by_number(
    record: Record, number: int, touchpoint_ids: Sequence[int], *, for_update: bool = False
) -> Decision | None:
    """D-`number`, if it belongs to one of these touchpoints; locked where it is about to change."""
    within = col(Decision.touchpoint_id).in_(touchpoint_ids)
    return rows.numbered(record, Decision, number, within, for_update=for_update)


def listed(
    record: Record,
    touchpoint_ids: Sequence[int],
    *,
    limit: int,
    offset: int = 0,
    state: DecisionState | None = None,
    sync_id: int | None = None,
) -> list[Decision]:
    """Newest first."""
    query = select(Decision).where(
        col(Decision.organization_id) == record.organization_id, col(Decision.touchpoint_id).in_(touchpoint_ids)
    )
    if state:
        query = query.where(col(Decision.state) == state)
    if sync_id:
        query = query.where(col(Decision.sync_id) == sync_id)
    query = query.order_by(col(Decision.id).desc()).limit(limit).offset(offset)
    return list(record.session.execute(query).scalars())


def waiting(record: Record, touchpoint_id: int) -> list[Decision]:
    """Proposed ones, oldest first: each waits for a key."""
    query = (
        select(Decision)
        .where(
            col(Decision.organization_id) == record.organization_id,
            col(Decision.touchpoint_id) == touchpoint_id,
            col(Decision.state) == DecisionState.PROPOSED,
        )
        .order_by(col(Decision.id))
    )
    return list(record.session.execute(query).scalars())


def due_for_review(record: Record, touchpoint_id: int, *, before: date) -> list[Decision]:
    """Agreed ones whose review comes before that day, the longest due first; not where another is proposed instead."""
    instead = aliased(Decision)
    proposed = exists().where(
        col(instead.organization_id) == col(Decision.organization_id),
        col(instead.replaces) == col(Decision.number),
        col(instead.state) == DecisionState.PROPOSED,
    )
    query = (
        select(Decision)
        .where(
            col(Decision.organization_id) == record.organization_id,
            col(Decision.touchpoint_id) == touchpoint_id,
            col(Decision.state) == DecisionState.AGREED,
            col(Decision.next_review_on) < before,
            ~proposed,
        )
        .order_by(col(Decision.next_review_on), col(Decision.id))
    )
    return list(record.session.execute(query).scalars())


def count(record: Record, touchpoint_ids: Sequence[int]) -> int:
    """How many there are."""
    query = (
        select(func.count())
        .select_from(Decision)
        .where(col(Decision.organization_id) == record.organization_id, col(Decision.touchpoint_id).in_(touchpoint_ids))
    )
    return int(record.session.execute(query).scalar_one())
