"""What was promised: shown, listed, and shared with the others."""

from dataclasses import dataclass

from agenda.actions import ActionState
from agenda.errors import BadInput, NotFound
from agenda.queries import LONGEST
from agenda.recurrence import local_date
from agenda.roles import Right
from bot.cards import Button, Card, ItemList, Note, card
from bot.handlers.promises.cards import body, own_buttons, promise_card, promise_line, source, today
from bot.handlers.promises.promises import reach, theirs_by
from bot.reading import PAGE, page_in, still_there, turned, turning
from bot.replies import Answer
from bot.sharing import share_button, shared_by, shares_list, shares_one
from bot.turns import Command, Noun, Replies, Turn
from storage import actions, people, rows
from storage.actions import ActionItem, Wanted
from storage.deliveries import Owed
from storage.touchpoints import Touchpoint
from storage.unit_of_work import Record

MINE, OVERDUE = "mine", "overdue"
SETTLED = {"done": ActionState.DONE, "dropped": ActionState.DROPPED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowed:
    """What stands behind `promise list`: any of `mine`, `overdue`, `done` and `dropped` first, then words."""

    mine: bool = False
    overdue: bool = False
    state: ActionState = ActionState.OPEN
    words: str = ""

    def title(self, owner: str) -> str:
        """`Overdue promises of Sam with “vpn”`."""
        kind = "Overdue" if self.overdue else self.state.value.capitalize()
        whose = f" of {owner}" if self.mine else ""
        return f"{kind} promises{whose}" + (f" with “{self.words[:80]}”" if self.words else "")


def narrowed(typed: str) -> Narrowed:
    """As it was typed. Raises `BadInput` for more than can be looked for."""
    if len(typed) > LONGEST:
        raise BadInput(f"That is {len(typed):,} characters; at most {LONGEST} can be looked for.", "Say it shorter.")
    words = typed.split()
    flags = set()
    while words and words[0].lower() in {MINE, OVERDUE, *SETTLED}:
        flags.add(words.pop(0).lower())
    state = next((state for word, state in SETTLED.items() if word in flags), ActionState.OPEN)
    overdue = OVERDUE in flags and state is ActionState.OPEN
    return Narrowed(mine=MINE in flags, overdue=overdue, state=state, words=" ".join(words))


def show(turn: Turn, typed: str, page: int = 0) -> Replies:
    """All of it, a page at a time."""
    return [Answer(card=promise_card(turn, theirs_by(turn, typed), page))]


def listing(turn: Turn, typed: str = "", page: int = 0) -> Replies:
    """Open ones, the most urgent first, unless it is said otherwise."""
    said, (touchpoint_ids, also_of) = narrowed(typed), reach(turn)
    wanted = Wanted(
        touchpoint_ids=touchpoint_ids,
        also_of=also_of,
        owner_id=turn.asker.person_id if said.mine else None,
        state=said.state,
        due_before=today(turn) if said.overdue else None,
        words=said.words,
    )
    total = actions.count(turn.record, wanted)
    if not total:
        raise nothing(turn, said)
    page = still_there(page, total)
    found = actions.listed(turn.record, wanted, limit=PAGE, offset=page * PAGE)
    title = f"{said.title(turn.asker.name)} ({total})"
    pages = turning(page, (total - 1) // PAGE, action="promise.list", value=typed)
    seated = all(turn.asker.may(Right.READ, action.touchpoint_id) for action in found)
    shared = share_button(turn, "promise.share_list", f"{page}|{typed}") if seated else []
    listed = list_card(turn.record, title, found, turn.asker.zone or "UTC", [*pages, *shared])
    return [Answer(card=listed)]


def nothing(turn: Turn, said: Narrowed) -> NotFound:
    """Why the list is empty. Raises `NotAllowed` for whoever has no chair, and so will never see one."""
    turn.scope()
    title = said.title(turn.asker.name)
    if said.words:
        return NotFound(f"There are no {title[0].lower()}{title[1:]}.", "Try fewer words, or the beginning of one.")
    return NotFound(f"There are no {title[0].lower()}{title[1:]}.", "“promise add” records one.")


def list_card(record: Record, title: str, found: list[ActionItem], zone: str, buttons: list[Button]) -> Card:
    """A line each."""
    lines = ItemList(tuple(promise_line(record, action, zone) for action in found))
    return card(title, lines, Note("“promise show P-…” shows one whole."), buttons=buttons)


def draw_shared(record: Record, owed: Owed) -> Card | None:
    """One promise, shared by somebody; whoever may settle it does so there."""
    action = rows.get(record, ActionItem, owed.subject_id)
    blocks, _pages = body(record, action, rows.get(record, Touchpoint, action.touchpoint_id).zone)
    around = [*source(record, action), shared_by(record, owed)]
    return card(f"{action.ref} {action.title}", *blocks, *around, buttons=own_buttons(action))


def draw_shared_list(record: Record, owed: Owed) -> Card | None:
    """A page of a list, shared by somebody: of this touchpoint alone."""
    page, typed = page_in(owed.detail)
    said, zone = narrowed(typed), rows.get(record, Touchpoint, owed.subject_id).zone
    wanted = Wanted(
        touchpoint_ids=[owed.subject_id],
        owner_id=owed.person_id if said.mine else None,
        state=said.state,
        due_before=local_date(record.now, zone) if said.overdue else None,
        words=said.words,
    )
    total = actions.count(record, wanted)
    found = actions.listed(record, wanted, limit=PAGE, offset=still_there(page, total) * PAGE)
    title = said.title(people.called(record, owed.person_id or 0))
    listed = list_card(record, f"{title} ({total})", found, zone, [])
    return card(listed.title, *listed.blocks, shared_by(record, owed))


NOUN = Noun(
    name="promise log",
    summary="Who owes what, the most urgent first.",
    commands=(
        Command(
            words=("promise", "list"),
            argument="[words]",
            summary="Show open promises; also “mine”, “overdue” or “done”",
            handle=listing,
            right=Right.READ,
        ),
        Command(
            words=("promise", "show"),
            argument="<P-7>",
            summary="Show one promise and its history",
            handle=show,
            right=Right.READ,
        ),
    ),
    buttons={
        "promise.list": turned(listing),
        "promise.page": turned(show),
        "promise.share": shares_one("shared_promise", "P", "promise", actions.by_number),
        "promise.share_list": shares_list("shared_promises", lambda _turn, typed: narrowed(typed)),
    },
    cards={"shared_promise": draw_shared, "shared_promises": draw_shared_list},
)
