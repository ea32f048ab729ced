"""What becomes of acceptances when something else changes: their risk, or the day. The rules are `agenda.acceptances`.

Whoever changes a risk or an acceptance locks the risk first (`storage.risks.locked`): so of two at the same moment the second
sees what the first one did. Lines of an agenda are settled by whoever calls this (`bot.packets`).
"""

from datetime import date, datetime, timedelta

from agenda.acceptances import EXPIRING, WARNED_AHEAD, AcceptanceState, warnings_due
from agenda.nudges import NudgeKind, key_missed_at
from agenda.recurrence import local_date
from agenda.risks import RiskState
from agenda.touchpoints import Seat
from bot import nudging, signing, telling
from bot.access import roles_of
from storage import acceptances, audit, deliveries, keys, nudges, people, risks, rows
from storage.acceptances import Acceptance
from storage.risks import RiskItem
from storage.touchpoints import Touchpoint
from storage.unit_of_work import Record

KEY_CARD, TOLD_CARD = "acceptance_key", "acceptance_told"
ENDED, KEY = "ended", "key"  # What is asked beside the warnings, which are called by their days.
A_YEAR, ONE_DAY = timedelta(days=365), timedelta(days=1)


def ask_for_keys(record: Record, acceptance: Acceptance) -> None:
    """In private, of each principal whose key is missing, and of who stands in; once a text."""
    signing.ask_for_keys(record, acceptance, kind=KEY_CARD)
    redraw(record, acceptance)


def redraw(record: Record, acceptance: Acceptance) -> None:
    """Every card that shows it or its risk, shows them as they stand."""
    record.session.flush()
    deliveries.redraw(record, KEY_CARD, TOLD_CARD, subject_id=acceptance.key)
    deliveries.redraw(record, "shared_risk", subject_id=acceptance.risk_id)
    nudging.redraw(record, NudgeKind.ACCEPTANCE, acceptance.key)


def tell(record: Record, acceptance: Acceptance, *, but: int | None = None) -> None:
    """What became of it, to both principals and to whoever asked for it, in private; `but` is who did it and knows."""
    touchpoint = rows.get(record, Touchpoint, acceptance.touchpoint_id)
    for person_id in {touchpoint.cio_id, touchpoint.ciso_id, acceptance.requested_by_id} - {but}:
        if any(chair.touchpoint_id == touchpoint.key for chair in roles_of(record, person_id)):
            once = f"{TOLD_CARD}:{acceptance.key}:{acceptance.state}:{person_id}"
            telling.in_private(record, person_id, once=once, kind=TOLD_CARD, subject_id=acceptance.key)
    redraw(record, acceptance)


def follow_edit(record: Record, risk: RiskItem, *, by: int) -> None:
    """C2 and C8: the risk has another title or another level than what is signed."""
    record.session.flush()
    proposed = acceptances.in_state(record, risk.key, AcceptanceState.PROPOSED)
    if proposed and not proposed.describes(risk.title, risk.likelihood, risk.impact):
        proposed.risk_title, proposed.likelihood, proposed.impact = risk.title, risk.likelihood, risk.impact
        text_changed(record, proposed)
        ask_for_keys(record, proposed)
    accepted = acceptances.in_state(record, risk.key, AcceptanceState.ACCEPTED)
    if accepted and accepted.is_outgrown(risk.level):
        because = f"Its level is {risk.level} now; {accepted.level} was signed."
        reopen(record, risk, accepted, AcceptanceState.REVOKED, because)
        tell(record, accepted, but=by)


def text_changed(record: Record, acceptance: Acceptance) -> None:
    """C2."""
    record.session.flush()
    keys.void(record, acceptance)
    audit.append(record, "acceptance.changed", acceptance=acceptance.number, text=acceptance.text_hash)


def reopen(record: Record, risk: RiskItem, acceptance: Acceptance, state: AcceptanceState, because: str = "") -> None:
    """C6 to C8: it has ended, and the risk is open again."""
    acceptance.end(state, record.now, because)
    risk.reopen(record.now)
    record.session.flush()
    risks.index(record, risk)
    audit.append(record, f"acceptance.{state.value}", acceptance=acceptance.number, risk=risk.number)


