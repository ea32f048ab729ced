"""Recording a decision and agreeing to it: an exact text, and two keys."""

from collections.abc import Mapping
from datetime import datetime

from agenda.decisions import DecisionState
from agenda.errors import BadInput, NotNow
from agenda.items import TITLE_LIMIT, Outcome, Source, title_and_detail
from agenda.nudges import NudgeKind
from agenda.recurrence import local_date, local_day
from agenda.syncs import Act
from agenda.themes import Theme
from bot import nudging, signing, telling
from bot.cards import Block, Button, Card, Facts, Paragraph, card
from bot.forms import Date, Form, Text
from bot.handlers.items import theirs
from bot.packets import settle, source_settled
from bot.reading import (
    date_in,
    no_such,
    note_card,
    number_of,
    one_of,
    paged,
    short_text,
    theme_choice,
)
from bot.replies import Answer, CloseForm, OpenForm
from bot.sharing import share_button
from bot.turns import Asked, Command, FormKind, Noun, Press, Replies, Submission, Turn
from storage import absences, audit, decisions, deliveries, keys, people, rows
from storage.decisions import Decision
from storage.deliveries import Owed
from storage.nudges import Nudge
from storage.touchpoints import Touchpoint
from storage.unit_of_work import Record

TEXT_LIMIT = 3000


def add(turn: Turn, text: str) -> Replies:
    """With a title behind it, it is recorded at once; without one, the form opens."""
    touchpoint_id = turn.touchpoint_id()
    if not text:
        return [OpenForm(form=decision_form(turn, {}))]
    decision = new(turn, touchpoint_id)
    decision.title, decision.rationale = title_and_detail(text)
    record(turn, decision)
    return [Answer(card=decision_card(turn, decision))]


def new(turn: Turn, touchpoint_id: int) -> Decision:
    """An empty one of this asker's."""
    return Decision(
        title="",
        recorded_at=turn.now,
        organization_id=turn.record.organization_id,
        touchpoint_id=touchpoint_id,
        recorded_by_id=turn.asker.person_id,
    )


def record(turn: Turn, decision: Decision) -> None:
    """D1: whoever records a text agrees to it: that principal's key is turned, and the other one is asked for theirs."""
    decisions.add(turn.record, decision)
    audit.append(turn.record, "decision.recorded", decision=decision.number, text=decision.text_hash)
    turn_key(turn, decision)
    ask_for_keys(turn, decision)


def turn_key(turn: Turn, decision: Decision) -> None:
    """D3: this principal's key on this text; with both, it is agreed."""
    signing.turn_key(turn, decision)
    if decision.agree_if(set(keys.turned(turn.record, decision)), turn.now):
        turn.record.session.flush()
        audit.append(turn.record, "decision.agreed", decision=decision.number, text=decision.text_hash)
        source_settled(turn.record, Source.DECISION_KEY, decision.key)


def ask_for_keys(turn: Turn, decision: Decision) -> None:
    """One card in the direct chat of each principal whose key is missing, once for each text."""
    signing.ask_for_keys(turn.record, decision, kind="key")
    redraw(turn.record, decision)


def ask_for_key(record: Record, decision: Decision, person_id: int) -> None:
    """In their direct chat, once for each text."""
    once = f"key:{decision.key}:{decision.text_hash}:{person_id}"
    telling.in_private(record, person_id, once=once, kind="key", subject_id=decision.key)


def redraw(record: Record, decision: Decision) -> None:
    """Every card that shows it, shows it as it stands."""
    deliveries.redraw(record, kind="key", subject_id=decision.key)
    nudging.redraw(record, NudgeKind.KEY, decision.key)
    deliveries.redraw(record, kind="shared_decision", subject_id=decision.key)
    if decision.sync_id:
        for kind in ("sync", "minutes"):
            deliveries.redraw(record, kind=kind, subject_id=decision.sync_id)


def standing(record: Record, decision: Decision) -> str:
    """Agreed, or whose key it waits for."""
    if decision.state is DecisionState.AGREED:
        return "agreed by both"
    return f"waits for the key of {' and '.join(seat.label for seat in signing.missing(record, decision))}"


def sign_button(decision: Decision) -> Button:
    """It carries the text's hash: a key turns on what was shown, and on nothing else."""
    return signing.sign_button(decision, action="decision.sign")


