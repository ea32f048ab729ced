"""No syncs for a while: a touchpoint paused and resumed, and the card that says so."""

from datetime import date

from agenda.dates import days_in
from agenda.errors import BadInput, NotNow
from agenda.recurrence import local_date, local_time
from agenda.syncs import SkipReason
from bot import planning, telling
from bot.cards import Button, Card, Note, Paragraph, card
from bot.reading import key_in, note_card
from bot.replies import Answer
from bot.turns import Replies, Turn
from storage import audit, people, rows, syncs
from storage.deliveries import Owed
from storage.touchpoints import Touchpoint
from storage.unit_of_work import Record

NOTHING_AHEAD = "No sync is ahead. “cadence” says how often you meet, and “sync extra” adds one."


def pause(turn: Turn, words: str) -> Replies:
    """No syncs and no prompts until it is resumed, or until the day that is named."""
    touchpoint = turn.touchpoint()
    until = last_day(turn, touchpoint, words) if words else None
    if touchpoint.paused_at and touchpoint.paused_until == until:
        raise NotNow(pause_text(touchpoint), "End it with “resume”.")
    touchpoint.paused_at, touchpoint.paused_until = turn.now, until
    turn.record.session.flush()
    audit.append(turn.record, "touchpoint.paused", touchpoint=touchpoint.key, until=until.isoformat() if until else "")
    for sync in syncs.untouched(turn.record, touchpoint.key):
        planning.skip(turn.record, sync, reason=SkipReason.PAUSED)
    say_pause(turn, touchpoint)
    return [Answer(card=note_card("Paused.", pause_text(touchpoint), "What was raised is kept for the next sync."))]


def last_day(turn: Turn, touchpoint: Touchpoint, words: str) -> date:
    """The day on which it goes on: `until 14 Aug`, `2 weeks`, `14 Aug`. Raises `BadInput`."""
    today = local_date(turn.now, touchpoint.zone)
    first, last = days_in(words, today=today)
    if last <= today:
        raise BadInput("That day has passed.", "Name one that is ahead, like “pause until 14 Aug”.")
    if today < first < last:
        raise BadInput(
            "A pause begins at once.", "Say until when, like “pause until 14 Aug”; “syncs” skips later ones."
        )
    return last


def resume(turn: Turn, _argument: str) -> Replies:
    """From where it lives."""
    return resumed(turn, turn.touchpoint())


def resume_button(turn: Turn, value: str) -> Replies:
    """From the card that said the pause."""
    return resumed(turn, turn.require(key_in(value)))


def resumed(turn: Turn, touchpoint: Touchpoint) -> Replies:
    """It goes on with the next sync of its rule."""
    if touchpoint.paused_at is None:
        raise NotNow("This touchpoint is not paused.", "“syncs” shows what is next.")
    planning.resume(turn.record, touchpoint)
    sync = planning.plan(turn.record, touchpoint)
    say_pause(turn, touchpoint)
    following = f"Next: {local_time(sync.starts_at, touchpoint.zone)}." if sync else NOTHING_AHEAD
    return [Answer(card=note_card("It goes on.", following))]


def say_pause(turn: Turn, touchpoint: Touchpoint) -> None:
    """Both see it where they meet."""
    once = f"pause:{touchpoint.key}:{turn.request.id}"
    telling.both(
        turn.record, touchpoint, once=once, kind="pause", subject_id=touchpoint.key, person_id=turn.asker.person_id
    )


def pause_text(touchpoint: Touchpoint) -> str:
    """Until when."""
    until = touchpoint.paused_until
    return f"This touchpoint is paused until {until.day} {until:%B}." if until else "This touchpoint is paused."


def draw_pause(record: Record, owed: Owed) -> Card | None:
    """Paused, or going on, and by whom."""
    touchpoint = rows.get(record, Touchpoint, owed.subject_id)
    by = Note(f"By {people.called(record, owed.person_id or 0)}.")
    if touchpoint.paused_at:
        resume_it = Button(action="resume", label="Resume", value=str(touchpoint.key))
        return card(pause_text(touchpoint), Paragraph("No syncs and no prompts meanwhile."), by, buttons=[resume_it])
    current = syncs.current(record, touchpoint.key)
    following = [Paragraph(f"Next: {local_time(current.starts_at, touchpoint.zone)}.")] if current else []
    return card("This touchpoint goes on", *following, by)
