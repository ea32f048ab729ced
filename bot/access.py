"""Who is asking, and what they may do. Asked on every request, so it is remembered for a few seconds.

Nothing a client sends back is a permission: every button and every form comes through here again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine

from agenda import conversations
from agenda.conversations import Conversation
from agenda.recurrence import local_date
from agenda.roles import Right, Role
from agenda.touchpoints import Seat
from bot.requests import Profile, tenant_of
from storage import absences, memberships, people, rows, touchpoints
from storage.touchpoints import Touchpoint
from storage.unit_of_work import Record, opened

REMEMBERED_FOR = timedelta(seconds=5)
MOST_REMEMBERED = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Chair:
    """What somebody is in one touchpoint, with its home and conversations. Members and viewers have no `seat` of their own."""

    touchpoint_id: int
    role: Role
    seat: Seat | None
    home: str
    home_title: str
    conversations: frozenset[Conversation] = frozenset()

    @property
    def sits_on(self) -> Seat:
        """The seat. Raises `LookupError` for a member's and a viewer's."""
        if self.seat is None:
            raise LookupError(f"a {self.role} sits on no seat")
        return self.seat


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """A person of one organization, as they are at this moment. `seats` are all their roles, one for each touchpoint.

    `elsewhere` says that they were last seen on another account of theirs.
    """

    account: str
    organization_id: int
    person_id: int
    name: str
    zone: str
    admin: bool
    outsider: bool
    left: bool
    elsewhere: bool
    seats: tuple[Chair, ...]

    def chair_in(self, touchpoint_id: int) -> Chair | None:
        """What they are there, if anything."""
        return next((chair for chair in self.seats if chair.touchpoint_id == touchpoint_id), None)

    @property
    def actor(self) -> str:
        """What the audit log calls them, for ever: an account or a name could never be forgotten again."""
        return f"person/{self.person_id}"

    def seat_in(self, touchpoint_id: int) -> Seat | None:
        """On which seat they turn a key, if any."""
        chair = self.chair_in(touchpoint_id)
        return chair.seat if chair else None

    def may(self, right: Right, touchpoint_id: int) -> bool:
        """`agenda.roles`, in that touchpoint."""
        chair = self.chair_in(touchpoint_id)
        return chair is not None and chair.role.may(right)

    def home_at(self, conversation: str) -> int | None:
        """The touchpoint of theirs whose home that conversation is."""
        return next((chair.touchpoint_id for chair in self.seats if chair.home == conversation), None)

    def chairs_at(self, conversation: str) -> list[Chair]:
        """What they are in the touchpoint that lives there; where none of theirs does, all that they are."""
        here = self.home_at(conversation)
        return [chair for chair in self.seats if here in {None, chair.touchpoint_id}]


def found(record: Record, profile: Profile) -> Asker:
    """The asker, met for the first time if need be."""
    known = people.account(record, profile.account)
    if known is None:
        person = people.meet(record, profile.account, name=profile.name, zone=profile.zone, outsider=profile.outsider)
    else:
        person = rows.get(record, people.Person, known.person_id)
    return Asker(
        account=profile.account,
        organization_id=record.organization_id,
        person_id=person.key,
        name=person.called,
        zone=person.zone,
        admin=person.admin,
        outsider=profile.outsider or (known is not None and known.outsider),
        left=person.left_at is not None,
        elsewhere=people.last_used(record, person.key) not in {profile.account, None},
        seats=tuple(roles_of(record, person.key)),
    )


def may_run(record: Record, *, admin: bool, account: str, principal: bool) -> bool:
    """Does this person run the bot here: an admin, one whom the settings name, or else whoever comes first?

    Once there is a record, nobody comes first any more: where its admins have left, its principals take over.
    """
    if admin or account in record.admins:
        return True
    if record.admins or people.has_admin(record):
        return False
    return principal or not touchpoints.every(record)


def roles_of(record: Record, person_id: int) -> list[Chair]:
    """What this person is in each touchpoint: of several roles the strongest."""
    strongest: dict[int, Chair] = {}
    for chair in [*chairs_of(record, person_id), *let_in(record, person_id)]:
        strongest.setdefault(chair.touchpoint_id, chair)
    return list(strongest.values())


def chairs_of(record: Record, person_id: int) -> list[Chair]:
    """Where this person sits: on chairs of their own, and on those that were lent to them."""
    return [*own_chairs(touchpoints.of_person(record, person_id), person_id), *borrowed_chairs(record, person_id)]


def own_chairs(seated: Sequence[Touchpoint], person_id: int) -> list[Chair]:
    """Where this person is a principal."""
    return [chair_at(t, Role.PRINCIPAL, seat) for t in seated for seat in Seat if t.principal(seat) == person_id]


def borrowed_chairs(record: Record, person_id: int) -> list[Chair]:
    """Where this person stands in for a principal: until midnight of the last day, where the touchpoint is."""
    delegations = absences.standing_in(record, person_id, today=record.now.date() - timedelta(days=1))
    lent = [(one, rows.get(record, Touchpoint, one.touchpoint_id)) for one in delegations]
    return [
        chair_at(t, Role.DELEGATE, one.seat)
        for one, t in lent
        if person_id not in {t.cio_id, t.ciso_id} and local_date(record.now, t.zone) <= one.until
    ]


def let_in(record: Record, person_id: int) -> list[Chair]:
    """Where this person is a member or a viewer."""
    standing = memberships.of_person(record, person_id)
    return [chair_at(rows.get(record, Touchpoint, one.touchpoint_id), one.role) for one in standing]


def chair_at(touchpoint: Touchpoint, role: Role, seat: Seat | None = None) -> Chair:
    """This role, there."""
    return Chair(
        touchpoint_id=touchpoint.key,
        role=role,
        seat=seat,
        home=touchpoint.home,
        home_title=touchpoint.home_title,
        conversations=conversations.read(touchpoint.conversations),
    )


class Door:
    """Remembers who is who. Any change to people or touchpoints in this process makes it look again."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._known: dict[str, tuple[datetime, Asker]] = {}

    def asker(self, profile: Profile, now: datetime) -> Asker:
        """Who this is. An unknown tenant is a new organization, an unknown account a new person."""
        remembered = self._known.get(profile.account)
        if remembered and abs(now - remembered[0]) < REMEMBERED_FOR and not profile.outsider:
            return remembered[1]
        asker = self._look(profile, now)
        if len(self._known) >= MOST_REMEMBERED:
            self._known.clear()
        self._known[profile.account] = (now, asker)
        return asker

    def organization_id(self, address: str, now: datetime) -> int:
        """Whose tenant an address belongs to; founded if nobody's."""
        tenant = tenant_of(address)
        with opened(self.engine, writes=False) as transaction:
            known = people.organization_of(transaction.session, tenant)
        if known:
            return known.key
        with opened(self.engine, writes=True) as transaction:
            known = people.organization_of(transaction.session, tenant)
            return (known or people.found_organization(transaction.session, tenant, now)).key

    def forget(self) -> None:
        """Somebody's name, chair or organization changed."""
        self._known.clear()

    def _look(self, profile: Profile, now: datetime) -> Asker:
        organization_id = self.organization_id(profile.account, now)
        with opened(self.engine, writes=False) as transaction:
            if transaction.session.get(people.Account, profile.account):
                return found(Record(transaction=transaction, organization_id=organization_id, now=now), profile)
        with opened(self.engine, writes=True) as transaction:
            return found(Record(transaction=transaction, organization_id=organization_id, now=now), profile)
