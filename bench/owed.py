"""What the outbox is measured on: thousands of principals, and the prompt that each is owed in their own direct chat.

Written in bulk, row for row what the core writes one at a time. Two people share a touchpoint and its next sync, as always,
and a quarter of them has raised a point already. A prompt is sent at an hour at which its reader works: here it is noon, every
day is a working day, and the week's digest is planned already, so that the planner has nothing to add.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time, timedelta
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, String, bindparam, cast, insert, literal, select, text, update
from sqlmodel import Session, SQLModel, col

from agenda.items import Outcome
from agenda.nudges import NudgeKind
from agenda.recurrence import WEEKDAYS
from agenda.reminders import sync_times
from agenda.themes import Theme
from bench.slack import account, member
from bot import nudging, planning
from storage import nudges, people, schema
from storage.deliveries import Delivery, DeliveryState
from storage.engine import open_engine
from storage.items import AgendaItem
from storage.nudges import Nudge
from storage.people import Account, Person
from storage.syncs import Sync
from storage.touchpoints import Touchpoint
from storage.unit_of_work import transaction
from tests.doubles.slack_api import TEAM

AHEAD = timedelta(days=3)
BATCH = 10_000
UNANSWERED = 1_000
"""What a platform without a readable history leaves behind in years: `unknown`, and looked for by nobody any more."""


def fill(url: str, how_many: int) -> None:
    """An empty database becomes one with so many principals, each owed a prompt that is not due yet."""
    engine = open_engine(url)
    schema.upgrade(engine)
    now = datetime.now(UTC).replace(microsecond=0)
    with transaction(engine, writes=True) as session:
        organization = people.found_organization(session, f"slack:{TEAM}", now).key
        write(session, (person_of(organization, n, now) for n in range(how_many)))
        persons = keys(session, Person)
        write(session, touchpoints_of(organization, persons, now))
        write(session, (sync_of(touchpoint, now) for touchpoint in session.execute(select(Touchpoint)).scalars()))
        owed_to = [
            (person, account(member(n)), sync)
            for n, (person, sync) in enumerate(zip(persons, twice(keys(session, Sync)), strict=True))
        ]
        write(session, (account_of(organization, person, address, now) for person, address, _sync in owed_to))
        write(session, (point_of(organization, person, sync, now) for person, _address, sync in owed_to[::4]))
        write(session, (question_to(organization, person, sync, now) for person, _address, sync in owed_to))
        write(session, (digest_of(organization, person, now) for person in persons))
        write(session, (message_to(organization, person, there, now, now + AHEAD) for person, there, _sync in owed_to))
    known_to_the_planner(engine)
    engine.dispose()


def write(session: Session, rows: Iterator[SQLModel]) -> None:
    """In batches, with every default that the core would write."""
    while batch := list(islice(rows, BATCH)):
        session.execute(insert(type(batch[0])), [row.model_dump(exclude={"id"}) for row in batch])


def keys(session: Session, table: type[Person] | type[Touchpoint] | type[Sync]) -> list[int]:
    """Of every row, as they were written."""
    return [key for key in session.execute(select(col(table.id)).order_by(col(table.id))).scalars() if key is not None]


def twice(numbers: Sequence[int]) -> Iterator[int]:
    """Once for the CIO, once for the CISO."""
    return (number for number in numbers for _seat in range(2))


def noon(now: datetime) -> str:
    """A zone in which it is that time of day."""
    return f"Etc/GMT{now.hour - 12:+d}"  # Its sign is the other way round.


def person_of(organization: int, number: int, now: datetime) -> Person:
    """Somebody who is at work."""
    return Person(organization_id=organization, name=f"Person {number}", zone=noon(now), days=",".join(WEEKDAYS))


def touchpoints_of(organization: int, persons: Sequence[int], now: datetime) -> Iterator[Touchpoint]:
    """They meet so rarely that the planner has nothing to do while the outbox is measured."""
    for number, (cio, ciso) in enumerate(zip(persons[::2], persons[1::2], strict=True)):
        yield Touchpoint(
            organization_id=organization,
            name=f"Touchpoint {number}",
            home=f"slack:{TEAM}/C{number:06}",
            rule="FREQ=YEARLY",
            since=now.date() - timedelta(days=2),
            at=time(9, 30),
            zone=noon(now),
            created_at=now,
            cio_id=cio,
            ciso_id=ciso,
        )


def sync_of(touchpoint: Touchpoint, now: datetime) -> Sync:
    """The one that is asked about; an extra one, so that no rule moves it."""
    return planning.new_sync(touchpoint, sync_times(touchpoint, now + AHEAD), occurrence=None)


def account_of(organization: int, person: int, address: str, now: datetime) -> Account:
    """Where they are met."""
    return Account(address=address, organization_id=organization, person_id=person, seen_at=now)


def point_of(organization: int, person: int, sync: int, now: datetime) -> AgendaItem:
    """What somebody raised before they were asked; it stands in their prompt."""
    return AgendaItem(
        organization_id=organization,
        sync_id=sync,
        raised_by_id=person,
        title="The old VPN of the branch is still reachable from outside",
        theme=Theme.THREATS,
        outcome=Outcome.OPEN,
        raised_at=now,
    )


def question_to(organization: int, person: int, sync: int, slot: datetime) -> Nudge:
    """What should be talked about?"""
    return nudge(organization, NudgeKind.PROMPT, sync, person, slot)


def digest_of(organization: int, person: int, now: datetime) -> Nudge:
    """Next Monday's."""
    today = now.astimezone(ZoneInfo(noon(now)))
    monday = (today + timedelta(days=7 - today.weekday())).replace(hour=9)
    return nudge(organization, NudgeKind.DIGEST, person, person, monday.astimezone(UTC), f"{monday:%G-%V}")


