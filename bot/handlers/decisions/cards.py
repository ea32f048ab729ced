"""How a decision looks: to whoever reads it in private, to a principal whose key is missing, and as a nudge."""

from datetime import date, datetime

from agenda.actions import day_text
from agenda.changes import unpacked
from agenda.decisions import LABELS, DecisionState, concerned_in, options_in
from agenda.items import Source
from agenda.recurrence import local_day, to_wall
from agenda.references import Reference, references_in
from bot import addresses, signing
from bot.cards import Block, Button, Card, Facts, Item, ItemList, Note, Paragraph, card
from bot.handlers.decisions.standing import (
    SIGN,
    acts,
    key_buttons,
    read_button,
    replaced,
    sign_button,
    standing,
    wanted,
)
from bot.packets import AgendaLine
from bot.reading import goes_on, joined, paged
from bot.sharing import share_button
from bot.turns import Asked, Turn
from storage import decisions, initiatives, people, reviews, risks, rows
from storage.decisions import Decision
from storage.deliveries import Owed
from storage.initiatives import Initiative
from storage.nudges import Nudge
from storage.reviews import Verdict
from storage.risks import RiskItem
from storage.touchpoints import Touchpoint
from storage.unit_of_work import Record


def decision_card(turn: Turn, decision: Decision, page: int = 0) -> Card:
    """As its reader sees it in private."""
    blocks, pages = body(turn.record, decision, turn.asker.zone, page)
    first, rare = acts(turn, decision)
    if goes_on(page, pages):  # K1: the key stands below the end of the text.
        first = [button for button in first if button.action != SIGN]
    shared = share_button(turn, "decision.share", str(decision.number), of=decision.touchpoint_id)
    link = addresses.copy_button(turn, decision.ref)
    return card(f"{decision.ref} {decision.title}", *blocks, buttons=[*first, *pages, *shared, *rare, *link])


def body(record: Record, decision: Decision, zone: str, page: int = 0) -> tuple[list[Block], list[Button]]:
    """What was decided, why, instead of what, by whom, and how it stands."""
    why = f"Why: {decision.rationale}" if decision.rationale else ""
    text, pages = paged("Rationale", why, page, action="decision.page", value=str(decision.number))
    said = [Paragraph(part) for part in (decision.question, decision.outcome) if part]
    facts = tuple((name, value) for name, value in facts_of(record, decision, zone) if value)
    return [
        *said,
        *text,
        *options_list(decision),
        Facts(facts),
        *signing.dissents(record, decision),
        *pointers(record, decision),
        *around(record, decision),
        *reviewed(record, decision, zone),
    ], pages


def facts_of(record: Record, decision: Decision, zone: str) -> list[tuple[str, str]]:
    """In the order in which they are looked for; what is not known is left out."""
    recorder = people.called(record, decision.recorded_by_id)
    review = decision.next_review_on if decision.state is DecisionState.AGREED else decision.review_on
    return [
        ("State", standing(record, decision)),
        ("Ended", ended(record, decision, zone)),
        ("Theme", decision.theme.label),
        ("Owner", decision.owner),
        ("Consulted", decision.consulted),
        ("Informed", decision.informed),
        ("Effective", long_day(decision.effective_on)),
        ("Review", long_day(review)),
        *signing.key_facts(
            record, decision, zone, "missing" if decision.state is DecisionState.PROPOSED else "not turned"
        ),
        ("Recorded", f"{day(decision.recorded_at, zone)} by {recorder}"),
        ("Changed", edited(record, decision, zone)),
    ]


def edited(record: Record, decision: Decision, zone: str) -> str:
    """`Mon 3 March 2031, 10:12 by Dana`: whoever read it before then has read another text."""
    if decision.edited_at is None or decision.edited_by_id is None:
        return ""
    clock = to_wall(decision.edited_at, zone or "UTC").strftime("%H:%M")
    return f"{day(decision.edited_at, zone)}, {clock} by {people.called(record, decision.edited_by_id)}"


