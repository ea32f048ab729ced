"""Hygiene: habits, a round that both answered, and the message to colleagues."""

from agenda.hygiene import HABIT_LIMIT, MOST_HABITS
from storage import rows
from storage.hygiene import HygieneRound
from storage.unit_of_work import unit_of_work
from tests.bot import crowd as crowds
from tests.bot import house as houses
from tests.bot.room import Chair, Room

COMMANDS = ("hygiene", "hygiene habits", "hygiene post")
EVERYBODY_READS = "slack:T1/C-all"


def furnish(house: Room, sam: Chair, dana: Chair) -> None:
    """Every button and form of it is shown to them; the message to colleagues stands in a channel of everybody's."""
    assert isinstance(house, houses.House)
    sam.types("hygiene habits")
    sam.fills(habits=f"I keep the {houses.SECRET} locked")
    for chair in (sam, dana):
        answers(chair, "0", "1")
    sam.types("hygiene post", place=EVERYBODY_READS)
    sam.presses("Post it in #home", place=EVERYBODY_READS)
    house.settle()
    for posted in house.in_(EVERYBODY_READS):
        house.shown(posted.card, EVERYBODY_READS)
    dana.types("hygiene")


def answers(chair: Chair, *done: str) -> None:
    """From their own card; the card behind it can be taken back from."""
    chair.types("hygiene")
    chair.presses("Answer")
    chair.fills(done=done, together="yes")
    assert not chair.errors, chair.errors
    chair.room.settle()


def fill(crowd: Room, sam: Chair, dana: Chair) -> None:
    """As many habits as there may be, each as long as it may be, told in as many conversations as it may be."""
    habits = "\n".join(crowds.odd(HABIT_LIMIT, start=f"{number} ") for number in range(MOST_HABITS))
    sam.types("hygiene habits")
    sam.fills(habits=habits)
    assert not sam.errors, sam.errors
    with unit_of_work(crowd.engine, organization_id=1, now=crowd.now) as record:
        for standing in rows.having(record, HygieneRound):
            standing.habits = habits  # They count from the next quarter on; nobody waits for that here.
    sam.types("hygiene")
    for chair in (sam, dana):
        answers(chair, *map(str, range(MOST_HABITS)))
    for number in range(5):
        dana.types("hygiene post", place=f"slack:T1/C-{number}")
        dana.presses("Post it in #home", place=f"slack:T1/C-{number}")
        crowd.settle()
    sam.types("hygiene")