def sign(turn: Turn, value: str) -> Replies:
    """Turn the asker's key on exactly the text that the card showed."""
    number, _bar, text_hash = value.partition("|")
    decision = theirs_by(turn, number_of(number, "D", "decision"), for_update=True)
    if decision.state is DecisionState.AGREED:
        raise NotNow(f"{decision.ref} is agreed already.", f"“decision show {decision.ref}” shows it.")
    if text_hash != decision.text_hash:
        raise NotNow(
            "The text was changed after this card was shown.", f"Read it again: “decision show {decision.ref}”."
        )
    turn_key(turn, decision)
    redraw(turn.record, decision)
    if turn.on_delivery():
        how = f"{decision.ref} {decision.title}: {standing(turn.record, decision)}."
        return [Answer(card=note_card("Your key is turned", how))]
    return [Answer(card=decision_card(turn, decision), replaces=turn.where.direct)]


def theirs_by(turn: Turn, number: int, *, for_update: bool = False) -> Decision:
    """D-`number`, if the asker may see it here. Raises `NotFound`."""
    found = decisions.by_number(turn.record, number, turn.scope(), for_update=for_update)
    if found is None:
        raise no_such("D", number, "decision")
    return found


def decision_card(turn: Turn, decision: Decision, page: int = 0) -> Card:
    """As its reader sees it in private."""
    blocks, pages = body(turn.record, decision, turn.asker.zone, page)
    mine = turn.asker.seat_in(decision.touchpoint_id)
    proposed = decision.state is DecisionState.PROPOSED
    sign_it = [sign_button(decision)] if proposed and mine in signing.missing(turn.record, decision) else []
    change = (
        [Button(action="decision.edit", label="Edit", value=str(decision.number), opens_form=True)] if proposed else []
    )
    promise = Button(
        action="promise.of_decision", label="Promise", value=str(decision.number), opens_form=True, rare=True
    )
    shared = share_button(turn, "decision.share", str(decision.number))
    return card(f"{decision.ref} {decision.title}", *blocks, buttons=[*sign_it, *change, *pages, *shared, promise])


def body(record: Record, decision: Decision, zone: str, page: int = 0) -> tuple[list[Block], list[Button]]:
    """What was decided, why, by whom, and how it stands."""
    recorder = people.called(record, decision.recorded_by_id)
    facts = [
        ("State", standing(record, decision)),
        ("Theme", decision.theme.label),
        ("Owner", decision.owner),
        ("Review", decision.review_on.isoformat() if decision.review_on else ""),
        ("Recorded", f"{day(decision.recorded_at, zone)} by {recorder}"),
    ]
    text, pages = paged("Rationale", decision.rationale, page, action="decision.page", value=str(decision.number))
    question: list[Block] = [Paragraph(decision.question)] if decision.question else []
    return [*question, *text, Facts(tuple((name, value) for name, value in facts if value))], pages


def day(instant: datetime, zone: str) -> str:
    """A day with its year, for a log that is read years later."""
    return f"{local_day(instant, zone or 'UTC')} {instant.year}"


def edit(turn: Turn, value: str) -> Replies:
    """The form to change a proposed text."""
    return [OpenForm(form=decision_form(turn, {"number": value}))]


def of_item(turn: Turn, value: str) -> Replies:
    """The form, pre-filled from the line that is being talked about."""
    return [OpenForm(form=decision_form(turn, {"item": value}))]


def decision_form(turn: Turn, context: Mapping[str, str]) -> Form:
    """New, from an agenda line, or a proposed one to be changed."""
    title, question, rationale, owner, review, theme = "", "", "", "", "", Theme.OPERATIONS
    if "number" in context:
        old = theirs_by(turn, number_of(context["number"], "D", "decision"))
        old.require_open()
        title, question, rationale = old.title, old.question, old.rationale[:TEXT_LIMIT]
        owner, theme, review = old.owner, old.theme, old.review_on.isoformat() if old.review_on else ""
    elif "item" in context:
        item, _sync = theirs(turn, context["item"])
        title, rationale, theme = item.title, item.detail[:TEXT_LIMIT], item.theme
    return Form(
        form_id="decision",
        title="Edit decision" if "number" in context else "Record decision",
        intro="A changed text needs both keys anew."
        if "number" in context
        else "Yours is the first key; the other is asked for.",
        fields=(
            Text(name="title", label="What is decided", value=title, limit=TITLE_LIMIT),
            Text(name="question", label="The question it answers", value=question, limit=TEXT_LIMIT, required=False),
            Text(name="rationale", label="Why", value=rationale, multiline=True, limit=TEXT_LIMIT, required=False),
            theme_choice(theme),
            Text(name="owner", label="Owner", value=owner, limit=TITLE_LIMIT, required=False),
            Date(name="review_on", label="Review on", value=review, required=False),
        ),
        context=context,
    )


