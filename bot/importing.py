"""What follows when rows come into the record out of a file: whose keys are asked for, who is reminded, which cards show it.

No key is turned by an import: whoever signs has read the text here. And nobody is buried in messages by one: where many
decisions come at once, nobody is asked for each; the reminders of missing keys come in bundles, as always.
"""

from collections.abc import Sequence

from agenda.items import Source
from agenda.registers import Plan, Register
from bot import nudging, signing, threats
from bot.handlers.decisions import standing as decision_standing
from bot.handlers.initiatives import cards as initiative_cards
from bot.handlers.promises import cards as action_cards
from bot.handlers.risks import cards as risk_cards
from bot.packets import source_settled
from storage import gates, imports
from storage.actions import ActionItem
from storage.decisions import Decision
from storage.initiatives import Initiative
from storage.risks import RiskItem
from storage.rows import Row
from storage.threats import WatchedProduct
from storage.touchpoints import Touchpoint
from storage.unit_of_work import Record

MOST_ASKED = 10


def take_in(record: Record, register: Register, touchpoint: Touchpoint, by_id: int, plan: Plan) -> Sequence[Row]:
    """Everything that was planned, and what follows from it. Raises `ValueError` for a plan with errors."""
    taken = [row for _act, row in imports.take_in(record, register, touchpoint, by_id, plan)]
    papers = [row for row in taken if isinstance(row, Decision)]
    if len(papers) <= MOST_ASKED:
        for paper in papers:
            signing.ask_for_keys(record, paper, kind="key")
    for row in taken:
        show(record, row)
    if any(isinstance(row, WatchedProduct) for row in taken):
        threats.watched(record, touchpoint)
    return taken


def show(record: Record, row: Row) -> None:
    """Whatever shows it already, shows what it says now; a promise reminds its owner as any other does."""
    if isinstance(row, Decision):
        decision_standing.redraw(record, row)
    elif isinstance(row, ActionItem):
        action_cards.redraw(record, row)
        nudging.promise_changed(record, row)
    elif isinstance(row, RiskItem):
        risk_cards.redraw(record, row)
    elif isinstance(row, Initiative):
        initiative_cards.redraw(record, row)
        source_settled(record, Source.GATE_NEARS, gates.of_initiative(record, row.key)[0].gate.key)
