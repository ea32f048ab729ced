"""Pieces of work done a batch at a time: everybody gets their own result, and nobody somebody else's trouble."""

import asyncio
from collections.abc import Iterator

import pytest

from adapters.core import ThreadedCore
from adapters.together import MOST, Together
from bot.dispatch import Bot
from tests.conftest import MONDAY, fresh_sqlite
from tests.contract.world import MovedClock


@pytest.fixture
def core() -> Iterator[ThreadedCore]:
    engine = fresh_sqlite()
    core = ThreadedCore(Bot(engine), MovedClock(engine, MONDAY))
    yield core
    core.close()


class Halving:
    """Halves numbers, and remembers in which batches they came."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []

    def __call__(self, numbers: list[int]) -> list[int]:
        self.batches.append(numbers)
        if any(number % 2 for number in numbers):
            raise ValueError(f"odd in {numbers}")
        return [number // 2 for number in numbers]


async def test_each_gets_the_result_of_its_own_piece(core: ThreadedCore) -> None:
    work = Halving()
    halves = Together(core, work)
    assert await asyncio.gather(*(halves.do(2 * number) for number in range(20))) == list(range(20))
    assert len(work.batches) == 1


async def test_a_piece_that_comes_alone_is_done_at_once_and_alone(core: ThreadedCore) -> None:
    work = Halving()
    halves = Together(core, work)
    assert (await halves.do(2), await halves.do(4)) == (1, 2)
    assert work.batches == [[2], [4]]


async def test_a_batch_has_its_limit(core: ThreadedCore) -> None:
    work = Halving()
    halves = Together(core, work)
    await asyncio.gather(*(halves.do(2) for _ in range(MOST + 1)))
    assert [len(batch) for batch in work.batches] == [MOST, 1]


async def test_what_spoils_a_batch_is_heard_of_by_its_asker_alone(core: ThreadedCore) -> None:
    halves = Together(core, Halving())
    results = await asyncio.gather(*(halves.do(number) for number in (2, 3, 4)), return_exceptions=True)
    assert results[0] == 1
    assert str(results[1]) == "odd in [3]"
    assert results[2] == 2


async def test_who_went_away_keeps_nobody_waiting(core: ThreadedCore) -> None:
    halves = Together(core, Halving())
    impatient, patient = (asyncio.create_task(halves.do(number)) for number in (2, 4))
    await asyncio.sleep(0)
    impatient.cancel()
    assert await patient == 2
    assert await halves.do(6) == 3
