"""Communication and trust: what the figures are counted from, and the pulse.

Everything is counted by the database, in whole numbers, or from a few columns of a quarter's rows: so both databases agree
exactly.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain
from statistics import fmean, median
from typing import TypeAlias

from sqlalchemy import ColumnElement, UniqueConstraint, and_, exists, func, or_, select
from sqlalchemy.orm import Mapped
from sqlmodel import Field, col

from agenda.actions import ActionState
from agenda.columns import stored
from agenda.health import Measure, PulseAnswerFields, PulseFields, Reading
from agenda.initiatives import GateKind
from agenda.items import Outcome
from agenda.quarters import Quarter
from agenda.recurrence import local_date
from agenda.risks import RiskState
from agenda.syncs import SkipReason
from agenda.touchpoints import Seat
from storage import policies, rows
from storage.absences import Delegation
from storage.acceptances import Acceptance
from storage.actions import ActionItem
from storage.decisions import Decision
from storage.initiatives import Initiative
from storage.items import AgendaItem
from storage.keys import SignOff
from storage.owners import OwnershipAnswer, OwnershipCheck
from storage.risks import RiskItem, RiskLevel
from storage.rows import Row, Sealed
from storage.syncs import Sync
from storage.touchpoints import Touchpoint
from storage.unit_of_work import Record

ONE_DAY = timedelta(days=1)
REMEMBERED_AS = timedelta(days=365)  # For so long whoever turned a key from a chair is known to have sat there.
NOT_HELD = (SkipReason.PERSON, SkipReason.NOBODY)
EARLY = (GateKind.IDEA, GateKind.DESIGN)


Moment: TypeAlias = Mapped[datetime] | Mapped[datetime | None]
Known: TypeAlias = dict[Measure, float]


class Pulse(PulseFields, Sealed, table=True):
    """One question to both principals of one touchpoint. `cio_id` and `ciso_id` are the two who answered, once both did."""

    touchpoint_id: int = Field(foreign_key="touchpoint.id", index=True)
    asked_by_id: int = Field(foreign_key="person.id")
    cio_id: int | None = Field(default=None, foreign_key="person.id")
    ciso_id: int | None = Field(default=None, foreign_key="person.id")


class PulseAnswer(PulseAnswerFields, Row, table=True):
    """What one principal said, for that person alone: no seal, no export, and erased when the pulse is closed."""

    __tablename__ = "pulse_answer"
    __table_args__ = (UniqueConstraint("pulse_id", "seat", name="uq_pulse_answer"),)

    pulse_id: int = Field(foreign_key="pulse.id")
    seat: Seat = Field(sa_type=stored(Seat))
    person_id: int = Field(foreign_key="person.id")


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A quarter of a touchpoint, as far as it is over: from `since` until `until`, UTC, which is not part of it."""

    touchpoint: Touchpoint
    quarter: Quarter
    since: datetime
    until: datetime

    @property
    def zone(self) -> str:
        """In which its days are days."""
        return self.touchpoint.zone

    def of(self, moment: Moment) -> ColumnElement[bool]:
        """Does it lie in it?"""
        return and_(moment >= self.since, moment < self.until)

    @property
    def last_day(self) -> date:
        """The last of its days that is over."""
        return local_date(self.until, self.zone) - ONE_DAY


Count: TypeAlias = Callable[[Record, Period], Known]


def reading(record: Record, touchpoint: Touchpoint, quarter: Quarter) -> Reading:
    """Every figure of that quarter about which anything is known."""
    since, until = quarter.begins(touchpoint.zone), quarter.ends(touchpoint.zone)
    period = Period(touchpoint=touchpoint, quarter=quarter, since=since, until=min(until, record.now))
    return dict(chain.from_iterable(count(record, period).items() for count in COUNTS))


def _share(measure: Measure, some: int, of: int) -> Known:
    return {measure: 100 * some / of} if of else {}


def _of(record: Record, table: type[Row], period: Period) -> ColumnElement[bool]:
    columns = table.__table__.c  # type: ignore[attr-defined]  # every table class has one
    mine: ColumnElement[bool] = columns.organization_id == record.organization_id
    return and_(mine, columns.touchpoint_id == period.touchpoint.key)


