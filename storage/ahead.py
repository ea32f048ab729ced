"""Reading ahead: what a hundred cards of the outbox are drawn from, in a handful of statements instead of hundreds.

Nothing is asked differently because of it. What was read ahead stands in the session, and whoever asks for it finds it there.
"""

from collections.abc import Collection
from functools import cache
from typing import TypeVar

from sqlalchemy import Select, bindparam, select
from sqlmodel import Session, col

from storage import absences, items, people, rows, touchpoints
from storage.people import Person
from storage.rows import Row
from storage.syncs import Sync
from storage.touchpoints import Touchpoint

AnyRow = TypeVar("AnyRow", bound=Row)


def about_syncs(session: Session, sync_ids: Collection[int], person_ids: Collection[int]) -> None:
    """These syncs with their touchpoints and their lines, and these people. For a transaction that only reads."""
    syncs = _several(session, Sync, sync_ids)
    kept = [
        *_several(session, Touchpoint, {sync.touchpoint_id for sync in syncs}),
        *_several(session, Person, person_ids),
    ]
    session.info["ahead"] = [*syncs, *kept]  # A session forgets what nobody else holds.
    rows.gather(session, items.of_syncs, sync_ids)


def about_people(session: Session, person_ids: Collection[int]) -> None:
    """Where each of them is reached, sits or stands in, and when they are away. For a transaction that only reads."""
    rows.gather(session, people.reached, person_ids)
    rows.gather(session, touchpoints.of_people, person_ids)
    rows.gather(session, absences.of_people, person_ids)
    rows.gather(session, absences.lent_to, person_ids)


@cache
def _by_key(table: type[AnyRow]) -> Select[AnyRow]:
    return select(table).where(col(table.id).in_(bindparam("keys", expanding=True)))


def _several(session: Session, table: type[AnyRow], keys: Collection[int]) -> list[AnyRow]:
    return list(session.execute(_by_key(table), {"keys": list(keys)}).scalars()) if keys else []
