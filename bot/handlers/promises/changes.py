"""What becomes of a promise: kept, moved to another day, handed on, dropped; but for the first, each with a reason.

Whoever owes or recorded it keeps and moves it, and with a place in its touchpoint hands it on or drops it; of others' promises
only who runs the syncs does.
"""

from collections.abc import Mapping

from agenda.actions import ActionAct
from agenda.errors import BadInput
from agenda.roles import Right
from bot.cards import card
from bot.forms import Date, Form
from bot.handlers.promises.cards import promise_card, today
from bot.handlers.promises.promises import changed, day_in, seated, tell_owner, to_change
from bot.picking import person_fields, person_in
from bot.reasons import reason_field, reason_form, reason_in
from bot.replies import Answer, CloseForm
from bot.turns import FormKind, Noun, Press, Replies, Submission, Turn
from storage import audit, people, rows
from storage.actions import ActionChange, ActionItem


def done(turn: Turn, value: str) -> Replies:
    """A2: kept."""
    action = to_change(turn, value, for_update=True)
    action.keep(turn.now)
    remember(turn, action, ActionAct.DONE)
    audit.append(turn.record, "promise.done", promise=action.number)
    changed(turn, action)
    if turn.on_delivery():
        return [Answer(card=card(f"{action.ref} is done. Thank you."))]
    return [Answer(card=promise_card(turn, action), replaces=True)]


def move(turn: Turn, submission: Submission) -> Replies:
    """A3: due on another day, for a reason."""
    action = to_change(turn, submission.context.get("number", ""), for_update=True)
    day, because = day_in(turn, submission), reason_in(submission)
    if day == action.due_on:
        raise BadInput("That is the day already.", fields={"due_on": "It is due on that day already."})
    before = action.due_on
    action.move(day)
    change = remember(turn, action, ActionAct.MOVED, because)
    change.from_day, change.to_day = before, day
    days = {"from": before.isoformat(), "to": day.isoformat()}
    audit.append(turn.record, "promise.moved", promise=action.number, **days)
    changed(turn, action, was_due=before)
    return [CloseForm(), Answer(card=promise_card(turn, action))]


def reassign(turn: Turn, submission: Submission) -> Replies:
    """A4: somebody else takes it, and hears of it."""
    action = seated(turn, submission.context.get("number", ""), for_update=True)
    person, because = person_in(turn, submission, "owner"), reason_in(submission)
    if person is None or person.key == action.owner_id:
        raise BadInput("Nobody else is chosen.", fields={"owner": "Choose somebody who takes it over."})
    before, action.owner_id = action.owner_id, person.key
    change = remember(turn, action, ActionAct.REASSIGNED, because)
    change.from_owner_id, change.to_owner_id = before, person.key
    owners = {"from": before, "to": person.key}
    audit.append(turn.record, "promise.reassigned", promise=action.number, **owners)
    tell_owner(turn, action)
    changed(turn, action)
    return [CloseForm(), Answer(card=promise_card(turn, action))]


def drop(turn: Turn, submission: Submission) -> Replies:
    """A5: not needed any more, for a reason."""
    action = seated(turn, submission.context.get("number", ""), for_update=True)
    because = reason_in(submission)
    action.drop(because, turn.now)
    remember(turn, action, ActionAct.DROPPED, because)
    audit.append(turn.record, "promise.dropped", promise=action.number)
    changed(turn, action)
    return [CloseForm(), Answer(card=promise_card(turn, action))]


def move_form(turn: Turn, context: Mapping[str, str]) -> Form:
    """By when instead, and why?"""
    action = to_change(turn, context.get("number", ""))
    return Form(
        form_id="promise_move",
        title="New date",
        intro=f"{action.ref} {action.title}: {action.urgency(today(turn))}.",
        fields=(Date(name="due_on", label="Due on"), reason_field()),
        submit="Move",
        context=context,
    )


def reassign_form(turn: Turn, context: Mapping[str, str]) -> Form:
    """Who takes it over, and why?"""
    action = seated(turn, context.get("number", ""))
    return Form(
        form_id="promise_reassign",
        title="Reassign",
        intro=f"{action.ref} {action.title}: now of {people.called(turn.record, action.owner_id)}.",
        fields=(*person_fields(turn, "owner", "Who takes it over"), reason_field()),
        submit="Reassign",
        context=context,
    )


def drop_form(turn: Turn, context: Mapping[str, str]) -> Form:
    """Why is it not needed any more?"""
    action = seated(turn, context.get("number", ""))
    return reason_form("promise_drop", "Drop", f"{action.ref} {action.title}", context)


def remember(turn: Turn, action: ActionItem, what: ActionAct, because: str = "") -> ActionChange:
    """One more line of its history."""
    change = ActionChange(
        organization_id=turn.record.organization_id,
        action_id=action.key,
        person_id=turn.asker.person_id,
        at=turn.now,
        what=what,
        because=because,
    )
    return rows.add(turn.record, change)


MOVE = FormKind(build=move_form, submit=move, right=None)
REASSIGN = FormKind(build=reassign_form, submit=reassign, right=Right.RAISE)
DROP = FormKind(build=drop_form, submit=drop, right=Right.RAISE)

NOUN = Noun(
    name="promise changes",
    summary="Kept, moved, handed on or dropped, on the promise's own card.",
    buttons={
        "promise.done": Press(handle=done, writes=True, right=None),
        "promise.move": MOVE.opened_by(),
        "promise.reassign": REASSIGN.opened_by(),
        "promise.drop": DROP.opened_by(),
    },
    forms={"promise_move": MOVE, "promise_reassign": REASSIGN, "promise_drop": DROP},
)
