"""The outbox at work, over an edge that does as it is told: order, pace, throttling, refusal, and what may have been sent."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlmodel import col

from adapters.carrier import Times, backoff
from adapters.core import ThreadedCore
from adapters.deliver import IN_A_ROW, Deliverer
from adapters.port import Pace, SendLater, SendRefused, SendUnknown
from bot.cards import Card
from bot.dispatch import Bot
from storage import claims, deliveries
from storage.deliveries import Delivery, DeliveryState
from storage.engine import BUSY_TIMEOUT_S
from storage.places import Conversation
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
        self.began = asyncio.Event()
        self.history: Callable[[str], str | None] = lambda _delivery: None

    async def post(self, *, conversation: str, card: Card, delivery: str) -> str:
        self.began.set()
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

    def owe(self, conversation: str, *, times: int = 1, kind: str = "moved", subject_id: int = 1) -> None:
        for number in range(times):
            with self.room_record() as record:
                deliveries.post(
                    record,
                    once=f"{kind}:{conversation}:{number}",
                    conversation=conversation,
                    kind=kind,
                    subject_id=subject_id,
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
    claimed = claims.claim(post.room.engine, platform="slack", now=post.clock.now(), limit=9)
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
    post.owe("slack:T1/C1", subject_id=999)
    post.owe("slack:T1/C2")
    await post.deliverer.drain()
    assert post.states("slack:T1/C2") == ["sent"]
    for _ in range(6):
        post.clock.offset += timedelta(minutes=6)
        await post.deliverer.drain()
    assert post.states("slack:T1/C1") == ["dead"]


async def test_what_only_a_newer_replica_can_draw_waits_for_it(post: Post) -> None:
    post.owe("slack:T1/C1", kind="of the next version")
    post.owe("slack:T1/C1")
    for _ in range(6):
        await post.deliverer.drain()
        post.clock.offset += timedelta(minutes=6)
    assert post.states("slack:T1/C1") == ["due", "sent"]


async def test_a_change_while_it_is_on_its_way_is_drawn_after_it(post: Post) -> None:
    post.edge.delay["slack:T1/C1"] = 0.2
    post.owe("slack:T1/C1")
    draining = asyncio.create_task(post.deliverer.drain())
    await post.edge.began.wait()
    with post.room_record() as record:
        deliveries.redraw(record, "moved", subject_id=1)
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


def test_a_send_is_over_before_its_lease_even_if_the_database_had_to_be_waited_for() -> None:
    times = Times()
    lock_wait = timedelta(seconds=BUSY_TIMEOUT_S)
    assert lock_wait + times.send_within + times.clocks_differ < times.lease
    assert times.needed == times.send_within + times.clocks_differ


async def test_a_send_that_takes_too_long_is_cut_off_and_looked_for(post: Post) -> None:
    post.deliverer.carrier.times = Times(send_within=timedelta(seconds=0.05))
    post.edge.delay["slack:T1/C1"] = 5
    post.edge.history = lambda delivery: f"slack:T1/C1/found{delivery}"
    post.owe("slack:T1/C1")
    await post.deliverer.drain()
    assert post.states("slack:T1/C1") == ["unknown"]
    post.clock.offset += timedelta(seconds=31)
    await post.deliverer._reconcile_all()
    await post.deliverer.drain()
    assert (post.states("slack:T1/C1"), post.edge.posted) == (["sent"], [])


async def test_what_waited_too_long_in_our_own_queue_belongs_to_whoever_took_it_over(post: Post) -> None:
    """Another replica saw the lease end and has it now; sending it here too would be sending it twice."""
    post.owe("slack:T1/C1")
    (ours,) = claims.claim(post.room.engine, platform="slack", now=post.clock.now(), limit=9)
    post.clock.offset += timedelta(minutes=2)
    (theirs,) = claims.strayed(post.room.engine, platform="slack", now=post.clock.now(), limit=9)
    assert theirs.id == ours.id
    assert await post.deliverer.carrier.send(post.edge, ours) is None
    assert post.edge.posted == []


async def test_who_looked_goes_on_with_it_and_a_second_failure_is_looked_for_again(post: Post) -> None:
    """Part of it may stand, and only who looked knows which: nobody else may begin it from the start."""
    post.edge.script["slack:T1/C1"] = [SendUnknown("dropped"), SendLater(1, "ratelimited")]
    post.owe("slack:T1/C1")
    await post.deliverer.drain()
    post.clock.offset += timedelta(seconds=31)
    await post.deliverer._reconcile_all()
    await post.deliverer.drain()
    assert post.states("slack:T1/C1") == ["unknown"], "not due: then any replica would send all of it"
    post.clock.offset += timedelta(seconds=31)
    await post.deliverer._reconcile_all()
    await post.deliverer.drain()
    assert (post.states("slack:T1/C1"), len(post.edge.posted)) == (["sent"], 1)


async def test_a_history_that_is_slow_to_answer_holds_up_no_other(post: Post) -> None:
    answered = asyncio.Event()

    async def slow(**_: object) -> str | None:
        await answered.wait()
        return None

    post.edge.script["slack:T1/C1"] = [SendUnknown("dropped")]
    post.edge.find = slow  # type: ignore[method-assign]
    post.owe("slack:T1/C1")
    await post.deliverer.drain()
    post.clock.offset += timedelta(seconds=31)
    await asyncio.wait_for(post.deliverer._reconcile_all(), 2)
    post.owe("slack:T1/C2")
    await post.deliverer._claim_all()
    await asyncio.wait_for(post.deliverer.busy["slack:T1/C2"], 2)
    assert post.states("slack:T1/C2") == ["sent"]
    answered.set()
    await post.deliverer.drain()
    assert post.states("slack:T1/C1") == ["sent"]


async def test_a_history_that_is_throttled_is_asked_again_and_nothing_is_sent_meanwhile(post: Post) -> None:
    def throttled(_delivery: str) -> str | None:
        raise SendLater(40, "ratelimited")

    post.edge.script["slack:T1/C1"] = [SendUnknown("dropped")]
    post.edge.history = throttled
    post.owe("slack:T1/C1")
    await post.deliverer.drain()
    post.clock.offset += timedelta(seconds=31)
    await post.deliverer._reconcile_all()
    await post.deliverer.drain()
    assert (post.states("slack:T1/C1"), post.edge.posted) == (["unknown"], [])
    post.edge.history = lambda delivery: f"slack:T1/C1/found{delivery}"
    post.clock.offset += timedelta(seconds=41)
    await post.deliverer._reconcile_all()
    await post.deliverer.drain()
    assert (post.states("slack:T1/C1"), post.edge.posted) == (["sent"], [])


async def test_a_backlog_in_one_conversation_is_taken_up_bit_by_bit(post: Post) -> None:
    """Claimed and waiting for its pace, it would be in doubt if this process died."""
    in_doubt: list[int] = []
    plainly = post.edge.post

    async def counting(**how: object) -> str:
        in_doubt.append(post.states("slack:T1/C1").count("sending"))
        return await plainly(**how)  # type: ignore[arg-type]

    post.edge.post = counting  # type: ignore[method-assign]
    post.owe("slack:T1/C1", times=3 * IN_A_ROW)
    await post.deliverer.drain()
    assert max(in_doubt) <= IN_A_ROW
    assert post.states("slack:T1/C1") == ["sent"] * 3 * IN_A_ROW


async def test_no_more_is_claimed_than_may_be_in_doubt(post: Post) -> None:
    post.edge.pace = Pace(per_conversation=0, at_once=2, in_hand=4)
    for number in range(10):
        post.edge.delay[f"slack:T1/C{number}"] = 0.05
        post.owe(f"slack:T1/C{number}")
    assert await post.deliverer._claim_all() == 4
    assert await post.deliverer._claim_all() == 0
    await post.deliverer.drain()
    assert len(post.edge.posted) == 10


async def test_a_token_that_is_refused_stops_everything_and_loses_nothing(post: Post) -> None:
    post.edge.script["slack:T1/C1"] = [SendLater(300, "token_revoked", everywhere=True)]
    post.owe("slack:T1/C1")
    await post.deliverer.drain()
    post.owe("slack:T1/C2")
    await post.deliverer.drain()
    assert (post.states("slack:T1/C1"), post.states("slack:T1/C2"), post.edge.posted) == (["due"], ["due"], [])
    assert post.deliverer.carrier.objection("slack") == "takes nothing that is sent: token_revoked"
    with opened(post.room.engine, writes=False) as transaction:
        lost = select(Conversation).where(col(Conversation.unreachable_since).is_not(None))
        assert transaction.session.execute(lost).all() == [], "it is about the installation, not about a conversation"
    post.deliverer.carrier.shut.clear()  # the five minutes pass
    post.clock.offset += timedelta(minutes=6)
    await post.deliverer.drain()
    assert (post.states("slack:T1/C1"), post.states("slack:T1/C2")) == (["sent"], ["sent"])
    assert post.deliverer.carrier.objection("slack") == ""


async def test_a_refused_card_is_dead_and_its_conversation_stands(post: Post) -> None:
    post.edge.script["slack:T1/C1"] = [SendRefused("invalid_blocks", conversation_gone=False)]
    post.owe("slack:T1/C1", times=2)
    await post.deliverer.drain()
    assert post.states("slack:T1/C1") == ["dead", "sent"]


async def test_what_breaks_while_it_is_sent_may_have_been_sent(post: Post) -> None:
    """An answer that we cannot read is a bug of ours, and no reason to send the message again."""
    post.edge.script["slack:T1/C1"] = [KeyError("ts")]
    post.edge.history = lambda delivery: f"slack:T1/C1/found{delivery}"
    post.owe("slack:T1/C1")
    await post.deliverer.drain()
    assert post.states("slack:T1/C1") == ["unknown"]
    post.clock.offset += timedelta(minutes=6)
    await post.deliverer._reconcile_all()
    await post.deliverer.drain()
    assert (post.states("slack:T1/C1"), post.edge.posted) == (["sent"], [])


async def test_a_claim_that_was_renewed_is_settled_by_its_new_lease(post: Post) -> None:
    post.edge.script["slack:T1/C1"] = [SendLater(30, "ratelimited")]
    post.owe("slack:T1/C1")
    (ours,) = claims.claim(post.room.engine, platform="slack", now=post.clock.now(), limit=9)
    post.clock.offset += timedelta(seconds=30)
    assert await post.deliverer.carrier.send(post.edge, ours) == 30
    assert post.states("slack:T1/C1") == ["due"], "a message that was throttled is owed, and not in doubt"


def test_waiting_grows_and_ends_at_five_minutes_however_long_an_outage_lasts() -> None:
    assert 1 <= backoff(1) <= 2
    assert all(150 <= backoff(tries) <= 300 for tries in (9, 20, 5_000))
