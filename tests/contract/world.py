"""The whole process but its command line: the real core, outbox and adapters, on a clock that the scenario moves."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Engine, func, select
from sqlmodel import col

from adapters.clock import Clock
from adapters.core import ThreadedCore
from adapters.deliver import Deliverer
from bot import outbox
from bot.dispatch import Bot
from storage.deliveries import Delivery, DeliveryState
from storage.unit_of_work import transaction
from tests.contract.play_stage import play_stage
from tests.contract.slack_stage import slack_stage
from tests.contract.stage import Chair, Seen, Stage
from tests.contract.teams_stage import teams_stage
from tests.doubles.plain_port import PlainPort

PAGES = "https://touchpoint.example"
A_DAY = timedelta(days=1)
STAGES: dict[str, Callable[..., Any]] = {
    "slack": slack_stage,
    "teams": teams_stage,
    "teams, another port": partial(teams_stage, make_port=PlainPort),
    "play": play_stage,
}


class MovedClock(Clock):
    """Real time and whatever the scenario adds to it; the platforms' doubles sign with real time."""

    def __init__(self, engine: Engine, starts_at: datetime) -> None:
        super().__init__(engine)
        self.offset = starts_at - datetime.now(UTC)

    def now(self, platform: str = "") -> datetime:
        return datetime.now(UTC) + self.offset

    def now_of(self, organization: object) -> datetime:
        return self.now()


class World:
    """Stages by platform, one record behind them."""

    def __init__(self, core: ThreadedCore, clock: MovedClock) -> None:
        self.core = core
        self.clock = clock
        self.stages: dict[str, Stage] = {}
        self.deliverer: Deliverer | None = None

    def stage(self, platform: str) -> Stage:
        return self.stages[platform]

    async def settle(self) -> None:
        """Everything that is owed by now is sent."""
        assert self.deliverer
        await self.deliverer.drain()
        refused = [each for stage in self.stages.values() for each in stage.refused()]
        assert not refused, refused

    async def until(self, moment: datetime) -> None:
        """Let time pass up to a moment, stopping wherever something falls due."""
        while (left := moment - self.clock.now()) > timedelta(0):
            due = await self.core.run(next_due, self.core.bot.engine, self.clock.now())
            step = min(left, A_DAY, due - self.clock.now() if due else A_DAY)
            await self.wait(seconds=step.total_seconds())

    async def wait(self, **time: float) -> None:
        """Let time pass: the hourly planning and the tick come round."""
        self.clock.offset += timedelta(**time)
        await self.core.run(outbox.plan_everything, self.core.bot.engine, self.clock.now_of)
        self.core.bot.door.forget()
        await self.settle()


def next_due(engine: Engine, now: datetime) -> datetime | None:
    """When something falls due next, for anybody."""
    ahead = (col(Delivery.state) == DeliveryState.DUE, col(Delivery.due_at) > now)
    with transaction(engine, writes=False) as session:
        earliest: datetime | None = session.execute(select(func.min(col(Delivery.due_at))).where(*ahead)).scalar_one()
    return earliest


async def at_once(_seconds: float) -> None:
    """The scenario's time does not wait for a platform's pace."""


@asynccontextmanager
async def world(engine: Engine, platforms: Sequence[str], starts_at: datetime) -> AsyncIterator[World]:
    """These platforms' stages, opened around one core."""
    clock = MovedClock(engine, starts_at)
    core = ThreadedCore(Bot(engine, public_url=PAGES), clock)
    made = World(core, clock)
    async with AsyncExitStack() as stack:
        for platform in platforms:
            made.stages[platform] = await stack.enter_async_context(STAGES[platform](core))
        edges = [stage.edge for stage in made.stages.values()]  # type: ignore[attr-defined]
        made.deliverer = Deliverer(core, edges, sleep=at_once)
        core.bot.wake = made.deliverer.wake
        yield made
        await made.settle()
    core.close()


def newest(chair: Chair, words: str) -> Seen:
    """The newest message on the screen that says this."""
    found = [seen for seen in chair.screen() if words in seen.text]
    assert found, f"{words!r} is not on the screen:\n" + "\n---\n".join(seen.text for seen in chair.screen())
    return found[-1]


def sees(chair: Chair, words: str) -> bool:
    """Does it stand anywhere on the screen?"""
    return any(words in seen.text for seen in chair.screen())
