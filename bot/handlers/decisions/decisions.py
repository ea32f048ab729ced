"""Recording a decision, and changing it while it is proposed: an exact text, with everything that belongs to it.

Its forms stand in `decision_forms`, its keys in `decision_keys`, its ends in `decision_ends`, its reviews in `reviews`.
"""

from agenda.changes import changes
from agenda.errors import BadInput, NotFound, TouchpointError
from agenda.items import TITLE_LIMIT, Outcome, Source, title_and_detail
from agenda.references import references_in
from agenda.roles import Right
from agenda.syncs import Act
from agenda.themes import Theme
from bot import asks, signing
from bot.editing import guarded
from bot.forms import TEXT_LIMIT
from bot.handlers.agenda.items import theirs
from bot.handlers.decisions.cards import concerned, decision_card
from bot.handlers.decisions.forms import begun, changeable, decision_form, more_form, new, standing_one
from bot.handlers.decisions.keys import ask_for_keys, turn_key
from bot.handlers.decisions.standing import redraw, replaced
from bot.packets import settle, source_settled
from bot.picking import owner_in
from bot.placing import placed
from bot.reading import date_in, one_of, short_text
from bot.replies import Answer, CloseForm, OpenForm
from bot.turns import Command, FormKind, Noun, Replies, Submission, Turn
from storage import audit, decisions, rows, syncs
from storage.decisions import Decision
from storage.initiatives import Initiative
from storage.risks import RiskItem
from storage.touchpoints import Touchpoint


def add(turn: Turn, text: str) -> Replies:
    """With a title behind it, it is recorded at once; without one, the form opens."""
    if not text:
        return [OpenForm(form=turn.registry.forms["decision"].build(turn, {}))]
    decision = new(turn, turn.touchpoint_id())
    decision.title, decision.rationale = title_and_detail(text)
    record(turn, decision)
    return [Answer(card=decision_card(turn, decision))]


def record(turn: Turn, decision: Decision) -> None:
    """D1: a principal who records a text agrees to it: their key is turned, and whose key is missing is asked for it."""
    decisions.add(turn.record, decision)
    concern(turn, decision)
    audit.append(turn.record, "decision.recorded", decision=decision.number, text=decision.text_hash)
    if turn.asker.seat_in(decision.touchpoint_id):
        turn_key(turn, decision)
    ask_for_keys(turn, decision)
    if old := replaced(turn.record, decision):
        redraw(turn.record, old)
        source_settled(turn.record, Source.DECISION_REVIEW, old.key)


def concern(turn: Turn, decision: Decision) -> None:
    """Its risks and its initiatives find it."""
    found = [one for one in concerned(turn.record, decision.concerns, decision.touchpoint_id).values() if one]
    risk_ids = [one.key for one in found if isinstance(one, RiskItem)]
    initiative_ids = [one.key for one in found if isinstance(one, Initiative)]
    decisions.concern(turn.record, decision, risk_ids, initiative_ids)


def submitted(turn: Turn, submission: Submission) -> Replies:
    """Recorded, or changed; either way this principal's key is on the text as it now stands."""
    context = submission.context
    if "number" in context:
        return edited(turn, submission)
    decision = begun(turn, context)
    fill(turn, decision, submission)
    sync = syncs.current(turn.record, decision.touchpoint_id) if decision.replaces else None
    if sync and sync.started_at:
        decision.sync_id = sync.key
    if "item" in context:
        item, its = theirs(turn, context["item"])
        if its.allows(Act.SETTLE, turn.now) and item.outcome is Outcome.OPEN:
            settle(turn.record, its, item, Outcome.DISCUSSED)
    record(turn, decision)
    if "ask" in context:
        asks.propose(turn.record, asks.to_decide(turn, context["ask"]), decision)
    return [CloseForm(), Answer(card=decision_card(turn, decision))]


def edited(turn: Turn, submission: Submission) -> Replies:
    """D2: every key is void, and whoever had turned one is told. A form that was sent as it came voids nothing."""
    decision = changeable(turn, submission.context.get("number", ""))
    before, was = decision.in_words, decision.text_hash
    fill(turn, decision, submission)
    if decision.text_hash != was:
        decision.edited_at, decision.edited_by_id = turn.now, turn.asker.person_id
        turn.record.session.flush()
        changed = changes(before, decision.in_words)
        told = signing.void_keys(turn, decision, kind="key_void", changed=changed)
        concern(turn, decision)
        audit.append(turn.record, "decision.edited", decision=decision.number, text=decision.text_hash)
        if turn.asker.seat_in(decision.touchpoint_id):
            turn_key(turn, decision)
        decisions.index(turn.record, decision)
        ask_for_keys(turn, decision, but_of=told)
        source_settled(turn.record, Source.DECISION_KEY, decision.key)
    return [CloseForm(), Answer(card=decision_card(turn, decision))]


