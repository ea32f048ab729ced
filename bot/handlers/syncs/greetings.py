"""Where a touchpoint may live: the first words in a conversation into which somebody put the bot, and choosing one from afar.

Set-up runs where the two meet. From the direct chat it asks which conversation that is, among those into which the asker put
the bot: of no other one is even the title told.
"""

from typing import Final

from agenda.errors import BadInput
from bot.cards import Button, Card, Item, ItemList, Note, Paragraph, card
from bot.forms import Choice, Option
from bot.handlers.me.welcome import TITLE, free_places
from bot.requests import ConversationSeen, platform_of
from bot.turns import Noun, Submission, Turn
from storage import deliveries, people, touchpoints
from storage.deliveries import Owed
from storage.places import Conversation
from storage.unit_of_work import Record

KIND, FIELD, MOST_OFFERED = "greeting", "where", 100
ONE_LINE: Final = "One agenda for your syncs, decisions that both of you sign, risks that both of you see."


def greet(record: Record, request: ConversationSeen) -> None:
    """Once in a conversation, however often the bot is put there: to nobody where strangers read, and for no guest."""
    by = people.account(record, request.by) if request.by else None
    if not request.by or request.outsiders or (by and by.outsider) or people.account(record, request.conversation):
        return
    where = request.conversation
    deliveries.post(record, once=f"{KIND}:{where}", conversation=where, kind=KIND, subject_id=by.person_id if by else 0)


def draw(record: Record, owed: Owed) -> Card | None:
    """What this is, and how it begins. Nothing of the record, and nothing where a touchpoint lives."""
    if touchpoints.at_home(record, owed.conversation):
        return card(TITLE, Note("A touchpoint lives here.")) if owed.message else None
    return card(
        TITLE,
        Paragraph(ONE_LINE),
        Note("Whoever runs me here sets it up, in the conversation where the two meet."),
        buttons=[
            Button(action="setup", label="Set up", value=owed.conversation, style="primary", opens_form=True),
            Button(action="help", label="What I can do"),
        ],
    )


def offered(turn: Turn) -> list[Conversation]:
    """Where the asker may set one up from here: conversations of this platform, because only there the two can be chosen."""
    here = platform_of(turn.where.conversation)
    return [one for one in free_places(turn.record, turn.asker.person_id) if platform_of(one.address) == here]


def field(turn: Turn) -> Choice:
    """`Where you two meet`."""
    options = tuple(Option(one.address, one.title or "A conversation without a name") for one in offered(turn))
    return Choice(
        name=FIELD,
        label="Where you two meet",
        options=options[:MOST_OFFERED],
        value=options[0].value if len(options) == 1 else "",
        hint="Another one: add me there first.",
    )


def chosen(turn: Turn, submission: Submission) -> str:
    """That conversation. Raises `BadInput` beside the field for one that was not offered."""
    typed = submission.text(FIELD)
    if typed not in {one.address for one in offered(turn)}:
        raise BadInput("Please look at what is marked.", fields={FIELD: "Choose where the two of you meet."})
    return typed


def two_steps(turn: Turn) -> Card:
    """There is no conversation yet that the asker could choose."""
    steps = ItemList(
        (
            Item(title="Add me to the channel or group chat where the two of you meet"),
            Item(title="Come back and press “Try again”, or press “Set up” there"),
        ),
        numbered=True,
    )
    theirs = touchpoints.of_person(turn.record, turn.asker.person_id)
    own = [Note(f"To change the one in {one.home_title}, run “setup” there.") for one in theirs if one.home_title]
    again = Button(action="setup", label="Try again", style="primary", opens_form=True)
    return card("Two steps, and we can begin", steps, *own[:1], buttons=[again])


NOUN = Noun(name="first words", summary="What I say where I am new, and how a touchpoint begins.", cards={KIND: draw})
