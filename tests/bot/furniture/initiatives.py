"""Initiatives: one with gates, answered and not; one that goes on; questions of a touchpoint's own."""

from tests.bot import crowd as crowds
from tests.bot.room import Chair, Room

SECRET = "heron"  # The house's own.
COMMANDS = (
    "initiative add", "initiative list", "initiative list all", "initiative list done", "initiative 1", "initiative show 2",
    "initiative questions", "initiative questions high", "find in:initiatives",
)  # fmt: skip


def furnish(house: Room, sam: Chair, dana: Chair) -> None:
    """Every button and form of it is shown to them."""
    for number in range(9):
        sam.types(f"initiative add {SECRET} project {number}\n{f'{SECRET} ' * 700}")
    sam.types("initiative list")
    sam.presses("Next page")
    sam.presses("Share here")
    sam.types("initiative show 1")
    sam.presses("Next page")
    sam.types("initiative show 1")
    fill_in(sam, "Edit", sponsor=SECRET, partner=SECRET, starts_on="2031-03-03", ends_on="2031-09-30")
    dana.types("initiative show 1")
    fill_in(dana, "Gates", design="2031-03-28")
    fill_in(dana, "Questions", idea=f"What is the {SECRET}?\nAnd who knows it?")
    assert dana.form is None
    dana.presses("Answer")
    first = dana.form.fields[0].name if dana.form else ""
    dana.fills(**{first: f"Nobody but the {SECRET}."})
    dana.presses("Pass gate")
    dana.presses("All answers")
    dana.types("initiative show 1")
    dana.presses("Share here")
    sam.types("initiative show 2")
    fill_in(sam, "Stop", because=f"The {SECRET} costs too much.")
    sam.types("initiative show 3")
    sam.presses("Done")
    sam.types("initiative questions low")
    sam.presses("High tier")
    fill_in(sam, "Change", idea=f"Who is the {SECRET}?")
    house.settle()


def fill_in(chair: Chair, label: str, **values: str) -> None:
    """Presses a button that opens a form, and submits it."""
    chair.presses(label)
    chair.fills(**values)
    assert not chair.errors, chair.errors


def fill(crowd: Room, sam: Chair, dana: Chair) -> None:
    """As long, as many and as odd as people can make it."""
    assert isinstance(sam, crowds.Guest)
    for number in range(30):
        sam.types(
            f"initiative add {crowds.odd(200, start=f'{number} ')}" + (f"\n{crowds.odd(40_000)}" if number < 2 else "")
        )
    questions = "\n".join(crowds.odd(245, start=f"{number} ") for number in range(10))
    for number in (1, 2):
        sam.types(f"initiative show {number}")
        crowds.press_form(sam, "Edit", links="\n".join(f"https://x.test/{one} {crowds.odd(4)}" for one in range(60)))
        sam.types(f"initiative show {number}")
        crowds.press_form(sam, "Questions", idea=questions)
        crowds.press_form(sam, "Answer")
        dana.types(f"decision add {crowds.odd(200)}")
        press_form_of(dana, "More details", concerns="R-1, I-1, I-2")
    sam.types("initiative show 1")
    sam.presses("Pass gate")
    sam.types("initiative questions high")
    crowds.press_form(
        sam, "Change", idea=questions, design=questions, build="", launch=questions, after=crowds.odd(200)
    )
    crowd.settle()


def press_form_of(chair: Chair, label: str, **values: str) -> None:
    """The same, of somebody whose form is long already."""
    assert isinstance(chair, crowds.Guest)
    crowds.press_form(chair, label, links="", consulted="", informed="", outcome="", **values)
