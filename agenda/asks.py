"""An ask: what a measure costs, which risks it reduces and by how much, and what became of it.

rule  from              on                                        to
S1    –                 somebody asks                             open
S2    open              a decision about it is recorded           proposed
S3    proposed          both keys agree                           funded
S4    proposed          the decision is rejected                  declined
S5    proposed          the decision is withdrawn                 open
S6    funded, spent     what was spent is written down            spent, with a day on which it is checked
S7    spent             what happened is written down             checked
S8    open, declined    it is not wanted any more, with reason    withdrawn
S9    declined          it is asked again, with other numbers     open
S10   funded            a decision withdraws the one about it     open
S11   funded            another decision replaces the one         funded, by that one

Its numbers change only while it is open or declined (S9): a proposed decision quotes them, and a funded one was agreed on them.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from hashlib import sha256

from sqlalchemy import BigInteger
from sqlmodel import Field, SQLModel

from agenda.actions import day_text
from agenda.columns import stored
from agenda.decisions import DecisionState
from agenda.errors import BadInput, NotNow
from agenda.items import TITLE_LIMIT
from agenda.lexicon import quoted
from agenda.simulation import FORMULA, MOST_OFTEN, YEARS, Exposure, Loss
from agenda.themes import Theme

CHECKED_AFTER = timedelta(days=365)
LONGEST_WAIT = timedelta(days=3660)
OFTEN_MEND = "Write it like 2, 0.25 or once in 4 years."
NUMBER = r"\d{1,6}(?:[.,]\d{1,6})?"
A_YEAR = re.compile(
    rf"(?P<times>{NUMBER}|once|twice)\s*(?:x|times?)?(?:\s*(?:a|per|each|every|in a|/)\s*(?:years?|y))?"
)
IN_YEARS = re.compile(
    rf"(?:(?P<times>{NUMBER}|once|twice)\s*(?:x|times?)?\s*)?(?:in|every|/)\s*(?P<years>{NUMBER})\s*(?:years?|y)?"
)
RATES = {"never": 0.0, "yearly": 1.0, "quarterly": 4.0, "monthly": 12.0, "weekly": 52.0, "daily": 365.0}
TIMES = {"once": 1.0, "twice": 2.0}
NAMES = {times: name for name, times in TIMES.items()}
ONE_IN_FIVE = 0.2  # What is rarer is said as once in so many years, and else in one of these numbers of years.
SPANS = (2, 3, 4, 5, 10, 20)


class AskState(StrEnum):
    """The table above."""

    OPEN = "open"
    PROPOSED = "proposed"
    FUNDED = "funded"
    DECLINED = "declined"
    SPENT = "spent"
    CHECKED = "checked"
    WITHDRAWN = "withdrawn"


STANDING = (AskState.OPEN, AskState.PROPOSED, AskState.FUNDED, AskState.SPENT)
CHANGEABLE = (AskState.OPEN, AskState.DECLINED)
FOLLOWS: Mapping[tuple[AskState, DecisionState], AskState] = {
    (AskState.OPEN, DecisionState.PROPOSED): AskState.PROPOSED,
    (AskState.OPEN, DecisionState.AGREED): AskState.FUNDED,
    (AskState.PROPOSED, DecisionState.AGREED): AskState.FUNDED,
    (AskState.PROPOSED, DecisionState.REJECTED): AskState.DECLINED,
    (AskState.PROPOSED, DecisionState.WITHDRAWN): AskState.OPEN,
    (AskState.FUNDED, DecisionState.WITHDRAWN): AskState.OPEN,
}
"""S2 to S5, S10: what an ask becomes when the decision about it becomes that. One that is paid stays paid."""


class AskFields(SQLModel):
    """Amounts are whole units of the organization's currency. `one_off` is paid once, `yearly` every year.

    `spent` is what was really spent by `spent_on`; on `check_on` it is looked at what came of it, which `found` says in words.
    """

    title: str = Field(max_length=TITLE_LIMIT)
    detail: str = Field(default="")
    theme: Theme = Field(default=Theme.INVESTMENT, sa_type=stored(Theme))
    owner: str = Field(default="", max_length=TITLE_LIMIT)
    one_off: int = Field(default=0, sa_type=BigInteger)
    yearly: int = Field(default=0, sa_type=BigInteger)
    state: AskState = Field(default=AskState.OPEN, sa_type=stored(AskState))
    asked_at: datetime
    source_link: str | None = Field(default=None)
    spent: int | None = Field(default=None, sa_type=BigInteger)
    spent_on: date | None = Field(default=None)
    check_on: date | None = Field(default=None)
    checked_at: datetime | None = Field(default=None)
    found: str = Field(default="")
    settled_at: datetime | None = Field(default=None)
    because: str = Field(default="")

    @property
    def first_year(self) -> int:
        """What it costs until a year from its beginning."""
        return self.one_off + self.yearly

    def require_changeable(self) -> None:
        """Raises `NotNow` where its numbers stand in a decision, or it is over."""
        if self.state in CHANGEABLE:
            return
        mend = "Withdraw that decision first." if self.state is AskState.PROPOSED else "Ask anew: “ask add”."
        about = "in a decision that waits for its keys" if self.state is AskState.PROPOSED else self.state.value
        raise NotNow(f"This ask is {about}, so its numbers stay as they are.", mend)

    def ask_again(self) -> None:
        """S9. Raises `NotNow` unless it may be changed."""
        self.require_changeable()
        self.state, self.settled_at = AskState.OPEN, None

    def follow(self, decision: DecisionState, now: datetime) -> bool:
        """S2 to S5, S10. True if it is another state now."""
        before, self.state = self.state, FOLLOWS.get((self.state, decision), self.state)
        self.settled_at = now if self.state is AskState.DECLINED else None
        return self.state is not before

    def spend(self, spent: int, on: date, check_on: date) -> None:
        """S6, and again to put it right. Raises `NotNow` unless it is funded."""
        if self.state not in (AskState.FUNDED, AskState.SPENT):
            raise NotNow(f"This ask is {self.state.value}, not funded.", "Money is spent once both keys are turned.")
        self.state, self.spent, self.spent_on, self.check_on = AskState.SPENT, spent, on, check_on

    def check(self, found: str, now: datetime) -> None:
        """S7. Raises `NotNow` unless it is spent."""
        self.require_spent()
        self.state, self.found, self.checked_at = AskState.CHECKED, found, now

    def require_spent(self) -> None:
        """Raises `NotNow` before anything was spent, and once it was checked."""
        if self.state is not AskState.SPENT:
            raise NotNow(f"This ask is {self.state.value}.", "It is checked once what was spent is written down.")

    def withdraw(self, because: str, now: datetime) -> None:
        """S8. Raises `NotNow` while a decision stands about it, and once it is over."""
        self.require_changeable()
        self.state, self.because, self.settled_at = AskState.WITHDRAWN, because, now


class ExposureFields(SQLModel):
    """What one risk costs, today and `_after`: so `often` a year, and from `least` to `most` each time (90 % range).
    Zeros until somebody said it.

    At the check: it `happened` so often since, and `lost` so much in all.
    """

    often: float = Field(default=0.0)
    least: int = Field(default=0, sa_type=BigInteger)
    most: int = Field(default=0, sa_type=BigInteger)
    often_after: float = Field(default=0.0)
    least_after: int = Field(default=0, sa_type=BigInteger)
    most_after: int = Field(default=0, sa_type=BigInteger)
    happened: int | None = Field(default=None)
    lost: int | None = Field(default=None, sa_type=BigInteger)

    @property
    def is_said(self) -> bool:
        """Did anybody say its numbers? A risk that never happens today needs no ask."""
        return self.often > 0

    @property
    def values(self) -> tuple[float, int, int, float, int, int]:
        """Its six numbers."""
        return (self.often, self.least, self.most, self.often_after, self.least_after, self.most_after)

    @property
    def losses(self) -> Exposure:
        """As `agenda.simulation` takes it."""
        today = Loss(self.often, self.least, self.most)
        return Exposure(today, Loss(self.often_after, self.least_after, self.most_after))


class AppraisalFields(SQLModel):
    """What was counted, when, and how, so that it can be counted again.

    `result` is JSON, `inputs` the hash of what it was counted from.
    """

    at: datetime
    formula: str = Field(max_length=20)
    seed: int = Field(sa_type=BigInteger)
    years: int
    inputs: str = Field(max_length=64)
    result: str


def inputs_of(ask: AskFields, exposures: Sequence[ExposureFields]) -> str:
    """The hash of all that a result comes from: another one wherever a number, the formula or the years are others."""
    said = repr((FORMULA, YEARS, ask.one_off, ask.yearly, [one.values for one in exposures]))
    return sha256(said.encode()).hexdigest()


def often_in(typed: str) -> float:
    """So often a year: 2 of `2` or `twice a year`, 0.25 of `0.25`, `1/4` or `once in 4 years`, 12 of `monthly`.

    Raises `BadInput`.
    """
    said = " ".join(typed.casefold().split())
    if not said:
        raise BadInput("How often a year is missing.", OFTEN_MEND)
    if said in RATES:
        return RATES[said]
    match = A_YEAR.fullmatch(said) or IN_YEARS.fullmatch(said)
    years = number_in(match.groupdict().get("years") or "1") if match else 0.0
    if match is None or not years:
        raise BadInput(f"I cannot read {quoted(typed)} as how often a year.", OFTEN_MEND)
    often = number_in(match["times"] or "1") / years
    if often > MOST_OFTEN:
        raise BadInput(f"At most {MOST_OFTEN} times a year.", "Count only those that cost something.")
    return round(often, 6)  # So that a form shows it whole, and reads it back as it was.


def number_in(said: str) -> float:
    """`once`, `2`, `0,25`."""
    return TIMES[said] if said in TIMES else float(said.replace(",", "."))


def in_often(often: float) -> str:
    """`never`, `once in 4 years`, `7 times in 10 years`, `twice a year`: no more exact than it was meant."""
    if often >= 1:
        return f"{times(round(often, 0 if often >= 10 else 1))} a year"
    if not often:
        return "never"
    if often < ONE_IN_FIVE:
        return f"once in {round(1 / often)} years"
    years = next((one for one in SPANS if abs(often * one - round(often * one)) < 0.02 * often * one), SPANS[-1])
    return f"{times(round(often * years))} in {years} years"


def times(number: float) -> str:
    """`once`, `twice`, `1.5 times`."""
    return NAMES.get(number, f"{number:g} times")


def rate(often: float) -> str:
    """`0.25`: what a form holds."""
    return f"{often:.6f}".rstrip("0").rstrip(".")


def wrong_check(spent_on: date, check_on: date, today: date) -> dict[str, str]:
    """What is wrong with the two days, by its field."""
    if spent_on > today:
        return {"spent_on": "That day is ahead. Write it down once it is spent."}
    if spent_on < today - LONGEST_WAIT:
        return {"spent_on": "That is more than ten years ago."}
    if check_on <= max(spent_on, today):
        return {"check_on": "Choose a day that is ahead."}
    if check_on > today + LONGEST_WAIT:
        return {"check_on": f"At most ten years ahead, until {day_text(today + LONGEST_WAIT, today)}."}
    return {}
