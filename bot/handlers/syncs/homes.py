"""Where a touchpoint lives: moving it to another conversation, and what is said once its home cannot be reached."""

from collections.abc import Mapping
from hashlib import sha256

from agenda.errors import BadInput, NotNow
from agenda.touchpoints import Seat
from bot import planning
from bot.cards import Card, Note, Paragraph, card
from bot.handlers.syncs.syncs import post_live
from bot.turns import Noun, Turn
from storage import audit, deliveries, people, places, rows, syncs, touchpoints
from storage.deliveries import Owed
from storage.touchpoints import Touchpoint
from storage.unit_of_work import Record


def living_at(turn: Turn, home: str) -> Touchpoint | None:
    """The touchpoint whose home that is; else the asker's own, if all that they can do there is to move it there."""
    here = touchpoints.at_home(turn.record, home)
    own = touchpoints.of_person(turn.record, turn.asker.person_id)
    if here or len(own) != 1:
        return here
    return own[0] if must_move(turn, own[0]) else None


def mark(touchpoint: Touchpoint | None) -> str:
    """Another one whenever `setup` or `cadence` changed it; nothing for none."""
    if touchpoint is None:
        return ""
    cadence, chairs = touchpoint.cadence, (touchpoint.cio_id, touchpoint.ciso_id)
    said = (touchpoint.id, touchpoint.home, cadence.rule, cadence.at, cadence.zone, *chairs)
    return sha256("|".join(map(str, said)).encode()).hexdigest()[:8]


def must_move(turn: Turn, touchpoint: Touchpoint) -> bool:
    """It has lost its home, or whoever asks may not found another one."""
    return places.is_lost(turn.record, touchpoint.home) or not turn.may_run()


def elsewhere(turn: Turn, home: str, chairs: Mapping[Seat, people.Person]) -> Touchpoint | None:
    """The touchpoint of the same two in another conversation, where none lives in this one."""
    if touchpoints.at_home(turn.record, home):
        return None
    theirs = touchpoints.of_person(turn.record, chairs[Seat.CIO].key)
    return next((one for one in theirs if is_of(one, chairs)), None)


def is_of(touchpoint: Touchpoint, chairs: Mapping[Seat, people.Person]) -> bool:
    """Do these two sit there, each on that chair?"""
    return all(seat in chairs and touchpoint.principal(seat) == chairs[seat].key for seat in Seat)


def to_move(turn: Turn, key: int, chairs: Mapping[Seat, people.Person]) -> Touchpoint:
    """The one that a button names. It came back from a client: only one of the very two that it was offered to."""
    touchpoint = rows.find(turn.record, Touchpoint, key)
    if touchpoint is None or not is_of(touchpoint, chairs):
        raise BadInput("That button belongs to an older card.", "Run “setup” again.")
    return touchpoint


def move(turn: Turn, touchpoint: Touchpoint, home: str) -> None:
    """From now on everything is posted there, also of a sync that is going on; who reads the old one is told."""
    left_open = places.is_open(turn.record, touchpoint.home)
    if not places.is_lost(turn.record, touchpoint.home) and not left_open:
        deliveries.post(
            turn.record,
            once=f"moved:{touchpoint.key}:{turn.request.id}",
            conversation=touchpoint.home,
            kind="moved",
            subject_id=touchpoint.key,
        )
    touchpoint.home = home
    turn.record.session.flush()
    audit.append(turn.record, "touchpoint.moved", touchpoint=touchpoint.key)
    if left_open:
        deliveries.redraw(turn.record, "outsiders", subject_id=touchpoint.key)
    show_live(turn.record, touchpoint)


def show_live(record: Record, touchpoint: Touchpoint) -> None:
    """A sync that is going on is shown where its cards go now."""
    current = syncs.current(record, touchpoint.key)
    if current and current.started_at:
        post_live(record, touchpoint, current)
        planning.redraw(record, current)


def require_ours(record: Record, conversation: str) -> None:
    """Raises `NotNow` where people of other companies read: no touchpoint comes to live there."""
    if places.is_open(record, conversation) and touchpoints.at_home(record, conversation) is None:
        raise NotNow(
            "People of other companies can read in this conversation.",
            "Run “setup” in one where only your own people read.",
        )


def warning(record: Record, touchpoint: Touchpoint) -> str:
    """A sentence for wherever somebody looks at its settings; nothing where all is well."""
    if not places.is_open(record, touchpoint.home):
        return ""
    title = touchpoint.home_title or "the home conversation"
    return f" People of other companies can read {title}: nothing is posted there."


def draw_moved(record: Record, owed: Owed) -> Card | None:
    """In the conversation that it left."""
    touchpoint = rows.get(record, Touchpoint, owed.subject_id)
    title = touchpoint.home_title or "another conversation"
    return card(f"This touchpoint lives in {title} now", Paragraph("Agendas and minutes are posted there."))


def draw_lost(record: Record, owed: Owed) -> Card | None:
    """The home conversation cannot be reached any more."""
    touchpoint = rows.get(record, Touchpoint, owed.subject_id)
    title = touchpoint.home_title or "the home conversation"
    return card(
        f"I cannot post in {title} any more",
        Paragraph(
            "Add me to it again, or run “setup” in another conversation to move there. What was recorded is safe."
        ),
        Note(f"The platform says: {owed.detail}"),
    )


def draw_outsiders(record: Record, owed: Owed) -> Card | None:
    """To its principals and the admins: others read where it lives."""
    touchpoint = rows.get(record, Touchpoint, owed.subject_id)
    title = touchpoint.home_title or "the home conversation"
    if not places.is_open(record, touchpoint.home):
        again = card(f"Agendas and minutes are posted in {title}", Note("Only your own people read there."))
        return again if owed.message else None
    return card(
        f"People of other companies can read {title}",
        Paragraph(
            "It is the home of a touchpoint. So I post nothing of the record there any more, and closed what stood there. "
            "Its CIO and its CISO get everything in private instead."
        ),
        Paragraph("Run “setup” in another conversation to move it there, or remove the people from outside."),
    )


NOUN = Noun(
    name="home",
    summary="The conversation in which a touchpoint lives. “setup” in another one moves it there.",
    cards={"moved": draw_moved, "lost": draw_lost, "outsiders": draw_outsiders},
)
