"""What becomes of a round of hygiene (the table in `agenda.hygiene`): it is begun, answered, agreed, told, and closed.

Until both are agreed, only the cards of whoever answers move (`bot.mutual`).
"""

import secrets
from collections.abc import Mapping
from datetime import datetime

from agenda.errors import NotNow
from agenda.hygiene import HABITS, MOST_POSTS, TOLD_FOR, begins_by_itself, both_did, mark_of, written
from agenda.nudges import NudgeKind
from agenda.quarters import Quarter
from agenda.recurrence import local_date
from agenda.touchpoints import Seat
from bot import nudging, telling
from bot.mutual import ask_both, of_those_seated, redraw_for
from storage import audit, deliveries, hygiene, rows
from storage.hygiene import HygieneAnswer, HygienePost, HygieneRound
from storage.touchpoints import Touchpoint
from storage.unit_of_work import Record

AGREED, POST = "hygiene_agreed", "hygiene_post"


def plan(record: Record, touchpoint: Touchpoint) -> None:
    """This quarter's round, and the nudges that ask for it: of the principals themselves, and of nobody who stands in."""
    if touchpoint.paused_at:
        return
    today = local_date(record.now, touchpoint.zone)
    known = hygiene.of_quarter(record, touchpoint.key, str(Quarter.of(today)))
    if known or begins_by_itself(today):
        ask(record, touchpoint, known or begin(record, touchpoint))


def this_quarter(record: Record, touchpoint: Touchpoint) -> HygieneRound:
    """The round that can be answered now, begun if need be."""
    quarter = Quarter.of(local_date(record.now, touchpoint.zone))
    known = hygiene.of_quarter(record, touchpoint.key, str(quarter))
    return known or begin(record, touchpoint)


def begin(record: Record, touchpoint: Touchpoint) -> HygieneRound:
    """One more, with the habits as they are now."""
    round_ = HygieneRound(
        organization_id=record.organization_id,
        touchpoint_id=touchpoint.key,
        quarter=str(Quarter.of(local_date(record.now, touchpoint.zone))),
        habits="\n".join(habits_of(touchpoint)),
        asked_at=record.now,
    )
    rows.add(record, round_)
    audit.append(record, "hygiene.begun", round=round_.key)
    ask(record, touchpoint, round_)
    return round_


def habits_of(touchpoint: Touchpoint) -> list[str]:
    """What it asks: its own, or the usual ones."""
    return touchpoint.habits.splitlines() or list(HABITS)


def ask(record: Record, touchpoint: Touchpoint, round_: HygieneRound) -> None:
    """Each of the two once, at a moment of their own day."""
    if round_.closed_at or round_.told:
        return
    before = ends_at(round_, touchpoint)
    ask_both(record, touchpoint, NudgeKind.HYGIENE, round_.key, wanted=round_.asked_at, before=before)


def lapse(record: Record, touchpoint: Touchpoint) -> None:
    """What is over, also where hygiene was switched off since: old rounds, and messages that have counted long enough."""
    for post in hygiene.over(record, touchpoint.key):
        hygiene.forget_marks(record, post)
        deliveries.redraw(record, POST, subject_id=post.key)
    for round_ in hygiene.open_rounds(record, touchpoint.key):
        if record.now >= ends_at(round_, touchpoint):
            close(record, round_)


def ends_at(round_: HygieneRound, touchpoint: Touchpoint) -> datetime:
    """When its quarter is over there."""
    return Quarter.read(round_.quarter).ends(touchpoint.zone)


def close(record: Record, round_: HygieneRound) -> None:
    """What was said is erased; what colleagues read stands."""
    hygiene.erase(record, round_.key)
    round_.closed_at = record.now
    audit.append(record, "hygiene.closed", round=round_.key)
    nudging.withdraw(record, NudgeKind.HYGIENE, round_.key)
    redraw_both(record, round_)


def answers_of(record: Record, touchpoint: Touchpoint, round_: HygieneRound) -> Mapping[Seat, HygieneAnswer]:
    """What those said who sit there now."""
    return of_those_seated(touchpoint, hygiene.answers(record, round_.key))


def in_common(record: Record, touchpoint: Touchpoint, round_: HygieneRound) -> list[str]:
    """What both did, once both consent; nothing before."""
    return both_did(round_.asked, *answers_of(record, touchpoint, round_).values())


def require_open(round_: HygieneRound) -> None:
    """Raises `NotNow` once it is told, or its quarter is over."""
    if round_.closed_at:
        raise NotNow("That quarter is over, and what was said is erased.", "“hygiene” asks about this one.")
    if round_.told:
        raise NotNow("Your colleagues have read it already.", "“hygiene” shows how many did it too.")


def answer(
    record: Record, touchpoint: Touchpoint, round_: HygieneRound, seat: Seat, done: set[int], *, consents: bool
) -> None:
    """What the principal on that chair says. Raises `NotNow` once it is told or over."""
    require_open(round_)
    before = in_common(record, touchpoint, round_)
    said = hygiene.answers(record, round_.key).get(seat)
    if said is None:
        said = HygieneAnswer(organization_id=record.organization_id, round_id=round_.key, seat=seat, person_id=0)
        record.session.add(said)
    said.person_id, said.answered_at = touchpoint.principal(seat), record.now
    said.done, said.consents = written(done), consents
    record.session.flush()
    settle(record, touchpoint, round_, seat, before)


