"""Lookups are private until somebody presses Share; then what was shown is posted for both principals, drawn anew.

Only in the touchpoint's own conversations, and only that touchpoint's record: risks and decisions never appear elsewhere.
"""

from bot.cards import Button, Note
from bot.reading import note_card
from bot.replies import Answer
from bot.turns import Replies, Turn
from storage import deliveries, people, rows, touchpoints
from storage.deliveries import Owed
from storage.touchpoints import Touchpoint
from storage.unit_of_work import Record


def share_button(turn: Turn, action: str, value: str) -> list[Button]:
    """The button, where it is plain what would be shared: the record of one touchpoint. It says where to."""
    scope = turn.scope()
    if len(scope) != 1:
        return []
    touchpoint = rows.get(turn.record, Touchpoint, scope[0])
    here = touchpoint.home == turn.where.conversation
    label = "Share here" if here else f"Share in {touchpoint.home_title or 'the home conversation'}"[:70]
    return [Button(action=action, label=label, value=f"{touchpoint.key}|{value}")]


def share(turn: Turn, touchpoint_id: int, *, kind: str, subject_id: int, detail: str = "") -> Replies:
    """Post it in the touchpoint's conversations."""
    touchpoint = turn.require_seat(touchpoint_id)
    for place in touchpoints.audience(turn.record, touchpoint):
        deliveries.post(
            turn.record,
            once=f"{kind}:{turn.request.id}:{place}",
            conversation=place,
            kind=kind,
            subject_id=subject_id,
            detail=detail,
            person_id=turn.asker.person_id,
        )
    where = (
        "here"
        if touchpoint.home == turn.where.conversation
        else f"in {touchpoint.home_title or 'the home conversation'}"
    )
    return [Answer(card=note_card(f"Shared {where}."), replaces=True)]


def shared_by(record: Record, owed: Owed) -> Note:
    """Who pressed the button."""
    return Note(f"Shared by {rows.get(record, people.Person, owed.person_id or 0).called}.")
