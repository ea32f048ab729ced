"""What an upgraded database needs and no migration can do, because it takes the nouns' code as it is today.

It is done in the transaction of the migrations themselves: an upgrade stands as a whole or not at all.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from heapq import merge
from itertools import islice
from typing import Any

from sqlalchemy import Connection, select
from sqlmodel import SQLModel, col

from storage import actions, audit, decisions, items, minutes, risks
from storage.actions import ActionItem
from storage.decisions import Decision
from storage.items import AgendaItem
from storage.keys import HISTORY
from storage.people import Organization
from storage.risks import RiskItem
from storage.rows import name_of, sealed_tables
from storage.syncs import Sync
from storage.unit_of_work import Record, Transaction

AT_ONCE = 500  # rows in memory, of each table
INDEXED_SINCE = "0004"
SEALED_SINCE = (
    "0004"  # Moves on with each migration that rewrites rows of the record, or gives them a column that says something.
)

# What is found, the moment by which it is newer or older than others, and how it says what it is found by.
FOUND: tuple[tuple[type[SQLModel], str, Callable[[Record, Any], None]], ...] = (
    (Decision, "recorded_at", decisions.index),
    (RiskItem, "raised_at", risks.index),
    (ActionItem, "promised_at", actions.index),
    (AgendaItem, "raised_at", items.index),
    (Sync, "closed_at", minutes.index),
)


def after_upgrade(connection: Connection, came_from: str) -> None:
    """Of a database that stood before, and whose schema was `came_from`."""
    for record in records(connection):
        if came_from < INDEXED_SINCE:
            index(record)
        if came_from < SEALED_SINCE:
            seal(record)


def records(connection: Connection) -> Iterator[Record]:
    """Of every organization, one after the other."""
    now = datetime.now(UTC)
    for key in connection.execute(select(col(Organization.id)).order_by(col(Organization.id))).scalars().all():
        transaction = Transaction(connection.engine, writes=True, _connection=connection)
        yield Record(transaction=transaction, organization_id=key or 0, now=now)
        transaction.flush()


def index(record: Record) -> None:
    """Everything is found again. The oldest first, because the newest is what has the highest id."""
    todo = merge(*(keys(record, place) for place in range(len(FOUND))))
    while some := list(islice(todo, AT_ONCE)):
        read = held(record, some)
        for _at, place, key in some:
            FOUND[place][2](record, read[place, key])
        record.session.expunge_all()
        record.session.info.pop(HISTORY, None)  # The keys of each paper, which would add up to all that there are.


def held(record: Record, some: Sequence[tuple[datetime, int, int]]) -> dict[tuple[int, int], Any]:
    """These rows, in a statement a table; a session forgets what nobody holds."""
    found: dict[tuple[int, int], Any] = {}
    for place, (table, _moment, _put) in enumerate(FOUND):
        key = table.__table__.c.id  # type: ignore[attr-defined]  # every table class has one
        wanted = [one for _at, whose, one in some if whose == place]
        rows = record.session.execute(select(table).where(key.in_(wanted))).scalars() if wanted else ()
        found |= {(place, row.id): row for row in rows}
    return found


def keys(record: Record, place: int) -> Iterator[tuple[datetime, int, int]]:
    """(moment, which of `FOUND`, key) of all there is in one table, as it was written."""
    table, moment, _put = FOUND[place]
    columns = table.__table__.c  # type: ignore[attr-defined]  # every table class has one
    last = 0
    query = select(columns[moment], columns.id).where(columns.organization_id == record.organization_id)
    query = query.where(columns[moment].is_not(None)).order_by(columns.id).limit(AT_ONCE)
    while some := record.execute(query.where(columns.id > last)).all():
        yield from ((row[0], place, row[1]) for row in some)
        last = some[-1][1]


def seal(record: Record) -> None:
    """Every row that stood before there were seals gets one; from here on nobody changes it unseen."""
    for table in sorted(sealed_tables(), key=name_of):
        columns = table.__table__.c  # type: ignore[attr-defined]  # every table class has one
        query, last = select(columns.id).where(columns.organization_id == record.organization_id), 0
        while (
            some := record.execute(query.where(columns.id > last).order_by(columns.id).limit(AT_ONCE)).scalars().all()
        ):
            record.touch(table, some)
            audit.append(record, "record.sealed", table=name_of(table))
            audit.chain(record)
            last = some[-1]