def take_back(record: Record, touchpoint: Touchpoint, round_: HygieneRound, seat: Seat) -> None:
    """As if they had never said anything. Raises `NotNow` once it is told or over."""
    require_open(round_)
    before = in_common(record, touchpoint, round_)
    said = hygiene.answers(record, round_.key).get(seat)
    if said:
        record.session.delete(said)
        record.session.flush()
    settle(record, touchpoint, round_, seat, before)


def settle(record: Record, touchpoint: Touchpoint, round_: HygieneRound, seat: Seat, before: list[str]) -> None:
    """Whoever sits on that chair said something else: are the two agreed now, or not any more?"""
    agreed = in_common(record, touchpoint, round_)
    if agreed or before:
        redraw_both(record, round_)
    else:
        redraw_for(record, NudgeKind.HYGIENE, round_.key, touchpoint.principal(seat))
    if agreed and not before:
        tell(record, touchpoint, round_, seat.other)


def tell(record: Record, touchpoint: Touchpoint, round_: HygieneRound, seat: Seat) -> None:
    """The other one just said yes as well. Who said it last sees it at once."""
    person_id = touchpoint.principal(seat)
    once = f"{AGREED}:{round_.key}:{person_id}:{record.now.isoformat()}"
    telling.in_private(record, person_id, once=once, kind=AGREED, subject_id=round_.key, detail=seat.value)


def redraw_both(record: Record, round_: HygieneRound) -> None:
    """Where either of them was asked, or told."""
    record.session.flush()
    deliveries.redraw(record, AGREED, subject_id=round_.key)
    nudging.redraw(record, NudgeKind.HYGIENE, round_.key)


def hand_over(record: Record, touchpoint: Touchpoint) -> None:
    """A chair has somebody else on it: what was said from it before is erased."""
    for round_ in hygiene.open_rounds(record, touchpoint.key):
        for seat, said in hygiene.answers(record, round_.key).items():
            if said.person_id != touchpoint.principal(seat):
                record.session.delete(said)
        redraw_both(record, round_)


def ready(record: Record, touchpoint: Touchpoint) -> HygieneRound | None:
    """The round of which something may be told: agreed, or told already by the very two who sit there now."""
    for round_ in hygiene.open_rounds(record, touchpoint.key):
        same_two = (round_.cio_id, round_.ciso_id) == (touchpoint.cio_id, touchpoint.ciso_id)
        may_tell = same_two if round_.told else bool(in_common(record, touchpoint, round_))
        if may_tell and record.now < ends_at(round_, touchpoint):
            return round_
    return None


def draft(record: Record, round_: HygieneRound, person_id: int, conversation: str, place: str) -> HygienePost:
    """A message in that conversation, not posted yet. Raises `NotNow` where it stands, or where there are enough."""
    kept = hygiene.posts(record, round_.key)
    same = next((post for post in kept if post.conversation == conversation), None)
    if same:
        require_not_there(record, same)
        return same
    if sum(post.posted_at is not None for post in kept) >= MOST_POSTS:
        raise NotNow(f"It stands in {MOST_POSTS} conversations already.", "That is enough for one quarter.")
    return rows.add(
        record,
        HygienePost(
            organization_id=record.organization_id,
            round_id=round_.key,
            posted_by_id=person_id,
            conversation=conversation,
            place=place[:200],
        ),
    )


def require_not_there(record: Record, post: HygienePost) -> None:
    """Raises `NotNow` unless it was never posted, or could not be."""
    if post.posted_at and deliveries.details_standing(record, kind=POST, subject_id=post.key, since=""):
        raise NotNow("It stands in this conversation already.", "Once is enough: it counts for 30 days.")


def publish(record: Record, touchpoint: Touchpoint, round_: HygieneRound, post: HygienePost, person_id: int) -> None:
    """H3: to colleagues, in both names; and what each of them said is erased. Raises `NotNow`."""
    require_not_there(record, post)
    if not round_.told:
        round_.told = "\n".join(in_common(record, touchpoint, round_))
        round_.cio_id, round_.ciso_id = touchpoint.cio_id, touchpoint.ciso_id
        hygiene.erase(record, round_.key)
    post.posted_by_id, post.posted_at, post.until = person_id, record.now, record.now + TOLD_FOR
    post.salt = post.salt or secrets.token_hex(32)
    audit.append(record, "hygiene.posted", round=round_.key, post=post.key)
    record.session.flush()
    once = f"{POST}:{post.key}:{record.now.isoformat()}"
    deliveries.post(record, once=once, conversation=post.conversation, kind=POST, subject_id=post.key)
    redraw_both(record, round_)


def joins(record: Record, post: HygienePost, person_id: int) -> bool:
    """H4: a colleague did it too. False if they said so before."""
    counted = hygiene.join(record, post, mark_of(post.salt, person_id))
    if counted:
        deliveries.redraw(record, POST, subject_id=post.key)
    return counted
