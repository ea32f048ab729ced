"""An ask: what a measure costs, which risks it reduces and by how much, and what became of it.

rule  from              on                                        to
S1    –                 somebody asks                             open
S2    open              a decision about it is recorded           proposed
S3    proposed          both keys agree                           funded
S4    proposed          the decision is rejected                  declined
S5    proposed          the decision is withdrawn                 open
S6    funded            what was spent is written down            spent, with a day on which it is checked
S7    spent             what happened is written down             checked
S8    open, declined    it is not wanted any more, with reason    withdrawn
S9    declined          it is asked again, with other numbers     open
"""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import BigInteger
from sqlmodel import Field, SQLModel

from agenda.columns import stored
from agenda.items import TITLE_LIMIT
from agenda.themes import Theme


class AskState(StrEnum):
    """The table above."""

    OPEN = "open"
    PROPOSED = "proposed"
    FUNDED = "funded"
    DECLINED = "declined"
    SPENT = "spent"
    CHECKED = "checked"
    WITHDRAWN = "withdrawn"


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


class ExposureFields(SQLModel):
    """What one risk costs, today and `_after`: so `often` a year, and from `least` to `most` each time (90 % range).

    At the check: it `happened` so often since, and `lost` so much in all.
    """

    often: float
    least: int = Field(sa_type=BigInteger)
    most: int = Field(sa_type=BigInteger)
    often_after: float
    least_after: int = Field(sa_type=BigInteger)
    most_after: int = Field(sa_type=BigInteger)
    happened: int | None = Field(default=None)
    lost: int | None = Field(default=None, sa_type=BigInteger)


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
