"""Many small pieces of synchronous work, done a batch at a time: one hop to a thread and one transaction for all of them.

Whoever asks waits for their own piece, as if it had been done alone. What comes alone, or among few, is done at once.
Where many came together more will come, and the next batch gathers for a moment: a hop and a transaction cost as much for one
piece as for forty.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from adapters.core import ThreadedCore

Piece = TypeVar("Piece")
Result = TypeVar("Result")

MOST = 100
MANY = 8
GATHERS_FOR = 0.03
"""Seconds that a batch gathers after one of many pieces. Measured: with 0.01 a message costs a quarter more."""


class Together(Generic[Piece, Result]):
    """`work` does a batch, all of it or nothing, and returns a result for each piece. Runs on the event loop."""

    def __init__(self, core: ThreadedCore, work: Callable[[list[Piece]], list[Result]]) -> None:
        self._core = core
        self._work = work
        self._waiting: list[tuple[Piece, asyncio.Future[Result]]] = []
        self._running: asyncio.Task[None] | None = None
        self._last = 0  # How many pieces the batch before had.

    async def do(self, piece: Piece) -> Result:
        """This piece's result. Raises what doing it alone raises."""
        done: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting.append((piece, done))
        if self._running is None:
            self._running = asyncio.create_task(self._run())
        return await done

    async def _run(self) -> None:
        try:
            while self._waiting:
                await asyncio.sleep(GATHERS_FOR if self._last >= MANY and len(self._waiting) < MOST else 0)
                batch, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
                self._last = len(batch)
                await self._do(batch)
        finally:
            self._running = None

    async def _do(self, batch: Sequence[tuple[Piece, asyncio.Future[Result]]]) -> None:
        try:
            results = await self._core.run(self._work, [piece for piece, _done in batch])
        except Exception as error:
            await self._apart(batch, error)
        else:
            for (_piece, done), result in zip(batch, results, strict=True):
                if not done.done():
                    done.set_result(result)

    async def _apart(self, batch: Sequence[tuple[Piece, asyncio.Future[Result]]], error: Exception) -> None:
        """One piece spoilt the batch: each is done alone, and only that one's asker hears of it."""
        if len(batch) > 1:
            for one in batch:
                await self._do([one])
        elif not batch[0][1].done():
            batch[0][1].set_exception(error)
