"""How an ask looks: its summary first, then what is to be done next, then its figures."""

from dataclasses import replace

from agenda.actions import day_text
from agenda.asks import AskState
from agenda.forecast import forecast
from agenda.money import in_money
from agenda.recurrence import local_date
from agenda.roles import Right
from agenda.simulation import Result
from bot import asks as following
from bot.cards import Block, Button, Card, Facts, Item, ItemList, LinkButton, Note, Paragraph, card
from bot.handlers.decisions.standing import read_button
from bot.handlers.investment.words import cases, costs, curve, definitions, figures, numbers, summary
from bot.reading import joined, paged
from bot.sharing import share_button, shared_by
from bot.turns import Turn
from storage import people, policies, rows
from storage.asks import Ask, Exposure
from storage.decisions import Decision
from storage.deliveries import Owed
from storage.policies import Policy
from storage.risks import RiskItem
from storage.touchpoints import Touchpoint
from storage.unit_of_work import Record

QUICK = ("One year in 20", "Waiting a quarter")  # figures that stand on the card itself


def ask_card(turn: Turn, ask: Ask, page: int = 0) -> Card:
    """As its reader sees it in private."""
    reduced, result = following.reduced(turn.record, ask), following.counted(turn.record, ask)
    zone = turn.asker.zone or "UTC"
    blocks, pages = body(turn.record, ask, zone, page, own=may_change(turn, ask))
    shared = share_button(turn, "ask.share", str(ask.number), of=ask.touchpoint_id)
    unsaid = next((risk for one, risk in reduced if not one.is_said), None)
    acts = acts_of(turn, ask, unsaid, result)
    how = [Button(action="ask.how", label="All numbers", value=str(ask.number), rare=True)] if result else []
    source = [LinkButton(label="Open the message", url=ask.source_link)] if ask.source_link else []
    buttons: list[Button | LinkButton] = [*acts, *pages, *shared, *how, *ends_of(turn, ask), *source]
    return card(f"{ask.ref} {ask.title}", *blocks, buttons=buttons)


def may_change(turn: Turn, ask: Ask) -> bool:
    """Its asker, and whoever runs the syncs."""
    own = ask.asked_by_id == turn.asker.person_id and turn.asker.may(Right.RAISE, ask.touchpoint_id)
    return own or turn.asker.may(Right.RUN, ask.touchpoint_id)


def body(record: Record, ask: Ask, zone: str, page: int = 0, *, own: bool = False) -> tuple[list[Block], list[Button]]:
    """What decides first: the summary or what came of it, what it is for, its risks; then its state and the chart."""
    policy, result = policies.of(record), following.counted(record, ask)
    currency = policy.currency
    text, pages = paged("Details", ask.detail, page, action="ask.page", value=str(ask.number))
    came = outcome(record, ask, zone, currency)
    said = summary(ask, result, currency)
    blocks: list[Block] = [
        *([*came, Paragraph(f"The forecast was: {said}")] if came else [Paragraph(said, tone="strong")]),
        *text,
        *risk_list(record, ask, currency, own=own),
        Facts(tuple((name, value) for name, value in facts(record, ask, zone, policy, result) if value)),
    ]
    if result:
        blocks += [curve(result, currency, policy.loss_appetite), counted_note(result)]
    return blocks, pages


def counted_note(result: Result) -> Note:
    """By what."""
    return Note(f"Counted with formula {result.formula} over {result.years:,} years, from your estimates alone.")


def outcome(record: Record, ask: Ask, zone: str, currency: str) -> list[Block]:
    """Once it was checked: what happened, beside what was expected; and what was paid, beside what was asked."""
    if ask.state is not AskState.CHECKED or ask.spent is None or ask.spent_on is None or ask.checked_at is None:
        return []
    exposures = following.said(record, ask)
    until = local_date(ask.checked_at, zone)
    expected = forecast([one.losses for one in exposures], ask.spent_on, until, ask.key)
    happened, lost = sum(one.happened or 0 for one in exposures), sum(one.lost or 0 for one in exposures)
    paid = f"Asked for: {costs(ask, currency)}. Spent: {in_money(ask.spent, currency)}."
    words = [Paragraph(ask.found)] if ask.found else []
    return [Paragraph(expected.says(happened, lost, currency), tone="strong"), Paragraph(paid), *words]


def facts(record: Record, ask: Ask, zone: str, policy: Policy, result: Result | None) -> list[tuple[str, str]]:
    """What else is known of it."""
    today = local_date(record.now, zone)
    asked = day_text(local_date(ask.asked_at, zone), today)
    known = figures(result, policy.currency, policy.loss_appetite) if result else []
    return [
        ("State", standing(record, ask, zone)),
        *(one for one in known if one[0] in QUICK),
        ("Owner", ask.owner),
        ("Theme", ask.theme.label),
        ("Asked", f"{asked} by {people.called(record, ask.asked_by_id)}"),
    ]


def standing(record: Record, ask: Ask, zone: str) -> str:
    """`Open`, `Waits for the keys on D-5`, `Funded by D-5`, `CHF 260k spent on …, to be checked on …`."""
    decision = rows.get(record, Decision, ask.decision_id).ref if ask.decision_id else ""
    today, spent = local_date(record.now, zone), in_money(ask.spent or 0, policies.of(record).currency)
    spent_on, check_on = (day_text(day, today) if day else "" for day in (ask.spent_on, ask.check_on))
    checked_on = day_text(local_date(ask.checked_at, zone), today) if ask.checked_at else ""
    return {
        AskState.OPEN: "Open",
        AskState.PROPOSED: f"Waits for the keys on {decision}",
        AskState.FUNDED: f"Funded by {decision}: nothing spent yet",
        AskState.DECLINED: f"Declined: {decision} was rejected",
        AskState.SPENT: f"{spent} spent on {spent_on}; to be checked on {check_on}",
        AskState.CHECKED: f"Checked on {checked_on}",
        AskState.WITHDRAWN: f"Withdrawn: {ask.because}",
    }[ask.state]


