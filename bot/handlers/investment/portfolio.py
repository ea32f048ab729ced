"""Which asks a budget is best spent on, what is left out, and what a cut of a tenth loses. It remembers nothing."""

from collections.abc import Mapping, Sequence

from agenda.asks import AskState
from agenda.conversations import Conversation
from agenda.errors import BadInput, NotFound
from agenda.money import amount_in, in_money
from agenda.portfolio import Candidate, Choice, Cut, cut
from agenda.roles import Right
from bot.cards import Block, Card, Item, ItemList, Note, Paragraph, card
from bot.reading import PAGE, joined
from bot.replies import Answer
from bot.turns import Command, Noun, Replies, Turn
from storage import asks, policies
from storage.asks import Ask, Exposure, Wanted
from storage.unit_of_work import Record

ASKED = (AskState.OPEN, AskState.PROPOSED)
HOW = "Avoided is what a year costs less, on average. Asks that reduce the same risk share what is left of it."


def show(turn: Turn, typed: str) -> Replies:
    """`portfolio 1m`; without a budget, all that is asked for. Raises `BadInput`, `NotFound`."""
    currency = policies.of(turn.record).currency
    budget = amount_in(typed, currency) if typed else None
    found, uncounted = candidates(turn.record, turn.scope())
    if not found:
        raise NotFound(
            "No ask is counted yet, so there is nothing to choose from.",
            "“ask add” asks for money; then say how often its risks happen and what they cost.",
        )
    money = sum(one.cost for one, _ask in found) if budget is None else budget
    chosen = cut([one for one, _ask in found], money)
    title = f"Portfolio under {in_money(money, currency)}" if budget is not None else "Portfolio: all that is asked for"
    known = {ask.key: (one, ask) for one, ask in found}
    return [Answer(card=portfolio_card(title, chosen, known, currency, uncounted))]


def candidates(record: Record, touchpoint_ids: Sequence[int]) -> tuple[list[tuple[Candidate, Ask]], list[Ask]]:
    """Whatever is neither paid nor over, as far as its cost and its numbers are known; and what is not counted."""
    asked = asks.listed(record, Wanted(touchpoint_ids=touchpoint_ids, states=ASKED))
    said: dict[int, list[Exposure]] = {ask.key: [] for ask in asked}
    for one, _risk in asks.exposures(record, list(said)):
        said[one.ask_id] += [one] if one.is_said else []
    counted = [ask for ask in asked if ask.first_year and said[ask.key]]
    return [(candidate(ask, said[ask.key]), ask) for ask in counted], [ask for ask in asked if ask not in counted]


def candidate(ask: Ask, exposures: Sequence[Exposure]) -> Candidate:
    """Its first year, and the means of its risks: exact, so nothing is simulated here."""
    losses = {one.risk_id: (one.losses.today.mean, one.losses.after.mean) for one in exposures}
    return Candidate(ask_id=ask.key, cost=ask.first_year, losses=losses)


Known = Mapping[int, tuple[Candidate, Ask]]


def portfolio_card(title: str, chosen: Cut, known: Known, currency: str, uncounted: Sequence[Ask]) -> Card:
    """What is in, what is out, and the lean year."""
    whole = chosen.whole
    left = [key for key in known if key not in whole.ask_ids]
    fit = f"{len(whole.ask_ids)} of {len(known)} asks fit" if left else "All asks fit"
    cost, avoided = in_money(whole.cost, currency), in_money(whole.avoided, currency, 2)
    saying = f"{fit}: {cost} in the first year, and {avoided} less lost a year on average."
    return card(
        title,
        Paragraph(saying, tone="strong"),
        *listed("In", whole.ask_ids, known, currency),
        *listed("Left out", left, known, currency),
        Paragraph(f"A cut of 10 %: {lean(chosen, known, currency)}"),
        *([Note(f"Not counted yet: {', '.join(ask.ref for ask in uncounted)}.")] if uncounted else []),
        Note(f"{quality(whole)} {HOW}"),
    )


def listed(heading: str, keys: Sequence[int], known: Known, currency: str) -> list[Block]:
    """The first of them with their figures, the rest by their refs."""
    items = tuple(line(*known[key], currency) for key in keys[:PAGE])
    rest = [known[key][1].ref for key in keys[PAGE:]]
    more = [Note(f"{heading}, too: {', '.join(rest)}.")] if rest else []
    return [ItemList(items, heading), *more] if items else []


def line(one: Candidate, ask: Ask, currency: str) -> Item:
    """What it costs, and what it avoids alone."""
    avoided = sum(today - after for today, after in one.losses.values())
    alone = f"avoids {in_money(avoided, currency, 2)} a year" if avoided >= 0 else "makes it worse"
    return Item(
        title=f"{ask.ref} {ask.title}", detail=joined([f"{in_money(one.cost, currency)} in the first year", alone])
    )


def lean(chosen: Cut, known: Known, currency: str) -> str:
    """`ASK-3 falls out, ASK-5 comes in instead; CHF 120k a year more is lost on average.`."""
    if not chosen.out:
        return "nothing falls out."
    out, instead = (", ".join(known[key][1].ref for key in keys) for keys in (chosen.out, chosen.instead))
    falls = f"{out} {'falls' if len(chosen.out) == 1 else 'fall'} out"
    comes = f", {instead} {'comes' if len(chosen.instead) == 1 else 'come'} in instead" if instead else ""
    return f"{falls}{comes}; {in_money(max(0.0, chosen.lost), currency, 2)} a year more is lost on average."


def quality(choice: Choice) -> str:
    """How good it is: O3."""
    if choice.gap == 0:
        return "No other choice under this budget avoids more."
    return f"Another choice could avoid {max(0.1, choice.gap * 100):.1f} % more at most."


def is_budget(typed: str) -> bool:
    """“portfolio 1m” asks; “portfolio review” is something to talk about."""
    try:
        return not typed or amount_in(typed) >= 0
    except BadInput:
        return False


NOUN = Noun(
    name="portfolio",
    summary="Which asks a budget is best spent on, and what a lean year loses.",
    conversation=Conversation.INVESTMENT,
    commands=(
        Command(
            words=("portfolio",),
            argument="[budget]",
            summary="Show which asks fit a budget best: “portfolio 1m”",
            handle=show,
            right=Right.READ,
            reads=is_budget,
        ),
    ),
)
