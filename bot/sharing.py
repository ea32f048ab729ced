"""Lookups are private until somebody presses Share here; then what was shown is posted for all, drawn anew.

Only in the home conversation of a touchpoint, and only that touchpoint's record: risks and decisions never appear elsewhere.
"""

from agenda.errors import NotAllowed
from bot.cards import Button, Note
from bot.reading import note_card
from bot.replies import Answer
from bot.turns import Replies, Turn
from storage import deliveries, people, rows
from storage.deliveries import Owed
from storage.unit_of_work import Record


def share_button(turn: Turn, action: str, value: str) -> list[Button]:
    """The button, where sharing is allowed."""
    return [Button(action=action, label="Share here", value=value)] if turn.may_share else []


def home_of(turn: Turn) -> int:
    """The touchpoint whose home this is. Raises `NotAllowed` anywhere else."""
    touchpoint_id = turn.asker.home_at(turn.where.conversation)
    if touchpoint_id is None:
        raise NotAllowed(
            "That can only be shared in its own home conversation.", "Ask for it there, then press Share here."
        )
    return touchpoint_id


def share(turn: Turn, *, kind: str, subject_id: int, detail: str = "") -> Replies:
    """Post it here, for all."""
    deliveries.post(
        turn.record,
        once=f"{kind}:{turn.request.id}",
        conversation=turn.where.conversation,
        kind=kind,
        subject_id=subject_id,
        detail=detail,
        person_id=turn.asker.person_id,
    )
    return [Answer(card=note_card("Shared here."), replaces=True)]


def shared_by(record: Record, owed: Owed) -> Note:
    """Who pressed the button."""
    return Note(f"Shared by {rows.get(record, people.Person, owed.person_id or 0).called}.")
