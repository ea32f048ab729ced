"""What is asked of people in private before a sync: the question, and one gentle reminder of it."""

from dataclasses import replace

from agenda.items import Outcome
from agenda.nudges import NudgeKind
from agenda.recurrence import local_time
from agenda.syncs import Act
from bot import nudging
from bot.access import chairs_of
from bot.cards import Button, Item, ItemList, Note
from bot.turns import Asked, Noun
from storage import items, nudges, people, rows
from storage.items import AgendaItem
from storage.nudges import Nudge
from storage.syncs import Sync
from storage.touchpoints import Touchpoint
from storage.unit_of_work import Record


def ask_prompt(record: Record, nudge: Nudge) -> Asked | None:
    """The question before a sync, and beneath it what its reader raised already."""
    sync = rows.get(record, Sync, nudge.subject_id)
    touchpoint = rows.get(record, Touchpoint, sync.touchpoint_id)
    mine = raised_by(record, sync, nudge.person_id)
    when = local_time(sync.starts_at, zone_of(record, nudge.person_id) or touchpoint.zone)
    seats = {chair.touchpoint_id for chair in chairs_of(record, nudge.person_id)}
    if touchpoint.key not in seats:
        return Asked(title=f"Somebody else has your chair in the sync of {when}", open=False)
    if record.now >= sync.starts_at or not sync.allows(Act.RAISE, record.now):
        word = "was skipped" if sync.skipped_at else "is over" if sync.closed_at else "has begun"
        return Asked(title=f"The sync of {when} {word}", blocks=tuple(raised_list(mine)), open=False)
    which = f" in {touchpoint.home_title or touchpoint.name}" if len(seats) > 1 else ""
    return Asked(
        title="What should we talk about?",
        detail=f"Our sync{which} is on {when}.",
        blocks=(
            *raised_list(mine),
            Note("Reply here, a message a point. “threats: …” or “hygiene: …” files it under a theme."),
        ),
        buttons=(
            Button(action="items.points", label="Add points", value=str(sync.key), style="primary", opens_form=True),
        ),
    )


def ask_again(record: Record, nudge: Nudge) -> Asked | None:
    """The gentle reminder: only for who raised nothing yet, was asked before, and while it helps the agenda."""
    sync = rows.get(record, Sync, nudge.subject_id)
    if not asked_before(record, nudge):
        return None
    if raised_by(record, sync, nudge.person_id):
        return Asked(title="You answered. Thank you.", open=False)
    question = ask_prompt(record, nudge)
    if question is None or not question.open:
        return question
    if record.now >= sync.publishes_at:
        return Asked(title="The agenda is posted", open=False)
    zone = zone_of(record, nudge.person_id) or rows.get(record, Touchpoint, sync.touchpoint_id).zone
    agenda = f"The agenda is posted {local_time(sync.publishes_at, zone)}. Nothing to raise? Then just leave it."
    return replace(question, title="Still time to add a point", blocks=(Note(agenda),))


def asked_before(record: Record, reminder: Nudge) -> bool:
    """Did the question itself go out in an earlier message, and was it not put off until now?"""
    asked = nudges.about(record, NudgeKind.PROMPT, reminder.subject_id)
    for question in (one for one in asked if one.person_id == reminder.person_id):
        return question.waits_for < reminder.slot and nudging.went_out(record, question, before=reminder.slot)
    return False


def raised_by(record: Record, sync: Sync, person_id: int) -> list[AgendaItem]:
    """What somebody raised for a sync and did not take back."""
    return [i for i in items.of_sync(record, sync.key) if i.raised_by_id == person_id and i.outcome != Outcome.DROPPED]


def zone_of(record: Record, person_id: int) -> str:
    """The zone in which this person reads times, if their platform told us."""
    return rows.get(record, people.Person, person_id).zone


def raised_list(mine: list[AgendaItem]) -> list[ItemList]:
    """What its reader said so far."""
    lines = tuple(Item(title=item.title, detail=item.theme.label, link=item.source_link) for item in mine)
    return [ItemList(lines, heading="You raised")] if lines else []


NOUN = Noun(
    name="questions",
    summary="What I ask you in private before each sync, and once more if you raised nothing. A reply is a point.",
    asks={NudgeKind.PROMPT: ask_prompt, NudgeKind.REMINDER: ask_again},
)
