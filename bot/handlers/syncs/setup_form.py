"""The form that sets a touchpoint up: who may see it, what stands in it, and whom it names."""

from collections.abc import Mapping
from itertools import chain

from agenda.errors import BadInput, NotAllowed
from agenda.recurrence import WEEKDAY_NAMES, WEEKDAYS
from agenda.spoken import EXAMPLES
from agenda.touchpoints import Seat
from bot.cadences import RHYTHMS, Draft, rhythm_of
from bot.forms import Choice, Form, Option, Text, Time
from bot.handlers.syncs import greetings, homes
from bot.picking import person_fields, person_in
from bot.turns import Submission, Turn
from storage import people
from storage.touchpoints import Touchpoint


def from_afar(turn: Turn, home: str) -> bool:
    """Is it still to be said where it is to live?"""
    return turn.where.direct and home == turn.where.conversation


def home_in(turn: Turn, context: Mapping[str, str]) -> str:
    """Where it is to live: where the form was opened first. It may be filled in elsewhere, where the answer to it stood."""
    return context.get("home") or turn.where.conversation


def may_set_up(turn: Turn, existing: Touchpoint | None) -> None:
    """An admin, a principal of this very touchpoint, or the first to come. Raises `NotAllowed`."""
    if turn.may_run() or (existing and existing.seat_of(turn.asker.person_id)):
        return
    raise NotAllowed("Only an admin can set a touchpoint up.", "Ask whoever runs Touchpoint here, or its CIO or CISO.")


def setup_form(turn: Turn, context: Mapping[str, str]) -> Form:
    """Filled in with what was typed before, else with the touchpoint that lives here, else with this person's zone.

    Raises `NotAllowed`.
    """
    draft = Draft.read(context["draft"]) if "draft" in context else None
    home = draft.home if draft else home_in(turn, context)
    homes.require_ours(turn.record, home)
    existing = homes.living_at(turn, home)
    may_set_up(turn, existing)
    cadence = draft.cadence if draft else existing.cadence if existing else None
    rhythm, days, words = rhythm_of(cadence) if cadence else ("weekly:2", ("TU",), "")
    chosen = draft.chairs if draft else seated(turn, existing)
    afar = from_afar(turn, home)
    return Form(
        form_id="setup",
        title="Set up a touchpoint",
        intro=f"Agendas and minutes are posted {'where you two meet' if turn.where.direct else 'here'}.",
        fields=(
            *([greetings.field(turn)] if afar else []),
            *chain.from_iterable(
                person_fields(turn, seat.value, seat.label, chosen=chosen.get(seat, ()), required=True) for seat in Seat
            ),
            Choice(
                name="rhythm",
                label="How often",
                options=tuple(Option(value, label) for value, label in RHYTHMS.items()),
                value=rhythm,
            ),
            Choice(
                name="weekdays",
                label="On",
                options=tuple(Option(day, WEEKDAY_NAMES[day]) for day in WEEKDAYS),
                value=days,
                several=True,
                hint="One weekday for a monthly sync.",
            ),
            Time(name="at", label="At", value=f"{cadence.at:%H:%M}" if cadence else "09:30"),
            Text(
                name="words",
                label="Or in your own words",
                value=words,
                placeholder=EXAMPLES[0],
                hint="What stands here counts instead of the three fields above.",
                limit=300,
                required=False,
            ),
            Text(
                name="zone",
                label="Time zone",
                value=cadence.zone if cadence else turn.asker.zone or turn.request.actor.zone or "UTC",
                placeholder="Europe/Zurich",
                limit=64,
            ),
        ),
        submit="Next",
        context={} if afar else {"home": home, "seen": draft.seen if draft else homes.mark(existing)},
    )


def seated(turn: Turn, existing: Touchpoint | None) -> dict[Seat, tuple[str, ...]]:
    """The accounts of who sits on the chairs now."""
    if existing is None:
        return {}
    return {seat: tuple(people.accounts_of(turn.record, existing.principal(seat))) for seat in Seat}


def principals_in(turn: Turn, submission: Submission) -> dict[Seat, people.Person]:
    """Who was chosen for the two chairs. Raises `BadInput` beside the field."""
    chosen: dict[Seat, people.Person] = {}
    wrong: dict[str, str] = {}
    for seat in Seat:
        try:
            person = person_in(turn, submission, seat.value)
        except BadInput as error:
            wrong |= error.fields
            continue
        if person is None:
            wrong[seat.value] = f"Choose the {seat.label}."
        else:
            chosen[seat] = person
    if len(chosen) == 2 and chosen[Seat.CIO].id == chosen[Seat.CISO].id:
        wrong[Seat.CISO.value] = "CIO and CISO must be two people: each turns a key of their own."
    if wrong:
        raise BadInput("Please look at what is marked.", fields=wrong)
    return chosen
