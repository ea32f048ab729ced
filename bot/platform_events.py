"""What the platforms tell us unasked: who somebody is, that they left, where the bot can speak, where no longer, and who reads.

an account was switched off, or is a guest's      it gets nothing. Who has no other is gone: no member any more, and where
                                                  they sit the other principal and the admins are told once
it is a member's again                            they are back: their chairs are theirs, and they run what they ran; who
                                                  was let in beside the two is let in again or not
people of other companies read a touchpoint's     nothing of the record is posted there; both principals have it in their
home                                              direct chats, and they and the admins are told once. What stood is closed
none can any more, or it moved                    all is as before
nothing could be sent there, and now it can       what was refused there is owed again
"""

from typing import assert_never

from agenda.touchpoints import Seat
from bot import planning, telling
from bot.handlers.access import members
from bot.handlers.syncs import greetings, homes
from bot.handlers.syncs.touchpoints import GUEST
from bot.requests import ConversationLost, ConversationMoved, ConversationSeen, FromPlatform, ProfileSeen
from storage import audit, deliveries, memberships, people, places, readdressing, touchpoints
from storage.people import Person
from storage.touchpoints import Touchpoint
from storage.unit_of_work import Record


def take(record: Record, request: FromPlatform) -> None:
    """Keep it. Whatever it changes for a touchpoint, its people are told once."""
    match request:
        case ProfileSeen():
            profile_seen(record, request)
        case ConversationSeen():
            conversation_seen(record, request)
        case ConversationMoved():
            conversation_moved(record, request.conversation, request.to)
        case ConversationLost():
            conversation_lost(record, request.conversation, request.reason)
        case _:
            assert_never(request)


def profile_seen(record: Record, request: ProfileSeen) -> None:
    """Names and zones come from the platform, and so does whether somebody is still a member."""
    profile, shut = request.profile, request.left or request.profile.outsider
    known = people.account(record, profile.account)
    if known is None and shut:
        return  # Nobody here ever met them.
    was_member = known is not None and not known.outsider
    person = people.meet(record, profile.account, name=profile.name, zone=profile.zone, outsider=shut)
    if known and was_member == shut and not request.left:  # Who turned into a guest still reads what stands there.
        deliveries.redraw_at(record, profile.account)
    is_member = people.last_used(record, person.key) is not None
    if is_member and person.left_at:
        came_back(record, person)
    elif was_member and not is_member and person.left_at is None:
        went(record, person, guest=not request.left)


def went(record: Record, person: Person, *, guest: bool) -> None:
    """They have left, or are a guest wherever they are; a principal's is said to the other one and to the admins."""
    person.left_at = record.now
    audit.append(record, "person.left", person=person.id)
    members.put_out(record, *memberships.of_person(record, person.key))
    for touchpoint in touchpoints.of_person(record, person.key):
        seat = touchpoint.seat_of(person.key) or Seat.CIO
        for told in {touchpoint.principal(seat.other), *people.admins(record)} - {person.key}:
            tell(record, told, kind="left", subject_id=touchpoint.key, detail=f"{seat}{GUEST if guest else ''}")
        planning.replan(record, touchpoint)


def came_back(record: Record, person: Person) -> None:
    """They sit where they sat, and are asked again."""
    person.left_at = None
    audit.append(record, "person.back", person=person.id)
    for touchpoint in touchpoints.of_person(record, person.key):
        deliveries.redraw(record, "left", subject_id=touchpoint.key)
        planning.replan(record, touchpoint)


def conversation_seen(record: Record, request: ConversationSeen) -> None:
    """The bot can speak there. Whether people of other companies read along may be news."""
    place = request.conversation
    since = places.lost_since(record, place)
    places.remember(record, place, reference=request.reference, title=request.title, added_by=request.by)
    if since is not None:
        deliveries.owe_again(record, place, since=since)
    home_renamed(record, place, request.title)
    greetings.greet(record, request)
    if request.outsiders is None or not places.open_up(record, place, outsiders=request.outsiders):
        return
    audit.append(record, "conversation.opened" if request.outsiders else "conversation.closed", conversation=place)
    if touchpoint := touchpoints.at_home(record, place):
        home_opened(record, touchpoint)


def conversation_moved(record: Record, old: str, new: str) -> None:
    """All that stands there, and is owed there, is reached at its new address."""
    if readdressing.readdress(record, old, new):
        audit.append(record, "conversation.moved", conversation=old, to=new)


def home_renamed(record: Record, place: str, title: str) -> None:
    """A home goes by the name that it has on its platform."""
    touchpoint = touchpoints.at_home(record, place)
    if touchpoint and title and touchpoint.home_title != title:
        touchpoint.home_title = title
        audit.append(record, "touchpoint.renamed", touchpoint=touchpoint.key)


def home_opened(record: Record, touchpoint: Touchpoint) -> None:
    """Others read it, or no others any more: its cards go where only its people read."""
    record.session.flush()
    deliveries.redraw_at(record, touchpoint.home)
    deliveries.redraw(record, "outsiders", subject_id=touchpoint.key)
    planning.replan(record, touchpoint)
    homes.show_live(record, touchpoint)
    if places.is_open(record, touchpoint.home):
        for told in {touchpoint.cio_id, touchpoint.ciso_id, *people.admins(record)}:
            tell(record, told, kind="outsiders", subject_id=touchpoint.key, detail="")


def conversation_lost(record: Record, conversation: str, reason: str) -> None:
    """Nothing can be sent there any more, and nothing is tried again. Whoever can mend it is told once.

    That are both principals and the admins for the home of a touchpoint; for somebody's direct chat the admins, or the other
    principals where there is no other admin. Who can be reached on another platform is told there from now on.
    """
    if not places.lose(record, conversation, reason):
        return
    person = people.person_at(record, conversation)
    lost = {"conversation": conversation} if person is None else {"person": person.id}
    audit.append(record, "conversation.lost", **lost, reason=reason)
    if person is not None:
        if elsewhere := [one for one in people.reached_at(record, person.key) if not places.is_lost(record, one)]:
            telling.follow(record, person.key, elsewhere[0])
            return
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
