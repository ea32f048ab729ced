"""How fast the outbox empties, beside a bare loop of Slack's own client; what a tick costs that finds nothing; and memory.

Looked at from outside: `touchpoint serve` runs as an admin runs it, and what became of each message is read in its record.
"""

import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.request import Request, urlopen

from sqlalchemy import Engine, func, select, text
from sqlmodel import col

from bench import machine, owed, processes
from bench.load import WrongAnswer
from bench.processes import App, Posting
from bench.slack import TAKEN
from storage.deliveries import Delivery, DeliveryState
from storage.engine import open_engine
from tests.doubles.slack_api import BOT_TOKEN

PATIENCE = 120.0
WAITING = (DeliveryState.DUE, DeliveryState.SENDING, DeliveryState.UNKNOWN)
LOOK = 0.005
"""Seconds between two looks at the record: what a figure of several seconds may be wrong by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Idle:
    """Seconds of each tick over so many rows that are due later; what the process weighed before and after them, in MB."""

    ahead: int
    took: list[float]
    before: float
    after: float


@dataclass(slots=True, kw_only=True)
class FanOut:
    """Seconds for all messages, round by round; and what the process weighed before the first round and after each, in MB."""

    messages: int
    bare: list[float] = field(default_factory=list)
    ours: list[float] = field(default_factory=list)
    weights: list[float] = field(default_factory=list)


def fan_out(url: str, folder: Path, *, messages: int, turns: int) -> tuple[FanOut, str]:
    """An empty database is filled and emptied again and again; what came of it, and what disturbed it."""
    owed.fill(emptied(url), messages)
    with (
        processes.slack(messages) as slack,
        processes.posting(slack.url, url) as bare,
        processes.touchpoint(slack.url, folder, {"TOUCHPOINT_DATABASE_URL": url}) as app,
        machine.watched([os.getpid(), slack.pid, bare.pid, app.pid]) as watch,
    ):
        machine.rested(app.pid)  # It plans every touchpoint when it starts.
        found = in_turns(url, app, bare, slack.url, turns)
    return found, watch.finding


def emptied(url: str) -> str:
    """The same URL, of a database without any table."""
    if url.startswith("postgresql"):
        engine = open_engine(url)
        with engine.begin() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
        engine.dispose()
    return url


def in_turns(url: str, app: App, bare: Posting, api_url: str, turns: int) -> FanOut:
    """The bare loop and we take turns. The first turn opens connections and direct chats, and does not count."""
    engine = open_engine(url)
    found = FanOut(messages=bare.messages, weights=[machine.resident_mb(app.pid)])
    for number in range(turns + 1):
        bare_took = bare.post_all()
        require_posted(api_url, bare.messages)
        ours_took = empty(engine)
        require_posted(api_url, bare.messages)
        require_sent(engine, bare.messages)
        found.weights.append(machine.resident_mb(app.pid))
        if number:
            found.bare.append(bare_took)
            found.ours.append(ours_took)
    engine.dispose()
    return found


def empty(engine: Engine) -> float:
    """Everything falls due at once. Seconds from the tick that finds it to the last row that is written down as sent."""
    owed.fall_due(engine)
    until(lambda: some(engine, DeliveryState.SENDING), 0.001)
    began = time.perf_counter()
    until(lambda: not some(engine, *WAITING), LOOK)
    return time.perf_counter() - began


def some(engine: Engine, *states: DeliveryState) -> bool:
    """Is any row in one of these states?"""
    with engine.connect().execution_options(writes=False) as connection:
        query = select(col(Delivery.id)).where(col(Delivery.platform) == "slack").limit(1)
        return any(connection.execute(query.where(col(Delivery.state) == state)).first() for state in states)


def until(true: Callable[[], bool], every: float) -> None:
    """Raises `WrongAnswer` where it takes too long."""
    end = time.monotonic() + PATIENCE
    while not true():
        if time.monotonic() > end:
            raise WrongAnswer("the outbox did not empty")
        time.sleep(every)


def require_posted(api_url: str, messages: int) -> None:
    """Slack has each message once, in a conversation of its own, and had nothing to object."""
    asked = Request(f"{api_url}{TAKEN}", headers={"Authorization": f"Bearer {BOT_TOKEN}"})
    with urlopen(asked, timeout=PATIENCE) as answered:
        taken = json.load(answered)
    if (taken["posted"], taken["conversations"], taken["rejected"]) != (messages, messages, []):
        raise WrongAnswer(f"{messages} messages were owed, and Slack got {taken}")


def require_sent(engine: Engine, messages: int) -> None:
    """The record says of each that it was sent, at the first attempt, and where it stands."""
    with engine.connect().execution_options(writes=False) as connection:
        sent = (
            col(Delivery.state) == DeliveryState.SENT,
            col(Delivery.attempts) == 1,
            col(Delivery.message).is_not(None),
        )
        count = connection.execute(select(func.count()).select_from(Delivery).where(*sent)).scalar_one()
    if count != messages:
        raise WrongAnswer(f"{messages} messages were owed, and the record has {count} as sent")


def idle(url: str, *, ahead: int, ticks: int) -> Idle:
    """Ticks over an empty database in which so many prompts were planned, and a tenth as many sent."""
    owed.schedule(emptied(url), ahead=ahead, sent=ahead // 10)
    return Idle(ahead=ahead, **processes.idle(url, ticks))
