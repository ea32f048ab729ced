"""The ownership check: both principals are asked in private who is accountable for a handful of areas.

    open     both were asked; each may change what they named until the other is done too
    closed   both have named all, or `agenda.owners.CHECK_LASTS` is over: what was named is erased, and the outcome is kept

W4: what is named stays in its row until the check is closed, and is drawn for whoever named it alone.
"""

from collections.abc import Sequence
from typing import TypeAlias

from agenda.errors import NotAllowed, NotFound, NotNow
from agenda.owners import CHAIRS, CHECK_LASTS, NOBODY, Seated, same_owner, to_ask
from agenda.recurrence import local_date
from agenda.touchpoints import Seat
from bot import nudging, telling
from storage import absences, audit, deliveries, owners, people, rows, touchpoints
from storage.owners import OwnershipAnswer, OwnershipCheck, Responsibility
from storage.touchpoints import Touchpoint
from storage.unit_of_work import Record

CARD, RESULT = "ownership", "ownership_result"

Asked: TypeAlias = tuple[OwnershipAnswer, Responsibility]


def seated(record: Record, touchpoint: Touchpoint) -> Seated:
    """What the two are called."""
    return {seat: person.called for seat, person in touchpoints.principals(record, touchpoint).items()}


def open_check(record: Record, touchpoint_id: int) -> OwnershipCheck | None:
    """The one that waits for an answer, if any does."""
    last = owners.last_check(record, touchpoint_id)
    return last if last and last.closed_at is None else None


def ask(record: Record, touchpoint: Touchpoint, person_id: int) -> OwnershipCheck:
    """Both are asked about a handful of areas. Raises `NotFound` where there is nothing to ask about."""
    areas = chosen(record, touchpoint)
    check = OwnershipCheck(
        organization_id=record.organization_id,
        touchpoint_id=touchpoint.key,
        asked_by_id=person_id,
        asked_at=record.now,
    )
    rows.add(record, check)
    audit.append(record, "ownership.asked", check=check.key, areas=[area.key for area in areas])
    told: list[int] = []
    for seat in Seat:
        told.append(reader(record, touchpoint, seat, but=told))
        for area in areas:
            rows.add(record, unanswered(check, area, seat, told[-1]))
        once = f"{CARD}:{check.key}:{seat}"
        telling.in_private(record, told[-1], once=once, kind=CARD, subject_id=check.key, detail=seat.value)
    return check


def chosen(record: Record, touchpoint: Touchpoint) -> list[Responsibility]:
    """Never what the last check was about, unless there is nothing else. Raises `NotFound`."""
    areas, last = owners.areas(record, [touchpoint.key]), owners.last_check(record, touchpoint.key)
    just_asked = {area.key for _answer, area in owners.answers(record, last.key)} if last else set()
    found = to_ask(area for area in areas if area.key not in just_asked) or to_ask(areas)
    if not found:
        raise NotFound("There is no area to ask about.", "“owners add vendor risk” adds one.")
    return found


def unanswered(check: OwnershipCheck, area: Responsibility, seat: Seat, person_id: int) -> OwnershipAnswer:
    """Nothing is named yet."""
    return OwnershipAnswer(
        organization_id=check.organization_id,
        check_id=check.key,
        responsibility_id=area.key,
        seat=seat,
        person_id=person_id,
    )


def reader(record: Record, touchpoint: Touchpoint, seat: Seat, *, but: Sequence[int]) -> int:
    """Who is asked: the principal; while they are away who stands in, unless for both."""
    today, principal = local_date(record.now, touchpoint.zone), touchpoint.principal(seat)
    stand_in = absences.delegate(record, touchpoint.key, seat, today=today)
    away = nudging.hours_of(record, rows.get(record, people.Person, principal)).is_away(today)
    return stand_in.person_id if stand_in and away and stand_in.person_id not in but else principal


def of_seat(asked: Sequence[Asked], seat: Seat) -> list[Asked]:
    """What is asked from one chair."""
    return [(answer, area) for answer, area in asked if answer.seat is seat]


