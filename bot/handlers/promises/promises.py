"""Promising: in one line, by a form, or from a line of the agenda, a decision or a risk.

What becomes of one stands in `action_changes`, how it looks in `action_cards`, and how it is found in `action_log`.
"""

from collections.abc import Mapping
from datetime import date

from agenda.actions import USUALLY, promise_in, wrong_day
from agenda.errors import BadInput, NotNow
from agenda.items import TITLE_LIMIT, Source, title_and_detail
from agenda.nudges import NudgeKind
from agenda.roles import Right
from agenda.themes import Theme
from bot import nudging, packets, telling, threats
from bot.editing import guarded
from bot.forms import TEXT_LIMIT, Date, Form, Text
from bot.handlers.agenda import items
from bot.handlers.decisions import standing as decision_standing
from bot.handlers.promises.cards import ask_promise, draw_promised, is_own, promise_card, redraw, today
from bot.handlers.risks import risks
from bot.picking import person_fields, person_in
from bot.placing import placed
from bot.reading import date_in, link_in, no_such, number_of, one_of, short_text, theme_choice
from bot.replies import Answer, CloseForm, OpenForm
from bot.turns import Command, FormKind, Noun, Replies, Submission, Turn
from storage import actions, audit, people, rows, syncs
from storage.actions import ActionItem
from storage.items import AgendaItem
from storage.syncs import Sync


def add(turn: Turn, text: str) -> Replies:
    """With a text behind it, it is recorded at once for the asker; without one, the form opens."""
    if not text:
        return [OpenForm(form=turn.registry.forms["promise"].build(turn, {}))]
    said, day = promise_in(text, today=today(turn))
    action = new(turn, turn.touchpoint_id())
    action.title, action.detail = title_and_detail(said)
    action.due_on = day or action.due_on
    return [Answer(card=promise_card(turn, made(turn, action)))]


def new(turn: Turn, touchpoint_id: int) -> ActionItem:
    """An empty one of this asker's, due when most are."""
    return ActionItem(
        title="",
        due_on=today(turn) + USUALLY,
        promised_at=turn.now,
        organization_id=turn.record.organization_id,
        touchpoint_id=touchpoint_id,
        owner_id=turn.asker.person_id,
        promised_by_id=turn.asker.person_id,
    )


def begun(turn: Turn, context: Mapping[str, str]) -> ActionItem:
    """A new one, with the words and the link of the line, the decision, the risk or the threat that it comes from."""
    if "item" in context:
        item, sync = items.theirs(turn, context["item"])
        action = new(turn, sync.touchpoint_id)
        action.title, action.theme = item.title, item.theme
        action.item_id, action.source_link = item.key, item.source_link
        return action
    if "decision" in context:
        decision = decision_standing.named(turn, context["decision"])
        action = new(turn, decision.touchpoint_id)
        action.title, action.theme = decision.title, decision.theme
        action.decision_id, action.source_link = decision.key, decision.source_link
        return action
    if "risk" in context:
        risk = risks.theirs_by(turn, number_of(context["risk"], "R", "risk"))
        action = new(turn, risk.touchpoint_id)
        action.title, action.theme, action.risk_id = risk.title, risk.theme, risk.key
        return action
    if "threat" in context:
        one, touchpoint = threats.named(turn, context["threat"])
        action = new(turn, touchpoint.key)
        threats.fill_promise(turn, action, one, touchpoint)
        return action
    action = new(turn, turn.touchpoint_id())
    action.source_link = link_in(context)
    return action


def made(turn: Turn, action: ActionItem) -> ActionItem:
    """A1: in the record from now on, and in the minutes if a sync is going on."""
    sync = syncs.current(turn.record, action.touchpoint_id)
    action.sync_id = sync.key if sync and sync.started_at else None
    actions.add(turn.record, action)
    facts = {"promise": action.number, "owner": action.owner_id, "due": action.due_on.isoformat()}
    audit.append(turn.record, "promise.made", **facts)
    tell_owner(turn, action)
    redraw(turn.record, action)
    if action.item_id:
        items.changed(
            turn.record, rows.get(turn.record, Sync, rows.get(turn.record, AgendaItem, action.item_id).sync_id)
        )
    nudging.promise_changed(turn.record, action)
    return action


def tell_owner(turn: Turn, action: ActionItem) -> None:
    """Whoever gets a promise from somebody else hears of it at once, in private."""
    if action.owner_id == turn.asker.person_id:
        return
    once = f"promised:{action.key}:{turn.request.id}"
    telling.in_private(turn.record, action.owner_id, once=once, kind="promised", subject_id=action.key)


def changed(turn: Turn, action: ActionItem, *, was_due: date | None = None) -> None:
    """The day, the owner, the words or the state is another: whatever shows it, finds it or asks for it follows."""
    turn.record.session.flush()
    actions.index(turn.record, action)
    redraw(turn.record, action)
    nudging.promise_changed(turn.record, action)
    if (was_due or action.due_on) <= today(turn):  # Only one whose day has come can stand on an agenda.
        packets.source_settled(turn.record, Source.PROMISE, action.key)


def theirs_by(turn: Turn, typed: str, *, for_update: bool = False) -> ActionItem:
    """P-7, if the asker may see it here: by a chair, or because it is their own. Raises `NotFound`."""
    number, (touchpoint_ids, also_of) = number_of(typed, "P", "promise"), reach(turn)
    found = actions.by_number(turn.record, number, touchpoint_ids, also_of=also_of, for_update=for_update)
    if found is None:
        raise no_such("P", number, "promise")
    return found


