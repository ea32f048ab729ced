"""What in the record asks to be talked about, and why: the lines by which an agenda builds itself.

Pure: a row's fields and a day in, causes out. Which of them stand on an agenda, and in which order, is `agenda.packet`'s.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from agenda.acceptances import AcceptanceFields, AcceptanceState
from agenda.actions import ActionFields, day_text
from agenda.decisions import DecisionFields
from agenda.items import Outcome, Source
from agenda.owners import ResponsibilityFields
from agenda.recurrence import local_date
from agenda.risks import RiskFields
from agenda.themes import Theme
from agenda.touchpoints import Seat

RESTS_FOR = timedelta(days=90)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """One reason. `source` and `source_id` say which row gives it; `title` begins with that row's ref.

    `urgency` orders causes of one source: days that something waits or is overdue, or a risk's level.
    """

    source: Source
    source_id: int
    title: str
    theme: Theme
    why: str
    owner: str = ""
    urgency: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """A generated line of an earlier sync that its people were done with, and the day on which they were."""

    source: Source
    source_id: int
    outcome: Outcome
    on: date


def waiting_for_key(
    decision: DecisionFields, *, key: int, ref: str, missing: Sequence[Seat], since: date, today: date
) -> Cause:
    """A proposed decision: whose key it waits for, since when."""
    return Cause(
        source=Source.DECISION_KEY,
        source_id=key,
        title=f"{ref} {decision.title}",
        theme=decision.theme,
        why=f"waits for {whose_key(missing)} {how_long(since, today)}",
        owner=decision.owner,
        urgency=(today - since).days,
    )


def whose_key(missing: Sequence[Seat]) -> str:
    """`the CISO’s key`, `both keys`."""
    return f"the {missing[0].label}’s key" if len(missing) == 1 else "both keys"


def how_long(since: date, today: date) -> str:
    """`since today`, `for 1 day`, `for 9 days`."""
    days = (today - since).days
    return "since today" if days <= 0 else f"for {days} {'day' if days == 1 else 'days'}"


def of_decision(decision: DecisionFields, *, key: int, ref: str, today: date, before: date) -> list[Cause]:
    """An agreed one whose review comes before that day."""
    due = decision.next_review_on
    if due is None or due >= before:
        return []
    return [
        Cause(
            source=Source.DECISION_REVIEW,
            source_id=key,
            title=f"{ref} {decision.title}",
            theme=decision.theme,
            why=review_due("review", due, today),
            owner=decision.owner,
            urgency=(today - due).days,
        )
    ]


def review_due(what: str, day: date, today: date) -> str:
    """`review was due Tue 4 March`, `review is due Tue 18 March`."""
    return f"{what} {'was' if day < today else 'is'} due {day_text(day, today)}"


def of_risk(risk: RiskFields, *, key: int, ref: str, today: date, zone: str, before: date) -> list[Cause]:
    """One that is open again because its acceptance ended; an open one whose review comes before that day, and one that nobody
    looks after or that is never looked at again.
    """
    causes = []
    if risk.reopened_at:
        ended = local_date(risk.reopened_at, zone)
        causes.append(
            (Source.RISK_REOPENED, f"open again since {day_text(ended, today)}: its acceptance ended", risk.level)
        )
    if risk.review_on and risk.review_on < before:
        causes.append((Source.RISK_REVIEW, review_due("review", risk.review_on, today), (today - risk.review_on).days))
    missing = [name for name, kept in (("owner", risk.owner), ("review date", risk.review_on)) if not kept]
    if missing:
        causes.append((Source.RISK_GAP, f"has no {' and no '.join(missing)}", risk.level))
    return [
        Cause(
            source=source,
            source_id=key,
            title=f"{ref} {risk.title}",
            theme=risk.theme,
            why=why,
            owner=risk.owner,
            urgency=urgency,
        )
        for source, why, urgency in causes
    ]


def of_acceptance(
    acceptance: AcceptanceFields,
    risk: RiskFields,
    *,
    key: int,
    ref: str,
    missing: Sequence[Seat],
    zone: str,
    today: date,
    before: date,
) -> list[Cause]:
    """A proposed one waits for a key; an accepted one ends before that day. `ref` is its risk's."""
    if acceptance.state is AcceptanceState.PROPOSED:
        since = local_date(acceptance.requested_at, zone)
        source, urgency = Source.ACCEPTANCE_KEY, (today - since).days
        why = f"its acceptance waits for {whose_key(missing)} {how_long(since, today)}"
    elif acceptance.state is AcceptanceState.ACCEPTED and acceptance.expires_on < before:
        source, urgency = Source.ACCEPTANCE_EXPIRY, (today - acceptance.expires_on).days
        why = f"its acceptance ends {day_text(acceptance.expires_on, today)}"
    else:
        return []
    return [
        Cause(
            source=source,
            source_id=key,
            title=f"{ref} {risk.title}",
            theme=risk.theme,
            why=why,
            owner=risk.owner,
            urgency=urgency,
        )
    ]


def of_dispute(area: ResponsibilityFields, *, key: int, since: date, today: date) -> Cause:
    """An area whose owner the two see differently; who named whom stays with each of them."""
    return Cause(
        source=Source.RESPONSIBILITY_DISPUTE,
        source_id=key,
        title=f"Who owns {area.area}?",
        theme=Theme.OPERATIONS,
        why="you two see this differently",
        urgency=(today - since).days,
    )


def of_promise(action: ActionFields, *, key: int, ref: str, owner: str, today: date) -> list[Cause]:
    """One whose day has passed."""
    if not action.is_overdue(today):
        return []
    return [
        Cause(
            source=Source.PROMISE,
            source_id=key,
            title=f"{ref} {action.title}",
            theme=action.theme,
            why=f"{action.urgency(today)}, promised by {owner}",
            owner=owner,
            urgency=(today - action.due_on).days,
        )
    ]


def at_rest(earlier: Iterable[Answered], today: date) -> frozenset[tuple[Source, int]]:
    """What the record does not bring up again by itself.

    What both dropped, or took elsewhere, is not put back before them at the very next sync.
    """
    return frozenset(
        (one.source, one.source_id)
        for one in earlier
        if one.outcome in {Outcome.DROPPED, Outcome.ESCALATED} and today - one.on < RESTS_FOR
    )
