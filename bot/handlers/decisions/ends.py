"""How a decision ends: rejected or withdrawn while it is proposed; once it is agreed, only by another one that withdraws it."""

from collections.abc import Mapping

from agenda.decisions import DecisionState
from agenda.errors import NotAllowed
from agenda.items import Source, title_and_detail
from agenda.roles import Right
from bot.forms import Form
from bot.handlers.decisions import keys as decision_keys
from bot.handlers.decisions.cards import decision_card
from bot.handlers.decisions.decisions import record
from bot.handlers.decisions.forms import new
from bot.handlers.decisions.keys import shown
from bot.handlers.decisions.standing import named, redraw, replaced
from bot.packets import source_settled
from bot.reasons import reason_form, reason_in
from bot.replies import Answer, CloseForm
from bot.turns import FormKind, Noun, Replies, Submission, Turn
from storage import rows
from storage.decisions import Decision
from storage.touchpoints import Touchpoint


def reject(turn: Turn, submission: Submission) -> Replies:
    """D4: the text that was shown, with the reason."""
    decision = shown(turn, submission.context.get("text", ""))
    because = reason_in(submission)
    decision.reject(because, turn.now)
    return ended(turn, decision)


def withdraw(turn: Turn, submission: Submission) -> Replies:
    """D5; and D7 for an agreed one, which takes a decision with keys of its own."""
    decision, because = ending(turn, submission.context), reason_in(submission)
    if decision.state is DecisionState.AGREED:
        return withdrawal(turn, decision, because)
    decision.withdraw(because, turn.now)
    return ended(turn, decision)


def ending(turn: Turn, context: Mapping[str, str]) -> Decision:
    """One that the asker may withdraw: as principal, or while it is proposed because they recorded it.

    Raises `NotAllowed`, `NotNow`.
    """
    decision = named(turn, context.get("number", ""), for_update=True)
    recorder = decision.recorded_by_id == turn.asker.person_id and decision.state is DecisionState.PROPOSED
    if not recorder and not turn.asker.may(Right.RUN, decision.touchpoint_id):
        raise NotAllowed("Only the CIO and the CISO may withdraw this decision.", "Ask one of them.")
    if decision.state is not DecisionState.AGREED:
        decision.require_open()
    return decision


def ended(turn: Turn, decision: Decision) -> Replies:
    """It will not be agreed. Who recorded it and who had signed it hear of it in private."""
    decision.settled_by_id = turn.asker.person_id
    decision_keys.ended(turn, decision)
    if old := replaced(turn.record, decision):
        redraw(turn.record, old)
        source_settled(turn.record, Source.DECISION_REVIEW, old.key)
    return [CloseForm(), Answer(card=decision_card(turn, decision))]


def withdrawal(turn: Turn, old: Decision, because: str) -> Replies:
    """D7: proposed like any other; the old one stands until it is agreed."""
    touchpoint = rows.get(turn.record, Touchpoint, old.touchpoint_id)
    decision = new(turn, old.touchpoint_id)
    decision.title, _rest = title_and_detail(f"Withdraw {old.ref}: {old.title}")
    decision.rationale, decision.theme, decision.owner = because, old.theme, old.owner
    decision.replaces, decision.withdraws = old.number, True
    decision.one_key = old.one_key and touchpoint.allows_one_key(old.theme)
    record(turn, decision)
    return [CloseForm(), Answer(card=decision_card(turn, decision))]


def reject_form(turn: Turn, context: Mapping[str, str]) -> Form:
    """Why not?"""
    decision = shown(turn, context.get("text", ""))
    intro = f"{decision.ref} {decision.title}. Who recorded it reads your reason."
    return reason_form("decision_reject", "Reject", intro, context)


def withdraw_form(turn: Turn, context: Mapping[str, str]) -> Form:
    """Why not any more?"""
    decision = ending(turn, context)
    agreed = " It is agreed: withdrawing it is a decision of its own, and stands once it has its keys."
    intro = f"{decision.ref} {decision.title}.{agreed if decision.state is DecisionState.AGREED else ''}"
    return reason_form("decision_withdraw", "Withdraw", intro, context)


REJECT = FormKind(build=reject_form, submit=reject)
WITHDRAW = FormKind(build=withdraw_form, submit=withdraw, right=Right.RAISE)

NOUN = Noun(
    name="decision ends",
    summary="Rejected or withdrawn with a reason; what is agreed ends only by another decision.",
    buttons={
        "decision.reject": REJECT.opened_by("text"),
        "decision.withdraw": WITHDRAW.opened_by(),
    },
    forms={"decision_reject": REJECT, "decision_withdraw": WITHDRAW},
)
