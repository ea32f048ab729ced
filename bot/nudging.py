"""What is asked of people in private: planned for the moments of their own working day, and bundled into one message each.

A `nudge` row says what is asked of whom at which moment; the message of a moment is one delivery of kind `nudge`, and draws
everything that fell due for its reader since the message before it. So the database's unique keys hold the promise of two
messages a day, and after an outage everything that was missed is one message.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from agenda.actions import ActionState
from agenda.hours import WorkingHours
from agenda.nudges import NudgeKind, Snooze, digest_at, key_missed_at, promise_days
from agenda.recurrence import local_date, local_time
from bot.access import roles_of
from bot.cards import Block, Button, Card, Item, ItemList, Paragraph, card
from bot.turns import Ask, Asked, Draw, Later
from storage import absences, beside, deliveries, nudges, people, rows, touchpoints
from storage.actions import ActionItem
from storage.decisions import Decision
from storage.deliveries import Owed
from storage.nudges import Nudge
from storage.people import Person
from storage.touchpoints import Touchpoint
from storage.unit_of_work import Record, Transaction

MOMENT = "%Y-%m-%dT%H:%M:%SZ"
KIND = "nudge"
OF_THE_RECORD = frozenset({NudgeKind.KEY, NudgeKind.ACCEPTANCE, NudgeKind.THREAT})
ONE_DAY = timedelta(days=1)
PUNCTUAL = timedelta(minutes=15)  # Later than this it is late, and waits for an hour at which its reader works.


def hours_of(record: Record, person: Person) -> WorkingHours:
    """When this person works: their own hours, zone and leave, on the working days of their touchpoint."""
    if person.key not in record.hours:
        record.hours[person.key] = worked_out(record, person)
    return record.hours[person.key]


def worked_out(record: Record, person: Person) -> WorkingHours:
    """The same, from the record."""
    seated = touchpoints.of_person(record, person.key) or lent_to(record, person)
    calendar = {"calendar": seated[0].calendar} if seated else {}
    zone = person.zone or (seated[0].zone if seated else "UTC")
    leave = absences.ahead(record, person.key, today=local_date(record.now, zone) - ONE_DAY)
    return WorkingHours(
        zone=zone,
        begins=person.begins,
        ends=person.ends,
        days=tuple(person.days.split(",")),
        away=tuple((absence.first, absence.last) for absence in leave),
        **calendar,
    )


def lent_to(record: Record, person: Person) -> list[Touchpoint]:
    """Where this person stands in: whoever acts there keeps its holidays."""
    standing = absences.standing_in(record, person.key, today=record.now.date() - ONE_DAY)
    return [rows.get(record, Touchpoint, one.touchpoint_id) for one in standing]


def owe(
    record: Record,
    kind: NudgeKind,
    subject_id: int,
    person_id: int,
    *,
    wanted: datetime,
    before: datetime,
    touchpoint_id: int | None = None,
    again: str = "",
) -> datetime | None:
    """Ask this of that person, at the moment of their day nearest to `wanted`. Returns the moment, if they are asked at all.

    The same question is asked once; `again` tells apart what may be asked more than once. What its reader has muted is planned
    too, and left out when its message is drawn: they may have turned it on again by then.
    """
    once = nudges.key_of(kind, subject_id, person_id, again)
    planned = nudges.planned_for(record, once)
    if planned:
        return planned
    person = rows.get(record, Person, person_id)
    accounts = people.reached_at(record, person_id)
    if not accounts:
        return None
    hours = hours_of(record, person)
    slot = hours.slot_for(wanted, now=record.now, before=before).replace(microsecond=0)
    if not hours.is_open(slot):
        return None  # They are not at work before it is too late: nobody is asked at night or on leave.
    if nudges.plan(
        record, once=once, person_id=person_id, kind=kind, subject_id=subject_id, slot=slot, touchpoint_id=touchpoint_id
    ):
        post(record, person_id, accounts[0], slot)
    return slot


def post(record: Record, person_id: int, account: str, slot: datetime) -> None:
    """One message a moment."""
    moment = detail_of(slot)
    deliveries.post(
        record,
        once=f"{KIND}:{person_id}:{moment}",
        conversation=account,
        kind=KIND,
        subject_id=person_id,
        detail=moment,
        person_id=person_id,
        due_at=slot,
    )


def withdraw(record: Record, kind: NudgeKind, subject_id: int) -> None:
    """Whoever was not asked yet is not asked; the message of that moment shows what else there is, or does not go out."""
    unsent = [
        nudge
        for nudge in nudges.about(record, kind, subject_id)
        if shown_at(record, nudge) is None and nudge.again_slot is None
    ]
    nudges.forget(record, unsent)
    for nudge in unsent:
        if not nudges.between(record, nudge.person_id, nudge.slot - timedelta(seconds=1), nudge.slot):
            empty = [detail_of(nudge.slot)]
            deliveries.withdraw(record, kinds=(KIND,), subject_id=nudge.person_id, details=empty)


def shown_at(record: Record, nudge: Nudge) -> str | None:
    """The moment of the message that asked it first, if it went out, or is going out."""
    out = deliveries.details_out(record, kind=KIND, subject_id=nudge.person_id, since=detail_of(nudge.slot))
    return out[0] if out else None


def went_out(record: Record, nudge: Nudge, *, before: datetime) -> bool:
    """Did a message ask this, at a moment before that one?"""
    sent = beside.last_sent(record, kind=KIND, subject_id=nudge.person_id, before=detail_of(before))
    return sent is not None and sent >= detail_of(nudge.slot)


def redraw(record: Record, kind: NudgeKind, subject_id: int) -> None:
    """Every message that asks it shows how it stands now."""
    for nudge in nudges.about(record, kind, subject_id):
        redraw_one(record, nudge)


def redraw_one(record: Record, nudge: Nudge) -> None:
    """The messages that show this one: where it was asked first, and where it came back."""
    shown = set()
    for slot in {nudge.slot, nudge.waits_for}:
        standing = deliveries.details_standing(record, kind=KIND, subject_id=nudge.person_id, since=detail_of(slot))
        shown |= set(standing[:1])
    if shown:
        deliveries.redraw(record, KIND, subject_id=nudge.person_id, details=sorted(shown))


def put_off(record: Record, nudge: Nudge, slot: datetime) -> None:
    """Its reader wants it again later."""
    nudge.again_slot = slot.replace(microsecond=0)
    record.session.flush()
    for account in people.reached_at(record, nudge.person_id)[:1]:
        post(record, nudge.person_id, account, nudge.again_slot)
    redraw_one(record, nudge)


def key_wanted(record: Record, touchpoint: Touchpoint, decision: Decision, person_id: int) -> None:
    """Somebody's key has been missing for two working days."""
    asked = key_missed_at(decision.recorded_at, hours_of(record, rows.get(record, Person, person_id)))
    owe(
        record,
        NudgeKind.KEY,
        decision.key,
        person_id,
        wanted=asked,
        before=asked + timedelta(days=365),
        touchpoint_id=touchpoint.key,
        again=decision.text_hash[:16],
    )


