"""The ownership check as people see it: one area at a time, one tap each, in private; at its end, on how many both agree."""

from collections.abc import Mapping

from agenda.errors import BadInput, NotAllowed, NotFound
from agenda.items import Source
from agenda.owners import AREA_LIMIT, CHAIRS, CHECK_LASTS, NOBODY, as_known, said
from agenda.touchpoints import Seat
from bot import ownership
from bot.access import chairs_of
from bot.cards import Block, Button, Card, Item, ItemList, Note, Paragraph, card
from bot.forms import Form, Text
from bot.ownership import Asked, of_seat, open_check, seated, waiting
from bot.packets import source_settled
from bot.reading import key_in, pair_in, short_text
from bot.replies import Answer, CloseForm, OpenForm
from bot.turns import FormKind, Noun, Press, Replies, Submission, Turn
from storage import owners, people, rows
from storage.deliveries import Owed
from storage.owners import OwnershipAnswer, OwnershipCheck, Responsibility
from storage.touchpoints import Touchpoint
from storage.unit_of_work import Record

MOVES = "moves"  # The form was opened from a card that moves on by itself.
PRIVATE = Note("Nobody is told what you name: only where the two of you differ.")
WAITS = "Once both of you are done, I say on how many you agree."
ON_THE_AGENDA = Note("They are on the next agenda. What each of you named is erased.")


def begin(turn: Turn, _argument: str = "") -> Replies:
    """`owners check`: both are asked; where a check is open already, the asker's own questions come again."""
    return asked_of_both(turn, turn.touchpoint())


def begin_pressed(turn: Turn, value: str) -> Replies:
    """The same, from a button that names the touchpoint."""
    return asked_of_both(turn, turn.require(key_in(value)))


def asked_of_both(turn: Turn, touchpoint: Touchpoint) -> Replies:
    """Only ever one check at a time."""
    seat = seat_of(turn, touchpoint.key)
    standing = open_check(turn.record, touchpoint.key)
    if standing:
        return [Answer(card=private_card(turn, standing, seat))]
    check = ownership.ask(turn.record, touchpoint, turn.asker.person_id)
    count = len(of_seat(owners.answers(turn.record, check.key), seat))
    how = f"{count} {'area' if count == 1 else 'areas'}, one tap each, within {CHECK_LASTS.days} days."
    return [Answer(card=card("I ask you both in private", Paragraph(how), PRIVATE))]


def seat_of(turn: Turn, touchpoint_id: int) -> Seat:
    """The chair for which the asker answers. Raises `NotAllowed`."""
    seat = turn.asker.seat_in(touchpoint_id)
    if seat is None:
        raise NotAllowed("Only the CIO and the CISO of this touchpoint are asked.", "“owners” shows who owns what.")
    return seat


def mine(turn: Turn, value: str) -> tuple[OwnershipCheck, OwnershipAnswer]:
    """The question of a button or form, if it is asked of the asker's own chair. Raises `NotFound`, `NotAllowed`."""
    answer = rows.find(turn.record, OwnershipAnswer, key_in(value))
    if answer is None:
        raise NotFound("That question is not asked any more.", "“owners check” begins a check.")
    check = rows.get(turn.record, OwnershipCheck, answer.check_id)
    turn.require(check.touchpoint_id)
    if seat_of(turn, check.touchpoint_id) is not answer.seat:
        raise NotAllowed("This question is for the other chair.", "“owners check” shows yours.")
    return check, answer


def name(turn: Turn, value: str) -> Replies:
    """One tap: a chair, or nobody."""
    key, named = pair_in(value)
    if named not in {*CHAIRS, NOBODY}:
        raise BadInput("That button belongs to an older card.", "“owners check” shows the questions.")
    check, answer = mine(turn, str(key))
    return named_so(turn, check, answer, named)


