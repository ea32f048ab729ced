"""The way out: drawing what is owed from the record of this moment, and what follows when it cannot be sent."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import TypeAlias

from sqlalchemy import Engine

from agenda.nudges import NudgeKind
from bot import nudging, planning, platform_events, readers
from bot.cards import Card
from bot.commands import REGISTRY
from bot.handlers import mine
from bot.handlers.agenda.answers import ABOUT_A_SYNC
from bot.pages import addressed
from bot.turns import Later
from storage import ahead, homes, rows, touchpoints
from storage.deliveries import Owed
from storage.people import Organization, Person
from storage.syncs import Sync
from storage.touchpoints import Touchpoint
from storage.unit_of_work import Record, Transaction, opened, transaction, tried_again, unit_of_work

A_WHILE = timedelta(minutes=1)
UrlFor: TypeAlias = Callable[[str], str]
"""Where the reader of a conversation's address reaches our own pages; nothing if nowhere."""


def draw(
    engine: Engine,
    owed: Owed,
    now: datetime,
    url_for: UrlFor = lambda _address: "",
    *,
    admins: frozenset[str] = frozenset(),
) -> Card | Later | None:
    """The card as it should stand now; nothing where it is not worth sending any more; or when it should go out instead."""
    return draw_all(engine, url_for, [(owed, now)], admins=admins)[0]


def draw_all(
    engine: Engine, url_for: UrlFor, asked: Sequence[tuple[Owed, datetime]], *, admins: frozenset[str] = frozenset()
) -> list[Card | Later | None]:
    """Each card as it should stand at that moment, out of one transaction. `admins` are those whom the settings name."""
    with opened(engine, writes=False) as one:
        if len(asked) > 1:
            read_ahead(one, [owed for owed, _now in asked])
        records = [
            Record(transaction=one, organization_id=owed.organization_id, now=now, admins=admins) for owed, now in asked
        ]
        drawn = [drawn_one(record, owed) for record, (owed, _now) in zip(records, asked, strict=True)]
    return [
        addressed(card, url_for(owed.conversation)) if isinstance(card, Card) else card
        for card, (owed, _now) in zip(drawn, asked, strict=True)
    ]


def drawn_one(record: Record, owed: Owed) -> Card | Later | None:
    """Nothing about a sync that is still far is posted at night or on a weekend, however late it is."""
    draw = REGISTRY.cards.get(owed.kind)
    if draw is None:  # A newer replica owes it, and will draw it.
        return Later(at=record.now + A_WHILE)
    if not readers.may_read(record, owed):
        return readers.closed() if owed.message else None
    drawn = draw(record, owed)
    if isinstance(drawn, Card):
        drawn = mine.marked(record, owed, drawn)
    if not isinstance(drawn, Card) or owed.message or owed.kind not in planning.MAIN_CARDS:
        return drawn
    sync = rows.get(record, Sync, owed.subject_id)
    opens = rows.get(record, Touchpoint, sync.touchpoint_id).office.next_open(record.now)
    return Later(at=opens) if record.now < opens < sync.starts_at else drawn


def read_ahead(reading: Transaction, asked: Sequence[Owed]) -> None:
    """What most cards are drawn from, for all of them at once."""
    asking = [owed for owed in asked if owed.kind == nudging.KIND]
    readers = {owed.subject_id for owed in asking}
    ahead.about_people(reading.session, readers)
    questions = nudging.read_ahead(reading, asking)
    about = {nudge.subject_id for nudge in questions if nudge.kind in {NudgeKind.PROMPT, NudgeKind.REMINDER}}
    about |= {owed.subject_id for owed in asked if owed.kind in ABOUT_A_SYNC}
    ahead.about_syncs(reading.session, about, readers)


def refused(engine: Engine, owed: Owed, reason: str, now: datetime) -> bool:
    """The platform will never take anything there again. Those concerned are told once; True if somebody now is."""
    with unit_of_work(engine, organization_id=owed.organization_id, now=now) as record:
        platform_events.conversation_lost(record, owed.conversation, reason)
        return record.posted


NowOf: TypeAlias = Callable[[Organization], datetime]


def plan_everything(engine: Engine, now_of: NowOf) -> None:
    """Plans every touchpoint of every organization ahead."""
    for planned in to_plan(engine, now_of):
        planned()


def to_plan(engine: Engine, now_of: NowOf) -> list[Callable[[], None]]:
    """One piece of planning for each touchpoint, each in a transaction of its own: whoever waits is served in between, and one
    that breaks leaves the others alone.
    """
    with transaction(engine, writes=False) as session:
        found = touchpoints.everywhere(session)
    pieces = (partial(plan_one, engine, now_of, organization, touchpoint_id) for organization, touchpoint_id in found)
    return [partial(tried_again, piece) for piece in pieces]


def plan_one(engine: Engine, now_of: NowOf, organization: Organization, touchpoint_id: int) -> None:
    """The coming syncs of one touchpoint, the weekly digests of those who sit there, and homes that time alone changed."""
    with unit_of_work(engine, organization_id=organization.key, now=now_of(organization)) as record:
        touchpoint = rows.get(record, Touchpoint, touchpoint_id)
        planning.plan(record, touchpoint)
        for person_id in {touchpoint.cio_id, touchpoint.ciso_id}:
            nudging.plan_digest(record, rows.get(record, Person, person_id))
        homes.outdate(record)
