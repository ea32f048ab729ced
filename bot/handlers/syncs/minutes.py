"""Minutes: what became of each line of a sync, what was decided and promised in it, on a card and as Markdown."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from agenda.actions import day_text
from agenda.audit import Head
from agenda.dates import days_in
from agenda.errors import BadInput, NotFound
from agenda.items import Outcome
from agenda.lexicon import is_time
from agenda.minutes import Entry, Minutes, how_long, markdown
from agenda.recurrence import local_date, local_time, to_instant
from agenda.roles import Right
from bot.cards import Block, Button, Card, Item, ItemList, Note, Paragraph, Verbatim, card
from bot.handlers.decisions.standing import standing
from bot.reading import joined, key_in, pair_in
from bot.replies import Answer
from bot.sharing import share, share_button, shared_by
from bot.turns import Command, Noun, Press, Replies, Turn
from storage import acceptances, actions, decisions, items, people, risks, rows, syncs
from storage.actions import ActionItem
from storage.decisions import Decision
from storage.deliveries import Owed
from storage.items import AgendaItem
from storage.risks import RiskItem
from storage.syncs import Sync
from storage.touchpoints import Touchpoint
from storage.unit_of_work import Record

MOST_DECIDED = 1000
LATELY = timedelta(days=6)
A_YEAR = timedelta(days=364)


def minutes_of(record: Record, sync: Sync) -> Minutes:
    """Of a closed sync."""
    touchpoint = rows.get(record, Touchpoint, sync.touchpoint_id)
    began, ended = sync.started_at or sync.starts_at, sync.closed_at or record.now
    following = syncs.following(record, sync)
    listed = (
        ("Decisions", decided(record, sync)),
        ("Promises", [promise_entry(record, one) for one in actions.of_sync(record, sync.key)]),
        ("Risks raised", [risk_entry(one) for one in risks.raised_between(record, touchpoint.key, began, ended)]),
        ("Risks accepted", accepted(record, touchpoint, began, ended)),
        *outcomes(record, items.of_sync(record, sync.key)),
    )
    day = local_date(sync.starts_at, touchpoint.zone)
    return Minutes(
        title=f"Minutes of {local_time(sync.starts_at, touchpoint.zone)}",
        name=joined([touchpoint.name, day.isoformat()]),
        took=how_long(round((ended - began) / timedelta(minutes=1)), touchpoint.minutes),
        groups=tuple((heading, tuple(entries)) for heading, entries in listed if entries),
        coming=f"{local_time(following.starts_at, touchpoint.zone)}." if following else "",
        head=Head.read(sync.head) if sync.head else None,
    )


def decided(record: Record, sync: Sync) -> list[Entry]:
    """In the order in which they were recorded."""
    found = decisions.listed(record, [sync.touchpoint_id], limit=MOST_DECIDED, sync_id=sync.key)
    return [decision_entry(record, one) for one in reversed(found)]


def decision_entry(record: Record, decision: Decision) -> Entry:
    """What was decided, how it stands, why, and what follows."""
    review = decision.review_on.isoformat() if decision.review_on else ""
    facts = joined(f"{name}: {value}" for name, value in (("Owner", decision.owner), ("Review", review)) if value)
    return Entry(
        ref=decision.ref,
        title=decision.title,
        detail=standing(record, decision),
        text="\n\n".join(part for part in (decision.question, decision.outcome, decision.rationale, facts) if part),
        link=decision.source_link,
    )


def promise_entry(record: Record, action: ActionItem) -> Entry:
    """Whose, and by when."""
    owner = people.called(record, action.owner_id)
    detail = f"{owner}, by {day_text(action.due_on, action.promised_at.date())}"
    return Entry(ref=action.ref, title=action.title, detail=detail, text=action.detail, link=action.source_link)


def risk_entry(risk: RiskItem) -> Entry:
    """How bad it is, and who looks after it."""
    owner = f"owner {risk.owner}" if risk.owner else "no owner"
    return Entry(ref=risk.ref, title=risk.title, detail=joined([risk.rating, owner]), text=risk.description)


def accepted(record: Record, touchpoint: Touchpoint, began: datetime, ended: datetime) -> list[Entry]:
    """What got its second key in that time: until when it is lived with, and why."""
    found = acceptances.accepted_between(record, touchpoint.key, began, ended)
    return [
        Entry(
            ref=rows.get(record, RiskItem, one.risk_id).ref,
            title=one.risk_title,
            detail=f"until {day_text(one.expires_on, ended.date())}",
            text=one.justification,
        )
        for one in found
    ]


def outcomes(record: Record, lines: Sequence[AgendaItem]) -> list[tuple[str, list[Entry]]]:
    """Each line under what became of it. Lines whose cause had gone before the start were none of this sync's."""
    talked = [line for line in lines if line.source is None or line.source_id is not None]
    groups = (
        ("Discussed", {Outcome.DISCUSSED}),
        ("Escalated", {Outcome.ESCALATED}),
        ("Carried over", {Outcome.OPEN, Outcome.DEFERRED}),
        ("Dropped", {Outcome.DROPPED}),
    )
    return [(heading, [entry(line) for line in talked if line.outcome in kinds]) for heading, kinds in groups]


def entry(line: AgendaItem) -> Entry:
    """A line of the agenda, with all that was written about it."""
    return Entry(title=line.title, text=line.detail, link=line.source_link)


