"""What the next sync is about: an agenda that builds itself from what people raised and from the record."""

from dataclasses import replace

from agenda.errors import NotFound
from agenda.items import Outcome
from agenda.packet import Packet, build
from agenda.recurrence import local_time
from agenda.reminders import Reminder, still_worth_sending
from agenda.syncs import SyncState
from agenda.touchpoints import Seat
from bot.cards import Block, Button, Card, Item, ItemList, Note, Paragraph, card
from bot.handlers.decisions import sign_button, standing
from bot.handlers.risks import risk_line
from bot.reading import first_words, joined, key_in
from bot.replies import Answer
from bot.turns import Command, Noun, Press, Replies, Turn
from storage import decisions, items, people, risks, rows, syncs
from storage.decisions import Decision
from storage.deliveries import Owed
from storage.items import AgendaItem
from storage.risks import RiskItem
from storage.syncs import Sync
from storage.touchpoints import Touchpoint
from storage.unit_of_work import Record

AgendaPacket = Packet[AgendaItem, RiskItem, Decision]
MOST_RISKS = 5
MOST_DECISIONS = 5


def show(turn: Turn, _argument: str) -> Replies:
    """The agenda as it stands, at any time."""
    touchpoint = turn.touchpoint()
    sync = syncs.current(turn.record, touchpoint.key)
    if sync is None:
        raise NotFound("No sync is planned.", "Run “setup” again to plan the next one.")
    return [Answer(card=agenda_card(turn.record, touchpoint, sync))]


def show_of(turn: Turn, value: str) -> Replies:
    """The same, from a button that names the touchpoint."""
    touchpoint = turn.require_seat(key_in(value))
    sync = syncs.current(turn.record, touchpoint.key)
    if sync is None:
        raise NotFound("No sync is planned.", "Run “setup” again to plan the next one.")
    return [Answer(card=agenda_card(turn.record, touchpoint, sync))]


def packet_of(record: Record, touchpoint: Touchpoint, sync: Sync) -> AgendaPacket:
    """Everything that this sync is about."""
    scope = [touchpoint.key]
    return build(
        items.of_sync(record, sync.key),
        risks.open_ones(record, scope, limit=MOST_RISKS),
        decisions.waiting(record, touchpoint.key),
    )


def agenda_card(record: Record, touchpoint: Touchpoint, sync: Sync) -> Card:
    """By theme, carried-over first; then the open risks and the decisions that wait for a key."""
    when = local_time(sync.starts_at, touchpoint.zone)
    packet = packet_of(record, touchpoint, sync)
    state = sync.state(record.now)
    if state is SyncState.SKIPPED:
        return card(f"The sync of {when} was skipped", Paragraph("What was raised for it waits on the next agenda."))
    if state is SyncState.CLOSED:
        return card(f"The sync of {when} is closed", Paragraph("Its minutes stand below."))
    blocks: list[Block] = [item_list(record, theme.label, lines) for theme, lines in packet.items]
    if not blocks:
        blocks.append(Paragraph("Nothing is raised yet. Add the first point."))
    blocks += waiting_list(record, packet) + risk_list(record, touchpoint, packet)
    if state is SyncState.IN_PROGRESS:
        return card(f"In progress since {local_time(sync.started_at or record.now, touchpoint.zone)}", *blocks)
    add = Button(action="items.points", label="Add points", value=str(sync.key), opens_form=True)
    start = Button(action="sync.start", label="Start", value=str(sync.key), style="primary")
    buttons = [start, add] if state is SyncState.PUBLISHED else [add, start]
    return card(f"Agenda for {when}", *blocks, buttons=buttons)


def item_list(record: Record, heading: str, lines: tuple[AgendaItem, ...]) -> ItemList:
    """The lines of one theme: what, who raised it, how often it was deferred."""
    return ItemList(tuple(item_line(record, line) for line in lines), heading=heading)


def item_line(record: Record, item: AgendaItem) -> Item:
    """One line and why it is there."""
    settled = {Outcome.DISCUSSED: "discussed", Outcome.DEFERRED: "deferred"}.get(item.outcome, "")
    deferred = f"carried over {item.deferrals}×" if item.deferrals else ""
    by = f"raised by {people.called(record, item.raised_by_id)}"
    detail = joined([settled, deferred, by, first_words(item.detail)])
    return Item(title=item.title, detail=detail, link=item.source_link)


def waiting_list(record: Record, packet: AgendaPacket) -> list[Block]:
    """The decisions that wait for a key, one tap from it."""
    if not packet.decisions:
        return []
    lines = tuple(waiting_line(record, decision) for decision in packet.decisions[:MOST_DECISIONS])
    return [
        ItemList(lines, "Decisions waiting for a key"),
        *more(len(packet.decisions) - MOST_DECISIONS, "decision list"),
    ]


def waiting_line(record: Record, decision: Decision) -> Item:
    """A proposed decision, and whose key is missing. Its button is none of the card's primary ones."""
    sign = replace(sign_button(decision), style="default")
    return Item(title=f"{decision.ref} {decision.title}", detail=standing(record, decision), buttons=(sign,))


def risk_list(record: Record, touchpoint: Touchpoint, packet: AgendaPacket) -> list[Block]:
    """The open risks, the highest first."""
    if not packet.risks:
        return []
    rest = risks.count_open(record, [touchpoint.key]) - len(packet.risks)
    return [ItemList(tuple(risk_line(risk) for risk in packet.risks), "Open risks"), *more(rest, "risk list")]


def more(count: int, command: str) -> list[Block]:
    """What does not fit is named."""
    return [Note(f"And {count} more: “{command}”.")] if count > 0 else []


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
    count = len([item for item in items.of_sync(record, sync.key) if item.outcome is Outcome.OPEN])
    called = [account for seat in Seat for account in people.accounts_of(record, touchpoint.principal(seat))]
    return card(
        "Time for your sync",
        Paragraph(f"{count} {'point' if count == 1 else 'points'} on the agenda."),
        buttons=[Button(action="sync.start", label="Start", value=str(sync.key), style="primary")],
        notify=called,
    )


NOUN = Noun(
    name="agenda",
    summary="What the next sync is about; it builds itself from what you raise and from the record.",
    commands=(Command(words=("agenda",), summary="Show the next agenda", handle=show),),
    buttons={"agenda": Press(handle=show_of)},
    cards={"agenda": draw_agenda, "start": draw_start},
)
