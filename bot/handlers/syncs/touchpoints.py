"""Setting a touchpoint up: who sits on the two chairs, how often they meet, and where."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from itertools import chain

from agenda.conversations import FROM_THE_START, written
from agenda.errors import BadInput, NotAllowed
from agenda.recurrence import WEEKDAY_NAMES, WEEKDAYS, Cadence, describe, local_date, local_time, next_occurrences
from agenda.spoken import EXAMPLES, cadence_in, is_cadence
from agenda.touchpoints import Seat
from bot import planning, telling
from bot.cadences import RHYTHMS, Draft, cadence_filled_in, rhythm_of
from bot.cards import Block, Button, Card, Facts, Item, ItemList, Note, Paragraph, card
from bot.forms import Choice, Form, Option, Text, Time
from bot.handing_over import hand_over
from bot.handlers.access import members
from bot.handlers.me.absences import take_back
from bot.handlers.syncs import greetings, homes
from bot.picking import account_in, person_fields, person_in
from bot.reading import note_card
from bot.replies import Answer, CloseForm, OpenForm
from bot.turns import Command, FormKind, Noun, Press, Replies, Submission, Turn
from storage import absences, audit, people, places, rows, syncs, touchpoints
from storage.deliveries import Owed
from storage.touchpoints import Touchpoint
from storage.unit_of_work import Record

MOST_IN_A_BUTTON = 1_000
CHANGED = "changed"
GUEST = ":guest"


def setup(turn: Turn, _argument: str) -> Replies:
    """The one form that sets everything up, or changes it."""
    if turn.where.direct and not greetings.offered(turn):
        may_set_up(turn, homes.living_at(turn, turn.where.conversation))
        return [Answer(card=greetings.two_steps(turn))]
    return [OpenForm(form=setup_form(turn, {}))]


def from_afar(turn: Turn, home: str) -> bool:
    """Is it still to be said where it is to live?"""
    return turn.where.direct and home == turn.where.conversation


def setup_of(turn: Turn, home: str) -> Replies:
    """From a card that may stand in the direct chat: it names the conversation that it is about."""
    return [OpenForm(form=setup_form(turn, {"home": home}))] if home else setup(turn, "")


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


def home_in(turn: Turn, context: Mapping[str, str]) -> str:
    """Where it is to live: where the form was opened first. It may be filled in elsewhere, where the answer to it stood."""
    return context.get("home") or turn.where.conversation


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


def set_up(turn: Turn, submission: Submission) -> Replies:
    """What was filled in, said back with its next three dates; nothing is saved before that is confirmed."""
    home, seen = home_in(turn, submission.context), submission.context.get("seen", "")
    if from_afar(turn, home):
        home = greetings.chosen(turn, submission)
        seen = homes.mark(homes.living_at(turn, home))
    may_set_up(turn, homes.living_at(turn, home))
    cadence = cadence_filled_in(submission, turn.now)
    chairs = principals_in(turn, submission)
    accounts = {seat: (account_in(submission, seat.value),) for seat in Seat}
    facts = Facts(tuple((seat.label, chairs[seat].called) for seat in Seat))
    if home == turn.where.conversation:
        places.remember(turn.record, home, title=turn.where.title)
    draft = Draft(cadence=cadence, home=home, chairs=accounts, seen=seen)
    return [CloseForm(), Answer(card=echo(turn, draft, facts, twin=homes.elsewhere(turn, home, chairs)))]


def echo(turn: Turn, draft: Draft, *blocks: Block, twin: Touchpoint | None = None) -> Card:
    """The cadence in one sentence and its next three dates, one tap from being saved."""
    if len(draft.written()) > MOST_IN_A_BUTTON:
        raise BadInput("That rule is too long to be kept.", f"Say it shorter, for example “{EXAMPLES[0]}”.")
    change = Button(action="setup.change", label="Change", value=draft.written(), opens_form=True)
    return card(
        f"{describe(draft.cadence)}",
        ItemList(next_dates(draft.cadence, turn.now), "The next three"),
        *blocks,
        *([Paragraph(f"The two of you meet in {twin.home_title or 'another conversation'} already.")] if twin else []),
        buttons=[*save_buttons(turn, draft, twin), change],
    )


def save_buttons(turn: Turn, draft: Draft, twin: Touchpoint | None) -> list[Button]:
    """Where the same two meet elsewhere already, it is asked whether that moves, or this is another one."""
    if twin is None:
        return [Button(action="setup.save", label="Save", value=draft.written(), style="primary")]
    moved = replace(draft, moves=twin.key, seen=homes.mark(twin)).written()
    move = Button(action="setup.save", label="Move it here", value=moved, style="primary")
    another = Button(action="setup.save", label="Save as another one", value=draft.written())
    return [move] if homes.must_move(turn, twin) else [move, another]


def next_dates(cadence: Cadence, now: datetime) -> tuple[Item, ...]:
    """Three dates tell more than a rule."""
    return tuple(Item(title=local_time(at, cadence.zone)) for at in next_occurrences(cadence, now, 3))


def change(turn: Turn, value: str) -> Replies:
    """The form again, with everything that was filled in."""
    return [OpenForm(form=setup_form(turn, {"draft": value}))]


def cadence(turn: Turn, words: str) -> Replies:
    """`cadence every other tuesday 9:30`: said back before it is saved. Alone, it says what the cadence is."""
    touchpoint = turn.touchpoint()
    if not words:
        return [Answer(card=cadence_card(turn, touchpoint))]
    may_set_up(turn, touchpoint)
    asked = cadence_in(words, zone=touchpoint.zone, now=turn.now, at=touchpoint.at)
    return [Answer(card=echo(turn, Draft(cadence=asked, home=touchpoint.home, seen=homes.mark(touchpoint))))]


def cadence_card(turn: Turn, touchpoint: Touchpoint) -> Card:
    """How often, the next three, and how to say another."""
    return card(
        describe(touchpoint.cadence),
        ItemList(next_dates(touchpoint.cadence, turn.now), "The next three by this rule"),
        Note(f"To change it, write for example “cadence {EXAMPLES[0]}”, or “cadence {EXAMPLES[1]}”."),
    )


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


def draw_setup(record: Record, owed: Owed) -> Card | None:
    """What will happen and when, in one sentence."""
    touchpoint = rows.get(record, Touchpoint, owed.subject_id)
    chairs = touchpoints.principals(record, touchpoint)
    current = syncs.current(record, touchpoint.key)
    following = f" Next: {local_time(current.starts_at, touchpoint.zone)}." if current else ""
    return card(
        "This touchpoint has changed" if owed.detail == CHANGED else "This touchpoint is set up",
        Paragraph(f"{describe(touchpoint.cadence)}.{following}", tone="strong"),
        Facts(tuple((seat.label, chairs[seat].called) for seat in Seat)),
        Paragraph(
            f"{days_ahead(touchpoint.prompt_days)} before, I ask both of you in private what you want to talk about. "
            f"{days_ahead(touchpoint.agenda_days)} before, the agenda is posted here."
        ),
        buttons=[
            Button(action="agenda", label="Show the agenda", value=str(touchpoint.key)),
            Button(action="setup", label="Change", value=touchpoint.home, opens_form=True),
            Button(action="settings", label="Lead times and holidays", opens_form=True),
            Button(action="conversations", label="Conversations"),
        ],
    )


def days_ahead(days: int) -> str:
    """`One working day`."""
    return {0: "On the day", 1: "One working day", 2: "Two working days"}.get(days, f"{days} working days")


def draw_left(record: Record, owed: Owed) -> Card | None:
    """A principal left the organization, or is a guest there now."""
    touchpoint = rows.get(record, Touchpoint, owed.subject_id)
    seat = Seat(owed.detail.removesuffix(GUEST))
    gone = touchpoints.principals(record, touchpoint)[seat]
    if gone.left_at is None:
        return card(f"{gone.called} is the {seat.label}", Note("This is settled.")) if owed.message else None
    return card(
        f"{gone.called} ({seat.label}) {'is only a guest now' if owed.detail.endswith(GUEST) else 'has left'}",
        Paragraph(
            f"Nothing can be agreed without a {seat.label}. Run “setup” in the home conversation to name the new one."
        ),
    )


NOUN = Noun(
    name="touchpoint",
    summary="Who meets, how often and where. Run it in the channel or group chat that is to be the home.",
    commands=(
        Command(
            words=("setup",),
            summary="Set a touchpoint up here, or change it",
            handle=setup,
            right=None,
            opens_form=True,
        ),
        Command(
            words=("cadence",),
            argument="[when]",
            summary="Say how often you meet, in your own words",
            handle=cadence,
            reads=is_cadence,
        ),
    ),
    buttons={
        "setup": Press(handle=setup_of, right=None),
        "setup.save": Press(handle=save, writes=True, right=None),
        "setup.change": Press(handle=change, right=None),
    },
    forms={"setup": FormKind(build=setup_form, submit=set_up, right=None)},
    cards={"setup": draw_setup, "left": draw_left},
)
