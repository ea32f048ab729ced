"""What communication and trust does by itself: it closes a pulse that was not answered."""

from storage.touchpoints import Touchpoint
from storage.unit_of_work import Record


def plan(record: Record, touchpoint: Touchpoint) -> None:
    """What waits for an answer, and what has waited long enough."""
