"""The habits that hygiene asks about: each touchpoint's own, or the usual ones."""

from collections.abc import Mapping

from agenda.conversations import Conversation
from agenda.errors import BadInput
from agenda.hygiene import HABIT_LIMIT, HABITS, MOST_HABITS, habits_in, wrong_habits
from agenda.roles import Right
from bot.cards import Card, Item, ItemList, Note, card
from bot.editing import guarded
from bot.forms import Form, Text
from bot.hygiene import habits_of
from bot.reading import key_in
from bot.replies import Answer, CloseForm, OpenForm
from bot.turns import Command, Noun, Replies, Submission, Turn
from storage import audit
from storage.touchpoints import Touchpoint


def change(turn: Turn, _argument: str) -> Replies:
    """The form, where they are listed."""
    return [OpenForm(form=FORM.build(turn, {"touchpoint": str(turn.touchpoint_id())}))]


def chosen(turn: Turn, context: Mapping[str, str]) -> Touchpoint:
    """The touchpoint of the form. Raises `NotAllowed`."""
    return turn.require(key_in(context.get("touchpoint", "")))


def habits_form(turn: Turn, context: Mapping[str, str]) -> Form:
    """A line each."""
    touchpoint = chosen(turn, context)
    return Form(
        form_id="hygiene_habits",
        title="Habits",
        intro="What you two ask yourselves once a quarter. The quarter that runs keeps its own.",
        fields=(
            Text(
                name="habits",
                label="Habits",
                value="\n".join(habits_of(touchpoint)),
                hint=f"A line each, at most {MOST_HABITS}. Leave it empty for the usual ones.",
                multiline=True,
                limit=MOST_HABITS * (HABIT_LIMIT + 10),
                required=False,
            ),
        ),
        context=context,
    )


def changed(turn: Turn, submission: Submission) -> Replies:
    """From the next quarter on."""
    touchpoint, habits = chosen(turn, submission.context), habits_in(submission.text("habits"))
    if why := wrong_habits(habits):
        raise BadInput("Please look at what is marked.", fields={"habits": why})
    touchpoint.habits = "" if tuple(habits) in {(), HABITS} else "\n".join(habits)
    audit.append(turn.record, "hygiene.habits", touchpoint=touchpoint.key, count=len(habits_of(touchpoint)))
    return [CloseForm(), Answer(card=habits_card(touchpoint))]


def habits_card(touchpoint: Touchpoint) -> Card:
    """As they are from now on."""
    lines = ItemList(tuple(Item(title=habit) for habit in habits_of(touchpoint)))
    return card("What you two ask yourselves", lines, Note("From the next quarter on."))


FORM = guarded(habits_form, changed, chosen, right=Right.RUN, about="touchpoint")

NOUN = Noun(
    name="hygiene habits",
    summary="The habits that you two ask yourselves about: yours to choose, a line each.",
    conversation=Conversation.HYGIENE,
    commands=(
        Command(
            words=("hygiene", "habits"),
            summary="Choose the habits that are asked about",
            handle=change,
            opens_form=True,
        ),
    ),
    forms={"hygiene_habits": FORM},
)
