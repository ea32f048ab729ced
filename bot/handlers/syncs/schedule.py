"""When the syncs are: listed, moved, left out and added by those who hold them."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from itertools import islice

from agenda import schedule
from agenda.dates import moment_in, time_in
from agenda.errors import BadInput, NotNow
from agenda.lexicon import is_time
from agenda.recurrence import describe, local_date, local_day, local_time, to_instant, to_wall
from agenda.reminders import sync_times
from agenda.roles import Right
from agenda.syncs import Act, SkipReason, SyncState
from bot import planning
from bot.cards import Button, Card, Item, ItemList, Note, Paragraph, card
from bot.editing import guarded
from bot.forms import Date, Form, Text, Time
from bot.handlers.agenda.items import none_planned
from bot.handlers.syncs.notices import draw_absence, draw_notice, draw_unstarted, extra_one
from bot.handlers.syncs.pauses import NOTHING_AHEAD, draw_pause, pause, pause_text, resume, resume_button
from bot.handlers.syncs.syncs import sync_of
from bot.reading import date_in, joined, key_in, note_card, short_text
from bot.replies import Answer, CloseForm, OpenForm
from bot.turns import Command, FormKind, Noun, Press, Replies, Submission, Turn
from storage import audit, rows, syncs
from storage.syncs import Sync
from storage.touchpoints import Touchpoint
from storage.unit_of_work import Record

LISTED = 6
JUST_NOW = timedelta(minutes=10)


def listing(turn: Turn, _argument: str) -> Replies:
    """The next ones: those in the plan can be moved and skipped, those behind them follow from the rule."""
    touchpoint = turn.touchpoint()
    planned = syncs.listed(turn.record, touchpoint.key, since=turn.now, until=turn.now + schedule.FURTHEST)
    lines = [planned_line(touchpoint, sync) for sync in planned][:LISTED]
    known = {sync.occurrence for sync in planned}
    coming = schedule.meetings(touchpoint.cadence, touchpoint.calendar, touchpoint.holiday_policy, after=turn.now)
    if not touchpoint.paused_at:
        further = (meeting for meeting in islice(coming, LISTED) if meeting.occurrence not in known)
        lines += [meeting_line(touchpoint, meeting) for meeting in further][: LISTED - len(lines)]
    paused = [Paragraph(pause_text(touchpoint))] if touchpoint.paused_at else []
    nothing = [] if lines or paused else [Paragraph(NOTHING_AHEAD)]
    return [
        Answer(
            card=card(
                describe(touchpoint.cadence),
                *paused,
                *nothing,
                *([ItemList(tuple(lines))] if lines else []),
                buttons=[extra_one(touchpoint, "Add an extra sync")],
            )
        )
    ]


def planned_line(touchpoint: Touchpoint, sync: Sync) -> Item:
    """One that stands in the record."""
    value = str(sync.key)
    extra = "extra" if sync.occurrence is None else ""
    if sync.skipped_at:
        buttons: tuple[Button, ...] = (Button(action="sync.hold", label="Hold it after all", value=value, rare=True),)
        detail = joined(["skipped", sync.note])
    else:
        buttons = (
            Button(action="sync.move", label="Move", value=value, opens_form=True),
            Button(action="sync.skip", label="Skip", value=value),
        )
        detail = joined([extra, "moved" if sync.moved_at else "", sync.note])
    return Item(title=local_time(sync.starts_at, touchpoint.zone), detail=detail, buttons=buttons)


def meeting_line(touchpoint: Touchpoint, meeting: schedule.Meeting) -> Item:
    """One that follows from the rule alone."""
    by_rule = to_instant(schedule.wall_of(meeting.occurrence), touchpoint.zone)
    if meeting.starts_at is None:
        return Item(title=local_time(by_rule, touchpoint.zone), detail=f"left out: {meeting.why}")
    detail = f"instead of {local_day(by_rule, touchpoint.zone)}: {meeting.why}" if meeting.why else ""
    return Item(title=local_time(meeting.starts_at, touchpoint.zone), detail=detail)


def the_next(turn: Turn) -> tuple[Sync, Touchpoint]:
    """The sync that a command without a date means. Raises `NotFound`."""
    touchpoint = turn.touchpoint()
    sync = syncs.current(turn.record, touchpoint.key)
    if sync is None:
        raise none_planned(touchpoint)
    return sync, touchpoint


def require_untouched(sync: Sync, now: datetime) -> None:
    """Raises `NotNow` for one that has started, is closed or skipped."""
    if not sync.allows(Act.MOVE, now):
        word = {SyncState.IN_PROGRESS: "has started", SyncState.CLOSED: "is closed", SyncState.SKIPPED: "is skipped"}
        raise NotNow(f"This sync {word[sync.state(now)]} already.", "“syncs” shows the next ones.")


def move(turn: Turn, words: str) -> Replies:
    """`sync move thu 10:00` moves the next one; alone it opens the form."""
    sync, touchpoint = the_next(turn)
    if not words:
        return [OpenForm(form=MOVE.build(turn, {"sync": str(sync.key)}))]
    return moved(
        turn,
        touchpoint,
        sync,
        spoken(turn, touchpoint, words, otherwise=to_wall(sync.starts_at, touchpoint.zone).time()),
    )


def spoken(turn: Turn, touchpoint: Touchpoint, words: str, *, otherwise: time) -> datetime:
    """The instant that the words name, in the touchpoint's zone. Raises `BadInput`."""
    day, at = moment_in(words, now=turn.now, zone=touchpoint.zone)
    return to_instant(datetime.combine(day, at or otherwise), touchpoint.zone)


