"""Health: figures of two quarters, one thing to talk about, and a pulse that waits."""

from tests.bot.room import Chair, Room

COMMANDS = ("health", "pulse")


def furnish(house: Room, sam: Chair, dana: Chair) -> None:
    """Every button of it is shown to them: a promise that was not kept is something to talk about."""
    sam.types("health")
    sam.presses("Definitions")
    dana.types("pulse")
    house.settle()


def fill(crowd: Room, sam: Chair, dana: Chair) -> None:
    """A pulse that both answered, and another one."""
    for chair in (sam, dana, sam):
        chair.types("pulse")
        chair.presses("3")
    crowd.settle()
    dana.types("health")
    dana.presses("Definitions")
