"""Living with a risk for a while: asked for with the reason and the last day, changed, and signed by both.

The rules are `agenda.acceptances`; how one ends is `acceptance_ends`, and what follows from other changes `bot.accepting`.
"""

from collections.abc import Mapping
from datetime import date, timedelta

from agenda.acceptances import AcceptanceState, wrong_last_day
from agenda.errors import BadInput, NotAllowed, NotNow
from agenda.items import Source
from agenda.recurrence import local_date
from agenda.roles import Right
from bot import accepting, signing
from bot.accepting import KEY_CARD
from bot.cards import card
from bot.editing import guarded
from bot.forms import Date, Form, Text
from bot.handlers.risks.acceptance_cards import (
    SIGN,
    acceptance_card,
    draw_key,
    may_change,
    title_of,
)
from bot.handlers.risks.cards import level_text
from bot.handlers.risks.risks import follow, theirs_by
from bot.packets import source_settled
from bot.reading import date_in, no_such, number_of, pair_in
from bot.reasons import reason_in
from bot.replies import Answer, CloseForm, OpenForm
from bot.turns import Command, FormKind, Noun, Press, Replies, Submission, Turn
from storage import acceptances, audit, keys, policies, risks, rows
from storage.acceptances import Acceptance
from storage.risks import RiskItem
from storage.touchpoints import Touchpoint

WHY_LIMIT = 1500  # characters: so that what is signed is always shown whole


def ask(turn: Turn, typed: str) -> Replies:
    """`risk accept R-7`: the form. For one that is accepted already it is a renewal."""
    return [OpenForm(form=ask_form(turn, {"risk": typed}))]


def ask_form(turn: Turn, context: Mapping[str, str]) -> Form:
    """Why it may be lived with, and until when; as it was said before, where it is said again."""
    risk = to_be_accepted(turn, context)
    before = acceptances.in_state(turn.record, risk.key, AcceptanceState.ACCEPTED)
    last = today(turn, risk.touchpoint_id) + timedelta(days=policies.of(turn.record).longest_acceptance)
    old = before or next(iter(acceptances.of_risk(turn.record, risk.key)), None)
    seated = turn.asker.seat_in(risk.touchpoint_id) is not None
    whose = "Your key is turned with it, the other one is asked for." if seated else "Both keys are asked for."
    return form_of(
        turn,
        risk,
        context,
        title="Renew the acceptance" if before else "Accept risk",
        intro=f"It is a new acceptance, with its own keys. {whose}" if before else whose,
        justification=old.justification if old else "",
        until=last,
    )


def form_of(
    turn: Turn, risk: RiskItem, context: Mapping[str, str], *, title: str, intro: str, justification: str, until: date
) -> Form:
    """What is signed: the risk as it stands, and these two."""
    policy = policies.of(turn.record)
    return Form(
        form_id="acceptance_change" if "number" in context else "acceptance",
        title=title,
        intro=f"{risk.ref} {risk.title}: {level_text(risk, policy)}. {intro}",
        fields=(
            Text(
                name="justification",
                label="Why we can live with it",
                value=justification,
                multiline=True,
                limit=WHY_LIMIT,
            ),
            Date(
                name="until",
                label="Last day",
                value=until.isoformat(),
                hint=f"At most {policy.longest_acceptance} days ahead. After it the risk is open again.",
            ),
        ),
        submit="Save" if "number" in context else "Ask for keys",
        context=context,
    )


def to_be_accepted(turn: Turn, context: Mapping[str, str], *, for_update: bool = False) -> RiskItem:
    """A standing risk for which no acceptance is asked yet. Raises `NotFound`, `NotNow`."""
    number = number_of(context.get("risk", ""), "R", "risk")
    risk = theirs_by(turn, number, for_update=for_update)
    turn.require(risk.touchpoint_id)
    risk.require_standing()
    one = acceptances.in_state(turn.record, risk.key, AcceptanceState.PROPOSED)
    if one:
        waits = signing.waits_for(turn.record, one)
        raise NotNow(f"It is asked for already, and {waits}.", f"“risk show {risk.ref}” leads to it.")
    return risk


def asked(turn: Turn, submission: Submission) -> Replies:
    """C1: the requester's own key is turned, if they have one; the others are asked for theirs."""
    risk = to_be_accepted(turn, submission.context, for_update=True)
    before = acceptances.in_state(turn.record, risk.key, AcceptanceState.ACCEPTED)
    one = Acceptance(
        organization_id=turn.record.organization_id,
        touchpoint_id=risk.touchpoint_id,
        risk_id=risk.key,
        requested_by_id=turn.asker.person_id,
        renews_id=before.key if before else None,
        risk_title=risk.title,
        likelihood=risk.likelihood,
        impact=risk.impact,
        justification=reason_in(submission, name="justification", limit=WHY_LIMIT),
        expires_on=last_day_in(turn, submission, risk),
        requested_at=turn.now,
    )
    acceptances.add(turn.record, one)
    audit.append(turn.record, "acceptance.requested", acceptance=one.number, risk=risk.number, text=one.text_hash)
    return [CloseForm(), *asked_of_both(turn, one)]


def asked_of_both(turn: Turn, one: Acceptance) -> Replies:
    """The key of who wrote this text is on it; whose is missing is asked."""
    if turn.asker.seat_in(one.touchpoint_id) is not None:
        signing.turn_key(turn, one)
    accepting.ask_for_keys(turn.record, one)
    source_settled(turn.record, Source.ACCEPTANCE_KEY, one.key)
    return [Answer(card=acceptance_card(turn, one))]


