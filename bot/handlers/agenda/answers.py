"""An ordinary message: an answer to the prompt, which puts a point on the agenda, and the edits of one that did."""

from agenda.errors import BadInput
from agenda.items import Outcome, title_and_detail
from agenda.nudges import NudgeKind
from agenda.roles import Right
from agenda.syncs import Act
from agenda.themes import theme_and_text
from bot import nudging
from bot.handlers.access.help import unknown_command
from bot.handlers.agenda.items import changed, noted, open_sync, raise_item
from bot.replies import Answer
from bot.requests import MessagePosted
from bot.turns import Replies, Turn
from storage import audit, deliveries, items, nudges, rows, syncs
from storage.deliveries import Delivery
from storage.syncs import Sync

ABOUT_A_SYNC = frozenset({"agenda", "start", "sync", "unstarted", "notice"})


def answer(turn: Turn, request: MessagePosted) -> Replies:
    """An ordinary message: an answer to the prompt it hangs under, else to the last prompt that this person got."""
    sync = asked_about(turn, request)
    if sync is None:
        return [Answer(card=unknown_command(request.text, turn.registry.nearest(request.text)))]
    touchpoint = turn.require(sync.touchpoint_id, Right.RAISE)
    if not sync.allows(Act.RAISE, turn.now):
        sync = open_sync(turn, touchpoint)  # Its sync is over: nothing said is lost, it goes to the next one.
    item = raise_item(turn, sync, with_files(request), message=request.message, link=request.link)
    return noted(turn, touchpoint, sync, item)


def with_files(request: MessagePosted) -> str:
    """What was said, and a line for each file: its name and where it lies. The files themselves stay on the platform."""
    files = [f"{name}: {address}" for name, address in request.files]
    return "\n".join([request.text, *files]).strip()


def asked_about(turn: Turn, request: MessagePosted) -> Sync | None:
    """Which sync an ordinary message is about, if any. Raises `BadInput` where it could be several."""
    root = deliveries.at_message(turn.record, request.where.thread) if request.where.thread else None
    if root and root.kind in ABOUT_A_SYNC:
        return rows.find(turn.record, Sync, root.subject_id)
    chairs = [chair for chair in turn.asker.seats if chair.role.may(Right.RAISE)]
    if not chairs:
        return None
    hangs = asked_in(turn, root) if root and root.kind == nudging.KIND else []
    asked = [sync for sync in hangs or prompted(turn) if turn.asker.may(Right.RAISE, sync.touchpoint_id)]
    if len({sync.touchpoint_id for sync in asked}) > 1:
        raise BadInput(
            "I asked you about two syncs, and cannot tell which one this is for.",
            "Press “Add points” beneath the one you mean, or use “agenda add” in its home conversation.",
        )
    if asked:
        return asked[0]
    if len(chairs) == 1 and request.where.direct:
        return syncs.current(turn.record, chairs[0].touchpoint_id)
    return None


def asked_in(turn: Turn, message: Delivery) -> list[Sync]:
    """The syncs about which this message asks its reader, the nearest first."""
    asked = nudging.due_in(turn.record, message.subject_id, message.detail)
    about = {one.subject_id for one in asked if one.kind in {NudgeKind.PROMPT, NudgeKind.REMINDER}}
    return sorted((rows.get(turn.record, Sync, key) for key in about), key=lambda sync: sync.starts_at)


def prompted(turn: Turn) -> list[Sync]:
    """The syncs about which this person was asked and that are still ahead; else the one asked about last."""
    asked = nudges.sent(turn.record, NudgeKind.PROMPT, turn.asker.person_id)
    found = [rows.get(turn.record, Sync, nudge.subject_id) for nudge in asked]
    return [sync for sync in found if sync.allows(Act.RAISE, turn.now)] or found[:1]


def follow(turn: Turn, request: MessagePosted) -> Replies:
    """A message that raised an item was edited or deleted: the item follows until its sync closes."""
    item = items.from_message(turn.record, request.message)
    if item is None or item.raised_by_id != turn.asker.person_id:
        return []
    sync = rows.find(turn.record, Sync, item.sync_id)
    if sync is None or not turn.asker.may(Right.RAISE, sync.touchpoint_id):
        return []
    if sync.closed_at or (request.deleted and not item.carried_over):
        return []
    if request.deleted:
        item.outcome = Outcome.DROPPED
    else:
        item.theme, rest = theme_and_text(with_files(request))
        item.title, item.detail = title_and_detail(rest)
        item.edited_at = turn.now
    audit.append(turn.record, "item.dropped" if request.deleted else "item.edited", item=item.key)
    items.index(turn.record, item)
    changed(turn.record, sync)
    return []
