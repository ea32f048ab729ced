"""A sync's packet, gathered from the record; and what becomes of its lines when the record changes or people settle them."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import islice
from typing import TypeAlias

from agenda import causes, schedule
from agenda.causes import Cause
from agenda.items import Outcome, Source, title_and_detail
from agenda.packet import Line, Packet, build
from agenda.recurrence import local_date
from agenda.touchpoints import Seat
from bot.handlers.items import changed
from storage import actions, audit, decisions, deliveries, items, people, risks, rows, syncs
from storage.actions import ActionItem
from storage.decisions import Decision
from storage.items import AgendaItem
from storage.risks import RiskItem
from storage.syncs import Sync
from storage.touchpoints import Touchpoint
from storage.unit_of_work import Record

AgendaLine: TypeAlias = Line[AgendaItem]
AgendaPacket: TypeAlias = Packet[AgendaItem]

MOST_MEETINGS = 60  # A rule of which every occurrence is a holiday ends the search.
WITHOUT_END = timedelta(days=31)  # How far ahead a last sync looks.
TABLES: dict[str, type[Decision | RiskItem | ActionItem]] = {
    "decision": Decision,
    "risk": RiskItem,
    "promise": ActionItem,
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
    for risk in risks.asking(record, touchpoint.key, before=before):
        found += causes.of_risk(risk, key=risk.key, ref=risk.ref, today=today, before=before)
    for action in actions.open_ones(record, [touchpoint.key], due_before=today):
        owner = people.called(record, action.owner_id)
        found += causes.of_promise(action, key=action.key, ref=action.ref, owner=owner, today=today)
    return found


def waiting(record: Record, touchpoint: Touchpoint, decision: Decision, today: date) -> Cause:
    """A proposed decision: its text stands as it is since the first key was turned on it."""
    turned = decisions.keys(record, decision)
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
    starts = [meeting.starts_at for meeting in islice(coming, MOST_MEETINGS) if meeting.starts_at][:1]
    starts += [one.starts_at for one in syncs.ahead(record, touchpoint.key) if one.starts_at > sync.starts_at]
    return local_date(min(starts, default=sync.starts_at + WITHOUT_END), touchpoint.zone)
