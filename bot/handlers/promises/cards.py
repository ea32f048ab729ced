"""How a promise looks: to whoever may change it, to its owner in private, in a list, and as a nudge.

`today` is always the reader's own day. Whoever has no chair in its touchpoint sees the promise and nothing around it.
"""

from collections.abc import Sequence
from datetime import date

from agenda.actions import MOVED_OFTEN, ActionAct, ActionState, day_text
from agenda.recurrence import local_date
from agenda.roles import Right
from bot.cards import Block, Button, Card, Facts, Item, ItemList, Note, card
from bot.reading import joined, paged
from bot.sharing import share_button
from bot.turns import Asked, Turn
from storage import actions, deliveries, people, rows
from storage.actions import ActionChange, ActionItem
from storage.decisions import Decision
from storage.deliveries import Owed
from storage.items import AgendaItem
from storage.nudges import Nudge
from storage.risks import RiskItem
from storage.touchpoints import Touchpoint
from storage.unit_of_work import Record

MOST_HISTORY = 10


def today(turn: Turn) -> date:
    """The asker's."""
    return local_date(turn.now, turn.asker.zone or "UTC")


def redraw(record: Record, action: ActionItem) -> None:
    """Every card that shows it, shows it as it stands."""
    deliveries.redraw(record, "promised", "shared_promise", subject_id=action.key)
    if action.sync_id:
        deliveries.redraw(record, "sync", "minutes", subject_id=action.sync_id)


def promise_card(turn: Turn, action: ActionItem, page: int = 0) -> Card:
    """As its reader sees it in private."""
    seated = turn.asker.may(Right.READ, action.touchpoint_id)
    runs = turn.asker.may(Right.RUN, action.touchpoint_id)
    blocks, pages = body(turn.record, action, turn.asker.zone or "UTC", page)
    around = [*(source(turn.record, action) if seated else []), *history(turn, action, whole=seated)]
    acts = (
        [*own_buttons(action), *(seat_buttons(turn, action) if seated else [])] if runs or is_own(turn, action) else []
    )
    shared = share_button(turn, "promise.share", str(action.number), of=action.touchpoint_id) if seated else []
    return card(f"{action.ref} {action.title}", *blocks, *around, buttons=[*acts, *pages, *shared])


def is_own(turn: Turn, action: ActionItem) -> bool:
    """Does the asker owe it, or did they record it?"""
    return turn.asker.person_id in {action.owner_id, action.promised_by_id}


def own_buttons(action: ActionItem) -> list[Button]:
    """What its owner needs: one tap, or one form. Nothing once it is settled."""
    if action.state is not ActionState.OPEN:
        return []
    value = str(action.number)
    return [
        Button(action="promise.done", label="Done", value=value, style="primary"),
        Button(action="promise.move", label="New date", value=value, opens_form=True),
    ]


def seat_buttons(turn: Turn, action: ActionItem) -> list[Button]:
    """What else can be done with it in its touchpoint. What was just recorded is changed most often."""
    if action.state is not ActionState.OPEN:
        return []
    value, fresh = str(action.number), action.is_fresh(turn.now)
    return [
        Button(action="promise.edit", label="Change", value=value, opens_form=True, rare=not fresh),
        Button(action="promise.reassign", label="Reassign", value=value, opens_form=True, rare=True),
        Button(action="promise.drop", label="Drop", value=value, opens_form=True, rare=True),
    ]


def body(record: Record, action: ActionItem, zone: str, page: int = 0) -> tuple[list[Block], list[Button]]:
    """What, whose, and by when."""
    now = local_date(record.now, zone)
    promised = day_text(local_date(action.promised_at, zone), now)
    facts = (
        ("State", standing(action, zone, now)),
        ("Due", joined([day_text(action.due_on, now), moved(action)])),
        ("Owner", people.called(record, action.owner_id)),
        ("Theme", action.theme.label),
        ("Promised", f"{promised}, recorded by {people.called(record, action.promised_by_id)}"),
    )
    text, pages = paged("Details", action.detail, page, action="promise.page", value=str(action.number))
    return [*text, Facts(facts)], pages


def standing(action: ActionItem, zone: str, now: date) -> str:
    """Open, and how urgent that is; or since when it is done or dropped, and why."""
    if action.state is ActionState.OPEN:
        near = (action.due_on - now).days <= 1
        return f"Open, {action.urgency(now)}" if near else "Open"
    settled = day_text(local_date(action.settled_at or action.promised_at, zone), now)
    return f"Done on {settled}" if action.state is ActionState.DONE else f"Dropped on {settled}: {action.because}"


def moved(action: ActionItem) -> str:
    """Said once it was moved often."""
    return f"moved {action.moves} times" if action.moves >= MOVED_OFTEN else ""


