"""What changed between two versions of a text, in few words: for whoever knew the one and must judge the other."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import takewhile

AROUND = 24  # characters that stand unchanged beside a change, so that it can be placed
LIMITS = (300, 160, 80, 40, 16)


@dataclass(frozen=True, slots=True)
class Change:
    """One part of the text, before and after."""

    label: str
    before: str
    after: str

    @property
    def words(self) -> str:
        """`Robin → Kim`; what was or is empty says so."""
        return f"{self.before or '(empty)'} → {self.after or '(empty)'}"


def changes(before: Mapping[str, str], after: Mapping[str, str]) -> list[Change]:
    """The parts that are not the same, in order; what many words have in common is left out, and marked."""
    return [
        Change(label, *around_the_change(before.get(label, ""), after[label]))
        for label in after
        if before.get(label, "") != after[label]
    ]


def around_the_change(before: str, after: str) -> tuple[str, str]:
    """Both, without most of what they begin and end with alike."""
    head = alike(before, after)
    tail = min(alike(before[::-1], after[::-1]), len(before) - head, len(after) - head)
    first, last = max(0, head - AROUND), max(0, tail - AROUND)
    return tuple(  # type: ignore[return-value]  # two went in
        f"{'…' if first else ''}{text[first : len(text) - last]}{'…' if last else ''}" for text in (before, after)
    )


def alike(one: str, other: str) -> int:
    """With how many characters both begin."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def packed(found: list[Change], limit: int) -> str:
    """As a text of at most so many characters, each side as long as there is room for."""
    for most in LIMITS:
        text = json.dumps(
            [[one.label, cut(one.before, most), cut(one.after, most)] for one in found], ensure_ascii=False
        )
        if len(text) <= limit:
            return text
    return json.dumps([[one.label, "…", "…"] for one in found], ensure_ascii=False)


def unpacked(text: str) -> list[Change]:
    """And back."""
    return [Change(*one) for one in json.loads(text or "[]")]


def cut(text: str, limit: int) -> str:
    """The beginning, marked where it goes on."""
    return text if len(text) <= limit else text[: limit - 1] + "…"
