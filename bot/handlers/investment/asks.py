"""Asks: written down with what they cost and which risks they reduce, changed, and withdrawn.

The numbers of each risk stand in `estimates`, how an ask looks in `cards`, how they are listed in `log`, what was spent and
what came of it in `spending`, and which fit a budget in `portfolio`.
"""

from collections.abc import Mapping
from functools import partial

from agenda.asks import AskState
from agenda.conversations import Conversation
from agenda.errors import BadInput, NotAllowed
from agenda.items import TITLE_LIMIT, title_and_detail
from agenda.roles import Right
from agenda.simulation import MOST_RISKS
from agenda.themes import Theme
from bot.asks import changed, reduced, theirs_by
from bot.editing import guarded
from bot.forms import TEXT_LIMIT, AnyField, Choice, Form, Option, Text
from bot.handlers.investment.cards import ask_card, may_change
from bot.handlers.investment.fields import money_field, money_in, noted, require
from bot.picking import OWNER_HINT, owner_in
from bot.reading import first_words, link_in, one_of, short_text, theme_choice
from bot.reasons import reason_form, reason_in
from bot.replies import Answer, CloseForm, OpenForm
from bot.turns import Command, FormKind, Noun, Replies, Submission, Turn
from storage import asks, audit, policies, risks
from storage.asks import Ask
from storage.risks import RiskItem, Wanted

MOST_OFFERED = 100
LABEL_LIMIT = 70


def add(turn: Turn, text: str) -> Replies:
    """With a title behind it, it is written down at once; without one, the form opens."""
    touchpoint_id = turn.touchpoint_id()
    if not text:
        return [OpenForm(form=FORM.build(turn, {}))]
    ask = new(turn, touchpoint_id)
    ask.title, ask.detail = title_and_detail(text)
    return [Answer(card=ask_card(turn, keep(turn, ask)))]


def new(turn: Turn, touchpoint_id: int) -> Ask:
    """An empty one of this asker's."""
    return Ask(
        title="",
        asked_at=turn.now,
        organization_id=turn.record.organization_id,
        touchpoint_id=touchpoint_id,
        asked_by_id=turn.asker.person_id,
    )


def begun(turn: Turn, context: Mapping[str, str]) -> Ask:
    """A new one, perhaps with the link of somebody's message."""
    ask = new(turn, turn.touchpoint_id())
    ask.source_link = link_in(context)
    return ask


def keep(turn: Turn, ask: Ask) -> Ask:
    """S1."""
    asks.add(turn.record, ask)
    audit.append(turn.record, "ask.added", ask=ask.number)
    return ask


def changeable(turn: Turn, context: Mapping[str, str], *, for_update: bool = False) -> Ask:
    """The one that a form names, if its numbers may still change and this asker may change them.

    Raises `NotFound`, `NotAllowed`, `NotNow`.
    """
    ask = theirs_by(turn, context.get("number", ""), for_update=for_update)
    if not may_change(turn, ask):
        raise NotAllowed("Only who asked, the CIO and the CISO may change an ask.", "Ask one of them.")
    ask.require_changeable()
    return ask


def ask_form(turn: Turn, context: Mapping[str, str]) -> Form:
    """What it is, what it costs, what it is good for: two minutes."""
    known = "number" in context
    old = changeable(turn, context) if known else begun(turn, context)
    currency = policies.of(turn.record).currency
    return Form(
        form_id="ask",
        title="Edit ask" if known else "Ask for money",
        intro="Next, each risk gets its numbers: how often, and what it costs, today and after.",
        fields=(
            Text(name="title", label="What you want to do", value=old.title, limit=TITLE_LIMIT),
            money_field("one_off", "Cost, once", currency, old.one_off or None, hint="Empty: nothing."),
            money_field("yearly", "Cost, every year", currency, old.yearly or None, hint="Empty: nothing."),
            *risk_field(turn, old),
            Text(name="owner", label="Owner", hint=OWNER_HINT, value=old.owner, limit=TITLE_LIMIT, required=False),
            theme_choice(old.theme),
            Text(
                name="detail",
                label="What for",
                value=old.detail[:TEXT_LIMIT],
                multiline=True,
                limit=TEXT_LIMIT,
                required=False,
            ),
        ),
        context=context,
    )


def risk_field(turn: Turn, ask: Ask) -> list[AnyField]:
    """Those that stand, the highest first, and those that it reduces already. Nothing where there is none."""
    chosen = [risk for _one, risk in reduced(turn.record, ask)] if ask.id else []
    offered = offered_to(turn, ask, chosen)
    if not offered:
        return []
    options = tuple(Option(str(one.number), f"{one.ref} {first_words(one.title, LABEL_LIMIT - 8)}") for one in offered)
    short = f" These are the {MOST_OFFERED} highest." if len(offered) >= MOST_OFFERED else ""
    return [
        Choice(
            name="risks",
            label="Risks that it reduces",
            hint=f"At most {MOST_RISKS}.{short}",
            options=options,
            value=tuple(str(one.number) for one in chosen),
            several=True,
            required=False,
        )
    ]


