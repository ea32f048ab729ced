"""How an initiative looks: where it stands, who stands for it, its gates, and what is asked at the next one.

What a reader may do with it stands on it as buttons; `today` is always the reader's own day.
"""

from collections.abc import Sequence
from datetime import date

from agenda.actions import day_text
from agenda.initiatives import InitiativeState, answered_text, open_text
from agenda.recurrence import local_date
from agenda.references import references_in
from bot.cards import Block, Button, Card, Facts, Item, ItemList, Note, Paragraph, Style, card
from bot.handlers.risks.cards import shown
from bot.reading import first_words, joined, paged
from bot.sharing import share_button, shared_by
from bot.turns import Turn
from storage import decisions, deliveries, gates, people, rows
from storage.deliveries import Owed
from storage.gates import GateNow
from storage.initiatives import Gate, Initiative
from storage.touchpoints import Touchpoint
from storage.unit_of_work import Record

PASSED, NEARS, AHEAD = "✓", "!", "–"


def redraw(record: Record, initiative: Initiative) -> None:
    """Every card that shows it, shows it as it stands."""
    deliveries.redraw(record, "shared_initiative", subject_id=initiative.key)


def today_of(turn: Turn) -> date:
    """The reader's."""
    return local_date(turn.now, turn.asker.zone or "UTC")


def initiative_card(turn: Turn, initiative: Initiative, page: int = 0) -> Card:
    """As its reader sees it in private."""
    there = gates.of_initiative(turn.record, initiative.key)
    blocks, pages = body(turn.record, initiative, there, turn.asker.zone or "UTC", page)
    shared = share_button(turn, "initiative.share", str(initiative.number), of=initiative.touchpoint_id)
    first, rare = acts(initiative, there)
    return card(f"{initiative.ref} {initiative.title}", *blocks, buttons=[*first, *pages, *shared, *rare])


def acts(initiative: Initiative, there: Sequence[GateNow]) -> tuple[list[Button], list[Button]]:
    """What is done often, and what is rare."""
    value = str(initiative.number)
    answers = [Button(action="initiative.answers", label="All answers", value=f"0|{value}", rare=True)]
    if initiative.state is not InitiativeState.ACTIVE:
        return [Button(action="initiative.go_on", label="Go on", value=value)], answers
    ahead = gates.next_of(there)
    over = Button(
        action="initiative.done", label="Done", value=value, confirm=over_question(there), rare=ahead is not None
    )
    rare = [
        Button(action="gate.days", label="Gates", value=value, opens_form=True, rare=True),
        *([question_button(initiative, ahead)] if ahead else []),
        *later_buttons(initiative, there),
        *answers,
        Button(action="risk.of_initiative", label="Raise risk", value=value, opens_form=True, rare=True),
        *undo_button(initiative, there),
        Button(action="initiative.stop", label="Stop", value=value, opens_form=True, rare=True),
    ]
    edit = Button(action="initiative.edit", label="Edit", value=value, opens_form=True)
    return [*(gate_buttons(initiative, ahead, there) if ahead else []), edit, over], rare


def over_question(there: Sequence[GateNow]) -> str | None:
    """Asked before it is called done with a gate ahead."""
    ahead = [one for one in there if one.gate.passed_on is None]
    if not ahead:
        return None
    return f"{len(ahead)} of {len(there)} gates are not passed."


def gate_buttons(initiative: Initiative, ahead: GateNow, there: Sequence[GateNow]) -> list[Button]:
    """What takes a gate that is ahead: its answers first, and then the gate itself."""
    value = f"{initiative.number}|{ahead.kind}"
    left, question = ahead.unanswered, pass_question(ahead, there)
    first: Style = "default" if left else "primary"
    answer = Button(
        action="gate.answer",
        label="Answer",
        value=value,
        style="primary" if left else "default",
        opens_form=True,
        rare=not left,
    )
    passes = Button(action="gate.pass", label="Pass gate", value=value, style=first, confirm=question)
    return [*([answer] if ahead.asked else []), passes]


def pass_question(ahead: GateNow, there: Sequence[GateNow]) -> str | None:
    """Asked before a gate is passed with something open, or with others in front of it."""
    before = [one for one in there if one.gate.passed_on is None and one.kind.place < ahead.kind.place]
    said = [
        f"{open_text(one.asked, one.unanswered)} at the {one.kind.label} gate."
        for one in (*before, ahead)
        if one.unanswered
    ]
    names = " and ".join(one.kind.label for one in before)
    also = [f"Passed with it: {names}."] if before else []
    return " ".join([*said, *also, *(["This stays said."] if said else [])]) or None


