"""What the five conversations do by themselves, where they are switched on: what they plan, and what they put on an agenda.

The modules named here must not import `bot.planning` or `bot.packets`, which come through here to them.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import TypeAlias

from agenda.causes import Cause
from agenda.conversations import Conversation
from bot import asks, health, hygiene, initiatives, threats
from storage.touchpoints import Touchpoint
from storage.unit_of_work import Record

Plan: TypeAlias = Callable[[Record, Touchpoint], None]
Causes: TypeAlias = Callable[[Record, Touchpoint, date, date], list[Cause]]

PLANS: Mapping[Conversation, Plan] = {
    Conversation.THREATS: threats.plan,
    Conversation.HYGIENE: hygiene.plan,
    Conversation.HEALTH: health.plan,
}
LAPSES: Mapping[Conversation, Plan] = {
    Conversation.HYGIENE: hygiene.lapse,
    Conversation.HEALTH: health.lapse,
}
CAUSES: Mapping[Conversation, Causes] = {
    Conversation.INVESTMENT: asks.causes,
    Conversation.INITIATIVES: initiatives.causes,
}


def plan(record: Record, touchpoint: Touchpoint) -> None:
    """Whatever they owe to anybody. Called with the planning of the touchpoint: every hour, and after each change.

    What lapses does so also where it was switched off since: what is private goes when it was said that it goes.
    """
    for lapsed in LAPSES.values():
        lapsed(record, touchpoint)
    for conversation, planned in PLANS.items():
        if touchpoint.talks_about(conversation):
            planned(record, touchpoint)


def causes(record: Record, touchpoint: Touchpoint, today: date, before: date) -> list[Cause]:
    """What they want to be talked about at the sync before `before`."""
    return [
        cause
        for conversation, of in CAUSES.items()
        if touchpoint.talks_about(conversation)
        for cause in of(record, touchpoint, today, before)
    ]
