"""What initiatives do by themselves: a gate that nears without its answers, or was passed without them, is talked about."""

from datetime import date, timedelta

from agenda.causes import Cause
from agenda.initiatives import NEARS, of_gate
from agenda.items import Source
from storage import initiatives, items
from storage.initiatives import Asking
from storage.touchpoints import Touchpoint
from storage.unit_of_work import Record


def causes(record: Record, touchpoint: Touchpoint, today: date, before: date) -> list[Cause]:
    """G1 to G3 of `agenda.initiatives`. A gate nears early enough for this sync, if the next one is behind its day."""
    until = max(today + NEARS, before - timedelta(days=1))
    asking = initiatives.asking(record, touchpoint.key, today=today, until=until)
    talked_about = talks(record, touchpoint.key) if any(one.gate.passed_on for one in asking) else {}
    overdue: set[int] = set()
    found = []
    for one in asking:
        if one.gate.passed_on:
            waits = one.gate.passed_on > talked_about.get(one.gate.key, date.min)
        else:
            waits = not one.gate.is_overdue(today) or one.initiative.key not in overdue
            overdue |= {one.initiative.key} if one.gate.is_overdue(today) else set()
        found += [cause_of(one, today)] if waits else []
    return found


def cause_of(one: Asking, today: date) -> Cause:
    """As a line of an agenda."""
    return of_gate(
        one.initiative,
        one.gate,
        ref=one.initiative.ref,
        key=one.gate.key,
        asked=one.asked,
        unanswered=one.unanswered,
        today=today,
    )


def talks(record: Record, touchpoint_id: int) -> dict[int, date]:
    """When each missed gate was last talked about: to say it once is enough, because nothing can undo it."""
    found: dict[int, date] = {}
    for one in items.answered(record, touchpoint_id):
        if one.source is Source.GATE_MISSED:
            found[one.source_id] = max(one.on, found.get(one.source_id, one.on))
    return found
