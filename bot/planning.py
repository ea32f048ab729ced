"""Keeps each touchpoint's next syncs in the record, and the prompts that they owe in the outbox.

Called when a touchpoint or a sync changes and at least once a day; calling it again plans nothing twice.
"""

from datetime import timedelta

from agenda.recurrence import local_day
from agenda.reminders import Reminder, due_at, sync_times
from agenda.touchpoints import Seat
from storage import audit, deliveries, items, people, rows, syncs, touchpoints
from storage.items import AgendaItem
from storage.syncs import Sync
from storage.touchpoints import Touchpoint
from storage.unit_of_work import Record

AHEAD = timedelta(hours=36)  # A day between two plannings, and half a day to spare.
LAPSES_AFTER = timedelta(days=1)
LIVE_CARDS = ("prompt", "agenda", "start")


def plan(record: Record, touchpoint: Touchpoint) -> Sync | None:
    """Plans every sync whose first prompt is near, and at least the next one. Returns the next, if the rule has one."""
    lapse(record, touchpoint)
    after = max(record.now, syncs.latest_start(record, touchpoint.key) or record.now)
    while needs_another(record, touchpoint):
        times = sync_times(touchpoint.cadence, touchpoint.prompt_days, touchpoint.agenda_days, after)
        if times is None:
            break
        after = times.starts_at
        sync = Sync(
            organization_id=record.organization_id,
            touchpoint_id=touchpoint.key,
            starts_at=times.starts_at,
            prompts_at=times.prompts_at,
            publishes_at=times.publishes_at,
        )
        owe_prompts(record, touchpoint, rows.add(record, sync))
    return next((s for s in syncs.untouched(record, touchpoint.key) if s.starts_at > record.now), None)


def needs_another(record: Record, touchpoint: Touchpoint) -> bool:
    """Is there no sync ahead, or is the last one ahead so near that the one behind it may want its prompts?"""
    ahead = [sync for sync in syncs.untouched(record, touchpoint.key) if sync.starts_at > record.now]
    if not ahead:
        return True
    last = max(sync.starts_at for sync in ahead)
    following = sync_times(touchpoint.cadence, touchpoint.prompt_days, touchpoint.agenda_days, last)
    return following is not None and following.prompts_at <= record.now + AHEAD


def owe_prompts(record: Record, touchpoint: Touchpoint, sync: Sync) -> None:
    """A direct prompt to each principal; the agenda and the start reminder where both will see them."""
    for seat in Seat:
        person_id = touchpoint.principal(seat)
        if rows.get(record, people.Person, person_id).left_at:
            continue
        for account in people.accounts_of(record, person_id)[:1]:
            deliveries.post(
                record,
                once=f"{Reminder.PROMPT}:{sync.key}:{person_id}",
                conversation=account,
                kind=Reminder.PROMPT,
                subject_id=sync.key,
                person_id=person_id,
                due_at=max(record.now, due_at(Reminder.PROMPT, sync)),
            )
    for place in touchpoints.audience(record, touchpoint):
        for reminder in (Reminder.AGENDA, Reminder.START):
            deliveries.post(
                record,
                once=f"{reminder}:{sync.key}:{place}",
                conversation=place,
                kind=reminder,
                subject_id=sync.key,
                due_at=max(record.now, due_at(reminder, sync)),
            )


def lapse(record: Record, touchpoint: Touchpoint) -> None:
    """A sync that nobody started within a day is skipped; what was raised for it waits for the next one."""
    for sync in syncs.untouched(record, touchpoint.key):
        if sync.starts_at + LAPSES_AFTER <= record.now:
            skip(record, touchpoint, sync, because=f"nobody started it on {local_day(sync.starts_at, touchpoint.zone)}")


def replan(record: Record, touchpoint: Touchpoint) -> Sync | None:
    """The cadence, the home or a chair changed: what was not sent yet is planned anew, and what was is not touched."""
    for sync in syncs.untouched(record, touchpoint.key):
        again = sync_times(
            touchpoint.cadence, touchpoint.prompt_days, touchpoint.agenda_days, sync.starts_at - timedelta(seconds=1)
        )
        if again and again.starts_at == sync.starts_at:
            deliveries.withdraw(record, kinds=LIVE_CARDS, subject_id=sync.key)
            owe_prompts(record, touchpoint, sync)
        else:
            skip(record, touchpoint, sync, because="its cadence changed")
    return plan(record, touchpoint)


def skip(record: Record, touchpoint: Touchpoint, sync: Sync, *, because: str) -> None:
    """It will not take place. Its prompts are not owed any more, and its lines wait for the next one."""
    sync.skipped_at = record.now
    record.session.flush()
    deliveries.withdraw(record, kinds=LIVE_CARDS, subject_id=sync.key)
    audit.append(record, "sync.skipped", sync=sync.key, because=because)
    roll_over(
        record, touchpoint, [item for item in items.of_sync(record, sync.key) if item.carried_over], deferred=False
    )
    for kind in LIVE_CARDS:
        deliveries.redraw(record, kind=kind, subject_id=sync.key)


def roll_over(record: Record, touchpoint: Touchpoint, waiting: list[AgendaItem], *, deferred: bool = True) -> None:
    """Put what was not settled on the next sync's agenda; `deferred` counts it as one more deferral."""
    following = plan(record, touchpoint) if waiting else None
    if following is None:
        return
    for item in waiting:
        carried = AgendaItem(
            organization_id=record.organization_id,
            sync_id=following.key,
            raised_by_id=item.raised_by_id,
            carried_from_id=item.key,
            title=item.title,
            detail=item.detail,
            theme=item.theme,
            deferrals=item.deferrals + int(deferred),
            raised_at=item.raised_at,
            source_message=item.source_message,
            source_link=item.source_link,
        )
        rows.add(record, carried)
