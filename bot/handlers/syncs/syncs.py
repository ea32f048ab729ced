"""Holding a sync: its start, its one live card, its close. Both principals and their delegates drive it."""

from dataclasses import replace

from agenda.decisions import DecisionState
from agenda.errors import NotFound, NotNow
from agenda.items import Outcome, Source
from agenda.packet import IF_TIME_REMAINS
from agenda.recurrence import local_time
from agenda.syncs import Act
from bot import planning, telling
from bot.cards import Block, Button, Card, Divider, Item, ItemList, Note, Paragraph, card
from bot.handlers.agenda.agenda import line_item, reasons
from bot.handlers.agenda.items import theirs
from bot.handlers.decisions.cards import line_blocks, line_key
from bot.handlers.decisions.standing import end_button, read_button, review_buttons, standing
from bot.handlers.initiatives.cards import line_buttons as gate_line_buttons
from bot.handlers.investment.cards import check_buttons
from bot.handlers.owners.cards import chair_buttons, somebody_else
from bot.handlers.promises.cards import own_buttons
from bot.handlers.risks.acceptance_cards import acceptance_blocks, acceptance_buttons
from bot.packets import AgendaLine, AgendaPacket, begin, packet_of, redraw
from bot.packets import settle as settle_line
from bot.reading import first_words, joined, key_in
from bot.turns import Noun, Press, Replies, Turn
from storage import audit, decisions, items, rows
from storage.actions import ActionItem
from storage.asks import Ask
from storage.decisions import Decision
from storage.deliveries import Owed
from storage.items import AgendaItem
from storage.owners import Responsibility
from storage.risks import RiskItem
from storage.syncs import Sync
from storage.touchpoints import Touchpoint
from storage.unit_of_work import Record

MOST_NEXT = 3
MOST_DECIDED = 50


def sync_of(turn: Turn, value: str) -> tuple[Sync, Touchpoint]:
    """The sync of a button, if the asker has a chair there. Raises `NotFound`, `NotAllowed`."""
    sync = rows.find(turn.record, Sync, key_in(value), for_update=True)
    if sync is None:
        raise NotFound("That sync is not in the record.", "“agenda” shows the next one.")
    return sync, turn.require(sync.touchpoint_id)


def start(turn: Turn, value: str) -> Replies:
    """Begin: the live card takes over from the agenda and the reminder."""
    sync, touchpoint = sync_of(turn, value)
    sync.require(Act.START, turn.now)
    begin(turn.record, touchpoint, sync, turn.asker.person_id)
    sync.started_at = turn.now
    turn.record.session.flush()
    audit.append(turn.record, "sync.started", sync=sync.key)
    planning.unplan(turn.record, sync)
    post_live(turn.record, touchpoint, sync)
    redraw(turn.record, sync)
    return []


def post_live(record: Record, touchpoint: Touchpoint, sync: Sync) -> None:
    """The live card, for each conversation of its people."""
    telling.both(record, touchpoint, once=f"sync:{sync.key}", kind="sync", subject_id=sync.key)


def line_of(turn: Turn, value: str) -> tuple[AgendaItem, Sync]:
    """A line of a running sync, about to change. Of two who press at once the second sees what the first one did.

    Raises `NotNow`, `NotFound`, `NotAllowed`.
    """
    item, sync = theirs(turn, value)
    rows.find(turn.record, Sync, sync.key, for_update=True)
    turn.record.session.refresh(item)
    sync.require(Act.SETTLE, turn.now)
    return item, sync


def settle(turn: Turn, value: str, outcome: Outcome) -> Replies:
    """One line is done with, this way. Raises `NotNow` for one that is, and for one more deferral than there may be."""
    item, sync = line_of(turn, value)
    if item.outcome is outcome:
        return []
    if item.outcome is not Outcome.OPEN:
        raise NotNow(f"This point is settled already: {item.outcome.value}.", "The card shows what is next.")
    if outcome is Outcome.DEFERRED and item.deferrals >= turn.require(sync.touchpoint_id).defer_limit:
        raise NotNow(f"“{item.title}” was deferred {item.deferrals}× already.", "Decide, drop or escalate it.")
    settle_line(turn.record, sync, item, outcome)
    return []