def move_form(turn: Turn, context: Mapping[str, str]) -> Form:
    """Another day, another time."""
    sync, touchpoint = sync_of(turn, context.get("sync", ""))
    require_untouched(sync, turn.now)
    return when_form(
        "sync.move",
        "Move the sync",
        to_wall(sync.starts_at, touchpoint.zone),
        zone=touchpoint.zone,
        context=context,
        intro=f"Now: {local_time(sync.starts_at, touchpoint.zone)}.",
    )


def when_form(
    form_id: str, title: str, wall: datetime, *, zone: str, context: Mapping[str, str], intro: str = ""
) -> Form:
    """A day and a time, in the touchpoint's zone."""
    return Form(
        form_id=form_id,
        title=title,
        intro=intro,
        fields=(
            Date(name="day", label="Day", value=wall.date().isoformat()),
            Time(name="at", label="Time", value=f"{wall:%H:%M}", hint=zone),
            Text(name="why", label="Why", limit=200, required=False, placeholder="Shown to both of you"),
        ),
        context=context,
    )


def when_in(submission: Submission, touchpoint: Touchpoint) -> datetime:
    """The instant that was filled in. Raises `BadInput` beside the field."""
    day, at = date_in(submission, "day"), time_in(submission.text("at"))
    if day is None:
        raise BadInput("There is no day.", fields={"day": "Choose a day."})
    if at is None:
        raise BadInput("There is no time.", fields={"at": "Write it like 09:30."})
    return to_instant(datetime.combine(day, at), touchpoint.zone)


def move_filled_in(turn: Turn, submission: Submission) -> Replies:
    """Moved as filled in."""
    sync, touchpoint = sync_of(turn, submission.context.get("sync", ""))
    starts_at = when_in(submission, touchpoint)
    return [CloseForm(), *moved(turn, touchpoint, sync, starts_at, why=short_text(submission, "why", 200))]


def moved(turn: Turn, touchpoint: Touchpoint, sync: Sync, starts_at: datetime, *, why: str = "") -> Replies:
    """Everything that was not sent follows it, and both see where it went. Raises `BadInput`, `NotNow`."""
    require_untouched(sync, turn.now)
    require_free(turn, touchpoint, starts_at, sync)
    old = local_time(sync.starts_at, touchpoint.zone)
    planning.reschedule(sync, sync_times(touchpoint, starts_at))
    sync.moved_at, sync.sequence = turn.now, sync.sequence + 1
    sync.note = f"instead of {old}" + (f": {why}" if why else "")
    sync.note = sync.note[:200]
    turn.record.session.flush()
    audit.append(turn.record, "sync.moved", sync=sync.key, starts_at=starts_at.isoformat())
    planning.owe_anew(turn.record, touchpoint, sync)
    tell_both(turn.record, touchpoint, sync)
    when = local_time(starts_at, touchpoint.zone)
    return [Answer(card=card(f"Moved to {when}", *warnings(touchpoint, starts_at)))]


