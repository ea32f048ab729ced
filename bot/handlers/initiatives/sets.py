"""What a touchpoint asks at each gate, by tier: the starter set, until somebody writes other questions."""

from collections.abc import Mapping

from agenda.conversations import Conversation
from agenda.errors import BadInput
from agenda.initiatives import GATES, Tier
from agenda.roles import Right
from bot.cards import Button, Card, Item, ItemList, Note, card
from bot.editing import guarded
from bot.forms import Form
from bot.handlers.initiatives.gates import lines_in, questions_field
from bot.reading import pair_in
from bot.replies import Answer, CloseForm
from bot.turns import Command, Noun, Press, Replies, Submission, Turn
from storage import audit, gates
from storage.touchpoints import Touchpoint


def show(turn: Turn, typed: str) -> Replies:
    """The questions of one tier: of the medium one, unless it is said."""
    return [Answer(card=set_card(turn, turn.touchpoint(), tier_in(typed)))]


def turn_to(turn: Turn, value: str) -> Replies:
    """The same of another tier, in the place of this one."""
    touchpoint, tier = named(turn, value)
    return [Answer(card=set_card(turn, touchpoint, tier), replaces=not turn.on_delivery())]


def tier_in(typed: str) -> Tier:
    """`high`; medium if nothing was said. Raises `BadInput`."""
    said = typed.strip().lower() or Tier.MEDIUM.value
    if said not in set(Tier):
        raise BadInput(f"“{typed[:40]}” is no tier.", "Write low, medium or high.")
    return Tier(said)


def named(turn: Turn, value: str) -> tuple[Touchpoint, Tier]:
    """The touchpoint and the tier that a button or a form names. Raises `NotAllowed`, `BadInput`."""
    touchpoint_id, tier = pair_in(value)
    return turn.require(touchpoint_id), tier_in(tier)


def of_form(turn: Turn, context: Mapping[str, str]) -> Touchpoint:
    """Whose questions a form changes."""
    return named(turn, context.get("set", ""))[0]


def set_card(turn: Turn, touchpoint: Touchpoint, tier: Tier) -> Card:
    """Gate by gate."""
    asked = gates.question_sets(turn.record, touchpoint.key, tier)
    lists = [
        ItemList(tuple(Item(title=line) for line in asked[kind]) or (Item(title="nothing"),), kind.label.capitalize())
        for kind in GATES
    ]
    change = Button(action="question_set.change", label="Change", value=f"{touchpoint.key}|{tier}", opens_form=True)
    others = [
        Button(action="question_set.show", label=f"{one.value.capitalize()} tier", value=f"{touchpoint.key}|{one}")
        for one in Tier
        if one is not tier
    ]
    note = Note("A new initiative of this tier is asked these. Those that are here already keep theirs.")
    return card(f"Questions of the {tier.value} tier", *lists, note, buttons=[change, *others])


def set_form(turn: Turn, context: Mapping[str, str]) -> Form:
    """Five lists, a question a line."""
    touchpoint, tier = named(turn, context.get("set", ""))
    asked = gates.question_sets(turn.record, touchpoint.key, tier)
    return Form(
        form_id="question_set",
        title=f"Questions: {tier.value} tier",
        intro="Few, and in plain words. New initiatives are asked these.",
        fields=tuple(questions_field(kind, asked[kind]) for kind in GATES),
        context=context,
    )


def kept(turn: Turn, submission: Submission) -> Replies:
    """What differs is the touchpoint's own from now on."""
    touchpoint, tier = named(turn, submission.context.get("set", ""))
    asked = gates.question_sets(turn.record, touchpoint.key, tier)
    for kind in GATES:
        lines = lines_in(submission, kind)
        if lines != asked[kind]:
            gates.keep_set(turn.record, touchpoint.key, tier, kind, lines)
            audit.append(turn.record, "question_set.changed", touchpoint=touchpoint.key, tier=tier, gate=kind)
    return [CloseForm(), Answer(card=set_card(turn, touchpoint, tier))]


SET = guarded(set_form, kept, of_form, right=Right.RUN, about="set")

NOUN = Noun(
    name="question set",
    summary="What your touchpoint asks at each gate, by how much could go wrong.",
    conversation=Conversation.INITIATIVES,
    commands=(
        Command(
            words=("initiative", "questions"),
            argument="[tier]",
            summary="Show and change what is asked at each gate of a low, medium or high tier",
            handle=show,
            right=Right.READ,
        ),
    ),
    buttons={
        "question_set.show": Press(handle=turn_to, right=Right.READ),
        "question_set.change": SET.opened_by("set"),
    },
    forms={"question_set": SET},
)