def promise_changed(record: Record, action: ActionItem) -> None:
    """It was made, moved, taken over or settled: its owner is asked before its day, and once after it."""
    record.session.flush()
    withdraw(record, NudgeKind.PROMISE, action.key)
    redraw(record, NudgeKind.PROMISE, action.key)
    if action.state is not ActionState.OPEN:
        return
    touchpoint = rows.get(record, Touchpoint, action.touchpoint_id)
    hours = hours_of(record, rows.get(record, Person, action.owner_id))
    for again, day in promise_days(action.due_on, touchpoint.calendar, touchpoint.promise_days).items():
        wanted = hours.starts(day)
        if wanted > record.now:
            owe(
                record,
                NudgeKind.PROMISE,
                action.key,
                action.owner_id,
                wanted=wanted,
                before=wanted + timedelta(days=365),
                touchpoint_id=touchpoint.key,
                again=f"{again}:{action.due_on}",
            )


def plan_digest(record: Record, person: Person) -> None:
    """Once a week, on the first morning of its reader's working week."""
    wanted = digest_at(hours_of(record, person), record.now)
    if wanted:
        week, at = wanted
        before = at + timedelta(days=5)
        owe(record, NudgeKind.DIGEST, person.key, person.key, wanted=at, before=before, again=f"{week:%G-%V}")


def drawn_by(asks: Mapping[NudgeKind, Ask]) -> Draw:
    """Draws the message of one moment, with what each noun has to ask."""

    def draw(record: Record, owed: Owed) -> Card | Later | None:
        person = rows.get(record, Person, owed.subject_id)
        if owed.conversation not in people.reached_at(record, person.key):
            return None
        slot = moment_of(owed.detail)
        hours = hours_of(record, person)
        next_due_at = beside.next_due_at(record, kind=KIND, subject_id=person.key, after=owed.detail)
        if owed.message is None and next_due_at and next_due_at <= record.now:
            return None  # The next one is due as well, or went out before this one that is late: it shows all of this.
        due = due_in(record, person.key, owed.detail)
        if owed.message is None and not may_reach(hours, due, slot, record.now):
            return Later(at=hours.next_open(record.now))
        asked = [
            (nudge, one)
            for nudge in due
            if (one := asked_of(asks, record, nudge, person, slot)) is not None and shows(owed, nudge, one, slot)
        ]
        return bundle(hours, asked) if asked or owed.message else None

    return draw


