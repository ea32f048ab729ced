"""Our own pages: how cards lead to them, and what calendars read there.

A card carries the path alone, because no handler knows where this installation is reached; `addressed` puts that before it
when the card goes out, and leaves the button out where nobody could follow it.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Engine

from agenda import ics
from agenda.ics import CalendarEvent
from bot.access import roles_of
from bot.cards import Button, Card, LinkButton
from bot.replies import Answer, Reply
from storage import feeds, people, rows, syncs
from storage.people import Organization
from storage.syncs import Sync
from storage.touchpoints import Touchpoint
from storage.unit_of_work import Record, Transaction, opened

CALENDAR = "Touchpoint"
FURTHEST = timedelta(days=3_660)  # Whatever somebody moved a sync to is nearer than ten years.

NowOf = Callable[[Organization], datetime]


def sync_path(key: str) -> str:
    """Where one sync can be added to a calendar."""
    return f"/sync/{key}.ics"


def feed_path(token: str) -> str:
    """Where a calendar reads all syncs of a person."""
    return f"/calendar/{token}.ics"


def sync_calendar_button(sync: Sync) -> LinkButton:
    """Opens the one sync in the reader's own calendar."""
    return LinkButton(label="Add to calendar", url=sync_path(sync.calendar_key))


def addressed(card: Card, public_url: str) -> Card:
    """The card as it can go out: our own pages with their whole address, or without the buttons that lead to them."""
    if not any(is_ours(button) for button in card.buttons):
        return card
    buttons = (opened_at(button, public_url) for button in card.buttons if public_url or not is_ours(button))
    return replace(card, buttons=tuple(buttons))


def led(reply: Reply, public_url: str) -> Reply:
    """The reply with such a card."""
    return replace(reply, card=addressed(reply.card, public_url)) if isinstance(reply, Answer) else reply


def is_ours(button: Button | LinkButton) -> bool:
    """Does it open a page of our own?"""
    return isinstance(button, LinkButton) and button.url.startswith("/")


def opened_at(button: Button | LinkButton, public_url: str) -> Button | LinkButton:
    """The button with the whole address of its page."""
    return (
        replace(button, url=public_url + button.url) if isinstance(button, LinkButton) and is_ours(button) else button
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarPage:
    """What one address serves at `now`. `id` is what a log may say of it: `feed 7`, `sync 12`."""

    id: str
    name: str
    events: tuple[CalendarEvent, ...]
    now: datetime

    @property
    def tag(self) -> str:
        """The same for as long as it says the same."""
        return ics.tag(self.name, self.events)

    def body(self) -> bytes:
        """As calendars read it."""
        return ics.calendar(self.name, self.events, now=self.now)


def feed(engine: Engine, token: str, now_of: NowOf) -> CalendarPage | None:
    """All syncs of the person whose secret this is; nothing if it is unknown or revoked, or they have no chair any more."""
    with opened(engine, writes=False) as transaction:
        known = feeds.by_token(transaction.session, token)
        if known is None:
            return None
        record = record_of(transaction, known.organization_id, now_of)
        seats = chairs(record, known.person_id) if people.is_here(record, known.person_id) else []
        if not seats:
            return None
        events = tuple(event for touchpoint in seats for event in all_of(record, touchpoint))
        return CalendarPage(id=f"feed {known.id}", name=CALENDAR, events=events, now=record.now)


def sync_file(engine: Engine, key: str, now_of: NowOf) -> CalendarPage | None:
    """The one sync that this key was made for."""
    with opened(engine, writes=False) as transaction:
        sync = feeds.sync_by_key(transaction.session, key)
        if sync is None:
            return None
        record = record_of(transaction, sync.organization_id, now_of)
        touchpoint = rows.get(record, Touchpoint, sync.touchpoint_id)
        event = ics.planned(touchpoint, touchpoint.key, sync, sync.key)
        return CalendarPage(id=f"sync {sync.id}", name=touchpoint.name, events=(event,), now=record.now)


def record_of(transaction: Transaction, organization_id: int, now_of: NowOf) -> Record:
    """The record of the organization that an address belongs to, at its own time."""
    organization = transaction.session.get_one(Organization, organization_id)
    return Record(transaction=transaction, organization_id=organization_id, now=now_of(organization))


def chairs(record: Record, person_id: int) -> list[Touchpoint]:
    """The touchpoints whose syncs a person may see."""
    return [rows.get(record, Touchpoint, chair.touchpoint_id) for chair in roles_of(record, person_id)]


def all_of(record: Record, touchpoint: Touchpoint) -> list[CalendarEvent]:
    """What the record has of it, and behind that what its rule has ahead."""
    since, until = record.now - ics.KEPT, record.now + FURTHEST
    known = syncs.listed(record, touchpoint.key, since=since, until=until)
    planned = [ics.planned(touchpoint, touchpoint.key, sync, sync.key) for sync in known]
    occurrences = {sync.occurrence for sync in known if sync.occurrence}
    return [*planned, *ics.coming(touchpoint, touchpoint.key, occurrences, now=record.now)]