def reopen(turn: Turn, value: str) -> Replies:
    """A thumb slipped: the line is talked about again. What was recorded from it stands."""
    item, sync = line_of(turn, value)
    if item.outcome is Outcome.OPEN:
        return []
    item.outcome, item.settled_at = Outcome.OPEN, None
    audit.append(turn.record, "item.reopened", item=item.key)
    items.index(turn.record, item)
    redraw(turn.record, sync)
    return []


def close(turn: Turn, value: str) -> Replies:
    """End: minutes for all, and what was not settled goes to the next sync."""
    sync, touchpoint = sync_of(turn, value)
    sync.require(Act.CLOSE, turn.now)
    require_settled(packet_of(turn.record, touchpoint, sync))
    planning.close(turn.record, touchpoint, sync)
    planning.plan(turn.record, touchpoint)
    return []


def require_settled(packet: AgendaPacket) -> None:
    """Raises `NotNow` while a line that was deferred too often waits, unless this sync had no time for it."""
    overdue = [line for line in packet.waiting if line.must_settle and line.fits]
    if overdue:
        named = " and ".join(f"“{line.title}”" for line in overdue)
        was = "was" if len(overdue) == 1 else "were"
        raise NotNow(f"{named} {was} deferred too often to wait once more.", "Decide, drop or escalate; then close.")


def draw_live(record: Record, owed: Owed) -> Card | None:
    """The one card of a sync in progress: where we are, what is next, what is done."""
    sync = rows.find(record, Sync, owed.subject_id)
    if sync is None:
        return None
    touchpoint = rows.get(record, Touchpoint, sync.touchpoint_id)
    if sync.closed_at:
        return card(f"Sync of {local_time(sync.starts_at, touchpoint.zone)} closed", Note("The minutes stand below."))
    packet = packet_of(record, touchpoint, sync)
    blocks = [*done_list(record, packet), *key_list(record, touchpoint, sync), started_note(touchpoint, sync)]
    if not packet.waiting:
        settled = Paragraph("Everything is settled." if packet.lines else "Nothing is on the agenda.", tone="strong")
        return card("Sync in progress", settled, *blocks, buttons=sync_buttons(record, sync, packet))
    line = packet.waiting[0]
    place = len(packet.lines) - len(packet.waiting) + 1
    time = f"{line.minutes} min" if line.fits else IF_TIME_REMAINS.lower()
    return card(
        f"Sync in progress: {place} of {len(packet.lines)} · {time}",
        *now_on(record, line),
        *next_list(record, packet),
        *blocks,
        buttons=[*line_buttons(record, line), *sync_buttons(record, sync, packet)],
    )


def now_on(record: Record, line: AgendaLine) -> list[Block]:
    """The line that is being talked about."""
    said = first_words(line.item.detail, 600) if line.item else ""
    rest = [Paragraph(said)] if said else []
    return [
        Paragraph(line.title, tone="strong"),
        *rest,
        *line_blocks(record, line),
        *acceptance_blocks(record, line),
        Note(joined([line.theme.label, *reasons(record, line)])),
    ]


def next_list(record: Record, packet: AgendaPacket) -> list[Block]:
    """The next few, and how many stand behind them."""
    coming = packet.waiting[1:]
    if not coming:
        return []
    listed = ItemList(tuple(line_item(record, line) for line in coming[:MOST_NEXT]), "Next")
    behind = len(coming) - MOST_NEXT
    return [Divider(), listed, *([Note(f"Then {behind} more: “agenda”.")] if behind > 0 else [])]


def done_list(record: Record, packet: AgendaPacket) -> list[Block]:
    """What is settled, and how."""
    done = tuple(line_item(record, line) for line in packet.lines if not line.is_open)
    return [ItemList(done, "Done")] if done else []


def quiet(button: Button) -> Button:
    """Not a card's primary one."""
    return replace(button, style="default")


def key_list(record: Record, touchpoint: Touchpoint, sync: Sync) -> list[Block]:
    """What was decided in this sync and waits for a key; its text is one tap away."""
    decided = decisions.listed(record, [touchpoint.key], limit=MOST_DECIDED, sync_id=sync.key)
    lines = tuple(
        Item(title=f"{one.ref} {one.title}", detail=standing(record, one), buttons=(read_button(one),))
        for one in reversed(decided)
        if one.state is DecisionState.PROPOSED
    )
    return [ItemList(lines, "Decisions waiting for a key")] if lines else []