def _cadence(record: Record, period: Period) -> Known:
    """Those that nobody has started yet, and that nobody gave up either, are still to come."""
    settled = or_(col(Sync.started_at).is_not(None), col(Sync.skip_reason).in_(NOT_HELD))
    query = select(func.count(col(Sync.started_at)), func.count()).where(
        _of(record, Sync, period), period.of(col(Sync.starts_at)), settled
    )
    held, planned = record.execute(query).one()
    return _share(Measure.CADENCE, held, planned)


def _points(record: Record, period: Period) -> Known:
    """From which side a point was raised, for each sync that was held; what was carried over was raised for another one."""
    held = _held(record, period)
    of_sync = and_(col(AgendaItem.organization_id) == record.organization_id, col(AgendaItem.sync_id).in_(held))
    query = select(col(AgendaItem.sync_id), col(AgendaItem.raised_by_id)).join(
        Sync, col(Sync.id) == col(AgendaItem.sync_id)
    )
    raised = {
        (row[0], row[1])
        for row in record.execute(
            query.where(
                of_sync,
                col(AgendaItem.source).is_(None),
                col(AgendaItem.carried_from_id).is_(None),
                col(AgendaItem.raised_at) < col(Sync.started_at),
            ).distinct()
        )
    }
    measures = {Seat.CIO: Measure.CIO_POINTS, Seat.CISO: Measure.CISO_POINTS}
    known: Known = {}
    for seat, people in _sides(record, period).items():
        answered = {sync_id for sync_id, person_id in raised if person_id in people}
        known |= _share(measures[seat], len(answered), len(held))
    return known


def _held(record: Record, period: Period) -> list[int]:
    query = select(col(Sync.id)).where(
        _of(record, Sync, period), period.of(col(Sync.starts_at)), col(Sync.started_at).is_not(None)
    )
    return [row[0] for row in record.execute(query)]


def _sides(record: Record, period: Period) -> dict[Seat, set[int]]:
    """Who sits there, stood in, or turned a key from there; whoever sits on the other chair now is on that side."""
    lent = select(col(Delegation.seat), col(Delegation.person_id)).where(_of(record, Delegation, period))
    signed = (
        select(col(SignOff.seat), col(SignOff.person_id))
        .join(Decision, and_(col(SignOff.subject) == Decision.SUBJECT, col(SignOff.subject_id) == col(Decision.id)))
        .where(_of(record, Decision, period), col(SignOff.turned_at) >= period.since - REMEMBERED_AS)
    )
    seen = {(row[0], row[1]) for query in (lent, signed) for row in record.execute(query.distinct())}
    now = {seat: period.touchpoint.principal(seat) for seat in Seat}
    return {
        seat: {now[seat], *(person for side, person in seen if side is seat and person != now[seat.other])}
        for seat in Seat
    }


def _keys(record: Record, period: Period) -> Known:
    query = select(col(Decision.recorded_at), col(Decision.agreed_at)).where(
        _of(record, Decision, period), period.of(col(Decision.agreed_at)), col(Decision.one_key).is_(False)
    )
    took = [(agreed_at - recorded_at) / ONE_DAY for recorded_at, agreed_at in record.execute(query)]
    return {Measure.KEYS: median(took)} if took else {}


def _deferrals(record: Record, period: Period) -> Known:
    closed = and_(_of(record, Sync, period), period.of(col(Sync.starts_at)), col(Sync.closed_at).is_not(None))
    syncs = record.execute(select(func.count()).select_from(Sync).where(closed)).scalar_one()
    went_on = (
        select(func.count())
        .select_from(AgendaItem)
        .join(Sync, col(Sync.id) == col(AgendaItem.sync_id))
        .where(closed, col(AgendaItem.outcome).in_((Outcome.OPEN, Outcome.DEFERRED)))
    )
    return {Measure.DEFERRALS: record.execute(went_on).scalar_one() / syncs} if syncs else {}


def _promises(record: Record, period: Period) -> Known:
    """A day ends where the touchpoint is."""
    query = select(col(ActionItem.due_on), col(ActionItem.settled_at), col(ActionItem.state)).where(
        _of(record, ActionItem, period),
        col(ActionItem.state) != ActionState.DROPPED,
        col(ActionItem.due_on).between(period.quarter.first, period.last_day),
    )
    fell_due = record.execute(query).all()
    kept = [
        settled_at
        for due_on, settled_at, state in fell_due
        if state is ActionState.DONE and local_date(settled_at, period.zone) <= due_on
    ]
    return _share(Measure.PROMISES, len(kept), len(fell_due))


