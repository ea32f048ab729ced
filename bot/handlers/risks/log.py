"""The risk register: shown, listed by what narrows it, drawn as a matrix, and shared with the others."""

from collections.abc import Mapping, Sequence

from agenda.acceptances import EXPIRING
from agenda.errors import NotFound
from agenda.recurrence import local_date
from agenda.risk_filter import RiskFilter, filter_in
from agenda.risks import RiskState
from agenda.roles import Right
from bot.cards import Button, Card, ItemList, Note, card
from bot.handlers.risks.cards import draw_shared, history_card, risk_card, risk_line
from bot.handlers.risks.risks import theirs_by
from bot.reading import PAGE, number_of, page_in, still_there, turned, turning
from bot.replies import Answer
from bot.sharing import share_button, shared_by, shares_list, shares_one
from bot.turns import Command, Noun, Press, Replies, Turn
from storage import people, policies, risks, rows
from storage.deliveries import Owed
from storage.risks import RiskItem, Wanted
from storage.touchpoints import Touchpoint
from storage.unit_of_work import Record


def show(turn: Turn, typed: str, page: int = 0) -> Replies:
    """All of it, a page at a time."""
    return [Answer(card=risk_card(turn, theirs_by(turn, number_of(typed, "R", "risk")), page))]


def history(turn: Turn, typed: str) -> Replies:
    """How it came to where it is."""
    return [Answer(card=history_card(turn, theirs_by(turn, number_of(typed, "R", "risk"))))]


def wanted_of(record: Record, said: RiskFilter, touchpoint_ids: Sequence[int], *, zone: str, me: str) -> Wanted:
    """What was typed, on this day, under this policy, by this person."""
    today = local_date(record.now, zone)
    return Wanted(
        touchpoint_ids=touchpoint_ids,
        states=said.states,
        owner=me if said.owner == "me" else said.owner,
        theme=said.theme,
        above=policies.of(record).appetite if said.above else None,
        overdue_on=today if said.overdue else None,
        expiring_until=today + EXPIRING if said.expiring else None,
        words=said.words,
    )


def listing(turn: Turn, typed: str = "", page: int = 0) -> Replies:
    """The highest level first: all that stand, unless it is said otherwise."""
    said, zone = filter_in(typed), turn.asker.zone or "UTC"
    wanted = wanted_of(turn.record, said, turn.scope(), zone=zone, me=turn.asker.name)
    tally = risks.tally(turn.record, wanted)
    total = sum(tally.values())
    if not total:
        raise nothing(said, turn.asker.name)
    page = still_there(page, total)
    found = risks.listed(turn.record, wanted, limit=PAGE, offset=page * PAGE)
    pages = turning(page, (total - 1) // PAGE, action="risk.list", value=typed)
    matrix = Button(action="risk.matrix", label="Matrix", value=f"0|now {typed}", rare=True)
    shared = share_button(turn, "risk.share_list", f"{page}|{typed}")
    title = titled(said, turn.asker.name, tally)
    listed = list_card(turn.record, title, found, zone, [*pages, *shared, matrix])
    return [Answer(card=listed)]


def titled(said: RiskFilter, me: str, tally: Mapping[RiskState, int]) -> str:
    """`Open risks (3)`, `Risks about Operations (5: 4 open, 1 accepted)`."""
    each = ", ".join(f"{count} {state.value}" for state, count in tally.items())
    counted = f"{sum(tally.values())}: {each}" if len(tally) > 1 else f"{sum(tally.values())}"
    return f"{said.title(me, tally)} ({counted})"


def nothing(said: RiskFilter, me: str) -> NotFound:
    """Why the list is empty, and what to try."""
    title = said.title(me).replace(",", "")
    if said.maybe:
        return NotFound(f"There are no {title[0].lower()}{title[1:]}.", f"Did you mean “risk list {said.maybe}”?")
    if said != RiskFilter():
        return NotFound(f"There are no {title[0].lower()}{title[1:]}.", "“risk list” shows all that stand.")
    return NotFound("No risk is open.", "“risk add” raises one.")


def list_card(record: Record, title: str, found: Sequence[RiskItem], zone: str, buttons: Sequence[Button]) -> Card:
    """A line each."""
    policy, today = policies.of(record), local_date(record.now, zone)
    lines = ItemList(tuple(risk_line(risk, policy, today) for risk in found))
    note = Note("“risk show R-…” shows one whole; “risk list above”, “overdue”, “expiring” or “owner:me” narrows it.")
    return card(title, lines, note, buttons=buttons)


def draw_shared_list(record: Record, owed: Owed) -> Card | None:
    """A page of the list, shared by somebody: of this touchpoint alone."""
    page, typed = page_in(owed.detail)
    said, zone = filter_in(typed), rows.get(record, Touchpoint, owed.subject_id).zone
    me = people.called(record, owed.person_id or 0)
    wanted = wanted_of(record, said, [owed.subject_id], zone=zone, me=me)
    tally = risks.tally(record, wanted)
    page = still_there(page, sum(tally.values()))
    found = risks.listed(record, wanted, limit=PAGE, offset=page * PAGE)
    listed = list_card(record, titled(said, me, tally), found, zone, [])
    return card(listed.title, *listed.blocks, shared_by(record, owed))


NOUN = Noun(
    name="risk list",
    summary="The register, whole or narrowed: “risk list above appetite owner:dana”.",
    commands=(
        Command(
            words=("risk", "list"),
            argument="[filter]",
            summary="Show the risks, the highest first; “above appetite”, “overdue”, “expiring”, “owner:dana” narrow it",
            handle=listing,
            right=Right.READ,
        ),
        Command(words=("risk", "show"), argument="<R-7>", summary="Show one risk", handle=show, right=Right.READ),
    ),
    buttons={
        "risk.list": turned(listing),
        "risk.page": turned(show),
        "risk.history": Press(handle=history, right=Right.READ),
        "risk.share": shares_one("shared_risk", "R", "risk", risks.by_number),
        "risk.share_list": shares_list("shared_risks", lambda _turn, typed: filter_in(typed)),
    },
    cards={"shared_risk": draw_shared, "shared_risks": draw_shared_list},
)
