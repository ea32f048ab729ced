"""The audit log at a thousand and at a million events: what an audited change costs, and how long it takes to verify all of it.

The log is grown in bulk, link by link as `storage.audit` writes them, each with a seal; what is timed is written by the core.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import islice
from statistics import median
from typing import Any

from sqlalchemy import Engine

from agenda.audit import Head, link_hash
from agenda.risks import Treatment
from agenda.themes import Theme
from bench.load import WrongAnswer
from bench.outbox import emptied
from bench.record import set_up
from bot.dispatch import Bot
from storage import audit, risks, schema, verify
from storage.engine import open_engine
from storage.risks import RiskItem
from storage.unit_of_work import unit_of_work

FEW, BATCH, OURS = 1_000, 5_000, 1
NEVER_WAS = 1_000_000_000  # keys that no row will have


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """Seconds of each change at `FEW` and at so many events, and of verifying all of them."""

    events: int
    few: list[float]
    many: list[float]
    verified: float


def measured(url: str, *, events: int, changes: int) -> Log:
    """On an empty database. Raises `WrongAnswer` where the log does not verify."""
    engine = open_engine(emptied(url))
    schema.upgrade(engine)
    set_up(Bot(engine), datetime.now(UTC))
    grow(engine, FEW)
    few = changed(engine, changes)
    grow(engine, events)
    many = changed(engine, changes)
    began = time.perf_counter()
    found = verify.verify(engine, OURS)
    took = time.perf_counter() - began
    if not found.intact or found.head.number < events:
        raise WrongAnswer(f"the log of {events} events ends at {found.head.number}: {found.findings}")
    engine.dispose()
    return Log(events=found.head.number, few=few, many=many, verified=took)


def grow(engine: Engine, events: int) -> None:
    """Until there are so many."""
    head = verify.heads(engine)[OURS]
    links = linked(head, events)
    with engine.begin() as connection:
        while batch := list(islice(links, BATCH)):
            connection.execute(audit.APPEND, batch)
            last = batch[-1]
            connection.execute(audit.MOVE_HEAD, {"whose": OURS, "number": last["number"], "hash": last["hash"]})


def linked(head: Head, events: int) -> Iterator[dict[str, Any]]:
    """An odd one seals a row and the next one says that it is gone, so that no row need be there: `events` is even."""
    began = datetime.now(UTC)
    for number in range(head.number + 1, events + 1):
        key = NEVER_WAS + (number + 1) // 2
        seal = f'"{sha256(str(number).encode()).hexdigest()}"' if number % 2 else "null"
        facts = f'{{"risk":{number},"rows":{{"risk_item/{key}":{seal}}}}}'
        link: dict[str, Any] = {"actor": "person/1", "event": "risk.edited", "facts": facts, "number": number}
        link |= {"at": began + timedelta(milliseconds=number), "prev_hash": head.hash}
        head = Head(number, link_hash(**link))
        yield {**link, "organization_id": OURS, "hash": head.hash}


def changed(engine: Engine, times: int) -> list[float]:
    """Seconds of each: a transaction that raises a risk and tells of it. The first ones open what is opened once."""
    took = []
    for _ in range(times + 20):
        began = time.perf_counter()
        change(engine)
        took.append(time.perf_counter() - began)
    return took[20:]


def change(engine: Engine) -> None:
    """As a handler does it."""
    now = datetime.now(UTC)
    with unit_of_work(engine, organization_id=OURS, now=now, actor="person/1") as record:
        risk = RiskItem(
            organization_id=OURS,
            touchpoint_id=1,
            raised_by_id=1,
            title="The old VPN",
            theme=Theme.THREATS,
            treatment=Treatment.MITIGATE,
            raised_at=now,
        )
        risks.add(record, risk)
        audit.append(record, "risk.raised", risk=risk.number)


def ratio(log: Log) -> float:
    """What a change costs at so many events, as a multiple of what it costs at few."""
    return median(log.many) / median(log.few)