def source(record: Record, action: ActionItem) -> list[Block]:
    """Where it comes from, and the link to it."""
    title = "A message" if action.source_link else ""
    if action.item_id:
        title = rows.get(record, AgendaItem, action.item_id).title
    elif action.decision_id:
        decision = rows.get(record, Decision, action.decision_id)
        title = f"{decision.ref} {decision.title}"
    elif action.risk_id:
        risk = rows.get(record, RiskItem, action.risk_id)
        title = f"{risk.ref} {risk.title}"
    return [ItemList((Item(title=title, link=action.source_link),), "Comes from")] if title else []


def history(turn: Turn, action: ActionItem, *, whole: bool) -> list[Block]:
    """What was done with it, by whom, and why: the last of it, and only since it is its reader's unless they may see all."""
    changes = actions.changes(turn.record, action)
    if not whole:
        changes = changes[handed_to(changes, turn.asker.person_id) :]
    if not changes:
        return []
    lines = tuple(history_line(turn, change) for change in changes[-MOST_HISTORY:])
    earlier = len(changes) - len(lines)
    return [*([Note(f"{earlier} earlier changes are kept too.")] if earlier else []), ItemList(lines, "History")]


def handed_to(changes: Sequence[ActionChange], person_id: int) -> int:
    """Where in a history somebody became the owner for the last time; at its beginning if it was always theirs."""
    return max((place for place, change in enumerate(changes) if change.to_owner_id == person_id), default=0)


def history_line(turn: Turn, change: ActionChange) -> Item:
    """`Moved from Fri 14 March to Mon 17 March (Tue 11 March · Sam · the vendor is late)`."""
    now, day = today(turn), local_date(change.at, turn.asker.zone or "UTC")
    said = change.what.value.capitalize()
    if change.what is ActionAct.MOVED and change.from_day and change.to_day:
        said += f" from {day_text(change.from_day, now)} to {day_text(change.to_day, now)}"
    if change.what is ActionAct.REASSIGNED and change.from_owner_id and change.to_owner_id:
        names = [people.called(turn.record, one) for one in (change.from_owner_id, change.to_owner_id)]
        said += f" from {names[0]} to {names[1]}"
    by = people.called(turn.record, change.person_id)
    return Item(title=said, detail=joined([day_text(day, now), by, change.because]))


def promise_line(record: Record, action: ActionItem, zone: str, *, own: bool = False) -> Item:
    """One line of a list; in a list of their own, nobody is told whose it is."""
    now = local_date(record.now, zone)
    how = action.urgency(now) if action.state is ActionState.OPEN else standing(action, zone, now)
    owner = "" if own else people.called(record, action.owner_id)
    return Item(title=f"{action.ref} {action.title}", detail=joined([how, owner, moved(action)]))


def draw_promised(record: Record, owed: Owed) -> Card | None:
    """In the direct chat of its new owner, who did not record it themselves."""
    action = rows.get(record, ActionItem, owed.subject_id)
    person = rows.get(record, people.Person, action.owner_id)
    if owed.conversation not in people.accounts_of(record, person.key):
        gone = card(f"{action.ref} is no longer yours", Note("Somebody else has taken it over."))
        return gone if owed.message else None
    if not people.is_here(record, person.key):
        return None
    blocks, _pages = body(record, action, zone_of(record, person, action))
    opened = action.state is ActionState.OPEN
    title = f"A promise for you: {action.ref} {action.title}" if opened else f"{action.ref} {action.title}"
    hint = Note(f"“promise show {action.ref}” shows it at any time.")
    return card(title, *blocks, *handed_over(record, action), hint, buttons=own_buttons(action))


def handed_over(record: Record, action: ActionItem) -> list[Block]:
    """By whom, and why, if somebody else had it before."""
    changes = [one for one in actions.changes(record, action) if one.to_owner_id == action.owner_id]
    return [Note(f"Handed on by {people.called(record, one.person_id)}: {one.because}") for one in changes[-1:]]


def zone_of(record: Record, person: people.Person, action: ActionItem) -> str:
    """Its owner's own, else that of the touchpoint."""
    return person.zone or rows.get(record, Touchpoint, action.touchpoint_id).zone


def ask_promise(record: Record, nudge: Nudge) -> Asked | None:
    """Before its day, and once after it. Nobody is asked any more once it is settled, or somebody else's."""
    action = rows.find(record, ActionItem, nudge.subject_id)
    if action is None or action.owner_id != nudge.person_id:
        return None
    person = rows.get(record, people.Person, nudge.person_id)
    zone, title = zone_of(record, person, action), f"{action.ref} {action.title}"
    now = local_date(record.now, zone)
    if action.state is not ActionState.OPEN:
        return Asked(title=title, detail=standing(action, zone, now), open=False)
    return Asked(title=title, detail=joined([action.urgency(now), moved(action)]), buttons=tuple(own_buttons(action)))