def question_button(initiative: Initiative, ahead: GateNow) -> Button:
    """Other questions at the next gate."""
    value = f"{initiative.number}|{ahead.kind}"
    return Button(action="gate.questions", label="Questions", value=value, opens_form=True, rare=True)


def later_buttons(initiative: Initiative, there: Sequence[GateNow]) -> list[Button]:
    """What was open when a gate was passed may be answered later."""
    return [
        Button(
            action="gate.answer",
            label=f"Answer {one.kind.label}",
            value=f"{initiative.number}|{one.kind}",
            opens_form=True,
            rare=True,
        )
        for one in there
        if one.gate.unanswered and one.unanswered
    ]


def undo_button(initiative: Initiative, there: Sequence[GateNow]) -> list[Button]:
    """A thumb slipped: the last gate that was passed here is ahead again."""
    passed = [one for one in there if one.gate.passed_on and one.gate.unanswered is not None]
    value = f"{initiative.number}|{passed[-1].kind}" if passed else ""
    return [Button(action="gate.undo", label="Not passed yet", value=value, rare=True)] if passed else []


def line_buttons(record: Record, gate_id: int) -> list[Button]:
    """On the card of a running sync: what takes away the reason for which the gate stands there."""
    gate = rows.get(record, Gate, gate_id)
    initiative = rows.get(record, Initiative, gate.initiative_id)
    there = gates.of_initiative(record, initiative.key)
    about = next(one for one in there if one.gate is gate)
    if gate.passed_on is None and initiative.state is InitiativeState.ACTIVE:
        return gate_buttons(initiative, about, there)
    value = f"{initiative.number}|{gate.kind}"
    return [Button(action="gate.answer", label="Answer", value=value, style="primary", opens_form=True)]


def body(
    record: Record, initiative: Initiative, there: Sequence[GateNow], zone: str, page: int = 0
) -> tuple[list[Block], list[Button]]:
    """Where it stands, and everything that is behind it."""
    today = local_date(record.now, zone)
    text, pages = paged("Details", initiative.detail, page, action="initiative.page", value=str(initiative.number))
    facts = (
        ("Sponsor", initiative.sponsor),
        ("Security partner", initiative.partner),
        ("Security", initiative.joined),
        ("Tier", initiative.tier.value),
        ("Runs", runs(initiative, today)),
        ("Tracker", initiative.tracker_key),
        ("Added", f"{day_text(local_date(initiative.added_at, zone), today)} by {added_by(record, initiative)}"),
    )
    return [
        Paragraph(standing(initiative, there, today, zone), tone="strong"),
        *text,
        Facts(tuple((name, value) for name, value in facts if value)),
        ItemList(tuple(gate_line(one, today) for one in there), "Gates"),
        *next_questions(initiative, there),
        *links(initiative),
        *decided(record, initiative),
    ], pages


def added_by(record: Record, initiative: Initiative) -> str:
    """Who added it, or in whose name a tracker did."""
    return people.called(record, initiative.added_by_id)


def standing(initiative: Initiative, there: Sequence[GateNow], today: date, zone: str) -> str:
    """`Next: design gate, due Tue 4 March, 2 of 3 questions answered`; how it ended, once it has."""
    if initiative.state is not InitiativeState.ACTIVE and initiative.settled_at:
        on = day_text(local_date(initiative.settled_at, zone), today)
        because = f": {initiative.because}" if initiative.because else ""
        return f"{initiative.state.value.capitalize()} on {on}{because}"
    ahead = gates.next_of(there)
    return f"Next: {next_text(ahead, today)}" if ahead else "All gates are passed."


def next_text(one: GateNow, today: date) -> str:
    """`design gate, due Tue 4 March, 2 of 3 questions answered`."""
    said = (f"{one.kind.label} gate", due_text(one, today), answered_text(one.asked, one.unanswered))
    return ", ".join(filter(None, said))


def due_text(one: GateNow, today: date) -> str:
    """`due Tue 4 March`, `was due Tue 4 March, 3 days overdue`, `no day yet`."""
    day = one.gate.due_on
    if day is None:
        return "no day yet"
    late = (today - day).days
    if late <= 0:
        return f"due {day_text(day, today)}"
    return f"was due {day_text(day, today)}, {late} {'day' if late == 1 else 'days'} overdue"