def tell_both(record: Record, touchpoint: Touchpoint, sync: Sync) -> None:
    """A change that a person made is said at once."""
    planning.post(record, touchpoint, sync, "notice", record.now)


def require_free(turn: Turn, touchpoint: Touchpoint, starts_at: datetime, sync: Sync | None = None) -> None:
    """Raises `BadInput`, beside the field in a form and in words after a command."""
    others = [
        one.starts_at for one in syncs.untouched(turn.record, touchpoint.key) if sync is None or one.id != sync.id
    ]
    was = sync.starts_at if sync else None
    schedule.require_free(starts_at, was=was, others=others, now=turn.now, zone=touchpoint.zone)


def warnings(touchpoint: Touchpoint, starts_at: datetime) -> list[Note]:
    """That nobody works on that day is said; whoever chose it may know better."""
    day = local_date(starts_at, touchpoint.zone)
    why = touchpoint.calendar.free(day) or ("" if touchpoint.calendar.is_working(day) else "a weekend")
    return [Note(f"That day is {why}; it stands as you said.")] if why else []


def skip(turn: Turn, why: str) -> Replies:
    """The next one does not take place. Two who type it at once mean the same one, so the second is asked."""
    sync, touchpoint = the_next(turn)
    if before := skipped_just_now(turn, touchpoint, sync):
        return [Answer(card=skip_too_card(touchpoint, before, sync, why))]
    return skipped(turn, touchpoint, sync, why)


def skipped_just_now(turn: Turn, touchpoint: Touchpoint, sync: Sync) -> Sync | None:
    """The one that stood before it until a moment ago, if a person took that out."""
    ahead = syncs.listed(turn.record, touchpoint.key, since=turn.now, until=sync.starts_at)
    since = turn.now - JUST_NOW
    by_people = [one for one in ahead if one.skip_reason is SkipReason.PERSON and one.skipped_at]
    return next((one for one in by_people if one.skipped_at and one.skipped_at > since), None)


def skip_too_card(touchpoint: Touchpoint, before: Sync, sync: Sync, why: str) -> Card:
    """What was skipped already, and the one behind it."""
    following = local_time(sync.starts_at, touchpoint.zone)
    return card(
        f"{local_time(before.starts_at, touchpoint.zone)} is skipped already",
        Paragraph(f"The one after it, {following}, stands."),
        buttons=[Button(action="sync.skip", label=f"Skip {following} too"[:70], value=f"{sync.key}|{why[:200]}")],
    )


def skip_button(turn: Turn, value: str) -> Replies:
    """This one does not take place."""
    key, _, why = value.partition("|")
    sync, touchpoint = sync_of(turn, key)
    return skipped(turn, touchpoint, sync, why)


def skipped(turn: Turn, touchpoint: Touchpoint, sync: Sync, why: str) -> Replies:
    """Its lines wait for the next one, and it can be taken back."""
    require_untouched(sync, turn.now)
    sync.note = why[:200]
    planning.skip(turn.record, sync, reason=SkipReason.PERSON)
    planning.plan(turn.record, touchpoint)
    tell_both(turn.record, touchpoint, sync)
    hold = Button(action="sync.hold", label="Hold it after all", value=str(sync.key))
    when = local_time(sync.starts_at, touchpoint.zone)
    waits = Paragraph("What was raised for it waits on the next agenda.")
    return [
        Answer(
            card=card(f"Skipped: {when}", waits, buttons=[hold]), replaces=turn.where.direct and not turn.on_delivery()
        )
    ]


def hold(turn: Turn, value: str) -> Replies:
    """A skipped one takes place after all, while it is ahead."""
    sync, touchpoint = sync_of(turn, value)
    when = local_time(sync.starts_at, touchpoint.zone)
    if sync.skipped_at is None:
        raise NotNow(f"The sync of {when} stands.", "Nothing to do.")
    if sync.starts_at <= turn.now:
        raise NotNow(f"{when} has passed.", "Add an extra one: “sync extra” and when.")
    if touchpoint.paused_at:
        raise NotNow("This touchpoint is paused.", "End the pause with “resume”.")
    planning.bring_back(turn.record, touchpoint, sync, sync.skipped_at)
    planning.stand_again(sync)
    sync.note, sync.moved_at = "", turn.now  # A person wants it just there: no plan takes it out again.
    turn.record.session.flush()
    audit.append(turn.record, "sync.held", sync=sync.key)
    planning.owe_anew(turn.record, touchpoint, sync)
    tell_both(turn.record, touchpoint, sync)
    return [Answer(card=note_card(f"It takes place: {when}."))]


