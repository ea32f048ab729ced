"""What the organization has laid down about risks, and this touchpoint about keys. Only the principals themselves change it.

It says what needs two keys, so each change is told to everybody concerned where they meet, with what it was before.
"""

from collections.abc import Mapping
from functools import partial

from agenda.errors import BadInput
from agenda.money import currency_in, in_money
from agenda.policy import labels_in, wrong_labels
from agenda.risks import HIGHEST
from agenda.roles import Right
from agenda.themes import Theme
from bot import telling
from bot.cards import Button, Card, Facts, Note, Paragraph, card
from bot.editing import guarded
from bot.forms import Choice, Form, Number, Option, Text
from bot.handlers.investment.fields import money_field, money_in, noted
from bot.reading import key_in
from bot.replies import Answer, CloseForm
from bot.turns import Command, Noun, Replies, Submission, Turn
from storage import audit, people, policies, rows, touchpoints
from storage.deliveries import Owed
from storage.policies import Policy
from storage.rows import Row
from storage.touchpoints import Touchpoint
from storage.unit_of_work import Record

LONGEST_ACCEPTANCE = 3650  # days
LABELS_LIMIT = 200
TOLD = "policy"


def show(turn: Turn, _argument: str) -> Replies:
    """As it is."""
    return [Answer(card=policy_card(turn.record, turn.touchpoint()))]


def policy_card(record: Record, touchpoint: Touchpoint) -> Card:
    """The organization's, and this touchpoint's."""
    change = Button(action="policy.change", label="Change", value=str(touchpoint.key), opens_form=True)
    blocks = (Facts(tuple(said(policies.of(record), touchpoint).items())), Note("A change is told where you two meet."))
    return card("Policy", *blocks, buttons=[change])


def said(policy: Policy, touchpoint: Touchpoint) -> dict[str, str]:
    """Everything that can be laid down, in words."""
    themes = [theme.label for theme in Theme if touchpoint.allows_one_key(theme)]
    return {
        "Appetite": f"{policy.appetite} of {HIGHEST}: a higher level is marked",
        "Likelihood": ", ".join(policy.likelihoods),
        "Impact": ", ".join(policy.impacts),
        "Longest acceptance": f"{policy.longest_acceptance} days",
        "Currency": policy.currency or "not said",
        "Loss appetite": f"a year in twenty may cost more than {in_money(policy.loss_appetite, policy.currency)}"
        if policy.loss_appetite is not None
        else "not said",
        "One key is enough": ", ".join(themes) if themes else "nowhere: every decision takes both keys",
    }


def principals(turn: Turn, context: Mapping[str, str]) -> Touchpoint:
    """The touchpoint, if the asker is one of its two. Raises `NotAllowed`."""
    return turn.require(key_in(context.get("touchpoint", "")))


def policy_form(turn: Turn, context: Mapping[str, str]) -> Form:
    """As it is now."""
    touchpoint, policy = principals(turn, context), policies.of(turn.record)
    return Form(
        form_id="policy",
        title="Policy",
        intro="All but the last are for the whole organization, the last one for this touchpoint.",
        fields=(
            Number(
                name="appetite",
                label="Appetite: the highest level that needs no attention",
                hint="Likelihood times impact, 1 to 25. Above it, a risk is marked.",
                value=str(policy.appetite),
                least=1,
                most=HIGHEST,
            ),
            labels_field("likelihood_labels", "Likelihood, lowest first", policy.likelihoods),
            labels_field("impact_labels", "Impact, lowest first", policy.impacts),
            Number(
                name="longest_acceptance",
                label="Longest acceptance (days)",
                hint="What is accepted already keeps its last day.",
                value=str(policy.longest_acceptance),
                least=1,
                most=LONGEST_ACCEPTANCE,
            ),
            Text(
                name="currency",
                label="Currency",
                value=policy.currency,
                hint="Its three letters, such as EUR or USD. Another one converts nothing.",
                limit=3,
                required=False,
            ),
            money_field(
                "loss_appetite",
                "Loss appetite: what a year may cost",
                policy.currency,
                policy.loss_appetite,
                hint="A year in twenty at most may cost more. Empty: not said.",
            ),
            Choice(
                name="one_key_themes",
                label="Decisions that one key may make binding",
                options=tuple(Option(theme.value, theme.label) for theme in Theme),
                value=tuple(theme.value for theme in Theme if touchpoint.allows_one_key(theme)),
                several=True,
                required=False,
            ),
        ),
        context=context,
    )


def labels_field(name: str, label: str, labels: list[str]) -> Text:
    """Five names, a line each."""
    hint = "Five names, a line each, at most 20 characters."
    return Text(name=name, label=label, value="\n".join(labels), hint=hint, multiline=True, limit=LABELS_LIMIT)


