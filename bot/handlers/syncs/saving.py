"""Keeping a touchpoint as it was confirmed, unless somebody changed it meanwhile; and handing on chairs that change hands."""

from collections.abc import Mapping
from dataclasses import replace

from agenda.conversations import FROM_THE_START, written
from agenda.errors import BadInput
from agenda.recurrence import describe, local_date
from agenda.touchpoints import Seat
from bot import planning, telling
from bot.cadences import Draft
from bot.cards import Button, Card, Facts, Note, Paragraph, card
from bot.handing_over import hand_over
from bot.handlers.access import members
from bot.handlers.me.absences import take_back
from bot.handlers.syncs import homes
from bot.handlers.syncs.setup_form import may_set_up
from bot.reading import note_card
from bot.replies import Answer
from bot.turns import Replies, Turn
from storage import absences, audit, people, places, rows, touchpoints
from storage.touchpoints import Touchpoint

CHANGED = "changed"


def save(turn: Turn, value: str) -> Replies:
    """Keep it, plan the next syncs, and say where both see it what will happen and when."""
    draft = Draft.read(value)
    require_shared(turn, draft.home)
    homes.require_ours(turn.record, draft.home)
    chairs = {seat: known(turn, accounts[0]) for seat, accounts in draft.chairs.items()}
    here = touchpoints.at_home(turn.record, draft.home)
    existing = homes.to_move(turn, draft.moves, chairs) if draft.moves and here is None else here
    may_set_up(turn, existing)
    if existing and draft.seen != homes.mark(existing):
        return [Answer(card=changed_meanwhile(turn, draft, existing), replaces=True)]
    if existing is None and set(chairs) != set(Seat):
        raise BadInput("There is no touchpoint here yet.", "Run “setup” in the conversation where the two of you meet.")
    if turn.may_run():
        turn.become_admin()
    touchpoint = existing or new_touchpoint(turn, draft, chairs)
    handed_on = [seat for seat in chairs if touchpoint.principal(seat) != chairs[seat].key]
    if existing:
        end_delegations(turn, touchpoint, chairs)
    apply(touchpoint, draft, chairs)
    if touchpoint.home != draft.home:
        homes.move(turn, touchpoint, draft.home)
    touchpoint.home_title = places.remember(turn.record, touchpoint.home).title
    rows.add(turn.record, touchpoint)
    members.seated(turn.record, touchpoint)
    turn.record.people_changed = True
    audit.append(
        turn.record,
        "touchpoint.changed" if existing else "touchpoint.added",
        touchpoint=touchpoint.key,
        rule=touchpoint.rule,
        cio=touchpoint.cio_id,
        ciso=touchpoint.ciso_id,
    )
    hand_over(turn.record, touchpoint, handed_on)
    once, changed = f"setup:{touchpoint.key}:{turn.request.id}", CHANGED if existing else ""
    telling.both(turn.record, touchpoint, once=once, kind="setup", subject_id=touchpoint.key, detail=changed)
    planning.replan(turn.record, touchpoint)
    answer = note_card("Saved.", "What will happen, and when, is posted in the home conversation.")
    return [Answer(card=answer, replaces=True)]


def changed_meanwhile(turn: Turn, draft: Draft, touchpoint: Touchpoint) -> Card:
    """It is not what it was when this was filled in: that is overwritten knowingly, or not at all."""
    chairs = touchpoints.principals(turn.record, touchpoint)
    anyway = replace(draft, seen=homes.mark(touchpoint)).written()
    return card(
        "This touchpoint was changed meanwhile",
        Paragraph(f"As it is now: {describe(touchpoint.cadence)}."),
        Facts(tuple((seat.label, chairs[seat].called) for seat in Seat)),
        Note(f"Yours says: {describe(draft.cadence)}{names_of(turn, draft)}."),
        buttons=[
            Button(action="setup.change", label="Change", value=anyway, style="primary", opens_form=True),
            Button(action="setup.save", label="Save mine", value=anyway),
        ],
    )


def names_of(turn: Turn, draft: Draft) -> str:
    """Who is to sit where."""
    return "".join(f"; {seat.label} {known(turn, accounts[0]).called}" for seat, accounts in draft.chairs.items())


def end_delegations(turn: Turn, touchpoint: Touchpoint, chairs: Mapping[Seat, people.Person]) -> None:
    """Who stood in for somebody who hands on their chair stands in no more; nor does who sits at the table now."""
    for delegation in absences.lent(turn.record, touchpoint.key, today=local_date(turn.now, touchpoint.zone)):
        handed_on = delegation.seat in chairs and chairs[delegation.seat].key != touchpoint.principal(delegation.seat)
        if handed_on or delegation.person_id in {person.key for person in chairs.values()}:
            take_back(turn.record, delegation)


def require_shared(turn: Turn, home: str) -> None:
    """The home came back from a client: a conversation of this organization, and nobody's direct chat. Raises `BadInput`."""
    ours = any(home.startswith(f"{tenant}/") for tenant in people.tenants(turn.record))
    if not ours or people.account(turn.record, home):
        raise BadInput("That is no conversation that both of you see.", "Run “setup” where the two of you meet.")


def known(turn: Turn, account: str) -> people.Person:
    """Whoever was chosen in the form was met then. Raises `BadInput` for an account that nobody could choose."""
    found = people.account(turn.record, account)
    if found is None or not people.is_here(turn.record, found.person_id):
        raise BadInput("I do not know who was chosen, or they have left.", "Run “setup” again.")
    return rows.get(turn.record, people.Person, found.person_id)


def new_touchpoint(turn: Turn, draft: Draft, chairs: Mapping[Seat, people.Person]) -> Touchpoint:
    """A touchpoint whose home is where it was asked for."""
    return Touchpoint(
        organization_id=turn.record.organization_id,
        name=f"{chairs[Seat.CIO].called} and {chairs[Seat.CISO].called}"[:80],
        home=draft.home,
        created_at=turn.now,
        rule=draft.cadence.rule,
        since=draft.cadence.since,
        at=draft.cadence.at,
        zone=draft.cadence.zone,
        cio_id=chairs[Seat.CIO].key,
        ciso_id=chairs[Seat.CISO].key,
        conversations=written(FROM_THE_START),
    )


def apply(touchpoint: Touchpoint, draft: Draft, chairs: Mapping[Seat, people.Person]) -> None:
    """A cadence that says the same keeps counting from where it began, so that "every other" stays in step."""
    new = draft.cadence
    if (touchpoint.rule, touchpoint.at, touchpoint.zone) != (new.rule, new.at, new.zone):
        touchpoint.rule, touchpoint.since, touchpoint.at, touchpoint.zone = new.rule, new.since, new.at, new.zone
    if chairs:
        touchpoint.cio_id, touchpoint.ciso_id = chairs[Seat.CIO].key, chairs[Seat.CISO].key
    if touchpoint.cio_id == touchpoint.ciso_id:
        raise BadInput("CIO and CISO must be two people: each turns a key of their own.", "Run “setup” again.")
