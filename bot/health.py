"""The pulse: both are asked one question in private, and both see both answers at once, or nobody sees any (F3).

open     both were asked; who answered may change it until the other one answers too
closed   both answered: their scores stand in the record, and what each said apart from that is erased
closed   `agenda.health.PULSE_LASTS` is over: what was said is erased, and no score stands
"""

from collections.abc import Mapping

from agenda.errors import NotNow
from agenda.health import BEST, PULSE_LASTS
from agenda.nudges import NudgeKind
from agenda.touchpoints import Seat
from bot import nudging, telling
from bot.mutual import ask_both, of_those_seated, redraw_for
from storage import audit, health, rows
from storage.health import Pulse, PulseAnswer
from storage.touchpoints import Touchpoint
from storage.unit_of_work import Record

RESULT = "pulse_result"


def plan(record: Record, touchpoint: Touchpoint) -> None:
    """Who took a chair over since is asked too."""
    pulse = open_pulse(record, touchpoint)
    if pulse and not touchpoint.paused_at:
        ask(record, touchpoint, pulse)


def open_pulse(record: Record, touchpoint: Touchpoint) -> Pulse | None:
    """The one that waits for an answer, if any does."""
    last = health.last_pulse(record, touchpoint.key)
    return last if last and last.closed_at is None else None


def begin(record: Record, touchpoint: Touchpoint, person_id: int) -> Pulse:
    """Both are asked."""
    pulse = Pulse(
        organization_id=record.organization_id,
        touchpoint_id=touchpoint.key,
        asked_by_id=person_id,
        asked_at=record.now,
    )
    rows.add(record, pulse)
    audit.append(record, "pulse.asked", pulse=pulse.key)
    ask(record, touchpoint, pulse)
    return pulse


def ask(record: Record, touchpoint: Touchpoint, pulse: Pulse) -> None:
    """Each of the two once, at a moment of their own day."""
    before = pulse.asked_at + PULSE_LASTS
    ask_both(record, touchpoint, NudgeKind.PULSE, pulse.key, wanted=pulse.asked_at, before=before)


def answers_of(record: Record, touchpoint: Touchpoint, pulse: Pulse) -> Mapping[Seat, PulseAnswer]:
    """What those said who sit there now."""
    return of_those_seated(touchpoint, health.answers(record, pulse.key))


def require_open(pulse: Pulse) -> None:
    """Raises `NotNow` once it is closed."""
    if pulse.closed_at:
        raise NotNow("This pulse is over.", "“pulse” asks you both once more.")


def answer(record: Record, touchpoint: Touchpoint, pulse: Pulse, seat: Seat, score: int) -> None:
    """What the principal on that chair says, 1 to 5. Raises `NotNow` once it is closed."""
    require_open(pulse)
    if not 1 <= score <= BEST:
        raise ValueError(f"a score of {score}")
    said = health.answers(record, pulse.key).get(seat)
    if said is None:
        said = PulseAnswer(organization_id=record.organization_id, pulse_id=pulse.key, seat=seat, person_id=0)
        record.session.add(said)
    said.person_id, said.score, said.answered_at = touchpoint.principal(seat), score, record.now
    record.session.flush()
    both = answers_of(record, touchpoint, pulse)
    if len(both) == len(Seat):
        share(record, touchpoint, pulse, both, seat)
    else:
        redraw_for(record, NudgeKind.PULSE, pulse.key, touchpoint.principal(seat))


def share(record: Record, touchpoint: Touchpoint, pulse: Pulse, both: Mapping[Seat, PulseAnswer], seat: Seat) -> None:
    """Both see both, at once. Who answered last sees it where they answered."""
    pulse.cio_score, pulse.ciso_score = both[Seat.CIO].score, both[Seat.CISO].score
    pulse.cio_id, pulse.ciso_id = touchpoint.cio_id, touchpoint.ciso_id
    close(record, pulse)
    other = touchpoint.principal(seat.other)
    once = f"{RESULT}:{pulse.key}:{other}"
    telling.in_private(record, other, once=once, kind=RESULT, subject_id=pulse.key, detail=seat.other.value)


def close(record: Record, pulse: Pulse) -> None:
    """What each of them said is erased."""
    health.forget(record, health.answers(record, pulse.key).values())
    pulse.closed_at = record.now
    audit.append(record, "pulse.closed", pulse=pulse.key)
    record.session.flush()
    nudging.withdraw(record, NudgeKind.PULSE, pulse.key)
    nudging.redraw(record, NudgeKind.PULSE, pulse.key)


def lapse(record: Record, touchpoint: Touchpoint) -> None:
    """Whoever never answers does not keep it open for good; also where health was switched off since."""
    pulse = open_pulse(record, touchpoint)
    if pulse and record.now >= pulse.asked_at + PULSE_LASTS:
        close(record, pulse)


def hand_over(record: Record, touchpoint: Touchpoint) -> None:
    """A chair has somebody else on it: what was said from it before is erased."""
    pulse = open_pulse(record, touchpoint)
    if pulse:
        said = health.answers(record, pulse.key).values()
        health.forget(record, [one for one in said if one.person_id != touchpoint.principal(one.seat)])
        nudging.redraw(record, NudgeKind.PULSE, pulse.key)
