"""One card for each person of all that is theirs: what waits for them, when they meet next, what they promised and own.

It is a delivery like any other (`storage.homes`): drawn where the platform has a place for it, else a message in the direct
chat. Nothing that somebody says in private rounds stands on it or draws it anew (`bot.mutual`).
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final

from agenda.roles import Right
from bot.access import Chair, roles_of
from bot.cards import Block, Button, Card, Item, ItemList, Note, card
from bot.handlers.me import welcome
from bot.handlers.me.belongings import MOST_LISTED, Belongings
from bot.replies import Answer, OpenForm
from bot.requests import HomeOpened
from bot.turns import ButtonHandler, Command, Noun, Press, Replies, Turn
from storage import homes, rows, touchpoints
from storage.deliveries import Owed
from storage.people import Person
from storage.unit_of_work import Record

TOLD_OF_EACH: Final = timedelta(days=1)  # A place that is opened anew each time is drawn anew each time.
IN_THE_CHAT: Final = timedelta(days=30)
MOST_WAITING: Final = 6


def opened(turn: Turn, request: HomeOpened) -> Replies:
    """Owe it, where it is looked at."""
    if request.surface is None:
        return offered(turn)
    account, person_id, until = turn.asker.account, turn.asker.person_id, turn.now + TOLD_OF_EACH
    homes.stand(turn.record, account=account, person_id=person_id, surface=request.surface, until=until)
    return []


def offered(turn: Turn) -> Replies:
    """As a message of the direct chat that stays current; of several the newest one alone."""
    account, person_id, until = turn.asker.account, turn.asker.person_id, turn.now + IN_THE_CHAT
    homes.offer(turn.record, account=account, person_id=person_id, once=turn.request.id, until=until)
    return []


def show(turn: Turn, _argument: str) -> Replies:
    """At once; in a direct chat that is all the home there is, it stays current."""
    if turn.where.direct and not homes.has_a_place(turn.record, turn.asker.account):
        return offered(turn)
    return [Answer(card=home_card(turn.record, turn.asker.person_id, turn.asker.account))]


def draw(record: Record, owed: Owed) -> Card | None:
    """As it is now; of several in a chat the newest one alone. Who is a guest, or left, sees none (`bot.readers`)."""
    if not owed.detail:
        return card("Your home", Note("A newer one stands below.")) if owed.message else None
    return home_card(record, owed.person_id or 0, owed.conversation)


def home_card(record: Record, person_id: int, account: str) -> Card:
    """What waits first, the most urgent of it on top; then what comes, and what is theirs."""
    held = touchpoints.every(record)  # Held here, so that each is read once.
    person, chairs = rows.get(record, Person, person_id), roles_of(record, person_id)
    mine = Belongings(record, person, chairs)
    if not chairs and not mine.promises:
        return welcome.welcome_card(record, person, account, held)
    waiting, coming = mine.waiting, mine.coming
    if waiting:
        waiting = first_primary(waiting)
    else:
        coming = first_primary(coming)
    blocks = [
        *listed("Most urgent first" if len(waiting) > 1 else "", waiting, MOST_WAITING, "owe"),
        *listed("Next syncs", coming, MOST_WAITING, "syncs"),
        *listed("You promised", mine.promised, MOST_LISTED, "promise list mine"),
        *listed("Risks you own", mine.risks, MOST_LISTED, "risk list owner:me"),
        *listed("Decided lately", mine.decided, MOST_LISTED, "decision list"),
    ]
    return card(titled(len(waiting)), *blocks, buttons=buttons_for(chairs))


def titled(waiting: int) -> str:
    """What somebody wants to know who has five seconds."""
    if not waiting:
        return "Nothing waits for you"
    return f"{waiting} {'thing waits' if waiting == 1 else 'things wait'} for you"


def first_primary(lines: Sequence[Item]) -> list[Item]:
    """What is most urgent is what stands out."""
    for at, line in enumerate(lines):
        if line.buttons:
            first, *others = line.buttons
            return [*lines[:at], replace(line, buttons=(replace(first, style="primary"), *others)), *lines[at + 1 :]]
    return list(lines)


def listed(heading: str, lines: Sequence[Item], most: int, command: str) -> list[Block]:
    """The first few, and the word that lists all of them."""
    shown: list[Block] = [ItemList(tuple(lines[:most]), heading)] if lines else []
    return [*shown, *([Note(f"There are more: “{command}”.")] if len(lines) > most else [])]


def buttons_for(chairs: Sequence[Chair]) -> list[Button]:
    """What is begun from here."""
    help_ = Button(action="help", label="What I can do", rare=True)
    if not any(chair.role.may(Right.RAISE) for chair in chairs):
        return [help_]
    return [
        Button(action="home.item", label="Raise a point", opens_form=True),
        Button(action="home.risk", label="Raise a risk", opens_form=True, rare=True),
        help_,
    ]


def opens(form_id: str) -> ButtonHandler:
    """A new one, for one of the asker's touchpoints."""

    def handle(turn: Turn, _value: str) -> Replies:
        return [OpenForm(form=turn.registry.forms[form_id].build(turn, {}))]

    return handle


NOUN = Noun(
    name="your home",
    summary="What waits for you, your next syncs, and what you promised and own, on one card.",
    commands=(
        Command(
            words=("home",),
            summary="What waits for you and what is yours, on one card",
            handle=show,
            writes=True,
            right=None,
        ),
    ),
    buttons={
        "home.item": Press(handle=opens("item"), right=Right.RAISE),
        "home.risk": Press(handle=opens("risk"), right=Right.RAISE),
    },
    cards={homes.KIND: draw},
)
