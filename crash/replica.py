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
LEASE = 5.0


def times(lease: float) -> carrier.Times:
    """In the proportions that `carrier.Times` has, for a lease of so many seconds."""
    return carrier.Times(
        lease=timedelta(seconds=lease),
        send_within=timedelta(seconds=0.6 * lease),
        clocks_differ=timedelta(seconds=0.1 * lease),
        shown_within=timedelta(seconds=0.4 * lease),
        look_every=0.2,
    )


def draw(record: Record, owed: Owed) -> Card | None:
    """`detail` is how many messages it takes."""
    query = select(col(Delivery.revision)).where(col(Delivery.id) == owed.id)
    revision = record.session.execute(query).scalar_one()
    paragraphs = [Paragraph(f"{part} " + "word " * 2_200) for part in range(int(owed.detail) - 1)]
    return card(f"Subject {owed.subject_id}, drawn for the change {revision}.", *paragraphs)


def prepare(lease: float, *, readable: bool) -> None:
    deliver.TIMES = times(lease)
    scheduler.TICK_SECONDS = 0.5  # type: ignore[assignment]  # APScheduler takes fractions
    REGISTRY.cards[KIND] = draw
    if not readable:
        usual = SlackEdge.pace.fget
        assert usual is not None
        SlackEdge.pace = property(lambda edge: replace(usual(edge), in_hand=IN_HAND_UNREADABLE))  # type: ignore[method-assign,assignment]


if __name__ == "__main__":
    prepare(float(sys.argv[1]), readable=sys.argv[2] == "readable")
    sys.argv = ["touchpoint", "serve"]
    cli.main()
