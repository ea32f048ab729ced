"""STUB, replaced by the real one."""

from datetime import datetime, time

from agenda.recurrence import Cadence

EXAMPLES = ("every other tuesday 9:30", "first monday of the month 14:00", "last friday of each quarter 16:00")


def cadence_in(text: str, *, zone: str, now: datetime, at: time = time(9, 30)) -> Cadence:
    return Cadence(rule="FREQ=WEEKLY;INTERVAL=1;BYDAY=TU", since=now.date(), at=at, zone=zone)
