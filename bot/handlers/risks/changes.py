"""What becomes of a risk: more is said about it, its level moves, it is closed with a reason."""

from collections.abc import Mapping

from agenda.actions import day_text
from agenda.errors import BadInput
from agenda.items import TITLE_LIMIT
from agenda.policy import PolicyFields
from agenda.references import references_in
from agenda.roles import Right
from bot import accepting
from bot.editing import guarded
from bot.forms import AnyField, Choice, Date, Form, Option, Text
from bot.handlers.risks.cards import level_text, risk_card
from bot.handlers.risks.risks import answered, changed, follow, scales, standing, steps
from bot.reading import date_in, number_of, scale_in, short_text
from bot.reasons import reason_field, reason_form, reason_in
from bot.replies import Answer, CloseForm, OpenForm
from bot.turns import Command, FormKind, Noun, Replies, Submission, Turn
from storage import audit, policies
from storage.risks import RiskItem

CONTROLS_LIMIT, WHY_LIMIT = 2000, 500
UNSAID = "0"  # A platform's choice cannot be emptied again, so that is an option too.


def more_form(turn: Turn, context: Mapping[str, str]) -> Form:
    """What is worth knowing of a risk that stays: where it came from, where it goes, what holds it down."""
    risk, policy = standing(turn, context), policies.of(turn.record)
    return Form(
        form_id="risk_more",
        title="More about the risk",
        intro=f"{risk.ref} {risk.title}: {level_text(risk, policy)}.",
        fields=(
            Date(
                name="due_on",
                label="Treatment done by",
                value=risk.due_on.isoformat() if risk.due_on else "",
                required=False,
            ),
            *unsaid_scales(policy, "target", "once it is treated", risk.target_likelihood, risk.target_impact),
            *unsaid_scales(policy, "inherent", "before any control", risk.inherent_likelihood, risk.inherent_impact),
            Text(
                name="controls",
                label="Controls",
                value=risk.controls,
                hint="What holds it down already.",
                multiline=True,
                limit=CONTROLS_LIMIT,
                required=False,
            ),
            Text(
                name="links",
                label="Links",
                value=risk.links,
                hint="A line each: https://…, with words beside it if you like, or a ticket’s name.",
                multiline=True,
                limit=CONTROLS_LIMIT,
                required=False,
            ),
            Text(name="source", label="Source", value=risk.source, hint="Audit, incident …", required=False),
        ),
        context=context,
    )


def unsaid_scales(
    policy: PolicyFields, name: str, when: str, likelihood: int | None, impact: int | None
) -> list[AnyField]:
    """Two scales on which nothing need be said."""
    scale = (("likelihood", policy.likelihoods, likelihood), ("impact", policy.impacts, impact))
    return [
        Choice(
            name=f"{name}_{what}",
            label=f"{what.capitalize()} {when}",
            options=(Option(UNSAID, "not said"), *steps(labels)),
            value=str(step or UNSAID),
            required=False,
        )
        for what, labels, step in scale
    ]


def more_submitted(turn: Turn, submission: Submission) -> Replies:
    """Kept. Raises `BadInput` beside the field."""
    risk = standing(turn, submission.context, for_update=True)
    risk.inherent_likelihood, risk.inherent_impact = both_or_none(submission, "inherent")
    risk.target_likelihood, risk.target_impact = both_or_none(submission, "target")
    risk.due_on = date_in(submission, "due_on")
    risk.controls, risk.links = short_text(submission, "controls", CONTROLS_LIMIT), links_in(submission)
    risk.source = short_text(submission, "source", TITLE_LIMIT)
    audit.append(turn.record, "risk.edited", risk=risk.number, level=risk.level)
    return answered(turn, changed(turn, risk))


def both_or_none(submission: Submission, name: str) -> tuple[int | None, int | None]:
    """A likelihood and an impact, or neither. Raises `BadInput` beside the field that is missing."""
    fields = [f"{name}_likelihood", f"{name}_impact"]
    said = [field for field in fields if submission.text(field) not in {"", UNSAID}]
    if not said:
        return None, None
    if len(said) == 1:
        missing = next(field for field in fields if field not in said)
        raise BadInput("A level has two halves.", fields={missing: "Say both, or neither."})
    return scale_in(submission, fields[0]), scale_in(submission, fields[1])


