"""What somebody owes, and how they are asked: put off, silenced, at their own hours, and once a week all together."""

from collections.abc import Collection, Sequence
from datetime import timedelta

from agenda.errors import BadInput, NotFound
from agenda.hours import hours_in
from agenda.lexicon import is_time
from agenda.nudges import NudgeKind, Snooze, snoozed_until
from agenda.recurrence import local_time
from agenda.syncs import Act
from bot import nudging, planning
from bot.access import Chair, chairs_of
from bot.cards import Block, Button, Card, Facts, Item, ItemList, Note, Paragraph, card
from bot.handlers.agenda.questions import raised_by, zone_of
from bot.handlers.decisions.standing import read_button, standing
from bot.handlers.promises.cards import promise_line
from bot.handlers.risks.acceptance_cards import requests_to
from bot.reading import key_in, note_card, pair_in
from bot.replies import Answer
from bot.turns import Asked, Command, Noun, Press, Replies, Turn
from storage import actions, audit, decisions, keys, nudges, rows, syncs, touchpoints
from storage.actions import Wanted
from storage.nudges import Nudge
from storage.people import Person
from storage.touchpoints import Touchpoint
from storage.unit_of_work import Record

MOST_LISTED = 8


def owe(turn: Turn, _argument: str) -> Replies:
    """What the asker promised, what waits for their key, and what they were asked and did not answer."""
    blocks = owed_by(turn.record, turn.asker.person_id)
    if not blocks:
        return [Answer(card=card("You owe nothing", Paragraph("No promise, no key and no answer waits for you.")))]
    return [Answer(card=card("What waits for you", *blocks))]


def owed_by(record: Record, person_id: int) -> list[Block]:
    """One list for each kind, the most urgent first; what does not fit is counted."""
    questions = [line for chair in chairs_of(record, person_id) for line in question_of(record, chair, person_id)]
    return [*in_hand(record, person_id), *listed("Questions before a sync", questions)]


def in_hand(record: Record, person_id: int, asked: Collection[tuple[NudgeKind, int]] = ()) -> list[Block]:
    """Their promises, and the keys that wait for them, but for what they are asked beside it."""
    keys = [line for chair in chairs_of(record, person_id) for line in keys_of(record, chair, asked)]
    return [*listed("Your promises", promises_of(record, person_id, asked)), *listed("Keys that wait for you", keys)]


def listed(heading: str, lines: Sequence[Item]) -> list[Block]:
    """Under its heading, if there is anything."""
    more = len(lines) - MOST_LISTED
    shown: list[Block] = [ItemList(tuple(lines[:MOST_LISTED]), heading)] if lines else []
    return [*shown, *([Note(f"And {more} more.")] if more > 0 else [])]


def promises_of(record: Record, person_id: int, asked: Collection[tuple[NudgeKind, int]] = ()) -> list[Item]:
    """Open ones, the most urgent first."""
    wanted = Wanted(touchpoint_ids=(), also_of=person_id, owner_id=person_id)
    zone = rows.get(record, Person, person_id).zone or "UTC"
    open_ones = actions.listed(record, wanted)
    return [promise_line(record, one, zone, own=True) for one in open_ones if (NudgeKind.PROMISE, one.key) not in asked]


def keys_of(record: Record, chair: Chair, asked: Collection[tuple[NudgeKind, int]] = ()) -> list[Item]:
    """Texts on which the key of that chair is missing."""
    acceptances = [line for key, line in requests_to(record, chair) if (NudgeKind.ACCEPTANCE, key) not in asked]
    return acceptances + [
        Item(title=f"{one.ref} {one.title}", detail=standing(record, one, chair.seat), buttons=(read_button(one),))
        for one in decisions.waiting(record, chair.touchpoint_id)
        if (NudgeKind.KEY, one.key) not in asked and chair.seat not in keys.turned(record, one)
    ]


def question_of(record: Record, chair: Chair, person_id: int) -> list[Item]:
    """The coming sync, if this person was asked about it and raised nothing yet."""
    sync = syncs.current(record, chair.touchpoint_id)
    if sync is None or record.now >= sync.starts_at or not sync.allows(Act.RAISE, record.now):
        return []
    asked = {nudge.subject_id for nudge in nudges.sent(record, NudgeKind.PROMPT, person_id)}
    if sync.key not in asked or raised_by(record, sync, person_id):
        return []
    touchpoint = rows.get(record, Touchpoint, chair.touchpoint_id)
    when = local_time(sync.starts_at, zone_of(record, person_id) or touchpoint.zone)
    add = Button(action="items.points", label="Add points", value=str(sync.key), opens_form=True)
    return [Item(title=f"For {when}", detail=touchpoint.name, buttons=(add,))]


def ask_digest(record: Record, nudge: Nudge) -> Asked | None:
    """Once a week: what its reader promised, and the keys that wait for them. A question before a sync has its own reminder,
    and what is asked in the same message is not said twice.
    """
    person = rows.get(record, Person, nudge.person_id)
    beside = nudges.between(record, person.key, nudge.slot - timedelta(seconds=1), nudge.slot)
    asked = {
        (one.kind, one.subject_id) for one in beside if one.kind not in person.mutes and one.waits_for == nudge.slot
    }
    blocks = in_hand(record, person.key, asked)
    if not blocks:
        return Asked(title="Nothing more waits for you this week", open=False)
    return Asked(title="Your week", detail="What you promised, and what waits for you.", blocks=tuple(blocks))


