"""What the platforms tell us unasked: who somebody is, that they left, where the bot can speak and where no longer."""

from typing import assert_never

from agenda.touchpoints import Seat
from bot import telling
from bot.handlers.access import members
from bot.requests import ConversationLost, ConversationSeen, ProfileSeen
from storage import audit, memberships, people, places, touchpoints
from storage.unit_of_work import Record


def take(record: Record, request: ProfileSeen | ConversationSeen | ConversationLost) -> None:
    """Keep it. Whatever it changes for a touchpoint, its people are told once."""
    match request:
        case ProfileSeen():
            profile_seen(record, request)
        case ConversationSeen():
            places.remember(record, request.conversation, reference=request.reference, title=request.title)
        case ConversationLost():
            conversation_lost(record, request.conversation, request.reason)
        case _:
            assert_never(request)


def profile_seen(record: Record, request: ProfileSeen) -> None:
    """Names and zones come from the platform. A principal who left is said to the other one."""
    profile = request.profile
    if request.left and people.account(record, profile.account) is None:
        return  # Nobody here ever met them.
    person = people.meet(record, profile.account, name=profile.name, zone=profile.zone, outsider=profile.outsider)
    if not request.left:
        person.left_at = None
        return
    if person.left_at is not None:
        return
    person.left_at = record.now
    audit.append(record, "person.left", person=person.id)
    members.put_out(record, *memberships.of_person(record, person.key))
    for touchpoint in touchpoints.of_person(record, person.key):
        for seat in Seat:
            if touchpoint.principal(seat) == person.key:
                other = touchpoint.principal(seat.other)
                tell(record, other, kind="left", subject_id=touchpoint.key, detail=seat.value)


def conversation_lost(record: Record, conversation: str, reason: str) -> None:
    """Nothing can be sent there any more, and nothing is tried again. Whoever can mend it is told once.

    That are both principals and the admins for the home of a touchpoint; for somebody's direct chat the admins, or the other
    principals where there is no other admin.
    """
    if not places.lose(record, conversation, reason):
        return
    person = people.person_at(record, conversation)
    lost = {"conversation": conversation} if person is None else {"person": person.id}
    audit.append(record, "conversation.lost", **lost, reason=reason)
    if person is not None:
        for told in set(people.admins(record)) - {person.key} or at_their_table(record, person.key):
            tell(record, told, kind="unreachable", subject_id=person.key, detail=reason)
        return
    touchpoint = touchpoints.at_home(record, conversation)
    if touchpoint is None:
        return
    for person_id in {touchpoint.cio_id, touchpoint.ciso_id, *people.admins(record)}:
        tell(record, person_id, kind="lost", subject_id=touchpoint.key, detail=reason)


def at_their_table(record: Record, person_id: int) -> set[int]:
    """Who sits at a table with them."""
    tables = touchpoints.of_person(record, person_id)
    return {one.principal(seat) for one in tables for seat in Seat} - {person_id}


def tell(record: Record, person_id: int, *, kind: str, subject_id: int, detail: str) -> None:
    """Owe somebody a word in their direct chat, once for each such event."""
    once = f"{kind}:{subject_id}:{person_id}:{record.now.isoformat()}"
    telling.in_private(record, person_id, once=once, kind=kind, subject_id=subject_id, detail=detail)
