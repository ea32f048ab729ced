"""Changing who owns what: the usual areas, one more, and who is accountable, in one tap or by form."""

from collections.abc import Mapping

from agenda.errors import BadInput, NotFound
from agenda.items import Source
from agenda.owners import AREA_LIMIT, NAMES_LIMIT, STARTER_SET, as_known, names_in
from agenda.roles import Right
from agenda.touchpoints import Seat
from agenda.words import folded
from bot.cards import Button, Note, card
from bot.editing import guarded
from bot.forms import Form, Text
from bot.handlers.owners.cards import area_card, state_of
from bot.ownership import changed, close, is_done, open_check
from bot.packets import source_settled
from bot.reading import key_in, note_card, pair_in, short_text
from bot.replies import Answer, CloseForm
from bot.turns import FormKind, Noun, Press, Replies, Submission, Turn
from storage import audit, deliveries, owners, people, rows
from storage.owners import Responsibility

ROLES = {
    "accountable": "One name. CIO and CISO stand for whoever sits there.",
    "responsible": "Who does it; names with commas between.",
    "consulted": "Who is asked before.",
    "informed": "Who hears of it.",
}


def theirs(turn: Turn, value: str) -> Responsibility:
    """The area of a button or form, if the asker has the right to it here. Raises `NotFound`, `NotAllowed`."""
    area = rows.find(turn.record, Responsibility, key_in(value), for_update=turn.needed is Right.RUN)
    if area is None or area.dropped_at or turn.asker.chair_in(area.touchpoint_id) is None:
        raise NotFound("That area is not on the list.", "“owners” shows what is.")
    turn.require(area.touchpoint_id)
    return area


def start(turn: Turn, value: str) -> Replies:
    """The starter set; what is there already stays as it is."""
    touchpoint = turn.require(key_in(value))
    known = {folded(area.area) for area in owners.areas(turn.record, [touchpoint.key])}
    for one in STARTER_SET:
        if folded(one.name) not in known:
            keep(turn, touchpoint.key, one.name, synonyms=one.synonyms, category=one.category)
    areas = owners.areas(turn.record, [touchpoint.key])
    hint = Note("Say who is accountable: “who owns vendor risk”. Or let me ask you both, five areas at a time.")
    ask = Button(action="ownership.ask", label="Ask us both", value=str(touchpoint.key), style="primary")
    return [Answer(card=card(f"{len(areas)} areas", *state_of(areas), hint, buttons=[ask]), replaces=True)]


def keep(turn: Turn, touchpoint_id: int, name: str, *, synonyms: str = "", category: str = "") -> Responsibility:
    """One more area."""
    area = Responsibility(
        organization_id=turn.record.organization_id,
        touchpoint_id=touchpoint_id,
        area=name,
        synonyms=synonyms,
        category=category,
    )
    rows.add(turn.record, area)
    audit.append(turn.record, "owners.added", area=area.key)
    return area


def add(turn: Turn, text: str) -> Replies:
    """`owners add vendor risk`."""
    touchpoint_id, name = turn.touchpoint_id(), " ".join(text.split())
    if len(name) > AREA_LIMIT:
        raise BadInput(
            f"An area has at most {AREA_LIMIT} characters; this is {len(name):,}.", "Give it a shorter name."
        )
    require_new(turn, touchpoint_id, name)
    return [Answer(card=area_card(turn, keep(turn, touchpoint_id, name)))]


def require_new(turn: Turn, touchpoint_id: int, name: str, but: int | None = None) -> None:
    """Raises `BadInput` for a name that another area has."""
    for area in owners.areas(turn.record, [touchpoint_id]):
        if area.key != but and folded(area.area) == folded(name):
            raise BadInput(
                f"There is an area “{area.area}” already.",
                f"“owners show {area.area}” shows it.",
                fields={"area": "Another area has this name. Choose another one."},
            )


def set_chair(turn: Turn, value: str) -> Replies:
    """W3: whoever sits there is accountable."""
    key, seat = pair_in(value)
    if seat not in set(Seat):
        raise BadInput("That button belongs to an older card.", "Ask for the card again with “owners”.")
    area = theirs(turn, str(key))
    disputed = area.disputed_at is not None
    area.give_to(Seat(seat).label, turn.now)
    return settled(turn, area, "owners.set", disputed=disputed)


