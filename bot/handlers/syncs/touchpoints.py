"""Setting a touchpoint up: who sits on the two chairs, how often they meet, and where."""

from dataclasses import replace
from datetime import datetime

from agenda.errors import BadInput
from agenda.recurrence import Cadence, describe, local_time, next_occurrences
from agenda.spoken import EXAMPLES, cadence_in, is_cadence
from agenda.touchpoints import Seat
from bot.cadences import Draft, cadence_filled_in
from bot.cards import Block, Button, Card, Facts, Item, ItemList, Note, Paragraph, card
from bot.handlers.syncs import greetings, homes
from bot.handlers.syncs.saving import CHANGED, save
from bot.handlers.syncs.setup_form import from_afar, home_in, may_set_up, principals_in, setup_form
from bot.picking import account_in
from bot.replies import Answer, CloseForm, OpenForm
from bot.turns import Command, FormKind, Noun, Press, Replies, Submission, Turn
from storage import places, rows, syncs, touchpoints
from storage.deliveries import Owed
from storage.touchpoints import Touchpoint
from storage.unit_of_work import Record

MOST_IN_A_BUTTON = 1_000
GUEST = ":guest"


def setup(turn: Turn, _argument: str) -> Replies:
    """The one form that sets everything up, or changes it."""
    if turn.where.direct and not greetings.offered(turn):
        may_set_up(turn, homes.living_at(turn, turn.where.conversation))
        return [Answer(card=greetings.two_steps(turn))]
    return [OpenForm(form=setup_form(turn, {}))]


def setup_of(turn: Turn, home: str) -> Replies:
    """From a card that may stand in the direct chat: it names the conversation that it is about."""
    return [OpenForm(form=setup_form(turn, {"home": home}))] if home else setup(turn, "")


def set_up(turn: Turn, submission: Submission) -> Replies:
    """What was filled in, said back with its next three dates; nothing is saved before that is confirmed."""
    home, seen = home_in(turn, submission.context), submission.context.get("seen", "")
    if from_afar(turn, home):
        home = greetings.chosen(turn, submission)
        seen = homes.mark(homes.living_at(turn, home))
    may_set_up(turn, homes.living_at(turn, home))
    cadence = cadence_filled_in(submission, turn.now)
    chairs = principals_in(turn, submission)
    accounts = {seat: (account_in(submission, seat.value),) for seat in Seat}
    facts = Facts(tuple((seat.label, chairs[seat].called) for seat in Seat))
    if home == turn.where.conversation:
        places.remember(turn.record, home, title=turn.where.title)
    draft = Draft(cadence=cadence, home=home, chairs=accounts, seen=seen)
    return [CloseForm(), Answer(card=echo(turn, draft, facts, twin=homes.elsewhere(turn, home, chairs)))]


def echo(turn: Turn, draft: Draft, *blocks: Block, twin: Touchpoint | None = None) -> Card:
    """The cadence in one sentence and its next three dates, one tap from being saved."""
    if len(draft.written()) > MOST_IN_A_BUTTON:
        raise BadInput("That rule is too long to be kept.", f"Say it shorter, for example “{EXAMPLES[0]}”.")
    change = Button(action="setup.change", label="Change", value=draft.written(), opens_form=True)
    return card(
        f"{describe(draft.cadence)}",
        ItemList(next_dates(draft.cadence, turn.now), "The next three"),
        *blocks,
        *([Paragraph(f"The two of you meet in {twin.home_title or 'another conversation'} already.")] if twin else []),
        buttons=[*save_buttons(turn, draft, twin), change],
    )


def save_buttons(turn: Turn, draft: Draft, twin: Touchpoint | None) -> list[Button]:
    """Where the same two meet elsewhere already, it is asked whether that moves, or this is another one."""
    if twin is None:
        return [Button(action="setup.save", label="Save", value=draft.written(), style="primary")]
    moved = replace(draft, moves=twin.key, seen=homes.mark(twin)).written()
    move = Button(action="setup.save", label="Move it here", value=moved, style="primary")
    another = Button(action="setup.save", label="Save as another one", value=draft.written())
    return [move] if homes.must_move(turn, twin) else [move, another]


