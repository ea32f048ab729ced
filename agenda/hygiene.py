"""Cyber hygiene, led by example: once a quarter both principals say in private what they did themselves.

rule
H1    voluntary: nobody has to answer, and nothing is said of who did not
H2    mutual: what one of them did is told to nobody, not to the other one either, before both have answered and both consent
H3    together: once both consent, either may post the message where colleagues read; it says what both did, and only that
H4    counts only: colleagues press `Done too`; who pressed is never kept in a way that could be read back
"""

from datetime import datetime

from sqlmodel import Field, SQLModel

HABITS = (
    "I sign in with a passkey or a security key",
    "My passwords are in a password manager",
    "I did this quarter's security training",
    "I reported a suspicious message",
    "My laptop and phone have every update",
)
HABIT_LIMIT = 120
MOST_HABITS = 8


class RoundFields(SQLModel):
    """One quarter's round; `quarter` is like `2031-Q2`, `habits` what is asked, a line each."""

    quarter: str = Field(max_length=7)
    habits: str
    asked_at: datetime
    closed_at: datetime | None = Field(default=None)
    agreed_at: datetime | None = Field(default=None)


class HygieneAnswerFields(SQLModel):
    """What was said from one chair, for that person alone: `done` are places in the round's habits, from 0, with commas between."""

    done: str = Field(default="", max_length=40)
    answered_at: datetime | None = Field(default=None)
    consents: bool | None = Field(default=None)


class HygienePostFields(SQLModel):
    """One message to colleagues, in one conversation; `joined` is how many pressed `Done too`.

    `salt` makes the marks of those who pressed, and is erased with them on `until`.
    """

    conversation: str = Field(max_length=400)
    posted_at: datetime
    until: datetime
    salt: str = Field(default="", max_length=64)
    joined: int = 0
