"""How well the two work together, from the record alone: never from what anybody wrote to anybody.

rule
F1    every figure is counted from rows of the record, for one quarter of the year in the touchpoint's zone
F2    a figure that nothing is known about is not shown as zero: it is left out
F3    a pulse is shown when both answered, and to both at once; where one did not, what the other said is erased
F4    what is said of one chair alone is shown to the two alone, and never proposed as something to talk about
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal, TypeAlias

from sqlmodel import Field, SQLModel

PULSE = "How well do we two work together at the moment?"
BEST = 5
PULSE_LASTS = timedelta(days=14)

Unit: TypeAlias = Literal["%", "days", ""]
Change: TypeAlias = Literal["better", "worse", "same"]


class Measure(StrEnum):
    """What is counted, in the order in which it is shown."""

    CADENCE = "cadence"
    CIO_POINTS = "cio_points"
    CISO_POINTS = "ciso_points"
    PROMISES = "promises"
    JOINED = "joined"
    KEYS = "keys"
    RISK_AGE = "risk_age"
    DEFERRALS = "deferrals"
    OWNERS = "owners"


Reading: TypeAlias = Mapping[Measure, float]
"""What one quarter was like, as far as anything is known of it (F2)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a measure is called (at most 20 characters: what a chart takes), how it is counted, and when it is talked about.

    Beyond `norm` the `question` is proposed; a measure without one never is.
    """

    label: str
    unit: Unit
    more_is_better: bool
    counted: str
    norm: float | None = None
    question: str = ""


ABOUT: Mapping[Measure, About] = {
    Measure.CADENCE: About(
        label="Syncs held",
        unit="%",
        more_is_better=True,
        counted="Of the syncs that your cadence planned, those that somebody started. Holidays and pauses do not count.",
        norm=80,
        question="Do our syncs still fit both of us?",
    ),
    Measure.CIO_POINTS: About(
        label="Points from the CIO",
        unit="%",
        more_is_better=True,
        counted="Of the syncs held, those for which the CIO, or who stood in, raised a point before the start.",
    ),
    Measure.CISO_POINTS: About(
        label="Points from the CISO",
        unit="%",
        more_is_better=True,
        counted="Of the syncs held, those for which the CISO, or who stood in, raised a point before the start.",
    ),
    Measure.PROMISES: About(
        label="Promises kept",
        unit="%",
        more_is_better=True,
        counted="Of the promises that fell due, those that were done by their day. What was dropped does not count.",
        norm=80,
        question="Do we promise too much, or for too early a day?",
    ),
    Measure.JOINED: About(
        label="Security early",
        unit="%",
        more_is_better=True,
        counted="Of the projects that security joined, those that it joined at the idea or the design.",
        norm=50,
        question="How can security join our projects earlier?",
    ),
    Measure.KEYS: About(
        label="Time to decide",
        unit="days",
        more_is_better=False,
        counted="From recording a decision to its second key: of those agreed, the one in the middle.",
        norm=14,
        question="What keeps our decisions waiting for the second key?",
    ),
    Measure.RISK_AGE: About(
        label="Age of high risks",
        unit="days",
        more_is_better=False,
        counted="Of the open risks above the appetite at its end, how long ago they were raised, on average.",
        norm=90,
        question="What would bring our oldest high risks down?",
    ),
    Measure.DEFERRALS: About(
        label="Put off per sync",
        unit="",
        more_is_better=False,
        counted="Of the syncs closed, how many points went on to the next one, on average.",
        norm=2,
        question="Do we put too much on one agenda?",
    ),
    Measure.OWNERS: About(
        label="Owners unclear",
        unit="",
        more_is_better=False,
        counted="In the ownership checks closed, the areas for which you two named different owners.",
        norm=0,
        question="Who owns what we two see differently?",
    ),
}
OF_ONE_CHAIR = frozenset({Measure.CIO_POINTS, Measure.CISO_POINTS})


def figure(measure: Measure, value: float) -> float:
    """As precisely as it is shown: whole percents and counts above ten, else one digit behind the point."""
    return round(value) if ABOUT[measure].unit == "%" or value >= 10 else round(value, 1)


def in_words(measure: Measure, value: float | None) -> str:
    """`83 %`, `3.5 days`, `1.2`; a dash where nothing is known."""
    if value is None:
        return "–"
    unit = ABOUT[measure].unit
    said = f"{figure(measure, value):g}"
    return f"{said} {'day' if unit == 'days' and said == '1' else unit}".strip()


def change(measure: Measure, now: float, before: float) -> Change:
    """Told apart only as far as it is shown."""
    one, other = figure(measure, now), figure(measure, before)
    if one == other:
        return "same"
    return "better" if (one > other) is ABOUT[measure].more_is_better else "worse"


def change_in_words(measure: Measure, now: float | None, before: float | None) -> str:
    """`↑ better`, `↓ worse`: the arrow is the figure's, the word is what it means. Empty where one of them is not known."""
    if now is None or before is None:
        return ""
    how = change(measure, now, before)
    return "= same" if how == "same" else f"{'↑' if now > before else '↓'} {how}"


def compared(now: Reading, before: Reading) -> dict[Measure, Change]:
    """Whatever is known of both."""
    return {one: change(one, now[one], before[one]) for one in Measure if one in now and one in before}


def headline(changes: Mapping[Measure, Change]) -> str:
    """All of it in one line."""
    if not changes:
        return "How we work together"
    better, same = (sum(one == how for one in changes.values()) for how in ("better", "same"))
    if same == len(changes):
        return "The same as last quarter"
    return f"Better than last quarter in {better} of {len(changes)}"


def beyond(measure: Measure, value: float) -> float:
    """How far it is beyond its norm, as a part of that; 0 where it is within, or has none."""
    about = ABOUT[measure]
    if about.norm is None:
        return 0
    over = about.norm - value if about.more_is_better else value - about.norm
    return max(0, over / max(about.norm, 1))


def to_talk_about(now: Reading) -> Measure | None:
    """What is furthest beyond its norm, if anything is; of two that are as far, the one that is shown first."""
    furthest = max((one for one in Measure if one in now), key=lambda one: beyond(one, now[one]), default=None)
    return furthest if furthest and beyond(furthest, now[furthest]) > 0 else None


class PulseFields(SQLModel):
    """One question to both; the scores (1 to 5) stand here once both answered (F3)."""

    question: str = Field(default=PULSE)
    asked_at: datetime
    closed_at: datetime | None = Field(default=None)
    cio_score: int | None = Field(default=None)
    ciso_score: int | None = Field(default=None)


class PulseAnswerFields(SQLModel):
    """What was said from one chair, until the pulse is closed."""

    score: int | None = Field(default=None)
    answered_at: datetime | None = Field(default=None)