def minutes_card(minutes: Minutes, *more: Block, buttons: Sequence[Button] = ()) -> Card:
    """Short: what was written at length stands in the Markdown."""
    blocks: list[Block] = [ItemList(tuple(map(line_of, entries)), heading) for heading, entries in minutes.groups]
    if not blocks:
        blocks.append(Paragraph("Nothing was on the agenda."))
    coming = f" Next: {minutes.coming}" if minutes.coming else ""
    return card(minutes.title, *blocks, Note(f"{minutes.took}.{coming}{stands(minutes)}"), *more, buttons=buttons)


def stands(minutes: Minutes) -> str:
    """Small print for an auditor: the audit log's head, in full in the Markdown."""
    return f" Record at {minutes.head.number:,} · {minutes.head.hash[:8]}…" if minutes.head else ""


def line_of(entry: Entry) -> Item:
    """One entry on a card."""
    return Item(title=f"{entry.ref} {entry.title}".strip(), detail=entry.detail, link=entry.link)


def markdown_button(sync: Sync) -> Button:
    """For whoever keeps minutes somewhere else too."""
    return Button(action="minutes.markdown", label="Markdown", value=str(sync.key))


def draw(record: Record, owed: Owed) -> Card | None:
    """Where both see them, as soon as the sync is closed."""
    sync = rows.find(record, Sync, owed.subject_id)
    if sync is None or sync.closed_at is None:
        return None
    return minutes_card(minutes_of(record, sync), buttons=[markdown_button(sync)])


def draw_shared(record: Record, owed: Owed) -> Card | None:
    """Earlier ones, shared by somebody."""
    sync = rows.get(record, Sync, owed.subject_id)
    return minutes_card(minutes_of(record, sync), shared_by(record, owed), buttons=[markdown_button(sync)])


def show(turn: Turn, when: str) -> Replies:
    """`minutes`, `minutes 4 March`: of the last sync that was closed, until that day."""
    scope = turn.scope()
    zone = rows.get(turn.record, Touchpoint, scope[0]).zone
    before = None
    if when:
        day = past_day(when, local_date(turn.now, zone))
        before = to_instant(datetime.combine(day + timedelta(days=1), time.min), zone)
    sync = syncs.closed(turn.record, scope, before=before)
    if sync is None:
        what = "No sync was closed until then." if when else "No sync was closed yet."
        raise NotFound(what, "“agenda” shows the next one.")
    return [Answer(card=private_card(turn, sync))]


def past_day(typed: str, today: date) -> date:
    """The last such day that was. Raises `BadInput`."""
    for since in (LATELY, A_YEAR):
        _first, day = days_in(typed, today=today - since)
        if day <= today:
            return day
    raise BadInput("That day is ahead.", "Write one that was, like “minutes 4 March” or “minutes 2031-03-04”.")


def private_card(turn: Turn, sync: Sync) -> Card:
    """As its reader sees them, with the way to those before and after."""
    scope, value = turn.scope(), str(sync.key)
    earlier = syncs.closed(turn.record, scope, before=sync.starts_at)
    later = syncs.closed_after(turn.record, scope, sync.starts_at)
    beside = ((earlier, "Earlier"), (later, "Later"))
    turning = [Button(action="minutes.show", label=label, value=str(one.key)) for one, label in beside if one]
    shared = share_button(turn, "minutes.share", value, of=sync.touchpoint_id)
    return minutes_card(minutes_of(turn.record, sync), buttons=[*turning, markdown_button(sync), *shared])


def closed_sync(turn: Turn, key: int) -> Sync:
    """Whose minutes there are, if the asker has a chair there. Raises `NotFound`, `NotAllowed`."""
    sync = rows.find(turn.record, Sync, key)
    if sync is None or sync.closed_at is None:
        raise NotFound("There are no minutes of that sync.", "“minutes” shows the last ones.")
    turn.require(sync.touchpoint_id)
    return sync


def show_of(turn: Turn, value: str) -> Replies:
    """Turned to the sync before or after."""
    return [Answer(card=private_card(turn, closed_sync(turn, key_in(value))), replaces=True)]


def as_markdown(turn: Turn, value: str) -> Replies:
    """To be copied, whole."""
    minutes = minutes_of(turn.record, closed_sync(turn, key_in(value)))
    return [Answer(card=card(f"{minutes.title} as Markdown", Verbatim(markdown(minutes))))]


def share_one(turn: Turn, value: str) -> Replies:
    """For both."""
    touchpoint_id, key = pair_in(value)
    sync = closed_sync(turn, key_in(key))
    if sync.touchpoint_id != touchpoint_id:
        raise BadInput("That button belongs to an older card.", "Ask for the card again with a command.")
    return share(turn, touchpoint_id, kind="shared_minutes", subject_id=sync.key)


NOUN = Noun(
    name="minutes",
    summary="What became of each point, what was decided and who promised what. They stand as soon as a sync is closed.",
    commands=(
        Command(
            words=("minutes",),
            argument="[when]",
            summary="Show the minutes of a sync",
            handle=show,
            reads=is_time,
            right=Right.READ,
        ),
    ),
    buttons={
        "minutes.show": Press(handle=show_of, right=Right.READ),
        "minutes.markdown": Press(handle=as_markdown, right=Right.READ),
        "minutes.share": Press(handle=share_one, writes=True, right=Right.RAISE),
    },
    cards={"minutes": draw, "shared_minutes": draw_shared},
)
