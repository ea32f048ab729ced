"""What threats do by themselves: nothing yet."""

from storage.touchpoints import Touchpoint
from storage.unit_of_work import Record


def plan(record: Record, touchpoint: Touchpoint) -> None:
    """What is told between syncs."""
