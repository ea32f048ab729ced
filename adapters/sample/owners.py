"""Who is accountable for what in the sample: most areas are clear, one has nobody, and about three the two differ."""

from collections.abc import Iterator
from functools import partial
from typing import Final

from adapters.sample.cast import CIO, CISO
from adapters.sample.stage import DAY, Player, Scene, Stage

NOBODY: Final = "Nobody"
ACCOUNTABLE: Final = {
    "Business context and obligations": "CIO",
    "Risk strategy and appetite": "CISO",
    "Roles and resources": "CIO",
    "Security policy": "CISO",
    "Oversight and board reporting": "CISO",
    "Vulnerabilities and risk assessment": "CISO",
    "Identity and access": "Priya Nair",
    "Awareness and training": "CISO",
    "Data protection and backup": "Yuki Tanaka",
    "Platforms and patching": "Yuki Tanaka",
    "Network and resilience": "Yuki Tanaka",
    "Monitoring": "CISO",
    "Event analysis": "CISO",
}
"""As the two said it in the first weeks. The rest is found out by the checks."""

DIFFER: Final = {
    "Vendor risk": ("CISO", "CIO"),
    "Asset inventory": ("CISO", "CIO"),
    "Incident communication": ("CIO", "CISO"),
}
"""What CIO and CISO name in private."""

UNOWNED: Final = "Lessons and improvement"
CHECKS: Final = (44, 31, 18, 5)


def scenes(stage: Stage) -> Iterator[Scene]:
    """The usual areas, who has them, and four checks."""
    yield Scene(stage.ago(stage.weeks - 0.6, "areas"), partial(begin, stage))
    for ago in [one for one in CHECKS if stage.tells(one + 1)]:
        at = stage.ago(ago, "check")
        yield Scene(at, partial(stage.players[CISO].types, "owners check"))
        yield Scene(min(at + DAY, stage.ends), partial(answer, stage))


def begin(stage: Stage) -> None:
    """A first round through the list."""
    cio = stage.players[CIO]
    cio.types("owners")
    cio.presses("Start with 22 usual areas")
    for area, owner in ACCOUNTABLE.items():
        cio.types(f"owners show {area}")
        cio.presses("Edit", None, accountable=owner)


def answer(stage: Stage) -> None:
    """Both, one tap an area, until nothing is left to ask."""
    for key, at in ((CIO, 0), (CISO, 1)):
        who = stage.players[key]
        while area := asked_about(stage, who):
            named = DIFFER[area][at] if area in DIFFER else NOBODY if area == UNOWNED else ACCOUNTABLE.get(area, "CIO")
            name(stage, who, "CIO" if at == 0 else "CISO", named)


def asked_about(stage: Stage, who: Player) -> str:
    """The area in their private question; empty where there is none."""
    title = stage.latest("ownership", who.account).card.title
    return title.removeprefix("Who is accountable for ").removesuffix("?") if title.endswith("?") else ""


def name(stage: Stage, who: Player, chair: str, named: str) -> None:
    """With the button that says so."""
    question = stage.latest("ownership", who.account)
    other = stage.players[CISO if chair == "CIO" else CIO].sitter.name
    if named in {"CIO", "CISO"}:
        who.presses("Me" if named == chair else other, question)
    elif named == NOBODY:
        who.presses(NOBODY, question)
    else:
        who.presses("Somebody else", question, named=named)