def fill(turn: Turn, decision: Decision, submission: Submission) -> None:
    """From either form: each field that it has. Raises `BadInput` beside the field."""
    if "title" in submission.values:
        fill_first(turn, decision, submission)
    if "links" in submission.values:
        fill_more(turn, decision, submission)


def fill_first(turn: Turn, decision: Decision, submission: Submission) -> None:
    """What both forms' first half asks."""
    title = short_text(submission, "title", TITLE_LIMIT)
    if not title:
        raise BadInput("A decision needs a text.", fields={"title": "Say in one line what is decided."})
    decision.title = title
    for name in ("question", "rationale", "options"):
        fill_text(decision, submission, name)
    decision.theme = one_of(submission, "theme", Theme, decision.theme)
    decision.owner = owner_in(turn, submission)
    decision.review_on = date_in(submission, "review_on")
    decision.one_key = submission.text("one_key") == "yes"
    require_one_key_allowed(turn, decision)


def fill_more(turn: Turn, decision: Decision, submission: Submission) -> None:
    """What “More details” asks."""
    for name in ("outcome", "links"):
        fill_text(decision, submission, name)
    for name in ("consulted", "informed"):
        setattr(decision, name, short_text(submission, name, TITLE_LIMIT))
    decision.effective_on = date_in(submission, "effective_on")
    try:
        references_in(decision.links)
    except BadInput as wrong:
        raise BadInput(wrong.what, wrong.mend, {"links": str(wrong)}) from wrong
    decision.concerns = concerns_in(turn, decision, submission)


def fill_text(decision: Decision, submission: Submission, name: str) -> None:
    """A text of which a dialog shows only the first part: what lies behind that was not touched."""
    kept = getattr(decision, name)[TEXT_LIMIT:]
    setattr(decision, name, short_text(submission, name, TEXT_LIMIT) + kept)


def concerns_in(turn: Turn, decision: Decision, submission: Submission) -> str:
    """`R-7, I-3`, if there are such in its touchpoint. Raises `BadInput` beside the field."""
    try:
        there = concerned(turn.record, short_text(submission, "concerns", TITLE_LIMIT), decision.touchpoint_id)
        unknown = next((ref for ref, found in there.items() if found is None), "")
        if unknown:
            shows = "risk list" if unknown.startswith("R") else "initiative list"
            raise NotFound(f"There is no {unknown} in this touchpoint.", f"“{shows}” shows what there is.")
    except TouchpointError as wrong:
        fields = wrong.fields if isinstance(wrong, BadInput) and wrong.fields else {"concerns": str(wrong)}
        raise BadInput(wrong.what, wrong.mend, fields) from wrong
    return ", ".join(there)


def require_one_key_allowed(turn: Turn, decision: Decision) -> None:
    """Raises `BadInput` beside the field."""
    if not decision.one_key:
        return
    touchpoint, old = rows.get(turn.record, Touchpoint, decision.touchpoint_id), replaced(turn.record, decision)
    wrong = ""
    if not touchpoint.allows_one_key(decision.theme):
        wrong = f"The policy wants both keys for {decision.theme.label}."
    elif old and not old.one_key:
        wrong = f"{old.ref} needed both keys, so what takes its place needs both."
    if wrong:
        raise BadInput(wrong, "Take the tick away.", {"one_key": f"{wrong} Take the tick away."})


FORM: FormKind = guarded(decision_form, submitted, standing_one, right=Right.RAISE)
MORE: FormKind = guarded(more_form, edited, standing_one, right=Right.RAISE)

NOUN = Noun(
    name="decision",
    summary="What both of you agreed, word for word. A decision stands when CIO and CISO have each turned their key on it.",
    commands=(
        Command(
            words=("decision", "add"),
            argument="[title]",
            summary="Record a decision",
            handle=add,
            writes=True,
            right=Right.RAISE,
            opens_form=True,
        ),
    ),
    buttons={
        "decision.edit": FORM.opened_by(),
        "decision.more": MORE.opened_by(),
        "decision.of_item": FORM.opened_by("item"),
        "decision.of_ask": FORM.opened_by("ask"),
        "decision.replace": FORM.opened_by("replaces"),
    },
    forms={"decision": placed(FORM), "decision_more": MORE},
)