def submitted(turn: Turn, submission: Submission) -> Replies:
    """From now on, and said to everybody concerned."""
    touchpoint, policy = principals(turn, submission.context), policies.of(turn.record)
    before, old_themes = said(policy, touchpoint), touchpoint.one_key_themes
    fill(policy, touchpoint, submission)
    after = said(policy, touchpoint)
    policies.keep(turn.record, policy)
    changes = [f"{name}: {before[name]} → {after[name]}" for name in after if before[name] != after[name]]
    if changes:
        facts = {"appetite": policy.appetite, "longest_acceptance": policy.longest_acceptance}
        facts |= {"loss_appetite": policy.loss_appetite} if policy.loss_appetite is not None else {}
        themes = touchpoint.one_key_themes
        audit.append(turn.record, "policy.changed", touchpoint=touchpoint.key, one_key_themes=themes, **facts)
        tell(turn, touchpoint, changes, everywhere=len(changes) > (old_themes != themes))
    return [CloseForm(), Answer(card=policy_card(turn.record, touchpoint))]


def tell(turn: Turn, touchpoint: Touchpoint, changes: list[str], *, everywhere: bool) -> None:
    """Where the two meet; what is the organization's, in every touchpoint of it."""
    for one in touchpoints.every(turn.record) if everywhere else [touchpoint]:
        mine = changes if one.key == touchpoint.key else [line for line in changes if not line.startswith("One key")]
        telling.both(
            turn.record,
            one,
            once=f"{TOLD}:{one.key}:{turn.request.id}",
            kind=TOLD,
            subject_id=one.key,
            detail="\n".join(mine),
            person_id=turn.asker.person_id,
        )


def fill(policy: Policy, touchpoint: Touchpoint, submission: Submission) -> None:
    """From the form, all or nothing. Raises `BadInput` beside each field that is wrong."""
    wrong: dict[str, str] = {}
    appetite = number_in(submission, "appetite", HIGHEST, wrong)
    longest = number_in(submission, "longest_acceptance", LONGEST_ACCEPTANCE, wrong)
    likelihoods = labels_of(submission, "likelihood_labels", wrong)
    impacts = labels_of(submission, "impact_labels", wrong)
    currency = noted(wrong, "currency", partial(currency_in, submission.text("currency")), "")
    appetite_lost = noted(wrong, "loss_appetite", partial(money_or_none, submission, currency), None)
    themes = submission.several("one_key_themes")
    if not set(themes) <= set(Theme):
        wrong["one_key_themes"] = "Choose from the list."
    if wrong:
        raise BadInput("Please look at what is marked.", fields=wrong)
    policy.appetite, policy.longest_acceptance = appetite, longest
    policy.likelihood_labels, policy.impact_labels = likelihoods, impacts
    policy.currency, policy.loss_appetite = currency, appetite_lost
    touchpoint.one_key_themes = ",".join(theme.value for theme in Theme if theme.value in themes)


def money_or_none(submission: Submission, currency: str) -> int | None:
    """An amount, if any was typed. Raises `BadInput`."""
    return money_in(submission, "loss_appetite", currency) if submission.text("loss_appetite") else None


def number_in(submission: Submission, name: str, most: int, wrong: dict[str, str]) -> int:
    """From 1 to `most`; what is wrong is noted beside the field."""
    typed = submission.text(name)
    number = int(typed) if typed.isdecimal() and len(typed) < 9 else 0
    if not 1 <= number <= most:
        wrong[name] = f"Write a whole number from 1 to {most}."
    return number


def labels_of(submission: Submission, name: str, wrong: dict[str, str]) -> str:
    """Five names; what is wrong is noted beside the field."""
    labels = labels_in(submission.text(name))
    if why := wrong_labels(labels):
        wrong[name] = why
    return "|".join(labels)


def draw_told(record: Record, owed: Owed) -> Card | None:
    """What was laid down anew, by whom."""
    title = f"{people.called(record, owed.person_id or 0)} changed the policy"
    return card(title, *(Paragraph(line) for line in owed.detail.splitlines()), Note("“policy” shows all of it."))


def kept(turn: Turn, context: Mapping[str, str]) -> Row:
    """What a change of it changes: the organization's, once it was ever written."""
    policy = policies.of(turn.record)
    return policy if policy.id else rows.get(turn.record, Touchpoint, principals(turn, context).key)


FORM = guarded(policy_form, submitted, kept, right=Right.GOVERN, about="touchpoint")

NOUN = Noun(
    name="policy",
    summary="How much risk is too much, how long one may be accepted, and what needs two keys.",
    commands=(
        Command(words=("policy",), summary="Show the policy about risks and keys", handle=show, right=Right.READ),
    ),
    buttons={"policy.change": FORM.opened_by("touchpoint")},
    forms={"policy": FORM},
    cards={TOLD: draw_told},
)