def named_so(turn: Turn, check: OwnershipCheck, answer: OwnershipAnswer, named: str) -> Replies:
    """On to the next one; with the last one of both, it is closed."""
    ownership.name(turn.record, check, answer, turn.asker.person_id, named)
    if ownership.is_done(turn.record, check):
        ownership.close(turn.record, check, by=turn.asker.person_id)
        source_settled(turn.record, Source.RESPONSIBILITY_DISPUTE, answer.responsibility_id)
    return shown(turn, check, answer.seat)


def shown(turn: Turn, check: OwnershipCheck, seat: Seat) -> Replies:
    """The card moves on where it stands."""
    return [] if turn.on_delivery() else [Answer(card=private_card(turn, check, seat), replaces=True)]


def change(turn: Turn, value: str) -> Replies:
    """That one is asked again."""
    check, answer = mine(turn, value)
    ownership.take_back(turn.record, check, answer)
    return shown(turn, check, answer.seat)


def somebody(turn: Turn, value: str) -> Replies:
    """The form that asks who."""
    moves = {MOVES: "yes"} if turn.on_delivery() else {}
    return [OpenForm(form=somebody_form(turn, {"answer": value, **moves}))]


def somebody_form(turn: Turn, context: Mapping[str, str]) -> Form:
    """Whose name?"""
    _check, answer = mine(turn, context.get("answer", ""))
    area = rows.get(turn.record, Responsibility, answer.responsibility_id)
    hint = "One person or team, by the name that both of you use."
    return Form(
        form_id="ownership",
        title="Who is accountable?",
        intro=area.area,
        fields=(Text(name="named", label="Name", hint=hint, limit=AREA_LIMIT),),
        submit="That is who",
        context=context,
    )


def somebody_named(turn: Turn, submission: Submission) -> Replies:
    """A name that was typed."""
    check, answer = mine(turn, submission.context.get("answer", ""))
    typed = " ".join(short_text(submission, "named", AREA_LIMIT).split())
    if not typed:
        raise BadInput("There is no name.", fields={"named": "Write one name, or press “Nobody” on the card."})
    known = sorted({person.called for person, _account in people.everybody(turn.record)})
    named = NOBODY if typed.lower() == NOBODY else as_known(typed, known)[:AREA_LIMIT]
    named_so(turn, check, answer, named)
    next_one = [] if MOVES in submission.context else [Answer(card=private_card(turn, check, answer.seat))]
    return [CloseForm(), *next_one]


def private_card(turn: Turn, check: OwnershipCheck, seat: Seat) -> Card:
    """As the asker sees it, and nobody else."""
    return check_card(turn.record, check, seat, turn.asker.person_id)


def draw_check(record: Record, owed: Owed) -> Card | None:
    """In the direct chat of whoever is asked; somebody who has given up the chair sees nothing of it."""
    check = rows.get(record, OwnershipCheck, owed.subject_id)
    person_id, seat = owed.person_id or 0, Seat(owed.detail)
    seats = {(chair.touchpoint_id, chair.seat) for chair in chairs_of(record, person_id)}
    if (check.touchpoint_id, seat) not in seats:
        return card("Somebody else answers for this chair now") if owed.message else None
    if check.closed_at and owed.message is None:
        return None
    return check_card(record, check, seat, person_id)


def check_card(record: Record, check: OwnershipCheck, seat: Seat, person_id: int) -> Card:
    """The next question; then what its reader named; then what came of it."""
    if check.closed_at:
        return result_card(record, check)
    asked = owners.answers(record, check.key)
    mine, left = of_seat(asked, seat), waiting(asked, seat)
    if not left:
        return done_card(record, check, mine, person_id)
    answer, area = left[0]
    done = [one for one, _area in mine if one.named_at]
    back = [Button(action="ownership.change", label="Back", value=str(done[-1].key), rare=True)] if done else []
    progress = Note(f"{len(done) + 1} of {len(mine)}. {PRIVATE.text}")
    return card(
        f"Who is accountable for {area.area}?", progress, buttons=[*choices(record, check, answer, person_id), *back]
    )


