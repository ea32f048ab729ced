"""The way out: drawing what is owed from the record of this moment, and what follows when it cannot be sent."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Engine, select
from sqlmodel import col

from bot import nudging, planning, platform_events
from bot.cards import Card
from bot.commands import REGISTRY
from bot.turns import Later
from storage import rows, touchpoints
from storage.deliveries import Owed
from storage.people import Organization, Person
from storage.syncs import Sync
from storage.touchpoints import Touchpoint
from storage.unit_of_work import Record, transaction, unit_of_work


def draw(engine: Engine, owed: Owed, now: datetime) -> Card | Later | None:
    """The card as it should stand now; nothing where it is not worth sending any more; or when it should go out instead."""
    with unit_of_work(engine, organization_id=owed.organization_id, now=now, writes=False) as record:
        drawn = REGISTRY.cards[owed.kind](record, owed)
        if isinstance(drawn, Card) and owed.message is None and owed.kind in planning.MAIN_CARDS:
            return quiet(record, owed) or drawn
        return drawn


def quiet(record: Record, owed: Owed) -> Later | None:
    """Nothing about a sync that is still far is posted at night or on a weekend, however late it is."""
    sync = rows.get(record, Sync, owed.subject_id)
    office = rows.get(record, Touchpoint, sync.touchpoint_id).office
    opens = office.next_open(record.now)
    return Later(at=opens) if opens > record.now and opens < sync.starts_at else None


def refused(engine: Engine, owed: Owed, reason: str, now: datetime) -> bool:
    """The platform will never take anything there again. Those concerned are told once; True if somebody now is."""
    with unit_of_work(engine, organization_id=owed.organization_id, now=now) as record:
        platform_events.conversation_lost(record, owed.conversation, reason)
        return record.posted


def plan_everything(engine: Engine, now_of: Callable[[Organization], datetime]) -> None:
    """Plans every touchpoint of every organization ahead, each organization in a transaction of its own."""
    with transaction(engine, writes=False) as session:
        organizations = list(session.execute(select(Organization).order_by(col(Organization.id))).scalars())
    for organization in organizations:
        with unit_of_work(engine, organization_id=organization.key, now=now_of(organization)) as record:
            for touchpoint in touchpoints.every(record):
                planning.plan(record, touchpoint)
            for person_id in touchpoints.seated(record):
                nudging.plan_digest(record, rows.get(record, Person, person_id))
