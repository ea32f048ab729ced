"""A sync's packet, gathered from the record; and what becomes of its lines when the record changes or people settle them."""

from datetime import date, timedelta
from itertools import islice
from typing import TypeAlias

from agenda import causes, schedule
from agenda.acceptances import AcceptanceState
from agenda.causes import Cause
from agenda.items import Outcome, Source, title_and_detail
from agenda.packet import Line, Packet, build
from agenda.recurrence import local_date
from agenda.touchpoints import Seat
from bot import conversations
from bot.handlers.agenda.items import changed
from storage import acceptances, actions, audit, decisions, deliveries, items, keys, owners, people, risks, rows, syncs
from storage.acceptances import Acceptance
from storage.actions import ActionItem
from storage.asks import Ask
from storage.decisions import Decision
from storage.initiatives import Gate
from storage.items import AgendaItem
from storage.owners import Responsibility
from storage.risks import RiskItem
from storage.syncs import Sync
from storage.touchpoints import Touchpoint
from storage.unit_of_work import Record

AgendaLine: TypeAlias = Line[AgendaItem]
AgendaPacket: TypeAlias = Packet[AgendaItem]

MOST_MEETINGS = 60  # A rule of which every occurrence is a holiday ends the search.
WITHOUT_END = timedelta(days=31)  # How far ahead a last sync looks.
TABLES: dict[str, type[Decision | RiskItem | Acceptance | Responsibility | ActionItem | Ask | Gate]] = {
    "decision": Decision,
    "risk": RiskItem,
    "acceptance": Acceptance,
    "responsibility": Responsibility,
    "promise": ActionItem,
    "ask": Ask,
    "gate": Gate,
}


def packet_of(record: Record, touchpoint: Touchpoint, sync: Sync) -> AgendaPacket:
    """What this sync is about, as the record is now."""
    return build(
        items.of_sync(record, sync.key),
        causes_of(record, touchpoint, sync),
        minutes=touchpoint.minutes,
        defer_limit=touchpoint.defer_limit,
        started_at=sync.started_at,
        resting=causes.at_rest(items.answered(record, touchpoint.key), local_date(record.now, touchpoint.zone)),
    )


def causes_of(record: Record, touchpoint: Touchpoint, sync: Sync) -> list[Cause]:
    """Everything in the record that asks to be talked about at this sync."""
    today, before = local_date(record.now, touchpoint.zone), day_of_next(record, touchpoint, sync)
    found = [waiting(record, touchpoint, one, today) for one in decisions.waiting(record, touchpoint.key)]
    for decision in decisions.due_for_review(record, touchpoint.key, before=before):
        found += causes.of_decision(decision, key=decision.key, ref=decision.ref, today=today, before=before)
    found += about_risks(record, touchpoint, today, before)
    for action in actions.open_ones(record, [touchpoint.key], due_before=today):
        owner = people.called(record, action.owner_id)
        found += causes.of_promise(action, key=action.key, ref=action.ref, owner=owner, today=today)
    for area in owners.disputed(record, touchpoint.key):
        since = local_date(area.disputed_at or record.now, touchpoint.zone)
        found.append(causes.of_dispute(area, key=area.key, since=since, today=today))
    return found + conversations.causes(record, touchpoint, today, before)


def about_risks(record: Record, touchpoint: Touchpoint, today: date, before: date) -> list[Cause]:
    """Of risks and their acceptances. Where one is asked for, that is what there is to say of it."""
    proposed = acceptances.standing(record, touchpoint.key, AcceptanceState.PROPOSED)
    ending = acceptances.standing(record, touchpoint.key, AcceptanceState.ACCEPTED, before=before)
    asked_for = {one.risk_id for one in proposed}
    zone = touchpoint.zone
    found: list[Cause] = []
    for risk in risks.asking(record, touchpoint.key, before=before):
        said = causes.of_risk(risk, key=risk.key, ref=risk.ref, zone=zone, today=today, before=before)
        found += [one for one in said if one.source is not Source.RISK_REOPENED or risk.key not in asked_for]
    for one in (*proposed, *(one for one in ending if one.risk_id not in asked_for)):
        risk = rows.get(record, RiskItem, one.risk_id)
        turned = keys.turned(record, one)
        missing = [seat for seat in Seat if seat not in turned]
        found += causes.of_acceptance(
            one, risk, key=one.key, ref=risk.ref, missing=missing, zone=zone, today=today, before=before
        )
    return found