def waiting(asked: Sequence[Asked], seat: Seat) -> list[Asked]:
    """What nobody on that chair has named yet."""
    return [(answer, area) for answer, area in of_seat(asked, seat) if not answer.named_at]


def name(record: Record, check: OwnershipCheck, answer: OwnershipAnswer, person_id: int, named: str) -> None:
    """Somebody says who is accountable. Raises `NotNow` once it is closed, `NotAllowed` where they did for the other chair."""
    require_open(check)
    others = of_seat(owners.answers(record, check.key), answer.seat.other)
    if any(one.person_id == person_id and one.named_at for one, _area in others):
        raise NotAllowed("You answered for the other chair yourself.", "Somebody else must answer for this one.")
    answer.named, answer.named_at, answer.person_id = named, record.now, person_id
    audit.append(record, "ownership.named", check=check.key, area=answer.responsibility_id, seat=answer.seat.value)
    changed(record, check)


def take_back(record: Record, check: OwnershipCheck, answer: OwnershipAnswer) -> None:
    """It is asked once more. Raises `NotNow` once it is closed."""
    require_open(check)
    answer.named, answer.named_at = "", None
    changed(record, check)


def require_open(check: OwnershipCheck) -> None:
    """Raises `NotNow` once it is closed."""
    if check.closed_at:
        raise NotNow("This ownership check is closed.", "“owners check” begins another one.")


def changed(record: Record, check: OwnershipCheck) -> None:
    """The cards of both follow."""
    record.session.flush()
    deliveries.redraw(record, CARD, subject_id=check.key)


def is_done(record: Record, check: OwnershipCheck) -> bool:
    """Did both name all?"""
    return not any(waiting(owners.answers(record, check.key), seat) for seat in Seat)


def lapse(record: Record, touchpoint: Touchpoint) -> bool:
    """Whoever never answers does not keep it open for good. True if it was closed by this."""
    check = open_check(record, touchpoint.key)
    if check is None or record.now < check.asked_at + CHECK_LASTS:
        return False
    close(record, check)
    return True


def close(record: Record, check: OwnershipCheck, *, by: int | None = None) -> None:
    """W2, W3: what both named counts; then it is erased. Everybody asked is told, but for whoever closed it and sees it."""
    touchpoint = rows.get(record, Touchpoint, check.touchpoint_id)
    asked, called = owners.answers(record, check.key), seated(record, touchpoint)
    mine = {answer.responsibility_id: answer for answer, _area in of_seat(asked, Seat.CIO)}
    for theirs, area in of_seat(asked, Seat.CISO):
        compare(record, area, mine[area.key], theirs, called)
    check.closed_at = record.now
    record.session.flush()
    owners.erase(record, check.key)
    outcome = {area.key: answer.agreed for answer, area in asked}
    audit.append(record, "ownership.closed", check=check.key, agreed=[key for key, agreed in outcome.items() if agreed])
    for person_id in {answer.person_id for answer, _area in asked} - {by}:
        once = f"{RESULT}:{check.key}:{person_id}"
        telling.in_private(record, person_id, once=once, kind=RESULT, subject_id=check.key)
    changed(record, check)


def compare(record: Record, area: Responsibility, one: OwnershipAnswer, other: OwnershipAnswer, called: Seated) -> None:
    """W2, W3, where both named somebody. A chair that one of them named follows whoever sits there."""
    if not (one.named_at and other.named_at):
        return
    one.agreed = other.agreed = same_owner(one.named, other.named, called)
    named = min(one.named, other.named, key=lambda name: name not in CHAIRS)
    if not one.agreed:
        area.dispute(record.now)
    elif same_owner(named, area.accountable, called):
        area.confirm(record.now)
    else:
        area.give_to("" if named == NOBODY else named, record.now)
    if one.agreed:
        area.confirmed_by_id = None
    deliveries.redraw(record, "shared_owner", subject_id=area.key)
