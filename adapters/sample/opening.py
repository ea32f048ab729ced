"""The sample's first day: the touchpoint, its conversations, its policy, and who is let in."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import Final
from zoneinfo import ZoneInfo

from adapters.sample.cast import CIO, CISO, LET_IN, ZONE
from adapters.sample.stage import DAY, SATURDAY, Scene, Stage
from agenda.conversations import Conversation
from agenda.recurrence import WEEKDAYS

AHEAD: Final = timedelta(days=2)
"""So far away is the sample's next sync: its agenda is being collected, and it is not here before somebody looks."""


def scenes(stage: Stage) -> Iterator[Scene]:
    """Before anything else."""
    yield Scene(stage.now, partial(set_up, stage))
    yield Scene(stage.ago(stage.weeks - 0.2, "let in"), partial(let_in, stage))


def weekday_of(stage: Stage) -> str:
    """On which they meet, every other week: a working day, two days from now or a little more."""
    day = (stage.ends + AHEAD).astimezone(ZoneInfo(ZONE)).date()
    while day.weekday() >= SATURDAY:
        day += DAY
    return WEEKDAYS[day.weekday()]


def set_up(stage: Stage) -> None:
    """As an admin does it on the first day."""
    stage.arrive()
    cio, ciso = stage.players[CIO], stage.players[CISO]
    cio.types(
        "setup",
        cio=cio.account,
        ciso=ciso.account,
        rhythm="weekly:2",
        weekdays=(weekday_of(stage),),
        at="10:00",
        zone=ZONE,
    )
    cio.presses("Save")
    cio.types("conversations")
    cio.presses("Change", None, on=tuple(Conversation))
    ciso.types("policy")
    ciso.presses("Change", None, currency="CHF", loss_appetite="1.5m")


def let_in(stage: Stage) -> None:
    """Colleagues who read along, and those who take part."""
    cio = stage.players[CIO]
    for key, role in LET_IN.items():
        cio.types("access")
        cio.presses("Let somebody in", None, person=stage.players[key].account, role=role.value)
