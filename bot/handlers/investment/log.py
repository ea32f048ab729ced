"""Asks: shown, listed, shared with the others, and how their figures are counted."""

from collections.abc import Sequence

from agenda.asks import STANDING, AskState
from agenda.conversations import Conversation
from agenda.errors import NotFound, NotNow
from agenda.queries import query_in
from agenda.roles import Right
from bot.asks import SHARED, counted, counted_of, theirs_by
from bot.cards import Button, Card, Item, ItemList, Note, card
from bot.handlers.investment.cards import ask_card, ask_line, draw_shared, how_card
from bot.reading import PAGE, page_in, still_there, turned, turning
from bot.replies import Answer
from bot.sharing import share_button, shared_by, shares_list, shares_one
from bot.turns import Command, Noun, Press, Replies, Turn
from storage import asks, policies
from storage.asks import Ask, Wanted
from storage.deliveries import Owed
from storage.unit_of_work import Record

ALL = "all"
LISTED = "shared_asks"


def show(turn: Turn, typed: str, page: int = 0) -> Replies:
    """All of it, a page at a time."""
    return [Answer(card=ask_card(turn, theirs_by(turn, typed), page))]


def how(turn: Turn, typed: str) -> Replies:
    """Where its figures come from. Raises `NotNow` where there are none."""
    ask = theirs_by(turn, typed)
    result = counted(turn.record, ask)
    if result is None:
        raise NotNow(f"{ask.ref} is not counted yet.", "Say how often its risks happen and what they cost.")
    return [Answer(card=how_card(ask, result, policies.of(turn.record)), replaces=not turn.on_delivery())]


def wanted_of(typed: str, touchpoint_ids: Sequence[int]) -> Wanted:
    """A state, `all`, or words; nothing is those that stand."""
    word = typed.strip().casefold()
    if word == ALL or word in set(AskState):
        return Wanted(touchpoint_ids=touchpoint_ids, states=tuple(AskState) if word == ALL else (AskState(word),))
    return Wanted(touchpoint_ids=touchpoint_ids, states=tuple(AskState) if word else STANDING, words=typed.strip())


def listing(turn: Turn, typed: str = "", page: int = 0) -> Replies:
    """The newest first."""
    wanted = wanted_of(typed, turn.scope())
    total = asks.count(turn.record, wanted)
    if not total:
        raise nothing(typed)
    page = still_there(page, total)
    pages = turning(page, (total - 1) // PAGE, action="ask.list", value=typed)
    shared = share_button(turn, "ask.share_list", f"{page}|{typed}")
    return [Answer(card=list_card(turn.record, wanted, typed, total, page, buttons=[*pages, *shared]))]


def reads(turn: Turn, typed: str) -> None:
    """Raises `BadInput` for words that cannot be looked for."""
    if words := wanted_of(typed, []).words:
        query_in(words, today=turn.now.date())


def nothing(typed: str) -> NotFound:
    """Why the list is empty."""
    if typed:
        return NotFound(f"There is no ask for “{typed[:40]}”.", "“ask list all” shows every one.")
    return NotFound("Nothing is asked for.", "“ask add” asks for money for a measure.")


def list_card(
    record: Record, wanted: Wanted, typed: str, total: int, page: int, *, buttons: Sequence[Button] = ()
) -> Card:
    """A line each."""
    found = asks.listed(record, wanted, limit=PAGE, offset=page * PAGE)
    note = Note("“ask show ASK-…” shows one whole; “portfolio 1m” says which fit a budget.")
    title = f"Asks: {typed}" if typed else "Asks"
    return card(f"{title} ({total})", ItemList(lines_of(record, found)), note, buttons=buttons)


def lines_of(record: Record, found: Sequence[Ask]) -> tuple[Item, ...]:
    """Read for all of them at once."""
    keys = [one.key for one in found]
    last, currency = asks.last_appraisals(record, keys), policies.of(record).currency
    said = [one for one, _risk in asks.exposures(record, keys) if one.is_said]
    results = [counted_of(last.get(ask.key), ask, [one for one in said if one.ask_id == ask.key]) for ask in found]
    return tuple(ask_line(ask, result, currency) for ask, result in zip(found, results, strict=True))


def draw_shared_list(record: Record, owed: Owed) -> Card | None:
    """A page of the list, shared by somebody: of this touchpoint alone."""
    page, typed = page_in(owed.detail)
    wanted = wanted_of(typed, [owed.subject_id])
    total = asks.count(record, wanted)
    listed = list_card(record, wanted, typed, total, still_there(page, total))
    return card(listed.title, *listed.blocks, shared_by(record, owed))


NOUN = Noun(
    name="ask list",
    summary="What is asked for, what it costs and what it avoids.",
    conversation=Conversation.INVESTMENT,
    commands=(
        Command(
            words=("ask", "list"),
            argument="[words]",
            summary="Show what is asked for; also “open”, “funded”, “spent”, “checked” or “all”",
            handle=listing,
            right=Right.READ,
        ),
        Command(
            words=("ask", "show"),
            argument="<ASK-7>",
            summary="Show one ask: what it costs, and what it is worth",
            handle=show,
            right=Right.READ,
        ),
    ),
    buttons={
        "ask.list": turned(listing),
        "ask.page": turned(show),
        "ask.how": Press(handle=how, right=Right.READ),
        "ask.share": shares_one(SHARED, "ASK", "ask", asks.by_number),
        "ask.share_list": shares_list(LISTED, reads),
    },
    cards={SHARED: draw_shared, LISTED: draw_shared_list},
)