def reach(turn: Turn) -> tuple[list[int], int | None]:
    """Where the asker's promises may lie: at home in that touchpoint alone, elsewhere in all of theirs, and their own."""
    here = turn.asker.home_at(turn.where.conversation)
    if here:
        return [here], None
    return [chair.touchpoint_id for chair in turn.asker.seats], turn.asker.person_id


def to_change(turn: Turn, typed: str, *, for_update: bool = False) -> ActionItem:
    """P-7, if it is open and the asker's own, or they may settle others' too. Raises `NotFound`, `NotAllowed`, `NotNow`."""
    action = theirs_by(turn, typed, for_update=for_update)
    if not is_own(turn, action):
        turn.require(action.touchpoint_id, Right.RUN)
    action.require_open()
    return action


def seated(turn: Turn, typed: str, *, for_update: bool = False) -> ActionItem:
    """The same, for what takes a place in its touchpoint besides."""
    action = to_change(turn, typed, for_update=for_update)
    turn.require(action.touchpoint_id)
    return action


def day_in(turn: Turn, submission: Submission) -> date:
    """The day that was chosen. Raises `BadInput` beside the field."""
    day = date_in(submission, "due_on")
    wrong = wrong_day(day, today(turn)) if day else "Choose the day by which it is kept."
    if day is None or wrong:
        raise BadInput("Please look at what is marked.", fields={"due_on": wrong})
    return day


def promise_form(turn: Turn, context: Mapping[str, str]) -> Form:
    """New, or an open one to be changed; its day and its owner only as long as it is fresh."""
    old = seated(turn, context["number"]) if "number" in context else begun(turn, context)
    given_away = old.id or old.owner_id != turn.asker.person_id
    chosen = people.accounts_of(turn.record, old.owner_id) if given_away else ()
    given = (
        *person_fields(turn, "owner", "Owner", hint="Empty: you.", chosen=chosen),
        Date(name="due_on", label="Due on", value=old.due_on.isoformat()),
    )
    return Form(
        form_id="promise",
        title="Change the promise" if "number" in context else "Promise",
        fields=(
            Text(name="title", label="What is promised", value=old.title, limit=TITLE_LIMIT),
            *(given if may_give(turn, old) else ()),
            theme_choice(old.theme),
            Text(
                name="detail",
                label="Details",
                value=old.detail[:TEXT_LIMIT],
                multiline=True,
                limit=TEXT_LIMIT,
                required=False,
            ),
        ),
        context=context,
    )


def may_give(turn: Turn, action: ActionItem) -> bool:
    """A6: may its day and its owner be said without a reason?"""
    return action.id is None or action.is_fresh(turn.now)


def submitted(turn: Turn, submission: Submission) -> Replies:
    """Promised, or put right."""
    if "number" in submission.context:
        action = seated(turn, submission.context["number"], for_update=True)
        owner_id = action.owner_id
        fill(turn, action, submission)
        audit.append(turn.record, "promise.edited", promise=action.number)
        if action.owner_id != owner_id:
            tell_owner(turn, action)
        changed(turn, action)
    else:
        action = begun(turn, submission.context)
        fill(turn, action, submission)
        made(turn, action)
        threats.linked(turn, submission.context, action_id=action.key)
    return [CloseForm(), Answer(card=promise_card(turn, action))]


def fill(turn: Turn, action: ActionItem, submission: Submission) -> None:
    """From the form. Raises `BadInput` beside the field, `NotNow` for a day or an owner that needs a reason by now."""
    title = short_text(submission, "title", TITLE_LIMIT)
    if not title:
        raise BadInput("A promise needs a text.", fields={"title": "Say in one line what is promised."})
    if may_give(turn, action):
        owner = person_in(turn, submission, "owner")
        action.owner_id, action.due_on = owner.key if owner else turn.asker.person_id, day_in(turn, submission)
    elif "due_on" in submission.values:
        raise NotNow("It was promised more than an hour ago.", "Press “New date” or “Reassign”, and say why.")
    kept = action.detail[TEXT_LIMIT:]  # What lies behind the part that a dialog can show was not touched.
    action.title, action.detail = title, short_text(submission, "detail", TEXT_LIMIT) + kept
    action.theme = one_of(submission, "theme", Theme, action.theme)


FORM: FormKind = guarded(
    promise_form, submitted, lambda turn, context: theirs_by(turn, context.get("number", "")), right=Right.RAISE
)

NOUN = Noun(
    name="promise",
    summary="Who does what by when. Whoever owes it is reminded in private before its day.",
    commands=(
        Command(
            words=("promise", "add"),
            argument="[what by when]",
            summary="Promise something: “promise add renew the VPN contract by 14 Aug”",
            handle=add,
            writes=True,
            right=Right.RAISE,
            opens_form=True,
        ),
    ),
    buttons={
        "promise.edit": FORM.opened_by(),
        "promise.of_item": FORM.opened_by("item"),
        "promise.of_decision": FORM.opened_by("decision"),
        "promise.of_risk": FORM.opened_by("risk"),
    },
    forms={"promise": placed(FORM)},
    cards={"promised": draw_promised},
    asks={NudgeKind.PROMISE: ask_promise},
)