def due_in(record: Record, person_id: int, detail: str) -> list[Nudge]:
    """What the message of that moment asks: all that fell due since the message before it."""
    before = beside.last_sent(record, kind=KIND, subject_id=person_id, before=detail)
    return nudges.between(record, person_id, moment_of(before) if before else None, moment_of(detail))


def read_ahead(reading: Transaction, asking: Sequence[Owed]) -> list[Nudge]:
    """What all of these messages ask, in three statements. For a transaction that only reads."""
    found = beside.gather(reading.session, [owed.id for owed in asking])
    since: dict[int, datetime | None] = {}
    for (_organization, _kind, person_id, _detail), one in found.items():
        since[person_id] = moment_of(one.last_sent) if one.last_sent else None
    return nudges.gather(reading.session, since)


def detail_of(slot: datetime) -> str:
    """A moment as its message's delivery names it: in an order that text keeps."""
    return slot.strftime(MOMENT)


def moment_of(detail: str) -> datetime:
    """And back."""
    return datetime.strptime(detail, MOMENT).replace(tzinfo=UTC)


def may_reach(hours: WorkingHours, due: Sequence[Nudge], slot: datetime, now: datetime) -> bool:
    """While its reader is at work; else only what they themselves put off to this very moment.

    A leave or other hours may have been said since it was planned.
    """
    wished = any(nudge.again_slot == slot for nudge in due) and now - slot <= PUNCTUAL
    return wished or hours.is_open(now)


def shows(owed: Owed, nudge: Nudge, asked: Asked, slot: datetime) -> bool:
    """A new message only asks; one that stands says too what became of it. Monday's digest is of no use on Thursday."""
    if nudge.kind is NudgeKind.DIGEST and slot - nudge.slot >= ONE_DAY:
        return False
    stands = owed.message is not None and nudge.waits_for == slot
    return asked.open or stands or nudge.waits_for > slot


def asked_of(
    asks: Mapping[NudgeKind, Ask], record: Record, nudge: Nudge, person: Person, slot: datetime
) -> Asked | None:
    """What is asked, unless it is muted or not wanted any more; one that was put off says until when.

    About keys, acceptances and threats it says nothing more to who has lost their place there (`bot.readers`).
    """
    if nudge.kind in OF_THE_RECORD and not has_place(record, person, nudge.touchpoint_id):
        return Asked(title="This is no longer shown here", open=False)
    asked = None if nudge.kind in person.mutes else asks[nudge.kind](record, nudge)
    if asked is None or not asked.open or nudge.waits_for <= slot:
        return asked
    until = local_time(nudge.waits_for, hours_of(record, person).zone)
    return Asked(title=asked.title, detail=f"Comes back {until}.", open=False)


def has_place(record: Record, person: Person, touchpoint_id: int | None) -> bool:
    """Have they any role in that touchpoint?"""
    return any(one.touchpoint_id == touchpoint_id for one in roles_of(record, person.key))


def bundle(hours: WorkingHours, asked: list[tuple[Nudge, Asked]]) -> Card:
    """One question is a card of its own; several are a list, each with its own buttons."""
    waiting = [(nudge, one) for nudge, one in asked if one.open]
    if not asked:
        return card("Nothing waits for you here any more")
    if len(asked) == 1:
        nudge, one = asked[0]
        detail: list[Block] = [Paragraph(one.detail)] if one.detail else []
        return card(one.title, *detail, *one.blocks, buttons=[*one.buttons, *(silencers(nudge) if one.open else [])])
    blocks: list[Block] = []
    for nudge, one in asked:
        quiet = (
            replace(button, style="default") for button in one.listed or one.buttons
        )  # One primary a card, or none.
        buttons = (*quiet, *silencers(nudge)) if one.open else ()
        blocks.append(ItemList((Item(title=one.title, detail=one.detail, buttons=buttons),)))
        blocks += () if one.listed else one.blocks
    count = len(waiting)
    title = f"{count} {'thing waits' if count == 1 else 'things wait'} for you" if count else "All of this is done"
    return card(title, *blocks)


def silencers(nudge: Nudge) -> list[Button]:
    """Every nudge can wait, and every kind of nudge can be silenced."""
    later = [
        Button(action="nudge.snooze", label=snooze.label, value=f"{nudge.key}|{snooze}", rare=True) for snooze in Snooze
    ]
    mute = Button(action="nudge.mute", label=f"Mute {nudge.kind.label}", value=str(nudge.key), rare=True)
    return [*later, mute]
