"""A tick with nothing to do: the outbox over a record in which much is owed later, and nothing now.

A process of its own, put together as `touchpoint serve` puts it together, with an edge for each platform. It ticks as often as
an hour has ticks, and says how long each took and what it weighed before and after.
"""

import asyncio
import gc
import json
import os
import sys
import time
from datetime import datetime

import uvloop

from adapters.clock import Clock
from adapters.core import ThreadedCore
from adapters.deliver import Deliverer
from adapters.port import Pace
from bench.machine import resident_mb
from bot.cards import Card
from bot.dispatch import Bot
from storage.engine import open_engine

PLATFORMS = ("slack", "teams", "play")
WARM = 50
REST = 0.002
"""Seconds between two ticks, so that each finds the process asleep."""


class SilentEdge:
    """Nothing is due, so whatever is asked of it is wrong."""

    pace = Pace(per_conversation=1.0, at_once=8)

    def __init__(self, platform: str) -> None:
        self.platform = platform

    async def post(self, *, conversation: str, card: Card, delivery: str) -> str:
        raise NotImplementedError

    async def update(self, *, message: str, card: Card) -> None:
        raise NotImplementedError

    async def find(self, *, conversation: str, delivery: str, since: datetime) -> str | None:
        raise NotImplementedError


async def run(url: str, ticks: int) -> None:
    """Prints its findings as JSON: seconds, and 10^6 bytes."""
    engine = open_engine(url)
    core = ThreadedCore(Bot(engine), Clock(engine))
    deliverer = Deliverer(core, [SilentEdge(platform) for platform in PLATFORMS])
    gc.freeze()
    await several(deliverer, WARM)
    before = resident_mb(os.getpid())
    took = await several(deliverer, ticks)
    after = resident_mb(os.getpid())
    sys.stdout.write(json.dumps({"took": took, "before": before, "after": after}) + "\n")
    sys.stdout.flush()
    core.close()
    engine.dispose()


async def several(deliverer: Deliverer, ticks: int) -> list[float]:
    """In seconds each."""
    took = []
    for _ in range(ticks):
        await asyncio.sleep(REST)
        began = time.perf_counter()
        await tick(deliverer)
        took.append(time.perf_counter() - began)
    return took


async def tick(deliverer: Deliverer) -> None:
    """What the outbox does when it is woken."""
    await deliverer._take_up()


if __name__ == "__main__":
    uvloop.run(run(sys.argv[1], int(sys.argv[2])))
