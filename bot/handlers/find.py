"""Finding anything in the record by its words, and showing it; what was found can be shared with the others."""

from collections.abc import Callable, Mapping

from agenda.errors import BadInput, NotFound
from agenda.queries import FILTERS, Query, query_in
from agenda.recurrence import local_date, local_time
from agenda.roles import Right
from agenda.words import excerpt
from bot.cards import Block, Button, Card, Facts, Item, ItemList, Note, Span, card
from bot.handlers.agenda import items
from bot.handlers.decisions import log as decision_log
from bot.handlers.decisions.cards import day
from bot.handlers.initiatives import log as initiative_log
from bot.handlers.investment import log as ask_log
from bot.handlers.promises import log as action_log
from bot.handlers.promises.promises import reach
from bot.handlers.risks import log as risk_log
from bot.handlers.syncs import minutes
from bot.reading import first_words, joined, page_in, paged, pair_in, turned, turning
from bot.replies import Answer
from bot.sharing import share_button, shared_by, shares_list
from bot.turns import Command, Noun, Press, Replies, Turn
from storage import finding, people, rows
from storage.deliveries import Owed
from storage.finding import Hit, Reach
from storage.touchpoints import Touchpoint
from storage.unit_of_work import Record

PAGE = 5  # Each hit has an excerpt and a button of its own: so many fit a phone.
NAMES = {"item": "agenda", "initiative": "IT project"}
BY_REF: Mapping[str, Callable[[Turn, str], Replies]] = {
    "decision": decision_log.show,
    "risk": risk_log.show,
    "promise": action_log.show,
    "ask": ask_log.show,
    "initiative": initiative_log.show,
}
HOW = Note("“by:dana”, “theme:hygiene”, “since:march”, “state:open”, “in:risks” and “sort:relevance” narrow it.")


def find(turn: Turn, typed: str, page: int = 0) -> Replies:
    """Whatever the asker may see here, newest first; a word that finds nothing is taken for the nearest that does."""
    where = reach_of(turn)
    query = reads(turn, typed)
    hits, meant = hits_of(turn.record, query, where, page)
    if not hits and page:
        return find(turn, typed)  # There is less than when the button was drawn.
    if not hits:
        raise nothing(turn, query)
    last = page + 1 if len(hits) > PAGE else page
    buttons = turning(page, last, action="find", value=query.text)
    if all(turn.asker.chair_in(hit.touchpoint_id) for hit in hits):
        buttons += share_button(turn, "find.share", f"{page}|{query.text}")
    blocks = blocks_of(turn.record, hits[:PAGE], query, meant, where.zone, shows=True)
    return [Answer(card=card(title_of(query), *blocks, buttons=buttons))]


def find_decisions(turn: Turn, typed: str) -> Replies:
    """The same, among decisions."""
    return find(turn, f"in:decisions {typed}")


def reach_of(turn: Turn) -> Reach:
    """What the asker may see in this place: their touchpoints, and what they promised."""
    touchpoint_ids, also_of = reach(turn)
    return Reach(
        touchpoint_ids=touchpoint_ids,
        reader_id=also_of,
        asker_id=turn.asker.person_id,
        zone=turn.asker.zone or "UTC",
    )


def hits_of(record: Record, query: Query, where: Reach, page: int) -> tuple[list[Hit], Query]:
    """A page and one more, to know whether there is a next one; and what was taken to be meant."""
    hits = finding.find(record, query, where, limit=PAGE + 1, offset=page * PAGE)
    meant = None if hits else finding.forgiven(record, query, where)
    if meant is None:
        return hits, query
    return finding.find(record, meant, where, limit=PAGE + 1, offset=page * PAGE), meant


def nothing(turn: Turn, query: Query) -> NotFound:
    """What to try instead. Raises `NotAllowed` for whoever has no chair, and so will never find anything."""
    turn.scope()
    filtered = any(f"{name}:" in query.text.lower() for name in FILTERS)
    return NotFound(
        "Nothing found.",
        "Try fewer words, or the beginning of one" + (", or leave a filter out." if filtered else "."),
    )


def title_of(query: Query) -> str:
    """What was looked for."""
    return f"Found: {first_words(query.text, 80)}"


def blocks_of(record: Record, hits: list[Hit], query: Query, meant: Query, zone: str, *, shows: bool) -> list[Block]:
    """The hits, and what was made of the words."""
    listed = ItemList(tuple(item_of(record, hit, meant, zone, shows=shows) for hit in hits))
    return [*taken_for(query, meant), listed, *([HOW] if shows else [])]


