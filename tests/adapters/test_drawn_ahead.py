"""Cards are drawn many at a time and a little ahead of their sending; what people see is as fresh as ever."""

import asyncio
from collections.abc import AsyncIterator
from itertools import count
from pathlib import Path

import pytest

from adapters import carrier
from adapters.core import ThreadedCore
from bot.cards import card
from bot.commands import REGISTRY
from bot.dispatch import Bot
from tests.adapters.test_deliver import Post
from tests.bot.room import Room
from tests.conftest import MONDAY, fresh_sqlite
from tests.contract.world import MovedClock

HERE, THERE = "slack:T1/C1", "slack:T1/C2"


@pytest.fixture
async def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Post]:
    """One message goes out at a time, and each card says when it was drawn."""
    drawn = count(1)
    monkeypatch.setitem(REGISTRY.cards, "numbered", lambda _record, _owed: card(f"drawn {next(drawn)}"))  # type: ignore[arg-type]
    room = Room(engine=fresh_sqlite(tmp_path / "record.db"))
    room.set_up()
    room.settle()
    core = ThreadedCore(Bot(room.engine), MovedClock(room.engine, MONDAY))
    office = Post(room, core.clock, core)  # type: ignore[arg-type]
    office.deliverer.carrier.gates["slack"] = asyncio.Semaphore(1)
    office.edge.delay[HERE] = 0.2
    for conversation in (HERE, THERE):
        office.owe(conversation, kind="numbered")
    yield office
    core.close()


async def test_cards_are_drawn_together_before_the_first_is_sent(office: Post) -> None:
    await office.deliverer.drain()
    assert office.edge.posted == [(HERE, "drawn 1"), (THERE, "drawn 2")]


async def test_a_card_that_waited_too_long_for_its_turn_is_drawn_again(
    office: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(carrier, "FRESH_FOR", 0.1)
    await office.deliverer.drain()
    assert office.edge.posted == [(HERE, "drawn 1"), (THERE, "drawn 3")]


async def test_what_is_no_longer_true_when_its_turn_comes_is_not_sent(
    office: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(carrier, "FRESH_FOR", 0.1)
    draining = asyncio.create_task(office.deliverer.drain())
    await asyncio.sleep(0.1)
    monkeypatch.setitem(REGISTRY.cards, "numbered", lambda _record, _owed: None)  # type: ignore[arg-type]
    await draining
    assert office.edge.posted == [(HERE, "drawn 1")]
    assert office.states(THERE) == ["missed"]


async def test_a_card_that_cannot_be_drawn_spoils_no_other(office: Post) -> None:
    office.owe("slack:T1/C3", kind="no such kind")
    await office.deliverer.drain()
    assert sorted(conversation for conversation, _title in office.edge.posted) == [HERE, THERE]
    assert office.states("slack:T1/C3") == ["due"]
