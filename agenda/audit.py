"""One link of an organization's tamper-evident log: each hash covers the one before it. And the fingerprint of one row."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from hashlib import sha256
from json.encoder import encode_basestring_ascii as quoted

from agenda.errors import BadInput

GENESIS = "0" * 64
WRITTEN_HEAD = re.compile(r"(\d+):([0-9a-f]{8,64})")


@dataclass(frozen=True, slots=True)
class Head:
    """The last link of a chain at some moment. Written down where nobody can change it, it proves the chain up to there."""

    number: int = 0
    hash: str = GENESIS

    def __str__(self) -> str:
        return f"{self.number}:{self.hash}"

    @classmethod
    def read(cls, written: str) -> "Head":
        """`1234:9f3c2b7a…`, of whose hash the first 8 characters will do. Raises `BadInput`."""
        match = WRITTEN_HEAD.fullmatch(written.strip().lower().replace(",", ""))
        if match is None:
            raise BadInput(
                f"“{written}” is no head of an audit log.", "Write its number, a colon and its hash: 1234:9f3c2b7a…"
            )
        return cls(int(match[1]), match[2])


def canonical(facts: Mapping[str, object]) -> str:
    """Canonical JSON: sorted keys, no spaces, ASCII; the same facts are always the same bytes."""
    return json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=True, default=str)


def link_body(*, number: int, at: str, actor: str, event: str, facts: str, prev_hash: str) -> str:
    """What the hash of event `number` covers: `canonical` of these, five times as fast. `facts` is canonical JSON already."""
    return (
        f'{{"actor":{quoted(actor)},"at":{quoted(at)},"event":{quoted(event)},"facts":{quoted(facts)},'
        f'"number":{number},"prev":{quoted(prev_hash)}}}'
    )


def link_hash(*, prev_hash: str, number: int, at: datetime, actor: str, event: str, facts: str) -> str:
    """The hash of event `number`, whose moment is written in UTC."""
    moment = at.astimezone(UTC).isoformat()
    body = link_body(number=number, at=moment, actor=actor, event=event, facts=facts, prev_hash=prev_hash)
    return sha256(body.encode()).hexdigest()


def fingerprint(fields: Mapping[str, object]) -> str:
    """SHA-256 of a row's canonical JSON: moments, days and times as ISO 8601 writes them, moments in UTC.

    A field that says nothing (null, or no text) is left out, so a column that is added later changes no fingerprint.
    """
    said = {name: value for name, value in fields.items() if value is not None and value != ""}
    written = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=True, default=_iso)
    return sha256(written.encode()).hexdigest()


def _iso(value: object) -> str:
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    raise TypeError(f"a row cannot be sealed that holds a {type(value).__name__}")
