"""Cards of the record that somebody puts into a message of their own: found beside it, or made of an address pasted there.

Everybody reads them where the message goes, for as long as it stands: no such card can be redrawn or taken back, because the
message is its writer's. So it is decided when it is made, and said before it is put there (`Result.detail`):

where the message goes                              the card
the home of its touchpoint, if it is read by        all of it, as of that day
nobody from outside
the writer's own direct chat with us                all of it, as of that day
anywhere else: another touchpoint's home, a chat,   its number and what kind of thing it is, and no word of it
a home that people of other companies read

Either has one button, `Open`: it shows all of it, as it is then, to whoever presses, if they have a place in its touchpoint.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from agenda.errors import NotFound
from agenda.owners import find as find_area
from agenda.owners import meant, said
from agenda.queries import Query, Subject, query_in
from agenda.recurrence import local_date, local_day
from agenda.roles import Right
from agenda.words import words_in
from bot import addresses
from bot.cards import Block, Button, Card, Note, Paragraph, Verbatim, card
from bot.handlers.decisions import cards as decision_cards
from bot.handlers.decisions.standing import standing
from bot.handlers.owners import cards as owner_cards
from bot.handlers.risks import cards as risk_cards
from bot.ownership import seated
from bot.reading import joined
from bot.replies import Answer, Result, Results
from bot.turns import Noun, Press, Replies, Search, Turn
from storage import decisions, finding, owners, places, policies, risks, rows
from storage.decisions import Decision
from storage.finding import Hit, Reach
from storage.owners import Responsibility
from storage.risks import RiskItem
from storage.touchpoints import Touchpoint
from storage.unit_of_work import Record

MOST: Final = 8
NOTHING: Final = "Nothing found. Try fewer words, or the beginning of one."
NO_CHAIR: Final = "You have no chair in a touchpoint. Its CIO or its CISO can let you in."
IN_FULL: Final = "Shown in full here"
NUMBER_ONLY: Final = "Only its number will be shown here"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What can be put into a message: how it is called there, found by its number, told apart in a list, and shown."""

    called: str
    by_number: Callable[[Record, int, Sequence[int]], Any]
    title: Callable[[Any], str]
    detail: Callable[[Record, Any], str]
    blocks: Callable[[Record, Any, str], list[Block]]
    private: Callable[[Turn, Any], Card]


def found(turn: Turn, search: Search, words: str) -> Replies:
    """The best few. Who has no chair is told so, and it is no attempt at anything: they only looked what there is."""
    if not turn.asker.seats:
        return [Results(note=NO_CHAIR)]
    items = tuple(search.find(turn, words.strip()))
    return [Results(items=items, note="" if items else NOTHING)]


def linked(turn: Turn, url: str) -> Replies:
    """The card of what the address names; nothing for a foreign address, and for what the asker has no part in."""
    ref = addresses.pasted(turn.record, url, turn.public_url)
    row = theirs(turn, ref)
    return [Results(items=(result(turn, ref, row),) if row else ())]


def theirs(turn: Turn, ref: str) -> Any:
    """What is called so, in a touchpoint in which the asker has a place; wherever they ask."""
    letter, _dash, number = ref.partition("-")
    kind = KINDS.get(letter)
    return kind.by_number(turn.record, int(number), [one.touchpoint_id for one in turn.asker.seats]) if kind else None


def result(turn: Turn, ref: str, row: Any) -> Result:
    """The line for the asker, and the card for everybody who reads the message."""
    kind, here = KINDS[ref[0]], may_stand_here(turn, row.touchpoint_id)
    detail = joined([kind.detail(turn.record, row), IN_FULL if here else NUMBER_ONLY])
    return Result(
        title=kind.title(row), detail=detail, card=whole(turn, ref, row) if here else number_alone(turn.record, ref)
    )


def may_stand_here(turn: Turn, touchpoint_id: int) -> bool:
    """The table above."""
    where = turn.where
    if where.direct:
        return where.conversation == turn.asker.account
    home = rows.get(turn.record, Touchpoint, touchpoint_id).home
    return where.conversation == home and not places.is_open(turn.record, home)


def whole(turn: Turn, ref: str, row: Any) -> Card:
    """As it is shared, which is drawn for that home."""
    kind, zone = KINDS[ref[0]], rows.get(turn.record, Touchpoint, row.touchpoint_id).zone
    as_of = Note(f"As of {local_day(turn.now, zone)}. “Open” shows how it is now.")
    blocks = kind.blocks(turn.record, row, zone)
    return card(kind.title(row), *blocks, as_of, buttons=[open_button(turn.record, ref)])


def number_alone(record: Record, ref: str) -> Card:
    """No word of it, nor of whose it is."""
    kind = KINDS[ref[0]]
    note = Note(f"{kind.called} in Touchpoint. Whoever has a place in its touchpoint can open it.")
    return card(ref, note, buttons=[open_button(record, ref)])


def open_button(record: Record, ref: str) -> Button:
    """Its value names the organization too: who presses may be of another one."""
    return Button(action="record.open", label="Open", value=addresses.name_of(record, ref))


def open_(turn: Turn, value: str) -> Replies:
    """All of it, for this person alone. Raises `NotFound` where they have no place, as for what is not."""
    ref = addresses.named(turn.record, value)
    row = theirs(turn, ref)
    if row is None:
        raise NotFound(
            "You cannot open this.",
            "It belongs to a touchpoint in which you have no chair, or is kept no more. Ask whoever sent it.",
        )
    shown, elsewhere = KINDS[ref[0]].private(turn, row), turn.asker.home_at(turn.where.conversation)
    if elsewhere in {None, row.touchpoint_id}:
        return [Answer(card=shown)]
    note = Note("This is the home of another touchpoint. To act on it, ask for it in our direct chat.")
    return [Answer(card=replace(shown, blocks=(*shown.blocks, note), buttons=()))]


