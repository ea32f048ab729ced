"""Promises: the rows of the action items, by touchpoint and by owner, and what happened to each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import ColumnElement, Index, UniqueConstraint, func, or_, select
from sqlmodel import Field, col

from agenda.actions import ActionAct, ActionFields, ActionState
from agenda.columns import stored
from agenda.queries import query_in
from storage import finding, numbers, people, rows, search
from storage.rows import Sealed
from storage.unit_of_work import Record

SUBJECT: Final = "promise"
MOST_FOUND = 1000  # Of so many with the same words, the newest are looked at.


class ActionItem(ActionFields, Sealed, table=True):
    """One promise in one touchpoint; `number` is the 7 of P-7. At most one of the three sources is set."""

    __tablename__ = "action_item"
    __table_args__ = (
        UniqueConstraint("organization_id", "number", name="uq_action_item_number"),
        Index("ix_action_item_open", "touchpoint_id", "state", "due_on"),
    )

    touchpoint_id: int = Field(foreign_key="touchpoint.id")
    owner_id: int = Field(foreign_key="person.id", index=True)
    promised_by_id: int = Field(foreign_key="person.id")
    item_id: int | None = Field(default=None, foreign_key="agenda_item.id")
    decision_id: int | None = Field(default=None, foreign_key="decision.id")
    risk_id: int | None = Field(default=None, foreign_key="risk_item.id")
    sync_id: int | None = Field(default=None, foreign_key="sync.id", index=True)
    number: int = 0

    @property
    def ref(self) -> str:
        """What people call it."""
        return f"P-{self.number}"


class ActionChange(Sealed, table=True):
    """What somebody did with a promise, and why: the history that people can read. Days or owners only where they changed."""

    __tablename__ = "action_change"

    action_id: int = Field(foreign_key="action_item.id", index=True)
    person_id: int = Field(foreign_key="person.id")
    at: datetime
    what: ActionAct = Field(sa_type=stored(ActionAct))
    because: str = Field(default="")
    from_day: date | None = Field(default=None)
    to_day: date | None = Field(default=None)
    from_owner_id: int | None = Field(default=None, foreign_key="person.id")
    to_owner_id: int | None = Field(default=None, foreign_key="person.id")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a list shows: of these touchpoints, and `also_of` that person wherever they promised it; then what narrows it."""

    touchpoint_ids: Sequence[int]
    also_of: int | None = None
    owner_id: int | None = None
    sync_id: int | None = None
    state: ActionState = ActionState.OPEN
    due_before: date | None = None
    words: str = ""


def add(record: Record, action: ActionItem) -> ActionItem:
    """Keep a new one, give it its number and make it findable."""
    action.number = numbers.next_number(record, "action")
    rows.add(record, action)
    index(record, action)
    return action


def index(record: Record, action: ActionItem) -> None:
    """Find it by its present words and its present owner."""
    search.put(
        record,
        search.Entry(
            touchpoint_id=action.touchpoint_id,
            subject=SUBJECT,
            subject_id=action.key,
            ref=action.ref,
            title=action.title,
            text=action.detail,
            theme=action.theme,
            state=action.state,
            at=action.promised_at,
            people=(action.owner_id,),
            names=(people.called(record, action.owner_id),),
            readers=(action.owner_id,),
        ),
    )


def by_number(
    record: Record,
    number: int,
    touchpoint_ids: Sequence[int],
    *,
    also_of: int | None = None,
    for_update: bool = False,
) -> ActionItem | None:
    """P-`number`, if it belongs to one of these touchpoints or to that person; locked where it is about to change."""
    return rows.numbered(record, ActionItem, number, within(touchpoint_ids, also_of), for_update=for_update)


def within(touchpoint_ids: Sequence[int], also_of: int | None) -> ColumnElement[bool]:
    """What somebody may see: these touchpoints' promises, and their own."""
    theirs = col(ActionItem.touchpoint_id).in_(touchpoint_ids)
    return theirs if also_of is None else or_(theirs, col(ActionItem.owner_id) == also_of)


def listed(record: Record, wanted: Wanted, *, limit: int | None = None, offset: int = 0) -> list[ActionItem]:
    """Open ones by their day, the most urgent first; settled ones by when they were settled, the last one first."""
    order = col(ActionItem.due_on) if wanted.state is ActionState.OPEN else col(ActionItem.settled_at).desc()
    query = select(ActionItem).where(*conditions(record, wanted)).order_by(order, col(ActionItem.id))
    return list(record.session.execute(query.limit(limit).offset(offset)).scalars())


def count(record: Record, wanted: Wanted) -> int:
    """How many there are."""
    query = select(func.count()).select_from(ActionItem).where(*conditions(record, wanted))
    return int(record.session.execute(query).scalar_one())


def conditions(record: Record, wanted: Wanted) -> list[ColumnElement[bool]]:
    """What is wanted, and nothing else."""
    asked = [
        col(ActionItem.organization_id) == record.organization_id,
        col(ActionItem.state) == wanted.state,
        within(wanted.touchpoint_ids, wanted.also_of),
    ]
    if wanted.owner_id is not None:
        asked.append(col(ActionItem.owner_id) == wanted.owner_id)
    if wanted.due_before is not None:
        asked.append(col(ActionItem.due_on) < wanted.due_before)
    if wanted.sync_id is not None:
        asked.append(col(ActionItem.sync_id) == wanted.sync_id)
    if wanted.words:
        asked.append(col(ActionItem.id).in_(found(record, wanted)))
    return asked


def found(record: Record, wanted: Wanted) -> list[int]:
    """Those with all these words."""
    query = query_in(wanted.words, today=record.now.date()).within(SUBJECT)
    reach = finding.Reach(touchpoint_ids=wanted.touchpoint_ids, reader_id=wanted.also_of, asker_id=wanted.also_of)
    return [hit.subject_id for hit in finding.find(record, query, reach, limit=MOST_FOUND)]


def open_ones(
    record: Record,
    touchpoint_ids: Sequence[int],
    *,
    owner_id: int | None = None,
    due_before: date | None = None,
    sync_id: int | None = None,
) -> list[ActionItem]:
    """Open promises, the most urgent first: all, or one person's, or those due before a day, or those of one sync."""
    wanted = Wanted(touchpoint_ids=touchpoint_ids, owner_id=owner_id, due_before=due_before, sync_id=sync_id)
    return listed(record, wanted)


def of_sync(record: Record, sync_id: int) -> list[ActionItem]:
    """Everything that was promised in a sync, as it was promised."""
    query = (
        select(ActionItem)
        .where(col(ActionItem.organization_id) == record.organization_id, col(ActionItem.sync_id) == sync_id)
        .order_by(col(ActionItem.id))
    )
    return list(record.session.execute(query).scalars())


def changes(record: Record, action: ActionItem) -> list[ActionChange]:
    """Its history, oldest first."""
    return rows.having(record, ActionChange, action_id=action.key)
