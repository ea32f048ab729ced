"""What one risk costs, today and with the ask: six numbers, of which three are usually enough. None of them is ever ours."""

from collections.abc import Mapping
from functools import partial

from agenda.asks import often_in, rate
from agenda.conversations import Conversation
from agenda.errors import BadInput, NotFound
from agenda.roles import Right
from agenda.simulation import Loss
from bot.asks import changed, reduced
from bot.editing import guarded
from bot.forms import Form, Text
from bot.handlers.investment.asks import changeable
from bot.handlers.investment.cards import ask_card
from bot.handlers.investment.fields import money_field, money_in, noted, require
from bot.reading import pair_in
from bot.replies import Answer, CloseForm
from bot.turns import Noun, Replies, Submission, Turn
from storage import audit, policies
from storage.asks import Ask, Exposure
from storage.risks import RiskItem

OFTEN_HINT = "2 is twice a year, 0.25 or “once in 4 years” is rarer."
LEAST_HINT = "In 1 case of 20 it costs less than this."
MOST_HINT = "In 1 case of 20 it costs more than this. All costs count: work, outage, fines, customers."
AS_TODAY = "Empty: as today."
NOTHING = Loss(0, 0, 0)


def estimated(turn: Turn, context: Mapping[str, str], *, for_update: bool = False) -> tuple[Ask, Exposure, RiskItem]:
    """The ask and the risk that a form names by `7|12`. Raises `NotFound`, `NotAllowed`, `NotNow`."""
    number, risk_number = pair_in(context.get("numbers", ""))
    ask = changeable(turn, {"number": str(number)}, for_update=for_update)
    for one, risk in reduced(turn.record, ask):
        if str(risk.number) == risk_number:
            return ask, one, risk
    raise NotFound(f"{ask.ref} does not reduce that risk any more.", "Press “Edit” on its card to choose it again.")


def numbers_form(turn: Turn, context: Mapping[str, str]) -> Form:
    """How often, and what it costs each time: today, and with the ask."""
    ask, one, risk = estimated(turn, context)
    currency = policies.of(turn.record).currency
    known = one.is_said
    return Form(
        form_id="ask_numbers",
        title=f"Numbers of {risk.ref}",
        intro=f"{risk.title}. First as it is today, then with {ask.ref}. Your best guess will do; change it at any time.",
        fields=(
            Text(
                name="often", label="How often a year, today", value=rate(one.often) if known else "", hint=OFTEN_HINT
            ),
            money_field(
                "least", "Each time at least", currency, kept(one.least, known), hint=LEAST_HINT, required=True
            ),
            money_field("most", "Each time at most", currency, kept(one.most, known), hint=MOST_HINT, required=True),
            Text(
                name="often_after",
                label="How often a year, with it",
                value=rate(one.often_after) if known else "",
                hint=f"{AS_TODAY} “never” if it ends it.",
                required=False,
            ),
            money_field(
                "least_after", "Each time at least, with it", currency, kept(one.least_after, known), hint=AS_TODAY
            ),
            money_field(
                "most_after", "Each time at most, with it", currency, kept(one.most_after, known), hint=AS_TODAY
            ),
        ),
        context=context,
    )


def kept(amount: int, known: bool) -> int | None:
    """Nothing stands in a field before somebody said it."""
    return amount if known else None


def submitted(turn: Turn, submission: Submission) -> Replies:
    """Kept, and counted anew. The card leads to the next risk that has no numbers."""
    ask, one, risk = estimated(turn, submission.context, for_update=True)
    fill(one, submission, policies.of(turn.record).currency)
    ask.ask_again()
    audit.append(turn.record, "ask.estimated", ask=ask.number, risk=risk.number)
    changed(turn.record, ask)
    return [CloseForm(), Answer(card=ask_card(turn, ask))]


def fill(one: Exposure, submission: Submission, currency: str) -> None:
    """From the form, all or nothing. Raises `BadInput` beside each field that is wrong."""
    wrong: dict[str, str] = {}
    today = loss_in(submission, "", currency, wrong, None)
    after = loss_in(submission, "_after", currency, wrong, today or NOTHING)
    if today and not today.often and "often" not in wrong:
        wrong["often"] = "Write more than 0: once in ten years is 0.1."
    require(wrong)
    if today and after:
        one.often, one.least, one.most = today.often, today.least, today.most
        one.often_after, one.least_after, one.most_after = after.often, after.least, after.most


def loss_in(
    submission: Submission, suffix: str, currency: str, wrong: dict[str, str], otherwise: Loss | None
) -> Loss | None:
    """Three fields; what is left empty is as `otherwise`, and what is wrong is noted beside its field."""
    often = noted(wrong, f"often{suffix}", partial(read_often, submission, f"often{suffix}", otherwise), 0.0)
    least = noted(wrong, f"least{suffix}", partial(read_amount, submission, f"least{suffix}", currency, otherwise), 0)
    most = noted(wrong, f"most{suffix}", partial(read_amount, submission, f"most{suffix}", currency, otherwise), 0)
    if otherwise is NOTHING or any(f"{name}{suffix}" in wrong for name in ("often", "least", "most")):
        return None  # What is left empty means something only once all of today is known.
    try:
        return Loss(often, least, most)
    except BadInput as error:
        wrong |= {f"{name}{suffix}": says for name, says in error.fields.items()}
        return None


def read_often(submission: Submission, name: str, otherwise: Loss | None) -> float:
    """Raises `BadInput`."""
    typed = submission.text(name)
    return otherwise.often if otherwise and not typed else often_in(typed)


def read_amount(submission: Submission, name: str, currency: str, otherwise: Loss | None) -> int:
    """Raises `BadInput`."""
    typed = submission.text(name)
    if not typed:
        if otherwise is None:
            raise BadInput("Write an amount.", "Like 250k or 1.2m.")
        return otherwise.least if name.startswith("least") else otherwise.most
    return money_in(submission, name, currency)


NUMBERS = guarded(
    numbers_form, submitted, lambda turn, context: estimated(turn, context)[1], right=Right.RAISE, about="numbers"
)

NOUN = Noun(
    name="ask numbers",
    summary="How often a risk happens and what it costs, today and with the ask.",
    conversation=Conversation.INVESTMENT,
    buttons={"ask.numbers": NUMBERS.opened_by("numbers")},
    forms={"ask_numbers": NUMBERS},
)