def choices(record: Record, check: OwnershipCheck, answer: OwnershipAnswer, person_id: int) -> list[Button]:
    """The two, somebody else, nobody. Whoever stands in reads both names."""
    touchpoint = rows.get(record, Touchpoint, check.touchpoint_id)
    called = seated(record, touchpoint)
    own = touchpoint.principal(answer.seat) == person_id
    labels = {answer.seat: "Me" if own else called[answer.seat], answer.seat.other: called[answer.seat.other]}
    return [
        *(press(answer, label[:70], seat.label) for seat, label in labels.items()),
        Button(action="ownership.else", label="Somebody else", value=str(answer.key), opens_form=True),
        press(answer, "Nobody", NOBODY),
    ]


def press(answer: OwnershipAnswer, label: str, named: str) -> Button:
    """One tap names them."""
    return Button(action="ownership.name", label=label, value=f"{answer.key}|{named}")


def done_card(record: Record, check: OwnershipCheck, mine: list[Asked], person_id: int) -> Card:
    """What its reader named, to be changed as long as the other one is not done."""
    touchpoint = rows.get(record, Touchpoint, check.touchpoint_id)
    called = seated(record, touchpoint)
    lines = tuple(
        Item(
            title=area.area,
            detail=said(answer.named, called)
            if answer.person_id == person_id
            else "named by somebody else on this chair",
            buttons=(Button(action="ownership.change", label="Change", value=str(answer.key)),),
        )
        for answer, area in mine
    )
    return card(
        "Thank you, that is all",
        ItemList(lines, "You named"),
        Note(f"{WAITS} {PRIVATE.text}"),
    )


def draw_result(record: Record, owed: Owed) -> Card | None:
    """In the direct chat of everybody who was asked, but for who was the last to answer."""
    return result_card(record, rows.get(record, OwnershipCheck, owed.subject_id))


def result_card(record: Record, check: OwnershipCheck) -> Card:
    """On how many both agree, and on which they do not."""
    asked = owners.answers(record, check.key)
    areas = of_seat(asked, Seat.CIO)
    agreed = [area for answer, area in areas if answer.agreed]
    differ = [area for answer, area in areas if answer.agreed is False]
    called = seated(record, rows.get(record, Touchpoint, check.touchpoint_id))
    blocks: list[Block] = []
    if differ:
        blocks += [
            ItemList(tuple(Item(title=area.area) for area in differ), "You see these differently"),
            ON_THE_AGENDA,
        ]
    if agreed:
        lines = tuple(Item(title=area.area, detail=said(area.accountable, called) or NOBODY) for area in agreed)
        blocks.append(ItemList(lines, "You agree"))
    return card(f"You two agree on {len(agreed)} of {len(areas)} areas", *blocks, *missed(asked, called))


def missed(asked: list[Asked], called: Mapping[Seat, str]) -> list[Block]:
    """Who did not answer in time, and for how many."""
    left = {called[seat]: len(waiting(asked, seat)) for seat in Seat}
    return [
        Note(
            f"{name} did not name anybody for {count} of them within {CHECK_LASTS.days} days. Those stay as they were."
        )
        for name, count in left.items()
        if count
    ]


NOUN = Noun(
    name="ownership check",
    summary="Who owns what, asked of you both in private. Only where you differ is it talked about; the rest is confirmed.",
    buttons={
        "ownership.ask": Press(handle=begin_pressed, writes=True),
        "ownership.name": Press(handle=name, writes=True),
        "ownership.else": Press(handle=somebody),
        "ownership.change": Press(handle=change, writes=True),
    },
    forms={"ownership": FormKind(build=somebody_form, submit=somebody_named)},
    cards={ownership.CARD: draw_check, ownership.RESULT: draw_result},
)
