"""Drains the outbox: claims what is due, draws it, sends it at the platform's pace, and writes down what became of it.

One conversation's messages go out in order and one at a time; a slow or refusing conversation holds up no other. What was
claimed by a replica that died, or broke off mid-send, is looked for on the platform first and never resent blindly.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from itertools import groupby

import structlog

from adapters.core import ThreadedCore
from adapters.port import Edge, SendLater, SendRefused, SendUnknown
from bot import outbox
from bot.dispatch import report
from storage import deliveries
from storage.deliveries import DeliveryState, Owed

log = structlog.get_logger(__name__)

BATCH = 200
LONGEST_WAIT = 300.0
MOST_FAILURES = 5
RECONCILE_AFTER = timedelta(seconds=30)
RENEW_BELOW = timedelta(seconds=45)  # More than the slowest send: 30 s and a connection.
UNREADABLE = "the platform's history cannot be read: it may have been delivered, so it is not sent again"


class Deliverer:
    """One for the process. `wake` may be called from any thread; everything else runs on the loop.

    `sleep` waits for so many seconds where a platform's pace asks for it.
    """

    def __init__(
        self, core: ThreadedCore, edges: Sequence[Edge], *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        self.sleep = sleep
        self.core = core
        self.edges = {edge.platform: edge for edge in edges}
        self.gates = {edge.platform: asyncio.Semaphore(edge.pace.at_once) for edge in edges}
        self.busy: dict[str, asyncio.Task[None]] = {}
        self.free_at: dict[str, float] = {}
        self._due = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._claiming = asyncio.Lock()  # Between reading who is busy and adding to it nobody else may claim.
        self._stopping = False
        self._running: asyncio.Task[None] | None = None

    def wake(self) -> None:
        """Something may be due."""
        self._loop.call_soon_threadsafe(self._due.set)

    def start(self) -> None:
        """Begin to work through what is due, now and whenever woken."""
        self._running = asyncio.create_task(self._run())

    async def stop(self, grace: float = 10.0) -> None:
        """Claims nothing more, and lets what is being sent finish, for at most `grace` seconds."""
        self._stopping = True
        async with self._claiming:
            if self._running:
                self._running.cancel()
        if self.busy:
            await asyncio.wait(self.busy.values(), timeout=grace)

    async def drain(self) -> None:
        """Works until nothing is due and nothing is on its way (tests, and the playground's jump)."""
        while True:
            claimed = await self._claim_all()
            if self.busy:
                await asyncio.wait(self.busy.values())
            elif not claimed:
                return

    async def _run(self) -> None:
        while True:
            await self._due.wait()
            self._due.clear()
            try:
                while await self._claim_all() == BATCH:
                    pass
                await self._reconcile_all()
            except Exception as error:
                report(error, "outbox")

    async def _claim_all(self) -> int:
        async with self._claiming:
            return 0 if self._stopping else max([await self._claim(edge) for edge in self.edges.values()], default=0)

    async def _claim(self, edge: Edge) -> int:
        owed = await self.core.run(
            deliveries.claim,
            self.core.bot.engine,
            platform=edge.platform,
            now=self.core.clock.now(edge.platform),
            limit=BATCH,
            busy=tuple(self.busy),
        )
        by_conversation = sorted(owed, key=lambda one: one.conversation)
        for conversation, group in groupby(by_conversation, key=lambda one: one.conversation):
            self.busy[conversation] = asyncio.create_task(self._send_in_order(edge, conversation, list(group)))
        return len(owed)

    async def _send_in_order(self, edge: Edge, conversation: str, owed: list[Owed]) -> None:
        try:
            for position, one in enumerate(owed):
                async with self.gates[edge.platform]:
                    again_after = await self._send(edge, one)
                if again_after is not None:
                    for later in owed[position:]:
                        await self._settle(later, DeliveryState.DUE, again_after=again_after)
                    return
        except Exception as error:  # Their leases run out, and they are looked for then.
            report(error, f"outbox:{conversation}")
        finally:
            del self.busy[conversation]
            self._due.set()

    async def _send(self, edge: Edge, owed: Owed) -> float | None:
        """Sends one. Returns after how many seconds to try again, if it should be."""
        await self._pace(edge, owed.conversation)
        held = await self._held(edge, owed)
        if held is None:
            return None  # Its lease ran out while it waited, and another replica has it.
        owed = held
        try:
            await self._post(edge, owed)
        except SendLater as later:
            log.info("send.later", delivery=owed.id, attempts=owed.attempts, reason=later.reason)
            return max(later.after, backoff(owed.attempts))
        except SendRefused as refusal:
            log.warning("send.refused", delivery=owed.id, reason=refusal.reason)
            await self._refused(edge, owed, refusal)
        except SendUnknown as unknown:
            log.warning("send.unknown", delivery=owed.id, reason=str(unknown))
            if owed.message:  # Redrawing a message twice is drawing it once.
                return backoff(owed.attempts)
            await self._settle(owed, DeliveryState.UNKNOWN, reason=str(unknown))
        except Exception as error:
            incident = report(error, f"delivery:{owed.id}")
            if owed.attempts < MOST_FAILURES:
                return backoff(owed.attempts)
            await self._settle(owed, DeliveryState.DEAD, reason=f"incident {incident.incident}")
        return None

    async def _refused(self, edge: Edge, owed: Owed, refusal: SendRefused) -> None:
        await self._settle(owed, DeliveryState.DEAD, reason=refusal.reason)
        if refusal.conversation_gone:
            now = self.core.clock.now(edge.platform)
            await self.core.run(outbox.refused, self.core.bot.engine, owed, refusal.reason, now)

    async def _held(self, edge: Edge, owed: Owed) -> Owed | None:
        """The same claim with time enough left to send it; nothing where it is no longer ours."""
        now = self.core.clock.now(edge.platform)
        if owed.lease_until and owed.lease_until - now > RENEW_BELOW:
            return owed
        return await self.core.run(deliveries.renew, self.core.bot.engine, owed, now=now)

    async def _post(self, edge: Edge, owed: Owed) -> None:
        now = self.core.clock.now(edge.platform)
        card = await self.core.run(outbox.draw, self.core.bot.engine, owed, now)
        if card is None:
            await self._settle(owed, DeliveryState.MISSED, reason="too late, or no longer true")
        elif owed.message:
            await edge.update(message=owed.message, card=card)
            await self._settle(owed, DeliveryState.SENT)
        else:
            message = await edge.post(conversation=owed.conversation, card=card, delivery=str(owed.id))
            await self._keep(owed, message)

    async def _keep(self, owed: Owed, message: str) -> None:
        """It stands. If that cannot be written down now, its lease runs out and it is looked for: never sent again blindly."""
        try:
            await self._settle(owed, DeliveryState.SENT, message=message)
        except Exception as error:
            report(error, f"delivery:{owed.id}")

    async def _settle(
        self,
        owed: Owed,
        state: DeliveryState,
        *,
        message: str | None = None,
        again_after: float | None = None,
        reason: str = "",
    ) -> None:
        now = self.core.clock.now(owed.conversation.split(":", 1)[0])
        await self.core.run(
            deliveries.settle,
            self.core.bot.engine,
            owed,
            state,
            now=now,
            message=message,
            again_at=None if again_after is None else now + timedelta(seconds=again_after),
            lease_until=now + RECONCILE_AFTER if state is DeliveryState.UNKNOWN and reason != UNREADABLE else None,
            reason=reason,
        )

    async def _pace(self, edge: Edge, conversation: str) -> None:
        clock = self._loop.time
        wait = self.free_at.get(conversation, 0.0) - clock()
        if wait > 0:
            await self.sleep(wait)
        if edge.pace.per_conversation:
            self.free_at[conversation] = clock() + edge.pace.per_conversation
            if len(self.free_at) > 10_000:
                self.free_at = {place: at for place, at in self.free_at.items() if at > clock()}

    async def _reconcile_all(self) -> None:
        for platform, edge in self.edges.items():
            now = self.core.clock.now(platform)
            for owed in await self.core.run(
                deliveries.strayed,
                self.core.bot.engine,
                platform=platform,
                now=now,
                limit=BATCH,
                busy=tuple(self.busy),
            ):
                await self._reconcile(edge, owed)

    async def _reconcile(self, edge: Edge, owed: Owed) -> None:
        """It may have been delivered: look, and only then send it again."""
        try:
            if owed.message:
                found: str | None = None
            else:
                found = await edge.find(
                    conversation=owed.conversation, delivery=str(owed.id), since=owed.due_at - timedelta(minutes=1)
                )
        except SendUnknown:
            await self._settle(owed, DeliveryState.UNKNOWN, reason=UNREADABLE)
        except (SendLater, SendRefused) as cannot:
            log.info("reconcile.later", delivery=owed.id, reason=str(cannot))  # Its lease brings it back.
        else:
            state = DeliveryState.SENT if found else DeliveryState.DUE
            log.info("reconciled", delivery=owed.id, state=state.value)
            await self._settle(owed, state, message=found)


def backoff(attempts: int) -> float:
    """Seconds before the next attempt: doubling, at most five minutes, with jitter so that no two replicas march in step."""
    return min(LONGEST_WAIT, 2.0**attempts) * (0.5 + random.random() / 2)  # noqa: S311  # spreads load, guards nothing