def started_note(touchpoint: Touchpoint, sync: Sync) -> Note:
    """When it began and how long it is, so that everybody can tell where they are in it."""
    began = local_time(sync.started_at or sync.starts_at, touchpoint.zone).rpartition(" ")[2]
    return Note(f"Started at {began}, {touchpoint.minutes} minutes.")


def line_buttons(record: Record, line: AgendaLine) -> list[Button]:
    """What can become of the line that is being talked about; one that must be settled cannot wait."""
    value = str(line.item.key) if line.item else ""
    own, must = source_buttons(record, line), line.must_settle
    discussed = Button(action="item.discussed", label="Discussed", value=value, style="primary")
    wait = [] if must else [Button(action="item.defer", label="Defer", value=value)]
    return [
        *own,
        quiet(discussed) if any(button.style == "primary" for button in own) else discussed,
        Button(action="decision.of_item", label="Record decision", value=value, opens_form=True, rare=bool(own)),
        Button(action="promise.of_item", label="Promise", value=value, opens_form=True, rare=bool(own)),
        *wait,
        Button(action="item.escalate", label="Escalate", value=value, opens_form=True, rare=not must),
        Button(action="item.drop", label="Drop", value=value, rare=not must),
        Button(action="risk.of_item", label="Raise a risk", value=value, opens_form=True, rare=True),
    ]


def source_buttons(record: Record, line: AgendaLine) -> list[Button]:
    """What takes away the reason for which the record put this line here."""
    if line.source is Source.DECISION_KEY:
        return line_key(record, line)
    if line.source is Source.DECISION_REVIEW:
        decision = rows.get(record, Decision, line.source_id or 0)
        return [*review_buttons(decision), end_button(decision)] if decision.state is DecisionState.AGREED else []
    if line.source in {Source.RISK_GAP, Source.RISK_REVIEW}:
        risk = rows.get(record, RiskItem, line.source_id or 0)
        level = Button(action="risk.level", label="New level", value=str(risk.number), opens_form=True)
        return [Button(action="risk.edit", label=f"Edit {risk.ref}", value=str(risk.number), opens_form=True), level]
    if line.source in {Source.PROMISE, Source.ASK_CHECK, Source.GATE_NEARS, Source.GATE_MISSED}:
        return kept_buttons(record, line)
    if line.source is Source.RESPONSIBILITY_DISPUTE:
        area = rows.get(record, Responsibility, line.source_id or 0)
        return [*chair_buttons(area), somebody_else(area, rare=True)] if area.disputed_at else []
    return acceptance_buttons(record, line)


def kept_buttons(record: Record, line: AgendaLine) -> list[Button]:
    """Was it kept; what came of it; may it go on?"""
    if line.source in {Source.GATE_NEARS, Source.GATE_MISSED}:
        return gate_line_buttons(record, line.source_id or 0)
    if line.source is Source.PROMISE:
        return own_buttons(rows.get(record, ActionItem, line.source_id or 0))
    return check_buttons(rows.get(record, Ask, line.source_id or 0))


def sync_buttons(record: Record, sync: Sync, packet: AgendaPacket) -> list[Button]:
    """What can be done with the sync as a whole. To close it is what comes next once nothing waits."""
    value, count = str(sync.key), len(packet.waiting)
    last = items.settled_last(record, sync.key)
    add = Button(action="items.points", label="Add points", value=value, opens_form=True, rare=bool(count))
    undo = [Button(action="item.reopen", label="Reopen last", value=str(last.key), rare=True)] if last else []
    if not count:
        return [Button(action="sync.close", label="Close", value=value, style="primary"), add, *undo]
    question = f"{count} not settled; they go to the next sync."
    return [add, *undo, Button(action="sync.close", label="Close", value=value, confirm=question, rare=True)]


def settling(outcome: Outcome) -> Press:
    """The button that settles a line this way."""
    return Press(handle=lambda turn, value: settle(turn, value, outcome), writes=True)


NOUN = Noun(
    name="sync",
    summary="Start, settle and close, on the sync's own card.",
    buttons={
        "sync.start": Press(handle=start, writes=True),
        "sync.close": Press(handle=close, writes=True),
        "item.discussed": settling(Outcome.DISCUSSED),
        "item.defer": settling(Outcome.DEFERRED),
        "item.drop": settling(Outcome.DROPPED),
        "item.reopen": Press(handle=reopen, writes=True),
    },
    cards={"sync": draw_live},
)
