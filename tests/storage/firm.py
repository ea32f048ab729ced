"""Two people, one touchpoint and the record of an organization; and how two transactions are made to meet."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from time import monotonic, sleep
from typing import TypeVar

from sqlalchemy import Engine, text

from storage import claims, decisions, deliveries, keys, people, rows
from storage.decisions import Decision
from storage.deliveries import Owed
from storage.syncs import Sync
from storage.touchpoints import Touchpoint
from storage.unit_of_work import Record, transaction, unit_of_work
from tests.conftest import MONDAY

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Firm:
    """One organization: Sam is CIO, Dana is CISO, and their touchpoint is at home in its `#home`."""

    engine: Engine
    tenant: str
    organization_id: int
    sam_id: int
    dana_id: int
    touchpoint_id: int

    @property
    def home(self) -> str:
        return f"{self.tenant}/C-home"

    def record(
        self, now: datetime = MONDAY, *, actor: str = "touchpoint", writes: bool = True
    ) -> AbstractContextManager[Record]:
        return unit_of_work(self.engine, organization_id=self.organization_id, now=now, actor=actor, writes=writes)

    def touchpoint(self, home: str) -> int:
        """One more, of the same two."""
        with self.record() as record:
            return seated(record, home, self.sam_id, self.dana_id)

    def sync(self, starts_at: datetime = MONDAY + timedelta(days=7), touchpoint_id: int = 0, **changes: object) -> int:
        with self.record() as record:
            one = Sync(
                organization_id=self.organization_id,
                touchpoint_id=touchpoint_id or self.touchpoint_id,
                starts_at=starts_at,
                prompts_at=starts_at - timedelta(days=2),
                reminds_at=starts_at - timedelta(days=1, hours=4),
                publishes_at=starts_at - timedelta(days=1),
                **changes,
            )
            return rows.add(record, one).key

    def decides(self, title: str, *, touchpoint_id: int = 0, **texts: object) -> int:
        """Records a decision; returns its number."""
        with self.record() as record:
            one = Decision(
                organization_id=self.organization_id,
                touchpoint_id=touchpoint_id or self.touchpoint_id,
                title=title,
                **({"recorded_by_id": self.sam_id, "recorded_at": MONDAY} | texts),
            )
            return decisions.add(record, one).number

    def rewrites(self, number: int, **texts: str) -> None:
        """Changes the text of a decision, as an edit does."""
        with self.record() as record:
            decision = decisions.by_number(record, number, [self.touchpoint_id], for_update=True)
            assert decision is not None
            for name, said in texts.items():
                setattr(decision, name, said)
            record.session.flush()
            keys.void(record, decision)
            decisions.index(record, decision)

    def posts(self, once: str = "hello", *, now: datetime = MONDAY, **changes: object) -> None:
        owing = {"conversation": self.home, "kind": "agenda", "subject_id": 1}
        with self.record(now) as record:
            deliveries.post(record, once=once, **(owing | changes))  # type: ignore[arg-type]

    def claims(self, now: datetime = MONDAY, *, limit: int = 50, busy: tuple[str, ...] = ()) -> list[Owed]:
        return claims.claim(self.engine, platform="slack", now=now, limit=limit, busy=busy)


def seated(record: Record, home: str, cio_id: int, ciso_id: int) -> int:
    one = Touchpoint(
        organization_id=record.organization_id,
        name="Sam and Dana",
        home=home,
        rule="FREQ=WEEKLY;BYDAY=MO",
        since=MONDAY.date(),
        at=time(9, 30),
        zone="Europe/Zurich",
        created_at=MONDAY,
        cio_id=cio_id,
        ciso_id=ciso_id,
    )
    return rows.add(record, one).key


def founded(engine: Engine, tenant: str = "slack:T1") -> Firm:
    with transaction(engine, writes=True) as session:
        organization_id = people.found_organization(session, tenant, MONDAY).key
    with unit_of_work(engine, organization_id=organization_id, now=MONDAY) as record:
        sam_id, dana_id = (people.meet(record, f"{tenant}/{name}", name=name).key for name in ("Sam", "Dana"))
        touchpoint_id = seated(record, f"{tenant}/C-home", sam_id, dana_id)
    return Firm(
        engine=engine,
        tenant=tenant,
        organization_id=organization_id,
        sam_id=sam_id,
        dana_id=dana_id,
        touchpoint_id=touchpoint_id,
    )


WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()")


def meanwhile(pool: ThreadPoolExecutor, engine: Engine, act: Callable[[], T]) -> "Future[T]":
    """Starts `act` in a thread, and returns once it waits for a lock that the caller holds, or is done."""
    running = pool.submit(act)
    deadline = monotonic() + 10
    while not running.done() and monotonic() < deadline:
        with engine.connect() as connection:
            if connection.execute(WAITING).scalar_one():
                break
        sleep(0.002)
    return running
