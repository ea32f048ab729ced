"""What the next sync is about: an agenda that builds itself from what people raised and from the record."""

from dataclasses import replace

from agenda.items import Outcome
from agenda.packet import IF_TIME_REMAINS
from agenda.recurrence import local_time
from agenda.reminders import Reminder, still_worth_sending
from agenda.risks import RiskState
from agenda.roles import Right
from agenda.syncs import SyncState
from agenda.touchpoints import Seat
from bot.cards import Block, Button, Card, Item, ItemList, LinkButton, Note, Paragraph, card
from bot.handlers.agenda.items import none_planned
from bot.packets import AgendaLine, AgendaPacket, packet_of
from bot.pages import sync_calendar_button
from bot.reading import first_words, joined, key_in
from bot.replies import Answer
from bot.turns import Command, Noun, Press, Replies, Turn
from storage import people, risks, rows, syncs
from storage.deliveries import Owed
from storage.risks import Wanted
from storage.syncs import Sync
from storage.touchpoints import Touchpoint
from storage.unit_of_work import Record

MOST_LATER = 5  # Of what does not fit; the others are named in one small line.
DONE_AS = {
    Outcome.DISCUSSED: "discussed",
    Outcome.DEFERRED: "deferred",
    Outcome.ESCALATED: "escalated",
    Outcome.DROPPED: "dropped",
}


def show(turn: Turn, _argument: str) -> Replies:
    """The agenda as it stands, at any time."""
    return shown(turn, turn.touchpoint())


def show_of(turn: Turn, value: str) -> Replies:
    """The same, from a button that names the touchpoint."""
    return shown(turn, turn.require(key_in(value)))


def shown(turn: Turn, touchpoint: Touchpoint) -> Replies:
    """In private. Raises `NotFound` where no sync is planned."""
    sync = syncs.current(turn.record, touchpoint.key)
    if sync is None:
        raise none_planned(touchpoint)
    return [Answer(card=agenda_card(turn.record, touchpoint, sync))]


def agenda_card(record: Record, touchpoint: Touchpoint, sync: Sync) -> Card:
    """What must be settled, then by theme; then what is only talked about if time remains."""
    when = local_time(sync.starts_at, touchpoint.zone)
    state = sync.state(record.now)
    if state is SyncState.SKIPPED:
        return card(f"The sync of {when} was skipped", Paragraph("What was raised for it waits on the next agenda."))
    if state is SyncState.CLOSED:
        return card(f"The sync of {when} is closed", Paragraph("Its minutes stand below."))
    packet = packet_of(record, touchpoint, sync)
    blocks = [*line_lists(record, packet), *risk_note(record, touchpoint)]
    if state is SyncState.IN_PROGRESS:
        return card(f"In progress since {local_time(sync.started_at or record.now, touchpoint.zone)}", *blocks)
    header: list[Block] = [Note(f"{touchpoint.minutes} minutes, {points(len(packet.lines))}.")]
    if not packet.lines:
        header = [Paragraph("Nothing is raised yet. Add the first point.")]
    return card(f"Agenda for {when}", *header, *blocks, buttons=agenda_buttons(sync, state))


def agenda_buttons(sync: Sync, state: SyncState) -> list[Button | LinkButton]:
    """Once the agenda is out, starting is what comes next; before, adding to it."""
    value = str(sync.key)
    add = Button(action="items.points", label="Add points", value=value, opens_form=True)
    start = Button(action="sync.start", label="Start", value=value)
    first, second = (start, add) if state is SyncState.PUBLISHED else (add, start)
    move = Button(action="sync.move", label="Move", value=value, opens_form=True, rare=True)
    skip = Button(action="sync.skip", label="Skip", value=value, rare=True)
    calendar = [sync_calendar_button(sync)] if sync.calendar_key else []  # Planned before there were calendars: none.
    return [replace(first, style="primary"), second, *calendar, move, skip]


def points(count: int) -> str:
    """`1 point`, `8 points`."""
    return f"{count} {'point' if count == 1 else 'points'}"


