"""One link of the log: its hash covers every field, and the same facts are always the same bytes."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agenda.audit import GENESIS, canonical, link_hash

LINK: dict[str, object] = {
    "prev_hash": GENESIS,
    "number": 1,
    "at": datetime(2031, 3, 3, 8, 0, tzinfo=UTC),
    "actor": "slack:T1/U1",
    "event": "risk.added",
    "facts": '{"risk":7}',
}


@pytest.mark.parametrize(
    "change",
    [
        {"prev_hash": "1" * 64},
        {"number": 2},
        {"at": datetime(2031, 3, 3, 8, 0, tzinfo=UTC) + timedelta(microseconds=1)},
        {"actor": "slack:T1/U2"},
        {"event": "risk.closed"},
        {"facts": '{"risk":8}'},
    ],
    ids=str,
)
def test_the_hash_covers_every_field(change: dict[str, object]):
    assert link_hash(**(LINK | change)) != link_hash(**LINK)  # type: ignore[arg-type]


def test_the_hash_stays_what_it_is():
    """A chain that was written years ago must still verify: this value may never change."""
    assert link_hash(**LINK) == "555df26be1f4878d9e844e6ea4c4c49cf907b9827ccb6fa4fb76103ca3b56fc7"  # type: ignore[arg-type]


def test_the_genesis_is_no_hash_of_anything():
    assert len(GENESIS) == len(link_hash(**LINK))  # type: ignore[arg-type]
    assert set(GENESIS) == {"0"}


def test_canonical_is_sorted_tight_and_ascii():
    assert canonical({"b": 1, "a": "ü", "day": date(2031, 3, 3)}) == '{"a":"\\u00fc","b":1,"day":"2031-03-03"}'


facts = st.dictionaries(st.text(max_size=5), st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5)))


@given(facts)
def test_the_order_in_which_facts_are_given_does_not_matter(given_facts: dict[str, object]):
    assert canonical(dict(reversed(given_facts.items()))) == canonical(given_facts)


@given(facts, facts)
def test_other_facts_are_other_bytes(one: dict[str, object], other: dict[str, object]):
    same = [(k, type(v), v) for k, v in sorted(one.items())] == [(k, type(v), v) for k, v in sorted(other.items())]
    assert (canonical(one) == canonical(other)) is same
