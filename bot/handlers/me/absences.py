"""Who is away when, and who stands in for a principal meanwhile."""

from collections.abc import Mapping
from datetime import date, timedelta

from agenda.dates import days_in
from agenda.errors import BadInput, NotAllowed, NotFound
from agenda.lexicon import is_time
from agenda.recurrence import local_date, local_time
from agenda.roles import Right, Role
from agenda.touchpoints import Seat
from bot import nudging, planning, telling
from bot.access import Chair, chairs_of
from bot.cards import Block, Button, Card, Item, ItemList, Note, Paragraph, card
from bot.forms import Date, Form
from bot.picking import person_fields, person_in
from bot.reading import date_in, key_in, note_card
from bot.replies import Answer, CloseForm, OpenForm
from bot.turns import Command, FormKind, Noun, Press, Replies, Submission, Turn
from storage import absences, audit, deliveries, people, rows, syncs, touchpoints
from storage.absences import Absence, Delegation
from storage.deliveries import Owed
from storage.syncs import Sync
from storage.touchpoints import Touchpoint
from storage.unit_of_work import Record

LONGEST = timedelta(days=366)


def away(turn: Turn, words: str) -> Replies:
    """`away 3-14 Aug` keeps it; alone it shows what is known."""
    if not words:
        return [Answer(card=leave_card(turn, "When you are away"))]
    today = today_of(turn)
    first, last = days_in(words, today=today)
    if last < today:
        raise BadInput("Those days have passed.", "Name days that are ahead, like “away 3-14 Aug”.")
    if last - first > LONGEST:
        raise BadInput("That is more than a year.", "Have somebody named with “setup” who takes the chair.")
    known = absences.ahead(turn.record, turn.asker.person_id, today=today)
    if not any(one.first == first and one.last == last for one in known):
        leave = Absence(
            organization_id=turn.record.organization_id, person_id=turn.asker.person_id, first=first, last=last
        )
        rows.add(turn.record, leave)
        audit.append(turn.record, "person.away", person=turn.asker.person_id, absence=leave.key)
        replan(turn.record, turn.asker.person_id)
    return [Answer(card=leave_card(turn, f"You are away {days(first, last)}"))]


def today_of(turn: Turn) -> date:
    """The asker's own day."""
    person = rows.get(turn.record, people.Person, turn.asker.person_id)
    return local_date(turn.now, nudging.hours_of(turn.record, person).zone)


def days(first: date, last: date) -> str:
    """`on 3 August`, `from 3 to 14 August`, `from 24 December to 2 January`."""
    if first == last:
        return f"on {last.day} {last:%B}"
    begins = f"{first.day}" if (first.month, first.year) == (last.month, last.year) else f"{first.day} {first:%B}"
    return f"from {begins} to {last.day} {last:%B}"


def replan(record: Record, person_id: int) -> None:
    """Whoever is asked, and what is offered, follows."""
    record.session.flush()
    record.hours.clear()
    for chair in chairs_of(record, person_id):
        planning.replan(record, rows.get(record, Touchpoint, chair.touchpoint_id))


def leave_card(turn: Turn, title: str) -> Card:
    """Their leave, and what it means for the syncs in it."""
    today = today_of(turn)
    known = absences.ahead(turn.record, turn.asker.person_id, today=today)
    lines = tuple(
        Item(
            title=days(one.first, one.last).removeprefix("on ").replace("from", "From", 1),
            buttons=(Button(action="away.forget", label="Remove", value=str(one.key)),),
        )
        for one in known
    )
    blocks: list[Block] = [ItemList(lines)] if lines else [Paragraph("Nothing is known. Say it like “away 3-14 Aug”.")]
    return card(title, *blocks, *touched(turn), buttons=delegate_buttons(turn) if known else [])


def touched(turn: Turn) -> list[Block]:
    """The planned syncs on which they are away, and who stands in."""
    person = rows.get(turn.record, people.Person, turn.asker.person_id)
    hours = nudging.hours_of(turn.record, person)
    lines = []
    for touchpoint in touchpoints.of_person(turn.record, person.key):
        for sync in syncs.ahead(turn.record, touchpoint.key):
            if hours.is_away(local_date(sync.starts_at, hours.zone)):
                lines.append(touched_line(turn.record, touchpoint, sync, person))
    return [ItemList(tuple(lines), "Syncs meanwhile")] if lines else []


