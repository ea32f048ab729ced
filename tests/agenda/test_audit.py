"""One link of the log: its hash covers every field, and the same facts are always the same bytes."""

from datetime import UTC, date, datetime, time, timedelta, timezone
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agenda.audit import GENESIS, Head, canonical, fingerprint, link_body, link_hash
from agenda.errors import BadInput
from agenda.items import Outcome

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


@given(st.integers(), *[st.text(max_size=20)] * 5)
def test_what_a_link_covers_is_canonical(number: int, at: str, actor: str, event: str, facts: str, prev: str):
    covered = {"number": number, "at": at, "actor": actor, "event": event, "facts": facts, "prev": prev}
    body = link_body(number=number, at=at, actor=actor, event=event, facts=facts, prev_hash=prev)
    assert body == canonical(covered)


def test_the_hash_is_of_the_moment_in_whatever_zone_it_is_told():
    elsewhere = LINK | {"at": datetime(2031, 3, 3, 13, 45, tzinfo=timezone(timedelta(hours=5, minutes=45)))}
    assert link_hash(**elsewhere) == link_hash(**LINK)  # type: ignore[arg-type]


ROW = {
    "id": 7,
    "title": "Zürich",
    "outcome": Outcome.OPEN,
    "at": datetime(2031, 3, 3, 8, 0, tzinfo=UTC),
    "on": date(2031, 3, 3),
    "begins": time(9, 30),
    "binding": True,
}


def test_a_fingerprint_stays_what_it_is():
    """A seal that was written years ago must still hold: this value may never change."""
    written = (
        '{"at":"2031-03-03T08:00:00+00:00","begins":"09:30:00","binding":true,"id":7,"on":"2031-03-03",'
        '"outcome":"open","title":"Z\\u00fcrich"}'
    )
    assert fingerprint(ROW) == sha256(written.encode()).hexdigest()


@pytest.mark.parametrize("name", ROW)
def test_a_fingerprint_covers_every_field(name: str):
    assert fingerprint({**ROW, name: "another"}) != fingerprint(ROW)
    assert fingerprint({key: value for key, value in ROW.items() if key != name}) != fingerprint(ROW)


def test_a_field_that_says_nothing_changes_no_fingerprint():
    assert fingerprint({**ROW, "added_later": None, "also": ""}) == fingerprint(ROW)
    assert fingerprint({**ROW, "count": 0}) != fingerprint(ROW)
    assert fingerprint({**ROW, "count": False}) != fingerprint({**ROW, "count": 0})


def test_what_has_no_one_way_of_being_written_is_not_sealed():
    with pytest.raises(TypeError, match="bytes"):
        fingerprint({"token": b"secret"})


def test_a_head_is_read_as_it_is_written():
    head = Head(1234, "9f3c2b7a" * 8)
    assert Head.read(str(head)) == head
    assert Head.read(" 1,234:9F3C2B7A ") == Head(1234, "9f3c2b7a")


@pytest.mark.parametrize("written", ["", "1234", "1234:", "1234:9f3c", "x:9f3c2b7a", "1234:" + "a" * 65])
def test_what_is_no_head_is_refused(written: str):
    with pytest.raises(BadInput, match="no head"):
        Head.read(written)
