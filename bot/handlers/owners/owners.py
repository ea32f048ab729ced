"""Who owns what: asked in a sentence, and listed with its gaps."""

from agenda.errors import NotFound
from agenda.owners import STARTER_SET, Found, find
from agenda.roles import Right
from bot.cards import Block, Button, Card, Note, Paragraph, card
from bot.handlers.owners.cards import Reader, area_card, line, line_card, listed, state_of
from bot.handlers.owners.changes import add, theirs
from bot.handlers.owners.checks import begin
from bot.ownership import seated
from bot.reading import PAGE, page_in, pair_in, turned, turning
from bot.replies import Answer
from bot.sharing import share, share_button, shared_by, shares_list
from bot.turns import Command, Noun, Press, Replies, Turn
from storage import owners, rows
from storage.deliveries import Owed
from storage.owners import Responsibility
from storage.touchpoints import Touchpoint
from storage.unit_of_work import Record

GAPS = "gaps"


def who_owns(turn: Turn, asked: str) -> Replies:
    """`who owns the backups?`: one line, or what could have been meant."""
    areas = owners.areas(turn.record, turn.scope())
    found = find(asked, areas)
    if found.area:
        return [Answer(card=line_card(turn, found.area, found.phrase))]
    if not areas:
        raise NotFound("Nobody has said yet who owns what.", "“owners” offers the usual areas.")
    return [Answer(card=which_card(turn, asked, found))]


def which_card(turn: Turn, asked: str, found: Found[Responsibility]) -> Card:
    """The nearest ones, one tap each; what was typed stands below."""
    title = "Which one do you mean?" if found.alike else "There is no area of that name."
    hint = Note("“owners” lists all areas, “owners add …” adds one, and “agenda add …” raises it for your next sync.")
    return card(title, Note(f"You typed: {asked}"), hint, buttons=[ask_button(turn, area) for area in found.near])


def ask_button(turn: Turn, area: Responsibility) -> Button:
    """Named by its touchpoint too, where the asker sees several."""
    several = len(turn.scope()) > 1
    where = f" · {rows.get(turn.record, Touchpoint, area.touchpoint_id).name}" if several else ""
    return Button(action="owners.ask", label=f"{area.area}{where}"[:70], value=str(area.key))


def ask(turn: Turn, value: str) -> Replies:
    """The one that was meant."""
    return [Answer(card=line_card(turn, theirs(turn, value)), replaces=True)]


def show(turn: Turn, asked: str) -> Replies:
    """`owners show vendor risk`: all of it."""
    found = find(asked, owners.areas(turn.record, turn.scope()))
    return [Answer(card=area_card(turn, found.area) if found.area else which_card(turn, asked, found))]


def show_pressed(turn: Turn, value: str) -> Replies:
    """The same, from a button."""
    return [Answer(card=area_card(turn, theirs(turn, value)))]


def listing(turn: Turn, typed: str = "", page: int = 0) -> Replies:
    """All areas, or the gaps alone; how many gaps there are is said first."""
    if typed.lower() not in {"", GAPS}:
        return who_owns(turn, typed)
    touchpoint = turn.touchpoint()
    areas = owners.areas(turn.record, [touchpoint.key])
    if not areas:
        return [Answer(card=first_card(turn, touchpoint))]
    title, blocks, last = page_of(turn.record, touchpoint, areas, typed, page, buttons=True)
    page = min(page, last)
    pages = turning(page, last, action="owners.list", value=typed)
    shared = share_button(turn, "owners.share_list", f"{page}|{typed}")
    shown = card(title, *blocks, buttons=[*pages, *list_buttons(turn, touchpoint, typed), *shared])
    return [Answer(card=shown)]


def page_of(
    record: Record, touchpoint: Touchpoint, areas: list[Responsibility], typed: str, page: int, *, buttons: bool
) -> tuple[str, list[Block], int]:
    """The title, one page of the list, and the number of the last page."""
    found = [area for area in areas if area.gap or area.disputed_at] if typed.lower() == GAPS else areas
    last = max(len(found) - 1, 0) // PAGE
    first = min(page, last) * PAGE
    lines = listed(found[first : first + PAGE], seated(record, touchpoint), buttons=buttons)
    return f"Who owns what ({len(areas)} areas)", [*state_of(areas), *lines], last