def confirm(turn: Turn, value: str) -> Replies:
    """W2: still right."""
    area = theirs(turn, value)
    disputed = area.disputed_at is not None
    area.confirm(turn.now)
    return settled(turn, area, "owners.confirmed", disputed=disputed)


def settled(turn: Turn, area: Responsibility, event: str, *, disputed: bool) -> Replies:
    """Somebody on a chair said so."""
    area.confirmed_by_id = turn.asker.person_id
    told(turn, area, event, disputed=disputed)
    return [] if turn.on_delivery() else [Answer(card=area_card(turn, area), replaces=True)]


def told(turn: Turn, area: Responsibility, event: str, *, disputed: bool) -> None:
    """The log, and every card that shows it: the agenda's too, where it was `disputed`."""
    turn.record.session.flush()
    audit.append(turn.record, event, area=area.key)
    deliveries.redraw(turn.record, "shared_owner", subject_id=area.key)
    if disputed:
        source_settled(turn.record, Source.RESPONSIBILITY_DISPUTE, area.key)


def drop(turn: Turn, value: str) -> Replies:
    """It is not on the list any more, and nobody is asked about it."""
    area = theirs(turn, value)
    area.dropped_at = turn.now
    told(turn, area, "owners.dropped", disputed=area.disputed_at is not None)
    check = open_check(turn.record, area.touchpoint_id)
    if check and is_done(turn.record, check):
        close(turn.record, check)
    elif check:
        changed(turn.record, check)
    return [Answer(card=note_card(f"“{area.area}” is dropped", "“owners add” brings it back, without its names."))]


def edit_form(turn: Turn, context: Mapping[str, str]) -> Form:
    """Its names: of the area, and of its people."""
    area = theirs(turn, context.get("area", ""))
    named = tuple(
        Text(
            name=role,
            label=role.capitalize(),
            value=getattr(area, role),
            hint=hint,
            limit=NAMES_LIMIT,
            required=False,
        )
        for role, hint in ROLES.items()
    )
    words = Text(
        name="synonyms",
        label="Other words for it",
        value=area.synonyms,
        hint="With commas between; “who owns” understands them.",
        limit=NAMES_LIMIT,
        required=False,
    )
    name = Text(name="area", label="Area", value=area.area, limit=AREA_LIMIT)
    return Form(form_id="owners", title="Who owns it", fields=(*named, name, words), context=context)


def edited(turn: Turn, submission: Submission) -> Replies:
    """As filled in. Who is newly accountable is confirmed by it."""
    area = theirs(turn, submission.context.get("area", ""))
    name = " ".join(short_text(submission, "area", AREA_LIMIT).split())
    if not name:
        raise BadInput("An area needs a name.", fields={"area": "Say in a few words what it is."})
    require_new(turn, area.touchpoint_id, name, but=area.key)
    known = sorted({person.called for person, _account in people.everybody(turn.record)})
    names = {role: names_of(submission, role, known) for role in ROLES}
    disputed = area.disputed_at is not None
    area.area, area.synonyms = name, ", ".join(names_in(short_text(submission, "synonyms", NAMES_LIMIT)))
    area.responsible, area.consulted, area.informed = names["responsible"], names["consulted"], names["informed"]
    if names["accountable"] != area.accountable:
        area.give_to(names["accountable"], turn.now)
        area.confirmed_by_id = turn.asker.person_id
    told(turn, area, "owners.edited", disputed=disputed)
    return [CloseForm(), Answer(card=area_card(turn, area))]


def names_of(submission: Submission, role: str, known: list[str]) -> str:
    """As they are called, with commas between. Raises `BadInput` beside the field."""
    typed = short_text(submission, role, NAMES_LIMIT)
    found = ", ".join(names_in(", ".join(as_known(name, known) for name in names_in(typed))))
    return found if len(found) <= NAMES_LIMIT else typed


FORM: FormKind = guarded(
    edit_form, edited, lambda turn, context: theirs(turn, context["area"]), right=Right.RUN, about="area"
)

NOUN = Noun(
    name="owner changes",
    summary="Say who is accountable, confirm it, and keep the list of areas.",
    buttons={
        "owners.start": Press(handle=start, writes=True),
        "owners.set": Press(handle=set_chair, writes=True),
        "owners.confirm": Press(handle=confirm, writes=True),
        "owners.edit": FORM.opened_by("area"),
        "owners.drop": Press(handle=drop, writes=True),
    },
    forms={"owners": FORM},
)
