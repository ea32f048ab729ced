"""The decision log: shown, listed, and shared with the others."""

from datetime import datetime

from agenda.errors import NotFound
from agenda.roles import Right
from bot.cards import Button, Card, Item, ItemList, Note, card
from bot.handlers.decisions.cards import body, day, decision_card, keys_below
from bot.handlers.decisions.standing import named, wanted
from bot.reading import PAGE, page_in, still_there, turned, turning
from bot.replies import Answer
from bot.sharing import share_button, shared_by, shares_list, shares_one
from bot.turns import Command, Noun, Press, Replies, Turn
from storage import decisions, rows
from storage.decisions import Decision
from storage.deliveries import Owed
from storage.touchpoints import Touchpoint
from storage.unit_of_work import Record


def show(turn: Turn, typed: str, page: int = 0) -> Replies:
    """All of it, a page at a time."""
    return [Answer(card=decision_card(turn, named(turn, typed), page))]


def listing(turn: Turn, _argument: str = "", page: int = 0) -> Replies:
    """Newest first."""
    scope = turn.scope()
    total = decisions.count(turn.record, scope)
    if not total:
        raise NotFound("Nothing is decided yet.", "“decision add” records the first one.")
    page = still_there(page, total)
    rows = decisions.listed(turn.record, scope, limit=PAGE, offset=page * PAGE)
    found = [(row.ref, row.title, row.state_label, row.recorded_at) for row in rows]
    pages = turning(page, (total - 1) // PAGE, action="decision.list", value="")
    shared = share_button(turn, "decision.share_list", f"{page}|")
    return [Answer(card=found_card(f"Decisions ({total})", found, turn.asker.zone, [*pages, *shared]))]


def found_card(title: str, found: list[tuple[str, str, str, datetime]], zone: str, buttons: list[Button]) -> Card:
    """A line each: what, how it stands, when."""
    lines = tuple(Item(title=f"{ref} {what}", detail=f"{state} · {day(at, zone)}") for ref, what, state, at in found)
    return card(title, ItemList(lines), Note("“decision show D-…” shows one whole."), buttons=buttons)


def draw_shared(record: Record, owed: Owed) -> Card | None:
    """One decision, shared by somebody; its missing key is one tap away."""
    decision = rows.get(record, Decision, owed.subject_id)
    zone = rows.get(record, Touchpoint, decision.touchpoint_id).zone
    blocks, pages = body(record, decision, zone)
    buttons = keys_below(decision, pages) if wanted(record, decision) else []
    return card(f"{decision.ref} {decision.title}", *blocks, shared_by(record, owed), buttons=buttons)


def draw_shared_list(record: Record, owed: Owed) -> Card | None:
    """A page of the list, shared by somebody: of this touchpoint alone."""
    page, _nothing = page_in(owed.detail)
    scope, zone = [owed.subject_id], rows.get(record, Touchpoint, owed.subject_id).zone
    page = still_there(page, decisions.count(record, scope))
    log = decisions.listed(record, scope, limit=PAGE, offset=page * PAGE)
    found = [(row.ref, row.title, row.state_label, row.recorded_at) for row in log]
    listed = found_card("Decisions", found, zone, [])
    return card(listed.title, *listed.blocks, shared_by(record, owed))


NOUN = Noun(
    name="decision log",
    summary="Every decision, found again by its number or its words.",
    commands=(
        Command(
            words=("decision", "list"), summary="Show all decisions, newest first", handle=listing, right=Right.READ
        ),
        Command(
            words=("decision", "show"), argument="<D-12>", summary="Show one decision", handle=show, right=Right.READ
        ),
    ),
    buttons={
        "decision.list": turned(listing),
        "decision.page": turned(show),
        "decision.read": Press(handle=show, right=Right.READ),
        "decision.share": shares_one("shared_decision", "D", "decision", decisions.by_number),
        "decision.share_list": shares_list("shared_decisions"),
    },
    cards={"shared_decision": draw_shared, "shared_decisions": draw_shared_list},
)