def follow_close(record: Record, risk: RiskItem) -> None:
    """C5 and C9: where there is no risk, nothing is left to be accepted."""
    proposed = acceptances.in_state(record, risk.key, AcceptanceState.PROPOSED)
    accepted = acceptances.in_state(record, risk.key, AcceptanceState.ACCEPTED)
    if proposed:
        proposed.refuse(AcceptanceState.WITHDRAWN, "The risk was closed.", record.now)
    if accepted:
        accepted.end(AcceptanceState.ENDED, record.now, "The risk was closed.")
    for one in filter(None, (proposed, accepted)):
        audit.append(record, f"acceptance.{one.state.value}", acceptance=one.number, risk=risk.number)
        redraw(record, one)


def since(record: Record, acceptance: Acceptance) -> datetime:
    """From when on its text waits as it stands: since the first key was turned on it."""
    turned = keys.turned(record, acceptance)
    return min((key.turned_at for key in turned.values()), default=acceptance.requested_at)


def plan(record: Record, touchpoint: Touchpoint) -> bool:
    """What the day brings: ends, warnings, reminders of keys. True if a risk is open again. Twice is as good as once."""
    today = local_date(record.now, touchpoint.zone)
    ended = [expire(record, one, today) for one in standing(record, touchpoint, today)]
    for one in standing(record, touchpoint, today + EXPIRING + WARNED_AHEAD + ONE_DAY):
        warn(record, touchpoint, one, today)
    for one in acceptances.standing(record, touchpoint.key, AcceptanceState.PROPOSED):
        remind_of_keys(record, touchpoint, one)
    return any(ended)


def standing(record: Record, touchpoint: Touchpoint, before: date) -> list[Acceptance]:
    """Accepted ones whose last day comes before that day."""
    return acceptances.standing(record, touchpoint.key, AcceptanceState.ACCEPTED, before=before)


def expire(record: Record, acceptance: Acceptance, today: date) -> bool:
    """C6, at midnight after its last day where the touchpoint is, or as soon after it as anybody looks."""
    risk = risks.locked(record, acceptance.risk_id)
    record.session.refresh(acceptance)
    if not acceptance.has_passed(today) or risk.state is not RiskState.ACCEPTED:
        return False
    reopen(record, risk, acceptance, AcceptanceState.EXPIRED)
    redraw(record, acceptance)
    touchpoint = rows.get(record, Touchpoint, acceptance.touchpoint_id)
    for seat in Seat:
        nudge(record, acceptance, touchpoint.principal(seat), ENDED)
    return True


def warn(record: Record, touchpoint: Touchpoint, acceptance: Acceptance, today: date) -> None:
    """Both principals, but for who said that it may expire; each on the day of the warning, or on a working day before it."""
    asked = nudges.about(record, NudgeKind.ACCEPTANCE, acceptance.key)
    know = {one.person_id for one in asked if one.seen_at}
    for person_id in {touchpoint.cio_id, touchpoint.ciso_id} - know:
        hours = nudging.hours_of(record, rows.get(record, people.Person, person_id))
        for days in warnings_due(acceptance.expires_on, today):
            wanted = hours.starts(acceptance.expires_on - timedelta(days=days))
            nudge(record, acceptance, person_id, str(days), wanted)


def remind_of_keys(record: Record, touchpoint: Touchpoint, acceptance: Acceptance) -> None:
    """Whoever's key is missing is reminded of it, once a text."""
    for seat in signing.missing(record, acceptance):
        person_id = touchpoint.principal(seat)
        hours = nudging.hours_of(record, rows.get(record, people.Person, person_id))
        wanted = key_missed_at(since(record, acceptance), hours)
        nudge(record, acceptance, person_id, f"{KEY}:{acceptance.text_hash[:16]}", wanted)


def nudge(record: Record, acceptance: Acceptance, person_id: int, again: str, wanted: datetime | None = None) -> None:
    """At a moment of that person's day; as soon as there is one, unless it is wanted later."""
    wanted = wanted or record.now
    nudging.owe(
        record,
        NudgeKind.ACCEPTANCE,
        acceptance.key,
        person_id,
        wanted=wanted,
        before=max(wanted, record.now) + A_YEAR,
        touchpoint_id=acceptance.touchpoint_id,
        again=again,
    )
