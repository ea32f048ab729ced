"""One campaign: owe without a pause, kill at random, let it come to rest, and judge."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from sqlalchemy import Engine, func, or_, select
from sqlmodel import col

from bench.record import set_up
from bot.dispatch import Bot
from crash.owing import Owing
from crash.replica import KIND, LEASE
from crash.replicas import Campaigning, Replica, replicas, slack
from crash.slack import CLEAR, STANDING
from crash.verdict import Owed, Standing, Verdict, judge
from storage import schema
from storage.decisions import Decision
from storage.deliveries import Delivery, DeliveryState
from storage.engine import open_engine
from storage.unit_of_work import transaction
from tests.doubles.slack_api import BOT_TOKEN, TEAM

REST = 150.0
"""Seconds that the outbox has to come to rest in, after the last kill."""

IN_MID_START = 0.15
"""How often a replica is killed while it is still starting."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """`database` is sqlite or postgresql. Where history is not `readable`, nothing can be looked for, as on Teams."""

    database: str
    replicas: int
    kills: int
    seed: int
    readable: bool = True
    lease: float = LEASE

    @property
    def name(self) -> str:
        many = "one replica" if self.replicas == 1 else f"{self.replicas} replicas"
        return f"{many} on {self.database}" + ("" if self.readable else ", history unreadable")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Of a campaign. `forgotten` are decisions that a replica had answered for and that nobody was asked about."""

    plan: Plan
    verdict: Verdict
    seconds: float
    kills: int
    answered: int
    changed: int
    forgotten: list[str]
    incidents: int
    rejected: list[str]
    weather: dict[str, int]

    @property
    def good(self) -> bool:
        """Where history cannot be read, a long card is not drawn anew: its later messages cannot be found either."""
        waits = self.plan.readable and self.verdict.waiting
        return self.verdict.good and not (waits or self.forgotten or self.incidents or self.rejected)


def run(plan: Plan, folder: Path, postgres_url: str = "") -> Outcome:
    """Raises `Campaigning` where the campaign itself failed."""
    began = time.monotonic()
    url = postgres_url or f"sqlite:///{folder / 'touchpoint.db'}"
    random = Random(f"{plan.seed} {plan.name}")
    with prepared(url) as engine, slack(f"{plan.seed} {plan.name}", folder=folder, readable=plan.readable) as api_url:
        running = replicas(
            plan.replicas,
            database_url=url,
            api_url=api_url,
            folder=folder,
            lease=plan.lease,
            readable=plan.readable,
        )
        with running as started:
            for one in started:
                one.until_ready()
            owing = Owing(engine, [one.port for one in started], Random(random.random()))
            owing.start()
            try:
                kill_at_random(started, plan.kills, random)
            finally:
                owing.enough.set()
                owing.join()
            if owing.broke:
                raise Campaigning("what is owed could not be written down") from owing.broke
            asked(api_url, CLEAR)
            come_to_rest(engine, plan)
            told = asked(api_url, STANDING)
        return Outcome(
            plan=plan,
            verdict=verdict(engine, told["messages"]),
            seconds=time.monotonic() - began,
            kills=plan.kills,
            answered=len(owing.answered),
            changed=owing.changed,
            forgotten=forgotten(engine, owing.answered),
            incidents=sum(one.log.read_text(errors="replace").count('"event": "incident"') for one in started),
            rejected=told["rejected"],
            weather=told["weather"],
        )


@contextmanager
def prepared(url: str) -> Iterator[Engine]:
    """An empty database becomes one with a touchpoint in it."""
    engine = open_engine(url)
    try:
        schema.upgrade(engine)
        set_up(Bot(engine), datetime.now(UTC))
        yield engine
    finally:
        engine.dispose()


def kill_at_random(started: list[Replica], kills: int, random: Random) -> None:
    """Mostly one that is at work: a replica that never gets to send anything is no test of sending."""
    for _ in range(kills):
        victim = random.choice(started)
        if random.random() > IN_MID_START:
            victim.until_ready()
        time.sleep(random.uniform(0.05, 1.5) / len(started))
        victim.kill()
        victim.start()


def come_to_rest(engine: Engine, plan: Plan) -> None:
    """Until nothing is due, being sent, or still to be looked for."""
    deadline = time.monotonic() + REST
    while left := pending(engine):
        if time.monotonic() > deadline:
            raise Campaigning(f"{plan.name}: the outbox did not come to rest; {left} messages are still on their way")
        time.sleep(0.2)


def pending(engine: Engine) -> int:
    """What is due later than all of this lasts, such as the prompts of the next sync, does not count."""
    soon = datetime.now(UTC) + timedelta(seconds=REST)
    due = (col(Delivery.state) == DeliveryState.DUE) & (col(Delivery.due_at) <= soon)
    looked_for = (col(Delivery.state) == DeliveryState.UNKNOWN) & (col(Delivery.lease_until) <= soon)
    with transaction(engine, writes=False) as session:
        query = select(func.count()).select_from(Delivery)
        going = or_(due, looked_for, col(Delivery.state) == DeliveryState.SENDING)
        return int(session.execute(query.where(going)).scalar_one())


def verdict(engine: Engine, messages: list[dict[str, object]]) -> Verdict:
    later = datetime.now(UTC) + timedelta(seconds=REST)
    with transaction(engine, writes=False) as session:
        rows = [row for row in session.execute(select(Delivery)).scalars() if row.attempts or row.due_at <= later]
    owed = [
        Owed(id=row.key, state=row.state.value, message=row.message, revision=row.revision, reason=row.reason)
        for row in rows
    ]
    says = {row.key: f"drawn for the change {row.revision}." for row in rows if row.kind == KIND}
    return judge(owed, [standing(message) for message in messages], last_change=says)


def standing(message: dict[str, object]) -> Standing:
    named = message["named"] or {}
    assert isinstance(named, dict)
    return Standing(
        delivery=int(named["delivery"]) if "delivery" in named else None,
        part=int(named.get("part", 0)),
        parts=int(named.get("parts", 1)),
        at=f"slack:{TEAM}/{message['channel']}/{message['ts']}",
        text=str(message["text"]),
    )


def forgotten(engine: Engine, answered: list[str]) -> list[str]:
    """Answered for, and yet not recorded together with the card that asks for the other key."""
    with transaction(engine, writes=False) as session:
        recorded = {title: key for key, title in session.execute(select(col(Decision.id), col(Decision.title)))}
        of_keys = select(col(Delivery.subject_id)).where(col(Delivery.kind) == "key")
        asked_for = set(session.execute(of_keys).scalars())
    return [title for title in answered if recorded.get(title) not in asked_for]


def asked(api_url: str, method: str) -> dict[str, object]:
    request = Request(f"{api_url}{method}", headers={"Authorization": f"Bearer {BOT_TOKEN}"})
    while True:
        try:
            with urlopen(request, timeout=30) as answered:
                told: dict[str, object] = json.load(answered)
                return told
        except HTTPError as refused:  # The weather is bad for the campaign's own questions too, until it is cleared.
            if refused.code not in {429, 500}:
                raise
            time.sleep(0.1)
