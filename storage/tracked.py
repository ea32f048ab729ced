"""Initiatives out of a file or a tracker: new ones with their gates, and what another day or a passed gate means for those."""

from datetime import date
from typing import Any, TypeAlias

from agenda.initiatives import GateKind, InitiativeState, first_days
from agenda.recurrence import local_date
from storage import gates, initiatives, rows
from storage.initiatives import Initiative
from storage.touchpoints import Touchpoint
from storage.unit_of_work import Record

Said: TypeAlias = tuple[dict[GateKind, date | None], GateKind | None]


def new(record: Record, touchpoint: Touchpoint, by_id: int, values: dict[str, Any]) -> Initiative:
    """I1: its gates on the days that were said. Those that were passed already could not be asked here."""
    days, passed = gates_in(values)
    whose: dict[str, Any] = {"organization_id": touchpoint.organization_id, "touchpoint_id": touchpoint.key}
    one = Initiative(**whose, added_by_id=by_id, added_at=record.now, **values)
    one.settled_at = None if one.state is InitiativeState.ACTIVE else record.now
    today = local_date(record.now, touchpoint.zone)
    initiatives.add(record, one)
    gates.open_all(record, one, first_days(days, one.starts_on, one.ends_on, today=today))
    if passed:
        gates.leave_behind(gates.of_initiative(record, one.key), passed.place + 1, today)
    join(record, one)
    return one


def change(record: Record, one: Initiative, _by_id: int, values: dict[str, Any]) -> None:
    """G2, G4, G5, and another state."""
    days, passed = gates_in(values)
    was = (one.starts_on, one.ends_on)
    settle(record, one, values)
    for name, value in values.items():
        setattr(one, name, value)
    if was != (one.starts_on, one.ends_on):
        gates.move(record, one, was)
    join(record, one)
    there = gates.of_initiative(record, one.key)
    for each in there:
        each.gate.due_on = days.get(each.kind, each.gate.due_on)
    if passed:
        zone = rows.get(record, Touchpoint, one.touchpoint_id).zone
        gates.pass_until(there, passed, local_date(record.now, zone))
    record.session.flush()
    initiatives.index(record, one)


def gates_in(values: dict[str, Any]) -> Said:
    """What the values say of gates, taken out of them: days, and the last that was passed."""
    days = {kind: values.pop(f"{kind}_on") for kind in GateKind if f"{kind}_on" in values}
    passed = values.pop("passed", "")
    return days, GateKind(passed) if passed else None


def settle(record: Record, one: Initiative, values: dict[str, Any]) -> None:
    """I2 to I4, where the values say another state."""
    state, because = values.pop("state", one.state), values.pop("because", one.because)
    if state is not one.state:
        one.become(state, record.now, because)
    one.because = because


def join(record: Record, one: Initiative) -> None:
    """G4, where a partner is named."""
    ahead = gates.next_of(gates.of_initiative(record, one.key))
    if one.partner:
        one.join(ahead.kind if ahead else None, record.now)
    record.session.flush()
