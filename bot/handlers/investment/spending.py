"""What was really spent on an ask, and a day later what came of it: shown beside the forecast, and nobody's fault."""

from collections.abc import Mapping
from functools import partial

from agenda.actions import day_text
from agenda.asks import CHECKED_AFTER, wrong_check
from agenda.conversations import Conversation
from agenda.errors import BadInput
from agenda.items import Source
from agenda.money import in_money
from agenda.recurrence import local_date
from agenda.roles import Right
from bot.asks import changed, reduced, theirs_by
from bot.editing import guarded
from bot.forms import TEXT_LIMIT, AnyField, Date, Form, Number, Text
from bot.handlers.investment.cards import ask_card
from bot.handlers.investment.fields import money_field, money_in, noted, require
from bot.handlers.investment.words import costs, numbers
from bot.packets import source_settled
from bot.reading import date_in, first_words, short_text
from bot.replies import Answer, CloseForm
from bot.turns import FormKind, Noun, Replies, Submission, Turn
from storage import audit, policies, rows
from storage.asks import Ask, Exposure
from storage.risks import RiskItem
from storage.touchpoints import Touchpoint

MOST_INCIDENTS = 100_000
LABEL_LIMIT = 60


def paid_for(turn: Turn, context: Mapping[str, str], *, for_update: bool = False) -> Ask:
    """The one that a form names, if the asker runs its touchpoint. Raises `NotFound`, `NotAllowed`."""
    ask = theirs_by(turn, context.get("number", ""), for_update=for_update)
    turn.require(ask.touchpoint_id, Right.RUN)
    return ask


def zone_of(turn: Turn, ask: Ask) -> str:
    """Its days are days of its touchpoint."""
    return rows.get(turn.record, Touchpoint, ask.touchpoint_id).zone


def spend_form(turn: Turn, context: Mapping[str, str]) -> Form:
    """How much, when, and when is it looked at again?"""
    ask, policy = paid_for(turn, context), policies.of(turn.record)
    today = local_date(turn.now, zone_of(turn, ask))
    check_on = ask.check_on or today + CHECKED_AFTER
    return Form(
        form_id="ask_spend",
        title="Spent",
        intro=f"{ask.ref} {ask.title}. Asked for: {costs(ask, policy.currency)}.",
        fields=(
            money_field(
                "spent", "Spent so far", policy.currency, ask.one_off if ask.spent is None else ask.spent, required=True
            ),
            Date(name="spent_on", label="Spent on", value=(ask.spent_on or today).isoformat()),
            Date(
                name="check_on",
                label="Look at what came of it on",
                value=check_on.isoformat(),
                hint="It stands on the agenda then.",
            ),
        ),
        context=context,
    )


def spent(turn: Turn, submission: Submission) -> Replies:
    """S6. Raises `BadInput` beside each field that is wrong."""
    ask = paid_for(turn, submission.context, for_update=True)
    today, wrong = local_date(turn.now, zone_of(turn, ask)), dict[str, str]()
    currency = policies.of(turn.record).currency
    amount = noted(wrong, "spent", partial(money_in, submission, "spent", currency), 0)
    spent_on, check_on = date_in(submission, "spent_on") or today, date_in(submission, "check_on")
    wrong |= wrong_check(spent_on, check_on or today + CHECKED_AFTER, today)
    require(wrong)
    ask.spend(amount, spent_on, check_on or today + CHECKED_AFTER)
    audit.append(turn.record, "ask.spent", ask=ask.number, check_on=str(ask.check_on))
    changed(turn.record, ask)
    source_settled(turn.record, Source.ASK_CHECK, ask.key)
    return [CloseForm(), Answer(card=ask_card(turn, ask))]


