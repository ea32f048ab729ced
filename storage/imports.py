"""Registers into the record: what a file is held against, and the writing of what was planned (`agenda.registers`).

Nothing of it asks anybody for anything: what follows from new rows is the conversation's (`bot.importing`).
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from enum import StrEnum
from typing import Any, TypeAlias

from sqlalchemy import select
from sqlmodel import col

from agenda.acceptances import AcceptanceState
from agenda.actions import ActionAct, ActionState
from agenda.decisions import DecisionState
from agenda.registers import Act, Plan, Planned, Present, Register, Standing
from agenda.risks import RiskState
from agenda.values import Kind
from storage import actions, audit, decisions, owners, people, registers, risks, rows, tracked
from storage.acceptances import Acceptance
from storage.actions import ActionChange, ActionItem
from storage.decisions import Decision
from storage.keys import SignOff
from storage.owners import Responsibility
from storage.people import Person
from storage.registers import TABLES
from storage.risks import RiskItem
from storage.rows import Row
from storage.threats import WatchedProduct
from storage.touchpoints import Touchpoint
from storage.unit_of_work import Record

# What an import may change. The rest is settled, or signed.
CHANGEABLE = {RiskState.OPEN, DecisionState.PROPOSED, ActionState.OPEN}
WHY = "imported"
Taken: TypeAlias = tuple[Act, Row]


def present(record: Record, register: Register, touchpoint_id: int) -> Present:
    """The rows and areas of that touchpoint, and the people of the organization."""
    fixed = FIXED[register.name](record, touchpoint_id) if register.name in FIXED else {}
    standing, by_tracker, around = {}, {}, registers.Around(record)
    for row in registers.kept(record, register, [touchpoint_id]):
        one = standing_as(register, row, fixed.get(row.key, ""), around)
        standing[str(getattr(row, register.key)).casefold()] = one
        if register.tracker:
            by_tracker[str(getattr(row, register.tracker)).casefold()] = one
    tracked = {key: one for key, one in by_tracker.items() if key}
    areas = {one.area.casefold(): one.area for one in owners.areas(record, [touchpoint_id])}
    return Present(rows=standing, tracked=tracked, people=named(record), areas=areas)


def standing_as(register: Register, row: Any, fixed: str, around: registers.Around) -> Standing:
    """One row, as a file may change it."""
    state = getattr(row, "state", None)
    values: dict[str, Any] = {
        column.name: row.owner_id if column.kind is Kind.PERSON else around.value(row, column.name)
        for column in register.taken
    }
    if "state" in values:  # The file may change that too.
        return Standing(ref=getattr(row, register.key), values=values)
    settled = "" if state is None or state in CHANGEABLE else f"is {state.value}"
    return Standing(ref=getattr(row, register.key), values=values, state=state or "", fixed=settled or fixed)


def asked_to_accept(record: Record, touchpoint_id: int) -> dict[int, str]:
    """Risks as they are being signed: whoever changes one of these withdraws what the other one was asked to sign."""
    query = select(col(Acceptance.risk_id)).where(
        col(Acceptance.organization_id) == record.organization_id,
        col(Acceptance.touchpoint_id) == touchpoint_id,
        col(Acceptance.state) == AcceptanceState.PROPOSED,
    )
    return dict.fromkeys(record.session.execute(query).scalars(), "waits for the keys of its acceptance")


def being_signed(record: Record, _touchpoint_id: int) -> dict[int, str]:
    """Decisions with a key on their text: whoever changes one of these voids it, and must be there to say so."""
    query = select(col(SignOff.subject_id)).where(
        col(SignOff.organization_id) == record.organization_id,
        col(SignOff.subject) == Decision.SUBJECT,
        col(SignOff.voided_at).is_(None),
    )
    return dict.fromkeys(record.session.execute(query).scalars(), "has a key on its text")


FIXED: dict[str, Callable[[Record, int], dict[int, str]]] = {"risks": asked_to_accept, "decisions": being_signed}


def named(record: Record) -> Mapping[str, set[int]]:
    """Everybody who is still here, by name and by account."""
    found: dict[str, set[int]] = defaultdict(set)
    for person, account in people.everybody(record):
        for name in (person.name, account.address):
            found[name.strip().casefold()].add(person.key)
    return found


def person_of(record: Record, said: str) -> list[Person]:
    """Whom that name or account means; several where a name is not enough."""
    return [rows.get(record, Person, key) for key in sorted(named(record).get(said.strip().casefold(), ()))]


# ── the writing ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def take_in(record: Record, register: Register, touchpoint: Touchpoint, by_id: int, plan: Plan) -> Iterator[Taken]:
    """Each row that is new or changed, written and in the audit log; `by_id` is in whose name. Raises `ValueError` for a plan
    with errors: all of it is taken in, or nothing.
    """
    if plan.errors:
        raise ValueError("a plan with errors is not carried out")
    there = {str(getattr(row, register.key)): row for row in registers.kept(record, register, [touchpoint.key])}
    for one in plan.rows:
        if one.act is Act.NEW:
            row = NEW[register.name](record, touchpoint, by_id, typed(register, one))
        elif one.act is Act.CHANGED:
            row = there[one.ref]
            CHANGE[register.name](record, row, by_id, typed(register, one))
        else:
            continue
        facts = {register.noun: getattr(row, "number", row.key), "new": one.act is Act.NEW, "by": by_id}
        audit.append(record, f"{register.noun}.imported", **facts)
        yield one.act, row


def typed(register: Register, one: Planned) -> dict[str, Any]:
    """The values as their columns hold them: words of a list as such, a person by their key."""
    fields = TABLES[register.name].model_fields
    people_in = {column.name for column in register.taken if column.kind is Kind.PERSON}
    values: dict[str, Any] = {}
    for name, value in one.values.items():
        kind: Any = fields[name].annotation if name in fields else None
        is_word = isinstance(kind, type) and issubclass(kind, StrEnum)
        values[f"{name}_id" if name in people_in else name] = kind(value) if is_word else value
    return values


def new_risk(record: Record, touchpoint: Touchpoint, by_id: int, values: dict[str, Any]) -> RiskItem:
    """Raised, and closed at once if it was."""
    closed_at = record.now if values.get("state") is RiskState.CLOSED else None
    return risks.add(
        record, RiskItem(**whose(touchpoint), raised_by_id=by_id, raised_at=record.now, closed_at=closed_at, **values)
    )


def new_decision(record: Record, touchpoint: Touchpoint, by_id: int, values: dict[str, Any]) -> Decision:
    """Recorded, without a key."""
    return decisions.add(record, Decision(**whose(touchpoint), recorded_by_id=by_id, recorded_at=record.now, **values))


def new_promise(record: Record, touchpoint: Touchpoint, by_id: int, values: dict[str, Any]) -> ActionItem:
    """Promised, and settled at once if it was."""
    settled_at = None if values.get("state", ActionState.OPEN) is ActionState.OPEN else record.now
    said: dict[str, Any] = {"promised_by_id": by_id, "promised_at": record.now, "settled_at": settled_at}
    return actions.add(record, ActionItem(**whose(touchpoint), **said, **values))


def new_area(record: Record, touchpoint: Touchpoint, _by_id: int, values: dict[str, Any]) -> Responsibility:
    """Kept; nobody has confirmed it yet."""
    return rows.add(record, Responsibility(**whose(touchpoint), **values))


def new_product(record: Record, touchpoint: Touchpoint, by_id: int, values: dict[str, Any]) -> WatchedProduct:
    """Watched from now on."""
    area = area_of(record, touchpoint.key, values.pop("area", ""))
    said: dict[str, Any] = {"watched_by_id": by_id, "watched_at": record.now, "responsibility_id": area}
    return rows.add(record, WatchedProduct(**whose(touchpoint), **said, **values))


def area_of(record: Record, touchpoint_id: int, name: str) -> int | None:
    """The area of that name, if one is named."""
    return next((one.key for one in owners.areas(record, [touchpoint_id]) if one.area == name), None)


def whose(touchpoint: Touchpoint) -> dict[str, Any]:
    """The touchpoint's, and its organization's."""
    return {"organization_id": touchpoint.organization_id, "touchpoint_id": touchpoint.key}


def change_risk(record: Record, risk: RiskItem, by_id: int, values: dict[str, Any]) -> None:
    """Another text, and another step of its history where its level is another."""
    before = (risk.likelihood, risk.impact)
    fill(record, risk, values)
    if before != (risk.likelihood, risk.impact):
        risks.remember_level(record, risk, by_id, WHY)
    risks.index(record, risk)


def change_decision(record: Record, decision: Decision, _by_id: int, values: dict[str, Any]) -> None:
    """Another text, on which no key was turned yet."""
    fill(record, decision, values)
    decisions.index(record, decision)


def change_promise(record: Record, action: ActionItem, by_id: int, values: dict[str, Any]) -> None:
    """A3, A4: another day or owner is part of its history, as if somebody had said it in the chat."""
    day: date | None = values.pop("due_on", None)
    owner_id: int | None = values.pop("owner_id", None)
    said: dict[str, Any] = {
        "organization_id": record.organization_id,
        "action_id": action.key,
        "person_id": by_id,
        "at": record.now,
    }
    if day:
        moved = ActionChange(what=ActionAct.MOVED, because=WHY, from_day=action.due_on, to_day=day, **said)
        rows.add(record, moved)
        action.move(day)
    if owner_id:
        taken: dict[str, Any] = {"from_owner_id": action.owner_id, "to_owner_id": owner_id}
        rows.add(record, ActionChange(what=ActionAct.REASSIGNED, because=WHY, **taken, **said))
        action.owner_id = owner_id
    fill(record, action, values)
    actions.index(record, action)


def change_area(record: Record, area: Responsibility, _by_id: int, values: dict[str, Any]) -> None:
    """W2, W3: with another who is accountable nothing is confirmed, and nothing disputed any more."""
    if "accountable" in values:
        area.confirmed_at, area.confirmed_by_id, area.disputed_at = None, None, None
    fill(record, area, values)


def change_product(record: Record, product: WatchedProduct, _by_id: int, values: dict[str, Any]) -> None:
    """Another vendor meets other entries; what met before stays as long as the product is watched."""
    if "area" in values:
        product.responsibility_id = area_of(record, product.touchpoint_id, values.pop("area"))
    fill(record, product, values)


def fill(record: Record, row: Row, values: Mapping[str, Any]) -> None:
    """Column by column."""
    for name, value in values.items():
        setattr(row, name, value)
    record.session.flush()


NEW: dict[str, Callable[[Record, Touchpoint, int, dict[str, Any]], Row]] = {
    "risks": new_risk,
    "decisions": new_decision,
    "promises": new_promise,
    "responsibilities": new_area,
    "initiatives": tracked.new,
    "products": new_product,
}
CHANGE: dict[str, Callable[[Record, Any, int, dict[str, Any]], None]] = {
    "risks": change_risk,
    "decisions": change_decision,
    "promises": change_promise,
    "responsibilities": change_area,
    "initiatives": tracked.change,
    "products": change_product,
}
