"""How the year is played: letting time pass, and holding a sync on its live card. The story itself is in `docs.the_year`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from bot.cards import Paragraph
from tests.bot.diary import Diary, Writer
from tests.bot.room import HOME, Posted

ZURICH, NEW_YORK = "Europe/Zurich", "America/New_York"
DISCUSSED = "Discussed"


def on(month: int, day: int, at: str, year: int = 2031, zone: str = ZURICH) -> datetime:
    """A moment as the clocks of that place show it, in UTC."""
    return datetime.fromisoformat(f"{year}-{month:02}-{day:02}T{at}").replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


BEGINS = on(1, 3, "10:00")


@dataclass(frozen=True, slots=True)
class Form:
    """A button that opens a form, and what is filled in there."""

    label: str
    values: Mapping[str, Any]


Step: TypeAlias = str | Form
Steps: TypeAlias = Step | tuple[Step, ...]


@dataclass
class Year:
    """One touchpoint, its two principals, and who stands in for one of them."""

    diary: Diary = field(default_factory=lambda: Diary(now=BEGINS))

    def __post_init__(self) -> None:
        self.sam = self.diary.person("Sam", ZURICH)
        self.dana = self.diary.person("Dana", NEW_YORK)
        self.robin = self.diary.person("Robin", ZURICH)

    def at(self, month: int, day: int, at: str, year: int = 2031) -> None:
        """Let time pass until then, by the clocks of Zurich."""
        self.diary.until(on(month, day, at, year))

    def asked(self, who: Writer) -> Posted:
        """The last message that asked something of them in private."""
        return self.diary.latest("nudge", who.account)

    def key(self, who: Writer) -> Posted:
        """The last text that waits for their key."""
        return self.diary.latest("key", who.account)

    def hold(
        self,
        month: int,
        day: int,
        at: str = "15:30",
        *,
        year: int = 2031,
        by: Writer | None = None,
        points: Mapping[str, Steps] | None = None,
    ) -> None:
        """A sync: started on the card that calls both, then each point as `points` says, then closed."""
        driver = by or self.sam
        self.at(month, day, at, year)
        self.pass_minutes(1)
        driver.presses("Start", on=self.diary.latest("start"))
        self.go_through(driver, points or {})
        self.pass_minutes(1)
        driver.presses("Close", on=self.diary.latest("sync"))

    def go_through(self, driver: Writer, points: Mapping[str, Steps]) -> None:
        """Each point in the order of the card. Those who drive take turns."""
        other = self.sam if driver is self.dana else self.dana
        drivers = [driver, other]
        while title := self.talked_about():
            self.pass_minutes(4)
            for step in steps_of(title, points):
                self.does(drivers[0], step, title)
            drivers.reverse()

    def talked_about(self) -> str:
        """The point that stands on the live card; nothing once all are settled."""
        live = self.diary.latest("sync").card
        titles = (block.text for block in live.blocks if isinstance(block, Paragraph))
        return next(titles) if live.title.startswith("Sync in progress: ") else ""

    def does(self, who: Writer, step: Step, title: str) -> None:
        """One tap on the live card, and what it asks for."""
        label = step if isinstance(step, str) else step.label
        who.presses(label, on=self.diary.latest("sync"), about=title)
        if isinstance(step, Form):
            who.fills(place=HOME, **step.values)

    def pass_minutes(self, minutes: int) -> None:
        self.diary.until(self.diary.now + timedelta(minutes=minutes))


def steps_of(title: str, points: Mapping[str, Steps]) -> tuple[Step, ...]:
    """What becomes of a point: `points` is keyed by words of its title; all others are discussed."""
    steps = next((steps for words, steps in points.items() if words in title), DISCUSSED)
    return steps if isinstance(steps, tuple) else (steps,)
