"""Registers out of the record: the rows of each, and the words for what they point at.

What somebody named in private in an ownership check is in no register.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property, partial
from typing import Any, TypeAlias

from sqlalchemy import Select, select
from sqlmodel import Session, col

from agenda.initiatives import GateKind
from agenda.registers import Register
from agenda.roles import Role
from agenda.simulation import FORMULA, read
from agenda.values import written
from storage import asks, people, rows, touchpoints
from storage.absences import Delegation
from storage.acceptances import Acceptance
from storage.actions import ActionItem
from storage.asks import Appraisal, Ask, Exposure
from storage.decisions import Decision
from storage.initiatives import Gate, Initiative
from storage.items import AgendaItem
from storage.keys import SignOff
from storage.memberships import Membership
from storage.owners import Responsibility
from storage.risks import RiskItem
from storage.rows import Row
from storage.syncs import Sync
from storage.threats import WatchedProduct
from storage.touchpoints import Touchpoint
from storage.unit_of_work import Record

TABLES: dict[str, type[Row]] = {
    "risks": RiskItem,
    "acceptances": Acceptance,
    "decisions": Decision,
    "promises": ActionItem,
    "responsibilities": Responsibility,
    "initiatives": Initiative,
    "products": WatchedProduct,
    "asks": Ask,
    "agenda_items": AgendaItem,
    "syncs": Sync,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One line of who is in a touchpoint, and as what."""

    touchpoint_id: int
    name: str
    role: Role
    seat: str = ""
    since: datetime | None = None
    until: date | None = None


Entry: TypeAlias = Row | Member


def called(session: Session, name: str) -> list[Touchpoint]:
    """Every touchpoint of that name or number, of whichever organization. For the operator alone.

    Without one, all but the sample's: that is there to be looked at, and nobody's record.
    """
    query = select(Touchpoint).order_by(col(Touchpoint.id))
    said = name.strip().casefold()
    if not said:
        return list(session.execute(query.where(col(Touchpoint.organization_id).not_in(people.made_up()))).scalars())
    every = list(session.execute(query).scalars())
    return [one for one in every if one.name.casefold() == said] or [one for one in every if str(one.id) == said]


def entries(record: Record, register: Register, touchpoint_ids: Sequence[int]) -> list[Entry]:
    """The rows of a register, oldest first."""
    if register.name == "members":
        return [one for key in touchpoint_ids for one in members(record, rows.get(record, Touchpoint, key))]
    return [*kept(record, register, touchpoint_ids)]


def kept(record: Record, register: Register, touchpoint_ids: Sequence[int]) -> list[Row]:
    """The same, of a register that is read from one table."""
    return list(record.session.execute(_query(record, register, touchpoint_ids)).scalars())


def _query(record: Record, register: Register, touchpoint_ids: Sequence[int]) -> Select[Any]:
    table = TABLES[register.name]
    query = select(table).where(col(table.organization_id) == record.organization_id).order_by(col(table.id))
    if table is AgendaItem:
        query = query.join(Sync, col(AgendaItem.sync_id) == col(Sync.id))
        return query.where(col(Sync.touchpoint_id).in_(touchpoint_ids))
    if table is Responsibility or table is WatchedProduct:
        query = query.where(col(table.dropped_at).is_(None))
    return query.where(table.touchpoint_id.in_(touchpoint_ids))  # type: ignore[attr-defined]  # all of these have one


def members(record: Record, touchpoint: Touchpoint) -> list[Member]:
    """The two principals, who stands in for them, and who else may read."""
    there: dict[str, Any] = {"touchpoint_id": touchpoint.key}
    seated = [
        Member(name=person.called, role=Role.PRINCIPAL, seat=seat.value, **there)
        for seat, person in touchpoints.principals(record, touchpoint).items()
    ]
    lent = [
        Member(
            name=people.called(record, one.person_id),
            role=Role.DELEGATE,
            seat=one.seat.value,
            since=one.given_at,
            until=one.until,
            **there,
        )
        for one in _standing(record, Delegation, touchpoint.key)
    ]
    others = [
        Member(name=people.called(record, one.person_id), role=one.role, since=one.given_at, **there)
        for one in _standing(record, Membership, touchpoint.key)
    ]
    return [*seated, *lent, *others]


def _standing(record: Record, table: type[Any], touchpoint_id: int) -> list[Any]:
    query = select(table).where(
        table.organization_id == record.organization_id,
        table.touchpoint_id == touchpoint_id,
        table.ended_at.is_(None),
    )
    return list(record.session.execute(query.order_by(table.id)).scalars())


def table_of(record: Record, register: Register, touchpoint_ids: Sequence[int]) -> list[list[str]]:
    """A register as cells, a row each, in the order of its columns."""
    around = Around(record)
    found = entries(record, register, touchpoint_ids)
    return [[written(around.value(one, column.name)) for column in register.columns] for one in found]