def line_lists(record: Record, packet: AgendaPacket) -> list[Block]:
    """A list under each heading. Nothing is hidden: of many that do not fit, the last ones are still named."""
    blocks: list[Block] = []
    for heading, lines in packet.groups:
        listed = lines[:MOST_LATER] if heading == IF_TIME_REMAINS else lines
        blocks.append(ItemList(tuple(line_item(record, line) for line in listed), heading=heading))
        if lines[len(listed) :]:
            blocks.append(Note("Then: " + joined(line.title for line in lines[len(listed) :])))
    return blocks


def line_item(record: Record, line: AgendaLine) -> Item:
    """One line, and in smaller type its time and why it is here."""
    outcome = DONE_AS.get(line.item.outcome, "") if line.item else ""
    time = outcome or f"{line.minutes} min"
    said = first_words(line.item.detail) if line.item else ""
    link = line.item.source_link if line.item else None
    return Item(title=line.title, detail=joined([time, *reasons(record, line), said]), link=link)


def reasons(record: Record, line: AgendaLine) -> list[str]:
    """Why it is here, whose it is, and how often it waited already."""
    raised = line.item is not None and line.source is None
    by = f"raised by {people.called(record, line.item.raised_by_id)}" if line.item and raised else ""
    owner = f"owner {line.owner}" if line.owner and line.owner not in line.why else ""
    waited = f"carried over {line.deferrals}×" if line.deferrals else ""
    if line.must_settle:
        waited = f"deferred {line.deferrals}×: decide, drop or escalate"
    return [text for text in (waited, line.why, by, owner) if text]


def risk_note(record: Record, touchpoint: Touchpoint) -> list[Block]:
    """How the register stands; what of it needs talking about is a line already."""
    wanted = Wanted(touchpoint_ids=[touchpoint.key], states=[RiskState.OPEN])
    highest = risks.listed(record, wanted, limit=1)
    if not highest:
        return []
    count = f"Open risks: {risks.count(record, wanted)}"
    return [Note(joined([f"{count}, highest {highest[0].ref} {highest[0].rating}", "“risk list”"]))]


def draw_agenda(record: Record, owed: Owed) -> Card | None:
    """The agenda at its lead time; late as long as its sync is ahead."""
    sync = rows.find(record, Sync, owed.subject_id)
    if sync is None or (owed.message is None and not still_worth_sending(Reminder.AGENDA, sync, record.now)):
        return None
    return agenda_card(record, rows.get(record, Touchpoint, sync.touchpoint_id), sync)


def draw_start(record: Record, owed: Owed) -> Card | None:
    """At the hour: both are called, one tap begins."""
    sync = rows.find(record, Sync, owed.subject_id)
    if sync is None or (owed.message is None and not still_worth_sending(Reminder.START, sync, record.now)):
        return None
    touchpoint = rows.get(record, Touchpoint, sync.touchpoint_id)
    if sync.state(record.now) in {SyncState.IN_PROGRESS, SyncState.CLOSED, SyncState.SKIPPED}:
        word = "It was skipped." if sync.skipped_at else "It has started; its card stands below."
        return card(f"The sync of {local_time(sync.starts_at, touchpoint.zone)}", Note(word))
    lines = packet_of(record, touchpoint, sync).lines
    called = [account for seat in Seat for account in people.reached_at(record, touchpoint.principal(seat))]
    return card(
        "Time for your sync",
        Paragraph(f"{points(len(lines))} on the agenda." if lines else "Nothing is on the agenda."),
        buttons=[Button(action="sync.start", label="Start", value=str(sync.key), style="primary")],
        notify=called,
    )


NOUN = Noun(
    name="agenda",
    summary="What the next sync is about; it builds itself from what you raise and from the record.",
    commands=(Command(words=("agenda",), summary="Show the next agenda", handle=show, right=Right.READ),),
    buttons={"agenda": Press(handle=show_of, right=Right.READ)},
    cards={"agenda": draw_agenda, "start": draw_start},
)
