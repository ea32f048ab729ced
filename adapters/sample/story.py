"""The sample's year: every scene of every noun in the order of its day, and a sync whenever one begins.

The same moment gives the same record, because the story's days are counted back from it and nothing in it is drawn by lot.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from heapq import heapify, heappop, heappush
from itertools import count
from typing import Final, TypeAlias

from sqlalchemy import Engine

from adapters.sample import asks, decisions, hygiene, initiatives, opening, owners, promises, risks, syncs, threats
from adapters.sample.cast import HALF, NAME
from adapters.sample.stage import YEAR, Scene, Stage

NOUNS: Final = (opening, risks, decisions, promises, owners, threats, asks, initiatives, hygiene, syncs)
BEGINS_LATE: Final = timedelta(minutes=2)
Told: TypeAlias = Callable[[float], None]


def play(engine: Engine, ends: datetime, weeks: int = YEAR, told: Told = lambda _share: None) -> int:
    """Writes the sample organization, as the last `weeks` before `ends` (aware UTC) made it, and returns its key.

    `told` hears how much of it is done, from 0 to 1. Raises `StoryBroke`, or `bot.incidents.Incident` where the core refuses.
    """
    stage = Stage(engine, ends, weeks + weeks % 2)
    stage.call(HALF)
    play_scenes(stage, told)
    stage.call(NAME)
    return stage.organization_id


def play_scenes(stage: Stage, told: Told) -> None:
    """One after the other. Scenes of the same moment come in the order in which the nouns give them."""
    begun, order = stage.now, count()
    waiting = [(scene.at, next(order), scene) for noun in NOUNS for scene in noun.scenes(stage)]
    heapify(waiting)

    def calls(kind: str) -> None:
        if kind == "start":
            scene = Scene(stage.now + BEGINS_LATE, lambda: syncs.hold(stage))
            heappush(waiting, (scene.at, next(order), scene))

    stage.posted = calls
    while waiting or stage.now < stage.ends:
        stage.until(min(stage.ends, waiting[0][0]) if waiting else stage.ends)
        while waiting and waiting[0][0] <= stage.now:
            heappop(waiting)[-1].play()
        told((stage.now - begun) / (stage.ends - begun))