def next_dates(cadence: Cadence, now: datetime) -> tuple[Item, ...]:
    """Three dates tell more than a rule."""
    return tuple(Item(title=local_time(at, cadence.zone)) for at in next_occurrences(cadence, now, 3))


def change(turn: Turn, value: str) -> Replies:
    """The form again, with everything that was filled in."""
    return [OpenForm(form=setup_form(turn, {"draft": value}))]


def cadence(turn: Turn, words: str) -> Replies:
    """`cadence every other tuesday 9:30`: said back before it is saved. Alone, it says what the cadence is."""
    touchpoint = turn.touchpoint()
    if not words:
        return [Answer(card=cadence_card(turn, touchpoint))]
    may_set_up(turn, touchpoint)
    asked = cadence_in(words, zone=touchpoint.zone, now=turn.now, at=touchpoint.at)
    return [Answer(card=echo(turn, Draft(cadence=asked, home=touchpoint.home, seen=homes.mark(touchpoint))))]


def cadence_card(turn: Turn, touchpoint: Touchpoint) -> Card:
    """How often, the next three, and how to say another."""
    return card(
        describe(touchpoint.cadence),
        ItemList(next_dates(touchpoint.cadence, turn.now), "The next three by this rule"),
        Note(f"To change it, write for example “cadence {EXAMPLES[0]}”, or “cadence {EXAMPLES[1]}”."),
    )


def draw_setup(record: Record, owed: Owed) -> Card | None:
    """What will happen and when, in one sentence."""
    touchpoint = rows.get(record, Touchpoint, owed.subject_id)
    chairs = touchpoints.principals(record, touchpoint)
    current = syncs.current(record, touchpoint.key)
    following = f" Next: {local_time(current.starts_at, touchpoint.zone)}." if current else ""
    return card(
        "This touchpoint has changed" if owed.detail == CHANGED else "This touchpoint is set up",
        Paragraph(f"{describe(touchpoint.cadence)}.{following}", tone="strong"),
        Facts(tuple((seat.label, chairs[seat].called) for seat in Seat)),
        Paragraph(
            f"{days_ahead(touchpoint.prompt_days)} before, I ask both of you in private what you want to talk about. "
            f"{days_ahead(touchpoint.agenda_days)} before, the agenda is posted here."
        ),
        buttons=[
            Button(action="agenda", label="Show the agenda", value=str(touchpoint.key)),
            Button(action="setup", label="Change", value=touchpoint.home, opens_form=True),
            Button(action="settings", label="Lead times and holidays", opens_form=True),
            Button(action="conversations", label="Conversations"),
        ],
    )


def days_ahead(days: int) -> str:
    """`One working day`."""
    return {0: "On the day", 1: "One working day", 2: "Two working days"}.get(days, f"{days} working days")


def draw_left(record: Record, owed: Owed) -> Card | None:
    """A principal left the organization, or is a guest there now."""
    touchpoint = rows.get(record, Touchpoint, owed.subject_id)
    seat = Seat(owed.detail.removesuffix(GUEST))
    gone = touchpoints.principals(record, touchpoint)[seat]
    if gone.left_at is None:
        return card(f"{gone.called} is the {seat.label}", Note("This is settled.")) if owed.message else None
    return card(
        f"{gone.called} ({seat.label}) {'is only a guest now' if owed.detail.endswith(GUEST) else 'has left'}",
        Paragraph(
            f"Nothing can be agreed without a {seat.label}. Run “setup” in the home conversation to name the new one."
        ),
    )


NOUN = Noun(
    name="touchpoint",
    summary="Who meets, how often and where. Run it in the channel or group chat that is to be the home.",
    commands=(
        Command(
            words=("setup",),
            summary="Set a touchpoint up here, or change it",
            handle=setup,
            right=None,
            opens_form=True,
        ),
        Command(
            words=("cadence",),
            argument="[when]",
            summary="Say how often you meet, in your own words",
            handle=cadence,
            reads=is_cadence,
        ),
    ),
    buttons={
        "setup": Press(handle=setup_of, right=None),
        "setup.save": Press(handle=save, writes=True, right=None),
        "setup.change": Press(handle=change, right=None),
    },
    forms={"setup": FormKind(build=setup_form, submit=set_up, right=None)},
    cards={"setup": draw_setup, "left": draw_left},
)