def gate_line(one: GateNow, today: date) -> Item:
    """`✓ idea`, with its day and what was left open; a colour alone would tell nothing."""
    gate, left = one.gate, one.unanswered
    if gate.passed_on:
        said = open_text(one.asked, gate.unanswered) + " when it was passed" if gate.unanswered else ""
        since = "answered since" if gate.unanswered and not left else ""
        return Item(
            title=f"{PASSED} {one.kind.label}",
            detail=joined([f"passed {day_text(gate.passed_on, today)}", said, since]),
        )
    presses = gate.is_overdue(today) or (gate.nears(today) and left > 0)
    detail = joined([due_text(one, today), answered_text(one.asked, left)])
    return Item(title=f"{NEARS if presses else AHEAD} {one.kind.label}", detail=detail)


def runs(initiative: Initiative, today: date) -> str:
    """`Mon 3 February to Fri 12 December`."""
    start = day_text(initiative.starts_on, today) if initiative.starts_on else ""
    end = day_text(initiative.ends_on, today) if initiative.ends_on else ""
    return f"{start} to {end}" if start and end else f"from {start}" if start else f"until {end}" if end else ""


def next_questions(initiative: Initiative, there: Sequence[GateNow]) -> list[Block]:
    """What the next gate asks, and what was answered."""
    ahead = gates.next_of(there)
    if ahead is None or not ahead.asked or initiative.state is not InitiativeState.ACTIVE:
        return []
    lines = tuple(
        Item(title=one.question, detail=first_words(one.answer) if one.answer else "not answered yet")
        for one in ahead.questions
    )
    return [ItemList(lines, f"Questions at the {ahead.kind.label} gate")]


def links(initiative: Initiative) -> list[Block]:
    """Where more is said about it."""
    lines = tuple(Item(title=shown(one.title), link=one.address) for one in references_in(initiative.links))
    return [ItemList(lines, "Links")] if lines else []


def decided(record: Record, initiative: Initiative) -> list[Block]:
    """The decisions that are about it."""
    found = decisions.about_initiative(record, initiative.key)
    lines = tuple(Item(title=f"{one.ref} {one.title}", detail=one.state.value) for one in found)
    return [ItemList(lines, "Decisions")] if lines else []


def initiative_line(initiative: Initiative, there: Sequence[GateNow], today: date, zone: str) -> Item:
    """One line of a list: where it stands, whose it is, and where security joined."""
    said = [
        standing(initiative, there, today, zone),
        f"sponsor {initiative.sponsor}" if initiative.sponsor else "no sponsor",
        f"partner {initiative.partner}" if initiative.partner else "no security partner",
        f"security joined at {initiative.joined_gate.label}" if initiative.joined_gate else "security has not joined",
    ]
    return Item(title=f"{initiative.ref} {initiative.title}", detail=joined(said))


def answers_card(turn: Turn, initiative: Initiative, page: int) -> Card:
    """Every question and every answer, gate by gate, a page at a time."""
    there = gates.of_initiative(turn.record, initiative.key)
    text = "\n\n".join(filter(None, map(answers_at, there))) or "Nothing is asked."
    blocks, pages = paged("Answers", text, page, action="initiative.answers", value=str(initiative.number))
    back = Button(action="initiative.page", label="Back", value=f"0|{initiative.number}")
    return card(f"{initiative.ref} {initiative.title}: answers", *blocks, buttons=[*pages, back])


def answers_at(one: GateNow) -> str:
    """One gate's, as text."""
    asked = [f"{question.question}\n→ {question.answer or 'not answered yet'}" for question in one.questions]
    return "\n".join([f"{one.kind.label.capitalize()} gate", *asked]) if asked else ""


def draw_shared(record: Record, owed: Owed) -> Card | None:
    """One initiative, shared by somebody."""
    initiative = rows.get(record, Initiative, owed.subject_id)
    there = gates.of_initiative(record, initiative.key)
    zone = rows.get(record, Touchpoint, initiative.touchpoint_id).zone
    blocks, pages = body(record, initiative, there, zone)
    more = [Note(f"“initiative show {initiative.ref}” shows the rest.")] if pages else []
    return card(f"{initiative.ref} {initiative.title}", *blocks, *more, shared_by(record, owed))