def extra(turn: Turn, words: str) -> Replies:
    """`sync extra thu 10:00` adds one between the regular ones; alone it opens the form."""
    touchpoint = turn.touchpoint()
    if not words:
        return [OpenForm(form=extra_form(turn, {}))]
    return added(turn, touchpoint, spoken(turn, touchpoint, words, otherwise=touchpoint.at), why="")


def in_context(turn: Turn, context: Mapping[str, str]) -> Touchpoint:
    """The touchpoint that a form is about: the one that its button named, else the one that lives here."""
    return turn.require(key_in(context["touchpoint"])) if "touchpoint" in context else turn.touchpoint()


def extra_form(turn: Turn, context: Mapping[str, str]) -> Form:
    """Tomorrow at the usual time, unless somebody says otherwise."""
    touchpoint = in_context(turn, context)
    tomorrow = touchpoint.calendar.next_working(local_date(turn.now, touchpoint.zone))
    wall = datetime.combine(tomorrow, touchpoint.at)
    return when_form("sync.extra", "Add an extra sync", wall, zone=touchpoint.zone, context=context)


def extra_filled_in(turn: Turn, submission: Submission) -> Replies:
    """Added as filled in."""
    touchpoint = in_context(turn, submission.context)
    starts_at = when_in(submission, touchpoint)
    return [CloseForm(), *added(turn, touchpoint, starts_at, why=short_text(submission, "why", 200))]


def added(turn: Turn, touchpoint: Touchpoint, starts_at: datetime, *, why: str) -> Replies:
    """One more sync. Raises `BadInput`."""
    require_free(turn, touchpoint, starts_at)
    sync = rows.add(turn.record, planning.new_sync(touchpoint, sync_times(touchpoint, starts_at), occurrence=None))
    sync.note = why
    turn.record.session.flush()
    audit.append(turn.record, "sync.added", sync=sync.key, starts_at=starts_at.isoformat())
    planning.owe(turn.record, touchpoint, sync)
    planning.plan(turn.record, touchpoint)
    tell_both(turn.record, touchpoint, sync)
    when = local_time(starts_at, touchpoint.zone)
    return [Answer(card=card(f"Added: {when}", *warnings(touchpoint, starts_at)))]


MOVE = guarded(
    move_form,
    move_filled_in,
    lambda turn, context: sync_of(turn, context.get("sync", ""))[0],
    right=Right.RUN,
    about="sync",
)

EXTRA = FormKind(build=extra_form, submit=extra_filled_in)

NOUN = Noun(
    name="schedule",
    summary="When the syncs are. Each of you may move, skip or add one; both see it.",
    commands=(
        Command(words=("syncs",), summary="The next syncs, to move or skip", handle=listing, right=Right.READ),
        Command(
            words=("sync", "move"),
            argument="[when]",
            summary="Move the next sync",
            handle=move,
            writes=True,
            opens_form=True,
        ),
        Command(words=("sync", "skip"), argument="[why]", summary="Skip the next sync", handle=skip, writes=True),
        Command(
            words=("sync", "cancel"), argument="[why]", summary="The same as “sync skip”", handle=skip, writes=True
        ),
        Command(
            words=("sync", "extra"),
            argument="[when]",
            summary="Add an extra sync",
            handle=extra,
            writes=True,
            opens_form=True,
        ),
        Command(
            words=("pause",),
            argument="[until when]",
            summary="No syncs for a while",
            handle=pause,
            writes=True,
            reads=is_time,
        ),
        Command(words=("resume",), summary="End the pause", handle=resume, writes=True),
    ),
    buttons={
        "sync.move": MOVE.opened_by("sync"),
        "sync.skip": Press(handle=skip_button, writes=True),
        "sync.hold": Press(handle=hold, writes=True),
        "sync.extra": EXTRA.opened_by("touchpoint"),
        "resume": Press(handle=resume_button, writes=True),
    },
    forms={"sync.move": MOVE, "sync.extra": EXTRA},
    cards={
        "notice": draw_notice,
        "absence": draw_absence,
        "unstarted": draw_unstarted,
        "pause": draw_pause,
    },
)
