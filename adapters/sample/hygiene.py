"""What the two of the sample did themselves, quarter by quarter, and what they told everybody; and how they think it goes."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from functools import partial
from typing import Final
from zoneinfo import ZoneInfo

from adapters.sample.cast import CIO, CISO, EVERYBODY, LET_IN, ZONE
from adapters.sample.stage import DAY, WEEK, Player, Scene, Stage
from agenda.quarters import Quarter

DONE: Final = {CIO: ("0", "1", "3", "4"), CISO: ("0", "1", "2", "3", "4")}
INTO: Final = timedelta(weeks=3)
AGO: Final = timedelta(days=8)
"""When this quarter's began: its message still counts who joins."""

PULSES: Final = ((36, 3, 2), (22, 3, 4), (6, 4, 4))
"""Weeks ago, and what CIO and CISO said."""


def scenes(stage: Stage) -> Iterator[Scene]:
    """Each quarter both answer and post it, and colleagues join; of this one some still may. Now and then a pulse is taken."""
    for quarter in quarters(stage):
        at = datetime.combine(quarter.first, time(10), ZoneInfo(ZONE)) + INTO
        now = quarter == Quarter.of(stage.ends.date())
        begins = max(stage.ends - AGO if now else at, stage.now + WEEK)
        yield Scene(begins, partial(does, stage, CISO))
        yield Scene(begins + DAY, partial(does, stage, CIO))
        yield Scene(begins + 2 * DAY, partial(tells, stage, list(LET_IN)[: 4 if now else None]))
    for ago, cio, ciso in [one for one in PULSES if stage.tells(one[0])]:
        yield Scene(stage.ago(ago, "pulse"), partial(feels, stage, {CIO: cio, CISO: ciso}))


def quarters(stage: Stage) -> list[Quarter]:
    """Those in which there is time for it, the first one first."""
    found = [Quarter.of((stage.ends - AGO - DAY).date())]
    while found[0].before.first + INTO > (stage.now + WEEK).date():
        found.insert(0, found[0].before)
    return found


def does(stage: Stage, who: str) -> None:
    """In private."""
    stage.players[who].types("hygiene")
    stage.players[who].presses("Answer", None, done=DONE[who], together="yes")


def tells(stage: Stage, colleagues: list[str]) -> None:
    """Where everybody reads; and these did it too."""
    cio = stage.players[CIO]
    cio.types("hygiene post", EVERYBODY)
    cio.presses(next(one for one in cio.buttons() if one.startswith("Post it")))
    for key in colleagues:
        stage.players[key].presses("Done too", stage.latest("hygiene_post", EVERYBODY))


def feels(stage: Stage, scores: dict[str, int]) -> None:
    """One tap each; both see it once both gave it."""
    for key, score in scores.items():
        who: Player = stage.players[key]
        who.types("pulse")
        who.presses(next(label for label in who.buttons() if label.startswith(str(score))))
