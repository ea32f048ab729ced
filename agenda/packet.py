"""The agenda that builds itself: what a sync is about, in the order in which it should be talked about."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from agenda.decisions import DecisionFields
from agenda.items import ItemFields, Outcome
from agenda.risks import RiskFields
from agenda.themes import Theme

A = TypeVar("A", bound=ItemFields)
R = TypeVar("R", bound=RiskFields)
D = TypeVar("D", bound=DecisionFields)


@dataclass(frozen=True, slots=True, kw_only=True)
class Packet(Generic[A, R, D]):
    """Items by theme, carried-over ones first in each; open risks by level; decisions that wait for a key, oldest first."""

    items: tuple[tuple[Theme, tuple[A, ...]], ...]
    risks: tuple[R, ...]
    decisions: tuple[D, ...]


def build(items: Iterable[A], risks: Iterable[R], decisions: Iterable[D]) -> Packet[A, R, D]:
    """What is not dropped, in the order above."""
    standing = [item for item in items if item.outcome is not Outcome.DROPPED]
    return Packet(
        items=tuple((theme, ordered) for theme in Theme if (ordered := in_order(standing, theme))),
        risks=tuple(sorted(risks, key=lambda risk: (-risk.level, risk.raised_at))),
        decisions=tuple(sorted(decisions, key=lambda decision: decision.recorded_at)),
    )


def in_order(items: Sequence[A], theme: Theme) -> tuple[A, ...]:
    """Those of one theme: the most often deferred first, then as they were raised."""
    ours = [item for item in items if item.theme is theme]
    return tuple(sorted(ours, key=lambda item: (-item.deferrals, item.raised_at)))
