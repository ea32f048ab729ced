"""What initiatives do by themselves: a gate that nears without its answers, or was passed without them, is talked about."""

from datetime import date

from agenda.causes import Cause
from storage.touchpoints import Touchpoint
from storage.unit_of_work import Record


def causes(record: Record, touchpoint: Touchpoint, today: date, before: date) -> list[Cause]:
    """G1 to G3 of `agenda.initiatives`, as far as they concern the sync before that day."""
    return []
