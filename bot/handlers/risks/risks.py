"""Risks: raised in a line or by a form, and changed.

What else becomes of one stands in `risk_changes`, how it looks in `risk_cards`, how they are listed in `risk_log`, and how one
is accepted in `acceptances`.
"""

from collections.abc import Mapping
from dataclasses import replace

from agenda.errors import BadInput
from agenda.items import TITLE_LIMIT, Source, title_and_detail
from agenda.policy import PolicyFields
from agenda.risks import RiskState, Treatment
from agenda.roles import Right
from agenda.themes import Theme
from bot import accepting, threats
from bot.cards import Block, Note
from bot.editing import guarded
from bot.forms import TEXT_LIMIT, Choice, Date, Form, Option, Text
from bot.handlers.agenda.items import theirs
from bot.handlers.risks.cards import redraw, risk_card
from bot.packets import source_settled
from bot.picking import OWNER_HINT, owner_in
from bot.placing import placed
from bot.reading import date_in, link_in, number_of, one_of, scale_in, seen, short_text, theme_choice
from bot.replies import Answer, CloseForm, OpenForm
from bot.turns import Command, FormKind, Noun, Replies, Submission, Turn
from storage import audit, initiatives, policies, risks
from storage.risks import RiskItem


def add(turn: Turn, text: str) -> Replies:
    """With a title behind it, it is raised at once at medium level; without one, the form opens."""
    if not text:
        return [OpenForm(form=turn.registry.forms["risk"].build(turn, {}))]
    risk = new(turn, turn.touchpoint_id())
    risk.title, risk.description = title_and_detail(text)
    return [Answer(card=risk_card(turn, keep(turn, risk), is_new=True))]


def new(turn: Turn, touchpoint_id: int) -> RiskItem:
    """An empty one of this asker's."""
    return RiskItem(
        title="",
        raised_at=turn.now,
        organization_id=turn.record.organization_id,
        touchpoint_id=touchpoint_id,
        raised_by_id=turn.asker.person_id,
    )


def begun(turn: Turn, context: Mapping[str, str]) -> RiskItem:
    """A new one: with the words of the line or the threat that is talked about, or with the link of somebody’s message."""
    if "threat" in context:
        one, touchpoint = threats.named(turn, context["threat"])
        risk = new(turn, touchpoint.key)
        threats.fill_risk(turn, risk, one, touchpoint)
        return risk
    if "initiative" in context:
        return begun_of(turn, context["initiative"])
    if "item" not in context:
        risk = new(turn, turn.touchpoint_id())
        risk.source_link = link_in(context)
        return risk
    item, sync = theirs(turn, context["item"])
    risk = new(turn, sync.touchpoint_id)
    risk.title, risk.description, risk.theme = item.title, item.detail, item.theme
    risk.source_link = item.source_link
    return risk


def begun_of(turn: Turn, typed: str) -> RiskItem:
    """A new one that comes from I-3. Raises `NotFound`."""
    initiative = seen(turn, number_of(typed, "I", "initiative"), "I", "initiative", initiatives.by_number)
    risk = new(turn, initiative.touchpoint_id)
    risk.theme, risk.source = Theme.STRATEGY, f"{initiative.ref} {initiative.title}"[:TITLE_LIMIT]
    return risk


def keep(turn: Turn, risk: RiskItem) -> RiskItem:
    """R1: in the register from now on."""
    risks.add(turn.record, risk)
    audit.append(turn.record, "risk.raised", risk=risk.number, level=risk.level)
    return risk


def theirs_by(turn: Turn, number: int, *, for_update: bool = False) -> RiskItem:
    """R-`number`, if the asker may see it here. Raises `NotFound`."""
    return seen(turn, number, "R", "risk", risks.by_number, for_update=for_update)


def standing(turn: Turn, context: Mapping[str, str], *, for_update: bool = False) -> RiskItem:
    """The one that a form or a button names, if it is not closed and the asker may change it here. Raises `NotFound`,
    `NotAllowed`, `NotNow`.
    """
    number = number_of(context.get("number", ""), "R", "risk")
    risk = theirs_by(turn, number, for_update=for_update)
    turn.require(risk.touchpoint_id, Right.RUN)
    risk.require_standing()
    return risk


def risk_form(turn: Turn, context: Mapping[str, str]) -> Form:
    """New, or one to be changed: what fits a phone. The rest is in the next form."""
    known = "number" in context
    old = standing(turn, context) if known else begun(turn, context)
    return Form(
        form_id="risk",
        title="Edit risk" if known else "Raise a risk",
        fields=(
            Text(name="title", label="What could happen", value=old.title, limit=TITLE_LIMIT),
            Text(
                name="description",
                label="Details",
                value=old.description[:TEXT_LIMIT],
                multiline=True,
                limit=TEXT_LIMIT,
                required=False,
            ),
            *scales(policies.of(turn.record), old),
            Choice(
                name="treatment",
                label="Treatment",
                hint="To accept it takes both keys: you are led there.",
                options=tuple(Option(t.value, t.value.capitalize()) for t in Treatment),
                value=old.treatment.value,
            ),
            theme_choice(old.theme),
            Text(name="owner", label="Owner", hint=OWNER_HINT, value=old.owner, limit=TITLE_LIMIT, required=False),
            Date(
                name="review_on",
                label="Review on",
                value=old.review_on.isoformat() if old.review_on else "",
                required=False,
            ),
        ),
        context=context,
    )


