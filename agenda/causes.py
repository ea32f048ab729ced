"""What in the record asks to be talked about, and why: the lines by which an agenda builds itself.

Pure: a row's fields and a day in, causes out. Which of them stand on an agenda, and in which order, is `agenda.packet`'s.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from agenda.actions import ActionFields, day_text
from agenda.decisions import DecisionFields
from agenda.items import Outcome, Source
from agenda.risks import RiskFields, Treatment
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
    whose = f"the {missing[0].label}’s key" if len(missing) == 1 else "both keys"
    return Cause(
        source=Source.DECISION_KEY,
        source_id=key,
        title=f"{ref} {decision.title}",
        theme=decision.theme,
        why=f"waits for {whose} {how_long(since, today)}",
        owner=decision.owner,
        urgency=(today - since).days,
    )


def how_long(since: date, today: date) -> str:
    """`since today`, `for 1 day`, `for 9 days`."""
    days = (today - since).days
    return "since today" if days <= 0 else f"for {days} {'day' if days == 1 else 'days'}"


def of_decision(decision: DecisionFields, *, key: int, ref: str, today: date, before: date) -> list[Cause]:
    """An agreed one whose review comes before that day."""
    if decision.review_on is None or decision.review_on >= before:
        return []
    return [
        Cause(
            source=Source.DECISION_REVIEW,
            source_id=key,
            title=f"{ref} {decision.title}",
            theme=decision.theme,
            why=review_due("review", decision.review_on, today),
            owner=decision.owner,
            urgency=(today - decision.review_on).days,
        )
    ]


def review_due(what: str, day: date, today: date) -> str:
    """`review was due Tue 4 March`, `review is due Tue 18 March`."""
    return f"{what} {'was' if day < today else 'is'} due {day_text(day, today)}"


def of_risk(risk: RiskFields, *, key: int, ref: str, today: date, before: date) -> list[Cause]:
    """An open one whose review comes before that day, and one that nobody looks after or that is never looked at again."""
    causes = []
    if risk.review_on and risk.review_on < before:
        what = "review of its acceptance" if risk.treatment is Treatment.ACCEPT else "review"
        why = review_due(what, risk.review_on, today)
        causes.append((Source.RISK_REVIEW, why, (today - risk.review_on).days))
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

    A decision is never edited, so the talk about its review is all that can follow from it. And what both dropped, or took
    elsewhere, is not put back before them at the very next sync.
    """
    return frozenset(
        (one.source, one.source_id)
        for one in earlier
        if one.source is Source.DECISION_REVIEW
        or (one.outcome in {Outcome.DROPPED, Outcome.ESCALATED} and today - one.on < RESTS_FOR)
    )