def theirs(turn: Turn, value: str) -> Nudge:
    """The nudge of a button, if it was the asker's. Raises `NotFound`."""
    nudge = rows.find(turn.record, Nudge, key_in(value))
    if nudge is None or nudge.person_id != turn.asker.person_id:
        raise NotFound("That question was not for you.", "“owe” shows what waits for you.")
    return nudge


def snooze(turn: Turn, value: str) -> Replies:
    """It comes back later; the message says when."""
    key, typed = pair_in(value)
    nudge = theirs(turn, str(key))
    if typed not in set(Snooze):
        raise BadInput("That button belongs to an older card.", "Ask for the card again with a command.")
    person = rows.get(turn.record, Person, nudge.person_id)
    sync = syncs.current(turn.record, nudge.touchpoint_id) if nudge.touchpoint_id else None
    ahead = sync.starts_at if sync and sync.starts_at > turn.now else None
    hours = nudging.hours_of(turn.record, person)
    nudging.put_off(turn.record, nudge, snoozed_until(Snooze(typed), hours, turn.now, ahead))
    return []


def mute(turn: Turn, value: str) -> Replies:
    """None of that kind any more; one word brings it back."""
    nudge = theirs(turn, value)
    silence(turn, nudge.kind, muted=True)
    nudging.redraw_one(turn.record, nudge)
    again = Button(action="nudge.unmute", label="Undo", value=nudge.kind.value)
    return [Answer(card=card(f"No more {nudge.kind.label}", Note("“nudges” shows what you get."), buttons=[again]))]


def silence(turn: Turn, kind: NudgeKind, *, muted: bool) -> None:
    """Kept with the person."""
    person = rows.get(turn.record, Person, turn.asker.person_id)
    kinds = person.mutes | {kind.value} if muted else person.mutes - {kind.value}
    person.muted = ",".join(sorted(kinds))
    audit.append(turn.record, "nudges.changed", person=person.key, muted=person.muted)


def toggle(turn: Turn, value: str, *, muted: bool) -> Replies:
    """From the list of kinds."""
    if value not in set(NudgeKind):
        raise BadInput("That button belongs to an older card.", "Ask for the list again with “nudges”.")
    silence(turn, NudgeKind(value), muted=muted)
    turn.record.session.flush()
    return [Answer(card=nudges_card(turn), replaces=True)]


def show(turn: Turn, _argument: str) -> Replies:
    """What the asker is asked, and when."""
    return [Answer(card=nudges_card(turn))]


def nudges_card(turn: Turn) -> Card:
    """Each kind, on or off, one tap from the other."""
    person = rows.get(turn.record, Person, turn.asker.person_id)
    lines = tuple(
        Item(
            title=kind.label.capitalize(),
            detail="off" if kind in person.mutes else "on",
            buttons=(
                Button(
                    action="nudge.unmute" if kind in person.mutes else "nudge.silence",
                    label="Turn on" if kind in person.mutes else "Turn off",
                    value=kind.value,
                ),
            ),
        )
        for kind in NudgeKind
    )
    hours = nudging.hours_of(turn.record, person)
    when = Facts((("Your hours", f"{hours.describe()}, {hours.zone}"),))
    note = Note(
        "At most two messages a day, at the start and in the middle of your working day. “hours 8-17” changes it."
    )
    return card("What I ask you", ItemList(lines), when, note)


def hours(turn: Turn, words: str) -> Replies:
    """`hours 8:30-17:00 mon-thu`: when the asker works, in their own zone."""
    person = rows.get(turn.record, Person, turn.asker.person_id)
    if words:
        begins, ends, days = hours_in(words)
        person.begins, person.ends, person.days = begins, ends, ",".join(days)
        turn.record.session.flush()
        turn.record.hours.clear()
        audit.append(turn.record, "person.hours", person=person.key)
        for touchpoint in touchpoints.of_person(turn.record, person.key):
            planning.replan(turn.record, touchpoint)
    told = nudging.hours_of(turn.record, person)
    zone = f"{told.zone}, as your platform says" if person.zone else told.zone
    return [
        Answer(
            card=note_card(
                "Your working hours",
                f"{told.describe()}, {zone}.",
                "Change them like this: “hours 8:30-17:00 mon-fri”.",
            )
        )
    ]


NOUN = Noun(
    name="nudges",
    summary="What waits for you, and how you are asked: at most twice a day, at your own hours, and never in public.",
    commands=(
        Command(words=("owe",), summary="What you owe, and what waits for you", handle=owe, right=None),
        Command(words=("nudges",), summary="What I ask you in private, to turn on or off", handle=show, right=None),
        Command(
            words=("hours",),
            argument="[from-to days]",
            summary="Your working hours",
            handle=hours,
            writes=True,
            reads=is_time,
            right=None,
        ),
    ),
    buttons={
        "nudge.snooze": Press(handle=snooze, writes=True, right=None),
        "nudge.mute": Press(handle=mute, writes=True, right=None),
        "nudge.silence": Press(handle=lambda turn, value: toggle(turn, value, muted=True), writes=True, right=None),
        "nudge.unmute": Press(handle=lambda turn, value: toggle(turn, value, muted=False), writes=True, right=None),
    },
    asks={NudgeKind.DIGEST: ask_digest},
)