def copy_link(turn: Turn, value: str) -> Replies:
    """The address of what the card shows."""
    row = theirs(turn, value) if addresses.is_ref(value) else None
    if row is None or not turn.public_url:
        raise NotFound("There is nothing of that number that you can see here.", "“find” shows what there is.")
    hint = Note("It tells nothing by itself: whoever has no place in its touchpoint sees the number and no more.")
    return [
        Answer(card=card(f"Link to {value}", Verbatim(addresses.address(turn.record, value, turn.public_url)), hint))
    ]


# ── what is looked for ──────────────────────────────────────────────────────────────────────────────────────────────────


def among(turn: Turn, words: str, subject: Subject, letter: str) -> list[Hit]:
    """By number, by words of which the beginning is enough, or the newest. Raises `BadInput` for a filter that is none."""
    zone = turn.asker.zone or "UTC"
    typed = f"{letter}-{int(words)}" if words.isdecimal() and len(words) <= 9 else words
    query = query_in(typed, today=local_date(turn.now, zone)) if typed else Query()
    query = replace(query, subjects=(subject,))
    reach = Reach(touchpoint_ids=turn.scope(), asker_id=turn.asker.person_id, zone=zone)
    hits = finding.find(turn.record, query, reach, limit=MOST)
    meant = None if hits else finding.forgiven(turn.record, query, reach)
    return finding.find(turn.record, meant, reach, limit=MOST) if meant else hits


def find_decisions(turn: Turn, words: str) -> list[Result]:
    """The newest first."""
    hits = among(turn, words, "decision", "D")
    return [result(turn, hit.ref, rows.get(turn.record, Decision, hit.subject_id)) for hit in hits]


def find_risks(turn: Turn, words: str) -> list[Result]:
    """The newest first."""
    hits = among(turn, words, "risk", "R")
    return [result(turn, hit.ref, rows.get(turn.record, RiskItem, hit.subject_id)) for hit in hits]


def find_owners(turn: Turn, words: str) -> list[Result]:
    """As `who owns` finds them; without words the list from its top."""
    areas = owners.areas(turn.record, turn.scope())
    wanted = [area for area in areas if begins(words, area)] if words else areas
    near = find_area(words, areas) if not wanted else None
    wanted = wanted or (list(near.near) if near and near.alike else [])
    return [result(turn, f"O-{area.key}", area) for area in wanted[:MOST]]


def begins(typed: str, area: Responsibility) -> bool:
    """Does each word that was typed begin one of its own? A search is asked at every letter."""
    own = [word for phrase in area.phrases for word in words_in(phrase)]
    return all(any(word.startswith(part) for word in own) for part in meant(typed))


# ── the kinds ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def risk_detail(record: Record, risk: RiskItem) -> str:
    """As a list says it, without its days."""
    return joined([risk_cards.level_text(risk, policies.of(record)), risk.state.value, risk.owner])


def area_by_key(record: Record, key: int, touchpoint_ids: Sequence[int]) -> Responsibility | None:
    """Areas have no number; their row's key takes its place."""
    area = rows.find(record, Responsibility, key)
    return area if area and not area.dropped_at and area.touchpoint_id in touchpoint_ids else None


def area_detail(record: Record, area: Responsibility) -> str:
    """Who is accountable, or that nobody is."""
    names = seated(record, rows.get(record, Touchpoint, area.touchpoint_id))
    return joined([said(area.accountable, names), area.gap])


def area_blocks(record: Record, area: Responsibility, zone: str) -> list[Block]:
    """One line, as it is shared."""
    names = seated(record, rows.get(record, Touchpoint, area.touchpoint_id))
    return [Paragraph(owner_cards.line(owner_cards.Reader(record=record, seated=names, zone=zone), area))]


KINDS: Final = {
    "D": Kind(
        called="A decision",
        by_number=decisions.by_number,
        title=lambda one: f"{one.ref} {one.title}",
        detail=standing,
        blocks=lambda record, one, zone: decision_cards.body(record, one, zone)[0],
        private=decision_cards.decision_card,
    ),
    "R": Kind(
        called="A risk",
        by_number=risks.by_number,
        title=lambda one: f"{one.ref} {one.title}",
        detail=risk_detail,
        blocks=lambda record, one, zone: risk_cards.body(record, one, zone)[0],
        private=risk_cards.risk_card,
    ),
    "O": Kind(
        called="An area of who owns what",
        by_number=area_by_key,
        title=lambda one: one.area,
        detail=area_detail,
        blocks=area_blocks,
        private=owner_cards.area_card,
    ),
}

NOUN = Noun(
    name="inserts",
    summary="Decisions, risks and owners, put into a message of yours or named by their address.",
    buttons={
        "record.open": Press(handle=open_, right=Right.READ),
        "record.link": Press(handle=copy_link, right=Right.READ),
    },
    searches={
        "decisions": Search(
            label="Decisions",
            summary="Find a decision by its words or its number, and put it into your message",
            find=find_decisions,
        ),
        "risks": Search(
            label="Risks",
            summary="Find a risk by its words or its number, and put it into your message",
            find=find_risks,
        ),
        "owners": Search(
            label="Who owns what", summary="Find who is accountable, and put it into your message", find=find_owners
        ),
    },
)