def list_buttons(turn: Turn, touchpoint: Touchpoint, typed: str) -> list[Button]:
    """The gaps alone, and the check, for those who may begin one."""
    gaps = [] if typed else [Button(action="owners.list", label="Only gaps", value=f"0|{GAPS}")]
    may = turn.asker.may(Right.RUN, touchpoint.key)
    return [*gaps, *([Button(action="ownership.ask", label="Ask us both", value=str(touchpoint.key))] if may else [])]


def first_card(turn: Turn, touchpoint: Touchpoint) -> Card:
    """Nothing is there yet: a list to begin with is one tap away."""
    start = Button(
        action="owners.start",
        label=f"Start with {len(STARTER_SET)} usual areas",
        value=str(touchpoint.key),
        style="primary",
    )
    return card(
        "Nobody has said yet who owns what",
        Paragraph("The usual areas are those of NIST CSF 2.0, in plain words. You can change, add and drop any."),
        Note("Or add your own: “owners add vendor risk”."),
        buttons=[start] if turn.asker.may(Right.RUN, touchpoint.key) else [],
    )


def share_one(turn: Turn, value: str) -> Replies:
    """The line, where both meet."""
    touchpoint_id, area = pair_in(value)
    return share(turn, touchpoint_id, kind="shared_owner", subject_id=of_touchpoint(turn, area, touchpoint_id).key)


def of_touchpoint(turn: Turn, value: str, touchpoint_id: int) -> Responsibility:
    """An area of that touchpoint and of no other. Raises `NotFound`."""
    area = theirs(turn, value)
    if area.touchpoint_id != touchpoint_id:
        raise NotFound("That area is not on the list.", "“owners” shows what is.")
    return area


def draw_shared(record: Record, owed: Owed) -> Card | None:
    """One line, shared by somebody, as it is now."""
    area = rows.get(record, Responsibility, owed.subject_id)
    touchpoint = rows.get(record, Touchpoint, area.touchpoint_id)
    if area.dropped_at:
        return card(f"“{area.area}” is not on the list any more") if owed.message else None
    reader = Reader(record=record, seated=seated(record, touchpoint), zone=touchpoint.zone)
    return card(line(reader, area), shared_by(record, owed))


def draw_shared_list(record: Record, owed: Owed) -> Card | None:
    """A page of the list, shared by somebody."""
    page, typed = page_in(owed.detail)
    touchpoint = rows.get(record, Touchpoint, owed.subject_id)
    areas = owners.areas(record, [touchpoint.key])
    title, blocks, _last = page_of(record, touchpoint, areas, typed, page, buttons=False)
    return card(title, *blocks, shared_by(record, owed))


NOUN = Noun(
    name="owners",
    summary="Who is accountable for what: ask in a sentence, like “who owns vendor risk?”, and see the gaps.",
    commands=(
        Command(
            words=("who", "owns"),
            argument="<area>",
            summary="One line: who is accountable, and since when that is certain. Try “who owns vendor risk”",
            handle=who_owns,
            right=Right.READ,
        ),
        Command(
            words=("owners",),
            argument="[gaps]",
            summary="All areas, and which of them nobody is accountable for",
            handle=listing,
            right=Right.READ,
            reads=lambda typed: typed.lower() in {"", GAPS},
        ),
        Command(words=("owners", "show"), argument="<area>", summary="Show one area", handle=show, right=Right.READ),
        Command(words=("owners", "add"), argument="<area>", summary="Add an area", handle=add, writes=True),
        Command(
            words=("owners", "check"),
            summary="Ask you both in private who owns a few areas; only where you differ is it talked about",
            handle=begin,
            writes=True,
        ),
    ),
    buttons={
        "owners.ask": Press(handle=ask, right=Right.READ),
        "owners.show": Press(handle=show_pressed, right=Right.READ),
        "owners.list": turned(listing),
        "owners.share": Press(handle=share_one, writes=True, right=Right.RAISE),
        "owners.share_list": shares_list("shared_owners"),
    },
    cards={"shared_owner": draw_shared, "shared_owners": draw_shared_list},
)
