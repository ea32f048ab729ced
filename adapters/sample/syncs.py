"""The syncs of the sample's year: the points that the two raise before them, and how each is held on its live card."""

from collections.abc import Iterator
from functools import partial
from typing import Final

from adapters.sample.cast import CIO, CISO
from adapters.sample.stage import MINUTE, Player, Scene, Stage, Standing, buttons_of

IN_PROGRESS: Final = "Sync in progress: "
MOST_POINTS: Final = 40
"""More would be a live card that never ends: a bug."""

POINTS: Final = (
    (51.4, CISO, "communication: How we two want to work together"),
    (51.2, CIO, "operations: What happened in the outage of Sunday"),
    (49.5, CISO, "threats: What the attack on our competitor means for us"),
    (49.1, CIO, "investment: What security costs us today, in one number"),
    (47.4, CISO, "hygiene: Passkeys for the board"),
    (45.3, CIO, "strategy: Who may approve a new cloud service"),
    (43.4, CISO, "threats: Two phishing waves against accounting"),
    (41.2, CIO, "operations: Patch windows of the plants"),
    (39.5, CISO, "investment: Why a night shift, and why now"),
    (37.3, CIO, "strategy: Security in the merger's first hundred days"),
    (35.4, CISO, "communication: What the regulator asked"),
    (33.2, CIO, "hygiene: Administrators with a daily account and an admin account"),
    (31.5, CISO, "threats: Suppliers as a way in"),
    (29.3, CIO, "strategy: The CRM project's dates"),
    (27.4, CISO, "operations: First results of the restore tests"),
    (25.2, CIO, "investment: What the outside service found in its first month"),
    (23.3, CISO, "communication: What we tell the board about the phishing drill"),
    (21.4, CIO, "operations: Costs of the summer's maintenance"),
    (19.2, CISO, "threats: Open storage of marketing, and how we found it"),
    (17.5, CIO, "strategy: Which old systems we switch off next year"),
    (15.3, CISO, "hygiene: Service accounts, the last seventy"),
    (13.4, CIO, "investment: What the insurance wants to see"),
    (11.2, CISO, "threats: Controllers without a patch"),
    (9.5, CIO, "communication: The works council's questions about monitoring"),
    (7.3, CISO, "communication: Public AI tools, and what people paste there"),
    (5.4, CIO, "strategy: One identity provider: who leads it"),
    (3.2, CISO, "investment: Next year's security budget"),
    (1.9, CIO, "operations: Change freeze at the end of the year"),
    (0.5, CISO, "threats: What replaces the mail gateway, and until when"),
    (0.4, CIO, "communication: Half an hour on security in the town hall"),
)  # fmt: skip


def scenes(stage: Stage) -> Iterator[Scene]:
    """Each point, said in private."""
    for ago, who, text in [point for point in POINTS if stage.tells(point[0])]:
        yield Scene(stage.ago(ago, text), partial(stage.players[who].says, text))


def hold(stage: Stage) -> None:
    """From the card that calls both to its minutes; the two take turns with the points."""
    drivers = [stage.players[CIO], stage.players[CISO]]
    drivers[0].presses("Start", stage.latest("start"))
    for number in range(MOST_POINTS):
        live = stage.latest("sync")
        if not live.card.title.startswith(IN_PROGRESS) or not settled(live, drivers[number % 2], number):
            break
        stage.until(stage.now + 3 * MINUTE)
    drivers[1].presses("Close", stage.latest("sync"))


def settled(live: Standing, who: Player, number: int) -> bool:
    """The point that stands on the card. Most are discussed; each fifth waits for the next sync, where it may."""
    labels = {one.label for one in buttons_of(live.card)}
    label = "Defer" if "Defer" in labels and number % 5 == 3 else "Discussed"
    if label in labels:
        who.presses(label, live)
    return label in labels
