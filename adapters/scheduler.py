"""APScheduler ticks, SQL remembers: two in-memory jobs in every replica that own no state and may be missed."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from adapters.deliver import Deliverer
from adapters.heads import Heads
from adapters.sources import Sources
from bot import outbox
from bot.incidents import report
from storage import retention

log = structlog.get_logger(__name__)

TICK_SECONDS = 5
PLAN_MINUTES = 60
PRUNE_HOURS = 24
READ_MINUTES = 5  # Looks whether a source is due; each is read a few times a day.
KEPT_FOR = timedelta(days=400)


class Scheduler:
    """Wakes the outbox every few seconds, and plans ahead every hour: more often than needed, so that one may fail.

    Every few minutes it reads what is due of `sources`. With the planning it keeps the `heads` of the audit logs that went on
    since. Once a day it drops rows of the machinery that are older than `kept_for`.
    """

    def __init__(
        self,
        deliverer: Deliverer,
        heads: Heads | None = None,
        kept_for: timedelta = KEPT_FOR,
        sources: Sources | None = None,
    ) -> None:
        self.deliverer = deliverer
        self.heads = heads
        self.kept_for = kept_for
        self.sources = sources
        self.jobs = AsyncIOScheduler(job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None})

    def start(self) -> None:
        """The first planning runs at once: whatever fell due while nobody ran is found."""
        self.jobs.add_job(self.deliverer.wake, "interval", seconds=TICK_SECONDS)
        self.jobs.add_job(self.plan, "interval", minutes=PLAN_MINUTES)
        self.jobs.add_job(self.plan)
        self.jobs.add_job(self.prune, "interval", hours=PRUNE_HOURS)
        self.jobs.add_job(self.prune)
        if self.sources and self.sources.wanted:
            self.jobs.add_job(self.read, "interval", minutes=READ_MINUTES)
            self.jobs.add_job(self.read)
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
        await self.keep_heads()

    async def keep_heads(self) -> None:
        """What cannot be written now is written in an hour, and the log says why."""
        if self.heads is None:
            return
        try:
            await self.deliverer.core.run(self.heads.keep, datetime.now(UTC))
        except asyncio.CancelledError:
            return
        except OSError as error:
            log.error("audit heads not kept", file=str(self.heads.file), because=error.strerror)
        except Exception as error:
            report(error, "audit heads")

    async def read(self) -> None:
        """The sources of threats that are due, if anybody talks about threats."""
        try:
            if self.sources:
                await self.sources.read()
        except asyncio.CancelledError:
            return
        except Exception as error:
            report(error, "sources")

    async def prune(self) -> None:
        """A little at a time, so that whoever waits is served in between; what is left over is left for tomorrow."""
        core = self.deliverer.core
        try:
            for organization in await core.run(retention.organizations, core.bot.engine):
                now = core.clock.now_of(organization)
                old = {"now": now, "before": now - self.kept_for}
                while await core.run(retention.prune, core.bot.engine, organization.key, **old):
                    pass
        except asyncio.CancelledError:
            return
        except Exception as error:
            report(error, "pruning")

    async def _planned(self, planned: Callable[[], None]) -> None:
        try:
            await self.deliverer.core.run(planned)
        except Exception as error:
            report(error, "planning")