def offered_to(turn: Turn, ask: Ask, chosen: list[RiskItem]) -> list[RiskItem]:
    """As many as a list takes."""
    wanted = Wanted(touchpoint_ids=[ask.touchpoint_id])
    keys = {one.key for one in chosen}
    others = [one for one in risks.listed(turn.record, wanted, limit=MOST_OFFERED) if one.key not in keys]
    return [*chosen, *others][:MOST_OFFERED]


def submitted(turn: Turn, submission: Submission) -> Replies:
    """Asked, or changed."""
    if "number" in submission.context:
        ask = changeable(turn, submission.context, for_update=True)
        chosen = fill(turn, ask, submission)
        ask.ask_again()
        audit.append(turn.record, "ask.edited", ask=ask.number)
    else:
        ask = begun(turn, submission.context)
        chosen = fill(turn, ask, submission)
        keep(turn, ask)
    if chosen is not None:
        asks.reduce(turn.record, ask, chosen)
    changed(turn.record, ask)
    return [CloseForm(), Answer(card=ask_card(turn, ask))]


def fill(turn: Turn, ask: Ask, submission: Submission) -> list[int] | None:
    """From the form; returns the keys of the chosen risks, if they were asked for. Raises `BadInput` beside each field."""
    wrong: dict[str, str] = {}
    currency = policies.of(turn.record).currency
    title = short_text(submission, "title", TITLE_LIMIT)
    if not title:
        wrong["title"] = "Say in one line what you want to do."
    one_off = noted(wrong, "one_off", partial(money_in, submission, "one_off", currency), 0)
    yearly = noted(wrong, "yearly", partial(money_in, submission, "yearly", currency), 0)
    chosen = noted(wrong, "risks", partial(risks_in, turn, ask, submission), None)
    kept = ask.detail[TEXT_LIMIT:]  # What lies behind the part that a dialog can show was not touched.
    detail = short_text(submission, "detail", TEXT_LIMIT) + kept
    theme, owner = one_of(submission, "theme", Theme, ask.theme), owner_in(turn, submission)
    require(wrong)
    ask.title, ask.detail, ask.theme, ask.owner = title, detail, theme, owner
    ask.one_off, ask.yearly = one_off, yearly
    return chosen


def risks_in(turn: Turn, ask: Ask, submission: Submission) -> list[int] | None:
    """The keys of those that were chosen, of this touchpoint. Raises `BadInput`."""
    if "risks" not in submission.values:
        return None
    typed = submission.several("risks")
    if len(typed) > MOST_RISKS:
        raise BadInput(f"At most {MOST_RISKS}; these are {len(typed)}.", "Leave out those that it hardly changes.")
    numbers = [int(one) for one in typed if one.isdecimal() and len(one) < 10]
    found = [risks.by_number(turn.record, number, [ask.touchpoint_id]) for number in numbers]
    if len(found) < len(typed) or None in found:
        raise BadInput("One of these is not on the list any more.", "Choose from the list.")
    return [one.key for one in found if one]


def withdraw_form(turn: Turn, context: Mapping[str, str]) -> Form:
    """Why not any more?"""
    ask = changeable(turn, context)
    return reason_form("ask_withdraw", "Withdraw", f"{ask.ref} {ask.title}", context)


def withdrawn(turn: Turn, submission: Submission) -> Replies:
    """S8."""
    ask = changeable(turn, submission.context, for_update=True)
    because = reason_in(submission)
    ask.withdraw(because, turn.now)
    audit.append(turn.record, f"ask.{AskState.WITHDRAWN}", ask=ask.number)
    changed(turn.record, ask)
    return [CloseForm(), Answer(card=ask_card(turn, ask))]


FORM: FormKind = guarded(ask_form, submitted, changeable, right=Right.RAISE)
WITHDRAW = FormKind(build=withdraw_form, submit=withdrawn, right=Right.RAISE)

NOUN = Noun(
    name="ask",
    summary="Money for security: what it costs, which risks it reduces, and what that saves.",
    conversation=Conversation.INVESTMENT,
    commands=(
        Command(
            words=("ask", "add"),
            argument="[title]",
            summary="Ask for money for a measure",
            handle=add,
            writes=True,
            right=Right.RAISE,
            opens_form=True,
        ),
    ),
    buttons={"ask.edit": FORM.opened_by(), "ask.withdraw": WITHDRAW.opened_by()},
    forms={"ask": FORM, "ask_withdraw": WITHDRAW},
)
