"""What hygiene does by itself: both are asked once a quarter."""

from storage.touchpoints import Touchpoint
from storage.unit_of_work import Record


def plan(record: Record, touchpoint: Touchpoint) -> None:
    """This quarter's round, and the nudges that ask for it."""
