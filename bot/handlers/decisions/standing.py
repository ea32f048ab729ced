"""How a decision stands, and what its reader may do with it."""

from agenda.decisions import DecisionState
from agenda.nudges import NudgeKind
from agenda.recurrence import local_date
from agenda.roles import Right
from agenda.touchpoints import Seat
from bot import nudging, signing
from bot.cards import Button, Style
from bot.reading import number_of, seen
from bot.turns import Turn
from storage import decisions, deliveries, keys, rows
from storage.decisions import Decision
from storage.touchpoints import Touchpoint
from storage.unit_of_work import Record

SIGN = "decision.sign"
CARDS = ("key", "key_void", "decision_ended", "shared_decision")


def theirs_by(turn: Turn, number: int, *, for_update: bool = False) -> Decision:
    """D-`number`, if the asker may see it here. Raises `NotFound`."""
    return seen(turn, number, "D", "decision", decisions.by_number, for_update=for_update)


def named(turn: Turn, typed: str, *, for_update: bool = False) -> Decision:
    """The same, as it was typed or stands in a button. Raises `BadInput`, `NotFound`."""
    return theirs_by(turn, number_of(typed, "D", "decision"), for_update=for_update)


def redraw(record: Record, decision: Decision) -> None:
    """Every card that shows it, shows it as it stands."""
    deliveries.redraw(record, *CARDS, subject_id=decision.key)
    nudging.redraw(record, NudgeKind.KEY, decision.key)
    if decision.sync_id:
        deliveries.redraw(record, "sync", "minutes", subject_id=decision.sync_id)


def one_key_is_enough(record: Record, decision: Decision) -> bool:
    """K4: its text says so, the policy of this moment allows it, and what it replaces needed no more."""
    touchpoint = rows.get(record, Touchpoint, decision.touchpoint_id)
    old = replaced(record, decision)
    return decision.one_key and touchpoint.allows_one_key(decision.theme) and (old is None or old.one_key)


def replaced(record: Record, decision: Decision) -> Decision | None:
    """The one whose place it takes once it is agreed."""
    if decision.replaces is None:
        return None
    return decisions.by_number(record, decision.replaces, [decision.touchpoint_id])


def overtaken(record: Record, decision: Decision) -> str:
    """Why it can be agreed no more: another took the place of the one that it would replace. Empty if it can."""
    old = replaced(record, decision)
    if decision.state is not DecisionState.PROPOSED or old is None or old.state is DecisionState.AGREED:
        return ""
    return f"{old.ref} was {old.state.value} by D-{old.replaced_by} meanwhile"


def wanted(record: Record, decision: Decision) -> bool:
    """Can a key still be turned on it?"""
    return decision.state is DecisionState.PROPOSED and not overtaken(record, decision)


def standing(record: Record, decision: Decision, reader: Seat | None = None) -> str:
    """How it stands: agreed, or whose key it waits for, or what became of it."""
    if decision.state is DecisionState.PROPOSED:
        if gone := overtaken(record, decision):
            return f"cannot be agreed: {gone}"
        one_key = one_key_is_enough(record, decision)
        waits = signing.waits_for(record, decision, one_key=one_key, reader=reader)
        return f"{waits}; needs one key ({policy_of(decision)})" if one_key else waits
    if decision.state is DecisionState.AGREED:
        one = len(keys.turned(record, decision)) == 1
        by = f" with one key ({policy_of(decision)})" if one else "" if decision.dissent else " by both"
        return f"{decision.state_label}{by}"
    by = f" by D-{decision.replaced_by}" if decision.replaced_by else ""
    return f"{decision.state.value}{by}"


def policy_of(decision: Decision) -> str:
    """Which one."""
    return f"policy for {decision.theme.label}"


def acts(turn: Turn, decision: Decision) -> tuple[list[Button], list[Button]]:
    """What its reader may do with it: what comes first, and what is rare."""
    promise = Button(
        action="promise.of_decision", label="Promise", value=str(decision.number), opens_form=True, rare=True
    )
    if not turn.asker.may(Right.RAISE, decision.touchpoint_id):
        return [], []
    if decision.state is DecisionState.PROPOSED:
        first, rare = while_proposed(turn, decision)
        return first, [*rare, promise]
    if decision.state is DecisionState.AGREED and turn.asker.may(Right.RUN, decision.touchpoint_id):
        first, rare = while_agreed(turn.record, decision)
        return first, [*rare, promise]
    return [], [promise]


def while_proposed(turn: Turn, decision: Decision) -> tuple[list[Button], list[Button]]:
    """To sign it, to change it, to end it."""
    value, mine = str(decision.number), turn.asker.seat_in(decision.touchpoint_id)
    recorder = decision.recorded_by_id == turn.asker.person_id
    if mine is None and not recorder:
        return [], []
    sign, rare = (
        key_buttons(decision)
        if wanted(turn.record, decision) and mine in signing.missing(turn.record, decision)
        else ([], [])
    )
    edit = [Button(action="decision.edit", label="Edit", value=value, opens_form=True)]
    more = Button(action="decision.more", label="More details", value=value, opens_form=True, rare=True)
    withdraw = Button(action="decision.withdraw", label="Withdraw", value=value, opens_form=True, rare=True)
    return [*sign, *edit], [more, *rare, withdraw]


def while_agreed(record: Record, decision: Decision) -> tuple[list[Button], list[Button]]:
    """To review it once that is due; to let another take its place at any time."""
    touchpoint = rows.get(record, Touchpoint, decision.touchpoint_id)
    if decision.is_review_due(local_date(record.now, touchpoint.zone)):
        return review_buttons(decision), [end_button(decision)]
    replace = Button(action="decision.replace", label="Replace", value=str(decision.number), opens_form=True, rare=True)
    return [], [replace, end_button(decision)]


def review_buttons(decision: Decision) -> list[Button]:
    """Two of the three answers to a review. The value says which review is answered."""
    value = f"{decision.number}|{decision.next_review_on}"
    return [
        Button(action="decision.confirm", label="Confirm", value=value, style="primary"),
        Button(action="decision.replace", label="Revise", value=str(decision.number), opens_form=True),
    ]


def end_button(decision: Decision) -> Button:
    """The third."""
    return Button(action="decision.withdraw", label="Withdraw", value=str(decision.number), opens_form=True, rare=True)


def read_button(decision: Decision, label: str = "Read and sign", style: Style = "default") -> Button:
    """K1: where there is no room for the text, the way to it; the key is turned there."""
    return Button(action="decision.read", label=label, value=decision.ref, style=style)


def sign_button(decision: Decision) -> Button:
    """A key turns on what was shown, and on nothing else."""
    return signing.sign_button(decision, action=SIGN)


def key_buttons(decision: Decision) -> tuple[list[Button], list[Button]]:
    """What somebody whose key is missing may do: sign; or, rarely, sign with dissent, or reject."""
    value = f"{decision.number}|{decision.text_hash}"
    return [sign_button(decision)], [
        Button(action="decision.dissent", label="Agree with dissent", value=value, opens_form=True, rare=True),
        Button(action="decision.reject", label="Reject", value=value, opens_form=True, rare=True),
    ]