def ended(record: Record, decision: Decision, zone: str) -> str:
    """`Mon 3 March 2031 by Dana: too expensive`."""
    if decision.settled_at is None:
        return ""
    who = f" by {people.called(record, decision.settled_by_id)}" if decision.settled_by_id else ""
    because = f": {decision.because}" if decision.because else ""
    return f"{day(decision.settled_at, zone)}{who}{because}"


def options_list(decision: Decision) -> list[Block]:
    """What was considered, with what speaks for it and against it in words."""
    lines = tuple(
        Item(
            title=option.title or "In general",
            detail=joined([*(f"for: {pro}" for pro in option.pros), *(f"against: {con}" for con in option.cons)]),
        )
        for option in options_in(decision.options)
    )
    return [ItemList(lines, "Options considered")] if lines else []


def pointers(record: Record, decision: Decision) -> list[Block]:
    """The risks and initiatives that it is about, and where more is to be read."""
    about = tuple(
        Item(title=f"{ref} {found.title}" if found else ref)
        for ref, found in concerned(record, decision.concerns, decision.touchpoint_id).items()
    )
    links = [
        *references_in(decision.links),
        *([Reference("Where it was said", decision.source_link)] if decision.source_link else []),
    ]
    lines = tuple(Item(title=one.title, link=one.address) for one in links)
    return [
        *([ItemList(about, LABELS["concerns"])] if about else []),
        *([ItemList(lines, "Links")] if lines else []),
    ]


def concerned(record: Record, said: str, touchpoint_id: int) -> dict[str, RiskItem | Initiative | None]:
    """What `R-7, I-3` names, by what people call it; nothing where that is not in the touchpoint. Raises `BadInput`."""
    by_number = {"R": risks.by_number, "I": initiatives.by_number}
    return {
        f"{letter}-{number}": by_number[letter](record, number, [touchpoint_id])
        for letter, number in concerned_in(said)
    }


def around(record: Record, decision: Decision) -> list[Block]:
    """The decision whose place it takes, and those that take its own."""
    lines = []
    if old := replaced(record, decision):
        lines.append(f"{takes_place(decision)} {old.ref} {old.title}.")
    if decision.replaced_by:
        by = decisions.by_number(record, decision.replaced_by, [decision.touchpoint_id])
        how = "Withdrawn" if decision.state is DecisionState.WITHDRAWN else "Replaced"
        lines.append(f"{how} by D-{decision.replaced_by}{f' {by.title}' if by else ''}.")
    if decision.state is DecisionState.AGREED:
        for one in decisions.taking_place_of(record, decision):
            lines.append(f"{one.ref} would {'withdraw' if one.withdraws else 'replace'} it: {standing(record, one)}.")
    return [Note(line) for line in lines]


def takes_place(decision: Decision) -> str:
    """What it does to the one whose place it takes, or would do."""
    if decision.state is DecisionState.PROPOSED:
        return "Would withdraw" if decision.withdraws else "Would replace"
    return "Withdraws" if decision.withdraws else "Replaces"


def reviewed(record: Record, decision: Decision, zone: str) -> list[Block]:
    """`Confirmed by Dana on Mon 3 March 2031`, each time."""
    found = [one for one in reviews.of_decision(record, decision.key) if one.verdict is Verdict.CONFIRMED]
    lines = tuple(
        Item(title=f"Confirmed by {people.called(record, one.person_id)} on {day(one.at, zone)}") for one in found
    )
    return [ItemList(lines, "Reviews")] if lines else []


def day(instant: datetime, zone: str) -> str:
    """A day with its year, for a log that is read years later."""
    return f"{local_day(instant, zone or 'UTC')} {instant.year}"


def long_day(on: date | None) -> str:
    """The same of a date; empty where there is none."""
    return day_text(on, date.min) if on else ""


def reader_zone(record: Record, owed: Owed, touchpoint: Touchpoint) -> str:
    """Where its reader is."""
    person = rows.find(record, people.Person, owed.person_id) if owed.person_id else None
    return person.zone if person and person.zone else touchpoint.zone


