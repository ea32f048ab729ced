"""Where a card may stand: in the home of its touchpoint, or in the direct chat of somebody who has a place there. Not in a
home that people of other companies read, and with nobody who has left or is a guest.

What was sent is redrawn for years. Meanwhile its reader may have lost their place, or the touchpoint its home: such a message
says so from then on, and nothing more of the record ever comes there. What concerns its reader alone is not asked about here.
"""

from collections.abc import Mapping
from typing import Final

from bot.access import roles_of
from bot.cards import Card, Note, card
from storage import people, places, rows
from storage.acceptances import Acceptance
from storage.actions import ActionItem
from storage.asks import Ask
from storage.decisions import Decision
from storage.deliveries import Owed
from storage.health import Pulse
from storage.hygiene import HygieneRound
from storage.initiatives import Initiative
from storage.owners import OwnershipCheck, Responsibility
from storage.risks import RiskItem
from storage.rows import Row
from storage.syncs import Sync
from storage.touchpoints import Touchpoint
from storage.unit_of_work import Record

# What each kind of card is about: a touchpoint, or what belongs to one.
ABOUT: Final[Mapping[str, type[Row]]] = {
    **dict.fromkeys(("setup", "pause", "policy", "conversations"), Touchpoint),
    **dict.fromkeys(("shared_decisions", "shared_risks", "shared_matrix", "shared_promises"), Touchpoint),
    **dict.fromkeys(("shared_owners", "shared_found", "shared_asks", "shared_initiatives"), Touchpoint),
    **dict.fromkeys(
        ("agenda", "start", "brief", "notice", "absence", "unstarted", "sync", "minutes", "shared_minutes"), Sync
    ),
    **dict.fromkeys(("key", "key_void", "decision_ended", "shared_decision"), Decision),
    **dict.fromkeys(("acceptance_key", "acceptance_told"), Acceptance),
    **dict.fromkeys(("ownership", "ownership_result"), OwnershipCheck),
    "hygiene_agreed": HygieneRound,
    "shared_health": Touchpoint,
    "pulse_result": Pulse,
    "shared_risk": RiskItem,
    "shared_initiative": Initiative,
    "shared_promise": ActionItem,
    "shared_ask": Ask,
    "shared_owner": Responsibility,
}
# What somebody is told about themselves, or owes: it is theirs wherever they sit. `moved` is what an old home is told, and
# what an admin is told is nothing of the record; what both told their colleagues says only that, and stands where they put it.
OF_ITS_READER: Final = frozenset(
    {
        "hygiene_post",
        "access",
        "delegate",
        "promised",
        "nudge",
        "moved",
        "lost",
        "unreachable",
        "feed_silent",
        "home",
        "greeting",
    }
    | {"left", "outsiders", "stranger"}
)


def may_read(record: Record, owed: Owed) -> bool:
    """Is this card still for whoever reads where it stands?"""
    table = ABOUT.get(owed.kind)
    touchpoint = touchpoint_of(record, rows.get(record, table, owed.subject_id)) if table else None
    if touchpoint and owed.conversation == touchpoint.home:
        return not places.is_open(record, touchpoint.home)
    reader = people.account(record, owed.conversation)
    if reader is None:
        return touchpoint is None
    if reader.outsider or rows.get(record, people.Person, reader.person_id).left_at:
        return False
    if touchpoint is None:
        return owed.person_id in {reader.person_id, None}
    return any(one.touchpoint_id == touchpoint.key for one in roles_of(record, reader.person_id))


def touchpoint_of(record: Record, row: Row) -> Touchpoint:
    """Itself, or the one that it belongs to."""
    if isinstance(row, Touchpoint):
        return row
    touchpoint_id: int = row.touchpoint_id  # type: ignore[attr-defined]  # everything in `ABOUT` belongs to one
    return rows.get(record, Touchpoint, touchpoint_id)


def closed() -> Card:
    """What stands there instead."""
    return card("This is no longer shown here", Note("Whoever has a place in its touchpoint finds it with “find”."))