def nudge(organization: int, kind: NudgeKind, subject: int, person: int, slot: datetime, again: str = "") -> Nudge:
    """One that is planned."""
    return Nudge(
        organization_id=organization,
        once=nudges.key_of(kind, subject, person, again),
        person_id=person,
        kind=kind,
        subject_id=subject,
        slot=slot,
    )


def message_to(organization: int, person: int, address: str, slot: datetime, due_at: datetime) -> Delivery:
    """The row of the outbox: all that is asked of somebody at that moment."""
    moment = nudging.detail_of(slot)
    return Delivery(
        organization_id=organization,
        once=f"{organization}:{nudging.KIND}:{person}:{moment}",
        platform="slack",
        conversation=address,
        kind=nudging.KIND,
        subject_id=person,
        detail=moment,
        person_id=person,
        due_at=due_at,
    )


def fall_due(engine: Engine) -> None:
    """Every prompt is due now, as if it had never been sent."""
    with transaction(engine, writes=True) as session:
        session.execute(
            update(Delivery).values(
                state=DeliveryState.DUE,
                due_at=datetime.now(UTC),
                attempts=0,
                message=None,
                sent_at=None,
                lease_until=None,
            )
        )


def schedule(url: str, *, ahead: int, sent: int) -> None:
    """An empty database becomes one in which so many prompts lie ahead and so many were sent: a minute's worth at a time."""
    engine = open_engine(url)
    schema.upgrade(engine)
    now = datetime.now(UTC)
    with transaction(engine, writes=True) as session:
        organization = people.found_organization(session, f"slack:{TEAM}", now).key
        message = message_to(organization, 1, account(member(0)), now, now)
        upcoming = message.model_dump(exclude={"id"}) | {"person_id": None}
        past = upcoming | {"state": DeliveryState.SENT, "attempts": 1, "sent_at": now}
        for minute in range(1, 1_001):
            at = now + timedelta(days=1, minutes=minute)
            repeat(session, upcoming | {"due_at": at}, ahead // 1_000, once=f"ahead:{minute}:")
            at = now - timedelta(minutes=minute)
            repeat(session, past | {"due_at": at, "sent_at": at}, sent // 1_000, once=f"sent:{minute}:")
        unknown = upcoming | {
            "platform": "teams",
            "state": DeliveryState.UNKNOWN,
            "reason": "no history",
            "due_at": now,
        }
        repeat(session, unknown, UNANSWERED, once="unknown:")
    known_to_the_planner(engine)
    engine.dispose()


def repeat(session: Session, row: dict[str, Any], times: int, *, once: str) -> None:
    """The same row so many times, each but for its `once`; made by the database, which is much faster."""
    numbers = select(literal(1).label("n")).cte("numbers", recursive=True)
    numbers = numbers.union_all(select(numbers.c.n + 1).where(numbers.c.n < bindparam("times")))
    table = Delivery.__table__  # type: ignore[attr-defined]  # every table class has one
    values: dict[str, Any] = {name: bindparam(f"the_{name}", type_=table.c[name].type) for name in row}
    values["once"] = bindparam("the_once", type_=String) + cast(numbers.c.n, String)
    session.execute(
        insert(table).from_select(list(values), select(*values.values())),
        {f"the_{name}": value for name, value in row.items()} | {"the_once": once, "times": times},
    )


def known_to_the_planner(engine: Engine) -> None:
    """What PostgreSQL does by itself within a minute after so many new rows."""
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
