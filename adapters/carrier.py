"""One message on its way: drawn, sent while its lease lasts, and what became of it written down; or looked for, if it was lost.

What broke off mid-send, or was claimed by a replica that died, is looked for on the platform first and never resent blindly.
Who looked goes on with it, because only they know which parts of it stand already.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256

import structlog

from adapters.core import ThreadedCore
from adapters.port import Edge, SendLater, SendRefused, SendUnknown
from adapters.together import Together
from bot import outbox
from bot.cards import Card
from bot.incidents import report
from bot.turns import Later
from storage import claims, deliveries, homes
from storage.deliveries import DeliveryState, Outcome, Owed

log = structlog.get_logger(__name__)

LONGEST_WAIT = 300.0
MOST_INCIDENTS = 5
LOOK_BACK = timedelta(minutes=1)
DRAWN_AHEAD = 32  # Times as many as are sent at once: enough for batches that pay.
FRESH_FOR = 10.0  # Seconds; a card that waits longer for its turn, because the platform is slow, is drawn again.
UNREADABLE = "the platform's history cannot be read: it may have been delivered, so it is not sent again"


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """The arithmetic that keeps two replicas from sending the same.

    A send begins only while `send_within + clocks_differ` of its lease are left, and is cut off after `send_within`. So it is
    over before any replica, by its own clock, sees the lease end. Waiting for the database (15 s on SQLite) comes before that
    check, so a lease is longer than all three together, or it would be renewed for nothing. What the platform had taken until
    then it shows `shown_within`: only after that is the message looked for.
    """

    lease: timedelta = deliveries.LEASE
    send_within: timedelta = timedelta(seconds=35)  # The clients' own timeout is 30 s a request.
    clocks_differ: timedelta = timedelta(seconds=5)
    shown_within: timedelta = timedelta(seconds=30)
    look_every: float = 1.0

    @property
    def needed(self) -> timedelta:
        """What must be left of a lease for a send to begin."""
        return self.send_within + self.clocks_differ


class Carrier:
    """Sends and looks for single messages, within the pace and the number of sends at once that each platform takes."""

    def __init__(
        self, core: ThreadedCore, edges: Sequence[Edge], *, sleep: Callable[[float], Awaitable[None]], times: Times
    ) -> None:
        self.core = core
        self.sleep = sleep
        self.times = times
        self.gates = {edge.platform: asyncio.Semaphore(edge.pace.at_once) for edge in edges}
        self.desks = {edge.platform: asyncio.Semaphore(edge.pace.at_once * DRAWN_AHEAD) for edge in edges}
        self.drawing = Together(
            core, partial(outbox.draw_all, core.bot.engine, core.bot.url_for, admins=core.bot.admins)
        )
        self.settling = Together(core, partial(claims.settle_all, core.bot.engine))
        self.free_at: dict[str, float] = {}
        self.shut: dict[str, tuple[float, str]] = {}
        self.tries: Counter[int] = Counter()
        self.incidents: Counter[int] = Counter()
        self._clock = asyncio.get_running_loop().time

    def objection(self, platform: str) -> str:
        """Why this platform takes nothing at all from us, so that what is owed waits; empty where it does."""
        until, reason = self.shut.get(platform, (0.0, ""))
        return f"takes nothing that is sent: {reason}" if self._clock() < until else ""

    async def give_back(self, owed: Owed, after: float | None = None) -> None:
        """Due again, untried."""
        await self._settle(owed, DeliveryState.DUE, again_after=after)

    async def send(self, edge: Edge, owed: Owed, *, looked: bool = False) -> float | None:
        """Sends one, and says after how many seconds those behind it may be tried, if not at once.

        `looked` says that part of it may stand: whoever tries it again must look again.
        """
        await self._pace(owed.conversation)
        async with self.desks[edge.platform]:
            try:
                card = await self.drawing.do((owed, self._now(owed)))
            except Exception as error:
                await self._incident(owed, error, looked=looked)
                return None
            return await self._carry(edge, owed, card, looked=looked)

    async def _carry(self, edge: Edge, owed: Owed, card: Card | Later | None, *, looked: bool) -> float | None:
        message, mark = None, ""
        drawn_at = self._clock()
        try:
            async with self.gates[edge.platform]:
                try:
                    if self._clock() - drawn_at > FRESH_FOR:
                        card = await self.drawing.do((owed, self._now(owed)))
                    held = await self._held(owed, anew=looked)
                except Exception as error:
                    await self._incident(owed, error, looked=looked)
                    return None
                if held is None:
                    return None  # Its lease ran out while it waited, and another replica has it.
                owed = held
                if not isinstance(card, Card):
                    await self._not_now(owed, card, looked=looked)
                    return None
                mark = mark_of(owed, card)
                message = None if mark and mark == owed.shown else await self._out(edge, owed, card)
        except SendLater as later:
            return await self._later(edge, owed, later, looked=looked)
        except SendRefused as refusal:
            await self._refused(edge, owed, refusal)
        except (SendUnknown, TimeoutError) as unknown:
            return await self._unknown(owed, str(unknown) or "it took too long")
        except Exception as error:
            await self._incident(owed, error, looked=not owed.message)  # It may have gone out all the same.
        else:
            await self._keep(owed, message, mark)
        return None

    async def _not_now(self, owed: Owed, later: Later | None, *, looked: bool) -> None:
        """Not at all, or when somebody works there; if part of it may stand, it is looked for again first."""
        if later is None:
            await self._settle(owed, DeliveryState.MISSED, reason="too late, or no longer true")
        elif looked:
            wait = (later.at - self._now(owed)).total_seconds()
            await self._settle(owed, DeliveryState.UNKNOWN, look_after=wait, reason="waits for working hours")
        else:
            await self._settle(owed, DeliveryState.DUE, again_at=later.at)

    async def _out(self, edge: Edge, owed: Owed, card: Card) -> str | None:
        """Onto the platform. Returns where it stands, where that is new."""
        if edge.pace.per_conversation:
            self.free_at[owed.conversation] = self._clock() + edge.pace.per_conversation
        async with asyncio.timeout(self.times.send_within.total_seconds()):
            if owed.message:
                await edge.update(message=owed.message, card=card)
                return None
            return await edge.post(conversation=owed.conversation, card=card, delivery=str(owed.id))

    async def _held(self, owed: Owed, *, anew: bool) -> Owed | None:
        """The same claim with time enough left to send it; nothing where it is no longer ours."""
        held: Owed | None = owed
        while held and (anew or not held.lease_until or held.lease_until - self._now(held) < self.times.needed):
            anew = False
            held = await self.core.run(
                claims.renew, self.core.bot.engine, held, now=self._now(held), lease=self.times.lease
            )
        return held

    async def _pace(self, conversation: str) -> None:
        wait = self.free_at.get(conversation, 0.0) - self._clock()
        if wait > 0:
            await self.sleep(wait)
        if len(self.free_at) > 10_000:
            self.free_at = {place: at for place, at in self.free_at.items() if at > self._clock()}

    # ── what became of it ───────────────────────────────────────────────────────────────────────────────────────────────

    async def _keep(self, owed: Owed, message: str | None, mark: str) -> None:
        """It stands. If that cannot be written down now, its lease runs out and it is looked for: never sent again blindly."""
        try:
            await self._settle(owed, DeliveryState.SENT, message=message, shown=mark)
        except Exception as error:
            report(error, f"delivery:{owed.id}")

    async def _later(self, edge: Edge, owed: Owed, later: SendLater, *, looked: bool) -> float:
        wait = max(later.after, self._backoff(owed))
        log.info("send.later", delivery=owed.id, attempts=owed.attempts, reason=later.reason)
        if later.everywhere:
            self.shut[edge.platform] = (self._clock() + wait, later.reason)
        await self._again(owed, wait, later.reason, looked=looked)
        return wait

    async def _unknown(self, owed: Owed, reason: str) -> float | None:
        log.warning("send.unknown", delivery=owed.id, reason=reason)
        if owed.message:  # Redrawing a message twice is drawing it once.
            wait = self._backoff(owed)
            await self._again(owed, wait, reason, looked=False)
            return wait
        await self._again(owed, self.times.shown_within.total_seconds(), reason, looked=True)
        return None

    async def _incident(self, owed: Owed, error: Exception, *, looked: bool) -> None:
        incident = report(error, f"delivery:{owed.id}")
        self.incidents[owed.id] += 1
        reason = f"incident {incident.incident}"
        if self.incidents[owed.id] < MOST_INCIDENTS:
            await self._again(owed, self._backoff(owed), reason, looked=looked)
        else:
            await self._settle(owed, DeliveryState.DEAD, reason=reason)

    async def _again(self, owed: Owed, wait: float, reason: str, *, looked: bool) -> None:
        """Due again, or to be looked for again where part of it may stand."""
        if looked:
            await self._settle(owed, DeliveryState.UNKNOWN, look_after=wait, reason=reason)
        else:
            await self._settle(owed, DeliveryState.DUE, again_after=wait, reason=reason)

    async def _refused(self, edge: Edge, owed: Owed, refusal: SendRefused) -> None:
        log.warning("send.refused", delivery=owed.id, reason=refusal.reason)
        await self._settle(owed, DeliveryState.DEAD, reason=refusal.reason)
        if refusal.conversation_gone:
            await self.core.run(outbox.refused, self.core.bot.engine, owed, refusal.reason, self._now(owed))

    async def _settle(
        self,
        owed: Owed,
        state: DeliveryState,
        *,
        message: str | None = None,
        again_after: float | None = None,
        again_at: datetime | None = None,
        look_after: float | None = None,
        reason: str = "",
        shown: str = "",
    ) -> None:
        """`look_after` is for what is unknown: without it nobody looks for it."""
        now = self._now(owed)
        if state not in (DeliveryState.DUE, DeliveryState.UNKNOWN):
            del self.tries[owed.id], self.incidents[owed.id]  # A Counter does not mind what it never had.
        outcome = Outcome(
            delivery=owed,
            state=state,
            now=now,
            message=message,
            again_at=again_at if again_after is None else now + timedelta(seconds=again_after),
            lease_until=None if look_after is None else now + timedelta(seconds=look_after),
            reason=reason,
            shown=shown,
        )
        await self.settling.do(outcome)

    def _backoff(self, owed: Owed) -> float:
        self.tries[owed.id] += 1
        return backoff(self.tries[owed.id])

    # ── looking for what may have been sent ─────────────────────────────────────────────────────────────────────────────

    async def look_for(self, edge: Edge, owed: Owed) -> None:
        """It may have been delivered: look, and only then send it again."""
        try:
            async with self.gates[edge.platform]:
                found = await edge.find(
                    conversation=owed.conversation, delivery=str(owed.id), since=owed.due_at - LOOK_BACK
                )
        except SendUnknown:
            await self._settle(owed, DeliveryState.UNKNOWN, reason=UNREADABLE)
        except SendLater as later:
            log.info("reconcile.later", delivery=owed.id, reason=later.reason)
            await self._again(owed, max(later.after, self._backoff(owed)), later.reason, looked=True)
        except SendRefused as refusal:
            await self._refused(edge, owed, refusal)
        except Exception as error:
            await self._incident(owed, error, looked=True)
        else:
            log.info("reconciled", delivery=owed.id, found=bool(found))
            if found:
                await self._settle(owed, DeliveryState.SENT, message=found)
            else:
                await self.send(edge, owed, looked=True)

    def _now(self, owed: Owed) -> datetime:
        return self.core.clock.now(owed.conversation.split(":", 1)[0])


def mark_of(owed: Owed, card: Card) -> str:
    """Another one for any other card, of a kind that is drawn anew more often than it changes. Of what may hold a private
    answer no mark is kept: of a few possible words it would be the word.
    """
    return sha256(repr(card).encode()).hexdigest()[:16] if owed.kind == homes.KIND else ""


def backoff(tries: int) -> float:
    """Seconds before the next attempt: doubling, at most five minutes, with jitter so that no two replicas march in step."""
    return min(LONGEST_WAIT, 2.0 ** min(tries, 9)) * (0.5 + random.random() / 2)  # noqa: S311  # spreads load, guards nothing
