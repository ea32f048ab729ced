"""How an acceptance ends before its last day, each with a reason; and that it may well end by itself."""

from collections.abc import Mapping

from agenda.acceptances import AcceptanceState
from agenda.errors import BadInput, NotNow
from agenda.nudges import NudgeKind
from agenda.roles import Right
from bot import accepting, nudging
from bot.accepting import TOLD_CARD
from bot.forms import Form
from bot.handlers.risks.acceptance_cards import acceptance_card, ask_acceptance, draw_told, title_of
from bot.handlers.risks.acceptances import WHY_LIMIT, named, proposed
from bot.handlers.risks.risks import follow
from bot.reasons import reason_field, reason_form, reason_in
from bot.replies import Answer, CloseForm, OpenForm
from bot.turns import FormKind, Noun, Press, Replies, Submission, Turn
from storage import audit, nudges, rows
from storage.acceptances import Acceptance
from storage.risks import RiskItem

ENDS = {  # What the button says, and what is asked.
    AcceptanceState.REJECTED: ("Reject", "Why can we not live with it?"),
    AcceptanceState.WITHDRAWN: ("Withdraw", "Why is it not asked for any more?"),
    AcceptanceState.REVOKED: ("Revoke", "Why can we not live with it any more?"),
}


def end_form(turn: Turn, context: Mapping[str, str]) -> Form:
    """Why?"""
    one, state = to_be_ended(turn, context)
    label, question = ENDS[state]
    why = reason_field(question, limit=WHY_LIMIT)
    return reason_form("acceptance_end", label, title_of(turn.record, one), context, field=why)


def to_be_ended(
    turn: Turn, context: Mapping[str, str], *, for_update: bool = False
) -> tuple[Acceptance, AcceptanceState]:
    """Which one, and how it is to end. Raises `BadInput`, `NotFound`, `NotAllowed`, `NotNow`."""
    how = next((state for state in ENDS if state.value == context.get("how")), None)
    if how is None:
        raise BadInput("That button belongs to an older card.", "Ask for the card again with a command.")
    if how is AcceptanceState.WITHDRAWN:
        return proposed(turn, context, for_update=for_update), how
    one = named(turn, context.get("number", ""), for_update=for_update)
    turn.require(one.touchpoint_id, Right.RUN)
    if how is AcceptanceState.REJECTED:
        one.require_open()
    elif one.state is not AcceptanceState.ACCEPTED:
        raise NotNow(f"This acceptance is {one.state.value}, not accepted.", "“risk show R-…” shows the risk.")
    return one, how


def end(turn: Turn, submission: Submission) -> Replies:
    """C4, C5, C7: it is not accepted, or not any more, and everybody concerned hears why."""
    one, how = to_be_ended(turn, submission.context, for_update=True)
    because, risk = reason_in(submission, limit=WHY_LIMIT), rows.get(turn.record, RiskItem, one.risk_id)
    if how is AcceptanceState.REVOKED:
        accepting.reopen(turn.record, risk, one, how, because)
    else:
        one.refuse(how, because, turn.now)
        audit.append(turn.record, f"acceptance.{how.value}", acceptance=one.number, risk=risk.number)
    follow(turn, risk)
    accepting.tell(turn.record, one, but=turn.asker.person_id)
    return [CloseForm(), Answer(card=acceptance_card(turn, one))]


def let_go(turn: Turn, value: str) -> Replies:
    """Its last day may pass: whoever pressed is not warned of it again."""
    one = named(turn, value)
    for nudge in nudges.about(turn.record, NudgeKind.ACCEPTANCE, one.key):
        if nudge.person_id == turn.asker.person_id and nudge.seen_at is None:
            nudge.seen_at = turn.now
            nudging.redraw_one(turn.record, nudge)
    return []


def ending(how: AcceptanceState, right: Right = Right.RUN) -> Press:
    """The button that asks why it is to end this way."""

    def handle(turn: Turn, value: str) -> Replies:
        return [OpenForm(form=end_form(turn, {"number": value, "how": how.value}))]

    return Press(handle=handle, right=right)


NOUN = Noun(
    name="acceptance ends",
    summary="Rejected, withdrawn or revoked with a reason, or left to expire.",
    buttons={
        "acceptance.reject": ending(AcceptanceState.REJECTED),
        "acceptance.withdraw": ending(AcceptanceState.WITHDRAWN, Right.RAISE),
        "acceptance.revoke": ending(AcceptanceState.REVOKED),
        "acceptance.let_go": Press(handle=let_go, writes=True),
    },
    forms={"acceptance_end": FormKind(build=end_form, submit=end, right=Right.RAISE)},
    cards={TOLD_CARD: draw_told},
    asks={NudgeKind.ACCEPTANCE: ask_acceptance},
)
