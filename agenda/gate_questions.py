"""What an initiative is asked at each gate, until a touchpoint writes questions of its own; and how a list of them is read.

Few, and such as whoever sponsors a project can answer. The first is the one that must not be left out: a higher tier asks
more of them.
"""

from collections.abc import Mapping
from typing import Final

from agenda.errors import BadInput
from agenda.initiatives import MOST_QUESTIONS, QUESTION_LIMIT, GateKind, Tier

QUESTIONS: Final[Mapping[GateKind, tuple[str, ...]]] = {
    GateKind.IDEA: (
        "What is the worst that could happen if it fails, leaks or is misused?",
        "Which data of customers or staff will it touch?",
        "Which law, contract or audit has a say in it?",
    ),
    GateKind.DESIGN: (
        "Which data does it hold, and who may see it?",
        "How do people sign in, and how do they lose access when they leave?",
        "Which suppliers and other systems does it lean on?",
        "How do we work on a day when it is down?",
    ),
    GateKind.BUILD: (
        "Who looks for weak spots in it, and by when?",
        "How do fixes get in, and how fast?",
        "Which weak spots are known, and who closes them?",
    ),
    GateKind.LAUNCH: (
        "Which known weak spots do we go live with, and who accepted that?",
        "Who is called when something looks wrong?",
        "Was the way back tried: switch off, restore, start again?",
        "Who watches it from the first day on?",
    ),
    GateKind.AFTER: (
        "What did we not see coming?",
        "Who looks after it now, and who pays for its upkeep?",
        "Are the project's own accounts and accesses closed?",
    ),
}
MORE: Final[Mapping[Tier, int]] = {Tier.LOW: 0, Tier.MEDIUM: 1, Tier.HIGH: 2}
TWO_AT_LEAST = frozenset({GateKind.DESIGN, GateKind.LAUNCH})


def starter_set(tier: Tier, kind: GateKind) -> tuple[str, ...]:
    """One or two for a low tier, two or three for a medium one, three or four for a high one."""
    return QUESTIONS[kind][: 1 + MORE[tier] + (kind in TWO_AT_LEAST)]


def questions_in(text: str) -> list[str]:
    """A line each, each once. Raises `BadInput` for too many, and for one that is too long."""
    lines = list(dict.fromkeys(" ".join(line.split()) for line in text.splitlines() if line.strip()))
    if len(lines) > MOST_QUESTIONS:
        raise BadInput(f"At most {MOST_QUESTIONS} questions a gate; these are {len(lines)}.", "Keep those that matter.")
    for line in lines:
        if len(line) > QUESTION_LIMIT:
            raise BadInput(
                f"“{line[:40]}…” is {len(line)} characters; at most {QUESTION_LIMIT} are taken.", "Make it shorter."
            )
    return lines
