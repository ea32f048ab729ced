"""One link of an organization's tamper-evident log: each hash covers the one before it."""

import json
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256

GENESIS = "0" * 64


def canonical(facts: Mapping[str, object]) -> str:
    """Canonical JSON: sorted keys, no spaces, ASCII; the same facts are always the same bytes."""
    return json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=True, default=str)


def link_hash(*, prev_hash: str, number: int, at: datetime, actor: str, event: str, facts: str) -> str:
    """The hash of event `number`; `facts` is canonical JSON already."""
    body = {"at": at.isoformat(), "actor": actor, "event": event, "facts": facts, "number": number, "prev": prev_hash}
    return sha256(canonical(body).encode()).hexdigest()
