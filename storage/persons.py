"""What is kept about one person: every row that names them, and every address at which they are reached.

For the operator, who answers for it: people in the chat see themselves in `settings` and `nudges`.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Table, or_, select
from sqlmodel import Session, col

from storage import merging, people
from storage.deliveries import Delivery
from storage.people import Account, Person
from storage.places import Conversation
from storage.search import SearchEntry
from storage.tables import METADATA
from storage.unit_of_work import Record

SECRETS = {"calendar_key", "token_hash", "hash", "salt"}
"""What would still open a door."""
SCORES = {"cio_score", "ciso_score"}
"""What the two who answered told each other; whoever only asked is not one of them."""


def meant(session: Session, said: str) -> list[Person]:
    """Whom a name, an account or a number means, in every organization, whether they are still here or not."""
    wanted = said.strip().casefold()
    every = session.execute(
        select(Person).where(col(Person.merged_into_id).is_(None)).order_by(col(Person.id))
    ).scalars()
    owners = select(col(Account.person_id)).where(col(Account.address) == said.strip())
    ids = set(session.execute(owners).scalars())
    return [one for one in every if one.id in ids or wanted in (one.name.casefold(), str(one.id))]


def kept(record: Record, person: Person) -> dict[str, list[dict[str, Any]]]:
    """Each table's rows that name this person, or whoever turned out to be them; tables without one are left out.

    The search index says nothing of its own: it repeats what the rows say.
    """
    ids, found = merging.same_as(record, person.key), dict[str, list[dict[str, Any]]]()
    addresses = addresses_of(record, ids)
    for table, condition in _naming(ids, addresses):
        query = select(table).where(table.c.organization_id == record.organization_id, condition)
        rows = record.session.connection().execute(query.order_by(*table.primary_key)).mappings()
        said = [
            {name: value for name, value in row.items() if name not in left_out(row, ids)} for row in map(dict, rows)
        ]
        if said:
            found[table.name] = said
    return found


def left_out(row: Mapping[str, Any], ids: Collection[int]) -> set[str]:
    """The columns that are not theirs to have."""
    return SECRETS if {row.get("cio_id"), row.get("ciso_id")} & set(ids) else SECRETS | SCORES


def addresses_of(record: Record, person_ids: Sequence[int]) -> list[str]:
    """All of their accounts."""
    return [address for person_id in person_ids for address in people.accounts_of(record, person_id)]


def _naming(ids: Sequence[int], addresses: Sequence[str]) -> Iterator[tuple[Table, Any]]:
    columns = merging.naming_people()
    person = METADATA.tables["person"]
    yield person, person.c.id.in_(ids)
    for table in METADATA.sorted_tables:
        naming = [column.in_(ids) for column in columns if column.table is table]
        if table.name == Conversation.__tablename__:
            naming.append(table.c.address.in_(addresses))
        if table.name == Delivery.__tablename__:
            naming.append(table.c.conversation.in_(addresses))
        if naming and table.name not in (Person.__tablename__, SearchEntry.__tablename__):
            yield table, or_(*naming)
