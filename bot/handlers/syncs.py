"""Holding a sync: its start, its one live card, its minutes."""

from agenda.errors import NotFound, NotNow
from agenda.items import Outcome
from agenda.recurrence import local_time
from agenda.syncs import Act
from bot import planning
from bot.cards import Block, Button, Card, Divider, Item, ItemList, Note, Paragraph, card
from bot.handlers.agenda import item_line, item_list, packet_of, risk_list, waiting_list
from bot.handlers.decisions import standing
from bot.handlers.items import changed, theirs
from bot.reading import first_words, key_in
from bot.turns import Noun, Press, Replies, Turn
from storage import audit, decisions, deliveries, items, rows, syncs, touchpoints
from storage.deliveries import Owed
from storage.items import AgendaItem
from storage.syncs import Sync
from storage.touchpoints import Touchpoint
from storage.unit_of_work import Record


def sync_of(turn: Turn, value: str) -> tuple[Sync, Touchpoint]:
    """The sync of a button, if the asker has a chair there. Raises `NotFound`, `NotAllowed`."""
    sync = rows.find(turn.record, Sync, key_in(value), for_update=True)
    if sync is None:
        raise NotFound("That sync is not in the record.", "“agenda” shows the next one.")
    return sync, turn.require_seat(sync.touchpoint_id)


def start(turn: Turn, value: str) -> Replies:
    """Begin: the live card takes over from the agenda and the reminder."""
    sync, touchpoint = sync_of(turn, value)
    sync.require(Act.START, turn.now)
    sync.started_at = turn.now
    turn.record.session.flush()
    audit.append(turn.record, "sync.started", sync=sync.key)
    deliveries.withdraw(turn.record, kinds=planning.LIVE_CARDS, subject_id=sync.key)
    for place in touchpoints.audience(turn.record, touchpoint):
        deliveries.post(
            turn.record, once=f"sync:{sync.key}:{place}", conversation=place, kind="sync", subject_id=sync.key
        )
    redraw(turn.record, sync)
    return []


def redraw(record: Record, sync: Sync) -> None:
    """Every card of this sync shows how it stands now."""
    changed(record, sync)
    deliveries.redraw(record, kind="start", subject_id=sync.key)


def settle(turn: Turn, value: str, outcome: Outcome) -> Replies:
    """One line is done with, this way."""
    item, sync = theirs(turn, value)
    sync.require(Act.SETTLE, turn.now)
    if item.outcome is outcome:
        return []
    if item.outcome is not Outcome.OPEN:
        raise NotNow(f"This point is settled already: {item.outcome.value}.", "The card shows what is next.")
    item.outcome = outcome
    audit.append(turn.record, "item.settled", item=item.key, outcome=outcome.value)
    redraw(turn.record, sync)
    return []


def close(turn: Turn, value: str) -> Replies:
    """End: minutes for all, and what was not settled goes to the next sync."""
    sync, touchpoint = sync_of(turn, value)
    sync.require(Act.CLOSE, turn.now)
    sync.closed_at = turn.now
    turn.record.session.flush()
    audit.append(turn.record, "sync.closed", sync=sync.key)
    planning.roll_over(turn.record, touchpoint, [i for i in items.of_sync(turn.record, sync.key) if i.carried_over])
    planning.plan(turn.record, touchpoint)
    for place in touchpoints.audience(turn.record, touchpoint):
        key = f"minutes:{sync.key}:{place}"
        deliveries.post(turn.record, once=key, conversation=place, kind="minutes", subject_id=sync.key)
    redraw(turn.record, sync)
    return []


