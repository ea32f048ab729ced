"""Asks: one in each state."""

from tests.bot import crowd as crowds
from tests.bot.room import Chair, Room, buttons_of

NAME = "heron"  # The house's secret.
COMMANDS: tuple[str, ...] = (
    "ask list",
    "ask list all",
    "ask add",
    *(f"ask show {n}" for n in range(1, 7)),
    "portfolio 1m",
)
NUMBERS = {"often": "2", "least": "20k", "most": "400k", "often_after": "1", "most_after": "200k"}
STATES = ("open", "estimated", "proposed", "funded", "spent", "checked")


def press_first(chair: Chair, begins: str) -> None:
    """The first button whose label begins like that."""
    assert chair.answer
    chair.presses(next(one.label for one in buttons_of(chair.answer) if one.label.startswith(begins)))


def ask(chair: Chair, title: str, **values: object) -> None:
    """By form, for the first risk of its list."""
    chair.types("ask add")
    assert chair.form
    offered = next(field for field in chair.form.fields if field.name == "risks").options  # type: ignore[union-attr]
    chair.fills(title=title, one_off="250k", yearly="40k", risks=(offered[0].value,), **values)
    assert not chair.errors, chair.errors


def bring_to(state: str, sam: Chair, dana: Chair, **said: str) -> None:
    """As far as that, from an ask that stands on Sam's screen. `said` is what came of it."""
    steps = STATES.index(state)
    ref = sam.text.split()[0]
    while steps >= 1 and any(one.label.startswith("Estimate") for one in buttons_of(sam.answer)):  # type: ignore[arg-type]
        press_first(sam, "Estimate")
        sam.fills(**NUMBERS)
        assert not sam.errors, sam.errors
    if steps >= 2:
        sam.presses("Decide")
        sam.fills()
    if steps >= 3:
        dana.types(f"ask show {ref}")
        dana.presses("Read the decision")
        while any(one.label == "Next page" for one in buttons_of(dana.answer)):  # type: ignore[arg-type]
            dana.presses("Next page")
        dana.presses("Turn my key")
        sam.types(f"ask show {ref}")
    if steps >= 4:
        sam.presses("Spent")
        sam.fills(spent="260k")
    if steps >= 5:
        sam.presses("Say what happened")
        sam.fills(**said)


def furnish(house: Room, sam: Chair, dana: Chair) -> None:
    """Every button and form of it is shown to them."""
    for number, state in enumerate(STATES):
        ask(sam, f"The {NAME} {number}", detail=f"A {NAME} for everybody. " * (115 if number == 1 else 1))
        sam.presses("Withdraw")
        sam.form = None
        sam.types(f"ask show {number + 1}")
        bring_to(state, sam, dana, found=f"The {NAME} is quiet.")
        house.settle()
    sam.types("ask show 2")
    sam.presses("All numbers")
    sam.presses("Back")
    for number in range(6):
        sam.types(f"ask add Another {NAME} {number}")
    sam.types("ask list")
    sam.presses("Next page")
    sam.types("ask list", place="slack:T1/C-home")
    press_first(sam, "Share")
    sam.types("ask show 1")
    press_first(sam, "Share")
    house.settle()


def fill(crowd: Room, sam: Chair, dana: Chair) -> None:
    """As long, as many and as odd as people can make it."""
    sam.types("policy")
    sam.presses("Change")
    sam.fills(currency="CHF", loss_appetite="999999999999")
    for number, state in enumerate(("open", "estimated", "spent")):
        sam.types("ask add")
        assert sam.form
        risks = next(field for field in sam.form.fields if field.name == "risks").options  # type: ignore[union-attr]
        sam.fills(
            title=crowds.odd(200, start=f"{number} "),
            owner=crowds.odd(200),
            detail=crowds.odd(3000 if number < 2 else 30, lines=True),
            risks=tuple(one.value for one in risks[: (20, 8, 20)[number]]),
            one_off="999999999999",
            yearly="123456789012",
        )
        assert not sam.errors, sam.errors
        bring_to(state, sam, dana)
        crowd.settle()
    for number in range(9):
        sam.types(f"ask add {crowds.odd(190, start=f'{number} ')}")
    sam.types("ask list")
    press_first(sam, "Share")
    crowd.settle()
