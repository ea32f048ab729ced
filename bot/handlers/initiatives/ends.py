"""How an initiative ends, and that it may go on."""

from collections.abc import Mapping

from agenda.conversations import Conversation
from agenda.errors import NotNow
from agenda.initiatives import InitiativeState
from agenda.roles import Right
from bot.forms import Form
from bot.handlers.initiatives.cards import initiative_card
from bot.handlers.initiatives.gates import shown_again
from bot.handlers.initiatives.initiatives import changed, standing, theirs_by
from bot.reasons import reason_field, reason_form, reason_in
from bot.replies import Answer, CloseForm
from bot.turns import FormKind, Noun, Press, Replies, Submission, Turn
from storage import audit
from storage.initiatives import Initiative


def done(turn: Turn, value: str) -> Replies:
    """I2."""
    initiative = standing(turn, {"number": value}, for_update=True)
    become(turn, initiative, InitiativeState.DONE)
    return shown_again(turn, initiative)


def go_on(turn: Turn, value: str) -> Replies:
    """I4. Raises `NotNow` for one that goes on already."""
    initiative = theirs_by(turn, value, for_update=True)
    turn.require(initiative.touchpoint_id, Right.RUN)
    if initiative.state is InitiativeState.ACTIVE:
        raise NotNow("This initiative is active already.", f"“initiative show {initiative.ref}” shows it.")
    become(turn, initiative, InitiativeState.ACTIVE)
    return shown_again(turn, initiative)


def become(turn: Turn, initiative: Initiative, state: InitiativeState, because: str = "") -> None:
    """It is in that state from now on."""
    initiative.become(state, turn.now, because)
    audit.append(turn.record, "initiative.settled", initiative=initiative.number, state=state.value)


def stop_form(turn: Turn, context: Mapping[str, str]) -> Form:
    """Why is it given up?"""
    initiative = standing(turn, context)
    about, why = f"{initiative.ref} {initiative.title}", reason_field("Why is it given up?")
    return reason_form("initiative_stop", "Stop initiative", about, context, submit="Stop", field=why)


def stopped(turn: Turn, submission: Submission) -> Replies:
    """I3."""
    because = reason_in(submission, mend="Say in a line why it is given up.")
    initiative = standing(turn, submission.context, for_update=True)
    become(turn, initiative, InitiativeState.STOPPED, because)
    changed(turn, initiative)
    return [CloseForm(), Answer(card=initiative_card(turn, initiative))]


STOP = FormKind(build=stop_form, submit=stopped)

NOUN = Noun(
    name="initiative ends",
    summary="Done, stopped with a reason, or going on, on the initiative’s own card.",
    conversation=Conversation.INITIATIVES,
    buttons={
        "initiative.done": Press(handle=done, writes=True),
        "initiative.go_on": Press(handle=go_on, writes=True),
        "initiative.stop": STOP.opened_by(),
    },
    forms={"initiative_stop": STOP},
)