def draw_live(record: Record, owed: Owed) -> Card | None:
    """The one card of a sync in progress: where we are, what is next, what is done."""
    sync = rows.find(record, Sync, owed.subject_id)
    if sync is None:
        return None
    touchpoint = rows.get(record, Touchpoint, sync.touchpoint_id)
    if sync.closed_at:
        return card(f"Sync of {local_time(sync.starts_at, touchpoint.zone)} closed", Note("The minutes stand below."))
    packet = packet_of(record, touchpoint, sync)
    lines = [item for _theme, group in packet.items for item in group]
    waiting = [item for item in lines if item.outcome is Outcome.OPEN]
    done = [item for item in lines if item.outcome is not Outcome.OPEN]
    finish = Button(
        action="sync.close",
        label="Close",
        value=str(sync.key),
        style="default" if waiting else "primary",
        confirm=f"{len(waiting)} not settled; they go to the next sync." if waiting else None,
    )
    add = Button(action="items.points", label="Add points", value=str(sync.key), opens_form=True)
    finished = [item_list(record, "Done", tuple(done))] if done else []
    keys = waiting_list(record, packet)
    if not waiting:
        settled = Paragraph("Everything is settled.", tone="strong")
        risk_lines = risk_list(record, touchpoint, packet)
        return card("Sync in progress", settled, *finished, *keys, *risk_lines, buttons=[finish, add])
    following: list[Block] = [Divider(), item_list(record, "Next", tuple(waiting[1:]))] if waiting[1:] else []
    return card(
        f"Sync in progress: {len(done) + 1} of {len(lines)}",
        *now_on(record, waiting[0]),
        *following,
        *finished,
        *keys,
        buttons=[*outcome_buttons(waiting[0]), finish, add],
    )


def now_on(record: Record, item: AgendaItem) -> list[Block]:
    """The line that is being talked about."""
    rest = [Paragraph(first_words(item.detail, 600))] if item.detail else []
    return [Paragraph(item.title, tone="strong"), *rest, Note(f"{item.theme.label} · {item_line(record, item).detail}")]


def outcome_buttons(item: AgendaItem) -> list[Button]:
    """What can become of the line that is being talked about."""
    value = str(item.key)
    return [
        Button(action="item.discussed", label="Discussed", value=value, style="primary"),
        Button(action="decision.of_item", label="Record decision", value=value, opens_form=True),
        Button(action="item.defer", label="Defer", value=value),
        Button(action="item.drop", label="Drop", value=value),
    ]


def draw_minutes(record: Record, owed: Owed) -> Card | None:
    """What became of each line, what was decided, and when the next sync is."""
    sync = rows.find(record, Sync, owed.subject_id)
    if sync is None or sync.closed_at is None:
        return None
    touchpoint = rows.get(record, Touchpoint, sync.touchpoint_id)
    blocks: list[Block] = []
    decided = decisions.listed(record, [touchpoint.key], limit=50, sync_id=sync.key)
    if decided:
        lines = tuple(Item(title=f"{d.ref} {d.title}", detail=standing(record, d)) for d in reversed(decided))
        blocks.append(ItemList(lines, "Decisions"))
    held = items.of_sync(record, sync.key)
    groups = (
        ("Discussed", [i for i in held if i.outcome is Outcome.DISCUSSED]),
        ("Carried over", [i for i in held if i.carried_over]),
        ("Dropped", [i for i in held if i.outcome is Outcome.DROPPED]),
    )
    blocks += [ItemList(tuple(Item(title=i.title) for i in group), heading) for heading, group in groups if group]
    if not blocks:
        blocks.append(Paragraph("Nothing was on the agenda."))
    following = syncs.current(record, touchpoint.key)
    if following:
        blocks.append(Note(f"Next: {local_time(following.starts_at, touchpoint.zone)}."))
    return card(f"Minutes of {local_time(sync.starts_at, touchpoint.zone)}", *blocks)


NOUN = Noun(
    name="sync",
    summary="Start, settle and close, on the sync's own card.",
    buttons={
        "sync.start": Press(handle=start, writes=True),
        "sync.close": Press(handle=close, writes=True),
        "item.discussed": Press(handle=lambda turn, value: settle(turn, value, Outcome.DISCUSSED), writes=True),
        "item.defer": Press(handle=lambda turn, value: settle(turn, value, Outcome.DEFERRED), writes=True),
        "item.drop": Press(handle=lambda turn, value: settle(turn, value, Outcome.DROPPED), writes=True),
    },
    cards={"sync": draw_live, "minutes": draw_minutes},
)
