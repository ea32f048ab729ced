"""What `touchpoint doctor` writes: one line for each thing that it looked at."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

Level: TypeAlias = Literal["ok", "warn", "fail"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One line of the report. `mend` says what to do, where something is to be done."""

    level: Level
    about: str
    found: str
    mend: str = ""


def ok(about: str, found: str) -> Finding:
    return Finding(level="ok", about=about, found=found)


def warn(about: str, found: str, mend: str) -> Finding:
    return Finding(level="warn", about=about, found=found, mend=mend)


def fail(about: str, found: str, mend: str) -> Finding:
    return Finding(level="fail", about=about, found=found, mend=mend)
