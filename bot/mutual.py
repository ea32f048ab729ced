"""What both principals are asked in private about themselves, where neither may learn too early whether the other answered.

A message that is sent again is marked as edited, whatever it says: so until both are done, only the cards of who answers move.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol, TypeVar

from agenda.nudges import NudgeKind
from agenda.touchpoints import Seat
from bot import nudging
from bot.turns import Turn
from storage import nudges
from storage.touchpoints import Touchpoint
from storage.unit_of_work import Record


class Said(Protocol):
    """What somebody said from a chair."""

    person_id: int


S = TypeVar("S", bound=Said)


def ask_both(
    record: Record, touchpoint: Touchpoint, kind: NudgeKind, subject_id: int, *, wanted: datetime, before: datetime
) -> None:
    """Each of the two once, at a moment of their own day; never who stands in."""
    for seat in Seat:
        person_id = touchpoint.principal(seat)
        nudging.owe(record, kind, subject_id, person_id, wanted=wanted, before=before, touchpoint_id=touchpoint.key)


def of_those_seated(touchpoint: Touchpoint, said: Mapping[Seat, S]) -> dict[Seat, S]:
    """What those said who sit there now: nobody speaks for who took the chair over."""
    return {seat: one for seat, one in said.items() if one.person_id == touchpoint.principal(seat)}


def redraw_for(record: Record, kind: NudgeKind, subject_id: int, person_id: int) -> None:
    """Where that person alone was asked."""
    for nudge in nudges.about(record, kind, subject_id):
        if nudge.person_id == person_id:
            nudging.redraw_one(record, nudge)


def seat_of(turn: Turn, touchpoint: Touchpoint) -> Seat:
    """The asker's own chair. What is asked of the two themselves takes `Right.GOVERN`, so they have one."""
    seat = touchpoint.seat_of(turn.asker.person_id)
    if seat is None:
        raise LookupError(f"{turn.asker.actor} sits on no chair of touchpoint {touchpoint.key}")
    return seat
