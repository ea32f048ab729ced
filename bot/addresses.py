"""The address of one thing in the record, to be pasted anywhere: `https://…/open/4f1c2a9d07/D-12`.

It tells nothing but that number: not whose it is, not what it says. The page behind it (`adapters.pages`) is the same for every
address, whether there is such a thing or not. What stands before the number is the organization's own and never changes, so
that on an installation of several the address of one's D-12 leads to nobody else's.
"""

import re
from hashlib import sha256
from typing import Final
from urllib.parse import urlsplit

from bot.cards import Button
from bot.turns import Turn
from storage.people import Organization
from storage.unit_of_work import Record

TAG: Final = r"[0-9a-f]{10}"
REF: Final = r"[A-Z]-[0-9]{1,9}"
_NAMED: Final = re.compile(rf"({TAG})/({REF})", re.ASCII)


def path(tag: str, ref: str) -> str:
    """Where its page is."""
    return f"/open/{tag}/{ref}"


def is_ref(typed: str) -> bool:
    """Can it be the number of something?"""
    return re.fullmatch(REF, typed, re.ASCII) is not None


def name_of(record: Record, ref: str) -> str:
    """`4f1c2a9d07/D-12`: which one is meant, on this whole installation."""
    return f"{_tag(record)}/{ref}"


def copy_button(turn: Turn, ref: str) -> list[Button]:
    """On a private card, where our pages can be reached: the way to its address."""
    return [Button(action="record.link", label="Copy link", value=ref, rare=True)] if turn.public_url else []


def address(record: Record, ref: str, public_url: str) -> str:
    """What people paste."""
    return public_url + path(_tag(record), ref)


def named(record: Record, name: str) -> str:
    """`D-12`, if the name means one of this organization; it came from a client."""
    found = _NAMED.fullmatch(name)
    return found[2] if found and found[1] == _tag(record) else ""


def pasted(record: Record, url: str, public_url: str) -> str:
    """The same of an address; empty for one that leads elsewhere."""
    try:
        here, there = urlsplit(public_url), urlsplit(url)
    except ValueError:  # no address at all
        return ""
    home, way = f"{here.path}/open/", there.path.rstrip("/")
    ours = bool(public_url) and (here.scheme, here.netloc.lower()) == (there.scheme, there.netloc.lower())
    return named(record, way.removeprefix(home)) if ours and way.startswith(home) else ""


def _tag(record: Record) -> str:
    """Made of what is told nowhere and never changes; many to one, so nothing can be read back from it."""
    found = record.session.get_one(Organization, record.organization_id)
    return sha256(f"open:{found.key}:{found.created_at.timestamp():.6f}".encode()).hexdigest()[:10]
