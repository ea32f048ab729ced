"""Keeps each touchpoint's coming syncs in the record, and what they owe to their people in the outbox.

Called when a touchpoint, its calendar or a sync changes, and every hour; calling it again plans nothing twice. What was sent
stays as it is; what was not is planned anew from the rule, the calendar and the zone as they are now.
"""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from itertools import zip_longest

from agenda import schedule
from agenda.conversations import Conversation
from agenda.decisions import DecisionState
from agenda.items import Outcome
from agenda.nudges import NudgeKind
from agenda.recurrence import local_date, local_day, to_instant
from agenda.reminders import Reminder, SyncTimes, announced_at, due_at, lapses_at, sync_times
from agenda.schedule import Meeting
from agenda.syncs import SkipReason
from agenda.touchpoints import Seat
from bot import accepting, conversations, nudging, ownership, telling
from storage import absences, audit, decisions, deliveries, items, keys, minutes, people, rows, syncs
from storage.items import AgendaItem
from storage.syncs import Sync
from storage.touchpoints import Touchpoint
from storage.unit_of_work import Record

AHEAD = timedelta(days=8)  # So that what a holiday changes is said a good week before.
MOST_MEETINGS = 60  # A rule of which every occurrence is a holiday ends the search.
LIVE_CARDS = ("agenda", "start", "unstarted")
MAIN_CARDS = (*LIVE_CARDS, "brief", "notice", "absence")


def plan(record: Record, touchpoint: Touchpoint) -> Sync | None:
    """Brings the plan up to date: what lapsed, what changed, what comes into view. Returns the sync that is current."""
    record.session.flush()
    rows.find(record, Touchpoint, touchpoint.key, for_update=True)  # Two replicas plan one after the other.
    close_forgotten(record, touchpoint)
    disputed = ownership.lapse(record, touchpoint)
    reopened = accepting.plan(record, touchpoint)
    conversations.plan(record, touchpoint)
    if touchpoint.paused_at and not is_over(record, touchpoint):
        return None
    if touchpoint.paused_at:
        resume(record, touchpoint)
    refresh(record, touchpoint)
    look_ahead(record, touchpoint)
    lapse(record, touchpoint)
    current = syncs.current(record, touchpoint.key)
    if current:
        take_in(record, touchpoint, current)
        if disputed or reopened:
            redraw(record, current)
    remind_of_keys(record, touchpoint)
    return current


def look_ahead(record: Record, touchpoint: Touchpoint) -> None:
    """Plans every occurrence whose first message is near, and at least the next one that takes place."""
    today = local_date(record.now, touchpoint.zone).isoformat()
    known = {sync.occurrence: sync for sync in syncs.known(record, touchpoint.key, since=today)}
    coming = schedule.meetings(touchpoint.cadence, touchpoint.calendar, touchpoint.holiday_policy, after=record.now)
    standing = bool(syncs.ahead(record, touchpoint.key))
    for _number, meeting in zip(range(MOST_MEETINGS), coming, strict=False):
        by_rule = to_instant(schedule.wall_of(meeting.occurrence), touchpoint.zone)
        near = sync_times(touchpoint, meeting.starts_at or by_rule).prompts_at <= record.now + AHEAD
        if standing and not near:
            return
        sync = known.get(meeting.occurrence)
        if sync is None or comes_back(record, sync, meeting):
            standing = bool(appoint(record, touchpoint, meeting, by_rule, sync)) or standing


def comes_back(record: Record, sync: Sync, meeting: Meeting) -> bool:
    """Did the plan itself take it out, and would it not do so today? Where a holiday did, it was said once."""
    if sync.skip_reason is SkipReason.HOLIDAY:
        return meeting.starts_at is not None and meeting.starts_at > record.now
    return sync.skip_reason is not None and sync.skip_reason.replans


def appoint(
    record: Record, touchpoint: Touchpoint, meeting: Meeting, by_rule: datetime, sync: Sync | None
) -> Sync | None:
    """Puts an occurrence into the record, also one that will not take place: it is said why. Returns it if it stands."""
    takes_place = meeting.starts_at is not None and meeting.starts_at > record.now
    times = sync_times(touchpoint, meeting.starts_at if meeting.starts_at and takes_place else by_rule)
    if sync is None:
        sync = rows.add(record, new_sync(touchpoint, times, occurrence=meeting.occurrence))
    else:
        stand_again(sync)
        sync.moved_at = None
        reschedule(sync, times)
    sync.note = meeting.why
    if not takes_place:
        sync.skipped_at, sync.skip_reason = record.now, SkipReason.HOLIDAY
    record.session.flush()
    if meeting.why:
        announce(record, touchpoint, sync)
    if takes_place:
        owe(record, touchpoint, sync)
    return sync if takes_place else None