def last_day_in(turn: Turn, submission: Submission, risk: RiskItem) -> date:
    """Ahead, and within the policy. Raises `BadInput` beside the field."""
    day, longest = date_in(submission, "until"), policies.of(turn.record).longest_acceptance
    wrong = wrong_last_day(day, today(turn, risk.touchpoint_id), longest) if day else "Choose the last day."
    if day is None or wrong:
        raise BadInput("Please look at what is marked.", fields={"until": wrong})
    return day


def today(turn: Turn, touchpoint_id: int) -> date:
    """Where the touchpoint is: acceptances end at its midnight."""
    return local_date(turn.now, rows.get(turn.record, Touchpoint, touchpoint_id).zone)


def named(turn: Turn, typed: str, *, for_update: bool = False) -> Acceptance:
    """A-`typed`, if the asker may see it here; with its risk locked where it is about to change. Raises `NotFound`."""
    number = number_of(typed, "A", "risk")
    found = acceptances.by_number(turn.record, number, turn.scope())
    if found is None:
        raise no_such("A", number, "risk")
    turn.require(found.touchpoint_id)
    if for_update:
        risks.locked(turn.record, found.risk_id)
        turn.record.session.refresh(found)
    return found


def proposed(turn: Turn, context: Mapping[str, str], *, for_update: bool = False) -> Acceptance:
    """One that the asker may still change. Raises `NotFound`, `NotAllowed`, `NotNow`."""
    one = named(turn, context.get("number", ""), for_update=for_update)
    one.require_open()
    if not may_change(turn, one):
        raise NotAllowed("Only a principal and whoever asked for it can change this.", "Ask one of them.")
    return one


def show(turn: Turn, value: str) -> Replies:
    """All of it."""
    return [Answer(card=acceptance_card(turn, named(turn, value)))]


def change_form(turn: Turn, context: Mapping[str, str]) -> Form:
    """Another reason, or another last day."""
    one = proposed(turn, context)
    return form_of(
        turn,
        rows.get(turn.record, RiskItem, one.risk_id),
        context,
        title="Change the request",
        intro="A changed text needs both keys anew.",
        justification=one.justification,
        until=one.expires_on,
    )


def change(turn: Turn, submission: Submission) -> Replies:
    """C2."""
    one = proposed(turn, submission.context, for_update=True)
    before = one.text_hash
    one.justification = reason_in(submission, name="justification", limit=WHY_LIMIT)
    one.expires_on = last_day_in(turn, submission, rows.get(turn.record, RiskItem, one.risk_id))
    if one.text_hash == before:
        return [CloseForm(), Answer(card=acceptance_card(turn, one))]
    accepting.text_changed(turn.record, one)
    return [CloseForm(), *asked_of_both(turn, one)]


def sign(turn: Turn, value: str) -> Replies:
    """C3: the asker's key on exactly the text that the card showed. Raises `NotNow`, `NotAllowed`."""
    number, text_hash = pair_in(value)
    one = named(turn, str(number), for_update=True)
    risk = rows.get(turn.record, RiskItem, one.risk_id)
    one.require_open()
    signing.require_same_text(one, text_hash, ref=risk.ref, show="risk show")
    longest = policies.of(turn.record).longest_acceptance
    if wrong := wrong_last_day(one.expires_on, today(turn, one.touchpoint_id), longest):
        raise NotNow(f"Its last day cannot be signed any more. {wrong}", "Press “Change” on the request.")
    signing.turn_key(turn, one)
    if one.accept_if(set(keys.turned(turn.record, one)), turn.now):
        accepted(turn, one, risk)
    accepting.redraw(turn.record, one)
    source_settled(turn.record, Source.ACCEPTANCE_KEY, one.key)
    if turn.on_delivery():
        return [Answer(card=card(f"Your key is turned: {title_of(turn.record, one)}"))]
    return [Answer(card=acceptance_card(turn, one), replaces=turn.where.direct)]


def accepted(turn: Turn, one: Acceptance, risk: RiskItem) -> None:
    """Both keys are on it: what it renews has had its time, and the risk is lived with."""
    renewed = rows.get(turn.record, Acceptance, one.renews_id) if one.renews_id else None
    if renewed and renewed.state is AcceptanceState.ACCEPTED:
        renewed.end(AcceptanceState.RENEWED, turn.now)
        accepting.redraw(turn.record, renewed)
    risk.accept(one.expires_on)
    audit.append(turn.record, "acceptance.accepted", acceptance=one.number, risk=risk.number, text=one.text_hash)
    follow(turn, risk)
    accepting.tell(turn.record, one, but=turn.asker.person_id)


CHANGE = guarded(change_form, change, proposed, right=Right.RAISE)

NOUN = Noun(
    name="acceptance",
    summary="Living with a risk until a day: it takes both keys, and on the day after it the risk is open again.",
    commands=(
        Command(
            words=("risk", "accept"),
            argument="<R-7>",
            summary="Ask both principals to live with a risk until a day",
            handle=ask,
            right=Right.RAISE,
            opens_form=True,
        ),
    ),
    buttons={
        "acceptance.ask": Press(handle=ask, right=Right.RAISE),
        "acceptance.show": Press(handle=show, right=Right.READ),
        "acceptance.change": CHANGE.opened_by(),
        SIGN: Press(handle=sign, writes=True),
    },
    forms={
        "acceptance": FormKind(build=ask_form, submit=asked, right=Right.RAISE),
        "acceptance_change": CHANGE,
    },
    cards={KEY_CARD: draw_key},
)
