"""The heads of the audit logs, in a file that only grows: with a copy of it nobody can shorten a log or write it anew unseen.

A line is one head as JSON: `{"at", "organization", "number", "hash"}`, `at` in UTC. What was kept is remembered while the
process runs; after a restart, and by another replica, a head may be written again: it says nothing new and does no harm.
"""

import json
import os
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine

from agenda.audit import Head
from agenda.errors import BadInput
from storage import verify


class Heads:
    """Keeps the head of every organization whose log went on since it was kept last."""

    def __init__(self, engine: Engine, file: Path) -> None:
        self.engine = engine
        self.file = file
        self._kept: dict[int, Head] = {}

    def keep(self, now: datetime) -> None:
        """On the disk when it returns. Raises `OSError`; what could not be written is written the next time."""
        now_are = verify.heads(self.engine)
        moved = {whose: head for whose, head in now_are.items() if self._kept.get(whose) != head}
        if moved:
            write(self.file, lines(moved, now))
            self._kept |= moved


def lines(heads: Mapping[int, Head], now: datetime) -> list[str]:
    """One for each organization."""
    at = now.astimezone(UTC).isoformat(timespec="seconds")
    return [
        json.dumps({"at": at, "organization": whose, "number": head.number, "hash": head.hash})
        for whose, head in heads.items()
    ]


def write(file: Path, said: Iterable[str]) -> None:
    """At its end, in one piece: several replicas may write to one file."""
    opened = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(opened, "".join(f"{line}\n" for line in said).encode())
        os.fsync(opened)
    finally:
        os.close(opened)


def read(file: Path) -> dict[int, list[Head]]:
    """What was kept of each organization. Raises `BadInput` for a line that is no head, `OSError`."""
    found: dict[int, list[Head]] = defaultdict(list)
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        try:
            said = json.loads(line)
            found[int(said["organization"])].append(Head.read(f"{said['number']}:{said['hash']}"))
        except (ValueError, LookupError, TypeError, BadInput):
            mend = "Is it the right file? A line that a power cut left unfinished can be taken out."
            raise BadInput(f"Line {number} of {file} is no head.", mend) from None
    return found