def touched_line(record: Record, touchpoint: Touchpoint, sync: Sync, person: people.Person) -> Item:
    """One sync, and who is asked instead."""
    instead = planning.who_comes(record, touchpoint, sync, touchpoint.seat_of(person.key) or Seat.CIO)
    by = f"{instead.called} stands in" if instead else "nobody stands in: you two are offered another day"
    return Item(title=local_time(sync.starts_at, touchpoint.zone), detail=by)


def forget(turn: Turn, value: str) -> Replies:
    """They are here after all."""
    absence = rows.find(turn.record, Absence, key_in(value))
    if absence is None or absence.person_id != turn.asker.person_id:
        raise NotFound("That is not one of your absences.", "“away” shows them.")
    audit.append(turn.record, "person.back", person=turn.asker.person_id, absence=absence.key)
    turn.record.session.delete(absence)
    replan(turn.record, turn.asker.person_id)
    return [Answer(card=leave_card(turn, "When you are away"), replaces=True)]


def delegate_buttons(turn: Turn) -> list[Button]:
    """One tap from naming somebody, for whoever has a chair of their own."""
    own = own_chairs(turn)
    return [Button(action="delegate", label="Name who stands in", opens_form=True)] if len(own) == 1 else []


def own_chairs(turn: Turn) -> list[Chair]:
    """Where the asker is a principal: nobody hands on a chair that was lent to them."""
    return [chair for chair in turn.asker.seats if chair.role is Role.PRINCIPAL]


def delegate(turn: Turn, _argument: str) -> Replies:
    """The form that names who stands in, and until when."""
    return [OpenForm(form=delegate_form(turn, {}))]


def chair_of(turn: Turn) -> Chair:
    """The chair that is lent. Raises `NotAllowed`, or `NotFound` where it could be several."""
    own = own_chairs(turn)
    here = [chair for chair in own if chair.home == turn.where.conversation]
    chosen = here or own
    if not chosen:
        raise NotAllowed("Only the CIO and the CISO of a touchpoint can have somebody stand in.", "Ask one of them.")
    if len(chosen) > 1:
        raise NotFound(
            f"You have a chair in {len(chosen)} touchpoints.",
            "Say it again in the home conversation of the one you mean.",
        )
    return chosen[0]


def delegate_form(turn: Turn, context: Mapping[str, str]) -> Form:
    """Who, and until which day."""
    chair = chair_of(turn)
    today = today_of(turn)
    leave = absences.ahead(turn.record, turn.asker.person_id, today=today)
    until = leave[0].last if leave else today + timedelta(days=14)
    return Form(
        form_id="delegate",
        title="Who stands in for you",
        intro=f"They act as {chair.sits_on.label} until that day: raise, start, settle, and turn the key.",
        fields=(
            *person_fields(turn, "person", "Who"),
            Date(name="until", label="Up to and including", value=until.isoformat()),
        ),
        context=context,
    )


def lent(turn: Turn, submission: Submission) -> Replies:
    """From now on they sit there too."""
    chair = chair_of(turn)
    touchpoint = rows.get(turn.record, Touchpoint, chair.touchpoint_id)
    today = local_date(turn.now, touchpoint.zone)
    person, until = stand_in(turn, submission, chair, touchpoint, today), date_in(submission, "until")
    if until is None or until < today:
        raise BadInput("That day has passed.", fields={"until": "Choose a day that is ahead."})
    if until - today > LONGEST:
        raise BadInput("That is more than a year.", fields={"until": "Choose a nearer day."})
    for other in absences.lent(turn.record, touchpoint.key, today=today):
        if other.seat is chair.seat:  # One at a time stands in for a chair.
            take_back(turn.record, other)
    delegation = Delegation(
        organization_id=turn.record.organization_id,
        touchpoint_id=chair.touchpoint_id,
        person_id=person.key,
        seat=chair.sits_on,
        until=until,
        given_at=turn.now,
    )
    rows.add(turn.record, delegation)
    facts = {"touchpoint": chair.touchpoint_id, "person": person.key, "seat": chair.sits_on.value}
    audit.append(turn.record, "delegate.named", **facts, until=until.isoformat())
    turn.record.people_changed = True
    tell_delegate(turn, delegation)
    planning.replan(turn.record, touchpoint)
    question = f"{person.called} stands in for you no more, at once."
    end = Button(action="delegate.end", label="End it now", value=str(delegation.key), confirm=question)
    return [
        CloseForm(),
        Answer(card=card(f"{person.called} stands in for you until {until.day} {until:%B}", buttons=[end])),
    ]