def submitted(turn: Turn, submission: Submission) -> Replies:
    """Recorded, or changed; either way this principal's key is on the text as it now stands."""
    context = submission.context
    if "number" in context:
        decision = theirs_by(turn, number_of(context["number"], "D", "decision"), for_update=True)
        decision.require_open()
        fill(decision, submission)
        turn.record.session.flush()
        keys.void(turn.record, decision)
        decisions.index(turn.record, decision)
        audit.append(turn.record, "decision.edited", decision=decision.number, text=decision.text_hash)
        turn_key(turn, decision)
        ask_for_keys(turn, decision)
        source_settled(turn.record, Source.DECISION_KEY, decision.key)
        return [CloseForm(), Answer(card=decision_card(turn, decision))]
    item, sync = theirs(turn, context["item"]) if "item" in context else (None, None)
    decision = new(turn, sync.touchpoint_id if sync else turn.touchpoint_id())
    fill(decision, submission)
    if item and sync:
        decision.item_id, decision.sync_id, decision.source_link = item.key, sync.key, item.source_link
        if sync.allows(Act.SETTLE, turn.now) and item.outcome is Outcome.OPEN:
            settle(turn.record, sync, item, Outcome.DISCUSSED)
    record(turn, decision)
    return [CloseForm(), Answer(card=decision_card(turn, decision))]


def fill(decision: Decision, submission: Submission) -> None:
    """From the form. Raises `BadInput` beside the field."""
    title = short_text(submission, "title", TITLE_LIMIT)
    if not title:
        raise BadInput("A decision needs a text.", fields={"title": "Say in one line what is decided."})
    kept = decision.rationale[TEXT_LIMIT:]  # What lies behind the part that a dialog can show was not touched.
    decision.title = title
    decision.question = short_text(submission, "question", TEXT_LIMIT)
    decision.rationale = short_text(submission, "rationale", TEXT_LIMIT) + kept
    decision.theme = one_of(submission, "theme", Theme, decision.theme)
    decision.owner = short_text(submission, "owner", TITLE_LIMIT)
    decision.review_on = date_in(submission, "review_on")


def draw_key(record: Record, owed: Owed) -> Card | None:
    """In the direct chat of a principal whose key is missing."""
    decision = rows.get(record, Decision, owed.subject_id)
    touchpoint = rows.get(record, Touchpoint, decision.touchpoint_id)
    today = local_date(record.now, touchpoint.zone)
    seat = absences.seat_of(record, touchpoint, owed.person_id or 0, today=today)
    person = rows.get(record, people.Person, owed.person_id or 0)
    blocks, _pages = body(record, decision, person.zone or touchpoint.zone)
    wanted = seat in signing.missing(record, decision) and decision.state is DecisionState.PROPOSED
    title = f"Your key is asked for: {decision.ref} {decision.title}" if wanted else f"{decision.ref} {decision.title}"
    return card(title, *blocks, buttons=[sign_button(decision)] if wanted else [])


def ask_key(record: Record, nudge: Nudge) -> Asked | None:
    """A reminder of a key that has been missing for some days; once for each text."""
    decision = rows.get(record, Decision, nudge.subject_id)
    touchpoint = rows.get(record, Touchpoint, decision.touchpoint_id)
    title = f"{decision.ref} {decision.title}"
    if decision.state is not DecisionState.PROPOSED or touchpoint.seat_of(nudge.person_id) not in signing.missing(
        record, decision
    ):
        return Asked(title=title, detail=standing(record, decision), open=False)
    since = f"Since {local_day(decision.recorded_at, touchpoint.zone)}, by {people.called(record, decision.recorded_by_id)}."
    show = Button(action="decision.page", label="Read it", value=f"0|{decision.number}")
    return Asked(title=f"Your key is missing: {title}", detail=since, buttons=(sign_button(decision), show))


NOUN = Noun(
    name="decision",
    summary="What both of you agreed, word for word. A decision stands when CIO and CISO have each turned their key on it.",
    commands=(
        Command(words=("decision", "add"), argument="[title]", summary="Record a decision", handle=add, writes=True),
    ),
    buttons={
        "decision.sign": Press(handle=sign, writes=True),
        "decision.edit": Press(handle=edit),
        "decision.of_item": Press(handle=of_item),
    },
    forms={"decision": FormKind(build=decision_form, submit=submitted)},
    cards={"key": draw_key},
    asks={NudgeKind.KEY: ask_key},
)
