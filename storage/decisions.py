"""The decision log's rows, and how they are found again."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import Integer, String, UniqueConstraint, column, func, select, text
from sqlmodel import Field, col
from sqlmodel.sql.sqltypes import UTCDateTime

from agenda.columns import stored
from agenda.decisions import DecisionFields, DecisionState
from storage import numbers, rows, search
from storage.rows import Sealed
from storage.unit_of_work import Record


class Decision(DecisionFields, Sealed, table=True):
    """One decision of one touchpoint; `number` is the 12 of D-12. `item_id` is the agenda line that it settles."""

    SUBJECT: ClassVar[str] = "decision"
    __table_args__ = (UniqueConstraint("organization_id", "number", name="uq_decision_number"),)

    touchpoint_id: int = Field(foreign_key="touchpoint.id", index=True)
    recorded_by_id: int = Field(foreign_key="person.id")
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


def add(record: Record, decision: Decision) -> Decision:
    """Keep a new one, give it its number and make it findable."""
    decision.number = numbers.next_number(record, "decision")
    rows.add(record, decision)
    index(record, decision)
    return decision


def index(record: Record, decision: Decision) -> None:
    """Find it by its present words."""
    search.put(
        record,
        search.Entry(
            touchpoint_id=decision.touchpoint_id,
            subject="decision",
            subject_id=decision.key,
            ref=decision.ref,
            title=decision.title,
            text=f"{decision.question}\n{decision.rationale}".strip(),
            theme=decision.theme,
            state=decision.state,
            at=decision.recorded_at,
            people=(decision.recorded_by_id,),
            names=(decision.owner,),
        ),
    )


def by_number(
    record: Record, number: int, touchpoint_ids: Sequence[int], *, for_update: bool = False
) -> Decision | None:
    """D-`number`, if it belongs to one of these touchpoints; locked where it is about to change."""
    query = select(Decision).where(
        col(Decision.organization_id) == record.organization_id,
        col(Decision.number) == number,
        col(Decision.touchpoint_id).in_(touchpoint_ids),
    )
    return record.session.execute(
        query.with_for_update().execution_options(populate_existing=True) if for_update else query
    ).scalar_one_or_none()


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
    """Agreed ones whose review comes before that day, the longest due first."""
    query = (
        select(Decision)
        .where(
            col(Decision.organization_id) == record.organization_id,
            col(Decision.touchpoint_id) == touchpoint_id,
            col(Decision.state) == DecisionState.AGREED,
            col(Decision.next_review_on) < before,
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


# Named in order, so that SQLAlchemy need not match names anew for every result.
FOUND_COLUMNS = (
    column("number", Integer),
    column("title", String),
    column("state", stored(DecisionState)),
    column("recorded_at", UTCDateTime()),
)
FOUND = {
    dialect: text(
        f"SELECT d.number, d.title, d.state, d.recorded_at FROM ({found}) f JOIN decision d ON d.id = f.id "  # noqa: S608
        "ORDER BY f.newest DESC"
    ).columns(*FOUND_COLUMNS)
    for dialect, found in search.FOUND.items()
}


def find(
    record: Record, words: str, touchpoint_ids: Sequence[int], *, limit: int, offset: int = 0
) -> list[tuple[int, str, DecisionState, datetime]]:
    """(number, title, state, recorded at) of each match, newest first. One plain statement: this is the hot path."""
    asked = search.matching(record, words, touchpoint_ids, subject="decision", limit=limit, offset=offset)
    rows = record.execute(FOUND[record.dialect], asked) if asked else ()
    return [(row[0], row[1], row[2], row[3]) for row in rows]
