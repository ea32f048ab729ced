"""What the home conversation is told of a sync: that it stands elsewhere, that somebody is away, that nobody held it."""

from agenda import schedule
from agenda.recurrence import local_day, local_time, to_instant
from agenda.touchpoints import Seat
from bot import planning
from bot.cards import Button, Card, LinkButton, Note, Paragraph, card
from bot.pages import sync_calendar_button
from storage import items, rows, touchpoints
from storage.deliveries import Owed
from storage.syncs import Sync
from storage.touchpoints import Touchpoint
from storage.unit_of_work import Record


def extra_one(touchpoint: Touchpoint, label: str) -> Button:
    """It says of which touchpoint, since it may stand in the direct chat of somebody who sits in several."""
    return Button(action="sync.extra", label=label, value=str(touchpoint.key), opens_form=True)


def draw_notice(record: Record, owed: Owed) -> Card | None:
    """A sync does not stand where its rule would have it: where it stands, and why."""
    sync = rows.get(record, Sync, owed.subject_id)
    touchpoint = rows.get(record, Touchpoint, sync.touchpoint_id)
    when = local_time(sync.starts_at, touchpoint.zone)
    value = str(sync.key)
    told = joined_sentences(sync.note, instead_of(touchpoint, sync))
    why = [Paragraph(told)] if told else []
    if sync.closed_at or sync.started_at or (owed.message is None and sync.starts_at <= record.now):
        return card(f"Sync of {when}", Note("It was held.")) if owed.message else None
    if sync.skipped_at:
        back = (
            [Button(action="sync.hold", label="Hold it after all", value=value)] if sync.starts_at > record.now else []
        )
        add = extra_one(touchpoint, "Another day")
        waits = Note("What was raised for it waits on the next agenda.")
        return card(f"No sync on {when}", *why, waits, buttons=[*back, add])
    title = f"Extra sync on {when}" if sync.occurrence is None and not sync.moved_at else f"The sync is on {when}"
    buttons: list[Button | LinkButton] = [
        Button(action="sync.move", label="Another day", value=value, opens_form=True),
        Button(action="sync.skip", label="Skip it", value=value),
        sync_calendar_button(sync),
    ]
    return card(title, *why, buttons=buttons)


def instead_of(touchpoint: Touchpoint, sync: Sync) -> str:
    """Where its rule would have it, if a holiday moved it; what people moved says so in its note."""
    if sync.occurrence is None or sync.moved_at or sync.skipped_at:
        return ""
    by_rule = to_instant(schedule.wall_of(sync.occurrence), touchpoint.zone)
    return "" if by_rule == sync.starts_at else f"instead of {local_day(by_rule, touchpoint.zone)}"


def joined_sentences(*notes: str) -> str:
    """Notes as sentences."""
    return " ".join(note[0].upper() + note[1:] + ("" if note.endswith(".") else ".") for note in notes if note)


def draw_absence(record: Record, owed: Owed) -> Card | None:
    """A principal is away on the day of a sync, and nobody stands in."""
    sync = rows.get(record, Sync, owed.subject_id)
    touchpoint = rows.get(record, Touchpoint, sync.touchpoint_id)
    person = touchpoints.principals(record, touchpoint)[Seat(owed.detail)]
    when = local_time(sync.starts_at, touchpoint.zone)
    coming = planning.who_comes(record, touchpoint, sync, Seat(owed.detail)) or person.left_at
    if coming or sync.started_at or sync.skipped_at or sync.starts_at <= record.now:
        return card(f"Sync of {when}", Note("This is settled.")) if owed.message else None
    value = str(sync.key)
    return card(
        f"{person.called} is away on {when}",
        Paragraph("If nobody does anything, the sync stands."),
        buttons=[
            Button(action="sync.move", label="Another day", value=value, opens_form=True),
            Button(action="sync.skip", label="Skip it", value=value),
        ],
    )


def draw_unstarted(record: Record, owed: Owed) -> Card | None:
    """The morning after a sync that nobody started."""
    sync = rows.get(record, Sync, owed.subject_id)
    touchpoint = rows.get(record, Touchpoint, sync.touchpoint_id)
    when = local_time(sync.starts_at, touchpoint.zone)
    if sync.started_at or sync.skipped_at or sync.starts_at > record.now:
        return card(f"Sync of {when}", Note("This is settled.")) if owed.message else None
    count = len([item for item in items.of_sync(record, sync.key) if item.carried_over])
    value = str(sync.key)
    points = (
        f"Its {count} {'point is' if count == 1 else 'points are'} safe." if count else "Nothing was raised for it."
    )
    return card(
        f"The sync of {when} was not held",
        Paragraph(f"{points} Hold it now, find another day, or leave it to the next one."),
        buttons=[
            Button(action="sync.move", label="Another day", value=value, style="primary", opens_form=True),
            Button(action="sync.skip", label="Leave it", value=value),
            Button(action="sync.start", label="Start now", value=value),
        ],
    )
