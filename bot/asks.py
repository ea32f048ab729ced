"""What asks do by themselves: one whose day has come is looked at again."""

from datetime import date

from agenda.causes import Cause
from storage.touchpoints import Touchpoint
from storage.unit_of_work import Record


def causes(record: Record, touchpoint: Touchpoint, today: date, before: date) -> list[Cause]:
    """Those whose check falls before that day."""
    return []