def links_in(submission: Submission) -> str:
    """A line each. Raises `BadInput` beside the field for an address that is not https."""
    typed = short_text(submission, "links", CONTROLS_LIMIT)
    try:
        references_in(typed)
    except BadInput as wrong:
        raise BadInput("Please look at what is marked.", fields={"links": str(wrong)}) from wrong
    return typed


def level_form(turn: Turn, context: Mapping[str, str]) -> Form:
    """What a sync comes to: two choices, and why."""
    risk, policy = standing(turn, context), policies.of(turn.record)
    until = f" It is accepted until {day_text(risk.accepted_until, turn.now.date())}." if risk.accepted_until else ""
    return Form(
        form_id="risk_level",
        title="New level",
        intro=f"{risk.ref} {risk.title}: {level_text(risk, policy)}.{until}",
        fields=(
            *scales(policy, risk),
            Text(name="because", label="Why", limit=WHY_LIMIT, required=False),
        ),
        context=context,
    )


def level_submitted(turn: Turn, submission: Submission) -> Replies:
    """Kept in its history. Raises `BadInput` for the level that it has."""
    risk = standing(turn, submission.context, for_update=True)
    before = (risk.likelihood, risk.impact)
    because = short_text(submission, "because", WHY_LIMIT)
    risk.likelihood, risk.impact = scale_in(submission, "likelihood"), scale_in(submission, "impact")
    if before == (risk.likelihood, risk.impact):
        raise BadInput("That is its level already.", fields={"likelihood": "Choose another step here or below."})
    audit.append(turn.record, "risk.edited", risk=risk.number, level=risk.level)
    return answered(turn, changed(turn, risk, before, because))


def close(turn: Turn, typed: str) -> Replies:
    """`risk close R-7 the old VPN is switched off`; without a reason, a form asks for it."""
    ref, _space, because = typed.partition(" ")
    number = {"number": str(number_of(ref, "R", "risk"))}
    if not because.strip():
        return [OpenForm(form=close_form(turn, number))]
    return closed(turn, standing(turn, number, for_update=True), because.strip())


def closed(turn: Turn, risk: RiskItem, because: str) -> Replies:
    """R4, R5: closed, and why; what was accepted or asked for ends with it."""
    accepting.follow_close(turn.record, risk)
    risk.close(because, turn.now)
    audit.append(turn.record, "risk.closed", risk=risk.number)
    follow(turn, risk)
    return [Answer(card=risk_card(turn, risk))]


def close_form(turn: Turn, context: Mapping[str, str]) -> Form:
    """Why is it no risk any more?"""
    risk = standing(turn, context)
    why = reason_field("Why is it no risk any more?")
    return reason_form("risk_close", "Close risk", f"{risk.ref} {risk.title}", context, field=why)


def close_submitted(turn: Turn, submission: Submission) -> Replies:
    """Closed by form."""
    because = reason_in(submission, mend="Say in a line why it is no risk any more.")
    return [CloseForm(), *closed(turn, standing(turn, submission.context, for_update=True), because)]


MORE = guarded(more_form, more_submitted, standing, right=Right.RUN)
LEVEL = guarded(level_form, level_submitted, standing, right=Right.RUN)
CLOSE = FormKind(build=close_form, submit=close_submitted)

NOUN = Noun(
    name="risk changes",
    summary="More about it, another level, or the end of it, on the risk’s own card.",
    commands=(
        Command(
            words=("risk", "close"),
            argument="<R-7 reason>",
            summary="Close a risk and say why",
            handle=close,
            writes=True,
            opens_form=True,
        ),
    ),
    buttons={"risk.more": MORE.opened_by(), "risk.level": LEVEL.opened_by(), "risk.close": CLOSE.opened_by()},
    forms={"risk_more": MORE, "risk_level": LEVEL, "risk_close": CLOSE},
)
