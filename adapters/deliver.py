"""Drains the outbox: claims what is due, in every conversation at once, and finds what some replica claimed and never finished.

One conversation's messages go out in order and one at a time; a slow or refusing conversation holds up no other. How a single
one is sent, and what becomes of it, stands in `adapters/carrier.py`.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from itertools import groupby
from typing import TypeAlias

from adapters.carrier import Carrier, Times
from adapters.core import ThreadedCore
from adapters.port import Edge
from adapters.together import GATHERS_FOR
from bot.incidents import report
from storage import claims
from storage.deliveries import Owed

IN_A_ROW = 10  # Of one conversation; the rest is given back, so that its lease cannot end while it waits for the pace.
TIMES = Times()
Work: TypeAlias = Callable[[Edge, list[Owed]], Awaitable[None]]


class Deliverer:
    """One for the process. `wake` may be called from any thread; everything else runs on the loop.

    `sleep` waits for so many seconds where a platform's pace asks for it.
    """

    def __init__(
        self,
        core: ThreadedCore,
        edges: Sequence[Edge],
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        times: Times | None = None,
    ) -> None:
        self.core = core
        self.times = times or TIMES
        self.carrier = Carrier(core, edges, sleep=sleep, times=self.times)
        self.edges = {edge.platform: edge for edge in edges}
        self.busy: dict[str, asyncio.Task[None]] = {}
        self.in_hand: Counter[str] = Counter()
        self._due = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._claiming = asyncio.Lock()  # Between reading who is busy and adding to it nobody else may claim.
        self._look_at = 0.0
        self._stopping = False
        self._running: asyncio.Task[None] | None = None

    # ── the process's side ──────────────────────────────────────────────────────────────────────────────────────────────

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

    # ── taking up ───────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _run(self) -> None:
        while True:
            await self._due.wait()
            await asyncio.sleep(GATHERS_FOR)  # Each message that is done with wakes this; one look serves many of them.
            self._due.clear()
            try:
                look = self._loop.time() >= self._look_at
                if look:
                    self._look_at = self._loop.time() + self.times.look_every
                await self._take_up(look=look)
            except Exception as error:
                report(error, "outbox")

    async def _claim_all(self) -> int:
        return await self._take_up(look=False)

    async def _reconcile_all(self) -> None:
        await self._take_up(claim=False)

    async def _take_up(self, *, claim: bool = True, look: bool = True) -> int:
        """One question for every edge that has room, and mostly for nothing. Returns how many were claimed."""
        async with self._claiming:
            now = {
                p: self.core.clock.now(p) for p, edge in self.edges.items() if not self._stopping and self._room(edge)
            }
            if not now:
                return 0
            due, lost = await self.core.run(
                claims.waiting, self.core.bot.engine, now, busy=tuple(self.busy), grace=self.times.shown_within
            )
            claimed = sum([await self._claim(self.edges[platform]) for platform in due if claim])
            for platform in lost if look else ():
                await self._look(self.edges[platform])
            return claimed

    async def _claim(self, edge: Edge) -> int:
        owed = await self.core.run(
            claims.claim,
            self.core.bot.engine,
            platform=edge.platform,
            now=self.core.clock.now(edge.platform),
            limit=self._room(edge),
            busy=tuple(self.busy),
            lease=self.times.lease,
        )
        self._begin(edge, owed, self._send_in_order)
        return len(owed)

    async def _look(self, edge: Edge) -> None:
        strayed = await self.core.run(
            claims.strayed,
            self.core.bot.engine,
            platform=edge.platform,
            now=self.core.clock.now(edge.platform),
            limit=self._room(edge),
            busy=tuple(self.busy),
            lease=self.times.lease,
            grace=self.times.shown_within,
        )
        self._begin(edge, strayed, self._look_for_each)

    def _room(self, edge: Edge) -> int:
        """How many more to take up: nothing until half of what fits has gone, so that a claim is worth its price."""
        most = edge.pace.in_hand
        room = most - self.in_hand[edge.platform]
        return 0 if room < most / 2 or self.carrier.objection(edge.platform) else room

    def _begin(self, edge: Edge, owed: list[Owed], work: Work) -> None:
        by_conversation = sorted(owed, key=lambda one: one.conversation)
        for conversation, group in groupby(by_conversation, key=lambda one: one.conversation):
            rows = list(group)
            self.in_hand[edge.platform] += min(len(rows), IN_A_ROW)
            self.busy[conversation] = asyncio.create_task(self._work(edge, conversation, rows, work))

    async def _work(self, edge: Edge, conversation: str, owed: list[Owed], work: Work) -> None:
        try:
            await work(edge, owed)
        except Exception as error:  # Their leases run out, and they are looked for then.
            report(error, f"outbox:{conversation}")
        finally:
            del self.busy[conversation]
            self.in_hand[edge.platform] -= min(len(owed), IN_A_ROW)
            self._due.set()

    async def _send_in_order(self, edge: Edge, owed: list[Owed]) -> None:
        await asyncio.gather(*(self.carrier.give_back(one) for one in owed[IN_A_ROW:]))
        for position, one in enumerate(owed[:IN_A_ROW]):
            again_after = await self.carrier.send(edge, one)
            if again_after is not None:
                behind = owed[position + 1 : IN_A_ROW]
                await asyncio.gather(*(self.carrier.give_back(one, again_after) for one in behind))
                return

    async def _look_for_each(self, edge: Edge, owed: list[Owed]) -> None:
        for one in owed:
            if one.message:  # Redrawing a message twice is drawing it once.
                await self.carrier.give_back(one)
            else:
                await self.carrier.look_for(edge, one)