def waiting(record: Record, touchpoint: Touchpoint, decision: Decision, today: date) -> Cause:
    """A proposed decision: its text stands as it is since the first key was turned on it."""
    turned = keys.turned(record, decision)
    since = min((key.turned_at for key in turned.values()), default=decision.recorded_at)
    return causes.waiting_for_key(
        decision,
        key=decision.key,
        ref=decision.ref,
        missing=[seat for seat in Seat if seat not in turned],
        since=local_date(since, touchpoint.zone),
        today=today,
    )


def day_of_next(record: Record, touchpoint: Touchpoint, sync: Sync) -> date:
    """The day of the sync after this one: what is due by then is talked about now."""
    coming = schedule.meetings(
        touchpoint.cadence, touchpoint.calendar, touchpoint.holiday_policy, after=max(sync.starts_at, record.now)
    )
    by_rule = next((meeting.starts_at for meeting in islice(coming, MOST_MEETINGS) if meeting.starts_at), None)
    planned = [one.starts_at for one in syncs.ahead(record, touchpoint.key) if one.starts_at > sync.starts_at]
    starts = [*planned, *([by_rule] if by_rule else [])]
    return local_date(min(starts, default=sync.starts_at + WITHOUT_END), touchpoint.zone)


def begin(record: Record, touchpoint: Touchpoint, sync: Sync, person_id: int) -> None:
    """What the record asks for becomes lines, so that each gets an outcome; what it asks for no more leaves the agenda.

    To be called just before the sync starts.
    """
    packet = packet_of(record, touchpoint, sync)
    for item in packet.gone:
        item.outcome, item.source_id = Outcome.DROPPED, None
        audit.append(record, "item.dropped", item=item.key)
    for line in packet.lines:
        if line.item is None:
            item = rows.add(record, row_of(record, sync, line, person_id))
            audit.append(record, "item.generated", item=item.key, sync=sync.key, source=item.source)
    record.session.flush()


def row_of(record: Record, sync: Sync, line: AgendaLine, person_id: int) -> AgendaItem:
    """A generated line as a row. A title that its ref makes too long is shortened; the whole stands where it came from."""
    title, _rest = title_and_detail(line.title)
    return AgendaItem(
        organization_id=record.organization_id,
        sync_id=sync.key,
        raised_by_id=person_id,
        title=title,
        theme=line.theme,
        raised_at=record.now,
        source=line.source,
        source_id=line.source_id,
    )


def settle(record: Record, sync: Sync, item: AgendaItem, outcome: Outcome) -> None:
    """Somebody is done with this line, in this way."""
    item.outcome, item.settled_at = outcome, record.now
    audit.append(record, "item.settled", item=item.key, outcome=outcome.value)
    items.index(record, item)
    redraw(record, sync)


def source_settled(record: Record, source: Source, source_id: int) -> None:
    """A key was turned, a promise kept, a risk got its owner: to be called after any such change.

    Lines of a running sync whose cause has gone by it count as discussed, and every card of the current sync shows it.
    """
    touchpoint_id = rows.get(record, TABLES[source.subject], source_id).touchpoint_id
    sync = syncs.current(record, touchpoint_id)
    if sync is None:
        return
    if sync.started_at:
        for item in packet_of(record, rows.get(record, Touchpoint, touchpoint_id), sync).gone:
            item.outcome = Outcome.DISCUSSED
            audit.append(record, "item.answered", item=item.key, source=item.source)
    redraw(record, sync)


def redraw(record: Record, sync: Sync) -> None:
    """Every card that shows this sync's lines, or counts them."""
    changed(record, sync)
    deliveries.redraw(record, "start", subject_id=sync.key)
