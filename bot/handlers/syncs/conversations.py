"""Which of the five conversations a touchpoint has: shown, and switched on and off."""

from collections.abc import Mapping

from agenda import conversations
from agenda.conversations import Conversation
from agenda.errors import BadInput
from agenda.roles import Right
from bot import planning, telling
from bot.cards import Button, Card, Item, ItemList, card
from bot.editing import guarded
from bot.forms import Choice, Form, Option
from bot.reading import key_in
from bot.replies import Answer, CloseForm
from bot.turns import Command, Noun, Press, Replies, Submission, Turn
from storage import audit, people, rows
from storage.deliveries import Owed
from storage.touchpoints import Touchpoint
from storage.unit_of_work import Record

TOLD = "conversations"


def show(turn: Turn, _argument: str) -> Replies:
    """As they are."""
    return [Answer(card=conversations_card(turn.touchpoint()))]


def conversations_card(touchpoint: Touchpoint, title: str = "Your conversations") -> Card:
    """Each with what it does; those that are on come first."""
    lines = sorted(Conversation, key=lambda one: not touchpoint.talks_about(one))
    items = tuple(Item(title=titled(touchpoint, one), detail=one.summary) for one in lines)
    change = Button(action="conversations.change", label="Change", value=str(touchpoint.key), opens_form=True)
    return card(title, ItemList(items), buttons=[change])


def titled(touchpoint: Touchpoint, conversation: Conversation) -> str:
    """`✓ Threats and trends: on`."""
    on = touchpoint.talks_about(conversation)
    return f"{'✓' if on else '–'} {conversation.label}: {'on' if on else 'off'}"


def chosen_for(turn: Turn, context: Mapping[str, str]) -> Touchpoint:
    """The touchpoint that the form is about. Raises `NotAllowed`."""
    return turn.require(key_in(context.get("touchpoint", "")))


def conversations_form(turn: Turn, context: Mapping[str, str]) -> Form:
    """One tick each."""
    touchpoint = chosen_for(turn, context)
    return Form(
        form_id="conversations",
        title="Conversations",
        intro="\n".join(f"{one.label}: {one.summary}" for one in Conversation),
        fields=(
            Choice(
                name="on",
                label="Switched on",
                options=tuple(Option(one.value, one.label) for one in Conversation),
                value=tuple(one.value for one in Conversation if touchpoint.talks_about(one)),
                several=True,
                required=False,
                hint="What is switched off keeps what it knows, and is silent.",
            ),
        ),
        context=context,
    )


def submitted(turn: Turn, submission: Submission) -> Replies:
    """From now on, and said to both where they meet."""
    touchpoint = chosen_for(turn, submission.context)
    named = submission.several("on")
    if not set(named) <= set(Conversation):
        raise BadInput("Please look at what is marked.", fields={"on": "Choose from the list."})
    before = touchpoint.conversations
    touchpoint.conversations = conversations.written(Conversation(name) for name in named)
    if touchpoint.conversations != before:
        changed(turn, touchpoint)
    return [CloseForm(), Answer(card=conversations_card(touchpoint))]


def changed(turn: Turn, touchpoint: Touchpoint) -> None:
    """What they bring by themselves is planned anew."""
    turn.record.session.flush()
    turn.record.people_changed = True  # What an asker may use here is remembered with their chair.
    audit.append(
        turn.record, "touchpoint.conversations", touchpoint=touchpoint.key, conversations=touchpoint.conversations
    )
    once = f"{TOLD}:{touchpoint.key}:{turn.request.id}"
    telling.both(
        turn.record, touchpoint, once=once, kind=TOLD, subject_id=touchpoint.key, person_id=turn.asker.person_id
    )
    planning.replan(turn.record, touchpoint)


def draw_told(record: Record, owed: Owed) -> Card | None:
    """Who changed it, and what stands now."""
    touchpoint = rows.get(record, Touchpoint, owed.subject_id)
    return conversations_card(
        touchpoint, f"{people.called(record, owed.person_id or 0)} changed what you two talk about"
    )


FORM = guarded(conversations_form, submitted, chosen_for, right=Right.RUN, about="touchpoint")

NOUN = Noun(
    name="conversations",
    summary="Threats, investment, projects, hygiene and trust: which of them you two have.",
    commands=(
        Command(
            words=("conversations",),
            summary="Show which conversations you have, and switch them on or off",
            handle=show,
            right=Right.READ,
        ),
    ),
    buttons={
        "conversations": Press(handle=show, right=Right.READ),
        "conversations.change": FORM.opened_by("touchpoint"),
    },
    forms={"conversations": FORM},
    cards={TOLD: draw_told},
)
