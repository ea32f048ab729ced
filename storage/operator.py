"""What the operator asks of the whole database, on the server itself; nobody in a chat ever reaches this."""

from datetime import datetime

from sqlalchemy import Engine, select
from sqlmodel import col

from storage import decisions
from storage.decisions import Decision
from storage.people import Organization
from storage.touchpoints import every
from storage.unit_of_work import Record, opened


def find_decisions(engine: Engine, words: str, *, now: datetime, limit: int) -> list[Decision]:
    """Decisions of every organization that have all these words, newest first within each."""
    with opened(engine, writes=False) as transaction:
        found: list[Decision] = []
        for organization_id in list(transaction.session.execute(select(col(Organization.id))).scalars()):
            record = Record(transaction=transaction, organization_id=organization_id or 0, now=now)
            scope = [touchpoint.key for touchpoint in every(record)]
            for number, *_rest in decisions.find(record, words, scope, limit=limit):
                decision = decisions.by_number(record, number, scope)
                found += [decision] if decision else []
        return found[:limit]
