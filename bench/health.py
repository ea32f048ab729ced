"""Health over five years: `health` typed by a principal, from the request to the card, on a record of five busy years.

The rows are written in bulk: what is counted is what they say, and not how they came to be there.
"""

import gc
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, TypeAlias

from sqlalchemy import Engine, insert, text

from agenda.actions import ActionState
from agenda.decisions import DecisionState
from agenda.items import Outcome
from agenda.risks import RiskState
from agenda.syncs import SkipReason
from agenda.themes import Theme
from agenda.touchpoints import Seat
from bench.load import WrongAnswer
from bench.outbox import emptied
from bench.record import set_up
from bench.slack import CIO, HOME, account
from bot.cards import Chart
from bot.dispatch import Bot
from bot.replies import Answer
from bot.requests import CommandTyped, Profile, Where, tenant_of
from storage import schema
from storage.actions import ActionItem
from storage.decisions import Decision
from storage.engine import open_engine
from storage.items import AgendaItem
from storage.keys import SignOff
from storage.risks import RiskItem, RiskLevel
from storage.rows import Row
from storage.syncs import Sync
from storage.unit_of_work import unit_of_work

YEARS = 5
WEEKS = 52 * YEARS
A_WEEK, A_DAY = timedelta(days=7), timedelta(days=1)
LINES, DECISIONS, PROMISES = 8, 4, 6  # a week
RISKS, LEVELS = 1_000, 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Seconds of each time that it was asked, over so many rows."""

    rows: int
    seconds: list[float]


def measured(url: str, turns: int) -> Asked:
    """On an empty database. Raises `WrongAnswer` where the card does not hold two quarters against each other."""
    engine = open_engine(emptied(url))
    schema.upgrade(engine)
    now = datetime.now(UTC)
    bot = Bot(engine)
    set_up(bot, now)
    count = fill(engine, now)
    seconds = [asked(bot, now, turn) for turn in range(turns + 1)][1:]  # The first only warms up.
    engine.dispose()
    return Asked(rows=count, seconds=seconds)


def asked(bot: Bot, now: datetime, turn: int) -> float:
    """From the request to its card."""
    who = Profile(account=account(CIO), zone="Europe/Zurich")
    where = Where(conversation=f"{tenant_of(who.account)}/{HOME}", title="#security-sync")
    gc.collect()
    began = time.perf_counter()
    replies = bot.dispatch(CommandTyped(id=f"health-{turn}", actor=who, where=where, text="health"), now)
    took = time.perf_counter() - began
    if not any(isinstance(one, Answer) and any(isinstance(b, Chart) for b in one.card.blocks) for one in replies):
        raise WrongAnswer(f"no chart in {replies}")
    return took


def fill(engine: Engine, now: datetime) -> int:
    """Five years that end today. How many rows that is."""
    tables = {name: list(written) for name, written in told(Random(7), now).items()}
    with unit_of_work(engine, organization_id=1, now=now) as record:
        connection = record.transaction.connection
        for table, written in tables.items():
            connection.execute(insert(table), [values(row) for row in written])
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE" if engine.dialect.name == "postgresql" else "ANALYZE"))
    return sum(map(len, tables.values()))


def values(row: Row) -> dict[str, Any]:
    """As they are written; the database finds the key where none is given."""
    return row.model_dump(exclude=set() if row.id else {"id"})


def told(random: Random, now: datetime) -> dict[type[Row], Iterator[Row]]:
    """Each table's rows, in the order in which they can be written."""
    return {
        Sync: syncs(random, now),
        AgendaItem: lines(random, now),
        Decision: decisions(random, now),
        SignOff: keys(now),
        ActionItem: promises(random, now),
        RiskItem: risks(now),
        RiskLevel: levels(random, now),
    }


Values: TypeAlias = dict[str, Any]
MINE: Values = {"organization_id": 1}
HERE: Values = {"touchpoint_id": 1, **MINE}
FIRST = 1_000  # keys: those before are the touchpoint's own coming syncs


def week(now: datetime, number: int) -> datetime:
    """So many weeks ago, a few days before today."""
    return now - A_WEEK * (WEEKS - number) - 2 * A_DAY


def syncs(random: Random, now: datetime) -> Iterator[Row]:
    for number in range(WEEKS):
        at = week(now, number)
        held = random.random() < 0.9
        became: Values = (
            {"started_at": at, "closed_at": at} if held else {"skipped_at": at, "skip_reason": SkipReason.PERSON}
        )
        times: Values = dict.fromkeys(("starts_at", "prompts_at", "reminds_at", "publishes_at"), at)
        yield Sync(id=FIRST + number, **times, **became, **HERE)


def lines(random: Random, now: datetime) -> Iterator[Row]:
    for number in range(WEEKS):
        for _ in range(LINES):
            said: Values = {"title": "x", "theme": random.choice(list(Theme)), "raised_at": week(now, number) - A_DAY}
            outcome = random.choice((Outcome.DISCUSSED, Outcome.DISCUSSED, Outcome.DEFERRED))
            who = random.choice((1, 2))
            yield AgendaItem(sync_id=FIRST + number, raised_by_id=who, outcome=outcome, **said, **MINE)


def decisions(random: Random, now: datetime) -> Iterator[Row]:
    for number in range(WEEKS * DECISIONS):
        at = week(now, number // DECISIONS)
        days: Values = {
            "recorded_at": at - A_DAY * random.randrange(20),
            "agreed_at": at,
            "state": DecisionState.AGREED,
        }
        yield Decision(id=FIRST + number, title="x", recorded_by_id=1, number=FIRST + number, **days, **HERE)


def keys(now: datetime) -> Iterator[Row]:
    for number in range(WEEKS * DECISIONS):
        for seat, who in ((Seat.CIO, 1), (Seat.CISO, 2)):
            turned: Values = {
                "turned_at": week(now, number // DECISIONS),
                "text_hash": "x",
                "seat": seat,
                "person_id": who,
            }
            yield SignOff(subject="decision", subject_id=FIRST + number, **turned, **MINE)


def promises(random: Random, now: datetime) -> Iterator[Row]:
    for number in range(WEEKS * PROMISES):
        at = week(now, number // PROMISES)
        days: Values = {
            "due_on": at.date(),
            "promised_at": at - A_WEEK,
            "settled_at": at + A_DAY * random.choice((-1, -1, 2)),
        }
        who: Values = {"owner_id": 1, "promised_by_id": 2, "number": FIRST + number}
        yield ActionItem(title="x", state=ActionState.DONE, **days, **who, **HERE)


def risks(now: datetime) -> Iterator[Row]:
    for number in range(RISKS):
        closed: Values = {"state": RiskState.CLOSED, "closed_at": now - A_DAY * number} if number % 2 else {}
        raised: Values = {"raised_at": week(now, number % WEEKS), "raised_by_id": 1, "number": FIRST + number}
        yield RiskItem(id=FIRST + number, title="x", **raised, **closed, **HERE)


def levels(random: Random, now: datetime) -> Iterator[Row]:
    for step in range(LEVELS):
        for number in range(RISKS):
            at = week(now, number % WEEKS) + A_DAY * step
            said: Values = {
                "at": at,
                "likelihood": random.randint(1, 5),
                "impact": random.randint(1, 5),
                "person_id": 1,
            }
            yield RiskLevel(risk_id=FIRST + number, **said, **MINE)
