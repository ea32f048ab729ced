"""Keys: what makes a text binding, whichever noun the text belongs to.

rule
K1    a principal, or who stands in, turns the key of that chair on the hash of the very text that was shown: where the text
      does not stand in full, there is a way to it and no key to turn
K2    a changed text voids every key, also if the old words come back one day
K3    nobody turns both keys, whichever chairs they sit on
K4    both keys make it binding; one alone does where the touchpoint's policy allows it for that theme
K5    a key may be turned with dissent: it counts like any other, and the dissent stands beside it for good
K6    whoever takes a chair over signs for themselves: keys of that chair on what is not binding yet are void
"""

import json
from collections.abc import Collection, Mapping
from hashlib import sha256

from agenda.touchpoints import Seat


def hash_of(parts: Collection[str], further: Mapping[str, str] | None = None) -> str:
    """SHA-256 over everything that is signed. What was left empty of `further` counts as if it did not exist.

    So a text that was signed before such a field existed keeps its hash.
    """
    said = {name: value for name, value in (further or {}).items() if value}
    return sha256(json.dumps([*parts, *([said] if said else [])], sort_keys=True).encode()).hexdigest()


def is_binding(turned: Collection[Seat], *, one_key: bool) -> bool:
    """K4."""
    return bool(turned) if one_key else set(turned) == set(Seat)
