"""The pulse as the two see it: one question, one tap, and both answers at once."""

from calendar import month_name

from agenda.conversations import Conversation
from agenda.errors import BadInput, NotFound
from agenda.health import BEST, PULSE, PULSE_LASTS
from agenda.nudges import NudgeKind
from agenda.recurrence import local_date
from agenda.roles import Right
from agenda.touchpoints import Seat
from bot import health, readers
from bot.cards import Button, Card, Facts, Note, card
from bot.mutual import seat_of
from bot.reading import key_in, pair_in
from bot.replies import Answer
from bot.turns import Asked, Command, Noun, Press, Replies, Turn
from storage import health as kept
from storage import people, rows
from storage.deliveries import Owed
from storage.health import Pulse
from storage.nudges import Nudge
from storage.touchpoints import Touchpoint
from storage.unit_of_work import Record

SCALE = ("1 badly", "2", "3", "4", "5 very well")
BOTH_OR_NOBODY = "You both see both answers once you both gave one; until then nobody sees any."
MOST_SHOWN = 3


def pulse(turn: Turn, _argument: str = "") -> Replies:
    """`pulse`: both are asked; where both are asked already, the asker's own question comes again."""
    return asked_of_both(turn, turn.touchpoint())


def ask_pressed(turn: Turn, value: str) -> Replies:
    """The same, from a button that names the touchpoint."""
    return asked_of_both(turn, turn.require(key_in(value)))


def asked_of_both(turn: Turn, touchpoint: Touchpoint) -> Replies:
    """Only ever one at a time."""
    standing = health.open_pulse(turn.record, touchpoint)
    asked = standing or health.begin(turn.record, touchpoint, turn.asker.person_id)
    return [Answer(card=own_card(turn.record, touchpoint, asked, seat_of(turn, touchpoint)))]


def own_card(record: Record, touchpoint: Touchpoint, asked: Pulse, seat: Seat) -> Card:
    """As one of the two sees it."""
    if asked.closed_at:
        return result_card(record, asked)
    said = health.answers_of(record, touchpoint, asked).get(seat)
    other = people.called(record, touchpoint.principal(seat.other))
    mine = [Note(f"You said {said.score} of {BEST}. You may change it until {other} answers.")] if said else []
    return card(asked.question, *mine, Note(BOTH_OR_NOBODY), buttons=scale(asked))


def scale(asked: Pulse) -> list[Button]:
    """One tap."""
    return [
        Button(action="pulse.say", label=label, value=f"{asked.key}|{score}") for score, label in enumerate(SCALE, 1)
    ]


def say(turn: Turn, value: str) -> Replies:
    """A score, or another one."""
    key, typed = pair_in(value)
    asked = rows.find(turn.record, Pulse, key)
    if asked is None:
        raise NotFound("That question is not asked any more.", "“pulse” asks you both.")
    touchpoint = turn.require(asked.touchpoint_id)
    if typed not in {str(score) for score in range(1, BEST + 1)}:
        raise BadInput("That button belongs to an older card.", "“pulse” shows the question.")
    seat = seat_of(turn, touchpoint)
    health.answer(turn.record, touchpoint, asked, seat, int(typed))
    if turn.on_delivery():
        return []
    return [Answer(card=own_card(turn.record, touchpoint, asked, seat), replaces=True)]


def result_card(record: Record, asked: Pulse) -> Card:
    """Both, by chair: whoever sits there later did not say it."""
    if asked.cio_score is None or asked.ciso_score is None:
        over = Note(f"It takes both of you, within {PULSE_LASTS.days} days. Nothing of it is kept.")
        return card("This pulse is over", over)
    return card(result_title(asked), scores(asked), *before(record, asked))


def result_title(asked: Pulse) -> str:
    """`You both answered: 4 and 3 of 5`."""
    return f"You both answered: {asked.cio_score} and {asked.ciso_score} of {BEST}"


def scores(asked: Pulse) -> Facts:
    """From each chair."""
    return Facts(((Seat.CIO.label, f"{asked.cio_score} of {BEST}"), (Seat.CISO.label, f"{asked.ciso_score} of {BEST}")))


def before(record: Record, asked: Pulse) -> list[Note]:
    """What both said the time before."""
    touchpoint = rows.get(record, Touchpoint, asked.touchpoint_id)
    earlier = [one for one in kept.pulses(record, touchpoint, limit=MOST_SHOWN) if one.key < asked.key]
    return [Note(f"Last time: {earlier[0].cio_score} and {earlier[0].ciso_score}.")] if earlier else []


def scores_note(record: Record, touchpoint: Touchpoint) -> list[Note]:
    """`Pulse (CIO and CISO): 4 and 3 in March, 3 and 3 in December.`"""
    said = [
        f"{one.cio_score} and {one.ciso_score} in {month_name[local_date(one.closed_at, touchpoint.zone).month]}"
        for one in kept.pulses(record, touchpoint, limit=MOST_SHOWN)
        if one.closed_at
    ]
    return [Note(f"Pulse (CIO and CISO, of {BEST}): {', '.join(said)}.")] if said else []


def ask(record: Record, nudge: Nudge) -> Asked | None:
    """One question, five buttons."""
    asked = rows.get(record, Pulse, nudge.subject_id)
    touchpoint = rows.get(record, Touchpoint, asked.touchpoint_id)
    seat = touchpoint.seat_of(nudge.person_id)
    if seat is None or not touchpoint.talks_about(Conversation.HEALTH):
        return Asked(title=f"{PULSE} That is not asked of you here any more.", open=False)
    drawn = own_card(record, touchpoint, asked, seat)
    if asked.closed_at:
        return Asked(title=drawn.title, blocks=drawn.blocks, open=False)
    said = health.answers_of(record, touchpoint, asked).get(seat)
    if said:
        return Asked(title=f"You said {said.score} of {BEST}. Thank you", detail="“pulse” changes it.", open=False)
    return Asked(title=asked.question, detail=BOTH_OR_NOBODY, buttons=tuple(scale(asked)))


def draw_result(record: Record, owed: Owed) -> Card | None:
    """In the direct chat of the one who answered first."""
    asked = rows.get(record, Pulse, owed.subject_id)
    touchpoint = rows.get(record, Touchpoint, asked.touchpoint_id)
    if touchpoint.principal(Seat(owed.detail)) != owed.person_id:
        return readers.closed() if owed.message else None
    return result_card(record, asked)


NOUN = Noun(
    name="pulse",
    summary="One question to you both, in private: you see both answers at once, or nobody sees any.",
    conversation=Conversation.HEALTH,
    commands=(
        Command(
            words=("pulse",),
            summary="Ask you both in private how well you work together",
            handle=pulse,
            writes=True,
            right=Right.GOVERN,
        ),
    ),
    buttons={
        "pulse.ask": Press(handle=ask_pressed, writes=True, right=Right.GOVERN),
        "pulse.say": Press(handle=say, writes=True, right=Right.GOVERN),
    },
    cards={health.RESULT: draw_result},
    asks={NudgeKind.PULSE: ask},
)
