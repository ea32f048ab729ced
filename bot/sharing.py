"""Lookups are private until somebody presses Share; then what was shown is posted for both principals, drawn anew.

Only in the touchpoint's own conversations, and only that touchpoint's record: risks and decisions never appear elsewhere.
"""

from collections.abc import Callable

from agenda.roles import Right
from bot import telling
from bot.access import Chair
from bot.cards import Button, Note
from bot.reading import ByNumber, no_such, note_card, number_of, page_in, pair_in
from bot.replies import Answer
from bot.turns import Press, Replies, Turn
from storage import people, places
from storage.deliveries import Owed
from storage.rows import Row
from storage.touchpoints import Touchpoint
from storage.unit_of_work import Record


def share_button(turn: Turn, action: str, value: str, *, of: int | None = None) -> list[Button]:
    """The button, where it is plain what would be shared: what is `of` one touchpoint, or a list over the only one.

    It says where to.
    """
    chairs = [one for one in turn.asker.chairs_at(turn.where.conversation) if of in {None, one.touchpoint_id}]
    if len(chairs) != 1:
        return []
    (chair,) = chairs
    return [Button(action=action, label=f"Share {place(chair, turn)}"[:70], value=f"{chair.touchpoint_id}|{value}")]


def place(home: Chair | Touchpoint, turn: Turn) -> str:
    """Where sharing shows it, as the asker says it."""
    return "here" if home.home == turn.where.conversation else f"in {home.home_title or 'the home conversation'}"


def share(turn: Turn, touchpoint_id: int, *, kind: str, subject_id: int, detail: str = "") -> Replies:
    """Post it in the touchpoint's conversations."""
    touchpoint = turn.require(touchpoint_id)
    once = f"{kind}:{turn.request.id}"
    telling.both(
        turn.record,
        touchpoint,
        once=once,
        kind=kind,
        subject_id=subject_id,
        detail=detail,
        person_id=turn.asker.person_id,
    )
    return [Answer(card=note_card(*shared(turn, touchpoint)), replaces=True)]


def shared(turn: Turn, touchpoint: Touchpoint) -> tuple[str, ...]:
    """Where it was shown, and why not at home."""
    if places.is_open(turn.record, touchpoint.home):
        title = touchpoint.home_title or "the home conversation"
        return "Shared with both of you in private.", f"People of other companies can read {title}."
    return (f"Shared {place(touchpoint, turn)}.",)


def shares_one(kind: str, letter: str, noun: str, by_number: ByNumber[Row]) -> Press:
    """The button under one thing that people call by its number."""

    def handle(turn: Turn, value: str) -> Replies:
        touchpoint_id, typed = pair_in(value)
        turn.require(touchpoint_id)
        number = number_of(typed, letter, noun)
        found = by_number(turn.record, number, [touchpoint_id])
        if found is None:
            raise no_such(letter, number, noun)
        return share(turn, touchpoint_id, kind=kind, subject_id=found.key)

    return Press(handle=handle, writes=True, right=Right.RAISE)


def shares_list(kind: str, reads: Callable[[Turn, str], object] = lambda _turn, _typed: None) -> Press:
    """The button under a page of a list: `detail` of what is posted is the page, and what narrowed the list.

    That came back from a client: `reads` raises `BadInput` for what nobody could have typed.
    """

    def handle(turn: Turn, value: str) -> Replies:
        touchpoint_id, page = pair_in(value)
        reads(turn, page_in(page)[1])
        return share(turn, touchpoint_id, kind=kind, subject_id=touchpoint_id, detail=page)

    return Press(handle=handle, writes=True, right=Right.RAISE)


def shared_by(record: Record, owed: Owed) -> Note:
    """Who pressed the button."""
    return Note(f"Shared by {people.called(record, owed.person_id or 0)}.")