def new_sync(touchpoint: Touchpoint, times: SyncTimes, *, occurrence: str | None) -> Sync:
    """One more sync, not written yet; one without an occurrence is an extra one."""
    return Sync(
        organization_id=touchpoint.organization_id,
        touchpoint_id=touchpoint.key,
        occurrence=occurrence,
        starts_at=times.starts_at,
        prompts_at=times.prompts_at,
        reminds_at=times.reminds_at,
        publishes_at=times.publishes_at,
        calendar_key=secrets.token_urlsafe(24),
    )


def reschedule(sync: Sync, times: SyncTimes) -> bool:
    """Gives it these times. True if any of them is another."""
    before = (sync.prompts_at, sync.reminds_at, sync.publishes_at, sync.starts_at)
    sync.prompts_at, sync.reminds_at = times.prompts_at, times.reminds_at
    sync.publishes_at, sync.starts_at = times.publishes_at, times.starts_at
    return before != (times.prompts_at, times.reminds_at, times.publishes_at, times.starts_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """What an appointed sync should be by today's rule, calendar and zone."""

    skip: SkipReason | None = None
    occurrence: str | None
    starts_at: datetime
    note: str


def by_the_rule(record: Record, touchpoint: Touchpoint, sync: Sync) -> Again:
    """What a person chose stands; all else follows the rule, also where a zone's own rules or a holiday changed since.

    Where the rule has another time on the same day it stays the same sync: whoever was asked about it is not asked again.
    """
    as_it_is = Again(occurrence=sync.occurrence, starts_at=sync.starts_at, note=sync.note)
    if sync.occurrence is None or sync.moved_at:
        return as_it_is
    wall = schedule.on_day(touchpoint.cadence, schedule.wall_of(sync.occurrence).date())
    if wall is None or is_known(record, touchpoint, sync, wall):
        return replace(as_it_is, skip=SkipReason.CADENCE)
    meeting = schedule.meeting(touchpoint.cadence, touchpoint.calendar, touchpoint.holiday_policy, wall)
    if meeting.starts_at is None or meeting.starts_at <= record.now:
        return replace(as_it_is, skip=SkipReason.HOLIDAY, note=meeting.why)
    return Again(occurrence=meeting.occurrence, starts_at=meeting.starts_at, note=meeting.why)


def is_known(record: Record, touchpoint: Touchpoint, sync: Sync, wall: datetime) -> bool:
    """Does that occurrence stand in the record already, as another sync?"""
    occurrence = wall.strftime(schedule.OCCURRENCE)
    if occurrence == sync.occurrence:
        return False
    return any(one.occurrence == occurrence for one in syncs.known(record, touchpoint.key, since=occurrence))


def refresh(record: Record, touchpoint: Touchpoint, *, anew: bool = False) -> None:
    """What is planned follows what it was planned from. `anew`: also where no time changed (another home, other people)."""
    for sync in syncs.ahead(record, touchpoint.key):
        again = by_the_rule(record, touchpoint, sync)
        if again.skip:
            sync.note = again.note
            skip(record, sync, reason=again.skip)
            if again.skip is SkipReason.HOLIDAY:
                announce(record, touchpoint, sync)
            continue
        moved = again.starts_at != sync.starts_at
        by_holiday = moved and (again.note or sync.note)  # Another cadence says so itself.
        if reschedule(sync, sync_times(touchpoint, again.starts_at)) or anew:
            sync.occurrence, sync.note, sync.sequence = again.occurrence, again.note, sync.sequence + int(moved)
            owe_anew(record, touchpoint, sync)
            if by_holiday:
                announce(record, touchpoint, sync)


def replan(record: Record, touchpoint: Touchpoint) -> Sync | None:
    """The cadence, the home or a chair changed: what was not sent yet is planned anew, and what was is not touched."""
    refresh(record, touchpoint, anew=True)
    return plan(record, touchpoint)


def owe_anew(record: Record, touchpoint: Touchpoint, sync: Sync) -> None:
    """What was not sent yet follows the sync's new times; what stands is redrawn."""
    record.session.flush()
    unplan(record, sync)
    owe(record, touchpoint, sync)
    redraw(record, sync)


def owe(record: Record, touchpoint: Touchpoint, sync: Sync) -> None:
    """A question to each principal, or to who stands in; the agenda, the start and its aftermath where both will see them."""
    for seat in Seat:
        ask(record, touchpoint, sync, seat)
    for reminder in Reminder:
        post(record, touchpoint, sync, reminder.value, max(record.now, due_at(reminder, sync, touchpoint)))
    if touchpoint.talks_about(Conversation.THREATS):
        post(record, touchpoint, sync, "brief", max(record.now, sync.publishes_at))
    post(record, touchpoint, sync, "unstarted", touchpoint.office.next_day(sync.starts_at))


def post(record: Record, touchpoint: Touchpoint, sync: Sync, kind: str, due: datetime) -> None:
    """One card of this sync where both will see it; after a change of its time, one more."""
    once = f"{kind}:{sync.key}:{sync.sequence}"
    telling.both(record, touchpoint, once=once, kind=kind, subject_id=sync.key, due_at=due)


def ask(record: Record, touchpoint: Touchpoint, sync: Sync, seat: Seat) -> None:
    """The question before the sync, and one gentle reminder between it and the agenda."""
    person = who_comes(record, touchpoint, sync, seat)
    if person is None:
        offer_to_move(record, touchpoint, sync, seat)
        return
    for before in (sync.publishes_at, sync.starts_at):  # Who is not at work before the agenda is asked before the sync.
        if before > record.now and ask_before(record, touchpoint, sync, person, before):
            return


def who_comes(record: Record, touchpoint: Touchpoint, sync: Sync, seat: Seat) -> people.Person | None:
    """The principal, or who stands in that day: whichever is still with us and not on leave."""
    stand_in = absences.delegate(record, touchpoint.key, seat, today=local_date(sync.starts_at, touchpoint.zone))
    for person_id in (touchpoint.principal(seat), *([stand_in.person_id] if stand_in else [])):
        person = rows.get(record, people.Person, person_id)
        hours = nudging.hours_of(record, person)
        if person.left_at is None and not hours.is_away(local_date(sync.starts_at, hours.zone)):
            return person
    return None


def ask_before(record: Record, touchpoint: Touchpoint, sync: Sync, person: people.Person, before: datetime) -> bool:
    """The question and its reminder, at moments of that person's day before then. False if there is none."""
    owe = partial(
        nudging.owe, record, subject_id=sync.key, person_id=person.key, before=before, touchpoint_id=touchpoint.key
    )
    asked = owe(NudgeKind.PROMPT, wanted=sync.prompts_at)
    if asked is None:
        return False
    following = nudging.hours_of(record, person).next_slot(max(asked, record.now))
    if touchpoint.reminder_hours and following < sync.publishes_at:  # Behind the agenda it would remind of nothing.
        owe(NudgeKind.REMINDER, wanted=max(sync.reminds_at, following))
    return True


def offer_to_move(record: Record, touchpoint: Touchpoint, sync: Sync, seat: Seat) -> None:
    """A principal is away that day and nobody stands in: the two are offered another day, once."""
    due = announced_at(touchpoint, sync, record.now)
    if due < sync.starts_at:
        once = f"absence:{sync.key}:{sync.sequence}:{seat}"
        telling.both(record, touchpoint, once=once, kind="absence", subject_id=sync.key, detail=seat.value, due_at=due)


def announce(record: Record, touchpoint: Touchpoint, sync: Sync) -> None:
    """Say ahead of time, where both will see it, that a sync does not stand where its rule would have it."""
    due = announced_at(touchpoint, sync, record.now)
    post(record, touchpoint, sync, "notice", min(due, max(record.now, sync.starts_at)))


def unplan(record: Record, sync: Sync) -> None:
    """Nothing that was not sent yet is owed for it any more."""
    deliveries.withdraw(record, kinds=MAIN_CARDS, subject_id=sync.key)
    for kind in (NudgeKind.PROMPT, NudgeKind.REMINDER):
        nudging.withdraw(record, kind, sync.key)


def redraw(record: Record, sync: Sync) -> None:
    """Every card of this sync shows how it stands now."""
    deliveries.redraw(record, *MAIN_CARDS, "sync", subject_id=sync.key)
    for kind in (NudgeKind.PROMPT, NudgeKind.REMINDER):
        nudging.redraw(record, kind, sync.key)


def lapse(record: Record, touchpoint: Touchpoint) -> None:
    """A sync that nobody held gives its lines to the next one when that one's agenda is due, or after a week."""
    waiting = syncs.untouched(record, touchpoint.key)
    for sync, following in zip_longest(waiting, waiting[1:]):
        if record.now >= lapses_at(touchpoint, sync, following):
            sync.note = f"nobody started it on {local_day(sync.starts_at, touchpoint.zone)}"
            skip(record, sync, reason=SkipReason.NOBODY)


def skip(record: Record, sync: Sync, *, reason: SkipReason) -> None:
    """It will not take place. Nothing is owed for it any more, and its lines wait for the next one."""
    sync.skipped_at, sync.skip_reason, sync.sequence = record.now, reason, sync.sequence + 1
    record.session.flush()
    unplan(record, sync)
    audit.append(record, "sync.skipped", sync=sync.key, reason=reason.value)
    redraw(record, sync)


def take_in(record: Record, touchpoint: Touchpoint, current: Sync) -> None:
    """Nothing raised is ever lost: the lines of syncs that did not take place, and what the last one left unsettled."""
    stranded = items.of_skipped(record, touchpoint.key)
    for item in stranded:
        item.sync_id = current.key
    left = [item for item in items.left_over(record, touchpoint.key) if item.sync_id != current.key]
    for item in left:
        items.add(record, carried_to(current, item))
    if stranded or left:
        record.session.flush()
        redraw(record, current)


def bring_back(record: Record, touchpoint: Touchpoint, sync: Sync, skipped_at: datetime) -> None:
    """A skipped sync takes place after all: what was raised until it was skipped comes back from the syncs behind it."""
    for later in syncs.untouched(record, touchpoint.key):
        waiting = items.of_sync(record, later.key) if later.starts_at > sync.starts_at else []
        back = [item for item in waiting if item.outcome is Outcome.OPEN and item.raised_at <= skipped_at]
        for item in back:
            item.sync_id = sync.key
        if back:
            record.session.flush()
            redraw(record, later)


def carried_to(sync: Sync, item: AgendaItem) -> AgendaItem:
    """The same line on the next agenda; it counts as deferred once more."""
    return AgendaItem(
        organization_id=item.organization_id,
        sync_id=sync.key,
        raised_by_id=item.raised_by_id,
        carried_from_id=item.key,
        title=item.title,
        detail=item.detail,
        theme=item.theme,
        deferrals=item.deferrals + 1,
        raised_at=item.raised_at,
        source=item.source,
        source_id=item.source_id,
        source_message=item.source_message,
        source_link=item.source_link,
    )


def remind_of_keys(record: Record, touchpoint: Touchpoint) -> None:
    """Whoever's key is missing on a text is reminded of it once."""
    for decision in decisions.waiting(record, touchpoint.key):
        if decision.state is DecisionState.PROPOSED:
            turned = keys.turned(record, decision)
            for seat in Seat:
                if seat not in turned:
                    nudging.key_wanted(record, touchpoint, decision, touchpoint.principal(seat))


def is_over(record: Record, touchpoint: Touchpoint) -> bool:
    """Is the day reached on which a pause ends by itself?"""
    until = touchpoint.paused_until
    return until is not None and local_date(record.now, touchpoint.zone) >= until


def resume(record: Record, touchpoint: Touchpoint) -> None:
    """It goes on. What people had chosen stands as they chose it; what the rule says is for `plan` to bring back."""
    touchpoint.paused_at, touchpoint.paused_until = None, None
    audit.append(record, "touchpoint.resumed", touchpoint=touchpoint.key)
    for sync in syncs.listed(record, touchpoint.key, since=record.now, until=record.now + schedule.FURTHEST):
        if sync.skip_reason is SkipReason.PAUSED and (sync.moved_at or sync.occurrence is None):
            stand_again(sync)
            owe_anew(record, touchpoint, sync)
    deliveries.redraw(record, "pause", subject_id=touchpoint.key)


def stand_again(sync: Sync) -> None:
    """It takes place after all."""
    sync.skipped_at, sync.skip_reason, sync.sequence = None, None, sync.sequence + 1


def close(record: Record, touchpoint: Touchpoint, sync: Sync) -> None:
    """The end of a sync: its minutes where both see them, and what was not settled goes to the next one."""
    sync.closed_at, sync.head = record.now, str(audit.head(record))
    record.session.flush()
    audit.append(record, "sync.closed", sync=sync.key)
    minutes.index(record, sync)
    telling.both(record, touchpoint, once=f"minutes:{sync.key}", kind="minutes", subject_id=sync.key)
    redraw(record, sync)


def close_forgotten(record: Record, touchpoint: Touchpoint) -> None:
    """Whoever forgets to press Close must not keep the next sync's points: it closes by itself the next working morning."""
    while (sync := syncs.current(record, touchpoint.key)) and sync.started_at:
        if record.now < touchpoint.office.next_day(max(sync.started_at, sync.starts_at)):
            return
        close(record, touchpoint, sync)
