"""What the operator asks of the whole database, on the server itself; nobody in a chat ever reaches this."""

from datetime import datetime

from sqlalchemy import Engine, select
from sqlmodel import col

from agenda.queries import query_in
from storage import finding, people, rows
from storage.decisions import Decision
from storage.people import Organization
from storage.touchpoints import every
from storage.unit_of_work import Record, opened


def find_decisions(engine: Engine, words: str, *, now: datetime, limit: int) -> list[Decision]:
    """Decisions of every organization but the sample that have all these words, newest first within each. Raises `BadInput`."""
    with opened(engine, writes=False) as transaction:
        found: list[Decision] = []
        real = select(Organization).where(col(Organization.id).not_in(people.made_up())).order_by(col(Organization.id))
        for organization in list(transaction.session.execute(real).scalars()):
            record = Record(transaction=transaction, organization_id=organization.key, now=now)
            scope = [touchpoint.key for touchpoint in every(record)]
            query, reach = query_in(words, today=now.date()).within("decision"), finding.Reach(touchpoint_ids=scope)
            hits = finding.find(record, query, reach, limit=limit)
            found += [rows.get(record, Decision, hit.subject_id) for hit in hits]
        return found[:limit]
