"""The review of an agreed decision: confirmed with one tap, or revised or withdrawn by a decision of its own."""

from collections.abc import Mapping
from datetime import date

from agenda.decisions import A_YEAR
from agenda.errors import BadInput, NotNow
from agenda.items import Source
from agenda.recurrence import local_date
from agenda.roles import Right
from bot.cards import Button, Card, Note, Paragraph, card
from bot.editing import guarded
from bot.forms import Date, Form
from bot.handlers.decisions.cards import long_day
from bot.handlers.decisions.standing import named, redraw
from bot.packets import source_settled
from bot.reading import date_in
from bot.replies import Answer, CloseForm
from bot.turns import Noun, Press, Replies, Submission, Turn
from storage import audit, people, reviews, rows
from storage.decisions import Decision
from storage.reviews import Verdict
from storage.touchpoints import Touchpoint

MOST_YEARS = 10


def confirm(turn: Turn, value: str) -> Replies:
    """D8: it stands as it is; its next review comes after as long again. Pressed by both, done once."""
    number, _bar, shown = value.partition("|")
    decision = named(turn, number, for_update=True)
    decision.require_agreed()
    require_unanswered(turn, decision, shown)
    today, since = today_of(turn, decision), decision.reviewed_at or decision.agreed_at or turn.now
    zone = rows.get(turn.record, Touchpoint, decision.touchpoint_id).zone
    following = decision.following_review(local_date(since, zone), today)
    decision.confirm(following, turn.now)
    reviews.add(turn.record, decision.key, turn.asker.person_id, Verdict.CONFIRMED, following)
    audit.append(turn.record, "decision.confirmed", decision=decision.number, next=following.isoformat())
    reviewed(turn, decision)
    return [Answer(card=confirmed_card(decision), replaces=not turn.on_delivery())]


def today_of(turn: Turn, decision: Decision) -> date:
    """Where its touchpoint is."""
    return local_date(turn.now, rows.get(turn.record, Touchpoint, decision.touchpoint_id).zone)


def require_unanswered(turn: Turn, decision: Decision, shown: str) -> None:
    """Raises `NotNow` where the review that the card showed has been answered."""
    if shown == str(decision.next_review_on):
        return
    found = reviews.of_decision(turn.record, decision.key)
    by = f" by {people.called(turn.record, found[-1].person_id)}" if found else ""
    raise NotNow(
        f"{decision.ref} was confirmed already{by}.", f"Its next review: {long_day(decision.next_review_on) or 'none'}."
    )


def reviewed(turn: Turn, decision: Decision) -> None:
    """Whatever shows it, or asks for its review, follows."""
    turn.record.session.flush()
    redraw(turn.record, decision)
    source_settled(turn.record, Source.DECISION_REVIEW, decision.key)


def confirmed_card(decision: Decision) -> Card:
    """When it comes up next."""
    other = Button(
        action="decision.review_on", label="Other date", value=str(decision.number), opens_form=True, rare=True
    )
    nexts = Note(f"Next review: {long_day(decision.next_review_on)}.")
    return card(f"{decision.ref} is confirmed", Paragraph(decision.title), nexts, buttons=[other])


def date_form(turn: Turn, context: Mapping[str, str]) -> Form:
    """When instead?"""
    decision = named(turn, context.get("number", ""))
    decision.require_agreed()
    return Form(
        form_id="decision_review",
        title="Next review",
        intro=f"{decision.ref} {decision.title}",
        fields=(Date(name="review_on", label="Review on", value=str(decision.next_review_on or "")),),
        context=context,
    )


def dated(turn: Turn, submission: Submission) -> Replies:
    """The next review comes on that day."""
    decision = named(turn, submission.context.get("number", ""), for_update=True)
    decision.require_agreed()
    chosen = day_ahead(turn, decision, submission)
    decision.next_review_on = chosen
    found = reviews.of_decision(turn.record, decision.key)
    if found and found[-1].verdict is Verdict.CONFIRMED:
        found[-1].next_on = chosen
    audit.append(turn.record, "decision.review_moved", decision=decision.number, next=chosen.isoformat())
    reviewed(turn, decision)
    return [CloseForm(), Answer(card=confirmed_card(decision))]


def day_ahead(turn: Turn, decision: Decision, submission: Submission) -> date:
    """The day that was chosen. Raises `BadInput` beside the field."""
    chosen, today = date_in(submission, "review_on"), today_of(turn, decision)
    wrong = ""
    if chosen is None or chosen <= today:
        wrong = "Choose a day that is ahead."
    elif chosen > today + MOST_YEARS * A_YEAR:
        wrong = f"That is more than {MOST_YEARS} years ahead."
    if chosen is None or wrong:
        raise BadInput("Please look at what is marked.", fields={"review_on": wrong})
    return chosen


DATE = guarded(date_form, dated, lambda turn, context: named(turn, context.get("number", "")), right=Right.RUN)

NOUN = Noun(
    name="decision reviews",
    summary="When its review comes due, an agreed decision stands on the agenda: confirm, revise or withdraw it.",
    buttons={
        "decision.confirm": Press(handle=confirm, writes=True),
        "decision.review_on": DATE.opened_by(),
    },
    forms={"decision_review": DATE},
)
