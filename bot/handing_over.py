"""A chair that is handed on: whoever sits there now answers for it, and is asked for the keys that are open.

A key that the one before turned on a text that is not binding yet counts no more (K6): what becomes binding from here on, both
who sit there now have signed, or who stood in for them. What is binding stays so.
What the one before said in private is erased.
"""

from collections.abc import Collection

from agenda.acceptances import AcceptanceState
from agenda.touchpoints import Seat
from bot import accepting, health, hygiene, signing
from bot.handlers.decisions import standing as decision_standing
from storage import acceptances, audit, decisions, keys
from storage.keys import Paper
from storage.touchpoints import Touchpoint
from storage.unit_of_work import Record


def hand_over(record: Record, touchpoint: Touchpoint, seats: Collection[Seat]) -> None:
    """These chairs have somebody else on them from now on."""
    if not seats:
        return
    record.session.flush()
    for decision in decisions.waiting(record, touchpoint.key):
        void_keys_of(record, decision, seats)
        signing.ask_for_keys(record, decision, kind="key")
        decisions.index(record, decision)
        decision_standing.redraw(record, decision)
    for acceptance in acceptances.standing(record, touchpoint.key, AcceptanceState.PROPOSED):
        void_keys_of(record, acceptance, seats)
        accepting.ask_for_keys(record, acceptance)
    hygiene.hand_over(record, touchpoint)
    health.hand_over(record, touchpoint)


def void_keys_of(record: Record, paper: Paper, seats: Collection[Seat]) -> None:
    """K6."""
    for seat, key in keys.turned(record, paper).items():
        if seat in seats:
            key.voided_at = record.now
            audit.append(record, f"{paper.SUBJECT}.key_void", **{paper.SUBJECT: paper.number, "seat": seat.value})
    record.session.flush()
