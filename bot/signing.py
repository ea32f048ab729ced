"""Two keys on one text, whichever noun the text belongs to: turned on what was shown, asked for in private, never both by one.

The rules are `agenda.keys`; the noun itself says what becomes of its row once the keys suffice. Its cards in private have a
kind of delivery each: one that asks for a key, and one that says that a key is void.
"""

from collections import Counter
from collections.abc import Collection

from agenda.changes import Change, packed
from agenda.errors import NotAllowed, NotNow
from agenda.recurrence import local_date, local_day
from agenda.touchpoints import Seat
from bot import telling
from bot.cards import Button, Paragraph
from bot.turns import Turn
from storage import absences, audit, keys, people, rows
from storage.keys import Paper, SignOff
from storage.touchpoints import Touchpoint
from storage.unit_of_work import Record

DETAIL_LIMIT = 900


def turn_key(turn: Turn, paper: Paper, *, dissent: str = "") -> None:
    """K1, K3, K5: the asker's key on the text as it stands.

    Raises `NotAllowed`, and `NotNow` for a late dissent or a key that somebody else turned for the same chair.
    """
    seat, turned = seat_now(turn, paper), keys.turned(turn.record, paper)
    if seat is None:
        raise NotAllowed("Only the CIO and the CISO of this touchpoint turn keys.", "Ask one of them.")
    if seat.other in turned and turned[seat.other].person_id == turn.asker.person_id:
        raise NotAllowed("You turned the other key yourself.", "The second key must be somebody else's.")
    if seat in turned and turned[seat].person_id != turn.asker.person_id:
        who = people.called(turn.record, turned[seat].person_id)
        raise NotNow(f"The key of the {seat.label} is turned already, by {who}.", "One key for each chair is enough.")
    if keys.turn(turn.record, paper, seat, turn.asker.person_id, dissent=dissent):
        facts = {paper.SUBJECT: paper.number, "seat": seat.value, "text": paper.text_hash, "dissent": bool(dissent)}
        audit.append(turn.record, f"{paper.SUBJECT}.key_turned", **facts)
    elif dissent:
        raise NotNow(f"The key of the {seat.label} is turned already.", "Change the text, and everybody signs anew.")


def seat_now(turn: Turn, paper: Paper) -> Seat | None:
    """On which chair the asker acts at this very moment: who asks is remembered for a few seconds, and a chair may be gone."""
    touchpoint = rows.get(turn.record, Touchpoint, paper.touchpoint_id)
    today = local_date(turn.now, touchpoint.zone)
    return absences.seat_of(turn.record, touchpoint, turn.asker.person_id, today=today)


def missing(record: Record, paper: Paper) -> list[Seat]:
    """Whose key is not turned on the text as it stands."""
    turned = keys.turned(record, paper)
    return [seat for seat in Seat if seat not in turned]


def waits_for(record: Record, paper: Paper, *, one_key: bool = False, reader: Seat | None = None) -> str:
    """`waits for the CISO’s key`, to the CISO `waits for your key`; `waits for both keys`, `waits for either key`."""
    wanted = missing(record, paper)
    if len(wanted) == 1:
        return f"waits for {'your' if wanted[0] is reader else f'the {wanted[0].label}’s'} key"
    return f"waits for {'either key' if one_key else 'both keys'}"


def key_facts(record: Record, paper: Paper, zone: str, otherwise: str) -> list[tuple[str, str]]:
    """`CIO’s key: Sam, Mon 3 March 2031`; `CISO’s key: missing`, or what is said `otherwise`."""
    turned = keys.turned(record, paper)
    lines = ((seat, signed(record, paper, turned[seat], zone) if seat in turned else otherwise) for seat in Seat)
    return [(f"{seat.label}’s key", said) for seat, said in lines]


def signed(record: Record, paper: Paper, key: SignOff, zone: str) -> str:
    """`Ana for the CIO, Mon 3 March 2031, with dissent`."""
    lent = absences.stood_in(record, paper.touchpoint_id, key.seat, key.person_id, key.turned_at)
    who = people.called(record, key.person_id) + (f" for the {key.seat.label}" if lent else "")
    day = f"{local_day(key.turned_at, zone or 'UTC')} {key.turned_at.year}"
    return ", ".join([who, day, *(["with dissent"] if key.dissent else [])])


def dissents(record: Record, paper: Paper) -> list[Paragraph]:
    """K5: why somebody would have decided otherwise, in their words."""
    return [
        Paragraph(f"{people.called(record, key.person_id)} ({seat.label}) dissents: {key.dissent}")
        for seat, key in keys.turned(record, paper).items()
        if key.dissent
    ]


def void_keys(turn: Turn, paper: Paper, *, kind: str, changed: list[Change]) -> set[int]:
    """K2. Whoever signed the old text is told in private, with what changed, and is returned; but for who changed it."""
    told = {key.person_id for key in keys.void(turn.record, paper)} - {turn.asker.person_id}
    for person_id in told:
        telling.in_private(
            turn.record,
            person_id,
            once=f"{kind}:{paper.key}:{turn.request.id}:{person_id}",
            kind=kind,
            subject_id=paper.key,
            detail=packed(changed, DETAIL_LIMIT),
        )
    return told


def ask_for_keys(record: Record, paper: Paper, *, kind: str, but_of: Collection[int] = ()) -> None:
    """One card of that kind in the direct chat of each principal whose key is missing, and of who stands in.

    Until they sign, that card follows the text. Whoever had signed another text is asked anew.
    """
    touchpoint = rows.get(record, Touchpoint, paper.touchpoint_id)
    today = local_date(record.now, touchpoint.zone)
    signed_before = Counter(key.person_id for key in keys.history(record, paper))
    for seat in missing(record, paper):
        stand_in = absences.delegate(record, touchpoint.key, seat, today=today)
        for person_id in {touchpoint.principal(seat), *([stand_in.person_id] if stand_in else [])} - set(but_of):
            once = f"{kind}:{paper.key}:{person_id}:{signed_before[person_id]}"
            telling.in_private(record, person_id, once=once, kind=kind, subject_id=paper.key)


def is_wanted_of(record: Record, paper: Paper, person_id: int) -> bool:
    """Is it this person's key that is missing: on their own chair, or on one that was lent to them?"""
    touchpoint = rows.get(record, Touchpoint, paper.touchpoint_id)
    today = local_date(record.now, touchpoint.zone)
    return absences.seat_of(record, touchpoint, person_id, today=today) in missing(record, paper)


def sign_button(paper: Paper, *, action: str) -> Button:
    """It carries the text's hash: a key turns on what was shown, and on nothing else."""
    return Button(action=action, label="Turn my key", value=f"{paper.number}|{paper.text_hash}", style="primary")


def require_same_text(paper: Paper, text_hash: str, *, ref: str, show: str) -> None:
    """K2. Raises `NotNow` where the text is not the one that the card showed."""
    if text_hash != paper.text_hash:
        raise NotNow("The text was changed after this card was shown.", f"Read it again: “{show} {ref}”.")
