"""Who has access to a touchpoint's record: shown to all who have it, given and taken by its two principals.

M1. A principal lets somebody in as a member or as a viewer (`agenda.roles`). They are told in private.
M2. Whoever is let in again is only what they were made last.
M3. Whoever is removed, leaves, or gets a chair of their own is no member or viewer any more, at that moment.
"""

from collections.abc import Mapping

from agenda.errors import BadInput, NotFound
from agenda.recurrence import local_date, local_day
from agenda.roles import Right, Role
from bot import telling
from bot.cards import Button, Card, Item, ItemList, Note, Paragraph, card
from bot.forms import Choice, Form, Option
from bot.handlers.syncs import homes
from bot.picking import person_fields, person_in
from bot.reading import joined, key_in, one_of
from bot.replies import Answer, CloseForm
from bot.turns import Command, FormKind, Noun, Press, Replies, Submission, Turn
from storage import absences, audit, deliveries, memberships, people, rows, touchpoints
from storage.deliveries import Owed
from storage.memberships import Membership
from storage.people import Person
from storage.touchpoints import Touchpoint
from storage.unit_of_work import Record

MAY = {
    Role.MEMBER: "reads the record, and adds points, risks, promises and proposals",
    Role.VIEWER: "reads the record, and changes nothing",
}


def access(turn: Turn, _argument: str) -> Replies:
    """Who may see and do what."""
    return [Answer(card=access_card(turn, turn.touchpoint()))]


def access_card(turn: Turn, touchpoint: Touchpoint) -> Card:
    """The chairs, who stands in, and who was let in beside them."""
    let_in = tuple(member_line(turn, one, touchpoint) for one in memberships.of_touchpoint(turn.record, touchpoint.key))
    open_home = homes.warning(turn.record, touchpoint)
    lists = [ItemList(seated_lines(turn, touchpoint), "On the chairs")]
    return card(
        f"Who has access to {place(touchpoint)}",
        *lists,
        *([ItemList(let_in, "Let in")] if let_in else []),
        *([Paragraph(open_home.strip(), tone="strong")] if open_home else []),
        Note(
            f"A member {MAY[Role.MEMBER]}. A viewer {MAY[Role.VIEWER]}. Nobody else sees anything, not even an admin."
        ),
        buttons=[
            Button(action="access.add", label="Let somebody in", value=str(touchpoint.key), opens_form=True),
        ],
    )


def seated_lines(turn: Turn, touchpoint: Touchpoint) -> tuple[Item, ...]:
    """The two principals, and beneath them who stands in."""
    chairs = touchpoints.principals(turn.record, touchpoint)
    own = [Item(title=one.called, detail=seat.label) for seat, one in chairs.items()]
    lent = [
        Item(
            title=people.called(turn.record, one.person_id),
            detail=f"stands in for {chairs[one.seat].called} until {one.until.day} {one.until:%B}",
        )
        for one in absences.lent(turn.record, touchpoint.key, today=local_date(turn.now, touchpoint.zone))
    ]
    return (*own, *lent)


def member_line(turn: Turn, membership: Membership, touchpoint: Touchpoint) -> Item:
    """Who, as what, since when and by whom."""
    name = people.called(turn.record, membership.person_id)
    by = people.called(turn.record, membership.given_by_id)
    remove = Button(
        action="access.remove",
        label="Remove",
        value=str(membership.key),
        confirm=f"{name} sees nothing of this touchpoint any more, at once.",
        rare=True,
    )
    since = f"since {local_day(membership.given_at, touchpoint.zone)}"
    return Item(title=name, detail=joined([membership.role.value, since, f"let in by {by}"]), buttons=(remove,))


def place(touchpoint: Touchpoint) -> str:
    """What its people call it."""
    return touchpoint.home_title or touchpoint.name


def access_form(turn: Turn, context: Mapping[str, str]) -> Form:
    """Whom, and as what."""
    touchpoint = turn.require(key_in(context.get("touchpoint", "")))
    roles = tuple(Option(role.value, f"{role.value.capitalize()}: {may}") for role, may in MAY.items())
    return Form(
        form_id="access",
        title="Let somebody in",
        intro=f"To the record of {place(touchpoint)}. They are told in private.",
        fields=(
            *person_fields(turn, "person", "Who", required=True),
            Choice(name="role", label="As", options=roles, value=Role.VIEWER.value),
        ),
        submit="Let in",
        context=context,
    )