def _risk_age(record: Record, period: Period) -> Known:
    """As they stood when the period ended: open, not accepted, and at the level that was said last."""
    last = (
        select(func.max(col(RiskLevel.id)))
        .where(col(RiskLevel.risk_id) == col(RiskItem.id), col(RiskLevel.at) < period.until)
        .correlate(RiskItem)
        .scalar_subquery()
    )
    accepted = exists().where(
        col(Acceptance.risk_id) == col(RiskItem.id),
        col(Acceptance.accepted_at) < period.until,
        or_(col(Acceptance.settled_at).is_(None), col(Acceptance.settled_at) >= period.until),
    )
    query = (
        select(col(RiskItem.raised_at))
        .join(RiskLevel, col(RiskLevel.id) == last)
        .where(
            _of(record, RiskItem, period),
            col(RiskItem.raised_at) < period.until,
            or_(col(RiskItem.state) != RiskState.CLOSED, col(RiskItem.closed_at) >= period.until),
            col(RiskLevel.likelihood) * col(RiskLevel.impact) > policies.of(record).appetite,
            ~accepted,
        )
        .order_by(col(RiskItem.id))
    )
    ages = [(period.until - row[0]) / ONE_DAY for row in record.execute(query)]
    return {Measure.RISK_AGE: fmean(ages)} if ages else {}


def _owners(record: Record, period: Period) -> Known:
    """Each area stands there twice, once for each chair."""
    query = (
        select(col(OwnershipAnswer.agreed), func.count())
        .join(OwnershipCheck, col(OwnershipCheck.id) == col(OwnershipAnswer.check_id))
        .where(
            _of(record, OwnershipCheck, period),
            period.of(col(OwnershipCheck.closed_at)),
            col(OwnershipAnswer.seat) == Seat.CIO,
            col(OwnershipAnswer.agreed).is_not(None),
        )
        .group_by(col(OwnershipAnswer.agreed))
    )
    counts: dict[bool, int] = {row[0]: row[1] for row in record.execute(query)}
    return {Measure.OWNERS: counts.get(False, 0)} if counts else {}


def _joined(record: Record, period: Period) -> Known:
    query = select(col(Initiative.joined_gate), func.count()).where(
        _of(record, Initiative, period), period.of(col(Initiative.joined_at)), col(Initiative.joined_gate).is_not(None)
    )
    counts: dict[GateKind, int] = {
        row[0]: row[1] for row in record.execute(query.group_by(col(Initiative.joined_gate)))
    }
    return _share(Measure.JOINED, sum(counts.get(gate, 0) for gate in EARLY), sum(counts.values()))


COUNTS: tuple[Count, ...] = (_cadence, _points, _promises, _joined, _keys, _risk_age, _deferrals, _owners)


def last_pulse(record: Record, touchpoint_id: int) -> Pulse | None:
    """The one that is open, else the last one that was."""
    query = select(Pulse).where(
        col(Pulse.organization_id) == record.organization_id, col(Pulse.touchpoint_id) == touchpoint_id
    )
    return record.session.execute(query.order_by(col(Pulse.id).desc()).limit(1)).scalar_one_or_none()


def pulses(record: Record, touchpoint: Touchpoint, *, limit: int) -> list[Pulse]:
    """The last ones that the very two answered who sit there now, the newest first."""
    query = select(Pulse).where(
        col(Pulse.organization_id) == record.organization_id,
        col(Pulse.touchpoint_id) == touchpoint.key,
        col(Pulse.cio_id) == touchpoint.cio_id,
        col(Pulse.ciso_id) == touchpoint.ciso_id,
    )
    return list(record.session.execute(query.order_by(col(Pulse.id).desc()).limit(limit)).scalars())


def answers(record: Record, pulse_id: int) -> dict[Seat, PulseAnswer]:
    """What was said from each chair, while it is open."""
    return {answer.seat: answer for answer in rows.having(record, PulseAnswer, pulse_id=pulse_id)}


def forget(record: Record, said: Iterable[PulseAnswer]) -> None:
    """It is gone."""
    for answer in said:
        record.session.delete(answer)
    record.session.flush()
