"""Two keys on one text, whichever noun the text belongs to: turned on what was shown, asked for in private, never both by one.

The rules are `agenda.keys`; the noun itself says what becomes of its row once the keys suffice.
"""

from agenda.errors import NotAllowed, NotNow
from agenda.recurrence import local_date
from agenda.touchpoints import Seat
from bot import telling
from bot.cards import Button
from bot.turns import Turn
from storage import absences, audit, keys, rows
from storage.keys import Paper
from storage.touchpoints import Touchpoint
from storage.unit_of_work import Record


def turn_key(turn: Turn, paper: Paper, *, dissent: str = "") -> None:
    """K1, K3, K5: the asker's key on the text as it stands. Raises `NotAllowed`."""
    seat = turn.asker.seat_in(paper.touchpoint_id)
    if seat is None:
        raise NotAllowed("Only the CIO and the CISO of this touchpoint turn keys.", "Ask one of them.")
    other = keys.turned(turn.record, paper).get(seat.other)
    if other and other.person_id == turn.asker.person_id:
        raise NotAllowed("You turned the other key yourself.", "The second key must be somebody else's.")
    if keys.turn(turn.record, paper, seat, turn.asker.person_id, dissent=dissent):
        facts = {paper.SUBJECT: paper.number, "seat": seat.value, "text": paper.text_hash, "dissent": bool(dissent)}
        audit.append(turn.record, f"{paper.SUBJECT}.key_turned", **facts)


def missing(record: Record, paper: Paper) -> list[Seat]:
    """Whose key is not turned on the text as it stands."""
    turned = keys.turned(record, paper)
    return [seat for seat in Seat if seat not in turned]


def waits_for(record: Record, paper: Paper) -> str:
    """`waits for the key of CISO`."""
    return f"waits for the key of {' and '.join(seat.label for seat in missing(record, paper))}"


def ask_for_keys(record: Record, paper: Paper, *, kind: str) -> None:
    """One card of that kind in the direct chat of each principal whose key is missing, and of who stands in; once a text."""
    touchpoint = rows.get(record, Touchpoint, paper.touchpoint_id)
    today = local_date(record.now, touchpoint.zone)
    for seat in missing(record, paper):
        stand_in = absences.delegate(record, touchpoint.key, seat, today=today)
        for person_id in (touchpoint.principal(seat), *([stand_in.person_id] if stand_in else [])):
            once = f"{kind}:{paper.key}:{paper.text_hash}:{person_id}"
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
