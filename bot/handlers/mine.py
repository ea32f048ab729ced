"""What a card that everybody reads says to one of its readers alone: their key that is missing, what they promised, what they
were asked. Where a platform draws one message differently for each reader (`bot.cards.Mine`), it is what they see in its place.

card                  what is theirs                                            as long as
agenda, sync          keys, promises that are due, the question before it       the sync is not closed or skipped
shared_decision       their key on it                                           a key can be turned on it
shared_risk           their key on its acceptance                               one is asked for

Only in the home of the touchpoint, only what belongs to that touchpoint, and for nobody but those who sit on its chairs; the
same stands in private on every platform. A reader's client asks by itself each time that the card is looked at. So nothing
is written, and nobody is refused with a message: who has no place there gets nothing, and keeps what everybody sees.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from agenda.acceptances import AcceptanceState
from agenda.recurrence import local_date
from agenda.roles import Right
from agenda.syncs import SyncState
from agenda.touchpoints import Seat
from bot import readers, signing
from bot.access import Chair, roles_of
from bot.cards import Button, Card, Item, LinkButton, Mine, Note, Paragraph
from bot.handlers.decisions import standing
from bot.handlers.me.belongings import Belongings
from bot.handlers.me.home import listed
from bot.handlers.risks import acceptance_cards
from bot.reading import key_in
from bot.replies import Answer
from bot.requests import platform_of
from bot.turns import Noun, Press, Replies, Turn
from storage import absences, acceptances, claims, people, rows
from storage.acceptances import Acceptance
from storage.decisions import Decision
from storage.deliveries import Delivery, Owed
from storage.people import Person
from storage.risks import RiskItem
from storage.syncs import Sync
from storage.touchpoints import Touchpoint
from storage.unit_of_work import Record

MOST: Final = 3
MISSING: Final = Paragraph("Your key is missing.", tone="strong")
SIGNS: Final = frozenset({"decision.sign", "decision.dissent", "decision.reject", "decision.read"})

Add = Callable[[Record, Owed, Chair, Person, Card], Card]


@dataclass(frozen=True, slots=True, kw_only=True)
class Theirs:
    """`waits`: can there be anything of somebody's own on it at all? `add` is the card as one of them sees it.

    `actions` are its buttons that are nobody else's.
    """

    waits: Callable[[Record, Owed], bool]
    add: Add
    actions: frozenset[str] = frozenset()


def marked(record: Record, owed: Owed, drawn: Card) -> Card:
    """The card that all read, and whose clients ask for what is theirs."""
    theirs = THEIRS.get(owed.kind)
    touchpoint = home_of(record, owed) if theirs else None
    if theirs is None or touchpoint is None or not theirs.waits(record, owed):
        return drawn
    accounts = accounts_of(record, touchpoint, platform_of(owed.conversation))
    button = Button(action="mine", label="Refresh", value=str(owed.id))
    return replace(drawn, mine=Mine(accounts=accounts, button=button, actions=theirs.actions)) if accounts else drawn


def home_of(record: Record, owed: Owed) -> Touchpoint | None:
    """The touchpoint in whose home it stands. In a direct chat there is one reader, and nothing to tell apart."""
    touchpoint = readers.touchpoint_of(record, rows.get(record, readers.ABOUT[owed.kind], owed.subject_id))
    return touchpoint if owed.conversation == touchpoint.home else None


def accounts_of(record: Record, touchpoint: Touchpoint, platform: str) -> tuple[str, ...]:
    """The accounts, on that platform, of the two and of who stands in for them."""
    today = local_date(record.now, touchpoint.zone)
    lent = (absences.delegate(record, touchpoint.key, seat, today=today) for seat in Seat)
    seated = [*(touchpoint.principal(seat) for seat in Seat), *(one.person_id for one in lent if one)]
    found = (account for person_id in seated for account in people.reached_at(record, person_id))
    return tuple(dict.fromkeys(account for account in found if platform_of(account) == platform))


def look(turn: Turn, value: str) -> Replies:
    """The card as the asker sees it; nothing for who has no place there, and where it does not stand."""
    owed = standing_here(turn, key_in(value))
    chair = chair_at(turn, owed) if owed else None
    drawn = turn.registry.cards[owed.kind](turn.record, owed) if owed and chair else None
    if owed is None or chair is None or not isinstance(drawn, Card):
        return []
    theirs = THEIRS[owed.kind]
    if chair.seat and theirs.waits(turn.record, owed):
        drawn = theirs.add(turn.record, owed, chair, rows.get(turn.record, Person, turn.asker.person_id), drawn)
    return [Answer(card=marked(turn.record, owed, drawn), replaces=True)]


def standing_here(turn: Turn, delivery_id: int) -> Owed | None:
    """The message that was looked at, if it is one of these, stands where it was looked at, and may be read there."""
    row = rows.find(turn.record, Delivery, delivery_id)
    owed = claims.owed(row) if row else None
    if owed is None or owed.kind not in THEIRS or owed.message is None or owed.conversation != turn.where.conversation:
        return None
    return owed if home_of(turn.record, owed) and readers.may_read(turn.record, owed) else None


def chair_at(turn: Turn, owed: Owed) -> Chair | None:
    """What the asker is there at this very moment: who asks is remembered for a few seconds."""
    touchpoint = home_of(turn.record, owed)
    held = roles_of(turn.record, turn.asker.person_id)
    return next((chair for chair in held if touchpoint and chair.touchpoint_id == touchpoint.key), None)


# ── a sync, before and while it is held ─────────────────────────────────────────────────────────────────────────────────


def is_ahead(record: Record, owed: Owed) -> bool:
    """Is it still to be held, or being held?"""
    sync = rows.get(record, Sync, owed.subject_id)
    return sync.state(record.now) not in {SyncState.CLOSED, SyncState.SKIPPED}


def of_sync(record: Record, owed: Owed, chair: Chair, person: Person, drawn: Card) -> Card:
    """Above the agenda: what only they can do."""
    mine = Belongings(record, person, [chair])
    keys, others = mine.keys, [*question(mine, owed), *due(mine, chair)]
    above = [*([MISSING] if keys else []), *listed("", keys, MOST, "owe"), *listed("Yours", others, MOST, "owe")]
    return replace(drawn, blocks=(*above, *drawn.blocks))


def question(mine: Belongings, owed: Owed) -> list[Item]:
    """What they were asked before it, and have not answered."""
    asked = (sync for sync in mine.syncs if sync.key == owed.subject_id and mine.is_asked(sync))
    return [mine.sync_line(sync, "What should we talk about?") for sync in asked]


def due(mine: Belongings, chair: Chair) -> list[Item]:
    """What they promised in this touchpoint, and its day has come."""
    late = (one for one in mine.promises if one.touchpoint_id == chair.touchpoint_id and one.due_on <= mine.today)
    return [mine.promise(one) for one in late]


# ── one paper ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def can_be_signed(record: Record, owed: Owed) -> bool:
    """Does it wait for a key?"""
    return standing.wanted(record, rows.get(record, Decision, owed.subject_id))


def of_decision(record: Record, owed: Owed, chair: Chair, _person: Person, drawn: Card) -> Card:
    """To who has turned it, no key is offered again."""
    if chair.seat in signing.missing(record, rows.get(record, Decision, owed.subject_id)):
        return replace(drawn, blocks=(MISSING, *drawn.blocks))
    rest = tuple(button for button in drawn.buttons if isinstance(button, LinkButton) or button.action not in SIGNS)
    return replace(
        drawn, blocks=(Note(f"The key of the {chair.sits_on.label} is turned."), *drawn.blocks), buttons=rest
    )


def request_on(record: Record, owed: Owed) -> Acceptance | None:
    """Its acceptance that waits for keys."""
    return acceptances.in_state(record, owed.subject_id, AcceptanceState.PROPOSED)


def of_risk(record: Record, owed: Owed, chair: Chair, _person: Person, drawn: Card) -> Card:
    """The way to what is signed."""
    one = request_on(record, owed)
    if one is None or chair.seat not in signing.missing(record, one):
        return drawn
    risk = rows.get(record, RiskItem, owed.subject_id)
    asked = Paragraph(f"Your key is missing: live with {risk.ref}?", tone="strong")
    button = acceptance_cards.read_button(one, "primary")
    return replace(drawn, blocks=(asked, *drawn.blocks), buttons=(button, *drawn.buttons))


SYNC: Final = Theirs(waits=is_ahead, add=of_sync)
THEIRS: Final[Mapping[str, Theirs]] = {
    "agenda": SYNC,
    "sync": SYNC,
    "shared_decision": Theirs(waits=can_be_signed, add=of_decision, actions=SIGNS),
    "shared_risk": Theirs(waits=lambda record, owed: request_on(record, owed) is not None, add=of_risk),
}

NOUN = Noun(
    name="mine",
    summary="What a card that everybody reads says to one of its readers alone.",
    buttons={"mine": Press(handle=look, right=Right.READ)},
)
