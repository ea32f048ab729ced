"""The outbox at work, over an edge that does as it is told: order, pace, throttling, refusal, and what may have been sent."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlmodel import col

from adapters.core import ThreadedCore
from adapters.deliver import Deliverer
from adapters.port import Pace, SendLater, SendRefused, SendUnknown
from bot.cards import Card
from bot.dispatch import Bot
from storage import deliveries
from storage.deliveries import Delivery, DeliveryState
from storage.unit_of_work import opened
from tests.bot.room import Room
from tests.conftest import MONDAY, fresh_sqlite
from tests.contract.world import MovedClock


class ScriptedEdge:
    """Sends nothing; raises what the script says for a conversation, once each, and remembers the rest."""

    platform = "slack"

    def __init__(self, pace: Pace) -> None:
        self.pace = pace
        self.posted: list[tuple[str, str]] = []
        self.updated: list[str] = []
        self.script: dict[str, list[Exception]] = defaultdict(list)
        self.delay: dict[str, float] = {}
        self.history: Callable[[str], str | None] = lambda _delivery: None

    async def post(self, *, conversation: str, card: Card, delivery: str) -> str:
        await asyncio.sleep(self.delay.get(conversation, 0))
        if self.script[conversation]:
            raise self.script[conversation].pop(0)
        self.posted.append((conversation, card.title))
        return f"{conversation}/m{delivery}"

    async def update(self, *, message: str, card: Card) -> None:
        self.updated.append(f"{message}: {card.title}")

    async def find(self, *, conversation: str, delivery: str, since: datetime) -> str | None:
        return self.history(delivery)


class Post:
    """A record with a touchpoint, its outbox, and the edge."""

    def __init__(self, room: Room, clock: MovedClock, core: ThreadedCore) -> None:
        self.room, self.clock, self.core = room, clock, core
        self.edge = ScriptedEdge(Pace(per_conversation=0, at_once=10))
        self.deliverer = Deliverer(core, [self.edge])

    def owe(self, conversation: str, *, times: int = 1, kind: str = "setup") -> None:
        for number in range(times):
            with self.room_record() as record:
                deliveries.post(
                    record, once=f"{kind}:{conversation}:{number}", conversation=conversation, kind=kind, subject_id=1
                )

    def room_record(self):  # type: ignore[no-untyped-def]  # a context manager of the unit of work's own
        from storage.unit_of_work import unit_of_work

        return unit_of_work(self.room.engine, organization_id=1, now=self.clock.now())

    def states(self, conversation: str) -> list[str]:
        with opened(self.room.engine, writes=False) as transaction:
            query = select(Delivery).where(col(Delivery.conversation) == conversation).order_by(col(Delivery.id))
            return [row.state.value for row in transaction.session.execute(query).scalars()]


@pytest.fixture
async def post(tmp_path: Path) -> AsyncIterator[Post]:
    """Everything that the set-up owes is sent already."""
    room = Room(engine=fresh_sqlite(tmp_path / "record.db"))
    room.set_up()
    clock = MovedClock(room.engine, MONDAY + timedelta(seconds=1))
    core = ThreadedCore(Bot(room.engine), clock)
    yield Post(room, clock, core)
    core.close()


async def test_messages_of_one_conversation_keep_their_order(post: Post) -> None:
    post.owe("slack:T1/C1", times=5)
    await post.deliverer.drain()
    assert [conversation for conversation, _title in post.edge.posted] == ["slack:T1/C1"] * 5
    assert post.states("slack:T1/C1") == ["sent"] * 5


async def test_a_slow_conversation_delays_no_other(post: Post) -> None:
    post.edge.delay["slack:T1/slow"] = 0.3
    post.owe("slack:T1/slow")
    for number in range(5):
        post.owe(f"slack:T1/C{number}")
    await post.deliverer.drain()
    assert post.edge.posted[-1][0] == "slack:T1/slow"
    assert len(post.edge.posted) == 6


async def test_throttling_is_honoured_and_holds_up_no_other(post: Post) -> None:
    post.edge.script["slack:T1/C1"] = [SendLater(30, "ratelimited")]
    post.owe("slack:T1/C1", times=2)
    post.owe("slack:T1/C2")
    await post.deliverer.drain()
    assert [conversation for conversation, _title in post.edge.posted] == ["slack:T1/C2"]
    assert post.states("slack:T1/C1") == ["due", "due"]
    post.clock.offset += timedelta(seconds=29)
    await post.deliverer.drain()
    assert post.states("slack:T1/C1") == ["due", "due"]
    post.clock.offset += timedelta(seconds=2)
    await post.deliverer.drain()
    assert post.states("slack:T1/C1") == ["sent", "sent"]


async def test_a_final_refusal_is_told_once_where_it_can_be_read(post: Post) -> None:
    home = "slack:T1/C-home"
    post.edge.script[home] = [SendRefused("is_archived"), SendRefused("is_archived")]
    post.owe(home, times=2)
    await post.deliverer.drain()
    assert post.states(home)[-2:] == ["dead", "dead"]
    told = [conversation for conversation, title in post.edge.posted if "I cannot post in #home any more" in title]
    assert sorted(told) == ["slack:T1/Dana", "slack:T1/Sam"]


async def test_what_may_have_been_sent_is_looked_for_and_never_sent_blindly(post: Post) -> None:
    post.edge.script["slack:T1/C1"] = [SendUnknown("connection dropped")]
    post.edge.history = lambda delivery: f"slack:T1/C1/found{delivery}"
    post.owe("slack:T1/C1")
    await post.deliverer.drain()
    assert post.states("slack:T1/C1") == ["unknown"]
    post.clock.offset += timedelta(minutes=1)
    await post.deliverer._reconcile_all()
    await post.deliverer.drain()
    assert post.states("slack:T1/C1") == ["sent"]
    assert post.edge.posted == []


async def test_what_was_not_delivered_after_all_is_sent_again(post: Post) -> None:
    post.edge.script["slack:T1/C1"] = [SendUnknown("connection dropped")]
    post.owe("slack:T1/C1")
    await post.deliverer.drain()
    post.clock.offset += timedelta(minutes=1)
    await post.deliverer._reconcile_all()
    await post.deliverer.drain()
    assert post.states("slack:T1/C1") == ["sent"]
    assert len(post.edge.posted) == 1


async def test_where_history_cannot_be_read_it_stays_unknown(post: Post) -> None:
    def unreadable(_delivery: str) -> str | None:
        raise SendUnknown("no history")

    post.edge.script["slack:T1/C1"] = [SendUnknown("connection dropped")]
    post.edge.history = unreadable
    post.owe("slack:T1/C1")
    await post.deliverer.drain()
    for _ in range(3):
        post.clock.offset += timedelta(minutes=5)
        await post.deliverer._reconcile_all()
        await post.deliverer.drain()
    assert post.states("slack:T1/C1") == ["unknown"]
    assert post.edge.posted == []


async def test_what_a_dead_replica_had_claimed_is_taken_over(post: Post) -> None:
    post.owe("slack:T1/C1")
    claimed = deliveries.claim(post.room.engine, platform="slack", now=post.clock.now(), limit=9)
    assert len(claimed) == 1
    await post.deliverer.drain()
    assert post.edge.posted == []
    post.clock.offset += deliveries.LEASE + timedelta(seconds=29)
    await post.deliverer._reconcile_all()
    await post.deliverer.drain()
    assert post.states("slack:T1/C1") == ["sending"], "what was being sent may still arrive"
    post.clock.offset += timedelta(seconds=2)
    await post.deliverer._reconcile_all()
    await post.deliverer.drain()
    assert post.states("slack:T1/C1") == ["sent"]


async def test_a_bug_while_drawing_stops_only_that_message(post: Post) -> None:
    post.owe("slack:T1/C1", kind="no such kind")
    post.owe("slack:T1/C2")
    await post.deliverer.drain()
    assert post.states("slack:T1/C2") == ["sent"]
    for _ in range(6):
        post.clock.offset += timedelta(minutes=6)
        await post.deliverer.drain()
    assert post.states("slack:T1/C1") == ["dead"]


async def test_a_change_while_it_is_on_its_way_is_drawn_after_it(post: Post) -> None:
    post.edge.delay["slack:T1/C1"] = 0.2
    post.owe("slack:T1/C1")
    draining = asyncio.create_task(post.deliverer.drain())
    await asyncio.sleep(0.1)
    with post.room_record() as record:
        deliveries.redraw(record, kind="setup", subject_id=1)
    await draining
    assert post.states("slack:T1/C1") == ["sent"]
    assert len(post.edge.posted) == 1
    assert [message.split("/m")[0] for message in post.edge.updated if "C1" in message] == ["slack:T1/C1"]


async def test_two_sends_to_one_conversation_keep_its_pace(post: Post) -> None:
    post.edge.pace = Pace(per_conversation=0.2, at_once=10)
    post.owe("slack:T1/C1", times=3)
    before = asyncio.get_running_loop().time()
    await post.deliverer.drain()
    assert asyncio.get_running_loop().time() - before >= 0.4
    assert DeliveryState.SENT.value in post.states("slack:T1/C1")
