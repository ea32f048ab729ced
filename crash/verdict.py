"""What became of it all: the outbox held against what stands on the platform. Values in, values out."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """A row of the outbox at the end. `revision` counts the changes that its message was to show."""

    id: int
    state: str
    message: str | None
    revision: int
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A message on the platform: part `part` of `parts` of a delivery, or of none that it names."""

    delivery: int | None
    part: int
    parts: int
    at: str
    text: str


@dataclass(slots=True, kw_only=True)
class Verdict:
    """Ids of deliveries. A message is lost if it is wholly or partly missing and nobody will send it; doubled if any part of
    it stands twice; stale if it does not show the last change. One that is `waiting` stands, and its redraw is still owed."""

    owed: int = 0
    sent: int = 0
    unknown: int = 0
    unknown_but_delivered: int = 0
    unknown_in_part: int = 0
    waiting: list[int] = field(default_factory=list)
    lost: list[int] = field(default_factory=list)
    doubled: list[int] = field(default_factory=list)
    stale: list[int] = field(default_factory=list)
    unaccounted: list[str] = field(default_factory=list)
    given_up: dict[str, int] = field(default_factory=dict)

    @property
    def unknown_undelivered(self) -> int:
        return self.unknown - self.unknown_but_delivered - self.unknown_in_part

    @property
    def good(self) -> bool:
        return not (self.lost or self.doubled or self.stale or self.unaccounted)


def judge(owed: Sequence[Owed], standing: Sequence[Standing], *, last_change: Mapping[int, str]) -> Verdict:
    """`last_change` is what each message must say to be up to date, where that is known."""
    by_delivery: dict[int, list[Standing]] = defaultdict(list)
    verdict = Verdict(owed=len(owed))
    known = {row.id for row in owed}
    for message in standing:
        if message.delivery in known:
            by_delivery[message.delivery].append(message)  # type: ignore[index]  # None is not known
        else:
            verdict.unaccounted.append(message.at)
    for row in owed:
        judge_one(verdict, row, by_delivery[row.id], last_change.get(row.id, ""))
    return verdict


def judge_one(verdict: Verdict, row: Owed, messages: Sequence[Standing], says: str) -> None:
    times = Counter(message.part for message in messages)
    whole = bool(messages) and set(times) == set(range(messages[0].parts))
    if any(number > 1 for number in times.values()):
        verdict.doubled.append(row.id)
    match row.state:
        case "sent":
            verdict.sent += 1
            first = min(messages, key=lambda message: message.part, default=None)
            if not whole or first is None or first.at != row.message:
                verdict.lost.append(row.id)
            elif says not in first.text:
                verdict.stale.append(row.id)
        case "due" if row.message:
            verdict.waiting.append(row.id)
        case "unknown":
            verdict.unknown += 1
            verdict.unknown_but_delivered += whole
            verdict.unknown_in_part += bool(messages) and not whole
        case _:
            verdict.lost.append(row.id)
            why = f"{row.state}: {row.reason}"
            verdict.given_up[why] = verdict.given_up.get(why, 0) + 1