def risk_list(record: Record, ask: Ask, currency: str, *, own: bool) -> list[Block]:
    """What it reduces, and the way to the numbers of each."""
    changeable = own and ask.state in (AskState.OPEN, AskState.DECLINED)
    reduced = following.reduced(record, ask)
    lines = tuple(
        Item(
            title=f"{risk.ref} {risk.title}",
            detail=joined([numbers(one, currency), happened(one, currency)]),
            buttons=(numbers_button(ask, risk, "Numbers"),) if changeable and one.is_said else (),
        )
        for one, risk in reduced
    )
    unsaid = [risk.ref for one, risk in reduced if not one.is_said]
    short = [Note(f"Not counted yet, for want of numbers: {', '.join(unsaid)}.")] if unsaid else []
    return [ItemList(lines, "Reduces"), *short] if lines else [Note("It reduces no risk yet: “Edit” says which.")]


def happened(one: Exposure, currency: str) -> str:
    """Since the money was spent."""
    if one.happened is None:
        return ""
    return f"since then {one.happened or 'none'}" + (f", {in_money(one.lost or 0, currency)}" if one.lost else "")


def numbers_button(ask: Ask, risk: RiskItem, label: str) -> Button:
    """How often, and how much?"""
    return Button(action="ask.numbers", label=label, value=f"{ask.number}|{risk.number}", opens_form=True)


def acts_of(turn: Turn, ask: Ask, unsaid: RiskItem | None, result: Result | None) -> list[Button]:
    """What comes next stands first, and is the only one in colour."""
    value, may = str(ask.number), may_change(turn, ask)
    if ask.state is AskState.PROPOSED:
        return [read_button(rows.get(turn.record, Decision, ask.decision_id or 0), "Read the decision")]
    if ask.state in (AskState.FUNDED, AskState.SPENT):
        return spend_buttons(turn, ask)
    if not may or ask.state not in (AskState.OPEN, AskState.DECLINED):
        return []
    edit = Button(action="ask.edit", label="Edit", value=value, opens_form=True)
    decide = Button(action="decision.of_ask", label="Decide", value=value, opens_form=True)
    estimate = [numbers_button(ask, unsaid, f"Estimate {unsaid.ref}")] if unsaid else []
    onward = [*estimate, *([decide] if result else [])]
    ways = [*onward, edit] if ask.first_year else [edit, *onward]
    return [replace(ways[0], style="primary"), *ways[1:]]


def ends_of(turn: Turn, ask: Ask) -> list[Button]:
    """What ends it stands last, also in a menu."""
    if not may_change(turn, ask) or ask.state not in (AskState.OPEN, AskState.DECLINED):
        return []
    return [Button(action="ask.withdraw", label="Withdraw", value=str(ask.number), opens_form=True, rare=True)]


def spend_buttons(turn: Turn, ask: Ask) -> list[Button]:
    """To say what was spent, and later what came of it."""
    if not turn.asker.may(Right.RUN, ask.touchpoint_id):
        return []
    value, spent = str(ask.number), ask.state is AskState.SPENT
    if spent:
        change = Button(action="ask.spend", label="Change what was spent", value=value, opens_form=True, rare=True)
        return [*check_buttons(ask), change]
    return [Button(action="ask.spend", label="Spent", value=value, style="primary", opens_form=True)]


def check_buttons(ask: Ask) -> list[Button]:
    """Also on the card of a running sync: what takes away the reason of this line."""
    if ask.state is not AskState.SPENT:
        return []
    return [
        Button(action="ask.check", label="Say what happened", value=str(ask.number), style="primary", opens_form=True)
    ]


def ask_line(ask: Ask, result: Result | None, currency: str) -> Item:
    """One line of a list: how it stands, what it costs, what it avoids, how likely it pays back."""
    avoids = f"avoids {in_money(result.avoided, currency, 2)} a year on average" if result else "not counted yet"
    back = f"pays back within 3 years in {cases(result.pays_back[1])}" if result and ask.first_year else ""
    owner = f"owner {ask.owner}" if ask.owner else ""
    detail = joined([ask.state.value, costs(ask, currency), avoids, back, owner])
    return Item(title=f"{ask.ref} {ask.title}", detail=detail)


def how_card(ask: Ask, result: Result, policy: Policy) -> Card:
    """All of its figures, and where each comes from."""
    back = Button(action="ask.page", label="Back", value=f"0|{ask.number}")
    note = Note(
        f"Formula {result.formula}, {result.years:,} years, seed {result.seed}: the same numbers, the same result."
    )
    known = figures(result, policy.currency, policy.loss_appetite)
    lines = ItemList(tuple(Item(title=name, detail=value) for name, value in known))
    return card(f"{ask.ref}: all numbers", lines, definitions(), note, buttons=[back])


def draw_shared(record: Record, owed: Owed) -> Card | None:
    """One ask, shared by somebody."""
    ask = rows.get(record, Ask, owed.subject_id)
    blocks, _pages = body(record, ask, rows.get(record, Touchpoint, ask.touchpoint_id).zone)
    return card(f"{ask.ref} {ask.title}", *blocks, shared_by(record, owed))
