"""What somebody sees who has no place in a touchpoint: what this is in three lines, and what they can do about it."""

from collections.abc import Sequence
from typing import Final

from bot.access import may_run
from bot.cards import Button, Card, Note, Paragraph, card
from storage import people, places, touchpoints
from storage.people import Person
from storage.touchpoints import Touchpoint
from storage.unit_of_work import Record

TITLE: Final = "Touchpoint keeps CIO and CISO in step"
THREE_LINES: Final = (
    Paragraph("Before each sync there is one agenda, built from what you raise and what is open."),
    Paragraph("A decision counts once both turned their key. Risks and promises are not forgotten."),
    Paragraph("I ask each of you in private, and post where you two meet."),
)
MOST_NAMED: Final = 3


def welcome_card(record: Record, person: Person, account: str, seated: Sequence[Touchpoint]) -> Card:
    """Who may set up starts here; anybody else is told whom to ask."""
    if may_run(record, admin=person.admin, account=account, principal=False):  # a principal's home is not this one
        opens = bool(free_places(record, person.key))
        setup = Button(action="setup", label="Set up", style="primary", opens_form=opens)
        minutes = Note("It takes two minutes: who the two are, how often they meet, and where.")
        return card(TITLE, *THREE_LINES, minutes, buttons=[setup, what_else()])
    note = Note("You have no place in a touchpoint yet.")
    return card(TITLE, *THREE_LINES, Paragraph(whom_to_ask(record, seated), tone="strong"), note, buttons=[what_else()])


def what_else() -> Button:
    """For who wants to know more first."""
    return Button(action="help", label="What I can do")


def whom_to_ask(record: Record, seated: Sequence[Touchpoint]) -> str:
    """By name: the two of each touchpoint let people in; before there is one, an admin sets it up."""
    principals = sorted({one for touchpoint in seated for one in (touchpoint.cio_id, touchpoint.ciso_id)})
    asked = [one for one in principals or people.admins(record) if people.is_here(record, one)][:MOST_NAMED]
    names = " or ".join(people.called(record, one) for one in asked)
    if not names:
        return "Ask whoever runs Touchpoint here."
    return f"Ask {names} to let you in, with “access”." if principals else f"Ask {names} to set it up."


def free_places(record: Record, person_id: int) -> list[places.Conversation]:
    """Conversations into which they put the bot, and where no touchpoint lives yet. Of others not even a title is said."""
    accounts = people.accounts_of(record, person_id)
    taken = {touchpoint.home for touchpoint in touchpoints.every(record)}
    return [one for one in places.added_by(record, accounts) if one.address not in taken]
