"""The decision log's rows, the keys turned on each, and how they are found again."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import Integer, String, UniqueConstraint, column, func, select, text, update
from sqlmodel import Field, col
from sqlmodel.sql.sqltypes import UTCDateTime

from agenda.columns import stored
from agenda.decisions import DecisionFields, DecisionState
from agenda.touchpoints import Seat
from storage import numbers, rows, search
from storage.rows import Row
from storage.unit_of_work import Record


class Decision(DecisionFields, Row, table=True):
    """One decision of one touchpoint; `number` is the 12 of D-12. `item_id` is the agenda line that it settles."""

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


class SignOff(Row, table=True):
    """One principal's key on an exact text. A key on a text that was changed since is void, and stays as history."""

    __tablename__ = "sign_off"

    decision_id: int = Field(foreign_key="decision.id", index=True)
    person_id: int = Field(foreign_key="person.id")
    seat: Seat = Field(sa_type=stored(Seat))
    text_hash: str = Field(max_length=64)
    turned_at: datetime
    voided_at: datetime | None = Field(default=None)


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


def rewritten(record: Record, decision: Decision) -> None:
    """D2: the text changed. Every key is void, also if the old words come back one day, and the new words find it."""
    record.session.execute(
        update(SignOff)
        .where(
            col(SignOff.organization_id) == record.organization_id,
            col(SignOff.decision_id) == decision.key,
            col(SignOff.voided_at).is_(None),
        )
        .values(voided_at=record.now)
        .execution_options(synchronize_session="fetch")
    )
    index(record, decision)


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
            col(Decision.review_on) < before,
        )
        .order_by(col(Decision.review_on), col(Decision.id))
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


def turn_key(record: Record, decision: Decision, seat: Seat, person_id: int) -> None:
    """This principal's key, on the text as it stands. Turning it again on the same text changes nothing."""
    if seat in keys(record, decision):
        return
    record.session.add(
        SignOff(
            organization_id=record.organization_id,
            decision_id=decision.key,
            person_id=person_id,
            seat=seat,
            text_hash=decision.text_hash,
            turned_at=record.now,
        )
    )
    record.session.flush()


def keys(record: Record, decision: Decision) -> dict[Seat, SignOff]:
    """The keys that are turned on the text as it stands."""
    query = select(SignOff).where(
        col(SignOff.organization_id) == record.organization_id,
        col(SignOff.decision_id) == decision.key,
        col(SignOff.text_hash) == decision.text_hash,
        col(SignOff.voided_at).is_(None),
    )
    return {sign_off.seat: sign_off for sign_off in record.session.execute(query).scalars()}