class Around:
    """What the rows of a register point at, in words: read once for all of them."""

    def __init__(self, record: Record) -> None:
        self.record = record

    def value(self, entry: Entry, name: str) -> object:
        """What stands in that column: said for this noun alone, its own field, or what its key points at."""
        if special := SPECIAL.get((type(entry), name)):
            return special(self, entry)
        if name == "touchpoint":
            return self.touchpoint(entry)
        if hasattr(entry, name):
            return getattr(entry, name)
        key = getattr(entry, f"{name}_id")
        return people.called(self.record, key) if key else ""

    def touchpoint(self, entry: Any) -> str:
        """Its name."""
        key = entry.touchpoint_id if hasattr(entry, "touchpoint_id") else self.sync(entry.sync_id).touchpoint_id
        return rows.get(self.record, Touchpoint, key).name

    def sync(self, key: int) -> Sync:
        """One that a line of an agenda belongs to."""
        return rows.get(self.record, Sync, key)

    @cached_property
    def signed(self) -> Mapping[tuple[str, int], list[SignOff]]:
        """Every key that stands, by what it was turned on."""
        query = select(SignOff).where(
            col(SignOff.organization_id) == self.record.organization_id, col(SignOff.voided_at).is_(None)
        )
        found = defaultdict(list)
        for key in self.record.session.execute(query.order_by(col(SignOff.id))).scalars():
            found[key.subject, key.subject_id].append(key)
        return found

    def keys(self, paper: Decision | Acceptance) -> str:
        """`CIO Sam on 2031-03-03; CISO Dana on 2031-03-04, with dissent: too early`."""
        return "; ".join(
            f"{key.seat.label} {people.called(self.record, key.person_id)} on {key.turned_at.date().isoformat()}"
            + (f", with dissent: {key.dissent}" if key.dissent else "")
            for key in self.standing(paper)
        )

    def standing(self, paper: Decision | Acceptance) -> list[SignOff]:
        """The keys on its text as it stands."""
        return [key for key in self.signed[paper.SUBJECT, paper.key] if key.text_hash == paper.text_hash]

    def area(self, key: int | None) -> str:
        """What an area is called."""
        return rows.get(self.record, Responsibility, key).area if key else ""

    @cached_property
    def reduced(self) -> Mapping[int, list[tuple[Exposure, RiskItem]]]:
        """Which risks each ask reduces."""
        query = select(col(Ask.id)).where(col(Ask.organization_id) == self.record.organization_id)
        found = defaultdict(list)
        for one, risk in asks.exposures(self.record, [*self.record.session.execute(query).scalars()]):
            found[one.ask_id].append((one, risk))
        return found

    def reduces(self, ask: Ask) -> str:
        """`R-7: 2 a year, 20000 to 400000; after 1 a year, 20000 to 200000`."""
        return "\n".join(
            f"{risk.ref}: {one.often:g} a year, {one.least} to {one.most}; "
            f"after {one.often_after:g} a year, {one.least_after} to {one.most_after}"
            for one, risk in self.reduced[ask.key]
        )

    def since(self, ask: Ask, name: str) -> object:
        """What happened, over all its risks; nothing before it was checked."""
        values = [getattr(one, name) for one, _risk in self.reduced[ask.key]]
        return sum(filter(None, values)) if ask.checked_at else None

    def appraised(self, ask: Ask) -> Appraisal | None:
        """What was counted last."""
        return asks.last_appraisals(self.record, [ask.key]).get(ask.key)

    def lost(self, ask: Ask, when: str) -> object:
        """The mean of a year, in whole units."""
        one = self.appraised(ask)
        return round(getattr(read(one.result), when).mean) if one and one.formula == FORMULA else None

    @cached_property
    def gates(self) -> Mapping[int, list[Gate]]:
        """Of every initiative, in their order."""
        query = select(Gate).where(col(Gate.organization_id) == self.record.organization_id)
        found = defaultdict(list)
        for gate in sorted(self.record.session.execute(query).scalars(), key=lambda gate: gate.kind.place):
            found[gate.initiative_id].append(gate)
        return found

    def gate_day(self, initiative: Initiative, kind: GateKind) -> date | None:
        """By when that gate is to be passed."""
        return next((gate.due_on for gate in self.gates[initiative.key] if gate.kind is kind), None)

    def last_passed(self, initiative: Initiative) -> str:
        """The gate behind which it stands."""
        return next((gate.kind.value for gate in reversed(self.gates[initiative.key]) if gate.passed_on), "")

    def ref(self, table: type[Any], key: int | None) -> str:
        """What people call it."""
        return rows.get(self.record, table, key).ref if key else ""


def numbered(number: int | None) -> str:
    """A decision that another one names by its number."""
    return f"D-{number}" if number else ""


SPECIAL: dict[tuple[type[Any], str], Callable[[Around, Any], object]] = {
    (Acceptance, "keys"): Around.keys,
    (Acceptance, "risk"): lambda around, one: around.ref(RiskItem, one.risk_id),
    (Acceptance, "renews"): lambda around, one: around.ref(Acceptance, one.renews_id),
    (Decision, "keys"): Around.keys,
    (Initiative, "passed"): Around.last_passed,
    **{(Initiative, f"{kind}_on"): partial(Around.gate_day, kind=kind) for kind in GateKind},
    (Decision, "replaces"): lambda _around, one: numbered(one.replaces),
    (Decision, "replaced_by"): lambda _around, one: numbered(one.replaced_by),
    (ActionItem, "from"): lambda around, one: (
        around.ref(Decision, one.decision_id) or around.ref(RiskItem, one.risk_id)
    ),
    (WatchedProduct, "area"): lambda around, one: around.area(one.responsibility_id),
    (Ask, "reduces"): Around.reduces,
    (Ask, "decision"): lambda around, one: around.ref(Decision, one.decision_id),
    (Ask, "happened"): lambda around, one: around.since(one, "happened"),
    (Ask, "lost"): lambda around, one: around.since(one, "lost"),
    (Ask, "lost_today"): lambda around, one: around.lost(one, "today"),
    (Ask, "lost_after"): lambda around, one: around.lost(one, "after"),
    (Ask, "formula"): lambda around, one: getattr(around.appraised(one), "formula", ""),
    (AgendaItem, "sync"): lambda around, one: around.sync(one.sync_id).starts_at,
}
