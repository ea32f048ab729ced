"""A person's data goes, and the record keeps its integrity: who they were is forgotten, what they did stays.

What goes     their name, accounts, zone, hours, leave, calendars, codes, nudges, private answers, messages to
              them, references of direct chats
What ends     what they may: delegations and memberships
What is left  their row, as `former member 12`, so that keys, history and the audit log keep their meaning and still verify
What stays    every text that is signed or may be: it says which decisions name them, and nothing of it is changed
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import time
from typing import TypeVar

from sqlalchemy import ColumnElement, CursorResult, delete, or_, select
from sqlmodel import SQLModel, col

from agenda.errors import NotNow
from agenda.owners import names_in
from agenda.words import words_in
from storage import actions, asks, audit, initiatives, merging, people, persons, places, risks, rows, touchpoints
from storage.absences import Absence, Delegation
from storage.actions import ActionItem
from storage.asks import Ask
from storage.decisions import Decision
from storage.deliveries import Delivery
from storage.feeds import CalendarFeed
from storage.health import PulseAnswer
from storage.hygiene import HygieneAnswer
from storage.inbox import InboxMark
from storage.initiatives import Initiative
from storage.installations import Installation
from storage.items import AgendaItem
from storage.links import LinkCode
from storage.memberships import Membership
from storage.nudges import Nudge
from storage.owners import OwnershipAnswer, Responsibility
from storage.people import Account, Person
from storage.places import Conversation
from storage.risks import RiskItem
from storage.unit_of_work import Record
from storage.vocabulary import SearchWord

NUDGE = "nudge"  # The kind of delivery whose subject is a person.
SIDES = ("sponsor", "partner")
LISTS = ("accountable", "responsible", "consulted", "informed")
Owned = TypeVar("Owned", RiskItem, Ask)


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """What became of them: rows by table that are gone, ended, or say `now_called`; and the texts that still name them."""

    now_called: str
    gone: dict[str, int]
    ended: dict[str, int]
    rewritten: dict[str, int]
    still_named_in: tuple[str, ...]


def erase(record: Record, person: Person) -> Erased:
    """All of the above. Raises `NotNow` for one who still sits on a chair, or is the only admin."""
    require_free(record, person)
    ids = merging.same_as(record, person.key)
    names = names_of(record, ids)
    signed = naming_decisions(record, names)
    addresses = persons.addresses_of(record, ids)
    ended = {rows.name_of(table): end(record, table, ids) for table in (Delegation, Membership)}
    gone = forget(record, ids, addresses)
    rename(record, ids)
    rewritten = rewrite(record, names, f"former member {person.key}") if names else {}
    reindex(record, ids, names)
    audit.append(record, "person.erased", person=person.key)
    return Erased(now_called=person.called, gone=gone, ended=ended, rewritten=rewritten, still_named_in=signed)


def require_free(record: Record, person: Person) -> None:
    """Nobody goes before somebody else can do what they do."""
    for touchpoint in touchpoints.of_person(record, person.key):
        seat = touchpoint.seat_of(person.key)
        chair = seat.label if seat else "principal"
        raise NotNow(
            f"Person {person.key} sits in “{touchpoint.name}” as {chair}.",
            "Put somebody else there first: “/touchpoint settings” in its home.",
        )
    if people.admins(record) == [person.key]:
        raise NotNow(
            f"Person {person.key} is the only admin here.",
            "Name another one in TOUCHPOINT_ADMINS, and let them say “/touchpoint setup” once.",
        )


def names_of(record: Record, ids: Collection[int]) -> set[str]:
    """What they were called, in small letters; without those by which somebody else is called too."""
    query = select(Person).where(col(Person.organization_id) == record.organization_id, col(Person.name) != "")
    every = list(record.session.execute(query).scalars())
    others = {one.name.casefold() for one in every if one.id not in ids and one.left_at is None}
    return {one.name.casefold() for one in every if one.id in ids} - others


def forget(record: Record, ids: Sequence[int], addresses: Sequence[str]) -> dict[str, int]:
    """What is about them alone."""
    to_them = or_(
        col(Delivery.person_id).in_(ids),
        col(Delivery.conversation).in_(addresses),
        (col(Delivery.kind) == NUDGE) & col(Delivery.subject_id).in_(ids),
    )
    forms = [col(InboxMark.key).startswith(f"form:{address}:", autoescape=True) for address in addresses]
    conditions: tuple[tuple[type[SQLModel], ColumnElement[bool]], ...] = (
        (Delivery, to_them),
        (Nudge, col(Nudge.person_id).in_(ids)),
        (HygieneAnswer, col(HygieneAnswer.person_id).in_(ids)),
        (PulseAnswer, col(PulseAnswer.person_id).in_(ids)),
        (CalendarFeed, col(CalendarFeed.person_id).in_(ids)),
        (LinkCode, col(LinkCode.person_id).in_(ids)),
        (Absence, col(Absence.person_id).in_(ids)),
        (Conversation, col(Conversation.address).in_(addresses)),
        (InboxMark, or_(False, *forms)),
        (Account, col(Account.person_id).in_(ids)),
    )
    gone = {table.__tablename__: _delete(record, table, condition) for table, condition in conditions}
    for one in _all(record, Installation, col(Installation.installed_by).in_(addresses)):
        one.installed_by = ""
    places.forget_who_added(record, addresses)
    said = [col(AgendaItem.source_message).startswith(f"{address}/", autoescape=True) for address in addresses]
    for line in _all(record, AgendaItem, or_(False, *said)):
        line.source_message = None  # It was said in their direct chat, whose address is their account.
    return {str(name): count for name, count in gone.items() if count}


def _delete(record: Record, table: type[SQLModel], condition: ColumnElement[bool]) -> int:
    whose = table.__table__.c.organization_id == record.organization_id  # type: ignore[attr-defined]  # every table has one
    done = record.session.execute(delete(table).where(whose, condition).execution_options(synchronize_session="fetch"))
    return done.rowcount if isinstance(done, CursorResult) else 0


def _all(record: Record, table: type[rows.AnyRow], condition: ColumnElement[bool]) -> list[rows.AnyRow]:
    query = select(table).where(col(table.organization_id) == record.organization_id, condition).order_by(col(table.id))
    return list(record.session.execute(query).scalars())


def end(record: Record, table: type[Delegation] | type[Membership], ids: Collection[int]) -> int:
    """They may not any more."""
    found = _all(record, table, col(table.person_id).in_(ids) & col(table.ended_at).is_(None))
    for one in found:
        one.ended_at = record.now
    return len(found)


def rename(record: Record, ids: Sequence[int]) -> None:
    """What is left of them, and of whoever turned out to be them, says nothing."""
    for one in _all(record, Person, col(Person.id).in_(ids)):
        one.name, one.zone, one.muted = f"former member {one.key}", "", ""
        one.begins, one.ends, one.days = time(9, 0), time(17, 0), "MO,TU,WE,TH,FR"
        one.admin, one.left_at = False, one.left_at or record.now
    record.session.flush()
    record.names.clear()
    record.people_changed = True


def rewrite(record: Record, names: Collection[str], now_called: str) -> dict[str, int]:
    """Where exactly their name stands as an owner, outside of any text that is signed."""
    owned = owner_of(record, RiskItem, risks.index, names, now_called)
    asked = owner_of(record, Ask, asks.index, names, now_called)
    projects = sponsored(record, names, now_called)
    areas = [
        one for one in _all(record, Responsibility, col(Responsibility.id) > 0) if put_right(one, names, now_called)
    ]
    for answer in _all(record, OwnershipAnswer, col(OwnershipAnswer.named) != ""):
        answer.named = now_called if answer.named.casefold().strip() in names else answer.named
    record.session.flush()
    return {"risk_item": owned, "ask": asked, "initiative": projects, "responsibility": len(areas)}


def owner_of(
    record: Record, table: type[Owned], index: Callable[[Record, Owned], None], names: Collection[str], now_called: str
) -> int:
    """Of how many they were the owner."""
    owned = [one for one in _all(record, table, col(table.owner) != "") if one.owner.casefold().strip() in names]
    for one in owned:
        one.owner = now_called
        record.session.flush()
        index(record, one)
    return len(owned)


def sponsored(record: Record, names: Collection[str], now_called: str) -> int:
    """The same of who stands for an IT project, on either side."""
    changed = 0
    for one in _all(record, Initiative, (col(Initiative.sponsor) != "") | (col(Initiative.partner) != "")):
        theirs = [side for side in SIDES if getattr(one, side).casefold().strip() in names]
        for side in theirs:
            setattr(one, side, now_called)
        if theirs:
            record.session.flush()
            initiatives.index(record, one)
            changed += 1
    return changed


def put_right(area: Responsibility, names: Collection[str], now_called: str) -> bool:
    """In each of its lists. True if they stood in one."""
    changed = False
    for field in LISTS:
        listed = names_in(getattr(area, field))
        if any(name.casefold() in names for name in listed):
            setattr(area, field, ", ".join(now_called if name.casefold() in names else name for name in listed))
            changed = True
    return changed


def naming_decisions(record: Record, names: Collection[str]) -> tuple[str, ...]:
    """Those whose text names them as owner, consulted or informed: it is signed, or asked to be."""
    return tuple(
        one.ref
        for one in _all(record, Decision, col(Decision.id) > 0)
        if set(names)
        & {name.casefold() for text in (one.owner, one.consulted, one.informed) for name in names_in(text)}
    )


def reindex(record: Record, ids: Collection[int], names: Collection[str]) -> None:
    """Nobody finds a promise by the name that its owner had, nor is offered that name for a typing error."""
    for action in _all(record, ActionItem, col(ActionItem.owner_id).in_(ids)):
        actions.index(record, action)
    words = {word for name in names for word in words_in(name)}
    _delete(record, SearchWord, col(SearchWord.word).in_(sorted(words)))