def stand_in(turn: Turn, submission: Submission, chair: Chair, touchpoint: Touchpoint, today: date) -> people.Person:
    """Who was chosen. Raises `BadInput` beside the field."""
    person = person_in(turn, submission, "person")
    if person is None:
        raise BadInput("Nobody was chosen.", fields={"person": "Choose somebody of your organization."})
    if touchpoint.seat_of(person.key):
        raise BadInput(
            "That person sits at this table already.", fields={"person": "Choose somebody else than the two of you."}
        )
    other = absences.delegate(turn.record, touchpoint.key, chair.sits_on.other, today=today)
    if other and other.person_id == person.key:
        raise BadInput(
            "That person stands in for the other chair.", fields={"person": "Nobody can sit on both chairs at once."}
        )
    return person


def take_back(record: Record, delegation: Delegation) -> None:
    """They do not stand in any more, and can read that where they were told that they do."""
    delegation.ended_at = record.now
    record.session.flush()
    record.people_changed = True
    facts = {"touchpoint": delegation.touchpoint_id, "person": delegation.person_id, "seat": delegation.seat.value}
    audit.append(record, "delegate.ended", **facts)
    deliveries.redraw(record, "delegate", subject_id=delegation.key)


def tell_delegate(turn: Turn, delegation: Delegation) -> None:
    """They learn it from us, in private."""
    once = f"delegate:{delegation.key}"
    telling.in_private(turn.record, delegation.person_id, once=once, kind="delegate", subject_id=delegation.key)


def draw_delegate(record: Record, owed: Owed) -> Card | None:
    """For whom they stand in, where, and until when."""
    delegation = rows.get(record, Delegation, owed.subject_id)
    touchpoint = rows.get(record, Touchpoint, delegation.touchpoint_id)
    principal = touchpoints.principals(record, touchpoint)[delegation.seat]
    if delegation.ended_at:
        return card(f"You no longer stand in for {principal.called}") if owed.message else None
    until = delegation.until
    return card(
        f"You stand in for {principal.called} ({delegation.seat.label})",
        Paragraph(f"Until {until.day} {until:%B}, in {touchpoint.home_title or touchpoint.name}."),
        Note(
            "I ask you before each sync what should be talked about; you may start it, settle points and turn the key."
        ),
        buttons=[Button(action="agenda", label="Show the agenda", value=str(touchpoint.key))],
    )


def end(turn: Turn, value: str) -> Replies:
    """The principal takes the chair back."""
    delegation = rows.find(turn.record, Delegation, key_in(value))
    mine = {(chair.touchpoint_id, chair.seat) for chair in own_chairs(turn)}
    if delegation is None or (delegation.touchpoint_id, delegation.seat) not in mine:
        raise NotFound("Nobody stands in for you there.", "“delegate” names somebody.")
    if delegation.ended_at is None:
        take_back(turn.record, delegation)
        planning.replan(turn.record, rows.get(turn.record, Touchpoint, delegation.touchpoint_id))
    return [Answer(card=note_card("You have the chair to yourself again."), replaces=True)]


NOUN = Noun(
    name="away",
    summary="When you are away, and who stands in for you.",
    commands=(
        Command(
            words=("away",),
            argument="[days]",
            summary="Say when you are away",
            handle=away,
            writes=True,
            reads=is_time,
            right=None,
        ),
        Command(
            words=("delegate",),
            summary="Name who stands in for you",
            handle=delegate,
            right=Right.GOVERN,
            opens_form=True,
        ),
    ),
    buttons={
        "away.forget": Press(handle=forget, writes=True, right=None),
        "delegate": Press(handle=lambda turn, _value: delegate(turn, ""), right=Right.GOVERN),
        "delegate.end": Press(handle=end, writes=True, right=Right.GOVERN),
    },
    forms={"delegate": FormKind(build=delegate_form, submit=lent, right=Right.GOVERN)},
    cards={"delegate": draw_delegate},
)
