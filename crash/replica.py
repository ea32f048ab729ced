"""One replica: `touchpoint serve` as it is, but for the three things that would make a campaign last for hours.

Leases and waits are ten to twenty times shorter (by the same arithmetic), the tick is a tenth, and one more kind of card stands
beside the real ones: it takes as many messages as it is told to, and shows how often it was to be drawn anew.
"""

import sys
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select
from sqlmodel import col

from adapters import carrier, cli, deliver, scheduler
from adapters.slack.send import SlackEdge
from bot.cards import Card, Paragraph, card
from bot.commands import REGISTRY
from storage.deliveries import Delivery, Owed
from storage.unit_of_work import Record

KIND = "campaign"
IN_HAND_UNREADABLE = 8  # As the Teams adapter declares it.
TIMES = carrier.Times(
    lease=timedelta(seconds=5),
    send_within=timedelta(seconds=3),
    clocks_differ=timedelta(seconds=0.5),
    shown_within=timedelta(seconds=2),
    look_every=0.2,
)


def draw(record: Record, owed: Owed) -> Card | None:
    """`detail` is how many messages it takes."""
    query = select(col(Delivery.revision)).where(col(Delivery.id) == owed.id)
    revision = record.session.execute(query).scalar_one()
    paragraphs = [Paragraph(f"{part} " + "word " * 2_200) for part in range(int(owed.detail) - 1)]
    return card(f"Subject {owed.subject_id}, drawn for the change {revision}.", *paragraphs)


def prepare(*, readable: bool) -> None:
    deliver.TIMES = TIMES
    scheduler.TICK_SECONDS = 0.5  # type: ignore[assignment]  # APScheduler takes fractions
    REGISTRY.cards[KIND] = draw
    if not readable:
        usual = SlackEdge.pace.fget
        assert usual is not None
        SlackEdge.pace = property(lambda edge: replace(usual(edge), in_hand=IN_HAND_UNREADABLE))  # type: ignore[method-assign,assignment]


if __name__ == "__main__":
    prepare(readable=sys.argv.pop() == "readable")
    sys.argv = ["touchpoint", "serve"]
    cli.main()