def check_form(turn: Turn, context: Mapping[str, str]) -> Form:
    """Two numbers a risk, and words."""
    ask, policy = paid_for(turn, context), policies.of(turn.record)
    ask.require_spent()
    today = local_date(turn.now, zone_of(turn, ask))
    since = day_text(ask.spent_on, today) if ask.spent_on else ""
    fields = [
        field
        for one, risk in reduced(turn.record, ask)
        if one.is_said
        for field in asked_of(one, risk, policy.currency)
    ]
    return Form(
        form_id="ask_check",
        title="What happened since",
        intro=f"{ask.ref} {ask.title}. {in_money(ask.spent or 0, policy.currency)} was spent on {since}. "
        "What happened since then is held beside the forecast. No one is to blame for a number.",
        fields=(
            *fields,
            Text(
                name="found",
                label="What else came of it",
                value=ask.found[:TEXT_LIMIT],
                multiline=True,
                limit=TEXT_LIMIT,
                required=False,
            ),
        ),
        submit="Compare",
        context=context,
    )


def asked_of(one: Exposure, risk: RiskItem, currency: str) -> list[AnyField]:
    """How often, and how much in all."""
    name = first_words(f"{risk.ref} {risk.title}", LABEL_LIMIT)
    return [
        Number(
            name=f"happened_{risk.number}",
            label=f"{name}: how often?",
            hint=f"Expected: {numbers(one, currency)}. Empty: never.",
            least=0,
            most=MOST_INCIDENTS,
            required=False,
        ),
        money_field(f"lost_{risk.number}", f"{risk.ref}: cost in all", currency, hint="Empty: nothing."),
    ]


def checked(turn: Turn, submission: Submission) -> Replies:
    """S7. Raises `BadInput` beside each field that is wrong."""
    ask = paid_for(turn, submission.context, for_update=True)
    ask.require_spent()
    found = short_text(submission, "found", TEXT_LIMIT)
    exposures = [(one, risk) for one, risk in reduced(turn.record, ask) if one.is_said]
    happened = happened_in(submission, exposures, policies.of(turn.record).currency)
    for one, _risk in exposures:
        one.happened, one.lost = happened[one.key]
    ask.check(found, turn.now)
    totals = {"happened": sum(one for one, _lost in happened.values()), "risks": len(happened)}
    audit.append(turn.record, "ask.checked", ask=ask.number, **totals)
    changed(turn.record, ask)
    source_settled(turn.record, Source.ASK_CHECK, ask.key)
    return [CloseForm(), Answer(card=ask_card(turn, ask))]


def happened_in(
    submission: Submission, exposures: list[tuple[Exposure, RiskItem]], currency: str
) -> dict[int, tuple[int, int]]:
    """By exposure: so often, and so much. Raises `BadInput` beside each field that is wrong."""
    wrong, found = dict[str, str](), dict[int, tuple[int, int]]()
    for one, risk in exposures:
        often, lost = f"happened_{risk.number}", f"lost_{risk.number}"
        times = noted(wrong, often, partial(times_in, submission, often), 0)
        cost = noted(wrong, lost, partial(money_in, submission, lost, currency), 0)
        if cost and not times and not {often, lost} & wrong.keys():
            wrong[often] = "It cost something: say how often it happened."
        found[one.key] = (times, cost)
    require(wrong)
    return found


def times_in(submission: Submission, name: str) -> int:
    """A whole number. Raises `BadInput`."""
    typed = submission.text(name) or "0"
    if not typed.isdecimal() or len(typed) > 9 or int(typed) > MOST_INCIDENTS:
        raise BadInput(f"Write a whole number from 0 to {MOST_INCIDENTS:,}.")
    return int(typed)


SPEND = guarded(spend_form, spent, paid_for, right=Right.RUN)
CHECK = FormKind(build=check_form, submit=checked)

NOUN = Noun(
    name="ask checks",
    summary="What was spent, and what came of it beside the forecast.",
    conversation=Conversation.INVESTMENT,
    buttons={"ask.spend": SPEND.opened_by(), "ask.check": CHECK.opened_by()},
    forms={"ask_spend": SPEND, "ask_check": CHECK},
)
