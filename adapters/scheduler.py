"""APScheduler ticks, SQL remembers: two in-memory jobs in every replica that own no state and may be missed."""

import asyncio
from collections.abc import Callable

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from adapters.deliver import Deliverer
from bot import outbox
from bot.dispatch import report

TICK_SECONDS = 5
PLAN_MINUTES = 60


class Scheduler:
    """Wakes the outbox every few seconds, and plans ahead every hour: more often than needed, so that one may fail."""

    def __init__(self, deliverer: Deliverer) -> None:
        self.deliverer = deliverer
        self.jobs = AsyncIOScheduler(job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None})

    def start(self) -> None:
        """The first planning runs at once: whatever fell due while nobody ran is found."""
        self.jobs.add_job(self.deliverer.wake, "interval", seconds=TICK_SECONDS)
        self.jobs.add_job(self.plan, "interval", minutes=PLAN_MINUTES)
        self.jobs.add_job(self.plan)
        self.jobs.start()

    def stop(self) -> None:
        """No tick after this."""
        self.jobs.shutdown(wait=False)

    async def plan(self) -> None:
        """Every touchpoint's next syncs stand in the record. What cannot be planned now is tried again in an hour."""
        core = self.deliverer.core
        try:
            for planned in await core.run(outbox.to_plan, core.bot.engine, core.clock.now_of):
                await self._planned(planned)
        except asyncio.CancelledError:
            return  # The process is stopping; the next one plans.
        except Exception as error:
            report(error, "planning")
        self.deliverer.wake()

    async def _planned(self, planned: Callable[[], None]) -> None:
        try:
            await self.deliverer.core.run(planned)
        except Exception as error:
            report(error, "planning")
