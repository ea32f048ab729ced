"""Cyber hygiene, led by example: once a quarter both principals say in private what they did themselves.

A round
    from      on                                                        to
    –         the quarter begins, or somebody wants to answer           open
    open      both answered, both consent, and they have a habit in     agreed: both are told
              common
    agreed    one of them takes it back, or leaves the chair            open
    agreed    one of them posts it to colleagues                        told: what each of them said is erased
    any       the quarter is over                                       closed: the same

rule
H1    voluntary: nobody has to answer, and nothing is said of who did not
H2    mutual: what one of them did is told to nobody, not to the other one either, before both have answered and both consent
H3    together: once both consent, either may post the message where colleagues read; it says what both did, and only that
H4    counts only: colleagues press `Done too`; who pressed is never kept in a way that could be read back
H5    no round begins by itself in the last two weeks of a quarter
"""

import hmac
from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta

from sqlmodel import Field, SQLModel

from agenda.quarters import Quarter

HABITS = (
    "I sign in with a passkey or a security key",
    "My passwords are in a password manager",
    "I did this quarter's security training",
    "I reported a suspicious message",
    "My laptop and phone have every update",
)
HABIT_LIMIT = 120
MOST_HABITS = 8
MOST_POSTS = 5  # a round: it is an invitation and no campaign
TOLD_FOR = timedelta(days=30)
TOO_LATE = timedelta(days=14)


class RoundFields(SQLModel):
    """One quarter's round; `quarter` is like `2031-Q2`, `habits` what is asked, a line each.

    `told` are those that both did, a line each, from the moment on that colleagues read them. Whether the two are agreed is not
    stored: the audit log would say for ever who took it back.
    """

    quarter: str = Field(max_length=7)
    habits: str
    asked_at: datetime
    closed_at: datetime | None = Field(default=None)
    told: str = Field(default="")

    @property
    def asked(self) -> list[str]:
        """The habits, in order."""
        return self.habits.splitlines()


class HygieneAnswerFields(SQLModel):
    """What was said from one chair, for that person alone.

    `done` are places in the round's habits, from 0, with commas between.
    """

    done: str = Field(default="", max_length=40)
    answered_at: datetime | None = Field(default=None)
    consents: bool | None = Field(default=None)

    @property
    def places(self) -> set[int]:
        """What was done."""
        return {int(place) for place in self.done.split(",") if place}


class HygienePostFields(SQLModel):
    """One message to colleagues, in one conversation that people call `place`; a draft until `posted_at`.

    `joined` is how many pressed `Done too`. `salt` makes the marks of those who pressed, and is erased with them on `until`.
    """

    conversation: str = Field(max_length=400)
    place: str = Field(default="", max_length=200)
    posted_at: datetime | None = Field(default=None)
    until: datetime | None = Field(default=None)
    salt: str = Field(default="", max_length=64)
    joined: int = 0

    def counts(self, now: datetime) -> bool:
        """May colleagues press `Done too`?"""
        return bool(self.salt) and self.until is not None and now < self.until


def written(places: Collection[int]) -> str:
    """As an answer keeps them."""
    return ",".join(str(place) for place in sorted(places))


def both_did(habits: Sequence[str], *answers: HygieneAnswerFields) -> list[str]:
    """H2: the habits that all of these ticked; none unless there are two, and both consent."""
    if len(answers) < 2 or not all(one.consents for one in answers):
        return []
    common = set.intersection(*(one.places for one in answers))
    return [habit for place, habit in enumerate(habits) if place in common]


def begins_by_itself(day: date) -> bool:
    """H5."""
    return Quarter.of(day + TOO_LATE) == Quarter.of(day)


def habits_in(typed: str) -> list[str]:
    """Habits as they are typed: a line each, each once."""
    return list(dict.fromkeys(" ".join(line.split()) for line in typed.splitlines() if line.strip()))


def wrong_habits(habits: Sequence[str]) -> str:
    """What is wrong with a list of habits; empty if nothing is."""
    if len(habits) > MOST_HABITS:
        return f"At most {MOST_HABITS} habits; this is {len(habits)}."
    if too_long := next((habit for habit in habits if len(habit) > HABIT_LIMIT), ""):
        return f"At most {HABIT_LIMIT} characters each: “{too_long[:40]}…” has {len(too_long)}."
    return ""


def mark_of(salt: str, person_id: int) -> str:
    """H4: tells whether the same person presses again, and nothing else once its salt is gone."""
    return hmac.new(salt.encode(), str(person_id).encode(), "sha256").hexdigest()