def scales(policy: PolicyFields, risk: RiskItem) -> tuple[Choice, Choice]:
    """How likely and how bad it is now, in the organization's own words."""
    return (
        Choice(name="likelihood", label="Likelihood", options=steps(policy.likelihoods), value=str(risk.likelihood)),
        Choice(name="impact", label="Impact", options=steps(policy.impacts), value=str(risk.impact)),
    )


def steps(labels: list[str]) -> tuple[Option, ...]:
    """`4 · high`."""
    return tuple(Option(str(step), f"{step} · {label}") for step, label in enumerate(labels, 1))


def submitted(turn: Turn, submission: Submission) -> Replies:
    """Raised, or changed."""
    if "number" not in submission.context:
        risk = begun(turn, submission.context)
        fill(turn, risk, submission)
        keep(turn, risk)
        threats.linked(turn, submission.context, risk_id=risk.key)
        return answered(turn, risk)
    risk = standing(turn, submission.context, for_update=True)
    before = (risk.likelihood, risk.impact)
    fill(turn, risk, submission)
    audit.append(turn.record, "risk.edited", risk=risk.number, level=risk.level)
    return answered(turn, changed(turn, risk, before))


def answered(turn: Turn, risk: RiskItem) -> Replies:
    """The risk's card; what was only meant to be accepted is led there."""
    meant = risk.treatment is Treatment.ACCEPT and risk.state is RiskState.OPEN
    said: list[Block] = [Note("To accept it takes both keys. “Accept risk” asks for them.")] if meant else []
    return [CloseForm(), Answer(card=risk_card(turn, risk, 0, *said))]


def changed(turn: Turn, risk: RiskItem, before: tuple[int, int] | None = None, because: str = "") -> RiskItem:
    """Whatever shows it, finds it or was signed about it follows; somebody has acted. `before`: its likelihood and impact."""
    record, me = turn.record, turn.asker.person_id
    if before and before != (risk.likelihood, risk.impact):
        risks.remember_level(record, risk, me, because)
    risk.reopened_at = None
    accepting.follow_edit(record, risk, by=me)
    follow(turn, risk)
    return risk


def follow(turn: Turn, risk: RiskItem) -> None:
    """The index, the cards and the agenda."""
    turn.record.session.flush()
    risks.index(turn.record, risk)
    redraw(turn.record, risk)
    source_settled(turn.record, Source.RISK_GAP, risk.key)


def fill(turn: Turn, risk: RiskItem, submission: Submission) -> None:
    """From the form. Raises `BadInput` beside the field."""
    title = short_text(submission, "title", TITLE_LIMIT)
    if not title:
        raise BadInput("A risk needs a title.", fields={"title": "Say in one line what could happen."})
    treatment = one_of(submission, "treatment", Treatment, risk.treatment)
    if risk.state is RiskState.ACCEPTED and treatment is not Treatment.ACCEPT:
        why = "It is accepted. Press “Revoke” on its card first, and say why."
        raise BadInput("Please look at what is marked.", fields={"treatment": why})
    kept = risk.description[TEXT_LIMIT:]  # What lies behind the part that a dialog can show was not touched.
    risk.title, risk.description = title, short_text(submission, "description", TEXT_LIMIT) + kept
    risk.likelihood, risk.impact = scale_in(submission, "likelihood"), scale_in(submission, "impact")
    risk.treatment, risk.theme = treatment, one_of(submission, "theme", Theme, risk.theme)
    risk.owner, risk.review_on = owner_in(turn, submission), date_in(submission, "review_on")


FORM: FormKind = guarded(risk_form, submitted, standing, right=Right.RAISE)


NOUN = Noun(
    name="risk",
    summary="What could go wrong, how badly, and what is done about it. Open risks stand on every agenda.",
    commands=(
        Command(
            words=("risk", "add"),
            argument="[title]",
            summary="Raise a risk",
            handle=add,
            writes=True,
            right=Right.RAISE,
            opens_form=True,
        ),
    ),
    buttons={
        "risk.edit": replace(FORM.opened_by(), right=Right.RUN),
        "risk.of_item": FORM.opened_by("item"),
        "risk.of_initiative": FORM.opened_by("initiative"),
    },
    forms={"risk": placed(FORM)},
)