def added(turn: Turn, submission: Submission) -> Replies:
    """M1, M2: they are in from now on."""
    touchpoint = turn.require(key_in(submission.context.get("touchpoint", "")))
    person, role = newcomer(turn, submission, touchpoint), one_of(submission, "role", Role, Role.VIEWER)
    if role not in MAY:
        raise BadInput("That choice is not on the list.", fields={"role": "Choose one of the list."})
    before = memberships.standing(turn.record, touchpoint.key, person.key)
    if before is None or before.role is not role:
        put_out(turn.record, *filter(None, [before]))
        let_in(turn, touchpoint, person, role)
    return [CloseForm(), Answer(card=access_card(turn, touchpoint))]


def newcomer(turn: Turn, submission: Submission, touchpoint: Touchpoint) -> Person:
    """Who was chosen. Raises `BadInput` beside the field."""
    person = person_in(turn, submission, "person")
    if person is None:
        raise BadInput("Nobody was chosen.", fields={"person": "Choose somebody of your organization."})
    if touchpoint.seat_of(person.key):
        raise BadInput(
            "That person has a chair here.", fields={"person": "They sit at this table already. Choose somebody else."}
        )
    return person


def let_in(turn: Turn, touchpoint: Touchpoint, person: Person, role: Role) -> None:
    """Kept, logged, and said to them."""
    membership = Membership(
        organization_id=turn.record.organization_id,
        touchpoint_id=touchpoint.key,
        person_id=person.key,
        role=role,
        given_by_id=turn.asker.person_id,
        given_at=turn.now,
    )
    rows.add(turn.record, membership)
    turn.record.people_changed = True
    audit.append(turn.record, "access.given", touchpoint=touchpoint.key, person=person.key, role=role.value)
    once = f"access:{membership.key}"
    telling.in_private(turn.record, person.key, once=once, kind="access", subject_id=membership.key)


def remove(turn: Turn, value: str) -> Replies:
    """M3: out again."""
    membership = rows.find(turn.record, Membership, key_in(value))
    if membership is None:
        raise NotFound("That person was not let in here.", "“access” shows who was.")
    touchpoint = turn.require(membership.touchpoint_id)
    if membership.ended_at is None:
        put_out(turn.record, membership)
    return [Answer(card=access_card(turn, touchpoint), replaces=True)]


def put_out(record: Record, *gone: Membership) -> None:
    """They are nothing there from now on, and can read that where they were told that they are."""
    for one in gone:
        one.ended_at, record.people_changed = record.now, True
        record.session.flush()
        audit.append(record, "access.taken", touchpoint=one.touchpoint_id, person=one.person_id, role=one.role.value)
        deliveries.redraw(record, "access", subject_id=one.key)


def seated(record: Record, touchpoint: Touchpoint) -> None:
    """M3: whoever has a chair of their own needs nothing beside it."""
    chairs = {touchpoint.cio_id, touchpoint.ciso_id}
    put_out(record, *[one for one in memberships.of_touchpoint(record, touchpoint.key) if one.person_id in chairs])


def draw_access(record: Record, owed: Owed) -> Card | None:
    """To whoever was let in: where, by whom, and what they may do."""
    membership = rows.get(record, Membership, owed.subject_id)
    touchpoint = rows.get(record, Touchpoint, membership.touchpoint_id)
    if membership.ended_at:
        return card(f"You are no longer a {membership.role} of {place(touchpoint)}") if owed.message else None
    by = people.called(record, membership.given_by_id)
    return card(
        f"You are a {membership.role} of {place(touchpoint)}",
        Paragraph(f"{by} let you in. A {membership.role} {MAY[membership.role]}."),
        buttons=[Button(action="agenda", label="Show the agenda", value=str(touchpoint.key))],
    )


FORM = FormKind(build=access_form, submit=added, right=Right.GOVERN)

NOUN = Noun(
    name="access",
    summary="Who may see this touchpoint's record, and who may add to it. The two principals let people in.",
    commands=(
        Command(words=("access",), summary="Show who may see and do what here", handle=access, right=Right.READ),
    ),
    buttons={
        "access.add": FORM.opened_by("touchpoint"),
        "access.remove": Press(handle=remove, writes=True, right=Right.GOVERN),
    },
    forms={"access": FORM},
    cards={"access": draw_access},
)