def draw_key(record: Record, owed: Owed) -> Card | None:
    """In the direct chat of a principal whose key is missing."""
    return in_private(record, owed, "Your key is asked for", [])


def draw_void(record: Record, owed: Owed) -> Card | None:
    """In the direct chat of somebody whose key is void, with what changed since."""
    changed = tuple(Item(title=one.label, detail=one.words) for one in unpacked(owed.detail))
    by = rows.get(record, Decision, owed.subject_id).edited_by_id
    who = people.called(record, by) if by else "Somebody"
    heading = f"{who} changed the text after you signed"
    return in_private(record, owed, "Your key is void", [ItemList(changed, heading)])


def in_private(record: Record, owed: Owed, asked: str, above: list[Block]) -> Card:
    """The whole text, and the key as long as it is missing. `asked` begins the title until then."""
    decision = rows.get(record, Decision, owed.subject_id)
    touchpoint = rows.get(record, Touchpoint, decision.touchpoint_id)
    blocks, pages = body(record, decision, reader_zone(record, owed, touchpoint))
    title = f"{decision.ref} {decision.title}"
    if not wanted(record, decision) or not signing.is_wanted_of(record, decision, owed.person_id or 0):
        return card(title, *above, *blocks)
    return card(f"{asked}: {title}", *above, *blocks, buttons=keys_below(decision, pages))


def keys_below(decision: Decision, pages: list[Button]) -> list[Button]:
    """K1: the key below the whole text; below a part of it, the way to the rest."""
    sign, rare = key_buttons(decision)
    return [read_button(decision, style="primary")] if pages else [*sign, *rare]


def draw_ended(record: Record, owed: Owed) -> Card | None:
    """In the direct chat of who recorded it or had signed it: what became of it."""
    decision = rows.get(record, Decision, owed.subject_id)
    touchpoint = rows.get(record, Touchpoint, decision.touchpoint_id)
    blocks, _pages = body(record, decision, reader_zone(record, owed, touchpoint))
    return card(f"{decision.ref} is {decision.state.value}: {decision.title}", *blocks)


def ask_key(record: Record, nudge: Nudge) -> Asked | None:
    """A reminder of a key that has been missing for some days; once for each text."""
    decision = rows.get(record, Decision, nudge.subject_id)
    touchpoint = rows.get(record, Touchpoint, decision.touchpoint_id)
    title = f"{decision.ref} {decision.title}"
    mine = touchpoint.seat_of(nudge.person_id)
    if not wanted(record, decision) or mine not in signing.missing(record, decision):
        return Asked(title=title, detail=standing(record, decision), open=False)
    since = f"Since {local_day(decision.recorded_at, touchpoint.zone)}, by {people.called(record, decision.recorded_by_id)}."
    blocks, pages = body(record, decision, rows.get(record, people.Person, nudge.person_id).zone or touchpoint.zone)
    sign = read_button(decision, style="primary") if pages else sign_button(decision)
    return Asked(
        title=f"Your key is missing: {title}",
        detail=since,
        blocks=tuple(blocks),
        buttons=(sign,),
        listed=(read_button(decision),),
    )


def line_blocks(record: Record, line: AgendaLine) -> list[Block]:
    """On the card of a running sync: what is signed there, or reviewed."""
    if line.source not in {Source.DECISION_KEY, Source.DECISION_REVIEW}:
        return []
    decision = rows.get(record, Decision, line.source_id or 0)
    return body(record, decision, rows.get(record, Touchpoint, decision.touchpoint_id).zone)[0]


def line_key(record: Record, line: AgendaLine) -> list[Button]:
    """There: the key, or the way to the text where it is too long for the card."""
    decision = rows.get(record, Decision, line.source_id or 0)
    if not wanted(record, decision):
        return []
    _blocks, pages = body(record, decision, "UTC")
    return [read_button(decision) if pages else sign_button(decision)]
