"""Initiatives: shown, listed by their next gate, and shared with the others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from agenda.conversations import Conversation
from agenda.errors import BadInput, NotFound
from agenda.initiatives import EARLY, GateKind, InitiativeState
from agenda.queries import LONGEST, query_in
from agenda.recurrence import local_date
from agenda.roles import Right
from bot.cards import Card, ItemList, Note, Paragraph, card
from bot.handlers.initiatives.cards import answers_card, draw_shared, initiative_card, initiative_line, today_of
from bot.handlers.initiatives.initiatives import theirs_by
from bot.reading import PAGE, page_in, still_there, turned, turning
from bot.replies import Answer
from bot.sharing import share_button, shared_by, shares_list, shares_one
from bot.turns import Command, Noun, Replies, Turn
from storage import gates, initiatives, rows
from storage.deliveries import Owed
from storage.initiatives import Wanted
from storage.touchpoints import Touchpoint
from storage.unit_of_work import Record

STATES: Mapping[str, tuple[InitiativeState, ...]] = {
    "all": tuple(InitiativeState),
    **{state.value: (state,) for state in InitiativeState},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowed:
    """What stands behind `initiative list`: `all` or a state first, then words."""

    which: str = InitiativeState.ACTIVE.value
    words: str = ""

    @property
    def title(self) -> str:
        """`Active initiatives with “crm”`."""
        return f"{self.which.capitalize()} initiatives" + (f" with “{self.words[:80]}”" if self.words else "")

    def wanted(self, touchpoint_ids: Sequence[int]) -> Wanted:
        """The same, as it is asked for."""
        return Wanted(touchpoint_ids=touchpoint_ids, states=STATES[self.which], words=self.words)


def narrowed_in(typed: str, today: date) -> Narrowed:
    """What narrows the list. Raises `BadInput` for words that nothing can be found by."""
    first, _space, rest = " ".join(typed.split()).partition(" ")
    known = first.lower() in STATES
    words = rest if known else f"{first} {rest}".strip()
    if len(words) > LONGEST:
        raise BadInput(f"That is too long: {len(words):,} characters.", f"At most {LONGEST} narrow a list.")
    if words:
        query_in(words, today=today)
    return Narrowed(which=first.lower(), words=words) if known else Narrowed(words=words)


def show(turn: Turn, typed: str, page: int = 0) -> Replies:
    """All of it."""
    return [Answer(card=initiative_card(turn, theirs_by(turn, typed), page))]


def answers(turn: Turn, typed: str, page: int = 0) -> Replies:
    """Every answer, gate by gate."""
    return [Answer(card=answers_card(turn, theirs_by(turn, typed), page))]


def listing(turn: Turn, typed: str = "", page: int = 0) -> Replies:
    """Whose next gate comes first: those that are active, unless it is said otherwise."""
    narrowed, scope = narrowed_in(typed, today_of(turn)), turn.scope()
    total = sum(initiatives.tally(turn.record, narrowed.wanted(scope)).values())
    if not total:
        raise nothing(narrowed)
    page = still_there(page, total)
    pages = turning(page, (total - 1) // PAGE, action="initiative.list", value=typed)
    shared = share_button(turn, "initiative.share_list", f"{page}|{typed}")
    listed = list_card(turn.record, narrowed, scope, page, turn.asker.zone or "UTC")
    return [Answer(card=replace(listed, buttons=(*pages, *shared)))]


def nothing(narrowed: Narrowed) -> NotFound:
    """Why the list is empty, and what to try."""
    if narrowed == Narrowed():
        return NotFound(
            "No initiative is active.", "“initiative add” adds one; “initiative list all” shows the others."
        )
    title = narrowed.title
    return NotFound(f"There are no {title[0].lower()}{title[1:]}.", "“initiative list” shows all that are active.")


def list_card(record: Record, narrowed: Narrowed, touchpoint_ids: Sequence[int], page: int, zone: str) -> Card:
    """A line each, and how early security joined in all of them."""
    wanted = narrowed.wanted(touchpoint_ids)
    tally = initiatives.tally(record, wanted)
    page = still_there(page, sum(tally.values()))
    found = initiatives.listed(record, wanted, limit=PAGE, offset=page * PAGE)
    there = gates.of_initiatives(record, [one.key for one in found])
    today = local_date(record.now, zone)
    lines = ItemList(tuple(initiative_line(one, there[one.key], today, zone) for one in found))
    note = Note("“initiative show I-…” shows one whole; “all”, “done”, “stopped” or words narrow the list.")
    return card(f"{narrowed.title} ({sum(tally.values())})", Paragraph(early_text(tally)), lines, note)


def early_text(tally: Mapping[GateKind | None, int]) -> str:
    """`Security joined 4 of 6 at idea or design.`"""
    early, total = sum(tally.get(kind, 0) for kind in EARLY), sum(tally.values())
    return f"Security joined {early} of {total} at {' or '.join(kind.label for kind in EARLY)}."


def draw_shared_list(record: Record, owed: Owed) -> Card | None:
    """A page of the list, shared by somebody: of this touchpoint alone."""
    page, typed = page_in(owed.detail)
    zone = rows.get(record, Touchpoint, owed.subject_id).zone
    listed = list_card(record, narrowed_in(typed, local_date(record.now, zone)), [owed.subject_id], page, zone)
    return card(listed.title, *listed.blocks, shared_by(record, owed))


NOUN = Noun(
    name="initiative list",
    summary="All IT projects by their next gate; “initiative list done” or words narrow it.",
    conversation=Conversation.INITIATIVES,
    commands=(
        Command(
            words=("initiative", "list"),
            argument="[filter]",
            summary="Show the IT projects by their next gate; “all”, “done”, “stopped” or words narrow it",
            handle=listing,
            right=Right.READ,
        ),
        Command(
            words=("initiative", "show"),
            argument="<I-3>",
            summary="Show one IT project",
            handle=show,
            right=Right.READ,
        ),
    ),
    buttons={
        "initiative.list": turned(listing),
        "initiative.page": turned(show),
        "initiative.answers": turned(answers),
        "initiative.share": shares_one("shared_initiative", "I", "initiative", initiatives.by_number),
        "initiative.share_list": shares_list(
            "shared_initiatives", lambda turn, typed: narrowed_in(typed, today_of(turn))
        ),
    },
    cards={"shared_initiative": draw_shared, "shared_initiatives": draw_shared_list},
)