def taken_for(query: Query, meant: Query) -> list[Note]:
    """Which words were taken for which."""
    slips = [
        (was.words[0], is_now.words[0]) for was, is_now in zip(query.terms, meant.terms, strict=True) if was != is_now
    ]
    return [Note(f"Nothing with “{typed}”; showing “{shown}”.") for typed, shown in slips]


def item_of(record: Record, hit: Hit, query: Query, zone: str, *, shows: bool) -> Item:
    """What it is, how it stands, since when, whose; and where in its text the words are."""
    owner = hit.owner or (people.called(record, hit.person_id) if hit.person_id else "")
    show = Button(action="find.show", label="Show", value=f"{hit.subject_id}|{hit.subject}|{hit.ref}")
    return Item(
        title=f"{hit.ref} {hit.title}".strip(),
        detail=joined([NAMES.get(hit.subject, hit.subject), hit.state.replace("_", " "), day(hit.at, zone), owner]),
        snippet=tuple(Span(text, marked) for text, marked in excerpt(hit.text, query.terms)),
        buttons=(show,) if shows else (),
    )


def show(turn: Turn, value: str) -> Replies:
    """One hit, as its own noun shows it."""
    key, what = pair_in(value)
    subject, _bar, ref = what.partition("|")
    if subject in BY_REF:
        return BY_REF[subject](turn, ref)
    if subject == "minutes":
        return [Answer(card=minutes.private_card(turn, minutes.closed_sync(turn, key)))]
    if subject == "item":
        return line(turn, str(key))
    raise BadInput("That button belongs to an older card.", "Find it again with “find”.")


def line(turn: Turn, value: str, page: int = 0) -> Replies:
    """A line of an agenda: all that was written, and what became of it."""
    item, sync = items.theirs(turn, value)
    zone = turn.asker.zone or turn.require(sync.touchpoint_id).zone
    facts = Facts(
        (
            ("Sync", local_time(sync.starts_at, zone)),
            ("Outcome", item.outcome.value),
            ("Theme", item.theme.label),
            ("Raised by", people.called(turn.record, item.raised_by_id)),
        )
    )
    blocks, pages = paged("Details", item.detail, page, action="find.line", value=value)
    more = [Button(action="minutes.show", label="Minutes", value=str(sync.key))] if sync.closed_at else []
    return [Answer(card=card(item.title, facts, *blocks, buttons=[*pages, *more]))]


def reads(turn: Turn, typed: str) -> Query:
    """What the asker looks for. Raises `BadInput`."""
    return query_in(typed, today=local_date(turn.now, reach_of(turn).zone))


def draw_shared(record: Record, owed: Owed) -> Card | None:
    """What is found now, in this touchpoint alone."""
    page, typed = page_in(owed.detail)
    zone = rows.get(record, Touchpoint, owed.subject_id).zone
    where = Reach(touchpoint_ids=[owed.subject_id], asker_id=owed.person_id, zone=zone)
    query = query_in(typed, today=local_date(record.now, zone))
    hits, meant = hits_of(record, query, where, page)
    if not hits:
        hits, meant = hits_of(record, query, where, 0)
    return card(
        title_of(query), *blocks_of(record, hits[:PAGE], query, meant, zone, shows=False), shared_by(record, owed)
    )


def is_asked(argument: str) -> bool:
    """“find vpn” asks; “find a new vendor for the VPN” is something to talk about."""
    return len(argument.split()) <= 2 or any(mark in argument for mark in (":", '"', "“", "*"))


NOUN = Noun(
    name="find",
    summary="Decisions, risks, promises, asks, IT projects, agenda items and minutes, by their words, typing errors forgiven.",
    commands=(
        Command(
            words=("find",),
            argument="<words>",
            summary='Find anything: “find vpn”, “find "exact phrase" by:dana since:march”, “find D-12”',
            handle=find,
            right=Right.READ,
            reads=is_asked,
        ),
        Command(
            words=("decision", "find"),
            argument="<words>",
            summary="Find decisions by their words",
            handle=find_decisions,
            right=Right.READ,
        ),
    ),
    buttons={
        "find": turned(find),
        "find.show": Press(handle=show, right=Right.READ),
        "find.line": turned(line),
        "find.share": shares_list("shared_found", reads),
    },
    cards={"shared_found": draw_shared},
)
